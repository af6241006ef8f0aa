// Package lanes runs functions concurrently, yet those of one key one after the
// other.
package lanes

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrClosed reports a function that was given to closed lanes.
var ErrClosed = errors.New("lanes are closed")

// ErrStuck reports a function whose turn did not come within Patience, such as one
// that was given to Do by the function before it.
var ErrStuck = errors.New("the turn did not come")

// Patience is how long Do waits without any progress: for the function before it
// of the same key, or, with none running, until any function has ended.
const Patience = 5 * time.Minute

// Lanes runs functions. Those of one key run one after the other, in the order
// in which they came; a key that is busy holds up no other. A key that nothing
// waits for costs nothing.
type Lanes struct {
	// room holds one token for each function that Go has taken.
	room    chan struct{}
	closing chan struct{}

	mu      sync.Mutex
	limit   int
	lanes   map[string]*lane // of the keys that have work
	ready   []*lane          // that wait for their turn, fair to all keys
	parked  []chan *work     // of goroutines that have run something and wait for more, until Close
	active  int              // functions that are running
	ended   uint64           // functions that have run
	closed  bool
	idle    chan struct{} // closed once Close has nothing more to wait for
	dropped chan struct{} // closed once Close gave up on what was waiting
}

type lane struct {
	key   string
	queue []*work // the first is running when busy
	busy  bool
	ended uint64 // functions that have run
}

// work is one function: run is what Go was given; for Do it is nil, and turn
// is closed when the caller may go on.
type work struct {
	lane    *lane
	run     func()
	turn    chan struct{}
	started bool
}

// New returns lanes that run up to limit functions at a time. Go keeps up to
// room functions in hand, running and waiting ones together.
func New(limit, room int) *Lanes {
	return &Lanes{
		room:    make(chan struct{}, room),
		closing: make(chan struct{}),
		limit:   limit,
		lanes:   map[string]*lane{},
		idle:    make(chan struct{}),
		dropped: make(chan struct{}),
	}
}

// Go runs fn in a goroutine when its turn comes. It waits while there is no
// room, until ctx ends; one that calls it for one function after the other
// thereby keeps their order. The error is that of ctx, or ErrClosed.
func (l *Lanes) Go(ctx context.Context, key string, fn func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.room <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-l.closing:
		return ErrClosed
	}
	if !l.add(key, &work{run: fn}) {
		<-l.room
		return ErrClosed
	}
	return nil
}

// TryGo is Go that does not wait; false when there is no room.
func (l *Lanes) TryGo(key string, fn func()) bool {
	select {
	case l.room <- struct{}{}:
	default:
		return false
	}
	if !l.add(key, &work{run: fn}) {
		<-l.room
		return false
	}
	return true
}

// Do runs fn in the caller's goroutine when its turn comes, and returns its
// error. When ctx ends before, fn does not run and the error is that of ctx; when
// nothing moves for Patience it is ErrStuck. fn must not call Do with the same key: that would wait
// for itself, until it is stuck.
func (l *Lanes) Do(ctx context.Context, key string, fn func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &work{}
	if !l.add(key, w) {
		return ErrClosed
	}
	if w.turn != nil {
		if err := l.wait(ctx, w); err != nil && l.remove(w) {
			return err
		}
		<-w.turn
	}
	defer l.finish(w)
	if err := ctx.Err(); err != nil {
		return err
	}
	return fn()
}

// wait returns nil when the turn of w has come, else why it is not waited for any
// longer.
func (l *Lanes) wait(ctx context.Context, w *work) error {
	patience := time.NewTicker(Patience)
	defer patience.Stop()
	for before := l.progress(w); ; {
		select {
		case <-w.turn:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-l.dropped:
			return ErrClosed
		case <-patience.C:
		}
		now := l.progress(w)
		if now == before {
			return ErrStuck
		}
		before = now
	}
}

// progress is the state that a waiting function watches: whether one of its key is
// running, and how many of its key, or else of all keys, have ended.
type progress struct {
	behindKey bool
	ended     uint64
}

func (l *Lanes) progress(w *work) progress {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.lane.busy {
		return progress{true, w.lane.ended}
	}
	return progress{false, l.ended}
}

