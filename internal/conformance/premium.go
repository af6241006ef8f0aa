package conformance

import (
	"iter"
	"time"

	"github.com/dingoa/dingoa"
)

// The workflows of OA premium (OA 高级版). Where the company has none, and on the
// older gateway, they look at the refusal.

// premium reports whether the call was done; otherwise it must have been refused.
func (r *run) premium(err error) bool {
	r.Helper()
	switch {
	case r.Legacy:
		r.is(err, dingoa.ErrUnsupported)
	case !r.Premium:
		r.is(err, dingoa.ErrPermission)
	default:
		r.ok(err)
		return true
	}
	return false
}

func sentBack(r *run) {
	first, second := r.Approvers[0], r.Approvers[1]
	id := r.create(one(first), one(second))
	activity := r.task(id, first).ActivityID
	r.agree(id, first, "")
	revert := dingoa.RevertTaskRequest{
		InstanceID: id, TaskID: r.task(id, second).ID, OperatorUserID: second,
		Action: dingoa.RevertForApproval, TargetActivityID: activity, Remark: "please look again",
	}
	if !r.premium(r.Client.Premium.RevertTask(r.Context(), revert)) {
		return
	}
	r.agree(id, first, "again")
	revert.TaskID = r.task(id, second).ID
	revert.Action, revert.TargetActivityID = dingoa.RevertForResubmit, ""
	r.ok(r.Client.Premium.RevertTask(r.Context(), revert))
	for _, user := range []string{r.Originator, first, second} {
		r.agree(id, user, "")
	}
	instance := r.untilEnded(id, dingoa.ResultAgree)
	r.equal("times sent back", len(records(instance, dingoa.OperationRedirectFlow)), 2)
}

func added(r *run) {
	asked, before, after := r.Approvers[0], r.Approvers[1], r.Approvers[2]
	id := r.create(one(asked))
	request := dingoa.AppendTaskRequest{
		InstanceID: id, TaskID: r.task(id, asked).ID, OperatorUserID: asked, AppenderUserIDs: []string{before},
		Position: dingoa.AppendBefore, ActivateType: dingoa.ActivateAll,
	}
	if !r.premium(r.Client.Premium.AppendTask(r.Context(), request)) {
		return
	}
	r.agree(id, before, "")
	request.TaskID = r.task(id, asked).ID
	request.AppenderUserIDs, request.Position = []string{after}, dingoa.AppendAfter
	r.ok(r.Client.Premium.AppendTask(r.Context(), request))
	r.agree(id, asked, "")
	r.agree(id, after, "")
	instance := r.untilEnded(id, dingoa.ResultAgree)
	r.equal("added before", len(records(instance, dingoa.OperationAppendBefore)), 1)
	r.equal("added after", len(records(instance, dingoa.OperationAppendAfter)), 1)
}

func decidedTogether(r *run) {
	user := r.Approvers[0]
	request := dingoa.BatchExecuteRequest{OperatorUserID: user, Result: dingoa.ResultAgree}
	for range 2 {
		id := r.create(one(user))
		request.Tasks = append(request.Tasks, dingoa.TaskRef{TaskID: r.task(id, user).ID, InstanceID: id})
	}
	results, err := r.Client.Premium.BatchExecute(r.Context(), request)
	if !r.premium(err) {
		return
	}
	for _, t := range request.Tasks {
		r.equal(results[t.TaskID].Message, results[t.TaskID].OK, true)
		r.untilEnded(t.InstanceID, dingoa.ResultAgree)
	}
	results, err = r.Client.Premium.BatchExecute(r.Context(), request)
	r.ok(err)
	r.equal("decided twice", results[request.Tasks[0].TaskID].OK, false)

	id := request.Tasks[0].InstanceID
	waitFor(r, "done tasks", func() iter.Seq2[dingoa.TaskSummary, error] {
		return r.Client.Premium.AllDoneTasks(r.Context(), dingoa.UserListRequest{UserID: user})
	}, func(t dingoa.TaskSummary) bool { return t.InstanceID == id && t.TaskID == request.Tasks[0].TaskID })
	waitFor(r, "submitted approvals", func() iter.Seq2[dingoa.InstanceSummary, error] {
		return r.Client.Premium.AllSubmitted(r.Context(), dingoa.UserListRequest{UserID: r.Originator})
	}, func(i dingoa.InstanceSummary) bool { return i.InstanceID == id && i.Result == dingoa.ResultAgree })
	waitFor(r, "approvals in full", func() iter.Seq2[dingoa.Instance, error] {
		return r.Client.Premium.AllInstances(r.Context(), dingoa.ListInstancesRequest{ProcessCode: r.ProcessCode, StartTime: r.Now().Add(-time.Hour)})
	}, func(i dingoa.Instance) bool { return i.ID == id && len(i.Tasks) > 0 && len(i.FormValues) > 0 })
}

