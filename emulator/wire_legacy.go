package emulator

import (
	"slices"
	"strconv"

	"github.com/dingoa/dingoa/emulator/company"
)

// Requests and replies of oapi.dingtalk.com. The state is the same; names,
// times and numbers are written differently.

type fileLegacy struct {
	Photos      []string `json:"photos"`
	Attachments []struct {
		SpaceID  string `json:"space_id"`
		FileSize string `json:"file_size"`
		FileID   string `json:"file_id"`
		FileName string `json:"file_name"`
		FileType string `json:"file_type"`
	} `json:"attachments"`
}

func (f fileLegacy) file() file {
	out := file{Photos: f.Photos}
	for _, a := range f.Attachments {
		out.Attachments = append(out.Attachments, attachment{a.SpaceID, a.FileID, a.FileName, a.FileSize, a.FileType})
	}
	return out
}

func (s *Server) oapiCreate(c *call) (map[string]any, *apiError) {
	var in struct {
		AgentID          *int64 `json:"agent_id"`
		ProcessCode      string `json:"process_code"`
		OriginatorUserID string `json:"originator_user_id"`
		DeptID           *int64 `json:"dept_id"`
		Approvers        string `json:"approvers"`
		ApproversV2      []struct {
			TaskActionType string   `json:"task_action_type"`
			UserIDs        []string `json:"user_ids"`
		} `json:"approvers_v2"`
		CCList     string `json:"cc_list"`
		CCPosition string `json:"cc_position"`
		Values     []struct {
			Name     string `json:"name"`
			Value    string `json:"value"`
			ExtValue string `json:"ext_value"`
		} `json:"form_component_values"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req := startRequest{
		processCode: in.ProcessCode, originatorID: in.OriginatorUserID, deptID: in.DeptID, agentID: in.AgentID,
		cc: splitList(in.CCList), ccPosition: in.CCPosition,
	}
	for _, userID := range splitList(in.Approvers) {
		req.approvers = append(req.approvers, approverStep{"NONE", []string{userID}})
	}
	if len(in.ApproversV2) > 0 { // takes precedence
		req.approvers = nil
	}
	for _, a := range in.ApproversV2 {
		isPair := a.TaskActionType == "AND" || a.TaskActionType == "OR"
		if isPair && len(a.UserIDs) < 2 {
			return nil, badField(c.operation, "approvers_v2.user_ids", "needs at least two users for "+a.TaskActionType)
		}
		req.approvers = append(req.approvers, approverStep{a.TaskActionType, a.UserIDs})
	}
	for _, v := range in.Values {
		req.values = append(req.values, formValue{Name: v.Name, Value: v.Value, ExtValue: v.ExtValue})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	created, err := s.start(req)
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"process_instance_id": created.ID}, nil
}

func (s *Server) oapiGet(c *call) (map[string]any, *apiError) {
	var req struct {
		ProcessInstanceID string `json:"process_instance_id"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in, ok := s.instances[req.ProcessInstanceID]
	if !ok {
		return nil, c.refused(s.noInstance(req.ProcessInstanceID))
	}
	result := map[string]any{
		"title": in.Title, "business_id": in.BusinessID, "status": in.Status, "biz_action": "NONE",
		"originator_userid":    in.Originator.ID,
		"originator_dept_id":   strconv.FormatInt(in.DeptID, 10),
		"originator_dept_name": s.company.departmentName(in.DeptID),
		"create_time":          timeLegacy(in.Created), "attached_process_instance_ids": []string{},
		"operation_records": recordsLegacy(in), "tasks": s.tasksLegacy(in), "form_component_values": valuesLegacy(in),
	}
	put(result, "cc_userids", in.CC)
	putText(result, "result", in.Result)
	putText(result, "finish_time", timeLegacy(in.Finished))
	return map[string]any{"process_instance": result}, nil
}

func recordsLegacy(in *instance) []map[string]any {
	records := []map[string]any{}
	for _, r := range in.Records {
		m := map[string]any{"userid": r.UserID, "date": timeLegacy(r.Time), "operation_type": r.Kind, "operation_result": r.Result}
		putText(m, "remark", r.Remark)
		var attachments []map[string]any
		for _, a := range r.Attachments {
			attachments = append(attachments, map[string]any{
				"file_name": a.FileName, "file_size": a.FileSize, "file_id": a.FileID, "file_type": a.FileType,
			})
		}
		if attachments != nil {
			m["attachments"] = attachments
		}
		records = append(records, m)
	}
	return records
}

func (s *Server) tasksLegacy(in *instance) []map[string]any {
	tasks := []map[string]any{}
	for _, t := range in.Tasks {
		m := map[string]any{
			"taskid": strconv.FormatInt(t.ID, 10), "userid": t.UserID, "task_status": t.Status, "task_result": resultNone,
			"create_time": timeLegacy(t.Created), "activity_id": in.Steps[t.Step].ActivityID, "url": s.taskURL("mobile", t),
		}
		putText(m, "task_result", t.Result)
		putText(m, "finish_time", timeLegacy(t.Finished))
		tasks = append(tasks, m)
	}
	return tasks
}

// valuesLegacy has every component that takes a value: published replies of this
// gateway say "null" for what nobody filled in, and for such a table its columns.
func valuesLegacy(in *instance) []map[string]any {
	values := []map[string]any{}
	for _, v := range in.allValues() {
		m := map[string]any{"id": v.ID, "name": v.Name, "value": v.Value, "component_type": v.Type}
		putText(m, "ext_value", v.ExtValue)
		values = append(values, m)
	}
	return values
}

func (s *Server) oapiTerminate(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			ProcessInstanceID string `json:"process_instance_id"`
			IsSystem          bool   `json:"is_system"`
			Remark            string `json:"remark"`
			OperatingUserID   string `json:"operating_userid"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req := in.Request
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.terminateByAPI(terminateRequest{
		instanceID: req.ProcessInstanceID, isSystem: req.IsSystem, remark: req.Remark, userID: req.OperatingUserID,
	})
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": true, "success": true}, nil
}

func (s *Server) oapiComment(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			ProcessInstanceID string     `json:"process_instance_id"`
			Text              string     `json:"text"`
			CommentUserID     string     `json:"comment_userid"`
			File              fileLegacy `json:"file"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req := in.Request
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.commentByAPI(commentRequest{instanceID: req.ProcessInstanceID, text: req.Text, userID: req.CommentUserID, file: req.File.file()})
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": true, "success": true}, nil
}

func (s *Server) oapiListIDs(c *call) (map[string]any, *apiError) {
	const defaultSize = 10 // when left out: not documented
	var in struct {
		ProcessCode string `json:"process_code"`
		StartTime   int64  `json:"start_time"`
		EndTime     *int64 `json:"end_time"`
		Size        *int64 `json:"size"`
		Cursor      int64  `json:"cursor"`
		UseridList  string `json:"userid_list"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req := listRequest{
		processCode: in.ProcessCode, start: in.StartTime, cursor: in.Cursor, size: defaultSize, userIDs: splitList(in.UseridList),
	}
	if in.Size != nil {
		req.size = *in.Size
	}
	if in.EndTime != nil {
		req.end, req.hasEnd = *in.EndTime, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ids, next, err := s.list(req)
	if err != nil {
		return nil, c.refused(err)
	}
	result := map[string]any{"list": ids}
	if next > 0 {
		result["next_cursor"] = next
	}
	return map[string]any{"result": result}, nil
}

func (s *Server) oapiExecute(c *call) (map[string]any, *apiError) {
	var in struct {
		Request *struct {
			ProcessInstanceID string     `json:"process_instance_id"`
			Remark            string     `json:"remark"`
			Result            string     `json:"result"`
			ActionerUserID    string     `json:"actioner_userid"`
			TaskID            int64      `json:"task_id"`
			File              fileLegacy `json:"file"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Request == nil {
		return nil, missingField(c.operation, "request")
	}
	req := *in.Request
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.executeByAPI(executeRequest{
		instanceID: req.ProcessInstanceID, taskID: req.TaskID, userID: req.ActionerUserID,
		result: req.Result, remark: req.Remark, file: req.File.file(),
	})
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": true}, nil
}

func (s *Server) oapiTodoCount(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID string `json:"userid"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.todoCount(in.UserID)
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"count": n}, nil
}

// allValues are the values with those that nobody filled in, in the form's order.
func (in *instance) allValues() []formValue {
	values := slices.Clone(in.Values)
	for i, c := range in.form.Components {
		has := func(v formValue) bool { return v.ID == c.ID }
		if !settable(c.Type) || slices.ContainsFunc(values, has) {
			continue
		}
		v := formValue{ID: c.ID, Name: c.Label, Value: "null", Type: c.Type}
		if c.Type == "TableField" {
			v.Value = string(encode(schemaItems(c.Children)))
		}
		at := 0 // behind those of the components before it
		for j, other := range values {
			if slices.ContainsFunc(in.form.Components[:i], func(before company.Component) bool { return before.ID == other.ID }) {
				at = j + 1
			}
		}
		values = slices.Insert(values, at, v)
	}
	return values
}
