package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dingoa/dingoa/event"
)

// One stream holds everything. A subject keeps its last message only, so that
// it is a cell that is changed by comparing and swapping:
//
//	<name>.event.<shard>.<key>  an event that waits, later a note what became of it
//	<name>.dead.<key>           a dead letter
//	<name>.attempts.<key>       how often a waiting event failed, if it did
//	<name>.mark.<shard>         no event of the shard waits before this place
//
// An event waits at its place in the stream, which is its turn. What becomes of
// it replaces it: that is one write, it happens once, and it needs no second
// memory of what was handled.
const (
	headerState = "Dingoa-State"
	headerLane  = "Dingoa-Lane"

	formatKey = "dingoa-inbox"
	format    = "1"
)

// state is the state of an event.
type state string

const (
	stateWaiting   state = "waiting"
	stateHandled   state = "handled"
	stateDead      state = "dead"
	stateDiscarded state = "discarded"
)

// lane names the events that are handed over one after the other. Its first
// digit is the shard.
type lane string

// shards are the first digits of the lanes.
const shards = "0123456789abcdef"

func laneOf(e *event.Event) lane {
	hash := sha256.Sum256([]byte(e.Subject()))
	return lane(hex.EncodeToString(hash[:8]))
}

// laneAt reads the lane of what lies at a subject. Without a lane of its shard,
// which this package does not write, it has the one that the shard's digit names.
func laneAt(subject string, header nats.Header) lane {
	parts := strings.Split(subject, ".")
	shard := parts[len(parts)-2]
	if l := header.Get(headerLane); strings.HasPrefix(l, shard) {
		return lane(l)
	}
	return lane(shard)
}

// entry is an event in the stream, by its place.
type entry struct {
	seq  uint64
	key  string
	lane lane
}

func (in *Inbox) eventSubject(l lane, key string) string {
	return in.name + ".event." + string(l[:1]) + "." + key
}

func (in *Inbox) openStream(ctx context.Context) error {
	var err error
	in.js, err = jetstream.New(in.conn, jetstream.WithDefaultTimeout(callTimeout))
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	stream, err := in.js.Stream(ctx, in.name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound) && in.engine != nil && in.engine.hadStream:
		return fmt.Errorf("inbox: %w: the events of %q can't be read; see the log of WithLogger, and put a backup in place or move the directory away",
			ErrDamaged, in.name)
	case errors.Is(err, jetstream.ErrStreamNotFound):
	case err != nil:
		return fmt.Errorf("inbox: looking for stream %q: %w", in.name, err)
	case stream.CachedInfo().Config.Metadata[formatKey] != format:
		return fmt.Errorf("inbox: stream %q is no inbox of this version; choose another WithName", in.name)
	}
	in.stream, err = in.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:              in.name,
		Description:       "events of DingTalk",
		Subjects:          []string{in.name + ".>"},
		Storage:           jetstream.FileStorage,
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardNew,
		MaxMsgsPerSubject: 1,
		MaxBytes:          in.maxBytes,
		Replicas:          max(in.replicas, 1),
		AllowMsgTTL:       true,
		Metadata:          map[string]string{formatKey: format},
	})
	if err != nil {
		return fmt.Errorf("inbox: stream %q: %w", in.name, err)
	}
	return nil
}

// Dispatch keeps what [event.Event.Unpack] makes of the event and returns nil
// once all of it is on disk, or known already by its [event.Event.Key]. It never
// runs a handler.
func (in *Inbox) Dispatch(ctx context.Context, e *event.Event) error {
	if e == nil {
		return errors.New("inbox: Dispatch needs an event")
	}
	if in.closing.Err() != nil {
		return event.ErrInboxClosed
	}
	for _, e := range e.Unpack() {
		if err := in.keep(ctx, e); err != nil {
			return fmt.Errorf("inbox: event %s was not kept: %w", e.ID, err)
		}
	}
	return nil
}

