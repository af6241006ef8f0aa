package form_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// wild reads a file of testdata/wild: form values as a reply has them, in the
// spelling of either gateway.
func wild(tb testing.TB, name string) form.Values {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "wild", name+".json"))
	require.NoError(tb, err)
	var replies []struct {
		form.Value
		OldType string `json:"component_type"` //nolint:tagliatelle // the older gateway's spelling
		OldExt  string `json:"ext_value"`      //nolint:tagliatelle // the older gateway's spelling
	}
	require.NoError(tb, json.Unmarshal(data, &replies))
	values := make(form.Values, len(replies))
	for i, r := range replies {
		r.ComponentType += r.OldType
		r.ExtValue += r.OldExt
		values[i] = r.Value
	}
	return values
}

// What nobody filled in is the zero value, or nil for a pointer, whatever stands
// for it.
func TestWildNothing(t *testing.T) {
	t.Parallel()
	type row struct {
		Kind  string `form:"类型"`
		Hours int    `form:"工时"`
	}
	type answers struct {
		Number   *string           `form:"编号"`
		Note     string            `form:"备注,type=TextareaField"`
		Choice   string            `form:"是否,type=DDSelectField"`
		Single   string            `form:"单选,type=DDSelectField"`
		Line     *string           `form:"单行"`
		Count    *int              `form:"数量"`
		Total    *form.Decimal     `form:"合计,type=CalculateField"`
		Amount   *form.Decimal     `form:"金额,type=MoneyField"`
		Day      *time.Time        `form:"日期"`
		Range    *form.DateRange   `form:"开始,and=结束"`
		Tags     []string          `form:"标签"`
		Photos   []form.Photo      `form:"图片"`
		Files    []form.Attachment `form:"附件"`
		Related  []form.Related    `form:"关联"`
		People   []form.Contact    `form:"联系人"`
		Depts    []form.Department `form:"部门"`
		Place    *form.Address     `form:"地址"`
		Location *form.Location    `form:"时间,and=地点"`
		Lines    []row             `form:"明细"`
		IDCard   string            `form:"身份证,type=IdCardField"`
		Invoice  string            `form:"发票,type=InvoiceField"`
	}
	for _, name := range []string{"nothing-older", "nothing-today"} {
		text, count, day := "old", 3, time.Now()
		got := answers{
			Number: &text, Note: text, Choice: text, Line: &text, Count: &count, Day: &day,
			Tags: []string{text}, People: []form.Contact{{UserID: text}}, Lines: []row{{text, 1}},
		}
		values := wild(t, name)
		require.NoError(t, form.Unmarshal(values, &got), name)
		for _, v := range values {
			require.NotEqual(t, "null", v.Name)
		}
		switch name {
		case "nothing-older":
			got.Line = nil
		case "nothing-today":
			got.Number, got.Note, got.Choice = nil, "", ""
		}
		require.Equal(t, answers{}, got, name)
	}

	older := wild(t, "nothing-older")
	requireGot(t, older.Text, "备注", "")
	requireGot(t, older.Table, "明细", nil)
	for _, label := range []string{"数量", "合计"} {
		_, err := older.Decimal(label)
		require.ErrorIs(t, err, form.ErrAbsent, label)
	}
	_, err := older.Time("日期")
	require.ErrorIs(t, err, form.ErrAbsent)
	_, err = wild(t, "nothing-today").DateRange("开始,and=结束")
	require.ErrorIs(t, err, form.ErrAbsent)
}

