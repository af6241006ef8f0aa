package emulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/form"
)

// everyServer has the form with every component.
func everyServer(t *testing.T) *emulator.Server {
	t.Helper()
	return newServer(t, emulator.WithForms(company.DefaultForm(), company.EveryComponentForm()))
}

func jsonText(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// everyRow fills in the table that is required.
func everyRow(cells ...object) object {
	row := append([]object{{"name": "单行输入框", "value": "x"}}, cells...)
	return object{"name": "明细", "value": jsonText([][]object{row})}
}

func startEvery(t *testing.T, s *emulator.Server, values ...object) reply {
	t.Helper()
	return call(t, s, http.MethodPost, "/v1.0/workflow/processInstances", object{
		"processCode": company.DefaultEveryComponentCode, "originatorUserId": "zhangsan", "deptId": 100, "formComponentValues": values,
	})
}

// TestValuesAreChecked has good and bad values for each component, at the form's
// top and in a table.
func TestValuesAreChecked(t *testing.T) {
	t.Parallel()
	s := everyServer(t)
	related := create(t, newClient(t, s), leave())
	file, err := s.PutFile("zhangsan", "a.txt", []byte("x"))
	require.NoError(t, err)
	attachment := func(spaceID, fileID string) string {
		return jsonText([]object{{"spaceId": spaceID, "fileName": "a.txt", "fileSize": "1", "fileType": "txt", "fileId": fileID}})
	}
	list := func(n int, text string) string {
		return jsonText(strings.Split(strings.Repeat(text+" ", n-1)+text, " "))
	}
	require.NoError(t, s.Leave("qianqi"))
	for label, test := range map[string]struct {
		good []string
		bad  map[string]string
	}{
		"单行输入框": {[]string{"x"}, nil},
		"多行输入框": {[]string{"a\r\nb"}, nil},
		"数字输入框": {[]string{"100", "-0.50"}, map[string]string{"abc": "数字", "1e3": "数字", "1,000": "数字"}},
		"金额":    {[]string{"0.10"}, map[string]string{"￥1": "数字"}},
		"单选框":   {[]string{"选项1"}, map[string]string{"选项9": "选项9", `["选项1"]`: "选项列表"}},
		"多选框":   {[]string{`["选项1","选项3"]`}, map[string]string{`["选项9"]`: "选项9", "选项1": "JSON数组"}},
		"日期":    {[]string{"2026-05-04"}, map[string]string{"2026-05-04 09:00": "yyyy-MM-dd", "4.5.2026": "yyyy-MM-dd"}},
		`["开始时间","结束时间"]`: {[]string{`["2026-05-04 09:00","2026-05-04 18:00"]`}, map[string]string{
			`["2026-05-04","2026-05-05"]`: "yyyy-MM-dd HH:mm", `["2026-05-04 18:00","2026-05-04 09:00"]`: "早于", `["2026-05-04 09:00"]`: "开始时间和结束时间",
		}},
		"开始时间": {[]string{`["2026-05-04 09:00","2026-05-04 18:00"]`}, nil},
		"电话":   {[]string{"15712344545", "+86-15712344545"}, map[string]string{"one": "电话"}},
		"图片":   {[]string{list(9, "https://example.com/a.png")}, map[string]string{list(10, "u"): "9", "u": "JSON数组", `[""]`: "JSON数组"}},
		"附件": {[]string{attachment(file.SpaceID, file.ID)}, map[string]string{
			attachment("1", file.ID): "钉盘空间", attachment(file.SpaceID, "1"): "钉盘空间", "x": "JSON数组", `[{"fileId":"1"}]`: "spaceId",
		}},
		"联系人":   {[]string{`["lisi","wangwu"]`, "lisi"}, map[string]string{`["nobody"]`: "nobody", "qianqi": "qianqi", "[1]": "JSON数组"}},
		"部门":    {[]string{"100,200", "[100]", `["-1"]`}, map[string]string{"999": "999", "研发部": "部门id"}},
		"关联审批单": {[]string{`["` + related + `"]`, related}, map[string]string{`["none"]`: "none", list(10, related): "9", "[1]": "JSON数组"}},
		"省市区":   {[]string{"北京,北京市,东城区", `["浙江省","杭州市"]`}, map[string]string{"北京": "省、市、区", "北京,": "省、市、区"}},
		"评分":    {[]string{"5"}, map[string]string{"6": "1到5", "0": "1到5", "x": "1到5"}},
		`["当前时间","当前地点"]`: {[]string{`["2025-01-03 14:27:20",120.02,30.28,"杭州",100]`}, map[string]string{
			`["2025-01-03",120,30,"杭州"]`: "时间", `["2025-01-03 14:27:20",181,30,"杭州"]`: "经度", `["2025-01-03 14:27:20","120","30","杭州"]`: "经度", "杭州": "JSON数组",
		}},
		"计算公式": {[]string{"100"}, map[string]string{"x": "数字"}},
		"身份证":  {[]string{"11010519491231002X"}, nil},
		"关联控件": {nil, map[string]string{"x": "不支持"}},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			for _, value := range test.good {
				r := startEvery(t, s, object{"name": label, "value": value}, everyRow(withoutTwice(label, value)...))
				require.Equal(t, 200, r.status, "%s: %s", value, r.body)
			}
			for value, says := range test.bad {
				r := startEvery(t, s, object{"name": label, "value": value}, everyRow())
				requireBadValue(t, r, label, says)
				requireBadValue(t, startEvery(t, s, everyRow(object{"name": label, "value": value})), "明细第1行"+label, says)
			}
		})
	}
}

