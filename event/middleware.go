package event

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// HandlerFunc is a function as an [Handler].
type HandlerFunc func(ctx context.Context, e *Event) error

// Dispatch calls the function.
func (f HandlerFunc) Dispatch(ctx context.Context, e *Event) error { return f(ctx, e) }

// Middleware puts something around an [Handler]: give it to [Use], or
// call it with an [Inbox].
type Middleware func(Handler) Handler

// Log logs each event with the time it took: at level info when it was
// handled, at level error with the handler's own words, and the stack of a
// panic, when not. Nothing of the event's content is logged.
func Log(logger *slog.Logger) Middleware {
	return func(next Handler) Handler {
		return HandlerFunc(func(ctx context.Context, e *Event) error {
			began := time.Now()
			err := next.Dispatch(ctx, e)
			took := slog.Duration("duration", time.Since(began))
			if err == nil {
				logger.LogAttrs(ctx, slog.LevelInfo, "dingoa: event handled", slog.Any("event", e), took)
				return nil
			}
			attrs := []slog.Attr{slog.Any("event", e), took, slog.Any("error", err)}
			logger.LogAttrs(ctx, slog.LevelError, "dingoa: event not handled", append(attrs, stackOf(err)...)...)
			return err
		})
	}
}

// stackOf is where a handler panicked, if that was the error.
func stackOf(err error) []slog.Attr {
	var panicErr *PanicError
	if !errors.As(err, &panicErr) {
		return nil
	}
	return []slog.Attr{slog.String("stack", string(panicErr.Stack))}
}

// Timeout ends the context of an event's handlers after d. A handler that
// does not heed its context goes on, and holds up the events of its approval.
func Timeout(d time.Duration) Middleware {
	return func(next Handler) Handler {
		return HandlerFunc(func(ctx context.Context, e *Event) error {
			ctx, cancel := context.WithTimeout(ctx, d)
			defer cancel()
			return next.Dispatch(ctx, e)
		})
	}
}
