package inbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
)

// startServer runs a NATS server on loopback, on a free port for port -1.
func startServer(tb testing.TB, dir string, port int) *server.Server {
	tb.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, SyncAlways: true, NoSigs: true, NoLog: true,
	})
	require.NoError(tb, err)
	s.Start()
	tb.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(tb, s.ReadyForConnections(10*time.Second))
	return s
}

func connect(tb testing.TB, s *server.Server, opts ...inbox.Option) *inbox.Inbox {
	tb.Helper()
	opts = append([]inbox.Option{inbox.WithLogger(slog.New(slog.NewTextHandler(tb.Output(), nil)))}, opts...)
	in, err := inbox.Open(tb.Context(), s.ClientURL(), opts...)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, in.Close()) })
	return in
}

func TestReplicaTakesOverFromTheDead(t *testing.T) {
	t.Parallel()
	address, effects := startServer(t, t.TempDir(), server.RANDOM_PORT).ClientURL(), t.TempDir()
	const all = crashInstances * crashChanges
	killFirst := start(t, address, effects)
	stopSecond := start(t, address, effects)
	awaitEffects(t, effects, all/4)
	killFirst(syscall.SIGKILL)
	awaitEffects(t, effects, all)
	stopSecond(os.Interrupt)
	require.Equal(t, all, effectsIn(t, effects))
	t.Logf("%d events, %d handed over again", all, requireOrder(t, effects))
}

func TestReplicasShare(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), server.RANDOM_PORT)
	replicas := []*inbox.Inbox{connect(t, s), connect(t, s), connect(t, s)}
	var mu sync.Mutex
	handledBy := map[int]int{}
	times := map[string]int{}
	for i, in := range replicas {
		run(t, in, handlerFunc(func(_ context.Context, e *event.Event) error {
			mu.Lock()
			defer mu.Unlock()
			handledBy[i]++
			times[e.ID]++
			return nil
		}))
	}
	kept := 0
	// keep has events of many approvals handled, by whomever.
	keep := func() map[int]int {
		mu.Lock()
		clear(handledBy)
		mu.Unlock()
		for range 64 {
			kept++
			require.NoError(t, replicas[2].Dispatch(t.Context(), taskChange(t, fmt.Sprint("instance ", kept), 1)))
		}
		require.Eventually(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(times) == kept
		}, waitTime, pollTime)
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(handledBy)
	}
	for len(keep()) < 3 { // the shards spread within some seconds
		require.NoError(t, t.Context().Err())
	}
	require.NoError(t, replicas[0].Close())
	require.NoError(t, replicas[1].Close())
	require.Equal(t, map[int]int{2: 64}, keep())
	for id, n := range times {
		require.Equal(t, 1, n, id)
	}
}

// A replica that can't tell whether others took its place cancels its handlers.
func TestReplicaOutOfTouch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startServer(t, dir, server.RANDOM_PORT)
	in := connect(t, s, inbox.WithMaxAttempts(1))
	e := taskChange(t, "a", 1)
	require.NoError(t, in.Dispatch(t.Context(), e))
	started, cancelled, attempts := make(chan struct{}), make(chan struct{}), 0
	run(t, in, handlerFunc(func(ctx context.Context, _ *event.Event) error {
		if attempts++; attempts > 1 {
			return nil
		}
		close(started)
		<-ctx.Done()
		close(cancelled)
		return ctx.Err()
	}))
	<-started
	port := s.Addr().String()
	s.Shutdown()
	s.WaitForShutdown()
	require.Error(t, in.Dispatch(t.Context(), taskChange(t, "a", 2)))
	<-cancelled

	var back int
	_, err := fmt.Sscanf(port, "127.0.0.1:%d", &back)
	require.NoError(t, err)
	startServer(t, dir, back)
	require.Eventually(t, func() bool {
		handled, err := in.Handled(t.Context(), e.Key())
		return err == nil && handled
	}, waitTime, pollTime)
	require.Empty(t, deadLetters(t, in)) // to be cancelled is no failure
}

func TestAppsShareAServer(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), server.RANDOM_PORT)
	one, two := connect(t, s, inbox.WithName("one")), connect(t, s, inbox.WithName("two"))
	e := taskChange(t, "a", 1)
	r1, r2 := newRecorder(), newRecorder()
	run(t, one, r1)
	run(t, two, r2)
	require.NoError(t, one.Dispatch(t.Context(), e))
	require.NoError(t, two.Dispatch(t.Context(), e))
	r1.next(t, e, nil)
	r2.next(t, e, nil)
}

// A stream of another kind is left alone.
func TestForeignStream(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), server.RANDOM_PORT)
	conn, err := nats.Connect(s.ClientURL())
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	_, err = js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "theirs", Subjects: []string{"theirs.>"}})
	require.NoError(t, err)
	_, err = inbox.Open(t.Context(), s.ClientURL(), inbox.WithName("theirs"))
	require.ErrorContains(t, err, "another WithName")
}
