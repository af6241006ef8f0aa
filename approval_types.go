package dingoa

import (
	"time"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/form"
)

// Instance is an approval (审批实例).
type Instance struct {
	// ID is the instance id that was asked for; the vendor's reply does not repeat it.
	ID string `json:"processInstanceId"`
	// Title is the title in lists, such as 张三提交的请假.
	Title string `json:"title"`
	// BusinessID is the approval number (审批编号) that people see.
	BusinessID string `json:"businessId"`
	// Status says whether it runs, Result how it ended; Result is empty until
	// then, and when it was revoked.
	Status InstanceStatus `json:"status"`
	Result Result         `json:"result"`
	// OriginatorUserID applied, from the department named next; -1 is the root.
	OriginatorUserID   string `json:"originatorUserId"`
	OriginatorDeptID   int64  `json:"originatorDeptId"`
	OriginatorDeptName string `json:"originatorDeptName"`
	// ApproverUserIDs comes back only for approvals started through the API.
	ApproverUserIDs []string `json:"approverUserIds"`
	// CCUserIDs got a copy (抄送).
	CCUserIDs []string `json:"ccUserIds"`
	// CreateTime and FinishTime are in UTC, with minutes, and no seconds, on today's
	// gateway, with seconds on the older one. DingTalk writes China time, on today's
	// gateway like 2022-08-31T11:52Z in spite of the Z: that is 03:52 UTC.
	// FinishTime is zero while the approval runs.
	CreateTime time.Time `json:"createTime" wire:"createTimeInMills"`
	FinishTime time.Time `json:"finishTime" wire:"finishTimeInMills"`
	// FormValues are the filled-in components, with the vendor's raw text.
	FormValues []FormValue `json:"formComponentValues"`
	// Records are the operations so far, oldest first (操作记录).
	Records []OperationRecord `json:"operationRecords"`
	// Tasks are the decisions, made and to be made (审批任务).
	Tasks []Task `json:"tasks"`
	// BizAction says whether it changes or revokes another approval.
	BizAction BizAction `json:"bizAction"`
	// BizData is JSON text set by the initiator.
	BizData string `json:"bizData"`
	// AttachedInstanceIDs are approvals that change or revoke this one;
	// MainInstanceID is the one that this changes or revokes.
	AttachedInstanceIDs []string `json:"attachedProcessInstanceIds"`
	MainInstanceID      string   `json:"mainProcessInstanceId"`
	// Unread are the fields that could not be read, such as a time in an unknown
	// format, with their tasks and records ("tasks[2].createTime"). They are zero,
	// which says nothing then. Usually empty.
	Unread []UnreadField `json:"-"`
}

// RunningTasks are the tasks that wait for a decision.
func (i *Instance) RunningTasks() []Task {
	var running []Task
	for _, t := range i.Tasks {
		if t.Status == TaskRunning {
			running = append(running, t)
		}
	}
	return running
}

// Value is the value of the component with the label name, as the vendor wrote it.
func (i *Instance) Value(name string) (string, bool) {
	for _, v := range i.FormValues {
		if v.Name == name {
			return v.Value, true
		}
	}
	return "", false
}

// Form are the form's values with getters for the Go types of the components;
// [form.Unmarshal] reads them into a struct.
func (i *Instance) Form() form.Values { return i.FormValues }

// Attachment is a file in the approval space (审批钉盘空间).
type Attachment = form.Attachment

// The types that events share with the approval itself.
type (
	// Task is one person's decision in an approval (审批任务).
	Task = event.Task
	// OperationRecord is one line of an approval's history.
	OperationRecord = event.OperationRecord
	// InstanceStatus is the state of an approval.
	InstanceStatus = event.InstanceStatus
	// Result is the outcome of an approval or decision.
	Result = event.Result
	// BizAction is the relation of an approval to one that it changes.
	BizAction = event.BizAction
	// TaskStatus is the state of a task.
	TaskStatus = event.TaskStatus
	// TaskResult is the outcome of a task or operation.
	TaskResult = event.TaskResult
	// OperationType is the kind of an operation.
	OperationType = event.OperationType
	// UnreadField is a field of a reply or event that could not be read.
	UnreadField = event.UnreadField
)

// The states of an approval. The older gateway also knows new and cancelled ones.
const (
	InstanceNew        = event.InstanceNew
	InstanceRunning    = event.InstanceRunning
	InstanceCompleted  = event.InstanceCompleted  // ended, see the result
	InstanceTerminated = event.InstanceTerminated // revoked
	InstanceCanceled   = event.InstanceCanceled
	InstanceError      = event.InstanceError // in no page; clients have seen it
)

// The outcomes of an approval.
const (
	ResultAgree  = event.ResultAgree
	ResultRefuse = event.ResultRefuse
)

// The relations of an approval to a former one.
const (
	BizActionNone   = event.BizActionNone
	BizActionModify = event.BizActionModify // changes it
	BizActionRevoke = event.BizActionRevoke // revokes it
)

// The states of a task.
const (
	TaskNew        = event.TaskNew
	TaskRunning    = event.TaskRunning // waits for the decision
	TaskPaused     = event.TaskPaused
	TaskCanceled   = event.TaskCanceled // another approver of an any-one step was first
	TaskCompleted  = event.TaskCompleted
	TaskTerminated = event.TaskTerminated
)

// The outcomes of a task or operation, in upper case unlike [Result].
const (
	TaskAgree      = event.TaskAgree
	TaskRefuse     = event.TaskRefuse
	TaskRedirected = event.TaskRedirected
	TaskNone       = event.TaskNone
)

// The kinds of operations in an approval's history.
const (
	OperationStart        = event.OperationStart
	OperationExecute      = event.OperationExecute
	OperationExecuteAgent = event.OperationExecuteAgent // by a deputy
	OperationExecuteAuto  = event.OperationExecuteAuto  // seen on the older gateway
	OperationAppendBefore = event.OperationAppendBefore
	OperationAppendAfter  = event.OperationAppendAfter
	OperationRedirect     = event.OperationRedirect
	OperationRedirectFlow = event.OperationRedirectFlow // sent back (退回)
	OperationComment      = event.OperationComment
	OperationCC           = event.OperationCC
	OperationTerminate    = event.OperationTerminate
	OperationFinish       = event.OperationFinish
	// OperationNone stands in histories of both gateways since 2019, on no page:
	// such as for the tasks of an any-one step (或签) that nobody has to decide any more.
	OperationNone = event.OperationNone
)
