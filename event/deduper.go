package event

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Deduper remembers by [Event.Key] which events were handled, so that each has
// its effect once, whichever source brings it and however often. A store that
// replicas share lets each event be handled by one of them.
//
// A Deduper that fails makes [Dispatcher.Dispatch] fail: the event is delivered
// again. When Done fails after the handlers have succeeded, they will see the
// event again: it is handled at least once, never lost.
type Deduper interface {
	// Begin claims the event for the caller when nobody has, in one step: of two
	// callers at the same time one gets [StateNew]. The caller goes on to call
	// Done or Release.
	//
	// A store that outlives the process must let a claim end by itself, since the
	// process may crash: after a time that is well above the longest handler's.
	Begin(ctx context.Context, key string) (State, error)
	// Done notes that the claimed event was handled. Keep keys
	// for at least several days: DingTalk, or the user of a list of dead letters, may
	// repeat an event that late.
	Done(ctx context.Context, key string) error
	// Release gives the claim up: the event was not handled.
	Release(ctx context.Context, key string) error
	// Handled reports whether the event was handled.
	Handled(ctx context.Context, key string) (bool, error)
}

// State is how far an event is.
type State string

// The states that [Deduper.Begin] returns.
const (
	StateNew        State = "new"         // the caller has claimed it
	StateDone       State = "done"        // it was handled
	StateInProgress State = "in_progress" // somebody else has claimed it
)

// ErrInProgress reports an event that another process, or another
// dispatcher, is handling. Nothing is wrong with it: when that one fails, the
// next delivery finds it new.
var ErrInProgress = errors.New("event is being handled elsewhere")

// settleTimeout bounds how long a store may take to note an outcome. The
// caller's context does not: it may end while the handler succeeds.
const settleTimeout = 10 * time.Second

// once runs handle unless the event is done.
func once(ctx context.Context, d Deduper, e *Event, handle func() error) error {
	key := e.Key()
	state, err := d.Begin(ctx, key)
	switch {
	case err != nil:
		return fmt.Errorf("dingoa: whether event %s was handled is not known: %w", e.ID, err)
	case state == StateDone:
		return nil
	case state == StateInProgress:
		return fmt.Errorf("dingoa: event %s: %w", e.ID, ErrInProgress)
	}
	guarded(handle, func(handled error) { err = settle(ctx, d, e, key, handled) })
	return err
}

// settle notes what became of a claimed event.
func settle(ctx context.Context, d Deduper, e *Event, key string, handled error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if handled != nil {
		if err := d.Release(ctx, key); err != nil {
			return fmt.Errorf("%w (and its claim was not given up: %w)", handled, err)
		}
		return handled
	}
	if err := d.Done(ctx, key); err != nil {
		return fmt.Errorf("dingoa: event %s was handled, but that was not noted, so that it is handled again: %w", e.ID, err)
	}
	return nil
}

// MemoryDeduper is a [Deduper] for one process. Restarting it forgets all.
type MemoryDeduper struct {
	mu sync.Mutex
	// done holds the known keys, and whether they were handled.
	done map[string]bool
	// order holds the handled keys, the oldest at next once there are max.
	order []string
	next  int
	max   int
}

const defaultRememberedKeys = 100_000

// NewMemoryDeduper remembers the last so many events that were handled, 100,000
// when keys is 0; those take about 10 MB.
func NewMemoryDeduper(keys int) *MemoryDeduper {
	if keys <= 0 {
		keys = defaultRememberedKeys
	}
	return &MemoryDeduper{done: map[string]bool{}, max: keys}
}

// Begin implements [Deduper].
func (d *MemoryDeduper) Begin(_ context.Context, key string) (State, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	done, known := d.done[key]
	switch {
	case done:
		return StateDone, nil
	case known:
		return StateInProgress, nil
	}
	d.done[key] = false
	return StateNew, nil
}

// Done implements [Deduper].
func (d *MemoryDeduper) Done(_ context.Context, key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done[key] {
		return nil
	}
	d.done[key] = true
	if len(d.order) < d.max {
		d.order = append(d.order, key)
		return nil
	}
	delete(d.done, d.order[d.next])
	d.order[d.next] = key
	d.next = (d.next + 1) % d.max
	return nil
}

// Release implements [Deduper].
func (d *MemoryDeduper) Release(_ context.Context, key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.done[key] {
		delete(d.done, key)
	}
	return nil
}

// Handled implements [Deduper].
func (d *MemoryDeduper) Handled(_ context.Context, key string) (bool, error) {
	return d.isDone(key), nil
}

func (d *MemoryDeduper) isDone(key string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done[key]
}
