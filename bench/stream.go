package bench

import (
	"context"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

func streamPairs() []Pair {
	return []Pair{
		streamPair("Stream32", 32, smallEvent(), allocsAtMost(45), almostTheRate()),
		streamPair("Stream256", 256, smallEvent(), allocsAtMost(45), almostTheRate()),
		streamPair("Stream32x4KB", 32, largeEvent(), almostTheRate()),
	}
}

// streamPair has events sent over loopback, handled and acknowledged, with so
// many in flight.
func streamPair(name string, inFlight int, event []byte, goals ...Goal) Pair {
	way := func(connect func(*streamGateway) (*session, error)) func(b *testing.B) {
		return func(b *testing.B) {
			b.Helper()
			s, err := connect(nil)
			if err != nil {
				b.Fatal(err)
			}
			defer s.end()
			m := newStreamMessage(event)
			if _, err := closedLoop(s.conn, m, 1000, inFlight); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := closedLoop(s.conn, m, b.N, inFlight); err != nil {
				b.Fatal(err)
			}
			b.StopTimer() // taking leave is not what is measured
		}
	}
	return Pair{Name: name, Goals: goals, Dingoa: way(streamSDK(0, nothing)), Raw: way(streamRaw)}
}

// session is a client with its connection, seen from the gateway.
type session struct {
	conn *websocket.Conn
	end  func()
}

func nothing(context.Context, *event.Event, event.TaskChange) error { return nil }

// streamSDK connects a consumer whose dispatcher has one handler and remembers
// so many events, as many as usual for 0. Without a gateway it starts one.
func streamSDK(remembered int, handler func(context.Context, *event.Event, event.TaskChange) error, opts ...stream.Option) func(*streamGateway) (*session, error) {
	return func(g *streamGateway) (*session, error) {
		own := g == nil
		if own {
			var err error
			if g, err = newStreamGateway(); err != nil {
				return nil, err
			}
		}
		d, err := event.NewDispatcher(event.On(handler), event.WithDeduper(event.NewMemoryDeduper(remembered)))
		if err != nil {
			return nil, err
		}
		client, err := dingoa.New("key", "secret", dingoa.WithBaseURL(g.base))
		if err != nil {
			return nil, err
		}
		consumer, err := stream.New(client, d, opts...)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithCancel(context.Background())
		failed, done := make(chan error, 1), make(chan struct{})
		go func() {
			defer close(done)
			failed <- consumer.Run(ctx)
		}()
		end := func() {
			cancel()
			<-done
			if own {
				g.close()
			}
		}
		select {
		case conn := <-g.conns:
			return &session{conn, func() { _ = conn.Close(); end() }}, nil
		case err := <-failed:
			cancel()
			return nil, err
		}
	}
}
