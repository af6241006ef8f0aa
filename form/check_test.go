package form_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// problemsOf are the problems that Check tells.
func problemsOf(t *testing.T, err error) []form.Problem {
	t.Helper()
	if err == nil {
		return nil
	}
	var e *form.Error
	require.ErrorAs(t, err, &e)
	return e.Problems
}

// TestCheckValues has values that pass and values that do not for each component.
func TestCheckValues(t *testing.T) {
	t.Parallel()
	array := func(n int, item string) string { return "[" + strings.Repeat(item+",", n-1) + item + "]" }
	options := []string{"年假", "事假"}
	day, minute := "yyyy-MM-dd", "yyyy-MM-dd HH:mm"
	for _, test := range []struct {
		component form.Component
		good      []string
		bad       map[string]string // value: what the problem says
	}{
		{form.Component{Type: "TextField"}, []string{"a", strings.Repeat("字", 65535)}, map[string]string{strings.Repeat("字", 65536): "at most 65535 characters, has 65536"}},
		{form.Component{Type: "TextareaField"}, []string{"a\r\nb"}, nil},
		{form.Component{Type: "IdCardField"}, []string{"11010519491231002X"}, nil},
		{form.Component{Type: "NewField"}, []string{"anything", "["}, nil},
		{form.Component{Type: "NumberField"}, []string{"100", "-0.5", "12345678901234567890.10"}, map[string]string{"abc": "must be a number", "1e3": "must be a number", "1,000": "must be a number", " ": "must be a number"}},
		{form.Component{Type: "MoneyField"}, []string{"0.10"}, map[string]string{"￥1": "must be a number"}},
		{form.Component{Type: "CalculateField"}, []string{"100"}, map[string]string{"x": "must be a number"}},
		{form.Component{Type: "DDSelectField", Options: options}, []string{"年假"}, map[string]string{"病假": `must be one of 年假, 事假, got "病假"`, `["年假","事假"]`: "takes the text of one option, got a JSON array of 2"}},
		{form.Component{Type: "DDSelectField", Options: options, OtherOption: true}, []string{"年假", "探亲"}, map[string]string{`["年假"]`: "takes the text of one option"}},
		{form.Component{Type: "DDSelectField"}, []string{"any", `["x"]`}, nil},
		{form.Component{Type: "DDMultiSelectField", Options: options}, []string{`["年假"]`, `["年假","事假"]`}, map[string]string{"年假": "must be a JSON array", `["病假"]`: `must be of 年假, 事假, got "病假"`, `[1]`: "must be a JSON array", `[null]`: "must be a JSON array", `["年假"`: "must be a JSON array"}},
		{form.Component{Type: "DDMultiSelectField", Options: options, OtherOption: true}, []string{`["探亲"]`}, nil},
		{form.Component{Type: "DDDateField", Format: day}, []string{"2021-08-17"}, map[string]string{"2021-08-17 09:00": "must be as precise as 2006-01-02", "17.8.2021": "must be a date", "2021-02-30": "must be a date"}},
		{form.Component{Type: "DDDateField", Format: minute}, []string{"2021-08-17 09:00"}, map[string]string{"2021-08-17": "must be as precise as 2006-01-02 15:04", "2021-08-17 09:00:00": "must be as precise", "2021-08-17 25:00": "must be a date"}},
		{form.Component{Type: "DDDateField"}, []string{"2021-08-17", "2021-08-17 09:00"}, map[string]string{"2021-08-17 09:00:00": "must be as precise as 2006-01-02 or 2006-01-02 15:04"}},
		{form.Component{Type: "DDDateField", Format: "yyyy-MM"}, []string{"2021-08", "?"}, nil},
		{
			form.Component{Type: "DDDateRangeField", Format: day, SecondLabel: "结束"},
			[]string{`["2019-02-19","2019-02-25"]`, `["2019-02-19","2019-02-19"]`},
			map[string]string{
				`["2019-02-25","2019-02-19"]`: "ends at 2019-02-19, before it starts at 2019-02-25", `["2019-02-19",""]`: "needs both start and end",
				`["2019-02-19"]`: "must be a JSON array of start and end", "2019-02-19": "must be a JSON array of start and end",
				`["2019-02-19 09:00","2019-02-25"]`: "start must be as precise", `["2019-02-19","x"]`: "end must be a date", `["2019-02-19",null]`: "must be a JSON array",
			},
		},
		{form.Component{Type: "DDDateRangeField", Format: minute}, []string{`["2019-02-19 09:00","2019-02-19 18:00"]`}, map[string]string{`["2019-02-19 18:00","2019-02-19 09:00"]`: "before it starts"}},
		{form.Component{Type: "PhoneField"}, []string{"15712344545", "+86-157 1234 4545", "(0571) 88888888", "110"}, map[string]string{"one": "must be a phone number", "+8": "must be a phone number", "+-()": "must be a phone number"}},
		{form.Component{Type: "DDPhotoField"}, []string{array(9, `"https://example.com/a.png"`)}, map[string]string{array(10, `"u"`): "at most 9 images, has 10", "https://example.com/a.png": "must be a JSON array of addresses", `[""]`: "must be a JSON array of addresses"}},
		{
			form.Component{Type: "DDAttachment"},
			[]string{`[{"spaceId":"163","fileName":"a.jpg","fileSize":"333","fileType":"jpg","fileId":"643"}]`},
			map[string]string{
				`[{"spaceId":"163","fileName":"a.jpg","fileSize":"333","fileType":"jpg"}]`: "file 0 has no fileId",
				`[{"fileId":"643","fileName":"a.jpg"}]`:                                    "file 0 has no spaceId", `[{"fileId":"643","spaceId":"1"}]`: "file 0 has no fileName",
				"643": "must be a JSON array of", `["643"]`: "must be a JSON array of",
			},
		},
		{form.Component{Type: "InnerContactField"}, []string{`["4525"]`, "4525"}, map[string]string{`["4525","4526"]`: "takes one person, got 2", `[4525]`: "must be a JSON array of user ids", `["4525"`: "must be a JSON array of user ids", `[""]`: "must be a JSON array of user ids"}},
		{form.Component{Type: "InnerContactField", Multiple: true}, []string{`["4525","4526"]`}, nil},
		{form.Component{Type: "DepartmentField", Multiple: true}, []string{"111", "111,222", `["111","222"]`, "[111]", "-1"}, map[string]string{"研发部": "must be department ids", `["x"]`: "must be department ids", "1,": "must be department ids"}},
		{form.Component{Type: "DepartmentField"}, []string{"111", "[111]"}, map[string]string{"111,222": "takes one department, got 2", "[1,2]": "takes one department, got 2"}},
		{form.Component{Type: "RelateField"}, []string{`["fa2a","7125"]`, "fa2a", array(9, `"a"`)}, map[string]string{array(10, `"a"`): "at most 9 approvals, has 10", "[1]": "must be a JSON array of instance ids", `[""]`: "must be a JSON array of instance ids"}},
		{form.Component{Type: "AddressField"}, []string{"北京,北京市,东城区", `["北京,北京市,东城区"]`, `["浙江省","杭州市","余杭区"]`, "广东省,东莞市"}, map[string]string{"北京": "must be province, city", ",北京市": "must be province, city", `["北京"]`: "must be province, city"}},
		{form.Component{Type: "StarRatingField", MaxStars: 5}, []string{"1", "5"}, map[string]string{"6": "must be 1 to 5 stars", "0": "must be 1 to 5 stars", "4.5": "must be 1 to 5 stars", "many": "must be 1 to 5 stars"}},
		{form.Component{Type: "StarRatingField"}, []string{"10"}, map[string]string{"11": "must be 1 to 10 stars"}},
		{
			form.Component{Type: "TimeAndLocationField", SecondLabel: "地点"},
			[]string{`["2025-01-03 14:27:20",120.021195,30.281506,"浙江省杭州市",100]`, `["2025-01-03 14:27:20",120,30,"杭州"]`},
			map[string]string{
				`["2025-01-03",120,30,"杭州",1]`: "must have a time", `["2025-01-03 14:27:20",181,30,"杭州"]`: "must have a longitude", `["2025-01-03 14:27:20",120,-91,"杭州"]`: "must have a longitude",
				`["2025-01-03 14:27:20","120","30","杭州"]`: "must be a JSON array of time (text)", "杭州": "must be a JSON array of time", `["2025-01-03 14:27:20"]`: "must be a JSON array of time",
			},
		},
		{form.Component{Type: "TextNote"}, nil, map[string]string{"x": "cannot be filled in by a call"}},
		{form.Component{Type: "DDHolidayField"}, nil, map[string]string{"x": "must be a list of the suite's components"}},
		{form.Component{Type: "FormRelateField"}, nil, map[string]string{"x": "cannot be filled in by a call"}},
		{form.Component{Type: "SignatureField"}, nil, map[string]string{"x": "cannot be filled in by a call"}},
		{form.Component{Type: "SeqNumberField"}, nil, map[string]string{"x": "cannot be filled in by a call"}},
	} {
		t.Run(test.component.Type+" "+test.component.Format, func(t *testing.T) {
			t.Parallel()
			test.component.Label = "标签"
			schema := &form.Schema{Components: []form.Component{test.component}}
			for _, value := range test.good {
				require.NoError(t, form.Check(schema, []form.Value{{Name: "标签", Value: value}}))
			}
			for value, want := range test.bad {
				problems := problemsOf(t, form.Check(schema, []form.Value{{Name: "标签", Value: value}}))
				require.Len(t, problems, 1, value)
				require.Contains(t, problems[0].Message, want)
				require.Equal(t, test.component.Name(), problems[0].Label)
				require.Equal(t, test.component.Type, problems[0].Type)
			}
			// Nothing is as good as no value, and either is refused when it is required.
			require.NoError(t, form.Check(schema, []form.Value{{Name: "标签"}}))
			require.NoError(t, form.Check(schema, []form.Value{}))
		})
	}
}

