package spec_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/spec"
)

func operation(tb testing.TB, id string) spec.Operation {
	tb.Helper()
	o, ok := spec.ByID(id)
	require.True(tb, ok, id)
	return o
}

func problems(found []spec.FieldError) []string {
	var texts []string
	for _, p := range found {
		texts = append(texts, p.String())
	}
	return texts
}

// array is a JSON array of n times item.
func array(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const values = `"originatorUserId":"u1","processCode":"P1","formComponentValues":`
	for name, test := range map[string]struct {
		id, query, body string
		want            []string
	}{
		"complete": {id: "StartProcessInstance", body: `{` + values + `[{"name":"Reason","value":"x"}]}`},
		"all that is missing, in one answer": {
			id: "StartProcessInstance", body: `{"formComponentValues":[{"name":"a","value":"b"},{"name":"Reason"}]}`,
			want: []string{
				"originatorUserId is required", "processCode is required", "formComponentValues[1].value is required",
			},
		},
		"no body": {
			id:   "StartProcessInstance",
			want: []string{"originatorUserId is required", "processCode is required", "formComponentValues is required"},
		},
		"null is missing": {
			id: "StartProcessInstance", body: `{` + values + `[],"processCode":null}`,
			want: []string{"processCode is required"},
		},
		"wrong types": {
			id:   "StartProcessInstance",
			body: `{` + values + `[{"name":1,"value":{}},"text",null],"deptId":"1","ccList":"u2","approvers":[[]]}`,
			want: []string{
				"deptId must be an integer, not a string",
				"approvers[0] must be an object, not an array",
				"ccList must be an array, not a string",
				"formComponentValues[0].name must be a string, not a number",
				"formComponentValues[0].value must be a string, not an object",
				"formComponentValues[1] must be an object, not a string",
				"formComponentValues[2] must be an object, not null",
			},
		},
		"no integer": {
			id: "StartProcessInstance", body: `{` + values + `[],"deptId":1.5}`,
			want: []string{"deptId must be an integer of 64 bits, not 1.5"},
		},
		"enumeration": {
			id: "StartProcessInstance", body: `{` + values + `[],"approvers":[{"actionType":"ALL"}]}`,
			want: []string{`approvers[0].actionType must be one of AND, OR, NONE, not "ALL"`},
		},
		"enumeration of items": {
			id: "ListProcessInstanceIds", body: `{"processCode":"P1","startTime":1,"nextToken":0,"maxResults":10,"statuses":["RUNNING","DONE"]}`,
			want: []string{`statuses[1] must be one of RUNNING, TERMINATED, COMPLETED, not "DONE"`},
		},
		"too many items": {
			id: "StartProcessInstance", body: `{` + values + array(151, `{"name":"n","value":"v"}`) + `}`,
			want: []string{"formComponentValues has 151 items, at most 150 are allowed"},
		},
		"characters, not bytes": {
			id: "StartProcessInstance", body: `{` + values + `[{"name":"n","value":"` + strings.Repeat("审", 65535) + `"}]}`,
		},
		"too many characters": {
			id: "StartProcessInstance", body: `{` + values + `[{"name":"n","value":"` + strings.Repeat("审", 65536) + `"}]}`,
			want: []string{"formComponentValues[0].value has 65536 characters, at most 65535 are allowed"},
		},
		"items too long": {
			id:   "RedirectWorkflowTask",
			body: `{"taskId":1,"toUserId":"u1","operateUserId":"u2","file":{"photos":["` + strings.Repeat("p", 1025) + `"]}}`,
			want: []string{"file.photos[0] has 1025 characters, at most 1024 are allowed"},
		},
		"too few characters": {
			id:   "RegisterCallBack",
			body: `{"call_back_tag":["x"],"token":"12345","aes_key":"` + strings.Repeat("k", 43) + `","url":"https://example.com"}`,
			want: []string{"token has 5 characters, at least 6 are needed"},
		},
		"body is no JSON":   {id: "StartProcessInstance", body: `{`, want: []string{"body is not JSON: unexpected EOF"}},
		"body is an array":  {id: "StartProcessInstance", body: `[]`, want: []string{"body must be a JSON object, not an array"}},
		"body goes on":      {id: "StartProcessInstance", body: `{} {}`, want: []string{"body has something after the JSON object"}},
		"query":             {id: "GetProcessInstance", query: "processInstanceId=x"},
		"query missing":     {id: "GetProcessInstance", want: []string{"processInstanceId is required"}},
		"query empty":       {id: "GetProcessInstance", query: "processInstanceId=", want: []string{"processInstanceId is required"}},
		"query over limit":  {id: "QueryIntegratedTodoTask", query: "userId=u&pageSize=41&pageNumber=0", want: []string{"pageSize must be at most 40, not 41", "pageNumber must be at least 1, not 0"}},
		"query, no integer": {id: "QueryIntegratedTodoTask", query: "userId=u&pageSize=ten&pageNumber=1", want: []string{"pageSize must be an integer of 32 bits, not ten"}},
		"query, no bool": {
			id: "DeleteProcess", query: "processCode=P1&cleanRunningTask=yes",
			want: []string{`cleanRunningTask must be true or false, not "yes"`},
		},
		"list joined by commas": {
			id: "OapiProcessinstanceListids", body: `{"process_code":"P1","start_time":1,"userid_list":"` + strings.Repeat("u,", 10) + `u"}`,
			want: []string{"userid_list has 11 items, at most 10 are allowed"},
		},
		"number as text where the vendor does so": {
			id: "OapiProcessWorkrecordTaskQuery", body: `{"userid":"u","offset":"0","count":"10","status":"0"}`,
		},
		"number where the vendor also sends text": {
			id: "OapiProcessWorkrecordTaskQuery", body: `{"userid":"u","offset":0,"count":10,"status":0}`,
		},
		"text that is no number": {
			id: "OapiProcessWorkrecordTaskQuery", body: `{"userid":"u","offset":"first","count":10,"status":"5"}`,
			want: []string{
				`offset must be an integer, or one as text, not "first"`,
				`status must be one of 0, -1, not "5"`,
			},
		},
		"array where the vendor also sends one object": {
			id: "OapiProcessSave#own", body: `{"saveProcessRequest":{"agentid":7,"name":"n","description":"d","fake_mode":true,"form_component_list":{"component_name":"TextField","props":{"id":"i","label":"l","required":true}}}}`,
		},
		"a model inside itself": {
			id: "FormCreate", body: `{"name":"n","formComponents":[{"componentType":"TableField","props":{},"children":[{"componentType":"TextField"}]}]}`,
			want: []string{"formComponents[0].children[0].props is required"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(test.query)
			require.NoError(t, err)
			require.Equal(t, test.want, problems(operation(t, test.id).Check(query, []byte(test.body))))
		})
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id, query, body string
		want            []string
	}{
		"all known": {id: "StartProcessInstance", body: `{"processCode":"P1"}`},
		"at every depth": {
			id:   "StartProcessInstance",
			body: `{"ProcessCode":"P1","formComponentValues":[{"name":"n","details":[{"colour":1}]}],"approvers":7}`,
			want: []string{"ProcessCode unknown field", "formComponentValues[0].details[0].colour unknown field"},
		},
		"no name":                  {id: "GetProcessInstance", query: "=1", body: `{"":1}`, want: []string{`"" unknown field`, `"" unknown field`}},
		"query":                    {id: "GetProcessInstance", query: "id=1", want: []string{"id unknown field"}},
		"token of older gateway":   {id: "OapiProcessinstanceGet", query: "access_token=t", body: `{"process_instance_id":"x"}`},
		"token of today's gateway": {id: "GetProcessInstance", query: "access_token=t", want: []string{"access_token unknown field"}},
		"not readable":             {id: "StartProcessInstance", body: `{`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(test.query)
			require.NoError(t, err)
			require.Equal(t, test.want, problems(operation(t, test.id).Unknown(query, []byte(test.body))))
		})
	}
}

