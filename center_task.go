package dingoa

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/wire"
	"github.com/dingoa/dingoa/operation"
)

// CreateCenterTasksRequest gives people tasks of an own approval.
type CreateCenterTasksRequest struct {
	// InstanceID is of [CenterService.CreateInstance]. Required.
	InstanceID string `json:"processInstanceId"`
	// ActivityID names these tasks as a group, for [CenterService.CancelTasks]; at
	// most 256 characters of your own.
	ActivityID string `json:"activityId,omitempty"`
	// Tasks are at most 20. Required.
	Tasks []NewCenterTask `json:"tasks"`
	// FeatureConfig places shortcut buttons. Not on the older gateway.
	FeatureConfig FeatureConfig `json:"featureConfig,omitzero"`
}

// NewCenterTask is a task for one person.
type NewCenterTask struct {
	// UserID identifies the person who has to do it. Required.
	UserID string `json:"userId"`
	// URL is where; at most 1,024 characters. It must work on mobile and PC.
	// Required.
	URL string `json:"url"`
	// CustomData comes back as the parameter customData of URL; at most 500
	// characters. Not on the older gateway.
	CustomData string `json:"customData,omitempty"`
	// DueTime is until when; not before now. It is sent in milliseconds. Not on
	// the older gateway.
	DueTime time.Time `json:"dueTimestamp,omitzero"`
}

// CenterTaskRef is a task that was created.
type CenterTaskRef struct {
	// TaskID names it in the other calls.
	TaskID string `json:"taskId"`
	// UserID is whose task it is.
	UserID string `json:"userId"`
}

// createCenterTasks is the request as the vendor takes it.
type createCenterTasks struct {
	CreateCenterTasksRequest
	Tasks   []newCenterTask `json:"tasks"`
	agentID int64
}

type newCenterTask struct {
	NewCenterTask
	DueTime int64 `json:"dueTimestamp,omitempty"`
}

func (r *CreateCenterTasksRequest) wire(op operation.Operation, c *Client) (*createCenterTasks, error) {
	legacy := c.cfg.legacy && op.Spec().LegacyPath != ""
	var p problems
	p.Required("InstanceID", r.InstanceID)
	p.MaxLength("ActivityID", r.ActivityID, limit.CreateIntegratedTaskActivityIdMaxLen)
	p.Items("Tasks", len(r.Tasks), limit.CreateIntegratedTaskTasksMaxItems)
	if legacy && len(r.FeatureConfig.Features) > 0 {
		return nil, unsupported(op, "FeatureConfig does not exist on the older gateway")
	}
	r.FeatureConfig.validate(&p, taskFeatures(op))
	w := &createCenterTasks{CreateCenterTasksRequest: *r, agentID: agentOf(c, &p, false)}
	for i, task := range r.Tasks {
		if legacy && (task.CustomData != "" || !task.DueTime.IsZero()) {
			return nil, unsupported(op, "CustomData and DueTime do not exist on the older gateway")
		}
		field := fmt.Sprintf("Tasks[%d].", i)
		p.Required(field+"UserID", task.UserID)
		p.Required(field+"URL", task.URL)
		p.MaxLength(field+"URL", task.URL, limit.CreateIntegratedTaskTasksUrlMaxLen)
		p.MaxLength(field+"CustomData", task.CustomData, limit.CreateIntegratedTaskTasksCustomDataMaxLen)
		w.Tasks = append(w.Tasks, newCenterTask{task, wire.ToMillis(task.DueTime)})
	}
	return w, p.err(op)
}

