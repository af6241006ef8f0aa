package emulator_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// What one operation puts in, another finds.

func TestFormIsFoundByItsName(t *testing.T) {
	t.Parallel()
	bothGateways(t, func(t *testing.T, _ *emulator.Server, c *dingoa.Client) {
		t.Helper()
		made, err := c.Templates.Create(t.Context(), dingoa.TemplateRequest{
			Name: "采购", Description: "采购",
			Components: []dingoa.FormComponent{{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-1", Label: "品名"}}},
		})
		require.NoError(t, err)
		found, err := c.Templates.FindByName(t.Context(), "采购")
		require.NoError(t, err)
		require.Equal(t, made.ProcessCode, found.ProcessCode)
		_, err = c.Templates.FindByName(t.Context(), "没有")
		require.ErrorIs(t, err, dingoa.ErrNotFound)
	})
}

func TestDataEntriesAreReadWithoutPremium(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithPremium())
	form := call(t, s, http.MethodPost, premium+"/dataForms/templates", object{
		"name": "客户", "userId": "zhangsan", "formComponents": []object{{"componentType": "TextField", "props": object{"label": "名称"}}},
	})
	code := dig[string](t, form.object, "result", "processCode")
	var ids []string
	for i := range 3 {
		entry := call(t, s, http.MethodPost, premium+"/dataForms/formInstances/save", object{
			"processCode": code, "originatorUserId": "zhangsan", "formComponentValueList": []object{{"name": "名称", "value": strconv.Itoa(i)}},
		})
		ids = append(ids, dig[string](t, entry.object, "instanceId"))
	}
	list := "/v1.0/workflow/forms/pages/instances?maxResults=2&formCode=" + code
	got := documented(t, s, "QueryAllFormInstances", http.MethodGet, list, nil)
	require.Equal(t, "2", dig[string](t, got, "result", "nextToken"))
	got = documented(t, s, "QueryAllFormInstances", http.MethodGet, list+"&nextToken=2", nil)
	require.Equal(t, ids[2], dig[string](t, got, "result", "values", 0, "formInstanceId"))
	require.False(t, dig[bool](t, got, "result", "hasMore"))

	got = documented(t, s, "QueryFormInstance", http.MethodGet, "/v1.0/workflow/forms/instances?formInstanceId="+ids[1]+"&formCode="+code, nil)
	require.Equal(t, "1", dig[string](t, got, "formInstDataList", 0, "value"))
	require.Equal(t, ids[1], got["outInstanceId"])

	approval := create(t, newClient(t, s), leave())
	refused := call(t, s, http.MethodGet, "/v1.0/workflow/forms/instances?formInstanceId="+approval+"&formCode="+company.DefaultProcessCode, nil)
	require.Equal(t, 400, refused.status, "an approval is no entry of a data form: %s", refused.body)
}

func TestListsHaveWhatRecordsHold(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithPremium())
	c := newClient(t, s)
	id := create(t, c, leave())
	file := object{"photos": []string{"https://example.com/1.png"}, "attachments": []object{
		{"spaceId": "1", "fileSize": "1024", "fileId": "11", "fileName": "证明.pdf", "fileType": "pdf"},
	}}
	commented := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/comments",
		object{"processInstanceId": id, "text": "看附件", "commentUserId": "wangwu", "file": file})
	require.Equal(t, 200, commented.status, "%s", commented.body)
	task := state(t, s, id).Tasks[0].ID
	decided := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/execute",
		object{"processInstanceId": id, "taskId": task, "actionerUserId": "lisi", "result": "agree", "file": file})
	require.Equal(t, 200, decided.status, "%s", decided.body)

	attachments := []any{object{"fileId": "11", "fileName": "证明.pdf", "fileSize": "1024", "fileType": "pdf"}}
	query := fmt.Sprintf("?processCode=%s&startTimeInMills=%d&maxResults=2&nextToken=", company.DefaultProcessCode, time.Now().Add(-time.Hour).UnixMilli())
	for operation, path := range map[string]string{
		"PremiumGetProcessInstances": premium + "/processes/pages/instances" + query + "1",
		"QueryAllProcessInstances":   "/v1.0/workflow/processes/pages/instances" + query + "1",
		"PagesExportInstances":       "/v1.0/workflow/instances/datas" + query + "0",
	} {
		method := http.MethodGet
		if operation == "PagesExportInstances" {
			method = http.MethodPost
		}
		got := documented(t, s, operation, method, path, nil)
		comment := dig[object](t, got, "result", "list", 0, "operationRecords", 1)
		decision := dig[object](t, got, "result", "list", 0, "operationRecords", 2)
		require.Equal(t, attachments, comment["attachments"], operation)
		require.Equal(t, attachments, decision["attachments"], operation)
		if operation != "PagesExportInstances" {
			require.NotContains(t, decision, "taskId", operation)
			continue
		}
		require.Equal(t, []any{"https://example.com/1.png"}, comment["images"])
		require.InDelta(t, task, decision["taskId"], 0)
		require.Equal(t, dig[string](t, got, "result", "list", 0, "tasks", 0, "activityId"), decision["activityId"])
		require.NotContains(t, comment, "taskId")
		require.Equal(t, "DDSelectField", dig[string](t, got, "result", "list", 0, "formComponentValues", 0, "componentName"))
	}
}

