package emulator_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
)

// The page of an operation lists the codes that it answers; what is wrong with
// the shape of a request has one of them where there is one about parameters.
func TestShapeErrorsHaveACodeOfThePage(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithPremium())
	component := `"formComponents":[{"componentType":"TextField","props":{"label":"事由"}}]`
	for name, tc := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"0510, no name":       {http.MethodPost, "/v1.0/workflow/processCentres/schemas", `{` + component + `}`, 400, "parameter.error"},
		"0510, no components": {http.MethodPost, "/v1.0/workflow/processCentres/schemas", `{"name":"n"}`, 400, "formschema.error"},
		"0510, a component":   {http.MethodPost, "/v1.0/workflow/processCentres/schemas", `{"name":"n","formComponents":[{"props":{}}]}`, 400, "formschema.error"},
		"0510, a type":        {http.MethodPost, "/v1.0/workflow/processCentres/schemas", `{"name":7,` + component + `}`, 400, "parameter.error"},
		"0513, no url":        {http.MethodPost, "/v1.0/workflow/processCentres/instances", `{"processCode":"P","originatorUserId":"zhangsan","formComponentValueList":[]}`, 400, "required.error"},
		"0513, a type":        {http.MethodPost, "/v1.0/workflow/processCentres/instances", `{"processCode":7,"originatorUserId":"zhangsan","formComponentValueList":[],"url":"https://example.com"}`, 400, "parameter.invalid"},
		"0548, no values":     {http.MethodPut, "/v1.0/workflow/premium/dataForms/formInstances", `{"processCode":"P","originatorUserId":"zhangsan"}`, 500, "param.error"},
		"0548, a type":        {http.MethodPut, "/v1.0/workflow/premium/dataForms/formInstances", `{"processCode":"P","originatorUserId":"zhangsan","formComponentValueList":{}}`, 500, "param.error"},
		"0491, no name":       {http.MethodPost, "/v1.0/workflow/forms", `{` + component + `}`, 400, "formName.error"},
		"0491, no components": {http.MethodPost, "/v1.0/workflow/forms", `{"name":"n"}`, 400, "formschema.error"},
		"0501, none about it": {http.MethodPost, "/v1.0/workflow/processes/instanceIds/query", `{"processCode":"P","startTime":"1","nextToken":0,"maxResults":10}`, 400, "invalidParameter"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call(t, s, tc.method, tc.path, tc.body)
			require.Equal(t, tc.status, got.status, "%s", got.body)
			require.Equal(t, tc.code, got.object["code"], "%s", got.body)
		})
	}
}

// The sample of page 0548 changes a PhoneField, which its own list of types
// leaves out.
func TestDataEntryWithAPhoneNumber(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithPremium())
	form := call(t, s, http.MethodPost, "/v1.0/workflow/premium/dataForms/templates", `{"name":"客户","userId":"zhangsan","formComponents":[{"componentType":"PhoneField","props":{"label":"电话"}}]}`)
	code := dig[string](t, form.object, "result", "processCode")
	values := []object{{"name": "电话", "value": "13800000001", "componentType": "PhoneField"}}
	entry := call(t, s, http.MethodPost, "/v1.0/workflow/premium/dataForms/formInstances/save", object{"processCode": code, "originatorUserId": "zhangsan", "formComponentValueList": values})
	changed := call(t, s, http.MethodPut, "/v1.0/workflow/premium/dataForms/formInstances", object{
		"processCode": code, "originatorUserId": "zhangsan", "formComponentValueList": values,
		"formInstanceIds": []any{entry.object["instanceId"]},
	})
	require.Equal(t, 200, changed.status, "%s", changed.body)
}
