package dingoa

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// Limits of the vendor for listing approvals.
const (
	maxListSpan     = 120 * 24 * time.Hour
	maxListAge      = 365 * 24 * time.Hour
	maxListAgeYears = 5 // with OA premium
	maxPageSize     = 20
	maxListUsers    = 10
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
	// EndTime means now. Both are sent in milliseconds. [InstanceService.ListIDs]
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

func (r *ListInstanceIDsRequest) validate(cfg *config) problems {
	var p problems
	p.required("ProcessCode", r.ProcessCode)
	now := cfg.now()
	switch oldest := oldestStart(cfg, now); {
	case r.StartTime.IsZero():
		p.add("StartTime", "is required")
	case r.StartTime.Before(oldest.Add(-clockSlack)):
		p.add("StartTime", "is %s, the vendor keeps approvals listed back to %s (365 days, five years with OA premium: WithPremium)",
			r.StartTime.Format(time.RFC3339), oldest.Format(time.RFC3339))
	}
	if !r.EndTime.IsZero() && r.EndTime.Before(r.StartTime) {
		p.add("EndTime", "is before StartTime")
	}
	p.maxItems("UserIDs", len(r.UserIDs), maxListUsers)
	for _, status := range r.Statuses {
		oneOf(&p, "Statuses", status, InstanceRunning, InstanceTerminated, InstanceCompleted)
	}
	if r.PageSize < 0 || r.PageSize > maxPageSize {
		p.add("PageSize", "is %d, allowed are 1 to %d", r.PageSize, maxPageSize)
	}
	return p
}

func oldestStart(cfg *config, now time.Time) time.Time {
	if cfg.premium {
		return now.AddDate(-maxListAgeYears, 0, 0)
	}
	return now.Add(-maxListAge)
}

// ListIDs returns one page of instance ids, oldest windows first as the vendor
// orders them. Use [InstanceService.AllIDs] to get all of them.
//
// https://open.dingtalk.com/document/development/obtain-an-approval-list-of-instance-ids
//
//dingtalk:op POST /v1.0/workflow/processes/instanceIds/query
func (s *InstanceService) ListIDs(ctx context.Context, req ListInstanceIDsRequest, opts ...RequestOption) (*Page[string], error) {
	p := req.validate(s.c.cfg)
	end := req.EndTime
	if end.IsZero() {
		end = s.c.cfg.now()
	}
	if !req.StartTime.IsZero() && end.Sub(req.StartTime) > maxListSpan {
		p.add("EndTime", "is more than 120 days after StartTime; AllIDs takes any span")
	}
	cursor, err := strconv.ParseInt(req.Cursor, 10, 64)
	if err != nil && req.Cursor != "" {
		p.add("Cursor", "is %q, want a NextCursor", req.Cursor)
	}
	if err := p.err(OpListProcessInstanceIds); err != nil {
		return nil, err
	}
	if s.c.cfg.legacy && len(req.Statuses) > 0 {
		return nil, unsupported(OpListProcessInstanceIds, "Statuses does not exist on the older gateway: leave it out and read the instances")
	}
	var resp resultReply[listIDsResult]
	if err := s.c.Call(ctx, OpListProcessInstanceIds, listIDsRequest{
		ProcessCode: req.ProcessCode,
		StartTime:   req.StartTime.UnixMilli(), EndTime: toMillis(req.EndTime),
		NextToken: cursor, MaxResults: pageSize(req.PageSize),
		UserIDs: req.UserIDs, Statuses: req.Statuses,
	}, &resp, opts...); err != nil {
		return nil, err
	}
	return &Page[string]{Items: resp.Result.List, NextCursor: resp.Result.next()}, nil
}

func pageSize(n int) int {
	if n == 0 {
		return maxPageSize
	}
	return n
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
	List       []string  `json:"list"`
	NextToken  wire.Text `json:"nextToken"`
	NextCursor wire.Text `json:"next_cursor"`
}

func (r *listIDsResult) next() string { return string(r.NextToken + r.NextCursor) }

// AllIDs returns every instance id of the form in the span, from the oldest
// approvals to the newest, each once.
//
// It fetches while the loop runs, a page of 20 with each call that counts
// against the monthly quota, and stops when the loop breaks. A span longer than
// 120 days is walked in windows, and a window with more than the 10,000 ids that
// the vendor lists in one walk is cut until its pieces fit, which costs calls. A
// StartTime at the very limit, 365 days ago, is moved inside it by up to two
// minutes.
//
// The sequence can be ranged over again, which fetches again. It ends after the
// first error.
func (s *InstanceService) AllIDs(ctx context.Context, req ListInstanceIDsRequest, opts ...RequestOption) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		windows, err := s.windows(req)
		if err != nil {
			yield("", err)
			return
		}
		seen := map[string]struct{}{}
		for len(windows) > 0 {
			w := windows[0]
			windows = windows[1:]
			count, more, err := s.walk(ctx, req, w, opts, func(id string) bool {
				if _, known := seen[id]; known {
					return true // windows share their edges, so that nothing falls between
				}
				seen[id] = struct{}{}
				return yield(id, nil)
			})
			if err != nil {
				yield("", err)
			}
			if !more {
				return
			}
			if count >= maxListIDs {
				pieces := w.split()
				if pieces == nil {
					yield("", &Error{
						Op: OpListProcessInstanceIds.ID, Kind: ErrQuotaExceeded,
						Message: fmt.Sprintf("%d approvals or more were started at %s, more than DingTalk lists", maxListIDs, w.start),
					})
					return
				}
				windows = append(pieces, windows...)
			}
		}
	}
}

