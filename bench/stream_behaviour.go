package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// StreamLatency is how long acknowledgements took.
type StreamLatency struct{ P50, P99 time.Duration }

// StreamLatencies measures n events with so many in flight, through the SDK and
// by hand.
func StreamLatencies(n, inFlight int) (dingoa, raw StreamLatency, err error) {
	measure := func(connect func(*streamGateway) (*session, error)) (StreamLatency, error) {
		s, err := connect(nil)
		if err != nil {
			return StreamLatency{}, err
		}
		defer s.end()
		took, err := closedLoop(s.conn, newStreamMessage(smallEvent()), n, inFlight)
		if err != nil {
			return StreamLatency{}, err
		}
		return StreamLatency{took.at(0.5), took.at(0.99)}, nil
	}
	if dingoa, err = measure(streamSDK(0, nothing)); err != nil {
		return dingoa, raw, err
	}
	raw, err = measure(streamRaw)
	return dingoa, raw, err
}

const slowEvery = 100

// StreamSlowHandlers sends n events at a steady rate, twice: every handler is
// quick, and one in a hundred takes a second. It returns the 99th percentile of
// the quick ones in both.
func StreamSlowHandlers(n, perSecond int) (quick, besideSlow time.Duration, err error) {
	for _, slow := range []bool{false, true} {
		s, err := streamSDK(0, func(_ context.Context, _ *event.Event, c event.TaskChange) error {
			if slow && strings.HasSuffix(c.InstanceID, "00") {
				<-time.After(time.Second)
			}
			return nil
		})(nil)
		if err != nil {
			return 0, 0, err
		}
		took, err := openLoop(s.conn, newStreamMessage(smallEvent()), n, perSecond)
		s.end()
		if err != nil {
			return 0, 0, err
		}
		var others latencies
		for i, d := range took {
			if i%slowEvery != 0 {
				others = append(others, d)
			}
		}
		if slow {
			besideSlow = others.at(0.99)
		} else {
			quick = others.at(0.99)
		}
	}
	return quick, besideSlow, nil
}

// openLoop sends at a steady rate, whatever comes back.
func openLoop(conn *websocket.Conn, m *streamMessage, n, perSecond int) (latencies, error) {
	began := time.Now()
	sent, took := make([]atomic.Int64, n), make(latencies, n)
	writing := make(chan error, 1)
	go func() {
		for i := range n {
			due := time.Duration(i) * time.Second / time.Duration(perSecond)
			if wait := due - time.Since(began); wait > 0 {
				<-time.After(wait)
			}
			sent[i].Store(int64(time.Since(began)))
			if err := m.write(conn, i); err != nil {
				writing <- err
				return
			}
		}
		writing <- nil
	}()
	var buf bytes.Buffer
	for range n {
		i, err := acked(conn, &buf)
		if err != nil {
			return nil, err
		}
		took[i] = time.Since(began) - time.Duration(sent[i].Load())
	}
	return took, <-writing
}

// Footprint is the memory of the process.
type Footprint struct {
	Goroutines int
	Heap       uint64 // bytes, after a collection
}

func footprint() Footprint {
	for range 2 { // the second frees what pools kept over the first
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return Footprint{runtime.NumGoroutine(), m.HeapAlloc}
}

// few is how many events a dispatcher remembers while it is measured what is
// held; the usual 100,000 take about 10 MB.
const few = 1000

// StreamFlat handles n events over one connection, and tells what is held
// after a tenth of them and after all.
func StreamFlat(n int) (early, late Footprint, err error) {
	s, err := streamSDK(few, nothing)(nil)
	if err != nil {
		return early, late, err
	}
	defer s.end()
	m := newStreamMessage(smallEvent())
	if _, err := closedLoop(s.conn, m, n/10, 256); err != nil {
		return early, late, err
	}
	early = footprint()
	if _, err := closedLoop(s.conn, m, n-n/10, 256); err != nil {
		return early, late, err
	}
	return early, footprint(), nil
}

// StreamDisconnects asks a consumer to leave its connection so many times, each
// time with an event that is handled on the new one, and tells what is held
// after a tenth of them and after all.
func StreamDisconnects(times int) (early, late Footprint, err error) {
	g, err := newStreamGateway()
	if err != nil {
		return early, late, err
	}
	defer g.close()
	s, err := streamSDK(few, nothing, stream.WithBackoff(time.Microsecond, time.Microsecond))(g)
	if err != nil {
		return early, late, err
	}
	defer s.end()
	m := newStreamMessage(smallEvent())
	conn := s.conn
	for i := range times {
		if i == times/10 {
			early = footprint()
		}
		if conn, err = replace(g, conn, m); err != nil {
			return early, late, fmt.Errorf("disconnect %d: %w", i+1, err)
		}
	}
	late = footprint()
	_ = conn.Close()
	return early, late, nil
}

// replace has the client change connections, and returns the new one.
func replace(g *streamGateway, conn *websocket.Conn, m *streamMessage) (*websocket.Conn, error) {
	const disconnect = `{"type":"SYSTEM","headers":{"topic":"disconnect","messageId":"bye"},"data":"{}"}`
	if err := conn.WriteMessage(websocket.TextMessage, []byte(disconnect)); err != nil {
		return nil, err
	}
	var next *websocket.Conn
	select {
	case next = <-g.conns:
	case <-time.After(10 * time.Second):
		return nil, errors.New("the client did not come back")
	}
	if _, err := closedLoop(next, m, 1, 1); err != nil {
		return nil, err
	}
	for { // the answer, then the closing handshake
		if _, _, err := conn.ReadMessage(); err != nil {
			return next, conn.Close()
		}
	}
}
