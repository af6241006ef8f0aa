package emulator

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"
)

// The vendor's rules of delivery.
const (
	ackDeadline   = 1500 * time.Millisecond // the newest page says 2.5 s, the self-check 1.5 s
	firstRetry    = 10 * time.Second
	secondRetry   = 30 * time.Second
	failedPerRead = 200
)

// Push is one event on its way to the callback, or to a stream connection.
type Push struct {
	EventID    string // the same on every attempt
	EventType  string // bpms_instance_change or bpms_task_change
	Type       string // start, finish, cancel, terminate
	InstanceID string
	TaskID     int64 // 0 for events of the instance
	Time       time.Time
	Event      json.RawMessage // what the callback finds in the envelope, or a stream's frame in data
	Attempts   []Attempt
	Stream     bool   // over a connection of stream mode, not to the callback
	AppKey     string // of the app in stream mode, or its SuiteKey
	Delivered  bool   // acknowledged with "success"
	Failed     bool   // given up after the last attempt
	Lost       bool   // taken out by the admin API before it was delivered
}

// Attempt is one try to deliver a push.
type Attempt struct {
	Time time.Time
	// Status is the callback's HTTP status, or the code of a stream's
	// acknowledgement; 0 when there was none.
	Status int
	// Problem says why it does not count as delivered; empty when it does.
	Problem string
	// Duration is how long the answer took, or the failure.
	Duration time.Duration
	// URL is where it was sent, with the signature. RequestBody and ResponseBody
	// are the bodies as they went over the wire, the latter up to 64 KB; of a
	// stream, the frame and its acknowledgement.
	URL, RequestBody, ResponseBody string
	// Connection is the ID of the [StreamConnection] that it was sent over.
	Connection string
}

// queued is a push with its place in the queue.
type queued struct {
	Push
	data map[string]any // the event without its envelope fields
	due  time.Time      // for the next attempt; of one in flight, for its acknowledgement

	inFlight *streamConn // sent there and not yet acknowledged
	sent     Attempt     // the one that is in flight

	fault  *eventFault // of the next attempt; nil: not yet drawn
	late   bool        // the fault delays it
	behind bool        // until another push went first
}

// pushQueue holds the pushes. One goroutine delivers them, one at a time, the
// earliest due first; it lives only while there is something to deliver. All
// fields are guarded by the server's mutex, except transport and wake.
type pushQueue struct {
	all       []*queued
	pending   []*queued     // in the order in which they were queued
	failed    []*queued     // given up and not yet read by GetCallBackFailedResult
	running   bool          // the goroutine
	changed   *sync.Cond    // the goroutine has nothing due
	wake      chan struct{} // the clock or the queue changed
	transport *http.Transport
}

func (q *pushQueue) init(mu sync.Locker) {
	q.changed = sync.NewCond(mu)
	q.wake = make(chan struct{}, 1)
	q.transport = &http.Transport{}
}

func (q *pushQueue) wakeUp() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// first is the pending push that is due first; nil when there is none. Events
// that wait for a connection are left out.
func (s *Server) first() *queued {
	var first *queued
	for _, p := range s.pushes.pending {
		if first != nil && !p.due.Before(first.due) {
			continue
		}
		if p.inFlight != nil || s.deliverable(p) {
			first = p
		}
	}
	return first
}

// deliverable reports whether there is somewhere to send p.
func (s *Server) deliverable(p *queued) bool { return !p.Stream || s.streams.wanting(p) != nil }

// enqueue queues an event for the callback, or for the apps in stream mode. The
// caller holds s.mu.
func (s *Server) enqueue(p Push, data map[string]any) {
	switch {
	case s.closed || s.seeding:
	case s.callback == nil:
		s.enqueueStreams(p, data)
	case s.callback.wants(p.EventType):
		p.EventID = newEventID()
		p.Event = encode(s.event(p, data))
		s.queue(&queued{Push: p, data: data, due: p.Time})
	}
}

// queue takes a push in and sees that it is delivered. The caller holds s.mu.
func (s *Server) queue(item *queued) {
	q := &s.pushes
	q.all = append(q.all, item)
	q.pending = append(q.pending, item)
	s.touch(kindPush, item.EventID)
	if over := len(q.all) - maxLog; over > 0 {
		for _, old := range q.all[:over] {
			s.touch(kindPush, old.EventID)
		}
		q.all = slices.Delete(q.all, 0, over)
	}
	s.deliver()
}

