package stream_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// flush waits for what was sent, however long its handlers take.
func flush(t *testing.T, s *emulator.Server) {
	t.Helper()
	synctest.Wait()
	require.NoError(t, s.Flush(t.Context()))
	synctest.Wait()
}

func TestHandlesAndAcknowledges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var got notes
		c := run(t, client, handlerFunc(func(_ context.Context, e *event.Event) error {
			got.add(kind(e))
			require.Equal(t, event.SourceStream, e.Source)
			require.Equal(t, company.DefaultCorpID, e.CorpID)
			require.WithinDuration(t, time.Now(), e.Time, time.Second)
			return nil
		}))
		start(t, client)
		flush(t, s)
		require.Equal(t, []string{"instance start", "task start"}, got.all())
		for _, push := range s.Pushes() {
			require.True(t, push.Stream)
			require.True(t, push.Delivered)
			require.Len(t, push.Attempts, 1)
			require.Equal(t, 200, push.Attempts[0].Status)
		}
		stats := c.Stats()
		require.EqualValues(t, 2, stats.Handled)
		require.EqualValues(t, 3, stats.Frames, "two events and a ping")
		require.EqualValues(t, 1, stats.Connections)
		c.end(t)
		require.Empty(t, s.StreamConnections())
	})
}

func TestFailuresComeAgain(t *testing.T) {
	t.Parallel()
	broken := errors.New("the database is away")
	for name, fail := range map[string]func() error{
		"error": func() error { return broken },
		"panic": func() error { panic(broken) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t)
				client := newClient(t, s)
				began := time.Now()
				var got, told notes
				var failed atomic.Bool
				hook := stream.Hook{Event: func(r stream.EventResult) {
					told.add(fmt.Sprint(kind(r.Event), " ", errors.Is(r.Err, broken)))
				}}
				c := run(t, client, handlerFunc(func(_ context.Context, e *event.Event) error {
					got.add(fmt.Sprint(kind(e), " ", time.Since(began)))
					if kind(e) == "task start" && failed.CompareAndSwap(false, true) {
						return fail()
					}
					return nil
				}), stream.WithHook(hook))
				start(t, client)
				flush(t, s)
				require.Equal(t, []string{"instance start 0s", "task start 0s"}, got.all())
				push := s.Pushes()[1]
				require.False(t, push.Delivered)
				require.Equal(t, 500, push.Attempts[0].Status)
				require.Contains(t, push.Attempts[0].Problem, "LATER")

				<-time.After(11 * time.Second)
				flush(t, s)
				require.Equal(t, "task start 10s", got.all()[2])
				require.True(t, s.Pushes()[1].Delivered)
				require.Equal(t, []string{"instance start false", "task start true", "task start false"}, told.all())
				require.EqualValues(t, 1, c.Stats().Later)
				c.end(t)
			})
		})
	}
}

// One approval waits for its handler; others, and pings, do not wait for it.
func TestOrderPerApproval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var got notes
		release := make(chan struct{})
		blocked := start(t, client) // before there is a connection: it waits for one
		c := run(t, client, handlerFunc(func(_ context.Context, e *event.Event) error {
			if e.Subject() == blocked {
				<-release
			}
			got.add(e.Subject() + " " + kind(e))
			return nil
		}))
		synctest.Wait()
		require.NoError(t, s.Approve(company.DefaultFirstApprover, blocked, ""))
		other := start(t, client)
		synctest.Wait()
		require.Equal(t, []string{other + " instance start", other + " task start"}, got.all())
		require.EqualValues(t, 1, c.Stats().Running)
		require.EqualValues(t, 3, c.Stats().Waiting)

		<-time.After(50 * time.Second) // the emulator cuts a connection that does not answer its pings
		require.Len(t, s.StreamConnections(), 1)
		require.EqualValues(t, 1, c.Stats().Connections)
		close(release)
		flush(t, s)
		require.Equal(t, []string{
			blocked + " instance start", blocked + " task start", blocked + " task finishagree", blocked + " task start",
		}, got.all()[2:])
		c.end(t)
	})
}

