package event

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Handler takes events from a dingoa.Callback, from stream mode, from the list
// of failed pushes or from a comparison. [Dispatcher] runs your handlers; an
// [Inbox] keeps the event for them.
type Handler interface {
	// Dispatch returns nil once the event is done with: whoever brought it then
	// acknowledges it. An error means "deliver again".
	Dispatch(ctx context.Context, e *Event) error
}

// Inbox keeps events before they are acknowledged and hands them over
// afterwards, so that neither a slow handler nor a crash loses one: DingTalk
// wants an answer within 1.5 seconds and gives up after two repeats.
//
// Events of one approval are handed over in their order, one after the other.
// An event is handed over at least once: a crash between a handler's effect and
// its note in the inbox brings it again. [Event.Key] is the idempotency key for
// such effects.
type Inbox interface {
	// Dispatch keeps what [Event.Unpack] makes of the event and returns nil once
	// that is safe. An event whose [Event.Key] is known already is not kept again.
	Handler
	// Run hands events over to h until ctx ends, then waits for the handlers that
	// are running: their context does not end with ctx. An event that h refuses, or
	// panics over, is handed over again after a pause that grows, and becomes a
	// dead letter after the last attempt; the events behind it then go on. An
	// inbox has one Run at a time.
	Run(ctx context.Context, h Handler) error
	// Handled reports whether the event with this key was handed over with success.
	Handled(ctx context.Context, key string) (bool, error)
	// DeadLetters yields the events that were given up, oldest first.
	DeadLetters(ctx context.Context) iter.Seq2[DeadLetter, error]
	// Replay hands a dead letter over once more, as if it had just come in. The
	// error is [ErrNoDeadLetter] when there is none with this key.
	Replay(ctx context.Context, key string) error
	// Discard removes a dead letter for good: should the event come again, it is
	// not kept. The error is as for Replay.
	Discard(ctx context.Context, key string) error
	// Close frees what the inbox holds. Events that are kept stay kept as far as
	// the inbox outlives the process.
	Close() error
}

// ErrNoDeadLetter reports a key that no dead letter of an [Inbox] has.
var ErrNoDeadLetter = errors.New("there is no such dead letter")

// DeadLetter is an event that no attempt could hand over.
type DeadLetter struct {
	// Event is the event as it came in.
	Event *Event
	// Attempts is how often it was handed over.
	Attempts int
	// Problem is the error of the last attempt, in the handler's own words.
	Problem string
	// Time is when it was given up.
	Time time.Time
}
