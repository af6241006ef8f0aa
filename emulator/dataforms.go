package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// Data forms (数据表单): forms whose entries are kept without any approval.

// The vendor names no numbers for size.error.
const (
	maxDataEntries = 100
	dataPage       = 100
)

// dataForms are the data forms and their entries. A zero one is empty.
type dataForms struct {
	forms   map[string]*storedForm
	entries []*dataEntry // by creation
}

type dataEntry struct {
	ID       string      `json:"-"`
	FormCode string      `json:"form"`
	Creator  string      `json:"creator"`
	Modifier string      `json:"modifier"`
	Created  time.Time   `json:"created"`
	Modified time.Time   `json:"modified"`
	Values   []formValue `json:"values"`
}

// refuseData: most codes of data forms come with HTTP 500.
func refuseData(code, format string, args ...any) *apiError {
	e := refuse(code, errcodeBadParameter, format, args...)
	e.status = http.StatusInternalServerError
	return e
}

func (s *Server) saveDataForm(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode    string          `json:"processCode"`
		Name           string          `json:"name"`
		Description    string          `json:"description"`
		UserID         string          `json:"userId"`
		FormComponents []formComponent `json:"formComponents"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if _, ok := s.company.users[in.UserID]; !ok {
		return nil, refuse("user.not.exist", errcodeNoUser, "用户不存在")
	}
	data := &s.dataForms
	if _, ok := data.forms[in.ProcessCode]; in.ProcessCode != "" && !ok {
		return nil, refuse("processcode.error", errcodeNoForm, "processCode对应的表单不存在")
	}
	for code, other := range data.forms {
		if other.Name == in.Name && code != in.ProcessCode {
			return nil, refuse("formName.error", errcodeBadParameter, "已有相同名称表单")
		}
	}
	f := savedForm{}
	f.addComponents(in.FormComponents)
	form := storedForm{
		Form:  company.Form{ProcessCode: in.ProcessCode, Name: in.Name, Description: in.Description, Components: f.components},
		Items: f.items, Modified: s.Now(),
	}
	if form.ProcessCode == "" {
		form.ProcessCode = "PROC-" + newRequestID()
	}
	checked, err := s.company.checkForm(form)
	if err != nil {
		return nil, refuse("formschema.error", errcodeBadParameter, "%v", err)
	}
	if data.forms == nil {
		data.forms = map[string]*storedForm{}
	}
	data.forms[checked.ProcessCode] = checked
	s.touch(kindDataForm, checked.ProcessCode)
	return map[string]any{"result": map[string]any{"processCode": checked.ProcessCode}}, nil
}

func (s *Server) dataFormSchema(c *call) (map[string]any, *apiError) {
	code := c.query.Get("processCode")
	form, ok := s.dataForms.forms[code]
	if !ok {
		if _, ok := s.company.forms[code]; ok {
			return nil, refuseData("formTypeError", "参数无效，不是纯表单")
		}
		return nil, refuse("formNotExist", errcodeNoForm, "审批表单模板不存在")
	}
	modified := strconv.FormatInt(form.Modified.UnixMilli(), 10)
	return map[string]any{"result": map[string]any{
		"creatorUserId": s.company.admin(), "formCode": code, "name": form.Name, "memo": form.Description,
		"schemaContent": map[string]any{"title": form.Name, "icon": formIcon, "items": form.schemaItems()},
		"icon":          formIcon, "appType": 0, "status": "PUBLISHED", "gmtCreate": modified, "gmtModified": modified,
	}}, nil
}

// dataEntryRequest is an entry that is added or changed.
type dataEntryRequest struct {
	OriginatorUserID string    `json:"originatorUserId"`
	ProcessCode      string    `json:"processCode"`
	FormInstanceIDs  []string  `json:"formInstanceIds"`
	Values           []valueV1 `json:"formComponentValueList"`
}

// filled checks the request and returns its values.
func (s *Server) filled(in dataEntryRequest) ([]formValue, *apiError) {
	form, ok := s.dataForms.forms[in.ProcessCode]
	if !ok {
		if _, ok := s.company.forms[in.ProcessCode]; ok {
			return nil, refuseData("form.error", "参数错误，不是存表单")
		}
		return nil, refuse("processcode.error", errcodeNoForm, "processCode对应的表单不存在")
	}
	if _, ok := s.company.users[in.OriginatorUserID]; !ok {
		return nil, refuse("user.not.exist", errcodeNoUser, "用户不存在")
	}
	values, err := valuesOf(form, in.Values)
	if err == nil {
		var problem *problem
		values, problem = s.checkValues(form, values)
		err = refusedBy("", problem)
	}
	if err != nil {
		return nil, refuseData("param.error", "%s", err.message)
	}
	return values, nil
}

func (s *Server) createDataEntry(c *call) (map[string]any, *apiError) {
	var in dataEntryRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	values, err := s.filled(in)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	e := &dataEntry{
		ID: newUUID(), FormCode: in.ProcessCode, Creator: in.OriginatorUserID, Modifier: in.OriginatorUserID,
		Created: now, Modified: now, Values: values,
	}
	s.dataForms.entries = append(s.dataForms.entries, e)
	s.touch(kindDataEntry, e.ID)
	return map[string]any{"instanceId": e.ID}, nil
}

// dataEntries finds entries of a form, all or none.
func (s *Server) dataEntries(formCode string, ids []string, refusal string) ([]*dataEntry, *apiError) {
	if len(ids) == 0 || len(ids) > maxDataEntries {
		return nil, refuseData("size.error", "实例个数超出限制：1到%d", maxDataEntries)
	}
	var found []*dataEntry
	for _, id := range ids {
		i := slices.IndexFunc(s.dataForms.entries, func(e *dataEntry) bool { return e.ID == id && e.FormCode == formCode })
		if i < 0 {
			return nil, refuseData(refusal, "实例不存在：%s", id)
		}
		found = append(found, s.dataForms.entries[i])
	}
	return found, nil
}

func (s *Server) updateDataEntries(c *call) (map[string]any, *apiError) {
	var in dataEntryRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	values, err := s.filled(in)
	if err != nil {
		return nil, err
	}
	entries, err := s.dataEntries(in.ProcessCode, in.FormInstanceIDs, "update.error")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		s.touch(kindDataEntry, e.ID)
		e.Values, e.Modifier, e.Modified = values, in.OriginatorUserID, s.Now()
	}
	return map[string]any{"instanceId": entries[0].ID}, nil
}

func (s *Server) deleteDataEntries(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode     string   `json:"processCode"`
		FormInstanceIDs []string `json:"formInstanceIds"`
		UserID          string   `json:"userId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if _, ok := s.dataForms.forms[in.ProcessCode]; !ok {
		return nil, refuse("processcode.error", errcodeNoForm, "processCode对应的表单不存在")
	}
	if _, ok := s.company.users[in.UserID]; in.UserID != "" && !ok {
		return nil, refuse("user.not.exist", errcodeNoUser, "用户不存在")
	}
	entries, err := s.dataEntries(in.ProcessCode, in.FormInstanceIDs, "delete.error")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		s.touch(kindDataEntry, e.ID)
	}
	s.dataForms.entries = slices.DeleteFunc(s.dataForms.entries, func(e *dataEntry) bool { return slices.Contains(entries, e) })
	return map[string]any{"success": "true"}, nil // text, as the page has it
}

