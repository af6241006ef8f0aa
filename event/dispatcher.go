package event

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"

	"github.com/dingoa/dingoa/internal/lanes"
)

// Dispatcher hands events to the handlers it was built from. It serves every
// source of events and is safe for concurrent use.
//
// Events of one approval ([Event.Subject]) are handled one after the other, in
// the order in which Dispatch was called for them, while those of others go on;
// [WithConcurrency] bounds how many run at once. Over the bound Dispatch waits.
//
// An event's handlers run one after the other, in the order of the options, in
// the caller's goroutine. The first one that returns an error or panics ends
// it, which means "deliver again": DingTalk repeats the event, and all of its
// handlers see it again. Once all of them have succeeded, the [Deduper] keeps
// further deliveries of the event from them, whatever source brings it.
//
// A process may still end between an effect of a handler and the note that the
// event is done: use [Event.Key] as idempotency key for effects that must not
// happen twice. Work that takes longer than DingTalk waits belongs behind an
// [Inbox], which hands its events to a Dispatcher, too.
type Dispatcher struct {
	handlers map[string][]handler
	// unknown are the handlers of UnknownEvent.
	unknown []handler

	lanes      *lanes.Lanes
	deduper    Deduper // nil for none
	middleware []Middleware
}

type handler = HandlerFunc

// DispatcherOption adds a handler to a [Dispatcher], or says how it runs them.
type DispatcherOption func(*dispatcherConfig) error

type dispatcherConfig struct {
	Dispatcher

	goTypes     map[reflect.Type]bool // that have an On
	names       map[string]bool       // that have an OnType
	concurrency int
}

const defaultConcurrency = 64

// NewDispatcher builds a dispatcher. It refuses a missing handler, a second
// [On] for one Go type and a second [OnType] for one event type: put both jobs
// into one function, in the order they are to run.
func NewDispatcher(opts ...DispatcherOption) (*Dispatcher, error) {
	c := dispatcherConfig{
		Dispatcher:  Dispatcher{handlers: map[string][]handler{}, deduper: NewMemoryDeduper(0)},
		goTypes:     map[reflect.Type]bool{},
		names:       map[string]bool{},
		concurrency: defaultConcurrency,
	}
	var errs []error
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(&c); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("dingoa: %w", errors.Join(errs...))
	}
	c.lanes = lanes.New(c.concurrency, c.concurrency)
	return &c.Dispatcher, nil
}

// WithConcurrency bounds how many events a dispatcher handles at once, 64
// unless given. More wait for their turn, until the context of their Dispatch
// ends.
func WithConcurrency(n int) DispatcherOption {
	return func(c *dispatcherConfig) error {
		if n < 1 {
			return fmt.Errorf("WithConcurrency: %d is not a positive number of events", n)
		}
		c.concurrency = n
		return nil
	}
}

// WithDeduper remembers what was handled in d instead of in the memory of this
// process; nil turns it off, so that handlers see every delivery.
func WithDeduper(d Deduper) DispatcherOption {
	return func(c *dispatcherConfig) error {
		c.deduper = d
		return nil
	}
}

// Use wraps what the dispatcher does for an event, the first middleware
// outermost. It runs within the event's turn, not for repeats that the
// [Deduper] knows and not for events without a handler.
func Use(middleware ...Middleware) DispatcherOption {
	return func(c *dispatcherConfig) error {
		for i, m := range middleware {
			if m == nil {
				return fmt.Errorf("Use: middleware %d is nil", i)
			}
		}
		c.middleware = append(c.middleware, middleware...)
		return nil
	}
}

// On handles every event whose data is a T, such as [InstanceChange]. With
// [UnknownEvent] it takes every event that has neither a struct in this
// package nor a handler, and those that do not fit what their handler takes
// since they are not of the vendor's form.
//
// T may be a type of your own: then the event is decoded from [Event.Raw] by
// encoding/json, and an event that does not fit is [ErrMalformed].
func On[T Data](fn func(context.Context, *Event, T) error) DispatcherOption {
	return func(c *dispatcherConfig) error {
		goType := reflect.TypeFor[T]()
		switch {
		case fn == nil:
			return fmt.Errorf("%v given to On: the handler is nil", goType)
		case goType.Kind() == reflect.Pointer || goType.Kind() == reflect.Interface:
			return fmt.Errorf("%v given to On: events hold values, use the struct type", goType)
		case c.goTypes[goType]:
			return fmt.Errorf("%v given to On: it has a handler already", goType)
		}
		c.goTypes[goType] = true

		h := func(ctx context.Context, e *Event) error {
			data, err := dataAs[T](e)
			if err != nil {
				return err
			}
			return fn(ctx, e, data)
		}
		var zero T
		if _, ok := any(zero).(UnknownEvent); ok {
			c.unknown = append(c.unknown, h)
			return nil
		}
		types := zero.EventTypes()
		if len(types) == 0 {
			return fmt.Errorf("%v given to On: its EventTypes names no event type", goType)
		}
		for _, eventType := range types {
			c.handlers[eventType] = append(c.handlers[eventType], h)
		}
		return nil
	}
}

func dataAs[T Data](e *Event) (T, error) {
	data, ok := e.Data.(T)
	if ok {
		return data, nil
	}
	if reflect.TypeFor[T]().PkgPath() == reflect.TypeFor[UnknownEvent]().PkgPath() {
		if e.Data == nil { // made by hand
			read, err := decodeData(e.Type, e.Raw)
			if data, ok := read.(T); ok && err == nil {
				return data, nil
			}
		}
		return data, fmt.Errorf("dingoa: %w: %s could not be read as %T", ErrMalformed, e.Type, data)
	}
	// The error is told without its text, which may quote the event.
	if err := json.Unmarshal(e.Raw, &data); err != nil {
		field := ""
		var typeErr *json.UnmarshalTypeError
		if errors.As(err, &typeErr) {
			field = typeErr.Field
		}
		return data, fmt.Errorf("dingoa: %w: %s does not fit %T, field %q", ErrMalformed, e.Type, data, field)
	}
	return data, nil
}