// CreateTasks gives people tasks of an own approval (创建待处理任务). An approval
// has at most 100 tasks; calls for the same approval must not run at once.
//
// Errors: [ErrConflict] (the approval has ended, or another call for it runs),
// [ErrNotFound] (instance), [ErrQuotaExceeded] (more than 100 tasks, or too many
// calls today), [ErrPermission] (qyapi_aflow).
//
// https://open.dingtalk.com/document/development/create-pending-tasks-in-process-center
//
//dingtalk:op POST /v1.0/workflow/processCentres/tasks
func (s *CenterService) CreateTasks(ctx context.Context, req CreateCenterTasksRequest, opts ...RequestOption) ([]CenterTaskRef, error) {
	w, err := req.wire(operation.CreateIntegratedTask, s.c)
	if err != nil {
		return nil, err
	}
	var resp createCenterTasksReply
	if err := s.c.Call(ctx, operation.CreateIntegratedTask, w, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

func (r *createCenterTasks) Secrets() []string { return r.FeatureConfig.secrets() }

func (r *createCenterTasks) LegacyRequest() any {
	type task struct {
		UserID string `json:"userid"`
		URL    string `json:"url"`
	}
	body := struct {
		AgentID    int64  `json:"agentid,omitempty"`
		InstanceID string `json:"process_instance_id"`
		ActivityID string `json:"activity_id,omitempty"`
		Tasks      []task `json:"tasks"`
	}{AgentID: r.agentID, InstanceID: r.InstanceID, ActivityID: r.ActivityID}
	for _, t := range r.Tasks {
		body.Tasks = append(body.Tasks, task{t.UserID, t.URL})
	}
	return wrapped{body}
}

type createCenterTasksReply struct {
	Result []CenterTaskRef `json:"result" wire:"tasks"`
	successReply
}

func (r *createCenterTasksReply) CheckReply() error {
	if len(r.Result) == 0 {
		return errors.New("the reply names no task")
	}
	return nil
}

// UpdateCenterTasksRequest has the new states of tasks.
type UpdateCenterTasksRequest struct {
	// InstanceID is required on the older gateway.
	InstanceID string `json:"processInstanceId,omitempty"`
	// Tasks are at most 20. Required.
	Tasks []CenterTaskUpdate `json:"tasks"`
}

// CenterTaskUpdate is the new state of a task.
type CenterTaskUpdate struct {
	// TaskID is required.
	TaskID string `json:"taskId"`
	// Status is [TaskCompleted] or [TaskCanceled]. Required.
	Status TaskStatus `json:"status"`
	// Result is [TaskAgree] or [TaskRefuse]. Required for a completed task; on the
	// older gateway always.
	Result TaskResult `json:"result,omitempty"`
}

// updateCenterTasks is the request as the vendor takes it.
type updateCenterTasks struct {
	UpdateCenterTasksRequest
	Tasks   []updateCenterTask `json:"tasks"`
	agentID int64
}

type updateCenterTask struct {
	CenterTaskUpdate
	TaskID int64 `json:"taskId"`
}

// UpdateTasks completes or cancels tasks of an own approval (更新任务状态).
//
// Errors: [ErrPermission] (qyapi_aflow; or the approval is one of an official
// form), [ErrConflict] (instance).
//
// https://open.dingtalk.com/document/development/update-process-center-task-status
//
//dingtalk:op PUT /v1.0/workflow/processCentres/tasks
func (s *CenterService) UpdateTasks(ctx context.Context, req UpdateCenterTasksRequest, opts ...RequestOption) error {
	legacy := s.c.cfg.legacy
	var p problems
	if legacy {
		p.Required("InstanceID", req.InstanceID)
	}
	p.Items("Tasks", len(req.Tasks), limit.UpdateIntegratedTaskTasksMaxItems)
	w := updateCenterTasks{UpdateCenterTasksRequest: req, agentID: agentOf(s.c, &p, true)}
	for i, task := range req.Tasks {
		field := fmt.Sprintf("Tasks[%d].", i)
		id := p.taskID(field+"TaskID", task.TaskID)
		p.Required(field+"Status", string(task.Status))
		p.OneOf(field+"Status", string(task.Status), limit.UpdateIntegratedTaskTasksStatusEnum)
		p.OneOf(field+"Result", string(task.Result), limit.UpdateIntegratedTaskTasksResultEnum)
		if task.Result == "" && (legacy || task.Status == TaskCompleted) {
			p.Add(field+"Result", "is required")
		}
		w.Tasks = append(w.Tasks, updateCenterTask{task, id})
	}
	if err := p.err(operation.UpdateIntegratedTask); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.UpdateIntegratedTask, w, &ack{}, opts...)
}

func (r updateCenterTasks) LegacyRequest() any {
	type task struct {
		TaskID int64      `json:"task_id"`
		Status TaskStatus `json:"status"`
		Result TaskResult `json:"result"`
	}
	body := struct {
		AgentID    int64  `json:"agentid"`
		InstanceID string `json:"process_instance_id"`
		Tasks      []task `json:"tasks"`
	}{AgentID: r.agentID, InstanceID: r.InstanceID}
	for _, t := range r.Tasks {
		body.Tasks = append(body.Tasks, task{t.TaskID, t.Status, t.Result})
	}
	return wrapped{body}
}

// CancelCenterTasksRequest cancels groups of tasks.
type CancelCenterTasksRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// ActivityID is the group that [CreateCenterTasksRequest] named; at most 512
	// characters. Required.
	ActivityID string `json:"activityId"`
	// ActivityIDs are further groups.
	ActivityIDs []string `json:"activityIds,omitempty"`
}