func sampleForm() *form.Schema {
	return &form.Schema{Name: "报销", Components: []form.Component{
		{Type: "TextField", ID: "T-1", BizAlias: "reason", Label: "事由", Required: true},
		{Type: "DDDateRangeField", ID: "D-1", Label: "开始时间", SecondLabel: "结束时间"},
		{Type: "TextNote", ID: "N-1", Label: "说明", Required: true},
		{Type: "CalculateField", ID: "C-1", Label: "合计", Required: true},
		{Type: "TableField", ID: "L-1", Label: "明细", Children: []form.Component{
			{Type: "MoneyField", ID: "M-1", Label: "金额", Required: true},
			{Type: "TextField", ID: "M-2", Label: "备注"},
			{Type: "InnerContactField", ID: "M-3", Label: "同行人", Multiple: true},
		}},
	}}
}

func TestCheckNames(t *testing.T) {
	t.Parallel()
	reason := form.Value{Name: "事由", Value: "x"}
	trip := `["2019-02-19","2019-02-25"]`
	for name, test := range map[string]struct {
		values []form.Value
		want   []form.Problem
	}{
		"label":          {values: []form.Value{reason}},
		"id":             {values: []form.Value{{ID: "T-1", Name: "renamed", Value: "x"}}},
		"bizAlias":       {values: []form.Value{{BizAlias: "reason", Name: "renamed", Value: "x"}}},
		"both labels":    {values: []form.Value{reason, {Name: `["开始时间","结束时间"]`, Value: trip}}},
		"spaces between": {values: []form.Value{reason, {Name: `["开始时间", "结束时间"]`, Value: trip}}},
		"first label":    {values: []form.Value{reason, {Name: "开始时间", Value: trip}}},
		"type":           {values: []form.Value{{Name: "事由", Value: "x", ComponentType: "TextField"}}},
		"required":       {nil, []form.Problem{{Label: "事由", Type: "TextField", Message: "is required"}}},
		"empty":          {[]form.Value{{Name: "事由"}}, []form.Problem{{Label: "事由", Type: "TextField", Message: "is required"}}},
		"unknown label": {[]form.Value{reason, {Name: "事 由", Value: "x", ComponentType: "TextField"}}, []form.Problem{
			{Label: "事 由", Type: "TextField", Message: `is not on the form, which has 事由, ["开始时间","结束时间"], 合计, 明细`},
		}},
		"unknown id":       {[]form.Value{reason, {ID: "T-9", Value: "x"}}, []form.Problem{{Label: "T-9", Message: `has the id "T-9", which is not on the form`}}},
		"unknown bizAlias": {[]form.Value{reason, {BizAlias: "cause", Value: "x"}}, []form.Problem{{Label: "cause", Message: `has the bizAlias "cause", which is not on the form`}}},
		"no name":          {[]form.Value{reason, {Value: "x"}}, []form.Problem{{Message: `is not on the form, which has 事由, ["开始时间","结束时间"], 合计, 明细`}}},
		"other labels": {[]form.Value{reason, {Name: `["开始时间","x"]`, Value: trip}}, []form.Problem{
			{Label: `["开始时间","x"]`, Message: `is not on the form, which has 事由, ["开始时间","结束时间"], 合计, 明细`},
		}},
		"twice":         {[]form.Value{reason, {ID: "T-1", Name: "事由", Value: "y"}}, []form.Problem{{Label: "事由", Message: "is given twice"}}},
		"another type":  {[]form.Value{{Name: "事由", Value: "1", ComponentType: "NumberField"}}, []form.Problem{{Label: "事由", Type: "TextField", Message: "is a TextField on the form, not a NumberField"}}},
		"long extValue": {[]form.Value{{Name: "事由", Value: "1", ExtValue: strings.Repeat("x", 65536)}}, []form.Problem{{Label: "事由", Type: "TextField", Message: "must have an extValue of at most 65535 characters, has 65536"}}},
		"everything at once": {[]form.Value{{Name: "说明", Value: "x"}, {Name: "?", Value: "x"}, {Name: "合计", Value: "x"}}, []form.Problem{
			{Label: "?", Message: `is not on the form, which has 事由, ["开始时间","结束时间"], 合计, 明细`},
			{Label: "事由", Type: "TextField", Message: "is required"},
			{Label: "说明", Type: "TextNote", Message: "cannot be filled in by a call; leave it out"},
			{Label: "合计", Type: "CalculateField", Message: `must be a number such as 12.50, got "x"`},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, problemsOf(t, form.Check(sampleForm(), test.values)))
		})
	}
}

