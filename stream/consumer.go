package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/lanes"
)

// Consumer receives the events of one app. Several consumers of one app, in one
// process or in many, share its events. It is safe for concurrent use.
type Consumer struct {
	client  *dingoa.Client
	handler event.Handler
	cfg     config
	lanes   *lanes.Lanes
	counts  counters

	started    atomic.Bool
	stopping   atomic.Bool
	full       atomic.Bool                // waiting for room was in vain
	held       atomic.Int64               // bytes of messages that are not handled
	freed      chan struct{}              // some of held were given back
	current    atomic.Pointer[connection] // the newest that is up
	goroutines sync.WaitGroup
	// handling is the context of handlers, which outlives that of Run.
	handling context.Context //nolint:containedctx // it is that of Run, and its handlers' own
}

// delivery is an event on its way to the handler.
type delivery struct {
	conn      *connection
	messageID string
	event     *event.Event
	problem   error // why the event could not be read
	size      int64 // of what is held for it
	arrived   time.Time
}

// New returns a consumer that hands the events of the client's app to h: a
// [event.Dispatcher] with your handlers, or an inbox. Of a third-party app take
// [dingoa.Suite.SuiteClient], which gets the events of all companies. Nothing is
// sent before [Consumer.Run].
//
// The WebSocket goes through the client's HTTP client, with its proxy and its
// certificates.
func New(client *dingoa.Client, h event.Handler, opts ...Option) (*Consumer, error) {
	switch {
	case client == nil:
		return nil, errors.New("stream: the client is nil")
	case h == nil:
		return nil, errors.New("stream: the event handler is nil")
	}
	cfg, err := newConfig(opts)
	if err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	room := cfg.handlers + cfg.waiting
	return &Consumer{client: client, handler: h, cfg: cfg, lanes: lanes.New(cfg.handlers, room), freed: make(chan struct{}, 1)}, nil
}

// String names the app.
func (c *Consumer) String() string { return "stream.Consumer(" + c.client.String() + ")" }

// Format is String for every verb of fmt.
func (c *Consumer) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, c.String()) }

// Run receives events until ctx ends, and connects again whenever a connection
// breaks. Then handlers that run may finish for as long as [WithDrainTimeout]
// says, their contexts end, and Run returns nil.
//
// It returns an error at once when trying again is of no use: DingTalk itself
// refuses AppKey and AppSecret ([dingoa.ErrUnauthorized]) or the app
// ([dingoa.ErrPermission]), or the client cannot ask at all
// ([dingoa.ErrInvalidArgument], [dingoa.ErrUnsupported]). An answer without a code
// of DingTalk, such as a proxy's page, is tried again, whatever its status. It also
// returns an error when handlers are still running a second after their contexts
// have ended. It may be called once.
func (c *Consumer) Run(ctx context.Context) error {
	if !c.started.CompareAndSwap(false, true) {
		return errors.New("stream: Run was called before; make a new Consumer")
	}
	handling, endHandling := context.WithCancel(context.WithoutCancel(ctx))
	defer endHandling()
	c.handling = handling
	err := c.stayConnected(ctx)
	return errors.Join(err, c.stop(context.WithoutCancel(ctx), endHandling))
}

// stayConnected opens one connection after the other. The former one stays
// until the next is up, so that there is no gap when DingTalk asks to leave.
func (c *Consumer) stayConnected(ctx context.Context) error {
	wait, tries := time.Duration(0), 0
	for number := int64(1); ; number++ {
		if !pause(ctx, wait) {
			return nil
		}
		c.tellConnection(ConnectionChange{Number: number, State: StateConnecting})
		conn, err := c.connect(ctx, number)
		if err != nil {
			if wait, err = c.afterFailure(ctx, number, tries, err); err != nil || ctx.Err() != nil {
				return err
			}
			tries++
			continue
		}
		conn.serve()
		if former := c.current.Swap(conn); former != nil {
			c.goroutines.Go(former.leave)
		}
		select {
		case <-conn.outdated:
		case <-ctx.Done():
			return nil
		}
		if time.Since(conn.opened) >= c.cfg.firstRetry {
			wait, tries = 0, 0
			continue
		}
		wait = c.backoff(tries, nil)
		tries++
	}
}

// afterFailure tells of a connection that did not open, and how long to wait
// before the next try; the error means that there is to be none.
func (c *Consumer) afterFailure(ctx context.Context, number int64, tries int, err error) (time.Duration, error) {
	change := ConnectionChange{Number: number, State: StateClosed, Err: err}
	switch {
	case ctx.Err() != nil:
		change.Err, err = nil, nil
	case isFatal(err):
		c.counts.failures.Add(1)
	default:
		c.counts.failures.Add(1)
		change.Retry, err = c.backoff(tries, err), nil
	}
	c.tellConnection(change)
	return change.Retry, err
}

