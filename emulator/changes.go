package emulator

import "sync"

// kind is a sort of thing that the server keeps; what it is called in state
// files and among the live updates of the admin API.
type kind string

const (
	kindMeta           kind = "meta" // what there is one of: the clock, tokens, counters
	kindForm           kind = "form"
	kindInstance       kind = "instance"
	kindPush           kind = "push"
	kindCenterTemplate kind = "centerTemplate"
	kindCenterInstance kind = "centerInstance"
	kindTodo           kind = "todo"
	kindDataForm       kind = "dataForm"
	kindDataEntry      kind = "dataEntry"
	kindFile           kind = "file"
	kindFault          kind = "fault"
	kindEventFault     kind = "eventFault"

	// These are told to watchers, but not kept.
	kindRequest  kind = "request"
	kindClock    kind = "clock"
	kindCallback kind = "callback"
	kindStream   kind = "stream"
	kindReset    kind = "reset"
)

// entity is one thing that the server keeps.
type entity struct {
	kind kind
	id   string
}

// changes are the entities that the critical section has changed so far, each
// once and in the order of their first change.
type changes struct {
	list []entity
	seen map[entity]bool
}

// touch notes that something changed. The caller holds s.mu; its unlocking
// writes the change to the state file and notifies the watchers.
func (s *Server) touch(k kind, id string) {
	e := entity{k, id}
	if s.changes.seen[e] {
		return
	}
	if s.changes.seen == nil {
		s.changes.seen = map[entity]bool{}
	}
	s.changes.seen[e] = true
	s.changes.list = append(s.changes.list, e)
}

// settleChanges is called as the lock is given back.
func (s *Server) settleChanges() {
	if len(s.changes.list) == 0 {
		return
	}
	s.save(s.changes.list)
	s.tell(s.changes.list)
	s.changes.list = s.changes.list[:0]
	clear(s.changes.seen)
}

// guard is a mutex that settles what was changed under it before others see it.
type guard struct {
	sync.Mutex
	settle func()
}

// Unlock implements sync.Locker.
func (g *guard) Unlock() {
	if g.settle != nil {
		g.settle()
	}
	g.Mutex.Unlock()
}
