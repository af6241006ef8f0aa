package event

import (
	"bytes"
	"encoding/json"

	"github.com/dingoa/dingoa/internal/wire"
)

// ParseFailedPush reads an entry of the list of failed pushes: call_back_tag names
// the type and the member that holds the event, in which yet another member holds
// what the push says. An entry of another form is an [UnknownEvent] with the
// whole entry in Raw: what was read is off DingTalk's list.
//
// See https://open.dingtalk.com/document/development/obtain-the-event-list-of-failed-push-messages
func ParseFailedPush(entry json.RawMessage) Event {
	var short bytes.Buffer
	if json.Compact(&short, entry) == nil { // so that the id does not depend on blanks
		entry = short.Bytes()
	}
	e := Event{Source: SourceFailedPush, Raw: entry, Data: UnknownEvent{}}
	members := map[string]json.RawMessage{}
	for key, value := range wire.Members(entry) {
		members[string(key)] = value
	}
	// What does not fit stays zero: the entry is kept whole below.
	_ = readText(&e.Type, members["call_back_tag"])
	if value, ok := members["event_time"]; ok {
		e.readTime(&e.Time, []byte("event_time"), value)
	}
	if raw := wire.ObjectIn(members[e.Type]); raw != nil {
		readFailed(&e, raw)
	}
	e.fillID()
	return e
}

func readFailed(e *Event, raw json.RawMessage) {
	payload := raw
	for key, value := range wire.Members(raw) {
		switch string(key) {
		case "corpid", "corpId", "CorpId":
			_ = readText(&e.CorpID, value)
		case "bpmsCallBackData", "roleLabelChange", "callbackData":
			if object := wire.ObjectIn(value); object != nil {
				payload = object
			}
		}
	}
	if data, err := decodeData(e.Type, payload); err == nil {
		e.Data, e.Raw = data, payload
	}
}
