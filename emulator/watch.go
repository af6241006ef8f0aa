package emulator

import "encoding/json"

// watchBuffer is how many updates may wait for a watcher before it is dropped.
const watchBuffer = 256

// watchUpdate is one live update: what changed, and how a list shows it now.
type watchUpdate struct {
	Kind kind   `json:"kind"`
	ID   string `json:"id,omitempty"`
	// Item is the row of the list that the entity is in; null when it is gone.
	Item any `json:"item,omitempty"`
}

// watcher gets updates. Its channel is closed when it was too slow, or at the
// server's end.
type watcher struct{ updates chan []byte }

// watch starts a watcher; stop it with unwatch.
func (s *Server) watch() *watcher {
	w := &watcher{updates: make(chan []byte, watchBuffer)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watchers == nil {
		s.watchers = map[*watcher]bool{}
	}
	s.watchers[w] = true
	return w
}

func (s *Server) unwatch(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.watchers, w)
}

// tell notifies the watchers of changes. The caller holds s.mu.
func (s *Server) tell(changed []entity) {
	if len(s.watchers) == 0 {
		return
	}
	for _, e := range changed {
		item, wanted := s.shownItem(e)
		if !wanted {
			continue
		}
		data, err := json.Marshal(watchUpdate{Kind: e.kind, ID: e.id, Item: item})
		if err != nil {
			continue // plain values: cannot happen
		}
		for w := range s.watchers {
			select {
			case w.updates <- data:
			default:
				close(w.updates)
				delete(s.watchers, w)
			}
		}
	}
}
