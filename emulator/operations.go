package emulator

import (
	"slices"
	"time"
)

// The operations that look up, decide and list, as both gateways share them.
// The callers hold s.mu.

const (
	revokeWait     = 15 * time.Second
	day            = 24 * time.Hour
	listSpan       = 120 * day
	listAge        = 365 * day
	listAgePremium = 5 * 365 * day
	listPage       = 20
)

func errNoInstance(code string) *apiError {
	return refuse(code, errcodeNoInstance, "审批实例不存在")
}

type terminateRequest struct {
	instanceID, remark, userID string
	isSystem                   bool
}

func (s *Server) terminateByAPI(req terminateRequest) *apiError {
	in, ok := s.instances[req.instanceID]
	if !ok {
		return s.noInstance(req.instanceID, "aflowProcessInstNotExist")
	}
	if !req.isSystem {
		if req.userID == "" {
			return missingField("TerminateProcessInstance", "operatingUserId")
		}
		if _, ok := s.company.users[req.userID]; !ok {
			return errNoUser()
		}
		if req.userID != in.originator.ID {
			return refuse("internalError", errcodeMayNotRevoke, "审批系统错误，原因为【您没有任务处理的权限】：只有发起人才能撤销")
		}
	}
	if in.status != statusRunning {
		return refuse("aflowProcessInstStatusException", errcodeInstanceStatus, "审批单状态异常：审批单已结束")
	}
	if s.Now().Sub(in.created) < revokeWait {
		return refuse("aflowProcessInstStatusException", errcodeInstanceStatus, "审批单状态异常：提交审批单后15秒内不能进行撤回")
	}
	if !in.form.OriginatorMayRevoke {
		return refuse("internalError", errcodeMayNotRevoke, "审批系统错误，原因为【您没有任务处理的权限】：模板未设置允许提交人撤销审批中的审批单")
	}
	operator := req.userID
	if operator == "" {
		operator = in.originator.ID
	}
	s.terminate(in, operator, req.remark)
	return nil
}

type commentRequest struct {
	instanceID, text, userID string
	file                     file
}

func (s *Server) commentByAPI(req commentRequest) *apiError {
	in, ok := s.instances[req.instanceID]
	if !ok {
		return s.noInstance(req.instanceID, "aflowProcessInstNotExist")
	}
	if _, ok := s.company.users[req.userID]; !ok {
		return errNoUser()
	}
	if in.archived {
		return refuse("aflowProcessInstStatusException", errcodeInstanceStatus, "审批单状态异常：审批单已归档")
	}
	s.comment(in, req.userID, req.text, req.file)
	return nil
}

type executeRequest struct {
	instanceID, result, userID, remark string
	taskID                             int64
	file                               file
}

func (s *Server) executeByAPI(req executeRequest) *apiError {
	in, ok := s.instances[req.instanceID]
	if !ok {
		return s.noInstance(req.instanceID, "aflowProcessNotExist")
	}
	if _, ok := s.company.users[req.userID]; !ok {
		return errNoUser()
	}
	t, ok := s.tasks[req.taskID]
	switch {
	case !ok || t.instance != in:
		return refuse("aflowProcessInstCanNotBeExecuted", errcodeCannotExecute, "审批状态异常，无法执行：该审批单没有任务%d", req.taskID)
	case t.userID != req.userID:
		return refuse("needAuth", errcodeNoRight, "没有同意拒绝审批的权限")
	case in.status != statusRunning:
		return refuse("aflowProcessInstStatusException", errcodeInstanceStatus, "审批单状态异常：审批单已结束")
	case t.status != statusRunning:
		return refuse("aflowProcessInstCanNotBeExecuted", errcodeCannotExecute, "审批状态异常，无法执行：任务状态为%s", t.status)
	}
	s.decide(t, req.result == "agree", req.remark, req.file)
	return nil
}

type redirectRequest struct {
	taskID                   int64
	toUserID, userID, remark string
	file                     file
}

func (s *Server) redirectByAPI(req redirectRequest) *apiError {
	t, ok := s.tasks[req.taskID]
	if !ok {
		return refuse("param.illegal", errcodeBadParameter, "不合法的参数taskId")
	}
	if _, ok := s.company.users[req.toUserID]; !ok {
		return refuse("param.illegal", errcodeBadParameter, "不合法的参数toUserId")
	}
	switch {
	case t.userID != req.userID:
		return refuse("param.illegal.operator", errcodeNoRight, "不合法的参数operateUserId")
	case t.instance.status != statusRunning:
		return refuse("instance.status.error", errcodeInstanceStatus, "当前流程实例状态不是运行中不支持转交操作")
	case t.status != statusRunning:
		return refuse("task.status.error", errcodeCannotExecute, "当前任务状态不是运行中不支持转交操作")
	}
	s.redirect(t, req.toUserID, req.remark, req.file)
	return nil
}

func (s *Server) todoCount(userID string) (int, *apiError) {
	if _, ok := s.company.users[userID]; !ok {
		return 0, errNoUser()
	}
	n := 0
	for _, t := range s.tasks {
		if t.userID == userID && t.status == statusRunning {
			n++
		}
	}
	return n, nil
}

type listRequest struct {
	processCode string
	start, end  int64 // ms; end 0 is now
	hasEnd      bool
	cursor      int64
	size        int64
	userIDs     []string
	statuses    []string
}

// list returns one page and the cursor of the next, which is 0 on the last.
func (s *Server) list(req listRequest) ([]string, int64, *apiError) {
	now := s.Now()
	if err := s.checkWindow(&req, now); err != nil {
		return nil, 0, err
	}
	if req.size < 1 || req.size > listPage {
		return nil, 0, badField("ListProcessInstanceIds", "maxResults", "")
	}
	if req.cursor < 0 || req.cursor >= int64(s.listLimit) {
		return nil, 0, refuse("invalidNextToken", errcodeBadParameter, "获取审批实例ID列表，分页查询的游标非法：%d", req.cursor)
	}
	found := []string{}
	for _, in := range s.order {
		created := in.created.UnixMilli()
		if in.form.ProcessCode == req.processCode && req.start <= created && created <= req.end &&
			(len(req.userIDs) == 0 || slices.Contains(req.userIDs, in.originator.ID)) &&
			(len(req.statuses) == 0 || slices.Contains(req.statuses, in.status)) {
			found = append(found, in.id)
		}
	}
	if len(found) > s.listLimit {
		found = found[:s.listLimit]
	}
	from := min(req.cursor, int64(len(found)))
	to := min(from+req.size, int64(len(found)))
	next := to
	if to == int64(len(found)) {
		next = 0
	}
	return found[from:to], next, nil
}

// checkWindow applies the rules of time and fills in the end.
func (s *Server) checkWindow(req *listRequest, now time.Time) *apiError {
	if !req.hasEnd {
		req.end = now.UnixMilli()
	}
	if req.end < req.start || time.Duration(req.end-req.start) > listSpan/time.Millisecond {
		return refuse("invalidEndTime", errcodeBadParameter, "获取审批实例ID列表，审批实例结束时间不能小于开始时间；且查询时间范围不能超过120天。")
	}
	age, inWords := listAge, "365天"
	if s.premium.Load() {
		age, inWords = listAgePremium, "5年"
	}
	if req.start < now.Add(-age).UnixMilli() {
		return refuse("invalidInstanceListIdsStartTime", errcodeBadParameter, "获取审批实例ID列表，审批实例开始时间距当前时间不能超过%s", inWords)
	}
	return nil
}