func (in *Inbox) keep(ctx context.Context, e *event.Event) error {
	data, err := event.Encode(e)
	if err != nil {
		return err
	}
	err = in.replace(ctx, entry{key: e.Key(), lane: laneOf(e)}, stateWaiting, data)
	if errors.Is(err, errReplaced) {
		return nil
	}
	return err
}

// errReplaced says that an event is not, or no longer, at the place given.
var errReplaced = errors.New("replaced meanwhile")

// replace writes what became of an event, provided that it is still at its
// place; place 0 means that it is not in the stream yet.
func (in *Inbox) replace(ctx context.Context, at entry, to state, data []byte) error {
	msg := nats.NewMsg(in.eventSubject(at.lane, at.key))
	msg.Data = data
	msg.Header.Set(headerState, string(to))
	msg.Header.Set(headerLane, string(at.lane))
	opts := []jetstream.PublishOpt{jetstream.WithExpectLastSequencePerSubject(at.seq)}
	if to == stateHandled || to == stateDiscarded {
		opts = append(opts, jetstream.WithMsgTTL(in.retention.Truncate(time.Second)))
	}
	_, err := in.js.PublishMsg(ctx, msg, opts...)
	if hasCode(err, jetstream.JSErrCodeStreamWrongLastSequence) || hasCode(err, jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
		return errReplaced
	}
	return err
}

func hasCode(err error, code jetstream.ErrorCode) bool {
	var apiErr *jetstream.APIError
	return errors.As(err, &apiErr) && apiErr.ErrorCode == code
}

// Handled reports whether the event with this key was handed over with success,
// within [WithRetention].
func (in *Inbox) Handled(ctx context.Context, key string) (bool, error) {
	_, s, err := in.find(ctx, key)
	if errors.Is(err, errUnknown) {
		return false, nil
	}
	return s == stateHandled, err
}

// errUnknown says that a key has no event.
var errUnknown = errors.New("unknown")

// find looks an event up by its key.
func (in *Inbox) find(ctx context.Context, key string) (entry, state, error) {
	if in.closing.Err() != nil {
		return entry{}, "", event.ErrInboxClosed
	}
	if !regexp.MustCompile(`^[A-Za-z0-9-]+$`).MatchString(key) {
		return entry{}, "", errUnknown // it would be a pattern, or no subject at all
	}
	msg, err := in.stream.GetLastMsgForSubject(ctx, in.name+".event.*."+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return entry{}, "", errUnknown
	}
	if err != nil {
		return entry{}, "", fmt.Errorf("inbox: looking for event %s: %w", key, err)
	}
	return entry{msg.Sequence, key, laneAt(msg.Subject, msg.Header)}, state(msg.Header.Get(headerState)), nil
}

// load reads an event that waits. It returns errReplaced when it no longer does.
func (in *Inbox) load(ctx context.Context, at entry) ([]byte, error) {
	msg, err := in.stream.GetMsg(ctx, at.seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, errReplaced
	}
	if err != nil {
		return nil, err
	}
	return msg.Data, nil
}

// number reads a cell that holds a number, 0 when it is empty or holds none.
func (in *Inbox) number(ctx context.Context, subject string) (uint64, error) {
	msg, err := in.stream.GetLastMsgForSubject(ctx, in.name+"."+subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(string(msg.Data), 10, 64)
	if err != nil {
		return 0, nil //nolint:nilerr // as if it was never written, which costs time at most
	}
	return n, nil
}

// setNumber writes such a cell. It is empty again after the retention, which
// costs time at most.
func (in *Inbox) setNumber(ctx context.Context, subject string, n uint64) error {
	_, err := in.js.Publish(ctx, in.name+"."+subject, strconv.AppendUint(nil, n, 10), jetstream.WithMsgTTL(in.retention.Truncate(time.Second)))
	return err
}

func (in *Inbox) clear(ctx context.Context, subject string) error {
	return in.stream.Purge(ctx, jetstream.WithPurgeSubject(in.name+"."+subject))
}
