package event

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

type memoryInboxConfig struct {
	attempts       int
	first, longest time.Duration
	concurrency    int
	capacity       int
	drain          time.Duration
	logger         *slog.Logger
}

// MemoryInboxOption configures a [MemoryInbox]. The order of options does not matter.
type MemoryInboxOption func(*memoryInboxConfig) error

// WithInboxMaxAttempts sets how often an event is handed over before it becomes
// a dead letter, 20 unless given: with the pauses of [WithInboxBackoff] that
// takes two hours.
func WithInboxMaxAttempts(n int) MemoryInboxOption {
	return func(c *memoryInboxConfig) error {
		if n < 1 {
			return fmt.Errorf("WithInboxMaxAttempts: %d is not a positive number", n)
		}
		c.attempts = n
		return nil
	}
}

// WithInboxBackoff sets the pause after the first failed attempt and the longest
// one, 1 second and 10 minutes unless given. Each is twice the one before, less
// up to a fifth so that events that failed together don't return together.
func WithInboxBackoff(first, longest time.Duration) MemoryInboxOption {
	return func(c *memoryInboxConfig) error {
		if first <= 0 || longest < first {
			return fmt.Errorf("WithInboxBackoff: %v and %v are no positive pauses, the longer one last", first, longest)
		}
		c.first, c.longest = first, longest
		return nil
	}
}

// WithInboxConcurrency sets how many handlers run at once, 16 unless given.
func WithInboxConcurrency(n int) MemoryInboxOption {
	return func(c *memoryInboxConfig) error {
		if n < 1 {
			return fmt.Errorf("WithInboxConcurrency: %d is not a positive number", n)
		}
		c.concurrency = n
		return nil
	}
}

// WithInboxCapacity sets how many events the inbox holds, dead letters
// included, 10,000 unless given; an event takes a few KB. A full inbox makes
// Dispatch wait, and fail when its context ends, so that DingTalk keeps the event.
func WithInboxCapacity(n int) MemoryInboxOption {
	return func(c *memoryInboxConfig) error {
		if n < 1 {
			return fmt.Errorf("WithInboxCapacity: %d is not a positive number", n)
		}
		c.capacity = n
		return nil
	}
}

// WithInboxDrain sets how long Run goes on after its context has ended while
// events wait, 10 seconds unless given, since they would be lost with the
// process; 0 stops it at once.
func WithInboxDrain(d time.Duration) MemoryInboxOption {
	return func(c *memoryInboxConfig) error {
		if d < 0 {
			return fmt.Errorf("WithInboxDrain: %v is negative", d)
		}
		c.drain = d
		return nil
	}
}

// WithInboxLogger logs each failed attempt (warn) and each dead letter (error),
// in the handler's own words. Nothing is logged without it.
func WithInboxLogger(logger *slog.Logger) MemoryInboxOption {
	return func(c *memoryInboxConfig) error {
		if logger == nil {
			return errors.New("WithInboxLogger: the logger is nil")
		}
		c.logger = logger
		return nil
	}
}
