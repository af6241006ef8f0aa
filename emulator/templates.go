package emulator

import (
	"maps"
	"slices"
	"strconv"

	"github.com/dingoa/dingoa/emulator/company"
)

// Forms (审批表单模板) as the API creates, changes and reads them.

const (
	maxForms        = 200
	formsPage       = 100
	firstFormID     = 10_000
	formIcon        = "common"
	formIconURL     = "https://gw.alicdn.com/tfs/emulator-112-112.png"
	formPageURL     = "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?processCode="
	formDirectory   = "12347899"
	formDirectoryZH = "其他"
)

// savedForm is a form that a request describes.
type savedForm struct {
	processCode, name, description string
	hidden                         bool
	items                          []map[string]any
	components                     []company.Component
}

// saveForm creates a form, or changes it; instances that run keep theirs.
func (s *Server) saveForm(f savedForm) (string, *problem) {
	forms := s.company.forms
	form := storedForm{Form: company.Form{ProcessCode: f.processCode, OriginatorMayRevoke: true}}
	if f.processCode != "" {
		old, ok := forms[f.processCode]
		if !ok {
			return "", problemOf(formNotFound, "there is no form %q", f.processCode)
		}
		form = *old
		for _, condition := range old.conditions() {
			i := slices.IndexFunc(f.components, func(c company.Component) bool { return c.ID == condition.ID && c.Type == condition.Type })
			if i < 0 {
				return "", problemOf(conditionChanged, "component %s decides a branch and must stay", condition.Label)
			}
			f.components[i].Condition = true
		}
	}
	for code, other := range forms {
		if other.Name == f.name && code != f.processCode {
			return "", problemOf(formNameTaken, "there is a form %q", f.name)
		}
	}
	if f.processCode == "" {
		if len(forms) >= maxForms {
			return "", problemOf(tooManyForms, "a company has at most %d forms", maxForms)
		}
		form.ProcessCode = "PROC-" + newRequestID()
	}
	form.Name, form.Description, form.Hidden = f.name, f.description, f.hidden
	form.Items, form.Components, form.Modified = f.items, f.components, s.Now()
	checked, err := s.company.checkForm(form)
	if err != nil {
		return "", problemOf(badForm, "%v", err)
	}
	forms[checked.ProcessCode] = checked
	s.keepForm(checked, true)
	return checked.ProcessCode, nil
}

// schemaItems are the components of a form as its schema shows them.
func (f *storedForm) schemaItems() []map[string]any {
	if f.Items != nil {
		return f.Items
	}
	return schemaItems(f.Components)
}

func (s *Server) formByCode(code, refusal string) (*storedForm, *apiError) {
	form, ok := s.company.forms[code]
	if !ok {
		return nil, refuse(refusal, errcodeNoForm, "审批表单模板不存在")
	}
	return form, nil
}

func (s *Server) querySchema(c *call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	form, err := s.formByCode(c.query.Get("processCode"), "formNotExist")
	if err != nil {
		return nil, err
	}
	modified := strconv.FormatInt(s.modified(form).UnixMilli(), 10)
	return map[string]any{"result": map[string]any{
		"creatorUserId": s.company.admin(), "appUuid": s.company.app.CorpID, "formCode": form.ProcessCode, "formUuid": "FORM-" + form.ProcessCode,
		"name": form.Name, "memo": form.Description, "ownerIdType": "orgId",
		"schemaContent": map[string]any{"title": form.Name, "icon": formIcon, "items": form.schemaItems()},
		"icon":          "null", "appType": 0, "engineType": 1, "status": "PUBLISHED", "listOrder": 1,
		"customSetting": "null", "procType": "inner", "visibleRange": "PUBLIC",
		"gmtCreate": modified, "gmtModified": modified,
	}}, nil
}

