package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

// The vendor's numbers for keeping a connection alive.
const (
	silence      = 120 * time.Second // without a message a WebSocket ping is sent
	pongWait     = 5 * time.Second
	writeTimeout = 5 * time.Second
	// closeWait bounds the closing handshake, which is a courtesy.
	closeWait = time.Second
)

// connection is one WebSocket.
type connection struct {
	consumer *Consumer
	number   int64
	ws       *websocket.Conn
	below    io.Closer       // what ws reads from and writes to
	ctx      context.Context //nolint:containedctx // of Run without its end, since an end of a context ends the WebSocket
	opened   time.Time
	heard    atomic.Int64 // when something arrived last, as time since opened

	outdated chan struct{} // closed when the next connection is wanted
	outdate  func()
	ended    chan struct{} // closed when nothing is read any more
	closing  atomic.Bool   // by the consumer
	out      outbox
	stalled  *time.Timer // cuts the connection when a write takes too long

	mu      sync.Mutex
	pending int           // messages that are to be answered
	leaving bool          // no event is expected any more
	idle    chan struct{} // closed when leaving and nothing is pending
}

func newConnection(ctx context.Context, c *Consumer, number int64) *connection {
	conn := &connection{
		consumer: c, number: number, ctx: context.WithoutCancel(ctx), opened: time.Now(),
		outdated: make(chan struct{}), ended: make(chan struct{}), idle: make(chan struct{}),
	}
	conn.stalled = time.AfterFunc(writeTimeout, conn.cut)
	conn.stalled.Stop()
	conn.outdate = sync.OnceFunc(func() { close(conn.outdated) })
	return conn
}

func (c *connection) hear() { c.heard.Store(int64(time.Since(c.opened))) }

func (c *connection) tell(state State, err error) {
	c.consumer.tellConnection(ConnectionChange{Number: c.number, State: state, Err: err})
}

// serve reads and watches until the connection ends.
func (c *connection) serve() {
	c.consumer.counts.connections.Add(1)
	c.tell(StateConnected, nil)
	c.consumer.goroutines.Go(c.watch)
	c.consumer.goroutines.Go(func() {
		err := c.read()
		_ = c.ws.CloseNow()
		if c.closing.Load() {
			err = nil
		}
		close(c.ended)
		c.tell(StateClosed, err)
		c.outdate()
	})
}

// read takes messages until the connection ends.
func (c *connection) read() error {
	for {
		_, r, err := c.ws.Reader(c.ctx)
		if err != nil {
			return fmt.Errorf("stream: the connection ended: %w", err)
		}
		m := newMessage()
		whole, err := m.readUpTo(r, c.consumer.cfg.maxMessage)
		if err != nil {
			return fmt.Errorf("stream: the connection ended: %w", err)
		}
		c.hear()
		if !whole {
			c.tooLong(m)
			continue
		}
		c.take(m)
	}
}

// watch ends the connection when nothing arrives and a ping gets no answer.
func (c *connection) watch() {
	timer := time.NewTimer(silence)
	defer timer.Stop()
	for {
		select {
		case <-c.ended:
			return
		case <-timer.C:
		}
		quiet := time.Since(c.opened) - time.Duration(c.heard.Load())
		if quiet < silence {
			timer.Reset(silence - quiet)
			continue
		}
		if !c.ping() {
			c.cut()
			return
		}
		timer.Reset(silence)
	}
}

func (c *connection) ping() bool {
	ctx, cancel := context.WithTimeout(c.ctx, pongWait)
	defer cancel()
	return c.ws.Ping(ctx) == nil
}

var (
	errNoHandler  = errors.New("stream: nobody handles messages of this type and topic")
	errTooLong    = errors.New("stream: the message is longer than WithMaxMessageBytes allows; it was acknowledged unread")
	errDisconnect = errors.New("stream: DingTalk asked to leave the connection")
)

// take answers one message, or has it handled. Whoever handles an event of an
// approval decodes it, too: one reader alone would be the bottleneck.
func (c *connection) take(m *message) {
	c.consumer.counts.frames.Add(1)
	if subject, ok := m.subject(); ok {
		arrived := time.Now()
		c.begin()
		size := held(m.Cap())
		if c.consumer.submit(c.ctx, subject, size, func() { c.decode(m, arrived, size) }) {
			return
		}
		c.done()
	}
	defer m.release()
	f, err := parseFrame(m.Bytes())
	switch {
	case f.kind == dingoa.StreamTypeEvent || err != nil && f.kind == "":
		c.takeEvent(&f, m.Bytes(), err)
	case err != nil:
		c.answer(http.StatusOK, f.messageID, ackNothing)
		c.report(&f, m.Bytes(), err)
	case f.kind == dingoa.StreamTypeSystem && f.topic == topicPing:
		c.answer(http.StatusOK, f.messageID, pongData(f.data))
	case f.kind == dingoa.StreamTypeSystem && f.topic == topicDisconnect:
		c.answer(http.StatusOK, f.messageID, ackNothing)
		c.tell(StateDraining, errDisconnect)
		c.outdate()
	default:
		c.answer(http.StatusNotFound, f.messageID, ackNothing)
		c.report(&f, m.Bytes(), errNoHandler)
	}
}

