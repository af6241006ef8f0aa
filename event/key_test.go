package event_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

func TestStoredEventsComeBackWhole(t *testing.T) {
	t.Parallel()
	for name := range vendorEvents() {
		e := parseEvent(t, string(readFile(t, "testdata", "events", name+".json")))
		data, err := event.Encode(e)
		require.NoError(t, err)
		got, err := event.Decode(data)
		require.NoError(t, err, name)
		require.JSONEq(t, string(e.Raw), string(got.Raw))
		want := *e
		want.Raw = got.Raw // without the white space
		require.Equal(t, want, *got, name)
		require.Equal(t, e.Key(), got.Key())
		require.Equal(t, e.Subject(), got.Subject())
	}
	e := parseEvent(t, `{"EventType":"x","eventId":"1","html":"<a>&"}`)
	data, err := event.Encode(e)
	require.NoError(t, err)
	require.Contains(t, string(data), `"html":"<a>&"`, "Raw is not escaped")

	_, err = event.Encode(&event.Event{ID: "1", Raw: json.RawMessage("secret")})
	require.ErrorContains(t, err, "event 1")
	require.NotContains(t, err.Error(), "secret")
	for _, data := range []string{``, `null`, `[]`, `{"type":7}`, `{"type":"x"}`} {
		_, err := event.Decode([]byte(data))
		require.ErrorIs(t, err, event.ErrMalformed, data)
	}

	// As stream mode hands over what does not fit its type.
	data, err = event.Encode(&event.Event{ID: "1", Type: "bpms_task_change", Raw: json.RawMessage(`{"taskId":{}}`), Data: event.UnknownEvent{}})
	require.NoError(t, err)
	got, err := event.Decode(data)
	require.NoError(t, err)
	require.Equal(t, event.UnknownEvent{}, got.Data)
	require.JSONEq(t, `{"taskId":{}}`, string(got.Raw))
}

// inForms is an event in the form of each source. The list of failed pushes has
// no eventId unless data holds one.
func inForms(tb testing.TB, eventType, id string, millis int64, data string) map[event.Source]*event.Event {
	tb.Helper()
	inner := data[1:]
	http := fmt.Sprintf(`{"EventType":%q,"EventTime":%d,"CorpId":"c","eventId":%q,%s`, eventType, millis, id, inner)
	stream := fmt.Sprintf(`{"eventType":%q,"eventBornTime":%d,"eventCorpId":"c","eventId":%q,"data":%s}`, eventType, millis, id, data)
	entry := fmt.Sprintf(`{"call_back_tag":%[1]q,"event_time":%[2]d,%[1]q:{"corpid":"c","bpmsCallBackData":%[3]s}}`, eventType, millis, data)
	failed := event.ParseFailedPush([]byte(entry))
	return map[event.Source]*event.Event{
		event.SourceHTTP: parseEvent(tb, http), event.SourceStream: parseEvent(tb, stream), event.SourceFailedPush: &failed,
	}
}

// An end of an approval has one key, whoever tells it and whatever else is said.
func TestOneEndHasOneKey(t *testing.T) {
	t.Parallel()
	key := func(body string) string { return parseEvent(t, body).Key() }
	const end = `{"EventType":"bpms_instance_change","CorpId":"c","processInstanceId":"p","type":"finish","result":"agree"}`
	first := key(end)
	require.Regexp(t, `^[0-9a-f]{32}$`, first)
	require.Equal(t, first, key(strings.Replace(end, `{`, `{"eventId":"1","EventTime":2,"finishTime":3,"title":"t",`, 1)))
	require.Equal(t, first, event.Event{ // as a Reconciler makes it
		Type: "bpms_instance_change", CorpID: "c", Source: event.SourceReconcile,
		Data: event.InstanceChange{InstanceID: "p", Change: event.InstanceChangeFinish, Result: event.ResultAgree},
	}.Key())
	for _, change := range [][2]string{{`"c"`, `"d"`}, {`"p"`, `"q"`}, {"finish", "terminate"}, {"agree", "refuse"}, {"bpms", "workflow"}} {
		require.NotEqual(t, first, key(strings.Replace(end, change[0], change[1], 1)), change)
	}
	for _, change := range []string{"finish", "terminate", "delete"} {
		keys := map[string]bool{}
		for _, id := range []string{"1", "2"} {
			for source, e := range inForms(t, "bpms_instance_change", id, 1766047844000, `{"processInstanceId":"p","type":"`+change+`"}`) {
				require.True(t, e.Unique(), source)
				keys[e.Key()] = true
			}
		}
		require.Len(t, keys, 1, change)
	}
}

