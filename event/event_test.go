package event_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

func readFile(tb testing.TB, path ...string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("..", filepath.Join(path...)))
	require.NoError(tb, err)
	return data
}

// dataOf is the event's data, which has to be a T.
func dataOf[T event.Data](tb testing.TB, e *event.Event) T {
	tb.Helper()
	data, ok := e.Data.(T)
	require.True(tb, ok, "%T", e.Data)
	return data
}

func ms(n int64) time.Time { return time.UnixMilli(n).UTC() }

// vendorEvents are the samples of the vendor's pages, one file each in
// testdata/events, and what they are to be read as. An ID left empty is derived.
func vendorEvents() map[string]event.Event {
	const (
		id       = "c7c7120f2c07419**ebdba0318c8"
		corp     = "ding9f50b15bxxxx16741"
		syncCorp = "dingbe60690a7ed2d34624f2f5cc6abecxxx"
		template = "PROC-27BBC5E6-DFFA-4EC3-A1F1-xxx"
		shortURL = "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm"
		longURL  = "https://pre-aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=xxx&dd_share=false&showmenu=false&dd_progress=false&back=native&procInstId=adlB-HLWSEGKe_m-xxx&taskId=&swfrom=isv&dinghash=approval&dtaction=os&dd_from=#approval"
		workflow = "xx提交的审批模版测试"
	)
	pushed, born := ms(1663143335567), ms(1683533823336)

	instance := event.InstanceChange{
		InstanceID: "9Qgx5QqjR7axMwxxxx", Change: event.InstanceChangeFinish, Result: event.ResultAgree,
		ProcessCode: "Pro-xxx", BusinessID: "yewu1", BusinessType: "yewu1", BizCategoryID: "20230xxx",
		Title: "自测-1016", StaffID: "manager75",
		URL:        shortURL + "?corpid=ding2c015874d817xxxx&dd_share=",
		CreateTime: ms(1495592305000), FinishTime: ms(1495592272000),
	}
	task := event.TaskChange{
		InstanceID: "ce133dd0-5b22-9516-xxxxxxxxxxxx", TaskID: "811165", Change: event.TaskChangeFinish, Result: event.ResultAgree,
		ProcessCode: template, BusinessID: "20xxxx38", BizCategoryID: "attendance.goout",
		Title: "考勤-测试", StaffID: "08058646137", Remark: "同意",
		CreateTime: ms(1670983873000), FinishTime: ms(1670983893000),
	}
	isvInstance := event.InstanceChange{
		InstanceID: "adlB-HLWSEGKe_m-xxx", Change: event.InstanceChangeFinish, Result: event.ResultAgree,
		ProcessCode: template, BusinessID: "1", Title: workflow, StaffID: "managerxxx",
		URL: "https://pre-aflow.dingtalk.com/xxx", Version: "2",
		CreateTime: ms(1670983873000), FinishTime: ms(1670983893000),
	}
	isvTask := event.TaskChange{
		InstanceID: "pLSJ6XEAStOhfATIP_Q_xxx", TaskID: "77537611", Change: event.TaskChangeFinish, Result: event.ResultAgree,
		ProcessCode: "PROC-27BBC5E6-DFFA-xxxx", BusinessID: "business1", Title: workflow, StaffID: "managerxxx", Remark: "同意",
		CreateTime: ms(1670934164000), FinishTime: ms(1670934564000),
	}
	syncInstance := event.InstanceChange{
		InstanceID: "adlB-HLWSEGKe_m-xxx", Change: event.InstanceChangeStart, ProcessCode: template,
		BusinessID: "202212141011000137xxx", Title: workflow, StaffID: "managerxxx", URL: longURL, Version: "2",
		CreateTime: ms(1670983873000),
	}
	syncTask := event.TaskChange{
		InstanceID: "pLSJ6XEAStOhfATIP_Q_xxx", TaskID: "77537611", Change: event.TaskChangeStart, ProcessCode: template,
		BusinessID: "202212132022000437xxx", Title: workflow, StaffID: "managerxxx", CreateTime: ms(1670934164000),
	}

	http := func(eventType string, data event.Data) event.Event {
		return event.Event{ID: id, Type: eventType, CorpID: corp, Time: pushed, Source: event.SourceHTTP, Data: data}
	}
	stream := func(eventType string, data event.Data) event.Event {
		return event.Event{ID: id, Type: eventType, CorpID: corp, Time: born, Source: event.SourceStream, Data: data}
	}
	legacy := func(eventType, corpID string, data event.Data) event.Event {
		return event.Event{Type: eventType, CorpID: corpID, Source: event.SourceHTTP, Data: data}
	}
	sync := func(id, eventType, corpID string, data event.Data) event.Event {
		return event.Event{ID: id, Type: eventType, CorpID: corpID, Source: event.SourceHTTP, Data: data}
	}
	const syncID, syncTaskID = "53eee5d611c14089b0a432f68cexxx", "e52cff3268b24ceaaa7efba26a00fxxx"

	events := map[string]event.Event{
		"bpms_instance_change.http":   http("bpms_instance_change", instance),
		"bpms_instance_change.stream": stream("bpms_instance_change", instance),
		"bpms_task_change.http":       http("bpms_task_change", task),
		"bpms_task_change.stream":     stream("bpms_task_change", task),

		"bpms_instance_change.legacy_internal_start": legacy("bpms_instance_change", "corpidxxxxxxxxxxxxx", event.InstanceChange{
			InstanceID: "ad253df6-e175caf-xxxxxxxxxxxx", Change: event.InstanceChangeStart, ProcessCode: "Pro-xxx",
			Title: "自测-1016", StaffID: "er5875", URL: shortURL, CreateTime: ms(1495592259000),
		}),
		"bpms_instance_change.legacy_internal_finish": legacy("bpms_instance_change", "dinge8a56572f80b02a8ffexxxx", event.InstanceChange{
			InstanceID: "ad253df6-e175caf-xxxxxxxxxxxx", Change: event.InstanceChangeFinish, Result: event.ResultRefuse, ProcessCode: "Pro-xxx",
			Title: "自测-1016", StaffID: "manager75", URL: shortURL + "?corpid=ding2c015874d817xxxx&dd_share=",
			CreateTime: ms(1495592272000), FinishTime: ms(1495592305000),
		}),
		"bpms_instance_change.legacy_third_party_start": legacy("bpms_instance_change", "ding2c4d8175651", event.InstanceChange{
			InstanceID: "ad253df6-e175caf-68085c60ba8a", Change: event.InstanceChangeStart, BizCategoryID: "bizCategoryId",
			Title: "自测-1016", StaffID: "er5875", URL: shortURL, CreateTime: ms(1495592259000),
		}),
		"bpms_instance_change.legacy_third_party_finish": legacy("bpms_instance_change", "ding2c015874xxxxxxxx", event.InstanceChange{
			InstanceID: "ad253df6-e175caf-68085c60ba8a", Change: event.InstanceChangeFinish, Result: event.ResultRefuse, BizCategoryID: "bizCategoryId",
			Title: "自测-1016", StaffID: "manager75", URL: shortURL + "?corpid=ding2c015874xxxxxxxx&dd_share=",
			CreateTime: ms(1495592272000), FinishTime: ms(1495592305000),
		}),
		"bpms_task_change.legacy_internal_start": legacy("bpms_task_change", "corpidxxxxxxxxxxxxx", event.TaskChange{
			InstanceID: "ce133dd0-5b22-9516-xxxxxxxxxxxx", Change: event.TaskChangeStart, ProcessCode: "Pro-xxx",
			Title: "自测-1016", StaffID: "manager75", CreateTime: ms(1495593189000),
		}),
		"bpms_task_change.legacy_internal_finish": legacy("bpms_task_change", "corpidxxxxxxxxxxxxx", event.TaskChange{
			InstanceID: "ce133dd0-5b22-9516-xxxxxxxxxxxx", Change: event.TaskChangeFinish, Result: event.ResultRefuse, ProcessCode: "Pro-xxx",
			Title: "自测-1016", StaffID: "manager75", Remark: "拒绝理由", CreateTime: ms(1495593189000), FinishTime: ms(1495605749000),
		}),
		"bpms_task_change.legacy_internal_redirect": legacy("bpms_task_change", "corpidxxxxxxxxxxxxx", event.TaskChange{
			InstanceID: "439bda1c-d9-9d67-xxxxxxxxxxxx", Change: event.TaskChangeFinish, Result: event.ResultRedirect, ProcessCode: "Pro-xxx",
			Title: "自测-2017", StaffID: "08058646137", CreateTime: ms(1495541847000), FinishTime: ms(1495542282000),
		}),
		"bpms_task_change.legacy_third_party_start": legacy("bpms_task_change", "ding2c015874xxxxxxxx", event.TaskChange{
			InstanceID: "ce133dd0-5b22-9516-925779977e9c", Change: event.TaskChangeStart, BizCategoryID: "bizCategoryId",
			Title: "自测-1016", StaffID: "manager75", CreateTime: ms(1495593189000),
		}),
		"bpms_task_change.legacy_third_party_finish": legacy("bpms_task_change", "ding2c0xxxxxxxx", event.TaskChange{
			InstanceID: "ce133dd0-5b22-9516-925779977e9c", Change: event.TaskChangeFinish, Result: event.ResultRefuse, BizCategoryID: "bizCategoryId",
			Title: "自测-1016", StaffID: "manager75", Remark: "拒绝理由", CreateTime: ms(1495593189000), FinishTime: ms(1495605749000),
		}),
		"bpms_task_change.legacy_third_party_redirect": legacy("bpms_task_change", "ding2c015874xxxxxxxx", event.TaskChange{
			InstanceID: "439bda1c-d9-9d67-8081ede79716", Change: event.TaskChangeFinish, Result: event.ResultRedirect, BizCategoryID: "bizCategoryId",
			Title: "自测-2017", StaffID: "08058646137", CreateTime: ms(1495541847000), FinishTime: ms(1495542282000),
		}),

		"workflow_instance_change_broadcast.stream":      stream("workflow_instance_change_broadcast", isvInstance),
		"workflow_instance_change_directed.stream":       stream("workflow_instance_change_directed", isvInstance),
		"workflow_task_change_broadcast.stream":          stream("workflow_task_change_broadcast", isvTask),
		"workflow_task_change_directed.stream":           stream("workflow_task_change_directed", isvTask),
		"workflow_instance_change_broadcast.sync":        sync(id, "workflow_instance_change_broadcast", "", isvInstance),
		"workflow_instance_change_directed.sync":         sync(id, "workflow_instance_change_directed", "", isvInstance),
		"workflow_task_change_broadcast.sync":            sync(id, "workflow_task_change_broadcast", "", isvTask),
		"workflow_task_change_directed.sync":             sync(id, "workflow_task_change_directed", "", isvTask),
		"workflow_instance_change_broadcast.sync_legacy": sync(syncID, "workflow_instance_change_broadcast", syncCorp, syncInstance),
		"workflow_instance_change_directed.sync_legacy":  sync(syncID, "workflow_instance_change_directed", syncCorp, syncInstance),
		"workflow_task_change_broadcast.sync_legacy":     sync(syncTaskID, "workflow_task_change_broadcast", syncCorp, syncTask),
		"workflow_task_change_directed.sync_legacy":      sync(syncTaskID, "workflow_task_change_directed", syncCorp, syncTask),

		"check_url":              legacy("check_url", "", event.URLCheck{Kind: "check_url"}),
		"check_create_suite_url": legacy("check_create_suite_url", "", event.URLCheck{Kind: "check_create_suite_url", Random: "brdkKLMW"}),
		"check_update_suite_url": legacy("check_update_suite_url", "", event.URLCheck{
			Kind: "check_update_suite_url", Random: "xxxxxx", TestSuiteKey: "suited6db0pze8yao1b1y",
		}),

		"isv_bpms.sync":                     sync("", "isv_bpms", "", isvApproval()),
		"oa_timeout_plugin_task_msg.http":   http("oa_timeout_plugin_task_msg", timeLimitNotice()),
		"oa_timeout_plugin_task_msg.stream": stream("oa_timeout_plugin_task_msg", timeLimitNotice()),
		"workflow_form_change.http":         http("workflow_form_change", formChange()),
		"workflow_form_change.stream":       stream("workflow_form_change", formChange()),
	}
	maps.Copy(events, suiteEvents())
	return events
}

