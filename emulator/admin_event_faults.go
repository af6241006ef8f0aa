package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/dingoa/dingoa/emulator/fault"
)

// eventFaultView is a fault of events, and the request that adds one.
type eventFaultView struct {
	ID              int64   `json:"id,omitempty"`
	Seen            int64   `json:"seen"`
	Hits            int64   `json:"hits"`
	EventType       string  `json:"eventType"`
	Times           int     `json:"times"`
	Share           float64 `json:"share"`
	Seed            uint64  `json:"seed"`
	Delay           string  `json:"delay,omitempty"`
	Reorder         bool    `json:"reorder"`
	Duplicate       bool    `json:"duplicate"`
	Drop            bool    `json:"drop"`
	Lose            bool    `json:"lose"`
	Corrupt         bool    `json:"corrupt"`
	CloseConnection bool    `json:"closeConnection"`
}

func viewEventFault(f *eventFault) eventFaultView {
	v := eventFaultView{
		ID: f.ID, Seen: f.Seen, Hits: f.Hits, EventType: f.EventType, Times: f.Times, Share: f.Share, Seed: f.Seed,
		Reorder: f.Reorder, Duplicate: f.Duplicate, Drop: f.Drop, Lose: f.Lose, Corrupt: f.Corrupt, CloseConnection: f.CloseConnection,
	}
	if f.Delay > 0 {
		v.Delay = f.Delay.String()
	}
	return v
}

// pushedEvents are the event types that a fault can name.
func pushedEvents() []string { return []string{eventInstance, eventTask, eventSuiteTicket} }

// fault returns the fault that the request describes.
func (v eventFaultView) fault() (fault.EventFault, *adminError) {
	f := fault.EventFault{
		EventType: v.EventType, Times: v.Times, Share: v.Share, Seed: v.Seed,
		Reorder: v.Reorder, Duplicate: v.Duplicate, Drop: v.Drop, Lose: v.Lose, Corrupt: v.Corrupt, CloseConnection: v.CloseConnection,
	}
	if v.Delay != "" {
		delay, err := parseDuration(v.Delay)
		if err != nil || delay < 0 {
			return f, badAdminField("delay", `%q is no duration such as "500ms" or "2s"`, v.Delay)
		}
		f.Delay = delay
	}
	switch {
	case v.EventType != "" && !slices.Contains(pushedEvents(), v.EventType):
		return f, badAdminField("eventType", "%q is none of %s", v.EventType, strings.Join(pushedEvents(), ", "))
	case v.Times < 0:
		return f, badAdminField("times", "%d is negative; 0 is until the fault is removed", v.Times)
	case v.Share < 0 || v.Share > 1:
		return f, badAdminField("share", "%v is not between 0 and 1", v.Share)
	case !changesSomething(&f):
		return f, badAdminField("", "the fault would change nothing: give delay, reorder, duplicate, drop, lose, corrupt or closeConnection")
	}
	return f, nil
}

func changesSomething(f *fault.EventFault) bool {
	return f.Delay > 0 || f.Reorder || f.Duplicate || f.Drop || f.Lose || f.Corrupt || f.CloseConnection
}

func (s *Server) adminEventFaults(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []eventFaultView{}
	for _, f := range s.eventFaults {
		items = append(items, viewEventFault(f))
	}
	return map[string]any{"items": items, "eventTypes": pushedEvents()}, nil
}

func (s *Server) adminAddEventFault(c *adminCall) (any, *adminError) {
	var in eventFaultView
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f, err := in.fault()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return viewEventFault(s.addEventFault(f)), nil
}

func (s *Server) adminClearEventFaults(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"removed": s.removeEventFaults(func(*eventFault) bool { return true })}, nil
}

func (s *Server) adminRemoveEventFault(c *adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.removeEventFaults(func(f *eventFault) bool { return strconv.FormatInt(f.ID, 10) == c.id() })
	if n == 0 {
		return nil, adminRefuse(http.StatusNotFound, "faultNotFound", "id", "there is no fault of events %q; it may have hit its last one", c.id())
	}
	return map[string]any{"removed": n}, nil
}
