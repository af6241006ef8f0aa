package dingoa

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// comparison is one run of a [Reconciler].
type comparison struct {
	*Reconciler

	state  ReconcileState
	report ReconcileReport
	now    time.Time
	// open are the IDs of state.Open, less those whose end was handled meanwhile.
	open map[string]bool
}

func (c *comparison) begin() {
	c.now = c.client.cfg.now()
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
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	state := c.state
	state.Open = slices.DeleteFunc(slices.Clone(state.Open), func(a OpenApproval) bool { return !c.open[a.InstanceID] })
	return c.store.Save(ctx, state)
}

func (c *comparison) listForms(ctx context.Context) error {
	for _, processCode := range c.processCodes {
		form, known := c.state.Forms[processCode]
		if !known {
			form.Mark = c.now.Add(-listSpan)
			if !c.since.IsZero() {
				form.Mark = c.since
			}
		}
		if oldest := oldestStart(c.client.cfg, c.now).Add(clockSlack); form.Mark.Before(oldest) {
			form.Mark = oldest
		}
		for end := c.now.Add(-settleTime); form.Mark.Before(end); {
			if !c.afford() {
				return nil
			}
			to := form.Mark.Add(listSpan)
			if to.After(end) {
				to = end
			}
			ids, err := c.list(ctx, processCode, form, to)
			if err != nil {
				return err
			}
			form = FormState{Mark: to, Recent: ids}
			c.state.Forms[processCode] = form
			if err := c.save(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// list opens the approvals that were started between the mark, less the
// overlap, and to. It returns the IDs of all of them.
func (c *comparison) list(ctx context.Context, processCode string, form FormState, to time.Time) (ids []string, err error) {
	from := form.Mark.Add(-listOverlap)
	if oldest := oldestStart(c.client.cfg, c.now).Add(clockSlack); from.Before(oldest) {
		from = oldest
	}
	seen := map[string]bool{}
	for _, id := range form.Recent {
		seen[id] = true
	}
	defer func() { c.spend(max(1, (len(ids)+maxPageSize-1)/maxPageSize)) }()
	for id, err := range c.client.Instances.AllIDs(ctx, ListInstanceIDsRequest{ProcessCode: processCode, StartTime: from, EndTime: to}) {
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
	for _, end := range []InstanceChange{
		{Change: InstanceChangeFinish, Result: ResultAgree},
		{Change: InstanceChangeFinish, Result: ResultRefuse},
		{Change: InstanceChangeTerminate},
	} {
		end.InstanceID = id
		handled, err := c.handled.Handled(ctx, Event{Type: c.eventType, CorpID: c.corpID, Data: end}.Key())
		if err != nil {
			return false, fmt.Errorf("dingoa: what was handled is not known: %w", err)
		}
		if handled {
			return true, nil
		}
	}
	return false, nil
}

// readOpen looks at open approvals, those first that were not for longest.
func (c *comparison) readOpen(ctx context.Context) error {
	slices.SortStableFunc(c.state.Open, func(a, b OpenApproval) int { return a.Read.Compare(b.Read) })
	var failures []error
	for i := range c.state.Open {
		approval := &c.state.Open[i]
		known, err := c.isKnown(ctx, approval.InstanceID)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		if known {
			c.report.Known++
			delete(c.open, approval.InstanceID)
			continue
		}
		if c.now.Sub(approval.Read) < rereadAfter || !c.afford() {
			continue
		}
		if err := c.look(ctx, approval); err != nil {
			failures = append(failures, err)
			if !errors.As(err, new(*undeliveredError)) {
				break // of DingTalk or the store: the next would fail alike
			}
		}
	}
	return errors.Join(failures...)
}

// look reads an approval and hands over its end.
func (c *comparison) look(ctx context.Context, approval *OpenApproval) error {
	c.spend(1)
	instance, err := c.client.Instances.Get(ctx, approval.InstanceID)
	if errors.Is(err, ErrNotFound) {
		c.report.Gone++
		delete(c.open, approval.InstanceID)
		return nil
	}
	if err != nil {
		return err
	}
	approval.Read = c.now
	change, ended := endOf(instance)
	if !ended {
		return nil
	}
	event, err := c.event(approval, instance, change)
	if err != nil {
		return err
	}
	if err := safely(ctx, c.handler.Dispatch, event); err != nil {
		c.report.Failed++
		return &undeliveredError{approval.InstanceID, err}
	}
	c.report.Delivered++
	delete(c.open, approval.InstanceID)
	return c.save(ctx)
}

// undeliveredError is the handler's: the next approval may fare better.
type undeliveredError struct {
	instanceID string
	err        error
}

func (e *undeliveredError) Error() string {
	return fmt.Sprintf("dingoa: the end of approval %s was not handled: %v", e.instanceID, e.err)
}

func (e *undeliveredError) Unwrap() error { return e.err }

// endOf tells how an approval ended, if it did.
func endOf(instance *Instance) (change InstanceChange, ended bool) {
	switch instance.Status {
	case InstanceCompleted:
		return InstanceChange{Change: InstanceChangeFinish, Result: instance.Result}, true
	case InstanceTerminated, InstanceCanceled:
		return InstanceChange{Change: InstanceChangeTerminate}, true
	}
	return InstanceChange{}, false
}

// event is what the vendor would have pushed.
func (c *comparison) event(approval *OpenApproval, instance *Instance, change InstanceChange) (*Event, error) {
	finished := toMillis(instance.FinishTime)
	raw, err := json.Marshal(reconciledChange{
		EventType: c.eventType, CorpID: c.corpID, EventTime: cmp.Or(finished, toMillis(c.now)),
		InstanceID: approval.InstanceID, Change: change.Change, Result: change.Result, ProcessCode: approval.ProcessCode,
		BusinessID: instance.BusinessID, Title: instance.Title, StaffID: instance.OriginatorUserID,
		CreateTime: toMillis(instance.CreateTime), FinishTime: finished,
	})
	if err != nil {
		return nil, err
	}
	event, err := ParseEvent(raw)
	if err != nil {
		return nil, err
	}
	event.Source = SourceReconcile
	return event, nil
}

// reconciledChange is an [InstanceChange] as the vendor pushes it.
type reconciledChange struct {
	EventType   string             `json:"EventType"`
	CorpID      string             `json:"CorpId"`
	EventTime   int64              `json:"EventTime"`
	InstanceID  string             `json:"processInstanceId"`
	Change      InstanceChangeType `json:"type"`
	Result      Result             `json:"result,omitempty"`
	ProcessCode string             `json:"processCode"`
	BusinessID  string             `json:"businessId,omitempty"`
	Title       string             `json:"title,omitempty"`
	StaffID     string             `json:"staffId,omitempty"`
	CreateTime  int64              `json:"createTime,omitempty"`
	FinishTime  int64              `json:"finishTime,omitempty"`
}
