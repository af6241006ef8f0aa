package dingoa

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/wire"
	"github.com/dingoa/dingoa/operation"
)

// GetInstance reads one approval like [InstanceService.Get], with the tokens of
// handwritten signatures ([OperationRecord.HandSignToken]). Needs OA premium (OA
// 高级版). Only the official SDK shows this operation; the vendor documents
// neither its limits nor its errors.
//
//dingtalk:op GET /v1.0/workflow/premium/processInstances
func (s *PremiumService) GetInstance(ctx context.Context, instanceID string, opts ...RequestOption) (*Instance, error) {
	return getInstance(ctx, s.c, operation.GetProcessInstanceWithExtra, instanceID, opts)
}

// ListInstancesRequest finds the approvals of one form with everything in them.
type ListInstancesRequest struct {
	// ProcessCode is the form. Required.
	ProcessCode string
	// StartTime and EndTime bound when the approvals were started. StartTime is
	// required; a zero EndTime means now. [PremiumService.ListInstances] takes a
	// span of at most 120 days that begins at most five years ago. They are sent
	// in milliseconds.
	StartTime, EndTime time.Time
	// AppUUID is the app that the form belongs to; the company's CorpId when left out.
	AppUUID string
	// PageSize is at most 20, and 20 when left out.
	PageSize int
	// Cursor is a former page's NextCursor; empty fetches the first page, where
	// sequences always begin.
	Cursor string
}

type listInstancesRequest struct {
	ProcessCode string `json:"processCode"`
	StartTime   int64  `json:"startTimeInMills"`
	EndTime     int64  `json:"endTimeInMills,omitempty"`
	AppUUID     string `json:"appUuid,omitempty"`
	NextToken   string `json:"nextToken"`
	MaxResults  int    `json:"maxResults"`
}

// tokenList is a page of a list that is paged by a token.
type tokenList[T any] struct {
	List       []T    `json:"list"`
	HasMore    *bool  `json:"hasMore"`
	NextToken  string `json:"nextToken"`
	MaxResults int    `json:"maxResults"`
}

// tokenReply is the reply of such a list.
type tokenReply[T any] struct {
	Result *tokenList[T] `json:"result"`
	successReply
}

func (r *tokenReply[T]) CheckReply() error {
	if r.Result == nil {
		return errors.New("the reply has no result")
	}
	return r.Result.check()
}

// check keeps a list that goes on from ending where the token is missing.
func (l *tokenList[T]) check() error {
	if l.HasMore != nil && *l.HasMore && l.next() == "" {
		return errors.New("the reply says that there is more, and has no nextToken")
	}
	return nil
}

func (l *tokenList[T]) next() string {
	if l.HasMore != nil && !*l.HasMore {
		return ""
	}
	return nextCursor(l.NextToken)
}

func instancePage(l *tokenList[Instance]) *Page[Instance] {
	for n := range l.List {
		l.List[n].complete()
	}
	return &Page[Instance]{Items: l.List, NextCursor: l.next()}
}

// ListInstances returns one page of the approvals of a form with their values,
// records and tasks, which saves a [InstanceService.Get] for each. What lists
// leave out is empty: the department's name, copies, addresses. DingTalk lists
// at most 10,000 in one walk from the first page to the last. Needs OA premium
// (OA 高级版).
//
// Errors: [ErrInvalidArgument] (form, times, page), [ErrPermission] (no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiumgetprocessinstances
//
//dingtalk:op GET /v1.0/workflow/premium/processes/pages/instances
func (s *PremiumService) ListInstances(ctx context.Context, req ListInstancesRequest, opts ...RequestOption) (*Page[Instance], error) {
	var p problems
	if !req.StartTime.IsZero() {
		if req.StartTime.Before(s.c.ServerTime().AddDate(-maxListAgeYears, 0, 0).Add(-clockSlack)) {
			p.Add("StartTime", "is %s, more than five years ago", req.StartTime.Format(time.RFC3339))
		}
		if s.c.spanTooLong(req.StartTime, req.EndTime) {
			p.Add("EndTime", "is more than 120 days after StartTime")
		}
	}
	return listInstances(ctx, s.c, operation.PremiumGetProcessInstances, req, p, opts)
}

// AllInstances walks the pages of [PremiumService.ListInstances] while the loop
// runs, and ends after the first error. It takes the same span, and ends with
// [ErrInvalidArgument] after the 10,000 approvals that DingTalk lists: cut the span
// then.
func (s *PremiumService) AllInstances(ctx context.Context, req ListInstancesRequest, opts ...RequestOption) iter.Seq2[Instance, error] {
	op := operation.PremiumGetProcessInstances
	all := Items(ctx, op, func(ctx context.Context, cursor string) (*Page[Instance], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListInstances(ctx, page, opts...)
	})
	return func(yield func(Instance, error) bool) {
		count := 0
		for instance, err := range all {
			if !yield(instance, err) || err != nil {
				return
			}
			if count++; count == maxListIDs {
				yield(Instance{}, errorWith(op, ErrInvalidArgument, "DingTalk lists no more than %d approvals in one walk; cut the span", maxListIDs))
				return
			}
		}
	}
}

func listInstances(ctx context.Context, c *Client, op operation.Operation, req ListInstancesRequest, p problems, opts []RequestOption) (*Page[Instance], error) {
	p.Required("ProcessCode", req.ProcessCode)
	p.span(req.StartTime, req.EndTime)
	size := p.PageSize(req.PageSize, limit.PremiumGetProcessInstancesMaxResultsMax)
	if err := p.err(op); err != nil {
		return nil, err
	}
	var resp tokenReply[Instance]
	if err := c.Call(ctx, op, listInstancesRequest{
		ProcessCode: req.ProcessCode, StartTime: wire.ToMillis(req.StartTime), EndTime: wire.ToMillis(req.EndTime),
		AppUUID: req.AppUUID, NextToken: cmp.Or(req.Cursor, "1"), MaxResults: size,
	}, &resp, opts...); err != nil {
		return nil, err
	}
	return instancePage(resp.Result), nil
}
