package backfill

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/backoff"
)

// FailedPushPuller hands the events that DingTalk could not deliver to the
// callback URL (推送失败的事件) to an [event.Handler], an [event.Inbox] best. Run it beside
// the callback, once for all replicas of an app.
//
// Reading DingTalk's list empties it. The puller therefore keeps every reply in a
// [PullStore] before it hands anything over, and an event until the handler has
// taken it: give it [NewFilePullStore], or a crash loses up to 200 events. When a
// read breaks ([dingoa.ErrOutcomeUnknown]), DingTalk may have emptied the list for nobody:
// that is logged, and a [Reconciler] finds the final states among them.
//
// An event that the handler refuses is tried again with each pull, before later
// ones of its approval; others go on. What can never be handled becomes one of
// [PullState.DeadLetters] and is logged once, by [slog.Default] without
// [WithPullLogger].
//
// A FailedPushPuller is not safe for concurrent use.
type FailedPushPuller struct {
	client  *dingoa.Client
	handler event.Handler
	failedPushConfig

	// state is the store's content, once loaded.
	state  PullState
	loaded bool
}

type failedPushConfig struct {
	interval time.Duration
	drain    time.Duration
	logger   *slog.Logger
	store    PullStore
}

// PullOption configures a [FailedPushPuller]. The order of options does not matter.
type PullOption func(*failedPushConfig) error

// WithPullInterval sets the pause between two reads, 5 minutes unless given.
// DingTalk lists an event some 3 to 5 minutes after its last repeat. Each read
// counts against the monthly quota of calls.
func WithPullInterval(d time.Duration) PullOption {
	return func(c *failedPushConfig) error {
		if d <= 0 {
			return fmt.Errorf("WithPullInterval: %v is not a positive duration", d)
		}
		c.interval = d
		return nil
	}
}

// WithPullDrain sets for how long after the end of Run's context events that
// were read are still given to the handler, 10 seconds unless given.
func WithPullDrain(d time.Duration) PullOption {
	return func(c *failedPushConfig) error {
		if d < 0 {
			return fmt.Errorf("WithPullDrain: %v is negative", d)
		}
		c.drain = d
		return nil
	}
}

// WithPullStore keeps what was read in store instead of in memory.
func WithPullStore(store PullStore) PullOption {
	return func(c *failedPushConfig) error {
		if store == nil {
			return errors.New("WithPullStore: the store is nil")
		}
		c.store = store
		return nil
	}
}

// WithPullLogger logs reads that failed and events that the handler refused, in
// its own words. Without it only dead letters are logged, by [slog.Default].
func WithPullLogger(logger *slog.Logger) PullOption {
	return func(c *failedPushConfig) error {
		if logger == nil {
			return errors.New("WithPullLogger: the logger is nil")
		}
		c.logger = logger
		return nil
	}
}

// NewFailedPushPuller returns a puller that reads the list of the client's app.
func NewFailedPushPuller(client *dingoa.Client, h event.Handler, opts ...PullOption) (*FailedPushPuller, error) {
	c := failedPushConfig{interval: 5 * time.Minute, drain: 10 * time.Second, store: NewMemoryPullStore()}
	var errs []error
	if client == nil || h == nil {
		errs = append(errs, errors.New("a client and a handler are required"))
	}
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(&c); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("dingoa: failed pushes: %w", errors.Join(errs...))
	}
	return &FailedPushPuller{client: client, handler: h, failedPushConfig: c}, nil
}

// UnhandledEventsError carries events that are off DingTalk's list, and that no
// handler took: nobody else has them, unless a [PullStore] keeps them.
type UnhandledEventsError struct {
	// Events are in the order of the list.
	Events []event.Event
	// Err is why the first of them was not handled.
	Err error
}

// Error says how many there are and why.
func (e *UnhandledEventsError) Error() string {
	return fmt.Sprintf("dingoa: %d events of the list of failed pushes are not handled: %v", len(e.Events), e.Err)
}

// Unwrap returns the reason.
func (e *UnhandledEventsError) Unwrap() error { return e.Err }

// Run pulls at once and then at every interval until ctx ends. Errors of single
// pulls are logged and tried again. It returns nil, or [*UnhandledEventsError]
// when there are events that the handler did not take up to then.
func (p *FailedPushPuller) Run(ctx context.Context) error {
	var err error
	for {
		if err = p.Pull(ctx); err != nil {
			p.log(ctx, slog.LevelError, "dingoa: pulling failed pushes", slog.Any("error", err))
		}
		if backoff.Pause(ctx, p.interval) != nil {
			break
		}
	}
	if len(p.state.Waiting) == 0 {
		return nil
	}
	var unhandled *UnhandledEventsError
	if errors.As(err, &unhandled) {
		return err
	}
	return &UnhandledEventsError{p.state.Waiting, err}
}

