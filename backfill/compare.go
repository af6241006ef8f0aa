package backfill

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/wire"
)

// comparison is one run of a [Reconciler].
type comparison struct {
	*Reconciler

	state  State
	report Report
	now    time.Time // by this machine
	// open are the IDs of state.Open, less those whose end was handled meanwhile.
	open map[string]bool
	// down counts failures of DingTalk's servers in a row.
	down int
	// over means that whatever is tried next would fail alike.
	over bool
}

func (c *comparison) begin() {
	c.now = c.client.Now()
	if c.state.Forms == nil {
		c.state.Forms = map[string]FormState{}
	}
	c.open = map[string]bool{}
	for _, approval := range c.state.Open {
		c.open[approval.InstanceID] = true
	}
	if c.state.BudgetTime.IsZero() {
		c.state.Budget = float64(c.budget)
	} else {
		c.state.Budget += max(c.now.Sub(c.state.BudgetTime), 0).Hours() * float64(c.budget)
	}
	c.state.Budget = min(c.state.Budget, float64(c.budget))
	c.state.BudgetTime = c.now
}

// finish reports what is left.
func (c *comparison) finish() {
	c.report.Open = len(c.open)
	for _, processCode := range c.processCodes {
		if t := c.state.Forms[processCode].Trouble; t.Failures > 0 {
			c.report.Failing = append(c.report.Failing, Failure{ProcessCode: processCode, Trouble: t, Next: t.next()})
		}
	}
	for _, a := range c.state.Open {
		if a.Trouble.Failures > 0 && c.open[a.InstanceID] {
			c.report.Failing = append(c.report.Failing, Failure{a.ProcessCode, a.InstanceID, a.Trouble, a.Trouble.next()})
		}
	}
}

// afford reports whether there is budget for another call.
func (c *comparison) afford() bool {
	if c.state.Budget < 1 {
		c.report.Exhausted = true
		return false
	}
	return true
}

func (c *comparison) spend(calls int) {
	c.state.Budget -= float64(calls)
	c.report.Calls += calls
}

// save notes what has happened, although ctx may have ended meanwhile.
func (c *comparison) save(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	state := c.state
	state.Open = slices.DeleteFunc(slices.Clone(state.Open), func(a OpenApproval) bool { return !c.open[a.InstanceID] })
	return c.store.Save(ctx, state)
}

// failed decides after err, of a call about one approval or form, whether the
// comparison goes on, and whether the call counts as tried.
func (c *comparison) failed(ctx context.Context, err error) (tried bool) {
	var e *dingoa.Error
	switch {
	case ctx.Err() != nil, !errors.As(err, &e), aboutEverything(e):
		c.over = true
		return false
	case e.Kind == nil && e.HTTPStatus == 0: // out of reach, or too slow for the time-out
		c.over = true
	case errors.Is(e, dingoa.ErrServer) && e.HTTPStatus >= 500:
		c.down++
		c.over = c.down == serverFailures
	default:
		c.down = 0
	}
	return true
}

// aboutEverything reports whether every other call would fail alike.
func aboutEverything(e *dingoa.Error) bool {
	for _, kind := range []error{dingoa.ErrUnauthorized, dingoa.ErrIPNotAllowed, dingoa.ErrRateLimited, dingoa.ErrQuotaExceeded, dingoa.ErrBanned, dingoa.ErrUnsupported} {
		if errors.Is(e, kind) {
			return true
		}
	}
	return errors.Is(e, dingoa.ErrPermission) && len(e.Scopes) > 0 // of the app
}

func (c *comparison) listForms(ctx context.Context) (failures []error) {
	for _, processCode := range c.processCodes {
		form := c.state.Forms[processCode]
		if form.Trouble.waits(c.now) {
			continue
		}
		err := c.listForm(ctx, processCode, form)
		if err == nil {
			continue
		}
		failures = append(failures, fmt.Errorf("dingoa: the approvals of %s were not compared: %w", processCode, err))
		if c.failed(ctx, err) {
			form = c.state.Forms[processCode] // as far as it came
			form.Trouble.note(err, c.now)
			c.state.Forms[processCode] = form
		}
		if c.over {
			break
		}
	}
	return failures
}

// beginning is where the listing of a form begins of which nothing is known.
func (c *comparison) beginning(span time.Duration) time.Time {
	if !c.since.IsZero() {
		return c.since
	}
	return c.client.ServerTime().Add(-span)
}

