package dingoa_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// TestWildValues reads components by either gateway: the files are written as
// the older one does.
func TestWildValues(t *testing.T) {
	t.Parallel()
	expected := wildValues()
	for name, payload := range wildFiles(t, "values", expected) {
		for _, gateway := range []string{"", "legacy-"} {
			t.Run(gateway+name, func(t *testing.T) {
				t.Parallel()
				i, err := wildClient(t, gateway+name, instanceOf(t, gateway, payload)).Instances.Get(t.Context(), "p1")
				require.NoError(t, err)
				expected[name](t, i.Form())
			})
		}
	}
}

// instanceOf puts components into the reply of a gateway.
func instanceOf(t *testing.T, gateway, components string) string {
	t.Helper()
	if components[0] == '{' {
		components = "[" + components + "]"
	}
	if gateway == "legacy-" {
		return `{"errcode":0,"process_instance":{"status":"COMPLETED","form_component_values":` + components + `}}`
	}
	var list []map[string]any
	require.NoError(t, json.Unmarshal([]byte(components), &list))
	for _, component := range list {
		for legacy, today := range map[string]string{"component_type": "componentType", "ext_value": "extValue", "biz_alias": "bizAlias"} {
			if value, ok := component[legacy]; ok {
				delete(component, legacy)
				component[today] = value
			}
		}
	}
	data, err := json.Marshal(list)
	require.NoError(t, err)
	return `{"success":true,"result":{"status":"COMPLETED","formComponentValues":` + string(data) + `}}`
}

func wildValues() map[string]func(t *testing.T, v form.Values) {
	leave := func(start, end form.Date, duration, unit, kind, days, hours string) func(*testing.T, form.Values) {
		return func(t *testing.T, v form.Values) {
			t.Helper()
			wildRead{t, v}.holiday("开始时间", start, end, duration, unit, kind, days, hours)
		}
	}
	all := map[string]func(*testing.T, form.Values){
		"20-leave-half-days.json":     leave(morning(2026, 6, 14), afternoon(2026, 6, 18), "4", "halfDay", "年假", "4", "32"),
		"21-leave-half-hour.json":     leave(form.Date{Time: china(2026, 6, 26, 17, 30, 0)}, form.Date{Time: china(2026, 6, 26, 18, 0, 0)}, "0.07", "hour", "调休", "0.07", "0.5"),
		"22-leave-one-afternoon.json": leave(afternoon(2026, 8, 24), afternoon(2026, 8, 24), "0.5", "halfDay", "年假", "0.5", "12"),
		"23-leave-days.json":          leave(on(2026, 8, 13), on(2026, 8, 14), "2", "day", "事假", "2", "16"),
		"24-leave-plain-components.json": func(t *testing.T, v form.Values) {
			t.Helper()
			r := wildRead{t, v}
			r.texts(map[string]string{"请假类型": "调休", "时长": "1天"})
			r.times(map[string]time.Time{"开始时间": china(2026, 5, 2, 9, 0, 0), "结束时间": china(2026, 5, 2, 18, 0, 0)})
		},
		"F08-grouped-amounts.json": func(t *testing.T, v form.Values) {
			t.Helper()
			wildRead{t, v}.decimals(map[string]string{"实付": "1000.50", "申请额": "286400.00"})
		},
		"F09-related-title.json": func(t *testing.T, v form.Values) {
			t.Helper()
			related, err := v.Related("关联")
			require.NoError(t, err)
			require.Equal(t, []form.Related{{Title: "李四提交的事项"}}, related)
		},
		"F10-row-lacks-cell.json":  wildRowLacksCell,
		"26-nothing.json":          wildNothing,
		"27-nothing-in-lists.json": wildNothingInLists,
		"28-poor-people.json":      wildPeople,
		"29-equal-labels.json":     wildEqualLabels,
		"30-half-days.json":        wildHalfDays,
		"31-texts.json":            wildTexts,
		"32-files.json":            wildFilesOf,
	}
	for name, read := range wildComponents() {
		all[name] = func(t *testing.T, v form.Values) {
			t.Helper()
			read(wildRead{t, v})
		}
	}
	return all
}

func wildRowLacksCell(t *testing.T, v form.Values) {
	t.Helper()
	wildRead{t, v}.rows("明细", map[string]string{"物品": "甲", "数量": "3"}, map[string]string{"物品": "乙"})
	var approval struct {
		Lines []struct {
			Item   string `form:"物品"`
			Amount int    `form:"数量"`
		} `form:"明细"`
	}
	require.NoError(t, form.Unmarshal(v, &approval))
	require.Len(t, approval.Lines, 2)
	require.Equal(t, 3, approval.Lines[0].Amount)
	require.Equal(t, "乙", approval.Lines[1].Item)
	require.Zero(t, approval.Lines[1].Amount)
}

