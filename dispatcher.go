package dingoa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
)

// Dispatcher hands events to the handlers it was built from. It serves every
// source of events and is safe for concurrent use.
//
// An event's handlers run one after the other, in the order of the options, in
// the caller's goroutine. The first one that returns an error or panics ends
// it, which means "deliver again": DingTalk repeats the event, and all of its
// handlers see it again. A handler must therefore bear seeing an event twice,
// see [Event.ID].
type Dispatcher struct {
	handlers map[string][]handler
	// unknown are the handlers of UnknownEvent.
	unknown []handler
}

type handler func(context.Context, *Event) error

// DispatcherOption adds a handler to a [Dispatcher].
type DispatcherOption func(*dispatcherConfig) error

type dispatcherConfig struct {
	Dispatcher

	goTypes map[reflect.Type]bool // that have an On
	names   map[string]bool       // that have an OnType
}

// NewDispatcher builds a dispatcher. It refuses a missing handler, a second
// [On] for one Go type and a second [OnType] for one event type: put both jobs
// into one function, in the order they are to run.
func NewDispatcher(opts ...DispatcherOption) (*Dispatcher, error) {
	c := dispatcherConfig{
		Dispatcher: Dispatcher{handlers: map[string][]handler{}},
		goTypes:    map[reflect.Type]bool{},
		names:      map[string]bool{},
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
	return &c.Dispatcher, nil
}

// On handles every event whose data is a T, such as [InstanceChange]. With
// [UnknownEvent] it takes every event that has neither a struct in this
// package nor a handler.
//
// T may be a type of your own: then the event is decoded from [Event.Raw] by
// encoding/json, and an event that does not fit is [ErrMalformed].
func On[T EventData](fn func(context.Context, *Event, T) error) DispatcherOption {
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
			data, err := eventDataAs[T](e)
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

func eventDataAs[T EventData](e *Event) (T, error) {
	data, ok := e.Data.(T)
	if ok {
		return data, nil
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

// Dispatch runs the event's handlers and returns the error of the first that
// failed; a panic becomes a [*PanicError]. An event that nobody handles is no
// error: DingTalk sends what an app subscribed to, and more. The events of a
// [SyncPush] are dispatched one by one.
func (d *Dispatcher) Dispatch(ctx context.Context, e *Event) error {
	if d == nil || e == nil {
		return errors.New("dingoa: Dispatch needs a dispatcher and an event")
	}
	handlers := d.handlers[e.Type]
	if len(handlers) == 0 {
		if _, ok := e.Data.(UnknownEvent); ok {
			handlers = d.unknown
		}
	}
	for _, h := range handlers {
		if err := run(ctx, h, e); err != nil {
			return err
		}
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

func run(ctx context.Context, h handler, e *Event) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = newPanicError(value)
		}
	}()
	return h(ctx, e)
}

// PanicError is the panic of an event handler.
type PanicError struct {
	// Value is what was given to panic.
	Value any
	// Stack is the stack of the goroutine, as of [runtime/debug.Stack].
	Stack []byte
}

func newPanicError(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

// Error tells the panic's value.
func (e *PanicError) Error() string {
	return fmt.Sprintf("dingoa: event handler panicked: %v", e.Value)
}

// Unwrap returns the panic's value when that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