// listForm lists from the form's mark up to the present, a day at a time.
func (c *comparison) listForm(ctx context.Context, processCode string, form FormState) error {
	known := !form.Mark.IsZero()
	for first := true; c.afford(); first = false {
		if known {
			form = c.trusted(form)
		} else {
			form.Mark = c.beginning(listSpan)
		}
		if oldest := c.client.EarliestStart(); form.Mark.Before(oldest) {
			form.Mark = oldest
		}
		end := c.client.ServerTime().Add(-settleTime)
		if left := end.Sub(form.Mark); left <= 0 || !first && left < time.Minute {
			return nil
		}
		to := form.Mark.Add(listSpan)
		if to.After(end) {
			to = end
		}
		ids, err := c.list(ctx, processCode, form, to)
		now := c.client.ServerTime()
		if err != nil && form.Mark.After(now) {
			continue // the reply told that DingTalk's clock is behind
		}
		if err != nil {
			return err
		}
		c.down = 0
		if end = now.Add(-settleTime); to.After(end) {
			to = end
		}
		form = FormState{Mark: to, Recent: ids, Former: form.former(now, to)}
		c.state.Forms[processCode], known = form, true
		if err := c.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

// former adds a mark to the earlier ones.
func (f FormState) former(clock, mark time.Time) []FormMark {
	const (
		apart = 24 * time.Hour
		most  = 40
	)
	if n := len(f.Former); n > 0 && clock.Sub(f.Former[n-1].Clock) < apart {
		return f.Former
	}
	former := append(slices.Clone(f.Former), FormMark{mark, clock})
	return former[max(0, len(former)-most):]
}

// trusted returns form as it was before a clock showed a time that has not come
// yet: approvals that were started since may be missing.
func (c *comparison) trusted(form FormState) FormState {
	now := c.client.ServerTime()
	if !form.Mark.After(now) {
		return form
	}
	c.report.Distrusted++
	form.Recent = nil
	form.Former = slices.DeleteFunc(slices.Clone(form.Former), func(m FormMark) bool { return m.Clock.After(now) || m.Mark.After(now) })
	if n := len(form.Former); n > 0 {
		form.Mark = form.Former[n-1].Mark
		return form
	}
	form.Mark = c.beginning(distrustSpan)
	return form
}

// list opens the approvals that were started between the mark, less the
// overlap, and to. It returns the IDs of all of them.
func (c *comparison) list(ctx context.Context, processCode string, form FormState, to time.Time) (ids []string, err error) {
	from := form.Mark.Add(-listOverlap)
	if oldest := c.client.EarliestStart(); from.Before(oldest) {
		from = oldest
	}
	seen := map[string]bool{}
	for _, id := range form.Recent {
		seen[id] = true
	}
	defer func() {
		c.spend(max(1, (len(ids)+limit.ListProcessInstanceIdsMaxResultsMax-1)/limit.ListProcessInstanceIdsMaxResultsMax))
	}()
	for id, err := range c.client.Instances.AllIDs(ctx, dingoa.ListInstanceIDsRequest{ProcessCode: processCode, StartTime: from, EndTime: to}) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
		if seen[id] || c.open[id] {
			continue
		}
		c.report.Listed++
		known, err := c.isKnown(ctx, id)
		if err != nil {
			return ids, err
		}
		if known {
			c.report.Known++
			continue
		}
		c.open[id] = true
		c.state.Open = append(c.state.Open, OpenApproval{InstanceID: id, ProcessCode: processCode})
	}
	return ids, nil
}

// isKnown reports whether any end of the approval was handled.
func (c *comparison) isKnown(ctx context.Context, id string) (bool, error) {
	for _, end := range []event.InstanceChange{
		{Change: event.InstanceChangeFinish, Result: dingoa.ResultAgree},
		{Change: event.InstanceChangeFinish, Result: dingoa.ResultRefuse},
		{Change: event.InstanceChangeTerminate},
	} {
		end.InstanceID = id
		handled, err := c.handled.Handled(ctx, event.Event{Type: c.eventType, CorpID: c.corpID, Data: end}.Key())
		if err != nil {
			return false, fmt.Errorf("dingoa: what was handled is not known: %w", err)
		}
		if handled {
			return true, nil
		}
	}
	return false, nil
}

// due is when the approval is looked at next, the zero time when it never was.
func (a *OpenApproval) due(now time.Time) time.Time {
	switch {
	case a.Read.After(now): // noted by a clock that was wrong
		return time.Time{}
	case a.Trouble.Failures > 0:
		return a.Trouble.next()
	case a.Read.IsZero():
		return a.Read
	}
	return a.Read.Add(rereadAfter)
}

// readOpen looks at open approvals, those first that were to be looked at first.
func (c *comparison) readOpen(ctx context.Context) (failures []error) {
	slices.SortStableFunc(c.state.Open, func(a, b OpenApproval) int { return a.due(c.now).Compare(b.due(c.now)) })
	for i := range c.state.Open {
		approval := &c.state.Open[i]
		known, err := c.isKnown(ctx, approval.InstanceID)
		if err != nil {
			return append(failures, err)
		}
		if known {
			c.report.Known++
			delete(c.open, approval.InstanceID)
			continue
		}
		if c.over || approval.due(c.now).After(c.now) || !c.afford() {
			continue
		}
		if err := c.look(ctx, approval); err != nil {
			failures = append(failures, err)
		}
	}
	return failures
}

// look reads an approval and hands over its end.
func (c *comparison) look(ctx context.Context, approval *OpenApproval) error {
	c.spend(1)
	instance, err := c.client.Instances.Get(ctx, approval.InstanceID)
	if isGone(err) {
		c.report.Gone++
		c.down = 0
		delete(c.open, approval.InstanceID)
		return nil
	}
	if err != nil {
		if c.failed(ctx, err) {
			approval.Read = c.now
			approval.Trouble.note(err, c.now)
		}
		return fmt.Errorf("dingoa: approval %s was not compared: %w", approval.InstanceID, err)
	}
	c.down = 0
	approval.Read, approval.Trouble = c.now, Trouble{}
	change, hasEnded := endOf(instance)
	if !hasEnded {
		return nil
	}
	ended, err := c.event(approval, instance, change)
	if err != nil {
		approval.Trouble.note(err, c.now)
		return err
	}
	if err := event.Recovering(c.handler).Dispatch(ctx, ended); err != nil {
		c.report.Failed++
		return fmt.Errorf("dingoa: the end of approval %s was not handled: %w", approval.InstanceID, err)
	}
	c.report.Delivered++
	delete(c.open, approval.InstanceID)
	err = c.save(ctx)
	c.over = err != nil
	return err
}

// isGone reports whether err says that there is no such approval (any more). The
// ID was in DingTalk's own list, so that one called invalid was deleted.
//
//   - processInstanceNotExist and processInstanceIdError: the page of the
//     operation, and for the latter a published reply about a deleted approval
//   - 820004: what pages of the older gateway say of an instance that is not there
//
// Other codes of [dingoa.ErrNotFound] are about the form or a person.
//
// https://open.dingtalk.com/document/development/obtains-the-details-of-a-single-approval-instance-pop
func isGone(err error) bool {
	var e *dingoa.Error
	return errors.As(err, &e) && slices.Contains([]string{"processInstanceNotExist", "processInstanceIdError", "820004"}, cmp.Or(e.SubCode, e.Code))
}

// endOf returns how an approval ended, if it did.
func endOf(instance *dingoa.Instance) (change event.InstanceChange, ended bool) {
	switch instance.Status {
	case dingoa.InstanceCompleted:
		return event.InstanceChange{Change: event.InstanceChangeFinish, Result: instance.Result}, true
	case dingoa.InstanceTerminated, dingoa.InstanceCanceled:
		return event.InstanceChange{Change: event.InstanceChangeTerminate}, true
	}
	return event.InstanceChange{}, false
}

// event returns what DingTalk would have pushed.
func (c *comparison) event(approval *OpenApproval, instance *dingoa.Instance, change event.InstanceChange) (*event.Event, error) {
	finished := wire.ToMillis(instance.FinishTime)
	raw, err := json.Marshal(reconciledChange{
		EventType: c.eventType, CorpID: c.corpID, EventTime: cmp.Or(finished, wire.ToMillis(c.now)),
		InstanceID: approval.InstanceID, Change: change.Change, Result: change.Result, ProcessCode: approval.ProcessCode,
		BusinessID: instance.BusinessID, Title: instance.Title, StaffID: instance.OriginatorUserID,
		CreateTime: wire.ToMillis(instance.CreateTime), FinishTime: finished,
	})
	if err != nil {
		return nil, err
	}
	e, err := event.Parse(raw)
	if err != nil {
		return nil, err
	}
	e.Source = event.SourceReconcile
	return e, nil
}

// reconciledChange is an [event.InstanceChange] as the vendor pushes it.
type reconciledChange struct {
	EventType   string                   `json:"EventType"`
	CorpID      string                   `json:"CorpId"`
	EventTime   int64                    `json:"EventTime"`
	InstanceID  string                   `json:"processInstanceId"`
	Change      event.InstanceChangeType `json:"type"`
	Result      dingoa.Result            `json:"result,omitempty"`
	ProcessCode string                   `json:"processCode"`
	BusinessID  string                   `json:"businessId,omitempty"`
	Title       string                   `json:"title,omitempty"`
	StaffID     string                   `json:"staffId,omitempty"`
	CreateTime  int64                    `json:"createTime,omitempty"`
	FinishTime  int64                    `json:"finishTime,omitempty"`
}
