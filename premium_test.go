package dingoa_test

import (
	"context"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

func appendRequest() dingoa.AppendTaskRequest {
	agreeAll := true
	return dingoa.AppendTaskRequest{
		InstanceID: "a171de6c-8bxxxx", TaskID: "1234567", OperatorUserID: "manager001", AppenderUserIDs: []string{"manager002"},
		Position: dingoa.AppendAfter, ActivateType: dingoa.ActivateAll, AgreeAll: &agreeAll, Remark: "请XX帮忙审批一下",
	}
}

func revertRequest() dingoa.RevertTaskRequest {
	return dingoa.RevertTaskRequest{
		InstanceID: "processInstanceId123", TaskID: "1234567", OperatorUserID: "manager001",
		Action: dingoa.RevertForApproval, TargetActivityID: "d3aa_1974", Remark: "退回到审批人（上一步）",
	}
}

func variablesRequest() dingoa.UpdateVariablesRequest {
	return dingoa.UpdateVariablesRequest{
		InstanceID: "processInstanceId-1", ProcessCode: "PROC-EF6YJL35P2-SCKICSB7P750S0YISYKV3-xxxx-1", OperatorUserID: "manager432", Remark: "remark",
		Variables: []dingoa.Variable{{ID: "PhoneField_IZI2LP8QF6O0", BizAlias: "Phone", Value: "123xxxxxxxx", ExtValue: "总个数:1"}},
	}
}

func batchRequest() dingoa.BatchExecuteRequest {
	return dingoa.BatchExecuteRequest{
		Tasks:          []dingoa.TaskRef{{TaskID: "12345", InstanceID: "a171de6c-8bxxxx"}},
		OperatorUserID: "67583405630", Result: dingoa.ResultAgree, Remark: "Test for batch agree",
	}
}

func handOver(task string) dingoa.RedirectTasksRequest {
	return dingoa.RedirectTasksRequest{TaskIDs: []string{task}, FromUserID: "staffId-A", ToUserID: "staffId-B", OperatorUserID: "manager-12"}
}

func listInstancesSample() dingoa.ListInstancesRequest {
	return dingoa.ListInstancesRequest{
		ProcessCode: "PROC-C53-example", AppUUID: "SWAPP-4C2F4B-example", PageSize: 10, Cursor: "1",
		StartTime: time.UnixMilli(1631289600000), EndTime: time.UnixMilli(1633795200000),
	}
}

func summary(title, text string) dingoa.InstanceSummary {
	return dingoa.InstanceSummary{
		InstanceID: "ghTkVkd2TbKk8hXjfBtSHQ09641722303644", Title: title, Summary: text,
		Status: dingoa.InstanceRunning, Result: dingoa.ResultAgree,
		CreateTime: chinaMinute(2024, 7, 10, 9, 40), FinishTime: chinaMinute(2024, 7, 30, 9, 40),
		OriginatorUserID: "4539442836113835", OriginatorName: "语洁",
		OriginatorPhoto: "https://static.dingtalk.com/media/lQDPM4H4r5VLPv3NAWvNAV2wWL04MiLYBiYF6xxEjlPiAA_XXX.jpg",
		URL:             "https://www.XXX.com?procInsId=ghTkVkd2TbKk8hXjfBtSHQ09641722303644&taskId=88094338037&businessId=202407300940000447211",
	}
}

func todoSummary() dingoa.TaskSummary {
	task := dingoa.TaskSummary{TaskID: "88094338037", ActivityID: "001", InstanceSummary: summary("表单XX", "新流程中心给你的官方ORIGIN")}
	task.Result = ""
	return task
}

// listedSample is the approval of the samples of lists.
func listedSample(change func(*dingoa.Instance)) *dingoa.Page[dingoa.Instance] {
	at := time.UnixMilli(1657522271000).UTC()
	i := dingoa.Instance{
		ID: "abcdse-dse-example", MainInstanceID: "dcdse-dae2fd2-example", AttachedInstanceIDs: []string{"cdef-dae2fd2-example"},
		BusinessID: "202110111558000355024", Title: "员工A提交的小肖审批单", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree,
		OriginatorUserID: "staff1234", OriginatorDeptID: -1,
		CreateTime: time.UnixMilli(1635165470201).UTC(), FinishTime: time.UnixMilli(1633795200000).UTC(),
		FormValues: []dingoa.FormValue{{ID: "TextField-a32bcdef", Name: "姓名", Value: "张三", ExtValue: `{"staffId":"abcd"}`}},
		Records: []dingoa.OperationRecord{{
			UserID: "manager1", Time: at, Type: dingoa.OperationExecute, Result: dingoa.TaskAgree, Remark: "同意",
			Attachments: []dingoa.Attachment{{FileID: "1234567", FileName: "附件", FileSize: 123, FileType: "pdf"}},
		}},
		Tasks: []dingoa.Task{{
			ID: "123456", UserID: "staff1234", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree,
			CreateTime: at, FinishTime: at, InstanceID: "abcdse-dse-example", ActivityID: "1234_abcd",
		}},
	}
	change(&i)
	return &dingoa.Page[dingoa.Instance]{Items: []dingoa.Instance{i}, NextCursor: "10"}
}

// asPrinted: the page lists the possible values in place of one.
func asPrinted(i *dingoa.Instance) {
	i.Status = "RUNNING审批中、TERMINATED撤销、COMPLETED审批完成、CANCELED取消"
	i.Result = "agree同意，refuse拒绝"
	i.Records[0].Result = "AGREE（同意），REFUSE（拒绝），NONE（未知）"
	i.Records[0].Type = "EXECUTE_TASK_NORMAL（正常执行任务），EXECUTE_TASK_AGENT（代理人执行任务），APPEND_TASK_BEFORE（前加签任务），APPEND_TASK_AFTER（后加签任务），REDIRECT_TASK（转交任务），START_PROCESS_INSTANCE（发起流程实例），TERMINATE_PROCESS_INSTANCE（终止(撤销)流程实例），FINISH_PROCESS_INSTANCE（结束流程实例），ADD_REMARK（添加评论）"
	i.Tasks[0].Status = "NEW（未启动），RUNNING（处理中），PAUSED（暂停），CANCELED（取消），COMPLETED（完成），TERMINATED（终止）"
	i.Tasks[0].Result = "分为AGREE（同意），REFUSE（拒绝），REDIRECTED（转交）"
}

func exported(i *dingoa.Instance) {
	i.FormValues[0].ComponentType = "TextField"
	i.Records[0].ActivityID, i.Records[0].TaskID, i.Records[0].Images = "1234_abcd", "12345", []string{}
}

// value is a call with a result.
func value[T any](call func(context.Context, *dingoa.Client) (T, error)) func(context.Context, *dingoa.Client) (any, error) {
	return func(ctx context.Context, c *dingoa.Client) (any, error) { return call(ctx, c) }
}

func historySample() []dingoa.FieldChange {
	return []dingoa.FieldChange{{
		FieldID: "TextField-abcd", Value: "从 111 修改到 222", UserID: "userId1", Name: "钉钉1", CreateTime: chinaMinute(2024, 4, 2, 11, 52),
	}}
}

func handOverSample(task string) *dingoa.RedirectTasksResponse {
	return &dingoa.RedirectTasksResponse{Total: 20, Failed: 1, Results: []dingoa.RedirectTaskResult{{TaskID: task, Message: "外部流程不允许转交"}}}
}

func premiumGoldens() []golden {
	user := dingoa.UserListRequest{UserID: "manager001"}
	history := dingoa.FieldHistoryRequest{InstanceID: "proc-FF6Y2xxxx", FieldID: "TextField-abcd"}
	managed := dingoa.ManagedTodoRequest{UserID: "staffId123", OperatorUserID: "manager123"}
	october2021 := dingoa.WithClock(func() time.Time { return time.Date(2021, 10, 6, 0, 0, 0, 0, time.UTC) })
	list := []golden{
		{name: "PremiumService.Archive", call: nothing(func(ctx context.Context, c *dingoa.Client) error {
			return c.Premium.Archive(ctx, dingoa.ArchiveInstanceRequest{InstanceID: "a171de6c-8bxxxx", OperatorUserID: "133743186427339452"})
		})},
		{name: "PremiumService.AppendTask", call: nothing(func(ctx context.Context, c *dingoa.Client) error {
			return c.Premium.AppendTask(ctx, appendRequest())
		})},
		{name: "PremiumService.RevertTask", call: nothing(func(ctx context.Context, c *dingoa.Client) error {
			return c.Premium.RevertTask(ctx, revertRequest())
		})},
		{name: "PremiumService.UpdateVariables", call: nothing(func(ctx context.Context, c *dingoa.Client) error {
			return c.Premium.UpdateVariables(ctx, variablesRequest())
		})},
		{name: "PremiumService.FieldSettings", call: value(func(ctx context.Context, c *dingoa.Client) ([]dingoa.FieldSetting, error) {
			return c.Premium.FieldSettings(ctx, dingoa.FieldSettingsRequest{InstanceID: "proc-FF6Y2xxxx", UserID: "userId123"})
		}), want: []dingoa.FieldSetting{{FieldID: "TextField-abcd", Behavior: dingoa.FieldReadOnly, ComponentType: "TextField"}}},
		{name: "PremiumService.FieldHistory", call: value(func(ctx context.Context, c *dingoa.Client) ([]dingoa.FieldChange, error) {
			return c.Premium.FieldHistory(ctx, history)
		}), want: historySample()},
		{name: "PremiumService.ListSubmitted", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.InstanceSummary], error) {
			return c.Premium.ListSubmitted(ctx, user)
		}), want: &dingoa.Page[dingoa.InstanceSummary]{Items: []dingoa.InstanceSummary{summary("报销单", "新流程中心官方报销单")}, NextCursor: "2"}},
		{name: "PremiumService.ListNoticed", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.InstanceSummary], error) {
			return c.Premium.ListNoticed(ctx, user)
		}), want: &dingoa.Page[dingoa.InstanceSummary]{Items: []dingoa.InstanceSummary{summary("报销单", "报销单XXX")}, NextCursor: "2"}},
		{name: "PremiumService.ListTodoTasks", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.TaskSummary], error) {
			return c.Premium.ListTodoTasks(ctx, dingoa.ListTodoTasksRequest{UserID: "manager001", CreatedBefore: time.Date(2024, 8, 4, 9, 30, 47, 0, time.UTC)})
		}), want: &dingoa.Page[dingoa.TaskSummary]{Items: []dingoa.TaskSummary{todoSummary()}, NextCursor: "2"}},
		{name: "PremiumService.ListDoneTasks", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.TaskSummary], error) {
			return c.Premium.ListDoneTasks(ctx, user)
		}), want: &dingoa.Page[dingoa.TaskSummary]{Items: []dingoa.TaskSummary{
			{TaskID: "88094338037", ActivityID: "001", InstanceSummary: summary("报销单", "新流程中心给你的官方ORIGIN")},
		}, NextCursor: "2"}},
		{name: "PremiumService.ListInstances", opts: []dingoa.Option{october2021}, call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.Instance], error) {
			return c.Premium.ListInstances(ctx, listInstancesSample())
		}), want: listedSample(asPrinted)},
		{name: "PremiumService.GetInstance", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Instance, error) {
			return c.Premium.GetInstance(ctx, "a171de6c-8bxxxx")
		}), want: signedInstance()},
		{name: "PremiumService.BatchExecute", call: value(func(ctx context.Context, c *dingoa.Client) (map[string]dingoa.BatchResult, error) {
			return c.Premium.BatchExecute(ctx, batchRequest())
		}), want: map[string]dingoa.BatchResult{"79992131307": {OK: true, Message: "ok"}, "79843140568": {Message: "任务不属于该流程实例"}}},
		{name: "PremiumService.ListManagedTodoTasks", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.ManagedTask], error) {
			return c.Premium.ListManagedTodoTasks(ctx, managed)
		}), want: &dingoa.Page[dingoa.ManagedTask]{Items: []dingoa.ManagedTask{{
			TaskID: "1234567", ProcessCode: "PROC-abcd", Title: "xxx提交的通用审批", BusinessID: "202212061736000123456",
			InstanceID: "Siw2WNVZS4KiUt3tTmaNKg04*****809950", UserID: "userId-A", CanRedirect: true, CreateTime: time.UnixMilli(1670319395000).UTC(),
		}}, NextCursor: "2"}},
		{name: "PremiumService.RedirectTasks", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.RedirectTasksResponse, error) {
			return c.Premium.RedirectTasks(ctx, handOver("123456"))
		}), want: handOverSample("1234567")},

		{name: "InstanceService.FieldHistory", call: value(func(ctx context.Context, c *dingoa.Client) ([]dingoa.FieldChange, error) {
			return c.Instances.FieldHistory(ctx, history)
		}), want: historySample()},
		{name: "InstanceService.List", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.Instance], error) {
			return c.Instances.List(ctx, listInstancesSample())
		}), want: listedSample(func(*dingoa.Instance) {})},
		{name: "InstanceService.ListExport", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.Instance], error) {
			r := listInstancesSample()
			return c.Instances.ListExport(ctx, dingoa.ExportInstancesRequest{
				ProcessCode: r.ProcessCode, StartTime: r.StartTime, EndTime: r.EndTime, PageSize: r.PageSize, Cursor: r.Cursor,
			})
		}), want: listedSample(exported)},
		{name: "InstanceService.FormData", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.DataInstance, error) {
			return c.Instances.FormData(ctx, dingoa.FormDataRequest{FormCode: "PROC-abcdef-example", FormInstanceID: "951a8-8828-430c-b3e-example", AppUUID: "SWAPP-dfeacds-example"})
		}), want: &dingoa.DataInstance{
			ID: "951a8-8828-430c-b3e-example", FormCode: "PROC-abcdef-example", AppUUID: "SWAPP-dfeacds-example", Title: "xxx提交的表单数据",
			CreatorUserID: "00003", CreateTime: time.UnixMilli(1631870043000).UTC(), ModifierUserID: "000025", ModifyTime: time.UnixMilli(1631870043000).UTC(),
			OutInstanceID: "951a8-8828-430c-b3e-example", OutBizCode: "PROC-abcdef-example",
			Values: []dingoa.DataValue{{ID: "TextField-abcdefg", Label: "员工姓名", BizAlias: "staff_name", ComponentType: "TextField", Value: "张三", ExtValue: `{"key":"value"}`}},
		}},
		{name: "InstanceService.ListFormData", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.DataInstance], error) {
			return c.Instances.ListFormData(ctx, dingoa.ListFormDataRequest{FormCode: "PROC-daccea-example", AppUUID: "SWAPP-dacdsa-example", PageSize: 100, Cursor: "100010"})
		}), want: &dingoa.Page[dingoa.DataInstance]{Items: []dingoa.DataInstance{{
			ID: "abcd-eaf-acde12f", FormCode: "PROC-abcd-example", AppUUID: "SWAPP-abcd-example", Title: "xxx提交的数据",
			CreatorUserID: "30314512", CreateTime: time.UnixMilli(1635151039000).UTC(), ModifierUserID: "032142312", ModifyTime: time.UnixMilli(1635151039000).UTC(),
			OutInstanceID: "323", OutBizCode: "abcd",
			Values: []dingoa.DataValue{{ID: "TextField-abcdefg", Label: "员工姓名", BizAlias: "staff_name", ComponentType: "具体参见审批控件列表", Value: "张三", ExtValue: `{"key":"value}`}},
		}}, NextCursor: "10"}},
		{name: "TaskService.BatchExecute", call: value(func(ctx context.Context, c *dingoa.Client) (map[string]dingoa.BatchResult, error) {
			return c.Tasks.BatchExecute(ctx, batchRequest())
		}), want: map[string]dingoa.BatchResult{"12345": {OK: true, Message: "ok"}}},
		{name: "TaskService.ListManagedTodo", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.Page[dingoa.ManagedTask], error) {
			return c.Tasks.ListManagedTodo(ctx, managed)
		}), want: &dingoa.Page[dingoa.ManagedTask]{Items: []dingoa.ManagedTask{{
			TaskID: "1234567", ProcessCode: "act_0001", Title: "manager001", BusinessID: "RUNNING",
			InstanceID: "Siw2WNVZS4KiUt3tTmaNKg04*****809950", UserID: "2022-10-17T15:12Z", CanRedirect: true, CreateTime: time.UnixMilli(1670319395000).UTC(),
		}}, NextCursor: "2"}},
		{name: "TaskService.BatchRedirect", call: value(func(ctx context.Context, c *dingoa.Client) (*dingoa.RedirectTasksResponse, error) {
			return c.Tasks.BatchRedirect(ctx, handOver("1234567"))
		}), want: handOverSample("1234567")},
	}
	kinds := premiumKinds()
	for i := range list {
		list[i].kind = kinds[list[i].name]
	}
	return list
}