// Whatever can happen twice to one approval, one task or one form is two events:
// as like as two events of one type can be, they differ by eventId.
func TestTwoEventsHaveTwoKeys(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ eventType, data string }{
		"comment":                       {"bpms_task_change", `{"processInstanceId":"p","taskId":1,"type":"comment","remark":"A","staffId":"u","createTime":1}`},
		"start, handed on and back":     {"bpms_task_change", `{"processInstanceId":"p","taskId":1,"type":"start","staffId":"u","createTime":1}`},
		"handed on, twice":              {"bpms_task_change", `{"processInstanceId":"p","taskId":1,"type":"finish","result":"redirect","staffId":"u","createTime":1}`},
		"agreed again after a return":   {"bpms_task_change", `{"processInstanceId":"p","taskId":1,"type":"finish","result":"agree","staffId":"u","createTime":1,"finishTime":2}`},
		"add-sign":                      {"bpms_task_change", `{"processInstanceId":"p","type":"start","staffId":"u","createTime":1}`},
		"cancelled and started anew":    {"bpms_task_change", `{"processInstanceId":"p","taskId":1,"type":"cancel","staffId":"u","createTime":1}`},
		"a change of next year":         {"bpms_task_change", `{"processInstanceId":"p","taskId":1,"type":"urge"}`},
		"instance, started anew":        {"bpms_instance_change", `{"processInstanceId":"p","type":"start","createTime":1}`},
		"instance, other change":        {"bpms_instance_change", `{"processInstanceId":"p","type":"comment"}`},
		"third-party comment":           {"workflow_task_change_broadcast", `{"processInstanceId":"p","taskId":1,"type":"comment"}`},
		"third-party comment, directed": {"workflow_task_change_directed", `{"processInstanceId":"p","taskId":1,"type":"comment"}`},
		"attendance":                    {"attendance_approve_status_change", `{"processInstanceId":"p","status":"start"}`},
		"form saved":                    {"workflow_form_change", `{"formCode":"PROC-1","type":"update","modifyTime":"1"}`},
		"form of smart finance":         {"smart_finance_form_change", `{"formCode":"PROC-1","changeType":"update"}`},
		"reminder":                      {"oa_timeout_plugin_task_msg", `{"instanceId":"p","taskId":"1","msgTag":"taskTrigger"}`},
		"authorised again":              {"org_suite_auth", `{"authCorpInfo":{"corpid":"c"}}`},
		"scope changed again":           {"org_suite_change", `{"authCorpInfo":{"corpid":"c"}}`},
		"released again":                {"org_suite_relieve", `{"SuiteKey":"s"}`},
		"app enabled again":             {"org_micro_app_restore", `{"agentId":1}`},
		"approval of a third-party app": {"isv_bpms", `{"processInstanceId":"p","status":"RUNNING"}`},
		"unknown":                       {"user_leave_org", `{"userId":["u"]}`},
	} {
		first := inForms(t, test.eventType, "e1", 1766047844000, test.data)
		second := inForms(t, test.eventType, "e2", 1766047844000, test.data)
		for _, source := range []event.Source{event.SourceHTTP, event.SourceStream} {
			require.NotEqual(t, first[source].Key(), second[source].Key(), "%s by %s", name, source)
			require.True(t, first[source].Unique(), "%s by %s", name, source)
		}
		require.Equal(t, first[event.SourceHTTP].Key(), first[event.SourceStream].Key(), "%s: one eventId", name)
		again := inForms(t, test.eventType, "e1", 1766047854000, test.data)
		require.Equal(t, first[event.SourceHTTP].Key(), again[event.SourceHTTP].Key(), "%s: a repeat of one eventId", name)

		// The list of failed pushes: the time tells them apart, an eventId within the
		// event counts.
		require.True(t, first[event.SourceFailedPush].Unique(), name)
		require.Equal(t, first[event.SourceFailedPush].Key(), second[event.SourceFailedPush].Key(), name)
		require.NotEqual(t, first[event.SourceFailedPush].Key(), again[event.SourceFailedPush].Key(), name)
		inside := inForms(t, test.eventType, "e1", 1766047844000, `{"eventId":"e1",`+test.data[1:])
		require.Equal(t, first[event.SourceHTTP].Key(), inside[event.SourceFailedPush].Key(), name)
	}
	comments := [2]*event.Event{}
	for i, text := range []string{"A", "B"} {
		data := `{"processInstanceId":"p","taskId":1,"type":"comment","staffId":"u","createTime":1,"remark":"` + text + `"}`
		comments[i] = inForms(t, "bpms_task_change", "", 1766047844000, data)[event.SourceFailedPush]
	}
	require.NotEqual(t, comments[0].Key(), comments[1].Key(), "two comments on the list")
}

