package dingoa_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/attendance"
	"github.com/dingoa/dingoa/operation"
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
					BizGroup: "administeration", Description: "分组描述信息", Name: "行政管理", NameI18N: `{"zh_CN":"行政管理"}`, OperateUserID: "user001",
				})
			},
			want: &dingoa.CenterDirectory{DirID: "oaDirIdxxx", BizGroup: "{应用appId}_administeration"},
		},
		{
			name: "CenterService.DeleteDirectory", kind: dingoa.ErrInvalidArgument,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Center.DeleteDirectory(ctx, dingoa.DeleteCenterDirectoryRequest{DirID: "oaDirIdxxx", OperateUserID: "user001"})
			}),
		},
		{
			name: "PremiumService.SaveCenterDirectory", kind: dingoa.ErrQuotaExceeded,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Premium.SaveCenterDirectory(ctx, dingoa.SaveCenterDirectoryRequest{
					BizGroup: "administeration", Description: "分组描述信息", Name: "行政管理", OperateUserID: "user001",
					NameI18N: `{\"en_US\":\"test\",\"ja_JP\":\"test\",\"vi_VN\":\"test\",\"zh_CN\":\"测试\",\"zh_HK\":\"测试\",\"zh_TW\":\"测试\"}`,
				})
			},
			want: &dingoa.CenterDirectory{DirID: "oaDirIdxxx", BizGroup: "{应用appId}_administeration"},
		},
		{
			name: "PremiumService.DeleteCenterDirectory", kind: dingoa.ErrNotFound,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Premium.DeleteCenterDirectory(ctx, dingoa.DeleteCenterDirectoryRequest{DirID: "oaDirIdxxx", OperateUserID: "user001"})
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

func centerMethods() []method {
	const done, template = `{"errcode":0,"success":true}`, `{"errcode":0,"process_code":"PROC-1","result":{"processCode":"PROC-1"}}`
	// One call for a request that is right and for an empty one.
	row := func(name string, op operation.Operation, good string, call func(ctx context.Context, c *dingoa.Client, right bool) error) method {
		return method{
			name: name, op: op, write: !op.Spec().Idempotent, good: good,
			call:  func(ctx context.Context, c *dingoa.Client) error { return call(ctx, agented(c), true) },
			empty: func(ctx context.Context, c *dingoa.Client) error { return call(ctx, agented(c), false) },
		}
	}
	saveTemplate := func(right bool) dingoa.SaveCenterTemplateRequest {
		if !right {
			return dingoa.SaveCenterTemplateRequest{}
		}
		return dingoa.SaveCenterTemplateRequest{Name: "出差", Description: "出差", Components: []dingoa.FormComponent{
			{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-1", Label: "事由"}},
		}}
	}
	instance := func(right bool) dingoa.CreateCenterInstanceRequest {
		if !right {
			return dingoa.CreateCenterInstanceRequest{}
		}
		return dingoa.CreateCenterInstanceRequest{ProcessCode: "PROC-1", OriginatorUserID: "user1", URL: "https://x", FormValues: []dingoa.FormValue{{Name: "事由", Value: "1"}}}
	}
	directory := func(right bool) dingoa.SaveCenterDirectoryRequest {
		if !right {
			return dingoa.SaveCenterDirectoryRequest{}
		}
		return dingoa.SaveCenterDirectoryRequest{OperateUserID: "user1", BizGroup: "g", Name: "n", NameI18N: "{}"}
	}
	noDirectory := func(right bool) dingoa.DeleteCenterDirectoryRequest {
		if !right {
			return dingoa.DeleteCenterDirectoryRequest{}
		}
		return dingoa.DeleteCenterDirectoryRequest{DirID: "1", OperateUserID: "user1"}
	}
	tasks := func(right bool) dingoa.CreateCenterTasksRequest {
		if !right {
			return dingoa.CreateCenterTasksRequest{}
		}
		return dingoa.CreateCenterTasksRequest{InstanceID: "i", Tasks: []dingoa.NewCenterTask{{UserID: "user1", URL: "https://x"}}}
	}
	user := func(right bool) string {
		if right {
			return "user1"
		}
		return ""
	}
	update := func(right bool) dingoa.UpdateCenterInstanceRequest {
		if !right {
			return dingoa.UpdateCenterInstanceRequest{}
		}
		return dingoa.UpdateCenterInstanceRequest{InstanceID: "i", Status: dingoa.InstanceTerminated}
	}
	created := `{"errcode":0,"result":{"processInstanceId":"i"}}`
	made := `{"errcode":0,"result":[{"taskId":1}],"tasks":[{"task_id":1}]}`
	list := `{"errcode":0,"result":{"list":[{"taskId":1}]},"records":{"list":[{"record_id":"1"}]}}`
	return []method{
		row("Center.SaveTemplate", operation.SaveProcess, template, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Center.SaveTemplate(ctx, saveTemplate(right))
			return err
		}),
		row("Templates.FindByName", operation.GetProcessCodeByName, template, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Templates.FindByName(ctx, user(right))
			return err
		}),
		row("Center.DeleteTemplate", operation.DeleteProcess, `{"errcode":0,"result":{"processCode":"1"}}`, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return c.Center.DeleteTemplate(ctx, dingoa.DeleteCenterTemplateRequest{ProcessCode: user(right)})
		}),
		row("Center.SaveDirectory", operation.InsertOrUpdateDir, `{"result":{"dirId":"1"}}`, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Center.SaveDirectory(ctx, directory(right))
			return err
		}),
		row("Center.DeleteDirectory", operation.DeleteDir, done, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return c.Center.DeleteDirectory(ctx, noDirectory(right))
		}),
		row("Center.CreateInstance", operation.SaveIntegratedInstance, created, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Center.CreateInstance(ctx, instance(right))
			return err
		}),
		row("Center.UpdateInstance", operation.UpdateProcessInstance, done, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return c.Center.UpdateInstance(ctx, update(right))
		}),
		row("Center.UpdateInstances", operation.BatchUpdateProcessInstance, done, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return c.Center.UpdateInstances(ctx, []dingoa.UpdateCenterInstanceRequest{update(right)})
		}),
		row("Center.CreateTasks", operation.CreateIntegratedTask, made, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Center.CreateTasks(ctx, tasks(right))
			return err
		}),
		row("Center.ListTasks", operation.QueryIntegratedTodoTask, list, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{UserID: user(right)})
			return err
		}),
		row("Center.AllTasks", operation.QueryIntegratedTodoTask, list, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return first(c.Center.AllTasks(ctx, dingoa.ListCenterTasksRequest{UserID: user(right)}))
		}),
		row("Center.UpdateTasks", operation.UpdateIntegratedTask, done, func(ctx context.Context, c *dingoa.Client, right bool) error {
			req := dingoa.UpdateCenterTasksRequest{InstanceID: user(right)}
			if right {
				req.Tasks = []dingoa.CenterTaskUpdate{{TaskID: "1", Status: dingoa.TaskCompleted, Result: dingoa.TaskRefuse}}
			}
			return c.Center.UpdateTasks(ctx, req)
		}),
		row("Center.CancelTasks", operation.CancelIntegratedTask, done, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return c.Center.CancelTasks(ctx, dingoa.CancelCenterTasksRequest{InstanceID: user(right), ActivityID: user(right)})
		}),
		row("Center.CleanData", operation.CleanProcessData, done, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return c.Center.CleanData(ctx, dingoa.CleanCenterDataRequest{ProcessCode: user(right), CorpID: user(right)})
		}),
		row("Center.ListWorkRecords", operation.ListTodoWorkRecords, list, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Center.ListWorkRecords(ctx, dingoa.ListWorkRecordsRequest{UserID: user(right)})
			return err
		}),
		row("Center.AllWorkRecords", operation.ListTodoWorkRecords, list, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return first(c.Center.AllWorkRecords(ctx, dingoa.ListWorkRecordsRequest{UserID: user(right)}))
		}),
		row("Premium.SaveCenterDirectory", operation.PremiumInsertOrUpdateDir, `{"result":{"dirId":"1"}}`, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Premium.SaveCenterDirectory(ctx, directory(right))
			return err
		}),
		row("Premium.DeleteCenterDirectory", operation.PremiumDelDir, done, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return c.Premium.DeleteCenterDirectory(ctx, noDirectory(right))
		}),
		row("Premium.SaveCenterTemplate", operation.PremiumSaveIntegratedProcess, template, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Premium.SaveCenterTemplate(ctx, saveTemplate(right))
			return err
		}),
		row("Premium.CreateCenterInstance", operation.PremiumSaveIntegratedProcessInstance, created, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Premium.CreateCenterInstance(ctx, instance(right))
			return err
		}),
		row("Premium.CreateCenterTasks", operation.PremiumSaveIntegratedTask, made, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := c.Premium.CreateCenterTasks(ctx, dingoa.CreatePremiumCenterTasksRequest{CreateCenterTasksRequest: tasks(right)})
			return err
		}),
		row("Todos.Add", operation.OapiWorkrecordAdd, `{"errcode":0,"record_id":"1"}`, func(ctx context.Context, c *dingoa.Client, right bool) error {
			req := sampleTodo()
			if !right {
				req = todo.AddRequest{}
			}
			_, err := todo.New(c).Add(ctx, req)
			return err
		}),
		row("Todos.Complete", operation.OapiWorkrecordUpdate, done, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return todo.New(c).Complete(ctx, todo.CompleteRequest{UserID: user(right), RecordID: user(right)})
		}),
		row("Todos.List", operation.OapiWorkrecordGetbyuserid, list, func(ctx context.Context, c *dingoa.Client, right bool) error {
			_, err := todo.New(c).List(ctx, todo.ListRequest{UserID: user(right)})
			return err
		}),
		row("Todos.All", operation.OapiWorkrecordGetbyuserid, list, func(ctx context.Context, c *dingoa.Client, right bool) error {
			return first(todo.New(c).All(ctx, todo.ListRequest{UserID: user(right)}))
		}),
		row("Attendance.NotifyApproval", operation.OapiAttendanceApproveFinish, `{"errcode":0,"result":{"duration":"1"}}`, func(ctx context.Context, c *dingoa.Client, right bool) error {
			req := sampleLeave()
			if !right {
				req = attendance.NotifyApprovalRequest{}
			}
			_, err := attendance.New(c).NotifyApproval(ctx, req)
			return err
		}),
	}
}

