package dingoa_test

import (
	"maps"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// wildComponents are published components by file of testdata/wild/values, each
// with what it says.
func wildComponents() map[string]func(r wildRead) {
	all := map[string]func(r wildRead){}
	for _, files := range []map[string]func(r wildRead){wildUnfilled(), wildAmbiguous(), wildPeopleOfForms(), wildSpans()} {
		maps.Copy(all, files)
	}
	return all
}

func wildUnfilled() map[string]func(r wildRead) {
	return map[string]func(r wildRead){
		"40-nothing-issued-goods.json": func(r wildRead) {
			r.texts(map[string]string{"用途": "甲用途", "详情": "丙"})
			r.rows("明细", map[string]string{"名称": "甲", "数量": "3", "图片": `["https://static.example/1.png","https://static.example/2.png"]`}, map[string]string{"名称": "乙", "数量": "2"})
			r.photos("图片")
		},
		"41-nothing-document.json": func(r wildRead) {
			r.texts(map[string]string{"文号": "甲发〔2019〕8", "密级": "秘密", "处室意见": "", "领导意见": ""})
			r.times(map[string]time.Time{"拟稿日期": china(2019, 10, 1, 0, 0, 0)})
			r.decimals(map[string]string{"印数": "1", "处室意见": ""})
			r.files("正文", form.Attachment{SpaceID: "9", FileID: "8", FileName: "a(1).docx", FileSize: 13251, FileType: "docx"})
		},
		"42-nothing-goout-texts.json": func(r wildRead) {
			r.texts(map[string]string{"申请人": "甲", "外出事由": "访客户"})
			r.times(map[string]time.Time{"开始时间": china(2019, 7, 30, 15, 6, 15), "结束时间": china(2019, 8, 14, 15, 6, 15)})
			r.photos("图片")
		},
		"43-nothing-attachment.json": func(r wildRead) { r.files("附件") },
		"44-nothing-text.json": func(r wildRead) {
			r.texts(map[string]string{"记录号": "rec1", "产品": "投标", "空": ""})
			r.options("省市", "甲省", "乙市")
		},
		"45-nothing-survey.json": func(r wildRead) {
			r.times(map[string]time.Time{"踏勘日期": china(2023, 1, 6, 0, 0, 0)})
			r.texts(map[string]string{"是否启用": "是", "评审": "", ",id=TextNote_1": ""})
			r.decimals(map[string]string{"费用": "", "比例": ""})
			_, err := r.v.Time("预计日期")
			require.ErrorIs(r.t, err, form.ErrAbsent)
			r.people("审核人")
			for label, read := range map[string]func(row wildRead){
				"现场": func(row wildRead) {
					row.decimals(map[string]string{"距离": "0"})
					row.options("危险物", "无")
				},
				"方案": func(row wildRead) {
					row.decimals(map[string]string{"造价": "410456.48"})
					row.files("报价单", form.Attachment{SpaceID: "9", FileID: "8", FileName: "a.xlsx", FileSize: 20845, FileType: "xlsx"})
				},
			} {
				rows, err := r.v.Table(label)
				require.NoError(r.t, err)
				require.Len(r.t, rows, 1)
				read(wildRead{r.t, rows[0]})
			}
		},
		"46-nothing-expense.json": func(r wildRead) {
			r.texts(map[string]string{"主体": "甲公司"})
			r.rows("明细", map[string]string{"项目": "住宿", "金额": "300", "报销金额": "280.5"}, map[string]string{"项目": "交通", "报销金额": "19.5"})
			r.photos("图片", "https://static.example/1.jpg", "https://static.example/2.jpg")
			r.files("附件")
			related, err := r.v.Related("关联")
			require.NoError(r.t, err)
			require.Empty(r.t, related)
		},
	}
}

func wildAmbiguous() map[string]func(r wildRead) {
	return map[string]func(r wildRead){
		"47-equal-labels-in-row.json": func(r wildRead) {
			rows, err := r.v.Table("信息")
			require.NoError(r.t, err)
			require.Len(r.t, rows, 1)
			row := wildRead{r.t, rows[0]}
			row.texts(map[string]string{"区域": "地上", "类型": "其它", ",id=TextNote_2": "慢充"})
			row.decimals(map[string]string{"总计": "0", "价": "1.5"})
			row.photos("照片", "https://static.example/1.jpg")
			_, err = row.v.Text("说明") // notes, which nobody fills in, have no label of their own
			require.ErrorIs(r.t, err, form.ErrAbsent)
		},
		// Which of the two is shown depends on the branch of the form, which only its
		// user knows: the empty one may be the one that is meant.
		"48-equal-labels-one-empty.json": func(r wildRead) {
			r.rows("明细", map[string]string{"名称": "甲", "数量": "10000", "单价": "2.2"})
			r.ambiguous("币种")
		},
	}
}

// ambiguous checks that no way of reading picks one of several components of a label.
func (r wildRead) ambiguous(label string) {
	r.t.Helper()
	_, get := r.v.Get(label)
	_, text := r.v.Text(label)
	_, number := r.v.Int(label)
	_, decimal := r.v.Decimal(label)
	_, date := r.v.Date(label)
	_, at := r.v.Time(label)
	_, span := r.v.DateRange(label)
	_, options := r.v.Options(label)
	_, people := r.v.Contacts(label)
	_, departments := r.v.Departments(label)
	_, related := r.v.Related(label)
	_, files := r.v.Attachments(label)
	_, photos := r.v.Photos(label)
	_, address := r.v.Address(label)
	_, location := r.v.Location(label)
	_, holiday := r.v.Holiday(label)
	_, table := r.v.Table(label)
	_, totals := r.v.Totals(label)
	_, suite := r.v.Suite(label)
	set := r.v.Set(label, "x")
	var byTag struct {
		Coin string `form:"币种"`
	}
	tag := form.Unmarshal(r.v, &byTag)
	for i, err := range []error{
		get, text, number, decimal, date, at, span, options, people, departments, related, files, photos, address,
		location, holiday, table, totals, suite, set, tag,
	} {
		require.ErrorContains(r.t, err, "has two components on the form", i)
		require.ErrorContains(r.t, err, label, i)
		require.NotErrorIs(r.t, err, form.ErrAbsent, i)
	}
}

func wildPeopleOfForms() map[string]func(r wildRead) {
	one := form.Contact{UserID: "u5", Name: "乙"}
	department := form.Department{ID: 62000001, Name: "甲部"}
	return map[string]func(r wildRead){
		"49-people-survey.json": func(r wildRead) {
			r.people("踏勘人", one)
			r.people("编制人", one)
		},
		"50-people-ecology.json": func(r wildRead) { r.people("接待", one) },
		"51-department-object.json": func(r wildRead) {
			r.departments("主体", department)
			r.files("附件", form.Attachment{SpaceID: "9", FileID: "8", FileName: "a.xlsx", FileSize: 2048}, form.Attachment{SpaceID: "9", FileID: "7", FileName: "b.png"})
		},
		"52-department-id-and-name.json": func(r wildRead) { r.departments("部门", department) },
		"53-department-name.json":        func(r wildRead) { r.departments("部门", form.Department{Name: "甲部"}) },
		"54-department-without-ext.json": func(r wildRead) { r.departments("部门", form.Department{Name: "甲部"}) },
		"55-department-deptid.json":      func(r wildRead) { r.departments("部门", department) },
		"56-department-id.json":          func(r wildRead) { r.departments("部门", department) },
		"57-cascade.json":                func(r wildRead) { r.texts(map[string]string{"主体": "甲/乙", "部门": "乙"}) },
		"62-departments-with-commas.json": func(r wildRead) {
			r.departments("部门", form.Department{ID: 62000001}, form.Department{ID: 62000002})
		},
		"63-address-with-commas.json": func(r wildRead) {
			address, err := r.v.Address("省市区")
			require.NoError(r.t, err)
			require.Equal(r.t, form.Address{Province: "北京", City: "北京市", District: "东城区"}, address)
		},
	}
}

func wildSpans() map[string]func(r wildRead) {
	return map[string]func(r wildRead){
		"58-leave-day-and-a-half.json": func(r wildRead) {
			r.holiday("开始时间", morning(2026, 8, 24), afternoon(2026, 8, 25), "1.5", "halfDay", "事假", "1.5", "36")
		},
		"59-leave-as-sent.json": func(r wildRead) {
			r.holiday("开始时间", form.Date{Time: china(2026, 8, 13, 12, 8, 0)}, form.Date{Time: china(2026, 8, 14, 18, 8, 0)}, "14.87", "hour", "事假", "0", "14.87")
		},
		"60-overtime-range.json": func(r wildRead) {
			r.span("开始时间", form.Date{Time: china(2026, 4, 17, 17, 30, 0)}, form.Date{Time: china(2026, 4, 17, 18, 0, 0)})
			r.decimals(map[string]string{"时长": "0.5"})
		},
		"61-leave-words.json": func(r wildRead) {
			r.texts(map[string]string{"请假类型": "调休", "请假时间": "2026-07-24 09:00 至 2026-08-04 18:00", "请假时长": "8天"})
			for _, read := range []func(string) error{
				func(label string) error { _, err := r.v.Time(label); return err },
				func(label string) error { _, err := r.v.DateRange(label); return err },
			} {
				require.NotErrorIs(r.t, read("请假时间"), form.ErrAbsent)
				require.ErrorContains(r.t, read("请假时间"), "请假时间")
			}
		},
	}
}
