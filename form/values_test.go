package form_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

func TestValues(t *testing.T) {
	t.Parallel()
	start, end := at(2026, 12, 1, 9, 30, 0), at(2026, 12, 2, 18, 0, 0)
	files := []form.Attachment{{SpaceID: "1", FileID: "2", FileName: "a.pdf", FileSize: 3, FileType: "pdf"}}
	place := form.Address{Province: "北京", City: "北京市"}
	spot := form.Location{Time: at(2025, 1, 3, 14, 27, 20), Longitude: 120.02, Latitude: 30.28, Address: "杭州"}
	row := form.Values{{Name: "名称", Value: "椅子"}, {Name: "数量", Value: "2"}}
	var v form.Values
	for _, set := range []struct {
		label string
		value any
	}{
		{"事由", "回家看看"},
		{"天数", 3},
		{"金额,type=MoneyField", form.NewDecimal(10, 2)},
		{"日期,minute", start},
		{"开始时间,and=结束时间,minute", form.DateRange{Start: start, End: end}},
		{"标签", []string{"a", "b"}},
		{"联系人", []form.Contact{{UserID: "u"}}},
		{"部门", form.Department{ID: 1}},
		{"关联", []form.Related{{InstanceID: "fa2aIx8rV1aBcDq3tTyZ1w04891748395993"}}},
		{"附件", files},
		{"图片", []form.Photo{"http://url1"}},
		{"地址", place},
		{"地点", spot},
		{"明细", []form.Values{row}},
	} {
		require.NoError(t, v.Set(set.label, set.value), set.label)
	}
	require.Len(t, v, 14)
	require.Equal(t, form.Value{Name: "金额", Value: "0.10", ComponentType: "MoneyField"}, v[2])
	require.Equal(t, form.Value{Name: `["开始时间","结束时间"]`, Value: `["2026-12-01 09:30","2026-12-02 18:00"]`}, v[4])

	requireGot(t, v.Text, "事由", "回家看看")
	requireGot(t, v.Int, "天数", 3)
	requireGot(t, v.Decimal, "金额", form.NewDecimal(10, 2))
	requireGot(t, v.Time, "日期", start)
	requireGot(t, v.DateRange, "开始时间", form.DateRange{Start: start, End: end})
	requireGot(t, v.DateRange, "开始时间,and=结束时间", form.DateRange{Start: start, End: end})
	requireGot(t, v.Options, "标签", []string{"a", "b"})
	requireGot(t, v.Contacts, "联系人", []form.Contact{{UserID: "u"}})
	requireGot(t, v.Departments, "部门", []form.Department{{ID: 1}})
	requireGot(t, v.Related, "关联", []form.Related{{InstanceID: "fa2aIx8rV1aBcDq3tTyZ1w04891748395993"}})
	requireGot(t, v.Attachments, "附件", files)
	requireGot(t, v.Photos, "图片", []form.Photo{"http://url1"})
	requireGot(t, v.Address, "地址", place)
	requireGot(t, v.Location, "地点", spot)
	requireGot(t, v.Table, "明细", []form.Values{row})

	require.NoError(t, v.Set("天数", "不详"))
	require.Equal(t, "不详", v[1].Value, "in its place")
	require.NoError(t, v.Set("事由", nil))
	require.NoError(t, v.Set("标签", []string{}))
	require.NoError(t, v.Set("never there", (*int)(nil)))
	require.Len(t, v, 12)
	_, err := v.Get("事由")
	require.ErrorIs(t, err, form.ErrAbsent)
	got, err := v.Get("图片")
	require.NoError(t, err)
	require.Equal(t, `["http://url1"]`, got.Value)
}

func requireGot[T any](t *testing.T, getter func(label string) (T, error), label string, want T) {
	t.Helper()
	got, err := getter(label)
	require.NoError(t, err, label)
	require.Equal(t, want, got, label)
}

