package dingoa

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/form"
	"github.com/dingoa/dingoa/operation"
)

// WithFormCheck checks the values of every [InstanceService.Create] against its
// form before they are sent, see [form.Check]. A refusal matches
// [ErrInvalidArgument], names every component in [Error.Fields], and holds a
// *[form.Error].
//
// The form is read with [TemplateService.Schema], once for all clients made with
// [Client.With] and all callers, and kept for maxAge, such as 10*time.Minute. It is
// read again before an older one refuses anything, after DingTalk refused values
// that had passed, and after an event that [Client.FormChanged] handles. A
// form that cannot be read, such as without the permission Workflow.Form.Read,
// fails the call: nothing is sent unchecked.
//
// It does not go with [WithLegacyGateway], which has no way to read a form.
func WithFormCheck(maxAge time.Duration) Option {
	return func(c *config) error {
		if maxAge <= 0 {
			return fmt.Errorf("WithFormCheck: forms cannot be kept for %v: want a time such as 10*time.Minute, or no WithFormCheck for no check", maxAge)
		}
		c.formCheck = &formCheck{maxAge: maxAge, forms: map[string]heldForm{}}
		return nil
	}
}

// formCheck keeps forms. Every reading of a form has a number, and so has every
// notice that a form changed: what has the higher one is newer.
type formCheck struct {
	maxAge time.Duration
	flight singleflight.Group // one reading at a time for each form

	mu     sync.Mutex
	forms  map[string]heldForm
	number uint64
}

// heldForm is a form as it was read, or without schema the notice that it changed.
type heldForm struct {
	schema *form.Schema
	number uint64
	until  time.Time
}

func (f *formCheck) next() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.number++
	return f.number
}

func (f *formCheck) held(key string, now time.Time) (heldForm, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.forms[key]
	return h, h.schema != nil && now.Before(h.until)
}

// keep replaces what is older.
func (f *formCheck) keep(key string, h heldForm) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h.number > f.forms[key].number {
		f.forms[key] = h
	}
}

// forget makes the next call read the form again; a reading that is under way
// comes too late.
func (f *formCheck) forget(key string) { f.keep(key, heldForm{number: f.next()}) }

// drop forgets one reading, and no newer one.
func (f *formCheck) drop(key string, number uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.forms[key].number == number {
		delete(f.forms, key)
	}
}

// formKey is like the key of a token, for one form.
func (c *Client) formKey(processCode string) string {
	return strings.Join([]string{c.cfg.gatewayURL(false), c.cfg.appKey, c.cfg.corpID, processCode}, " ")
}

// checkForm refuses values that do not fit the form. Only a form that was read
// after the call began may refuse: an older one may have changed meanwhile.
func (c *Client) checkForm(ctx context.Context, processCode string, values []FormValue) error {
	forms := c.cfg.formCheck
	if forms == nil {
		return nil
	}
	key := c.formKey(processCode)
	for began := forms.next(); ; {
		held, ok := forms.held(key, c.cfg.now())
		if !ok {
			var err error
			if held, err = c.readForm(ctx, processCode); err != nil {
				return err
			}
		}
		err := form.Check(held.schema, values)
		if err == nil {
			return nil
		}
		if held.number > began {
			return formRefusal(err)
		}
		forms.drop(key, held.number)
	}
}

func formRefusal(err error) error {
	op := operation.StartProcessInstance
	e := errorFrom(op, ErrInvalidArgument, err)
	var refused *form.Error
	if errors.As(err, &refused) {
		for _, p := range refused.Problems {
			name := p.Label
			if p.Type != "" {
				name += ", " + p.Type
			}
			e.Fields = append(e.Fields, FieldError{Field: "FormValues (" + name + ")", Problem: p.Message})
		}
	}
	return e
}

// readForm waits for the flight that reads the form, starting it when there is
// none. Like that of a token it does not end with its first caller.
func (c *Client) readForm(ctx context.Context, processCode string) (heldForm, error) {
	forms, key := c.cfg.formCheck, c.formKey(processCode)
	detached := context.WithoutCancel(ctx)
	landed := forms.flight.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(detached, fetchTimeout)
		defer cancel()
		number := forms.next()
		schema, err := c.Templates.Schema(ctx, SchemaRequest{ProcessCode: processCode})
		if err != nil {
			return nil, err
		}
		h := heldForm{schema: schema.Form(), number: number, until: c.cfg.now().Add(forms.maxAge)}
		if len(h.schema.Components) == 0 {
			return nil, errorFrom(operation.QuerySchemaByProcessCode, ErrServer, errors.New("the form has no components"))
		}
		forms.keep(key, h)
		return h, nil
	})
	select {
	case res := <-landed:
		if res.Err != nil {
			return heldForm{}, fmt.Errorf("dingoa: %s: nothing was sent, since the form could not be read (WithFormCheck): %w", operation.StartProcessInstance, res.Err)
		}
		return res.Val.(heldForm), nil //nolint:forcetypeassert,errcheck // the flight returns nothing else
	case <-ctx.Done():
		op := operation.StartProcessInstance
		return heldForm{}, errorFrom(op, nil, fmt.Errorf("nothing was sent, waiting for the form (WithFormCheck): %w", ctx.Err()))
	}
}

// refusedForm forgets a form whose values DingTalk refused although they had
// passed the check.
func (c *Client) refusedForm(processCode string, err error) {
	var e *Error
	if c.cfg.formCheck == nil || !errors.As(err, &e) {
		return
	}
	switch e.Code {
	case "formConverterError", "illegalComponent":
		c.cfg.formCheck.forget(c.formKey(processCode))
	}
}

// FormChanged makes [WithFormCheck] read a form again that somebody has changed;
// give it to [event.On]. DingTalk sends the event (审批模板状态变更, workflow_form_change) to
// internal apps of companies with OA premium, each to one of several replicas: the
// others learn of it when their copy has reached its age. Without WithFormCheck
// it does nothing.
func (c *Client) FormChanged(_ context.Context, e *event.Event, changed event.FormChange) error {
	if c.cfg.formCheck == nil || c.cfg.corpID != "" && e.CorpID != "" && e.CorpID != c.cfg.corpID {
		return nil
	}
	if changed.ProcessCode == "" {
		return fmt.Errorf("dingoa: %w: the event has no formCode", event.ErrMalformed)
	}
	c.cfg.formCheck.forget(c.formKey(changed.ProcessCode))
	return nil
}
