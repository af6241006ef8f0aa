package form_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

func china() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

func at(year int, month time.Month, day, hour, minute, second int) time.Time {
	return time.Date(year, month, day, hour, minute, second, 0, china())
}

// golden is a component as the vendor's pages have it, and the struct that
// stands for it.
type golden struct {
	component string
	v         any        // written as wire, and read back from it
	wire      form.Value // the vendor's sample; empty: it cannot be written
	reads     []form.Value
	readsAs   any // what reads give; nil: v
}

type status string

func goldens() []golden {
	return []golden{
		{
			component: "TextField",
			v: struct {
				V string `form:"单行输入框"`
			}{"abc"},
			wire:  form.Value{Name: "单行输入框", Value: "abc"},
			reads: []form.Value{{Name: "单行输入框", Value: "abc", ExtValue: `{"staffId":"abcd"}`, ComponentType: "TextField"}},
		},
		{
			component: "TextareaField",
			v: struct {
				V string `form:"多行输入框,type=TextareaField"`
			}{"a\r\nb"},
			wire: form.Value{Name: "多行输入框", Value: "a\r\nb", ComponentType: "TextareaField"},
		},
		{
			component: "NumberField",
			v: struct {
				V int `form:"数字输入框"`
			}{100},
			wire:  form.Value{Name: "数字输入框", Value: "100"},
			reads: []form.Value{{Name: "数字输入框", Value: "100.00"}, {Name: "数字输入框", Value: "1.0E2"}, {Name: "数字输入框", Value: " 100 "}},
		},
		{
			component: "MoneyField",
			v: struct {
				V form.Decimal `form:"金额（元）,type=MoneyField"`
			}{form.NewDecimal(10, 2)},
			wire: form.Value{Name: "金额（元）", Value: "0.10", ComponentType: "MoneyField"},
		},
		{
			component: "DDSelectField",
			v: struct {
				V status `form:"单选框,type=DDSelectField"`
			}{"选项1"},
			wire: form.Value{Name: "单选框", Value: "选项1", ComponentType: "DDSelectField"},
		},
		{
			component: "DDMultiSelectField",
			v: struct {
				V []string `form:"多选框"`
			}{[]string{"选项1", "选项2"}},
			wire:  form.Value{Name: "多选框", Value: `["选项1","选项2"]`},
			reads: []form.Value{{Name: "多选框", Value: ` [ "选项1" , "\u9009项2" ] `}},
		},
		{
			component: "DDMultiSelectField",
			v: struct {
				V []status `form:"多选框"`
			}{[]status{"选项1"}},
			wire:  form.Value{Name: "多选框", Value: `["选项1"]`},
			reads: []form.Value{{Name: "多选框", Value: `选项1`}},
		},
		{
			component: "DDDateField",
			v: struct {
				V time.Time `form:"日期"`
			}{at(2021, 8, 17, 0, 0, 0)},
			wire:  form.Value{Name: "日期", Value: "2021-08-17"},
			reads: []form.Value{{Name: "日期", Value: "2021-08-17 00:00"}, {Name: "日期", Value: "2021-08-17 00:00:00"}, {Name: "日期", Value: "2021-08-16T16:00Z"}, {Name: "日期", Value: "2021-08-16T16:00:00Z"}, {Name: "日期", Value: "1629129600000"}},
		},
		{
			component: "DDDateField",
			v: struct {
				V time.Time `form:"日期,minute"`
			}{at(2025, 5, 27, 10, 0, 0)},
			wire: form.Value{Name: "日期", Value: "2025-05-27 10:00"},
		},
		{
			component: "DDDateRangeField",
			v: struct {
				V form.DateRange `form:"开始时间,and=结束时间"`
			}{form.DateRange{Start: at(2019, 2, 19, 0, 0, 0), End: at(2019, 2, 25, 0, 0, 0)}},
			wire: form.Value{Name: `["开始时间","结束时间"]`, Value: `["2019-02-19","2019-02-25"]`},
			reads: []form.Value{
				{Name: `[ "开始时间", "结束时间" ]`, Value: `["2019-02-19","2019-02-25"]`},
				{Name: "开始时间", Value: `[ "2019-02-19 00:00" , "2019-02-25 00:00" , 7 ]`},
			},
		},
		{
			component: "TextNote",
			v: struct {
				V string `form:"说明,type=TextNote"`
			}{"详细说明内容"},
			reads: []form.Value{{Name: "说明", Value: "详细说明内容"}},
		},
		{
			component: "PhoneField",
			v: struct {
				V string `form:"电话,type=PhoneField"`
			}{"157xxxx4545"},
			wire: form.Value{Name: "电话", Value: "157xxxx4545", ComponentType: "PhoneField"},
		},
		{
			component: "DDPhotoField",
			v: struct {
				V []form.Photo `form:"图片"`
			}{[]form.Photo{"http://url1", "http://url2"}},
			wire: form.Value{Name: "图片", Value: `["http://url1","http://url2"]`},
		},
		{
			component: "TableField",
			v: struct {
				V []sampleRow `form:"表格"`
			}{[]sampleRow{{"x", 100}}},
			wire: form.Value{Name: "表格", Value: `[[{"name":"单行输入框","value":"x"},{"name":"数字输入框","value":"100"}]]`},
			reads: []form.Value{
				{Name: "表格", Value: ` [ [ { "value" : 100 , "name" : "数字输入框" , "else" : [ "}" ] } , { "name" : "单行输入框" , "value" : "x" } ] ] `},
				{Name: "表格", Value: `[{"rowNumber":"1","rowValue":[{"label":"单行输入框","value":"x","key":"TextField_1"},{"label":"数字输入框","value":"100"}]}]`},
				{Name: "表格", Value: `[{"单行输入框":"x","数字输入框":100}]`},
			},
		},
		{
			component: "DDAttachment",
			v: struct {
				V []form.Attachment `form:"附件"`
			}{[]form.Attachment{{SpaceID: "163", FileName: "a.jpg", FileSize: 333, FileType: "jpg", FileID: "643"}}},
			wire:  form.Value{Name: "附件", Value: `[{"spaceId":"163","fileName":"a.jpg","fileSize":"333","fileType":"jpg","fileId":"643"}]`},
			reads: []form.Value{{Name: "附件", Value: `{"spaceId":163,"fileName":"a.jpg","fileSize":333,"fileType":"jpg","fileId":643}`}},
		},
		{
			component: "InnerContactField",
			v: struct {
				V []form.Contact `form:"联系人"`
			}{[]form.Contact{{UserID: "4525"}}},
			wire:  form.Value{Name: "联系人", Value: `["4525"]`},
			reads: []form.Value{{Name: "联系人", Value: "4525"}},
		},
		{
			component: "InnerContactField",
			v: struct {
				V form.Contact `form:"联系人"`
			}{form.Contact{UserID: "4525"}},
			wire: form.Value{Name: "联系人", Value: `["4525"]`},
			reads: []form.Value{
				{Name: "联系人", Value: `["小钉"]`, ExtValue: `[{"name":"小钉","emplId":"userid123","itemId":"userid123"}]`},
				{Name: "联系人", Value: `小钉`, ExtValue: `[{"name":"小钉","userId":"userid123"}]`},
				{Name: "联系人", ExtValue: `[{"name":"小钉","itemId":"userid123"}]`},
				{Name: "联系人", Value: `[{"name":"小钉","emplId":"userid123"}]`},
			},
			readsAs: struct {
				V form.Contact `form:"联系人"`
			}{form.Contact{UserID: "userid123", Name: "小钉"}},
		},
		{
			component: "DepartmentField",
			v: struct {
				V []form.Department `form:"部门"`
			}{[]form.Department{{ID: 111}, {ID: 222}}},
			wire:  form.Value{Name: "部门", Value: "111,222"},
			reads: []form.Value{{Name: "部门", Value: "[111,222]"}, {Name: "部门", Value: `["111","222"]`}, {Name: "部门", Value: "111, 222"}},
		},
		{
			component: "DepartmentField",
			v: struct {
				V form.Department `form:"部门"`
			}{form.Department{ID: -1}},
			wire:  form.Value{Name: "部门", Value: "-1"},
			reads: []form.Value{{Name: "部门", Value: "行政部", ExtValue: `[{"name":"行政部"}]`}, {Name: "部门", Value: "行政部"}, {Name: "部门", ExtValue: `[{"name":"行政部"}]`}},
			readsAs: struct {
				V form.Department `form:"部门"`
			}{form.Department{Name: "行政部"}},
		},
		{
			component: "RelateField",
			v: struct {
				V []form.Related `form:"关联审批单"`
			}{[]form.Related{{InstanceID: "RgJJ1veyQl2Ax8rV1aBcDw04891748395993"}, {InstanceID: "4f43b3ed-6060-4edc-967a-7e75ed639c32"}}},
			wire: form.Value{Name: "关联审批单", Value: `["RgJJ1veyQl2Ax8rV1aBcDw04891748395993","4f43b3ed-6060-4edc-967a-7e75ed639c32"]`},
		},
		{
			component: "RelateField",
			v: struct {
				V form.Related `form:"关联审批单"`
			}{form.Related{InstanceID: "RgJJ1veyQl2Ax8rV1aBcDw04891748395993"}},
			wire:  form.Value{Name: "关联审批单", Value: `["RgJJ1veyQl2Ax8rV1aBcDw04891748395993"]`},
			reads: []form.Value{{Name: "关联审批单", Value: "RgJJ1veyQl2Ax8rV1aBcDw04891748395993"}},
		},
		{
			component: "AddressField",
			v: struct {
				V form.Address `form:"省市区"`
			}{form.Address{Province: "北京", City: "北京市", District: "东城区"}},
			wire:  form.Value{Name: "省市区", Value: "北京,北京市,东城区"},
			reads: []form.Value{{Name: "省市区", Value: `["北京,北京市,东城区"]`}, {Name: "省市区", Value: `["北京","北京市","东城区"]`}},
		},
		{
			component: "AddressField",
			v: struct {
				V form.Address `form:"客户地址"`
			}{form.Address{Province: "北京", City: "北京市", District: "朝阳区", Street: "东湖街道,xxxxxxxA座"}},
			wire:  form.Value{Name: "客户地址", Value: "北京,北京市,朝阳区,东湖街道,xxxxxxxA座"},
			reads: []form.Value{{Name: "客户地址", Value: `["北京","北京市","朝阳区","东湖街道","xxxxxxxA座"]`}},
		},
		{
			component: "StarRatingField",
			v: struct {
				V uint8 `form:"评分,type=StarRatingField"`
			}{5},
			wire: form.Value{Name: "评分", Value: "5", ComponentType: "StarRatingField"},
		},
		{
			component: "TimeAndLocationField",
			v: struct {
				V form.Location `form:"当前时间,and=当前地点"`
			}{form.Location{Time: at(2025, 1, 3, 14, 27, 20), Longitude: 120.021195, Latitude: 30.281506, Address: "浙江省杭州市..", Accuracy: 100}},
			wire:  form.Value{Name: `["当前时间","当前地点"]`, Value: `["2025-01-03 14:27:20",120.021195,30.281506,"浙江省杭州市..",100]`},
			reads: []form.Value{{Name: `["当前时间","当前地点"]`, Value: `["2025-01-03 14:27:20","120.021195","30.281506","浙江省杭州市..","100"]`}},
		},
		{
			component: "CalculateField",
			v: struct {
				V form.Decimal `form:"计算公式,type=CalculateField"`
			}{form.NewDecimal(100, 0)},
			wire:  form.Value{Name: "计算公式", Value: "100"},
			reads: []form.Value{{Name: "计算公式", Value: "100"}, {Name: "计算公式", Value: "1E+2"}},
		},
		{
			component: "FormRelateField",
			v: struct {
				V string `form:"关联控件,type=FormRelateField"`
			}{"客户A"},
			reads: []form.Value{{Name: "关联控件", Value: "客户A"}},
		},
		{
			component: "IdCardField",
			v: struct {
				V string `form:"身份证,type=IdCardField"`
			}{"xxxx"},
			wire: form.Value{Name: "身份证", Value: "xxxx"},
		},
		{
			component: "DDHolidayField",
			v: struct {
				V form.Holiday `form:"请假套件"`
			}{form.Holiday{
				Start: at(2026, 12, 1, 0, 0, 0), End: at(2026, 12, 2, 12, 0, 0), StartHalf: form.Morning, EndHalf: form.Afternoon, Duration: form.NewDecimal(15, 1), Unit: "day", Type: "年假",
				Days: form.NewDecimal(15, 1), Hours: form.NewDecimal(12, 0),
			}},
			reads: []form.Value{{
				Name: "请假套件", Value: `["2026-12-01 上午","2026-12-02 下午",1.5,"day","年假","more"]`,
				ExtValue: `{"durationInDay":1.5,"durationInHour":"12","unit":"DAY"}`,
			}},
		},
		{
			component: "SignatureField",
			v: struct {
				V string `form:"手写签名,type=SignatureField"`
			}{"@mediaid"},
			reads: []form.Value{{Name: "手写签名", Value: "@mediaid"}},
		},
	}
}

