package dingoa_test

import (
	"context"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/attendance"
	"github.com/dingoa/dingoa/operation"
	"github.com/dingoa/dingoa/todo"
)

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
		return dingoa.SaveCenterDirectoryRequest{OperatorUserID: "user1", BizGroup: "g", Name: "n", NameI18N: "{}"}
	}
	noDirectory := func(right bool) dingoa.DeleteCenterDirectoryRequest {
		if !right {
			return dingoa.DeleteCenterDirectoryRequest{}
		}
		return dingoa.DeleteCenterDirectoryRequest{DirID: "1", OperatorUserID: "user1"}
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
