package emulator_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/attendance"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/todo"
)

func centerTemplate(name string) dingoa.SaveCenterTemplateRequest {
	return dingoa.SaveCenterTemplateRequest{Name: name, Description: name, Components: []dingoa.FormComponent{
		{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-1", Label: "事由"}},
	}}
}

func centerInstance(code string) dingoa.CreateCenterInstanceRequest {
	return dingoa.CreateCenterInstanceRequest{
		ProcessCode: code, OriginatorUserID: "zhangsan", URL: "https://oa.example.com/1",
		FormValues: []dingoa.FormValue{{Name: "事由", Value: "出差"}},
	}
}

// startCenter has a template and an instance of it.
func startCenter(t *testing.T, c *dingoa.Client) (code, id string) {
	t.Helper()
	template, err := c.Center.SaveTemplate(t.Context(), centerTemplate("差旅"))
	require.NoError(t, err)
	instance, err := c.Center.CreateInstance(t.Context(), centerInstance(template.ProcessCode))
	require.NoError(t, err)
	return template.ProcessCode, instance.InstanceID
}

func giveTasks(ctx context.Context, c *dingoa.Client, id, activity string, n int) ([]dingoa.CenterTaskRef, error) {
	req := dingoa.CreateCenterTasksRequest{InstanceID: id, ActivityID: activity}
	for i := range n {
		req.Tasks = append(req.Tasks, dingoa.NewCenterTask{UserID: "lisi", URL: fmt.Sprintf("https://oa.example.com/%s/%d", activity, i)})
	}
	return c.Center.CreateTasks(ctx, req)
}

// statuses of the tasks of an instance of the process centre.
func statuses(t *testing.T, s *emulator.Server, id string) []string {
	t.Helper()
	st, ok := s.CenterInstance(id)
	require.True(t, ok)
	var found []string
	for _, task := range st.Tasks {
		found = append(found, task.ActivityID+" "+task.Status+" "+task.Result)
	}
	return found
}

// bothGateways runs a test on each.
func bothGateways(t *testing.T, test func(t *testing.T, s *emulator.Server, c *dingoa.Client)) {
	t.Helper()
	for name, opts := range map[string][]dingoa.Option{
		"today": nil, "legacy": {dingoa.WithLegacyGateway(), dingoa.WithAgentID(company.DefaultAgentID)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			test(t, s, newClient(t, s, opts...))
		})
	}
}

func TestCenterTasksLiveAndEnd(t *testing.T) {
	t.Parallel()
	bothGateways(t, func(t *testing.T, s *emulator.Server, c *dingoa.Client) {
		t.Helper()
		ctx := t.Context()
		_, id := startCenter(t, c)
		first, err := giveTasks(ctx, c, id, "a", 2)
		require.NoError(t, err)
		_, err = giveTasks(ctx, c, id, "b", 2)
		require.NoError(t, err)

		var open []string
		for task, err := range c.Center.AllTasks(ctx, dingoa.ListCenterTasksRequest{UserID: "lisi", PageSize: 3}) {
			require.NoError(t, err)
			require.Equal(t, id, task.InstanceID)
			open = append(open, task.TaskID)
		}
		require.Len(t, open, 4)
		require.Equal(t, first[0].TaskID, open[0])

		require.NoError(t, c.Center.UpdateTasks(ctx, dingoa.UpdateCenterTasksRequest{
			InstanceID: id, Tasks: []dingoa.CenterTaskUpdate{{TaskID: first[0].TaskID, Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree}},
		}))
		require.NoError(t, c.Center.CancelTasks(ctx, dingoa.CancelCenterTasksRequest{InstanceID: id, ActivityID: "b"}))
		require.Equal(t, []string{"a COMPLETED AGREE", "a RUNNING ", "b CANCELED ", "b CANCELED "}, statuses(t, s, id))

		require.NoError(t, c.Center.UpdateInstances(ctx, []dingoa.UpdateCenterInstanceRequest{
			{InstanceID: id, Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree},
		}))
		require.Equal(t, []string{"a COMPLETED AGREE", "a CANCELED ", "b CANCELED ", "b CANCELED "}, statuses(t, s, id))
		st, _ := s.CenterInstance(id)
		require.Equal(t, "COMPLETED agree", st.Status+" "+st.Result)
		page, err := c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{UserID: "lisi"})
		require.NoError(t, err)
		require.Empty(t, page.Items)
	})
}