// Its token goes by another name.
func TestCleanDataSendsTheSuitesToken(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0}`))
	c := dt.client(t, dingoa.WithLegacyGateway(), dingoa.WithTokenSource(dingoa.StaticToken("of the suite")))
	require.NoError(t, c.Center.CleanData(t.Context(), dingoa.CleanCenterDataRequest{ProcessCode: "PROC-1", CorpID: "ding1"}))
	require.Equal(t, "of the suite", dt.sent()[0].Query.Get("suite_access_token"))
	require.Empty(t, dt.sent()[0].Query.Get("access_token"))
}

func TestTodosGoToTheOlderGatewayOfAnyClient(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"record_id":"1","result":{"duration":"1"}}`))
	c := dt.client(t)
	_, err := todo.New(c).Add(t.Context(), sampleTodo())
	require.NoError(t, err)
	_, err = attendance.New(c).NotifyApproval(t.Context(), sampleLeave())
	require.NoError(t, err)
	for _, request := range dt.sent() {
		require.Equal(t, "oapi.dingtalk.com", request.Host)
	}
}

// The vendor's SDK has the list in another place than the vendor's page.
func TestTasksAreFoundInBothPlaces(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"result":{"hasMore":false,"list":[{"taskId":1,"createTime":"2022-10-17T15:12Z"}]}}`,
		`{"requestId":"r","taskPage":{"hasMore":false,"list":[{"taskId":"1","createTime":"1665990720000"}]}}`,
	} {
		c := newDingTalk(answer(200, body)).client(t)
		page, err := c.Center.ListTasks(t.Context(), dingoa.ListCenterTasksRequest{UserID: "u"})
		require.NoError(t, err)
		require.False(t, page.HasMore())
		require.Equal(t, []dingoa.CenterTask{{TaskID: "1", CreateTime: chinaMinute(2022, 10, 17, 15, 12)}}, page.Items)
	}
}

func TestCenterRequestsAreChecked(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{}`))
	c := dt.client(t)
	old := dt.client(t, dingoa.WithLegacyGateway())
	ctx := t.Context()
	long := strings.Repeat("长", 1025)
	for name, tc := range map[string]struct {
		err    error
		fields []string
	}{
		"instance": {
			second(c.Center.CreateInstance(ctx, dingoa.CreateCenterInstanceRequest{
				ProcessCode: "p", OriginatorUserID: "u", URL: long, Title: long, BizData: long,
				FormValues: []dingoa.FormValue{{Name: "n", ExtValue: strings.Repeat("x", 8193), Details: []dingoa.FormValue{{}}}},
				Notifiers:  []dingoa.CenterNotifier{{Position: "later"}},
				FeatureConfig: dingoa.FeatureConfig{Features: []dingoa.Feature{
					{Name: dingoa.FeatureTaskExecute, Callback: dingoa.FeatureCallback{Version: "1"}},
				}},
			})),
			[]string{
				"URL", "Title", "BizData", "FormValues[0].ExtValue", "FormValues[0].Details", "Notifiers[0].UserID", "Notifiers[0].Position",
				"FeatureConfig.Features[0].Name", "FeatureConfig.Features[0].Callback.AppUUID", "FeatureConfig.Features[0].Callback.APIKey",
			},
		},
		"no agent":     {second(old.Center.CreateInstance(ctx, dingoa.CreateCenterInstanceRequest{ProcessCode: "p", OriginatorUserID: "u", URL: "x"})), []string{"AgentID", "FormValues"}},
		"tasks":        {second(c.Center.CreateTasks(ctx, dingoa.CreateCenterTasksRequest{InstanceID: "i", Tasks: make([]dingoa.NewCenterTask, 21)})), nil},
		"task's id":    {c.Center.UpdateTasks(ctx, dingoa.UpdateCenterTasksRequest{Tasks: []dingoa.CenterTaskUpdate{{TaskID: "x", Status: "DONE"}}}), []string{"Tasks[0].TaskID", "Tasks[0].Status"}},
		"no result":    {c.Center.UpdateTasks(ctx, dingoa.UpdateCenterTasksRequest{Tasks: []dingoa.CenterTaskUpdate{{TaskID: "1", Status: dingoa.TaskCompleted}}}), []string{"Tasks[0].Result"}},
		"updates":      {c.Center.UpdateInstances(ctx, make([]dingoa.UpdateCenterInstanceRequest, 51)), nil},
		"page":         {second(c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{UserID: "u", PageSize: 41, Cursor: "0"})), []string{"PageSize", "Cursor"}},
		"many to-dos":  {second(todo.New(c).Add(ctx, todo.AddRequest{UserID: "u", Title: long, URL: "u", PCOpenType: 3, Items: make([]todo.Item, 20)})), nil},
		"overtime":     {second(attendance.New(c).NotifyApproval(ctx, attendance.NotifyApprovalRequest{UserID: "u", Kind: attendance.Overtime, FromTime: time.Unix(1, 0), ToTime: time.Unix(90000, 0), Unit: attendance.Day, TagName: "加班", ApproveID: "a", JumpURL: "j"})), []string{"ToTime", "Unit", "OvertimeHours", "OvertimePay"}},
		"old template": {second(agented(old).Center.SaveTemplate(ctx, dingoa.SaveCenterTemplateRequest{Name: "n", Components: []dingoa.FormComponent{{ComponentType: "TextField"}}})), []string{"Description", "Components[0].Props.ComponentID", "Components[0].Props.Label"}},
	} {
		require.ErrorIs(t, tc.err, dingoa.ErrInvalidArgument, name)
		var fields []string
		for _, f := range asError(t, tc.err).Fields {
			fields = append(fields, f.Field)
		}
		if tc.fields != nil {
			require.Equal(t, tc.fields, fields, name)
		}
	}
	require.Empty(t, dt.sent())
}

