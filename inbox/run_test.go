package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
	"github.com/dingoa/dingoa/internal/inboxtest"
)

const (
	waitTime = time.Minute
	pollTime = 5 * time.Millisecond
)

func TestInbox(t *testing.T) {
	t.Parallel()
	options := func(c inboxtest.Config) []inbox.Option {
		return []inbox.Option{
			inbox.WithMaxAttempts(c.MaxAttempts), inbox.WithConcurrency(c.Concurrency), inbox.WithBackoff(time.Millisecond, time.Millisecond),
		}
	}
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		inboxtest.Run(t, func(tb testing.TB, c inboxtest.Config) event.Inbox {
			tb.Helper()
			in, err := inbox.Open(tb.Context(), "file://"+tb.TempDir(), options(c)...)
			require.NoError(tb, err)
			return in
		})
	})
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		s := startServer(t, t.TempDir(), server.RANDOM_PORT)
		names := atomic.Int64{}
		inboxtest.Run(t, func(tb testing.TB, c inboxtest.Config) event.Inbox {
			tb.Helper()
			name := fmt.Sprint("inbox-", names.Add(1))
			in, err := inbox.Open(tb.Context(), s.ClientURL(), append(options(c), inbox.WithName(name))...)
			require.NoError(tb, err)
			return in
		})
	})
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir())
	require.ErrorContains(t, in.Run(t.Context(), nil), "needs a handler")
	require.ErrorContains(t, in.Dispatch(t.Context(), nil), "needs an event")

	r := newRecorder()
	stop := run(t, in, r)
	e := taskChange(t, "a", 1)
	require.NoError(t, in.Dispatch(t.Context(), e))
	r.next(t, e, nil)
	require.ErrorIs(t, in.Run(t.Context(), r), inbox.ErrRunning)
	stop()
	run(t, in, r) // once more after the first ended
	require.NoError(t, in.Dispatch(t.Context(), taskChange(t, "a", 2)))
	r.next(t, taskChange(t, "a", 2), nil)
}

func TestKnownEventIsNotKeptAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := taskChange(t, "a", 1)
	handled := 0
	for n := range 3 {
		in := open(t, dir)
		require.NoError(t, in.Dispatch(t.Context(), e))
		require.NoError(t, in.Dispatch(t.Context(), e))
		last := make(chan struct{})
		stop := run(t, in, handlerFunc(func(_ context.Context, got *event.Event) error {
			if got.ID == e.ID {
				handled++
				return nil
			}
			close(last)
			return nil
		}))
		require.NoError(t, in.Dispatch(t.Context(), taskChange(t, "a", 10+n)))
		<-last
		stop()
		requireHandled(t, in, e, true)
		require.NoError(t, in.Close())
	}
	require.Equal(t, 1, handled)
}

func TestForgetsAfterRetention(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir(), inbox.WithRetention(time.Second))
	e := taskChange(t, "a", 1)
	r := newRecorder()
	run(t, in, r)
	require.NoError(t, in.Dispatch(t.Context(), e))
	r.next(t, e, nil)
	require.Eventually(t, func() bool {
		handled, err := in.Handled(t.Context(), e.Key())
		return handled && err == nil
	}, waitTime, pollTime)
	require.Eventually(t, func() bool {
		handled, err := in.Handled(t.Context(), e.Key())
		return !handled && err == nil
	}, waitTime, pollTime)
	require.NoError(t, in.Dispatch(t.Context(), e))
	r.next(t, e, nil)
}

// A failing event holds up its own approval only, over a restart too.
func TestFailureHoldsUpItsOwnApproval(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := open(t, dir, inbox.WithBackoff(waitTime, waitTime), inbox.WithConcurrency(1))
	stuck, behind := taskChange(t, "stuck", 1), taskChange(t, "stuck", 2)
	r := newRecorder()
	stop := run(t, in, r)
	require.NoError(t, in.Dispatch(t.Context(), stuck))
	require.NoError(t, in.Dispatch(t.Context(), behind))
	r.next(t, stuck, errors.New("not now"))
	for n := range 50 {
		e := taskChange(t, fmt.Sprint("other ", n), n)
		require.NoError(t, in.Dispatch(t.Context(), e))
		r.next(t, e, nil)
	}
	stop()
	require.NoError(t, in.Close())

	in = open(t, dir)
	r = newRecorder()
	run(t, in, r)
	r.next(t, stuck, errors.New("not now"))
	r.next(t, stuck, nil)
	r.next(t, behind, nil)
}

func TestPanicIsAFailure(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir(), inbox.WithMaxAttempts(1))
	e := taskChange(t, "a", 1)
	require.NoError(t, in.Dispatch(t.Context(), e))
	run(t, in, handlerFunc(func(context.Context, *event.Event) error { panic("out of luck") }))
	require.Eventually(t, func() bool { return len(deadLetters(t, in)) == 1 }, waitTime, pollTime)
	require.Contains(t, deadLetters(t, in)[0].Problem, "out of luck")
}

// The end of Run is not the end of a handler: its effect is noted.
func TestRunWaitsForHandlers(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir())
	e := taskChange(t, "a", 1)
	require.NoError(t, in.Dispatch(t.Context(), e))
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, in.Run(ctx, handlerFunc(func(ctx context.Context, _ *event.Event) error {
		cancel()
		return ctx.Err()
	})))
	requireHandled(t, in, e, true)
}

func TestRunsSoManyHandlersAtOnce(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir(), inbox.WithConcurrency(3))
	const events = 30
	for n := range events {
		require.NoError(t, in.Dispatch(t.Context(), taskChange(t, fmt.Sprint("instance ", n), n)))
	}
	running, most := make(chan struct{}, 4), make(chan int, events)
	run(t, in, handlerFunc(func(context.Context, *event.Event) error {
		running <- struct{}{}
		most <- len(running)
		<-running
		return nil
	}))
	for range events {
		require.LessOrEqual(t, <-most, 3)
	}
}
