package emulator_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

const formEncoded = "application/x-www-form-urlencoded;charset=utf-8"

// The older gateway's parameters are texts by origin: what its pages' samples
// and the SDKs of other languages send (pages 1515, 1516, 1522 and on).
func TestOlderGatewayTakesEveryKind(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	values := `[{"name":"请假类型","value":"年假"},{"name":"开始日期","value":"2026-05-04"},{"name":"天数","value":"2"}]`
	form := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v.Encode()
	}
	for name, tc := range map[string]struct {
		path, query, body, contentType string
		noToken                        bool
	}{
		"numbers as text": {
			path: "/topapi/processinstance/create",
			body: `{"process_code":"PROC-EMULATOR-LEAVE","originator_user_id":"zhangsan","dept_id":"100","agent_id":"1000000001","form_component_values":` + values + `}`,
		},
		"a list as JSON text": {
			path: "/topapi/processinstance/create",
			body: `{"process_code":"PROC-EMULATOR-LEAVE","originator_user_id":"zhangsan","dept_id":100,"form_component_values":"` + escaped(values) + `"}`,
		},
		"user_ids joined by commas": {
			path: "/topapi/processinstance/create",
			body: `{"process_code":"PROC-EMULATOR-LEAVE","originator_user_id":"zhangsan","dept_id":100,"approvers_v2":[{"task_action_type":"AND","user_ids":"lisi,wangwu"}],"form_component_values":` + values + `}`,
		},
		"a number as value": {
			path: "/topapi/processinstance/create",
			body: `{"process_code":"PROC-EMULATOR-LEAVE","originator_user_id":"zhangsan","dept_id":100,"form_component_values":[{"name":"请假类型","value":"年假"},{"name":"开始日期","value":"2026-05-04"},{"name":"天数","value":2}]}`,
		},
		"form-encoded, token in the query": {
			path: "/topapi/processinstance/create", contentType: formEncoded,
			body: form("process_code", "PROC-EMULATOR-LEAVE", "originator_user_id", "zhangsan", "dept_id", "100", "form_component_values", values),
		},
		"form-encoded, token among the fields": {
			path: "/topapi/processinstance/create", contentType: formEncoded, noToken: true,
			body: form("process_code", "PROC-EMULATOR-LEAVE", "originator_user_id", "zhangsan", "dept_id", "100", "agent_id", "",
				"form_component_values", values, "access_token", token(t, s)),
		},
		"JSON that curl calls a form": {
			path: "/topapi/process/listbyuserid", contentType: formEncoded, body: `{"userid":"zhangsan","offset":"0","size":"100"}`,
		},
		"numbers as text in a list": {path: "/topapi/process/listbyuserid", body: `{"userid":"zhangsan","offset":"0","size":"100"}`},
		"an object as JSON text": {
			path: "/topapi/process/delete", contentType: formEncoded,
			body: form("request", `{"agentid":"1000000001","process_code":"PROC-NONE","clean_running_task":"true"}`),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := "https://oapi.dingtalk.com" + tc.path
			if !tc.noToken {
				address += "?access_token=" + token(t, s)
			}
			if tc.contentType == "" {
				tc.contentType = "application/json"
			}
			got := send(t, s, http.MethodPost, address, tc.body, "Content-Type", tc.contentType)
			require.Equal(t, 200, got.status)
			if tc.path == "/topapi/process/delete" { // understood: there is no such template
				require.InDelta(t, 820004, got.object["errcode"], 0, "%s", got.body)
				return
			}
			require.InDelta(t, 0, got.object["errcode"], 0, "%s", got.body)
		})
	}
}

func escaped(json string) string {
	quoted := strconv.Quote(json)
	return quoted[1 : len(quoted)-1]
}

// Arrays stand where a text is documented in the sample of page 1516, and for a
// label and a formula in that of page 1515.
func TestOlderGatewayTakesArraysAsText(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	saved := callOld(t, s, http.MethodPost, "/topapi/process/save", `{"saveProcessRequest":{"agentid":"1000000001","name":"采购","description":"采购","form_component_list":[
		{"component_name":"DDDateRangeField","props":{"id":"DDDateRangeField-J78F057Q","label":["开始","结束"],"unit":"天"}},
		{"component_name":"DDPhotoField","props":{"id":"DDPhotoField-1","label":"图片"}},
		{"component_name":"CalculateField","props":{"id":"CalculateField-JF85Z4ZP","label":"合计","formula":[{"id":"NumberField-1"},"*",{"id":"NumberField-2"}]}},
		{"component_name":"TableField","props":{"id":"TableField-1","label":"明细"},"children":[{"component_name":"TextField","props":{"id":"TextField-1","label":"品名"}}]}]}}`)
	code := dig[string](t, saved.object, "result", "process_code")

	created := callOld(t, s, http.MethodPost, "/topapi/processinstance/create", object{
		"process_code": code, "originator_user_id": "zhangsan", "dept_id": 100, "approvers": "lisi",
		"form_component_values": []object{
			{"name": `["开始","结束"]`, "value": []string{"2026-05-04", "2026-05-05"}},
			{"name": "图片", "value": []string{"https://example.com/1.png"}},
			{"name": "明细", "value": [][]object{{{"name": "品名", "value": "<纸>"}}}},
		},
	})
	id := dig[string](t, created.object, "process_instance_id")
	got := callOld(t, s, http.MethodPost, "/topapi/processinstance/get", object{"process_instance_id": id})
	want := []string{`["2026-05-04","2026-05-05"]`, `["https://example.com/1.png"]`, "null", `[{"rowNumber":"TableField-1_1","rowValue":[{"componentType":"TextField","key":"TextField-1","label":"品名","value":"<纸>"}]}]`}
	for i, value := range want {
		require.Equal(t, value, dig[string](t, got.object, "process_instance", "form_component_values", i, "value"))
	}
}