func signedInstance() *dingoa.Instance {
	at := chinaMinute(2022, 8, 31, 11, 52)
	decided := chinaMinute(2024, 6, 12, 14, 17)
	return &dingoa.Instance{
		ID: "a171de6c-8bxxxx", Title: "xx提交的请假申请", BusinessID: "20240505xxxx", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree,
		OriginatorUserID: "manager1", OriginatorDeptID: 25489, OriginatorDeptName: "测试部门", CreateTime: at, FinishTime: at,
		BizAction: dingoa.BizActionModify, MainInstanceID: "fvdsfxxxxxx",
		FormValues: []dingoa.FormValue{{ID: "DDHolidayField-J2Bxxxx", Name: "组件1"}},
		Records: []dingoa.OperationRecord{{
			UserID: "manager123", Time: at, Type: dingoa.OperationExecute, Result: dingoa.TaskAgree, ActivityID: "aacc_ddee", ShowName: "审批人节点",
			HandSignToken: "AzBltRlvKukX3WsbLxpDnTZskRNK5GtVfuDlDQ_Qxsp",
			Attachments:   []dingoa.Attachment{{SpaceID: "158469", FileID: "12345", FileName: "学历证明", FileSize: 50000, FileType: ".pdf"}},
		}},
		Tasks: []dingoa.Task{{
			ID: "1234567", UserID: "manager123", Status: dingoa.TaskCompleted, Result: dingoa.TaskRedirected, CreateTime: decided, FinishTime: decided,
			MobileURL: "aflow.dingtalk.com?procInsId=lTGxxx", PCURL: "aflow.dingtalk.com?procInsId=lTGxxx", InstanceID: "fewferxxxx", ActivityID: "aabb_ccdd",
		}},
	}
}

