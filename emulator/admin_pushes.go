package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// The states of a push.
const (
	pushPending   = "pending"
	pushDelivered = "delivered"
	pushFailed    = "failed"
	pushLost      = "lost"
)

func (p *queued) state() string {
	switch {
	case p.Lost:
		return pushLost
	case p.Delivered:
		return pushDelivered
	case p.Failed:
		return pushFailed
	}
	return pushPending
}

// find returns nil when there is no such push any more.
func (q *pushQueue) find(eventID string) *queued {
	for _, list := range [][]*queued{q.all, q.pending, q.failed} {
		for _, p := range slices.Backward(list) {
			if p.EventID == eventID {
				return p
			}
		}
	}
	return nil
}

// unread reports whether GetCallBackFailedResult would return the push.
func (q *pushQueue) unread(p *queued) bool { return slices.Contains(q.failed, p) }

// drop takes a push out of the queue.
func (q *pushQueue) drop(p *queued) {
	same := func(other *queued) bool { return other == p }
	q.pending = slices.DeleteFunc(q.pending, same)
	q.failed = slices.DeleteFunc(q.failed, same)
}

// adminPushes lists events with their delivery, the newest first.
func (s *Server) adminPushes(c *adminCall) (any, *adminError) {
	list, err := c.list()
	if err != nil {
		return nil, err
	}
	instanceID, state, eventType := c.query("instance"), c.query("state"), c.query("eventType")
	unreadOnly := c.query("unread") == "true"
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range slices.Backward(s.pushes.all) {
		if instanceID != "" && p.InstanceID != instanceID || state != "" && p.state() != state ||
			eventType != "" && p.EventType != eventType || unreadOnly && !s.pushes.unread(p) {
			continue
		}
		list.add(func() any { return s.pushRow(p) })
	}
	return list, nil
}

func (s *Server) pushFor(id string) (*queued, *adminError) {
	if p := s.pushes.find(id); p != nil {
		return p, nil
	}
	return nil, adminRefuse(http.StatusNotFound, "pushNotFound", "id", "there is no push %q; of very many only the last %d are kept", id, maxLog)
}

func (s *Server) adminPush(c *adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.pushFor(c.id())
	if err != nil {
		return nil, err
	}
	return s.pushView(p), nil
}

// adminResend delivers a push now: once more, or before its time.
func (s *Server) adminResend(c *adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.pushFor(c.id())
	switch {
	case err != nil:
		return nil, err
	case s.callback == nil && !p.Stream:
		return nil, adminRefuse(http.StatusConflict, "noCallback", "", "there is no callback to send to")
	}
	if p.inFlight != nil { // its acknowledgement is not waited for any longer
		p.inFlight.forget(p)
	}
	if p.state() != pushPending {
		s.pushes.drop(p)
		p.Delivered, p.Failed, p.Lost = false, false, false
		s.pushes.pending = append(s.pushes.pending, p)
	}
	p.due = s.Now()
	s.touch(kindPush, p.EventID)
	s.deliver()
	return s.pushRow(p), nil
}

// adminLose takes a push out before it is delivered: as if the service had lost it.
func (s *Server) adminLose(c *adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.pushFor(c.id())
	switch {
	case err != nil:
		return nil, err
	case p.Delivered:
		return nil, adminRefuse(http.StatusConflict, "pushDelivered", "", "push %s was delivered; only one that was not can be lost", p.EventID)
	}
	if p.inFlight != nil {
		p.inFlight.forget(p)
	}
	s.pushes.drop(p)
	p.Failed, p.Lost = false, true
	s.touch(kindPush, p.EventID)
	s.pushes.changed.Broadcast()
	return s.pushRow(p), nil
}

// callbackView holds neither token nor key.
type callbackView struct {
	URL      string   `json:"url"`
	OwnerKey string   `json:"ownerKey"`
	Events   []string `json:"events"` // empty: all
	InMemory bool     `json:"inMemory,omitempty"`
}

func (s *Server) callbackView() *callbackView {
	cb := s.callback
	if cb == nil {
		return nil
	}
	return &callbackView{URL: cb.URL, OwnerKey: cb.OwnerKey, Events: append([]string{}, cb.Events...), InMemory: cb.Handler != nil}
}

func (s *Server) adminCallback(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"callback": s.callbackView()}, nil
}

func (s *Server) adminSetCallback(c *adminCall) (any, *adminError) {
	var in struct {
		URL      string   `json:"url"`
		Token    string   `json:"token"`
		AESKey   string   `json:"aesKey"`
		OwnerKey string   `json:"ownerKey"`
		Events   []string `json:"events"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.URL == "" {
		return nil, badAdminField("url", "is required; DELETE ends the pushing")
	}
	if err := s.hosts.mayPush(in.URL); err != nil {
		return nil, badAdminField("url", "%v", err)
	}
	err := s.SetCallback(Callback{URL: in.URL, Token: in.Token, EncodingAESKey: in.AESKey, OwnerKey: in.OwnerKey, Events: in.Events})
	if err != nil {
		return nil, badAdminField("", "%s", strings.TrimPrefix(err.Error(), "emulator: "))
	}
	return s.adminCallback(c)
}

func (s *Server) adminDeleteCallback(c *adminCall) (any, *adminError) {
	if err := s.SetCallback(Callback{}); err != nil {
		return nil, badAdminField("", "%v", err) // cannot happen
	}
	return s.adminCallback(c)
}

// adminSuiteTicket pushes a new suite_ticket to a third-party app.
func (s *Server) adminSuiteTicket(c *adminCall) (any, *adminError) {
	if _, err := s.PushSuiteTicket(c.id()); err != nil {
		return nil, adminRefuse(http.StatusNotFound, "suiteNotFound", "id", "there is no suite %q", c.id())
	}
	return map[string]any{}, nil
}
