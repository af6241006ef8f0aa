package dingoa

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// FailedPushPuller hands the events that DingTalk could not deliver to the
// callback URL (推送失败的事件) to an [EventHandler], an [Inbox] best. Run it beside
// the callback, once for all replicas of an app.
//
// Reading DingTalk's list empties it. The puller therefore holds on to every
// event until the handler has taken it, and reads no more before. When a read
// breaks ([ErrOutcomeUnknown]), DingTalk may have emptied the list for nobody:
// that is logged, and a [Reconciler] finds the final states among them.
//
// A FailedPushPuller is not safe for concurrent use.
type FailedPushPuller struct {
	client  *Client
	handler EventHandler
	failedPushConfig

	// held are read and not yet handled, in the order of the list.
	held []Event
}

type failedPushConfig struct {
	interval time.Duration
	drain    time.Duration
	logger   *slog.Logger
}

// FailedPushOption configures a [FailedPushPuller]. The order of options does not matter.
type FailedPushOption func(*failedPushConfig) error

// WithPullInterval sets the pause between two reads, 5 minutes unless given.
// DingTalk lists an event some 3 to 5 minutes after its last repeat. Each read
// counts against the monthly quota of calls.
func WithPullInterval(d time.Duration) FailedPushOption {
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
func WithPullDrain(d time.Duration) FailedPushOption {
	return func(c *failedPushConfig) error {
		if d < 0 {
			return fmt.Errorf("WithPullDrain: %v is negative", d)
		}
		c.drain = d
		return nil
	}
}

// WithPullLogger logs reads that failed and events that the handler refused, in
// its own words. Nothing is logged without it.
func WithPullLogger(logger *slog.Logger) FailedPushOption {
	return func(c *failedPushConfig) error {
		if logger == nil {
			return errors.New("WithPullLogger: the logger is nil")
		}
		c.logger = logger
		return nil
	}
}

// NewFailedPushPuller returns a puller that reads the list of the client's app.
func NewFailedPushPuller(client *Client, h EventHandler, opts ...FailedPushOption) (*FailedPushPuller, error) {
	c := failedPushConfig{interval: 5 * time.Minute, drain: 10 * time.Second, logger: slog.New(slog.DiscardHandler)}
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
// handler took: nobody else has them. Keep them ([EncodeEvent]) or handle them.
type UnhandledEventsError struct {
	// Events are in the order of the list.
	Events []Event
	// Err is why the first of them was not handled.
	Err error
}

// Error tells how many there are and why.
func (e *UnhandledEventsError) Error() string {
	return fmt.Sprintf("dingoa: %d events of the list of failed pushes are not handled: %v", len(e.Events), e.Err)
}

// Unwrap returns the reason.
func (e *UnhandledEventsError) Unwrap() error { return e.Err }

// Run pulls at once and then at every interval until ctx ends. Errors of single
// pulls are logged and tried again. It returns nil, or [*UnhandledEventsError]
// when it holds events that the handler did not take up to then.
func (p *FailedPushPuller) Run(ctx context.Context) error {
	var err error
	for {
		if err = p.Pull(ctx); err != nil {
			p.logger.LogAttrs(ctx, slog.LevelError, "dingoa: pulling failed pushes", slog.Any("error", err))
		}
		if pause(ctx, p.interval) != nil {
			break
		}
	}
	if len(p.held) == 0 {
		return nil
	}
	return err
}

// Pull reads until the list is empty and hands each event over. Events that the
// handler refuses are held for the next Pull, along with later ones of their
// approval; the error is then an [*UnhandledEventsError]. Other errors are those of
// [EventService.FailedPushes].
//
// A read that has begun goes on although ctx ends, since its reply can't be read
// a second time.
func (p *FailedPushPuller) Pull(ctx context.Context) error {
	outliving, cancel := outlive(ctx, p.drain)
	defer cancel()
	for {
		if err := p.handOver(outliving); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		pushes, err := p.client.Events.FailedPushes(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		p.held = pushes.Events
		if !pushes.HasMore {
			return p.handOver(outliving)
		}
	}
}

// handOver gives the held events to the handler and keeps those it refuses.
func (p *FailedPushPuller) handOver(ctx context.Context) error {
	var refused []Event
	var reason error
	waiting := map[string]bool{} // by what they are about
	for _, e := range p.held {
		subject := e.Subject()
		if waiting[subject] {
			refused = append(refused, e)
			continue
		}
		if err := safely(ctx, p.handler.Dispatch, &e); err != nil {
			waiting[subject] = true
			refused = append(refused, e)
			if reason == nil {
				reason = err
			}
		}
	}
	p.held = refused
	if len(refused) == 0 {
		return nil
	}
	return &UnhandledEventsError{refused, reason}
}

// outlive returns a context that ends so long after ctx.
func outlive(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = pause(longer, d) // it may end before
		cancel()
	})
	return longer, func() {
		stop()
		cancel()
	}
}