func TestCheckRequired(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		component form.Component
		demanded  bool
	}{
		"required":    {form.Component{Required: true}, true},
		"disabled":    {form.Component{Required: true, Disabled: true}, true},
		"optional":    {form.Component{}, false},
		"hidden":      {form.Component{Required: true, Hidden: true}, false},
		"conditional": {form.Component{Required: true, Conditional: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.component.Label, test.component.Type = "人", "InnerContactField"
			schema := &form.Schema{Components: []form.Component{test.component}}
			for _, values := range [][]form.Value{nil, {{Name: "人"}}, {{Name: "人", Value: "[]"}}, {{Name: "人", Value: " [] "}}} {
				require.Equal(t, test.demanded, form.Check(schema, values) != nil)
			}
		})
	}
}

func TestCheckTables(t *testing.T) {
	t.Parallel()
	people := func(n int) string { return strings.TrimSuffix(strings.Repeat(`\"u\",`, n), ",") }
	cell := func(name, value string) string { return `{"name":"` + name + `","value":"` + value + `"}` }
	for name, test := range map[string]struct {
		value string
		want  []form.Problem
	}{
		"rows":          {value: `[[` + cell("金额", "1") + `],[` + cell("金额", "2") + `,` + cell("备注", "x") + `]]`},
		"ids":           {value: `[[{"id":"M-1","value":"1"}]]`},
		"objects":       {value: `[{"金额":"1","备注":"x"},{"金额":2}]`},
		"no rows":       {value: `[]`},
		"JSON in cells": {value: `[[` + cell("金额", "1") + `,{"name":"同行人","value":["4525"]}]]`},
		"many rows":     {value: `[` + strings.TrimSuffix(strings.Repeat(`[`+cell("金额", "1")+`],`, 101), ",") + `]`},
		"missing, wrong and unknown": {`[[` + cell("备注", "x") + `],[` + cell("金额", "x") + `],[` + cell("金额", "1") + `,` + cell("单价", "1") + `]]`, []form.Problem{
			{Label: "明细[0].金额", Type: "MoneyField", Message: "is required"},
			{Label: "明细[1].金额", Type: "MoneyField", Message: `must be a number such as 12.50, got "x"`},
			{Label: "明细[2].单价", Message: "is not on the form, which has 金额, 备注, 同行人"},
		}},
		"an empty row": {`[[]]`, []form.Problem{{Label: "明细[0].金额", Type: "MoneyField", Message: "is required"}}},
		"no row":       {`[{"金额":"1"},null]`, []form.Problem{{Label: "明细", Type: "TableField", Message: "has a row 1 that is neither a list of cells nor an object"}}},
		"one row":      {`{"金额":"1"}`, []form.Problem{{Label: "明细", Type: "TableField", Message: "must be a list of rows"}}},
		"malformed":    {`[[`, []form.Problem{{Label: "明细", Type: "TableField", Message: "is malformed JSON at byte 2"}}},
		"50 people":    {value: `[[` + cell("金额", "1") + `,` + cell("同行人", "["+people(50)+"]") + `]]`},
		"51 people": {`[[` + cell("金额", "1") + `,` + cell("同行人", "["+people(50)+"]") + `],[` + cell("金额", "1") + `,` + cell("同行人", "u") + `]]`, []form.Problem{
			{Label: "明细", Type: "TableField", Message: "must have at most 50 people in all rows, has 51"},
		}},
		"too long": {`[[` + cell("备注", strings.Repeat("x", 65536)) + `]]`, []form.Problem{{Label: "明细", Type: "TableField", Message: "must have at most 65535 characters, has 65564"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := []form.Value{{Name: "事由", Value: "x"}, {Name: "明细", Value: test.value}}
			require.Equal(t, test.want, problemsOf(t, form.Check(sampleForm(), values)))
		})
	}
}

func TestCheckLeavesDetailsAlone(t *testing.T) {
	t.Parallel()
	schema := sampleForm()
	schema.Components[4].Required = true
	values := []form.Value{{Name: "事由", Value: "x"}, {Name: "明细", Details: []form.Value{{Name: "金额", Value: "1"}}}}
	require.NoError(t, form.Check(schema, values))
	require.Error(t, form.Check(schema, values[:1]))
}

func TestCheckComponentsOfOneLabel(t *testing.T) {
	t.Parallel()
	schema := &form.Schema{Components: []form.Component{{Type: "TextField", ID: "1", Label: "事由"}, {Type: "NumberField", ID: "2", Label: "事由"}}}
	require.NoError(t, form.Check(schema, []form.Value{{Name: "事由", Value: "x"}, {Name: "事由", Value: "1"}}))
	require.Error(t, form.Check(schema, []form.Value{{Name: "事由", Value: "x"}, {Name: "事由", Value: "1"}, {Name: "事由", Value: "1"}}))
}

// TestCheckStructs: what no struct can be written for is told like what the form
// refuses.
func TestCheckStructs(t *testing.T) {
	t.Parallel()
	type line struct {
		Amount form.Decimal `form:"金额"`
		Note   string       `form:"备注"`
	}
	type expense struct {
		Reason string         `form:"事由,required"`
		Span   form.DateRange `form:"开始时间,and=结束时间"`
		Lines  []line         `form:"明细"`
	}
	schema := sampleForm()
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	good := expense{"出差", form.DateRange{Start: day, End: day}, []line{{Amount: form.NewDecimal(1050, 2)}}}
	require.NoError(t, form.Check(schema, good))
	require.NoError(t, form.Check(schema, &good))
	values, err := form.Marshal(good)
	require.NoError(t, err)
	require.NoError(t, form.Check(schema, form.Values(values)))

	schema.Components[1].Format = "yyyy-MM-dd HH:mm"
	schema.Components[4].Children[1].Required = true
	require.Equal(t, []form.Problem{
		{Field: "Span", Label: `["开始时间","结束时间"]`, Type: "DDDateRangeField", Message: `start must be as precise as 2006-01-02 15:04, got "2026-12-01"`},
		{Field: "Lines[0].Note", Label: "明细[0].备注", Type: "TextField", Message: "is required"},
	}, problemsOf(t, form.Check(schema, good)))
	schema.Components[4].Children[0].Label = "单价"
	require.Equal(t, form.Problem{Field: "Lines[0].Amount", Label: "明细[0].金额", Message: "is not on the form, which has 单价, 备注, 同行人"}, problemsOf(t, form.Check(schema, &good))[1])
	good.Reason = ""
	require.Equal(t, []form.Problem{{Field: "Reason", Label: "事由", Type: "TextField", Message: "is required"}}, problemsOf(t, form.Check(schema, good)))
	require.ErrorContains(t, form.Check(schema, 1), "not int")
}

func TestCheckWithoutForm(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, form.Check(nil, []form.Value{}), "the schema is nil")
	require.ErrorContains(t, form.Check(&form.Schema{}, []form.Value{{Name: "x", Value: "y"}}), "which has none")
}