type cancelCenterTasks struct {
	CancelCenterTasksRequest
	agentID int64
}

// CancelTasks cancels the open tasks of a group, or of several (批量取消任务).
//
// Errors: [ErrPermission] (Workflow.Instance.Write; or the approval is one of an
// official form), [ErrConflict] (instance).
//
// https://open.dingtalk.com/document/development/cancel-multiple-oa-approval-tasks
//
//dingtalk:op POST /v1.0/workflow/processCentres/tasks/cancel
func (s *CenterService) CancelTasks(ctx context.Context, req CancelCenterTasksRequest, opts ...RequestOption) error {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.Required("ActivityID", req.ActivityID)
	p.MaxLength("ActivityID", req.ActivityID, limit.CancelIntegratedTaskActivityIdMaxLen)
	w := cancelCenterTasks{req, agentOf(s.c, &p, true)}
	if err := p.err(operation.CancelIntegratedTask); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.CancelIntegratedTask, w, &ack{}, opts...)
}

func (r cancelCenterTasks) LegacyRequest() any {
	return wrapped{struct {
		AgentID     int64    `json:"agentid"`
		InstanceID  string   `json:"process_instance_id"`
		ActivityID  string   `json:"activity_id"`
		ActivityIDs []string `json:"activity_id_list,omitempty"`
	}{r.agentID, r.InstanceID, r.ActivityID, r.ActivityIDs}}
}

// ListCenterTasksRequest selects the tasks of a user.
type ListCenterTasksRequest struct {
	// UserID is whose tasks. Required.
	UserID string `json:"userId"`
	// PageSize is at most 40, on the older gateway 50; left out it is that.
	PageSize int `json:"pageSize"`
	// Cursor is the NextCursor of the page before.
	Cursor string `json:"-"`
	// CreateBefore is a bound for when the tasks were created, at most a year ago.
	// It is sent in milliseconds. Not on the older gateway.
	CreateBefore time.Time `json:"createBefore,omitzero"`
	// Removed lists the tasks that were taken away instead of those that wait.
	// Only on the older gateway.
	Removed bool `json:"-"`
}

