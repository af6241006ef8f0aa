package dingoa

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dingoa/dingoa/form"
	"github.com/dingoa/dingoa/operation"
)

// SchemaRequest asks for a form.
type SchemaRequest struct {
	// ProcessCode is the form. Required.
	ProcessCode string `json:"processCode"`
	// AppUUID isolates the forms of apps; empty for those of OA approval.
	AppUUID string `json:"appUuid,omitempty"`
}

// FormSchema is a form with its components (表单 schema).
type FormSchema struct {
	// Name and Memo are the form's name and description.
	Name string `json:"name"`
	Memo string `json:"memo"`
	// FormCode is the process code; FormUUID, AppUUID and CreatorUserID are more of
	// where it comes from.
	FormCode      string `json:"formCode"`
	FormUUID      string `json:"formUuid"`
	AppUUID       string `json:"appUuid"`
	CreatorUserID string `json:"creatorUserId"`
	// OwnerIDType says who owns it: "orgId" the enterprise, "cid" a chat, "uid" a person.
	OwnerIDType string `json:"ownerIdType"`
	// Content are the components.
	Content SchemaContent `json:"schemaContent"`
	// Status says whether people can apply with it.
	Status TemplateStatus `json:"status"`
	// Icon and CustomSetting may be the text "null".
	Icon          string `json:"icon"`
	CustomSetting string `json:"customSetting"`
	// AppType is the kind of form, 0 in the vendor's samples. BizType is the business suite behind the form.
	AppType int    `json:"appType"`
	BizType string `json:"bizType"`
	// EngineType is 0 for forms and 1 for pages.
	EngineType int `json:"engineType"`
	// ListOrder is its place in the list of forms.
	ListOrder int `json:"listOrder"`
	// ProcType is "inner", "outer" or "customer" (自定义).
	ProcType string `json:"procType"`
	// VisibleRange is who may apply with it, such as "PRIVATE".
	VisibleRange string `json:"visibleRange"`
	// CreateTime and ModifyTime are in UTC with milliseconds.
	CreateTime time.Time `json:"gmtCreate"`
	ModifyTime time.Time `json:"gmtModified"`
}

// Form is the part of the schema that [form.Check] needs, as [form.ParseSchema]
// reads it from the vendor's JSON.
func (s *FormSchema) Form() *form.Schema {
	data, _ := json.Marshal(struct { //nolint:errchkjson // texts, numbers and booleans
		FormCode string        `json:"formCode"`
		Name     string        `json:"name"`
		Content  SchemaContent `json:"schemaContent"`
	}{s.FormCode, s.Name, s.Content})
	parsed, err := form.ParseSchema(data)
	if err != nil { // there are no components
		return &form.Schema{ProcessCode: s.FormCode, Name: s.Name}
	}
	return parsed
}

// TemplateStatus is the state of a form.
type TemplateStatus string

// The states of a form.
const (
	TemplatePublished TemplateStatus = "PUBLISHED" // in use
	TemplateInvalid   TemplateStatus = "INVALID"   // disabled (停用)
	TemplateSaved     TemplateStatus = "SAVED"     // a draft
)

// SchemaContent is the title and the components of a form.
type SchemaContent struct {
	// Title is the form's, Icon its picture.
	Title string `json:"title"`
	Icon  string `json:"icon"`
	// Items are the components in their order.
	Items []SchemaItem `json:"items"`
}

// SchemaItem is a component of a form that was read; when it is created it is a
// [FormComponent], with other names.
type SchemaItem struct {
	// ComponentName is the vendor's name of the component, such as "TextField".
	ComponentName string `json:"componentName"`
	// Props are its settings.
	Props SchemaProps `json:"props"`
	// Children are the columns of a table (明细).
	Children []SchemaItem `json:"children"`
}

// Item finds a component by its label, also among the columns of tables.
func (c *SchemaContent) Item(label string) (SchemaItem, bool) {
	return findItem(c.Items, label)
}

func findItem(items []SchemaItem, label string) (SchemaItem, bool) {
	for _, item := range items {
		if item.Props.Label == label {
			return item, true
		}
		if found, ok := findItem(item.Children, label); ok {
			return found, true
		}
	}
	return SchemaItem{}, false
}