func TestCenterLimits(t *testing.T) {
	t.Parallel()
	bothGateways(t, func(t *testing.T, _ *emulator.Server, c *dingoa.Client) {
		t.Helper()
		ctx := t.Context()
		_, id := startCenter(t, c)
		for range 5 {
			_, err := giveTasks(ctx, c, id, "a", 20)
			require.NoError(t, err)
		}
		_, err := giveTasks(ctx, c, id, "a", 1)
		require.ErrorIs(t, err, dingoa.ErrQuotaExceeded)
		_, err = c.Center.SaveTemplate(ctx, centerTemplate("差旅"))
		require.ErrorIs(t, err, dingoa.ErrConflict)

		require.NoError(t, c.Center.UpdateInstance(ctx, dingoa.UpdateCenterInstanceRequest{InstanceID: id, Status: dingoa.InstanceTerminated}))
		_, err = giveTasks(ctx, c, id, "a", 1)
		require.ErrorIs(t, err, dingoa.ErrConflict)
	})
}

func TestTheTwoKindsOfApprovalsAreNotMixed(t *testing.T) {
	t.Parallel()
	bothGateways(t, func(t *testing.T, _ *emulator.Server, c *dingoa.Client) {
		t.Helper()
		ctx := t.Context()
		code, own := startCenter(t, c)
		official := create(t, c, leave())

		_, err := c.Center.CreateInstance(ctx, centerInstance(company.DefaultProcessCode))
		require.ErrorIs(t, err, dingoa.ErrPermission)
		_, err = giveTasks(ctx, c, official, "a", 1)
		require.ErrorContains(t, err, "must not be mixed")
		err = c.Center.CancelTasks(ctx, dingoa.CancelCenterTasksRequest{InstanceID: official, ActivityID: "a"})
		require.ErrorContains(t, err, "must not be mixed")
		err = c.Center.UpdateInstance(ctx, dingoa.UpdateCenterInstanceRequest{InstanceID: official, Status: dingoa.InstanceTerminated})
		require.ErrorIs(t, err, dingoa.ErrPermission)

		req := leave()
		req.ProcessCode = code
		_, err = c.Instances.Create(ctx, req)
		require.Error(t, err)
		require.Error(t, c.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{InstanceID: own, IsSystem: true}))
	})
}

func TestCenterTemplates(t *testing.T) {
	t.Parallel()
	bothGateways(t, func(t *testing.T, s *emulator.Server, c *dingoa.Client) {
		t.Helper()
		ctx := t.Context()
		code, id := startCenter(t, c)
		found, err := c.Templates.FindByName(ctx, "差旅")
		require.NoError(t, err)
		require.Equal(t, code, found.ProcessCode)

		changed := centerTemplate("出差")
		changed.ProcessCode = code
		_, err = c.Center.SaveTemplate(ctx, changed)
		require.NoError(t, err)
		_, err = c.Templates.FindByName(ctx, "差旅")
		require.ErrorIs(t, err, dingoa.ErrNotFound)
		changed.ProcessCode = "PROC-NONE"
		changed.Name = "其他"
		_, err = c.Center.SaveTemplate(ctx, changed)
		require.ErrorIs(t, err, dingoa.ErrNotFound)
		changed.ProcessCode = company.DefaultProcessCode
		_, err = c.Center.SaveTemplate(ctx, changed)
		require.ErrorContains(t, err, "must not be mixed")

		_, err = giveTasks(ctx, c, id, "a", 1)
		require.NoError(t, err)
		require.NoError(t, c.Center.DeleteTemplate(ctx, dingoa.DeleteCenterTemplateRequest{ProcessCode: code, CleanRunningTasks: true}))
		require.Equal(t, []string{"a CANCELED "}, statuses(t, s, id))
		require.ErrorIs(t, c.Center.DeleteTemplate(ctx, dingoa.DeleteCenterTemplateRequest{ProcessCode: code}), dingoa.ErrNotFound)
	})
}

