package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// ErrMalformed reports a push or an event that is not of the vendor's form.
var ErrMalformed = errors.New("malformed event")

// Parse reads the decrypted message of a push. It takes today's form
// (EventType, EventTime, CorpId, eventId), that of the older pages (corpId,
// TimeStamp), the form in which the vendor's pages show stream events
// (eventType, data), and the biz_data of a SyncHTTP or RDS row (syncAction).
//
// Source is [SourceStream] for the third form and [SourceHTTP] for the others.
// The error is [ErrMalformed]; an unknown type is none. data is not kept.
func Parse(data []byte) (*Event, error) {
	e, problem := ParsePush(data)
	if problem != nil {
		return nil, problem
	}
	return e, nil
}

// ParsePush is [Parse] for a push that is genuine, and so is to be kept even
// when it is malformed: e is never nil. Of what cannot be read it is an
// [UnknownEvent] with all of data in Raw, as it is when it is JSON, else as JSON
// text; problem says why.
func ParsePush(data []byte) (e *Event, problem error) {
	e = &Event{Source: SourceHTTP}
	if problem = e.read(data); problem == nil {
		return e, nil
	}
	e.Source, e.Data, e.Raw = SourceHTTP, UnknownEvent{}, slices.Clone(data)
	if !json.Valid(data) {
		// Both engines of encoding/json write valid text alike.
		e.Raw, _ = json.Marshal(strings.ToValidUTF8(string(data), "\ufffd")) //nolint:errchkjson // text never fails
	}
	e.fillID()
	return e, problem
}

func (e *Event) read(data []byte) error {
	if !json.Valid(data) {
		return fmt.Errorf("dingoa: %w: it is not JSON", ErrMalformed)
	}
	raw, err := readEnvelope(e, data)
	if err != nil {
		return err
	}
	if e.Type == "" {
		return fmt.Errorf("dingoa: %w: it is no JSON object with an EventType", ErrMalformed)
	}
	e.Raw = slices.Clone(raw)
	return e.parseData()
}

// ParseData sets Data to what Raw says, as the struct that Type wants: the second
// half of [Parse], for an event whose ID, Type, CorpID and Time came beside
// it. An empty ID becomes a derived one. The error is [ErrMalformed]; then e is
// as it was.
func (e *Event) ParseData() error {
	if !json.Valid(e.Raw) {
		return fmt.Errorf("dingoa: %w: Raw is not JSON", ErrMalformed)
	}
	if e.Type == "" {
		return fmt.Errorf("dingoa: %w: it has no type", ErrMalformed)
	}
	return e.parseData()
}

// parseData is ParseData for what is known to be JSON.
func (e *Event) parseData() error {
	if !bytes.HasPrefix(bytes.TrimSpace(e.Raw), []byte("{")) {
		return fmt.Errorf("dingoa: %w: what it says is no JSON object", ErrMalformed)
	}
	data, err := decodeData(e.Type, e.Raw)
	if err != nil {
		return err
	}
	e.Data = data
	e.fillID()
	return nil
}

// readTime reads a time of the envelope, which keeps no event back.
func (e *Event) readTime(t *time.Time, key, value []byte) {
	if !wire.ReadTime(t, value) {
		e.Unread = append(e.Unread, UnreadField(wire.UnreadTime(string(key), value)))
	}
}

