package inbox

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/dingoa/dingoa/event"
)

// shard hands over the events of one shard. It alone does so: the events of an
// approval are in one shard, and a shard has one process.
type shard struct {
	*Inbox

	shardName string
	handler   event.Handler
	slots     chan struct{} // one for each running handler, of all shards
	// handlers is the context of handlers. It outlives that of run, except when
	// another process may have the shard.
	handlers context.Context //nolint:containedctx // it is no call's, but that of the shard's ownership

	// old is the last place in the stream when the shard was started: only
	// events up to there may have failed before.
	old     uint64
	started bool
	room    chan struct{} // one for each event that waits in lanes

	workers sync.WaitGroup
	mu      sync.Mutex
	// lanes holds the events that wait, in their order. A lane has a worker as
	// long as it is not empty.
	lanes    map[lane][]entry
	last     uint64 // the last place that was read
	finished int    // since the mark was saved
}

const (
	// window bounds the events of a shard that wait in memory, as places of
	// some hundred bytes. When the failing ones fill it, the shard waits for them.
	window = 10_000
	// markEvery is after how many events the mark is saved. It costs a start
	// after a crash the reading of so many notes.
	markEvery = 1000
	// retryPause is how long to wait after trouble with the engine.
	retryPause = time.Second
)

// run ends when ctx has ended and no handler runs any more.
func (s *shard) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := s.read(ctx)
		if ctx.Err() == nil {
			s.logger.LogAttrs(ctx, slog.LevelWarn, "inbox: reading events failed, trying again",
				slog.String("shard", s.shardName), slog.Any("error", err))
			pause(ctx, retryPause)
		}
	}
	s.workers.Wait()
	if s.started {
		s.saveMark(ctx)
	}
}

// start finds the place to read from.
func (s *shard) start(ctx context.Context) error {
	mark, err := s.number(ctx, "mark."+s.shardName)
	if err != nil {
		return err
	}
	stream, err := s.js.Stream(ctx, s.name) // Info of the common one is not safe for concurrent use
	if err != nil {
		return err
	}
	s.last = max(mark, 1) - 1
	s.old = stream.CachedInfo().State.LastSeq
	s.started = true
	return nil
}

// read follows the shard from where it stopped, and gives the events that wait
// to their lanes. It sees the notes of what was finished too and skips them.
func (s *shard) read(ctx context.Context) error {
	if !s.started {
		if err := s.start(ctx); err != nil {
			return err
		}
	}
	consumer, err := s.js.OrderedConsumer(ctx, s.name, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{s.name + ".event." + s.shardName + ".*"},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:    s.last + 1,
		HeadersOnly:    true,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages()
	if err != nil {
		return err
	}
	defer messages.Stop()
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		meta, err := msg.Metadata()
		if err != nil {
			return err
		}
		at := entry{
			seq:  meta.Sequence.Stream,
			key:  msg.Subject()[strings.LastIndexByte(msg.Subject(), '.')+1:],
			lane: laneAt(msg.Subject(), msg.Headers()),
		}
		waits := state(msg.Headers().Get(headerState)) == stateWaiting
		if !s.add(ctx, at, waits) {
			return ctx.Err()
		}
	}
}