// visibleForms are those that people may apply with, by process code.
func (s *Server) visibleForms(userID string, from, size int64) (forms []*storedForm, next int64, refused *apiError) {
	if _, ok := s.company.users[userID]; userID != "" && !ok {
		return nil, 0, refuse("invalidParameter", errcodeNoUser, "获取指定用户可见的审批表单列表参数错误")
	}
	if size < 1 || size > formsPage {
		return nil, 0, badField("ListUserVisibleBpmsProcesses", "maxResults", "")
	}
	if from < 0 {
		return nil, 0, refuse("invalidNextToken", errcodeBadParameter, "获取指定用户可见的审批表单列表，分页查询的游标非法")
	}
	for _, code := range slices.Sorted(maps.Keys(s.company.forms)) {
		if form := s.company.forms[code]; !form.Hidden {
			forms = append(forms, form)
		}
	}
	total := int64(len(forms))
	from = min(from, total)
	to := min(from+size, total)
	if to < total {
		next = to
	}
	return forms[from:to], next, nil
}

func (s *Server) listVisibleForms(c *call) (map[string]any, *apiError) {
	from, _ := strconv.ParseInt(c.query.Get("nextToken"), 10, 64)  // validated
	size, _ := strconv.ParseInt(c.query.Get("maxResults"), 10, 64) // validated
	s.mu.Lock()
	defer s.mu.Unlock()
	forms, next, err := s.visibleForms(c.query.Get("userId"), from, size)
	if err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for _, f := range forms {
		list = append(list, map[string]any{
			"name": f.Name, "url": formPageURL + f.ProcessCode, "iconUrl": formIconURL, "processCode": f.ProcessCode,
			"dirId": formDirectory, "dirName": formDirectoryZH,
		})
	}
	result := map[string]any{"processList": list}
	if next > 0 {
		result["nextToken"] = next
	}
	return map[string]any{"result": result}, nil
}

func (s *Server) oapiListVisibleForms(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID string `json:"userid"`
		Offset int64  `json:"offset"`
		Size   int64  `json:"size"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	forms, next, err := s.visibleForms(in.UserID, in.Offset, in.Size)
	if err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for _, f := range forms {
		list = append(list, map[string]any{
			"name": f.Name, "url": formPageURL + f.ProcessCode, "icon_url": formIconURL, "process_code": f.ProcessCode,
		})
	}
	result := map[string]any{"process_list": list}
	if next > 0 {
		result["next_cursor"] = next
	}
	return map[string]any{"result": result}, nil
}

func (s *Server) manageableForms(c *call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[c.query.Get("userId")]; !ok {
		return nil, errNoUser()
	}
	list := []map[string]any{}
	for _, code := range slices.Sorted(maps.Keys(s.company.forms)) {
		f := s.company.forms[code]
		list = append(list, map[string]any{
			"iconName": formIcon, "iconUrl": formIconURL, "flowTitle": f.Name, "processCode": code,
			"newProcess": true, "attendanceType": 0, "gmtModified": timeV1(s.modified(f)),
		})
	}
	return map[string]any{"result": list, "success": true}, nil
}

func (s *Server) oapiManageableForms(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID string `json:"userid"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[in.UserID]; !ok {
		return nil, errNoUser()
	}
	list := []map[string]any{}
	for _, code := range slices.Sorted(maps.Keys(s.company.forms)) {
		f := s.company.forms[code]
		list = append(list, map[string]any{
			"icon_name": formIcon, "icon_url": formIconURL, "flow_title": f.Name, "process_code": code,
			"is_new_process": true, "attendance_type": 0, "gmt_modified": timeLegacy(s.modified(f)),
		})
	}
	return map[string]any{"result": list, "success": true}, nil
}

// conditionComponents are those with [company.Component.Condition].
func (s *Server) conditionComponents(c *call) (map[string]any, *apiError) {
	if agent := c.query.Get("agentId"); agent != "" && agent != strconv.FormatInt(s.company.app.AgentID, 10) {
		return nil, refuse("invalidAgentId", errcodeBadAgent, "不合法的agentId")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	form, err := s.formByCode(c.query.Get("processCode"), "processNotExist")
	if err != nil {
		return nil, err
	}
	conditions := []map[string]any{}
	for _, component := range form.conditions() {
		conditions = append(conditions, map[string]any{"id": component.ID, "label": component.Label})
	}
	return map[string]any{"result": conditions}, nil
}

// conditions are the components of the form that decide its branches.
func (f *storedForm) conditions() []company.Component {
	var found []company.Component
	for _, c := range f.Components {
		if c.Condition {
			found = append(found, c)
		}
	}
	return found
}
