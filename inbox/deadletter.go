package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/dingoa/dingoa/event"
)

// letter is a dead letter as it is stored. Event was written by event.Encode, or
// is a JSON string of the content that lay in its place.
type letter struct {
	Event    json.RawMessage `json:"event"`
	Attempts int             `json:"attempts"`
	Problem  string          `json:"problem"`
	Time     time.Time       `json:"time"`
}

// maxProblem bounds the text of a handler's error in a dead letter, in bytes.
const maxProblem = 4 << 10

// bury turns an event that waits into a dead letter. A crash in between leaves
// it waiting, and the next attempt buries it again.
func (in *Inbox) bury(ctx context.Context, at entry, l letter) error {
	if len(l.Problem) > maxProblem {
		l.Problem = l.Problem[:maxProblem]
	}
	l.Problem = strings.ToValidUTF8(l.Problem, "")
	if !json.Valid(l.Event) { // as no Dispatch keeps it
		text, err := json.Marshal(string(l.Event))
		if err != nil {
			return err
		}
		l.Event = text
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := in.js.Publish(ctx, in.name+".dead."+at.key, data); err != nil {
		return err
	}
	return in.replace(ctx, at, stateDead, nil)
}

// DeadLetters yields the events that were given up, oldest first. A letter that
// can't be read is an error which names its key; others follow.
func (in *Inbox) DeadLetters(ctx context.Context) iter.Seq2[event.DeadLetter, error] {
	return func(yield func(event.DeadLetter, error) bool) {
		for seq := uint64(1); ; {
			if in.closing.Err() != nil {
				yield(event.DeadLetter{}, event.ErrInboxClosed)
				return
			}
			msg, err := in.stream.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(in.name+".dead.*"))
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				return
			}
			if err != nil {
				yield(event.DeadLetter{}, fmt.Errorf("inbox: reading dead letters: %w", err))
				return
			}
			seq = msg.Sequence + 1
			key := strings.TrimPrefix(msg.Subject, in.name+".dead.")
			_, s, err := in.find(ctx, key)
			if err == nil && s != stateDead {
				continue // a crash within Replay or Discard left it
			}
			var found event.DeadLetter
			if err == nil {
				found, err = readLetter(key, msg.Data)
			}
			if !yield(found, err) {
				return
			}
		}
	}
}

func readLetter(key string, data []byte) (event.DeadLetter, error) {
	var l letter
	if err := json.Unmarshal(data, &l); err != nil {
		return event.DeadLetter{}, fmt.Errorf("inbox: dead letter %s can't be read; Discard removes it", key)
	}
	e, err := event.Decode(l.Event)
	if err != nil {
		return event.DeadLetter{}, fmt.Errorf("inbox: dead letter %s, given up with %q: %w; Discard removes it", key, l.Problem, err)
	}
	return event.DeadLetter{Event: e, Attempts: l.Attempts, Problem: l.Problem, Time: l.Time}, nil
}

// Replay hands a dead letter over once more, as if it had just come in: after
// whatever else of its approval waits. Without such a letter it is
// [event.ErrNoDeadLetter].
func (in *Inbox) Replay(ctx context.Context, key string) error {
	at, err := in.findDead(ctx, key)
	if err != nil {
		return err
	}
	msg, err := in.stream.GetLastMsgForSubject(ctx, in.name+".dead."+key)
	if err != nil {
		return fmt.Errorf("inbox: reading dead letter %s: %w", key, err)
	}
	var l letter
	if err := json.Unmarshal(msg.Data, &l); err != nil {
		return fmt.Errorf("inbox: dead letter %s can't be read; Discard removes it", key)
	}
	if err := in.clear(ctx, "attempts."+key); err != nil {
		return fmt.Errorf("inbox: replaying dead letter %s: %w", key, err)
	}
	return in.settle(ctx, at, stateWaiting, l.Event)
}

// Discard removes a dead letter for good. A repeat of the event is still known
// for [WithRetention]. Without such a letter it is [event.ErrNoDeadLetter].
func (in *Inbox) Discard(ctx context.Context, key string) error {
	at, err := in.findDead(ctx, key)
	if err != nil {
		return err
	}
	return in.settle(ctx, at, stateDiscarded, nil)
}

func (in *Inbox) findDead(ctx context.Context, key string) (entry, error) {
	at, s, err := in.find(ctx, key)
	if errors.Is(err, errUnknown) || err == nil && s != stateDead {
		err = noDeadLetter(key)
	}
	return at, err
}

func noDeadLetter(key string) error {
	return fmt.Errorf("inbox: no dead letter has the key %q: %w", key, event.ErrNoDeadLetter)
}

// settle moves a dead letter to its next state and removes the letter itself.
func (in *Inbox) settle(ctx context.Context, at entry, to state, data []byte) error {
	err := in.replace(ctx, at, to, data)
	if errors.Is(err, errReplaced) { // by another Replay or Discard
		return noDeadLetter(at.key)
	}
	if err == nil {
		err = in.clear(ctx, "dead."+at.key)
	}
	if err != nil {
		return fmt.Errorf("inbox: dead letter %s: %w", at.key, err)
	}
	return nil
}
