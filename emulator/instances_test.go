package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/internal/spec"
)

// requireDocumented checks a success against the vendor's field list.
func requireDocumented(t *testing.T, operation string, body []byte) {
	t.Helper()
	op, ok := spec.ByID(operation)
	require.True(t, ok, operation)
	for _, problem := range op.CheckResponse(body) {
		// The vendor's sample and text have NONE there, its list of values not.
		require.Equal(t, "process_instance.biz_action", problem.Field, "%v in %s", problem, body)
	}
	for _, problem := range op.UnknownResponse(body) {
		// The page of reading a form lacks props that the page of creating one has,
		// most of a column's among them.
		require.Regexp(t, `^result\.schemaContent\.items\[\d+]\.(children\[\d+]\.)?props\.(limit|multiple|addressModel|objOptions\[\d+]\.key|format|unit|placeholder|choice)$`, problem.Field, "%s", body)
	}
}

// TestGetHasTheDocumentedShape walks one approval through and reads it on both
// gateways, to the letter.
func TestGetHasTheDocumentedShape(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		form := company.DefaultForm()
		form.CC = []string{"qianqi"}
		s := newServer(t, emulator.WithStartTime(startTime()), emulator.WithForms(form))
		c := newClient(t, s)
		id := create(t, c, leave())
		s.Advance(45 * time.Second)
		task := state(t, s, id).Tasks[0].ID
		r := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/execute", map[string]any{
			"processInstanceId": id, "taskId": task, "actionerUserId": "lisi", "result": "agree", "remark": "好 <&>",
			"file": map[string]any{
				"photos":      []string{"https://url1"},
				"attachments": []any{map[string]any{"spaceId": "12345", "fileId": "111", "fileName": "证明", "fileSize": "1024", "fileType": "pdf"}},
			},
		})
		require.JSONEq(t, `{"result":true,"success":true}`, string(r.body))
		requireDocumented(t, "ExecuteProcessInstance", r.body)
		s.Advance(time.Minute)
		require.NoError(t, s.Approve("wangwu", id, ""))

		st := state(t, s, id)
		known := strings.NewReplacer(
			id, "INSTANCE", strconv.FormatInt(st.Tasks[0].ID, 10), "1001", strconv.FormatInt(st.Tasks[1].ID, 10), "1002",
		)
		today := call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId="+id, nil)
		require.Equal(t, 200, today.status)
		requireDocumented(t, "GetProcessInstance", today.body)
		require.JSONEq(t, `{
			"success": "true",
			"result": {
				"title": "张三提交的请假", "businessId": "202605011730000000001", "status": "COMPLETED", "result": "agree",
				"bizAction": "NONE", "attachedProcessInstanceIds": [],
				"originatorUserId": "zhangsan", "originatorDeptId": "100", "originatorDeptName": "研发部",
				"approverUserIds": ["lisi", "wangwu"], "ccUserIds": ["qianqi"],
				"createTime": "2026-05-01T17:30Z", "finishTime": "2026-05-01T17:32Z",
				"formComponentValues": [
					{"id": "DDSelectField-leavetype", "name": "请假类型", "value": "年假", "componentType": "DDSelectField"},
					{"id": "DDDateField-start", "name": "开始日期", "value": "2026-05-04", "componentType": "DDDateField"},
					{"id": "NumberField-days", "name": "天数", "value": "2", "componentType": "NumberField"}
				],
				"operationRecords": [
					{"userId": "zhangsan", "date": "2026-05-01T17:30Z", "type": "START_PROCESS_INSTANCE", "result": "NONE"},
					{"userId": "lisi", "date": "2026-05-01T17:31Z", "type": "EXECUTE_TASK_NORMAL", "result": "AGREE", "remark": "好 <&>",
					 "activityId": "NODE1", "showName": "直属主管", "images": ["https://url1"],
					 "attachments": [{"fileName": "证明", "fileSize": "1024", "fileId": "111", "fileType": "pdf", "spaceId": "12345"}]},
					{"userId": "wangwu", "date": "2026-05-01T17:32Z", "type": "EXECUTE_TASK_NORMAL", "result": "AGREE",
					 "activityId": "NODE2", "showName": "人事"},
					{"userId": "zhangsan", "date": "2026-05-01T17:32Z", "type": "PROCESS_CC", "result": "NONE",
					 "ccUserIds": ["qianqi"], "showName": "抄送人"}
				],
				"tasks": [
					{"taskId": 1001, "userId": "lisi", "status": "COMPLETED", "result": "AGREE", "taskGroupName": "直属主管",
					 "createTime": "2026-05-01T17:30Z", "finishTime": "2026-05-01T17:31Z", "activityId": "NODE1", "processInstanceId": "INSTANCE",
					 "mobileUrl": "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=dingemulatorcorp&dd_share=false&procInstId=INSTANCE&taskId=1001",
					 "pcUrl": "https://aflow.dingtalk.com/dingtalk/pc/homepage.htm?corpid=dingemulatorcorp&dd_share=false&procInstId=INSTANCE&taskId=1001"},
					{"taskId": 1002, "userId": "wangwu", "status": "COMPLETED", "result": "AGREE", "taskGroupName": "人事",
					 "createTime": "2026-05-01T17:31Z", "finishTime": "2026-05-01T17:32Z", "activityId": "NODE2", "processInstanceId": "INSTANCE",
					 "mobileUrl": "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=dingemulatorcorp&dd_share=false&procInstId=INSTANCE&taskId=1002",
					 "pcUrl": "https://aflow.dingtalk.com/dingtalk/pc/homepage.htm?corpid=dingemulatorcorp&dd_share=false&procInstId=INSTANCE&taskId=1002"}
				]
			}
		}`, nodes(t, known.Replace(string(today.body)), "activityId"))

		old := callOld(t, s, http.MethodPost, "/topapi/processinstance/get", map[string]any{"process_instance_id": id})
		require.Equal(t, 200, old.status)
		requireDocumented(t, "OapiProcessinstanceGet", old.body)
		delete(old.object, "request_id")
		body, err := json.Marshal(old.object)
		require.NoError(t, err)
		require.JSONEq(t, `{
			"errcode": 0, "errmsg": "ok",
			"process_instance": {
				"title": "张三提交的请假", "business_id": "202605011730000000001", "status": "COMPLETED", "result": "agree",
				"biz_action": "NONE", "attached_process_instance_ids": [],
				"originator_userid": "zhangsan", "originator_dept_id": "100", "originator_dept_name": "研发部",
				"cc_userids": ["qianqi"],
				"create_time": "2026-05-01 17:30:15", "finish_time": "2026-05-01 17:32:00",
				"form_component_values": [
					{"id": "DDSelectField-leavetype", "name": "请假类型", "value": "年假", "component_type": "DDSelectField"},
					{"id": "DDDateField-start", "name": "开始日期", "value": "2026-05-04", "component_type": "DDDateField"},
					{"id": "NumberField-days", "name": "天数", "value": "2", "component_type": "NumberField"},
					{"id": "TextareaField-reason", "name": "事由", "value": "null", "component_type": "TextareaField"}
				],
				"operation_records": [
					{"userid": "zhangsan", "date": "2026-05-01 17:30:15", "operation_type": "START_PROCESS_INSTANCE", "operation_result": "NONE"},
					{"userid": "lisi", "date": "2026-05-01 17:31:00", "operation_type": "EXECUTE_TASK_NORMAL", "operation_result": "AGREE", "remark": "好 <&>",
					 "attachments": [{"file_name": "证明", "file_size": "1024", "file_id": "111", "file_type": "pdf"}]},
					{"userid": "wangwu", "date": "2026-05-01 17:32:00", "operation_type": "EXECUTE_TASK_NORMAL", "operation_result": "AGREE"},
					{"userid": "zhangsan", "date": "2026-05-01 17:32:00", "operation_type": "PROCESS_CC", "operation_result": "NONE"}
				],
				"tasks": [
					{"taskid": "1001", "userid": "lisi", "task_status": "COMPLETED", "task_result": "AGREE", "activity_id": "NODE1",
					 "create_time": "2026-05-01 17:30:15", "finish_time": "2026-05-01 17:31:00",
					 "url": "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=dingemulatorcorp&dd_share=false&procInstId=INSTANCE&taskId=1001"},
					{"taskid": "1002", "userid": "wangwu", "task_status": "COMPLETED", "task_result": "AGREE", "activity_id": "NODE2",
					 "create_time": "2026-05-01 17:31:00", "finish_time": "2026-05-01 17:32:00",
					 "url": "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=dingemulatorcorp&dd_share=false&procInstId=INSTANCE&taskId=1002"}
				]
			}
		}`, nodes(t, known.Replace(string(body)), "activity_id"))
	})
}

