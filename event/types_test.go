package event_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

func isvApproval() event.ISVInstanceChange {
	const user = "0805174458-2101290130"
	return event.ISVInstanceChange{
		InstanceID: "bbdf6db4-8786-4cd7-afce-xxx955094716", ProcessCode: "PROC-0D214F00-1817-490F-xxxx-541FEF589574",
		BusinessID: "201808201943000524542", Title: "1356766****的test_1534743715441",
		Status: event.InstanceRunning, BizAction: "NONE", AttachedInstanceIDs: []string{},
		OriginatorUserID: "0805174458-210129xxxx", OriginatorDeptID: -1, OriginatorDeptName: "XX的体验组织",
		ApproverUserIDs: []string{user}, CCUserIDs: []string{"0805174458-xxxx290130"},
		URL:        "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=ding6e51bbd3049d542f35c2f4657eb6378f&dd_share=false&showmenu=true&dd_progress=false&back=native&procInstId=bbdf6db4-8786-4cd7-afce-1ee955094716c&taskId=&dinghash=approval&dd_from=isv#approval",
		CreateTime: ms(1534765433000),
		FormValues: []event.ISVFormValue{{ID: "TextField-JL1PLEE3", Name: "文本1", Value: "测试"}},
		Records:    []event.OperationRecord{{UserID: user, Time: ms(1534765433000), Type: "START_PROCESS_INSTANCE", Result: "NONE"}},
		Tasks:      []event.Task{{ID: "39260212292", UserID: user, Status: "RUNNING", Result: "NONE", CreateTime: ms(1534765434000)}},
	}
}

func timeLimitNotice() event.TimeLimitNotice {
	return event.TimeLimitNotice{
		InstanceID: "qVJvZ-123", TaskID: "90935123", ActivityID: "1918_123", ProcessCode: "PROC-123", Tag: "taskTrigger",
		Message: event.TimeLimitMessage{
			Action: "remind", ExecuteTime: ms(1734679849000), UserIDs: []string{"1451694214729725262"}, Remind: true,
			PluginTaskID: "1870008191718281218", TriggerType: 1,
			Content: json.RawMessage(`{"expiresUnit":"days","activityId":"1918_5cd3","groups":{"reminders":[{"name":"当前审批人","id":"approver","type":"sys"}],` +
				`"actionType":"remind","triggerUnit":"minutes","triggerAtMoment":"2024-11-26T09:38:03.003Z","id":"L0JB9762","triggerTime":3,` +
				`"remindTypes":["dingMsg"],"addTaskRemark":true},"id":"L0JB975Z","triggerType":1,"expiresTime":0}`),
		},
		SysParam: json.RawMessage(`{}`),
	}
}

func formChange() event.FormChange {
	return event.FormChange{
		ProcessCode: "PROC-123", Change: event.FormChangeCreate, Name: "模板测试", BizCategoryID: "hrm.xxx",
		CreatorUserID: "userId123", ModifierUserID: "userId123", CreateTime: ms(1638326995000), ModifyTime: ms(1638326995000),
		AppUUID: "ding123", AppType: "0", AppIDs: []string{"1"},
		Resource: "/workflow_form_change/bizCategoryId/hrm.xxx/processCode/PROC-123/type/create",
	}
}

