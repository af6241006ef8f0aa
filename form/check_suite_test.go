package form_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

func wildSchema(t *testing.T, name string) *form.Schema {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "wild", name+".json"))
	require.NoError(t, err)
	schema, err := form.ParseSchema(data)
	require.NoError(t, err)
	return schema
}

func TestWildSchemas(t *testing.T) {
	t.Parallel()
	options := wildSchema(t, "schema-options")
	require.Equal(t, []string{"甲", "乙", "丙"}, options.Components[1].Options)

	goout := wildSchema(t, "schema-goout").Components[0]
	require.Equal(t, "attendance.goout", goout.BizType)
	require.Len(t, goout.Children, 5)
	require.Equal(t, form.Component{Type: "NumberField", ID: "n_1", BizAlias: "duration", Label: "时长", Required: true, Disabled: true}, goout.Children[3])

	overtime := wildSchema(t, "schema-overtime").Components[0]
	hidden := map[string]bool{}
	for _, c := range overtime.Children {
		hidden[c.BizAlias] = c.Hidden
	}
	require.Equal(t, map[string]bool{
		"type": true, "partner": false, "startTime": false, "finishTime": false, "everyDayDuration": false, "duration": false,
		"punchDetails": true, "compensation": true,
	}, hidden)
	require.Len(t, overtime.Children[4].Children, 2)

	odd := wildSchema(t, "schema-odd-props")
	require.True(t, odd.Components[1].Required)
	require.True(t, odd.Components[2].Multiple)
	require.Equal(t, []string{"无", "3"}, odd.Components[0].Options)
	require.Len(t, wildSchema(t, "schema-relieve").Components[0].Children, 6)

	leave := wildSchema(t, "schema-leave").Components[0]
	require.Equal(t, []string{"事假", "年假"}, leave.Options)
	require.Equal(t, `["开始时间","结束时间"]`, leave.Name())
}

// A suite passes in each shape that others send: as itself, and as its components
// among the others.
func TestCheckSuites(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schema string
		values form.Values
		want   []form.Problem
	}{
		"left out": {"schema-goout", form.Values{{Name: "事由", Value: "x"}}, nil},
		"laid out": {"schema-goout", wild(t, "suite-laid-out"), nil},
		"laid out, incomplete": {"schema-goout", form.Values{
			{ID: "sel_1", Name: "外出类型", Value: "吃饭"}, {ID: "d_1", Name: "开始时间", Value: "2026-08-13 上午"}, {ID: "d_2", Name: "结束时间", Value: "soon"},
		}, []form.Problem{
			{Label: "外出类型", Type: "DDSelectField", Message: `must be one of 见客户, got "吃饭"`},
			{Label: "结束时间", Type: "DDDateField", Message: `must be a date such as 2006-01-02 or 2006-01-02 15:04, got "soon"`},
			{Label: "时长", Type: "NumberField", Message: "is required"},
		}},
		"a missed punch": {"schema-supply", form.Values{{ID: "DDDateField-1", Name: "补卡时间", Value: "2026-08-05 04:00", ExtValue: `{"workDate":1785772800000}`}}, nil},
		"no component of it": {"schema-supply", form.Values{{Name: "补卡地点", Value: "x"}}, []form.Problem{
			{Label: "补卡地点", Message: "is not on the form, which has 补卡时间"},
		}},
		"as itself": {"schema-overtime", form.Values{{
			ID: "DDBizSuite_1", Name: "加班", Value: `[{"key":"c_1","label":"加班人","value":"丙","bizAlias":"partner","extendValue":[{"emplId":"u6","name":"丙"}]},{"key":"d_1","label":"开始时间","value":"2026-08-01 09:00"},` +
				`{"key":"d_2","label":"结束时间","value":"2026-08-02 18:00"},{"key":"t_1","label":"明细","value":"[{\"rowValue\":[{\"key\":\"d_3\",\"label\":\"加班时间\",\"value\":\"2026-08-01\"},{\"key\":\"n_3\",\"label\":\"加班时长\",\"value\":\"8\"}]}]"},` +
				`{"key":"n_1","label":"总时长","value":"8","extendValue":{"unit":"HOUR"}}]`,
		}}, nil},
		"as itself, incomplete": {"schema-overtime", form.Values{{
			Name: "加班", Value: `[{"key":"c_1","value":"丙"},{"key":"d_1","value":"2026-08-01 09:00"},{"key":"d_2","value":"2026-08-02 18:00"},{"key":"n_1","value":"long"},{"key":"x","value":"y"},` +
				`{"key":"t_1","value":"[{\"rowValue\":[{\"key\":\"d_3\",\"value\":\"2026-08-01\"}]}]"}]`,
		}}, []form.Problem{
			{Label: "加班.x", Message: `has the id "x", which is not on the form`},
			{Label: "加班.明细[0].加班时长", Type: "NumberField", Message: "is required"},
			{Label: "加班.总时长", Type: "NumberField", Message: `must be a number such as 12.50, got "long"`},
		}},
		"as text":  {"schema-overtime", form.Values{{Name: "加班", Value: `x`}}, []form.Problem{{Label: "加班", Type: "DDBizSuite", Message: "must be a list of the suite's components"}}},
		"leave":    {"schema-leave", form.Values{{Name: `["开始时间","结束时间"]`, Value: wild(t, "suite-leave")[0].Value}}, nil},
		"no leave": {"schema-leave", form.Values{{Name: `["开始时间","结束时间"]`, Value: `["2026-01-06"]`}}, []form.Problem{{Label: `["开始时间","结束时间"]`, Type: "DDHolidayField", Message: "must be a JSON array of start, end, duration, unit and kind"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, problemsOf(t, form.Check(wildSchema(t, test.schema), test.values)))
		})
	}
}
