package dingoa_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func TestMiddlewareWrapsInOrder(t *testing.T) {
	t.Parallel()
	var calls []string
	named := func(name string) dingoa.EventMiddleware {
		return func(next dingoa.EventHandler) dingoa.EventHandler {
			return dingoa.EventHandlerFunc(func(ctx context.Context, e *dingoa.Event) error {
				calls = append(calls, name)
				return next.Dispatch(ctx, e)
			})
		}
	}
	d := onTasks(t, func(context.Context, *dingoa.Event, dingoa.TaskChange) error {
		calls = append(calls, "handler")
		return nil
	}, dingoa.Use(named("a"), named("b")), dingoa.Use(named("c")))
	require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)))
	require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)), "a repeat")
	require.NoError(t, d.Dispatch(t.Context(), parseEvent(t, `{"EventType":"nobody_handles_it"}`)))
	require.Equal(t, []string{"a", "b", "c", "handler"}, calls)

	_, err := dingoa.NewDispatcher(dingoa.Use(nil))
	require.ErrorContains(t, err, "middleware 0 is nil")
	_, err = dingoa.NewDispatcher(dingoa.WithConcurrency(0))
	require.ErrorContains(t, err, "WithConcurrency")
}

func TestAPanicInMiddlewareIsAnError(t *testing.T) {
	t.Parallel()
	d := onTasks(t, func(context.Context, *dingoa.Event, dingoa.TaskChange) error { return nil },
		dingoa.Use(func(dingoa.EventHandler) dingoa.EventHandler {
			return dingoa.EventHandlerFunc(func(context.Context, *dingoa.Event) error { panic("bug") })
		}))
	var panicErr *dingoa.PanicError
	require.ErrorAs(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)), &panicErr)
}

func TestLogEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var outcome error
		h := dingoa.LogEvents(slog.New(slog.NewTextHandler(&log, nil)))(dingoa.EventHandlerFunc(func(ctx context.Context, _ *dingoa.Event) error {
			_ = sleep(ctx, time.Second)
			return outcome
		}))
		e := parseEvent(t, `{"EventType":"bpms_task_change","eventId":"id1","CorpId":"c","title":"secret"}`)
		require.NoError(t, h.Dispatch(t.Context(), e))
		require.Contains(t, log.String(), `level=INFO msg="dingoa: event handled" event="Event(bpms_task_change id1 of c by http)" duration=1s`)

		outcome = &dingoa.PanicError{Value: "bug", Stack: []byte("here")}
		require.ErrorIs(t, h.Dispatch(t.Context(), e), outcome)
		require.Contains(t, log.String(), `level=ERROR msg="dingoa: event not handled" event="Event(bpms_task_change id1 of c by http)" duration=1s error="dingoa: event handler panicked: bug" stack=here`)
		require.NotContains(t, log.String(), "secret")
	})
}

func TestLimitEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		d := onTasks(t, func(ctx context.Context, _ *dingoa.Event, _ dingoa.TaskChange) error { return sleep(ctx, time.Hour) },
			dingoa.Use(dingoa.LimitEvents(time.Second)))
		require.ErrorIs(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)), context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(began))
	})
}
