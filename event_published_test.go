package dingoa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// What published pushes hold beside the fields of the vendor's pages.
func TestFieldsOfPublishedPushes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]dingoa.EventData{
		`{"EventType":"bpms_task_change","EventTime":1766047844000,"eventId":"e1","CorpId":"ding0","processInstanceId":"p1","taskId":98000000001,` +
			`"type":"finish","result":"audit","staffId":"u2","activityId":"1918_aaaa","activityName":"审核人","actualActionerId":"u3",` +
			`"agentActionerIds":["u4",5],"businessType":"","resource":"/v1.0/event/bpms_task_change/processCode/PROC-A/type/finish",` +
			`"createTime":1766047419000,"finishTime":1766047844000}`: dingoa.TaskChange{
			InstanceID: "p1", TaskID: "98000000001", Change: dingoa.TaskChangeFinish, Result: dingoa.ResultAudit, StaffID: "u2",
			ActivityID: "1918_aaaa", ActivityName: "审核人", ActualActionerID: "u3", AgentActionerIDs: []string{"u4", "5"},
			Resource:   "/v1.0/event/bpms_task_change/processCode/PROC-A/type/finish",
			CreateTime: ms(1766047419000), FinishTime: ms(1766047844000),
		},
		`{"EventType":"bpms_task_change","eventId":"e9","taskId":1,"type":"comment","remark":"请补充","agentActionerIds":"u4"}`: dingoa.TaskChange{
			TaskID: "1", Change: dingoa.TaskChangeComment, Remark: "请补充", AgentActionerIDs: []string{"u4"},
		},
		`{"EventType":"bpms_task_change","eventId":"e9","taskId":1,"type":"comment","agentActionerIds":null}`: dingoa.TaskChange{
			TaskID: "1", Change: dingoa.TaskChangeComment,
		},
		`{"EventType":"bpms_instance_change","processInstanceId":"p","type":"start","resource":"/v1.0/event/bpms_instance_change"}`: dingoa.InstanceChange{
			InstanceID: "p", Change: dingoa.InstanceChangeStart, Resource: "/v1.0/event/bpms_instance_change",
		},
		`{"EventType":"attendance_approve_status_change","procInstId":"p1","userId":"u1","approveType":"LEAVE","status":"COMPLETED","result":"agree"}`: dingoa.AttendanceStatusChange{
			InstanceID: "p1", UserID: "u1", ApproveType: "LEAVE", Status: "COMPLETED", Result: dingoa.ResultAgree,
		},
	} {
		require.Equal(t, want, parseEvent(t, body).Data)
	}
	_, err := dingoa.ParseEvent([]byte(`{"EventType":"bpms_task_change","agentActionerIds":{"secret":1}}`))
	require.ErrorIs(t, err, dingoa.ErrMalformed)
	require.NotContains(t, err.Error(), "secret")
}

// The form of stream events, with data as JSON text as in their frames.
func TestStreamFormWithDataAsText(t *testing.T) {
	t.Parallel()
	const form = `{"eventType":"bpms_instance_change","eventId":"e1","eventBornTime":1723623364000,"eventCorpId":"ding0","data":%s}`
	e := parseEvent(t, fmt.Sprintf(form, `"{\"processInstanceId\":\"p1\",\"type\":\"start\"}"`))
	require.Equal(t, dingoa.InstanceChange{InstanceID: "p1", Change: dingoa.InstanceChangeStart}, e.Data)
	require.Equal(t, dingoa.SourceStream, e.Source)
	require.JSONEq(t, `{"processInstanceId":"p1","type":"start"}`, string(e.Raw))
	for _, data := range []string{`null`, `5`, `"5"`, `"null"`, `""`, `"{"`, `[]`, `"[]"`, `true`} {
		_, err := dingoa.ParseEvent(fmt.Appendf(nil, form, data))
		require.ErrorIs(t, err, dingoa.ErrMalformed, data)
		e := dingoa.Event{Type: "bpms_instance_change", Raw: []byte(data)}
		require.ErrorIs(t, e.ParseData(), dingoa.ErrMalformed, data)
	}
}

// An event that could not be read is not handed to a handler of its type as if
// it said nothing.
func TestHandlersGetNoEmptyEvents(t *testing.T) {
	t.Parallel()
	d, err := dingoa.NewDispatcher(dingoa.On(func(context.Context, *dingoa.Event, dingoa.InstanceChange) error {
		t.Error("called")
		return nil
	}))
	require.NoError(t, err)
	e := dingoa.Event{ID: "1", Type: "bpms_instance_change", Data: dingoa.UnknownEvent{}, Raw: []byte(`{"call_back_tag":"bpms_instance_change"}`)}
	require.ErrorIs(t, d.Dispatch(t.Context(), &e), dingoa.ErrMalformed)
}

// However an event is logged, nothing of its content is.
func TestEventsAreLoggedWithoutContent(t *testing.T) {
	t.Parallel()
	e := parseEvent(t, `{"EventType":"suite_ticket","eventId":"id1","CorpId":"corp1","SuiteTicket":"SECRET-ticket","title":"SECRET-title"}`)
	task := parseEvent(t, `{"EventType":"bpms_task_change","eventId":"id2","CorpId":"corp1","taskId":1,"remark":"SECRET-remark"}`)
	push := parseEvent(t, `{"EventType":"SYNC_HTTP_PUSH_HIGH","eventId":"id3","bizData":[{"corp_id":"corp1","biz_data":"{\"syncAction\":\"suite_ticket\",\"suiteTicket\":\"SECRET-ticket\"}"}]}`)
	type holder struct {
		Name   string
		Event  dingoa.Event
		Events []*dingoa.Event
	}
	for _, v := range []any{
		e, *e, e.Data, task, *task, push, push.Data,
		[]dingoa.Event{*e, *task},
		[]*dingoa.Event{e},
		map[string]any{"e": *e, "p": task},
		holder{"n", *e, []*dingoa.Event{task}},
		&holder{Event: *push},
		dingoa.DeadLetter{Event: e, Attempts: 1, Problem: "p"},
		&dingoa.DeadLetter{Event: task},
		[]dingoa.DeadLetter{{Event: e}},
		dingoa.PullState{Waiting: []dingoa.Event{*e}, DeadLetters: []dingoa.DeadLetter{{Event: task}}},
		&dingoa.UnhandledEventsError{Events: []dingoa.Event{*e, *task}, Err: errors.New("down")},
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
