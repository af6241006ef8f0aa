package dingoa_test

import (
	"context"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

// ask is a golden that has one request and no form of the older gateway.
func ask(name string, kind error, want any, call func(context.Context, *dingoa.Client) (any, error)) golden {
	return golden{name: name, kind: kind, want: want, call: call}
}

func templateSearchGoldens() []golden {
	day := time.UnixMilli(1635151039000).UTC()
	return []golden{
		ask("TemplateService.Copy", dingoa.ErrInvalidArgument, []dingoa.TemplateRef{{BizType: "abc", Name: "abc", ProcessCode: "proc-abc"}},
			func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Copy(ctx, dingoa.CopyTemplatesRequest{
					SourceCorpID: "dingabc", Templates: []dingoa.TemplateRef{{BizType: "abc", Name: "abc", ProcessCode: "proc-abc"}}, Options: dingoa.CopyOptions{Type: 1},
				})
			}),
		ask("TemplateService.Install", dingoa.ErrInvalidArgument, []dingoa.TemplateRef{{BizType: "abc", Name: "abc", ProcessCode: "PROC-ABC"}},
			func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Install(ctx, dingoa.InstallTemplatesRequest{BizGroup: "abc", SourceDirName: "finance", Option: dingoa.InstallOption{Sync: true}})
			}),
		ask("TemplateService.CRMCodes", dingoa.ErrInvalidArgument, []string{"abc"},
			func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Templates.CRMCodes(ctx) }),
		ask("TemplateService.FindByBizType", dingoa.ErrInvalidArgument,
			[]dingoa.FormInfo{{
				AppType: 1, AppUUID: "SWAPP-abcdef-example", BizType: "表单业务标识", Content: "abc", CreateTime: day, ModifyTime: day, Creator: "02501234567890",
				OwnerID: "02501234567890", FormCode: "PROC-abcdef-example", FormUUID: "FORM-example", Memo: "用于收集休假信息", Name: "休假申请", Status: dingoa.TemplatePublished,
			}},
			func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.FindByBizType(ctx, dingoa.FindByBizTypeRequest{AppUUID: "SWAPP-abcdef-example", BizTypes: []string{"abc"}})
			}),
		ask("TemplateService.FindByCategory", dingoa.ErrInvalidArgument,
			[]dingoa.TemplateSummary{{ProcessCode: "abc", Name: "abc", Description: "abc", Status: dingoa.TemplatePublished}},
			func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.FindByCategory(ctx, dingoa.FindByCategoryRequest{BizType: "abc", UserID: "manager123"})
			}),
		ask("TemplateService.Definition", dingoa.ErrInvalidArgument,
			&dingoa.FormDefinition{Name: "abc", IconURL: "abc", AppType: 1, Content: "abc", ProcessConfig: "abc", HandSignEnable: "abc"},
			func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Definition(ctx, dingoa.SchemaRequest{ProcessCode: "PROC-17428B8C-6C60-xxxx-924C-64F1037AE067"})
			}),
		ask("TemplateService.Definitions", dingoa.ErrInvalidArgument,
			[]dingoa.TemplateDefinition{{
				ProcessCode: "abc", FormUUID: "abc", AppUUID: "abc", ProcessID: "1", BizCategoryID: "abc", Name: "abc", Memo: "abc", CreatorUserID: "abc",
				CreateTime: chinaMinute(2021, 10, 25, 19, 3), Managers: "abc", SchemaContent: "abc", ProcessConfig: "abc", Properties: "abc", VisibleScope: "abc",
			}},
			func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.Definitions(ctx, []string{"abc"})
			}),
		ask("TemplateService.FlowConfig", dingoa.ErrInvalidArgument, sampleFlowConfig(),
			func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.FlowConfig(ctx, "PROC-BEFC22B7-EA64-4336-86EB-AB773AA2EB12")
			}),
		ask("PremiumService.Templates", dingoa.ErrNotFound, []dingoa.TemplateDefinition{samplePremiumTemplate()},
			func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Premium.Templates(ctx, []string{"Proc-123"})
			}),
	}
}

func sampleFlowConfig() *dingoa.FlowConfig {
	return &dingoa.FlowConfig{
		Name: "模板名称", BizType: "crm_customer", BizCategoryID: "alitrip.business",
		FormSchema: `{"items":[]}`, ProcessConfig: `{"type":"","properties":{},"childNode":{}}`, Static: true, AppType: true,
		Managers: []string{"abc"}, Visibility: []dingoa.FlowVisibility{{Type: 1, Value: "manager345"}},
		SubstituteSubmit: dingoa.SubstituteSubmitConfig{Enabled: true, Submitters: []dingoa.Submitter{{Type: "approval", Value: "manager1234", Name: "钉三多"}}},
		AllowRevoke:      true, AppendEnable: true, ActivityAuth: "abc", DuplicateRemoval: "continuousFirst", AutoExecuteOriginatorTasks: true,
		Comment:  dingoa.CommentConfig{Description: "评论描述", Required: true, HiddenForOriginator: true},
		HandSign: dingoa.HandSignConfig{Enabled: true, Resign: true},
		Title:    dingoa.TitleRule{Type: 2, Expression: "#{originator}#{formName}#{createTime}"}, Abstract: []string{"abc"},
	}
}

