package stream_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

func liveHeap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A flood of large events that no handler takes: what does not fit in is to come
// again, and the memory is bounded.
func TestFloodOfEvents(t *testing.T) { //nolint:paralleltest // it measures memory
	synctest.Test(t, func(t *testing.T) {
		text := strings.Repeat("x", 1_000_000)
		const events = 200
		var later atomic.Int64
		g := newGateway(t, func(ctx context.Context, _ int, ws *websocket.Conn) {
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				for _, answer, err := ws.Read(ctx); err == nil; _, answer, err = ws.Read(ctx) {
					if strings.Contains(string(answer), "LATER") {
						later.Add(1)
					}
				}
			}()
			for n := range events {
				data := fmt.Sprintf(`{\"processInstanceId\":\"p%d\",\"title\":\"%s\"}`, n, text)
				message := fmt.Sprintf(`{"type":"EVENT","headers":{"messageId":"m%d","eventId":"e%d","eventType":"bpms_instance_change"},"data":"%s"}`, n, n, data)
				if ws.Write(ctx, websocket.MessageText, []byte(message)) != nil {
					return
				}
			}
			<-gone
		})
		free := make(chan struct{})
		before := liveHeap()
		c := run(t, g.client(t), handlerFunc(func(context.Context, *event.Event) error { <-free; return nil }))
		<-time.After(20 * time.Second)
		require.EqualValues(t, events, c.Stats().Frames, "it reads on, as there are pings among them")
		grown := liveHeap() - before
		t.Logf("%d MB are held", grown>>20)
		require.Less(t, grown, int64(64<<20))
		require.Positive(t, c.Stats().Running)
		require.EqualValues(t, events, c.Stats().Running+c.Stats().Waiting+c.Stats().Later)
		close(free)
		synctest.Wait()
		require.Equal(t, later.Load(), c.Stats().Later)
		require.EqualValues(t, events, c.Stats().Handled+c.Stats().Later)
		c.end(t)
	})
}

// A peer that asks much and reads nothing is left.
func TestFloodOfPings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		text := strings.Repeat("x", 100_000)
		var took notes
		g := newGateway(t, func(ctx context.Context, number int, ws *websocket.Conn) {
			if number > 1 {
				_, _, _ = ws.Read(ctx)
				return
			}
			for n := range 10_000 {
				if ws.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type":"SYSTEM","headers":{"topic":"ping","messageId":"m%d"},"data":"%s"}`, n, text)) != nil {
					return
				}
				took.add("ping")
			}
		})
		c := run(t, g.client(t), handlerFunc(nothing))
		<-time.After(20 * time.Second)
		require.Less(t, len(took.all())*len(text), 10<<20)
		require.Equal(t, 2, g.connections())
		c.end(t)
	})
}

func TestWaitingBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var running, most atomic.Int32
		c := run(t, client, handlerFunc(func(context.Context, *event.Event) error {
			if now := running.Add(1); now > most.Load() {
				most.Store(now)
			}
			<-time.After(100 * time.Millisecond)
			running.Add(-1)
			return nil
		}), stream.WithWaitingBytes(1))
		start(t, client)
		start(t, client)
		flush(t, s)
		require.EqualValues(t, 1, most.Load(), "one alone always has room")
		require.EqualValues(t, 4, c.Stats().Handled)
		c.end(t)
	})
}