type sampleRow struct {
	Text   string `form:"单行输入框"`
	Number int    `form:"数字输入框"`
}

// The vendor's component types; CI has no copy of the pages.
func componentTypes() []string {
	return []string{
		"TextField", "TextareaField", "NumberField", "MoneyField", "DDSelectField", "DDMultiSelectField", "DDDateField", "DDDateRangeField",
		"TextNote", "PhoneField", "DDPhotoField", "TableField", "DDAttachment", "InnerContactField", "DepartmentField", "RelateField",
		"AddressField", "StarRatingField", "TimeAndLocationField", "CalculateField", "FormRelateField", "IdCardField", "DDHolidayField",
	}
}

func TestEveryComponentHasAGolden(t *testing.T) {
	t.Parallel()
	require.Len(t, componentTypes(), 23)
	for _, component := range componentTypes() {
		require.True(t, slices.ContainsFunc(goldens(), func(g golden) bool { return g.component == component }), component)
	}
}

func TestComponents(t *testing.T) {
	t.Parallel()
	for _, g := range goldens() {
		t.Run(g.component, func(t *testing.T) {
			t.Parallel()
			written, err := form.Marshal(g.v)
			if g.wire.Name == "" {
				var of *form.Error
				require.ErrorAs(t, err, &of)
				require.Contains(t, of.Problems[0].Message, "leave it empty")
				require.Equal(t, slices.Contains([]string{"DDHolidayField", "DDBizSuite", "DDOvertimeField", "DDGooutField"}, g.component), strings.HasPrefix(of.Problems[0].Message, "is a suite"))
				require.Equal(t, g.component, of.Problems[0].Type)
				written, err = form.Marshal(reflect.Zero(reflect.TypeOf(g.v)).Interface())
				require.NoError(t, err, "an empty one is left out")
				require.Empty(t, written)
			} else {
				require.NoError(t, err)
				require.Equal(t, []form.Value{g.wire}, written)
				require.Equal(t, g.v, read(t, g.v, g.wire))
			}
			want := g.v
			if g.readsAs != nil {
				want = g.readsAs
			}
			for _, in := range g.reads {
				require.Equal(t, want, read(t, g.v, in), "%+v", in)
			}
			for _, empty := range []string{"", "null"} { // the latter is the older gateway's
				in := append([]form.Value{g.wire}, g.reads...)[len(g.reads)]
				out := reflect.New(reflect.TypeOf(g.v))
				out.Elem().Set(reflect.ValueOf(g.v))
				require.NoError(t, form.Unmarshal([]form.Value{{Name: in.Name, Value: empty}}, out.Interface()))
				require.Zero(t, out.Elem().Interface(), "nothing was filled in")
			}
		})
	}
}