func premiumKinds() map[string]error {
	return map[string]error{
		"PremiumService.Archive":              dingoa.ErrNotFound,
		"PremiumService.AppendTask":           dingoa.ErrConflict,
		"PremiumService.RevertTask":           dingoa.ErrConflict,
		"PremiumService.UpdateVariables":      dingoa.ErrNotFound,
		"PremiumService.FieldSettings":        dingoa.ErrNotFound,
		"PremiumService.FieldHistory":         dingoa.ErrInvalidArgument,
		"PremiumService.ListSubmitted":        dingoa.ErrInvalidArgument,
		"PremiumService.ListNoticed":          dingoa.ErrInvalidArgument,
		"PremiumService.ListTodoTasks":        dingoa.ErrPermission,
		"PremiumService.ListDoneTasks":        dingoa.ErrInvalidArgument,
		"PremiumService.ListInstances":        dingoa.ErrPermission,
		"PremiumService.GetInstance":          dingoa.ErrPermission,
		"PremiumService.BatchExecute":         dingoa.ErrInvalidArgument,
		"PremiumService.ListManagedTodoTasks": dingoa.ErrNotFound,
		"PremiumService.RedirectTasks":        dingoa.ErrPermission,
		"InstanceService.FieldHistory":        dingoa.ErrPermission,
		"InstanceService.List":                dingoa.ErrPermission,
		"InstanceService.ListExport":          dingoa.ErrPermission,
		"InstanceService.FormData":            dingoa.ErrPermission,
		"InstanceService.ListFormData":        dingoa.ErrPermission,
		"TaskService.BatchExecute":            dingoa.ErrPermission,
		"TaskService.ListManagedTodo":         dingoa.ErrPermission,
		"TaskService.BatchRedirect":           dingoa.ErrPermission,
	}
}

