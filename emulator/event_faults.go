package emulator

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/emulator/fault"
)

// eventFault is an EventFault that was added, with what it has done so far.
type eventFault struct {
	ID int64 `json:"id"`
	// Seen counts the attempts that matched, Hits those that it did something to.
	Seen int64 `json:"seen"`
	Hits int64 `json:"hits"`
	fault.EventFault

	chance *rand.PCG
}

// reorderWait is how long a push waits for another one to go first.
const reorderWait = time.Second

// FailEvents adds a fault. Of several that match an attempt the oldest is
// taken that hits.
func (s *Server) FailEvents(f fault.EventFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addEventFault(f)
}

// ClearEventFaults removes all faults of events. Pushes that a fault delays are
// due at once.
func (s *Server) ClearEventFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removeEventFaults(func(*eventFault) bool { return true })
}

// addEventFault and the functions below are called with s.mu held.
func (s *Server) addEventFault(f fault.EventFault) *eventFault {
	s.lastFault++
	added := &eventFault{ID: s.lastFault, EventFault: f, chance: rand.NewPCG(f.Seed, 0)}
	s.eventFaults = append(s.eventFaults, added)
	s.touchEventFault(added)
	s.touch(kindMeta, "") // has the last ID
	return added
}

// removeEventFaults returns how many there were. Pushes that they delay are due
// at once.
func (s *Server) removeEventFaults(which func(*eventFault) bool) int {
	before := len(s.eventFaults)
	s.eventFaults = slices.DeleteFunc(s.eventFaults, func(f *eventFault) bool {
		if !which(f) {
			return false
		}
		s.touchEventFault(f)
		return true
	})
	for _, p := range s.pushes.pending {
		if p.late && which(p.fault) {
			p.due, p.late, p.behind = s.Now(), false, false
			s.touch(kindPush, p.EventID)
		}
	}
	s.pushes.wakeUp()
	return before - len(s.eventFaults)
}

func (s *Server) touchEventFault(f *eventFault) {
	s.touch(kindEventFault, strconv.FormatInt(f.ID, 10))
}

// hit counts an attempt and reports whether it is one to do something to.
func (f *eventFault) hit() bool {
	f.Seen++
	if f.Share > 0 && rand.New(f.chance).Float64() >= f.Share { //nolint:gosec // it has to be repeatable
		return false
	}
	f.Hits++
	return true
}

// takeEventFault uses up one hit; the zero fault when none hits.
func (s *Server) takeEventFault(eventType string) *eventFault {
	for i, f := range s.eventFaults {
		if f.EventType != "" && f.EventType != eventType {
			continue
		}
		s.touchEventFault(f)
		if !f.hit() {
			continue
		}
		taken := *f
		if f.Times == 1 {
			s.eventFaults = slices.Delete(s.eventFaults, i, i+1)
		} else if f.Times > 1 {
			f.Times--
		}
		return &taken
	}
	return &eventFault{}
}

// delayed finds out what is to happen to the next attempt at p, and reports
// that p is to wait first.
func (s *Server) delayed(p *queued) bool {
	if p.fault != nil {
		p.late, p.behind = false, false
		return false
	}
	p.fault = s.takeEventFault(p.EventType)
	wait := p.fault.Delay
	if p.fault.Reorder {
		wait = max(wait, reorderWait)
		p.behind = p.fault.Delay < reorderWait
	}
	p.late = wait > 0
	p.due = p.due.Add(wait)
	if p.late {
		s.touch(kindPush, p.EventID)
	}
	return p.late
}

// letBehind makes due what waited for p to go first.
func (s *Server) letBehind(p *queued) {
	for _, other := range s.pushes.pending {
		if other != p && other.behind {
			other.due, other.behind = s.Now(), false
			s.touch(kindPush, other.EventID)
		}
	}
}

// problem is the outcome of an attempt that a fault prevents.
func (f *eventFault) problem() string {
	switch {
	case f.Lose:
		return "lost by a fault, and not tried again"
	case f.Drop:
		return "dropped by a fault"
	}
	return ""
}

// damage does to a push what the fault says.
func (f *eventFault) damage(req *http.Request, body []byte) {
	if !f.CloseConnection && !f.Corrupt {
		return
	}
	half := body[:len(body)/2]
	req.Body = io.NopCloser(bytes.NewReader(half))
	if f.CloseConnection {
		req.Body = io.NopCloser(io.MultiReader(bytes.NewReader(half), brokenReader{}))
	} else {
		req.ContentLength = int64(len(half))
	}
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(half)), nil }
}

// brokenReader is where a connection was closed.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) {
	return 0, fmt.Errorf("%w: closed by a fault", io.ErrUnexpectedEOF)
}
