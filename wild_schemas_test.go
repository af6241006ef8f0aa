package dingoa_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
)

// TestWildSchemas reads schemas by the templates service, and what form.Check
// needs of them.
func TestWildSchemas(t *testing.T) {
	t.Parallel()
	expected := wildSchemas()
	for name, payload := range wildFiles(t, "schemas", expected) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema, err := wildClient(t, name, payload).Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-A"})
			require.NoError(t, err)
			want := expected[name]
			require.Equal(t, want, *schema.Form())
			parsed, err := form.ParseSchema([]byte(payload))
			require.NoError(t, err)
			require.Equal(t, want, *parsed)
		})
	}
}

// TestWildSuiteSettings reads what ties a suite to its business.
func TestWildSuiteSettings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"03-goout-suite.json":    {"attendance.goout", "goout"},
		"04-supply-suite.json":   {"attendance.supply", "supply"},
		"21-overtime-suite.json": {"attendance.batchovertime", "overtime"},
		"22-trip-suite.json":     {"alitrip.business", ""},
		"23-relieve-suite.json":  {"attendance.relieve", "relieve"},
	} {
		payload := string(readFile(t, "testdata", "wild", "schemas", name))
		schema, err := wildClient(t, name, payload).Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-A"})
		require.NoError(t, err)
		suite := schema.Content.Items[0]
		require.Equal(t, want, [2]string{suite.Props.BizType, suite.Props.BizAlias}, name)
		require.Equal(t, "DDBizSuite", suite.ComponentName)
	}
	payload := string(readFile(t, "testdata", "wild", "schemas", "21-overtime-suite.json"))
	schema, err := wildClient(t, "", payload).Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-A"})
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"partner": true, "type": true, "punchDetails": false}, schema.Content.Items[0].Props.ChildFieldVisible)
	require.Equal(t, "加班", schema.Content.Items[0].Props.Push.Tag)
	item, ok := schema.Content.Item("加班时长") // a column of a table in a suite
	require.True(t, ok)
	require.Equal(t, "overtimeDuration", item.Props.BizAlias)
	payload = string(readFile(t, "testdata", "wild", "schemas", "20-leave-suite.json"))
	schema, err = wildClient(t, "", payload).Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-A"})
	require.NoError(t, err)
	leave := schema.Content.Items[0].Props
	require.JSONEq(t, `["开始时间","结束时间"]`, leave.Label)
	require.Equal(t, "请假类型", leave.AttendTypeLabel)
	require.Equal(t, dingoa.SchemaPush{Switch: 1, Tag: "请假", AttendanceRule: 1}, leave.Push)
	require.Len(t, leave.Options, 2)
	require.JSONEq(t, `{"unit":"hour","name":"事假","leaveCode":"885d","displayUnit":"按小时请假"}`, leave.Options[0])
}