// withoutTwice is the cell of a column, but for the one that everyRow has.
func withoutTwice(label, value string) []object {
	if label == "单行输入框" {
		return nil
	}
	return []object{{"name": label, "value": value}}
}

func requireBadValue(t *testing.T, r reply, says ...string) {
	t.Helper()
	require.Equal(t, 400, r.status, "%s", r.body)
	require.Contains(t, []any{"formConverterError", "illegalComponent"}, r.object["code"])
	for _, text := range says {
		require.Contains(t, r.object["message"], text)
	}
}

func TestMoreValuesAreChecked(t *testing.T) {
	t.Parallel()
	s := everyServer(t)
	people := jsonText(strings.Split(strings.Repeat("lisi ", 50)+"wangwu", " "))
	for name, test := range map[string]struct {
		values []object
		says   []string // none: the form is taken
	}{
		"any other option":       {[]object{{"name": "其他选项", "value": "任意"}, everyRow()}, nil},
		"minutes":                {[]object{{"name": "时刻", "value": "2026-05-04 09:00"}, everyRow()}, nil},
		"a day for minutes":      {[]object{{"name": "时刻", "value": "2026-05-04"}, everyRow()}, []string{"时刻", "HH:mm"}},
		"two people for one":     {[]object{{"name": "一个联系人", "value": `["lisi","wangwu"]`}, everyRow()}, []string{"一个联系人"}},
		"two departments":        {[]object{{"name": "一个部门", "value": "100,200"}, everyRow()}, []string{"一个部门"}},
		"a note":                 {[]object{{"name": "文字说明", "value": "x"}, everyRow()}, []string{"文字说明", "不支持"}},
		"a suite":                {[]object{{"name": "请假开始", "value": "x"}, everyRow()}, []string{"请假开始", "不支持"}},
		"no table":               {[]object{{"name": "金额", "value": "1"}}, []string{"明细", "必填"}},
		"no rows":                {[]object{{"name": "明细", "value": "[]"}}, []string{"明细", "必填"}},
		"a column is missing":    {[]object{{"name": "明细", "value": `[[{"name":"金额","value":"1"}]]`}}, []string{"明细第1行单行输入框", "必填"}},
		"a column is unknown":    {[]object{everyRow(object{"name": "单价", "value": "1"})}, []string{"明细第1行单价"}},
		"a row by labels":        {[]object{{"name": "明细", "value": `[{"单行输入框":"x","金额":"1"}]`}}, nil},
		"a cell that is no text": {[]object{everyRow(object{"name": "金额", "value": 1})}, []string{"明细第1行", "文本"}},
		"a cell with a list":     {[]object{everyRow(object{"name": "多选框", "value": []string{"选项1", "选项3"}})}, nil},
		"a list by labels":       {[]object{{"name": "明细", "value": `[{"单行输入框":"x","多选框":["选项1"]}]`}}, nil},
		"a list of no option":    {[]object{everyRow(object{"name": "多选框", "value": []string{"选项9"}})}, []string{"明细第1行多选框", "选项9"}},
		"no row":                 {[]object{{"name": "明细", "value": `[1]`}}, []string{"明细第1行"}},
		"no list":                {[]object{{"name": "明细", "value": `{}`}}, []string{"明细", "JSON数组"}},
		"51 people in a table":   {[]object{everyRow(object{"name": "联系人", "value": people})}, []string{"明细", "50"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startEvery(t, s, test.values...)
			if test.says == nil {
				require.Equal(t, 200, r.status, "%s", r.body)
				return
			}
			requireBadValue(t, r, test.says...)
		})
	}
}