func (s *Server) listDataEntries(c *call) (map[string]any, *apiError) {
	size, _ := strconv.Atoi(c.query.Get("maxResults")) // validated
	if size < 1 || size > dataPage {
		return nil, refuse("pageSize.invalid", errcodeBadParameter, "illegal pageSize")
	}
	from := 0
	if token := c.query.Get("nextToken"); token != "" {
		n, err := strconv.Atoi(token)
		if err != nil || n < 0 {
			return nil, refuse("pageIndex.invalid", errcodeBadParameter, "illegal nextToken")
		}
		from = n
	}
	code := c.query.Get("formCode")
	if _, ok := s.dataForms.forms[code]; !ok {
		return nil, refuse("formCode.error", errcodeNoForm, "formCode query error")
	}
	values := []map[string]any{}
	total := 0
	for _, e := range s.dataForms.entries {
		if e.FormCode != code {
			continue
		}
		if total >= from && len(values) < size {
			values = append(values, s.dataEntryV1(e))
		}
		total++
	}
	result := map[string]any{"values": values, "maxResults": size, "hasMore": from+len(values) < total}
	if from+len(values) < total {
		result["nextToken"] = strconv.Itoa(from + len(values))
	}
	return map[string]any{"result": result}, nil
}

func (s *Server) getDataEntry(c *call) (map[string]any, *apiError) {
	id, code := c.query.Get("formInstanceId"), c.query.Get("formCode")
	if _, ok := s.dataForms.forms[code]; !ok {
		return nil, refuse("param.code.error", errcodeNoForm, "表单模板查询错误")
	}
	i := slices.IndexFunc(s.dataForms.entries, func(e *dataEntry) bool { return e.ID == id && e.FormCode == code })
	if i < 0 {
		return nil, refuse("instance.query.error", errcodeNoInstance, "表单实例查询失败")
	}
	return s.dataEntryV1(s.dataForms.entries[i]), nil
}

func (s *Server) dataEntryV1(e *dataEntry) map[string]any {
	values := []map[string]any{}
	for _, v := range e.Values {
		value := map[string]any{"key": v.ID, "label": v.Name, "value": v.Value, "componentType": v.Type}
		putText(value, "bizAlias", v.BizAlias)
		putText(value, "extendValue", v.ExtValue)
		values = append(values, value)
	}
	return map[string]any{
		"formInstanceId": e.ID, "formCode": e.FormCode, "appUuid": s.company.app.CorpID,
		"title": s.company.users[e.Creator].Name + "提交的数据", "creator": e.Creator, "modifier": e.Modifier,
		"createTimestamp": e.Created.UnixMilli(), "modifyTimestamp": e.Modified.UnixMilli(), "formInstDataList": values,
		"outInstanceId": e.ID, "outBizCode": e.FormCode, // as the official SDK's samples look
	}
}
