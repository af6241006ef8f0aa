package event_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

// store is a Deduper whose calls can be made to fail.
type store struct {
	*event.MemoryDeduper

	begin, done, release error
	state                event.State
	calls                []string
	deadline             bool
}

func (s *store) Begin(ctx context.Context, key string) (event.State, error) {
	s.calls = append(s.calls, "begin "+key)
	if s.begin != nil || s.state != "" {
		return s.state, s.begin
	}
	return s.MemoryDeduper.Begin(ctx, key)
}

func (s *store) Done(ctx context.Context, key string) error {
	s.calls = append(s.calls, "done "+key)
	_, s.deadline = ctx.Deadline()
	return errors.Join(ctx.Err(), s.done)
}

func (s *store) Release(ctx context.Context, key string) error {
	s.calls = append(s.calls, "release "+key)
	return errors.Join(ctx.Err(), s.release)
}

func TestAStoreThatFailsMeansDeliverAgain(t *testing.T) {
	t.Parallel()
	broken := errors.New("store is down")
	failure := errors.New("handler failed")
	key := taskEvent(t, "p", 1).Key()
	for name, tc := range map[string]struct {
		store   store
		handler error
		ran     bool
		want    []error
		calls   []string
	}{
		"begin":       {store: store{begin: broken}, want: []error{broken}, calls: []string{"begin"}},
		"in progress": {store: store{state: event.StateInProgress}, want: []error{event.ErrInProgress}, calls: []string{"begin"}},
		"is done":     {store: store{state: event.StateDone}, calls: []string{"begin"}},
		"done":        {store: store{done: broken}, ran: true, want: []error{broken}, calls: []string{"begin", "done"}},
		"release":     {store: store{release: broken}, handler: failure, ran: true, want: []error{failure, broken}, calls: []string{"begin", "release"}},
		"none":        {ran: true, calls: []string{"begin", "done"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tc.store
			s.MemoryDeduper = event.NewMemoryDeduper(0)
			ran := false
			ctx, cancel := context.WithCancel(t.Context())
			d := onTasks(t, func(context.Context, *event.Event, event.TaskChange) error {
				ran = true
				cancel() // DingTalk hung up, and the handler succeeds nevertheless
				return tc.handler
			}, event.WithDeduper(&s))
			err := d.Dispatch(ctx, taskEvent(t, "p", 1))
			cancel()
			for _, want := range tc.want {
				require.ErrorIs(t, err, want)
			}
			if tc.want == nil {
				require.NoError(t, err)
			}
			require.NotErrorIs(t, err, context.Canceled)
			require.Equal(t, tc.ran, ran)
			for i, call := range tc.calls {
				tc.calls[i] = call + " " + key
			}
			require.Equal(t, tc.calls, s.calls)
			require.Equal(t, name == "none" || name == "done", s.deadline, "a store that hangs does not hold up the approval")
		})
	}
}

func TestWithoutDeduper(t *testing.T) {
	t.Parallel()
	calls := 0
	d := onTasks(t, func(context.Context, *event.Event, event.TaskChange) error { calls++; return nil }, event.WithDeduper(nil))
	for range 3 {
		require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)))
	}
	require.Equal(t, 3, calls)
}

func TestNothingIsMarkedWithoutAHandler(t *testing.T) {
	t.Parallel()
	s := store{MemoryDeduper: event.NewMemoryDeduper(0)}
	d, err := event.NewDispatcher(event.WithDeduper(&s))
	require.NoError(t, err)
	require.NoError(t, d.Dispatch(t.Context(), taskEvent(t, "p", 1)))
	require.Empty(t, s.calls)
}

func TestMemoryDeduperForgetsTheOldest(t *testing.T) {
	t.Parallel()
	d := event.NewMemoryDeduper(3)
	handled := func(n int) bool {
		done, err := d.Handled(t.Context(), strconv.Itoa(n))
		require.NoError(t, err)
		return done
	}
	begin := func(n int) event.State {
		state, err := d.Begin(t.Context(), strconv.Itoa(n))
		require.NoError(t, err)
		return state
	}
	require.Equal(t, event.StateNew, begin(100))
	for n := range 7 {
		require.Equal(t, event.StateNew, begin(n))
		require.Equal(t, event.StateInProgress, begin(n))
		require.False(t, handled(n))
		require.NoError(t, d.Done(t.Context(), strconv.Itoa(n)))
		require.NoError(t, d.Done(t.Context(), strconv.Itoa(n)), "twice counts once")
		require.NoError(t, d.Release(t.Context(), strconv.Itoa(n)), "what is done stays so")
		require.Equal(t, event.StateDone, begin(n))
	}
	for n := range 7 {
		require.Equal(t, n >= 4, handled(n), n)
	}
	require.Equal(t, event.StateInProgress, begin(100), "a claim is not forgotten")
	require.NoError(t, d.Release(t.Context(), "100"))
	require.Equal(t, event.StateNew, begin(100))
}

func BenchmarkDispatch(b *testing.B) {
	d := onTasks(b, func(context.Context, *event.Event, event.TaskChange) error { return nil })
	e := taskEvent(b, "p", 1)
	change := dataOf[event.TaskChange](b, e)
	b.ReportAllocs()
	for i := range b.N {
		change.CreateTime = time.UnixMilli(int64(i))
		e.Data = change
		if err := d.Dispatch(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
}
