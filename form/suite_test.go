package form_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// TestWildSuites reads every suite as it came, by label and as the form's only one.
func TestWildSuites(t *testing.T) {
	t.Parallel()
	type want struct {
		aliases       []string
		start, finish form.Date
		duration      form.Decimal
		unit, kind    string
		rows          int
	}
	for name, test := range map[string]struct {
		label string
		want  want
	}{
		"suite-leave": {"开始时间", want{
			[]string{"startTime", "finishTime", "duration", "unit", "type"},
			form.Date{Time: at(2026, 1, 6, 13, 51, 0)},
			form.Date{Time: at(2026, 1, 6, 13, 52, 0)},
			form.NewDecimal(2, 2), "hour", "事假", 0,
		}},
		"suite-leave-halves": {",id=DDHolidayField-1", want{
			[]string{"startTime", "finishTime", "duration", "unit", "type"},
			form.Date{Time: at(2026, 8, 13, 0, 0, 0), Half: form.Morning},
			form.Date{Time: at(2026, 8, 14, 0, 0, 0), Half: form.Morning},
			form.NewDecimal(15, 1), "halfDay", "年假", 0,
		}},
		"suite-overtime-2019": {"开始时间", want{
			[]string{"startTime", "finishTime", "duration", "unit"},
			form.Date{Time: at(2019, 6, 30, 0, 0, 0)},
			form.Date{Time: at(2019, 6, 30, 1, 0, 0)},
			form.NewDecimal(1, 0), "hour", "", 0,
		}},
		"suite-goout-2020": {"外出", want{
			[]string{"type", "startTime", "finishTime", "duration"},
			form.Date{Time: at(2020, 10, 23, 0, 0, 0)},
			form.Date{Time: at(2020, 10, 24, 0, 0, 0)},
			form.NewDecimal(2, 0), "day", "", 0,
		}},
		"suite-overtime-2021": {",id=DDBizSuite-OSUCIDP1", want{
			[]string{"type", "partner", "partnerTip", "startTime", "finishTime", "everyDayDuration", "duration", "compensation"},
			form.Date{Time: at(2021, 1, 1, 0, 0, 0), Half: form.Morning},
			form.Date{Time: at(2021, 1, 1, 12, 0, 0), Half: form.Afternoon},
			form.NewDecimal(1, 0), "day", "协定加班", 0,
		}},
		"suite-overtime-days": {"加班", want{
			[]string{"partner", "startTime", "finishTime", "everyDayDuration", "duration", "compensation"},
			form.Date{Time: at(2026, 8, 1, 9, 0, 0)},
			form.Date{Time: at(2026, 8, 2, 18, 0, 0)},
			form.NewDecimal(155, 1), "hour", "", 0,
		}},
		"suite-trip-rows": {"出差", want{
			[]string{"startTime", "finishTime", "duration"},
			form.Date{Time: at(2026, 3, 1, 0, 0, 0), Half: form.Morning},
			form.Date{Time: at(2026, 3, 2, 12, 0, 0), Half: form.Afternoon},
			form.NewDecimal(2, 0), "", "", 0,
		}},
		"suite-trip-legs": {"商旅出差", want{
			[]string{"reason", "itinerary", "duration"},
			form.Date{Time: at(2026, 3, 1, 0, 0, 0), Half: form.Morning},
			form.Date{Time: at(2026, 3, 3, 0, 0, 0), Half: form.Morning},
			form.NewDecimal(25, 1), "", "", 0,
		}},
		"suite-laid-out": {"", want{
			[]string{"type", "startTime", "finishTime", "duration", "traveler"},
			form.Date{Time: at(2026, 8, 13, 0, 0, 0), Half: form.Morning},
			form.Date{Time: at(2026, 8, 13, 12, 0, 0), Half: form.Afternoon},
			form.NewDecimal(1, 0), "halfDay", "见客户", 0,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, label := range []string{test.label, ""} {
				suite, err := wild(t, name).Suite(label)
				require.NoError(t, err)
				aliases := []string{}
				for _, c := range suite.Children {
					aliases = append(aliases, c.BizAlias)
				}
				require.Equal(t, test.want.aliases, aliases)
				start, err := suite.Start()
				require.NoError(t, err)
				require.Equal(t, test.want.start, start)
				finish, err := suite.Finish()
				require.NoError(t, err)
				require.Equal(t, test.want.finish, finish)
				duration, err := suite.Duration()
				require.NoError(t, err)
				require.Equal(t, test.want.duration, duration)
				require.Equal(t, test.want.unit, suite.Unit())
				require.Equal(t, test.want.kind, suite.Type())
				require.Len(t, suite.Rows, test.want.rows)
			}
		})
	}
}