// held returns the memory that a message takes until it is handled: Raw of its event, and as much
// again for the texts in Data.
func held(message int) int64 { return 2 * int64(message) }

// decode reads a message that looked like an event, and handles it.
func (c *connection) decode(m *message, arrived time.Time, size int64) {
	f, err := parseFrame(m.Bytes())
	if err == nil && f.kind != dingoa.StreamTypeEvent {
		c.consumer.counts.waiting.Add(-1)
		c.consumer.release(size)
		c.answer(http.StatusNotFound, f.messageID, ackNothing)
		c.report(&f, m.Bytes(), errNoHandler)
		m.release()
		c.done()
		return
	}
	d := c.deliveryOf(&f, m.Bytes(), err)
	m.release()
	d.arrived, d.size = arrived, size
	c.consumer.handle(d)
}

// deliveryOf makes an event of a frame. Of one that can't be read it reports that
// and makes an UnknownEvent, so that an inbox keeps it.
func (c *connection) deliveryOf(f *frame, message []byte, err error) delivery {
	var event *event.Event
	if err == nil {
		event, err = f.parseEvent()
	}
	if err != nil {
		c.report(f, message, err)
		event = f.unreadable(message)
	}
	return delivery{conn: c, messageID: f.messageID, event: event, problem: err, arrived: time.Now()}
}

// pongData repeats what a ping said.
func pongData(data []byte) string {
	if len(data) == 0 {
		return ackNothing
	}
	return string(data)
}

// report reports a message that cannot be read or that nobody handles.
func (c *connection) report(f *frame, message []byte, err error) {
	c.consumer.counts.badFrames.Add(1)
	c.consumer.tellFrame(FrameProblem{
		Type: f.kind, Topic: f.topic, MessageID: f.messageID, Err: err,
		Message: func() []byte { return bytes.Clone(message) },
	})
}

// tooLong acknowledges a message over the limit, which would come again as long.
func (c *connection) tooLong(m *message) {
	defer m.release()
	c.consumer.counts.frames.Add(1)
	f := frame{messageID: messageIDIn(m.Bytes())}
	c.answer(http.StatusOK, f.messageID, ackSuccess)
	c.report(&f, m.Bytes(), errTooLong)
}

func (c *connection) takeEvent(f *frame, message []byte, err error) {
	d := c.deliveryOf(f, message, err)
	c.begin()
	d.size = held(len(message))
	if !c.consumer.submit(c.ctx, d.event.Subject(), d.size, func() { c.consumer.handle(d) }) {
		c.consumer.finish(d, EventResult{Event: d.event, Err: ErrBusy, Waited: time.Since(d.arrived)})
	}
}

// begin and done count the messages that wait for their answer.
func (c *connection) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending++
}

func (c *connection) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending--
	c.checkIdle()
}

func (c *connection) checkIdle() {
	if c.leaving && c.pending == 0 {
		select {
		case <-c.idle:
		default:
			close(c.idle)
		}
	}
}

// leave closes the connection, which another one has replaced, once what it
// brought is acknowledged.
func (c *connection) leave() {
	c.mu.Lock()
	c.leaving = true
	c.checkIdle()
	c.mu.Unlock()
	timer := time.NewTimer(c.consumer.cfg.drain)
	defer timer.Stop()
	select {
	case <-c.idle:
	case <-c.ended:
	case <-timer.C:
	}
	c.close()
}

// cut ends the connection at once: whoever reads or writes fails. CloseNow of
// the WebSocket would wait for a Close that is under way.
func (c *connection) cut() { _ = c.below.Close() }

// close ends the connection as is polite, and returns when it has ended.
func (c *connection) close() {
	c.closing.Store(true)
	timer := time.AfterFunc(closeWait, c.cut)
	defer timer.Stop()
	_ = c.ws.Close(websocket.StatusNormalClosure, "")
	<-c.ended
}
