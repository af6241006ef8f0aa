package conformance

import (
	"slices"
	"time"

	"github.com/dingoa/dingoa"
)

func agreedInTurn(r *run) {
	before := r.Now()
	first, second := r.Approvers[0], r.Approvers[1]
	id := r.create(one(first), one(second))

	instance := r.get(id)
	r.equal("status", instance.Status, dingoa.InstanceRunning)
	r.equal("result", instance.Result, dingoa.Result(""))
	r.equal("originator", instance.OriginatorUserID, r.Originator)
	r.equal("finished", instance.FinishTime.IsZero(), true)
	if d := instance.CreateTime.Sub(before); d < -2*time.Minute || d > 2*time.Minute {
		r.Fatalf("created at %v, which is %v from now: a mistake in the time zone?", instance.CreateTime, d)
	}
	if instance.Title == "" || instance.BusinessID == "" {
		r.Fatalf("no title or business ID: %+v", instance)
	}
	for _, v := range r.Values {
		if got, _ := instance.Value(v.Name); got != v.Value {
			r.Fatalf("value %s: got %q, want %q", v.Name, got, v.Value)
		}
	}

	r.agree(id, first, "one")
	r.task(id, second)
	r.equal("status", r.get(id).Status, dingoa.InstanceRunning)
	r.agree(id, second, "")
	instance = r.untilEnded(id, dingoa.ResultAgree)
	decided := records(instance, dingoa.OperationExecute)
	r.equal("decisions", len(decided), 2)
	r.equal("remark", decided[0].Remark, "one")
	r.equal("by", decided[0].UserID, first)
	r.equal("by", decided[1].UserID, second)
}

func refused(r *run) {
	id := r.create(one(r.Approvers[0]), one(r.Approvers[1]))
	r.refuse(id, r.Approvers[0], "no")
	instance := r.untilEnded(id, dingoa.ResultRefuse)
	for _, task := range instance.Tasks {
		if task.UserID == r.Approvers[1] && task.Status == dingoa.TaskCompleted {
			r.Fatalf("the second approver decided something: %+v", task)
		}
	}
}

func allMustAgree(r *run) {
	both := dingoa.Approver{ActionType: dingoa.ActionAnd, UserIDs: r.Approvers[:2]}
	id := r.create(both)
	r.agree(id, r.Approvers[0], "")
	r.equal("status", r.get(id).Status, dingoa.InstanceRunning)
	r.agree(id, r.Approvers[1], "")
	r.untilEnded(id, dingoa.ResultAgree)

	id = r.create(both)
	r.agree(id, r.Approvers[1], "")
	r.refuse(id, r.Approvers[0], "")
	r.untilEnded(id, dingoa.ResultRefuse)
}

func firstDecides(r *run) {
	either := dingoa.Approver{ActionType: dingoa.ActionOr, UserIDs: r.Approvers[:2]}
	id := r.create(either)
	r.task(id, r.Approvers[0])
	r.agree(id, r.Approvers[1], "")
	instance := r.untilEnded(id, dingoa.ResultAgree)
	r.equal("the other's task", statusOf(instance, r.Approvers[0]), dingoa.TaskCanceled)
}

func redirected(r *run) {
	from, to := r.Approvers[0], r.Approvers[2]
	id := r.create(one(from))
	err := r.Client.Tasks.Redirect(r.Context(), dingoa.RedirectTaskRequest{
		TaskID: r.task(id, from).ID, OperatorUserID: from, ToUserID: to, Remark: "please",
	})
	if r.Legacy {
		r.is(err, dingoa.ErrUnsupported)
		return
	}
	r.ok(err)
	next := r.task(id, to)
	instance := r.get(id)
	for _, task := range instance.Tasks {
		if task.UserID == from {
			r.equal("the handed-on task", task.Result, dingoa.TaskRedirected)
		}
	}
	r.equal("redirects", len(records(instance, dingoa.OperationRedirect)), 1)
	err = r.Client.Tasks.Redirect(r.Context(), dingoa.RedirectTaskRequest{TaskID: next.ID, OperatorUserID: from, ToUserID: to})
	r.is(err, dingoa.ErrPermission, dingoa.ErrInvalidArgument)
	r.agree(id, to, "")
	r.untilEnded(id, dingoa.ResultAgree)
}

func commented(r *run) {
	id := r.create(one(r.Approvers[0]))
	comment := dingoa.CommentRequest{InstanceID: id, OperatorUserID: r.Approvers[1], Text: "请补充材料 <&>"}
	r.ok(r.Client.Instances.Comment(r.Context(), comment))
	instance := r.until(id, "commented", func(i *dingoa.Instance) bool { return len(records(i, dingoa.OperationComment)) > 0 })
	got := records(instance, dingoa.OperationComment)[0]
	r.equal("comment", got.Remark, comment.Text)
	r.equal("by", got.UserID, comment.OperatorUserID)
	r.equal("status", instance.Status, dingoa.InstanceRunning)
}