// The parts of a suite are components: they have getters, and a struct may take them.
func TestWildSuiteChildren(t *testing.T) {
	t.Parallel()
	overtime, err := wild(t, "suite-overtime-days").Suite("")
	require.NoError(t, err)
	requireGot(t, overtime.Children.Contacts, "加班人", []form.Contact{{UserID: "u6", Name: "丙"}})
	child, err := overtime.Child("duration")
	require.NoError(t, err)
	require.Equal(t, "NumberField_1", child.ID)
	require.Equal(t, "总时长", child.Name)
	type day struct {
		On    form.Date    `form:"加班时间"`
		Hours form.Decimal `form:"加班时长"`
	}
	var got struct {
		Who    form.Contact `form:",alias=partner"`
		Days   []day        `form:",alias=everyDayDuration"`
		Redeem string       `form:",alias=compensation"`
	}
	require.NoError(t, form.Unmarshal(overtime.Children, &got))
	require.Equal(t, []day{{form.Date{Time: at(2026, 8, 1, 0, 0, 0)}, form.NewDecimal(8, 0)}, {form.Date{Time: at(2026, 8, 2, 0, 0, 0)}, form.NewDecimal(75, 1)}}, got.Days)
	require.Empty(t, got.Redeem)

	older, err := wild(t, "suite-overtime-2021").Suite("加班")
	require.NoError(t, err)
	requireGot(t, older.Children.Table, ",alias=everyDayDuration", nil)
	requireGot(t, older.Children.Text, "加班补偿", "加班费")
	requireGot(t, older.Children.Contacts, ",alias=partner", []form.Contact{{UserID: "u6", Name: "丙"}})

	supply, err := wild(t, "suite-supply").Suite("补卡")
	require.NoError(t, err)
	requireGot(t, supply.Children.Time, ",alias=userCheckTime", at(2026, 8, 5, 4, 0, 0))
	requireGot(t, wild(t, "suite-supply").Time, "repairCheckTime", at(2026, 8, 5, 4, 0, 0))
	_, err = supply.Start()
	require.ErrorIs(t, err, form.ErrAbsent)
	_, err = supply.Duration()
	require.ErrorIs(t, err, form.ErrAbsent)
	require.Empty(t, supply.Unit())

	transfer, err := wild(t, "suite-transfer").Suite("")
	require.NoError(t, err)
	requireGot(t, transfer.Children.Departments, "新部门", []form.Department{{ID: 62000002, Name: "乙部"}})

	expenses, err := wild(t, "suite-expense-rows").Suite("报销")
	require.NoError(t, err)
	require.Len(t, expenses.Rows, 2)
	requireGot(t, expenses.Rows[1].Decimal, "报销金额(元)", form.NewDecimal(120050, 2))
	require.Equal(t, expenses.Rows[0], expenses.Children)
}

