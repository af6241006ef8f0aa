package stream

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"github.com/dingoa/dingoa"
)

// Option configures a [Consumer]. The order of options does not matter.
type Option func(*config) error

type config struct {
	userAgent   string
	extras      map[string]string
	handlers    int
	waiting     int
	heldBytes   int64
	maxMessage  int64
	firstRetry  time.Duration
	maxRetry    time.Duration
	drain       time.Duration
	hook        Hook
	subscribing []dingoa.StreamSubscription
}

func newConfig(opts []Option) (config, error) {
	c := config{
		userAgent: "dingoa-go",
		handlers:  64, waiting: 1000, heldBytes: 32 << 20,
		maxMessage: 1 << 20,
		firstRetry: 3 * time.Second, maxRetry: time.Minute,
		drain: 10 * time.Second,
	}
	var errs []error
	for _, opt := range opts {
		if opt != nil {
			errs = append(errs, opt(&c))
		}
	}
	if c.hook.Frame == nil { // what it is told of is acknowledged: somebody must hear of it
		c.hook.Frame = LogHook(slog.Default()).Frame
	}
	if c.firstRetry > c.maxRetry {
		errs = append(errs, fmt.Errorf("WithBackoff: the first wait %v is longer than the longest %v", c.firstRetry, c.maxRetry))
	}
	// The only topic of events that can be subscribed to by code, says the protocol
	// page: which events come is chosen in the developer console.
	c.subscribing = append(c.subscribing, dingoa.StreamSubscription{Type: dingoa.StreamTypeEvent, Topic: "*"})
	for _, topic := range []string{topicPing, topicDisconnect} {
		c.subscribing = append(c.subscribing, dingoa.StreamSubscription{Type: dingoa.StreamTypeSystem, Topic: topic})
	}
	return c, errors.Join(errs...)
}

// WithUserAgent names your program and its version in place of "dingoa-go".
func WithUserAgent(userAgent string) Option {
	return func(c *config) error {
		if userAgent == "" {
			return errors.New("WithUserAgent: it is empty")
		}
		c.userAgent = userAgent
		return nil
	}
}

// WithExtras sends further properties of the connection (extras).
func WithExtras(extras map[string]string) Option {
	return func(c *config) error {
		c.extras = maps.Clone(extras)
		return nil
	}
}

// WithHandlers bounds how many events are handed over at a time; the default is
// 64. Events of one approval never are at the same time. A dispatcher has a
// bound of its own, see [event.WithConcurrency].
func WithHandlers(n int) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("WithHandlers: %d is not positive", n)
		}
		c.handlers = n
		return nil
	}
}

// WithWaiting bounds how many events wait for a handler to be free; the default
// is 1,000. When the room is full the consumer stops reading for up to a second,
// then asks DingTalk to deliver later, until there is room again.
func WithWaiting(n int) Option {
	return func(c *config) error {
		if n < 0 {
			return fmt.Errorf("WithWaiting: %d is negative", n)
		}
		c.waiting = n
		return nil
	}
}

// WithWaitingBytes bounds how much memory the messages take that wait for a handler
// or are being handled, the default is 32 MiB; beyond that events are refused as
// when the room of [WithWaiting] is full. A single message may be larger.
func WithWaitingBytes(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("WithWaitingBytes: %d is not positive", n)
		}
		c.heldBytes = n
		return nil
	}
}

// WithMaxMessageBytes bounds the size of a message; the default is 1 MiB. A
// longer one is acknowledged unread, since it would come again for ever, and
// reported to [Hook.Frame] with its beginning and its end.
func WithMaxMessageBytes(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("WithMaxMessageBytes: %d is not positive", n)
		}
		c.maxMessage = n
		return nil
	}
}

// WithBackoff sets the waits between two tries to connect: from first, doubling,
// to longest, and up to a fifth more by chance. The default is 3 seconds to a
// minute, as DingTalk's own client has it. The very first try, and the first after
// a connection that lived for longer than the first wait, are made at once.
func WithBackoff(first, longest time.Duration) Option {
	return func(c *config) error {
		if first <= 0 {
			return fmt.Errorf("WithBackoff: %v is not a positive duration", first)
		}
		c.firstRetry, c.maxRetry = first, longest
		return nil
	}
}

// WithDrainTimeout bounds how long running handlers may take once Run's context
// has ended, or DingTalk has asked to leave a connection; the default is 10
// seconds.
func WithDrainTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return fmt.Errorf("WithDrainTimeout: %v is negative", d)
		}
		c.drain = d
		return nil
	}
}

// WithHook adds a hook; several are called in their order.
func WithHook(hook Hook) Option {
	return func(c *config) error {
		c.hook = Hook{
			Connection: both(c.hook.Connection, hook.Connection),
			Event:      both(c.hook.Event, hook.Event),
			Frame:      both(c.hook.Frame, hook.Frame),
		}
		return nil
	}
}

// both calls two functions as one; either may be nil.
func both[T any](first, second func(T)) func(T) {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return func(v T) {
		first(v)
		second(v)
	}
}
