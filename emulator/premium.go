package emulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// getProcessInstanceWithExtra has no name of the node.
func (s *Server) getProcessInstanceWithExtra(c *call) (map[string]any, *apiError) {
	fields, err := s.getProcessInstance(c)
	if err != nil {
		return nil, err
	}
	if result, ok := fields["result"].(map[string]any); ok {
		if tasks, ok := result["tasks"].([]map[string]any); ok {
			for _, t := range tasks {
				delete(t, "taskGroupName")
			}
		}
	}
	return fields, nil
}

// premiumFieldCode is the code for a field that is missing or not acceptable.
func premiumFieldCode(operation, field string) string {
	switch operation {
	case "ArchiveProcessInstance":
		if field == "opUserId" {
			return "invalidInstanceArchiveOpUserId"
		}
		return "invalidInstanceId"
	case "PremiumGetInstFieldSetting", "PremiumGetFieldModifiedHistory":
		return "invalidInstanceIdOrFieldId"
	case "PremiumGetSubmittedInstances", "PremiumGetNoticedInstances", "PremiumGetTodoTasks", "PremiumGetDoneTasks":
		return "oaplus.params.error"
	case "PremiumGetProcessInstances":
		switch field {
		case "maxResults":
			return "pageSize.invalid"
		case "nextToken":
			return "pageIndex.invalid"
		case "processCode":
			return "processCode.error"
		}
		return "timeStamp.invalid"
	case "PremiumUpdateProcessInstanceVariables":
		return "param.error"
	case "PremiumBatchExecuteProcessInstances":
		switch field {
		case "actionerUserId":
			return "invalidInstanceExecuteActionerUserld" // spelt so
		case "result":
			return "invalidInstanceExecuteResult"
		}
	}
	return ""
}

func (s *Server) archive(c *call) (map[string]any, *apiError) {
	var req struct {
		ProcessInstanceID string `json:"processInstanceId"`
		OpUserID          string `json:"opUserId"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if _, ok := s.company.users[req.OpUserID]; !ok {
		return nil, errNoUser()
	}
	in, ok := s.instances[req.ProcessInstanceID]
	switch {
	case !ok:
		return nil, errNoInstance("aflowProcessInstNotExist")
	case in.Status != statusCompleted:
		return nil, refuse("aflowProcessInstStatusException", errcodeInstanceStatus, "仅支持对已完成的审批单操作归档")
	case in.Archived:
		return nil, refuse("aflowProcessInstStatusException", errcodeInstanceStatus, "不能重复操作归档")
	}
	in.Archived = true
	s.touch(kindInstance, in.ID)
	return map[string]any{"result": true, "success": true}, nil
}

// fieldChange is one change of a component's value after the start.
type fieldChange struct {
	FieldID string       `json:"field"`
	Text    string       `json:"text"`
	By      company.User `json:"by"`
	Time    time.Time    `json:"time"`
}

func (s *Server) updateVariables(c *call) (map[string]any, *apiError) {
	var req struct {
		ProcessInstanceID string `json:"processInstanceId"`
		ProcessCode       string `json:"processCode"`
		OpUserID          string `json:"opUserId"`
		Variables         []struct {
			ID       string `json:"id"`
			Value    string `json:"value"`
			ExtValue string `json:"extValue"`
		} `json:"variables"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	by, ok := s.company.users[req.OpUserID]
	if !ok {
		return nil, refuse("user.not.exist", errcodeNoUser, "用户不存在")
	}
	in, ok := s.instances[req.ProcessInstanceID]
	switch {
	case !ok:
		return nil, refuse("process.not.exist", errcodeNoInstance, "审批流不存在")
	case req.ProcessCode != "" && req.ProcessCode != in.form.ProcessCode:
		return nil, refuse("processcode.error", errcodeNoForm, "processCode对应的表单不存在")
	case in.Archived:
		return nil, refuse("process.status.error", errcodeInstanceStatus, "审批单状态异常，已归档的审批单不允许更新")
	}
	values := make([]formValue, len(req.Variables))
	for i, v := range req.Variables { // all or nothing
		value, err := s.takeVariable(in.form, formValue{ID: v.ID, Value: v.Value, ExtValue: v.ExtValue})
		if err != nil {
			return nil, err
		}
		values[i] = value
	}
	s.touch(kindInstance, in.ID)
	for _, v := range values {
		before := in.setValue(v)
		in.Changes = append(in.Changes, fieldChange{
			FieldID: v.ID, Text: fmt.Sprintf("从 %s 修改到 %s", before, v.Value), By: by, Time: s.Now(),
		})
	}
	return map[string]any{"result": true}, nil
}

func (s *Server) takeVariable(form *storedForm, v formValue) (formValue, *apiError) {
	i := slices.IndexFunc(form.Components, func(c company.Component) bool { return c.ID == v.ID })
	if i < 0 {
		return v, refuse("formschema.error", errcodeBadParameter, "表单schema不合法：没有控件%s", v.ID)
	}
	v, err := s.take(place{}, form.Components[i], v)
	if err != nil {
		return v, refuse("formschema.error", errcodeBadParameter, "表单schema不合法：%s", refusedBy("", err).message)
	}
	return v, nil
}

// setValue returns what the component had before.
func (in *instance) setValue(v formValue) string {
	for i := range in.Values {
		if in.Values[i].ID == v.ID {
			before := in.Values[i].Value
			in.Values[i] = v
			return before
		}
	}
	in.Values = append(in.Values, v)
	return ""
}

func (s *Server) fieldSettings(c *call) (map[string]any, *apiError) {
	var req struct {
		ProcessInstanceID string `json:"processInstanceId"`
		UserID            string `json:"userId"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if _, ok := s.company.users[req.UserID]; !ok {
		return nil, errNoUser()
	}
	in, ok := s.instances[req.ProcessInstanceID]
	if !ok {
		return nil, errNoInstance("processInstanceNotExist")
	}
	behavior := "READONLY"
	if in.runningTask(req.UserID) != nil {
		behavior = "NORMAL"
	}
	settings := []map[string]any{}
	for _, component := range in.form.Components {
		settings = append(settings, map[string]any{"fieldId": component.ID, "fieldBehavior": behavior, "componentType": component.Type})
	}
	return map[string]any{"result": settings, "success": true}, nil
}

func (s *Server) fieldHistory(c *call) (map[string]any, *apiError) {
	var req struct {
		ProcessInstanceID string `json:"processInstanceId"`
		FieldID           string `json:"fieldId"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	in, ok := s.instances[req.ProcessInstanceID]
	if !ok {
		return nil, refuse("invalidInstanceIdOrFieldId", errcodeNoInstance, "审批实例不存在")
	}
	changes := []map[string]any{}
	for _, change := range in.Changes {
		if change.FieldID == req.FieldID {
			changes = append(changes, map[string]any{
				"fieldId": change.FieldID, "value": change.Text, "createTime": timeV1(change.Time), "userId": change.By.ID, "name": change.By.Name,
			})
		}
	}
	return map[string]any{"result": changes, "success": true}, nil
}

// summaryText is the form in one line, as lists show it.
func (in *instance) summaryText() string {
	var parts []string
	for _, v := range in.Values {
		parts = append(parts, v.Name+"："+v.Value)
	}
	return strings.Join(parts, "，")
}