// SchemaProps are the settings of a [SchemaItem]; which of them count depends on
// the component. Compare [FormComponentProps].
type SchemaProps struct {
	// ID names the component within the form; BizAlias is a name of your own.
	ID       string `json:"id"`
	BizAlias string `json:"bizAlias"`
	// Label is shown to people; components with several have a JSON array.
	Label string `json:"label"`
	// Required makes people fill it in.
	Required    bool   `json:"required"`
	Placeholder string `json:"placeholder"`
	// Options and ObjOptions are the choices of a select component; one that comes
	// with a key is JSON text {key, value} in Options.
	Options    []string       `json:"options"`
	ObjOptions []SchemaOption `json:"objOptions"`
	// Choice is 1 when several people can be chosen.
	Choice int `json:"choice"`
	// Multiple says the same of departments, when it is there.
	Multiple *bool `json:"multiple,omitempty"`
	// Limit is the number of stars of a rating, AddressModel the precision of an
	// address: "city", "district" or "street".
	Limit        int    `json:"limit,omitempty"`
	AddressModel string `json:"addressModel,omitempty"`
	// Unit and Format are those of numbers and dates.
	Unit   string `json:"unit"`
	Format string `json:"format"`
	// NotPrint is "1" when it is left out of prints, NotUpper "1" when an amount is
	// not written in Chinese capitals.
	NotPrint string `json:"notPrint"`
	NotUpper string `json:"notUpper"`
	// Hidden, Disabled and HideLabel hide it, make it read only, or hide its label;
	// HiddenInApprovalDetail hides it in approvals only.
	Hidden                 bool `json:"hidden"`
	Disabled               bool `json:"disabled"`
	HideLabel              bool `json:"hideLabel"`
	HiddenInApprovalDetail bool `json:"hiddenInApprovalDetail"`
	// Invisible and Disable say Hidden and Disabled of the children of suites (套件).
	Invisible bool `json:"invisible,omitempty"`
	Disable   bool `json:"disable,omitempty"`
	// Duration shows the length of a date range, with DurationLabel before it.
	Duration      bool   `json:"duration"`
	DurationLabel string `json:"durationLabel"`
	// Align and Link are those of a note, MainTitle a heading.
	Align     string `json:"align"`
	Link      string `json:"link"`
	MainTitle string `json:"mainTitle"`
	// Formula computes the value.
	Formula string `json:"formula"`
	// ActionName, StatField, TableViewMode and VerticalPrint are those of a table,
	// ChildFieldVisible which of its columns are shown.
	ActionName        string            `json:"actionName"`
	StatField         []SchemaStatField `json:"statField"`
	TableViewMode     string            `json:"tableViewMode"`
	VerticalPrint     bool              `json:"verticalPrint"`
	ChildFieldVisible map[string]bool   `json:"childFieldVisible"`
	// BehaviorLinkage shows and hides other components depending on the value.
	BehaviorLinkage []BehaviorLinkage `json:"behaviorLinkage"`
	// BizType, CommonBizType, AppID, FieldsInfo, Extract and ESign tie it to a suite
	// or app.
	BizType       string `json:"bizType"`
	CommonBizType string `json:"commonBizType"`
	AppID         int64  `json:"appId"`
	FieldsInfo    string `json:"fieldsInfo"`
	Extract       bool   `json:"extract"`
	ESign         bool   `json:"eSign"`
	// PayEnable allows to pay an amount of money.
	PayEnable bool `json:"payEnable"`
	// AsyncCondition makes a branch of the flow wait for the value.
	AsyncCondition bool `json:"asyncCondition"`
	// LabelEditableFreeze and RequiredEditableFreeze keep Label and Required from
	// being changed.
	LabelEditableFreeze    bool `json:"labelEditableFreeze"`
	RequiredEditableFreeze bool `json:"requiredEditableFreeze"`
	// The rest are of the suites for leave and attendance (假勤套件).
	PushToCalendar     int                 `json:"pushToCalendar"`
	PushToAttendance   bool                `json:"pushToAttendance"`
	Push               SchemaPush          `json:"push"`
	StaffStatusEnabled bool                `json:"staffStatusEnabled"`
	AttendTypeLabel    string              `json:"attendTypeLabel"`
	HolidayOptions     []map[string]string `json:"holidayOptions"`
	UseCalendar        bool                `json:"useCalendar"`
	ShowAttendOptions  bool                `json:"showAttendOptions"`
}

// SchemaOption is a choice of a select component.
type SchemaOption struct {
	// Value is shown to people. Key names it where the vendor tells it; "other" is
	// the choice that stands for any text.
	Value string `json:"value"`
	Key   string `json:"key,omitempty"`
}

// SchemaStatField is a column of a table that is summed up.
type SchemaStatField struct {
	// ID and Label are the column's.
	ID    string `json:"id"`
	Label string `json:"label"`
	// Upper writes the sum in Chinese capitals, Unit follows it.
	Upper bool   `json:"upper"`
	Unit  string `json:"unit"`
}

// SchemaPush says what an approval tells the attendance.
type SchemaPush struct {
	// Switch is 1 when it tells it, Tag the label that it gets.
	Switch int    `json:"pushSwitch"`
	Tag    string `json:"pushTag"`
	// AttendanceRule is 1 for leave (请假), 2 for travel (出差), 3 for overtime
	// (加班), 4 for going out (外出).
	AttendanceRule int `json:"attendanceRule"`
}

// BehaviorLinkage is the effect of a value on other components.
type BehaviorLinkage struct {
	// Value is the choice, Targets what it changes.
	Value   string           `json:"value"`
	Targets []BehaviorTarget `json:"targets"`
}

// BehaviorTarget is a component that another one changes.
type BehaviorTarget struct {
	// FieldID is the component, Behavior what is done to it.
	FieldID  string `json:"fieldId"`
	Behavior string `json:"behavior"`
}

// Schema reads a form with its components (获取表单 schema), whose labels and ids
// [CreateInstanceRequest] takes.
//
// Errors: [ErrNotFound] (process code), [ErrPermission] (Workflow.Form.Read; a
// third-party app needs to be authorised).
//
// https://open.dingtalk.com/document/development/obtain-the-form-schema
//
//dingtalk:op GET /v1.0/workflow/forms/schemas/processCodes
func (s *TemplateService) Schema(ctx context.Context, req SchemaRequest, opts ...RequestOption) (*FormSchema, error) {
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	if err := p.err(operation.QuerySchemaByProcessCode); err != nil {
		return nil, err
	}
	var resp resultReply[FormSchema]
	if err := s.c.Call(ctx, operation.QuerySchemaByProcessCode, req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}