func TestResponses(t *testing.T) {
	t.Parallel()
	o := operation(t, "BatchExecuteProcessInstances")
	require.Empty(t, o.CheckResponse([]byte(`{"result":{"instance-1":{"success":true}}}`)))
	require.Equal(t, []string{"result.instance-1 must be an object, not a bool"},
		problems(o.CheckResponse([]byte(`{"result":{"instance-1":true}}`))))
	require.Equal(t, []string{"result.instance-1.colour unknown field"},
		problems(o.UnknownResponse([]byte(`{"result":{"instance-1":{"colour":1}}}`))))

	forms := operation(t, "QuerySchemaByProcessCode")
	require.Equal(t, []string{"result.engineType must be one of 1, 0, not \"3\""},
		problems(forms.CheckResponse([]byte(`{"result":{"engineType":3}}`))))
}

// FuzzCheck holds that no input makes a check panic, that each finding names a
// field and a problem, and that messages stay short.
func FuzzCheck(f *testing.F) {
	f.Add(0, "a=1", []byte(`{"name":"n","formComponents":[{"children":[{}]}]}`))
	f.Add(14, "", []byte(`{"formComponentValues":[{"name":1,"details":[null]}]}`))
	f.Add(44, "userId=u&pageSize=9e9&pageNumber=-1", []byte(`[`))
	f.Add(25, "", []byte(`{"":[]}`))
	f.Add(110, "access_token=t", []byte(`{"offset":"1","count":1.0e400}`))
	operations := spec.All()
	f.Fuzz(func(t *testing.T, n int, query string, body []byte) {
		o := operations[uint(n)%uint(len(operations))]
		values, err := url.ParseQuery(query)
		if err != nil {
			values = nil
		}
		for _, found := range [][]spec.FieldError{
			o.Check(values, body), o.Unknown(values, body), o.CheckResponse(body), o.UnknownResponse(body),
		} {
			for _, p := range found {
				require.NotEmpty(t, p.Field)
				require.NotEmpty(t, p.Problem)
				require.Less(t, len(p.Problem), 500)
			}
		}
		if json.Valid(body) && body[0] == '{' {
			for _, p := range o.Check(values, body) {
				require.NotEqual(t, "body", p.Field, "an object is a body: %s", p)
			}
		}
	})
}

