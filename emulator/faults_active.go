package emulator

import (
	"slices"
	"strconv"

	"github.com/dingoa/dingoa/emulator/fault"
)

// activeFault is a fault that was added, with what it has done so far.
type activeFault struct {
	ID int64 `json:"id"`
	// Seen counts the requests that matched, Hits those that it made fail.
	Seen int64 `json:"seen"`
	Hits int64 `json:"hits"`
	// Preset is the one that the admin API was asked for.
	Preset string `json:"preset,omitempty"`
	fault.Fault
}

// hit counts a request that matched and reports whether it is one to fail.
// Shares are spread evenly, so that a test sees the same every time.
func (f *activeFault) hit() bool {
	f.Seen++
	if f.Share > 0 && f.Share < 1 && int64(float64(f.Seen)*f.Share) == int64(float64(f.Seen-1)*f.Share) {
		return false
	}
	f.Hits++
	return true
}

// addFault and the functions below are called with s.mu held.
func (s *Server) addFault(f fault.Fault, preset string) *activeFault {
	s.lastFault++
	added := &activeFault{ID: s.lastFault, Preset: preset, Fault: f}
	s.faults = append(s.faults, added)
	s.touchFault(added)
	s.touch(kindMeta, "") // has the last ID
	return added
}

// removeFaults returns how many there were.
func (s *Server) removeFaults(which func(*activeFault) bool) int {
	before := len(s.faults)
	s.faults = slices.DeleteFunc(s.faults, func(f *activeFault) bool {
		if !which(f) {
			return false
		}
		s.touchFault(f)
		return true
	})
	return before - len(s.faults)
}

func (s *Server) touchFault(f *activeFault) {
	s.touch(kindFault, strconv.FormatInt(f.ID, 10))
}