func revoked(r *run) {
	id := r.create(one(r.Approvers[0]))
	terminate := func(userID string) error {
		return r.Client.Instances.Terminate(r.Context(), dingoa.TerminateInstanceRequest{InstanceID: id, OperatorUserID: userID, Remark: "mistake"})
	}
	r.is(terminate(r.Originator), dingoa.ErrConflict) // in the first 15 seconds
	r.equal("status", r.get(id).Status, dingoa.InstanceRunning)
	r.Wait(r.T, 16*time.Second)
	if err := terminate(r.Approvers[0]); err == nil {
		r.Fatal("somebody who is not the originator could revoke")
	}
	r.equal("status", r.get(id).Status, dingoa.InstanceRunning)
	r.ok(terminate(r.Originator))
	instance := r.until(id, "terminated", func(i *dingoa.Instance) bool { return i.Status == dingoa.InstanceTerminated })
	r.equal("result", instance.Result, dingoa.Result(""))
	r.equal("running tasks", len(instance.RunningTasks()), 0)
	r.is(terminate(r.Originator), dingoa.ErrConflict)
}

func listed(r *run) {
	start := r.Now().Add(-time.Second)
	var ids []string
	for range 5 {
		ids = append(ids, r.create(one(r.Approvers[0])))
	}
	r.Wait(r.T, time.Second)
	req := dingoa.ListInstanceIDsRequest{
		ProcessCode: r.ProcessCode, StartTime: start, EndTime: r.Now(), UserIDs: []string{r.Originator}, PageSize: 2,
	}
	missing := map[string]bool{}
	for range 10 { // a list may lag behind
		clear(missing)
		for _, id := range ids {
			missing[id] = true
		}
		for id, err := range r.Client.Instances.AllIDs(r.Context(), req) {
			r.ok(err)
			delete(missing, id)
		}
		if len(missing) == 0 {
			break
		}
		r.Wait(r.T, time.Second)
	}
	if len(missing) > 0 {
		r.Fatalf("not listed: %v", missing)
	}
	page, err := r.Client.Instances.ListIDs(r.Context(), req)
	r.ok(err)
	r.equal("IDs on the first page", len(page.Items), 2)
	r.equal("more pages", page.HasMore(), true)

	req.StartTime = start.AddDate(0, 0, -2)
	req.EndTime = start.AddDate(0, 0, -1)
	for id, err := range r.Client.Instances.AllIDs(r.Context(), req) {
		r.ok(err)
		if slices.Contains(ids, id) {
			r.Fatalf("%s is listed outside its time", id)
		}
	}
}

func counted(r *run) {
	count := func() int {
		n, err := r.Client.Tasks.TodoCount(r.Context(), r.Approvers[2])
		r.ok(err)
		return n
	}
	wants := func(n int) {
		r.Helper()
		for range 10 {
			if count() == n {
				return
			}
			r.Wait(r.T, time.Second)
		}
		r.equal("tasks to do", count(), n)
	}
	before := count()
	id := r.create(one(r.Approvers[2]))
	wants(before + 1)
	r.agree(id, r.Approvers[2], "")
	wants(before)
}

func unknownForm(r *run) {
	req := r.request(one(r.Approvers[0]))
	req.ProcessCode = "PROC-00000000-0000-0000-0000-000000000000"
	_, err := r.Client.Instances.Create(r.Context(), req)
	r.is(err, dingoa.ErrNotFound, dingoa.ErrInvalidArgument)
}

func unknownInstance(r *run) {
	const nowhere = "00000000-0000-0000-0000-000000000000"
	_, err := r.Client.Instances.Get(r.Context(), nowhere)
	r.is(err, dingoa.ErrNotFound, dingoa.ErrInvalidArgument)
	err = r.Client.Instances.Comment(r.Context(), dingoa.CommentRequest{InstanceID: nowhere, OperatorUserID: r.Originator, Text: "x"})
	r.is(err, dingoa.ErrNotFound)
	err = r.Client.Instances.Terminate(r.Context(), dingoa.TerminateInstanceRequest{InstanceID: nowhere, OperatorUserID: r.Originator})
	r.is(err, dingoa.ErrNotFound)
}

func requiredValueMissing(r *run) {
	req := r.request(one(r.Approvers[0]))
	for i, v := range req.FormValues {
		if v.Name == r.Required {
			req.FormValues = append(req.FormValues[:i], req.FormValues[i+1:]...)
			break
		}
	}
	r.equal("values left", len(req.FormValues), len(r.Values)-1)
	_, err := r.Client.Instances.Create(r.Context(), req)
	r.is(err, dingoa.ErrInvalidArgument)
	if !shows(err, r.Required) {
		r.Fatalf("the error does not name %s: %v", r.Required, err)
	}
}

func noSecondDecision(r *run) {
	id := r.create(one(r.Approvers[0]), one(r.Approvers[1]))
	decision := dingoa.DecideTaskRequest{InstanceID: id, TaskID: r.task(id, r.Approvers[0]).ID, OperatorUserID: r.Approvers[0]}
	r.ok(r.Client.Tasks.Approve(r.Context(), decision))
	r.is(r.Client.Tasks.Refuse(r.Context(), decision), dingoa.ErrConflict)
	r.agree(id, r.Approvers[1], "")
	r.untilEnded(id, dingoa.ResultAgree)
	r.is(r.Client.Tasks.Approve(r.Context(), decision), dingoa.ErrConflict)
}

func noForeignDecision(r *run) {
	id := r.create(one(r.Approvers[0]))
	decision := dingoa.DecideTaskRequest{InstanceID: id, TaskID: r.task(id, r.Approvers[0]).ID, OperatorUserID: r.Approvers[1]}
	r.is(r.Client.Tasks.Approve(r.Context(), decision), dingoa.ErrPermission, dingoa.ErrConflict)
	r.equal("status", r.get(id).Status, dingoa.InstanceRunning)
}
