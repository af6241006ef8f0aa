package dingoa

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// EventHandlerFunc is a function as an [EventHandler].
type EventHandlerFunc func(ctx context.Context, e *Event) error

// Dispatch calls the function.
func (f EventHandlerFunc) Dispatch(ctx context.Context, e *Event) error { return f(ctx, e) }

// EventMiddleware puts something around an [EventHandler]: give it to [Use], or
// call it with an [Inbox].
type EventMiddleware func(EventHandler) EventHandler

// LogEvents logs each event with the time it took: at level info when it was
// handled, at level error with the handler's own words, and the stack of a
// panic, when not. Nothing of the event's content is logged.
func LogEvents(logger *slog.Logger) EventMiddleware {
	return func(next EventHandler) EventHandler {
		return EventHandlerFunc(func(ctx context.Context, e *Event) error {
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

// LimitEvents ends the context of an event's handlers after d. A handler that
// does not heed its context goes on, and holds up the events of its approval.
func LimitEvents(d time.Duration) EventMiddleware {
	return func(next EventHandler) EventHandler {
		return EventHandlerFunc(func(ctx context.Context, e *Event) error {
			ctx, cancel := context.WithTimeout(ctx, d)
			defer cancel()
			return next.Dispatch(ctx, e)
		})
	}
}
