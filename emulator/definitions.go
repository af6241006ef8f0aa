package emulator

import (
	"encoding/json"
	"slices"
)

// Forms with their flows as JSON text, and the searches and copies that only
// the official SDK shows. The vendor documents none of their errors: the codes
// are those of the documented siblings.

// noForms: no form of the emulator has a business type, or belongs to an app.
func (s *Server) noForms(*call) (map[string]any, *apiError) {
	return map[string]any{"result": []any{}}, nil
}

// copyProcess copies forms within the company, the only one there is.
func (s *Server) copyProcess(c *call) (map[string]any, *apiError) {
	var in struct {
		SourceCorpID string `json:"sourceCorpId"`
		Sources      []struct {
			ProcessCode string `json:"processCode"`
			Name        string `json:"name"`
		} `json:"sourceProcessVOList"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.SourceCorpID != s.company.app.CorpID {
		return nil, refuse("invalidParameter", errcodeBadParameter, "不合法的参数：sourceCorpId")
	}
	copies := []map[string]any{}
	for _, source := range in.Sources {
		form, err := s.formByCode(source.ProcessCode, "processNotExist")
		if err != nil {
			return nil, err
		}
		name := source.Name
		if name == "" || name == form.Name {
			name = form.Name + "副本"
		}
		code, problem := s.saveForm(savedForm{name: name, description: form.Description, items: form.schemaItems(), components: form.Components})
		if problem != nil {
			return nil, refusedBy("FormCreate", problem)
		}
		s.company.forms[code].Flow = slices.Clone(form.Flow)
		copies = append(copies, map[string]any{"processCode": code, "name": name, "bizType": ""})
	}
	return map[string]any{"result": copies}, nil
}

// schemaText and flowText are a form and its flow as JSON text.
func (f *storedForm) schemaText() string {
	return string(encode(map[string]any{"title": f.Name, "icon": formIcon, "items": f.schemaItems()}))
}

func (f *storedForm) flowText() string {
	flow := map[string]any{"name": "发起人", "type": "start", "nodeId": "sid-startevent"}
	last := flow
	for i, n := range f.Flow {
		node := map[string]any{"name": n.Name, "type": "approver", "nodeId": activityOf(i), "prevId": last["nodeId"]}
		last["childNode"] = node
		last = node
	}
	return string(encode(flow))
}

func (s *Server) processConfig(c *call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.formByCode(c.query.Get("procCode"), "processNotExist")
	if err != nil {
		return nil, err
	}
	return map[string]any{"result": map[string]any{
		"name": f.Name, "formSchema": f.schemaText(), "processConfig": f.flowText(), "staticProc": true,
		"allowRevoke": f.OriginatorMayRevoke, "appendEnable": true, "managers": []string{s.company.admin()}, "visibility": []any{}, "bizCategoryId": "",
	}}, nil
}

func (s *Server) definition(c *call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.formByCode(c.query.Get("processCode"), "formNotExist")
	if err != nil {
		return nil, err
	}
	return map[string]any{"result": map[string]any{
		"name": f.Name, "iconUrl": formIconURL, "appType": 0, "content": f.schemaText(), "processConfig": f.flowText(), "handSignEnable": "false",
	}}, nil
}

func (s *Server) definitions(c *call) (map[string]any, *apiError) {
	var codes []string
	if err := json.Unmarshal([]byte(c.query.Get("processCodes")), &codes); err != nil {
		return nil, refuse("invalidParameter", errcodeBadParameter, "不合法的参数：processCodes")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []map[string]any{}
	for _, code := range codes {
		f, err := s.formByCode(code, "processNotExist")
		if err != nil {
			return nil, err
		}
		list = append(list, map[string]any{
			"processCode": code, "formUuid": "FORM-" + code, "appUuid": s.company.app.CorpID, "processId": firstFormID,
			"name": f.Name, "memo": f.Description, "createTime": timeV1(s.modified(f)),
			"bizCategoryId": "", "creatorUserId": s.company.admin(),
			"schemaContent": f.schemaText(), "processConfig": f.flowText(),
		})
	}
	return map[string]any{"result": list}, nil
}

func (s *Server) premiumDefinitions(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCodes []string `json:"processCodes"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if len(in.ProcessCodes) == 0 {
		return nil, refuse("invalidProcessCode", errcodeBadParameter, "审批模板processCode不能为空或超过最大数量限制")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []map[string]any{}
	for _, code := range in.ProcessCodes {
		f, err := s.formByCode(code, "processNotExist")
		if err != nil {
			return nil, err
		}
		list = append(list, map[string]any{
			"processCode": code, "formUuid": "FORM-" + code, "appUuid": s.company.app.CorpID, "processId": firstFormID,
			"name": f.Name, "memo": f.Description, "icon": formIconURL, "status": "PUBLISHED",
			"bizCategoryId": "", "creatorUserId": s.company.admin(), "modifierUserId": s.company.admin(),
			"createTime": s.modified(f).UnixMilli(), "modifyTime": s.modified(f).UnixMilli(),
			"schemaContent": f.schemaText(), "processConfig": f.flowText(),
		})
	}
	return map[string]any{"result": list, "success": true}, nil
}
