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

// Reconciler finds the final states of approvals that no push told: it lists
// the approvals of its forms, and hands an [event.InstanceChange] to the handler for
// each one that has ended and was not handled. Such an event has the source
// [event.SourceReconcile], and the [event.Event.Key] of the push that is missing, so that
// the two are handled once.
//
// It lists approvals from 5 minutes after their start, each once. Of those that
// nobody has handled the end of, it reads the state, and of those that run
// again an hour later, as far as its budget of calls goes; those that were not
// looked at for longest come first.
//
// An error about one approval or one form keeps no other waiting: it is tried
// again after 10 minutes, then after ever longer pauses up to a week, and is in
// [Report.Failing] until it works. An error about everything, such as a
// refused token or a used up quota, ends the comparison.
//
// What counts is DingTalk's clock, as its replies tell it ([dingoa.Client.ServerTime]).
//
// Run one for all replicas of an app. A Reconciler is not safe for concurrent use.
type Reconciler struct {
	client       *dingoa.Client
	handler      event.Handler
	handled      HandledEvents
	processCodes []string
	config
}

// HandledEvents knows what was handled: the [event.Inbox] of the events, or the
// [event.Deduper] of their [event.Dispatcher]. If it forgets with the process, final states
// of approvals that are open then are handed over once more.
type HandledEvents interface {
	// Handled reports whether the event with this [event.Event.Key] was handled.
	Handled(ctx context.Context, key string) (bool, error)
}

const (
	// settleTime leaves the vendor's pushes and their repeats their time.
	settleTime = 5 * time.Minute
	// listOverlap is listed again, should the vendor list an approval late.
	listOverlap = 10 * time.Minute
	// listSpan is listed in one go, and again after a crash.
	listSpan = 24 * time.Hour
	// distrustSpan is listed again when it is not known for how long a clock was wrong.
	distrustSpan = 30 * 24 * time.Hour
	// rereadAfter is how long an approval that runs is left alone.
	rereadAfter = time.Hour
	// failurePause is how long one that cannot be read is left alone, doubling up
	// to maxFailurePause.
	failurePause    = 10 * time.Minute
	maxFailurePause = 7 * 24 * time.Hour
	// serverFailures in a row end a comparison: DingTalk is down.
	serverFailures = 5
)

type config struct {
	store     Store
	interval  time.Duration
	budget    int
	since     time.Time
	corpID    string
	eventType string
	logger    *slog.Logger
}

// Option configures a [Reconciler]. The order of options does not matter.
type Option func(*config) error

// WithStore keeps the state in store, such as
// [NewFileStore]; in memory unless given.
func WithStore(store Store) Option {
	return func(c *config) error {
		if store == nil {
			return errors.New("WithStore: the store is nil")
		}
		c.store = store
		return nil
	}
}

// WithInterval sets the pause between two comparisons, 10 minutes
// unless given.
func WithInterval(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("WithInterval: %v is not a positive duration", d)
		}
		c.interval = d
		return nil
	}
}

// WithCallBudget bounds the calls per hour, 60 unless given. Listing takes a
// call for every 20 approvals and at least one for each form, reading one for
// each approval. The listing of a day is not broken off: what it takes beyond
// the budget is saved up afterwards.
func WithCallBudget(perHour int) Option {
	return func(c *config) error {
		if perHour < 1 {
			return fmt.Errorf("WithCallBudget: %d is not a positive number of calls", perHour)
		}
		c.budget = perHour
		return nil
	}
}

// WithSince sets the start of the oldest approvals to look at when
// there is no state yet; 24 hours ago unless given. DingTalk lists 365 days
// back, five years with [dingoa.WithPremium]; an earlier time is moved there.
func WithSince(t time.Time) Option {
	return func(c *config) error {
		c.since = t
		return nil
	}
}

// WithCorpID sets the company whose events these are, as pushes tell
// it ([event.Event.CorpID]). Required unless the client knows it ([dingoa.WithCorpID]).
func WithCorpID(corpID string) Option {
	return func(c *config) error {
		c.corpID = corpID
		return nil
	}
}

// WithEventType sets the type of the events that the app subscribed
// to, "bpms_instance_change" unless given; "workflow_instance_change_directed"
// or "workflow_instance_change_broadcast" for third-party apps.
func WithEventType(eventType string) Option {
	return func(c *config) error {
		if !slices.Contains(event.InstanceChange{}.EventTypes(), eventType) {
			return fmt.Errorf("WithEventType: %q is no type of InstanceChange", eventType)
		}
		c.eventType = eventType
		return nil
	}
}