// add notes that a place was read, and puts an event that waits into its lane.
func (s *shard) add(ctx context.Context, at entry, waits bool) bool {
	if waits {
		select {
		case s.room <- struct{}{}:
		case <-ctx.Done():
			return false
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = at.seq
	if !waits {
		return true
	}
	s.lanes[at.lane] = append(s.lanes[at.lane], at)
	if len(s.lanes[at.lane]) == 1 {
		s.workers.Go(func() { s.work(ctx, at) })
	}
	return true
}

// work hands over the events of a lane, beginning with at, until none is left.
func (s *shard) work(ctx context.Context, at entry) {
	for more := true; more; {
		if !s.handOver(ctx, at) {
			return
		}
		at, more = s.next(ctx, at.lane)
	}
}

// next drops the first event of a lane and returns the one after it.
func (s *shard) next(ctx context.Context, l lane) (at entry, more bool) {
	<-s.room
	s.mu.Lock()
	queue := s.lanes[l][1:]
	s.lanes[l] = queue
	if len(queue) == 0 {
		delete(s.lanes, l)
	} else {
		at = queue[0]
	}
	s.finished++
	save := s.finished%markEvery == 0
	s.mu.Unlock()
	if save {
		s.saveMark(ctx)
	}
	return at, len(queue) > 0
}

// saveMark notes from where the next process has to read. An older mark is
// right as well, so trouble is only logged.
func (s *shard) saveMark(ctx context.Context) {
	s.mu.Lock()
	mark := s.last + 1
	for _, queue := range s.lanes {
		mark = min(mark, queue[0].seq)
	}
	s.mu.Unlock()
	ctx, cancel := settled(ctx)
	defer cancel()
	if err := s.setNumber(ctx, "mark."+s.shardName, mark); err != nil {
		s.logger.LogAttrs(ctx, slog.LevelWarn, "inbox: mark not saved, the next start takes longer",
			slog.String("shard", s.shardName), slog.Any("error", err))
	}
}

// handOver tries until the event is handled, given up, or found to be so
// already. It returns false when ctx ends first.
func (s *shard) handOver(ctx context.Context, at entry) bool {
	failures := 0
	for {
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return false
		}
		done, failed := s.attempt(ctx, at, failures)
		<-s.slots
		if done {
			return true
		}
		wait := retryPause
		if failed > failures {
			wait = s.backoff(failed)
		}
		failures = failed
		if !pause(ctx, wait) {
			return false
		}
	}
}

// attempt hands an event over once. It reports whether that is the end of it,
// and how often it has failed by now; trouble with the engine does not count.
func (s *shard) attempt(ctx context.Context, at entry, failures int) (done bool, failed int) {
	data, err := s.load(ctx, at)
	if errors.Is(err, errReplaced) {
		return true, failures
	}
	if err == nil && failures == 0 && at.seq <= s.old {
		var n uint64
		n, err = s.number(ctx, "attempts."+at.key)
		failures = int(n) //nolint:gosec // it was written by this package
	}
	if err != nil {
		s.trouble(ctx, "inbox: event not read, trying again", at, err)
		return false, failures
	}

	var problem error
	if failures < s.maxAttempts { // or a crash came between the last attempt and the dead letter
		if problem = s.dispatch(data); problem == nil {
			return s.finish(ctx, at, failures), failures
		}
		if s.handlers.Err() != nil { // the shard was lost, which is nobody's failure
			return false, failures
		}
		failures++
		s.logFailure(ctx, at, failures, problem)
	}
	return s.noteFailure(ctx, at, letter{data, failures, problemText(problem), time.Now().UTC()}), failures
}

func problemText(err error) string {
	if err == nil {
		return "the process ended after the last attempt"
	}
	return err.Error()
}

// dispatch runs the handler. Its panic is an error, as in [event.Dispatcher].
func (s *shard) dispatch(data []byte) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &event.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	e, err := event.Decode(data)
	if err != nil {
		return err
	}
	return s.handler.Dispatch(s.handlers, e)
}

// finish notes that an event was handled. It insists: without the note the
// event would come again.
func (s *shard) finish(ctx context.Context, at entry, failures int) bool {
	for {
		noteCtx, cancel := settled(ctx)
		err := s.replace(noteCtx, at, stateHandled, nil)
		if failures > 0 && err == nil {
			_ = s.clear(noteCtx, "attempts."+at.key) // else it goes with its retention
		}
		cancel()
		if err == nil || errors.Is(err, errReplaced) {
			return true
		}
		s.trouble(ctx, "inbox: event handled but not noted, trying again", at, err)
		if !pause(ctx, retryPause) {
			return false
		}
	}
}

// noteFailure writes down a failure, or the dead letter after the last one.
func (s *shard) noteFailure(ctx context.Context, at entry, l letter) (done bool) {
	noteCtx, cancel := settled(ctx)
	defer cancel()
	err := s.setNumber(noteCtx, "attempts."+at.key, uint64(l.Attempts)) //nolint:gosec // it is positive
	if l.Attempts < s.maxAttempts {
		if err != nil {
			s.trouble(ctx, "inbox: failure not noted", at, err)
		}
		return false
	}
	if err = s.bury(noteCtx, at, l); err == nil {
		_ = s.clear(noteCtx, "attempts."+at.key)
	}
	if err != nil && !errors.Is(err, errReplaced) {
		s.trouble(ctx, "inbox: dead letter not written, trying again", at, err)
		return false
	}
	s.logger.LogAttrs(ctx, slog.LevelError, "inbox: event given up, see DeadLetters",
		slog.String("key", at.key), slog.Int("attempts", l.Attempts))
	return true
}

// backoff is the pause after so many failures.
func (s *shard) backoff(failures int) time.Duration {
	d := s.firstBackoff
	for i := 1; i < failures && d < s.maxBackoff; i++ {
		d *= 2
	}
	d = min(d, s.maxBackoff)
	return d - time.Duration(rand.Int64N(int64(d)/5+1)) //nolint:gosec // jitter needs no secrecy
}

func (s *shard) trouble(ctx context.Context, message string, at entry, err error) {
	s.logger.LogAttrs(ctx, slog.LevelWarn, message, slog.String("key", at.key), slog.Any("error", err))
}

func (s *shard) logFailure(ctx context.Context, at entry, failures int, problem error) {
	attrs := []slog.Attr{slog.String("key", at.key), slog.Int("attempts", failures), slog.Any("error", problem)}
	var panicErr *event.PanicError
	if errors.As(problem, &panicErr) {
		attrs = append(attrs, slog.String("stack", string(panicErr.Stack)))
	}
	s.logger.LogAttrs(ctx, slog.LevelWarn, "inbox: handler failed", attrs...)
}
