package dingoa

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Key names what happened, the same whatever way the news came and however
// often: a push has an eventId, the list of failed pushes has none, and a
// comparison tells what DingTalk never said. It is what a [Deduper] and an
// [Inbox] know an event by, and the idempotency key for the effects of a
// handler.
//
// For an [InstanceChange] it depends on type, company, instance, kind of change
// and result; for a [TaskChange] also on task, person and times; for every
// other event it is [Event.ID]. It consists of letters, digits and hyphens.
func (e Event) Key() string {
	switch c := e.Data.(type) {
	case InstanceChange:
		return hashOf(e.Type, e.CorpID, c.InstanceID, string(c.Change), string(c.Result))
	case TaskChange:
		return hashOf(e.Type, e.CorpID, c.InstanceID, c.TaskID, c.StaffID, string(c.Change), string(c.Result), millisText(c.CreateTime), millisText(c.FinishTime))
	}
	return hashOf(e.Type, e.CorpID, e.ID)
}

// Unique reports that [Event.Key] tells the event from every other one, so that
// a second with this key is a repeat. It is not so for URL checks and tickets of
// suites, which count each time they come, for a [SyncPush], which is as many
// events as it holds, and for events of older pushes that say neither what they
// are called nor when they happened.
func (e Event) Unique() bool {
	switch e.Data.(type) {
	case URLCheck, SuiteTicket, SyncPush:
		return false
	case InstanceChange, TaskChange:
		return true
	}
	return e.ID != "" && (!e.Time.IsZero() || !strings.HasPrefix(e.ID, derivedPrefix))
}

// Unpack returns the events that an [Inbox] keeps for this one: each row of a
// [SyncPush], none for a URL check, which is only to be answered. An event that
// is not [Event.Unique] gets an ID of its own, so that none is taken for a repeat.
func (e Event) Unpack() []*Event {
	switch data := e.Data.(type) {
	case URLCheck:
		return nil
	case SyncPush:
		var events []*Event
		for _, row := range data.Events {
			events = append(events, row.Unpack()...)
		}
		return events
	}
	if !e.Unique() {
		e.ID = "kept-" + rand.Text()
	}
	return []*Event{&e}
}

func millisText(t time.Time) string { return strconv.FormatInt(toMillis(t), 10) }

func hashOf(parts ...string) string {
	var buf [256]byte
	text := buf[:0]
	for _, part := range parts {
		text = append(append(text, part...), 0)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Subject names what the event is about, for handling in order: the approval's
// instance ID, the template's process code, or the key of an event that belongs
// to neither.
func (e Event) Subject() string {
	if subject := subjectOf(e.Data); subject != "" {
		return subject
	}
	return e.Key()
}

func subjectOf(data EventData) string {
	switch c := data.(type) {
	case InstanceChange:
		return c.InstanceID
	case TaskChange:
		return c.InstanceID
	case ISVInstanceChange:
		return c.InstanceID
	case TimeLimitNotice:
		return c.InstanceID
	case AttendanceStatusChange:
		return c.InstanceID
	case FormChange:
		return c.ProcessCode
	}
	return ""
}

// storedEvent is an Event as it is kept; Data follows from Type and Raw.
type storedEvent struct {
	ID     string          `json:"id"`
	Type   string          `json:"type"`
	CorpID string          `json:"corpId,omitempty"`
	Time   time.Time       `json:"time,omitzero"`
	Source EventSource     `json:"source"`
	Raw    json.RawMessage `json:"raw"`
}

// EncodeEvent writes an event for storage, content and all: some events, such
// as those with the ticket of a suite, hold secrets. [DecodeEvent] reads it back.
func EncodeEvent(e *Event) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false) // Raw stays as it came
	if err := encoder.Encode(storedEvent{e.ID, e.Type, e.CorpID, e.Time, e.Source, e.Raw}); err != nil {
		return nil, fmt.Errorf("dingoa: event %s cannot be stored: its Raw is not JSON", e.ID)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// DecodeEvent reads what [EncodeEvent] wrote, with Data typed as by
// [ParseEvent]. The error is [ErrMalformed].
func DecodeEvent(data []byte) (*Event, error) {
	var s storedEvent
	if err := json.Unmarshal(data, &s); err != nil || s.Raw == nil {
		return nil, fmt.Errorf("dingoa: %w: it was not written by EncodeEvent", ErrMalformed)
	}
	eventData, err := decodeEventData(s.Type, s.Raw)
	if err != nil {
		return nil, err
	}
	return &Event{ID: s.ID, Type: s.Type, CorpID: s.CorpID, Time: s.Time, Source: s.Source, Raw: s.Raw, Data: eventData}, nil
}
