package inbox

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/nats-io/nats.go"
)

// Option changes an [Inbox]. The order of options does not matter.
type Option func(*config) error

type config struct {
	name         string
	maxAttempts  int
	firstBackoff time.Duration
	maxBackoff   time.Duration
	concurrency  int
	retention    time.Duration
	maxBytes     int64
	replicas     int
	nats         []nats.Option
	logger       *slog.Logger
}

func newConfig(opts []Option) (*config, error) {
	c := &config{
		name:         "dingoa",
		maxAttempts:  20,
		firstBackoff: time.Second,
		maxBackoff:   10 * time.Minute,
		concurrency:  16,
		retention:    30 * 24 * time.Hour,
		maxBytes:     -1,
		logger:       slog.New(slog.DiscardHandler),
	}
	var errs []error
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(c); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("inbox: %w", errors.Join(errs...))
	}
	return c, nil
}

// WithName names the stream and begins its subjects, "dingoa" by default: apps
// that share a cluster need a name each. It consists of letters, digits, "-"
// and "_".
func WithName(name string) Option {
	return func(c *config) error {
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`).MatchString(name) {
			return fmt.Errorf("WithName(%q): use 1 to 64 letters, digits, - and _", name)
		}
		c.name = name
		return nil
	}
}

// WithMaxAttempts sets how often an event is handed over before it becomes a
// dead letter, 20 by default: with the pauses of [WithBackoff] that takes two hours.
func WithMaxAttempts(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("WithMaxAttempts(%d): use 1 or more", n)
		}
		c.maxAttempts = n
		return nil
	}
}

// WithBackoff sets the pause after the first failed attempt and the longest
// one, 1 second and 10 minutes by default. Each pause is twice the one before,
// less up to a fifth so that events that failed together don't return together.
func WithBackoff(first, longest time.Duration) Option {
	return func(c *config) error {
		if first <= 0 || longest < first {
			return fmt.Errorf("WithBackoff(%v, %v): the first pause is above 0 and the longest not below it", first, longest)
		}
		c.firstBackoff, c.maxBackoff = first, longest
		return nil
	}
}

// WithConcurrency sets how many handlers run at once in this process, 16 by default.
func WithConcurrency(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("WithConcurrency(%d): use 1 or more", n)
		}
		c.concurrency = n
		return nil
	}
}

// WithRetention sets how long the inbox remembers which events were handled, 30
// days by default: a repeat within that time is not handed over again. Events
// that wait and dead letters are kept for as long as it takes.
//
// The engine indexes what it remembers in memory.
func WithRetention(d time.Duration) Option {
	return func(c *config) error {
		if d < time.Second {
			return fmt.Errorf("WithRetention(%v): use a second or more", d)
		}
		c.retention = d
		return nil
	}
}

// WithMaxBytes bounds what the inbox takes on disk; by default the disk does.
// A full inbox refuses events, so that DingTalk keeps them, until others are
// handled.
//
// With [WithReplicas] above 1, a full stream refuses also the notes of what was
// handled, and those events are handed over again: choose a bound that is never
// reached.
func WithMaxBytes(n int64) Option {
	return func(c *config) error {
		if n < 1<<20 {
			return fmt.Errorf("WithMaxBytes(%d): use a megabyte (1048576) or more", n)
		}
		c.maxBytes = n
		return nil
	}
}

// WithReplicas sets on how many servers of the cluster each event is kept, 1 by
// default and 5 at most; for nats:// only. Take 3 to outlive the loss of a server.
func WithReplicas(n int) Option {
	return func(c *config) error {
		if n < 1 || n > 5 {
			return fmt.Errorf("WithReplicas(%d): use 1 to 5", n)
		}
		c.replicas = n
		return nil
	}
}

// WithNATS adds options of the connection, such as [nats.UserCredentials] or
// [nats.Secure]; for nats:// only.
func WithNATS(opts ...nats.Option) Option {
	return func(c *config) error {
		c.nats = append(c.nats, opts...)
		return nil
	}
}

// WithLogger logs failed attempts, dead letters, shards that change hands
// and what the engine warns of. Without it nothing is logged. Errors of your
// handlers are logged as they are; the content of an event is not.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) error {
		if logger == nil {
			return errors.New("WithLogger: the logger is nil")
		}
		c.logger = logger
		return nil
	}
}
