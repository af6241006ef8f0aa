package dingoa

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// Event is one change that DingTalk told about, whatever way it came. It prints,
// and is written as JSON, without its content, which may hold secrets.
//
// Events come at least once and in no order. [Event.Key] tells repeats, which a
// [Dispatcher] keeps from its handlers; treat the state that a call reads as
// newer than the event's.
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
	Source EventSource
	// Raw is the JSON that Data was read from, complete: the decrypted push, or
	// the data of a stream event.
	Raw json.RawMessage
	// Data is the value for this type, such as [InstanceChange], or
	// [UnknownEvent] when this version of the package has none, or when what came
	// is not of the vendor's form.
	Data EventData
	// Unread is the envelope's time, such as EventTime, when that could not be
	// read; Time is zero then. What Data could not hold is in its own Unread.
	Unread []UnreadField
}

// String tells which event it is, and nothing of its content.
func (e Event) String() string {
	return "Event(" + e.Type + " " + e.ID + " of " + e.CorpID + " by " + string(e.Source) + ")"
}

// Format is String for every verb of fmt.
func (e Event) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }

// LogValue is String for log/slog.
func (e Event) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalJSON writes which event it is, and nothing of its content, since logs are
// written by encoding/json, too. Store an event with [EncodeEvent].
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID     string      `json:"id"`
		Type   string      `json:"type"`
		CorpID string      `json:"corpId,omitempty"`
		Time   time.Time   `json:"time,omitzero"`
		Source EventSource `json:"source"`
	}{e.ID, e.Type, e.CorpID, e.Time, e.Source})
}

// EventSource is the way an event came.
type EventSource string

// The ways an event may come.
const (
	SourceHTTP       EventSource = "http"        // push to a callback URL
	SourceStream     EventSource = "stream"      // stream mode (Stream 推送)
	SourceFailedPush EventSource = "failed_push" // list of failed pushes
	SourceReconcile  EventSource = "reconcile"   // found by comparing, not told by the vendor
)

// EventData is what an event of one or several types says. The package's own
// are values, not pointers: [InstanceChange], [TaskChange], [URLCheck],
// [UnknownEvent]. A type of your own works with [On] as well; it is decoded
// from [Event.Raw] by encoding/json.
type EventData interface {
	// EventTypes lists the vendor's names of the types it serves. It must not
	// depend on the value.
	EventTypes() []string
}

// InstanceChangeType is what happened to an instance.
type InstanceChangeType string

// What may happen to an instance.
const (
	InstanceChangeStart     InstanceChangeType = "start"
	InstanceChangeFinish    InstanceChangeType = "finish"    // agreed or refused, see [InstanceChange.Result]
	InstanceChangeTerminate InstanceChangeType = "terminate" // revoked (撤销)
	InstanceChangeDelete    InstanceChangeType = "delete"
)

// TaskChangeType is what happened to a task.
type TaskChangeType string

// What may happen to a task.
const (
	TaskChangeStart  TaskChangeType = "start"
	TaskChangeFinish TaskChangeType = "finish" // agreed, refused or handed on, see [TaskChange.Result]
	TaskChangeCancel TaskChangeType = "cancel" // somebody else of an any-one node (或签) acted first
	// TaskChangeComment is sent for each comment on a task; published pushes hold
	// it, the vendor's page does not list it.
	TaskChangeComment TaskChangeType = "comment"
)