// TestLongValuesOnTheOlderGateway: its page has no limit that the request itself
// could be checked for.
func TestLongValuesOnTheOlderGateway(t *testing.T) {
	t.Parallel()
	s := everyServer(t)
	start := func(value, extValue string) float64 {
		r := callOld(t, s, http.MethodPost, "/topapi/processinstance/create", object{
			"process_code": company.DefaultEveryComponentCode, "originator_user_id": "zhangsan", "dept_id": 100,
			"form_component_values": []object{{"name": "单行输入框", "value": value, "ext_value": extValue}, everyRow()},
		})
		return dig[float64](t, r.object, "errcode")
	}
	longest := strings.Repeat("字", 65535)
	require.Zero(t, start(longest, longest))
	require.NotZero(t, start(longest+"字", ""))
	require.NotZero(t, start("x", longest+"字"))
}

// TestValuesAreReadBack: people, departments and approvals come with names.
func TestValuesAreReadBack(t *testing.T) {
	t.Parallel()
	s := everyServer(t)
	c := newClient(t, s)
	related := create(t, c, leave())
	req := leave()
	req.ProcessCode = company.DefaultEveryComponentCode
	req.FormValues = []dingoa.FormValue{
		{Name: "单行输入框", Value: "x"},
		{Name: "联系人", Value: `["lisi"]`},
		{Name: "部门", Value: "100"},
		{Name: "关联审批单", Value: `["` + related + `"]`},
		{Name: "明细", Value: `[[{"name":"单行输入框","value":"x"},{"id":"InnerContactField-column","name":"联系人","value":"wangwu"}]]`},
	}
	in, err := c.Instances.Get(t.Context(), create(t, c, req))
	require.NoError(t, err)
	values := form.Values(in.FormValues)
	contacts, err := values.Contacts("联系人")
	require.NoError(t, err)
	require.Equal(t, []form.Contact{{UserID: "lisi", Name: "李四"}}, contacts)
	departments, err := values.Departments("部门")
	require.NoError(t, err)
	require.Equal(t, []form.Department{{ID: 100, Name: "研发部"}}, departments)
	approvals, err := values.Related("关联审批单")
	require.NoError(t, err)
	relatedIn, err := c.Instances.Get(t.Context(), related)
	require.NoError(t, err)
	require.Equal(t, []form.Related{{InstanceID: related, Title: "张三提交的请假", BusinessID: relatedIn.BusinessID}}, approvals)
	rows, err := values.Table("明细")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	contacts, err = rows[0].Contacts("联系人")
	require.NoError(t, err)
	require.Equal(t, []form.Contact{{UserID: "wangwu", Name: "王五"}}, contacts)
	raw, err := values.Get("联系人")
	require.NoError(t, err)
	require.Equal(t, "李四", raw.Value)
	require.JSONEq(t, `[{"name":"李四","emplId":"lisi","itemId":"lisi"}]`, raw.ExtValue)
	raw, err = values.Get("明细")
	require.NoError(t, err)
	require.JSONEq(t, `[{"rowNumber":"TableField-every_1","rowValue":[
		{"componentType":"TextField","key":"`+rows[0][0].ID+`","label":"单行输入框","value":"x"},
		{"componentType":"InnerContactField","key":"InnerContactField-column","label":"联系人","value":"王五","extendValue":[{"name":"王五","emplId":"wangwu","itemId":"wangwu"}]}
	]}]`, raw.Value)
	require.JSONEq(t, `{"statValue":[],"componentName":"TableField"}`, raw.ExtValue)
}

// TestSchemaTellsEverything compares the schema with the form of the emulator.
func TestSchemaTellsEverything(t *testing.T) {
	t.Parallel()
	s := everyServer(t)
	r := call(t, s, http.MethodGet, "/v1.0/workflow/forms/schemas/processCodes?processCode="+company.DefaultEveryComponentCode, nil)
	schema, err := form.ParseSchema(r.body)
	require.NoError(t, err)
	want := company.EveryComponentForm()
	require.Equal(t, want.Name, schema.Name)
	require.Equal(t, want.ProcessCode, schema.ProcessCode)
	requireComponents(t, want.Components, schema.Components)
}

func requireComponents(t *testing.T, want []company.Component, got []form.Component) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		g := got[i]
		require.Equal(t, w.Label, g.Name())
		if g.Type != "DepartmentField" && g.Type != "InnerContactField" {
			w.Multiple = g.Multiple
		}
		require.Equal(t,
			company.Component{
				ID: g.ID, BizAlias: g.BizAlias, Label: g.Name(), Type: g.Type, Required: g.Required, Options: g.Options, OtherOption: g.OtherOption,
				Placeholder: g.Placeholder, Unit: g.Unit, Format: g.Format, Multiple: g.Multiple, MaxStars: g.MaxStars, AddressModel: g.AddressModel, Children: w.Children,
			}, w)
		requireComponents(t, w.Children, g.Children)
	}
}

