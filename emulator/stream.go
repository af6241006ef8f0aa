package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Stream mode (Stream 推送): an app opens WebSocket connections and gets its
// events there. The vendor's protocol page
// (https://open-dingtalk.github.io/developerpedia/docs/learn/stream/protocol) has
// the life of a ticket and the grace after disconnect; it does not say how often
// events are sent again: those numbers are the emulator's own.
const (
	streamPath        = "/connect"
	streamTicketLife  = 90 * time.Second
	streamAckTimeout  = time.Minute      // after which an event is sent again
	streamLater       = 10 * time.Second // after LATER
	maxStreamAttempts = 100
	streamPing        = 30 * time.Second
	streamGrace       = 10 * time.Second // from the disconnect frame to the end of the connection
	streamWrite       = 5 * time.Second
)

// streams are the apps in stream mode, with their connections. All fields are
// guarded by the server's mutex.
type streams struct {
	apps    map[string]*streamApp // by AppKey or SuiteKey
	tickets map[string]streamTicket
}

// streamApp is an app that has opened a connection, or is told to be in stream
// mode. Its events wait while no connection is up.
type streamApp struct {
	topics map[string]bool // everything that was ever subscribed
	conns  []*streamConn   // in the order in which they take turns
}

// streamTicket is for one connection.
type streamTicket struct {
	app     string
	topics  []string
	expires time.Time
}

func (s *streams) init() {
	s.apps, s.tickets = map[string]*streamApp{}, map[string]streamTicket{}
}

func (s *streams) app(key string) *streamApp {
	app := s.apps[key]
	if app == nil {
		app = &streamApp{topics: map[string]bool{}}
		s.apps[key] = app
	}
	return app
}

// wanting is the connection whose turn it is to take p; nil when there is none.
func (s *streams) wanting(p *queued) *streamConn {
	app := s.apps[p.AppKey]
	if app == nil { // not since the server has started
		return nil
	}
	for _, conn := range app.conns {
		if !conn.leaving && slices.Contains(conn.topics, everyEvent) {
			return conn
		}
	}
	return nil
}

// everyEvent is the only topic of events that can be subscribed to by code, as
// the protocol page says: which events an app gets is chosen in the developer
// console. A connection with another topic gets none.
const everyEvent = "*"