func TestWildNumbers(t *testing.T) {
	t.Parallel()
	type row struct {
		Amount form.Decimal `form:"金额,type=MoneyField"`
	}
	type amounts struct {
		Paid    form.Decimal `form:"实付,type=CalculateField"`
		Asked   float64      `form:"申请额,type=MoneyField"`
		Count   int          `form:"数量"`
		Small   writes       `form:"小额,type=MoneyField"`
		Details []row        `form:"明细"`
	}
	million, err := form.ParseDecimal("1234567.80")
	require.NoError(t, err)
	var got amounts
	require.NoError(t, form.Unmarshal(wild(t, "numbers-grouped"), &got))
	require.Equal(t, amounts{form.NewDecimal(100050, 2), 286400, -12345, writes{"999.90"}, []row{{million}}}, got)

	for _, odd := range []string{"1,00", "1,0000", "12,34,567", "1,234.5,6", ",123", "1,", "0,123", "1.000,50", "1000,000", "1,000.", "１，０００", "￥1,000", "1，000", "1,000e3"} {
		v := form.Values{{Name: "金额", Value: odd}}
		_, err := v.Decimal("金额,type=MoneyField")
		require.NotErrorIs(t, err, form.ErrAbsent)
		requireProblems(t, err, []string{"must be a number"})
		_, err = v.Int("金额")
		requireProblems(t, err, []string{"must be a number"})
	}
	_, err = form.Marshal(struct {
		A writes `form:"金额,type=MoneyField"`
	}{writes{"1,000"}})
	requireProblems(t, err, []string{`must be a number, not "1,000"`})
}

func TestWildRelated(t *testing.T) {
	t.Parallel()
	requireGot(t, wild(t, "relate-titles").Related, "关联", []form.Related{{Title: "李四提交的事项"}})
	requireGot(t, wild(t, "relate-listed").Related, "关联", []form.Related{
		{InstanceID: "AAAAAAAAAAAAAAAAAAAAAA04891777478459", Title: "甲提交的采购", BusinessID: "202604300000000111222"},
		{InstanceID: "BBBBBBBBBBBBBBBBBBBBBB04891776184868", Title: "乙提交的采购", BusinessID: "202604150041000111222"},
	})
	for value, want := range map[string]form.Related{
		`["RgJJ1veyQl2Ax8rV1aBcDw04891748395993"]`: {InstanceID: "RgJJ1veyQl2Ax8rV1aBcDw04891748395993"},
		`4f43b3ed-6060-4edc-967a-7e75ed639c32`:     {InstanceID: "4f43b3ed-6060-4edc-967a-7e75ed639c32"},
		`["PO-2026-001"]`:                          {Title: "PO-2026-001"},
		`["Li Si submitted a request for leave"]`:  {Title: "Li Si submitted a request for leave"},
	} {
		requireGot(t, form.Values{{Name: "关联", Value: value}}.Related, "关联", []form.Related{want})
	}
	requireGot(t, form.Values{{Name: "关联", Value: `["甲提交的采购"]`, ExtValue: `{"list":[]}`}}.Related, "关联", []form.Related{{Title: "甲提交的采购"}})
}

func TestWildPeople(t *testing.T) {
	t.Parallel()
	v := wild(t, "people")
	for label, want := range map[string][]form.Contact{
		"经理":   {{UserID: "203562535620041938", Name: "甲"}},
		"接待":   {{UserID: "u5", Name: "乙"}},
		"两人":   {{UserID: "u6", Name: "丙"}, {Name: "丁"}},
		"只有名字": {{Name: "戊"}},
		"只有标识": {{UserID: "manager4974"}, {UserID: "0147282552401293909"}},
		"规范化":  {{UserID: "u8"}, {UserID: "u9"}},
		"昵称":   {{UserID: "u10", Name: "己"}},
		"一人":   {{UserID: "u11", Name: "庚"}},
		"空扩展":  {{Name: "辛"}},
		"文字扩展": {{Name: "壬"}},
		"员工号":  {{UserID: "u12", Name: "癸"}},
		"无名":   {{UserID: "u13", Name: "子"}},
		"小写":   {{UserID: "u14", Name: "丑"}},
		"顿号":   {{Name: "寅"}, {Name: "卯"}},
		"两个无名": {{UserID: "u15", Name: "辰"}, {UserID: "16", Name: "巳"}},
		"无标识":  {{Name: "午"}, {Name: "未"}},
	} {
		requireGot(t, v.Contacts, label, want)
	}
	d := wild(t, "departments")
	for label, want := range map[string][]form.Department{
		"部门":   {{ID: 139605137, Name: "甲公司"}},
		"两个":   {{ID: 62000001, Name: "甲部"}, {ID: 62000002, Name: "乙部"}},
		"带逗号":  {{ID: 62000003, Name: "甲,乙部"}},
		"只有名字": {{Name: "甲部"}, {Name: "乙部"}},
		"少一个":  {{ID: 62000001, Name: "甲部"}, {Name: "乙部"}},
		"条目号":  {{ID: 62000004, Name: "丙部"}},
	} {
		requireGot(t, d.Departments, label, want)
	}
}

