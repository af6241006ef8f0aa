package emulator_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

type object = map[string]any

// refusal is what both gateways say about one mistake.
type refusal struct {
	code    string
	errcode float64
}

func requireRefused(t *testing.T, want refusal, today, old reply) {
	t.Helper()
	require.Equal(t, 400, today.status, "%s", today.body)
	require.Equal(t, want.code, today.object["code"], "%s", today.body)
	require.Equal(t, 200, old.status)
	require.InDelta(t, want.errcode, old.object["errcode"], 0, "%s", old.body)
	require.NotEmpty(t, old.object["errmsg"])
	require.NotEmpty(t, old.object["request_id"])
}

func TestTerminate(t *testing.T) {
	t.Parallel()
	fixed := company.DefaultForm()
	fixed.ProcessCode, fixed.OriginatorMayRevoke = "PROC-FIXED", false
	for name, tc := range map[string]struct {
		form, user, id string
		system, soon   bool
		ended          bool
		want           refusal
	}{
		"by the originator":             {user: "zhangsan"},
		"by the system":                 {system: true},
		"by somebody else":              {user: "lisi", want: refusal{"internalError", 820008}},
		"by a stranger":                 {user: "nobody", want: refusal{"userNotExist", 60121}},
		"by nobody":                     {want: refusal{"invalidInstanceTerminateOperatingUserId", 40035}},
		"in the first 15 seconds":       {user: "zhangsan", soon: true, want: refusal{"aflowProcessInstStatusException", 820005}},
		"after the end":                 {user: "zhangsan", ended: true, want: refusal{"aflowProcessInstStatusException", 820005}},
		"unknown":                       {user: "zhangsan", id: "nowhere", want: refusal{"aflowProcessInstNotExist", 820004}},
		"no id":                         {user: "zhangsan", id: " ", want: refusal{"aflowProcessInstNotExist", 820004}},
		"the form does not allow it":    {user: "zhangsan", form: "PROC-FIXED", want: refusal{"internalError", 820008}},
		"nor to the system":             {system: true, form: "PROC-FIXED", want: refusal{"internalError", 820008}},
		"in the first 15, the system's": {system: true, soon: true, want: refusal{"aflowProcessInstStatusException", 820005}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, emulator.WithForms(company.DefaultForm(), fixed))
				c := newClient(t, s)
				var replies [2]reply
				for i, send := range []func(string) reply{
					func(id string) reply {
						return call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/terminate",
							object{"processInstanceId": id, "isSystem": tc.system, "operatingUserId": tc.user, "remark": "误"})
					},
					func(id string) reply {
						return callOld(t, s, http.MethodPost, "/topapi/process/instance/terminate",
							object{"request": object{"process_instance_id": id, "is_system": tc.system, "operating_userid": tc.user, "remark": "误"}})
					},
				} {
					req := leave()
					if tc.form != "" {
						req.ProcessCode = tc.form
					}
					id := create(t, c, req)
					s.Advance(14 * time.Second)
					if !tc.soon {
						s.Advance(time.Second)
					}
					if tc.ended {
						require.NoError(t, s.Refuse("lisi", id, ""))
					}
					if tc.id != "" {
						id = tc.id
					}
					replies[i] = send(id)
					if tc.want.code == "" {
						require.Equal(t, "TERMINATED", state(t, s, id).Status)
						require.Empty(t, state(t, s, id).Result)
						require.Equal(t, []string{"lisi TERMINATED"}, lines(state(t, s, id)))
					}
				}
				if tc.want.code != "" {
					requireRefused(t, tc.want, replies[0], replies[1])
					return
				}
				requireDocumented(t, "TerminateProcessInstance", replies[0].body)
				requireDocumented(t, "OapiProcessInstanceTerminate", replies[1].body)
			})
		})
	}
}

func TestTerminateWantsIsSystem(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/terminate", object{"processInstanceId": "x", "operatingUserId": "zhangsan"})
	require.Equal(t, "invalidInstanceTerminateIsSystem", r.object["code"])
	r = callOld(t, s, http.MethodPost, "/topapi/process/instance/terminate", object{"request": object{"process_instance_id": "x"}})
	require.InDelta(t, 40035, r.object["errcode"], 0)
}