func handedOver(r *run) {
	from, to := r.Approvers[0], r.Approvers[2]
	id := r.create(one(from))
	r.task(id, from)
	todo := dingoa.ManagedTodoRequest{UserID: from, OperatorUserID: r.Administrator}
	if r.Administrator == "" {
		todo.OperatorUserID = from
	}
	_, err := r.Client.Premium.ListManagedTodoTasks(r.Context(), todo)
	if r.Premium && r.Administrator == "" || !r.premium(err) {
		return
	}
	waitFor(r, "tasks to do", func() iter.Seq2[dingoa.TaskSummary, error] {
		return r.Client.Premium.AllTodoTasks(r.Context(), dingoa.ListTodoTasksRequest{UserID: from})
	}, func(t dingoa.TaskSummary) bool { return t.InstanceID == id })
	task := waitFor(r, "tasks to hand over", func() iter.Seq2[dingoa.ManagedTask, error] {
		return r.Client.Premium.AllManagedTodoTasks(r.Context(), todo)
	}, func(t dingoa.ManagedTask) bool { return t.InstanceID == id && t.CanRedirect })
	response, err := r.Client.Premium.RedirectTasks(r.Context(), dingoa.RedirectTasksRequest{
		TaskIDs: []string{task.TaskID}, FromUserID: from, ToUserID: to, OperatorUserID: r.Administrator,
	})
	r.ok(err)
	r.equal("failed", response.Failed, 0)
	r.agree(id, to, "")
	r.untilEnded(id, dingoa.ResultAgree)
}

func changedAndArchived(r *run) {
	id := r.create(one(r.Approvers[0]))
	r.task(id, r.Approvers[0])
	if r.Premium && r.Administrator == "" {
		r.Skip("needs an administrator")
	}
	value := r.get(id).FormValues[0]
	administrator := r.Administrator
	if administrator == "" {
		administrator = r.Originator
	}
	update := dingoa.UpdateVariablesRequest{
		InstanceID: id, OperatorUserID: administrator, Variables: []dingoa.Variable{{ID: "component", Value: value.Value}},
	}
	if value.ID != "" { // the older gateway leaves it out at times
		update.Variables[0].ID = value.ID
	}
	if !r.premium(r.Client.Premium.UpdateVariables(r.Context(), update)) {
		return
	}
	history, err := r.Client.Premium.FieldHistory(r.Context(), dingoa.FieldHistoryRequest{InstanceID: id, FieldID: value.ID})
	r.ok(err)
	r.equal("changes", len(history), 1)
	settings, err := r.Client.Premium.FieldSettings(r.Context(), dingoa.FieldSettingsRequest{InstanceID: id, UserID: r.Approvers[0]})
	r.ok(err)
	if len(settings) == 0 {
		r.Fatal("no settings")
	}
	archive := dingoa.ArchiveInstanceRequest{InstanceID: id, OperatorUserID: administrator}
	r.is(r.Client.Premium.Archive(r.Context(), archive), dingoa.ErrConflict) // it runs
	r.agree(id, r.Approvers[0], "")
	r.untilEnded(id, dingoa.ResultAgree)
	r.ok(r.Client.Premium.Archive(r.Context(), archive))
	r.is(r.Client.Premium.Archive(r.Context(), archive), dingoa.ErrConflict) // once
	instance, err := r.Client.Premium.GetInstance(r.Context(), id)
	r.ok(err)
	r.equal("status", instance.Status, dingoa.InstanceCompleted)
}

// waitFor lists until the list has what is wanted: lists lag behind.
func waitFor[T any](r *run, what string, list func() iter.Seq2[T, error], wanted func(T) bool) T {
	r.Helper()
	for range 10 {
		for item, err := range list() {
			r.ok(err)
			if wanted(item) {
				return item
			}
		}
		r.Wait(r.T, time.Second)
	}
	r.Fatalf("not among the %s", what)
	var none T
	return none
}
