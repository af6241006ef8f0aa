package event

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/dingoa/dingoa/internal/backoff"
)

// ErrInboxClosed reports the use of a [MemoryInbox] after Close.
var ErrInboxClosed = errors.New("inbox is closed")

// MemoryInbox is an [Inbox] in the memory of this process. It keeps slow
// handlers and failures away from DingTalk, yet what waits is lost when the
// process crashes: the inbox module keeps events on disk, and a dingoa.Reconciler
// finds lost final states.
type MemoryInbox struct {
	memoryInboxConfig

	// room holds one token for each event that waits or is a dead letter.
	room    chan struct{}
	wake    chan struct{} // tells Run to look at ready again
	closing chan struct{} // closed by Close
	running sync.Mutex    // held by Run

	mu sync.Mutex
	// stopRun ends Run; it is nil before the first. closed is set by Close.
	stopRun context.CancelFunc
	closed  bool
	// waiting and dead hold events by their key, lanes those that wait by what
	// they are about.
	waiting map[string]*keptEvent
	dead    map[string]*keptEvent
	lanes   map[string]*inboxLane
	ready   []*inboxLane // lanes whose first event may be handed over
	// handled and discarded remember the keys of what is gone.
	handled, discarded *MemoryDeduper
}

type keptEvent struct {
	*Event

	key      string
	attempts int
	problem  error
	gaveUp   time.Time
}

// inboxLane is never empty.
type inboxLane struct {
	subject string
	queue   []*keptEvent
}

// NewMemoryInbox returns an empty inbox.
func NewMemoryInbox(opts ...MemoryInboxOption) (*MemoryInbox, error) {
	c := memoryInboxConfig{
		attempts: 20, first: time.Second, longest: 10 * time.Minute, concurrency: 16, capacity: 10_000,
		drain: 10 * time.Second, logger: slog.New(slog.DiscardHandler),
	}
	var errs []error
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(&c); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("dingoa: inbox: %w", errors.Join(errs...))
	}
	return &MemoryInbox{
		memoryInboxConfig: c,
		room:              make(chan struct{}, c.capacity),
		wake:              make(chan struct{}, 1),
		closing:           make(chan struct{}),
		waiting:           map[string]*keptEvent{},
		dead:              map[string]*keptEvent{},
		lanes:             map[string]*inboxLane{},
		handled:           NewMemoryDeduper(0),
		discarded:         NewMemoryDeduper(0),
	}, nil
}

// Dispatch implements [Inbox]. It waits while the inbox is full.
func (in *MemoryInbox) Dispatch(ctx context.Context, e *Event) error {
	if e == nil {
		return errors.New("dingoa: inbox: Dispatch needs an event")
	}
	for _, e := range e.Unpack() {
		if err := in.keep(ctx, e); err != nil {
			return fmt.Errorf("dingoa: event %s was not kept: %w", e.ID, err)
		}
	}
	return nil
}

func (in *MemoryInbox) keep(ctx context.Context, e *Event) error {
	kept := &keptEvent{Event: e, key: e.Key()}
	if in.knows(kept.key) {
		return nil // without waiting for room
	}
	select {
	case in.room <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-in.closing:
		return ErrInboxClosed
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return ErrInboxClosed
	}
	if in.known(kept.key) {
		<-in.room
		return nil
	}
	in.add(kept)
	return nil
}

func (in *MemoryInbox) knows(key string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return !in.closed && in.known(key)
}

// known reports whether a key has been here; its caller holds the lock.
func (in *MemoryInbox) known(key string) bool {
	if in.waiting[key] != nil || in.dead[key] != nil {
		return true
	}
	return in.handled.isDone(key) || in.discarded.isDone(key)
}

// add puts an event behind those of its approval; its caller holds the lock.
func (in *MemoryInbox) add(kept *keptEvent) {
	in.waiting[kept.key] = kept
	subject := kept.Subject()
	lane := in.lanes[subject]
	if lane != nil {
		lane.queue = append(lane.queue, kept)
		return
	}
	lane = &inboxLane{subject, []*keptEvent{kept}}
	in.lanes[subject] = lane
	in.makeReady(lane)
}

func (in *MemoryInbox) makeReady(lane *inboxLane) {
	in.ready = append(in.ready, lane)
	in.signal()
}

func (in *MemoryInbox) signal() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// Run implements [Inbox]. After ctx has ended it goes on for the time of
// [WithInboxDrain] while events wait.
func (in *MemoryInbox) Run(ctx context.Context, h Handler) error {
	if h == nil {
		return errors.New("dingoa: inbox: Run needs a handler")
	}
	if !in.running.TryLock() {
		return errors.New("dingoa: inbox: Run is running already")
	}
	defer in.running.Unlock()
	stop, cancel := backoff.WithGrace(ctx, in.drain)
	defer cancel()
	if !in.begin(cancel) {
		return ErrInboxClosed
	}
	defer context.AfterFunc(ctx, in.signal)()

	var handlers sync.WaitGroup
	defer handlers.Wait()
	slots := make(chan struct{}, in.concurrency)
	for {
		select {
		case slots <- struct{}{}:
		case <-stop.Done():
			return nil
		}
		lane, kept := in.next(ctx, stop)
		if lane == nil {
			return nil
		}
		handlers.Go(func() {
			guarded(func() error { return recovered(context.WithoutCancel(ctx), h, kept.Event) }, func(err error) {
				<-slots
				in.settle(ctx, lane, err)
			})
		})
	}
}

