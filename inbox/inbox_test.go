package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
)

// taskChange is the n-th change of an approval.
func taskChange(tb testing.TB, instance string, n int) *event.Event {
	tb.Helper()
	e, err := event.Parse(changeJSON(instance, n))
	require.NoError(tb, err)
	return e
}

func changeJSON(instance string, n int) []byte {
	return fmt.Appendf(nil, `{"EventType":"bpms_task_change","CorpId":"ding1","eventId":"%[1]s-%[2]d",`+
		`"processInstanceId":%[1]q,"taskId":"%[2]d","type":"start"}`, instance, n)
}

type handlerFunc func(context.Context, *event.Event) error

func (f handlerFunc) Dispatch(ctx context.Context, e *event.Event) error { return f(ctx, e) }

func open(tb testing.TB, dir string, opts ...inbox.Option) *inbox.Inbox {
	tb.Helper()
	opts = append([]inbox.Option{inbox.WithLogger(slog.New(slog.NewTextHandler(tb.Output(), nil))), inbox.WithBackoff(time.Millisecond, 2*time.Millisecond)}, opts...)
	in, err := inbox.Open(tb.Context(), "file://"+dir, opts...)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, in.Close()) })
	return in
}

// run hands over in the background until stop or the test's end.
func run(tb testing.TB, in *inbox.Inbox, h event.Handler) (stop func()) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	done := make(chan error, 1)
	go func() { done <- in.Run(ctx, h) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(tb, <-done)
	})
	tb.Cleanup(stop)
	return stop
}

func TestHandsOverInOrder(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir())
	const instances, changes = 20, 10
	for n := range changes {
		for i := range instances {
			require.NoError(t, in.Dispatch(t.Context(), taskChange(t, fmt.Sprint("instance ", i), n)))
		}
	}
	var mu sync.Mutex
	seen := map[string][]string{}
	all := make(chan struct{})
	count := 0
	run(t, in, handlerFunc(func(_ context.Context, e *event.Event) error {
		mu.Lock()
		defer mu.Unlock()
		if len(seen[e.Subject()]) == 5 && count%3 == 0 {
			count++
			return errors.New("not now")
		}
		change, _ := e.Data.(event.TaskChange)
		seen[e.Subject()] = append(seen[e.Subject()], change.TaskID)
		if count++; len(seen) == instances {
			n := 0
			for _, s := range seen {
				n += len(s)
			}
			if n == instances*changes {
				close(all)
			}
		}
		return nil
	}))
	<-all
	for i := range instances {
		require.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, seen[fmt.Sprint("instance ", i)])
	}
}

func BenchmarkDispatch(b *testing.B) {
	in := open(b, b.TempDir())
	n := 0
	for b.Loop() {
		n++
		require.NoError(b, in.Dispatch(b.Context(), taskChange(b, strconv.Itoa(n%100), n)))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkHandOver(b *testing.B) {
	in := open(b, b.TempDir())
	for n := range b.N {
		require.NoError(b, in.Dispatch(b.Context(), taskChange(b, strconv.Itoa(n%100), n)))
	}
	all := make(chan struct{})
	left := make(chan struct{}, b.N)
	b.ResetTimer()
	run(b, in, handlerFunc(func(context.Context, *event.Event) error {
		left <- struct{}{}
		if len(left) == b.N {
			close(all)
		}
		return nil
	}))
	<-all
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