// WithLogger logs each comparison that found or failed at something.
// Nothing is logged without it.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) error {
		if logger == nil {
			return errors.New("WithLogger: the logger is nil")
		}
		c.logger = logger
		return nil
	}
}

// NewReconciler returns a reconciler for the forms with these process codes.
// handled is where h notes what it handled.
func NewReconciler(client *dingoa.Client, h event.Handler, handled HandledEvents, processCodes []string, opts ...Option) (*Reconciler, error) {
	c := config{
		store: NewMemoryStore(), interval: 10 * time.Minute, budget: 60,
		eventType: "bpms_instance_change", logger: slog.New(slog.DiscardHandler),
	}
	var errs []error
	if client == nil || h == nil || handled == nil {
		errs = append(errs, errors.New("a client, a handler and what tells what was handled are required"))
	}
	if len(processCodes) == 0 {
		errs = append(errs, errors.New("no process code is given"))
	}
	for i, code := range processCodes {
		if code == "" {
			errs = append(errs, fmt.Errorf("process code %d is empty", i))
		}
	}
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(&c); err != nil {
			errs = append(errs, err)
		}
	}
	if c.corpID == "" && client != nil {
		c.corpID = client.CorpID()
	}
	if c.corpID == "" {
		errs = append(errs, errors.New("the company is not known: give WithCorpID"))
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("dingoa: reconciler: %w", errors.Join(errs...))
	}
	return &Reconciler{client: client, handler: h, handled: handled, processCodes: slices.Clone(processCodes), config: c}, nil
}

// Report is the result of one comparison.
type Report struct {
	// Listed is how many approvals were new to it.
	Listed int
	// Known is how many ends had been handled without it.
	Known int
	// Delivered is how many ends it handed over.
	Delivered int
	// Failed is how many the handler refused; they are tried again.
	Failed int
	// Gone is how many approvals no longer exist: DingTalk listed them, and says now
	// that there is none with their ID.
	Gone int
	// Open is how many are left to look at.
	Open int
	// Failing are the approvals and forms that could not be read when they were
	// tried last, now or in an earlier comparison.
	Failing []Failure
	// Distrusted is how many forms had been listed up to a time that has not come
	// yet, as after a comparison with a wrong clock. They are listed again from
	// where the clock was right.
	Distrusted int
	// Calls is how many calls it took.
	Calls int
	// Exhausted reports that the budget ended before the work.
	Exhausted bool
}

// LogValue returns the numbers.
func (r Report) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("listed", r.Listed), slog.Int("known", r.Known), slog.Int("delivered", r.Delivered), slog.Int("failed", r.Failed),
		slog.Int("gone", r.Gone), slog.Int("open", r.Open), slog.Int("failing", len(r.Failing)), slog.Int("distrusted", r.Distrusted),
		slog.Int("calls", r.Calls), slog.Bool("exhausted", r.Exhausted),
	)
}

// Failure is an approval that cannot be read, or a form whose approvals
// cannot be listed.
type Failure struct {
	// ProcessCode is the form.
	ProcessCode string
	// InstanceID is the approval, empty when it is about the form.
	InstanceID string
	Trouble
	// Next is when it is tried again, if the budget allows.
	Next time.Time
}

// Run compares at once and then at every interval until ctx ends, and returns
// nil. Errors are logged, and what they left undone is done the next time.
func (r *Reconciler) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		report, err := r.Reconcile(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			r.logger.LogAttrs(ctx, slog.LevelError, "dingoa: comparing approvals with events", slog.Any("error", err), slog.Any("report", report))
		case report.Delivered > 0 || report.Distrusted > 0:
			r.logger.LogAttrs(ctx, slog.LevelWarn, "dingoa: found ends of approvals that no push told", slog.Any("report", report))
		}
		_ = backoff.Pause(ctx, r.interval) // the loop sees when ctx ended
	}
	return nil
}

// Reconcile compares once. The state is saved as it goes, so that the next one,
// in another process too, goes on from there. The error joins what went wrong
// this time, about single approvals too.
func (r *Reconciler) Reconcile(ctx context.Context) (Report, error) {
	state, err := r.store.Load(ctx)
	if err != nil {
		return Report{}, err
	}
	c := &comparison{Reconciler: r, state: state}
	c.begin()
	failures := c.listForms(ctx)
	if !c.over {
		failures = append(failures, c.readOpen(ctx)...)
	}
	c.finish()
	return c.report, errors.Join(append(failures, c.save(ctx))...)
}
