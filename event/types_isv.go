package event

import "time"

// ISVInstanceChange reports to a third-party app that an approval which it started
// through the interface was created, went on or was revoked (ISV自定义审批), and
// what it looks like now. It comes by SyncHTTP only; [InstanceChange] has taken
// its place, yet it is still sent.
//
// See https://open.dingtalk.com/document/development/approval-events-3
type ISVInstanceChange struct {
	// InstanceID identifies the approval.
	InstanceID string `json:"processInstanceId"`
	// ProcessCode is the form.
	ProcessCode string `json:"processCode"`
	// BusinessID is the number shown to people (审批编号).
	BusinessID string `json:"businessId"`
	// Title is the title in lists.
	Title string `json:"title"`
	// Status is the state; Result is empty while it runs.
	Status InstanceStatus `json:"status"`
	Result Result         `json:"result"`
	// BizAction says whether it alters or revokes another approval.
	BizAction BizAction `json:"bizAction"`
	// AttachedInstanceIDs are approvals that belong to it.
	AttachedInstanceIDs []string `json:"attachedProcessInstanceIds"`
	// OriginatorUserID, OriginatorDeptID and OriginatorDeptName are who started it;
	// -1 is the root department.
	OriginatorUserID   string `json:"originatorUserid"`
	OriginatorDeptID   int64  `json:"originatorDeptId"`
	OriginatorDeptName string `json:"originatorDeptName"`
	// ApproverUserIDs and CCUserIDs are user IDs.
	ApproverUserIDs []string `json:"approverUserids"`
	CCUserIDs       []string `json:"ccUserids"`
	// URL opens the approval inside DingTalk.
	URL string `json:"url"`
	// CreateTime is when it was started.
	CreateTime time.Time `json:"createTime"`
	// FormValues are left out above 64 KB; FormValuesOmitted reports it, then
	// dingoa.InstanceService.Get has them.
	FormValues        []ISVFormValue `json:"formValueVOS"`
	FormValuesOmitted bool           `json:"formValuesOmitted"`
	// Records are the operations so far, oldest first.
	Records []OperationRecord `json:"operationRecords"`
	// Tasks are those of the approvers.
	Tasks []Task `json:"tasks"`
	// Unread are the times that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// EventTypes implements [Data].
func (ISVInstanceChange) EventTypes() []string { return []string{"isv_bpms", "isv_bpms_cancel"} }

// ISVFormValue is the value of one component in an [ISVInstanceChange].
type ISVFormValue struct {
	// ID and Name are the component's.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Value is text, or JSON in text for components with several values.
	Value string `json:"value"`
}
