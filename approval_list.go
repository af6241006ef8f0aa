package dingoa

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/wire"
	"github.com/dingoa/dingoa/operation"
)

// Limits of the vendor for listing approvals.
const (
	maxListSpan     = 120 * 24 * time.Hour
	maxListAge      = 365 * 24 * time.Hour
	maxListAgeYears = 5      // with OA premium
	maxListIDs      = 10_000 // over one walk from the first page to the last
	// clockSlack is how far the clocks of client and vendor may differ at the
	// limit of maxListAge.
	clockSlack = time.Minute
)

// ListInstanceIDsRequest finds the approvals of one form.
type ListInstanceIDsRequest struct {
	// ProcessCode is the form. Required.
	ProcessCode string
	// StartTime and EndTime bound when the approvals were started. StartTime is
	// required and at most 365 days ago, five years with [WithPremium]. A zero
	// EndTime means now by DingTalk's clock: better than this machine's time, which
	// may be behind. Both are sent in milliseconds. [InstanceService.ListIDs]
	// takes a span of at most 120 days, [InstanceService.AllIDs] any.
	StartTime, EndTime time.Time
	// UserIDs are originators; at most 10. Empty means everybody.
	UserIDs []string
	// Statuses are RUNNING, TERMINATED and COMPLETED; empty means all. Not on the
	// older gateway.
	Statuses []InstanceStatus
	// PageSize is at most 20, and 20 when left out.
	PageSize int
	// Cursor is a former page's NextCursor; empty fetches the first page. AllIDs
	// does not take one.
	Cursor string
}

func (r *ListInstanceIDsRequest) validate(c *Client) problems {
	var p problems
	p.Required("ProcessCode", r.ProcessCode)
	switch oldest := c.oldestStart(); {
	case r.StartTime.IsZero():
		p.Add("StartTime", "is required")
	case r.StartTime.Before(oldest.Add(-clockSlack)):
		p.Add("StartTime", "is %s, the vendor keeps approvals listed back to %s (365 days, five years with OA premium: WithPremium)",
			r.StartTime.Format(time.RFC3339), oldest.Format(time.RFC3339))
	}
	if !r.EndTime.IsZero() && r.EndTime.Before(r.StartTime) {
		p.Add("EndTime", "is before StartTime")
	}
	p.MaxItems("UserIDs", len(r.UserIDs), limit.ListProcessInstanceIdsUserIdsMaxItems)
	if c.cfg.legacy {
		p.noCommas("UserIDs", r.UserIDs)
	}
	for _, status := range r.Statuses {
		p.OneOf("Statuses", string(status), limit.ListProcessInstanceIdsStatusesEnum)
	}
	p.PageSize(r.PageSize, limit.ListProcessInstanceIdsMaxResultsMax)
	return p
}

// oldestStart is the limit of lists by DingTalk's clock.
func (c *Client) oldestStart() time.Time {
	if c.cfg.premium {
		return c.ServerTime().AddDate(-maxListAgeYears, 0, 0)
	}
	return c.ServerTime().Add(-maxListAge)
}

// EarliestStart returns the start time back to which [InstanceService.AllIDs] can
// list: 365 days ago, or five years with [WithPremium], by DingTalk's clock and
// with a minute to spare.
func (c *Client) EarliestStart() time.Time {
	return c.oldestStart().Add(clockSlack)
}