func samplePremiumTemplate() dingoa.TemplateDefinition {
	day := time.UnixMilli(1638326995000).UTC()
	return dingoa.TemplateDefinition{
		ProcessCode: "PROC-17428B8C-6C60-470E-xxxx-64F1037AE067", FormUUID: "FORM-28215C3E-00E3-4118-xxxx-4091F828AF2F", AppUUID: "ding123",
		ProcessID: "123", BizCategoryID: "hrm.xxx", Name: "示例模板", Memo: "模板描述1", Icon: "https//:xxx", Status: dingoa.TemplatePublished,
		CreatorUserID: "userId123", ModifierUserID: "userId123", CreateTime: day, ModifyTime: day,
		SchemaContent: `{\"commentHiddenForProposer\":\"\",\"commentRequired\":\"\",\"icon\":\"timefades#red\",\"commentDescription\":\"\",\"description\":\"支持地址控件\",\"title\":\"官方OA审批-POP-2025-0109\",\"items\":[{\"componentName\":\"TimeAndLocationField\",\"props\":{\"label\":[\"当前时间\",\"当前地点\"],\"id\":\"TimeAndLocationField_1CVHM5TIIWR9C\",\"required\":false}},{\"componentName\":\"TextField\",\"props\":{\"placeholder\":\"请输入\",\"label\":\"单行输入框\",\"id\":\"TextField_17EZKEGSOCTC0\",\"required\":false}}]}`,
		ProcessConfig: `{\"name\":\"发起人\",\"type\":\"start\",\"nodeId\":\"sid-startevent\",\"childNode\":{\"name\":\"审批人\",\"prevId\":\"sid-startevent\",\"type\":\"approver\",\"nodeId\":\"sid-1234_5678\",\"properties\":{\"activateType\":\"ONE_BY_ONE\",\"approvalType\":\"MANUAL\"}}}`,
	}
}

func templateSearchMethods() []method {
	refs := []dingoa.TemplateRef{{ProcessCode: "PROC-1"}}
	row := func(name string, op operation.Operation, write bool, good string, call, empty func(context.Context, *dingoa.Client) error) method {
		return method{name: name, op: op, write: write, call: call, empty: empty, good: good}
	}
	list, object := `{"result":[]}`, `{"result":{"name":"请假"}}`
	return []method{
		row("Templates.Copy", operation.CopyProcess, true, list, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.Copy(ctx, dingoa.CopyTemplatesRequest{SourceCorpID: "ding1", Templates: refs})
			return err
		}, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.Copy(ctx, dingoa.CopyTemplatesRequest{})
			return err
		}),
		row("Templates.Install", operation.InstallApp, true, list, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.Install(ctx, dingoa.InstallTemplatesRequest{SourceDirName: "finance"})
			return err
		}, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.Install(ctx, dingoa.InstallTemplatesRequest{})
			return err
		}),
		row("Templates.CRMCodes", operation.GetCrmProcCodes, false, list, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.CRMCodes(ctx)
			return err
		}, nil),
		row("Templates.FindByBizType", operation.QueryFormByBizType, false, list, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.FindByBizType(ctx, dingoa.FindByBizTypeRequest{AppUUID: "1", BizTypes: []string{"a"}})
			return err
		}, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.FindByBizType(ctx, dingoa.FindByBizTypeRequest{})
			return err
		}),
		row("Templates.FindByCategory", operation.QueryProcessByBizCategoryId, false, list, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.FindByCategory(ctx, dingoa.FindByCategoryRequest{BizType: "a"})
			return err
		}, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.FindByCategory(ctx, dingoa.FindByCategoryRequest{})
			return err
		}),
		row("Templates.Definition", operation.QuerySchemaAndProcess, false, object, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.Definition(ctx, dingoa.SchemaRequest{ProcessCode: "PROC-1"})
			return err
		}, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.Definition(ctx, dingoa.SchemaRequest{})
			return err
		}),
		row("Templates.Definitions", operation.GetSchemaAndProcessconfigBatchlly, false, list, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.Definitions(ctx, []string{"PROC-1"})
			return err
		}, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.Definitions(ctx, nil)
			return err
		}),
		row("Templates.FlowConfig", operation.GetProcessConfig, false, object, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.FlowConfig(ctx, "PROC-1")
			return err
		}, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Templates.FlowConfig(ctx, "")
			return err
		}),
		row("Premium.Templates", operation.PremiumQuerySchemaAndProcessByCodeList, false, list, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Premium.Templates(ctx, []string{"PROC-1"})
			return err
		}, func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Premium.Templates(ctx, nil)
			return err
		}),
	}
}
