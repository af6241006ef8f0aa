package emulator

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/dingoa/dingoa/emulator/company"
)

// Requests and replies of api.dingtalk.com, written from the vendor's pages and
// not with the SDK's types: a mistake there must not cancel out here.

type fileV1 struct {
	Photos      []string `json:"photos"`
	Attachments []struct {
		SpaceID  string `json:"spaceId"`
		FileSize string `json:"fileSize"`
		FileID   string `json:"fileId"`
		FileName string `json:"fileName"`
		FileType string `json:"fileType"`
	} `json:"attachments"`
}

func (f fileV1) file() file {
	out := file{Photos: f.Photos}
	for _, a := range f.Attachments {
		out.Attachments = append(out.Attachments, attachment{a.SpaceID, a.FileID, a.FileName, a.FileSize, a.FileType})
	}
	return out
}

// valueV1 is the value of a component as today's gateway takes it.
type valueV1 struct {
	ID            string            `json:"id"`
	BizAlias      string            `json:"bizAlias"`
	Name          string            `json:"name"`
	Value         string            `json:"value"`
	ExtValue      string            `json:"extValue"`
	ComponentType string            `json:"componentType"`
	Details       []json.RawMessage `json:"details"`
}

// errForm is formConverterError, which names the component that was refused.
func errForm(label, problem string) *apiError {
	err := refuse("formConverterError", errcodeBadParameter, "表单数据校验失败，失败控件：%s（%s）", label, problem)
	err.field = label
	return err
}

// valuesOf refuses details of a table: the pages name them and show no table
// that has any, so that nobody can say what they mean. Rows go into value. On
// other components they mean nothing, as in the sample of page 0547.
func valuesOf(form *storedForm, list []valueV1) ([]formValue, *apiError) {
	var values []formValue
	for _, v := range list {
		value := formValue{v.ID, v.BizAlias, v.Name, v.Value, v.ExtValue, v.ComponentType}
		isTable := func(c company.Component) bool { return c.Type == "TableField" && names(value, c) }
		if len(v.Details) > 0 && form != nil && slices.ContainsFunc(form.Components, isTable) {
			return nil, errForm(v.Name, "明细的行应写在value中，不支持details")
		}
		values = append(values, value)
	}
	return values, nil
}

func (s *Server) startProcessInstance(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode      string `json:"processCode"`
		OriginatorUserID string `json:"originatorUserId"`
		DeptID           *int64 `json:"deptId"`
		MicroappAgentID  *int64 `json:"microappAgentId"`
		BizDetailPageURL string `json:"bizDetailPageUrl"`
		Approvers        []struct {
			ActionType string   `json:"actionType"`
			UserIDs    []string `json:"userIds"`
		} `json:"approvers"`
		CCList                []string `json:"ccList"`
		CCPosition            string   `json:"ccPosition"`
		TargetSelectActioners []struct {
			ActionerKey     string   `json:"actionerKey"`
			ActionerUserIDs []string `json:"actionerUserIds"`
		} `json:"targetSelectActioners"`
		FormComponentValues []valueV1 `json:"formComponentValues"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req := startRequest{
		processCode: in.ProcessCode, originatorID: in.OriginatorUserID, deptID: in.DeptID, agentID: in.MicroappAgentID,
		cc: in.CCList, ccPosition: in.CCPosition, detailURL: in.BizDetailPageURL,
	}
	for _, a := range in.Approvers {
		req.approvers = append(req.approvers, approverStep{a.ActionType, a.UserIDs})
	}
	req.selected = map[string][]string{}
	for _, a := range in.TargetSelectActioners {
		req.selected[a.ActionerKey] = a.ActionerUserIDs
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	values, err := valuesOf(s.company.forms[in.ProcessCode], in.FormComponentValues)
	if err != nil {
		return nil, err
	}
	req.values = values
	created, problem := s.start(req)
	if problem != nil {
		return nil, c.refused(problem)
	}
	return map[string]any{"instanceId": created.ID}, nil
}

func (s *Server) getProcessInstance(c *call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if own, ok := s.center.instances[c.query.Get("processInstanceId")]; ok {
		return s.ownInstanceV1(own), nil
	}
	in, ok := s.instances[c.query.Get("processInstanceId")]
	if !ok {
		return nil, c.refused(s.noInstance(c.query.Get("processInstanceId")))
	}
	result := map[string]any{
		"title": in.Title, "businessId": in.BusinessID, "status": in.Status, "bizAction": "NONE",
		"originatorUserId":   in.Originator.ID,
		"originatorDeptId":   strconv.FormatInt(in.DeptID, 10),
		"originatorDeptName": s.company.departmentName(in.DeptID),
		"approverUserIds":    in.approvers(), "attachedProcessInstanceIds": []string{},
		"createTime":       timeV1(in.Created),
		"operationRecords": recordsV1(in), "tasks": s.tasksV1(in), "formComponentValues": valuesV1(in),
	}
	put(result, "ccUserIds", in.CC)
	putText(result, "result", in.Result)
	putText(result, "finishTime", timeV1(in.Finished))
	return map[string]any{"result": result, "success": "true"}, nil
}

func recordsV1(in *instance) []map[string]any {
	records := []map[string]any{}
	for _, r := range in.Records {
		m := map[string]any{"userId": r.UserID, "date": timeV1(r.Time), "type": r.Kind, "result": r.Result}
		putText(m, "remark", r.Remark)
		putText(m, "activityId", r.ActivityID)
		putText(m, "showName", r.ShowName)
		put(m, "ccUserIds", r.CC)
		put(m, "images", r.Photos)
		var attachments []map[string]any
		for _, a := range r.Attachments {
			attachments = append(attachments, map[string]any{
				"fileName": a.FileName, "fileSize": a.FileSize, "fileId": a.FileID, "fileType": a.FileType, "spaceId": a.SpaceID,
			})
		}
		if attachments != nil {
			m["attachments"] = attachments
		}
		records = append(records, m)
	}
	return records
}

func (s *Server) tasksV1(in *instance) []map[string]any {
	tasks := []map[string]any{}
	for _, t := range in.Tasks {
		st := in.Steps[t.Step]
		m := map[string]any{
			"taskId": t.ID, "userId": t.UserID, "status": t.Status, "createTime": timeV1(t.Created),
			"processInstanceId": in.ID, "activityId": st.ActivityID, "taskGroupName": st.Name,
			"mobileUrl": s.taskURL("mobile", t), "pcUrl": s.taskURL("pc", t),
		}
		putText(m, "result", t.Result)
		putText(m, "finishTime", timeV1(t.Finished))
		tasks = append(tasks, m)
	}
	return tasks
}

func valuesV1(in *instance) []map[string]any {
	values := []map[string]any{}
	for _, v := range in.Values {
		m := map[string]any{"id": v.ID, "name": v.Name, "value": v.Value, "componentType": v.Type}
		putText(m, "extValue", v.ExtValue)
		putText(m, "bizAlias", v.BizAlias)
		values = append(values, m)
	}
	return values
}

func (s *Server) terminateProcessInstance(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessInstanceID string `json:"processInstanceId"`
		IsSystem          *bool  `json:"isSystem"`
		Remark            string `json:"remark"`
		OperatingUserID   string `json:"operatingUserId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.IsSystem == nil {
		// The page calls it optional, and lists an error for leaving it out.
		return nil, missingField(c.operation, "isSystem")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.terminateByAPI(terminateRequest{
		instanceID: in.ProcessInstanceID, isSystem: *in.IsSystem, remark: in.Remark, userID: in.OperatingUserID,
	})
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": true, "success": true}, nil
}

