package dingoa_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

func readFile(tb testing.TB, path ...string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(tb, err)
	return data
}

// dataOf is the event's data, which has to be a T.
func dataOf[T event.Data](tb testing.TB, e *event.Event) T {
	tb.Helper()
	data, ok := e.Data.(T)
	require.True(tb, ok, "%T", e.Data)
	return data
}

func ms(n int64) time.Time { return time.UnixMilli(n).UTC() }

func parseEvent(tb testing.TB, body string) *event.Event {
	tb.Helper()
	e, err := event.Parse([]byte(body))
	require.NoError(tb, err)
	return e
}

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

func newMemoryInbox(tb testing.TB, opts ...event.MemoryInboxOption) *event.MemoryInbox {
	tb.Helper()
	in, err := event.NewMemoryInbox(opts...)
	require.NoError(tb, err)
	return in
}

// Pushes to the callback URL keep that order, too, and one that waits too long
// is to be delivered again.
func TestHandlerKeepsOrderPerApproval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var handled []string
		d := onTasks(t, func(ctx context.Context, _ *event.Event, c event.TaskChange) error {
			if err := sleep(ctx, time.Second); err != nil {
				return err
			}
			handled = append(handled, c.TaskID)
			return nil
		})
		cb := newCallback(t)
		h := cb.Handler(d)
		statuses := make([]int, 3)
		var group sync.WaitGroup
		for n := range 3 {
			p := testPush(t, cb, string(taskEvent(t, "p", n).Raw))
			group.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
				defer cancel()
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodPost, "/?"+p.query.Encode(), strings.NewReader(p.body)))
				statuses[n] = rec.Code
			})
			synctest.Wait()
		}
		group.Wait()
		require.Equal(t, []int{200, 200, 500}, statuses)
		require.Equal(t, []string{"0", "1"}, handled)
	})
}

// A callback in front of an inbox answers before the handlers have run.
func TestCallbackBeforeAnInbox(t *testing.T) {
	t.Parallel()
	in, cb := newMemoryInbox(t), newCallback(t)
	e := taskEvent(t, "a", 1)
	requireSuccess(t, cb, serve(t, cb.Handler(in), "POST", testPush(t, cb, string(e.Raw))))
	requireSuccess(t, cb, serve(t, cb.Handler(in), "POST", testPush(t, cb, `{"EventType":"check_url"}`)))
	calls := 0
	d := onTasks(t, func(context.Context, *event.Event, event.TaskChange) error { calls++; return nil })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, in.Run(ctx, d))
	require.Equal(t, 1, calls)
}
