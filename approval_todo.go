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

// TodoService keeps to-dos of version 1.0 (待办任务 1.0), which only the older
// gateway has: calls go there, whether the client has [WithLegacyGateway] or not.
//
// https://open.dingtalk.com/document/development/new-to-do-items
type TodoService service

// AddTodoRequest is a to-do for a person.
type AddTodoRequest struct {
	// UserID is who has to do it. Required.
	UserID string `json:"userid"`
	// CreateTime is for the order of the list, sent in milliseconds. Left out it is
	// now.
	CreateTime time.Time `json:"create_time"`
	// Title has at most 50 characters. Required.
	Title string `json:"title"`
	// URL opens it. Required. PCURL opens it on a PC, and PCOpenType where there.
	URL        string         `json:"url"`
	PCURL      string         `json:"pcUrl,omitempty"`
	PCOpenType TodoPCOpenType `json:"pc_open_type,omitempty"`
	// Items are what it shows, fewer than 20. Required.
	Items []TodoItem `json:"formItemList"`
	// OriginatorUserID is who gave it.
	OriginatorUserID string `json:"originator_user_id,omitempty"`
	// SourceName is shown as where it comes from.
	SourceName string `json:"source_name,omitempty"`
	// BizID is an id of your own, unique for the person.
	BizID string `json:"biz_id,omitempty"`
}

// TodoItem is a label with its content.
type TodoItem struct {
	// Title and Content are required.
	Title   string `json:"title"`
	Content string `json:"content"`
}

// TodoPCOpenType is where a to-do opens on a PC.
type TodoPCOpenType int

// Where a to-do opens on a PC.
const (
	TodoInPCClient TodoPCOpenType = 2
	TodoInBrowser  TodoPCOpenType = 4
)

type addTodoRequest struct {
	AddTodoRequest
	CreateTime int64 `json:"create_time"`
}

type addTodoReply struct {
	RecordID string `json:"record_id"`
	successReply
}

func (r *addTodoReply) CheckReply() error {
	if r.RecordID == "" {
		return errors.New("the reply has no record_id")
	}
	return nil
}

// Add gives a person a to-do (新增钉钉待办任务) and returns its record id. A person
// gets at most 100 a day from an app, and each content once a day.
//
// Errors: [ErrConflict] (the same to-do exists), [ErrQuotaExceeded] (too many
// today), [ErrInvalidArgument] (user).
//
// https://open.dingtalk.com/document/development/new-to-do-items
//
//dingtalk:op POST /topapi/workrecord/add
func (s *TodoService) Add(ctx context.Context, req AddTodoRequest, opts ...RequestOption) (string, error) {
	var p problems
	p.required("UserID", req.UserID)
	p.required("Title", req.Title)
	p.maxLength("Title", req.Title, limit.OapiWorkrecordAddTitleMaxLen)
	p.required("URL", req.URL)
	if req.PCOpenType != 0 {
		p.oneOfNumbers("PCOpenType", int(req.PCOpenType), limit.OapiWorkrecordAddPcOpenTypeEnum)
	}
	p.items("Items", len(req.Items), limit.OapiWorkrecordAddFormItemListMaxItems)
	for i, item := range req.Items {
		p.required(fmt.Sprintf("Items[%d].Title", i), item.Title)
		p.required(fmt.Sprintf("Items[%d].Content", i), item.Content)
	}
	if err := p.err(operation.OapiWorkrecordAdd); err != nil {
		return "", err
	}
	if req.CreateTime.IsZero() {
		req.CreateTime = s.c.ServerTime()
	}
	var resp addTodoReply
	if err := s.c.Call(ctx, operation.OapiWorkrecordAdd, addTodoRequest{req, wire.ToMillis(req.CreateTime)}, &resp, opts...); err != nil {
		return "", err
	}
	return resp.RecordID, nil
}

