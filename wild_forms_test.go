package dingoa_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// wildRead are the getters of a form that must not fail.
type wildRead struct {
	t *testing.T
	v form.Values
}

// suite are the children of a suite.
func (r wildRead) suite(label string) wildRead {
	r.t.Helper()
	suite, err := r.v.Suite(label)
	require.NoError(r.t, err, label)
	return wildRead{r.t, suite.Children}
}

// is checks ID, alias, name and text of the children of a suite.
func (r wildRead) is(want ...form.Value) {
	r.t.Helper()
	require.Len(r.t, r.v, len(want))
	for i, child := range want {
		got := r.v[i]
		got.ComponentType, got.ExtValue = "", ""
		require.Equal(r.t, child, got, i)
	}
}

func (r wildRead) texts(want map[string]string) {
	r.t.Helper()
	for label, text := range want {
		got, err := r.v.Text(label)
		require.NoError(r.t, err, label)
		require.Equal(r.t, text, got, label)
	}
}

// decimals are numbers, "" those that nobody filled in.
func (r wildRead) decimals(want map[string]string) {
	r.t.Helper()
	for label, number := range want {
		got, err := r.v.Decimal(label)
		if number == "" {
			require.ErrorIs(r.t, err, form.ErrAbsent, label)
			continue
		}
		require.NoError(r.t, err, label)
		require.Equal(r.t, number, got.String(), label)
	}
}

func (r wildRead) times(want map[string]time.Time) {
	r.t.Helper()
	for label, at := range want {
		got, err := r.v.Time(label)
		require.NoError(r.t, err, label)
		require.WithinDuration(r.t, at, got, 0, label)
	}
}

// halves are half days, which a time.Time cannot keep.
func (r wildRead) halves(want map[string]form.Date) {
	r.t.Helper()
	for label, date := range want {
		got, err := r.v.Date(label)
		require.NoError(r.t, err, label)
		got.Time = got.Time.UTC()
		require.Equal(r.t, date, got, label)
		_, err = r.v.Time(label)
		require.ErrorContains(r.t, err, "half day", label)
	}
}

func morning(year int, month time.Month, day int) form.Date {
	return form.Date{Time: china(year, month, day, 0, 0, 0), Half: form.Morning}
}

func afternoon(year int, month time.Month, day int) form.Date {
	return form.Date{Time: china(year, month, day, 12, 0, 0), Half: form.Afternoon}
}

func (r wildRead) span(label string, start, end form.Date) {
	r.t.Helper()
	got, err := r.v.DateRange(label)
	require.NoError(r.t, err, label)
	require.Equal(r.t, []form.Date{start, end}, []form.Date{{Time: got.Start.UTC(), Half: got.StartHalf}, {Time: got.End.UTC(), Half: got.EndHalf}}, label)
}

// on is a whole day.
func on(year int, month time.Month, day int) form.Date {
	return form.Date{Time: china(year, month, day, 0, 0, 0)}
}

func (r wildRead) options(label string, want ...string) {
	r.t.Helper()
	got, err := r.v.Options(label)
	require.NoError(r.t, err, label)
	require.Equal(r.t, want, got, label)
}

func (r wildRead) people(label string, want ...form.Contact) {
	r.t.Helper()
	got, err := r.v.Contacts(label)
	require.NoError(r.t, err, label)
	require.Equal(r.t, want, got, label)
}

func (r wildRead) departments(label string, want ...form.Department) {
	r.t.Helper()
	got, err := r.v.Departments(label)
	require.NoError(r.t, err, label)
	require.Equal(r.t, want, got, label)
}

func (r wildRead) files(label string, want ...form.Attachment) {
	r.t.Helper()
	got, err := r.v.Attachments(label)
	require.NoError(r.t, err, label)
	require.Equal(r.t, want, got, label)
}

func (r wildRead) photos(label string, want ...form.Photo) {
	r.t.Helper()
	got, err := r.v.Photos(label)
	require.NoError(r.t, err, label)
	require.Equal(r.t, want, got, label)
}

