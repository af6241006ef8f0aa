package emulator

import (
	"context"
	"time"
)

// Now is the emulator's time: that of package time, plus what [WithStartTime],
// [Server.Advance] and [WithClockSkew] added. Inside a testing/synctest bubble it
// follows the bubble's clock. It is made to be passed on, as
// dingoa.WithClock(server.Now).
func (s *Server) Now() time.Time {
	return s.ClientTime().Add(time.Duration(s.skew.Load()))
}

// ClientTime is the time of the clients, which differs from [Server.Now] by what
// [WithClockSkew] says. Pass it on where a program that uses dingoa takes a
// clock, as dingoa.WithCallbackClock(server.ClientTime).
func (s *Server) ClientTime() time.Time {
	return time.Now().Add(time.Duration(s.offset.Load()))
}

// SetClockSkew changes what [WithClockSkew] set, as when somebody sets the clock
// of a machine right. The clock of the clients stays.
func (s *Server) SetClockSkew(d time.Duration) {
	s.skew.Store(int64(d))
	s.pushes.wakeUp()
}

// Advance lets d pass at once: tokens expire, and every push and retry that
// falls due on the way is made, in order and at its own time, before Advance
// returns. It must not be called from inside a callback's handler, which would
// wait for itself.
func (s *Server) Advance(d time.Duration) {
	target := s.Now().Add(d)
	for {
		_ = s.Flush(context.Background()) // fails only when its context ends
		due, ok := s.nextDue()
		if !ok || due.After(target) {
			break
		}
		s.moveClockTo(due)
	}
	s.moveClockTo(target)
	s.mu.Lock()
	s.touch(kindMeta, "")
	s.touch(kindClock, "")
	s.mu.Unlock()
	_ = s.Flush(context.Background())
}

// moveClockTo sets the clock forward, never back, and has pushes looked at.
func (s *Server) moveClockTo(t time.Time) {
	if d := t.Sub(s.Now()); d > 0 {
		s.offset.Add(int64(d))
	}
	s.pushes.wakeUp()
}
