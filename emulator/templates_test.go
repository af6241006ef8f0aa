package emulator_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

func expense() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultExpenseCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{{Name: "金额", Value: "100"}},
	}
}

func forecast(t *testing.T, c *dingoa.Client, req dingoa.CreateInstanceRequest) *dingoa.Forecast {
	t.Helper()
	f, err := c.Templates.Forecast(t.Context(), dingoa.ForecastRequest{
		ProcessCode: req.ProcessCode, UserID: req.OriginatorUserID, DeptID: req.DeptID, FormValues: req.FormValues,
	})
	require.NoError(t, err)
	return f
}

// TestOriginatorChoosesApprovers goes from the forecast to the decision of the
// person who was chosen.
func TestOriginatorChoosesApprovers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	req := expense()
	f := forecast(t, c, req)
	require.Len(t, f.Rules, 2)
	require.Equal(t, []dingoa.ForecastUser{{UserID: "lisi", Name: "李四", Avatar: "https://static.emulator.invalid/avatars/lisi.png"}}, f.Rules[0].Actioners)
	require.Len(t, f.Missing(nil), 1)
	require.Equal(t, "财务", f.Missing(nil)[0].Name)

	_, err := f.Select(map[string][]string{"财务": {"qianqi"}})
	require.ErrorContains(t, err, "does not allow qianqi; choose from wangwu, zhaoliu")
	req.TargetSelectActioners, err = f.Select(map[string][]string{"财务": {"zhaoliu"}})
	require.NoError(t, err)
	id := create(t, c, req)
	require.NoError(t, s.Approve("lisi", id, ""))
	require.Equal(t, []string{"lisi COMPLETED AGREE", "zhaoliu RUNNING"}, lines(state(t, s, id)))
	require.NoError(t, s.Approve("zhaoliu", id, ""))
	require.Equal(t, "agree", state(t, s, id).Result)
}

func TestChosenApproversAreChecked(t *testing.T) {
	t.Parallel()
	free := company.ExpenseForm()
	free.ProcessCode, free.Name = "PROC-FREE", "采购"
	free.Flow = []company.Node{{SelfSelect: true, Several: true, Mode: company.All}}
	s := newServer(t, emulator.WithForms(company.ExpenseForm(), free))
	c := newClient(t, s)
	f := forecast(t, c, expense())
	key := f.SelfSelected()[0].Actor.Key
	for name, tc := range map[string]struct {
		chosen []string
		want   string
	}{
		"nobody":   {nil, "targetSelectApproverMissing"},
		"outside":  {[]string{"qianqi"}, "targetSelectApproverScopeError"},
		"two":      {[]string{"wangwu", "zhaoliu"}, "targetSelectApproverScopeError"},
		"stranger": {[]string{"nobody"}, "targetSelectApproverScopeError"},
	} {
		req := expense()
		req.TargetSelectActioners = []dingoa.TargetSelectActioner{{ActionerKey: key, UserIDs: tc.chosen}}
		_, err := c.Instances.Create(t.Context(), req)
		var e *dingoa.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, tc.want, e.Code, name)
	}

	req := expense()
	req.ProcessCode = "PROC-FREE"
	f = forecast(t, c, req)
	require.Equal(t, dingoa.SelectAllStaff, f.Rules[0].Actor.SelectionType)
	var err error
	req.TargetSelectActioners, err = f.Select(map[string][]string{"审批人": {"qianqi", "wangwu"}})
	require.NoError(t, err)
	require.Equal(t, []string{"qianqi RUNNING", "wangwu RUNNING"}, lines(state(t, s, create(t, c, req))))
}

func TestForecastIsRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	good := object{
		"processCode": company.DefaultExpenseCode, "userId": "zhangsan", "deptId": 100,
		"formComponentValues": []object{{"name": "金额", "value": "1"}},
	}
	path := "/v1.0/workflow/processes/forecast"
	requireDocumented(t, "ProcessForecast", call(t, s, http.MethodPost, path, good).body)
	for want, change := range map[string]object{
		"processCodeError": {"processCode": "PROC-NONE"},
		"userNotExist":     {"userId": "nobody"},
		"invalidParameter": {"deptId": 200},
		"componentIsNull":  {"formComponentValues": []object{}},
		"forecastError":    {"formComponentValues": []object{{"name": "天数", "value": "1"}}},
		"invalidUserId":    {"userId": ""},
	} {
		r := call(t, s, http.MethodPost, path, with(good, change))
		require.Equal(t, want, r.object["code"], "%s", r.body)
	}
}