// No page says what details of a table look like: they are refused by name, not
// lost.
func TestDetailsOfATableAreRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithForms(company.Form{
		ProcessCode: "PROC-TABLE", Name: "采购", Flow: []company.Node{{Approvers: []string{"lisi"}}},
		Components: []company.Component{
			{Label: "备注", Type: "TextField"},
			{Label: "明细", Type: "TableField", Children: []company.Component{{Label: "品名", Type: "TextField"}}},
		},
	}))
	start := func(value object) reply {
		return call(t, s, http.MethodPost, "/v1.0/workflow/processInstances", object{
			"processCode": "PROC-TABLE", "originatorUserId": "zhangsan", "deptId": 100, "formComponentValues": []object{value},
		})
	}
	details := []object{{"name": "品名", "value": "纸"}}
	refused := start(object{"name": "明细", "value": "", "details": details})
	require.Equal(t, "formConverterError", refused.object["code"], "%s", refused.body)
	require.Contains(t, refused.object["message"], "details")
	taken := start(object{"name": "备注", "value": "x", "details": details})
	require.Equal(t, 200, taken.status, "on a component without columns they say nothing: %s", taken.body)
}

func TestSchemaKeepsWhatTheFormWasCreatedWith(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	made := call(t, s, http.MethodPost, "/v1.0/workflow/forms", `{"name":"全部","formComponents":[
		{"componentType":"AddressField","props":{"componentId":"a","label":"地址","addressModel":"district"}},
		{"componentType":"StarRatingField","props":{"componentId":"b","label":"评价","limit":5}},
		{"componentType":"DepartmentField","props":{"componentId":"c","label":"部门","multiple":true}},
		{"componentType":"FormRelateField","props":{"componentId":"d","label":"关联","mode":"single"}},
		{"componentType":"RelateField","props":{"componentId":"e","label":"相关","availableTemplates":[{"name":"请假","processCode":"PROC-EMULATOR-LEAVE"}]}},
		{"componentType":"TextNote","props":{"componentId":"f","content":"请填","link":"https://example.com"}}]}`)
	code := dig[string](t, made.object, "result", "processCode")
	got := call(t, s, http.MethodGet, "/v1.0/workflow/forms/schemas/processCodes?processCode="+code, nil)
	require.Equal(t, "qianqi", dig[string](t, got.object, "result", "creatorUserId"))
	for i, want := range []object{
		{"addressModel": "district"},
		{"limit": 5.0},
		{"multiple": true},
		{"mode": "single"},
		{"availableTemplates": []any{object{"name": "请假", "processCode": "PROC-EMULATOR-LEAVE"}}},
		{"content": "请填", "link": "https://example.com"},
	} {
		props := dig[object](t, got.object, "result", "schemaContent", "items", i, "props")
		for name, value := range want {
			require.Equal(t, value, props[name], name)
		}
	}
}

func TestConditionComponents(t *testing.T) {
	t.Parallel()
	form := company.DefaultForm()
	form.Components[2].Condition = true
	s := newServer(t, emulator.WithForms(form))
	got := documented(t, s, "GetConditionFormComponent", http.MethodGet, "/v1.0/workflow/processes/conditions/components?agentId=1000000001&processCode="+form.ProcessCode, nil)
	require.Equal(t, []any{object{"id": "NumberField-days", "label": "天数"}}, got["result"])

	change := func(componentID string) reply {
		return call(t, s, http.MethodPost, "/v1.0/workflow/forms", object{
			"processCode": form.ProcessCode, "name": "请假", "formComponents": []object{{"componentType": "NumberField", "props": object{"componentId": componentID, "label": "时长"}}},
		})
	}
	require.Equal(t, "formschema.error", change("NumberField-other").object["code"], "a branch needs it")
	require.Equal(t, 200, change("NumberField-days").status)
}

// The page of reading an approval has the bizData that only those of the process
// centre are given.
func TestOwnApprovalIsReadWithItsBizData(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	made, err := c.Center.SaveTemplate(t.Context(), centerTemplate("差旅"))
	require.NoError(t, err)
	req := centerInstance(made.ProcessCode)
	req.BizData = `{"order":7}`
	started, err := c.Center.CreateInstance(t.Context(), req)
	require.NoError(t, err)
	got := documented(t, s, "GetProcessInstance", http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId="+started.InstanceID, nil)
	require.Equal(t, `{"order":7}`, dig[string](t, got, "result", "bizData"))
	require.Equal(t, "zhangsan", dig[string](t, got, "result", "originatorUserId"))
}

func TestTasksOfTheProcessCentreInBothShapes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	_, id := startCenter(t, c)
	_, err := giveTasks(t.Context(), c, id, "a", 1)
	require.NoError(t, err)
	got := documented(t, s, "QueryIntegratedTodoTask", http.MethodGet, "/v1.0/workflow/processCentres/todoTasks?userId=lisi&pageSize=1&pageNumber=1", nil)
	dig[string](t, got, "result", "list", 0, "createTime")
	dig[float64](t, got, "taskPage", "list", 0, "createTime")
}