// The vendor's sample escapes msg once more than JSON in text needs; what comes
// over the wire may do so or not.
func TestTimeLimitMessageInEachOfItsForms(t *testing.T) {
	t.Parallel()
	want := event.TimeLimitMessage{Action: "remind", PluginTaskID: "1870008191718281218", Content: json.RawMessage(`{"id":"a"}`)}
	for _, msg := range []string{
		`{"actionType":"remind","pluginTaskId":1870008191718281218,"taskContent":{"id":"a"}}`,
		`{"actionType":"remind","pluginTaskId":"1870008191718281218","taskContent":"{\"id\":\"a\"}"}`,
		`"{\"actionType\":\"remind\",\"pluginTaskId\":1870008191718281218,\"taskContent\":\"{\\\"id\\\":\\\"a\\\"}\"}"`,
		`"{\\\"actionType\\\":\\\"remind\\\",\\\"pluginTaskId\\\":1870008191718281218,\\\"taskContent\\\":\\\"{\\\\\\\"id\\\\\\\":\\\\\\\"a\\\\\\\"}\\\"}"`,
	} {
		e, err := event.Parse([]byte(`{"EventType":"oa_timeout_plugin_task_msg","instanceId":"p","msg":` + msg + `}`))
		require.NoError(t, err)
		require.Equal(t, event.TimeLimitNotice{InstanceID: "p", Message: want}, e.Data, msg)
	}
	for _, msg := range []string{`null`, `"later"`, `7`, `[]`, `"\\"`, `{"userIds":{"a":[]}}`} {
		e, err := event.Parse([]byte(`{"EventType":"oa_timeout_plugin_task_msg","instanceId":"p","msg":` + msg + `}`))
		require.NoError(t, err)
		require.Equal(t, event.TimeLimitNotice{InstanceID: "p"}, e.Data, msg)
	}
}

func TestEventsOfAttendanceAndFinance(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]event.Data{
		`{"EventType":"attendance_approve_status_change","CorpId":"c","approveType":"leave","processInstanceId":"p","mainProcessInstanceId":"m","corpId":"c","processCode":"PROC-1","status":"start"}`: event.AttendanceStatusChange{
			InstanceID: "p", MainInstanceID: "m", ProcessCode: "PROC-1", ApproveType: "leave", Status: "start",
		},
		`{"EventType":"smart_finance_form_change","CorpId":"c","suiteId":7,"corpId":"c","formCode":"PROC-1","changeType":"update"}`: event.FinanceFormChange{
			ProcessCode: "PROC-1", Change: "update", SuiteID: "7",
		},
	} {
		e, err := event.Parse([]byte(body))
		require.NoError(t, err)
		require.Equal(t, want, e.Data)
	}
}

