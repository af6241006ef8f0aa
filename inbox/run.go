package inbox

import (
	"context"
	"errors"
	"time"

	"github.com/dingoa/dingoa/event"
)

// ErrRunning reports a second [Inbox.Run] beside the first.
var ErrRunning = errors.New("inbox: Run is running already")

// Run hands events over to h until ctx ends or the inbox is closed, then waits
// for the handlers that are running; their context does not end with ctx.
// Trouble with the engine does not end it.
//
// An event that h refuses, or panics over, is handed over again after the
// pauses of [WithBackoff]; later events of its approval wait behind it. After
// [WithMaxAttempts] it becomes a dead letter and the next one has its turn.
func (in *Inbox) Run(ctx context.Context, h event.Handler) error {
	if h == nil {
		return errors.New("inbox: Run needs a handler")
	}
	if !in.running.CompareAndSwap(false, true) {
		return ErrRunning
	}
	defer in.running.Store(false)
	if !in.beginRun() {
		return event.ErrInboxClosed
	}
	defer in.runs.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(in.closing, cancel)() //nolint:contextcheck // Close ends it as well

	slots := make(chan struct{}, in.concurrency)
	run := func(ctx, handlers context.Context, name string) {
		s := &shard{
			Inbox: in, shardName: name, handler: h, slots: slots, handlers: handlers,
			lanes: map[lane][]entry{}, room: make(chan struct{}, window),
		}
		s.run(ctx)
	}
	if in.engine != nil {
		in.runAll(ctx, run)
		return nil
	}
	in.runReplica(ctx, run)
	return nil
}

func (in *Inbox) beginRun() bool {
	in.draining.Lock()
	defer in.draining.Unlock()
	if in.closing.Err() != nil {
		return false
	}
	in.runs.Add(1)
	return true
}

// runShard hands over the events of one shard until ctx ends; handlers is the
// context of its handlers.
type runShard func(ctx, handlers context.Context, name string)

// runAll runs every shard: the lock on the directory makes this process the
// only one.
func (in *Inbox) runAll(ctx context.Context, run runShard) {
	done := make(chan struct{})
	for _, name := range shards {
		go func() {
			run(ctx, context.WithoutCancel(ctx), string(name))
			done <- struct{}{}
		}()
	}
	for range shards {
		<-done
	}
}

// pause waits, or returns false when ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