func TestAdapt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ id, body, want string }{
		"numbers and booleans as text": {
			"OapiProcessDelete", `{"request":{"agentid":" 7 ","process_code":9007199254740993,"clean_running_task":"true"}}`,
			`{"request":{"agentid":7,"clean_running_task":true,"process_code":"9007199254740993"}}`,
		},
		"JSON text": {
			"OapiProcessDelete", `{"request":"{\"agentid\":\"7\",\"process_code\":\"<P>\"}"}`,
			`{"request":{"agentid":7,"process_code":"<P>"}}`,
		},
		"arrays as text, as they are written": {
			"OapiProcessinstanceCreate", `{"form_component_values":[{"name":["b", "a"],"value":[{"z":1, "a":2.50}],"ext_value":null}]}`,
			`{"form_component_values":[{"ext_value":null,"name":"[\"b\",\"a\"]","value":"[{\"z\":1,\"a\":2.50}]"}]}`,
		},
		"one object for a list": {
			"OapiProcessSave#own", `{"saveProcessRequest":{"agentid":"7","form_component_list":{"props":{"required":"true"}}}}`,
			`{"saveProcessRequest":{"agentid":7,"form_component_list":{"props":{"required":true}}}}`,
		},
		"what cannot be meant":         {"OapiProcessDelete", `{"request":{"agentid":"x","clean_running_task":"1"}}`, `{"request":{"agentid":"x","clean_running_task":"1"}}`},
		"no object":                    {"OapiProcessDelete", `[1]`, `[1]`},
		"no JSON":                      {"OapiProcessDelete", `{`, `{`},
		"not on today's gateway":       {"StartProcessInstance", `{"deptId":"1"}`, `{"deptId":"1"}`},
		"fields of no documented name": {"OapiProcessDelete", `{"other":"1"}`, `{"other":"1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := operation(t, test.id)
			got := o.Adapt([]byte(test.body))
			require.Equal(t, test.want, string(got))
			require.Equal(t, test.want, string(o.Adapt(got)), "a second time")
		})
	}
	form := url.Values{"userid": {"u"}, "offset": {"0"}, "size": {""}, "access_token": {"t"}}
	require.JSONEq(t, `{"userid":"u","offset":0}`, string(operation(t, "OapiProcessListbyuserid").FormBody(form)))
}
