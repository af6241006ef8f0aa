package event

import (
	"time"

	"github.com/dingoa/dingoa/form"
	"github.com/dingoa/dingoa/internal/wire"
)

// InstanceStatus is the state of an approval.
type InstanceStatus string

// The states of an approval. The older gateway also knows new and cancelled ones.
const (
	InstanceNew        InstanceStatus = "NEW"
	InstanceRunning    InstanceStatus = "RUNNING"
	InstanceCompleted  InstanceStatus = "COMPLETED"  // ended, see the result
	InstanceTerminated InstanceStatus = "TERMINATED" // revoked
	InstanceCanceled   InstanceStatus = "CANCELED"
	InstanceError      InstanceStatus = "ERROR" // in no page; clients have seen it
)

// Result is the outcome of an approval or decision.
type Result string

// The outcomes of an approval, and of a task in events.
const (
	ResultAgree    Result = "agree"
	ResultRefuse   Result = "refuse"
	ResultRedirect Result = "redirect" // tasks in events only
	ResultAudit    Result = "audit"    // tasks in published events only; the vendor does not document it
)

// BizAction is the relation of an approval to one that it changes.
type BizAction string

// The relations of an approval to a former one.
const (
	BizActionNone   BizAction = "NONE"
	BizActionModify BizAction = "MODIFY" // changes it
	BizActionRevoke BizAction = "REVOKE" // revokes it
)

// OperationRecord is one line of an approval's history.
type OperationRecord struct {
	// UserID did it, at Time, in UTC with the precision of dingoa.Instance.CreateTime.
	UserID string    `json:"userId"`
	Time   time.Time `json:"date" wire:"timestamp"`
	// Type is the kind of the operation, Result the decision if it was one.
	Type   OperationType `json:"type" wire:"operationType"`
	Result TaskResult    `json:"result" wire:"operationResult"`
	// Remark is the comment left with the operation.
	Remark string `json:"remark"`
	// Attachments and Images (addresses) were left with it too.
	Attachments []form.Attachment `json:"attachments"`
	Images      []string          `json:"images"`
	// CCUserIDs got a copy by it.
	CCUserIDs []string `json:"ccUserIds"`
	// ActivityID and ShowName are the step of the flow.
	ActivityID string `json:"activityId"`
	ShowName   string `json:"showName"`
	// TaskID is the task that was decided; only dingoa.InstanceService.ListExport has it.
	TaskID string `json:"taskId"`
	// HandSignToken stands for a handwritten signature (手写签名); only
	// dingoa.PremiumService.GetInstance has it.
	HandSignToken string `json:"handSignToken"`
}

// OperationType is the kind of an operation.
type OperationType string

// The kinds of operations in an approval's history.
const (
	OperationStart        OperationType = "START_PROCESS_INSTANCE"
	OperationExecute      OperationType = "EXECUTE_TASK_NORMAL"
	OperationExecuteAgent OperationType = "EXECUTE_TASK_AGENT" // by a deputy
	OperationExecuteAuto  OperationType = "EXECUTE_TASK_AUTO"  // seen on the older gateway
	OperationAppendBefore OperationType = "APPEND_TASK_BEFORE"
	OperationAppendAfter  OperationType = "APPEND_TASK_AFTER"
	OperationRedirect     OperationType = "REDIRECT_TASK"
	OperationRedirectFlow OperationType = "REDIRECT_PROCESS" // sent back (退回)
	OperationComment      OperationType = "ADD_REMARK"
	OperationCC           OperationType = "PROCESS_CC"
	OperationTerminate    OperationType = "TERMINATE_PROCESS_INSTANCE"
	OperationFinish       OperationType = "FINISH_PROCESS_INSTANCE"
	// OperationNone stands in histories of both gateways since 2019, on no page:
	// such as for the tasks of an any-one step (或签) that nobody has to decide any more.
	OperationNone OperationType = "NONE"
)

// Task is one person's decision in an approval (审批任务).
type Task struct {
	// ID identifies the task; a number that the vendor also writes as text.
	ID string `json:"taskId"`
	// UserID decides, or decided.
	UserID string `json:"userId"`
	// Status says whether the decision is due, Result what it was.
	Status TaskStatus `json:"status" wire:"taskStatus"`
	Result TaskResult `json:"result" wire:"taskResult"`
	// CreateTime and FinishTime are in UTC, as exact as in dingoa.Instance.
	CreateTime time.Time `json:"createTime" wire:"createTimestamp"`
	FinishTime time.Time `json:"finishTime" wire:"finishTimestamp"`
	// MobileURL and PCURL open the task in the DingTalk app.
	MobileURL string `json:"mobileUrl" wire:"url"`
	PCURL     string `json:"pcUrl"`
	// InstanceID is the approval that it belongs to.
	InstanceID string `json:"processInstanceId"`
	// ActivityID and GroupName are the step of the flow.
	ActivityID string `json:"activityId"`
	GroupName  string `json:"taskGroupName"`
}

// TaskStatus is the state of a task.
type TaskStatus string

// The states of a task.
const (
	TaskNew        TaskStatus = "NEW"
	TaskRunning    TaskStatus = "RUNNING" // waits for the decision
	TaskPaused     TaskStatus = "PAUSED"
	TaskCanceled   TaskStatus = "CANCELED" // another approver of an any-one step was first
	TaskCompleted  TaskStatus = "COMPLETED"
	TaskTerminated TaskStatus = "TERMINATED"
)

// TaskResult is the outcome of a task or operation.
type TaskResult string

// The outcomes of a task or operation, in upper case unlike [Result].
const (
	TaskAgree      TaskResult = "AGREE"
	TaskRefuse     TaskResult = "REFUSE"
	TaskRedirected TaskResult = "REDIRECTED"
	TaskNone       TaskResult = "NONE"
)

// UnreadField is a field of a reply or event that could not be read: its value is not
// what it is documented to be, nor any other form that DingTalk is known to
// write it in. It has nothing of the value, which may be private.
//
// A struct with a field Unread of these keeps them, and its other fields are
// good; dingoa.Client.Call fills that of a type of your own, too. Anywhere else such a
// field makes the call fail with dingoa.ErrServer.
type UnreadField struct {
	// Field is the way to it, such as "tasks[2].createTime".
	Field string `json:"field"`
	// Want is the expected value, such as "a time".
	Want string `json:"want"`
	// Found is the kind of JSON that was there, such as "text".
	Found string `json:"found"`
}

// String names the field, what was expected and what was found.
func (f UnreadField) String() string { return wire.FieldError(f).Error() }
