package dingoa_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
)

// everyShape has the parts of a schema in each shape that they come in.
const everyShape = `{"result":{"formCode":"PROC-1","name":"报销","gmtCreate":"1638326995000","schemaContent":{"title":"报销","items":[
	{"componentName":"DDDateRangeField","props":{"id":"D-1","label":["开始时间","结束时间"],"unit":"天","format":"yyyy-MM-dd","required":"true"}},
	{"componentName":"TimeAndLocationField","props":{"id":"L-1","label":"[\"时间\",\"地点\"]"}},
	{"componentName":"DDSelectField","props":{"id":"S-1","label":"类型","options":[{"key":"option_0","value":"<年假>"},{"key":"other","value":"其他"}],
		"behaviorLinkage":[{"value":"其他","targets":[{"fieldId":"T-1","behavior":"visible"}]}]}},
	{"componentName":"DDSelectField","props":{"id":"S-2","label":"级别","options":["{\"key\":\"other\",\"value\":\"其他\"}","一级"]}},
	{"componentName":"DDMultiSelectField","props":{"id":"S-3","label":"城市","objOptions":[{"value":"杭州","key":"other"}]}},
	{"componentName":"InnerContactField","props":{"id":"C-1","label":"同行人","choice":"1"}},
	{"componentName":"DepartmentField","props":{"id":"B-1","label":"部门"}},
	{"componentName":"DepartmentField","props":{"id":"B-2","label":"一个部门","multiple":false}},
	{"componentName":"StarRatingField","props":{"id":"R-1","label":"评分","limit":"5"}},
	{"componentName":"AddressField","props":{"id":"A-1","label":"地址","addressModel":"city","hidden":true,"disabled":1}},
	{"componentName":"TableField","props":{"id":"T-1","label":"明细"},"children":[
		{"componentName":"MoneyField","props":{"id":"M-1","label":"金额","bizAlias":"amount","placeholder":"请输入","required":true}}]}
]}}}`

func TestFormSchemaReadsLikeParseSchema(t *testing.T) {
	t.Parallel()
	want, err := form.ParseSchema([]byte(everyShape))
	require.NoError(t, err)
	require.Len(t, want.Components, 11)
	require.True(t, want.Components[2].OtherOption)
	require.True(t, want.Components[10].Conditional)
	got, err := newDingTalk(answer(200, everyShape)).client(t).Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-1"})
	require.NoError(t, err)
	require.Equal(t, want, got.Form())
	require.Equal(t, &form.Schema{Name: "报销"}, (&dingoa.FormSchema{Name: "报销"}).Form())
}