func TestExecuteIsRefused(t *testing.T) {
	t.Parallel()
	form := company.DefaultForm()
	form.Flow = []company.Node{{Mode: company.Any, Approvers: []string{"lisi", "wangwu"}}, {Approvers: []string{"zhaoliu", "qianqi"}}}
	s := newServer(t, emulator.WithForms(form))
	c := newClient(t, s)
	id := create(t, c, leave())
	other := create(t, c, leave())
	require.NoError(t, s.Approve("lisi", id, ""))
	task := func(id, user string) int64 {
		for _, task := range state(t, s, id).Tasks {
			if task.UserID == user {
				return task.ID
			}
		}
		return 0
	}
	ended := create(t, c, leave())
	require.NoError(t, s.Refuse("lisi", ended, ""))
	for name, tc := range map[string]struct {
		change object
		want   refusal
	}{
		"decided before":           {object{"actionerUserId": "lisi", "taskId": task(id, "lisi")}, refusal{"aflowProcessInstCanNotBeExecuted", 820006}},
		"somebody else was faster": {object{"actionerUserId": "wangwu", "taskId": task(id, "wangwu")}, refusal{"aflowProcessInstCanNotBeExecuted", 820006}},
		"not yet their turn":       {object{"actionerUserId": "qianqi", "taskId": task(id, "qianqi")}, refusal{"aflowProcessInstCanNotBeExecuted", 820006}},
		"somebody else's task":     {object{"actionerUserId": "lisi"}, refusal{"needAuth", 60011}},
		"a stranger":               {object{"actionerUserId": "nobody"}, refusal{"userNotExist", 60121}},
		"another instance's task":  {object{"taskId": task(other, "lisi")}, refusal{"aflowProcessInstCanNotBeExecuted", 820006}},
		"unknown task":             {object{"taskId": 1}, refusal{"aflowProcessInstCanNotBeExecuted", 820006}},
		"unknown instance":         {object{"processInstanceId": "nowhere"}, refusal{"aflowProcessNotExist", 820004}},
		"ended": {
			object{"processInstanceId": ended, "actionerUserId": "lisi", "taskId": task(ended, "lisi")},
			refusal{"aflowProcessInstStatusException", 820005},
		},
		"no instance":      {object{"processInstanceId": ""}, refusal{"invalidInstanceId", 40035}},
		"no task":          {object{"taskId": nil}, refusal{"invalidInstanceExecuteTaskId", 40035}},
		"no user":          {object{"actionerUserId": nil}, refusal{"invalidInstanceExecuteActionerUserId", 40035}},
		"no result":        {object{"result": nil}, refusal{"invalidInstanceExecuteResult", 40035}},
		"unknown result":   {object{"result": "AGREE"}, refusal{"invalidInstanceExecuteResult", 40035}},
		"no task id":       {object{"taskId": "first"}, refusal{"invalidParameter", 40035}},
		"a file no object": {object{"file": 1}, refusal{"invalidParameter", 40035}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := object{"processInstanceId": id, "actionerUserId": "zhaoliu", "taskId": task(id, "zhaoliu"), "result": "agree"}
			in = with(in, tc.change)
			today := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/execute", in)
			old := callOld(t, s, http.MethodPost, "/topapi/process/instance/execute", object{"request": object{
				"process_instance_id": in["processInstanceId"], "actioner_userid": in["actionerUserId"],
				"task_id": in["taskId"], "result": in["result"], "file": in["file"],
			}})
			requireRefused(t, tc.want, today, old)
		})
	}
	t.Cleanup(func() {
		require.Equal(t, []string{"lisi COMPLETED AGREE", "wangwu CANCELED", "zhaoliu RUNNING", "qianqi NEW"}, lines(state(t, s, id)))
	})
}

