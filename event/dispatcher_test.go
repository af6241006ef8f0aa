package event_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

func parseEvent(tb testing.TB, body string) *event.Event {
	tb.Helper()
	e, err := event.Parse([]byte(body))
	require.NoError(tb, err)
	return e
}

func TestDispatchRunsHandlersInOrder(t *testing.T) {
	t.Parallel()
	var calls []string
	note := func(name string) func(context.Context, *event.Event) error {
		return func(_ context.Context, e *event.Event) error {
			calls = append(calls, name+" "+e.Type)
			return nil
		}
	}
	d, err := event.NewDispatcher(
		event.OnType("bpms_instance_change", note("first")),
		event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
			calls = append(calls, "typed "+c.InstanceID)
			return nil
		}),
		nil,
		event.OnType("suite_ticket", note("ticket")),
		event.On(func(_ context.Context, e *event.Event, _ event.UnknownEvent) error {
			calls = append(calls, "unknown "+e.Type)
			return nil
		}),
		event.On(func(_ context.Context, _ *event.Event, c event.URLCheck) error {
			calls = append(calls, "check "+c.Kind)
			return nil
		}),
	)
	require.NoError(t, err)
	for _, body := range []string{
		`{"EventType":"bpms_instance_change","processInstanceId":"1"}`,
		`{"EventType":"workflow_instance_change_directed","processInstanceId":"2"}`,
		`{"EventType":"bpms_task_change"}`, // known, but nobody asked for it
		`{"EventType":"suite_ticket"}`,
		`{"EventType":"user_add_org"}`,
		`{"EventType":"check_url"}`,
	} {
		require.NoError(t, d.Dispatch(t.Context(), parseEvent(t, body)))
	}
	require.Equal(t, []string{
		"first bpms_instance_change", "typed 1", "typed 2", "ticket suite_ticket", "unknown user_add_org", "check check_url",
	}, calls)
}

func TestDispatchPassesContextAndStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "value")
	failure := errors.New("database is down")
	d, err := event.NewDispatcher(
		event.OnType("x", func(ctx context.Context, _ *event.Event) error {
			require.Equal(t, "value", ctx.Value(key{}))
			return failure
		}),
		event.On(func(context.Context, *event.Event, ownEvent) error {
			t.Error("ran after a failure")
			return nil
		}),
	)
	require.NoError(t, err)
	require.ErrorIs(t, d.Dispatch(ctx, parseEvent(t, `{"EventType":"x"}`)), failure)
}

func TestDispatchTurnsPanicsIntoErrors(t *testing.T) {
	t.Parallel()
	for _, value := range []any{"boom", io.ErrUnexpectedEOF, 42} {
		d, err := event.NewDispatcher(event.OnType("x", func(context.Context, *event.Event) error { panic(value) }))
		require.NoError(t, err)
		err = d.Dispatch(t.Context(), parseEvent(t, `{"EventType":"x"}`))
		var panicErr *event.PanicError
		require.ErrorAs(t, err, &panicErr)
		require.Equal(t, value, panicErr.Value)
		require.Contains(t, string(panicErr.Stack), "TestDispatchTurnsPanicsIntoErrors")
		if cause, ok := value.(error); ok {
			require.ErrorIs(t, err, cause)
		}
	}
}

// ownEvent is what a user writes for a type that the package does not know.
type ownEvent struct {
	UserID []string `json:"UserId"`
}

func (ownEvent) EventTypes() []string { return []string{"user_add_org", "x"} }

func TestOnDecodesTypesOfYourOwn(t *testing.T) {
	t.Parallel()
	var got ownEvent
	d, err := event.NewDispatcher(event.On(func(_ context.Context, _ *event.Event, data ownEvent) error {
		got = data
		return nil
	}))
	require.NoError(t, err)
	require.NoError(t, d.Dispatch(t.Context(), parseEvent(t, `{"EventType":"user_add_org","UserId":["a","b"]}`)))
	require.Equal(t, ownEvent{UserID: []string{"a", "b"}}, got)

	err = d.Dispatch(t.Context(), parseEvent(t, `{"EventType":"user_add_org","UserId":"secret"}`))
	require.ErrorIs(t, err, event.ErrMalformed)
	require.ErrorContains(t, err, "UserId")
	require.NotContains(t, err.Error(), "secret")
}

type namelessEvent struct{}

func (namelessEvent) EventTypes() []string { return nil }

func TestNewDispatcherRefuses(t *testing.T) {
	t.Parallel()
	instance := func(context.Context, *event.Event, event.InstanceChange) error { return nil }
	any1 := func(context.Context, *event.Event) error { return nil }
	for _, tc := range []struct {
		want string
		opts []event.DispatcherOption
	}{
		{"event.InstanceChange given to On: it has a handler already", []event.DispatcherOption{event.On(instance), event.On(instance)}},
		{`OnType("x"): it has a handler already`, []event.DispatcherOption{event.OnType("x", any1), event.OnType("x", any1)}},
		{"event.TaskChange given to On: the handler is nil", []event.DispatcherOption{event.On[event.TaskChange](nil)}},
		{`OnType("x"): the handler is nil`, []event.DispatcherOption{event.OnType("x", nil)}},
		{"OnType: the event type is empty", []event.DispatcherOption{event.OnType("", any1)}},
		{"*event.InstanceChange given to On: events hold values", []event.DispatcherOption{
			event.On(func(context.Context, *event.Event, *event.InstanceChange) error { return nil }),
		}},
		{"event.Data given to On: events hold values", []event.DispatcherOption{
			event.On(func(context.Context, *event.Event, event.Data) error { return nil }),
		}},
		{"event_test.namelessEvent given to On: its EventTypes names no event type", []event.DispatcherOption{
			event.On(func(context.Context, *event.Event, namelessEvent) error { return nil }),
		}},
	} {
		d, err := event.NewDispatcher(tc.opts...)
		require.Nil(t, d)
		require.ErrorContains(t, err, tc.want)
	}
}

func TestDispatchWithoutDispatcherOrEvent(t *testing.T) {
	t.Parallel()
	var none *event.Dispatcher
	require.Error(t, none.Dispatch(t.Context(), &event.Event{Type: "x"}))
	d, err := event.NewDispatcher()
	require.NoError(t, err)
	require.Error(t, d.Dispatch(t.Context(), nil))
	require.NoError(t, d.Dispatch(t.Context(), &event.Event{}))
}