func TestCenterDataIsCleaned(t *testing.T) {
	t.Parallel()
	bothGateways(t, func(t *testing.T, s *emulator.Server, c *dingoa.Client) {
		t.Helper()
		code, id := startCenter(t, c)
		req := dingoa.CleanCenterDataRequest{ProcessCode: code, CorpID: "dingelse"}
		require.ErrorIs(t, c.Center.CleanData(t.Context(), req), dingoa.ErrPermission)
		req.CorpID = s.App().CorpID
		require.NoError(t, c.Center.CleanData(t.Context(), req))
		_, ok := s.CenterInstance(id)
		require.False(t, ok)
		req.ProcessCode = "PROC-NONE"
		require.ErrorIs(t, c.Center.CleanData(t.Context(), req), dingoa.ErrNotFound)
	})
}

func TestPremiumCenter(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	standard := newServer(t)
	_, err := newClient(t, standard).Premium.SaveCenterTemplate(ctx, centerTemplate("差旅"))
	require.ErrorIs(t, err, dingoa.ErrPermission)

	s := newServer(t, emulator.WithPremium())
	c := newClient(t, s)
	directory := dingoa.SaveCenterDirectoryRequest{OperatorUserID: "lisi", BizGroup: "g", Name: "行政", NameI18N: `{"zh_CN":"行政"}`}
	made, err := c.Premium.SaveCenterDirectory(ctx, directory)
	require.NoError(t, err)
	for i := range 9 {
		directory.BizGroup = fmt.Sprint("more", i)
		_, err = c.Center.SaveDirectory(ctx, directory)
		require.NoError(t, err)
	}
	directory.BizGroup = "too many"
	_, err = c.Premium.SaveCenterDirectory(ctx, directory)
	require.ErrorIs(t, err, dingoa.ErrQuotaExceeded)
	remove := dingoa.DeleteCenterDirectoryRequest{DirID: made.DirID, OperatorUserID: "lisi"}
	require.NoError(t, c.Premium.DeleteCenterDirectory(ctx, remove))
	require.ErrorIs(t, c.Premium.DeleteCenterDirectory(ctx, remove), dingoa.ErrNotFound)

	template, err := c.Premium.SaveCenterTemplate(ctx, centerTemplate("差旅"))
	require.NoError(t, err)
	instance, err := c.Premium.CreateCenterInstance(ctx, centerInstance(template.ProcessCode))
	require.NoError(t, err)
	tasks := dingoa.CreatePremiumCenterTasksRequest{CreateCenterTasksRequest: dingoa.CreateCenterTasksRequest{
		InstanceID: instance.InstanceID, ActivityID: "a",
		Tasks: []dingoa.NewCenterTask{{UserID: "lisi", URL: "https://oa.example.com", DueTime: s.Now().Add(time.Hour)}},
	}}
	first, err := c.Premium.CreateCenterTasks(ctx, tasks)
	require.NoError(t, err)
	again, err := c.Premium.CreateCenterTasks(ctx, tasks)
	require.NoError(t, err)
	require.Equal(t, first, again, "one activity's tasks are created once")
	tasks.Tasks[0].DueTime = s.Now().Add(-time.Hour)
	_, err = c.Premium.CreateCenterTasks(ctx, tasks)
	require.Error(t, err)

	records := 0
	for record, err := range c.Center.AllWorkRecords(ctx, dingoa.ListWorkRecordsRequest{UserID: "lisi", PageSize: 1}) {
		require.NoError(t, err)
		require.Equal(t, []dingoa.WorkRecordForm{{Title: "事由", Content: "出差"}}, record.Forms)
		records++
	}
	require.Equal(t, 1, records)
}

