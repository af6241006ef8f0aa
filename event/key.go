package event

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// Key identifies what happened: a [Deduper] and an [Inbox] know an event by it,
// and it is the idempotency key for the effects of a handler. It consists of
// letters, digits and hyphens. It always includes type and company; besides:
//
//   - The end of an instance ([InstanceChange] with finish, terminate or delete)
//     happens once. It is told by instance, change and result, so that its push,
//     its entry on the list of failed pushes and what a dingoa.Reconciler finds have one
//     key.
//   - Every other event is told by the vendor's eventId. A task may see the same
//     thing twice: two comments, handed on and back, started anew. Two eventIds
//     are two events, however alike they are, and a repeated eventId is a repeat.
//   - Without an eventId (older pushes, most of the list of failed pushes) it is
//     told by [Event.Time] and what it says: the start of an instance, and the
//     start, end or cancellation of a task, by instance, task, person, change,
//     result and times; anything else by all its content.
//
// An event without an eventId has another key than the same event with one,
// unless it is the end of an instance. When nothing distinguishes two events, as
// with older pushes that name no task, [Event.Unique] reports false.
func (e Event) Key() string {
	if c, ok := e.Data.(InstanceChange); ok && c.isEnd() {
		return hashOf(e.Type, e.CorpID, c.InstanceID, string(c.Change), string(c.Result))
	}
	id := e.ID
	if id == "" {
		id = derivedID(&e)
	}
	return hashOf(e.Type, e.CorpID, id)
}

// isEnd reports whether the change ends the instance. Without an instance it is
// told by its eventId, as two ends may be of two instances.
func (c InstanceChange) isEnd() bool {
	switch c.Change {
	case InstanceChangeFinish, InstanceChangeTerminate, InstanceChangeDelete:
		return c.InstanceID != ""
	case InstanceChangeStart:
	}
	return false
}

// isOnce reports whether the change happens once for all that c says of it.
func (c InstanceChange) isOnce() bool {
	return c.isEnd() || c.Change == InstanceChangeStart && c.InstanceID != ""
}

// isOnce reports whether the change happens once for all that c says of it. The
// start of a task that is not named is not: one person may have several tasks,
// and older pushes give the instance's time for each.
func (c TaskChange) isOnce() bool {
	if c.InstanceID == "" {
		return false
	}
	switch c.Change {
	case TaskChangeStart, TaskChangeCancel:
		return c.TaskID != ""
	case TaskChangeFinish:
		return c.TaskID != "" || !c.FinishTime.IsZero()
	case TaskChangeComment:
	}
	return false
}

// Unique reports whether [Event.Key] distinguishes the event from every other one, so that
// a second with this key is a repeat. It is not so for URL checks and tickets of
// suites, which count each time they come, for a [SyncPush], which is as many
// events as it holds, and for events of older pushes that say neither what they
// are called nor when they happened: for those, no deduplication is possible.
func (e Event) Unique() bool {
	once := false
	switch c := e.Data.(type) {
	case URLCheck, SuiteTicket, SyncPush:
		return false
	case InstanceChange:
		once = c.isOnce()
	case TaskChange:
		once = c.isOnce()
	}
	return once || e.ID != "" && (!e.Time.IsZero() || !strings.HasPrefix(e.ID, derivedPrefix))
}

const derivedPrefix = "derived-"

// fillID sets a missing ID: the eventId among the event's own members, which
// some sources have only there, or else a derived one.
func (e *Event) fillID() {
	if e.ID != "" {
		return
	}
	for key, value := range wire.Members(e.Raw) {
		if string(key) == "eventId" && readText(&e.ID, value) == nil && e.ID != "" {
			return
		}
	}
	e.ID = derivedID(e)
}

// derivedID is the ID of an event that has no eventId.
func derivedID(e *Event) string {
	at := millisText(e.Time)
	switch c := e.Data.(type) {
	case InstanceChange:
		if c.isOnce() {
			return derivedPrefix + hashOf(e.Type, e.CorpID, at, c.InstanceID, string(c.Change), string(c.Result), millisText(c.CreateTime), millisText(c.FinishTime))
		}
	case TaskChange:
		if c.isOnce() {
			return derivedPrefix + hashOf(e.Type, e.CorpID, at, c.InstanceID, c.TaskID, c.StaffID, string(c.Change), string(c.Result), millisText(c.CreateTime), millisText(c.FinishTime))
		}
	}
	var content bytes.Buffer // without blanks, which a store drops
	if json.Compact(&content, e.Raw) != nil {
		content.Reset()
		content.Write(e.Raw)
	}
	return derivedPrefix + hashOf(e.Type, e.CorpID, at, content.String())
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

func millisText(t time.Time) string { return strconv.FormatInt(wire.ToMillis(t), 10) }

// hashOf writes the length before each part, as a part may hold any character.
func hashOf(parts ...string) string {
	var buf [256]byte
	text := buf[:0]
	for _, part := range parts {
		text = append(binary.AppendUvarint(text, uint64(len(part))), part...)
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

func subjectOf(data Data) string {
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