func TestWildOptions(t *testing.T) {
	t.Parallel()
	v := wild(t, "options")
	requireGot(t, v.Text, "单选", "B")
	requireGot(t, v.Text, "其他", "自己写的")
	requireGot(t, v.Text, "单选文本", "B")
	requireGot(t, v.Text, "单选文本,type=DDSelectField", "B")
	requireGot(t, v.Options, "多选", []string{"B", "C"})
	requireGot(t, v.Options, "多选对象", []string{"B", "C"})
	requireGot(t, v.Options, "多选文本", []string{"B"})
	requireGot(t, form.Values{{Name: "文", Value: `{"label":"B"}`}}.Text, "文", `{"label":"B"}`)
	requireGot(t, form.Values{{Name: "选", Value: `{broken`, ComponentType: "DDSelectField"}}.Text, "选", `{broken`)
}

func TestWildPlaces(t *testing.T) {
	t.Parallel()
	v := wild(t, "places")
	requireGot(t, v.Address, "地址", form.Address{Province: "天津", City: "天津市", District: "津南区", Street: "某镇"})
	requireGot(t, v.Address, "详细", form.Address{Province: "浙江省", City: "杭州市", District: "西湖区", Street: "某街道,1号楼"})
	requireGot(t, v.Text, "电话,type=PhoneField", "13000000000")
	requireGot(t, v.Location, "当前时间,and=当前地点", form.Location{Time: at(2025, 1, 3, 14, 27, 20), Longitude: 120.02, Latitude: 30.28, Address: "某地", Accuracy: 100})
	requireGot(t, v.Attachments, "附件", []form.Attachment{{SpaceID: "9", FileName: "a.xlsx", FileSize: 4028863, FileType: "xlsx", FileID: "62086316315"}})
	requireGot(t, v.DateRange, "开始时间", form.DateRange{Start: at(2022, 2, 25, 0, 0, 0), End: at(2022, 2, 26, 0, 0, 0)})
	requireGot(t, v.Decimal, "金额,type=MoneyField", form.NewDecimal(150, 0))
}