// read reads in into a new struct of the type of v.
func read(t *testing.T, v any, in form.Value) any {
	t.Helper()
	out := reflect.New(reflect.TypeOf(v))
	require.NoError(t, form.Unmarshal([]form.Value{in}, out.Interface()))
	return out.Elem().Interface()
}

// The samples of the page on approvals of one's own system.
func TestCenter(t *testing.T) {
	t.Parallel()
	type center struct {
		Note    string            `form:"文字说明,type=TextNote"`
		Contact []form.Contact    `form:"联系人"`
		Dept    []form.Department `form:"联系人部门"`
		Related []form.Related    `form:"关联审批单"`
		Place   form.Address      `form:"客户地址"`
		Lines   []centerRow       `form:"明细"`
	}
	v := center{
		Note: "详细说明内容", Contact: []form.Contact{{UserID: "userid123", Name: "小钉"}}, Dept: []form.Department{{ID: 123}},
		Related: []form.Related{{InstanceID: "zUUgcEmeSQG-xxx", Title: "xxx提交的出差报销审批"}},
		Place:   form.Address{Province: "北京", City: "北京市", District: "朝阳区", Street: "东湖街道,xxxxxxxA座"},
		Lines:   []centerRow{{form.Contact{UserID: "userid123", Name: "小钉"}}},
	}
	want := []form.Value{
		{Name: "文字说明", Value: "详细说明内容", ComponentType: "TextNote"},
		{Name: "联系人", Value: `["小钉"]`, ExtValue: `[{"name":"小钉","emplId":"userid123","itemId":"userid123"}]`},
		{Name: "联系人部门", Value: "123"},
		{Name: "关联审批单", Value: `["xxx提交的出差报销审批"]`, ExtValue: `{"list":[{"procInstId":"zUUgcEmeSQG-xxx"}]}`},
		{Name: "客户地址", Value: `["北京,北京市,朝阳区,东湖街道,xxxxxxxA座"]`},
		{Name: "明细", Value: `[[{"name":"联系人","value":"[\"小钉\"]","extValue":"[{\"name\":\"小钉\",\"emplId\":\"userid123\",\"itemId\":\"userid123\"}]"}]]`},
	}
	written, err := form.Marshal(v, form.ForCenter())
	require.NoError(t, err)
	require.Equal(t, want, written)
	var got center
	require.NoError(t, form.Unmarshal(written, &got))
	require.Equal(t, v, got)
}

type centerRow struct {
	Contact form.Contact `form:"联系人"`
}