// CenterTask is a task of an own approval.
type CenterTask struct {
	// TaskID names the task, InstanceID its approval.
	TaskID     string `json:"taskId"`
	InstanceID string `json:"processInstanceId" wire:"instance_id"`
	// The rest is empty on the older gateway: the group of the task, whose it is,
	// how it stands and when it was created and done, in UTC with minutes.
	ActivityID string     `json:"activityId"`
	UserID     string     `json:"userId"`
	Status     TaskStatus `json:"status"`
	Result     Result     `json:"result"`
	CreateTime time.Time  `json:"createTime"`
	FinishTime time.Time  `json:"finishTime"`
	// Only the older gateway has these: the title of the approval, the address of
	// the task and what the approval shows.
	Title string           `json:"title"`
	URL   string           `json:"url"`
	Forms []WorkRecordForm `json:"forms"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

type listCenterTasks struct {
	ListCenterTasksRequest
	PageSize     int   `json:"pageSize"`
	PageNumber   int64 `json:"pageNumber"`
	CreateBefore int64 `json:"createBefore,omitempty"`
}

type listCenterTasksReply struct {
	Result   *centerTaskList `json:"result"`
	TaskPage *centerTaskList `json:"taskPage"` // the vendor's page says so, its SDK "result"
	successReply
}

type centerTaskList struct {
	HasMore bool         `json:"hasMore"`
	List    []CenterTask `json:"list"`
}

func (r *listCenterTasksReply) CheckReply() error {
	if r.Result == nil {
		r.Result = r.TaskPage
	}
	if r.Result == nil {
		return errors.New("the reply has no list of tasks")
	}
	return nil
}

// ListTasks lists the tasks of own approvals that wait for a user, one page at a
// time (查询流程中心任务).
//
// The two gateways return different fields of a task; see [CenterTask]. Errors:
// [ErrInvalidArgument], [ErrPermission] (qyapi_aflow).
//
// https://open.dingtalk.com/document/development/query-oa-approval-tasks-integrated-through-process-center
//
//dingtalk:op GET /v1.0/workflow/processCentres/todoTasks
func (s *CenterService) ListTasks(ctx context.Context, req ListCenterTasksRequest, opts ...RequestOption) (*Page[CenterTask], error) {
	legacy := s.c.cfg.legacy
	switch {
	case legacy && !req.CreateBefore.IsZero():
		return nil, unsupported(operation.QueryIntegratedTodoTask, "CreateBefore does not exist on the older gateway")
	case !legacy && req.Removed:
		return nil, unsupported(operation.QueryIntegratedTodoTask, "Removed exists on the older gateway only")
	}
	first, largest := int64(limit.QueryIntegratedTodoTaskPageNumberMin), limit.QueryIntegratedTodoTaskPageSizeMax
	if legacy {
		first, largest = 0, limit.OapiProcessWorkrecordTaskQueryCountMax
	}
	var p problems
	p.Required("UserID", req.UserID)
	w := listCenterTasks{
		ListCenterTasksRequest: req, PageSize: p.PageSize(req.PageSize, largest),
		PageNumber: p.PageNumber(req.Cursor, first), CreateBefore: wire.ToMillis(req.CreateBefore),
	}
	if err := p.err(operation.QueryIntegratedTodoTask); err != nil {
		return nil, err
	}
	var resp listCenterTasksReply
	if err := s.c.Call(ctx, operation.QueryIntegratedTodoTask, w, &resp, opts...); err != nil {
		return nil, err
	}
	next := w.PageNumber + 1
	if legacy {
		next = w.PageNumber + int64(w.PageSize) // an offset
	}
	return &Page[CenterTask]{Items: resp.Result.List, NextCursor: cursorIf(resp.Result.HasMore, len(resp.Result.List), next)}, nil
}

// AllTasks walks all pages of [CenterService.ListTasks].
func (s *CenterService) AllTasks(ctx context.Context, req ListCenterTasksRequest, opts ...RequestOption) iter.Seq2[CenterTask, error] {
	return Items(ctx, operation.QueryIntegratedTodoTask, func(ctx context.Context, cursor string) (*Page[CenterTask], error) {
		req := req // loops over one sequence may overlap
		req.Cursor = cursor
		return s.ListTasks(ctx, req, opts...)
	})
}

func (r listCenterTasks) LegacyRequest() any {
	status := 0
	if r.Removed {
		status = -1
	}
	return struct {
		UserID string `json:"userid"`
		Offset int64  `json:"offset"`
		Count  int    `json:"count"`
		Status int    `json:"status"`
	}{r.UserID, r.PageNumber, r.PageSize, status}
}