func TestParseReadsEveryVendorSample(t *testing.T) {
	t.Parallel()
	want := vendorEvents()
	files, err := filepath.Glob("../testdata/events/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(want)+len(syncPushes()), "one expectation per file")

	for name, want := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := readFile(t, "testdata", "events", name+".json")
			got, err := event.Parse(data)
			require.NoError(t, err)

			raw := string(data)
			if want.Source == event.SourceStream {
				var envelope struct {
					Data json.RawMessage `json:"data"`
				}
				require.NoError(t, json.Unmarshal(data, &envelope))
				raw = string(envelope.Data)
			}
			require.Equal(t, raw, string(got.Raw), "Raw is untouched")
			want.Raw = got.Raw
			if want.ID == "" {
				require.Regexp(t, `^derived-[0-9a-f]{32}$`, got.ID)
				want.ID = got.ID
			}
			require.Equal(t, want, *got)
		})
	}
}

// Each type that a struct claims is decoded to it, so that On and Parse agree.
func TestEventTypesAreDecodedToTheirStruct(t *testing.T) {
	t.Parallel()
	for _, data := range []event.Data{
		event.InstanceChange{},
		event.TaskChange{},
		event.URLCheck{},
		event.SyncPush{},
		event.SuiteTicket{},
		event.SuiteAuthorization{},
		event.SuiteRelease{},
		event.AppStateChange{},
		event.TimeLimitNotice{},
		event.FormChange{},
		event.FinanceFormChange{},
		event.AttendanceStatusChange{},
		event.ISVInstanceChange{},
	} {
		for _, eventType := range data.EventTypes() {
			e, err := event.Parse([]byte(`{"EventType":"` + eventType + `"}`))
			require.NoError(t, err)
			require.IsType(t, data, e.Data, eventType)
		}
	}
}