// Close takes no more functions, and waits for those that are running or
// waiting. When ctx ends first it returns the error of ctx, and what has not
// begun by then never does. What runs goes on.
func (l *Lanes) Close(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	closeOnce(l.closing)
	for _, next := range l.parked {
		close(next)
	}
	l.parked = nil
	l.checkIdle()
	l.mu.Unlock()
	select {
	case <-l.idle:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropWaiting()
	if len(l.lanes) == 0 {
		return nil
	}
	return ctx.Err()
}

func (l *Lanes) add(key string, w *work) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	w.lane = l.lanes[key]
	if w.lane == nil {
		w.lane = &lane{key: key}
		l.lanes[key] = w.lane
	}
	w.lane.queue = append(w.lane.queue, w)
	if len(w.lane.queue) == 1 {
		l.ready = append(l.ready, w.lane)
		l.start()
	}
	if w.run == nil && !w.started {
		w.turn = make(chan struct{})
	}
	return true
}

// start begins what may run now.
func (l *Lanes) start() {
	for l.active < l.limit && len(l.ready) > 0 {
		next := l.ready[0]
		l.ready[0] = nil
		l.ready = l.ready[1:]
		w := next.queue[0]
		next.busy, w.started = true, true
		l.active++
		switch {
		case w.run != nil:
			l.hand(w)
		case w.turn != nil:
			close(w.turn)
		}
	}
}

// hand gives work to a goroutine that waits for some, whose stack has grown
// already, or to a new one.
func (l *Lanes) hand(w *work) {
	if last := len(l.parked) - 1; last >= 0 {
		l.parked[last] <- w // it has room for one
		l.parked = l.parked[:last]
		return
	}
	next := make(chan *work, 1)
	go func() {
		for w := w; w != nil; w = <-next {
			l.run(w, next)
		}
	}()
}

// run runs one function, and parks its goroutine before others begin; a
// goroutine that the function ended (runtime.Goexit) is not parked.
func (l *Lanes) run(w *work, next chan *work) {
	returned := false
	defer func() { l.ran(w, next, returned) }()
	w.run()
	returned = true
}

func (l *Lanes) ran(w *work, next chan *work, returned bool) {
	<-l.room
	l.mu.Lock()
	if !returned || l.closed {
		close(next)
	} else {
		l.parked = append(l.parked, next)
	}
	l.mu.Unlock()
	l.finish(w)
}

// finish ends what was running in a lane, and lets others begin.
func (l *Lanes) finish(w *work) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.active--
	l.ended++
	w.lane.ended++
	w.lane.busy = false
	w.lane.queue[0] = nil
	w.lane.queue = w.lane.queue[1:]
	if len(w.lane.queue) > 0 {
		l.ready = append(l.ready, w.lane)
	}
	l.tidy(w.lane)
	l.start()
}

// remove takes back what has not begun. It returns false when it has.
func (l *Lanes) remove(w *work) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.started {
		return false
	}
	if i := slices.Index(w.lane.queue, w); i >= 0 {
		w.lane.queue = slices.Delete(w.lane.queue, i, i+1)
	}
	if !w.lane.busy && len(w.lane.queue) == 0 {
		l.ready = slices.DeleteFunc(l.ready, func(other *lane) bool { return other == w.lane })
	}
	l.tidy(w.lane)
	return true
}

// tidy forgets a lane without work.
func (l *Lanes) tidy(t *lane) {
	if len(t.queue) == 0 && !t.busy {
		delete(l.lanes, t.key)
		l.checkIdle()
	}
}

func (l *Lanes) checkIdle() {
	if l.closed && len(l.lanes) == 0 {
		closeOnce(l.idle)
	}
}

// dropWaiting forgets what has not begun.
func (l *Lanes) dropWaiting() {
	for key, t := range l.lanes {
		waiting := t.queue
		if t.busy {
			waiting, t.queue = t.queue[1:], t.queue[:1]
		} else {
			t.queue = nil
			delete(l.lanes, key)
		}
		for _, w := range waiting {
			if w.run != nil {
				<-l.room
			}
		}
	}
	l.ready = nil
	closeOnce(l.dropped)
	l.checkIdle()
}

// closeOnce closes a channel that is open; its caller holds the lock.
func closeOnce(ch chan struct{}) {
	select {
	case <-ch:
	default:
		close(ch)
	}
}
