// Package todo keeps to-dos of version 1.0 (待办任务 1.0):
//
//	id, err := todo.New(client).Add(ctx, todo.AddRequest{…})
//
// It is built on [dingoa.Client.Call] alone, as a package of your own for another
// family of DingTalk's API would be.
package todo

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/internal/check"
	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// Service keeps to-dos of version 1.0 (待办任务 1.0), which only the older
// gateway has: calls go there, whether the client has [dingoa.WithLegacyGateway] or
// not.
//
// https://open.dingtalk.com/document/development/new-to-do-items
type Service struct{ c *dingoa.Client }

// New returns the to-dos of the client's company.
func New(c *dingoa.Client) *Service { return &Service{c} }

// AddRequest is a to-do for a person.
type AddRequest struct {
	// UserID identifies the person who has to do it. Required.
	UserID string `json:"userid"`
	// CreateTime is for the order of the list, sent in milliseconds. Left out it is
	// now.
	CreateTime time.Time `json:"create_time"`
	// Title has at most 50 characters. Required.
	Title string `json:"title"`
	// URL opens it. Required. PCURL opens it on a PC, and PCOpenType where there.
	URL        string     `json:"url"`
	PCURL      string     `json:"pcUrl,omitempty"`
	PCOpenType PCOpenType `json:"pc_open_type,omitempty"`
	// Items are its lines, fewer than 20. Required.
	Items []Item `json:"formItemList"`
	// OriginatorUserID is who gave it.
	OriginatorUserID string `json:"originator_user_id,omitempty"`
	// SourceName is shown as where it comes from.
	SourceName string `json:"source_name,omitempty"`
	// BizID is an id of your own, unique for the person.
	BizID string `json:"biz_id,omitempty"`
}

// Item is a label with its content.
type Item struct {
	// Title and Content are required.
	Title   string `json:"title"`
	Content string `json:"content"`
}

// PCOpenType is where a to-do opens on a PC.
type PCOpenType int

// Where a to-do opens on a PC.
const (
	InPCClient PCOpenType = 2
	InBrowser  PCOpenType = 4
)

type addRequest struct {
	AddRequest
	CreateTime int64 `json:"create_time"`
}

type addReply struct {
	RecordID string `json:"record_id"`
}

func (r *addReply) CheckReply() error {
	if r.RecordID == "" {
		return errors.New("the reply has no record_id")
	}
	return nil
}

// Add gives a person a to-do (新增钉钉待办任务) and returns its record id. A person
// gets at most 100 a day from an app, and each content once a day.
//
// Errors: [dingoa.ErrConflict] (the same to-do exists), [dingoa.ErrQuotaExceeded] (too many
// today), [dingoa.ErrInvalidArgument] (user).
//
// https://open.dingtalk.com/document/development/new-to-do-items
//
//dingtalk:op POST /topapi/workrecord/add
func (s *Service) Add(ctx context.Context, req AddRequest, opts ...dingoa.RequestOption) (string, error) {
	var p check.Problems[dingoa.FieldError]
	p.Required("UserID", req.UserID)
	p.Required("Title", req.Title)
	p.MaxLength("Title", req.Title, limit.OapiWorkrecordAddTitleMaxLen)
	p.Required("URL", req.URL)
	if req.PCOpenType != 0 {
		p.OneOfNumbers("PCOpenType", int(req.PCOpenType), limit.OapiWorkrecordAddPcOpenTypeEnum)
	}
	p.Items("Items", len(req.Items), limit.OapiWorkrecordAddFormItemListMaxItems)
	for i, item := range req.Items {
		p.Required(fmt.Sprintf("Items[%d].Title", i), item.Title)
		p.Required(fmt.Sprintf("Items[%d].Content", i), item.Content)
	}
	if err := dingoa.InvalidRequest(operation.OapiWorkrecordAdd, p.Found...); err != nil {
		return "", err
	}
	if req.CreateTime.IsZero() {
		req.CreateTime = s.c.ServerTime()
	}
	var resp addReply
	if err := s.c.Call(ctx, operation.OapiWorkrecordAdd, addRequest{req, req.CreateTime.UnixMilli()}, &resp, opts...); err != nil {
		return "", err
	}
	return resp.RecordID, nil
}