// openConnection answers with the address of the WebSocket and a ticket for it.
func (s *Server) openConnection(c *call) (map[string]any, *apiError) {
	var in struct {
		ClientID      string `json:"clientId"`
		ClientSecret  string `json:"clientSecret"`
		Subscriptions []struct {
			Type  string `json:"type"`
			Topic string `json:"topic"`
		} `json:"subscriptions"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	suite := s.suites.apps[in.ClientID]
	isApp := in.ClientID == s.company.app.AppKey && in.ClientSecret == s.company.app.AppSecret
	isSuite := suite != nil && in.ClientSecret == suite.SuiteSecret
	if !isApp && !isSuite {
		e := refuse("authFailed", errcodeBadSecret, "鉴权失败")
		e.status = http.StatusUnauthorized
		return nil, e
	}
	ticket := streamTicket{app: in.ClientID}
	for _, sub := range in.Subscriptions {
		if sub.Type == "EVENT" {
			ticket.topics = append(ticket.topics, sub.Topic)
		}
	}
	if len(in.Subscriptions) == 0 {
		return nil, missingField(c.operation, "subscriptions")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ticket.expires = s.Now().Add(streamTicketLife)
	app := s.streams.app(in.ClientID)
	for _, topic := range ticket.topics {
		if !app.topics[topic] {
			app.topics[topic] = true
			s.touch(kindMeta, "")
		}
	}
	value := newUUID() + "+/=" // what only an escaped query carries
	s.streams.tickets[value] = ticket
	return map[string]any{"endpoint": streamEndpoint(c.r), "ticket": value}, nil
}

// streamEndpoint is at the host that was asked. The service's own names stand for
// the transport in memory; any other host is a listener.
func streamEndpoint(r *http.Request) string {
	u := url.URL{Scheme: "ws", Host: r.Host, Path: streamPath}
	if isSecure(r) || vendorHost(r) != "" {
		u.Scheme = "wss"
	}
	return u.String()
}

// useTicket takes a ticket that is good, once.
func (s *Server) useTicket(value string) (streamTicket, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value = strings.ReplaceAll(value, " ", "+") // which a query that was not escaped makes of it
	ticket, ok := s.streams.tickets[value]
	delete(s.streams.tickets, value)
	return ticket, ok && s.Now().Before(ticket.expires)
}

// enqueueStreams queues an event for every app in stream mode that subscribed
// to it. The caller holds s.mu.
func (s *Server) enqueueStreams(p Push, data map[string]any) {
	keys := make([]string, 0, len(s.streams.apps))
	for key := range s.streams.apps {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if suite, ok := data["SuiteKey"]; ok && suite != key {
			continue // a ticket, of another suite
		}
		if !s.streams.apps[key].topics[everyEvent] {
			continue
		}
		p.Stream, p.AppKey, p.EventID, p.Event = true, key, newEventID(), encode(data)
		s.queue(&queued{Push: p, data: data, due: p.Time})
	}
}

// attemptStream sends an event to the connection whose turn it is, or gives up
// waiting for its acknowledgement. The caller holds s.mu, which is released
// while sending.
func (s *Server) attemptStream(p *queued) {
	if p.inFlight != nil {
		p.inFlight.forget(p)
		s.settle(p, s.answered(p, Attempt{Problem: "no acknowledgement within " + streamAckTimeout.String()}))
		return
	}
	conn := s.streams.wanting(p)
	app := s.streams.apps[p.AppKey]
	i := slices.Index(app.conns, conn)
	app.conns = append(slices.Delete(app.conns, i, i+1), conn)

	fault := p.fault
	if problem := fault.problem(); problem != "" {
		s.settle(p, Attempt{Time: s.Now(), Problem: problem, Connection: conn.id})
		return
	}
	p.inFlight, p.due = conn, s.Now().Add(streamAckTimeout)
	conn.leaving = conn.leaving || fault.CloseConnection
	frames := [][]byte{s.eventFrame(p)}
	p.sent = Attempt{Time: s.Now(), RequestBody: string(frames[0]), Connection: conn.id}
	if fault.Duplicate {
		frames = append(frames, s.eventFrame(p))
	}
	conn.sent += len(frames)
	s.touchStream(conn)
	s.touch(kindPush, p.EventID)
	s.mu.Unlock()
	defer s.mu.Lock()
	for _, frame := range frames {
		switch {
		case fault.CloseConnection:
			conn.breakOff(frame)
		case fault.Corrupt:
			conn.send(s.ctx, frame[:len(frame)/2])
		default:
			conn.send(s.ctx, frame)
		}
	}
}

// answered is the attempt that was in flight, with what came of it.
func (s *Server) answered(p *queued, with Attempt) Attempt {
	a := p.sent
	p.sent = Attempt{}
	a.Status, a.Problem, a.ResponseBody = with.Status, with.Problem, with.ResponseBody
	a.Duration = s.Now().Sub(a.Time)
	return a
}

// streamPause is how long after a failed attempt the next one comes.
func streamPause(a Attempt, dropped bool) time.Duration {
	switch {
	case a.Status != 0:
		return streamLater
	case dropped:
		return streamAckTimeout
	}
	return 0 // not acknowledged in time, or the connection has gone
}

// eventFrame is one sending of an event, whose acknowledgement is waited for.
// The caller holds s.mu.
func (s *Server) eventFrame(p *queued) []byte {
	messageID := newEventID()
	p.inFlight.events[messageID] = p
	return s.frame("EVENT", map[string]string{
		"topic": "*", "messageId": messageID, "eventId": p.EventID, "eventType": p.EventType,
		"eventCorpId": s.company.app.CorpID, "eventBornTime": strconv.FormatInt(p.Time.UnixMilli(), 10),
		"eventUnifiedAppId": "00000000-0000-0000-0000-000000000000",
	}, string(p.Event))
}

// frame is a message to the client; data is JSON text.
func (s *Server) frame(kind string, headers map[string]string, data string) []byte {
	headers["contentType"] = "application/json"
	headers["time"] = strconv.FormatInt(s.Now().UnixMilli(), 10)
	return encode(struct {
		SpecVersion string            `json:"specVersion"`
		Type        string            `json:"type"`
		Headers     map[string]string `json:"headers"`
		Data        string            `json:"data"`
	}{"1.0", kind, headers, data})
}

// StreamConnection is a WebSocket that an app holds open.
type StreamConnection struct {
	// ID identifies it.
	ID string
	// AppKey of the app, or the SuiteKey.
	AppKey string
	// Topics are the topics of events that it subscribed to; only "*" brings any.
	Topics []string
	// Opened is when.
	Opened time.Time
	// Leaving reports that the disconnect frame was sent.
	Leaving bool
	// Sent is how many frames with events were sent, Acknowledged how many of them
	// the client answered, with success or not.
	Sent, Acknowledged int
	// InFlight is how many frames wait for their acknowledgement.
	InFlight int
}

// StreamConnections are the connections that are up, oldest first.
func (s *Server) StreamConnections() []StreamConnection {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []StreamConnection
	for _, conn := range s.streams.conns() {
		found = append(found, StreamConnection{
			ID: conn.id, AppKey: conn.app, Topics: slices.Clone(conn.topics), Opened: conn.opened,
			Leaving: conn.leaving, Sent: conn.sent, Acknowledged: conn.acknowledged, InFlight: len(conn.events),
		})
	}
	return found
}

func (s *Server) touchStream(c *streamConn) { s.touch(kindStream, c.id) }

// conns are all connections, oldest first.
func (s *streams) conns() []*streamConn {
	var all []*streamConn
	for _, app := range s.apps {
		all = append(all, app.conns...)
	}
	slices.SortFunc(all, func(a, b *streamConn) int {
		if c := a.opened.Compare(b.opened); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return all
}

// DisconnectStreams asks every client to leave, with a frame of type SYSTEM and
// topic disconnect, as the service does before it updates a gateway. No event
// goes to these connections any more, and ten seconds later they are closed.
func (s *Server) DisconnectStreams() { s.disconnectStreams() }

// disconnectStreams returns how many are asked.
func (s *Server) disconnectStreams() (asked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.streams.conns() {
		if conn.leaving {
			continue
		}
		asked++
		conn.leaving = true
		s.touchStream(conn)
		conn.goodbye = time.AfterFunc(streamGrace, conn.cut)
		frame := s.frame("SYSTEM", map[string]string{"topic": "disconnect", "messageId": newEventID()}, `{"reason":"the gateway is updated"}`)
		s.spawnLocked(func() { conn.send(s.ctx, frame) })
	}
	return asked
}

// CutStreams breaks every connection without a word, as a network does.
func (s *Server) CutStreams() { s.cutStreams() }

// cutStreams returns how many are broken.
func (s *Server) cutStreams() int {
	s.mu.Lock()
	conns := s.streams.conns()
	s.mu.Unlock()
	for _, conn := range conns {
		conn.cut()
	}
	return len(conns)
}
