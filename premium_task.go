package dingoa

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// maxBatchTasks is how many tasks one call of the premium edition decides.

// ListTodoTasksRequest asks for the tasks that wait for a user.
type ListTodoTasksRequest struct {
	// UserID is required.
	UserID string
	// CreatedBefore leaves out younger tasks; zero means all. It is sent with
	// seconds, in China time.
	CreatedBefore time.Time
	// PageSize is at most 20, and 20 when left out.
	PageSize int
	// Cursor is a former page's NextCursor; empty fetches the first page, where
	// sequences always begin.
	Cursor string
}

// TaskSummary is a task in a list of the approval centre. Its Status is the
// task's, its Result the approval's, which tasks to do lack.
type TaskSummary struct {
	// TaskID is the task.
	TaskID string `json:"taskId"`
	// ActivityID is the step of the flow.
	ActivityID string `json:"activityId"`
	InstanceSummary
}

// ListTodoTasks returns one page of the tasks that wait for the user (待处理).
// DingTalk lists ten pages. Needs OA premium (OA 高级版).
//
// Errors as for [PremiumService.ListSubmitted].
//
// https://open.dingtalk.com/document/development/api-premiumgettodotasks
//
//dingtalk:op GET /v1.0/workflow/premium/processCentres/todoTasks
func (s *PremiumService) ListTodoTasks(ctx context.Context, req ListTodoTasksRequest, opts ...RequestOption) (*Page[TaskSummary], error) {
	list := UserListRequest{UserID: req.UserID, PageSize: req.PageSize, Cursor: req.Cursor}
	return listCentre[TaskSummary](ctx, s.c, operation.PremiumGetTodoTasks, list, req.CreatedBefore, opts)
}

// AllTodoTasks walks the pages of [PremiumService.ListTodoTasks] like
// [PremiumService.AllSubmitted]. Deciding tasks while the loop runs moves later
// ones to pages that were fetched already: collect first, then decide.
func (s *PremiumService) AllTodoTasks(ctx context.Context, req ListTodoTasksRequest, opts ...RequestOption) iter.Seq2[TaskSummary, error] {
	return Items(ctx, operation.PremiumGetTodoTasks, func(ctx context.Context, cursor string) (*Page[TaskSummary], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListTodoTasks(ctx, page, opts...)
	})
}

// ListDoneTasks returns one page of the tasks that the user decided (已处理).
// DingTalk lists ten pages. Needs OA premium (OA 高级版).
//
// Errors as for [PremiumService.ListSubmitted].
//
// https://open.dingtalk.com/document/development/api-premiumgetdonetasks
//
//dingtalk:op GET /v1.0/workflow/premium/processCentres/doneTasks
func (s *PremiumService) ListDoneTasks(ctx context.Context, req UserListRequest, opts ...RequestOption) (*Page[TaskSummary], error) {
	return listCentre[TaskSummary](ctx, s.c, operation.PremiumGetDoneTasks, req, time.Time{}, opts)
}

// AllDoneTasks walks the pages of [PremiumService.ListDoneTasks] like
// [PremiumService.AllSubmitted].
func (s *PremiumService) AllDoneTasks(ctx context.Context, req UserListRequest, opts ...RequestOption) iter.Seq2[TaskSummary, error] {
	return Items(ctx, operation.PremiumGetDoneTasks, func(ctx context.Context, cursor string) (*Page[TaskSummary], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListDoneTasks(ctx, page, opts...)
	})
}

// BatchExecuteRequest decides several tasks of one person alike.
type BatchExecuteRequest struct {
	// Tasks are the running tasks; at most 10 with OA premium. Required.
	Tasks []TaskRef
	// OperatorUserID is the assignee of all of them. Required.
	OperatorUserID string
	// Result is [ResultAgree] or [ResultRefuse]. Required.
	Result Result
	// Remark has at most 1,024 characters. Files cannot go with it.
	Remark string
}

// TaskRef names a task and the approval that it belongs to.
type TaskRef struct {
	TaskID     string
	InstanceID string
}

// BatchResult is the outcome of one task of several.
type BatchResult struct {
	// OK reports that it was decided.
	OK bool `json:"result"`
	// Message is "ok" or the reason why it was not.
	Message string `json:"message"`
}

type batchExecuteRequest struct {
	Tasks  []taskRef `json:"taskInfoList"`
	UserID string    `json:"actionerUserId"`
	Result Result    `json:"result"`
	Remark string    `json:"remark,omitempty"`
}

