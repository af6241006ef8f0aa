package form_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// TestParseSchema reads each shape that a part of a schema comes in.
func TestParseSchema(t *testing.T) {
	t.Parallel()
	component := func(props string) string {
		return `{"items":[{"componentName":"X","props":{` + props + `}}]}`
	}
	for name, test := range map[string]struct {
		json string
		want form.Component
	}{
		"label":                  {component(`"label":"事由","id":"X-1","bizAlias":"reason"`), form.Component{Label: "事由", ID: "X-1", BizAlias: "reason"}},
		"two labels as text":     {component(`"label":"[\"开始\",\"结束\"]"`), form.Component{Label: "开始", SecondLabel: "结束"}},
		"two labels as an array": {component(`"label":["开始","结束"]`), form.Component{Label: "开始", SecondLabel: "结束"}},
		"one label as an array":  {component(`"label":["开始"]`), form.Component{Label: "开始"}},
		"three labels":           {component(`"label":["a","b","c"]`), form.Component{Label: `["a","b","c"]`}},
		"a number as label":      {component(`"label":2026`), form.Component{Label: "2026"}},
		"no label":               {component(`"label":null`), form.Component{}},
		"a label with brackets":  {component(`"label":"[备注"`), form.Component{Label: "[备注"}},
		"options as texts":       {component(`"options":["年假","事假"]`), form.Component{Options: []string{"年假", "事假"}}},
		"options as objects":     {component(`"options":[{"key":"option_0","value":"年假"},{"key":"other","value":"其他"}]`), form.Component{Options: []string{"年假", "其他"}, OtherOption: true}},
		"objOptions":             {component(`"objOptions":[{"value":"年假"}]`), form.Component{Options: []string{"年假"}}},
		"both":                   {component(`"options":["年假"],"objOptions":[{"key":"other","value":"年假"}]`), form.Component{Options: []string{"年假"}, OtherOption: true}},
		"options as text":        {component(`"options":"[\"年假\",{\"value\":\"事假\"}]"`), form.Component{Options: []string{"年假", "事假"}}},
		"options as JSON texts":  {component(`"options":["{\"key\":\"other\",\"value\":\"其他\"}"]`), form.Component{Options: []string{"其他"}, OtherOption: true}},
		"options as numbers":     {component(`"options":[1,2]`), form.Component{Options: []string{"1", "2"}}},
		"choice as a number":     {component(`"choice":1`), form.Component{Multiple: true}},
		"choice as text":         {component(`"choice":"1"`), form.Component{Multiple: true}},
		"choice of one":          {component(`"choice":"0"`), form.Component{}},
		"required as text":       {component(`"required":"true","hidden":"1","disabled":true`), form.Component{Required: true, Hidden: true, Disabled: true}},
		"the rest":               {component(`"format":"yyyy-MM-dd","unit":"天","placeholder":"请选择","limit":"5","addressModel":"city"`), form.Component{Format: "yyyy-MM-dd", Unit: "天", Placeholder: "请选择", MaxStars: 5, AddressModel: "city"}},
		"a schema in text":       {`{"result":{"schemaContent":"{\"items\":[{\"componentName\":\"X\",\"props\":{\"label\":\"事由\"}}]}"}}`, form.Component{Label: "事由"}},
		"linked to itself":       {component(`"id":"X-1","behaviorLinkage":[{"value":"a","targets":[{"fieldId":"X-1","behavior":"hidden"}]}]`), form.Component{ID: "X-1", Conditional: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema, err := form.ParseSchema([]byte(test.json))
			require.NoError(t, err)
			test.want.Type = "X"
			require.Equal(t, []form.Component{test.want}, schema.Components)
		})
	}
}

func TestParseWholeSchemas(t *testing.T) {
	t.Parallel()
	const content = `{"formCode":"PROC-1","name":"报销","schemaContent":{"items":[
		{"componentName":"TableField","props":{"id":"T-1","label":"明细"},"children":[{"componentName":"MoneyField","props":{"id":"M-1","label":"金额","required":true}}]},
		{"componentName":"DepartmentField","props":{"label":"部门"}},
		{"componentName":"DepartmentField","props":{"label":"一个部门","multiple":false}}]}}`
	want := &form.Schema{ProcessCode: "PROC-1", Name: "报销", Components: []form.Component{
		{Type: "TableField", ID: "T-1", Label: "明细", Children: []form.Component{{Type: "MoneyField", ID: "M-1", Label: "金额", Required: true}}},
		{Type: "DepartmentField", Label: "部门", Multiple: true},
		{Type: "DepartmentField", Label: "一个部门"},
	}}
	for _, data := range []string{content, `{"result":` + content + `}`} {
		schema, err := form.ParseSchema([]byte(data))
		require.NoError(t, err)
		require.Equal(t, want, schema)
	}
}

func TestParseSchemaRefuses(t *testing.T) {
	t.Parallel()
	for data, problem := range map[string]string{
		``:                                      "not JSON",
		`<html>`:                                "not JSON",
		`{}`:                                    "schemaContent.items is missing",
		`null`:                                  "schemaContent.items is missing",
		`{"result":{}}`:                         "schemaContent.items is missing",
		`[1]`:                                   "not of the documented form",
		`{"items":[{"props":{"limit":"yes"}}]}`: "props.limit",
	} {
		_, err := form.ParseSchema([]byte(data))
		require.ErrorContains(t, err, problem, data)
	}
}

func TestComponentName(t *testing.T) {
	t.Parallel()
	one := form.Component{Label: "事由"}
	require.Equal(t, "事由", one.Name())
	two := form.Component{Label: "<开始>", SecondLabel: "结束"}
	require.Equal(t, `["<开始>","结束"]`, two.Name())
}

func FuzzParseSchema(f *testing.F) {
	for _, seed := range []string{
		`{"result":{"formCode":"PROC-1","schemaContent":{"items":[{"componentName":"DDDateRangeField","props":{"label":["a","b"]}}]}}}`,
		`{"items":[{"componentName":"DDSelectField","props":{"label":"a","options":["{\"value\":\"x\"}"],"behaviorLinkage":[{"targets":[{"fieldId":"x"}]}]},"children":[{}]}]}`,
		`{"result":{"result":{"items":"[]"}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		schema, err := form.ParseSchema(data)
		require.Equal(t, err == nil, schema != nil)
	})
}