func TestExecuteTellsTheDecision(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	id := create(t, c, leave())
	task := state(t, s, id).Tasks[0].ID
	r := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/execute",
		object{"processInstanceId": id, "taskId": task, "actionerUserId": "lisi", "result": "refuse"})
	require.JSONEq(t, `{"result":false,"success":true}`, string(r.body), "result is the decision")

	id = create(t, c, leave())
	old := callOld(t, s, http.MethodPost, "/topapi/process/instance/execute", object{"request": object{
		"process_instance_id": id, "task_id": state(t, s, id).Tasks[0].ID, "actioner_userid": "lisi", "result": "refuse",
	}})
	requireDocumented(t, "OapiProcessinstanceExecuteV2", old.body)
	require.Equal(t, true, old.object["result"])
	require.InDelta(t, 0, old.object["errcode"], 0)
	require.Equal(t, "refuse", state(t, s, id).Result)

	old = callOld(t, s, http.MethodPost, "/topapi/process/instance/execute", object{})
	require.InDelta(t, 40035, old.object["errcode"], 0)
}

func TestRedirectIsRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	id := create(t, c, leave())
	task := state(t, s, id).Tasks[0].ID
	done := create(t, c, leave())
	require.NoError(t, s.Approve("lisi", done, ""))
	ended := create(t, c, leave())
	require.NoError(t, s.Terminate(ended, ""))
	for name, tc := range map[string]struct {
		change object
		code   string
	}{
		"no task":          {object{"taskId": nil}, "param.blank"},
		"unknown task":     {object{"taskId": 5}, "param.illegal"},
		"to nobody":        {object{"toUserId": ""}, "param.blank"},
		"to a stranger":    {object{"toUserId": "nobody"}, "param.illegal"},
		"by somebody else": {object{"operateUserId": "wangwu"}, "param.illegal.operator"},
		"done":             {object{"taskId": state(t, s, done).Tasks[0].ID}, "task.status.error"},
		"ended":            {object{"taskId": state(t, s, ended).Tasks[0].ID}, "instance.status.error"},
		"long remark":      {object{"remark": string(make([]byte, 257))}, "param.illegal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := object{"taskId": task, "toUserId": "zhaoliu", "operateUserId": "lisi"}
			r := call(t, s, http.MethodPost, "/v1.0/workflow/tasks/redirect", with(in, tc.change))
			require.Equal(t, 400, r.status)
			require.Equal(t, tc.code, r.object["code"], "%s", r.body)
		})
	}
	t.Cleanup(func() { require.Equal(t, []string{"lisi RUNNING"}, lines(state(t, s, id))) })
}

func TestCommentAndTodoCount(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	id := create(t, c, leave())
	create(t, c, leave())

	r := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/comments", object{"processInstanceId": id, "text": "请补材料", "commentUserId": "wangwu"})
	requireDocumented(t, "AddProcessInstanceComment", r.body)
	require.JSONEq(t, `{"result":true,"success":true}`, string(r.body))
	r = callOld(t, s, http.MethodPost, "/topapi/process/instance/comment/add",
		object{"request": object{"process_instance_id": id, "text": "补了", "comment_userid": "zhangsan"}})
	requireDocumented(t, "OapiProcessInstanceCommentAdd", r.body)
	require.NoError(t, s.Terminate(id, ""))
	require.NoError(t, s.AddComment("qianqi", id, "可惜"))

	in, err := c.Instances.Get(t.Context(), id)
	require.NoError(t, err)
	var remarks []string
	for _, record := range in.Records {
		if record.Type == "ADD_REMARK" {
			remarks = append(remarks, record.UserID+" "+record.Remark)
		}
	}
	require.Equal(t, []string{"wangwu 请补材料", "zhangsan 补了", "qianqi 可惜"}, remarks)

	today := call(t, s, http.MethodGet, "/v1.0/workflow/processes/todoTasks/numbers?userId=lisi", nil)
	requireDocumented(t, "GetUserTodoTaskSum", today.body)
	require.JSONEq(t, `{"result":1}`, string(today.body), "the revoked one does not count")
	old := callOld(t, s, http.MethodPost, "/topapi/process/gettodonum", object{"userid": "lisi"})
	requireDocumented(t, "OapiProcessGettodonum", old.body)
	require.InDelta(t, 1, old.object["count"], 0)

	requireRefused(t, refusal{"userNotExist", 60121},
		call(t, s, http.MethodGet, "/v1.0/workflow/processes/todoTasks/numbers?userId=nobody", nil),
		callOld(t, s, http.MethodPost, "/topapi/process/gettodonum", object{"userid": "nobody"}))
	requireRefused(t, refusal{"invalidGetTodoTaskSumUserId", 40035},
		call(t, s, http.MethodGet, "/v1.0/workflow/processes/todoTasks/numbers", nil),
		callOld(t, s, http.MethodPost, "/topapi/process/gettodonum", object{}))
	requireRefused(t, refusal{"aflowProcessInstNotExist", 820004},
		call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/comments", object{"processInstanceId": "x", "text": "x", "commentUserId": "lisi"}),
		callOld(t, s, http.MethodPost, "/topapi/process/instance/comment/add", object{"request": object{"process_instance_id": "x", "text": "x", "comment_userid": "lisi"}}))
	requireRefused(t, refusal{"userNotExist", 60121},
		call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/comments", object{"processInstanceId": id, "text": "x", "commentUserId": "nobody"}),
		callOld(t, s, http.MethodPost, "/topapi/process/instance/comment/add", object{"request": object{"process_instance_id": id, "text": "x", "comment_userid": "nobody"}}))
	requireRefused(t, refusal{"invalidInstanceCommentText", 40035},
		call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/comments", object{"processInstanceId": id, "text": "", "commentUserId": "lisi"}),
		callOld(t, s, http.MethodPost, "/topapi/process/instance/comment/add", object{"request": object{"process_instance_id": id, "comment_userid": "lisi"}}))
	requireRefused(t, refusal{"processInstanceNotExist", 820004},
		call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId=x", nil),
		callOld(t, s, http.MethodPost, "/topapi/processinstance/get", object{"process_instance_id": "x"}))
}

func TestListPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, emulator.WithListLimit(7))
		c := newClient(t, s)
		start := s.Now()
		var ids []string
		for range 5 {
			s.Advance(time.Second)
			ids = append(ids, create(t, c, leave()))
		}
		query := func(change object) reply {
			in := object{
				"processCode": company.DefaultProcessCode, "startTime": start.UnixMilli(), "endTime": s.Now().UnixMilli(),
				"nextToken": 0, "maxResults": 2,
			}
			return call(t, s, http.MethodPost, "/v1.0/workflow/processes/instanceIds/query", with(in, change))
		}
		list := func(change object) ([]string, any) {
			r := query(change)
			require.Equal(t, 200, r.status, "%s", r.body)
			requireDocumented(t, "ListProcessInstanceIds", r.body)
			got := []string{}
			for i := range dig[[]any](t, r.object, "result", "list") {
				got = append(got, dig[string](t, r.object, "result", "list", i))
			}
			return got, dig[object](t, r.object, "result")["nextToken"]
		}
		got, next := list(nil)
		require.Equal(t, ids[:2], got)
		require.Equal(t, "2", next, "text in the reply, a number in the request")
		got, next = list(object{"nextToken": 2})
		require.Equal(t, ids[2:4], got)
		require.Equal(t, "4", next)
		got, next = list(object{"nextToken": 4})
		require.Equal(t, ids[4:], got)
		require.Nil(t, next, "absent on the last page")

		// The window is by creation and includes both ends.
		second := start.Add(2 * time.Second).UnixMilli()
		got, _ = list(object{"startTime": second, "endTime": second})
		require.Equal(t, ids[1:2], got)
		got, _ = list(object{"startTime": second + 1, "endTime": nil, "maxResults": 20})
		require.Equal(t, ids[2:], got)

		require.NoError(t, s.Terminate(ids[0], ""))
		require.NoError(t, s.Refuse("lisi", ids[1], ""))
		got, _ = list(object{"statuses": []string{"TERMINATED", "COMPLETED"}})
		require.Equal(t, ids[:2], got)
		got, _ = list(object{"userIds": []string{"lisi"}})
		require.Empty(t, got)
		got, _ = list(object{"userIds": []string{"lisi", "zhangsan"}, "maxResults": 20})
		require.Equal(t, ids, got)
		got, _ = list(object{"processCode": "PROC-OTHER"})
		require.Empty(t, got)

		// The older gateway: a number as cursor, users in one text.
		old := callOld(t, s, http.MethodPost, "/topapi/processinstance/listids", object{
			"process_code": company.DefaultProcessCode, "start_time": start.UnixMilli(), "size": 3, "userid_list": "lisi, zhangsan",
		})
		requireDocumented(t, "OapiProcessinstanceListids", old.body)
		require.InDelta(t, 3, dig[float64](t, old.object, "result", "next_cursor"), 0)
		require.Len(t, dig[[]any](t, old.object, "result", "list"), 3)
		old = callOld(t, s, http.MethodPost, "/topapi/processinstance/listids", object{
			"process_code": company.DefaultProcessCode, "start_time": start.UnixMilli(), "cursor": 3,
		})
		require.NotContains(t, old.object["result"], "next_cursor")
		require.Len(t, dig[[]any](t, old.object, "result", "list"), 2)

		// Over the limit the list just ends.
		for range 5 {
			create(t, c, leave())
		}
		got, next = list(object{"nextToken": 5, "maxResults": 20})
		require.Len(t, got, 2)
		require.Nil(t, next)
		require.Equal(t, "invalidNextToken", query(object{"nextToken": 7}).object["code"])
	})
}