func TestSubjectIsWhatOrderIsKeptFor(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"EventType":"bpms_instance_change","processInstanceId":"p"}`:             "p",
		`{"EventType":"bpms_task_change","processInstanceId":"p"}`:                 "p",
		`{"EventType":"isv_bpms","processInstanceId":"p"}`:                         "p",
		`{"EventType":"oa_timeout_plugin_task_msg","instanceId":"p"}`:              "p",
		`{"EventType":"attendance_approve_status_change","processInstanceId":"p"}`: "p",
		`{"EventType":"workflow_form_change","formCode":"PROC-1"}`:                 "PROC-1",
	} {
		e, err := event.Parse([]byte(body))
		require.NoError(t, err)
		require.Equal(t, want, e.Subject(), body)
	}
	e, err := event.Parse([]byte(`{"EventType":"user_add_org"}`))
	require.NoError(t, err)
	require.Equal(t, e.Key(), e.Subject())
}

// An odd time keeps no news back: it is named, and zero. Any other field that
// has a wrong form does, since a handler would act on what is not there.
func TestEventsWithOddTimes(t *testing.T) {
	t.Parallel()
	e := parseEvent(t, `{"EventType":"bpms_instance_change","processInstanceId":"p","type":"finish","result":"agree","createTime":"soon","finishTime":"1495592305000"}`)
	unread := []event.UnreadField{{Field: "createTime", Want: "a time", Found: "text"}}
	require.Equal(t, event.InstanceChange{
		InstanceID: "p", Change: event.InstanceChangeFinish, Result: event.ResultAgree,
		FinishTime: time.UnixMilli(1495592305000).UTC(), Unread: unread,
	}, e.Data)
	e = parseEvent(t, `{"EventType":"bpms_task_change","processInstanceId":"p","taskId":1,"type":"start","createTime":{}}`)
	require.Equal(t, event.TaskChange{
		InstanceID: "p", TaskID: "1", Change: event.TaskChangeStart,
		Unread: []event.UnreadField{{Field: "createTime", Want: "a time", Found: "an object"}},
	}, e.Data)
	e = parseEvent(t, `{"EventType":"bpms_task_change","processInstanceId":"p","type":"finsh","finshTime":[1]}`)
	require.Equal(t, event.TaskChange{
		InstanceID: "p", Change: event.TaskChangeFinish,
		Unread: []event.UnreadField{{Field: "finishTime", Want: "a time", Found: "a list"}},
	}, e.Data)
	e = parseEvent(t, `{"EventType":"workflow_form_change","formCode":"PROC-1","type":"update","createTime":"soon"}`)
	require.Equal(t, event.FormChange{ProcessCode: "PROC-1", Change: event.FormChangeUpdate, Unread: unread}, e.Data)
	for field, want := range map[string]event.UnreadField{
		`"EventTime":"soon"`:                  {Field: "EventTime", Want: "a time", Found: "text"},
		`"EventTime":{}`:                      {Field: "EventTime", Want: "a time", Found: "an object"},
		`"EventTime":[1]`:                     {Field: "EventTime", Want: "a time", Found: "a list"},
		`"EventTime":true`:                    {Field: "EventTime", Want: "a time", Found: "a boolean"},
		`"EventTime":1e400`:                   {Field: "EventTime", Want: "a time", Found: "a number"},
		`"EventTime":99999999999999999999999`: {Field: "EventTime", Want: "a time", Found: "a number"},
		`"eventBornTime":-1`:                  {Field: "eventBornTime", Want: "a time", Found: "a number"},
		`"TimeStamp":"soon"`:                  {Field: "TimeStamp", Want: "a time", Found: "text"},
		`"TimeStamp":"1","EventTime":"later"`: {Field: "EventTime", Want: "a time", Found: "text"},
	} {
		e := parseEvent(t, `{"EventType":"bpms_task_change","CorpId":"c",`+field+`,"eventId":"e1","processInstanceId":"p","taskId":1,"type":"start"}`)
		require.Equal(t, event.TaskChange{InstanceID: "p", TaskID: "1", Change: event.TaskChangeStart}, e.Data)
		require.Equal(t, []event.UnreadField{want}, e.Unread, field)
		require.Equal(t, "e1", e.ID)
		if !strings.HasPrefix(field, `"TimeStamp":"1"`) {
			require.Zero(t, e.Time)
		}
		data, err := event.Encode(e)
		require.NoError(t, err)
		stored, err := event.Decode(data)
		require.NoError(t, err)
		require.Equal(t, e, stored)
	}
	for field, want := range map[string]time.Time{
		`"EventTime":1495592305000`:               time.UnixMilli(1495592305000),
		`"EventTime":"1495592305000"`:             time.UnixMilli(1495592305000),
		`"EventTime":1.495592305e12`:              time.UnixMilli(1495592305000),
		`"EventTime":1495592305`:                  time.Unix(1495592305, 0),
		`"EventTime":" 2017-05-24 10:18:25 "`:     time.Unix(1495592305, 0),
		`"EventTime":null,"TimeStamp":1495592305`: time.Unix(1495592305, 0),
		`"EventTime":"","TimeStamp":1495592305`:   time.Unix(1495592305, 0),
	} {
		e := parseEvent(t, `{"EventType":"bpms_task_change",`+field+`}`)
		require.Equal(t, want.UTC(), e.Time, field)
		require.Empty(t, e.Unread)
	}
	for _, body := range []string{
		`{"EventType":"bpms_instance_change","processInstanceId":{},"type":"finish"}`,
		`{"EventType":"bpms_task_change","processInstanceId":"p","taskId":{},"type":"start"}`,
	} {
		_, err := event.Parse([]byte(body))
		require.ErrorIs(t, err, event.ErrMalformed)
	}
}