func TestSuiteFields(t *testing.T) {
	t.Parallel()
	type leave struct {
		Suite  form.Suite `form:"开始时间,type=DDHolidayField"`
		Reason string     `form:"请假事由"`
	}
	var got leave
	require.NoError(t, form.Unmarshal(wild(t, "suite-leave"), &got))
	require.Equal(t, "事假", got.Suite.Type())
	require.Equal(t, "1", got.Reason)
	_, err := form.Marshal(got)
	requireProblems(t, err, []string{"Suite (开始时间, DDHolidayField) is a suite (套件), which no call can start: leave it empty"})

	type outing struct {
		Suite  *form.Suite `form:"外出"`
		Reason string      `form:"事由"`
	}
	var laid outing
	require.NoError(t, form.Unmarshal(wild(t, "suite-laid-out"), &laid, form.Strict()))
	require.Equal(t, "见客户", laid.Suite.Type())
	require.Equal(t, "拜访", laid.Reason)

	type outings struct {
		Going    form.Suite  `form:"外出"`
		Trip     *form.Suite `form:"出差"`
		Business form.Suite  `form:"商旅"`
	}
	var nothing outings
	require.NoError(t, form.Unmarshal(wild(t, "suite-nothing"), &nothing))
	require.Equal(t, outings{Trip: &form.Suite{}}, nothing)
	_, err = wild(t, "suite-nothing").Suite("")
	requireProblems(t, err, []string{"出差 (DDBizSuite) is a second suite of the form; name the one to read"})
	_, err = wild(t, "suite-nothing")[:1].Suite("")
	require.ErrorIs(t, err, form.ErrAbsent)
	_, err = wild(t, "places").Suite("")
	require.ErrorIs(t, err, form.ErrAbsent)
}

func TestBadSuites(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`{"startTime":"2026-01-01"}`: "外出 (DDBizSuite) must be a list of the suite's components",
		`x`:                          "must be a list of the suite's components",
		`[{"props":1}]`:              "is malformed JSON",
		`[{"value":1}] x`:            "is malformed JSON",
		`["a"`:                       "is malformed JSON",
		`[[1]]`:                      "is malformed JSON",
	} {
		v := form.Values{{Name: "外出", Value: value, ComponentType: "DDBizSuite"}}
		for _, label := range []string{"外出", ""} {
			_, err := v.Suite(label)
			require.NotErrorIs(t, err, form.ErrAbsent)
			requireProblems(t, err, []string{want})
		}
	}
	suite := form.Suite{Children: form.Values{{BizAlias: "startTime", Name: "开始", Value: "soon"}, {BizAlias: "duration", Value: "long", ExtValue: "{"}, {BizAlias: "unit", Value: "week"}}}
	_, err := suite.Start()
	requireProblems(t, err, []string{"开始 must be a date"})
	_, err = suite.Duration()
	requireProblems(t, err, []string{"must be a number"})
	require.Equal(t, "week", suite.Unit())
	_, err = suite.Child("")
	require.ErrorIs(t, err, form.ErrAbsent)
}

