package dingoa

import (
	"time"

	"github.com/dingoa/dingoa/form"
)

// Instance is an approval (审批实例).
type Instance struct {
	// ID is the instance id that was asked for; the vendor's reply does not repeat it.
	ID string `json:"processInstanceId"`
	// Title is what lists show, such as 张三提交的请假.
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
	// Records are what was done so far, oldest first (操作记录).
	Records []OperationRecord `json:"operationRecords"`
	// Tasks are the decisions, made and to be made (审批任务).
	Tasks []Task `json:"tasks"`
	// BizAction tells whether it changes or revokes another approval.
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

// BizAction tells an approval that changes another one.
type BizAction string

// The relations of an approval to a former one.
const (
	BizActionNone   BizAction = "NONE"
	BizActionModify BizAction = "MODIFY" // changes it
	BizActionRevoke BizAction = "REVOKE" // revokes it
)

// OperationRecord is one line of an approval's history.
type OperationRecord struct {
	// UserID did it, at Date, in UTC with the precision of [Instance.CreateTime].
	UserID string    `json:"userId"`
	Date   time.Time `json:"date" wire:"timestamp"`
	// Type is what was done, Result the decision if it was one.
	Type   OperationType `json:"type" wire:"operationType"`
	Result TaskResult    `json:"result" wire:"operationResult"`
	// Remark is the comment left with the operation.
	Remark string `json:"remark"`
	// Attachments and Images (addresses) were left with it too.
	Attachments []Attachment `json:"attachments"`
	Images      []string     `json:"images"`
	// CCUserIDs got a copy by it.
	CCUserIDs []string `json:"ccUserIds"`
	// ActivityID and ShowName are the step of the flow.
	ActivityID string `json:"activityId"`
	ShowName   string `json:"showName"`
	// TaskID is the task that was decided; only [InstanceService.ListExport] has it.
	TaskID string `json:"taskId"`
	// HandSignToken stands for a handwritten signature (手写签名); only
	// [PremiumService.GetInstance] has it.
	HandSignToken string `json:"handSignToken"`
}

// OperationType is what was done.
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
	// TaskID names the task; a number that the vendor also writes as text.
	TaskID string `json:"taskId"`
	// UserID decides, or decided.
	UserID string `json:"userId"`
	// Status says whether the decision is due, Result what it was.
	Status TaskStatus `json:"status" wire:"taskStatus"`
	Result TaskResult `json:"result" wire:"taskResult"`
	// CreateTime and FinishTime are in UTC, as exact as in [Instance].
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

// Attachment is a file in the approval space (审批钉盘空间).
type Attachment = form.Attachment
