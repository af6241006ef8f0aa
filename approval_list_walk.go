package dingoa

import (
	"context"
	"errors"
	"time"

	"github.com/dingoa/dingoa/operation"
)

// idLister is one walk over all instance ids of a request.
type idLister struct {
	s     *InstanceService
	ctx   context.Context //nolint:containedctx // the walk lives as long as the call that began it
	req   ListInstanceIDsRequest
	opts  []RequestOption
	seen  map[string]struct{}
	yield func(string, error) bool
}

// errLoopEnded ends the walk when the caller's loop did.
var errLoopEnded = errors.New("the loop ended")

// window is a span of time with both ends included, as the vendor takes it. A
// zero end is open.
type window struct{ start, end time.Time }

func (l *idLister) run() error {
	start := l.req.StartTime
	if limit := l.s.c.EarliestStart(); start.Before(limit) {
		start = limit
		if end := l.req.EndTime; !end.IsZero() && end.Before(start) {
			start = end
		}
	}
	for {
		w, last := l.next(start)
		if err := l.list(w); err != nil || last {
			return err
		}
		start = w.end // windows share their edges, so that nothing falls between
		if l.req.EndTime.IsZero() && l.s.c.clock.known.Load() && !start.Before(l.s.c.ServerTime()) {
			return nil
		}
	}
}

// next is the window from start on that the vendor takes. DingTalk ends an open
// one at its own time, so that it must be shorter while that is not known.
func (l *idLister) next(start time.Time) (w window, last bool) {
	if end := l.req.EndTime; !end.IsZero() {
		if end.Sub(start) <= maxListSpan {
			return window{start, end}, true
		}
		return window{start, start.Add(maxListSpan)}, false
	}
	room := maxListSpan - clockSlack
	if !l.s.c.clock.known.Load() {
		room = maxListSpan * 3 / 4
	}
	now := l.s.c.ServerTime()
	if now.Sub(start) <= room {
		return window{start, time.Time{}}, true
	}
	end := start.Add(maxListSpan)
	if recent := now.Add(-24 * time.Hour); recent.Before(end) {
		end = recent
	}
	return window{start, end}, false
}

// list yields the ids of a window, in several walks if it holds more than the
// vendor lists in one.
func (l *idLister) list(w window) error {
	for {
		count, last, err := l.walk(w)
		if err != nil || count < maxListIDs {
			return err
		}
		rest, found, err := l.resume(w, last)
		if err != nil {
			return err
		}
		if found && rest.After(w.start) {
			w.start = rest
			continue
		}
		pieces := w.split(l.s.c.ServerTime())
		if found || pieces == nil {
			return tooManyAtOnce(w.start)
		}
		for _, piece := range pieces {
			if err := l.list(piece); err != nil {
				return err
			}
		}
		return nil
	}
}

func tooManyAtOnce(at time.Time) error {
	return errorWith(operation.ListProcessInstanceIds, ErrInvalidArgument,
		"more than %d approvals were started within the millisecond of %s, and DingTalk lists no more of one span: "+
			"narrow the request by UserIDs or Statuses; the ids so far are good", maxListIDs, at.Format("2006-01-02T15:04:05.000Z07:00"))
}

// walk lists one window until its end, or until the vendor would list no more.
func (l *idLister) walk(w window) (count int, last string, err error) {
	for page, err := range pages(l.ctx, operation.ListProcessInstanceIds, func(ctx context.Context, cursor string) (*Page[string], error) {
		return l.page(ctx, w, cursor)
	}) {
		if err != nil {
			return count, last, err
		}
		for _, id := range page.Items {
			last = id
			if _, known := l.seen[id]; known {
				continue
			}
			l.seen[id] = struct{}{}
			if !l.yield(id, nil) {
				return count, last, errLoopEnded
			}
		}
		if count += len(page.Items); count >= maxListIDs {
			break
		}
	}
	return count, last, nil
}

func (l *idLister) page(ctx context.Context, w window, cursor string) (*Page[string], error) {
	req := l.req
	req.StartTime, req.EndTime, req.Cursor = w.start, w.end, cursor
	return l.s.ListIDs(ctx, req, l.opts...)
}

// resume finds the time of last, the last id that the vendor lists of w, so that
// nothing is listed twice. Ids don't tell their time: the search halves the span
// and looks at the first page of what is left. That the vendor lists the oldest
// first is not documented, hence found is false when the pages contradict it.
func (l *idLister) resume(w window, last string) (at time.Time, found bool, err error) {
	before, after := w.start, w.end
	if after.IsZero() {
		after = l.s.c.ServerTime()
	}
	for after.Sub(before) > time.Millisecond {
		middle := before.Add(after.Sub(before) / 2).Truncate(time.Millisecond)
		if !middle.After(before) {
			middle = before.Add(time.Millisecond)
		}
		page, err := l.page(l.ctx, window{middle, w.end}, "")
		if err != nil {
			return at, false, err
		}
		known, inOrder := l.known(page.Items)
		switch {
		case !inOrder || known > 0 && known < len(page.Items) && page.Items[known-1] != last:
			return at, false, nil
		case known > 0 && known < len(page.Items):
			return middle, true, nil
		case known > 0:
			before = middle
		default:
			after = middle
			found = found || len(page.Items) > 0
		}
	}
	return before, found, nil
}

// known counts the ids that were listed before; they are to come first.
func (l *idLister) known(ids []string) (count int, inOrder bool) {
	for i, id := range ids {
		if _, known := l.seen[id]; known {
			if count != i {
				return 0, false
			}
			count++
		}
	}
	return count, true
}

// split cuts a window that holds too many ids into pieces that share their
// edges; nil when it is too short. Many pieces, because the pages of a piece
// that still holds too many are fetched once more.
func (w window) split(now time.Time) []window {
	const pieces = 16
	end := w.end
	if end.IsZero() {
		end = now
	}
	length := max(end.Sub(w.start)/pieces, time.Millisecond).Truncate(time.Millisecond)
	if !w.start.Add(length).Before(end) {
		return nil
	}
	var cut []window
	for start := w.start; ; start = start.Add(length) {
		if !start.Add(length).Before(end) {
			return append(cut, window{start, w.end})
		}
		cut = append(cut, window{start, start.Add(length)})
	}
}
