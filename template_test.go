package dingoa_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

func templateGoldens() []golden {
	agent := []dingoa.Option{dingoa.WithAgentID(1150000211)}
	code := func(code string) *dingoa.TemplateCode { return &dingoa.TemplateCode{ProcessCode: code} }
	return []golden{
		{
			name: "TemplateService.Create", want: code("PROC-abcdef-example"), kind: dingoa.ErrConflict,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Templates.Create(ctx, travelForm()) },
		},
		{
			name: "TemplateService.Create", legacy: true, opts: agent, want: code("PROC-7C8BB7AE-E758-4A96-9375-27CFD376B19C"),
			call: func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Templates.Create(ctx, legacyForm()) },
		},
		{
			name: "TemplateService.Update", want: code("PROC-abcdef-example"), kind: dingoa.ErrNotFound,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Update(ctx, "PROC-abcdef-example", travelForm())
			},
		},
		{
			name: "TemplateService.Update", legacy: true, opts: agent, want: code("PROC-7C8BB7AE-E758-4A96-9375-27CFD376B19C"),
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Update(ctx, "PROC-37801FB3-xxxx-xxxx-xxxx-6C6ADB87CD9A", legacyForm())
			},
		},
		{
			name: "TemplateService.Schema", want: sampleSchema(), kind: dingoa.ErrNotFound,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Schema(ctx, dingoa.SchemaRequest{ProcessCode: "PROC-17428B8C-6C60-xxxx-924C-64F1037AE067", AppUUID: "SWAPP-abcd-example"})
			},
		},
		{
			name: "TemplateService.Forecast", want: sampleForecast(), kind: dingoa.ErrNotFound,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Forecast(ctx, sampleForecastRequest())
			},
		},
		{
			name: "TemplateService.ListVisible", kind: dingoa.ErrInvalidArgument,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.ListVisible(ctx, dingoa.ListVisibleTemplatesRequest{UserID: "manager7078", PageSize: 10})
			},
			want: &dingoa.Page[dingoa.VisibleTemplate]{NextCursor: "10", Items: []dingoa.VisibleTemplate{{
				Name: "物品领用", URL: "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?xxxx", IconURL: "https://gw.xxxx/T-102-102.png",
				ProcessCode: "PROC-YMLA1-xxxx-11WFJ-1", DirID: "12347899", DirName: "财务管理",
			}}},
		},
		{
			name: "TemplateService.ListVisible", legacy: true,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.ListVisible(ctx, dingoa.ListVisibleTemplatesRequest{UserID: "manager7078"})
			},
			want: &dingoa.Page[dingoa.VisibleTemplate]{NextCursor: "2", Items: []dingoa.VisibleTemplate{
				{Name: "物品领用", URL: "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?xxxx", IconURL: "https://gw.xxxx/T-102-102.png", ProcessCode: "PROC-YMLA1-xxxx-11WFJ-1"},
				{Name: "通用审批", URL: "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?xxxx", IconURL: "https://gw.xxxx/T-102-103.png", ProcessCode: "PROC-YMLA1-xxxx-11WFJ-2"},
			}},
		},
		{
			name: "TemplateService.Manageable", kind: dingoa.ErrPermission,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Manageable(ctx, "manager7078")
			},
			want: []dingoa.ManageableTemplate{{
				Name: "通用审批", ProcessCode: "PROC-44E84FC1-16E2-4A69-BB3C-xxxx", IconName: "common", IconURL: "https://gw.alicdn.com/tfs/xxxx-112-112.png",
				NewProcess: true, ModifyTime: chinaMinute(2022, 8, 23, 17, 9),
			}},
		},
		{
			name: "TemplateService.Manageable", legacy: true,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				templates, err := c.Templates.Manageable(ctx, "user123")
				for i := range templates {
					templates[i].ModifyTime = templates[i].ModifyTime.UTC()
				}
				return templates, err
			},
			want: []dingoa.ManageableTemplate{
				legacyManageable("物品领用", "PROC-E580A0F2-AAAE-4B7C-B42A-xxxx", "common", "https://gw.alicdn.com/tfs/xxxx-112-112.png"),
				legacyManageable("通用审批", "PROC-598BB40C-9C32-4C60-9EA0-xxxx", "common", "https://gw.alicdn.com/tfs/xxxx-112-112.png"),
				legacyManageable("采购", "PROC-44E84FC1-16E2-4A69-BB3C-xxxx", "procurement", "https://gw.alicdn.com/tfs/TB1oQi.xxxx-112-112.png"),
			},
		},
		{
			name: "TemplateService.ConditionComponents", kind: dingoa.ErrNotFound,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.ConditionComponents(ctx, dingoa.ConditionComponentsRequest{ProcessCode: "PROC-xxx", AgentID: 10})
			},
			want: []dingoa.ConditionComponent{{ID: "TextField", Label: "输入框"}},
		},
	}
}

