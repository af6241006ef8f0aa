package conformance

import (
	"fmt"

	"github.com/dingoa/dingoa"
)

// centerTasks runs an approval of another system through DingTalk (流程中心).
func centerTasks(r *run) {
	ctx := r.Context()
	name := fmt.Sprintf("流程中心%d", r.Now().UnixNano())
	template, err := r.Client.Center.SaveTemplate(ctx, dingoa.SaveCenterTemplateRequest{
		Name: name, Description: name, Components: []dingoa.FormComponent{
			{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-1", Label: "事由"}},
		},
	})
	r.ok(err)
	defer func() {
		r.ok(r.Client.Center.DeleteTemplate(ctx, dingoa.DeleteCenterTemplateRequest{ProcessCode: template.ProcessCode, CleanRunningTasks: true}))
	}()
	found, err := r.Client.Templates.FindByName(ctx, name)
	r.ok(err)
	r.equal("process code", found.ProcessCode, template.ProcessCode)

	instance, err := r.Client.Center.CreateInstance(ctx, dingoa.CreateCenterInstanceRequest{
		ProcessCode: template.ProcessCode, OriginatorUserID: r.Originator, Title: name, URL: "https://www.dingtalk.com",
		FormValues: []dingoa.FormValue{{Name: "事由", Value: "出差"}},
	})
	r.ok(err)
	approver := r.Approvers[0]
	tasks, err := r.Client.Center.CreateTasks(ctx, dingoa.CreateCenterTasksRequest{
		InstanceID: instance.InstanceID, ActivityID: "first", Tasks: []dingoa.NewCenterTask{{UserID: approver, URL: "https://www.dingtalk.com"}},
	})
	r.ok(err)
	r.equal("tasks", len(tasks), 1)
	r.equal("user", tasks[0].UserID, approver)
	r.equal("waits", r.waitsInCenter(approver, tasks[0].TaskID), true)

	r.ok(r.Client.Center.UpdateTasks(ctx, dingoa.UpdateCenterTasksRequest{
		InstanceID: instance.InstanceID, Tasks: []dingoa.CenterTaskUpdate{{TaskID: tasks[0].TaskID, Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree}},
	}))
	r.equal("waits still", r.waitsInCenter(approver, tasks[0].TaskID), false)
	r.ok(r.Client.Center.UpdateInstance(ctx, dingoa.UpdateCenterInstanceRequest{
		InstanceID: instance.InstanceID, Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree,
	}))
	_, err = r.Client.Center.CreateTasks(ctx, dingoa.CreateCenterTasksRequest{
		InstanceID: instance.InstanceID, Tasks: []dingoa.NewCenterTask{{UserID: approver, URL: "https://www.dingtalk.com"}},
	})
	r.is(err, dingoa.ErrConflict)
}

func (r *run) waitsInCenter(userID, taskID string) bool {
	r.Helper()
	for task, err := range r.Client.Center.AllTasks(r.Context(), dingoa.ListCenterTasksRequest{UserID: userID}) {
		r.ok(err)
		if task.TaskID == taskID {
			return true
		}
	}
	return false
}

// centerNotMixed gives the process centre an approval of an official form.
func centerNotMixed(r *run) {
	id := r.create(one(r.Approvers[0]))
	err := r.Client.Center.CancelTasks(r.Context(), dingoa.CancelCenterTasksRequest{InstanceID: id, ActivityID: "none"})
	r.is(err, dingoa.ErrPermission, dingoa.ErrConflict, dingoa.ErrNotFound)
}
