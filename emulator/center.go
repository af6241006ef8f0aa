package emulator

import (
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/spec"
)

// Limits of the process centre.
const (
	centerTemplateLimit  = 200
	centerTaskLimit      = 100
	centerDirectoryLimit = 10
	centerUpdateLimit    = 50
)

// Numbers of the older gateway for the process centre.
const (
	errcodeTooManyForms = 810002
	errcodeBadForm      = 810003
	errcodeNotThisKind  = 8100017
	errcodeCenterFailed = 820008
	errcodeTooManyTasks = 820010
	errcodeCenterEnded  = 820012
	errcodeNameTaken    = 820017
	errcodeNoUserGiven  = 400002
)

// center is the process centre (流程中心): what other systems put there.
type center struct {
	templates   map[string]*centerTemplate
	instances   map[string]*centerInstance
	order       []*centerInstance // by creation
	tasks       map[int64]*centerTask
	directories map[string]string // name by ID
	todos       []*todo
	lastTask    int64
}

type centerTemplate struct {
	Code    string    `json:"-"`
	Name    string    `json:"name"`
	Changed time.Time `json:"changed"`
}

type centerInstance struct {
	ID           string        `json:"-"`
	Title        string        `json:"title"`
	URL          string        `json:"url,omitempty"`
	Template     string        `json:"template"` // its code
	Values       []formValue   `json:"values,omitempty"`
	Status       string        `json:"status"`
	Result       string        `json:"result,omitempty"`
	OriginatorID string        `json:"by,omitempty"`
	BizData      string        `json:"bizData,omitempty"`
	Created      time.Time     `json:"created,omitzero"`
	Finished     time.Time     `json:"finished,omitzero"` // zero while it runs
	Tasks        []*centerTask `json:"tasks,omitempty"`
}

type centerTask struct {
	ID         int64 `json:"id"`
	instance   *centerInstance
	ActivityID string    `json:"activity,omitempty"`
	UserID     string    `json:"user"`
	URL        string    `json:"url,omitempty"`
	Status     string    `json:"status"`
	Result     string    `json:"result,omitempty"`
	Created    time.Time `json:"created"`
	Finished   time.Time `json:"finished,omitzero"`
	Removed    bool      `json:"removed,omitempty"` // cancelled before it was done
}

// saveTemplate creates or changes a template. The caller holds s.mu.
func (s *Server) saveTemplate(code, name string) (*centerTemplate, *problem) {
	for _, t := range s.center.templates {
		if t.Name == name && t.Code != code {
			return nil, problemOf(formNameTaken, "there is a form %q", name)
		}
	}
	t, ok := s.center.templates[code]
	switch {
	case ok:
	case code != "":
		if _, official := s.company.forms[code]; official {
			return nil, problemOf(formOfficial, "form %q is an official one", code)
		}
		return nil, problemOf(formNotFound, "there is no form %q", code)
	case len(s.center.templates) >= centerTemplateLimit:
		return nil, problemOf(tooManyForms, "the process centre has at most %d forms", centerTemplateLimit)
	default:
		t = &centerTemplate{Code: "PROC-" + strings.ToUpper(newUUID())}
		if s.center.templates == nil {
			s.center.templates = map[string]*centerTemplate{}
		}
		s.center.templates[t.Code] = t
	}
	t.Name, t.Changed = name, s.Now()
	s.touch(kindCenterTemplate, t.Code)
	return t, nil
}

func (s *Server) saveCenterTemplate(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode string `json:"processCode"`
		Name        string `json:"name"`
		Components  []any  `json:"formComponents"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if len(in.Components) == 0 {
		return nil, refuse("formschema.error", errcodeBadForm, "表单schema不合法：没有控件")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.saveTemplate(in.ProcessCode, in.Name)
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": map[string]any{"processCode": t.Code}}, nil
}

// tellOwnSave: two operations of the older gateway share an address, and a member
// of the body distinguishes them.
func (c *call) tellOwnSave() {
	if c.spec.ID != "OapiProcessSave" {
		return
	}
	var in struct {
		Request struct {
			FakeMode bool `json:"fake_mode"`
		} `json:"saveProcessRequest"`
	}
	if c.decode(&in) == nil && in.Request.FakeMode {
		c.spec, _ = spec.ByID("OapiProcessSave#own")
		c.operation = c.spec.ReplacedBy
		c.body = c.spec.Adapt(c.body)
	}
}

// oapiSaveCenterTemplate is /topapi/process/save with fake_mode.
func (s *Server) oapiSaveCenterTemplate(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			ProcessCode string `json:"process_code"`
			Name        string `json:"name"`
			Components  any    `json:"form_component_list"` // or one of them
		} `json:"saveProcessRequest"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if list, ok := in.Request.Components.([]any); ok && len(list) == 0 {
		return nil, refuse("formschema.error", errcodeBadForm, "表单schema不合法：没有控件")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.saveTemplate(in.Request.ProcessCode, in.Request.Name)
	if err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": map[string]any{"process_code": t.Code}}, nil
}

func (s *Server) findCenterTemplate(c *call) (map[string]any, *apiError) {
	in := struct {
		Name string `json:"name"`
	}{c.query.Get("name")}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.center.templates {
		if t.Name == in.Name {
			return c.foundTemplate(t.Code, t.Changed), nil
		}
	}
	for _, f := range s.company.forms { // official ones, too: programs look for what they created
		if f.Name == in.Name {
			return c.foundTemplate(f.ProcessCode, s.modified(f)), nil
		}
	}
	return nil, refuse("process.error", errcodeNoInstance, "模板不存在")
}

func (c *call) foundTemplate(code string, changed time.Time) map[string]any {
	if c.legacy {
		return map[string]any{"process_code": code}
	}
	return map[string]any{"result": map[string]any{"processCode": code, "gmtModified": timeV1(changed)}}
}

// deleteTemplate: the app is an internal one, whose instances stay.
func (s *Server) deleteTemplate(code string, clean bool) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.center.templates[code]; !ok {
		if _, official := s.company.forms[code]; official {
			return problemOf(formOfficial, "form %q is an official one", code)
		}
		return problemOf(formNotFound, "there is no form %q", code)
	}
	for _, in := range s.center.order {
		if clean && in.Template == code {
			s.cancelTasks(in, nil)
		}
	}
	delete(s.center.templates, code)
	s.touch(kindCenterTemplate, code)
	return nil
}