// readEnvelope sets the fields that every event has, and returns the JSON with the
// others. After an error e has the fields that could be read. Where an event's own
// field has almost the name of an envelope field, as corpId besides CorpId, the
// envelope's counts.
func readEnvelope(e *Event, data []byte) (raw []byte, err error) {
	var eventType, corpID wire.Text
	var timeStamp time.Time
	var streamData []byte
	isStream := false
	for key, value := range wire.Members(data) {
		var wrong error
		switch string(key) {
		case "EventType":
			wrong = readText(&e.Type, value)
		case "eventType":
			isStream = true
			wrong = eventType.UnmarshalJSON(value)
		case "syncAction":
			wrong = eventType.UnmarshalJSON(value)
		case "CorpId", "eventCorpId":
			wrong = readText(&e.CorpID, value)
		case "corpId", "AuthCorpId":
			wrong = corpID.UnmarshalJSON(value)
		case "EventTime", "eventBornTime":
			e.readTime(&e.Time, key, value)
		case "TimeStamp":
			if err := readUnix(&timeStamp, value); err != nil {
				e.readTime(&timeStamp, key, value)
			}
		case "eventId":
			wrong = readText(&e.ID, value)
		case "data":
			streamData = value
		}
		if wrong != nil && err == nil {
			err = malformedField(key, wrong)
		}
	}
	if e.Time.IsZero() {
		e.Time = timeStamp
	}
	if e.CorpID == "" {
		e.CorpID = string(corpID)
	}
	inner := e.Type == "" && eventType != ""
	if inner {
		e.Type = string(eventType)
	}
	if err != nil || !inner || len(streamData) == 0 {
		return data, err
	}
	object := wire.ObjectIn(streamData) // or JSON as text
	switch {
	case object != nil:
		e.Source = SourceStream
		return object, nil
	case isStream:
		return nil, fmt.Errorf("dingoa: %w: data holds no JSON object", ErrMalformed)
	}
	return data, nil
}

func readText[T ~string](dst *T, value []byte) error {
	text := wire.Text(*dst)
	err := text.UnmarshalJSON(value)
	*dst = T(text)
	return err
}

// malformedField says which field has the wrong form, not what it holds.
func malformedField(key []byte, err error) error {
	found := "something else"
	var typeErr *json.UnmarshalTypeError
	if errors.As(err, &typeErr) {
		found = typeErr.Value
	}
	return fmt.Errorf("dingoa: %w: field %q holds an unexpected %s", ErrMalformed, key, found)
}

func readUnix(t *time.Time, value []byte) error {
	var text string
	if err := readText(&text, value); err != nil {
		return err
	}
	read, err := wire.ParseUnix(text)
	if err == nil {
		*t = read
	}
	return err
}

// decodeData is the table of typed events.
func decodeData(eventType string, raw []byte) (Data, error) {
	switch eventType {
	case "bpms_instance_change", "workflow_instance_change_broadcast", "workflow_instance_change_directed":
		return decodeInstanceChange(raw)
	case "bpms_task_change", "workflow_task_change_broadcast", "workflow_task_change_directed":
		return decodeTaskChange(raw)
	case "check_url", "check_create_suite_url", "check_update_suite_url":
		return decodeURLCheck(eventType, raw)
	case "suite_ticket":
		return looseEvent[SuiteTicket](raw)
	case "org_suite_auth", "org_suite_change", "tmp_auth_code", "change_auth":
		return looseEvent[SuiteAuthorization](raw)
	case "org_suite_relieve", "suite_relieve":
		return looseEvent[SuiteRelease](raw)
	case "org_micro_app_restore", "org_micro_app_stop", "org_micro_app_remove":
		return decodeAppState(eventType, raw)
	case syncPushHigh, syncPushMedium:
		return decodeSyncPush(raw)
	case "oa_timeout_plugin_task_msg":
		return decodeTimeLimitNotice(raw)
	case "workflow_form_change":
		return looseEvent[FormChange](raw)
	case "smart_finance_form_change":
		return looseEvent[FinanceFormChange](raw)
	case "attendance_approve_status_change":
		return decodeAttendance(raw)
	case "isv_bpms", "isv_bpms_cancel":
		return looseEvent[ISVInstanceChange](raw)
	}
	return UnknownEvent{}, nil
}

// IsKnown reports whether this version of the package has a struct for the type.
func IsKnown(eventType string) bool {
	data, err := decodeData(eventType, []byte("{}"))
	_, unknown := data.(UnknownEvent)
	return err != nil || !unknown
}
