package emulator

import (
	"fmt"
	"slices"

	"github.com/dingoa/dingoa/emulator/company"
)

// Steps whose approvers the originator chooses (审批人自选), and the forecast that
// tells of them.

// actorKey names a node of a form in forecasts and targetSelectActioners.
func actorKey(node int) string { return fmt.Sprintf("manual_emulator_%d", node+1) }

func activityOf(node int) string { return fmt.Sprintf("emulator_%d", node+1) }

// approversOf are who decides at a node, the chosen ones if that is its way.
func (co *organisation) approversOf(n company.Node, chosen []string) ([]string, *problem) {
	if !n.SelfSelect {
		return n.Approvers, nil
	}
	name := n.Name
	if name == "" {
		name = "审批人"
	}
	switch {
	case len(chosen) == 0:
		return nil, problemOf(approverNotChosen, "the originator chooses the approvers of node %s, and chose none", name)
	case len(chosen) > 1 && !n.Several:
		return nil, problemOf(oneChoiceOnly, "node %s takes one approver", name)
	}
	for _, id := range chosen {
		_, known := co.users[id]
		if !known || len(n.Approvers) > 0 && !slices.Contains(n.Approvers, id) {
			return nil, problemOf(choiceNotOffered, "user %q cannot be chosen as approver", id)
		}
	}
	return slices.Clone(chosen), nil
}

func (s *Server) processForecast(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode         string    `json:"processCode"`
		DeptID              int64     `json:"deptId"`
		UserID              string    `json:"userId"`
		FormComponentValues []valueV1 `json:"formComponentValues"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	form, err := s.formByCode(in.ProcessCode, "processCodeError")
	if err != nil {
		return nil, err
	}
	user, ok := s.company.users[in.UserID]
	if !ok {
		return nil, errNoUser()
	}
	if _, ok := s.company.departmentOf(user, in.DeptID); !ok {
		return nil, refuse("invalidParameter", errcodeBadDepartment, "参数错误：用户不在部门%d中", in.DeptID)
	}
	values, err := valuesOf(form, in.FormComponentValues)
	if err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, refuse("componentIsNull", errcodeBadParameter, "表单数据为空")
	}
	if _, err := s.checkValues(form, values); err != nil {
		return nil, refuse("forecastError", errcodeBadParameter, "流程预测失败：%s", c.refused(err).message)
	}
	rules, nodes := []map[string]any{}, []map[string]any{}
	for i, n := range form.Flow {
		rules = append(rules, s.forecastRule(i, n))
		nodes = append(nodes, map[string]any{"activityId": activityOf(i), "outId": "line-" + activityOf(i)})
	}
	return map[string]any{"result": map[string]any{
		"isForecastSuccess": true, "processCode": form.ProcessCode, "userId": user.ID, "processId": firstFormID,
		"isStaticWorkflow": true, "workflowActivityRules": rules, "workflowForecastNodes": nodes,
	}}, nil
}

func (s *Server) forecastRule(i int, n company.Node) map[string]any {
	name, previous := n.Name, "sid-startevent"
	if name == "" {
		name = "审批人"
	}
	if i > 0 {
		previous = activityOf(i - 1)
	}
	method := map[company.Mode]string{company.InTurn: "ONE_BY_ONE", company.All: "AND", company.Any: "OR"}[n.Mode]
	activate := map[company.Mode]string{company.InTurn: "ONE_BY_ONE", company.All: "ALL", company.Any: "ALL"}[n.Mode]
	actor := map[string]any{
		"actorKey": actorKey(i), "actorType": "approver", "approvalType": "MANUAL", "approvalMethod": method,
		"actorActivateType": activate, "allowedMulti": n.Several || !n.SelfSelect, "required": true,
	}
	rule := map[string]any{
		"activityId": activityOf(i), "prevActivityId": previous, "activityName": name,
		"activityType": "target_approval", "isTargetSelect": n.SelfSelect, "workflowActor": actor,
	}
	if !n.SelfSelect {
		var people []map[string]any
		for _, id := range n.Approvers {
			people = append(people, map[string]any{"userId": id, "name": s.company.users[id].Name, "avatar": avatarURL(id)})
		}
		rule["activityActioners"] = people
		return rule
	}
	rule["activityType"], actor["actorSelectionType"] = "target_select", "allStaff"
	if len(n.Approvers) > 0 {
		var people []map[string]any
		for _, id := range n.Approvers {
			people = append(people, map[string]any{"workNo": id, "userName": s.company.users[id].Name})
		}
		actor["actorSelectionType"] = "approvals"
		actor["actorSelectionRange"] = map[string]any{"approvals": people}
	}
	return rule
}