// CompleteTodoRequest marks a to-do as done.
type CompleteTodoRequest struct {
	// UserID is whose to-do. Required.
	UserID string `json:"userid"`
	// RecordID is of [TodoService.Add], or the BizID given there. Required.
	RecordID string `json:"record_id"`
}

// Complete marks a to-do as done (更新钉钉待办任务).
//
// Errors: [ErrNotFound] or [ErrInvalidArgument] (user).
//
// https://open.dingtalk.com/document/development/update-to-do-status
//
//dingtalk:op POST /topapi/workrecord/update
func (s *TodoService) Complete(ctx context.Context, req CompleteTodoRequest, opts ...RequestOption) error {
	var p problems
	p.required("UserID", req.UserID)
	p.required("RecordID", req.RecordID)
	if err := p.err(operation.OapiWorkrecordUpdate); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.OapiWorkrecordUpdate, req, &ack{}, opts...)
}

// ListTodosRequest selects to-dos of a person.
type ListTodosRequest struct {
	// UserID is whose to-dos. Required.
	UserID string `json:"userid"`
	// Done lists those that are done instead of those that are open.
	Done bool `json:"status"`
	// PageSize is at most 50; left out it is that.
	PageSize int `json:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `json:"offset"`
}

// Todo is a to-do of a person.
type Todo struct {
	// RecordID names it in the other calls.
	RecordID string `json:"record_id"`
	// CreateTime, Title and URL are those it was added with; the time is in UTC with
	// milliseconds.
	CreateTime time.Time `json:"create_time"`
	Title      string    `json:"title"`
	URL        string    `json:"url"`
	// Items are what it shows.
	Items []TodoItem `json:"forms"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

type listTodosRequest struct {
	ListTodosRequest
	Offset int64 `json:"offset"`
	Status int   `json:"status"`
	Limit  int   `json:"limit"`
}

type listTodosReply struct {
	Records *struct {
		HasMore bool   `json:"has_more"`
		List    []Todo `json:"list"`
	} `json:"records"`
	successReply
}

func (r *listTodosReply) CheckReply() error {
	if r.Records == nil {
		return errors.New("the reply has no records")
	}
	return nil
}

// List lists to-dos of a person, one page at a time (查询企业下用户待办列表). Only
// internal apps (企业内部应用) may.
//
// Errors: [ErrInvalidArgument] (user, cursor, size).
//
// https://open.dingtalk.com/document/development/get-the-user-s-to-do-items
//
//dingtalk:op POST /topapi/workrecord/getbyuserid
func (s *TodoService) List(ctx context.Context, req ListTodosRequest, opts ...RequestOption) (*Page[Todo], error) {
	var p problems
	p.required("UserID", req.UserID)
	w := listTodosRequest{ListTodosRequest: req, Offset: p.pageNumber(req.Cursor, 0), Limit: p.pageSize(req.PageSize, limit.OapiWorkrecordGetbyuseridLimitMax)}
	if req.Done {
		w.Status = 1
	}
	if err := p.err(operation.OapiWorkrecordGetbyuserid); err != nil {
		return nil, err
	}
	var resp listTodosReply
	if err := s.c.Call(ctx, operation.OapiWorkrecordGetbyuserid, w, &resp, opts...); err != nil {
		return nil, err
	}
	return &Page[Todo]{Items: resp.Records.List, NextCursor: cursorIf(resp.Records.HasMore, len(resp.Records.List), w.Offset+int64(w.Limit))}, nil
}

// All walks all pages of [TodoService.List].
func (s *TodoService) All(ctx context.Context, req ListTodosRequest, opts ...RequestOption) iter.Seq2[Todo, error] {
	return Items(ctx, operation.OapiWorkrecordGetbyuserid, func(ctx context.Context, cursor string) (*Page[Todo], error) {
		req := req // loops over one sequence may overlap
		req.Cursor = cursor
		return s.List(ctx, req, opts...)
	})
}