func TestGettersTellAbsentFromMalformed(t *testing.T) {
	t.Parallel()
	v := form.Values{{Name: "空"}, {Name: "坏", Value: "["}, {Name: "假", Value: `["2026-12-01","2026-12-02",2,"day","年假"]`}, {Name: "a,b", Value: "1"}}
	for label, want := range map[string]string{"无": "form: no value: the form has no component 无", "空": "form: no value: nothing was filled in for 空"} {
		_, err := v.Int(label)
		require.ErrorIs(t, err, form.ErrAbsent)
		require.EqualError(t, err, want)
	}
	_, err := v.Text("无")
	require.ErrorIs(t, err, form.ErrAbsent)
	_, err = v.Table("无")
	require.ErrorIs(t, err, form.ErrAbsent)
	requireGot(t, v.Text, "空", "")
	requireGot(t, v.Options, "空", nil)
	requireGot(t, v.Table, "空", nil)

	for label, want := range map[string]string{
		"坏":        `坏 (NumberField) must be a number, not "["`,
		"坏,minute": "坏,minute (NumberField) has the option minute in its tag",
		"a,b":      `a,b has the unknown option "b" in its tag; write a label with a comma in single quotes`,
		",rest":    ",rest has the option rest",
	} {
		_, err := v.Int(label)
		require.NotErrorIs(t, err, form.ErrAbsent)
		requireProblems(t, err, []string{want})
	}
	requireGot(t, v.Int, "'a,b'", 1)
	_, err = v.Get("a,b")
	require.NoError(t, err)
	_, err = v.Table("坏")
	requireProblems(t, err, []string{"坏 (TableField) is malformed JSON"})
	holiday, err := v.Holiday("假")
	require.NoError(t, err)
	require.Equal(t, "年假", holiday.Type)
}

func TestGetByIDOrAlias(t *testing.T) {
	t.Parallel()
	v := form.Values{{Name: "旧", Value: "1"}, {Name: "新", ID: "N1", BizAlias: "n", Value: "2"}}
	requireGot(t, v.Int, "旧,id=N1", 2)
	requireGot(t, v.Int, ",alias=n", 2)
	requireGot(t, v.Int, "旧,id=N9", 1)
}

func TestFromMap(t *testing.T) {
	t.Parallel()
	v, err := form.FromMap(map[string]any{
		"b": "text", "a": 1, "c": []map[string]any{{"y": 2, "x": "1"}, {"x": "", "y": 3}}, "d": at(2026, 12, 1, 0, 0, 0), "e": nil,
		"f": []sampleRow{{"x", 1}},
	})
	require.NoError(t, err)
	require.Equal(t, form.Values{
		{Name: "a", Value: "1"},
		{Name: "b", Value: "text"},
		{Name: "c", Value: `[[{"name":"x","value":"1"},{"name":"y","value":"2"}],[{"name":"y","value":"3"}]]`},
		{Name: "d", Value: "2026-12-01"},
		{Name: "f", Value: `[[{"name":"单行输入框","value":"x"},{"name":"数字输入框","value":"1"}]]`},
	}, v)

	var decoded map[string]any
	require.NoError(t, json.Unmarshal([]byte(`{"n":1.5,"list":["a","b"],"rows":[{"a":"1"}],"none":[]}`), &decoded))
	v, err = form.FromMap(decoded)
	require.NoError(t, err)
	require.Equal(t, form.Values{{Name: "list", Value: `["a","b"]`}, {Name: "n", Value: "1.5"}, {Name: "rows", Value: `[[{"name":"a","value":"1"}]]`}}, v)

	v, err = form.FromMap(map[string]any{"人": form.Contact{UserID: "u", Name: "小钉"}}, form.ForCenter())
	require.NoError(t, err)
	require.Equal(t, `["小钉"]`, v[0].Value)
}

func TestBadMaps(t *testing.T) {
	t.Parallel()
	_, err := form.FromMap(map[string]any{
		"a": true, "b": []any{"x", 1}, "c": []map[string]any{{"x": 1}, {"y": time.Time{}}, {"x": false}}, "d": form.DateRange{Start: time.Now()},
	})
	requireProblems(t, err, []string{
		"a has the Go type bool, which is no component", "b has a list of neither texts nor rows",
		"c (TableField) has rows that differ: rows 0 and 1 have other labels", "c[2].x has the Go type bool",
		"d (DDDateRangeField) has no End",
	})
	var v form.Values
	err = v.Set("明细", []form.Values{{{Name: "数量"}, {Name: "名称"}}, {{Name: "数里"}, {Name: "名称"}}})
	requireProblems(t, err, []string{`明细 (TableField) has rows that differ: row 0 has "数量", row 1 has "数里"`})
	require.Empty(t, v)
	require.NoError(t, v.Set("明细", []form.Values{{{Name: "数量"}, {Name: "名称"}}, {{Name: "名称"}}}), "a cell may be absent")
	require.NoError(t, v.Set("明细", []sampleRow{{"x", 1}}))
	require.Len(t, v, 1)
	err = v.Set("明细", []loop{{}})
	requireProblems(t, err, []string{"Self (明细.自己) is a table within a table"})
}