func newForm() dingoa.TemplateRequest {
	return dingoa.TemplateRequest{
		Name: "出差", Description: "出差申请",
		Components: []dingoa.FormComponent{
			{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-city", Label: "城市", Required: true, BizAlias: "city"}},
			{ComponentType: "DDSelectField", Props: dingoa.FormComponentProps{Label: "交通", Options: []dingoa.SelectOption{{Value: "火车"}, {Value: "飞机"}}}},
			{ComponentType: "MoneyField", Props: dingoa.FormComponentProps{ComponentID: "MoneyField-1", Label: "预算", Upper: "0", Print: "0", Invisible: true}},
			{ComponentType: "InnerContactField", Props: dingoa.FormComponentProps{ComponentID: "InnerContactField-1", Label: "同行人", Choice: "1"}},
			{ComponentType: "TextNote", Props: dingoa.FormComponentProps{Content: "说明"}},
			{
				ComponentType: "TableField", Props: dingoa.FormComponentProps{
					ComponentID: "TableField-1", Label: "行程", StatField: []dingoa.StatField{{ComponentID: "MoneyField-2", Label: "费用", Upper: "1"}},
				},
				Children: []dingoa.FormComponent{{ComponentType: "MoneyField", Props: dingoa.FormComponentProps{ComponentID: "MoneyField-2", Label: "费用", Unit: "元"}}},
			},
		},
	}
}

// TestFormsAreCreatedAndChanged goes from a new form to approvals with it.
func TestFormsAreCreatedAndChanged(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	created, err := c.Templates.Create(t.Context(), newForm())
	require.NoError(t, err)
	_, err = c.Templates.Create(t.Context(), newForm())
	require.ErrorIs(t, err, dingoa.ErrConflict)

	schema, err := c.Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: created.ProcessCode})
	require.NoError(t, err)
	require.Equal(t, "出差", schema.Name)
	require.Equal(t, "出差申请", schema.Memo)
	require.Equal(t, dingoa.TemplatePublished, schema.Status)
	require.Len(t, schema.Content.Items, 6)
	require.Equal(t, []string{"火车", "飞机"}, schema.Content.Items[1].Props.Options)
	require.Equal(t, "1", schema.Content.Items[2].Props.NotUpper)
	require.Equal(t, "1", schema.Content.Items[2].Props.NotPrint)
	require.True(t, schema.Content.Items[2].Props.Hidden)
	require.Equal(t, 1, schema.Content.Items[3].Props.Choice)
	require.Equal(t, []dingoa.SchemaStatField{{ID: "MoneyField-2", Label: "费用", Upper: true}}, schema.Content.Items[5].Props.StatField)
	require.Equal(t, "MoneyField-2", schema.Content.Items[5].Children[0].Props.ID)

	req := leave()
	req.ProcessCode, req.Approvers = created.ProcessCode, []dingoa.Approver{{UserIDs: []string{"lisi"}}}
	req.FormValues = []dingoa.FormValue{{BizAlias: "city", Name: "城市", Value: "杭州"}}
	running := create(t, c, req)

	form := newForm()
	form.Name, form.Config.Hidden = "差旅", true
	form.Components = form.Components[1:2]
	updated, err := c.Templates.Update(t.Context(), created.ProcessCode, form)
	require.NoError(t, err)
	require.Equal(t, created, updated)
	_, err = c.Instances.Create(t.Context(), req)
	require.ErrorContains(t, err, "城市")
	require.Equal(t, "张三提交的出差", state(t, s, running).Title)

	_, err = c.Templates.Update(t.Context(), "PROC-NONE", form)
	require.ErrorIs(t, err, dingoa.ErrNotFound)
	_, err = c.Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-NONE"})
	require.ErrorIs(t, err, dingoa.ErrNotFound)
	twice := newForm()
	twice.Name, twice.Components = "重复", append(twice.Components, twice.Components[0])
	_, err = c.Templates.Create(t.Context(), twice)
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	var codes []string
	for template, err := range c.Templates.AllVisible(t.Context(), dingoa.ListVisibleTemplatesRequest{UserID: "zhangsan", PageSize: 1}) {
		require.NoError(t, err)
		codes = append(codes, template.ProcessCode)
	}
	require.Equal(t, []string{company.DefaultExpenseCode, company.DefaultProcessCode}, codes, "hidden forms are not listed")
	manageable, err := c.Templates.Manageable(t.Context(), "zhangsan")
	require.NoError(t, err)
	require.Len(t, manageable, 3)
	require.True(t, slices.ContainsFunc(manageable, func(m dingoa.ManageableTemplate) bool { return m.Name == "差旅" }))
}