// legacyManageable has a time of the older gateway, which is Beijing's.
func legacyManageable(name, code, icon, iconURL string) dingoa.ManageableTemplate {
	return dingoa.ManageableTemplate{
		Name: name, ProcessCode: code, IconName: icon, IconURL: iconURL,
		ModifyTime: time.Date(2020, 7, 14, 6, 24, 59, 0, time.UTC),
	}
}

func component(componentType string, props dingoa.FormComponentProps) dingoa.FormComponent {
	return dingoa.FormComponent{ComponentType: componentType, Props: props}
}

func travelForm() dingoa.TemplateRequest {
	table := component("TableField", dingoa.FormComponentProps{
		ComponentID: "TableField_1MLEPEA", BizAlias: "table", Label: "表格", TableViewMode: "table", VerticalPrint: true,
		StatField: []dingoa.StatField{{ComponentID: "MoneyField_1S85G0", Label: "金额（元）"}, {ComponentID: "NumberField_1XP6A", Label: "数字输入框"}},
	})
	table.Children = []dingoa.FormComponent{
		component("TextField", dingoa.FormComponentProps{ComponentID: "TextField_1UE1ZY1A28AO0", Label: "单行输入框", Placeholder: "请输入"}),
		component("MoneyField", dingoa.FormComponentProps{ComponentID: "MoneyField_1S85G0", Label: "金额（元）", Placeholder: "请输入金额", Upper: "0"}),
		component("NumberField", dingoa.FormComponentProps{ComponentID: "NumberField_1XP6A", Label: "数字输入框", Placeholder: "请输入数字", Unit: "元"}),
	}
	return dingoa.TemplateRequest{
		Name: "出差报销审批", Description: "用于员工差旅费用报销使用",
		Components: []dingoa.FormComponent{
			component("TextField", dingoa.FormComponentProps{ComponentID: "TextField-abcd", Label: "文本框", Required: true, BizAlias: "TextField-bizAlias"}),
			component("TextareaField", dingoa.FormComponentProps{Label: "多行输入框", Placeholder: "请输入"}),
			component("NumberField", dingoa.FormComponentProps{Label: "数字输入框", Placeholder: "请输入数字"}),
			table,
		},
	}
}

func legacyForm() dingoa.TemplateRequest {
	abc := []dingoa.SelectOption{{Value: "a"}, {Value: "b"}, {Value: "c"}}
	table := component("TableField", dingoa.FormComponentProps{
		ComponentID: "TableField-JT435H4C", Label: "明细", ActionName: "增加明细",
		StatField: []dingoa.StatField{{ComponentID: "NumberField-JT435KJO", Label: "数字", Upper: "0"}},
	})
	table.Children = []dingoa.FormComponent{
		component("TextField", dingoa.FormComponentProps{ComponentID: "TextField-JT435KJN", Label: "单行输入框", Placeholder: "请输入", Required: true}),
		component("NumberField", dingoa.FormComponentProps{ComponentID: "NumberField-JT435KJO", Label: "数字输入框", Placeholder: "请输入数字", Required: true}),
	}
	return dingoa.TemplateRequest{
		Name: "审批模版测试", Description: "审批模版测试",
		Components: []dingoa.FormComponent{
			component("TextField", dingoa.FormComponentProps{ComponentID: "TextField-J78F056R", Label: "单行输入框", Placeholder: "请输入"}),
			component("TextareaField", dingoa.FormComponentProps{ComponentID: "TextareaField-J78F056S", Label: "多行输入框", Placeholder: "请输入", Required: true}),
			component("MoneyField", dingoa.FormComponentProps{ComponentID: "MoneyField-J78F0571", Label: "金额（元）大写", Placeholder: "请输入金额", Upper: "1", Required: true}),
			component("NumberField", dingoa.FormComponentProps{ComponentID: "NumberField-J78F057N", Label: "数字输入框", Placeholder: "请输入", Unit: "元", Required: true}),
			component("CalculateField", dingoa.FormComponentProps{
				ComponentID: "Calculate-JF85Z4ZP", Label: "合计", Placeholder: "自动计算数值",
				Formula: `[{"id":"MoneyField-J78F0571"},"*",{"id":"NumberField-J78F057N"}]`,
			}),
			component("DDSelectField", dingoa.FormComponentProps{ComponentID: "DDSelectField-J78F056U", Label: "单选框", Placeholder: "请选择", Options: abc, Required: true}),
			component("DDMultiSelectField", dingoa.FormComponentProps{ComponentID: "DDMulti-J78F056V", Label: "多选框", Placeholder: "请选择", Options: abc, Required: true}),
			component("DDDateField", dingoa.FormComponentProps{ComponentID: "DDDateField-J8MTJZVE", Label: "日期", Placeholder: "请选择", Unit: "天", Required: true}),
			component("DDDateRangeField", dingoa.FormComponentProps{ComponentID: "DDDateRange-J78F057Q", Label: `["开始时间","结束时间"]`, Placeholder: "请选择", Unit: "天", Required: true}),
			component("RelateField", dingoa.FormComponentProps{ComponentID: "RelateField-JF85Z4ZO", Label: "关联审批单", Placeholder: "请选择", Print: "0", Required: true}),
			component("DDPhotoField", dingoa.FormComponentProps{ComponentID: "DDPhotoField-J78F056Y", Label: "图片", Required: true}),
			component("DDAttachment", dingoa.FormComponentProps{ComponentID: "DDAttachment-J78F0572", Label: "附件", Required: true}),
			component("InnerContactField", dingoa.FormComponentProps{ComponentID: "InnerContact-J78F0574", Label: "联系人", Choice: "0", Required: true}),
			table,
		},
	}
}