// holiday is a leave or overtime suite; numbers are text.
func (r wildRead) holiday(label string, start, end form.Date, duration, unit, kind, days, hours string) {
	r.t.Helper()
	got, err := r.v.Holiday(label)
	require.NoError(r.t, err, label)
	require.Equal(r.t, []form.Date{start, end}, []form.Date{{Time: got.Start.UTC(), Half: got.StartHalf}, {Time: got.End.UTC(), Half: got.EndHalf}}, label)
	require.Equal(r.t, []string{duration, unit, kind, days, hours},
		[]string{got.Duration.String(), got.Unit, got.Type, got.Days.String(), got.Hours.String()}, label)
	suite, err := r.v.Suite(label)
	require.NoError(r.t, err, label)
	for _, bound := range []struct {
		read func() (form.Date, error)
		want form.Date
	}{{suite.Start, start}, {suite.Finish, end}} {
		date, err := bound.read()
		require.NoError(r.t, err, label)
		date.Time = date.Time.UTC()
		require.Equal(r.t, bound.want, date, label)
	}
	length, err := suite.Duration()
	require.NoError(r.t, err, label)
	require.Equal(r.t, []string{duration, unit, kind}, []string{length.String(), suite.Unit(), suite.Type()}, label)
	for _, alias := range []string{"startTime", "finishTime", "duration"} {
		_, err := suite.Child(alias)
		require.NoError(r.t, err, alias)
	}
}

// rows are the texts of a table's cells by the labels of the columns.
func (r wildRead) rows(label string, want ...map[string]string) {
	r.t.Helper()
	rows, err := r.v.Table(label)
	require.NoError(r.t, err, label)
	require.Len(r.t, rows, len(want), label)
	for i, texts := range want {
		require.Len(r.t, rows[i], len(texts), label)
		wildRead{r.t, rows[i]}.texts(texts)
	}
}

func wildForm01(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 3)
	r := wildRead{t, v}
	r.texts(map[string]string{"客户": "c1", "内容": "B", ",id=TextField_1": "c1"})
	r.people("接待", form.Contact{UserID: "u5", Name: "乙"})
}

func wildForm02(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 18)
	r := wildRead{t, v}
	r.texts(map[string]string{
		"单行": "t", "多行": "1\n2", "单选": "A", "电话": "13000000000", "身份证": "", "发票": "", "收款账户": "丙", "签名": "https://down.example/s.png",
		",id=TextNote_1": "提示文字",
	})
	r.decimals(map[string]string{"数字": "1000", "金额": "1000"})
	r.times(map[string]time.Time{"日期": china(2023, 5, 9, 0, 0, 0)})
	r.options("多选", "B", "C")
	r.people("联系人", form.Contact{UserID: "u6", Name: "丙"})
	r.photos("图片", "https://static.example/1.jpg")
	r.files("附件", form.Attachment{SpaceID: "9", FileID: "8", FileName: "p.jpg", FileSize: 242658, FileType: "jpg"})
	r.rows(",id=TableField_A", map[string]string{"单行1": "1234", "单行": "123"}, map[string]string{"单行1": "1234", "单行": "123"})
	_, err := v.Table("表格") // there are two
	require.Error(t, err)
	require.NotErrorIs(t, err, form.ErrAbsent)

	rows, err := v.Table(",id=TableField_B")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Len(t, rows[0], 12)
	row := wildRead{t, rows[0]}
	row.texts(map[string]string{"项目": "餐", "说明": "1.a\n2.b", "电话": "13000000000", "分类": "默认/B", ",id=TextNote_i": "提示文字"})
	row.decimals(map[string]string{"金额": "3000"})
	row.times(map[string]time.Time{"日期": china(2023, 5, 12, 0, 0, 0)})
	row.photos("图片", "https://static.example/1.png")
	row.people("联系人", form.Contact{UserID: "u6", Name: "丙"})
	row.files("附件", form.Attachment{SpaceID: "9", FileID: "8", FileName: "a(2).sh", FileSize: 1307, FileType: "sh"})
	row.departments("部门", form.Department{ID: 62000001, Name: "丁部"})
	row.options("多选", "C", "B")
}

func wildForm03(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 2)
	r := wildRead{t, v}
	r.decimals(map[string]string{"总计": "400"})
	rows, err := v.Table("表格")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	row := wildRead{t, rows[0]}
	row.texts(map[string]string{"区域": "甲城"})
	row.decimals(map[string]string{"金额": "400"})
	row.span("入住,and=退房", on(2023, 3, 24), on(2023, 3, 25))
}

func wildForm14(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 2)
	r := wildRead{t, v}
	r.span("开始,and=结束", on(2023, 1, 1), on(2023, 1, 2))
	r.decimals(map[string]string{"数字": "3"})
}

