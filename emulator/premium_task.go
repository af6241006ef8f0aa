package emulator

import (
	"slices"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// startActivity is the originator's step, as the vendor calls it.
const startActivity = "sid-startevent"

// Records and states that only these operations bring.
const (
	recordAppendBefore = "APPEND_TASK_BEFORE"
	recordAppendAfter  = "APPEND_TASK_AFTER"
	recordRevert       = "REDIRECT_PROCESS"
	statusPaused       = "PAUSED"
)

// insertStep makes room for a step at a position.
func (in *instance) insertStep(at int, st step) {
	in.Steps = slices.Insert(in.Steps, at, st)
	for _, t := range in.Tasks {
		if t.Step >= at {
			t.Step++
		}
	}
}

// resume goes on with a step that has begun before: because people were added
// before one of its tasks. False when all of it is done.
func (s *Server) resume(in *instance, now time.Time) bool {
	begun, open := false, false
	for _, t := range in.Tasks {
		if t.Step != in.Current || t.Past {
			continue
		}
		begun = true
		if t.Status == statusPaused {
			t.Status = statusRunning
		}
		open = open || t.Status == statusRunning
	}
	if !begun {
		s.startStep(in, now)
		return true
	}
	if next := in.nextInStep(); !open && next != nil {
		s.run(next, now)
		return true
	}
	return open
}

// operated finds the running task that the user wants to add people to or to
// send back.
func (s *Server) operated(taskID int64, instanceID, userID string) (*task, *problem) {
	t, ok := s.tasks[taskID]
	if !ok {
		return nil, problemOf(taskNotFound, "there is no task %d", taskID)
	}
	if _, ok := s.company.users[userID]; !ok {
		return nil, problemOf(userNotFound, "there is no user %q", userID)
	}
	switch {
	case t.instance.ID != instanceID:
		return nil, problemOf(taskOfInstance, "task %d is not of instance %q", taskID, instanceID)
	case t.UserID != userID:
		return nil, problemOf(notTheirTask, "task %d is not of user %q", taskID, userID)
	case t.instance.Status != statusRunning:
		return nil, problemOf(instanceEnded, "instance %s is %s", instanceID, t.instance.Status)
	case t.Status != statusRunning:
		return nil, problemOf(taskNotRunning, "task %d is %s", taskID, t.Status)
	}
	return t, nil
}

func (s *Server) appendTask(c *call) (map[string]any, *apiError) {
	var req struct {
		TaskID            int64    `json:"taskId"`
		ProcessInstanceID string   `json:"processInstanceId"`
		OperateUserID     string   `json:"operateUserId"`
		AppenderUserIDs   []string `json:"appenderUserIds"`
		Remark            string   `json:"remark"`
		ActivateType      string   `json:"activateType"`
		Type              string   `json:"type"`
		AgreeAll          *bool    `json:"agreeAll"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	t, err := s.operated(req.TaskID, req.ProcessInstanceID, req.OperateUserID)
	if err != nil {
		return nil, c.refused(err)
	}
	for _, id := range req.AppenderUserIDs {
		if id == req.OperateUserID {
			return nil, refuse("appender.contains.currentOperator", errcodeBadParameter, "加签任务，加签人不能包含当前操作人")
		}
		if _, ok := s.company.users[id]; !ok {
			return nil, refuse("user.not.exist", errcodeNoUser, "用户ID不存在，请检查appenderUserIds")
		}
	}
	switch {
	case len(req.AppenderUserIDs) == 0:
		return nil, refuse("param.blank", errcodeBadParameter, "appenderUserIds参数不能为空")
	case len(req.AppenderUserIDs) > 1 && req.AgreeAll == nil:
		return nil, refuse("param.blank", errcodeBadParameter, "agreeAll参数不能为空")
	}
	st := step{ActivityID: newUUID()[9:23], Name: "加签", Mode: company.All, Approvers: req.AppenderUserIDs}
	switch {
	case req.ActivateType == "ONE_BY_ONE":
		st.Mode = company.InTurn
	case req.AgreeAll != nil && !*req.AgreeAll:
		st.Mode = company.Any
	}
	s.addSign(t, st, req.Type == "before", req.Remark)
	return map[string]any{"result": true}, nil
}

// addSign puts a step beside the one of a running task. Before it, the task
// pauses until the new step is through; after it, the task goes on.
func (s *Server) addSign(t *task, st step, before bool, remark string) {
	in, now := t.instance, s.Now()
	s.touch(kindInstance, in.ID)
	of := in.Steps[t.Step]
	kind := recordAppendAfter
	if before {
		kind = recordAppendBefore
	}
	in.Records = append(in.Records, record{
		UserID: t.UserID, Kind: kind, Result: resultNone, Remark: remark, Time: now, ActivityID: of.ActivityID, ShowName: of.Name, TaskID: t.ID,
	})
	if !before {
		in.insertStep(t.Step+1, st)
		return
	}
	isCurrent := t.Step == in.Current
	t.Status = statusPaused
	in.insertStep(t.Step, st)
	if isCurrent {
		s.startStep(in, now)
	}
}

func (s *Server) revertTask(c *call) (map[string]any, *apiError) {
	var req struct {
		TaskID            int64  `json:"taskId"`
		ProcessInstanceID string `json:"processInstanceId"`
		OperateUserID     string `json:"operateUserId"`
		TargetActivityID  string `json:"targetActivityId"`
		RevertAction      string `json:"revertAction"`
		Remark            string `json:"remark"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	t, err := s.operated(req.TaskID, req.ProcessInstanceID, req.OperateUserID)
	if err != nil {
		return nil, c.refused(err)
	}
	in := t.instance
	target := slices.IndexFunc(in.Steps, func(st step) bool { return st.ActivityID == req.TargetActivityID })
	toOriginator := req.RevertAction == "REVERT_FOR_RESUBMIT"
	switch {
	case toOriginator != (req.TargetActivityID == startActivity),
		!toOriginator && (target < 0 || target >= t.Step):
		return nil, refuse("param.illegal", errcodeBadParameter, "不合法的参数targetActivityId")
	}
	s.revert(t, target, toOriginator, req.Remark)
	return map[string]any{"result": true}, nil
}

// revert ends what is open and begins again at a former step, or at one of the
// originator, who agrees to resubmit.
func (s *Server) revert(t *task, target int, toOriginator bool, remark string) {
	in, now := t.instance, s.Now()
	s.touch(kindInstance, in.ID)
	of := in.Steps[t.Step]
	t.Status, t.Result, t.Finished = statusCompleted, resultNone, now
	in.Records = append(in.Records, record{
		UserID: t.UserID, Kind: recordRevert, Result: resultNone, Remark: remark, Time: now, ActivityID: of.ActivityID, ShowName: of.Name, TaskID: t.ID,
	})
	s.pushTask(t, "finish", "", remark, now)
	s.closeTasks(in, statusCanceled, now)
	if toOriginator && target < 0 {
		target = 0
		in.insertStep(0, step{ActivityID: startActivity, Name: "发起人", Mode: company.InTurn, Approvers: []string{in.Originator.ID}})
	}
	for _, other := range in.Tasks {
		other.Past = other.Past || other.Step >= target
	}
	in.Current = target
	s.startStep(in, now)
}

func (s *Server) batchExecute(c *call) (map[string]any, *apiError) {
	var req struct {
		TaskInfoList []struct {
			TaskID            int64  `json:"taskId"`
			ProcessInstanceID string `json:"processInstanceId"`
		} `json:"taskInfoList"`
		ActionerUserID string `json:"actionerUserId"`
		Result         string `json:"result"`
		Remark         string `json:"remark"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if _, ok := s.company.users[req.ActionerUserID]; !ok {
		return nil, refuse("needAuth", errcodeNoRight, "没有同意拒绝审批的权限")
	}
	results := map[string]any{}
	for _, t := range req.TaskInfoList {
		result := map[string]any{"result": true, "message": "ok"}
		if err := s.executeByAPI(executeRequest{
			instanceID: t.ProcessInstanceID, taskID: t.TaskID, userID: req.ActionerUserID, result: req.Result, remark: req.Remark,
		}); err != nil {
			result = map[string]any{"result": false, "message": refusedBy("ExecuteProcessInstance", err).message}
		}
		results[strconv.FormatInt(t.TaskID, 10)] = result
	}
	return map[string]any{"result": results, "success": true}, nil
}

// managed checks the people of an administrator's request.
func (s *Server) managed(userID, managerID string) *apiError {
	if _, ok := s.company.users[userID]; !ok {
		return refuse("param.user.notexist", errcodeNoUser, "查询的userId不存在")
	}
	if _, ok := s.company.users[managerID]; !ok {
		return refuse("param.manager.notexist", errcodeNoUser, "查询的managerUserId不存在")
	}
	return nil
}

func (s *Server) redirectTasks(c *call) (map[string]any, *apiError) {
	var req struct {
		TransfereeUserID string  `json:"transfereeUserId"`
		HandoverUserID   string  `json:"handoverUserId"`
		ManagerUserID    string  `json:"managerUserId"`
		TaskIDs          []int64 `json:"taskIds"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	for _, id := range []string{req.TransfereeUserID, req.HandoverUserID} {
		if err := s.managed(id, req.ManagerUserID); err != nil {
			return nil, err
		}
	}
	results, failures := []map[string]any{}, 0
	for _, id := range req.TaskIDs {
		result := map[string]any{"taskId": id, "success": true}
		if err := s.redirectByAPI(redirectRequest{taskID: id, toUserID: req.HandoverUserID, userID: req.TransfereeUserID}); err != nil {
			failures++
			result["success"], result["errorMsg"] = false, refusedBy("RedirectWorkflowTask", err).message
		}
		results = append(results, result)
	}
	return map[string]any{
		"result": map[string]any{"totalCount": len(results), "failCount": failures, "redirectResults": results}, "success": true,
	}, nil
}