func (in *MemoryInbox) begin(stopRun context.CancelFunc) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.stopRun = stopRun
	return !in.closed
}

// next waits for a lane that is ready, and returns it with its first event; nil
// when Run is to end.
func (in *MemoryInbox) next(ctx, stop context.Context) (*inboxLane, *keptEvent) {
	for stop.Err() == nil {
		in.mu.Lock()
		if len(in.ready) > 0 {
			lane := in.ready[0]
			in.ready[0] = nil
			in.ready = in.ready[1:]
			kept := lane.queue[0]
			in.mu.Unlock()
			return lane, kept
		}
		drained := len(in.waiting) == 0
		in.mu.Unlock()
		if drained && ctx.Err() != nil {
			return nil, nil
		}
		select {
		case <-in.wake:
		case <-stop.Done():
		}
	}
	return nil, nil
}

// settle notes the outcome of handing over the first event of a lane.
func (in *MemoryInbox) settle(ctx context.Context, lane *inboxLane, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	kept := lane.queue[0]
	kept.attempts++
	kept.problem = err
	switch {
	case err == nil:
		_ = in.handled.Done(ctx, kept.key) // it can't fail
		<-in.room
	case kept.attempts < in.attempts:
		wait := backoff.Exponential(in.first, in.longest, kept.attempts)
		in.log(ctx, slog.LevelWarn, "dingoa: event not handled, it will be handed over again", kept, slog.Duration("pause", wait))
		time.AfterFunc(wait, func() {
			in.mu.Lock()
			defer in.mu.Unlock()
			in.makeReady(lane)
		})
		return
	default:
		in.log(ctx, slog.LevelError, "dingoa: event given up, it is a dead letter now", kept)
		kept.gaveUp = time.Now().UTC()
		in.dead[kept.key] = kept
	}
	delete(in.waiting, kept.key)
	if lane.queue = lane.queue[1:]; len(lane.queue) > 0 {
		in.makeReady(lane)
		return
	}
	delete(in.lanes, lane.subject)
	in.signal() // Run may have waited for the last event
}

func (in *MemoryInbox) log(ctx context.Context, level slog.Level, message string, kept *keptEvent, attrs ...slog.Attr) {
	attrs = append(attrs, slog.Any("event", kept.Event), slog.Int("attempts", kept.attempts), slog.Any("error", kept.problem))
	in.logger.LogAttrs(ctx, level, message, append(attrs, stackOf(kept.problem)...)...)
}

// Handled implements [Inbox]. The last 100,000 events are remembered.
func (in *MemoryInbox) Handled(_ context.Context, key string) (bool, error) {
	return in.handled.isDone(key), nil
}

// DeadLetters implements [Inbox].
func (in *MemoryInbox) DeadLetters(context.Context) iter.Seq2[DeadLetter, error] {
	return func(yield func(DeadLetter, error) bool) {
		for _, letter := range in.letters() {
			if !yield(letter, nil) {
				return
			}
		}
	}
}

func (in *MemoryInbox) letters() []DeadLetter {
	in.mu.Lock()
	defer in.mu.Unlock()
	letters := make([]DeadLetter, 0, len(in.dead))
	for _, kept := range in.dead {
		letters = append(letters, DeadLetter{kept.Event, kept.attempts, kept.problem.Error(), kept.gaveUp})
	}
	slices.SortFunc(letters, func(a, b DeadLetter) int { return a.Time.Compare(b.Time) })
	return letters
}

// Replay implements [Inbox].
func (in *MemoryInbox) Replay(_ context.Context, key string) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	kept, err := in.takeDead(key)
	if err != nil {
		return err
	}
	in.add(&keptEvent{Event: kept.Event, key: key})
	return nil
}

// Discard implements [Inbox].
func (in *MemoryInbox) Discard(ctx context.Context, key string) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if _, err := in.takeDead(key); err != nil {
		return err
	}
	<-in.room
	return in.discarded.Done(ctx, key)
}

func (in *MemoryInbox) takeDead(key string) (*keptEvent, error) {
	kept := in.dead[key]
	if kept == nil {
		return nil, fmt.Errorf("dingoa: inbox: no dead letter has the key %q: %w", key, ErrNoDeadLetter)
	}
	delete(in.dead, key)
	return kept, nil
}

// Close ends Run, waits for it, and refuses further events. A second Close does
// nothing.
func (in *MemoryInbox) Close() error {
	in.shut()
	in.running.Lock() // Run has ended then
	defer in.running.Unlock()
	return nil
}

func (in *MemoryInbox) shut() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return
	}
	in.closed = true
	close(in.closing)
	if in.stopRun != nil {
		in.stopRun()
	}
}
