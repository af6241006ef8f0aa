package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// storedEvent is an Event as it is kept; Data follows from Type and Raw.
type storedEvent struct {
	ID     string          `json:"id"`
	Type   string          `json:"type"`
	CorpID string          `json:"corpId,omitempty"`
	Time   time.Time       `json:"time,omitzero"`
	Source Source          `json:"source"`
	Unread []UnreadField   `json:"unread,omitempty"`
	Raw    json.RawMessage `json:"raw"`
}

// Encode writes an event for storage, content and all: some events, such
// as those with the ticket of a suite, hold secrets. [Decode] reads it back.
func Encode(e *Event) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false) // Raw stays as it came
	if err := encoder.Encode(storedEvent{e.ID, e.Type, e.CorpID, e.Time, e.Source, e.Unread, e.Raw}); err != nil {
		return nil, fmt.Errorf("dingoa: event %s cannot be stored: its Raw is not JSON", e.ID)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Decode reads what [Encode] wrote, with Data typed as by [Parse].
// Where Raw does not fit its type Data is [UnknownEvent], so that one such event
// does not keep a store from being read. The error, for what Encode did not
// write, is [ErrMalformed].
func Decode(data []byte) (*Event, error) {
	var s storedEvent
	if err := json.Unmarshal(data, &s); err != nil || s.Raw == nil {
		return nil, fmt.Errorf("dingoa: %w: it was not written by Encode", ErrMalformed)
	}
	eventData, err := decodeData(s.Type, s.Raw)
	if err != nil {
		eventData = UnknownEvent{}
	}
	return &Event{ID: s.ID, Type: s.Type, CorpID: s.CorpID, Time: s.Time, Source: s.Source, Raw: s.Raw, Data: eventData, Unread: s.Unread}, nil
}