func (s *Server) addProcessInstanceComment(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessInstanceID string `json:"processInstanceId"`
		Text              string `json:"text"`
		CommentUserID     string `json:"commentUserId"`
		File              fileV1 `json:"file"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.commentByAPI(commentRequest{instanceID: in.ProcessInstanceID, text: in.Text, userID: in.CommentUserID, file: in.File.file()})
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": true, "success": true}, nil
}

func (s *Server) listProcessInstanceIDs(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode string   `json:"processCode"`
		StartTime   int64    `json:"startTime"`
		EndTime     *int64   `json:"endTime"`
		NextToken   int64    `json:"nextToken"`
		MaxResults  int64    `json:"maxResults"`
		UserIDs     []string `json:"userIds"`
		Statuses    []string `json:"statuses"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req := listRequest{
		processCode: in.ProcessCode, start: in.StartTime, cursor: in.NextToken, size: in.MaxResults,
		userIDs: in.UserIDs, statuses: in.Statuses,
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
		result["nextToken"] = strconv.FormatInt(next, 10)
	}
	return map[string]any{"result": result, "success": true}, nil
}

func (s *Server) executeProcessInstance(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessInstanceID string `json:"processInstanceId"`
		Remark            string `json:"remark"`
		Result            string `json:"result"`
		ActionerUserID    string `json:"actionerUserId"`
		TaskID            int64  `json:"taskId"`
		File              fileV1 `json:"file"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.executeByAPI(executeRequest{
		instanceID: in.ProcessInstanceID, taskID: in.TaskID, userID: in.ActionerUserID,
		result: in.Result, remark: in.Remark, file: in.File.file(),
	})
	if err != nil {
		return nil, c.refused(err)
	}
	// result says what was decided, not whether it worked.
	return map[string]any{"result": in.Result == "agree", "success": true}, nil
}

func (s *Server) redirectWorkflowTask(c *call) (map[string]any, *apiError) {
	var in struct {
		TaskID        int64  `json:"taskId"`
		ToUserID      string `json:"toUserId"`
		OperateUserID string `json:"operateUserId"`
		Remark        string `json:"remark"`
		File          fileV1 `json:"file"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.redirectByAPI(redirectRequest{
		taskID: in.TaskID, toUserID: in.ToUserID, userID: in.OperateUserID, remark: in.Remark, file: in.File.file(),
	})
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": true}, nil
}

func (s *Server) getUserTodoTaskSum(c *call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.todoCount(c.query.Get("userId"))
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": n}, nil
}
