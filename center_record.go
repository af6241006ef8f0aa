package dingoa

import (
	"context"
	"errors"
	"iter"

	"github.com/dingoa/dingoa/operation"
)

// WorkRecord is a task of an own approval as it is shown to people.
type WorkRecord struct {
	// TaskID names the task, InstanceID its approval.
	TaskID     string `json:"taskId"`
	InstanceID string `json:"instanceId"`
	// Title is the approval's, such as 张三提交的入职审批.
	Title string `json:"title"`
	// URL opens the task.
	URL string `json:"url"`
	// Forms are the components of the approval.
	Forms []WorkRecordForm `json:"forms"`
}

// WorkRecordForm is a label with its content.
type WorkRecordForm struct {
	Title   string `json:"title"`
	Content string `json:"content"`
}

// ListWorkRecordsRequest selects the tasks of a user.
type ListWorkRecordsRequest struct {
	// UserID is whose tasks. Required.
	UserID string `json:"userId"`
	// Status is 0 for what waits, the only value that is known.
	Status int `json:"status"`
	// PageSize is 10 when left out; its limit is unknown.
	PageSize int `json:"maxResults"`
	// Cursor is the NextCursor of the page before.
	Cursor string `json:"nextToken"`
}

type listWorkRecords struct {
	ListWorkRecordsRequest
	NextToken int64 `json:"nextToken"`
}

type workRecordList struct {
	NextToken int64        `json:"nextToken"`
	List      []WorkRecord `json:"list"`
}

type listWorkRecordsReply struct {
	Result *workRecordList `json:"result"`
	successReply
}

func (r *listWorkRecordsReply) CheckReply() error {
	if r.Result == nil {
		return errors.New("the reply has no list of tasks")
	}
	return nil
}

// ListWorkRecords lists the tasks of a user as they are shown to people, one page
// at a time (查询用户待办事项).
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors. It has no twin on the older gateway ([ErrUnsupported]),
// where [CenterService.ListTasks] tells the same.
//
// https://open.dingtalk.com/document/development/oa-access-process
//
//dingtalk:op GET /v1.0/workflow/workRecords/todoTasks
func (s *CenterService) ListWorkRecords(ctx context.Context, req ListWorkRecordsRequest, opts ...RequestOption) (*Page[WorkRecord], error) {
	const usual = 10
	var p problems
	p.Required("UserID", req.UserID)
	if req.PageSize == 0 {
		req.PageSize = usual
	}
	if req.PageSize < 0 {
		p.Add("PageSize", "is %d, want a positive number", req.PageSize)
	}
	w := listWorkRecords{req, p.PageNumber(req.Cursor, 0)}
	if err := p.err(operation.ListTodoWorkRecords); err != nil {
		return nil, err
	}
	var resp listWorkRecordsReply
	if err := s.c.Call(ctx, operation.ListTodoWorkRecords, w, &resp, opts...); err != nil {
		return nil, err
	}
	return &Page[WorkRecord]{Items: resp.Result.List, NextCursor: cursorIf(resp.Result.NextToken > 0, len(resp.Result.List), resp.Result.NextToken)}, nil
}

// AllWorkRecords walks all pages of [CenterService.ListWorkRecords].
func (s *CenterService) AllWorkRecords(ctx context.Context, req ListWorkRecordsRequest, opts ...RequestOption) iter.Seq2[WorkRecord, error] {
	return Items(ctx, operation.ListTodoWorkRecords, func(ctx context.Context, cursor string) (*Page[WorkRecord], error) {
		req := req // loops over one sequence may overlap
		req.Cursor = cursor
		return s.ListWorkRecords(ctx, req, opts...)
	})
}
