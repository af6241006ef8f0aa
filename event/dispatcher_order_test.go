package event_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

// sleep passes time in a bubble of synctest.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func taskEvent(tb testing.TB, instance string, n int) *event.Event {
	tb.Helper()
	return parseEvent(tb, fmt.Sprintf(`{"EventType":"bpms_task_change","eventId":"%s-%d","CorpId":"c","processInstanceId":"%s","taskId":"%d","type":"start"}`, instance, n, instance, n))
}

func onTasks(tb testing.TB, fn func(context.Context, *event.Event, event.TaskChange) error, opts ...event.DispatcherOption) *event.Dispatcher {
	tb.Helper()
	d, err := event.NewDispatcher(append(opts, event.On(fn))...)
	require.NoError(tb, err)
	return d
}

func TestDispatchKeepsOrderPerApproval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		got := map[string][]string{}
		d := onTasks(t, func(ctx context.Context, _ *event.Event, c event.TaskChange) error {
			if err := sleep(ctx, time.Second); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			got[c.InstanceID] = append(got[c.InstanceID], c.TaskID)
			return nil
		})
		began := time.Now()
		var group sync.WaitGroup
		for n := range 4 {
			for _, instance := range []string{"a", "b"} {
				e := taskEvent(t, instance, n)
				group.Go(func() { require.NoError(t, d.Dispatch(t.Context(), e)) })
				synctest.Wait()
			}
		}
		group.Wait()
		require.Equal(t, map[string][]string{"a": {"0", "1", "2", "3"}, "b": {"0", "1", "2", "3"}}, got)
		require.Equal(t, 4*time.Second, time.Since(began))
	})
}

func TestDispatchSlowsDownOverTheBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		d := onTasks(t, func(ctx context.Context, _ *event.Event, _ event.TaskChange) error {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			return sleep(ctx, time.Second)
		}, event.WithConcurrency(2))
		began := time.Now()
		var group sync.WaitGroup
		for n := range 6 {
			group.Go(func() { require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, fmt.Sprint("p", n), n))) })
		}
		group.Wait()
		require.EqualValues(t, 2, most.Load())
		require.Equal(t, 3*time.Second, time.Since(began))

		require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p0", 0)), "a repeat")
		slow := taskEvent(t, "slow", 1)
		go func() { _ = d.Dispatch(t.Context(), slow) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		require.ErrorIs(t, d.Dispatch(ctx, taskEvent(t, "slow", 2)), context.DeadlineExceeded)
		require.NoError(t, sleep(t.Context(), time.Minute))
	})
}

func TestAHandlerMayDispatch(t *testing.T) {
	t.Parallel()
	var got []string
	var d *event.Dispatcher
	d = onTasks(t, func(ctx context.Context, _ *event.Event, c event.TaskChange) error {
		got = append(got, c.TaskID)
		if c.TaskID == "0" {
			return d.Dispatch(ctx, taskEvent(t, c.InstanceID, 1))
		}
		return nil
	}, event.WithConcurrency(1))
	require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 0)))
	require.Equal(t, []string{"0", "1"}, got)
}

// A handler that dispatches with a context of its own waits for itself, but not for
// ever.
func TestAHandlerThatWaitsForItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d *event.Dispatcher
		d = onTasks(t, func(_ context.Context, _ *event.Event, c event.TaskChange) error {
			if c.TaskID == "0" {
				return d.Dispatch(context.Background(), taskEvent(t, c.InstanceID, 1)) //nolint:contextcheck // any other context
			}
			return nil
		})
		began := time.Now()
		err := d.Dispatch(t.Context(), taskEvent(t, "p", 0))
		require.ErrorIs(t, err, event.ErrNoTurn)
		require.ErrorContains(t, err, "pass on the context")
		require.Equal(t, 5*time.Minute, time.Since(began))
		require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 2)), "the approval is free again")
	})
}