// JSON text may hold any character, that of value 0 included.
func TestNoCharacterMovesFromOneFieldToTheNext(t *testing.T) {
	t.Parallel()
	const end = `{"EventType":"bpms_instance_change","type":"finish","CorpId":%q,"processInstanceId":%q,"result":%q}`
	const other = `{"EventType":%q,"CorpId":%q,"eventId":%q}`
	const task = `{"EventType":"bpms_task_change","type":"start","CorpId":"c","processInstanceId":"p","taskId":%q,"staffId":%q}`
	for _, zero := range []string{"\x00", "\x01", "-", "\x00\x01"} {
		for format, values := range map[string][2][]any{
			end:   {{"c" + zero + "p", "q", "agree"}, {"c", "p" + zero + "q", "agree"}},
			other: {{"t" + zero + "c", "", "1"}, {"t", "c" + zero, "1"}},
			task:  {{"1" + zero + "u", "v"}, {"1", "u" + zero + "v"}},
		} {
			first := parseEvent(t, inJSON(t, format, values[0]))
			second := parseEvent(t, inJSON(t, format, values[1]))
			require.NotEqual(t, first.Key(), second.Key(), format)
		}
	}
}

// inJSON puts texts into a format as JSON.
func inJSON(tb testing.TB, format string, values []any) string {
	tb.Helper()
	quoted := make([]any, len(values))
	for i, v := range values {
		text, err := json.Marshal(v)
		require.NoError(tb, err)
		quoted[i] = text
	}
	return fmt.Sprintf(strings.ReplaceAll(format, "%q", "%s"), quoted...)
}

// Older pushes have neither eventId nor time.
func TestKeysOfOlderPushes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   string
		unique bool
	}{
		"start of an approval":          {`{"EventType":"bpms_instance_change","processInstanceId":"p","type":"start","createTime":1}`, true},
		"start of a task":               {`{"EventType":"bpms_task_change","processInstanceId":"p","type":"start","taskId":1}`, true},
		"end of a task":                 {`{"EventType":"bpms_task_change","processInstanceId":"p","type":"finish","finishTime":3}`, true},
		"start of a task without an ID": {`{"EventType":"bpms_task_change","processInstanceId":"p","type":"start","staffId":"u","createTime":1}`, false},
		"comment":                       {`{"EventType":"bpms_task_change","processInstanceId":"p","type":"comment","taskId":1,"remark":"A"}`, false},
		"other change":                  {`{"EventType":"bpms_instance_change","processInstanceId":"p","type":"urge"}`, false},
	} {
		first, again := parseEvent(t, test.body), parseEvent(t, test.body)
		require.Equal(t, first.Key(), again.Key(), name)
		require.Equal(t, test.unique, first.Unique(), name)
		require.Equal(t, test.unique, first.Unpack()[0].Key() == again.Unpack()[0].Key(), name)
	}
}

func FuzzDecode(f *testing.F) {
	for name := range vendorEvents() {
		data, err := event.Encode(parseEvent(f, string(readFile(f, "testdata", "events", name+".json"))))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := event.Decode(data)
		if err != nil {
			require.ErrorIs(t, err, event.ErrMalformed)
			return
		}
		require.NotEmpty(t, e.Subject())
		for _, kept := range e.Unpack() {
			require.Regexp(t, `^[0-9a-f]{32}$`, kept.Key())
		}
		again, err := event.Encode(e)
		require.NoError(t, err)
		got, err := event.Decode(again)
		require.NoError(t, err)
		require.Equal(t, e.Key(), got.Key())
	})
}

func TestEventsWithoutAnInstance(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{
		`"EventType":"bpms_instance_change","type":"finish","result":"agree"`,
		`"EventType":"bpms_instance_change","type":"start"`,
		`"EventType":"bpms_task_change","type":"finish","result":"agree","taskId":1`,
	} {
		for _, ids := range [][2]string{{`"eventId":"1"`, `"eventId":"2"`}, {`"title":"a"`, `"title":"b"`}} {
			first := parseEvent(t, `{`+kind+`,"CorpId":"c",`+ids[0]+`}`)
			second := parseEvent(t, `{`+kind+`,"CorpId":"c",`+ids[1]+`}`)
			require.NotEqual(t, first.Key(), second.Key(), kind)
		}
	}
}