// InstanceChange tells that an approval instance (审批实例) started, ended, was
// revoked or deleted. A field that the push left out is empty or zero.
//
// See https://open.dingtalk.com/document/development/event-bpms-instance-change
type InstanceChange struct {
	// InstanceID is what [InstanceService.Get] takes.
	InstanceID string `json:"processInstanceId"`
	// Change is what happened.
	Change InstanceChangeType `json:"type"`
	// Result is agree or refuse when Change is finish, else empty.
	Result Result `json:"result"`
	// ProcessCode is the form.
	ProcessCode string `json:"processCode"`
	// BusinessID is the number shown to people (审批编号); BusinessType repeats it
	// in the vendor's sample.
	BusinessID   string `json:"businessId"`
	BusinessType string `json:"businessType"`
	// BizCategoryID is the suite that the form belongs to, often empty.
	BizCategoryID string `json:"bizCategoryId"`
	// Title is what lists show.
	Title string `json:"title"`
	// StaffID is the originator's user ID.
	StaffID string `json:"staffId"`
	// URL opens the approval inside DingTalk.
	URL string `json:"url"`
	// Resource is the path that filters of subscriptions are held against, see
	// [EventFilter]; often missing.
	Resource string `json:"resource"`
	// Version is the template's version; only third-party apps are told.
	Version string `json:"version"`
	// CreateTime and FinishTime are the instance's; FinishTime is zero at its start.
	CreateTime time.Time `json:"createTime"`
	FinishTime time.Time `json:"finishTime" wire:"finshTime"`
	// Unread are the times that could not be read; they are zero. An event with
	// any other field of a wrong form is [ErrMalformed].
	Unread []UnreadField `json:"-"`
}

// EventTypes implements [EventData].
func (InstanceChange) EventTypes() []string {
	return []string{"bpms_instance_change", "workflow_instance_change_broadcast", "workflow_instance_change_directed"}
}

// TaskChange tells that an approval task (审批任务) started, was done, handed on
// or cancelled. A field that the push left out is empty or zero.
//
// See https://open.dingtalk.com/document/development/event-bpms-task-change
type TaskChange struct {
	// InstanceID is what [InstanceService.Get] takes.
	InstanceID string `json:"processInstanceId"`
	// TaskID is missing on older pushes.
	TaskID string `json:"taskId"`
	// Change is what happened.
	Change TaskChangeType `json:"type"`
	// Result is agree, refuse, redirect or audit when Change is finish, else empty.
	Result Result `json:"result"`
	// ProcessCode is the form.
	ProcessCode string `json:"processCode"`
	// BusinessID is the number shown to people (审批编号). BusinessType is empty in
	// published pushes.
	BusinessID   string `json:"businessId"`
	BusinessType string `json:"businessType"`
	// BizCategoryID is the suite that the form belongs to, often empty.
	BizCategoryID string `json:"bizCategoryId"`
	// Title is what lists show.
	Title string `json:"title"`
	// StaffID is the user ID of the approver that the task was given to, or of who
	// handed it on. Who decided may be another person, see ActualActionerID.
	StaffID string `json:"staffId"`
	// ActualActionerID is the user ID of the person who really decided, where the
	// push tells it; StaffID decided when it is empty. Published pushes of 2025
	// hold it, the vendor's page does not list it.
	ActualActionerID string `json:"actualActionerId"`
	// AgentActionerIDs are the user IDs of those who may act for StaffID (代理人),
	// from the same pushes.
	AgentActionerIDs []string `json:"agentActionerIds"`
	// ActivityID and ActivityName are the node of the flow, from published pushes
	// since 2024.
	ActivityID   string `json:"activityId"`
	ActivityName string `json:"activityName"`
	// Remark is the approver's comment, or the text of a comment.
	Remark string `json:"remark"`
	// Resource is the path that filters of subscriptions are held against, see
	// [EventFilter]; often missing.
	Resource string `json:"resource"`
	// CreateTime is when the task came up; on older pushes, when the instance did.
	CreateTime time.Time `json:"createTime"`
	// FinishTime is zero at its start.
	FinishTime time.Time `json:"finishTime" wire:"finshTime"`
	// Unread are the times that could not be read; they are zero. An event with
	// any other field of a wrong form is [ErrMalformed].
	Unread []UnreadField `json:"-"`
}

// EventTypes implements [EventData].
func (TaskChange) EventTypes() []string {
	return []string{"bpms_task_change", "workflow_task_change_broadcast", "workflow_task_change_directed"}
}

// URLCheck is the push by which DingTalk tests a callback URL before it saves
// it. [Callback.Handler] answers it by itself.
//
// See https://open.dingtalk.com/document/development/validating-and-updating-callback-url-events
type URLCheck struct {
	// Kind is check_url, check_create_suite_url or check_update_suite_url.
	Kind string
	// Random and TestSuiteKey come with the checks of a suite.
	Random, TestSuiteKey string
}

