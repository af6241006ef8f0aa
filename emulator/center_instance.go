package emulator

import (
	"strconv"
	"time"
)

type centerStart struct {
	processCode, originatorID, title, url, bizData string
	values                                         []formValue
}

// startCenter creates an instance. The caller holds s.mu.
func (s *Server) startCenter(req centerStart) (*centerInstance, *problem) {
	t, ok := s.center.templates[req.processCode]
	if !ok {
		if _, official := s.company.forms[req.processCode]; official {
			return nil, problemOf(formOfficial, "form %q is an official one", req.processCode)
		}
		return nil, problemOf(formNotFound, "there is no form %q", req.processCode)
	}
	originator, ok := s.company.users[req.originatorID]
	if !ok {
		return nil, problemOf(userNotFound, "there is no user %q", req.originatorID)
	}
	in := &centerInstance{
		ID: newUUID(), Template: t.Code, Title: req.title, URL: req.url, Values: req.values, Status: statusRunning,
		OriginatorID: originator.ID, BizData: req.bizData, Created: s.Now(),
	}
	if in.Title == "" {
		in.Title = originator.Name + "提交的" + t.Name
	}
	if s.center.instances == nil {
		s.center.instances = map[string]*centerInstance{}
	}
	s.center.instances[in.ID] = in
	s.center.order = append(s.center.order, in)
	s.touch(kindCenterInstance, in.ID)
	return in, nil
}

func (s *Server) createCenterInstance(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode      string `json:"processCode"`
		OriginatorUserID string `json:"originatorUserId"`
		Title            string `json:"title"`
		URL              string `json:"url"`
		BizData          string `json:"bizData"`
		Values           []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"formComponentValueList"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req := centerStart{processCode: in.ProcessCode, originatorID: in.OriginatorUserID, title: in.Title, url: in.URL, bizData: in.BizData}
	for _, v := range in.Values {
		req.values = append(req.values, formValue{Name: v.Name, Value: v.Value})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	started, err := s.startCenter(req)
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": map[string]any{"processInstanceId": started.ID}}, nil
}

func (s *Server) oapiCreateCenterInstance(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			AgentID          int64  `json:"agentid"`
			ProcessCode      string `json:"process_code"`
			OriginatorUserID string `json:"originator_user_id"`
			Title            string `json:"title"`
			URL              string `json:"url"`
			Values           []struct {
				Name  string `json:"name"`
				Value string `json:"value"`
			} `json:"form_component_values"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Request.AgentID != s.company.app.AgentID {
		return nil, refuse("invalidAgentId", errcodeBadAgent, "无效的微应用ID")
	}
	r := in.Request
	req := centerStart{processCode: r.ProcessCode, originatorID: r.OriginatorUserID, title: r.Title, url: r.URL}
	for _, v := range r.Values {
		req.values = append(req.values, formValue{Name: v.Name, Value: v.Value})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	started, err := s.startCenter(req)
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": map[string]any{"process_instance_id": started.ID}, "success": true}, nil
}

// centerUpdate is the new state of an instance.
type centerUpdate struct {
	id, status, result string
	keepTasks          bool
}

// ownInstance looks an instance up. The caller holds s.mu.
func (s *Server) ownInstance(id string) (*centerInstance, *problem) {
	if in, ok := s.center.instances[id]; ok {
		return in, nil
	}
	if _, ok := s.instances[id]; ok {
		return nil, problemOf(instanceOfficial, "instance %q is of an official form", id)
	}
	return nil, problemOf(instanceNotFound, "there is no instance %q", id)
}

// endCenter ends an instance. The caller holds s.mu.
func (s *Server) endCenter(in *centerInstance, u centerUpdate) {
	s.touch(kindCenterInstance, in.ID)
	in.Status, in.Result = u.status, u.result
	if u.status != statusRunning && in.Finished.IsZero() {
		in.Finished = s.Now()
	}
	if u.status == statusTerminated {
		in.Result = ""
	}
	if !u.keepTasks {
		s.cancelTasks(in, nil)
	}
}

func (s *Server) updateAll(updates []centerUpdate) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := make([]*centerInstance, len(updates))
	for i, u := range updates {
		in, err := s.ownInstance(u.id)
		if err != nil {
			return err
		}
		found[i] = in
	}
	for i, u := range updates {
		s.endCenter(found[i], u)
	}
	return nil
}

type centerUpdateV1 struct {
	ProcessInstanceID string `json:"processInstanceId"`
	Status            string `json:"status"`
	Result            string `json:"result"`
}

func (s *Server) updateCenterInstance(c *call) (map[string]any, *apiError) {
	var in centerUpdateV1
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	err := s.updateAll([]centerUpdate{{id: in.ProcessInstanceID, status: in.Status, result: in.Result}})
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"success": true}, nil
}

func (s *Server) updateCenterInstances(c *call) (map[string]any, *apiError) {
	var in struct {
		Updates []centerUpdateV1 `json:"updateProcessInstanceRequests"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if len(in.Updates) == 0 || len(in.Updates) > centerUpdateLimit {
		return nil, refuse("updateOverSize", errcodeBadParameter, "更新审批单数量超出限制")
	}
	var updates []centerUpdate
	for _, u := range in.Updates {
		updates = append(updates, centerUpdate{id: u.ProcessInstanceID, status: u.Status, result: u.Result})
	}
	if err := s.updateAll(updates); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"success": true}, nil
}

