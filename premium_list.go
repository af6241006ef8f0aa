package dingoa

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/wire"
	"github.com/dingoa/dingoa/operation"
)

// UserListRequest asks for a list of one user in the approval centre (审批中心).
type UserListRequest struct {
	// UserID is required.
	UserID string
	// PageSize is at most 20, and 20 when left out.
	PageSize int
	// Cursor is a former page's NextCursor; empty fetches the first page, where
	// sequences always begin.
	Cursor string
}

// InstanceSummary is a line of a list in the approval centre.
type InstanceSummary struct {
	// InstanceID is the approval.
	InstanceID string `json:"processInstanceId"`
	// Title is the title in lists, Summary the main values of the form.
	Title   string `json:"title"`
	Summary string `json:"formMassage"`
	// Status and Result as in [Instance].
	Status InstanceStatus `json:"status"`
	Result Result         `json:"result"`
	// CreateTime and FinishTime of the approval, in UTC with minutes.
	CreateTime time.Time `json:"processCreateTime"`
	FinishTime time.Time `json:"processEndTime"`
	// OriginatorUserID applied; Name and Photo (an address) are that person's.
	OriginatorUserID string `json:"originatorId"`
	OriginatorName   string `json:"originatorName"`
	OriginatorPhoto  string `json:"originatorPhoto"`
	// URL opens the approval.
	URL string `json:"url"`
	// ProcessType is 0 for an official approval, 1 for one of an own OA.
	ProcessType int `json:"processType"`
	// AppType is 0 for an approval form, 1 for a data form, 2 for a service
	// process (办事流程). Only in the lists of submitted approvals and of tasks to do.
	AppType int `json:"appType"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// centreRequest is paged by number.
type centreRequest struct {
	UserID       string `json:"userId"`
	PageSize     int    `json:"pageSize"`
	PageNumber   int64  `json:"pageNumber"`
	CreateBefore string `json:"createBefore,omitempty"`
}

// numberedList is a page of a list that is paged by number.
type numberedList[T any] struct {
	List    []T   `json:"list"`
	HasMore bool  `json:"hasMore"`
	Success *bool `json:"success"` // todoTasks has it here
}

// numberedReply is the reply of such a list. The vendor's own samples show
// success=false beside a full list, which therefore counts as a success.
type numberedReply[T any] struct {
	Result *numberedList[T] `json:"result"`
	successReply
}

func (r *numberedReply[T]) Refused() bool {
	if r.Result == nil {
		return r.successReply.Refused()
	}
	inner := successReply{r.Result.Success}
	return len(r.Result.List) == 0 && !r.Result.HasMore && (r.successReply.Refused() || inner.Refused())
}

func (r *numberedReply[T]) CheckReply() error {
	if r.Result == nil {
		return errors.New("the reply has no result")
	}
	return nil
}

func (r *numberedReply[T]) page(number int64) *Page[T] {
	return &Page[T]{Items: r.Result.List, NextCursor: cursorIf(r.Result.HasMore, len(r.Result.List), number+1)}
}

// listCentre fetches one page of a user's list in the approval centre.
func listCentre[T any](
	ctx context.Context, c *Client, op operation.Operation, req UserListRequest, createdBefore time.Time, opts []RequestOption,
) (*Page[T], error) {
	var p problems
	p.Required("UserID", req.UserID)
	in := centreRequest{
		UserID: req.UserID, PageSize: p.PageSize(req.PageSize, limit.PremiumGetTodoTasksPageSizeMax),
		PageNumber: p.PageNumber(req.Cursor, limit.PremiumGetTodoTasksPageNumberMin),
	}
	if err := p.err(op); err != nil {
		return nil, err
	}
	if in.PageNumber > limit.PremiumGetTodoTasksPageNumberMax { // no mistake in the request: a walk may end here
		return nil, errorWith(op, ErrInvalidArgument, "Cursor is page %d: there are more items than the %d pages that DingTalk lists", in.PageNumber, limit.PremiumGetTodoTasksPageNumberMax)
	}
	if !createdBefore.IsZero() {
		in.CreateBefore = createdBefore.In(wire.China()).Format(wire.LayoutSecond)
	}
	var resp numberedReply[T]
	if err := c.Call(ctx, op, in, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.page(in.PageNumber), nil
}

// ListSubmitted returns one page of the approvals that the user started (已发起).
// DingTalk lists ten pages. Needs OA premium (OA 高级版).
//
// Errors: [ErrInvalidArgument] (also after the tenth page), [ErrPermission] (no OA
// premium).
//
// https://open.dingtalk.com/document/development/api-premiumgetsubmittedinstances
//
//dingtalk:op GET /v1.0/workflow/premium/processCentres/submittedInstances
func (s *PremiumService) ListSubmitted(ctx context.Context, req UserListRequest, opts ...RequestOption) (*Page[InstanceSummary], error) {
	return listCentre[InstanceSummary](ctx, s.c, operation.PremiumGetSubmittedInstances, req, time.Time{}, opts)
}

// AllSubmitted walks the pages of [PremiumService.ListSubmitted] while the loop
// runs. It ends with [ErrInvalidArgument] when there are more than DingTalk lists,
// and after the first error.
func (s *PremiumService) AllSubmitted(ctx context.Context, req UserListRequest, opts ...RequestOption) iter.Seq2[InstanceSummary, error] {
	return Items(ctx, operation.PremiumGetSubmittedInstances, func(ctx context.Context, cursor string) (*Page[InstanceSummary], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListSubmitted(ctx, page, opts...)
	})
}

// ListNoticed returns one page of the approvals that the user got a copy of
// (已收到). DingTalk lists ten pages. Needs OA premium (OA 高级版).
//
// Errors as for [PremiumService.ListSubmitted].
//
// https://open.dingtalk.com/document/development/api-premiumgetnoticedinstances
//
//dingtalk:op GET /v1.0/workflow/premium/processCentres/noticedInstances
func (s *PremiumService) ListNoticed(ctx context.Context, req UserListRequest, opts ...RequestOption) (*Page[InstanceSummary], error) {
	return listCentre[InstanceSummary](ctx, s.c, operation.PremiumGetNoticedInstances, req, time.Time{}, opts)
}

// AllNoticed walks the pages of [PremiumService.ListNoticed] like
// [PremiumService.AllSubmitted].
func (s *PremiumService) AllNoticed(ctx context.Context, req UserListRequest, opts ...RequestOption) iter.Seq2[InstanceSummary, error] {
	return Items(ctx, operation.PremiumGetNoticedInstances, func(ctx context.Context, cursor string) (*Page[InstanceSummary], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListNoticed(ctx, page, opts...)
	})
}
