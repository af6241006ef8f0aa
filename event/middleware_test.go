package event_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

func TestMiddlewareWrapsInOrder(t *testing.T) {
	t.Parallel()
	var calls []string
	named := func(name string) event.Middleware {
		return func(next event.Handler) event.Handler {
			return event.HandlerFunc(func(ctx context.Context, e *event.Event) error {
				calls = append(calls, name)
				return next.Dispatch(ctx, e)
			})
		}
	}
	d := onTasks(t, func(context.Context, *event.Event, event.TaskChange) error {
		calls = append(calls, "handler")
		return nil
	}, event.Use(named("a"), named("b")), event.Use(named("c")))
	require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)))
	require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)), "a repeat")
	require.NoError(t, d.Dispatch(t.Context(), parseEvent(t, `{"EventType":"nobody_handles_it"}`)))
	require.Equal(t, []string{"a", "b", "c", "handler"}, calls)

	_, err := event.NewDispatcher(event.Use(nil))
	require.ErrorContains(t, err, "middleware 0 is nil")
	_, err = event.NewDispatcher(event.WithConcurrency(0))
	require.ErrorContains(t, err, "WithConcurrency")
}

func TestAPanicInMiddlewareIsAnError(t *testing.T) {
	t.Parallel()
	d := onTasks(t, func(context.Context, *event.Event, event.TaskChange) error { return nil },
		event.Use(func(event.Handler) event.Handler {
			return event.HandlerFunc(func(context.Context, *event.Event) error { panic("bug") })
		}))
	var panicErr *event.PanicError
	require.ErrorAs(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)), &panicErr)
}

func TestLogEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var outcome error
		h := event.Log(slog.New(slog.NewTextHandler(&log, nil)))(event.HandlerFunc(func(ctx context.Context, _ *event.Event) error {
			_ = sleep(ctx, time.Second)
			return outcome
		}))
		e := parseEvent(t, `{"EventType":"bpms_task_change","eventId":"id1","CorpId":"c","title":"secret"}`)
		require.NoError(t, h.Dispatch(t.Context(), e))
		require.Contains(t, log.String(), `level=INFO msg="dingoa: event handled" event="Event(bpms_task_change id1 of c by http)" duration=1s`)

		outcome = &event.PanicError{Value: "bug", Stack: []byte("here")}
		require.ErrorIs(t, h.Dispatch(t.Context(), e), outcome)
		require.Contains(t, log.String(), `level=ERROR msg="dingoa: event not handled" event="Event(bpms_task_change id1 of c by http)" duration=1s error="dingoa: event handler panicked: bug" stack=here`)
		require.NotContains(t, log.String(), "secret")
	})
}

func TestLimitEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		d := onTasks(t, func(ctx context.Context, _ *event.Event, _ event.TaskChange) error { return sleep(ctx, time.Hour) },
			event.Use(event.Timeout(time.Second)))
		require.ErrorIs(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)), context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(began))
	})
}