// ListIDs returns one page of instance ids, oldest windows first as the vendor
// orders them. Use [InstanceService.AllIDs] to get all of them.
//
// A StartTime that DingTalk's clock has not reached, as the reply tells it, is
// [ErrInvalidArgument]: the list would be empty whatever was started.
//
// https://open.dingtalk.com/document/development/obtain-an-approval-list-of-instance-ids
//
//dingtalk:op POST /v1.0/workflow/processes/instanceIds/query
func (s *InstanceService) ListIDs(ctx context.Context, req ListInstanceIDsRequest, opts ...RequestOption) (*Page[string], error) {
	p := req.validate(s.c)
	if !req.StartTime.IsZero() && s.c.spanTooLong(req.StartTime, req.EndTime) {
		p.Add("EndTime", "is more than 120 days after StartTime; AllIDs takes any span")
	}
	cursor, err := strconv.ParseInt(req.Cursor, 10, 64)
	if err != nil && req.Cursor != "" {
		p.Add("Cursor", "is %q, want a NextCursor", req.Cursor)
	}
	if err := p.err(operation.ListProcessInstanceIds); err != nil {
		return nil, err
	}
	if s.c.cfg.legacy && len(req.Statuses) > 0 {
		return nil, unsupported(operation.ListProcessInstanceIds, "Statuses does not exist on the older gateway: leave it out and read the instances")
	}
	var resp resultReply[listIDsResult]
	err = s.c.Call(ctx, operation.ListProcessInstanceIds, listIDsRequest{
		ProcessCode: req.ProcessCode,
		StartTime:   req.StartTime.UnixMilli(), EndTime: wire.ToMillis(req.EndTime),
		NextToken: cursor, MaxResults: cmp.Or(req.PageSize, limit.ListProcessInstanceIdsMaxResultsMax),
		UserIDs: req.UserIDs, Statuses: req.Statuses,
	}, &resp, opts...)
	if err == nil || errors.Is(err, ErrInvalidArgument) {
		err = cmp.Or(s.c.startsLater(operation.ListProcessInstanceIds, req.StartTime), err)
	}
	if err != nil {
		return nil, err
	}
	next := resp.Result.next()
	if _, err := strconv.ParseInt(next, 10, 64); err != nil && next != "" {
		op := operation.ListProcessInstanceIds
		return nil, errorWith(op, ErrServer, "the reply's nextToken is %.40q, want a number", next)
	}
	return &Page[string]{Items: slices.DeleteFunc(resp.Result.List, func(id string) bool { return id == "" }), NextCursor: next}, nil
}

// spanTooLong reports whether the vendor would refuse a span, as far as that can
// be told: an open one ends at a time that only DingTalk's replies tell.
func (c *Client) spanTooLong(start, end time.Time) bool {
	if end.IsZero() {
		return c.clock.known.Load() && c.ServerTime().Sub(start) > maxListSpan
	}
	return end.Sub(start) > maxListSpan
}

// startsLater is the error for a list that begins in DingTalk's future.
func (c *Client) startsLater(op operation.Operation, start time.Time) error {
	now := c.ServerTime()
	if !c.clock.known.Load() || start.Sub(now) <= clockNoise {
		return nil
	}
	message := fmt.Sprintf("StartTime is %s, and by DingTalk's clock it is %s: the list holds nothing", start.Format(time.RFC3339), now.Format(time.RFC3339))
	if ahead := c.cfg.now().Sub(now); ahead != 0 {
		message += fmt.Sprintf("; this machine's clock is %s DingTalk's, set it right or take times from Client.ServerTime", aheadOrBehind(ahead))
	}
	return errorWith(op, ErrInvalidArgument, "%s", message)
}

type listIDsRequest struct {
	ProcessCode string           `json:"processCode"`
	StartTime   int64            `json:"startTime"`
	EndTime     int64            `json:"endTime,omitempty"`
	NextToken   int64            `json:"nextToken"`
	MaxResults  int              `json:"maxResults"`
	UserIDs     []string         `json:"userIds,omitempty"`
	Statuses    []InstanceStatus `json:"statuses,omitempty"`
}

// listIDsResult is the result of both gateways, which differ in the cursor's name.
type listIDsResult struct {
	List       []string `json:"list"`
	NextToken  string   `json:"nextToken"`
	NextCursor string   `json:"next_cursor"`
}

func (r *listIDsResult) next() string { return nextCursor(r.NextToken, r.NextCursor) }

// AllIDs returns every instance id of the form in the span, from the oldest
// approvals to the newest, each once.
//
// It fetches while the loop runs, a page of 20 with each call that counts
// against the monthly quota, and stops when the loop breaks. A span longer than
// 120 days is walked in windows, and so is one with more than the 10,000 ids that
// the vendor lists in one walk: that takes some 35 more calls for each 10,000. If
// 10,000 were started in one millisecond the error is [ErrInvalidArgument].
// Without an EndTime the last window is open, so that DingTalk's clock decides
// what is now. A StartTime at the very limit, 365 days ago, is moved inside it by
// up to two minutes.
//
// The sequence can be ranged over again, which fetches again. It ends after the
// first error.
func (s *InstanceService) AllIDs(ctx context.Context, req ListInstanceIDsRequest, opts ...RequestOption) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		p := req.validate(s.c)
		if req.Cursor != "" {
			p.Add("Cursor", "is for ListIDs; AllIDs starts at the first page")
		}
		if err := p.err(operation.ListProcessInstanceIds); err != nil {
			yield("", err)
			return
		}
		l := idLister{s: s, ctx: ctx, req: req, opts: opts, seen: map[string]struct{}{}, yield: yield}
		if err := l.run(); err != nil && !errors.Is(err, errLoopEnded) {
			yield("", err)
		}
	}
}