// nodes replaces the random activity IDs by NODE1, NODE2 in order of the tasks.
func nodes(t *testing.T, body, key string) string {
	t.Helper()
	var tree map[string]map[string]any
	var outer map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(body), &outer))
	tree = map[string]map[string]any{}
	for name, raw := range outer {
		var object map[string]any
		if json.Unmarshal(raw, &object) == nil {
			tree[name] = object
		}
	}
	for _, instance := range tree {
		for i, task := range dig[[]any](t, instance, "tasks") {
			id := dig[string](t, task, key)
			require.NotEmpty(t, id)
			body = strings.ReplaceAll(body, id, fmt.Sprintf("NODE%d", i+1))
		}
	}
	return body
}

func TestWhatIsAbsentWhileItRuns(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := create(t, newClient(t, s), leave())
	today := dig[object](t, call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId="+id, nil).object, "result")
	require.NotContains(t, today, "finishTime")
	require.NotContains(t, today, "result")
	require.NotContains(t, today, "ccUserIds")
	task := dig[object](t, today, "tasks", 0)
	require.NotContains(t, task, "result")
	require.NotContains(t, task, "finishTime")
	require.Greater(t, task["taskId"], float64(1<<50), "IDs must not fit into 32 bits or short decimals")

	old := dig[object](t, callOld(t, s, http.MethodPost, "/topapi/processinstance/get", object{"process_instance_id": id}).object, "process_instance")
	require.NotContains(t, old, "finish_time")
	require.NotContains(t, old, "approver_userids")
	require.Equal(t, "NONE", dig[string](t, old, "tasks", 0, "task_result"))
}

func TestCreateIsRefused(t *testing.T) {
	t.Parallel()
	form := company.DefaultForm()
	form.Components = append(form.Components,
		company.Component{Label: "城市", Type: "DDMultiSelectField", Options: []string{"北京", "上海"}},
		company.Component{Label: "备注", Type: "TextField", BizAlias: "note"},
	)
	empty := company.Form{ProcessCode: "PROC-EMPTY", Name: "空", Components: form.Components[:1]}
	s := newServer(t, emulator.WithForms(form, empty))
	type m = map[string]any
	value := func(name, v string) m { return m{"name": name, "value": v} }
	full := []any{value("请假类型", "年假"), value("开始日期", "2026-05-04"), value("天数", "2")}
	and := func(more ...any) []any { return append(append([]any{}, full...), more...) }
	for name, tc := range map[string]struct {
		change m
		code   string
		says   string
	}{
		"unknown form":           {m{"processCode": "PROC-NONE"}, "processCodeError", "模板"},
		"no form":                {m{"processCode": nil}, "invalidParameter", "processCode"},
		"empty form code":        {m{"processCode": ""}, "invalidParameter", "processCode"},
		"unknown originator":     {m{"originatorUserId": "nobody"}, "processInstanceInvalidParameter", "nobody"},
		"no department":          {m{"deptId": nil}, "processInstanceInvalidParameter", "deptId"},
		"somebody else's":        {m{"deptId": 200}, "processInstanceInvalidParameter", "200"},
		"root, but not there":    {m{"deptId": -1}, "processInstanceInvalidParameter", "-1"},
		"department as text":     {m{"deptId": "100"}, "invalidParameter", "deptId"},
		"unknown approver":       {m{"approvers": []any{m{"actionType": "NONE", "userIds": []string{"nobody"}}}}, "processInstanceInvalidParameter", "审批人"},
		"two for NONE":           {m{"approvers": []any{m{"actionType": "NONE", "userIds": []string{"lisi", "wangwu"}}}}, "processInstanceInvalidParameter", "NONE"},
		"an approver for nobody": {m{"approvers": []any{m{"actionType": "AND"}}}, "processInstanceInvalidParameter", "审批人"},
		"unknown kind":           {m{"approvers": []any{m{"actionType": "XOR", "userIds": []string{"lisi"}}}}, "invalidParameter", "actionType"},
		"unknown copy":           {m{"approvers": []any{m{"actionType": "NONE", "userIds": []string{"lisi"}}}, "ccList": []string{"nobody"}}, "processInstanceInvalidParameter", "抄送人"},
		"wrong app":              {m{"microappAgentId": 7}, "invalidAgentId", "应用"},
		"premium only":           {m{"bizDetailPageUrl": "https://example.com"}, "benefitStatusInvalid", "高级版"},
		"no values":              {m{"formComponentValues": nil}, "invalidParameter", "formComponentValues"},
		"required value missing": {m{"formComponentValues": full[1:]}, "formConverterError", "请假类型"},
		"required value empty":   {m{"formComponentValues": append([]any{value("请假类型", "")}, full[1:]...)}, "formConverterError", "请假类型"},
		"not on the form":        {m{"formComponentValues": and(value("请假类形", "年假"))}, "formConverterError", "请假类形"},
		"not an option":          {m{"formComponentValues": append([]any{value("请假类型", "产假")}, full[1:]...)}, "formConverterError", "产假"},
		"not one of the options": {m{"formComponentValues": and(value("城市", `["北京","广州"]`))}, "formConverterError", "广州"},
		"options not a list":     {m{"formComponentValues": and(value("城市", "北京"))}, "formConverterError", "JSON"},
		"another type":           {m{"formComponentValues": and(m{"name": "备注", "value": "x", "componentType": "NumberField"})}, "illegalComponent", "备注"},
		"unknown id":             {m{"formComponentValues": and(m{"id": "X", "name": "备注", "value": "x"})}, "formConverterError", "备注"},
		"value no text":          {m{"formComponentValues": and(m{"name": "备注", "value": 1})}, "invalidParameter", "value"},
		"no flow":                {m{"processCode": "PROC-EMPTY", "formComponentValues": full[:1]}, "processGetFailed", "审批流"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := m{"processCode": form.ProcessCode, "originatorUserId": "zhangsan", "deptId": 100, "formComponentValues": full}
			r := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances", with(in, tc.change))
			require.Equal(t, 400, r.status, "%s", r.body)
			require.Equal(t, tc.code, r.object["code"], "%s", r.body)
			require.Contains(t, r.object["message"], tc.says)
			require.NotEmpty(t, r.object["requestid"])
			op, _ := spec.ByID("StartProcessInstance")
			documented := false
			for _, code := range op.Errors {
				documented = documented || code.Code == tc.code
			}
			require.True(t, documented, "%s is not a code of the operation", tc.code)
		})
	}
	t.Cleanup(func() { require.Empty(t, s.Instances()) })
}