// EventTypes implements [EventData].
func (URLCheck) EventTypes() []string {
	return []string{"check_url", "check_create_suite_url", "check_update_suite_url"}
}

// UnknownEvent stands for a type that this version has no struct for, and for
// what is not of the vendor's form; [Event.Raw] is complete. [OnType] handles one
// such type, and On with UnknownEvent all that no other handler takes.
type UnknownEvent struct{}

// EventTypes implements [EventData]; there are none.
func (UnknownEvent) EventTypes() []string { return nil }

// decodeEventData is the table of typed events.
func decodeEventData(eventType string, raw []byte) (EventData, error) {
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
	data, err := decodeEventData(eventType, []byte("{}"))
	_, unknown := data.(UnknownEvent)
	return err != nil || !unknown
}

// ErrMalformed reports a push or an event that is not of the vendor's form.
var ErrMalformed = errors.New("malformed event")

// ParseEvent reads the decrypted message of a push. It takes today's form
// (EventType, EventTime, CorpId, eventId), that of the older pages (corpId,
// TimeStamp), the form in which the vendor's pages show stream events
// (eventType, data), and the biz_data of a SyncHTTP or RDS row (syncAction).
//
// Source is [SourceStream] for the third form and [SourceHTTP] for the others.
// The error is [ErrMalformed]; an unknown type is none. data is not kept.
func ParseEvent(data []byte) (*Event, error) {
	e, problem := readPush(data)
	if problem != nil {
		return nil, problem
	}
	return e, nil
}

// readPush is ParseEvent that makes an [UnknownEvent] of what is malformed, with
// all of data in Raw: as it is when it is JSON, else as JSON text.
func readPush(data []byte) (e *Event, problem error) {
	e = &Event{Source: SourceHTTP}
	if problem = e.read(data); problem == nil {
		return e, nil
	}
	e.Source, e.Data, e.Raw = SourceHTTP, UnknownEvent{}, slices.Clone(data)
	if !json.Valid(data) {
		e.Raw, _ = json.Marshal(string(data)) //nolint:errchkjson // text never fails
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
// half of [ParseEvent], for an event whose ID, Type, CorpID and Time came beside
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
	data, err := decodeEventData(e.Type, e.Raw)
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

// readEnvelope sets what every event has and returns the JSON that holds the
// rest; after an error, e has what could be read. Where an event's own field has almost the name of an envelope field,
// as corpId besides CorpId, the envelope's counts.
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

func decodeInstanceChange(raw []byte) (EventData, error) {
	c, err := decodeLoosely[InstanceChange](raw)
	if err != nil {
		return nil, err
	}
	if c.Change == "finsh" {
		c.Change = InstanceChangeFinish
	}
	// The samples of today's pages escape the address twice.
	if strings.Contains(c.URL, `\u00`) {
		c.URL = strings.NewReplacer(`\u003d`, "=", `\u0026`, "&").Replace(c.URL)
	}
	return c, nil
}

func decodeTaskChange(raw []byte) (EventData, error) {
	c, err := decodeLoosely[TaskChange](raw)
	if err != nil {
		return nil, err
	}
	if c.Change == "finsh" {
		c.Change = TaskChangeFinish
	}
	return c, nil
}

func decodeURLCheck(kind string, raw []byte) (EventData, error) {
	c := URLCheck{Kind: kind}
	for key, value := range wire.Members(raw) {
		var err error
		switch string(key) {
		case "Random":
			err = readText(&c.Random, value)
		case "TestSuiteKey":
			err = readText(&c.TestSuiteKey, value)
		}
		if err != nil {
			return nil, malformedField(key, err)
		}
	}
	return c, nil
}

func readText[T ~string](dst *T, value []byte) error {
	text := wire.Text(*dst)
	err := text.UnmarshalJSON(value)
	*dst = T(text)
	return err
}

func readMillis(dst *time.Time, value []byte) error {
	millis := wire.MillisOf(*dst)
	err := millis.UnmarshalJSON(value)
	*dst = millis.Time()
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