// wildForm08b is a trip whose children stand in a row, as those of a table do.
func wildForm08b(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 1)
	trip := wildRead{t, v}.suite("出差")
	trip.is(
		form.Value{ID: "k1", BizAlias: "startTime", Name: "开始", Value: "2026-03-01 上午"},
		form.Value{ID: "k2", BizAlias: "finishTime", Name: "结束", Value: "2026-03-02 下午"},
		form.Value{ID: "k3", BizAlias: "duration", Name: "天数", Value: "2"},
	)
	trip.halves(map[string]form.Date{"开始": morning(2026, 3, 1), ",alias=finishTime": afternoon(2026, 3, 2)})
	trip.decimals(map[string]string{"天数": "2"})
}

func wildForm20(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 2)
	r := wildRead{t, v}
	r.holiday(",id=DDOvertimeField-1", form.Date{Time: china(2019, 6, 30, 0, 0, 0)}, form.Date{Time: china(2019, 6, 30, 1, 0, 0)}, "1", "hour", "", "0.13", "1")
	r.texts(map[string]string{"原因": ""})
}

func wildForm21(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 11)
	r := wildRead{t, v}
	r.texts(map[string]string{"地点": "现场", "上班": "9：00", "内容": "", "统计": "", "通宵": ""})
	r.options("外出", "无")
	r.people("经理", form.Contact{UserID: "u5", Name: "乙"})
	r.rows("任务", map[string]string{"类型": "检查", "小时": "10"})
	r.rows("故障")
	r.decimals(map[string]string{"件数": ""})
	r.files("附件", form.Attachment{SpaceID: "9", FileID: "8", FileName: "表(13).xlsx", FileSize: 267266, FileType: "xlsx"})
}

func wildForm23(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 2)
	r := wildRead{t, v}
	r.texts(map[string]string{"外出事由": "访客户"})
	goout := r.suite("外出")
	goout.is(
		form.Value{ID: "DDSelectField-A", BizAlias: "type", Name: "外出类型"},
		form.Value{ID: "DDDateField-B", BizAlias: "startTime", Name: "开始时间", Value: "2020-10-23"},
		form.Value{ID: "DDDateField-C", BizAlias: "finishTime", Name: "结束时间", Value: "2020-10-24"},
		form.Value{ID: "NumberField-D", BizAlias: "duration", Name: "时长", Value: "2"},
	)
	require.Equal(t, "NumberField", goout.v[3].ComponentType)
	require.Contains(t, goout.v[3].ExtValue, `"durationInHour":16`)
	goout.texts(map[string]string{"外出类型": ""})
	goout.times(map[string]time.Time{",alias=startTime": china(2020, 10, 23, 0, 0, 0), "结束时间": china(2020, 10, 24, 0, 0, 0)})
	goout.decimals(map[string]string{"时长": "2"})
}

func wildForm24(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 1)
	overtime := wildRead{t, v}.suite("加班")
	overtime.is(
		form.Value{ID: "NumberField-2", BizAlias: "type", Name: "加班类型", Value: "协定加班"},
		form.Value{ID: "InnerContactField-3", BizAlias: "partner", Name: "加班人", Value: "乙"},
		form.Value{ID: "TextNote-4", BizAlias: "partnerTip"},
		form.Value{ID: "DDDateField-5", BizAlias: "startTime", Name: "开始时间", Value: "2021-01-01 上午"},
		form.Value{ID: "DDDateField-6", BizAlias: "finishTime", Name: "结束时间", Value: "2021-01-01 下午"},
		form.Value{ID: "TableField-7", BizAlias: "everyDayDuration", Name: "明细"},
		form.Value{ID: "NumberField-10", BizAlias: "duration", Name: "时长", Value: "1"},
		form.Value{ID: "DDSelectField-11", BizAlias: "compensation", Name: "加班补偿", Value: "加班费"},
	)
	require.Equal(t, "charge", overtime.v[7].ExtValue)
	overtime.people("加班人", form.Contact{UserID: "u5", Name: "乙"})
	overtime.halves(map[string]form.Date{"开始时间": morning(2021, 1, 1), "结束时间": afternoon(2021, 1, 1)})
	overtime.rows("明细")
	overtime.decimals(map[string]string{",alias=duration": "1"})
}