type centerUpdateLegacy struct {
	ProcessInstanceID string `json:"process_instance_id"`
	Status            string `json:"status"`
	Result            string `json:"result"`
}

func (s *Server) oapiUpdateCenterInstance(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			centerUpdateLegacy
			Cancel bool `json:"cancel_running_task"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	u := centerUpdate{id: in.Request.ProcessInstanceID, status: in.Request.Status, result: in.Request.Result, keepTasks: !in.Request.Cancel}
	if err := s.updateAll([]centerUpdate{u}); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{}, nil
}

func (s *Server) oapiUpdateCenterInstances(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			Instances []centerUpdateLegacy `json:"instances"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var updates []centerUpdate
	for _, u := range in.Request.Instances {
		updates = append(updates, centerUpdate{id: u.ProcessInstanceID, status: u.Status, result: u.Result})
	}
	if err := s.updateAll(updates); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{}, nil
}

// CenterInstanceState is how an instance of the process centre stood when it was
// looked at.
type CenterInstanceState struct {
	ID     string
	Title  string
	Status string // RUNNING, COMPLETED or TERMINATED
	Result string // agree or refuse, once COMPLETED
	Tasks  []CenterTaskState
}

// CenterTaskState is how a task of the process centre stood when it was looked at.
type CenterTaskState struct {
	ID         int64
	UserID     string
	ActivityID string
	Status     string // RUNNING, COMPLETED or CANCELED
	Result     string // AGREE or REFUSE, once COMPLETED
	CreateTime time.Time
}

// CenterInstance looks an instance of the process centre (流程中心) up; false when
// there is none with that ID.
func (s *Server) CenterInstance(id string) (CenterInstanceState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, ok := s.center.instances[id]
	if !ok {
		return CenterInstanceState{}, false
	}
	st := CenterInstanceState{ID: in.ID, Title: in.Title, Status: in.Status, Result: in.Result}
	for _, t := range in.Tasks {
		st.Tasks = append(st.Tasks, CenterTaskState{ID: t.ID, UserID: t.UserID, ActivityID: t.ActivityID, Status: t.Status, Result: t.Result, CreateTime: t.Created})
	}
	return st, true
}

// ownInstanceV1 is an instance as GetProcessInstance shows it: no other operation
// reads one, and bizData, which only these have, is in its page.
func (s *Server) ownInstanceV1(in *centerInstance) map[string]any {
	originator := s.company.users[in.OriginatorID]
	deptID := s.company.mainDepartment(originator)
	tasks := []map[string]any{}
	for _, t := range in.Tasks {
		m := map[string]any{
			"taskId": t.ID, "userId": t.UserID, "status": t.Status, "createTime": timeV1(t.Created),
			"processInstanceId": in.ID, "mobileUrl": t.URL, "pcUrl": t.URL,
		}
		putText(m, "activityId", t.ActivityID)
		putText(m, "result", t.Result)
		putText(m, "finishTime", timeV1(t.Finished))
		tasks = append(tasks, m)
	}
	values := []map[string]any{}
	for _, v := range in.Values {
		values = append(values, map[string]any{"name": v.Name, "value": v.Value})
	}
	result := map[string]any{
		"title": in.Title, "status": in.Status, "bizAction": "NONE", "createTime": timeV1(in.Created),
		"originatorUserId": originator.ID, "originatorDeptId": strconv.FormatInt(deptID, 10),
		"originatorDeptName": s.company.departmentName(deptID), "attachedProcessInstanceIds": []string{},
		"operationRecords": []any{}, "tasks": tasks, "formComponentValues": values,
	}
	putText(result, "bizData", in.BizData)
	putText(result, "result", in.Result)
	putText(result, "finishTime", timeV1(in.Finished))
	return map[string]any{"result": result, "success": "true"}
}