func TestTodos(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	ctx := t.Context()
	add := func(content, biz string) (string, error) {
		return todo.New(c).Add(ctx, todo.AddRequest{
			UserID: "lisi", Title: "学习", URL: "https://x", BizID: biz, Items: []todo.Item{{Title: "课", Content: content}},
		})
	}
	first, err := add("0", "")
	require.NoError(t, err)
	_, err = add("0", "")
	require.ErrorIs(t, err, dingoa.ErrConflict, "the same content")
	for i := 1; i < 100; i++ {
		_, err = add(strconv.Itoa(i), fmt.Sprint("biz", i))
		require.NoError(t, err)
	}
	_, err = add("100", "")
	require.ErrorIs(t, err, dingoa.ErrQuotaExceeded)
	s.Advance(24 * time.Hour)
	_, err = add("0", "biz1")
	require.ErrorIs(t, err, dingoa.ErrConflict, "the same id")
	_, err = add("0", "")
	require.NoError(t, err)

	require.NoError(t, todo.New(c).Complete(ctx, todo.CompleteRequest{UserID: "lisi", RecordID: first}))
	require.NoError(t, todo.New(c).Complete(ctx, todo.CompleteRequest{UserID: "lisi", RecordID: "biz1"}))
	require.Error(t, todo.New(c).Complete(ctx, todo.CompleteRequest{UserID: "lisi", RecordID: "none"}))
	count := func(done bool) (n int) {
		for _, err := range todo.New(c).All(ctx, todo.ListRequest{UserID: "lisi", Done: done}) {
			require.NoError(t, err)
			n++
		}
		return n
	}
	require.Equal(t, 99, count(false))
	require.Equal(t, 2, count(true))
	_, err = todo.New(c).List(ctx, todo.ListRequest{UserID: "nobody"})
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
}

func TestAttendanceCountsDays(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	req := attendance.NotifyApprovalRequest{
		UserID: "lisi", Kind: attendance.Leave, FromTime: s.Now(), ToTime: s.Now().Add(48 * time.Hour), Unit: attendance.HalfDay,
		TagName: "请假", SubType: "年假", ApproveID: "1", JumpURL: "https://x",
	}
	got, err := attendance.New(newClient(t, s)).NotifyApproval(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, "3.0", got.Duration)
	require.Len(t, got.Days, 3)
}

// The replies are of the vendor's shape.
func TestCenterRepliesAreDocumented(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	code, id := startCenter(t, c)
	component := object{"componentType": "TextField", "props": object{"componentId": "TextField-2", "label": "事由"}}
	oldComponent := object{"component_name": "TextField", "props": object{"id": "TextField-2", "label": "事由"}}
	agent := company.DefaultAgentID
	for _, tc := range []struct {
		id, method, path string
		in               object
	}{
		{"SaveProcess", http.MethodPost, "/v1.0/workflow/processCentres/schemas", object{"name": "一", "formComponents": []object{component}}},
		{"OapiProcessSave#own", http.MethodPost, "/topapi/process/save", object{"saveProcessRequest": object{
			"agentid": agent, "name": "二", "description": "二", "fake_mode": true, "form_component_list": []object{oldComponent},
		}}},
		{"GetProcessCodeByName", http.MethodGet, "/v1.0/workflow/processCentres/schemaNames/processCodes?name=%E4%B8%80", nil},
		{"OapiProcessGetByName", http.MethodPost, "/topapi/process/get_by_name", object{"name": "二"}},
		{"SaveIntegratedInstance", http.MethodPost, "/v1.0/workflow/processCentres/instances", object{"processCode": code, "originatorUserId": "lisi", "url": "x"}},
		{"OapiProcessWorkrecordCreate", http.MethodPost, "/topapi/process/workrecord/create", object{"request": object{
			"agentid": agent, "process_code": code, "originator_user_id": "lisi", "url": "x", "form_component_values": []object{{"name": "n", "value": "v"}},
		}}},
		{"CreateIntegratedTask", http.MethodPost, "/v1.0/workflow/processCentres/tasks", object{
			"processInstanceId": id, "tasks": []object{{"userId": "lisi", "url": "x"}},
		}},
		{"OapiProcessWorkrecordTaskCreate", http.MethodPost, "/topapi/process/workrecord/task/create", object{"request": object{
			"process_instance_id": id, "tasks": []object{{"userid": "lisi", "url": "x"}},
		}}},
		{"QueryIntegratedTodoTask", http.MethodGet, "/v1.0/workflow/processCentres/todoTasks?userId=lisi&pageSize=10&pageNumber=1", nil},
		{"OapiProcessWorkrecordTaskQuery", http.MethodPost, "/topapi/process/workrecord/task/query", object{"userid": "lisi", "offset": 0, "count": 10, "status": 0}},
		{"ListTodoWorkRecords", http.MethodGet, "/v1.0/workflow/workRecords/todoTasks?userId=lisi&maxResults=1&nextToken=0&status=0", nil},
		{"CancelIntegratedTask", http.MethodPost, "/v1.0/workflow/processCentres/tasks/cancel", object{"processInstanceId": id, "activityId": "a"}},
		{"OapiProcessWorkrecordTaskgroupCancel", http.MethodPost, "/topapi/process/workrecord/taskgroup/cancel", object{"request": object{
			"agentid": agent, "process_instance_id": id, "activity_id": "a",
		}}},
		{"UpdateProcessInstance", http.MethodPut, "/v1.0/workflow/processCentres/instances", object{"processInstanceId": id, "status": "COMPLETED", "result": "agree"}},
		{"OapiProcessWorkrecordUpdate", http.MethodPost, "/topapi/process/workrecord/update", object{"request": object{
			"process_instance_id": id, "status": "COMPLETED", "result": "agree",
		}}},
		{"DeleteProcess", http.MethodDelete, "/v1.0/workflow/processCentres/schemas?processCode=" + code, nil},
		{"OapiWorkrecordAdd", http.MethodPost, "/topapi/workrecord/add", object{
			"userid": "lisi", "create_time": 1, "title": "t", "url": "u", "formItemList": []object{{"title": "t", "content": "c"}},
		}},
		{"OapiWorkrecordGetbyuserid", http.MethodPost, "/topapi/workrecord/getbyuserid", object{"userid": "lisi", "offset": 0, "limit": 10, "status": 0}},
	} {
		var in any
		if tc.in != nil {
			in = tc.in
		}
		send := call
		if tc.path[:4] == "/top" {
			send = callOld
		}
		r := send(t, s, tc.method, tc.path, in)
		require.Equal(t, 200, r.status, "%s: %s", tc.id, r.body)
		if code, ok := r.object["errcode"]; ok {
			require.Zero(t, code, "%s: %s", tc.id, r.body)
		}
		requireDocumented(t, tc.id, r.body)
	}
}

