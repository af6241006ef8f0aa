package dingoa

import (
	"context"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// TaskService decides and forwards the tasks of approvals (审批任务).
//
// https://open.dingtalk.com/document/development/workflow-overview
type TaskService service

// DecideTaskRequest decides a task.
type DecideTaskRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// TaskID is the running task, from [Instance.RunningTasks] or a task event. Required.
	TaskID string `json:"taskId"`
	// OperatorUserID decides: the task's assignee. Required.
	OperatorUserID string `json:"actionerUserId"`
	// Remark has at most 1,024 characters.
	Remark string `json:"remark,omitempty"`
	// File is the attachment of the decision.
	File Files `json:"file,omitzero"`
}

// executeRequest is a decision as the vendor takes it.
type executeRequest struct {
	DecideTaskRequest
	TaskID int64  `json:"taskId"`
	Result Result `json:"result"`
}

// executeReply's result repeats the decision, false for a refusal, so that only
// success reports whether it worked.
type executeReply = resultReply[any]

// Approve agrees to a task (同意).
//
// Errors: [ErrConflict] when the task or approval is no longer running,
// [ErrPermission] when it is somebody else's task, [ErrNotFound]. It is not
// retried after a broken connection ([ErrOutcomeUnknown]): read the instance.
//
// https://open.dingtalk.com/document/development/approve-or-reject-the-approval-task
//
//dingtalk:op POST /v1.0/workflow/processInstances/execute
func (s *TaskService) Approve(ctx context.Context, req DecideTaskRequest, opts ...RequestOption) error {
	return s.execute(ctx, req, ResultAgree, opts)
}

// Refuse rejects a task (拒绝), which ends the approval. Errors as for [TaskService.Approve].
//
// https://open.dingtalk.com/document/development/approve-or-reject-the-approval-task
//
//dingtalk:op POST /v1.0/workflow/processInstances/execute
func (s *TaskService) Refuse(ctx context.Context, req DecideTaskRequest, opts ...RequestOption) error {
	return s.execute(ctx, req, ResultRefuse, opts)
}

func (s *TaskService) execute(ctx context.Context, req DecideTaskRequest, result Result, opts []RequestOption) error {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	taskID := p.taskID("TaskID", req.TaskID)
	p.Required("OperatorUserID", req.OperatorUserID)
	p.MaxLength("Remark", req.Remark, limit.ExecuteProcessInstanceRemarkMaxLen)
	req.File.validate(&p)
	if err := p.err(operation.ExecuteProcessInstance); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.ExecuteProcessInstance, executeRequest{req, taskID, result}, &executeReply{}, opts...)
}

// RedirectTaskRequest forwards a task (转交).
type RedirectTaskRequest struct {
	// TaskID is the running task. Required.
	TaskID string `json:"taskId"`
	// ToUserID gets the task. Required.
	ToUserID string `json:"toUserId"`
	// OperatorUserID is the task's present assignee. Required.
	OperatorUserID string `json:"operateUserId"`
	// Remark has at most 256 characters.
	Remark string `json:"remark,omitempty"`
	// ActionName is shown as the name of the operation; at most 128 characters.
	ActionName string `json:"actionName,omitempty"`
	// File is the attachment.
	File Files `json:"file,omitzero"`
}

type redirectRequest struct {
	RedirectTaskRequest
	TaskID int64 `json:"taskId"`
}

// Redirect forwards a running task to another person. It is for official forms
// only, and has no twin on the older gateway ([ErrUnsupported]).
//
// Errors: [ErrConflict] when the task or approval is not running,
// [ErrPermission] when OperatorUserID is not the assignee.
//
// https://open.dingtalk.com/document/development/transfer-the-oa-approval-task
//
//dingtalk:op POST /v1.0/workflow/tasks/redirect
func (s *TaskService) Redirect(ctx context.Context, req RedirectTaskRequest, opts ...RequestOption) error {
	var p problems
	taskID := p.taskID("TaskID", req.TaskID)
	p.Required("ToUserID", req.ToUserID)
	p.Required("OperatorUserID", req.OperatorUserID)
	p.MaxLength("Remark", req.Remark, limit.RedirectWorkflowTaskRemarkMaxLen)
	p.MaxLength("ActionName", req.ActionName, limit.RedirectWorkflowTaskActionNameMaxLen)
	req.File.validate(&p)
	if err := p.err(operation.RedirectWorkflowTask); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.RedirectWorkflowTask, redirectRequest{req, taskID}, &ack{}, opts...)
}

// TodoCount is how many tasks wait for the user (待审批数量).
//
// Errors: [ErrNotFound] when there is no such user.
//
// https://open.dingtalk.com/document/development/queries-the-number-of-requests-to-be-approved-by-users
//
//dingtalk:op GET /v1.0/workflow/processes/todoTasks/numbers
func (s *TaskService) TodoCount(ctx context.Context, userID string, opts ...RequestOption) (int, error) {
	var p problems
	p.Required("userID", userID)
	if err := p.err(operation.GetUserTodoTaskSum); err != nil {
		return 0, err
	}
	var resp todoCountReply
	if err := s.c.Call(ctx, operation.GetUserTodoTaskSum, todoCountRequest{userID}, &resp, opts...); err != nil {
		return 0, err
	}
	return *resp.Result, nil
}

type todoCountRequest struct {
	UserID string `json:"userId"`
}
