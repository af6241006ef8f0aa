package stream

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

// Hook is told what a [Consumer] does, for logs, metrics and alarms. A function
// that is nil is not called. They are called in the consumer's goroutines, some
// at the same time, and should return soon.
type Hook struct {
	// Connection is called when the state of a connection changes.
	Connection func(ConnectionChange)
	// Event is called when an event was answered.
	Event func(EventResult)
	// Frame is called for a message that could not be read or that nobody handles.
	// Such a message is acknowledged, as it would come again for ever. An event
	// among them is also given to the handler, as [event.UnknownEvent] with the
	// whole message in Raw: an inbox keeps it. Without a function it is logged by
	// [slog.Default].
	Frame func(FrameProblem)
}

// State is where a connection is in its life.
type State string

// The states of a connection, in their order.
const (
	StateConnecting State = "connecting" // asking for a ticket and opening the WebSocket
	StateConnected  State = "connected"
	StateDraining   State = "draining" // told to leave: running handlers finish and acknowledge
	StateClosed     State = "closed"   // also when connecting failed
)

// ConnectionChange is a new [State] of a connection.
type ConnectionChange struct {
	// Number counts the consumer's connections, those that failed to open included.
	Number int64
	// State is the new one.
	State State
	// Err is why it was closed or is draining; nil when the consumer itself wanted it.
	Err error
	// Retry is the wait before the next try, when that did not open.
	Retry time.Duration
}

// EventResult is how handling an event ended.
type EventResult struct {
	// Event prints without its content.
	Event *event.Event
	// Err is the handler's error, a *[event.PanicError], or why no handler was
	// asked ([ErrBusy]). DingTalk was told to deliver later, unless it is nil.
	Err error
	// AckErr is why DingTalk could not be told, usually because the connection has
	// gone. The event comes again then.
	AckErr error
	// Waited is the time from the arrival to the handler, Took the handler's own.
	Waited, Took time.Duration
}

// ErrBusy reports an event that no handler was asked for, because all of them
// were busy and the waiting room full, or because the consumer is stopping.
var ErrBusy = errors.New("stream: no handler is free")

// FrameProblem is a message that led to no event.
type FrameProblem struct {
	// Type, Topic and MessageID are as far as the message told.
	Type             dingoa.StreamType
	Topic, MessageID string
	// Err says what is wrong with it.
	Err error
	// Message returns a copy of what came, content and all, to be kept where
	// somebody can look at it. It is valid until the hook returns.
	Message func() []byte
}

func (c *Consumer) tellConnection(change ConnectionChange) {
	if f := c.cfg.hook.Connection; f != nil {
		f(change)
	}
}

func (c *Consumer) tellEvent(result EventResult) {
	if f := c.cfg.hook.Event; f != nil {
		f(result)
	}
}

func (c *Consumer) tellFrame(problem FrameProblem) { c.cfg.hook.Frame(problem) }

// LogHook logs connections at info level, events at debug level, and what went
// wrong at warn level. It logs no content.
func LogHook(logger *slog.Logger) Hook {
	log := func(err error, level slog.Level, message string, attrs ...slog.Attr) {
		if err != nil {
			level = slog.LevelWarn
			attrs = append(attrs, slog.String("error", err.Error()))
		}
		logger.LogAttrs(context.Background(), level, message, attrs...)
	}
	return Hook{
		Connection: func(c ConnectionChange) {
			attrs := []slog.Attr{slog.Int64("connection", c.Number), slog.String("state", string(c.State))}
			if c.Retry > 0 {
				attrs = append(attrs, slog.Duration("retry_in", c.Retry))
			}
			log(c.Err, slog.LevelInfo, "dingtalk stream", attrs...)
		},
		Event: func(r EventResult) {
			log(errors.Join(r.Err, r.AckErr), slog.LevelDebug, "dingtalk stream event",
				slog.Any("event", r.Event), slog.Duration("waited", r.Waited), slog.Duration("took", r.Took))
		},
		Frame: func(p FrameProblem) {
			log(p.Err, slog.LevelWarn, "dingtalk stream message",
				slog.String("type", string(p.Type)), slog.String("topic", p.Topic), slog.String("message_id", p.MessageID))
		},
	}
}
