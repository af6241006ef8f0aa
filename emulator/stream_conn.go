package emulator

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// streamConn is one connection. What is not said to be guarded does not change.
type streamConn struct {
	server *Server
	id     string
	app    string
	topics []string
	opened time.Time
	ws     *websocket.Conn
	raw    net.Conn // below ws

	// guarded by the server's mutex
	events  map[string]*queued // sent and not acknowledged, by messageId
	leaving bool               // the disconnect frame was sent
	goodbye *time.Timer        // ends a connection that is leaving
	pinged  string             // messageId of a ping that was not acknowledged

	sent, acknowledged int // frames with events
}

// serveStream is one connection from its handshake to its end.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	ticket, ok := s.useTicket(r.URL.Query().Get("ticket"))
	if !ok {
		http.Error(w, "the ticket is unknown, used or expired", http.StatusUnauthorized)
		return
	}
	taken := &hijacked{ResponseWriter: w}
	ws, err := websocket.Accept(taken, r, nil)
	if err != nil {
		return // Accept has answered
	}
	conn := &streamConn{
		server: s, id: newUUID(), app: ticket.app, topics: ticket.topics, opened: s.Now(), ws: ws, raw: taken.conn,
		events: map[string]*queued{},
	}
	done := make(chan struct{})
	if !s.spawn(func() { defer close(done); conn.run(s.ctx) }) {
		conn.cut()
		return
	}
	<-done
}

// run reads until the connection ends.
func (c *streamConn) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer c.end()
	c.ws.SetReadLimit(maxBody)
	s := c.server
	if !s.spawn(func() { c.ping(ctx) }) {
		return
	}
	s.mu.Lock()
	app := s.streams.app(c.app)
	app.conns = append(app.conns, c)
	s.touchStream(c)
	if s.callback != nil {
		s.logLater(slog.LevelWarn, "a program has connected in stream mode, but a callback is set: all events go there and none to this connection; start without the callback, or delete it",
			slog.String("callback", s.callback.URL), slog.String("connection", c.id))
	}
	s.deliver()
	s.mu.Unlock()
	for {
		_, message, err := c.ws.Read(ctx)
		if err != nil {
			return
		}
		c.acknowledge(message)
	}
}

// end sends what was not acknowledged somewhere else.
func (c *streamConn) end() {
	c.cut()
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.goodbye != nil {
		c.goodbye.Stop()
	}
	app := s.streams.app(c.app)
	app.conns = slices.DeleteFunc(app.conns, func(other *streamConn) bool { return other == c })
	for _, p := range c.events {
		if p.inFlight != c {
			continue // its second frame
		}
		p.inFlight = nil
		s.settle(p, s.answered(p, Attempt{Problem: "the connection ended before the acknowledgement"}))
	}
	clear(c.events)
	s.touchStream(c)
	s.deliver()
}

// ping sends a ping at once and every half minute; a connection on which one is
// not acknowledged until the next is cut.
func (c *streamConn) ping(ctx context.Context) {
	ticker := time.NewTicker(streamPing)
	defer ticker.Stop()
	for {
		id := newEventID()
		c.server.mu.Lock()
		silent := c.pinged != ""
		c.pinged = id
		c.server.mu.Unlock()
		if silent {
			c.cut()
			return
		}
		if !c.send(ctx, c.server.frame("SYSTEM", map[string]string{"topic": "ping", "messageId": id}, `{"opaque":"`+id+`"}`)) {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// send writes one message; a connection that does not take it is cut.
func (c *streamConn) send(ctx context.Context, frame []byte) bool {
	ctx, cancel := context.WithTimeout(ctx, streamWrite)
	defer cancel()
	if c.ws.Write(ctx, websocket.MessageText, frame) != nil {
		c.cut()
		return false
	}
	return true
}

// hijacked remembers the connection that was taken over.
type hijacked struct {
	http.ResponseWriter

	conn net.Conn
}

// Hijack implements http.Hijacker.
func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.conn = conn
	return conn, buffered, err
}

// breakOff closes the connection in the middle of a WebSocket frame.
func (c *streamConn) breakOff(message []byte) {
	const textFrame, length16 = 0x81, 126
	n := min(len(message), math.MaxUint16)
	frame := []byte{textFrame, length16, byte(n >> 8), byte(n)} //nolint:gosec // n has 16 bits
	_ = c.raw.SetWriteDeadline(time.Now().Add(streamWrite))
	_, _ = c.raw.Write(append(frame, message[:n/2]...))
	c.cut()
}

// cut ends the connection without a word; run sees it.
func (c *streamConn) cut() { _ = c.ws.CloseNow() }

// forget takes the event off those that are in flight. The caller holds the
// server's mutex.
func (c *streamConn) forget(p *queued) {
	for id, other := range c.events {
		if other == p {
			delete(c.events, id)
		}
	}
	p.inFlight = nil
	c.server.touchStream(c)
}

// acknowledge books what the client says. Code 200 acknowledges an event unless
// data says LATER: the official Python client answers with code 200 and the
// event's own data, the other official clients with the status that the protocol
// page asks for. Whether the service takes an acknowledgement that comes over
// another connection is not documented: here it counts for nothing.
func (c *streamConn) acknowledge(message []byte) {
	var ack struct {
		Code    int `json:"code"`
		Headers struct {
			MessageID string `json:"messageId"`
		} `json:"headers"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(message, &ack) != nil {
		return
	}
	var said struct {
		Status string `json:"status"`
	}
	var text string
	if json.Unmarshal(ack.Data, &text) == nil {
		ack.Data = json.RawMessage(text)
	}
	_ = json.Unmarshal(ack.Data, &said) // anything else says nothing

	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if ack.Headers.MessageID == c.pinged {
		c.pinged = ""
	}
	p := c.events[ack.Headers.MessageID]
	if p == nil {
		return
	}
	c.acknowledged++
	c.forget(p)
	a := Attempt{Status: ack.Code, ResponseBody: string(message[:min(len(message), maxAnswer)])}
	if ack.Code != http.StatusOK || said.Status == "LATER" {
		a.Problem = strings.TrimSpace(fmt.Sprintf("the acknowledgement says %d %s", ack.Code, said.Status))
	}
	s.settle(p, s.answered(p, a))
	s.deliver()
}