func TestParseTakesNumbersAsTextAndBack(t *testing.T) {
	t.Parallel()
	e, err := event.Parse([]byte(`{"EventType":"bpms_task_change","EventTime":"1663143335567","CorpId":7,"eventId":8,
		"processInstanceId":9,"taskId":"9007199254740993","createTime":"1670983873000","finishTime":"","staffId":123,"title":null,"type":"finsh","result":"agree"}`))
	require.NoError(t, err)
	require.Equal(t, "7", e.CorpID)
	require.Equal(t, "8", e.ID)
	require.Equal(t, ms(1663143335567), e.Time)
	require.Equal(t, event.TaskChange{
		InstanceID: "9", TaskID: "9007199254740993", Change: event.TaskChangeFinish, Result: event.ResultAgree, StaffID: "123",
		CreateTime: ms(1670983873000),
	}, e.Data)

	e, err = event.Parse([]byte(`{"EventType":"bpms_task_change","taskId":9007199254740993}`))
	require.NoError(t, err)
	require.Equal(t, "9007199254740993", dataOf[event.TaskChange](t, e).TaskID, "a number above 2^53 keeps its digits")
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fields string
		want   time.Time
	}{
		{`"TimeStamp":1663143335567`, ms(1663143335567)},
		{`"TimeStamp":"1663143335567"`, ms(1663143335567)},
		{`"TimeStamp":1663143335`, ms(1663143335000)},
		{`"TimeStamp":"1663143335"`, ms(1663143335000)},
		{`"TimeStamp":1,"EventTime":1663143335567`, ms(1663143335567)},
		{`"TimeStamp":""`, time.Time{}},
		{`"TimeStamp":0`, time.Time{}},
		{`"TimeStamp":"yesterday"`, time.Time{}},
		{`"EventTime":null`, time.Time{}},
	} {
		e, err := event.Parse([]byte(`{"EventType":"x",` + tc.fields + `}`))
		require.NoError(t, err, tc.fields)
		require.Equal(t, tc.want, e.Time, tc.fields)
	}
}