func sampleSchema() *dingoa.FormSchema {
	return &dingoa.FormSchema{
		CreatorUserID: "26652461xxxx5992", AppUUID: "xxxx", FormCode: "PROC-17428B8C-6C60-470E-xxxx-64F1037AE067",
		FormUUID: "FORM-28215C3E-00E3-4118-xxxx-4091F828AF2F", Name: "示例模板", Memo: "xxxx", OwnerIDType: "orgId",
		Content: dingoa.SchemaContent{Title: "示例模板", Icon: "common", Items: []dingoa.SchemaItem{{
			ComponentName: "TextField", Props: sampleProps(),
			Children: []dingoa.SchemaItem{{
				ComponentName: "TextField", Props: dingoa.SchemaProps{ID: "TextField-abcd", Label: "姓名", BizAlias: "userName", Required: true},
			}},
		}}},
		Icon: "null", BizType: "hrm.xxxx", Status: dingoa.TemplatePublished, ListOrder: 1, CustomSetting: "null", ProcType: "inner", VisibleRange: "PRIVATE",
		CreateTime: time.UnixMilli(1638326995000).UTC(), ModifyTime: time.UnixMilli(1640344585000).UTC(),
	}
}

func sampleProps() dingoa.SchemaProps {
	return dingoa.SchemaProps{
		ID: "TextField-K2AD4O5B", Label: "单行输入框", BizAlias: "我的单行输入框", Required: true, Placeholder: "请输入文字",
		Options: []string{"选项1"}, ObjOptions: []dingoa.SchemaOption{{Value: "xxxx"}}, Choice: 1, Unit: "天", Format: "yyyy-MM-dd",
		NotPrint: "1", NotUpper: "1", Hidden: true, Disabled: true, HideLabel: true, HiddenInApprovalDetail: true,
		Duration: true, DurationLabel: "xxxx", Align: "top", Link: "xxxx", MainTitle: "xxxx", Formula: "xxxx",
		ActionName: "添加", StatField: []dingoa.SchemaStatField{{ID: "TextField-K2AD4O5B", Label: "单行输入框", Upper: true, Unit: "xxxx"}},
		VerticalPrint: true, ChildFieldVisible: map[string]bool{"key": true},
		BehaviorLinkage: []dingoa.BehaviorLinkage{{Value: "xxxx", Targets: []dingoa.BehaviorTarget{{FieldID: "TextField-K2AD4O5B", Behavior: "xxxx"}}}},
		BizType:         "hrm.xxxx", CommonBizType: "xxxx", AppID: 1234567, FieldsInfo: "xxxx", Extract: true, ESign: true, PayEnable: true,
		AsyncCondition: true, LabelEditableFreeze: true, RequiredEditableFreeze: true,
		PushToCalendar: 1, PushToAttendance: true, Push: dingoa.SchemaPush{Switch: 1, Tag: "xxxx", AttendanceRule: 1},
		StaffStatusEnabled: true, AttendTypeLabel: "请假", HolidayOptions: []map[string]string{{"key": "xxxx"}}, UseCalendar: true, ShowAttendOptions: true,
	}
}