func TestSyncPushesDoNotWaitForThemselves(t *testing.T) {
	t.Parallel()
	var handled atomic.Int32
	d := onTasks(t, func(context.Context, *event.Event, event.TaskChange) error { handled.Add(1); return nil },
		event.WithConcurrency(1), event.OnType("SYNC_HTTP_PUSH_MEDIUM", func(context.Context, *event.Event) error { return nil }))
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			require.NoError(t, d.Dispatch(t.Context(), parseEvent(t, fmt.Sprintf(
				`{"EventType":"SYNC_HTTP_PUSH_MEDIUM","bizData":[{"corp_id":"c","biz_data":{"syncAction":"workflow_task_change_directed","processInstanceId":"p","taskId":%d}}]}`, n))))
		})
	}
	group.Wait()
	require.EqualValues(t, 8, handled.Load())
}

func TestEachEventHasItsEffectOnce(t *testing.T) {
	t.Parallel()
	var calls int
	fail := true
	d := onTasks(t, func(context.Context, *event.Event, event.TaskChange) error {
		calls++
		switch {
		case fail:
			return errors.New("database is down")
		case calls == 2:
			panic("bug")
		}
		return nil
	})
	require.Error(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)), "an error leaves it to be done")
	fail = false
	require.Error(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)), "and so does a panic")
	for range 3 {
		require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)))
	}
	require.Equal(t, 3, calls)

	again := taskEvent(t, "p", 1)
	again.Source = event.SourceFailedPush
	require.NoError(t, d.Dispatch(t.Context(), again))
	require.Equal(t, 3, calls, "whichever source brings it")
	require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 2)))
	require.Equal(t, 4, calls)
}

// An event that comes twice at the same time waits for the outcome of the other.
func TestARepeatWaitsForTheOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		d := onTasks(t, func(ctx context.Context, _ *event.Event, _ event.TaskChange) error {
			calls++
			_ = sleep(ctx, time.Second)
			if calls == 1 {
				return errors.New("database is down")
			}
			return nil
		})
		outcomes := make([]error, 3)
		var group sync.WaitGroup
		for i := range outcomes {
			group.Go(func() { outcomes[i] = d.Dispatch(t.Context(), taskEvent(t, "p", 1)) })
			synctest.Wait()
		}
		group.Wait()
		require.Error(t, outcomes[0])
		require.NoError(t, outcomes[1])
		require.NoError(t, outcomes[2])
		require.Equal(t, 2, calls)
	})
}

func TestEventsThatCountEachTime(t *testing.T) {
	t.Parallel()
	calls := 0
	count := func(context.Context, *event.Event) error { calls++; return nil }
	d, err := event.NewDispatcher(event.OnType("check_url", count), event.OnType("suite_ticket", count), event.OnType("user_modify_org", count))
	require.NoError(t, err)
	for _, body := range []string{
		`{"EventType":"check_url"}`,
		`{"EventType":"suite_ticket","SuiteTicket":"t","TimeStamp":1663143335567,"eventId":"1"}`,
		`{"EventType":"user_modify_org","UserId":["a"]}`, // may well happen twice
	} {
		calls = 0
		e := parseEvent(t, body)
		require.False(t, e.Unique(), body)
		require.NoError(t, d.Dispatch(t.Context(), e))
		require.NoError(t, d.Dispatch(t.Context(), parseEvent(t, body)))
		require.Equal(t, 2, calls, body)
	}
	for _, body := range []string{
		`{"EventType":"user_modify_org","UserId":["a"],"TimeStamp":"1663143335567"}`,
		`{"EventType":"user_modify_org","UserId":["a"],"eventId":"1"}`,
	} {
		calls = 0
		require.NoError(t, d.Dispatch(t.Context(), parseEvent(t, body)))
		require.NoError(t, d.Dispatch(t.Context(), parseEvent(t, body)))
		require.Equal(t, 1, calls, body)
	}
}
