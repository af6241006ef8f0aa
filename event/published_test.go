package event_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/event"
)

// What published pushes hold beside the fields of the vendor's pages.
func TestFieldsOfPublishedPushes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]event.Data{
		`{"EventType":"bpms_task_change","EventTime":1766047844000,"eventId":"e1","CorpId":"ding0","processInstanceId":"p1","taskId":98000000001,` +
			`"type":"finish","result":"audit","staffId":"u2","activityId":"1918_aaaa","activityName":"审核人","actualActionerId":"u3",` +
			`"agentActionerIds":["u4",5],"businessType":"","resource":"/v1.0/event/bpms_task_change/processCode/PROC-A/type/finish",` +
			`"createTime":1766047419000,"finishTime":1766047844000}`: event.TaskChange{
			InstanceID: "p1", TaskID: "98000000001", Change: event.TaskChangeFinish, Result: event.ResultAudit, StaffID: "u2",
			ActivityID: "1918_aaaa", ActivityName: "审核人", ActualActionerID: "u3", AgentActionerIDs: []string{"u4", "5"},
			Resource:   "/v1.0/event/bpms_task_change/processCode/PROC-A/type/finish",
			CreateTime: ms(1766047419000), FinishTime: ms(1766047844000),
		},
		`{"EventType":"bpms_task_change","eventId":"e9","taskId":1,"type":"comment","remark":"请补充","agentActionerIds":"u4"}`: event.TaskChange{
			TaskID: "1", Change: event.TaskChangeComment, Remark: "请补充", AgentActionerIDs: []string{"u4"},
		},
		`{"EventType":"bpms_task_change","eventId":"e9","taskId":1,"type":"comment","agentActionerIds":null}`: event.TaskChange{
			TaskID: "1", Change: event.TaskChangeComment,
		},
		`{"EventType":"bpms_instance_change","processInstanceId":"p","type":"start","resource":"/v1.0/event/bpms_instance_change"}`: event.InstanceChange{
			InstanceID: "p", Change: event.InstanceChangeStart, Resource: "/v1.0/event/bpms_instance_change",
		},
		`{"EventType":"attendance_approve_status_change","procInstId":"p1","userId":"u1","approveType":"LEAVE","status":"COMPLETED","result":"agree"}`: event.AttendanceStatusChange{
			InstanceID: "p1", UserID: "u1", ApproveType: "LEAVE", Status: "COMPLETED", Result: event.ResultAgree,
		},
	} {
		require.Equal(t, want, parseEvent(t, body).Data)
	}
	_, err := event.Parse([]byte(`{"EventType":"bpms_task_change","agentActionerIds":{"secret":1}}`))
	require.ErrorIs(t, err, event.ErrMalformed)
	require.NotContains(t, err.Error(), "secret")
}

// The form of stream events, with data as JSON text as in their frames.
func TestStreamFormWithDataAsText(t *testing.T) {
	t.Parallel()
	const form = `{"eventType":"bpms_instance_change","eventId":"e1","eventBornTime":1723623364000,"eventCorpId":"ding0","data":%s}`
	e := parseEvent(t, fmt.Sprintf(form, `"{\"processInstanceId\":\"p1\",\"type\":\"start\"}"`))
	require.Equal(t, event.InstanceChange{InstanceID: "p1", Change: event.InstanceChangeStart}, e.Data)
	require.Equal(t, event.SourceStream, e.Source)
	require.JSONEq(t, `{"processInstanceId":"p1","type":"start"}`, string(e.Raw))
	for _, data := range []string{`null`, `5`, `"5"`, `"null"`, `""`, `"{"`, `[]`, `"[]"`, `true`} {
		_, err := event.Parse(fmt.Appendf(nil, form, data))
		require.ErrorIs(t, err, event.ErrMalformed, data)
		e := event.Event{Type: "bpms_instance_change", Raw: []byte(data)}
		require.ErrorIs(t, e.ParseData(), event.ErrMalformed, data)
	}
}

// An event that could not be read is not handed to a handler of its type as if
// it said nothing.
func TestHandlersGetNoEmptyEvents(t *testing.T) {
	t.Parallel()
	d, err := event.NewDispatcher(event.On(func(context.Context, *event.Event, event.InstanceChange) error {
		t.Error("called")
		return nil
	}))
	require.NoError(t, err)
	e := event.Event{ID: "1", Type: "bpms_instance_change", Data: event.UnknownEvent{}, Raw: []byte(`{"call_back_tag":"bpms_instance_change"}`)}
	require.ErrorIs(t, d.Dispatch(t.Context(), &e), event.ErrMalformed)
}

// However an event is logged, nothing of its content is.
func TestEventsAreLoggedWithoutContent(t *testing.T) {
	t.Parallel()
	e := parseEvent(t, `{"EventType":"suite_ticket","eventId":"id1","CorpId":"corp1","SuiteTicket":"SECRET-ticket","title":"SECRET-title"}`)
	task := parseEvent(t, `{"EventType":"bpms_task_change","eventId":"id2","CorpId":"corp1","taskId":1,"remark":"SECRET-remark"}`)
	push := parseEvent(t, `{"EventType":"SYNC_HTTP_PUSH_HIGH","eventId":"id3","bizData":[{"corp_id":"corp1","biz_data":"{\"syncAction\":\"suite_ticket\",\"suiteTicket\":\"SECRET-ticket\"}"}]}`)
	type holder struct {
		Name   string
		Event  event.Event
		Events []*event.Event
	}
	for _, v := range []any{
		e, *e, e.Data, task, *task, push, push.Data,
		[]event.Event{*e, *task},
		[]*event.Event{e},
		map[string]any{"e": *e, "p": task},
		holder{"n", *e, []*event.Event{task}},
		&holder{Event: *push},
		event.DeadLetter{Event: e, Attempts: 1, Problem: "p"},
		&event.DeadLetter{Event: task},
		[]event.DeadLetter{{Event: e}},
		backfill.PullState{Waiting: []event.Event{*e}, DeadLetters: []event.DeadLetter{{Event: task}}},
		&backfill.UnhandledEventsError{Events: []event.Event{*e, *task}, Err: errors.New("down")},
	} {
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "v", v)
		slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v)
		encoded, err := json.Marshal(v)
		require.NoError(t, err)
		text := log.String() + string(encoded) + fmt.Sprintf("%v %+v %#v %s", v, v, v, v)
		require.NotContains(t, text, "SECRET", "%T", v)
	}
	encoded, err := json.Marshal(map[string]any{"event": task})
	require.NoError(t, err)
	require.JSONEq(t, `{"event":{"id":"id2","type":"bpms_task_change","corpId":"corp1","source":"http"}}`, string(encoded))
}