func templateMethods() []method {
	form := dingoa.TemplateRequest{Name: "报销", Description: "报销", Components: []dingoa.FormComponent{{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-1", Label: "事由"}}}}
	withAgent := func(c *dingoa.Client) *dingoa.Client {
		c, err := c.With(dingoa.WithAgentID(1))
		if err != nil {
			panic(err)
		}
		return c
	}
	return []method{
		{
			"Templates.Create", operation.FormCreate, true,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := withAgent(c).Templates.Create(ctx, form)
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.Create(ctx, dingoa.TemplateRequest{})
				return err
			},
			`{"errcode":0,"result":{"processCode":"PROC-1","process_code":"PROC-1"}}`,
		},
		{
			"Templates.Update", operation.FormCreate, true,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := withAgent(c).Templates.Update(ctx, "PROC-1", form)
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.Update(ctx, "", dingoa.TemplateRequest{})
				return err
			},
			`{"errcode":0,"result":{"processCode":"PROC-1","process_code":"PROC-1"}}`,
		},
		{
			"Templates.Schema", operation.QuerySchemaByProcessCode, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.Schema(ctx, dingoa.SchemaRequest{ProcessCode: "PROC-1"})
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.Schema(ctx, dingoa.SchemaRequest{})
				return err
			},
			`{"result":{"name":"报销"}}`,
		},
		{
			"Templates.Forecast", operation.ProcessForecast, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.Forecast(ctx, sampleForecastRequest())
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.Forecast(ctx, dingoa.ForecastRequest{})
				return err
			},
			`{"result":{"isForecastSuccess":true}}`,
		},
		{
			"Templates.ListVisible", operation.ListUserVisibleBpmsProcesses, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.ListVisible(ctx, dingoa.ListVisibleTemplatesRequest{UserID: "user1"})
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.ListVisible(ctx, dingoa.ListVisibleTemplatesRequest{PageSize: 101})
				return err
			},
			`{"errcode":0,"result":{"processList":[],"process_list":[]}}`,
		},
		{
			"Templates.Manageable", operation.GetManageProcessByStaffId, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.Manageable(ctx, "user1")
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.Manageable(ctx, "")
				return err
			},
			`{"errcode":0,"result":[],"success":true}`,
		},
		{
			"Templates.ConditionComponents", operation.GetConditionFormComponent, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.ConditionComponents(ctx, dingoa.ConditionComponentsRequest{ProcessCode: "PROC-1"})
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Templates.ConditionComponents(ctx, dingoa.ConditionComponentsRequest{})
				return err
			},
			`{"result":[]}`,
		},
	}
}

