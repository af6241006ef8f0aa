package event

import "time"

// FormChangeType is the kind of a template change.
type FormChangeType string

// What may happen to a template.
const (
	FormChangeCreate    FormChangeType = "create"
	FormChangeUpdate    FormChangeType = "update"
	FormChangePublished FormChangeType = "published"
	FormChangeInvalid   FormChangeType = "invalid" // disabled (停用)
	FormChangeDelete    FormChangeType = "delete"
	FormChangeSort      FormChangeType = "sort" // moved in the list of templates
)

// FormChange reports that somebody changed a template (审批模板) in the OA admin
// console. It needs OA premium.
//
// See https://open.dingtalk.com/document/development/events-workflow-form-change
type FormChange struct {
	// ProcessCode is the form; the vendor calls it formCode here.
	ProcessCode string `json:"formCode"`
	// Change is the kind of change.
	Change FormChangeType `json:"type"`
	// Name is shown to users.
	Name string `json:"name"`
	// BizCategoryID is the suite that the form belongs to, often empty.
	BizCategoryID string `json:"bizCategoryId"`
	// CreatorUserID and ModifierUserID are user IDs.
	CreatorUserID  string `json:"creatorUserId"`
	ModifierUserID string `json:"modifierUserId"`
	// CreateTime and ModifyTime are the template's.
	CreateTime time.Time `json:"createTime"`
	ModifyTime time.Time `json:"modifyTime"`
	// AppUUID, AppType and AppIDs are the vendor's, of the app that owns the form.
	AppUUID string   `json:"appUuid"`
	AppType string   `json:"appType"`
	AppIDs  []string `json:"appIds"`
	// Resource is the path that filters of subscriptions are held against, see
	// [Filter].
	Resource string `json:"resource"`
	// Unread are the times that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// EventTypes implements [Data].
func (FormChange) EventTypes() []string { return []string{"workflow_form_change"} }

// FinanceFormChange reports that a template of smart finance (智能财务) changed.
//
// See https://open.dingtalk.com/document/development/smart-financial-approval-template-change-event
type FinanceFormChange struct {
	// ProcessCode is the form; the vendor calls it formCode here.
	ProcessCode string `json:"formCode"`
	// Change is the kind of change; the vendor lists no values.
	Change string `json:"changeType"`
	// SuiteID is the app.
	SuiteID string `json:"suiteId"`
}

// EventTypes implements [Data].
func (FinanceFormChange) EventTypes() []string { return []string{"smart_finance_form_change"} }