func wildForm25(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 3)
	r := wildRead{t, v}
	r.options("节假日如下：")
	r.texts(map[string]string{"含节假日": ""})
	overtime := r.suite("加班")
	overtime.rows("明细", map[string]string{"加班时间": "2026-08-01", "加班时长": "2.5"}, map[string]string{",alias=overtimeDate": "2026-08-02", ",alias=overtimeDuration": "3"})
	overtime.times(map[string]time.Time{"开始时间": china(2026, 8, 1, 18, 0, 0), "结束时间": china(2026, 8, 2, 21, 0, 0)})
	overtime.decimals(map[string]string{"总时长": "5.5"})
}

func wildForm26(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 1)
	transfer := wildRead{t, v}.suite("转岗")
	transfer.people(",alias=actualApplicant", form.Contact{UserID: "u5", Name: "乙"})
	transfer.times(map[string]time.Time{",alias=effectiveDay": china(2026, 3, 1, 0, 0, 0)})
}

func wildForm27(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 1)
	purchase := wildRead{t, v}.suite("采购")
	purchase.texts(map[string]string{",alias=requisition_reason": "补货", "备注": ""})
	purchase.times(map[string]time.Time{"交付日期": china(2025, 3, 1, 0, 0, 0)})
	purchase.rows("明细", map[string]string{"名称": "甲", "数量": "3", "单价": "12.50"})
	require.Contains(t, purchase.v[2].ExtValue, `"num":"37.50"`)
}

// wildForm28 is a suite of two rows that has neither id nor name.
func wildForm28(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 1)
	v[0].Name = "报销"
	wildRead{t, v}.rows("报销", map[string]string{"店": "S1", "金额(元)": "402.43"}, map[string]string{"店": "S2", "金额(元)": "97.57"})
}

func wildForm29(t *testing.T, v form.Values) {
	t.Helper()
	var approval struct {
		Rows []struct {
			Code string `form:"编码,id=TextField_a"`
			Note string `form:"备注,id=TextField_b"`
		} `form:"明细"`
	}
	require.NoError(t, form.Unmarshal(v, &approval))
	require.Len(t, approval.Rows, 3)
	for i, want := range []string{"K1", "K2", "K3"} {
		require.Equal(t, want, approval.Rows[i].Code)
	}
	require.Equal(t, "破损", approval.Rows[0].Note)
	require.Empty(t, approval.Rows[1].Note)
	require.Empty(t, approval.Rows[2].Note)
}

// wildForm30 is a suite whose children stand among the components of the form.
func wildForm30(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 6)
	r := wildRead{t, v}
	r.texts(map[string]string{",alias=type": "见客户", "事由": "访客户"})
	r.halves(map[string]form.Date{",alias=startTime": morning(2026, 8, 13), "结束时间": afternoon(2026, 8, 13)})
	r.decimals(map[string]string{",alias=duration": "1"})
	r.people(",alias=traveler", form.Contact{UserID: "u5", Name: "乙"}, form.Contact{UserID: "u6", Name: "丙"})
}

func wildForm31(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 3)
	r := wildRead{t, v}
	r.texts(map[string]string{"补卡理由": "忘了"})
	r.times(map[string]time.Time{
		",alias=userCheckTime": china(2026, 8, 5, 4, 0, 0), "repairCheckTime": china(2026, 8, 5, 4, 0, 0),
	})
	require.Contains(t, v[0].ExtValue, `"planText":"2026-08-05 10:39"`)
}

// wildForm32 is a suite as it is sent, and read back.
func wildForm32(t *testing.T, v form.Values) {
	t.Helper()
	require.Len(t, v, 1)
	overtime := wildRead{t, v}.suite("加班")
	require.Len(t, overtime.v, 6)
	require.Equal(t, "NumberField_7", overtime.v[4].ID)
	overtime.people("加班人", form.Contact{UserID: "u5", Name: "乙"}, form.Contact{UserID: "u6", Name: "丙"})
	overtime.times(map[string]time.Time{",alias=startTime": china(2026, 8, 13, 18, 0, 0), "结束时间": china(2026, 8, 14, 20, 0, 0)})
	overtime.rows("明细", map[string]string{"加班时间": "2026-08-13", "加班时长": "2"})
	overtime.decimals(map[string]string{",alias=duration": "4"})
	overtime.texts(map[string]string{"加班补偿": ""})
}