func TestFormValuesByIDAliasAndLabel(t *testing.T) {
	t.Parallel()
	form := company.DefaultForm()
	form.Components = []company.Component{
		{ID: "A", Label: "一", Type: "TextField"},
		{BizAlias: "two", Label: "二", Type: "TextField"},
		{Label: `["开始","结束"]`, Type: "DDDateRangeField"},
		{Label: "未填", Type: "TextField"},
	}
	s := newServer(t, emulator.WithForms(form))
	c := newClient(t, s)
	req := leave()
	req.FormValues = []dingoa.FormValue{
		{Name: `["开始","结束"]`, Value: `["2026-05-04","2026-05-05"]`, ExtValue: `{"x":1}`},
		{BizAlias: "two", Name: "改名了", Value: "2"},
		{ID: "A", Name: "改名了", Value: "1"},
	}
	in, err := c.Instances.Get(t.Context(), create(t, c, req))
	require.NoError(t, err)
	require.Len(t, in.FormValues, 3)
	require.Equal(t, dingoa.FormValue{ID: "A", Name: "一", Value: "1", ComponentType: "TextField"}, in.FormValues[0])
	require.Equal(t, "two", in.FormValues[1].BizAlias)
	require.Equal(t, "二", in.FormValues[1].Name)
	require.Equal(t, `{"x":1}`, in.FormValues[2].ExtValue)
}

func TestPremiumTakesADetailPage(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithPremium())
	req := leave()
	req.DetailPageURL = "https://example.com/leave/1"
	require.NotEmpty(t, create(t, newClient(t, s), req))
}
