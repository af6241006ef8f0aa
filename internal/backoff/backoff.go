// Package backoff waits, and says for how long.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Pause waits for d. It returns the error of ctx when that ends first, or has
// ended.
func Pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Fits reports whether ctx leaves time after a wait of d.
func Fits(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || time.Until(deadline) > d)
}

// Exponential returns the pause after the given number of failed attempts: first,
// doubling up to longest, less up to a fifth, so that what failed together is not
// tried again together.
func Exponential(first, longest time.Duration, attempts int) time.Duration {
	d := first
	for i := 1; i < attempts && d < longest; i++ {
		d *= 2
	}
	d = min(d, longest)
	return d - rand.N(d/5+1) //nolint:gosec // jitter, not a secret
}

// WithGrace returns a context that ends d after ctx, or when cancel is called.
func WithGrace(ctx context.Context, d time.Duration) (longer context.Context, cancel context.CancelFunc) {
	longer, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = Pause(longer, d) // it may be cancelled before
		end()
	})
	return longer, func() {
		stop()
		end()
	}
}
