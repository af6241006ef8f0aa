package event_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/inboxtest"
)

func newMemoryInbox(tb testing.TB, opts ...event.MemoryInboxOption) *event.MemoryInbox {
	tb.Helper()
	in, err := event.NewMemoryInbox(opts...)
	require.NoError(tb, err)
	return in
}

func TestMemoryInbox(t *testing.T) {
	t.Parallel()
	inboxtest.Run(t, func(tb testing.TB, c inboxtest.Config) event.Inbox {
		tb.Helper()
		return newMemoryInbox(tb, event.WithInboxMaxAttempts(c.MaxAttempts), event.WithInboxConcurrency(c.Concurrency),
			event.WithInboxBackoff(time.Millisecond, 4*time.Millisecond), event.WithInboxDrain(0))
	})
}

func TestMemoryInboxPausesLongerEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		in := newMemoryInbox(t, event.WithInboxMaxAttempts(5), event.WithInboxBackoff(time.Second, 5*time.Second),
			event.WithInboxLogger(slog.New(slog.NewTextHandler(&log, nil))))
		var at []time.Time
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- in.Run(ctx, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
				if e.ID == "a-1" {
					at = append(at, time.Now())
					return errors.New("database is down")
				}
				return nil
			}))
		}()
		require.NoError(t, in.Dispatch(ctx, taskEvent(t, "a", 1)))
		require.NoError(t, in.Dispatch(ctx, taskEvent(t, "a", 2)))
		require.NoError(t, sleep(ctx, time.Minute))
		cancel()
		require.NoError(t, <-done)
		require.Len(t, at, 5)
		for i, longest := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second} {
			pause := at[i+1].Sub(at[i])
			require.LessOrEqual(t, pause, longest)
			require.GreaterOrEqual(t, pause, longest*4/5)
		}
		handled, err := in.Handled(t.Context(), taskEvent(t, "a", 2).Key())
		require.NoError(t, err)
		require.True(t, handled, "a dead letter lets the next go on")
		require.Contains(t, log.String(), "level=ERROR")
		require.Contains(t, log.String(), "attempts=5")
		require.Contains(t, log.String(), "database is down")

		require.NoError(t, in.Close())
		require.ErrorIs(t, in.Dispatch(t.Context(), taskEvent(t, "a", 3)), event.ErrInboxClosed)
		require.NoError(t, in.Close())
	})
}

func TestAFullMemoryInboxMakesDispatchWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newMemoryInbox(t, event.WithInboxCapacity(2), event.WithInboxMaxAttempts(1))
		for n := range 2 {
			require.NoError(t, in.Dispatch(t.Context(), taskEvent(t, "a", n)))
		}
		require.NoError(t, in.Dispatch(t.Context(), taskEvent(t, "a", 0)), "a repeat needs no room")
		late := taskEvent(t, "a", 2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, in.Dispatch(ctx, late), context.DeadlineExceeded)

		waiting := make(chan error, 1)
		go func() { waiting <- in.Dispatch(t.Context(), late) }()
		running, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- in.Run(running, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
				if e.ID != "a-2" {
					return errors.New("no such order")
				}
				return nil
			}))
		}()
		synctest.Wait()
		require.Empty(t, waiting, "dead letters take room")
		require.NoError(t, in.Discard(t.Context(), taskEvent(t, "a", 0).Key()))
		require.NoError(t, <-waiting)
		stop()
		require.NoError(t, <-done)

		require.NoError(t, in.Dispatch(t.Context(), taskEvent(t, "a", 3)))
		last := taskEvent(t, "a", 4)
		go func() { waiting <- in.Dispatch(t.Context(), last) }()
		synctest.Wait()
		require.NoError(t, in.Close())
		require.ErrorIs(t, <-waiting, event.ErrInboxClosed)
	})
}

func TestMemoryInboxDrains(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		work     time.Duration
		fail     bool
		handled  int
		duration time.Duration
	}{
		"all of it":           {work: time.Second, handled: 5, duration: 5 * time.Second},
		"what there is time":  {work: 3 * time.Second, handled: 4, duration: 12 * time.Second},
		"tries again as well": {fail: true, duration: 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				in := newMemoryInbox(t)
				for n := range 5 {
					require.NoError(t, in.Dispatch(t.Context(), taskEvent(t, "a", n)))
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				began, handled := time.Now(), 0
				require.NoError(t, in.Run(ctx, event.HandlerFunc(func(ctx context.Context, _ *event.Event) error {
					if tc.fail {
						return errors.New("database is down")
					}
					handled++
					return sleep(ctx, tc.work)
				})))
				require.Equal(t, tc.handled, handled)
				require.Equal(t, tc.duration, time.Since(began))
				require.NoError(t, in.Close())
			})
		})
	}
}

func TestNewMemoryInboxNamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := event.NewMemoryInbox(nil, event.WithInboxMaxAttempts(0), event.WithInboxBackoff(0, 0), event.WithInboxConcurrency(0),
		event.WithInboxCapacity(0), event.WithInboxDrain(-1), event.WithInboxLogger(nil))
	for _, want := range []string{
		"WithInboxMaxAttempts", "WithInboxBackoff", "WithInboxConcurrency", "WithInboxCapacity", "WithInboxDrain", "WithInboxLogger",
	} {
		require.ErrorContains(t, err, want)
	}
	require.Error(t, newMemoryInbox(t).Dispatch(t.Context(), nil))
}

// Events may come in while one of the same approval is about to be handed over.
func TestMemoryInboxKeepsWhileHandingOver(t *testing.T) {
	t.Parallel()
	in := newMemoryInbox(t)
	const all = 1000
	handled := make(chan string, all)
	done := make(chan error, 1)
	go func() {
		done <- in.Run(context.WithoutCancel(t.Context()), event.HandlerFunc(func(_ context.Context, e *event.Event) error {
			handled <- e.ID
			return nil
		}))
	}()
	var ids []string
	for n := range all {
		e := taskEvent(t, "a", n)
		ids = append(ids, e.ID)
		require.NoError(t, in.Dispatch(t.Context(), e))
	}
	for _, id := range ids {
		require.Equal(t, id, <-handled)
	}
	require.NoError(t, in.Close())
	require.NoError(t, <-done)
}
