package stream

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/wire"
)

const (
	topicPing       = "ping"
	topicDisconnect = "disconnect"
)

// frame is one message of DingTalk. The bytes lie in the buffer that it was
// read from.
type frame struct {
	kind      dingoa.StreamType
	topic     string
	messageID string
	base64    bool
	data      []byte // JSON: text that holds JSON, as the vendor writes it, or any other value

	event event.Event // if it is one, as far as the headers say
}

var errNotJSON = errors.New("stream: the message is not JSON")

// parseFrame reads a message. Of one that cannot be read it returns the
// messageId if that is to be seen, so that it can be answered.
func parseFrame(message []byte) (frame, error) {
	var f frame
	if !json.Valid(message) {
		f.messageID = messageIDIn(message)
		return f, errNotJSON
	}
	var err error
	for key, value := range wire.Members(message) {
		switch string(key) {
		case "type":
			err = errors.Join(err, readText(&f.kind, key, value))
		case "headers", "header": // the protocol page's sample of an event has it without s
			for key, value := range wire.Members(value) {
				err = errors.Join(err, f.readHeader(key, value))
			}
		case "data":
			f.data = value
		}
	}
	return f, err
}

func (f *frame) readHeader(key, value []byte) error {
	switch string(key) {
	case "topic":
		_ = readText(&f.topic, key, value) // an event is worth having without it
	case "messageId":
		return readText(&f.messageID, key, value)
	case "contentType":
		var contentType string
		err := readText(&contentType, key, value)
		f.base64 = contentType == "base64String"
		return err
	case "eventId":
		return readText(&f.event.ID, key, value)
	case "eventType":
		return readText(&f.event.Type, key, value)
	case "eventCorpId":
		return readText(&f.event.CorpID, key, value)
	case "eventBornTime":
		if !wire.ReadTime(&f.event.Time, value) { // likewise
			f.event.Unread = append(f.event.Unread, dingoa.UnreadField(wire.UnreadTime(string(key), value)))
		}
	}
	return nil
}

func readText[T ~string](dst *T, key, value []byte) error {
	switch string(value) { // what nearly every message has costs no memory
	case `"EVENT"`:
		*dst = "EVENT"
		return nil
	case `"*"`:
		*dst = "*"
		return nil
	case `"application/json"`:
		*dst = "application/json"
		return nil
	}
	var text wire.Text
	if text.UnmarshalJSON(value) != nil {
		return fmt.Errorf("stream: %s is no text", key)
	}
	*dst = T(text)
	return nil
}

// messageIDIn finds the messageId in a message that is no JSON, as far as it
// is plain.
func messageIDIn(message []byte) string {
	_, rest, _ := bytes.Cut(message, []byte(`"messageId"`))
	rest = bytes.TrimLeft(rest, " :\t\r\n")
	rest, isText := bytes.CutPrefix(rest, []byte(`"`))
	id, _, isWhole := bytes.Cut(rest, []byte(`"`))
	if !isText || !isWhole || len(id) > 128 || bytes.ContainsFunc(id, notInID) {
		return ""
	}
	return string(id)
}

func notInID(r rune) bool { return r < ' ' || r > '~' || r == '\\' }

// parseEvent makes an event of a frame of that type, in memory of its own.
func (f *frame) parseEvent() (*event.Event, error) {
	e := f.event
	e.Source = event.SourceStream
	var err error
	if e.Raw, err = f.content(); err == nil {
		err = e.ParseData()
	}
	return &e, err
}

// unreadable is an event that can't be read, as an UnknownEvent with the whole
// message in Raw: as it is when it is JSON, else as JSON text.
func (f *frame) unreadable(message []byte) *event.Event {
	e := f.event
	e.Source, e.Data, e.Raw = event.SourceStream, event.UnknownEvent{}, bytes.Clone(message)
	if !json.Valid(e.Raw) {
		e.Raw = appendText(nil, string(message))
	}
	return &e
}

// content is the JSON that data holds.
func (f *frame) content() (json.RawMessage, error) {
	if !bytes.HasPrefix(f.data, []byte(`"`)) {
		return bytes.Clone(f.data), nil
	}
	var text wire.Text
	if text.UnmarshalJSON(f.data) != nil {
		return nil, errors.New("stream: data is no text")
	}
	if !f.base64 {
		return json.RawMessage(text), nil
	}
	content, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return nil, errors.New("stream: data is not base64, as its contentType says")
	}
	return content, nil
}
