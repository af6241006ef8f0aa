package dingoa_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/attendance"
	"github.com/dingoa/dingoa/todo"
)

// sampleBody is the body of the vendor's sample as a request. Sent again, it has
// to come out as it went in.
func sampleBody[T any](name string) T {
	var sample struct {
		Body T `json:"body"`
	}
	data, err := os.ReadFile(filepath.Join("testdata", "operations", name, "request.json"))
	if err == nil {
		err = json.Unmarshal(data, &sample)
	}
	if err != nil {
		panic(err)
	}
	return sample.Body
}

func centerGoldens() []golden {
	shortcut := func(config string) dingoa.FeatureConfig {
		return dingoa.FeatureConfig{Features: []dingoa.Feature{{
			Name: dingoa.FeatureCustomShortcut, PCURL: "www.dingtalk.com", MobileURL: "www.dingtalk.com", RunType: dingoa.FeatureRedirect,
			Callback: dingoa.FeatureCallback{AppUUID: "开发组织的corpId", APIKey: "数据源配置后生成的apiKey", Version: "1"}, Config: config,
		}}}
	}
	buttons := `{\"shortcutStyle\":\"EXECUTE_ACTION\",       \"buttonConfig\":{\"agreeBtn\":\"{{'en_US':'test','ja_JP':'test','vi_VN':'test','zh_CN':'测试','zh_HK':'测试','zh_TW':'测试'}}\",\"refuseBtn\":\"{{'en_US':'test','ja_JP':'test','vi_VN':'test','zh_CN':'测试','zh_HK':'测试','zh_TW':'测试'}}\"}}`
	due := time.UnixMilli(1758729600000)
	agent := func(id int64) []dingoa.Option { return []dingoa.Option{dingoa.WithAgentID(id)} }
	manager := []dingoa.CenterTaskRef{{TaskID: "1234567", UserID: "manager001"}}
	return []golden{
		{
			name: "CenterService.SaveTemplate", kind: dingoa.ErrConflict,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.SaveTemplate(ctx, sampleBody[dingoa.SaveCenterTemplateRequest]("CenterService.SaveTemplate"))
			},
			want: &dingoa.CenterTemplate{ProcessCode: "PROC-abcdef-example"},
		},
		{
			name: "CenterService.SaveTemplate", legacy: true, opts: agent(836390886),
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.SaveTemplate(ctx, dingoa.SaveCenterTemplateRequest{
					Name: "自定义审批2", Description: "自定义审批2", Components: []dingoa.FormComponent{
						{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-J78F056R", Label: "单行输入框"}},
						{ComponentType: "MoneyField", Props: dingoa.FormComponentProps{
							ComponentID: "MoneyField-J78F0571", Label: "金额（元）大写", Required: true, Placeholder: "请输入6", Upper: "0",
						}},
					},
				})
			},
			want: &dingoa.CenterTemplate{ProcessCode: "PROC-7C8BB7AE-E758-4A96-9375-27CFD376B19C"},
		},
		{
			name: "TemplateService.FindByName", kind: dingoa.ErrNotFound,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Templates.FindByName(ctx, "名称") },
			want: &dingoa.NamedTemplate{ProcessCode: "PROC-abcdef-example", ModifyTime: chinaMinute(2024, 3, 22, 11, 50)},
		},
		{
			name: "TemplateService.FindByName", legacy: true,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Templates.FindByName(ctx, "自定义审批模板")
			},
			want: &dingoa.NamedTemplate{ProcessCode: "PROC-C54B2B4E-BE61-4DDD-8A63-AB372E64028E"},
		},
		{
			name: "CenterService.DeleteTemplate", legacy: true, opts: agent(123456),
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.DeleteTemplate(ctx, dingoa.DeleteCenterTemplateRequest{ProcessCode: "PROC-7C8BB7AE-E758-4A96-9375-27CFD376B19C", CleanRunningTasks: true})
			}),
		},
		{
			name: "CenterService.DeleteTemplate", kind: dingoa.ErrNotFound,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.DeleteTemplate(ctx, dingoa.DeleteCenterTemplateRequest{ProcessCode: "proc-abc"})
			}),
		},
		{
			name: "CenterService.CreateInstance", kind: dingoa.ErrNotFound,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.CreateInstance(ctx, sampleBody[dingoa.CreateCenterInstanceRequest]("CenterService.CreateInstance"))
			},
			want: &dingoa.CreateCenterInstanceResponse{InstanceID: "1234"},
		},
		{
			name: "CenterService.CreateInstance", legacy: true, opts: agent(836390886),
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.CreateInstance(ctx, dingoa.CreateCenterInstanceRequest{
					ProcessCode: "PROC-9FFE8121-xxxx-xxxx-xxxx-19658EB7CA3A", OriginatorUserID: "user123", Title: "给你的审批",
					URL: "http://www.dingtalk.com", FormValues: []dingoa.FormValue{{Name: "单行输入框", Value: "a"}},
				})
			},
			want: &dingoa.CreateCenterInstanceResponse{InstanceID: "c186baff-xxxx-xxxx-xxxx-7901a8646975"},
		},
		{
			name: "CenterService.UpdateInstance", kind: dingoa.ErrNotFound,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.UpdateInstance(ctx, dingoa.UpdateCenterInstanceRequest{
					InstanceID: "proc", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree, NotifierUserIDs: []string{"001"},
				})
			}),
		},
		{
			name: "CenterService.UpdateInstance", legacy: true, opts: agent(111),
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.UpdateInstance(ctx, dingoa.UpdateCenterInstanceRequest{
					InstanceID: "proc", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree, CancelRunningTasks: true,
				})
			}),
		},
		{
			name: "CenterService.UpdateInstances", kind: dingoa.ErrInvalidArgument,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.UpdateInstances(ctx, []dingoa.UpdateCenterInstanceRequest{{
					InstanceID: "EF6YJL35", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree, NotifierUserIDs: []string{"001"},
				}})
			}),
		},
		{
			name: "CenterService.UpdateInstances", legacy: true, opts: agent(83000086),
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.UpdateInstances(ctx, []dingoa.UpdateCenterInstanceRequest{{
					InstanceID: "9d47c89f-xxxx-xxxx-xxxx-2d0721fa48c4", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree,
				}})
			}),
		},
		{
			name: "CenterService.CreateTasks", kind: dingoa.ErrQuotaExceeded,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.CreateTasks(ctx, dingoa.CreateCenterTasksRequest{
					InstanceID: "S3j8rbiNT1CsXXXXXV3Q1Q04431661334483", ActivityID: "act_xxxxx", FeatureConfig: shortcut(buttons),
					Tasks: []dingoa.NewCenterTask{{UserID: "manager001", URL: "https://www.dingtalk.com", CustomData: "test***", DueTime: due}},
				})
			},
			want: manager,
		},
		{
			name: "CenterService.CreateTasks", legacy: true, opts: agent(11),
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.CreateTasks(ctx, dingoa.CreateCenterTasksRequest{
					InstanceID: "proc-zzz", ActivityID: "activity-zzz", Tasks: []dingoa.NewCenterTask{{UserID: "manager", URL: "https://www.dingtalk.com"}},
				})
			},
			want: []dingoa.CenterTaskRef{{}},
		},
		{
			name: "CenterService.ListTasks", kind: dingoa.ErrInvalidArgument,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{UserID: "manager001", PageSize: 1, CreateBefore: time.UnixMilli(1660036833411)})
			},
			want: &dingoa.Page[dingoa.CenterTask]{NextCursor: "2", Items: []dingoa.CenterTask{{
				TaskID: "1234567", ActivityID: "act_0001", UserID: "manager001", Status: dingoa.TaskRunning, Result: dingoa.ResultAgree,
				CreateTime: time.UnixMilli(1660036833411).UTC(), FinishTime: time.UnixMilli(1660036833411).UTC(),
				InstanceID: "Siw2WNVZS4KiUt3tTmaNKg04*****809950",
			}}},
		},
		{
			name: "CenterService.ListTasks", legacy: true,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{UserID: "manager7078", PageSize: 20})
			},
			want: &dingoa.Page[dingoa.CenterTask]{NextCursor: "20", Items: []dingoa.CenterTask{
				{
					TaskID: "65429579088", InstanceID: "b6a42e32-1867-499c-94f2-e0b221423313", Title: "xx提交的入职审批",
					URL:   "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?xxx",
					Forms: []dingoa.WorkRecordForm{{Title: "入职员工姓名", Content: "杨xx"}, {Title: "用人部门", Content: "技术支持"}, {Title: "职位", Content: "测试"}},
				},
				{
					TaskID: "65394649400", InstanceID: "673c9677-8b4e-4013-82a3-838fddf62187", Title: "xx提交的出差申请",
					URL:   "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?xxx",
					Forms: []dingoa.WorkRecordForm{{Title: "出差地点", Content: "北京"}, {Title: "开始时间", Content: "2018-08-21"}, {Title: "结束时间", Content: "2018-08-25"}},
				},
			}},
		},
		{
			name: "CenterService.UpdateTasks", kind: dingoa.ErrPermission,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.UpdateTasks(ctx, dingoa.UpdateCenterTasksRequest{
					InstanceID: "S3j8rbiNT1CsXXXXXV3Q1Q04431661334483",
					Tasks:      []dingoa.CenterTaskUpdate{{TaskID: "1234567", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree}},
				})
			}),
		},
		{
			name: "CenterService.UpdateTasks", legacy: true, opts: agent(111),
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.UpdateTasks(ctx, dingoa.UpdateCenterTasksRequest{
					InstanceID: "b6a42e32-1867-499c-94f2-e0b221423313",
					Tasks:      []dingoa.CenterTaskUpdate{{TaskID: "65429579088", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree}},
				})
			}),
		},
		{
			name: "CenterService.CancelTasks", kind: dingoa.ErrConflict,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.CancelTasks(ctx, dingoa.CancelCenterTasksRequest{
					InstanceID: "tPr_FB_mT_xxxxxxxxx2hQ05201655306463", ActivityID: "act_xxxx", ActivityIDs: []string{"act_xxxx"},
				})
			}),
		},
		{
			name: "CenterService.CancelTasks", legacy: true, opts: agent(111),
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.CancelTasks(ctx, dingoa.CancelCenterTasksRequest{InstanceID: "proc-zzz", ActivityID: "1111", ActivityIDs: []string{"1111", "2222"}})
			}),
		},
		{
			name: "CenterService.CleanData", kind: dingoa.ErrNotFound,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.CleanData(ctx, dingoa.CleanCenterDataRequest{ProcessCode: "PROC-EF6Yxxxxx", CorpID: "ding1234"})
			}),
		},
		{
			name: "CenterService.CleanData", legacy: true, opts: []dingoa.Option{dingoa.WithTokenSource(dingoa.StaticToken("SUITE_ACCESS_TOKEN"))},
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.CleanData(ctx, dingoa.CleanCenterDataRequest{ProcessCode: "PROC-EF6YJL35", CorpID: "ding1234"})
			}),
		},
		{
			name: "CenterService.ListWorkRecords", kind: dingoa.ErrInvalidArgument,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.ListWorkRecords(ctx, dingoa.ListWorkRecordsRequest{UserID: "manager001"})
			},
			want: &dingoa.Page[dingoa.WorkRecord]{NextCursor: "10", Items: []dingoa.WorkRecord{{
				TaskID: "1234567", InstanceID: "Siw2WNVZS4KiUt3tTmaNKg04*****809950", Title: "xxx提交的入职审批", URL: "https://www.dingtalk.com",
				Forms: []dingoa.WorkRecordForm{{Title: "入职员工姓名", Content: "钉三多"}},
			}}},
		},
		{
			name: "CenterService.SaveDirectory", kind: dingoa.ErrInvalidArgument,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Center.SaveDirectory(ctx, dingoa.SaveCenterDirectoryRequest{
					BizGroup: "administeration", Description: "分组描述信息", Name: "行政管理", NameI18N: `{"zh_CN":"行政管理"}`, OperatorUserID: "user001",
				})
			},
			want: &dingoa.CenterDirectory{DirID: "oaDirIdxxx", BizGroup: "{应用appId}_administeration"},
		},
		{
			name: "CenterService.DeleteDirectory", kind: dingoa.ErrInvalidArgument,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.DeleteDirectory(ctx, dingoa.DeleteCenterDirectoryRequest{DirID: "oaDirIdxxx", OperatorUserID: "user001"})
			}),
		},
		{
			name: "PremiumService.SaveCenterDirectory", kind: dingoa.ErrQuotaExceeded,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Premium.SaveCenterDirectory(ctx, dingoa.SaveCenterDirectoryRequest{
					BizGroup: "administeration", Description: "分组描述信息", Name: "行政管理", OperatorUserID: "user001",
					NameI18N: `{\"en_US\":\"test\",\"ja_JP\":\"test\",\"vi_VN\":\"test\",\"zh_CN\":\"测试\",\"zh_HK\":\"测试\",\"zh_TW\":\"测试\"}`,
				})
			},
			want: &dingoa.CenterDirectory{DirID: "oaDirIdxxx", BizGroup: "{应用appId}_administeration"},
		},
		{
			name: "PremiumService.DeleteCenterDirectory", kind: dingoa.ErrNotFound,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Premium.DeleteCenterDirectory(ctx, dingoa.DeleteCenterDirectoryRequest{DirID: "oaDirIdxxx", OperatorUserID: "user001"})
			}),
		},
		{
			name: "PremiumService.SaveCenterTemplate", kind: dingoa.ErrPermission,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Premium.SaveCenterTemplate(ctx, sampleBody[dingoa.SaveCenterTemplateRequest]("PremiumService.SaveCenterTemplate"))
			},
			want: &dingoa.CenterTemplate{ProcessCode: "PROC-abcdef-example"},
		},
		{
			name: "PremiumService.CreateCenterInstance", kind: dingoa.ErrPermission,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Premium.CreateCenterInstance(ctx, sampleBody[dingoa.CreateCenterInstanceRequest]("PremiumService.CreateCenterInstance"))
			},
			want: &dingoa.CreateCenterInstanceResponse{InstanceID: "proc-abc"},
		},
		{
			name: "PremiumService.CreateCenterTasks", kind: dingoa.ErrConflict,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				var req dingoa.CreatePremiumCenterTasksRequest
				req.InstanceID, req.ActivityID, req.FeatureConfig = "tPr_FB_mT_xxxxxxxxx2hQ05201655306463", "act_xxxx", shortcut(buttons)
				req.Tasks = []dingoa.NewCenterTask{{UserID: "manager001", URL: "https://www.dingtalk.com", CustomData: `{\"id\":\"12345\"}`, DueTime: due}}
				return c.Premium.CreateCenterTasks(ctx, req)
			},
			want: manager,
		},
		{
			name: "todo.Add", legacy: true,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) { return todo.New(c).Add(ctx, sampleTodo()) },
			want: "recordbc83ea0f6aexxxx",
		},
		{
			name: "todo.Complete", legacy: true,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return todo.New(c).Complete(ctx, todo.CompleteRequest{UserID: "manager7078", RecordID: "recordfcf7403667fcd9"})
			}),
		},
		{
			name: "todo.List", legacy: true,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return todo.New(c).List(ctx, todo.ListRequest{UserID: "manager7080"})
			},
			want: &dingoa.Page[todo.Todo]{NextCursor: "50", Items: []todo.Todo{
				{
					RecordID: "recordbc83ea0f6ae83aee95c4812119eea02a", CreateTime: time.UnixMilli(1599580799000).UTC(), Title: "学习任务",
					URL: "https://oa.dingtalk.com", Items: []todo.Item{{Title: "新人学习2", Content: "产品学习"}},
				},
				{
					RecordID: "recordf1c4ac14f4c111cf015ead5b6642543a", CreateTime: time.UnixMilli(1599580799000).UTC(), Title: "title",
					URL: "https://oa.dingtalk.com", Items: []todo.Item{{Title: "新人学习", Content: "规章制度学习"}},
				},
			}},
		},
		{
			name: "attendance.NotifyApproval", legacy: true,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return attendance.New(c).NotifyApproval(ctx, sampleLeave())
			},
			want: &attendance.ApprovedDuration{Duration: "2.0", Days: []attendance.ApprovedDay{{Date: "2019-08-15", Duration: "1.0"}}},
		},
	}
}