// A cell that is absent, null or "null" is a component that nobody filled in.
func TestWildTables(t *testing.T) {
	t.Parallel()
	type row struct {
		Item  string `form:"物品"`
		Count int    `form:"数量"`
	}
	var lacking struct {
		Lines []row `form:"明细"`
	}
	require.NoError(t, form.Unmarshal(wild(t, "table-missing-cell"), &lacking))
	require.Equal(t, []row{{"甲", 3}, {"乙", 0}, {"丙", 0}, {"丁", 0}}, lacking.Lines)
	type maybe struct {
		Item  string `form:"物品"`
		Count *int   `form:"数量"`
	}
	var pointers struct {
		Lines []maybe `form:"明细"`
	}
	require.NoError(t, form.Unmarshal(wild(t, "table-missing-cell"), &pointers))
	three := 3
	require.Equal(t, []maybe{{"甲", &three}, {Item: "乙"}, {Item: "丙"}, {Item: "丁"}}, pointers.Lines)

	type noted struct {
		Note   string       `form:"说明,type=TextareaField"`
		Kind   string       `form:"类型,type=DDSelectField"`
		Photos []form.Photo `form:"照片"`
		Piles  int          `form:"桩数,type=CalculateField"`
	}
	var notes struct {
		Lines []noted `form:"明细"`
	}
	require.NoError(t, form.Unmarshal(wild(t, "table-notes"), &notes))
	require.Equal(t, []noted{{"填写的说明", "其它", []form.Photo{"https://static.example/1.jpg"}, 0}}, notes.Lines)

	type leg struct {
		Stay   form.DateRange    `form:"入住,and=退房"`
		City   form.Address      `form:"城市"`
		With   []form.Contact    `form:"同行"`
		Dept   form.Department   `form:"部门"`
		Tags   []string          `form:"标签"`
		Files  []form.Attachment `form:"附件"`
		Amount form.Decimal      `form:"金额,type=MoneyField"`
	}
	var trip struct {
		Legs []leg `form:"行程"`
	}
	require.NoError(t, form.Unmarshal(wild(t, "table-range-address"), &trip))
	require.Equal(t, []leg{{
		form.DateRange{Start: at(2023, 3, 24, 0, 0, 0), End: at(2023, 3, 25, 0, 0, 0)},
		form.Address{Province: "海南省", City: "海口市", District: "龙华区"},
		[]form.Contact{{UserID: "u6", Name: "丙"}, {UserID: "u7", Name: "丁"}},
		form.Department{ID: 62000001, Name: "丁部"},
		[]string{"C", "B"},
		[]form.Attachment{{SpaceID: "9", FileName: "a(2).sh", FileSize: 1307, FileType: "sh", FileID: "8"}},
		form.NewDecimal(400, 0),
	}}, trip.Legs)
}

// The rows of one table came in three shapes; a row by component id has no labels.
func TestWildTableOfThreeAges(t *testing.T) {
	t.Parallel()
	type row struct {
		Code string `form:"编码,id=TextField_a"`
		Note string `form:"备注,id=TextField_b"`
	}
	var got struct {
		Lines []row `form:"明细"`
	}
	require.NoError(t, form.Unmarshal(wild(t, "table-three-ages"), &got))
	require.Equal(t, []row{{"K1", "破损"}, {"K2", ""}, {"K3", ""}}, got.Lines)
	rows, err := form.Values{{Name: "明细", Value: `[{"TextField-x":"1","说明_1":"2","备注":"3"}]`}}.Table("明细")
	require.NoError(t, err)
	require.Equal(t, []form.Values{{{ID: "TextField-x", Name: "TextField-x", Value: "1"}, {Name: "说明_1", Value: "2"}, {Name: "备注", Value: "3"}}}, rows)
}

// Two components of one label are an error, wherever one asks for them by label;
// a note is no component that anybody means.
func TestWildEqualLabels(t *testing.T) {
	t.Parallel()
	v := wild(t, "equal-labels")
	twice := []string{"has two components on the form; name one by its id in the tag"}
	_, err := v.Text("金额")
	require.NotErrorIs(t, err, form.ErrAbsent)
	requireProblems(t, err, twice)
	_, err = v.Decimal("金额,type=MoneyField")
	requireProblems(t, err, twice)
	requireProblems(t, v.Set("金额", "x"), twice)
	requireGot(t, v.Decimal, "金额,id=MoneyField_1", form.NewDecimal(15, 1))
	requireGot(t, v.Text, "说明", "写的")
	requireGot(t, v.Text, "说明,type=TextNote,id=TextNote_1", "提示")
	var got struct {
		Amount string `form:"金额"`
		Note   string `form:"说明"`
	}
	requireProblems(t, form.Unmarshal(v, &got), twice)
	require.Equal(t, "写的", got.Note)
}
