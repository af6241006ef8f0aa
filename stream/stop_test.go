package stream_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// Running handlers finish and acknowledge; events that none has begun with come
// to whoever connects next.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var ended notes
		slow := handlerFunc(func(ctx context.Context, e *event.Event) error {
			<-time.After(8 * time.Second)
			ended.add(fmt.Sprint(kind(e), " ", ctx.Err()))
			return nil
		})
		c := run(t, client, slow)
		synctest.Wait()
		start(t, client)
		synctest.Wait()
		stopping := time.Now()
		c.end(t)
		require.Equal(t, 8*time.Second, time.Since(stopping))
		require.Equal(t, []string{"instance start <nil>"}, ended.all())
		require.True(t, s.Pushes()[0].Delivered)
		require.False(t, s.Pushes()[1].Delivered, "the task waited for the instance")
		require.Equal(t, 500, s.Pushes()[1].Attempts[0].Status)
		require.Zero(t, c.Stats().LostAcks)

		next := run(t, client, slow)
		<-time.After(30 * time.Second)
		require.Equal(t, []string{"instance start <nil>", "task start <nil>"}, ended.all())
		next.end(t)
	})
}

func TestStopEndsHandlersAfterTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var ended notes
		hook := stream.Hook{Event: func(r stream.EventResult) { ended.add(fmt.Sprint(kind(r.Event), " ", r.Err)) }}
		c := run(t, client, handlerFunc(func(ctx context.Context, _ *event.Event) error {
			<-ctx.Done()
			return ctx.Err()
		}), stream.WithDrainTimeout(3*time.Second), stream.WithHook(hook))
		synctest.Wait()
		start(t, client)
		synctest.Wait()
		stopping := time.Now()
		c.end(t)
		require.Equal(t, 3*time.Second, time.Since(stopping))
		require.Contains(t, ended.all(), "instance start context canceled")
		require.False(t, s.Pushes()[0].Delivered)
	})
}

func TestStopTellsOfHandlersThatDoNotReturn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		release := make(chan struct{})
		c := run(t, client, handlerFunc(func(context.Context, *event.Event) error {
			<-release
			return nil
		}), stream.WithDrainTimeout(0))
		synctest.Wait()
		start(t, client)
		synctest.Wait()
		c.stop()
		require.ErrorContains(t, <-c.done, "still running")
		close(release)
		synctest.Wait()
		require.EqualValues(t, 1, c.Stats().LostAcks)
		require.False(t, s.Pushes()[0].Delivered)
	})
}

// Run returns while it waits to connect, and while it connects.
func TestStopWhileConnecting(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fault.Fault{
		"waiting":    {Operation: "OpenConnection", Status: 503},
		"connecting": {Operation: "OpenConnection", Delay: 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t)
				s.Fail(fault)
				var got notes
				c := run(t, newClient(t, s), handlerFunc(nothing), stream.WithHook(states(&got)))
				<-time.After(time.Second)
				stopping := time.Now()
				c.end(t)
				require.Zero(t, time.Since(stopping))
				require.Equal(t, []string{"1 connecting", "1 closed"}, got.all())
			})
		})
	}
}

// A peer that does not answer the closing handshake holds Run up for a second.
func TestStopDoesNotWaitForASilentPeer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		g := newGateway(t, hanging(hang))
		defer close(hang)
		c := run(t, g.client(t), handlerFunc(nothing))
		synctest.Wait()
		require.Equal(t, 1, g.connections())
		stopping := time.Now()
		c.end(t)
		require.Equal(t, time.Second, time.Since(stopping))
	})
}

// What the handler sees of Run's context: its values, not its end.
func TestHandlersContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		s := newServer(t)
		client := newClient(t, s)
		var got notes
		c, err := stream.New(client, handlerFunc(func(ctx context.Context, _ *event.Event) error {
			got.add(fmt.Sprint(ctx.Value(key{}), " ", ctx.Err()))
			return nil
		}))
		require.NoError(t, err)
		ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "value"))
		done := make(chan error)
		go func() { done <- c.Run(ctx) }()
		synctest.Wait()
		start(t, client)
		flush(t, s)
		cancel(errors.New("enough"))
		require.NoError(t, <-done)
		require.Equal(t, []string{"value <nil>", "value <nil>"}, got.all())
	})
}

// A gateway that reads no acknowledgement within five seconds is left, and the
// event's hook is told.
func TestStalledWriteEndsTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		g := newGateway(t, func(ctx context.Context, number int, ws *websocket.Conn) {
			if number == 1 {
				_ = ws.Write(ctx, websocket.MessageText, []byte(`{"type":"EVENT","headers":{"messageId":"m1","eventId":"e1","eventType":"user_add_org"},"data":"{}"}`))
				<-hang
				return
			}
			_, _, _ = ws.Read(ctx)
		})
		defer close(hang)
		began := time.Now()
		var told notes
		c := run(t, g.client(t), handlerFunc(nothing), stream.WithHook(stream.Hook{
			Event:      func(r stream.EventResult) { told.add(fmt.Sprint(time.Since(began), " lost: ", r.AckErr != nil)) },
			Connection: func(c stream.ConnectionChange) { told.add(fmt.Sprint(time.Since(began), " ", c.Number, " ", c.State)) },
		}))
		<-time.After(20 * time.Second)
		require.Contains(t, told.all(), "5s lost: true")
		require.Contains(t, told.all(), "5s 1 closed")
		require.Contains(t, told.all(), "5s 2 connected")
		require.EqualValues(t, 1, c.Stats().LostAcks)
		c.end(t)
	})
}