// When no handler is free and the room is full, the reader waits once, then
// events come later: none is lost, and pings are answered.
func TestFullRoomSlowsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		release := make(chan struct{})
		var handled atomic.Int64
		var told notes
		began := time.Now()
		hook := stream.Hook{Event: func(r stream.EventResult) {
			if errors.Is(r.Err, stream.ErrBusy) {
				told.add(time.Since(began).String())
			}
		}}
		c := run(t, client, handlerFunc(func(context.Context, *event.Event) error {
			<-release
			handled.Add(1)
			return nil
		}), stream.WithHandlers(2), stream.WithWaiting(3), stream.WithHook(hook))
		synctest.Wait()
		for range 5 {
			start(t, client)
		}
		<-time.After(5 * time.Second)
		require.Equal(t, []string{"1s", "1s", "1s", "1s", "1s"}, told.all(), "the room is waited for once, not five times")
		require.EqualValues(t, 2, c.Stats().Running)
		require.EqualValues(t, 3, c.Stats().Waiting)
		close(release)
		<-time.After(time.Minute)
		require.EqualValues(t, 10, handled.Load())
		for _, push := range s.Pushes() {
			require.True(t, push.Delivered)
		}
		require.Len(t, s.StreamConnections(), 1)
		require.EqualValues(t, 1, c.Stats().Connections, "the pings were answered meanwhile")
		c.end(t)
	})
}

func TestHandlersAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var now, most atomic.Int64
		c := run(t, client, handlerFunc(func(context.Context, *event.Event) error {
			n := now.Add(1)
			for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
			}
			<-time.After(time.Second)
			now.Add(-1)
			return nil
		}), stream.WithHandlers(4))
		synctest.Wait()
		for range 20 {
			start(t, client)
		}
		flush(t, s)
		require.EqualValues(t, 4, most.Load())
		require.EqualValues(t, 40, c.Stats().Handled)
		require.Zero(t, c.Stats().Later)
		c.end(t)
	})
}

func TestConsumersShareEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		nothing := handlerFunc(func(context.Context, *event.Event) error { return nil })
		a, b := run(t, client, nothing), run(t, client, nothing)
		synctest.Wait()
		for range 10 {
			start(t, client)
		}
		flush(t, s)
		require.EqualValues(t, 10, a.Stats().Handled)
		require.EqualValues(t, 10, b.Stats().Handled)
		a.end(t)
		start(t, client)
		flush(t, s)
		require.EqualValues(t, 12, b.Stats().Handled)
		b.end(t)
	})
}

// A third-party app gets its tickets by stream, and with them its tokens.
func TestSuite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, emulator.WithSuite(company.Suite{SuiteKey: "suite1", SuiteSecret: "SECRET-suite"}))
		suite, err := s.SuiteClient("suite1", nil)
		require.NoError(t, err)
		d, err := event.NewDispatcher(event.On(suite.KeepTicket))
		require.NoError(t, err)
		c := run(t, suite.SuiteClient(), d)
		synctest.Wait()
		_, err = s.PushSuiteTicket("suite1")
		require.NoError(t, err)
		flush(t, s)
		corp, err := suite.Client(company.DefaultCorpID)
		require.NoError(t, err)
		start(t, corp)
		flush(t, s)
		require.EqualValues(t, 3, c.Stats().Handled)
		c.end(t)
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	client := newClient(t, s)
	nothing := handlerFunc(func(context.Context, *event.Event) error { return nil })
	_, err := stream.New(nil, nothing)
	require.ErrorContains(t, err, "client")
	_, err = stream.New(client, nil)
	require.ErrorContains(t, err, "handler")
	for want, opt := range map[string]stream.Option{
		"WithUserAgent":       stream.WithUserAgent(""),
		"WithHandlers":        stream.WithHandlers(0),
		"WithWaiting":         stream.WithWaiting(-1),
		"WithWaitingBytes":    stream.WithWaitingBytes(0),
		"WithMaxMessageBytes": stream.WithMaxMessageBytes(0),
		"WithBackoff":         stream.WithBackoff(0, time.Second),
		"WithBackoff: the":    stream.WithBackoff(2*time.Second, time.Second),
		"WithDrainTimeout":    stream.WithDrainTimeout(-1),
	} {
		_, err := stream.New(client, nothing, nil, opt)
		require.ErrorContains(t, err, want)
	}
}

func TestRunOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		c := run(t, newClient(t, s), handlerFunc(func(context.Context, *event.Event) error { return nil }))
		synctest.Wait()
		require.ErrorContains(t, c.Run(t.Context()), "called before")
		c.end(t)
		require.ErrorContains(t, c.Run(t.Context()), "called before")
	})
}

func TestPrintsNoSecret(t *testing.T) {
	t.Parallel()
	client, err := dingoa.New("dingappkey", secret)
	require.NoError(t, err)
	c, err := stream.New(client, handlerFunc(func(context.Context, *event.Event) error { return nil }))
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		text := fmt.Sprintf(verb, c)
		require.NotContains(t, text, secret)
		require.Contains(t, text, "dingappkey")
	}
}