// wildNothing are components that nobody filled in, each in six ways: the
// number behind the label is that of the way.
func wildNothing(t *testing.T, v form.Values) {
	t.Helper()
	ways := []string{"empty", `"null"`, `"[]"`, `"{}"`, "null", "absent"}
	for n, way := range ways {
		label := func(component string) string { return component + string(rune('0'+n)) }
		absent := func(component string, err error) {
			t.Helper()
			require.ErrorIs(t, err, form.ErrAbsent, component+" "+way)
		}
		nothing := func(component string, count int, err error) {
			t.Helper()
			require.NoError(t, err, component+" "+way)
			require.Zero(t, count, component+" "+way)
		}
		for _, component := range []string{"TextField", "DDSelectField"} {
			text, err := v.Text(label(component))
			require.NoError(t, err)
			if way == `"[]"` || way == `"{}"` { // somebody may have written that
				require.Equal(t, way[1:3], text)
				continue
			}
			require.Empty(t, text, component+" "+way)
		}
		for _, component := range []string{"NumberField", "MoneyField"} {
			_, err := v.Decimal(label(component))
			absent(component, err)
		}
		_, err := v.Time(label("DDDateField"))
		absent("DDDateField", err)
		_, err = v.DateRange(label("DDDateRangeField"))
		absent("DDDateRangeField", err)
		_, err = v.Address(label("AddressField"))
		absent("AddressField", err)
		_, err = v.Location(label("TimeAndLocationField"))
		absent("TimeAndLocationField", err)
		_, err = v.Holiday(label("DDHolidayField"))
		absent("DDHolidayField", err)
		options, err := v.Options(label("DDMultiSelectField"))
		nothing("DDMultiSelectField", len(options), err)
		photos, err := v.Photos(label("DDPhotoField"))
		nothing("DDPhotoField", len(photos), err)
		files, err := v.Attachments(label("DDAttachment"))
		nothing("DDAttachment", len(files), err)
		people, err := v.Contacts(label("InnerContactField"))
		nothing("InnerContactField", len(people), err)
		departments, err := v.Departments(label("DepartmentField"))
		nothing("DepartmentField", len(departments), err)
		related, err := v.Related(label("RelateField"))
		nothing("RelateField", len(related), err)
		rows, err := v.Table(label("TableField"))
		nothing("TableField", len(rows), err)
		_, err = v.Suite(label("DDBizSuite"))
		absent("DDBizSuite", err)
	}
}

func wildNothingInLists(t *testing.T, v form.Values) {
	t.Helper()
	for _, label := range []string{"始,and=止", "起,and=终"} {
		_, err := v.DateRange(label)
		require.ErrorIs(t, err, form.ErrAbsent, label)
	}
	for _, label := range []string{"人", "人2", "人3"} {
		people, err := v.Contacts(label)
		require.NoError(t, err, label)
		require.Empty(t, people, label)
	}
	departments, err := v.Departments("部门")
	require.NoError(t, err)
	require.Empty(t, departments)
	photos, err := v.Photos("图")
	require.NoError(t, err)
	require.Empty(t, photos)
	options, err := v.Options("选")
	require.NoError(t, err)
	require.Empty(t, options)
	files, err := v.Attachments("附")
	require.NoError(t, err)
	require.Empty(t, files)
	related, err := v.Related("关联")
	require.NoError(t, err)
	require.Empty(t, related)
}

func wildPeople(t *testing.T, v form.Values) {
	t.Helper()
	r := wildRead{t, v}
	one := form.Contact{UserID: "u5", Name: "乙"}
	r.people("一", form.Contact{UserID: "u5"})
	for _, label := range []string{"二", "三", "四", "七", "八", "九"} {
		r.people(label, one)
	}
	r.people("五", one, form.Contact{UserID: "u6", Name: "丙"})
	r.people("六", form.Contact{Name: "乙"}, form.Contact{Name: "丙"})
	r.people("十", form.Contact{UserID: "5", Name: "乙"})
	r.departments("部门一", form.Department{ID: 62000001, Name: "甲部"})
	r.departments("部门二", form.Department{ID: 62000001, Name: "甲部"}, form.Department{ID: 62000002, Name: "乙部"})
	r.departments("部门三", form.Department{Name: "甲部"})
	r.departments("部门四", form.Department{ID: 62000001})
}

func wildEqualLabels(t *testing.T, v form.Values) {
	t.Helper()
	_, err := v.Text("备注")
	require.Error(t, err)
	require.NotErrorIs(t, err, form.ErrAbsent)
	require.ErrorContains(t, err, "备注")
	var approval struct {
		Note string `form:"备注"`
	}
	require.Error(t, form.Unmarshal(v, &approval))
	wildRead{t, v}.texts(map[string]string{",id=TextField_1": "一", ",id=TextField_2": "二", "编号": "7"})
}

func wildHalfDays(t *testing.T, v form.Values) {
	t.Helper()
	r := wildRead{t, v}
	r.halves(map[string]form.Date{
		"半天": morning(2026, 8, 13), "半天2": afternoon(2026, 8, 13), "英文": morning(2026, 8, 13), "英文2": afternoon(2026, 8, 13),
	})
	r.times(map[string]time.Time{"毫秒": china(2026, 8, 5, 4, 0, 0)})
	r.span("上,and=下", afternoon(2026, 8, 13), morning(2026, 8, 14))
}

func wildTexts(t *testing.T, v form.Values) {
	t.Helper()
	r := wildRead{t, v}
	r.texts(map[string]string{"冒号": "9：00", "单选": "加班费", "电话": "13000000000", "分类": "默认/B"})
	r.options("多选", "无")
}

func wildFilesOf(t *testing.T, v form.Values) {
	t.Helper()
	r := wildRead{t, v}
	r.files("数", form.Attachment{SpaceID: "9", FileID: "8", FileName: "a(13).xlsx", FileSize: 267266, FileType: "xlsx"})
	r.files("文", form.Attachment{SpaceID: "9", FileID: "60605779562", FileName: "b.pdf", FileSize: 333, FileType: "pdf"})
	r.files("少", form.Attachment{FileID: "8", FileName: "c.pdf"})
	r.photos("图", "https://static.example/1.jpg")
	r.photos("图2", "https://static.example/1.jpg")
}