func second[T any](_ T, err error) error { return err }

// What one gateway lacks is not left out silently.
func TestCenterFieldsOfOneGateway(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{}`))
	c := dt.client(t)
	old := dt.client(t, dingoa.WithLegacyGateway(), dingoa.WithAgentID(1))
	ctx := t.Context()
	ended := dingoa.UpdateCenterInstanceRequest{InstanceID: "i", Status: dingoa.InstanceTerminated}
	cancels, tells := ended, ended
	cancels.CancelRunningTasks, tells.NotifierUserIDs = true, []string{"u"}
	for name, err := range map[string]error{
		"notifiers":      second(old.Center.CreateInstance(ctx, dingoa.CreateCenterInstanceRequest{BizData: "x"})),
		"end, told":      old.Center.UpdateInstance(ctx, tells),
		"end, cancelled": c.Center.UpdateInstance(ctx, cancels),
		"batch":          old.Center.UpdateInstances(ctx, []dingoa.UpdateCenterInstanceRequest{tells}),
		"due":            second(old.Center.CreateTasks(ctx, dingoa.CreateCenterTasksRequest{Tasks: []dingoa.NewCenterTask{{DueTime: time.Unix(1, 0)}}})),
		"before":         second(old.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{CreateBefore: time.Unix(1, 0)})),
		"removed":        second(c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{Removed: true})),
		"records":        second(old.Center.ListWorkRecords(ctx, dingoa.ListWorkRecordsRequest{UserID: "u"})),
		"config":         second(old.Center.SaveTemplate(ctx, dingoa.SaveCenterTemplateRequest{Config: dingoa.CenterTemplateConfig{Hidden: true}})),
	} {
		require.ErrorIs(t, err, dingoa.ErrUnsupported, name)
	}
	require.Empty(t, dt.sent())
}

func TestMixingTheKindsOfApprovalsIsExplained(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"code":"integrated.permission.error","message":"非流程中心集成审批流，无权操作"}`,
		`{"code":"setup.no.permission","message":"没有操作审批流的权限"}`,
	} {
		c := newDingTalk(answer(400, body)).client(t)
		err := c.Center.CancelTasks(t.Context(), dingoa.CancelCenterTasksRequest{InstanceID: "i", ActivityID: "a"})
		require.ErrorIs(t, err, dingoa.ErrPermission)
		require.Contains(t, asError(t, err).Advice(), "must not be mixed")
	}
}

func TestKeysOfDataSourcesAreNotPrinted(t *testing.T) {
	t.Parallel()
	c := newDingTalk(answer(400, `{"code":"parameter.invalid","message":"bad key SECRET-api-key"}`)).client(t)
	config := dingoa.FeatureConfig{Features: []dingoa.Feature{{Callback: dingoa.FeatureCallback{AppUUID: "ding1", APIKey: "SECRET-api-key", Version: "1"}}}}
	for _, err := range []error{
		second(c.Center.CreateInstance(t.Context(), dingoa.CreateCenterInstanceRequest{ProcessCode: "p", OriginatorUserID: "u", URL: "x", FeatureConfig: config})),
		second(c.Center.CreateTasks(t.Context(), dingoa.CreateCenterTasksRequest{InstanceID: "i", FeatureConfig: config, Tasks: []dingoa.NewCenterTask{{UserID: "u", URL: "x"}}})),
		second(c.Center.SaveTemplate(t.Context(), dingoa.SaveCenterTemplateRequest{
			Name: "n", FeatureConfig: config, Components: []dingoa.FormComponent{{ComponentType: "TextField"}},
		})),
	} {
		require.ErrorContains(t, err, "bad key")
		require.NotContains(t, err.Error(), "SECRET")
	}
}