func sampleTodo() todo.AddRequest {
	return todo.AddRequest{
		UserID: "manager4220", CreateTime: time.UnixMilli(1599580799000), Title: "学习任务", BizID: "1112",
		URL: "https://oa.dingtalk.com", PCURL: "https://oa.dingtalk.com", PCOpenType: todo.InPCClient,
		OriginatorUserID: "manager7078", SourceName: "学习", Items: []todo.Item{{Title: "新人学习2", Content: "产品学习"}},
	}
}

func sampleLeave() attendance.NotifyApprovalRequest {
	return attendance.NotifyApprovalRequest{
		UserID: "dd_dd", Kind: attendance.Leave, FromTime: time.Date(2019, 8, 14, 16, 0, 0, 0, time.UTC), ToTime: time.Date(2019, 8, 17, 0, 0, 0, 0, time.UTC),
		Unit: attendance.Day, WorkingDays: true, TagName: "请假", SubType: "年假", ApproveID: "1234abcd", JumpURL: "https://open.dingtalk.com/",
		OvertimeHours: 1.07, OvertimePay: attendance.OvertimeToLeave,
	}
}

// agented is c with an AgentId, which the older gateway wants.
func agented(c *dingoa.Client) *dingoa.Client {
	c, err := c.With(dingoa.WithAgentID(1))
	if err != nil {
		panic(err)
	}
	return c
}

func first[T any](seq func(func(T, error) bool)) error {
	for _, err := range seq {
		return err
	}
	return nil
}