// TestCreatedFormsKeepTheirComponents creates a form through the API that is
// then read and filled in.
func TestCreatedFormsKeepTheirComponents(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	component := func(componentType string, props dingoa.FormComponentProps, children ...dingoa.FormComponent) dingoa.FormComponent {
		return dingoa.FormComponent{ComponentType: componentType, Props: props, Children: children}
	}
	created, err := c.Templates.Create(t.Context(), dingoa.TemplateRequest{Name: "出差", Components: []dingoa.FormComponent{
		component("DDDateField", dingoa.FormComponentProps{ComponentID: "D-1", Label: "日期", Format: "yyyy-MM-dd HH:mm", Unit: "小时", Placeholder: "请选择", BizAlias: "day"}),
		component("DDSelectField", dingoa.FormComponentProps{ComponentID: "S-1", Label: "交通", Options: []dingoa.SelectOption{{Key: "other", Value: "其他"}, {Value: "火车"}}}),
		component("InnerContactField", dingoa.FormComponentProps{ComponentID: "C-1", Label: "同行人", Choice: "1"}),
		component("DepartmentField", dingoa.FormComponentProps{ComponentID: "B-1", Label: "部门", Multiple: true}),
		component("StarRatingField", dingoa.FormComponentProps{ComponentID: "R-1", Label: "评分", Limit: 5}),
		component("AddressField", dingoa.FormComponentProps{ComponentID: "A-1", Label: "地址", AddressModel: "city"}),
		component("TableField", dingoa.FormComponentProps{ComponentID: "T-1", Label: "行程"},
			component("DDDateField", dingoa.FormComponentProps{ComponentID: "T-2", Label: "日期", Format: "yyyy-MM-dd", Required: true}),
			component("InnerContactField", dingoa.FormComponentProps{ComponentID: "T-3", Label: "接待人", Choice: "0"})),
	}})
	require.NoError(t, err)
	schema, err := c.Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: created.ProcessCode})
	require.NoError(t, err)
	require.Equal(t, []form.Component{
		{Type: "DDDateField", ID: "D-1", BizAlias: "day", Label: "日期", Format: "yyyy-MM-dd HH:mm", Unit: "小时", Placeholder: "请选择"},
		{Type: "DDSelectField", ID: "S-1", Label: "交通", Options: []string{"火车", "其他"}, OtherOption: true},
		{Type: "InnerContactField", ID: "C-1", Label: "同行人", Multiple: true},
		{Type: "DepartmentField", ID: "B-1", Label: "部门", Multiple: true},
		{Type: "StarRatingField", ID: "R-1", Label: "评分", MaxStars: 5},
		{Type: "AddressField", ID: "A-1", Label: "地址", AddressModel: "city"},
		{Type: "TableField", ID: "T-1", Label: "行程", Children: []form.Component{
			{Type: "DDDateField", ID: "T-2", Label: "日期", Format: "yyyy-MM-dd", Required: true},
			{Type: "InnerContactField", ID: "T-3", Label: "接待人"},
		}},
	}, schema.Form().Components)

	req := leave()
	req.ProcessCode, req.Approvers = created.ProcessCode, []dingoa.Approver{{UserIDs: []string{"lisi"}}}
	req.FormValues = []dingoa.FormValue{{Name: "行程", Value: `[[{"name":"日期","value":"2026-05-04"},{"name":"接待人","value":"lisi"}]]`}}
	create(t, c, req)
	req.FormValues[0].Value = `[[{"name":"日期","value":"2026-05-04"},{"name":"接待人","value":"[\"lisi\",\"wangwu\"]"}]]`
	_, err = c.Instances.Create(t.Context(), req)
	require.ErrorContains(t, err, "行程第1行接待人")
}

func TestFormsThatCannotBe(t *testing.T) {
	t.Parallel()
	table := company.Component{Label: "明细", Type: "TableField"}
	text := company.Component{Label: "事由", Type: "TextField"}
	for problem, component := range map[string]company.Component{
		"component 1.1 is a table within a table": {Label: "明细", Type: "TableField", Children: []company.Component{table}},
		"component 1.2 needs Label and Type":      {Label: "明细", Type: "TableField", Children: []company.Component{text, {}}},
		`label "事由" is given twice`:               {Label: "明细", Type: "TableField", Children: []company.Component{text, text}},
		"has Children but is no TableField":       {Label: "事由", Type: "TextField", Children: []company.Component{text}},
		"has OtherOption but no Options":          {Label: "事由", Type: "DDSelectField", OtherOption: true},
	} {
		_, err := emulator.New(emulator.WithForms(company.Form{ProcessCode: "P", Name: "n", Components: []company.Component{component}}))
		require.ErrorContains(t, err, problem)
	}
}