// CompleteRequest marks a to-do as done.
type CompleteRequest struct {
	// UserID identifies the person. Required.
	UserID string `json:"userid"`
	// RecordID is of [Service.Add], or the BizID given there. Required.
	RecordID string `json:"record_id"`
}

// Complete marks a to-do as done (更新钉钉待办任务).
//
// Errors: [dingoa.ErrNotFound] or [dingoa.ErrInvalidArgument] (user).
//
// https://open.dingtalk.com/document/development/update-to-do-status
//
//dingtalk:op POST /topapi/workrecord/update
func (s *Service) Complete(ctx context.Context, req CompleteRequest, opts ...dingoa.RequestOption) error {
	var p check.Problems[dingoa.FieldError]
	p.Required("UserID", req.UserID)
	p.Required("RecordID", req.RecordID)
	if err := dingoa.InvalidRequest(operation.OapiWorkrecordUpdate, p.Found...); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.OapiWorkrecordUpdate, req, nil, opts...)
}

// ListRequest selects to-dos of a person.
type ListRequest struct {
	// UserID identifies the person. Required.
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
	// Items are its lines.
	Items []Item `json:"forms"`
	// Unread are the fields that could not be read; they are zero.
	Unread []dingoa.UnreadField `json:"-"`
}

type listRequest struct {
	ListRequest
	Offset int64 `json:"offset"`
	Status int   `json:"status"`
	Limit  int   `json:"limit"`
}

type listReply struct {
	Records *struct {
		HasMore bool   `json:"has_more"`
		List    []Todo `json:"list"`
	} `json:"records"`
}

func (r *listReply) CheckReply() error {
	if r.Records == nil {
		return errors.New("the reply has no records")
	}
	return nil
}

// List lists to-dos of a person, one page at a time (查询企业下用户待办列表). Only
// internal apps (企业内部应用) may.
//
// Errors: [dingoa.ErrInvalidArgument] (user, cursor, size).
//
// https://open.dingtalk.com/document/development/get-the-user-s-to-do-items
//
//dingtalk:op POST /topapi/workrecord/getbyuserid
func (s *Service) List(ctx context.Context, req ListRequest, opts ...dingoa.RequestOption) (*dingoa.Page[Todo], error) {
	var p check.Problems[dingoa.FieldError]
	p.Required("UserID", req.UserID)
	w := listRequest{ListRequest: req, Offset: p.PageNumber(req.Cursor, 0), Limit: p.PageSize(req.PageSize, limit.OapiWorkrecordGetbyuseridLimitMax)}
	if req.Done {
		w.Status = 1
	}
	if err := dingoa.InvalidRequest(operation.OapiWorkrecordGetbyuserid, p.Found...); err != nil {
		return nil, err
	}
	var resp listReply
	if err := s.c.Call(ctx, operation.OapiWorkrecordGetbyuserid, w, &resp, opts...); err != nil {
		return nil, err
	}
	next := ""
	if resp.Records.HasMore && len(resp.Records.List) > 0 { // a page of nothing ends the list, too
		next = strconv.FormatInt(w.Offset+int64(w.Limit), 10)
	}
	return &dingoa.Page[Todo]{Items: resp.Records.List, NextCursor: next}, nil
}

// All walks all pages of [Service.List].
func (s *Service) All(ctx context.Context, req ListRequest, opts ...dingoa.RequestOption) iter.Seq2[Todo, error] {
	return dingoa.Items(ctx, operation.OapiWorkrecordGetbyuserid, func(ctx context.Context, cursor string) (*dingoa.Page[Todo], error) {
		req := req // loops over one sequence may overlap
		req.Cursor = cursor
		return s.List(ctx, req, opts...)
	})
}