func TestCenterFieldsAreMissing(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	today := call(t, s, http.MethodGet, "/v1.0/workflow/processCentres/todoTasks?pageSize=1&pageNumber=1", nil)
	old := callOld(t, s, http.MethodPost, "/topapi/process/workrecord/task/query", object{"offset": 0, "count": 1, "status": 0})
	requireRefused(t, refusal{"integrated.params.error", 400002}, today, old)
	today = call(t, s, http.MethodPost, "/v1.0/workflow/processCentres/tasks", object{"processInstanceId": "i"})
	old = callOld(t, s, http.MethodPost, "/topapi/process/workrecord/task/create", object{"request": object{"process_instance_id": "i"}})
	requireRefused(t, refusal{"tasks.is.null", 40035}, today, old)
	today = call(t, s, http.MethodPost, "/v1.0/workflow/processCentres/tasks", object{"processInstanceId": "i", "tasks": []object{{"userId": "lisi", "url": "x"}}})
	old = callOld(t, s, http.MethodPost, "/topapi/process/workrecord/task/create", object{"request": object{
		"process_instance_id": "i", "tasks": []object{{"userid": "lisi", "url": "x"}},
	}})
	requireRefused(t, refusal{"integrated.state.invalid", 820004}, today, old)
}

func TestSuitesCleanTheirData(t *testing.T) {
	t.Parallel()
	s := newServer(t, withSuite(nil))
	code, id := startCenter(t, newClient(t, s))
	ticket, err := s.PushSuiteTicket(suiteKey)
	require.NoError(t, err)
	suite, err := s.SuiteClient(suiteKey, nil, dingoa.WithLegacyGateway())
	require.NoError(t, err)
	require.NoError(t, suite.SetTicket(t.Context(), ticket))
	require.NoError(t, suite.SuiteClient().Center.CleanData(t.Context(), dingoa.CleanCenterDataRequest{ProcessCode: code, CorpID: s.App().CorpID}))
	_, ok := s.CenterInstance(id)
	require.False(t, ok)
}
