package conformance

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
)

// every has each component that a call can fill in, labelled as in everyForm.
type every struct {
	everyCells

	Minute time.Time       `form:"时刻,minute"`
	Other  string          `form:"其他选项,type=DDSelectField"`
	One    form.Contact    `form:"一个联系人"`
	Dept   form.Department `form:"一个部门"`
	Rows   []everyCells    `form:"明细,required"`
}

// everyCells are the components that may be the columns of a table, too.
type everyCells struct {
	Text        string            `form:"单行输入框,required"`
	Paragraph   string            `form:"多行输入框,type=TextareaField"`
	Number      int               `form:"数字输入框"`
	Money       form.Decimal      `form:"金额,type=MoneyField"`
	Choice      string            `form:"单选框,type=DDSelectField"`
	Choices     []string          `form:"多选框"`
	Day         time.Time         `form:"日期"`
	Span        form.DateRange    `form:"开始时间,and=结束时间,minute"`
	Phone       string            `form:"电话,type=PhoneField"`
	Photos      []form.Photo      `form:"图片"`
	Files       []form.Attachment `form:"附件"`
	People      []form.Contact    `form:"联系人"`
	Departments []form.Department `form:"部门"`
	Related     []form.Related    `form:"关联审批单"`
	Address     form.Address      `form:"省市区"`
	Stars       int               `form:"评分,type=StarRatingField,omitempty"`
}

// everyForm creates such a form.
func everyForm(name string) dingoa.TemplateRequest {
	of := func(componentType, label string, props dingoa.FormComponentProps) dingoa.FormComponent {
		props.Label = label
		return dingoa.FormComponent{ComponentType: componentType, Props: props}
	}
	options := []dingoa.SelectOption{{Key: "option_1", Value: "选项1"}, {Key: "option_2", Value: "选项2"}}
	none := dingoa.FormComponentProps{}
	cells := []dingoa.FormComponent{
		of("TextField", "单行输入框", dingoa.FormComponentProps{Required: true}),
		of("TextareaField", "多行输入框", none),
		of("NumberField", "数字输入框", none),
		of("MoneyField", "金额", none),
		of("DDSelectField", "单选框", dingoa.FormComponentProps{Options: options}),
		of("DDMultiSelectField", "多选框", dingoa.FormComponentProps{Options: options}),
		of("DDDateField", "日期", dingoa.FormComponentProps{Format: "yyyy-MM-dd", Unit: "天"}),
		of("DDDateRangeField", `["开始时间","结束时间"]`, dingoa.FormComponentProps{Format: "yyyy-MM-dd HH:mm", Unit: "小时"}),
		of("PhoneField", "电话", dingoa.FormComponentProps{Mode: "phone_tel"}),
		of("DDPhotoField", "图片", none),
		of("DDAttachment", "附件", none),
		of("InnerContactField", "联系人", dingoa.FormComponentProps{Choice: "1"}),
		of("DepartmentField", "部门", dingoa.FormComponentProps{Multiple: true}),
		of("RelateField", "关联审批单", none),
		of("AddressField", "省市区", dingoa.FormComponentProps{AddressModel: "district"}),
		of("StarRatingField", "评分", dingoa.FormComponentProps{Limit: 5}),
	}
	table := of("TableField", "明细", dingoa.FormComponentProps{Required: true})
	table.Children = identified(cells, "column")
	return dingoa.TemplateRequest{Name: name, Components: append(identified(cells, "every"),
		of("DDDateField", "时刻", dingoa.FormComponentProps{ComponentID: "minute", Format: "yyyy-MM-dd HH:mm", Unit: "小时"}),
		of("DDSelectField", "其他选项", dingoa.FormComponentProps{ComponentID: "other", Options: append(options, dingoa.SelectOption{Key: "other", Value: "其他"})}),
		of("InnerContactField", "一个联系人", dingoa.FormComponentProps{ComponentID: "one", Choice: "0"}),
		of("DepartmentField", "一个部门", dingoa.FormComponentProps{ComponentID: "dept"}),
		table,
		of("TextNote", "", dingoa.FormComponentProps{ComponentID: "note", Content: "说明"}),
	)}
}

