// Package event has the events of DingTalk approvals and hands them to handlers:
// [Event] and its typed data, the [Dispatcher] that runs handlers in order per
// approval and once per event, the [Deduper] behind it, and the [Inbox] that keeps
// events until they are handled. It needs no client: whatever brings an event
// (dingoa.Callback, package stream, package backfill) gives it to a [Handler].
package event

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Event is one change that DingTalk told about, whatever way it came. It prints,
// and is written as JSON, without its content, which may hold secrets.
//
// Events come at least once and in no order. Use [Event.Key] to detect repeats; a
// [Dispatcher] does. Treat the state that a call reads as newer than the event's.
type Event struct { //nolint:recvcheck // ParseData changes the event, nothing else does
	// ID is the vendor's eventId, the same in every delivery of one event. Older
	// pushes have none; their ID begins with "derived-" and is a hash of what they
	// say, see [Event.Key].
	ID string
	// Type is the vendor's name, such as "bpms_instance_change".
	Type string
	// CorpID is the company (corpId) that the event belongs to, empty for URL checks.
	CorpID string
	// Time is when the event happened, in UTC. It is zero on older pushes of
	// approval events, which do not say.
	Time time.Time
	// Source is the way it came.
	Source Source
	// Raw is the JSON that Data was read from, complete: the decrypted push, or
	// the data of a stream event.
	Raw json.RawMessage
	// Data is the value for this type, such as [InstanceChange], or
	// [UnknownEvent] when this version of the package has none, or when what came
	// is not of the vendor's form.
	Data Data
	// Unread is the envelope's time, such as EventTime, when that could not be
	// read; Time is zero then. What Data could not hold is in its own Unread.
	Unread []UnreadField
}

// String names the event, without its content.
func (e Event) String() string {
	return "Event(" + e.Type + " " + e.ID + " of " + e.CorpID + " by " + string(e.Source) + ")"
}

// Format is String for every verb of fmt.
func (e Event) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }

// LogValue is String for log/slog.
func (e Event) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalJSON writes which event it is, and nothing of its content, since logs are
// written by encoding/json, too. Store an event with [Encode].
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID     string    `json:"id"`
		Type   string    `json:"type"`
		CorpID string    `json:"corpId,omitempty"`
		Time   time.Time `json:"time,omitzero"`
		Source Source    `json:"source"`
	}{e.ID, e.Type, e.CorpID, e.Time, e.Source})
}

// Source is the way an event came.
type Source string

// The ways an event may come.
const (
	SourceHTTP       Source = "http"        // push to a callback URL
	SourceStream     Source = "stream"      // stream mode (Stream 推送)
	SourceFailedPush Source = "failed_push" // list of failed pushes
	SourceReconcile  Source = "reconcile"   // found by comparing, not told by the vendor
)

// Data is the content of events of one or several types. The package's own
// are values, not pointers: [InstanceChange], [TaskChange], [URLCheck],
// [UnknownEvent]. A type of your own works with [On] as well; it is decoded
// from [Event.Raw] by encoding/json.
type Data interface {
	// EventTypes lists the vendor's names of the types it serves. It must not
	// depend on the value.
	EventTypes() []string
}

// UnknownEvent stands for a type that this version has no struct for, and for
// what is not of the vendor's form; [Event.Raw] is complete. [OnType] handles one
// such type, and On with UnknownEvent all that no other handler takes.
type UnknownEvent struct{}

// EventTypes implements [Data]; there are none.
func (UnknownEvent) EventTypes() []string { return nil }