// deliver has the goroutine look at the queue. The caller holds s.mu.
func (s *Server) deliver() {
	if s.pushes.running {
		s.pushes.wakeUp()
		return
	}
	s.pushes.running = s.spawnLocked(s.deliverAll)
}

// deliverAll delivers until nothing is pending.
func (s *Server) deliverAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &s.pushes
	for {
		p := s.first()
		if p == nil || s.closed {
			q.running = false
			q.changed.Broadcast()
			return
		}
		if wait := p.due.Sub(s.Now()); wait > 0 {
			q.changed.Broadcast()
			s.mu.Unlock()
			s.sleep(wait)
			s.mu.Lock()
			continue
		}
		switch {
		case p.inFlight == nil && s.delayed(p):
		case p.Stream:
			s.attemptStream(p)
			s.letBehind(p)
		default:
			s.attemptPush(p)
			s.letBehind(p)
		}
	}
}

// attemptPush pushes an event to the callback. The caller holds s.mu, which is
// released meanwhile.
func (s *Server) attemptPush(p *queued) {
	cb, fault := s.callback, p.fault
	s.mu.Unlock()
	attempt := s.attempt(s.ctx, cb, p.Event, fault)
	if fault.Duplicate {
		_ = s.attempt(s.ctx, cb, p.Event, fault)
	}
	s.mu.Lock()
	s.settle(p, attempt)
}

// settle books an attempt: delivered, to be tried again, or given up.
func (s *Server) settle(p *queued, a Attempt) {
	s.logAttempt(p.Push, a)
	q := &s.pushes
	p.Attempts = append(p.Attempts, a)
	s.touch(kindPush, p.EventID)
	fault := p.fault
	p.fault = nil
	switch {
	case p.Lost: // while it was on its way
		return
	case a.Problem == "":
		p.Delivered = true
	case fault != nil && fault.Lose:
		p.Lost = true
	case p.Stream && len(p.Attempts) < maxStreamAttempts:
		p.due = s.Now().Add(streamPause(a, fault != nil && fault.Drop))
		return
	case p.Stream:
		p.Failed = true
	case len(p.Attempts) == 1:
		p.due = s.Now().Add(firstRetry)
		return
	case len(p.Attempts) == 2:
		p.due = s.Now().Add(secondRetry)
		return
	default:
		p.Failed = true
		q.failed = append(q.failed, p)
	}
	q.pending = slices.DeleteFunc(q.pending, func(other *queued) bool { return other == p })
}

// sleep waits until d has passed or something changed.
func (s *Server) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.pushes.wake:
	case <-s.ctx.Done():
	}
}

// Flush waits until every push that is due now was delivered or has failed this
// attempt, and every frame on a stream connection was acknowledged. A retry that
// is due later is not waited for, see [Server.Advance], nor is an event while
// there is no connection for it. It returns the context's error when that ends
// first. Like Advance it must not be called from inside a handler.
func (s *Server) Flush(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pushes.changed.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy() {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.pushes.changed.Wait()
	}
	return nil
}

// busy reports whether a push is due or on its way. The caller holds s.mu.
func (s *Server) busy() bool {
	if s.closed {
		return false
	}
	p := s.first() // one that is on its way is still the first
	inFlight := func(p *queued) bool { return p.inFlight != nil }
	return p != nil && !p.due.After(s.Now()) || slices.ContainsFunc(s.pushes.pending, inFlight)
}

// nextDue is when the next push is to be made.
func (s *Server) nextDue() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.first()
	if p == nil || s.closed {
		return time.Time{}, false
	}
	return p.due, true
}

// Pushes are the pushes so far in the order of their events; of very many the
// last 10,000.
func (s *Server) Pushes() []Push { return s.look(func(*queued) bool { return true }) }

// FailedPushes are the pushes that were given up and that nobody has fetched
// with GetCallBackFailedResult. Unlike that operation it leaves them there.
func (s *Server) FailedPushes() []Push {
	return s.look(func(p *queued) bool { return slices.Contains(s.pushes.failed, p) })
}

func (s *Server) look(wanted func(*queued) bool) []Push {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Push
	for _, p := range s.pushes.all {
		if wanted(p) {
			c := p.Push
			c.Attempts = slices.Clone(p.Attempts)
			found = append(found, c)
		}
	}
	return found
}