func TestFormsOnTheOlderGateway(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s, dingoa.WithLegacyGateway(), dingoa.WithAgentID(company.DefaultAgentID))
	form := dingoa.TemplateRequest{Name: "出差", Description: "出差申请", Components: []dingoa.FormComponent{
		{ComponentType: "DDSelectField", Props: dingoa.FormComponentProps{ComponentID: "DDSelectField-1", Label: "交通", Options: []dingoa.SelectOption{{Value: "火车"}}}},
	}}
	created, err := c.Templates.Create(t.Context(), form)
	require.NoError(t, err)
	_, err = c.Templates.Update(t.Context(), created.ProcessCode, form)
	require.NoError(t, err)
	n := 0
	for template, err := range c.Templates.AllVisible(t.Context(), dingoa.ListVisibleTemplatesRequest{PageSize: 2}) {
		require.NoError(t, err)
		require.NotEmpty(t, template.Name)
		n++
	}
	require.Equal(t, 3, n)
	manageable, err := c.Templates.Manageable(t.Context(), "zhangsan")
	require.NoError(t, err)
	require.Len(t, manageable, 3)
	require.True(t, manageable[0].NewProcess)
	require.False(t, manageable[0].ModifyTime.IsZero())
}

func TestFormRepliesHaveTheDocumentedShape(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	code := company.DefaultProcessCode
	created := call(t, s, http.MethodPost, "/v1.0/workflow/forms", object{
		"name": "出差", "formComponents": []object{{
			"componentType": "TableField", "props": object{"label": "行程", "componentId": "t", "actionName": "加", "statField": []object{{"componentId": "m", "label": "费用"}}},
			"children": []object{{"componentType": "MoneyField", "props": object{"label": "费用", "componentId": "m", "unit": "元"}}},
		}},
	})
	requireDocumented(t, "FormCreate", created.body)
	for _, code := range []string{code, dig[string](t, created.object, "result", "processCode")} {
		requireDocumented(t, "QuerySchemaByProcessCode", call(t, s, http.MethodGet, "/v1.0/workflow/forms/schemas/processCodes?processCode="+code, nil).body)
	}
	visible := "/v1.0/workflow/processes/userVisibilities/templates"
	requireDocumented(t, "ListUserVisibleBpmsProcesses", call(t, s, http.MethodGet, visible+"?maxResults=1&nextToken=0", nil).body)
	requireDocumented(t, "GetManageProcessByStaffId", call(t, s, http.MethodGet, "/v1.0/workflow/processes/managements/templates?userId=lisi", nil).body)
	conditions := "/v1.0/workflow/processes/conditions/components"
	requireDocumented(t, "GetConditionFormComponent", call(t, s, http.MethodGet, conditions+"?processCode="+code, nil).body)
	requireDocumented(t, "OapiProcessListbyuserid", callOld(t, s, http.MethodPost, "/topapi/process/listbyuserid", object{"offset": 0, "size": 1}).body)
	requireDocumented(t, "OapiProcessTemplateManageGet", callOld(t, s, http.MethodPost, "/topapi/process/template/manage/get", object{"userid": "lisi"}).body)
	save := object{"saveProcessRequest": object{
		"agentid": company.DefaultAgentID, "name": "采购", "description": "采购",
		"form_component_list": []object{{"component_name": "TextField", "props": object{"id": "TextField-1", "label": "事由"}}},
	}}
	requireDocumented(t, "OapiProcessSave", callOld(t, s, http.MethodPost, "/topapi/process/save", save).body)

	for path, want := range map[string]string{
		visible + "?maxResults=101&nextToken=0":                   "invalidMaxResults",
		visible + "?maxResults=10":                                "invalidNextToken",
		visible + "?maxResults=10&nextToken=-1":                   "invalidNextToken",
		visible + "?maxResults=10&nextToken=0&userId=nobody":      "invalidParameter",
		conditions + "?processCode=PROC-NONE":                     "processNotExist",
		conditions + "?processCode=" + code + "&agentId=1":        "invalidAgentId",
		"/v1.0/workflow/processes/managements/templates?userId=x": "userNotExist",
		"/v1.0/workflow/processes/managements/templates":          "invalidUserId",
	} {
		require.Equal(t, want, call(t, s, http.MethodGet, path, nil).object["code"], path)
	}
}