// Half days keep their half, and no time.Time takes one.
func TestHalfDays(t *testing.T) {
	t.Parallel()
	v := wild(t, "suite-leave-halves")
	span := form.DateRange{Start: at(2026, 3, 1, 12, 0, 0), End: at(2026, 3, 2, 0, 0, 0), StartHalf: form.Afternoon, EndHalf: form.Morning}
	requireGot(t, v.DateRange, "开始,and=结束", span)
	holiday, err := v.Holiday(",id=DDHolidayField-1")
	require.NoError(t, err)
	require.Equal(t, form.Morning, holiday.StartHalf)
	require.Equal(t, form.Morning, holiday.EndHalf)

	half := form.Values{{Name: "日期", Value: "2026-03-01 上午"}, {Name: "晚", Value: "2026-03-01 PM"}, {Name: "日", Value: "2026-03-01"}, {Name: "分", Value: "2026-03-01 09:30"}, {Name: "斜", Value: "2026/03/01"}, {Name: "斜半", Value: "2026/03/01 上午"}}
	_, err = half.Time("日期")
	requireProblems(t, err, []string{`日期 (DDDateField) is the half day "2026-03-01 上午", which a time.Time cannot keep; use form.Date`})
	requireGot(t, half.Date, "日期", form.Date{Time: at(2026, 3, 1, 0, 0, 0), Half: form.Morning})
	requireGot(t, half.Date, "晚", form.Date{Time: at(2026, 3, 1, 12, 0, 0), Half: form.Afternoon})
	requireGot(t, half.Date, "日", form.Date{Time: at(2026, 3, 1, 0, 0, 0)})
	requireGot(t, half.Time, "斜", at(2026, 3, 1, 0, 0, 0))
	requireGot(t, half.Date, "斜半", form.Date{Time: at(2026, 3, 1, 0, 0, 0), Half: form.Morning})
	requireGot(t, half.Date, "分", form.Date{Time: at(2026, 3, 1, 9, 30, 0)})

	type dates struct {
		Day    form.Date      `form:"日"`
		Minute form.Date      `form:"分,minute"`
		Half   form.Date      `form:"半"`
		None   form.Date      `form:"无"`
		Span   form.DateRange `form:"开始,and=结束"`
	}
	written := dates{form.Date{Time: at(2026, 3, 1, 0, 0, 0)}, form.Date{Time: at(2026, 3, 1, 9, 30, 0)}, form.Date{Time: at(2026, 3, 1, 12, 0, 0), Half: form.Afternoon}, form.Date{}, span}
	values, err := form.Marshal(written)
	require.NoError(t, err)
	require.Equal(t, []form.Value{
		{Name: "日", Value: "2026-03-01"},
		{Name: "分", Value: "2026-03-01 09:30"},
		{Name: "半", Value: "2026-03-01 下午"},
		{Name: `["开始","结束"]`, Value: `["2026-03-01 下午","2026-03-02 上午"]`},
	}, values)
	var read dates
	require.NoError(t, form.Unmarshal(values, &read))
	require.Equal(t, written, read)

	day := at(2026, 3, 1, 8, 0, 0)
	for want, r := range map[string]form.DateRange{
		"has an End before its Start":                    {Start: day, End: day, StartHalf: form.Afternoon, EndHalf: form.Morning},
		"has one half":                                   {Start: day, End: day, EndHalf: form.Morning},
		`must have form.Morning or form.Afternoon as`:    {Start: day, End: day, StartHalf: "noon", EndHalf: "noon"},
		`form.Morning or form.Afternoon as its half, no`: {Start: day, End: day, StartHalf: form.Morning, EndHalf: "noon"},
	} {
		_, err := form.Marshal(struct {
			R form.DateRange `form:"r"`
		}{r})
		requireProblems(t, err, []string{want})
	}
}

// Times of forms are China time unless they name a zone, as Z does.
func TestTimesWithoutSeconds(t *testing.T) {
	t.Parallel()
	v := form.Values{{Name: "a", Value: "2026-04-16T15:34Z"}, {Name: "b", Value: "2026-04-16T15:34:00Z"}, {Name: "c", Value: "2026-04-16T15:34+09:00"}}
	requireGot(t, v.Time, "a", at(2026, 4, 16, 23, 34, 0))
	requireGot(t, v.Time, "b", at(2026, 4, 16, 23, 34, 0))
	requireGot(t, v.Time, "c", at(2026, 4, 16, 14, 34, 0))
}

func TestWildTotals(t *testing.T) {
	t.Parallel()
	v := wild(t, "table-totals")
	requireGot(t, v.Totals, "采购明细", []form.Total{{ID: "MoneyField_1", Label: "价格", Sum: form.NewDecimal(101250, 2)}, {ID: "NumberField_1", Label: "数量", Sum: form.NewDecimal(3, 0), Unit: "个"}})
	requireGot(t, wild(t, "table-missing-cell").Totals, "明细", []form.Total{})
	requireGot(t, form.Values{{Name: "明细", ExtValue: "null"}}.Totals, "明细", nil)
	_, err := v.Totals("无")
	require.ErrorIs(t, err, form.ErrAbsent)
	for _, ext := range []string{"{", `{"statValue":[{"num":"x"}]}`, `{"statValue":[{"num":{}}]}`} {
		_, err = form.Values{{Name: "明细", ExtValue: ext}}.Totals("明细")
		requireProblems(t, err, []string{"明细 (TableField) has totals that cannot be read"})
	}
	_, err = form.Values{{Name: "明细"}, {Name: "明细"}}.Totals("明细")
	requireProblems(t, err, []string{"has two components"})
}