// isFatal reports whether the same request will get the same answer: nothing was
// sent, or DingTalk itself, by a code, refused the credentials. A page of a proxy
// has no code, and of a code that is not known only the HTTP status speaks.
func isFatal(err error) bool {
	var e *dingoa.Error
	if !errors.As(err, &e) {
		return false
	}
	if e.HTTPStatus == 0 {
		return errors.Is(err, dingoa.ErrInvalidArgument) || errors.Is(err, dingoa.ErrUnsupported)
	}
	return e.Code != "" && (errors.Is(err, dingoa.ErrUnauthorized) || errors.Is(err, dingoa.ErrPermission))
}

// banned is how long DingTalk shuts an address out.
const banned = 5 * time.Minute

// backoff is the wait after so many tries in a row, the last of which failed
// with err.
func (c *Consumer) backoff(tries int, err error) time.Duration {
	wait := c.cfg.maxRetry
	if tries < 30 {
		wait = min(wait, c.cfg.firstRetry<<tries)
	}
	if e := (*dingoa.Error)(nil); errors.As(err, &e) {
		wait = max(wait, e.RetryAfter)
	}
	if errors.Is(err, dingoa.ErrBanned) {
		wait = max(wait, banned)
	}
	return wait + rand.N(wait/5+1) //nolint:gosec // it spreads tries, it protects nothing
}

// pause is false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// roomWait is how long a reader waits for room before events are refused.
const roomWait = time.Second

// submit has run called in the turn of the subject, with size bytes held for it
// until release; false when there is no room, or no time any more. Then run takes
// one off what waits.
// It waits for room up to a second, but not again until there has been some:
// whoever reads from a connection must get to the pings among the events.
func (c *Consumer) submit(ctx context.Context, subject string, size int64, run func()) bool {
	if c.stopping.Load() {
		return false
	}
	c.counts.waiting.Add(1)
	ctx, cancel := context.WithTimeout(ctx, roomWait)
	defer cancel()
	if c.hold(ctx, size) {
		if c.lanes.TryGo(subject, run) {
			c.full.Store(false)
			return true
		}
		if !c.full.Load() && c.lanes.Go(ctx, subject, run) == nil {
			return true
		}
		c.release(size)
	}
	c.full.Store(true)
	c.counts.waiting.Add(-1)
	return false
}

// hold waits until the bytes fit in. One message alone always does.
func (c *Consumer) hold(ctx context.Context, size int64) bool {
	for {
		if held := c.held.Add(size); held <= c.cfg.heldBytes || held == size {
			return true
		}
		c.held.Add(-size)
		if c.full.Load() {
			return false
		}
		select {
		case <-c.freed:
		case <-ctx.Done():
			return false
		}
	}
}

func (c *Consumer) release(size int64) {
	c.held.Add(-size)
	select {
	case c.freed <- struct{}{}:
	default:
	}
}

// handle runs the handler for one event and acknowledges it.
func (c *Consumer) handle(d delivery) {
	c.counts.waiting.Add(-1)
	defer c.release(d.size)
	began := time.Now()
	if c.stopping.Load() {
		c.finish(d, EventResult{Event: d.event, Err: ErrBusy, Waited: began.Sub(d.arrived)})
		return
	}
	c.counts.running.Add(1)
	err := errHandlerExited
	defer func() { // even when the handler ends this goroutine
		c.finish(d, EventResult{Event: d.event, Err: err, Waited: began.Sub(d.arrived), Took: time.Since(began)})
		c.counts.running.Add(-1)
	}()
	err = c.dispatch(d.event)
}

var errHandlerExited = errors.New("stream: the event handler ended its goroutine (runtime.Goexit, as t.FailNow does)")

func (c *Consumer) dispatch(e *event.Event) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &event.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return c.handler.Dispatch(c.handling, e)
}

// finish acknowledges an event and counts it.
func (c *Consumer) finish(d delivery, result EventResult) {
	if result.Err != nil && d.problem != nil && errors.Is(result.Err, event.ErrMalformed) {
		result.Err = nil // as reported; it will be no better the next time
	}
	if result.Err == nil {
		c.counts.handled.Add(1)
		d.conn.answerEvent(http.StatusOK, d.messageID, ackSuccess, result)
		return
	}
	c.counts.later.Add(1)
	d.conn.answerEvent(http.StatusInternalServerError, d.messageID, ackLater, result)
}

// lastGrace is how long handlers have to return once their contexts have ended.
const lastGrace = time.Second

// stop ends what runs. Events that no handler has begun with come again later.
func (c *Consumer) stop(ctx context.Context, endHandling context.CancelFunc) error {
	c.stopping.Store(true)
	if conn := c.current.Load(); conn != nil {
		conn.tell(StateDraining, nil)
	}
	drained := c.drained(ctx, c.cfg.drain)
	endHandling()
	if !drained {
		drained = c.drained(ctx, lastGrace)
	}
	if conn := c.current.Load(); conn != nil {
		conn.close()
	}
	c.goroutines.Wait()
	if !drained {
		return errors.New("stream: handlers are still running, although their contexts have ended")
	}
	return nil
}

func (c *Consumer) drained(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return c.lanes.Close(ctx) == nil
}
