package emulator

import (
	"maps"
	"slices"
	"time"
)

// streamRow is a connection of stream mode.
type streamRow struct {
	ID           string    `json:"id"`
	App          string    `json:"app"`
	Topics       []string  `json:"topics"`
	Opened       time.Time `json:"opened"`
	Leaving      bool      `json:"leaving"`
	Sent         int       `json:"sent"`
	Acknowledged int       `json:"acknowledged"`
	Waiting      int       `json:"waiting"` // for their acknowledgement
}

// streamAppView is an app in stream mode.
type streamAppView struct {
	App         string   `json:"app"`
	Topics      []string `json:"topics"` // everything that was ever subscribed
	Connections int      `json:"connections"`
	Pending     int      `json:"pending"` // events
}

func (c *streamConn) row() streamRow {
	return streamRow{
		ID: c.id, App: c.app, Topics: append([]string{}, c.topics...), Opened: c.opened, Leaving: c.leaving,
		Sent: c.sent, Acknowledged: c.acknowledged, Waiting: len(c.events),
	}
}

func (s *Server) adminStreams(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items, apps := []streamRow{}, []streamAppView{}
	for _, conn := range s.streams.conns() {
		items = append(items, conn.row())
	}
	pending := map[string]int{}
	for _, p := range s.pushes.pending {
		if p.Stream {
			pending[p.AppKey]++
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.streams.apps)) {
		app := s.streams.apps[key]
		topics := append([]string{}, slices.Sorted(maps.Keys(app.topics))...)
		apps = append(apps, streamAppView{key, topics, len(app.conns), pending[key]})
	}
	return map[string]any{"items": items, "apps": apps, "callback": s.callbackView()}, nil
}

func (s *Server) adminDisconnectStreams(*adminCall) (any, *adminError) {
	return map[string]any{"connections": s.disconnectStreams()}, nil
}

func (s *Server) adminCutStreams(*adminCall) (any, *adminError) {
	return map[string]any{"connections": s.cutStreams()}, nil
}