func TestOlderGatewayRefusesWrongKinds(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	start := func(change string) string {
		return `{"process_code":"PROC-EMULATOR-LEAVE","originator_user_id":"zhangsan",` + change + `}`
	}
	for name, tc := range map[string]struct {
		path, body, contentType string
		errcode                 float64
	}{
		"a number that is none":       {path: "/topapi/processinstance/create", body: start(`"dept_id":"first","form_component_values":[]`), errcode: 40035},
		"a fraction":                  {path: "/topapi/processinstance/create", body: start(`"dept_id":"1.5","form_component_values":[]`), errcode: 40035},
		"an object as number":         {path: "/topapi/processinstance/create", body: start(`"dept_id":{},"form_component_values":[]`), errcode: 40035},
		"text that is no list":        {path: "/topapi/processinstance/create", body: start(`"dept_id":1,"form_component_values":"年假"`), errcode: 40035},
		"an object as list":           {path: "/topapi/processinstance/create", body: start(`"dept_id":1,"form_component_values":{}`), errcode: 40035},
		"text that is no object":      {path: "/topapi/process/delete", body: `{"request":"PROC"}`, errcode: 40035},
		"a bool that is none":         {path: "/topapi/process/delete", body: `{"request":{"agentid":1,"process_code":"P","clean_running_task":"yes"}}`, errcode: 40035},
		"over the limit, as text":     {path: "/topapi/process/listbyuserid", body: `{"userid":"zhangsan","offset":"0","size":"101"}`, errcode: 40035},
		"a form without what it must": {path: "/topapi/process/listbyuserid", body: "userid=zhangsan&size=", contentType: formEncoded, errcode: 40035},
		"a form called JSON":          {path: "/topapi/process/listbyuserid", body: "userid=zhangsan&offset=0&size=1", errcode: 47001},
		"no form":                     {path: "/topapi/process/listbyuserid", body: "%zz", contentType: formEncoded, errcode: 47001},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.contentType == "" {
				tc.contentType = "application/json"
			}
			got := send(t, s, http.MethodPost, "https://oapi.dingtalk.com"+tc.path+"?access_token="+token(t, s), tc.body, "Content-Type", tc.contentType)
			require.InDelta(t, tc.errcode, got.object["errcode"], 0, "%s", got.body)
		})
	}
	// Today's gateway takes what its pages' samples show, which are the documented types.
	got := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances", start(`"processCode":"P","originatorUserId":"zhangsan","deptId":"100","formComponentValues":[]`))
	require.Equal(t, 400, got.status, "%s", got.body)
}

// What nobody filled in is listed, as in testdata/wild/instances/legacy-21 and -25.
func TestOlderGatewayListsWhatNobodyFilledIn(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithUsers(company.DefaultUsers()...), emulator.WithForms(company.Form{
		ProcessCode: "PROC-1", Name: "采购", Flow: []company.Node{{Approvers: []string{"lisi"}}},
		Components: []company.Component{
			{ID: "T-1", Label: "品名", Type: "TextField"},
			{ID: "N-1", Label: "说明", Type: "TextNote"},
			{ID: "M-1", Label: "金额", Type: "MoneyField"},
			{ID: "D-1", Label: "明细", Type: "TableField", Children: []company.Component{{ID: "C-1", Label: "列", Type: "TextField"}}},
		},
	}))
	created := callOld(t, s, http.MethodPost, "/topapi/processinstance/create", object{
		"process_code": "PROC-1", "originator_user_id": "zhangsan", "dept_id": 100,
		"form_component_values": []object{{"name": "金额", "value": "1"}},
	})
	id := dig[string](t, created.object, "process_instance_id")
	got := callOld(t, s, http.MethodPost, "/topapi/processinstance/get", object{"process_instance_id": id})
	values := dig[[]any](t, got.object, "process_instance", "form_component_values")
	require.JSONEq(t, `[
		{"id": "T-1", "name": "品名", "value": "null", "component_type": "TextField"},
		{"id": "M-1", "name": "金额", "value": "1", "component_type": "MoneyField"},
		{"id": "D-1", "name": "明细", "component_type": "TableField",
			"value": "[{\"componentName\":\"TextField\",\"props\":{\"id\":\"C-1\",\"label\":\"列\",\"required\":false}}]"}
	]`, jsonText(values))
	instance, err := newClient(t, s, dingoa.WithLegacyGateway()).Instances.Get(t.Context(), id)
	require.NoError(t, err)
	require.NotEmpty(t, instance.FormValues)
}