// noteTimeout bounds how long a store may take. The caller's context does not: it
// may end meanwhile.
const noteTimeout = 10 * time.Second

const (
	// maxWaitingPulls is how many refused events stop further reading.
	maxWaitingPulls = 1000
	maxDeadPulls    = 1000
)

// Pull hands over what is kept, and reads until the list is empty. Events that the
// handler refuses are kept for the next Pull, along with later ones of their
// approval; the error is then an [*UnhandledEventsError]. When the handler refuses
// all that a read brought, or 1,000 events wait, nothing more is read: DingTalk
// keeps the rest. Other errors are those of [dingoa.CallbackService.FailedPushes] and of the
// [PullStore].
//
// A read that has begun goes on although ctx ends, since its reply can't be read
// a second time.
func (p *FailedPushPuller) Pull(ctx context.Context) error {
	outliving, cancel := backoff.WithGrace(ctx, p.drain)
	defer cancel()
	if err := p.load(ctx); err != nil {
		return err
	}
	_, refused := p.handOver(outliving)
	for {
		if err := ctx.Err(); err != nil {
			return errors.Join(refused, err)
		}
		if len(p.state.Waiting) >= maxWaitingPulls {
			return refused
		}
		pushes, err := p.client.Callbacks.FailedPushes(context.WithoutCancel(ctx))
		if err != nil {
			return errors.Join(refused, err)
		}
		kept := p.keep(outliving, pushes.Events)
		var taken int
		taken, refused = p.handOver(outliving)
		switch {
		case kept != nil || !pushes.HasMore:
			return errors.Join(refused, kept)
		case refused != nil && taken == 0:
			return refused
		}
	}
}

func (p *FailedPushPuller) load(ctx context.Context) (err error) {
	if !p.loaded {
		p.state, err = p.store.Load(ctx)
		p.loaded = err == nil
	}
	return err
}

// keep stores what was read before anything of it is handed over. A store that
// fails does not keep the handler from getting it.
func (p *FailedPushPuller) keep(ctx context.Context, events []event.Event) error {
	if len(events) == 0 {
		return nil
	}
	for _, e := range events {
		if isUnreadable(&e) {
			p.bury(ctx, e, 0, errors.New("it is no event that this package can read"))
			continue
		}
		p.state.Waiting = append(p.state.Waiting, e)
	}
	err := p.save(ctx)
	if err != nil {
		return err
	}
	state, err := p.store.Load(context.WithoutCancel(ctx)) // the store may have taken events over
	if err == nil {
		p.state = state
	}
	return err
}

// isUnreadable reports whether there is a struct for the event's type, or no type at
// all, and yet no data.
func isUnreadable(e *event.Event) bool {
	_, unknown := e.Data.(event.UnknownEvent)
	return unknown && (e.Type == "" || event.IsKnown(e.Type))
}

func (p *FailedPushPuller) save(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	return p.store.Save(ctx, p.state)
}

// bury makes a dead letter of an event.
func (p *FailedPushPuller) bury(ctx context.Context, e event.Event, attempts int, problem error) {
	letters := append(slices.Clone(p.state.DeadLetters), event.DeadLetter{Event: &e, Attempts: attempts, Problem: problem.Error(), Time: time.Now().UTC()})
	p.state.DeadLetters = letters[max(0, len(letters)-maxDeadPulls):]
	logger := p.logger
	if logger == nil {
		logger = slog.Default()
	}
	logger.LogAttrs(ctx, slog.LevelError, "dingoa: failed push given up, it is a dead letter now", slog.Any("event", e), slog.Any("error", problem))
}

// handOver gives what waits to the handler and keeps what it refuses.
func (p *FailedPushPuller) handOver(ctx context.Context) (taken int, err error) {
	if len(p.state.Waiting) == 0 {
		return 0, nil
	}
	var refused []event.Event
	var reason error
	waiting := map[string]bool{} // by what they are about
	for _, e := range p.state.Waiting {
		subject := e.Subject()
		if waiting[subject] {
			refused = append(refused, e)
			continue
		}
		err := event.Recovering(p.handler).Dispatch(ctx, &e)
		switch {
		case errors.Is(err, event.ErrMalformed):
			p.bury(ctx, e, 1, err)
		case err != nil:
			waiting[subject] = true
			refused = append(refused, e)
			if reason == nil {
				reason = err
			}
		}
	}
	taken = len(p.state.Waiting) - len(refused)
	p.state.Waiting = refused
	if taken > 0 {
		err = p.save(ctx)
	}
	if len(refused) > 0 {
		err = errors.Join(&UnhandledEventsError{refused, reason}, err)
	}
	return taken, err
}

func (p *FailedPushPuller) log(ctx context.Context, level slog.Level, message string, attrs ...slog.Attr) {
	if p.logger != nil {
		p.logger.LogAttrs(ctx, level, message, attrs...)
	}
}