func identified(components []dingoa.FormComponent, kind string) []dingoa.FormComponent {
	components = slices.Clone(components)
	for i := range components {
		components[i].Props.ComponentID = components[i].ComponentType + "-" + kind
	}
	return components
}

// everyValue fills in every component.
func (r *run) everyValue() every {
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))
	dept := form.Department{ID: r.DeptID}
	cells := everyCells{
		Text: "出差 <&>", Paragraph: "a\nb", Number: -3, Money: form.NewDecimal(1050, 2), Choice: "选项1", Choices: []string{"选项2", "选项1"},
		Day: day, Span: form.DateRange{Start: day.Add(9 * time.Hour), End: day.Add(18 * time.Hour)}, Phone: "15712344545",
		Photos: []form.Photo{"https://gw.alicdn.com/tfs/TB1.png"}, People: []form.Contact{{UserID: r.Approvers[0]}, {UserID: r.Approvers[1]}},
		Departments: []form.Department{dept}, Related: []form.Related{{InstanceID: r.create(one(r.Approvers[0]))}},
		Address: form.Address{Province: "北京", City: "北京市", District: "东城区"}, Stars: 5,
	}
	if !r.Legacy { // the older gateway has no uploads
		file, err := r.Client.Files.Upload(r.Context(), dingoa.UploadRequest{UserID: r.Originator, Name: "every.txt", Size: 1, Content: strings.NewReader("x")})
		r.ok(err)
		cells.Files = []form.Attachment{*file}
	}
	return every{
		everyCells: cells, Minute: day.Add(time.Hour), Other: "任意", One: form.Contact{UserID: r.Approvers[2]}, Dept: dept,
		Rows: []everyCells{cells, {Text: "第二行"}},
	}
}

// everyComponent fills in a form with every component and reads it back; on
// today's gateway its schema is checked against, too.
func everyComponent(r *run) {
	code := r.EveryCode
	if r.LeavesForms && !r.Legacy {
		created, err := r.Client.Templates.Create(r.Context(), everyForm("conformance "+r.Now().Format("0102150405.000")))
		r.ok(err)
		code = created.ProcessCode
	}
	if code == "" {
		r.Skip("needs a form with every component, or leave to create one")
	}
	client := r.Client
	if !r.Legacy {
		checking, err := r.Client.With(dingoa.WithFormCheck(10 * time.Minute))
		r.ok(err)
		client = checking
	}
	sent := r.everyValue()
	req := r.request(one(r.Approvers[0]))
	req.ProcessCode, req.FormValues = code, r.values(sent)
	created, err := client.Instances.Create(r.Context(), req)
	r.ok(err)

	var got every
	r.ok(form.Unmarshal(r.get(created.InstanceID).FormValues, &got))
	if values := r.values(got); !reflect.DeepEqual(values, req.FormValues) {
		r.Fatalf("read back %+v, sent %+v", values, req.FormValues)
	}

	sent.Rows[1].Choice = "选项9"
	req.FormValues = r.values(sent)
	_, err = r.Client.Instances.Create(r.Context(), req)
	r.is(err, dingoa.ErrInvalidArgument)
	if r.Legacy {
		return
	}
	_, err = client.Instances.Create(r.Context(), req)
	r.is(err, dingoa.ErrInvalidArgument)
	var refused *form.Error
	if !errors.As(err, &refused) {
		r.Fatalf("got %v, want a *form.Error", err)
	}
	r.equal("refused", refused.Problems[0].Label, "明细[1].单选框")
}

func (r *run) values(v every) []dingoa.FormValue {
	r.Helper()
	values, err := form.Marshal(v)
	r.ok(err)
	return values
}