func wildSchemas() map[string]form.Schema {
	mixed := form.Schema{ProcessCode: "PROC-A", Name: "单", Components: []form.Component{
		{Type: "TextField", ID: "t", Label: "事由", Required: true},
		{Type: "DDSelectField", ID: "s", Label: "方向", Options: []string{"甲", "乙", "丙"}},
		{Type: "DDDateRangeField", ID: "r", Label: "时段"},
		{Type: "TextNote", ID: "n"},
	}}
	child := func(component, alias, id, label string, required bool) form.Component {
		return form.Component{Type: component, BizAlias: alias, ID: id, Label: label, Required: required}
	}
	with := func(c form.Component, change func(*form.Component)) form.Component {
		change(&c)
		return c
	}
	multiple := func(c *form.Component) { c.Multiple = true }
	day := func(c *form.Component) { c.Format = "yyyy-MM-dd" }
	return map[string]form.Schema{
		"01-mixed-options.json":   mixed,
		"02-content-as-text.json": mixed,
		"03-goout-suite.json": {ProcessCode: "PROC-G", Name: "外出", Components: []form.Component{
			{Type: "DDBizSuite", ID: "DDBizSuite_1", BizAlias: "goout", BizType: "attendance.goout", Label: "外出", Unit: "day", Children: []form.Component{
				with(child("DDSelectField", "type", "sel_1", "外出类型", true), func(c *form.Component) { c.Options = []string{"见客户"} }),
				child("DDDateField", "startTime", "d_1", "开始时间", true),
				child("DDDateField", "finishTime", "d_2", "结束时间", true),
				with(child("NumberField", "duration", "n_1", "时长", true), func(c *form.Component) { c.Disabled = true }),
				with(child("InnerContactField", "traveler", "c_1", "同行人", false), multiple),
			}},
			{Type: "TextareaField", ID: "ta", Label: "事由"},
		}},
		"04-supply-suite.json": {ProcessCode: "PROC-S", Name: "补卡", Components: []form.Component{
			{Type: "DDBizSuite", ID: "DDBizSuite-1", BizAlias: "supply", BizType: "attendance.supply", Children: []form.Component{
				with(child("DDDateField", "userCheckTime", "DDDateField-1", "补卡时间", true), func(c *form.Component) { c.Format = "yyyy-MM-dd HH:mm" }),
			}},
		}},
		"20-leave-suite.json": {ProcessCode: "PROC-L", Name: "请假", Components: []form.Component{
			{Type: "DDHolidayField", ID: "DDHolidayField-1", Label: "开始时间", SecondLabel: "结束时间", Required: true, Options: []string{"事假", "年假"}},
			{Type: "TextareaField", ID: "事由", Label: "事由"},
		}},
		"21-overtime-suite.json": {ProcessCode: "PROC-O", Name: "加班", Components: []form.Component{
			{Type: "DDBizSuite", ID: "DDBizSuite_1", BizAlias: "overtime", BizType: "attendance.batchovertime", Label: "加班", Unit: "hour", Children: []form.Component{
				with(child("DDSelectField", "type", "", "", false), func(c *form.Component) { c.Hidden = true }),
				with(child("InnerContactField", "partner", "InnerContactField_1", "加班人", true), multiple),
				child("TextNote", "partnerTip", "TextNote_2", "", false),
				child("DDDateField", "startTime", "DDDateField_3", "开始时间", true),
				child("DDDateField", "finishTime", "DDDateField_4", "结束时间", true),
				with(child("TableField", "everyDayDuration", "TableField_5", "明细", false), func(c *form.Component) {
					c.Hidden = true
					c.Children = []form.Component{
						with(child("DDDateField", "overtimeDate", "DDDateField_6", "加班时间", false), func(c *form.Component) { c.Disabled = true; day(c) }),
						child("NumberField", "overtimeDuration", "NumberField_7", "加班时长", false),
					}
				}),
				with(child("NumberField", "duration", "NumberField_8", "总时长", true), func(c *form.Component) { c.Disabled = true }),
				with(child("DDSelectField", "compensation", "DDSelectField_9", "加班补偿", false), func(c *form.Component) {
					c.Hidden, c.Options = true, []string{"转调休", "加班费"}
				}),
			}},
		}},
		"22-trip-suite.json": {ProcessCode: "PROC-T", Name: "出差", Components: []form.Component{
			{Type: "DDBizSuite", ID: "suite-1", BizType: "alitrip.business", Children: []form.Component{{Type: "TextField", Label: "出发城市"}}},
		}},
		"23-relieve-suite.json": {ProcessCode: "PROC-R", Name: "换班", Components: []form.Component{
			{Type: "DDBizSuite", ID: "DDBizSuite-1", BizAlias: "relieve", BizType: "attendance.relieve", Children: []form.Component{
				child("InnerContactField", "applicantStaff", "InnerContactField-1", "换班人", true),
				child("InnerContactField", "reliefStaff", "InnerContactField-2", "替班人", true),
				with(child("DDDateField", "relieveDatetime", "DDDateField-3", "换班日期", true), day),
				with(child("DDDateField", "backDatetime", "DDDateField-4", "还班日期", false), day),
				child("TextNote", "relieveInfo", "TextNote-5", "换班说明", false),
				child("TextNote", "backInfo", "TextNote-6", "还班说明", false),
			}},
		}},
		"24-odd-props.json": {ProcessCode: "PROC-A", Name: "单", Components: []form.Component{
			{Type: "DDSelectField", ID: "s", Label: "劳务", Required: true, Options: []string{"无", "3"}},
			{Type: "NumberField", ID: "n", Required: true},
			{Type: "InnerContactField", ID: "c", Label: "人", Multiple: true},
			{Type: "TableField", ID: "t", Label: "明细"},
		}},
	}
}