func (s *Server) deleteCenterTemplate(c *call) (map[string]any, *apiError) {
	code := c.query.Get("processCode")
	if err := s.deleteTemplate(code, c.query.Get("cleanRunningTask") == "true"); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"result": map[string]any{"processCode": code}}, nil
}

func (s *Server) oapiDeleteCenterTemplate(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			ProcessCode string `json:"process_code"`
			Clean       bool   `json:"clean_running_task"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.deleteTemplate(in.Request.ProcessCode, in.Request.Clean); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"success": true}, nil
}

func (s *Server) saveCenterDirectory(c *call) (map[string]any, *apiError) {
	var in struct {
		BizGroup      string `json:"bizGroup"`
		Name          string `json:"name"`
		OperateUserID string `json:"operateUserId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[in.OperateUserID]; !ok {
		return nil, refuse("user.not.exist", errcodeNoUser, "用户不存在")
	}
	group := s.company.app.AppKey + "_" + in.BizGroup
	id := "oaDirId" + strings.ReplaceAll(group, "_", "")
	if s.center.directories == nil {
		s.center.directories = map[string]string{}
	}
	if _, known := s.center.directories[id]; !known && len(s.center.directories) >= centerDirectoryLimit {
		return nil, refuse("bizDir.number.exceed", errcodeTooManyForms, "分组的数量到达上限，每个应用最多支持创建10个分组")
	}
	s.center.directories[id] = in.Name
	s.touch(kindMeta, "")
	return map[string]any{"result": map[string]any{"dirId": id, "bizGroup": group}, "success": true}, nil
}

func (s *Server) deleteCenterDirectory(c *call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[c.query.Get("operateUserId")]; !ok {
		return nil, refuse("user.not.exist", errcodeNoUser, "用户不存在")
	}
	id := c.query.Get("dirId")
	if _, ok := s.center.directories[id]; !ok {
		return nil, refuse("bizDir.not.exist", errcodeNoInstance, "分组不存在或已删除")
	}
	delete(s.center.directories, id)
	s.touch(kindMeta, "")
	return map[string]any{"success": true}, nil
}

// cancelTasks takes the open tasks of an instance away: all, or those of groups.
func (s *Server) cancelTasks(in *centerInstance, activities []string) {
	s.touch(kindCenterInstance, in.ID)
	for _, t := range in.Tasks {
		if t.Status == statusRunning && (activities == nil || slices.Contains(activities, t.ActivityID)) {
			t.Status, t.Removed, t.Finished = statusCanceled, true, s.Now()
		}
	}
}

// centerMissingField is missingField for the process centre; nil leaves it to
// the usual answer.
func centerMissingField(operation, field string) *apiError {
	switch operation + " " + field {
	case "QueryIntegratedTodoTask userId", "QueryIntegratedTodoTask userid":
		return refuse("integrated.params.error", errcodeNoUserGiven, "用户ID不能为空，请检查")
	case "QueryIntegratedTodoTask pageSize", "QueryIntegratedTodoTask pageNumber", "QueryIntegratedTodoTask offset", "QueryIntegratedTodoTask count":
		return refuse("integrated.params.error", errcodeBadParameter, "参数非法，请检查分页参数跟起始时间")
	case "CreateIntegratedTask tasks", "PremiumSaveIntegratedTask tasks", "CreateIntegratedTask request.tasks":
		return refuse("tasks.is.null", errcodeBadParameter, "参数错误，任务列表tasks不能为空")
	case "CleanProcessData processCode", "CleanProcessData process_code":
		return refuse("invalidProcessCode", errcodeBadParameter, "审批模板processCode不能为空")
	}
	return nil
}
