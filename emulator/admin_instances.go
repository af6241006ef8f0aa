package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// instanceFilter says which instances a list shows. Empty fields show all.
type instanceFilter struct {
	status, result, form, originator, waitsFor string
	text                                       string // lower case
}

func (f *instanceFilter) matches(in *instance) bool {
	switch {
	case f.status != "" && in.Status != f.status,
		f.result != "" && in.Result != f.result,
		f.form != "" && in.form.ProcessCode != f.form,
		f.originator != "" && in.Originator.ID != f.originator,
		f.waitsFor != "" && in.runningTask(f.waitsFor) == nil:
		return false
	}
	return f.text == "" || in.mentions(f.text)
}

// mentions reports whether the title, an ID, a person or a form value has the
// text, which is in lower case.
func (in *instance) mentions(text string) bool {
	has := func(s string) bool { return containsFold(s, text) }
	if has(in.Title) || has(in.ID) || has(in.BusinessID) || has(in.Originator.ID) || has(in.Originator.Name) {
		return true
	}
	return slices.ContainsFunc(in.Values, func(v formValue) bool { return has(v.Value) })
}

// containsFold finds a text without regard to case, and without the memory that
// strings.ToLower takes, which would be most of the time of a search.
func containsFold(s, text string) bool {
	if strings.Contains(s, text) {
		return true
	}
	for i := 0; i+len(text) <= len(s); i++ {
		if lower(s[i]) == lower(text[0]) && strings.EqualFold(s[i:i+len(text)], text) {
			return true
		}
	}
	return false
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

// adminInstances lists instances, the newest first.
func (s *Server) adminInstances(c *adminCall) (any, *adminError) {
	list, err := c.list()
	if err != nil {
		return nil, err
	}
	filter := instanceFilter{
		status: c.query("status"), result: c.query("result"), form: c.query("form"),
		originator: c.query("originator"), waitsFor: c.query("waitsFor"), text: strings.ToLower(c.query("q")),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range slices.Backward(s.order) {
		if filter.matches(in) {
			list.add(func() any { return s.instanceRow(in) })
		}
	}
	return list, nil
}

func (s *Server) adminInstance(c *adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, err := s.instanceFor(c.id())
	if err != nil {
		return nil, err
	}
	return s.instanceView(in), nil
}

func (s *Server) instanceFor(id string) (*instance, *adminError) {
	in, ok := s.instances[id]
	if !ok {
		return nil, adminRefuse(http.StatusNotFound, "instanceNotFound", "id", "there is no instance %q", id)
	}
	return in, nil
}

// adminAct does what a user does in the DingTalk app.
func (s *Server) adminAct(c *adminCall) (any, *adminError) {
	var a action
	if err := c.decode(&a); err != nil {
		return nil, err
	}
	name := c.r.PathValue("action")
	if !slices.Contains(actionNames(), name) {
		return nil, adminRefuse(http.StatusNotFound, "unknownAction", "", "there is no action %q; want one of %q", name, actionNames())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in, err := s.instanceFor(c.id())
	if err != nil {
		return nil, err
	}
	if err := s.act(in, name, a); err != nil {
		return nil, adminSays(err)
	}
	return s.instanceView(in), nil
}

// adminStartRequest starts an approval as its originator does in the app.
type adminStartRequest struct {
	ProcessCode string `json:"processCode"`
	UserID      string `json:"userId"`
	// DeptID is one of the user's departments; the first when absent.
	DeptID *int64            `json:"deptId"`
	Values []adminStartValue `json:"values"`
	// Approvers replace the flow of the form.
	Approvers []struct {
		ActionType string   `json:"actionType"` // AND, OR or NONE
		UserIDs    []string `json:"userIds"`
	} `json:"approvers"`
	CC []string `json:"cc"`
	// Selected are the approvers that the originator chose (审批人自选), by the
	// actionerKey of the node.
	Selected map[string][]string `json:"selected"`
}

type adminStartValue struct {
	ID       string `json:"id"`
	BizAlias string `json:"bizAlias"`
	Name     string `json:"name"`
	Value    string `json:"value"`
	ExtValue string `json:"extValue"`
}

func (s *Server) adminStart(c *adminCall) (any, *adminError) {
	var in adminStartRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req := startRequest{processCode: in.ProcessCode, originatorID: in.UserID, deptID: in.DeptID, cc: in.CC, selected: in.Selected}
	for _, a := range in.Approvers {
		req.approvers = append(req.approvers, approverStep{a.ActionType, a.UserIDs})
	}
	for _, v := range in.Values {
		req.values = append(req.values, formValue{ID: v.ID, BizAlias: v.BizAlias, Name: v.Name, Value: v.Value, ExtValue: v.ExtValue})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.knowsUser("userId", in.UserID); err != nil {
		return nil, adminSays(err)
	}
	if _, ok := s.company.forms[in.ProcessCode]; !ok {
		return nil, adminRefuse(http.StatusNotFound, "formNotFound", "processCode", "there is no form %q", in.ProcessCode)
	}
	started, err := s.startAs(req)
	if err != nil {
		return nil, adminSaysOfStart(err)
	}
	return s.instanceView(started), nil
}

// startAs starts an instance in the originator's main department unless another
// is named.
func (s *Server) startAs(req startRequest) (*instance, *problem) {
	if req.deptID == nil {
		main := s.company.mainDepartment(s.company.users[req.originatorID])
		req.deptID = &main
	}
	return s.start(req)
}