// workflow_form_change has a corpId of its own besides the envelope's CorpId.
func TestParsePrefersTheEnvelope(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"EventType":"T","CorpId":"C","corpId":"other","eventType":"other","syncAction":"other","data":{"a":1}}`,
		`{"data":{"a":1},"syncAction":"other","eventType":"other","corpId":"other","CorpId":"C","EventType":"T"}`,
	} {
		e, err := event.Parse([]byte(body))
		require.NoError(t, err)
		require.Equal(t, "T", e.Type)
		require.Equal(t, "C", e.CorpID)
		require.Equal(t, event.SourceHTTP, e.Source)
		require.Equal(t, body, string(e.Raw))
	}
}

func TestParseKeepsNothingOfItsInput(t *testing.T) {
	t.Parallel()
	data := []byte(`{"EventType":"bpms_instance_change","eventId":"id","title":"title"}`)
	e, err := event.Parse(data)
	require.NoError(t, err)
	clear(data)
	require.Equal(t, "id", e.ID)
	require.Equal(t, "title", dataOf[event.InstanceChange](t, e).Title)
	require.True(t, json.Valid(e.Raw))
}

func TestDerivedIDIsStableAndTellsEventsApart(t *testing.T) {
	t.Parallel()
	id := func(body string) string {
		e, err := event.Parse([]byte(body))
		require.NoError(t, err)
		return e.ID
	}
	const start = `{"EventType":"bpms_task_change","corpId":"c","processInstanceId":"p","type":"start","taskId":0,"staffId":"s","createTime":1}`
	first := id(start)
	require.Equal(t, first, id(start))
	require.Equal(t, first, id(strings.Replace(start, `"createTime":1`, `"createTime": "1", "title":"renamed"`, 1)),
		"order, form and title don't count")

	seen := map[string]string{first: start}
	for _, change := range [][2]string{
		{`"c"`, `"c2"`},
		{`"p"`, `"p2"`},
		{`"s"`, `"s2"`},
		{`"type":"start"`, `"type":"finish"`},
		{`:1`, `:2`},
		{`:1`, `:1,"finishTime":3`},
		{`:1`, `:1,"result":"agree"`},
		{`"taskId":0`, `"taskId":4`},
		{"bpms_task_change", "workflow_task_change_directed"},
		{"bpms_task_change", "bpms_instance_change"},
		{"bpms_task_change", "unknown"},
		{`"c","processInstanceId":"p"`, `"cp","processInstanceId":""`},
	} {
		body := strings.Replace(start, change[0], change[1], 1)
		require.NotEqual(t, start, body)
		require.NotContains(t, seen, id(body), body)
		seen[id(body)] = body
	}
	require.Equal(t, "vendor", id(`{"EventType":"bpms_task_change","eventId":"vendor"}`))
}

func TestParseRefusesWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, ` `, `null`, `[]`, `"success"`, `success`, `{}`, `{"EventType":""}`, `{"EventType":null}`, `{"eventtype":"x"}`,
		`{"EventType":"x"`, `{"EventType":"x"}}`, `{"EventType":{"a":"secret"}}`, `{"EventType":["secret"]}`,
		`{"EventType":"x","eventId":{"secret":1}}`, `{"EventType":"x","CorpId":["secret"]}`,
		`{"EventType":"bpms_instance_change","processInstanceId":{"secret":1}}`,
		`{"EventType":"bpms_task_change","taskId":[1]}`,
		`{"EventType":"check_url","Random":{}}`,
		`{"eventType":"bpms_task_change","data":{"taskId":{}}}`,
		"{\"EventType\":\"x\x01\"}",
	} {
		e, err := event.Parse([]byte(body))
		require.Nil(t, e, body)
		require.ErrorIs(t, err, event.ErrMalformed, body)
		require.NotContains(t, err.Error(), "secret")
	}
	_, err := event.Parse([]byte(`{"EventType":"bpms_task_change","taskId":{}}`))
	require.ErrorContains(t, err, `taskId: want text, found an object`)
}

func FuzzParse(f *testing.F) {
	for name := range vendorEvents() {
		f.Add(readFile(f, "testdata", "events", name+".json"))
	}
	f.Add([]byte(`{"eventType":"x","data":"{}"}`))
	f.Add([]byte(`{"EventTyp\u0065":"bpms_task_change","taskId":1e400,"finshTime":"1e3"}`))
	d, err := event.NewDispatcher(
		event.On(func(context.Context, *event.Event, event.InstanceChange) error { return nil }),
		event.On(func(context.Context, *event.Event, event.UnknownEvent) error { return nil }),
	)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := event.Parse(data)
		if err != nil {
			require.ErrorIs(t, err, event.ErrMalformed)
			require.Nil(t, e)
			return
		}
		require.True(t, json.Valid(data))
		require.True(t, json.Valid(e.Raw))
		require.NotEmpty(t, e.ID)
		require.NotEmpty(t, e.Type)
		if types := e.Data.EventTypes(); len(types) > 0 {
			require.Contains(t, types, e.Type)
		}
		again, err := event.Parse(data)
		require.NoError(t, err)
		require.Equal(t, e, again)
		require.NoError(t, d.Dispatch(t.Context(), e))
	})
}