// walk lists one window until its end, or until the vendor would list no more.
// There is no more to be done after an error, or when the caller's loop ended.
func (s *InstanceService) walk(
	ctx context.Context, req ListInstanceIDsRequest, w window, opts []RequestOption, yield func(string) bool,
) (count int, more bool, err error) {
	req.StartTime, req.EndTime = w.start, w.end
	fetch := func(ctx context.Context, cursor string) (*Page[string], error) {
		req.Cursor = cursor
		return s.ListIDs(ctx, req, opts...)
	}
	for page, err := range pages(ctx, OpListProcessInstanceIds, fetch) {
		if err != nil {
			return count, false, err
		}
		for _, id := range page.Items {
			if !yield(id) {
				return count, false, nil
			}
		}
		if count += len(page.Items); count >= maxListIDs {
			break
		}
	}
	return count, true, nil
}

// window is a span of time with both ends included, as the vendor takes it.
type window struct{ start, end time.Time }

// split cuts a window that holds too many ids into pieces that share their
// edges; nil when it is too short. Many pieces, because the pages of a piece
// that still holds too many are fetched once more.
func (w window) split() []window {
	const pieces = 16
	length := max(w.end.Sub(w.start)/pieces, time.Millisecond).Truncate(time.Millisecond)
	if !w.start.Add(length).Before(w.end) {
		return nil
	}
	return cut(w.start, w.end, length)
}

// cut divides a span into windows of at most the given length that share their edges.
func cut(start, end time.Time, length time.Duration) []window {
	var windows []window
	for {
		edge := start.Add(length)
		if !edge.Before(end) {
			return append(windows, window{start, end})
		}
		windows = append(windows, window{start, edge})
		start = edge
	}
}

// windows cuts the span of req into pieces that the vendor takes.
func (s *InstanceService) windows(req ListInstanceIDsRequest) ([]window, error) {
	p := req.validate(s.c.cfg)
	if req.Cursor != "" {
		p.add("Cursor", "is for ListIDs; AllIDs starts at the first page")
	}
	if err := p.err(OpListProcessInstanceIds); err != nil {
		return nil, err
	}
	now := s.c.cfg.now()
	start, end := req.StartTime, req.EndTime
	if end.IsZero() {
		end = now
	}
	if limit := oldestStart(s.c.cfg, now).Add(clockSlack); start.Before(limit) {
		start = limit
		if end.Before(start) {
			start = end
		}
	}
	return cut(start, end, maxListSpan), nil
}
