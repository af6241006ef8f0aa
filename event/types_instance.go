package event

import (
	"strings"
	"time"
)

// InstanceChangeType is the kind of an instance change.
type InstanceChangeType string

// What may happen to an instance.
const (
	InstanceChangeStart     InstanceChangeType = "start"
	InstanceChangeFinish    InstanceChangeType = "finish"    // agreed or refused, see [InstanceChange.Result]
	InstanceChangeTerminate InstanceChangeType = "terminate" // revoked (撤销)
	InstanceChangeDelete    InstanceChangeType = "delete"
)

// TaskChangeType is the kind of a task change.
type TaskChangeType string

// What may happen to a task.
const (
	TaskChangeStart  TaskChangeType = "start"
	TaskChangeFinish TaskChangeType = "finish" // agreed, refused or handed on, see [TaskChange.Result]
	TaskChangeCancel TaskChangeType = "cancel" // somebody else of an any-one node (或签) acted first
	// TaskChangeComment is sent for each comment on a task; published pushes hold
	// it, the vendor's page does not list it.
	TaskChangeComment TaskChangeType = "comment"
)

// InstanceChange reports that an approval instance (审批实例) started, ended, was
// revoked or deleted. A field that the push left out is empty or zero.
//
// See https://open.dingtalk.com/document/development/event-bpms-instance-change
type InstanceChange struct {
	// InstanceID identifies the approval.
	InstanceID string `json:"processInstanceId"`
	// Change is the kind of change.
	Change InstanceChangeType `json:"type"`
	// Result is agree or refuse when Change is finish, else empty.
	Result Result `json:"result"`
	// ProcessCode is the form.
	ProcessCode string `json:"processCode"`
	// BusinessID is the number shown to people (审批编号); BusinessType repeats it
	// in the vendor's sample.
	BusinessID   string `json:"businessId"`
	BusinessType string `json:"businessType"`
	// BizCategoryID is the suite that the form belongs to, often empty.
	BizCategoryID string `json:"bizCategoryId"`
	// Title is the title in lists.
	Title string `json:"title"`
	// StaffID is the originator's user ID.
	StaffID string `json:"staffId"`
	// URL opens the approval inside DingTalk.
	URL string `json:"url"`
	// Resource is the path that filters of subscriptions are held against, see
	// [Filter]; often missing.
	Resource string `json:"resource"`
	// Version is the template's version; only third-party apps are told.
	Version string `json:"version"`
	// CreateTime and FinishTime are the instance's; FinishTime is zero at its start.
	CreateTime time.Time `json:"createTime"`
	FinishTime time.Time `json:"finishTime" wire:"finshTime"`
	// Unread are the times that could not be read; they are zero. An event with
	// any other field of a wrong form is [ErrMalformed].
	Unread []UnreadField `json:"-"`
}

// EventTypes implements [Data].
func (InstanceChange) EventTypes() []string {
	return []string{"bpms_instance_change", "workflow_instance_change_broadcast", "workflow_instance_change_directed"}
}

// TaskChange reports that an approval task (审批任务) started, was done, handed on
// or cancelled. A field that the push left out is empty or zero.
//
// See https://open.dingtalk.com/document/development/event-bpms-task-change
type TaskChange struct {
	// InstanceID identifies the approval.
	InstanceID string `json:"processInstanceId"`
	// TaskID is missing on older pushes.
	TaskID string `json:"taskId"`
	// Change is the kind of change.
	Change TaskChangeType `json:"type"`
	// Result is agree, refuse, redirect or audit when Change is finish, else empty.
	Result Result `json:"result"`
	// ProcessCode is the form.
	ProcessCode string `json:"processCode"`
	// BusinessID is the number shown to people (审批编号). BusinessType is empty in
	// published pushes.
	BusinessID   string `json:"businessId"`
	BusinessType string `json:"businessType"`
	// BizCategoryID is the suite that the form belongs to, often empty.
	BizCategoryID string `json:"bizCategoryId"`
	// Title is the title in lists.
	Title string `json:"title"`
	// StaffID is the user ID of the approver that the task was given to, or of who
	// handed it on. Who decided may be another person, see ActualActionerID.
	StaffID string `json:"staffId"`
	// ActualActionerID is the user ID of the person who really decided, where the
	// push has it; StaffID decided when it is empty. Published pushes of 2025
	// hold it, the vendor's page does not list it.
	ActualActionerID string `json:"actualActionerId"`
	// AgentActionerIDs are the user IDs of those who may act for StaffID (代理人),
	// from the same pushes.
	AgentActionerIDs []string `json:"agentActionerIds"`
	// ActivityID and ActivityName are the node of the flow, from published pushes
	// since 2024.
	ActivityID   string `json:"activityId"`
	ActivityName string `json:"activityName"`
	// Remark is the approver's comment, or the text of a comment.
	Remark string `json:"remark"`
	// Resource is the path that filters of subscriptions are held against, see
	// [Filter]; often missing.
	Resource string `json:"resource"`
	// CreateTime is when the task came up; on older pushes, when the instance did.
	CreateTime time.Time `json:"createTime"`
	// FinishTime is zero at its start.
	FinishTime time.Time `json:"finishTime" wire:"finshTime"`
	// Unread are the times that could not be read; they are zero. An event with
	// any other field of a wrong form is [ErrMalformed].
	Unread []UnreadField `json:"-"`
}

// EventTypes implements [Data].
func (TaskChange) EventTypes() []string {
	return []string{"bpms_task_change", "workflow_task_change_broadcast", "workflow_task_change_directed"}
}

func decodeInstanceChange(raw []byte) (Data, error) {
	c, err := decodeLoosely[InstanceChange](raw)
	if err != nil {
		return nil, err
	}
	if c.Change == "finsh" {
		c.Change = InstanceChangeFinish
	}
	// The samples of today's pages escape the address twice.
	if strings.Contains(c.URL, `\u00`) {
		c.URL = strings.NewReplacer(`\u003d`, "=", `\u0026`, "&").Replace(c.URL)
	}
	return c, nil
}

func decodeTaskChange(raw []byte) (Data, error) {
	c, err := decodeLoosely[TaskChange](raw)
	if err != nil {
		return nil, err
	}
	if c.Change == "finsh" {
		c.Change = TaskChangeFinish
	}
	return c, nil
}