// OnType handles one type by the vendor's name, with or without a Go struct.
func OnType(eventType string, fn func(context.Context, *Event) error) DispatcherOption {
	return func(c *dispatcherConfig) error {
		switch {
		case eventType == "":
			return errors.New("OnType: the event type is empty")
		case fn == nil:
			return fmt.Errorf("OnType(%q): the handler is nil", eventType)
		case c.names[eventType]:
			return fmt.Errorf("OnType(%q): it has a handler already", eventType)
		}
		c.names[eventType] = true
		c.handlers[eventType] = append(c.handlers[eventType], fn)
		return nil
	}
}

// Dispatch runs the event's handlers when its turn comes, and returns the error
// of the first that failed; a panic becomes a [*PanicError]. When ctx ends
// before its turn, the error is that of ctx. An event that nobody handles is no
// error: DingTalk sends what an app subscribed to, and more. The events of a
// [SyncPush] are dispatched one by one.
//
// A handler may call Dispatch with the context that it was given: the event is
// handled at once, as a part of the one at hand. With any other context it would
// wait for itself: [ErrNoTurn] ends that after five minutes.
func (d *Dispatcher) Dispatch(ctx context.Context, e *Event) error {
	if d == nil || e == nil {
		return errors.New("dingoa: Dispatch needs a dispatcher and an event")
	}
	if err := d.inTurn(ctx, e); err != nil {
		return err
	}
	if push, ok := e.Data.(SyncPush); ok {
		for i := range push.Events {
			if err := d.Dispatch(ctx, &push.Events[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// turnOf marks the context of a handler that a dispatcher runs.
type turnOf struct{ d *Dispatcher }

func (d *Dispatcher) inTurn(ctx context.Context, e *Event) error {
	handlers := d.handlersOf(e)
	switch {
	case len(handlers) == 0:
		return nil
	case ctx.Value(turnOf{d}) != nil:
		return d.once(ctx, e, handlers)
	}
	err := d.lanes.Do(ctx, e.Subject(), func() error {
		return d.once(context.WithValue(ctx, turnOf{d}, true), e, handlers)
	})
	if errors.Is(err, lanes.ErrStuck) {
		return fmt.Errorf("dingoa: event %s: %w within %v: a handler of its approval, or too many others, are still running; "+
			"a handler that calls Dispatch has to pass on the context that it was given", e.ID, ErrNoTurn, lanes.Patience)
	}
	return err
}

func (d *Dispatcher) handlersOf(e *Event) []handler {
	handlers := d.handlers[e.Type]
	if _, ok := e.Data.(UnknownEvent); ok && len(handlers) == 0 {
		return d.unknown
	}
	return handlers
}

// once keeps an event that is done from the handlers.
func (d *Dispatcher) once(ctx context.Context, e *Event, handlers []handler) error {
	if d.deduper == nil || !e.Unique() {
		return d.run(ctx, e, handlers)
	}
	return once(ctx, d.deduper, e, func() error { return d.run(ctx, e, handlers) })
}

func (d *Dispatcher) run(ctx context.Context, e *Event, handlers []handler) error {
	var h Handler = HandlerFunc(func(ctx context.Context, e *Event) error {
		err := inOrder(ctx, e, handlers)
		if _, ok := e.Data.(UnknownEvent); ok && errors.Is(err, ErrMalformed) && len(d.unknown) > 0 && len(d.handlers[e.Type]) > 0 {
			return inOrder(ctx, e, d.unknown)
		}
		return err
	})
	if len(d.middleware) == 0 {
		return h.Dispatch(ctx, e)
	}
	for _, m := range slices.Backward(d.middleware) {
		h = m(h)
	}
	return recovered(ctx, h, e)
}

func inOrder(ctx context.Context, e *Event, handlers []handler) error {
	for _, h := range handlers {
		if err := recovered(ctx, h, e); err != nil {
			return err
		}
	}
	return nil
}

// Recovering returns a handler whose panics are errors, of type [*PanicError]. A
// [Dispatcher], an [Inbox] and whatever else hands events over do so by themselves.
func Recovering(h Handler) Handler {
	return HandlerFunc(func(ctx context.Context, e *Event) error { return recovered(ctx, h, e) })
}

func recovered(ctx context.Context, h Handler, e *Event) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return h.Dispatch(ctx, e)
}

// ErrNoTurn reports an event that waited for five minutes while the event before
// it, of the same approval, was being handled, or while all handlers were busy and
// none ended. It was not handled, and may be dispatched again.
var ErrNoTurn = errors.New("the event's turn did not come")

// ErrHandlerExited reports a handler that ended its goroutine, see [runtime.Goexit].
var ErrHandlerExited = errors.New("dingoa: the event handler ended its goroutine (runtime.Goexit, as t.FailNow does)")

// guarded calls settle with the outcome of run, even when run ends the
// goroutine.
func guarded(run func() error, settle func(error)) {
	err := ErrHandlerExited
	defer func() { settle(err) }()
	err = run()
}

// PanicError is the panic of an event handler.
type PanicError struct {
	// Value is the argument of panic.
	Value any
	// Stack is the stack of the goroutine, as of [runtime/debug.Stack].
	Stack []byte
}

// Error returns the panic's value.
func (e *PanicError) Error() string {
	return fmt.Sprintf("dingoa: event handler panicked: %v", e.Value)
}

// Unwrap returns the panic's value when that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