// row is a method of premiumMethods whose result does not matter; in is a
// request that is right, and the zero value of its type is the empty one.
func row[In, Out any](
	name string, op operation.Operation, write bool, in In, good string, call func(*dingoa.Client) func(context.Context, In, ...dingoa.RequestOption) (Out, error),
) method {
	send := func(in In) func(context.Context, *dingoa.Client) error {
		return func(ctx context.Context, c *dingoa.Client) error {
			_, err := call(c)(ctx, in)
			return err
		}
	}
	var empty In
	return method{name, op, write, send(in), send(empty), good}
}

// action is the row of a method that has no result.
func action[In any](name string, op operation.Operation, in In, call func(*dingoa.Client) func(context.Context, In, ...dingoa.RequestOption) error) method {
	return row(name, op, true, in, `{"result":true,"success":true}`, func(c *dingoa.Client) func(context.Context, In, ...dingoa.RequestOption) (struct{}, error) {
		return func(ctx context.Context, in In, opts ...dingoa.RequestOption) (struct{}, error) {
			return struct{}{}, call(c)(ctx, in, opts...)
		}
	})
}

func premiumMethods() []method {
	const (
		list  = `{"result":{"list":[{"processInstanceId":"1"}],"hasMore":false},"success":true}`
		found = `{"result":[],"success":true}`
	)
	user := dingoa.UserListRequest{UserID: "user1"}
	managed := dingoa.ManagedTodoRequest{UserID: "user1", OperatorUserID: "user2"}
	history := dingoa.FieldHistoryRequest{InstanceID: "1", FieldID: "TextField-1"}
	span := dingoa.ListInstancesRequest{ProcessCode: "PROC-1", StartTime: time.Now().Add(-time.Hour)}
	return []method{
		action("Premium.Archive", operation.ArchiveProcessInstance, dingoa.ArchiveInstanceRequest{InstanceID: "1", OperatorUserID: "user1"},
			func(c *dingoa.Client) func(context.Context, dingoa.ArchiveInstanceRequest, ...dingoa.RequestOption) error {
				return c.Premium.Archive
			}),
		action("Premium.AppendTask", operation.PremiumAppendTask, appendRequest(),
			func(c *dingoa.Client) func(context.Context, dingoa.AppendTaskRequest, ...dingoa.RequestOption) error {
				return c.Premium.AppendTask
			}),
		action("Premium.RevertTask", operation.PremiumRevertTask, revertRequest(),
			func(c *dingoa.Client) func(context.Context, dingoa.RevertTaskRequest, ...dingoa.RequestOption) error {
				return c.Premium.RevertTask
			}),
		action("Premium.UpdateVariables", operation.PremiumUpdateProcessInstanceVariables, variablesRequest(),
			func(c *dingoa.Client) func(context.Context, dingoa.UpdateVariablesRequest, ...dingoa.RequestOption) error {
				return c.Premium.UpdateVariables
			}),
		row("Premium.FieldSettings", operation.PremiumGetInstFieldSetting, false, dingoa.FieldSettingsRequest{InstanceID: "1", UserID: "user1"}, found,
			func(c *dingoa.Client) func(context.Context, dingoa.FieldSettingsRequest, ...dingoa.RequestOption) ([]dingoa.FieldSetting, error) {
				return c.Premium.FieldSettings
			}),
		row("Premium.FieldHistory", operation.PremiumGetFieldModifiedHistory, false, history, found,
			func(c *dingoa.Client) func(context.Context, dingoa.FieldHistoryRequest, ...dingoa.RequestOption) ([]dingoa.FieldChange, error) {
				return c.Premium.FieldHistory
			}),
		row("Premium.ListSubmitted", operation.PremiumGetSubmittedInstances, false, user, list,
			func(c *dingoa.Client) func(context.Context, dingoa.UserListRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.InstanceSummary], error) {
				return c.Premium.ListSubmitted
			}),
		row("Premium.ListNoticed", operation.PremiumGetNoticedInstances, false, user, list,
			func(c *dingoa.Client) func(context.Context, dingoa.UserListRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.InstanceSummary], error) {
				return c.Premium.ListNoticed
			}),
		row("Premium.ListTodoTasks", operation.PremiumGetTodoTasks, false, dingoa.ListTodoTasksRequest{UserID: "user1"}, list,
			func(c *dingoa.Client) func(context.Context, dingoa.ListTodoTasksRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.TaskSummary], error) {
				return c.Premium.ListTodoTasks
			}),
		row("Premium.ListDoneTasks", operation.PremiumGetDoneTasks, false, user, list,
			func(c *dingoa.Client) func(context.Context, dingoa.UserListRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.TaskSummary], error) {
				return c.Premium.ListDoneTasks
			}),
		row("Premium.ListInstances", operation.PremiumGetProcessInstances, false, span, list,
			func(c *dingoa.Client) func(context.Context, dingoa.ListInstancesRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.Instance], error) {
				return c.Premium.ListInstances
			}),
		row("Premium.GetInstance", operation.GetProcessInstanceWithExtra, false, "1", `{"result":{"status":"RUNNING"},"success":"true"}`,
			func(c *dingoa.Client) func(context.Context, string, ...dingoa.RequestOption) (*dingoa.Instance, error) {
				return c.Premium.GetInstance
			}),
		row("Premium.BatchExecute", operation.PremiumBatchExecuteProcessInstances, true, batchRequest(), `{"result":{},"success":true}`,
			func(c *dingoa.Client) func(context.Context, dingoa.BatchExecuteRequest, ...dingoa.RequestOption) (map[string]dingoa.BatchResult, error) {
				return c.Premium.BatchExecute
			}),
		row("Premium.ListManagedTodoTasks", operation.PremiumQueryTodoTasksByManager, false, managed, list,
			func(c *dingoa.Client) func(context.Context, dingoa.ManagedTodoRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.ManagedTask], error) {
				return c.Premium.ListManagedTodoTasks
			}),
		row("Premium.RedirectTasks", operation.PremiumRedirectTasksByManager, true, handOver("1"), `{"result":{"totalCount":1},"success":true}`,
			func(c *dingoa.Client) func(context.Context, dingoa.RedirectTasksRequest, ...dingoa.RequestOption) (*dingoa.RedirectTasksResponse, error) {
				return c.Premium.RedirectTasks
			}),

		row("Instances.FieldHistory", operation.GetFieldModifiedHistory, false, history, found,
			func(c *dingoa.Client) func(context.Context, dingoa.FieldHistoryRequest, ...dingoa.RequestOption) ([]dingoa.FieldChange, error) {
				return c.Instances.FieldHistory
			}),
		row("Instances.List", operation.QueryAllProcessInstances, false, span, list,
			func(c *dingoa.Client) func(context.Context, dingoa.ListInstancesRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.Instance], error) {
				return c.Instances.List
			}),
		row("Instances.ListExport", operation.PagesExportInstances, false, dingoa.ExportInstancesRequest{ProcessCode: "PROC-1", StartTime: time.Now()}, list,
			func(c *dingoa.Client) func(context.Context, dingoa.ExportInstancesRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.Instance], error) {
				return c.Instances.ListExport
			}),
		row("Instances.FormData", operation.QueryFormInstance, false, dingoa.FormDataRequest{FormCode: "PROC-1", FormInstanceID: "1"}, `{"formInstanceId":"1"}`,
			func(c *dingoa.Client) func(context.Context, dingoa.FormDataRequest, ...dingoa.RequestOption) (*dingoa.DataInstance, error) {
				return c.Instances.FormData
			}),
		row("Instances.ListFormData", operation.QueryAllFormInstances, false, dingoa.ListFormDataRequest{FormCode: "PROC-1"}, `{"result":{"values":[]},"success":true}`,
			func(c *dingoa.Client) func(context.Context, dingoa.ListFormDataRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.DataInstance], error) {
				return c.Instances.ListFormData
			}),
		row("Tasks.BatchExecute", operation.BatchExecuteProcessInstances, true, batchRequest(), `{"result":{},"success":true}`,
			func(c *dingoa.Client) func(context.Context, dingoa.BatchExecuteRequest, ...dingoa.RequestOption) (map[string]dingoa.BatchResult, error) {
				return c.Tasks.BatchExecute
			}),
		row("Tasks.ListManagedTodo", operation.TodoTasks, false, managed, list,
			func(c *dingoa.Client) func(context.Context, dingoa.ManagedTodoRequest, ...dingoa.RequestOption) (*dingoa.Page[dingoa.ManagedTask], error) {
				return c.Tasks.ListManagedTodo
			}),
		row("Tasks.BatchRedirect", operation.BatchTasksRedirect, true, handOver("1"), `{"result":{"totalCount":1},"success":true}`,
			func(c *dingoa.Client) func(context.Context, dingoa.RedirectTasksRequest, ...dingoa.RequestOption) (*dingoa.RedirectTasksResponse, error) {
				return c.Tasks.BatchRedirect
			}),
	}
}