// The page of the older gateway leaves out most props and all settings, which the
// vendor's SDKs for it send.
func TestTemplatesOfTheOlderGatewaySendWhatItsSDKsSend(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"result":{"process_code":"PROC-1"}}`))
	_, err := dt.client(t, dingoa.WithLegacyGateway(), dingoa.WithAgentID(1)).Templates.Create(t.Context(), dingoa.TemplateRequest{
		Name: "报销", Description: "报销",
		Components: []dingoa.FormComponent{
			component("DDDateRangeField", dingoa.FormComponentProps{
				ComponentID: "DDDateRangeField-1", Label: `["始","终"]`, BizAlias: "span", Format: "yyyy-MM-dd", Duration: true, BizType: "b", AsyncCondition: true,
			}),
			component("TextNote", dingoa.FormComponentProps{ComponentID: "TextNote-1", Label: "说明", Content: "请填", Link: "https://example.com"}),
			{
				ComponentType: "TableField", Props: dingoa.FormComponentProps{ComponentID: "TableField-1", Label: "行程"},
				Children: []dingoa.FormComponent{component("TextField", dingoa.FormComponentProps{ComponentID: "TextField-1", Label: "事由", CommonBizType: "c", TableViewMode: "list"})},
			},
		},
		Config: dingoa.TemplateConfig{DirID: "1", OriginDirID: "2", Hidden: true, DisableFormEdit: true},
	})
	require.NoError(t, err)
	require.JSONEq(t, `{"saveProcessRequest":{"agentid":1,"name":"报销","description":"报销","dir_id":"1","origin_dir_id":"2",
		"process_config":{"hidden":true,"disable_form_edit":true},"form_component_list":[
		{"component_name":"DDDateRangeField","props":{"id":"DDDateRangeField-1","label":"[\"始\",\"终\"]","biz_alias":"span","format":"yyyy-MM-dd","duration":true,"biz_type":"b","async_condition":true}},
		{"component_name":"TextNote","props":{"id":"TextNote-1","label":"说明","content":"请填","link":"https://example.com"}},
		{"component_name":"TableField","props":{"id":"TableField-1","label":"行程"},"children":[
			{"component_name":"TextField","props":{"id":"TextField-1","label":"事由","common_biz_type":"c","table_view_mode":"list"}}]}]}}`,
		dt.requests[0].Body)
}

func TestTemplatesOfTheOlderGatewayLackSettings(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]dingoa.TemplateRequest{
		"Components[0].Props": {Components: []dingoa.FormComponent{
			component("TextField", dingoa.FormComponentProps{ComponentID: "TextField-1", Label: "事由", CommonBizType: "x"}),
		}},
		"Components[0].Children[0].Props": {Components: []dingoa.FormComponent{{
			ComponentType: "TableField", Props: dingoa.FormComponentProps{ComponentID: "TableField-1", Label: "行程"}, Children: []dingoa.FormComponent{component("TextField", dingoa.FormComponentProps{Label: "事由", MaxLength: 1})},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form.Name, form.Description = "报销", "报销"
			if form.Components == nil {
				form.Components = legacyForm().Components
			}
			dt := newDingTalk(answer(200, `{}`))
			_, err := dt.client(t, dingoa.WithLegacyGateway(), dingoa.WithAgentID(1)).Templates.Create(t.Context(), form)
			require.ErrorIs(t, err, dingoa.ErrUnsupported)
			require.Contains(t, err.Error(), name)
			require.Empty(t, dt.sent())
		})
	}
}

func TestFormsAreCheckedWhole(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{}`))
	_, err := dt.client(t).Templates.Create(t.Context(), dingoa.TemplateRequest{Components: []dingoa.FormComponent{
		{Children: []dingoa.FormComponent{{Children: []dingoa.FormComponent{{}}}}},
		component("RelateField", dingoa.FormComponentProps{AvailableTemplates: []dingoa.AvailableTemplate{{}}, DataSource: &dingoa.FormDataSource{}}),
		component("TableField", dingoa.FormComponentProps{StatField: []dingoa.StatField{{}}}),
	}})
	var fields []string
	for _, field := range asError(t, err).Fields {
		fields = append(fields, field.Field)
	}
	require.Equal(t, []string{
		"Name", "Components[0].ComponentType", "Components[0].Children[0].Children", "Components[0].Children[0].ComponentType",
		"Components[1].Props.AvailableTemplates[0].Name", "Components[1].Props.AvailableTemplates[0].ProcessCode", "Components[1].Props.DataSource.Target.FormCode",
		"Components[2].Props.StatField[0].ComponentID", "Components[2].Props.StatField[0].Label",
	}, fields)
}

func TestSchemasAreReadAsDingTalkWritesThem(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"result":{"name":"请假","schemaContent":"{\"items\":[{\"componentName\":\"TableField\",\"props\":{\"label\":[\"当前时间\",\"当前地点\"],\"options\":[\"年假\"]},\"children\":[{\"componentName\":\"TextField\",\"props\":{\"label\":\"事由\",\"id\":\"TextField-1\"}}]}]}"}}`))
	schema, err := dt.client(t).Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-1"})
	require.NoError(t, err)
	require.Equal(t, `["当前时间","当前地点"]`, schema.Content.Items[0].Props.Label)
	require.Equal(t, []string{"年假"}, schema.Content.Items[0].Props.Options)
	item, ok := schema.Content.Item("事由")
	require.True(t, ok)
	require.Equal(t, "TextField-1", item.Props.ID)
	_, ok = schema.Content.Item("天数")
	require.False(t, ok)
}

func TestAllVisibleTemplates(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(
		answer(200, `{"result":{"processList":[{"name":"请假"},{"name":"报销"}],"nextToken":2}}`),
		answer(200, `{"result":{"processList":[{"name":"出差"}],"nextToken":0}}`),
	)
	var names []string
	for template, err := range dt.client(t).Templates.AllVisible(t.Context(), dingoa.ListVisibleTemplatesRequest{}) {
		require.NoError(t, err)
		names = append(names, template.Name)
	}
	require.Equal(t, []string{"请假", "报销", "出差"}, names)
	require.Equal(t, "2", dt.sent()[1].Query.Get("nextToken"))
	require.Equal(t, "100", dt.sent()[1].Query.Get("maxResults"))
}