type taskRef struct {
	TaskID     int64  `json:"taskId"`
	InstanceID string `json:"processInstanceId"`
}

// BatchExecute approves or refuses several tasks of one person (批量审批), and
// returns the outcome of each by task id: a task that could not be decided is no
// error. Needs OA premium (OA 高级版).
//
// Errors: [ErrInvalidArgument], [ErrPermission] (no OA premium), [ErrConflict]
// (state of the approval). It is not retried after a broken connection
// ([ErrOutcomeUnknown]): read the instances.
//
// https://open.dingtalk.com/document/development/api-premiumbatchexecuteprocessinstances
//
//dingtalk:op POST /v1.0/workflow/premium/processInstances/batchExecute
func (s *PremiumService) BatchExecute(ctx context.Context, req BatchExecuteRequest, opts ...RequestOption) (map[string]BatchResult, error) {
	return batchExecute(ctx, s.c, operation.PremiumBatchExecuteProcessInstances, req, opts)
}

func batchExecute(ctx context.Context, c *Client, op operation.Operation, req BatchExecuteRequest, opts []RequestOption) (map[string]BatchResult, error) {
	in := batchExecuteRequest{UserID: req.OperatorUserID, Result: req.Result, Remark: req.Remark}
	var p problems
	p.Required("OperatorUserID", req.OperatorUserID)
	p.Required("Result", string(req.Result))
	p.OneOf("Result", string(req.Result), limit.PremiumBatchExecuteProcessInstancesResultEnum)
	p.SomeItems("Tasks", len(req.Tasks))
	if op.Spec().Premium {
		p.MaxItems("Tasks", len(req.Tasks), limit.PremiumBatchExecuteProcessInstancesTaskInfoListMaxItems)
		p.MaxLength("Remark", req.Remark, limit.PremiumBatchExecuteProcessInstancesRemarkMaxLen)
	}
	for i, t := range req.Tasks {
		field := fmt.Sprintf("Tasks[%d].", i)
		p.Required(field+"InstanceID", t.InstanceID)
		in.Tasks = append(in.Tasks, taskRef{p.taskID(field+"TaskID", t.TaskID), t.InstanceID})
	}
	if err := p.err(op); err != nil {
		return nil, err
	}
	var resp resultReply[map[string]BatchResult]
	if err := c.Call(ctx, op, in, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// ManagedTodoRequest asks for the tasks of an employee in a manager's name.
type ManagedTodoRequest struct {
	// UserID is the employee, who may have left. Required.
	UserID string
	// OperatorUserID is an administrator. Required.
	OperatorUserID string
	// PageSize is at most 20, and 20 when left out.
	PageSize int
	// Cursor is a former page's NextCursor; empty fetches the first page, where
	// sequences always begin.
	Cursor string
}

// ManagedTask is a task that an administrator may hand over.
type ManagedTask struct {
	// TaskID, InstanceID and ProcessCode name the task, its approval and its form.
	TaskID      string `json:"taskId"`
	InstanceID  string `json:"processInstanceId"`
	ProcessCode string `json:"processCode"`
	// Title and BusinessID (审批编号) as in [Instance].
	Title      string `json:"title"`
	BusinessID string `json:"businessId"`
	// UserID is the assignee.
	UserID string `json:"userId"`
	// CanRedirect reports that it can be handed over.
	CanRedirect bool `json:"canRedirect"`
	// CreateTime is when the task was created, in UTC with milliseconds.
	CreateTime time.Time `json:"createTime"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

type managedTodoRequest struct {
	UserID         string `json:"actionerUserId"`
	OperatorUserID string `json:"managerUserId"`
	PageNumber     int64  `json:"nextToken"`
	PageSize       int    `json:"maxResults"`
}

// ListManagedTodoTasks returns one page of the tasks that wait for an employee,
// for an administrator who wants to hand them over. Needs OA premium (OA 高级版).
//
// Errors: [ErrNotFound] (employee), [ErrPermission] (administrator, no OA
// premium), [ErrRateLimited].
//
// https://open.dingtalk.com/document/development/api-premiumquerytodotasksbymanager
//
//dingtalk:op GET /v1.0/workflow/premium/tasks/todoTasks
func (s *PremiumService) ListManagedTodoTasks(ctx context.Context, req ManagedTodoRequest, opts ...RequestOption) (*Page[ManagedTask], error) {
	return listManaged(ctx, s.c, operation.PremiumQueryTodoTasksByManager, req, opts)
}

// AllManagedTodoTasks walks the pages of [PremiumService.ListManagedTodoTasks]
// while the loop runs, and ends after the first error.
func (s *PremiumService) AllManagedTodoTasks(ctx context.Context, req ManagedTodoRequest, opts ...RequestOption) iter.Seq2[ManagedTask, error] {
	return Items(ctx, operation.PremiumQueryTodoTasksByManager, func(ctx context.Context, cursor string) (*Page[ManagedTask], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListManagedTodoTasks(ctx, page, opts...)
	})
}

func listManaged(ctx context.Context, c *Client, op operation.Operation, req ManagedTodoRequest, opts []RequestOption) (*Page[ManagedTask], error) {
	var p problems
	p.Required("UserID", req.UserID)
	p.Required("OperatorUserID", req.OperatorUserID)
	in := managedTodoRequest{
		UserID: req.UserID, OperatorUserID: req.OperatorUserID,
		PageNumber: p.PageNumber(req.Cursor, limit.PremiumQueryTodoTasksByManagerNextTokenMin),
		PageSize:   p.PageSize(req.PageSize, limit.PremiumQueryTodoTasksByManagerMaxResultsMax),
	}
	if err := p.err(op); err != nil {
		return nil, err
	}
	var resp numberedReply[ManagedTask]
	if err := c.Call(ctx, op, in, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.page(in.PageNumber), nil
}

// RedirectTasksRequest hands tasks of one employee over to another in a
// manager's name.
type RedirectTasksRequest struct {
	// TaskIDs are the running tasks. Required.
	TaskIDs []string
	// FromUserID is the assignee, who may have left. Required.
	FromUserID string
	// ToUserID gets the tasks, and must be employed. Required.
	ToUserID string
	// OperatorUserID is an administrator. Required.
	OperatorUserID string
}

// RedirectTasksResponse has the outcome of each task.
type RedirectTasksResponse struct {
	// Total and Failed count the tasks.
	Total  int `json:"totalCount"`
	Failed int `json:"failCount"`
	// Results has each task.
	Results []RedirectTaskResult `json:"redirectResults"`
}

// RedirectTaskResult is the outcome of one task.
type RedirectTaskResult struct {
	// TaskID is the task.
	TaskID string `json:"taskId"`
	// OK reports that it was handed over, Message why it was not.
	OK      bool   `json:"success"`
	Message string `json:"errorMsg"`
}

type redirectTasksRequest struct {
	FromUserID     string  `json:"transfereeUserId"`
	ToUserID       string  `json:"handoverUserId"`
	OperatorUserID string  `json:"managerUserId"`
	TaskIDs        []int64 `json:"taskIds"`
}

// RedirectTasks hands tasks of one employee over to another (批量转交), and returns
// what became of each: a task that could not be handed over is no error. Needs
// OA premium (OA 高级版).
//
// Errors: [ErrNotFound] (employees), [ErrPermission] (administrator, no OA
// premium), [ErrRateLimited]. It is not retried after a broken connection
// ([ErrOutcomeUnknown]): read the instances.
//
// https://open.dingtalk.com/document/development/api-premiumredirecttasksbymanager
//
//dingtalk:op POST /v1.0/workflow/premium/tasks/batchRedirect
func (s *PremiumService) RedirectTasks(ctx context.Context, req RedirectTasksRequest, opts ...RequestOption) (*RedirectTasksResponse, error) {
	return redirectTasks(ctx, s.c, operation.PremiumRedirectTasksByManager, req, opts)
}

func redirectTasks(ctx context.Context, c *Client, op operation.Operation, req RedirectTasksRequest, opts []RequestOption) (*RedirectTasksResponse, error) {
	in := redirectTasksRequest{FromUserID: req.FromUserID, ToUserID: req.ToUserID, OperatorUserID: req.OperatorUserID}
	var p problems
	p.Required("FromUserID", req.FromUserID)
	p.Required("ToUserID", req.ToUserID)
	p.Required("OperatorUserID", req.OperatorUserID)
	p.SomeItems("TaskIDs", len(req.TaskIDs))
	for i, id := range req.TaskIDs {
		in.TaskIDs = append(in.TaskIDs, p.taskID(fmt.Sprintf("TaskIDs[%d]", i), id))
	}
	if err := p.err(op); err != nil {
		return nil, err
	}
	var resp resultReply[RedirectTasksResponse]
	if err := c.Call(ctx, op, in, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}