// FuzzCheck: whatever the values and the schema are, there is no panic, and what
// is wrong is a form.Error that says something.
func FuzzCheck(f *testing.F) {
	f.Add("DDDateRangeField", "a", "b", "yyyy-MM-dd", "a", `["2019-02-19","2019-02-25"]`)
	f.Add("TableField", "a", "", "", "a", `[[{"name":"a","value":[]}],{"a":1}]`)
	f.Add("TimeAndLocationField", "a", "b", "", `["a","b"]`, `["2025-01-03 14:27:20",120,30,"a",1]`)
	f.Add("DDAttachment", "a", "", "", "a", `[{"fileId":1}]`)
	for _, componentType := range []string{"NumberField", "DDSelectField", "DDMultiSelectField", "InnerContactField", "DepartmentField", "AddressField", "StarRatingField"} {
		f.Add(componentType, "a", "", "", "a", `["a",1]`)
	}
	f.Fuzz(func(t *testing.T, componentType, label, second, format, name, value string) {
		component := form.Component{Type: componentType, Label: label, SecondLabel: second, Format: format, Required: true, Options: []string{"a"}}
		component.Children = []form.Component{component}
		err := form.Check(&form.Schema{Components: []form.Component{component}}, []form.Value{{Name: name, Value: value}})
		if err != nil {
			require.NotEmpty(t, problemsOf(t, err)[0].Message)
		}
	})
}