func TestListIsRefused(t *testing.T) {
	t.Parallel()
	const dayMillis = 24 * 60 * 60 * 1000
	for name, tc := range map[string]struct {
		change  func(now int64) object
		premium bool
		code    string // empty: accepted
	}{
		"no form":           {func(int64) object { return object{"processCode": nil} }, false, "invalidProcessCode"},
		"no start":          {func(int64) object { return object{"startTime": nil} }, false, "invalidInstanceListIdsStartTime"},
		"no cursor":         {func(int64) object { return object{"nextToken": nil} }, false, "invalidNextToken"},
		"a negative cursor": {func(int64) object { return object{"nextToken": -1} }, false, "invalidNextToken"},
		"no size":           {func(int64) object { return object{"maxResults": nil} }, false, "invalidMaxResults"},
		"size 0":            {func(int64) object { return object{"maxResults": 0} }, false, "invalidMaxResults"},
		"size 21":           {func(int64) object { return object{"maxResults": 21} }, false, "invalidMaxResults"},
		"size 20":           {func(int64) object { return object{"maxResults": 20} }, false, ""},
		"eleven users":      {func(int64) object { return object{"userIds": make([]string, 11)} }, false, "invalidUserIds"},
		"unknown status":    {func(int64) object { return object{"statuses": []string{"NEW"}} }, false, "invalidParameter"},
		"end before start":  {func(now int64) object { return object{"startTime": now, "endTime": now - 1} }, false, "invalidEndTime"},
		"120 days":          {func(now int64) object { return object{"startTime": now - 120*dayMillis} }, false, ""},
		"over 120 days":     {func(now int64) object { return object{"startTime": now - 120*dayMillis - 1} }, false, "invalidEndTime"},
		"no end, 120 days":  {func(now int64) object { return object{"startTime": now - 120*dayMillis, "endTime": nil} }, false, ""},
		"no end, too long":  {func(now int64) object { return object{"startTime": now - 121*dayMillis, "endTime": nil} }, false, "invalidEndTime"},
		"a year ago": {func(now int64) object {
			return object{"startTime": now - 365*dayMillis, "endTime": now - 300*dayMillis}
		}, false, ""},
		"more than a year": {func(now int64) object {
			return object{"startTime": now - 365*dayMillis - 1, "endTime": now - 300*dayMillis}
		}, false, "invalidInstanceListIdsStartTime"},
		"premium, four years": {func(now int64) object {
			return object{"startTime": now - 4*365*dayMillis, "endTime": now - 4*365*dayMillis}
		}, true, ""},
		"premium, six years": {func(now int64) object {
			return object{"startTime": now - 6*365*dayMillis, "endTime": now - 6*365*dayMillis}
		}, true, "invalidInstanceListIdsStartTime"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var opts []emulator.Option
				if tc.premium {
					opts = append(opts, emulator.WithPremium())
				}
				s := newServer(t, opts...)
				now := s.Now().UnixMilli()
				in := object{"processCode": company.DefaultProcessCode, "startTime": now - 1, "endTime": now, "nextToken": 0, "maxResults": 10}
				r := call(t, s, http.MethodPost, "/v1.0/workflow/processes/instanceIds/query", with(in, tc.change(now)))
				if tc.code == "" {
					require.Equal(t, 200, r.status, "%s", r.body)
					return
				}
				require.Equal(t, tc.code, r.object["code"], "%s", r.body)
			})
		})
	}
}