// TestWildSuitesFitTheirSchemas checks the published values of suites against the
// published schemas.
func TestWildSuitesFitTheirSchemas(t *testing.T) {
	t.Parallel()
	schema := func(name string) *form.Schema {
		parsed, err := form.ParseSchema(readFile(t, "testdata", "wild", "schemas", name))
		require.NoError(t, err)
		return parsed
	}
	leave := schema("20-leave-suite.json")
	for _, name := range []string{"20-leave-half-days", "21-leave-half-hour", "22-leave-one-afternoon", "23-leave-days", "58-leave-day-and-a-half", "59-leave-as-sent"} {
		var values []form.Value
		require.NoError(t, json.Unmarshal(readFile(t, "testdata", "wild", "values", name+".json"), &values))
		require.NoError(t, form.Check(leave, values), name)
		values[0].Value = strings.Replace(values[0].Value, "2026-", "2026/x", 1)
		require.ErrorContains(t, form.Check(leave, values), "开始时间", name)
	}
	for _, test := range []struct{ values, schema, missing string }{
		{"30-2026-goout-spread.json", "03-goout-suite.json", "startTime"},
		{"31-2026-supply-spread.json", "04-supply-suite.json", "userCheckTime"},
		{"32-2026-overtime-container.json", "21-overtime-suite.json", "duration"},
		{"legacy-23-2020-goout-suite.json", "03-goout-suite.json", "finishTime"},
	} {
		i, err := wildClient(t, test.values, string(readFile(t, "testdata", "wild", "instances", test.values))).Instances.Get(t.Context(), "p1")
		require.NoError(t, err)
		suite, err := i.Form().Suite("")
		require.NoError(t, err)
		var required []string
		for _, child := range schema(test.schema).Components[0].Children {
			value, err := suite.Child(child.BizAlias)
			if err != nil { // nobody filled it in, or it shows nothing
				require.False(t, child.Required && child.BizAlias != "type", child.BizAlias)
				continue
			}
			require.Equal(t, child.BizAlias, value.BizAlias)
			if child.Required {
				required = append(required, child.BizAlias)
			}
		}
		require.Contains(t, required, test.missing, test.values)
	}
}

// TestWildSuitesAsSent sends suites as a published client of the vendor's does, and
// refuses those that are made of Go values: the page on starting approvals says that no
// call can start one.
func TestWildSuitesAsSent(t *testing.T) {
	t.Parallel()
	var leave []form.Value
	require.NoError(t, json.Unmarshal(readFile(t, "testdata", "wild", "values", "59-leave-as-sent.json"), &leave))
	dt := newDingTalk(answer(200, `{"instanceId":"p1"}`))
	req := createRequest()
	req.FormValues = []dingoa.FormValue{{ID: leave[0].ID, Name: leave[0].Name, Value: leave[0].Value, ExtValue: `{"durationInHour":14.87}`}}
	_, err := dt.client(t).Instances.Create(t.Context(), req)
	require.NoError(t, err)
	var sent struct {
		Values json.RawMessage `json:"formComponentValues"`
	}
	require.NoError(t, json.Unmarshal([]byte(dt.sent()[0].Body), &sent))
	require.JSONEq(t, `[{"id":"DDHolidayField-1","name":"[\"开始时间\",\"结束时间\"]","extValue":"{\"durationInHour\":14.87}",
		"value":"[\"2026-08-13 12:08\",\"2026-08-14 18:08\",14.87,\"hour\",\"事假\",\"请假类型\"]"}]`, string(sent.Values))

	var values form.Values
	for label, suite := range map[string]any{
		"请假": form.Holiday{Unit: "day"},
		"加班": form.Suite{Children: form.Values{{BizAlias: "duration", Value: "1"}}},
	} {
		err := values.Set(label, suite)
		require.ErrorContains(t, err, label)
		require.ErrorContains(t, err, "is a suite (套件), which no call can start")
	}
	require.Empty(t, values)
}
