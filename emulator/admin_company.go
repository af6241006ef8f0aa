package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/internal/spec"
)

// adminOverview counts what there is.
func (s *Server) adminOverview(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	instances := map[string]int{"total": len(s.order), statusRunning: 0, statusCompleted: 0, statusTerminated: 0}
	for _, in := range s.order {
		instances[in.Status]++
	}
	pushes := map[string]int{"total": len(s.pushes.all), pushPending: 0, pushDelivered: 0, pushFailed: 0, pushLost: 0}
	for _, p := range s.pushes.all {
		pushes[p.state()]++
	}
	refused := 0
	for _, r := range s.lastRequests() {
		if r.Code != "" || r.Status == 0 {
			refused++
		}
	}
	app := s.company.app
	return map[string]any{
		"now": s.Now(),
		"app": map[string]any{
			"appKey": app.AppKey, "agentId": app.AgentID, "corpId": app.CorpID, "permissions": app.Permissions,
			"ips": app.IPs, "qps": app.QPS, "monthlyCalls": app.MonthlyCalls,
		},
		"suites":      append([]string{}, slices.Sorted(maps.Keys(s.suites.apps))...),
		"premium":     s.premium.Load(),
		"users":       len(s.company.users),
		"forms":       len(s.company.forms),
		"instances":   instances,
		"pushes":      pushes,
		"requests":    map[string]any{"total": s.lastRequest, "refused": refused},
		"faults":      len(s.faults),
		"eventFaults": len(s.eventFaults),
		"streams":     len(s.streams.conns()),
		"callback":    s.callbackView(),
		"state":       s.stateView(),
	}, nil
}

func (s *Server) adminUsers(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []any{}
	for _, id := range slices.Sorted(maps.Keys(s.company.users)) {
		u := s.company.users[id]
		deptIDs := u.DeptIDs
		if len(deptIDs) == 0 {
			deptIDs = []int64{company.RootDept}
		}
		departments := []departmentView{}
		for _, deptID := range deptIDs {
			departments = append(departments, departmentView{deptID, s.company.departmentName(deptID)})
		}
		items = append(items, map[string]any{"userId": u.ID, "name": u.Name, "departments": departments})
	}
	return map[string]any{"items": items}, nil
}

func (s *Server) adminDepartments(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := map[int64]bool{company.RootDept: true}
	for id := range s.company.departments {
		ids[id] = true
	}
	for _, u := range s.company.users {
		for _, id := range u.DeptIDs {
			ids[id] = true
		}
	}
	items := []departmentView{}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		items = append(items, departmentView{id, s.company.departmentName(id)})
	}
	return map[string]any{"items": items}, nil
}

// formRow is a form in a list.
type formRow struct {
	ProcessCode string    `json:"processCode"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Hidden      bool      `json:"hidden,omitempty"`
	Modified    time.Time `json:"modified"`
	Instances   int       `json:"instances"`
}

// formView is a form with its components and flow.
type formView struct {
	formRow
	// Components have the fields of [company.Component], named as in a seed.
	Components          []any          `json:"components"`
	Flow                []formNodeView `json:"flow"`
	CC                  []personView   `json:"cc"`
	OriginatorMayRevoke bool           `json:"originatorMayRevoke"`
}

type formNodeView struct {
	Name       string       `json:"name"`
	Mode       company.Mode `json:"mode"`
	Approvers  []personView `json:"approvers"`
	SelfSelect bool         `json:"selfSelect"`
	Several    bool         `json:"several"`
	// ActionerKey names the node where the originator chooses its approvers.
	ActionerKey string `json:"actionerKey"`
}

func (s *Server) formRow(f *storedForm, instances int) formRow {
	return formRow{ProcessCode: f.ProcessCode, Name: f.Name, Description: f.Description, Hidden: f.Hidden, Modified: s.modified(f), Instances: instances}
}

func (s *Server) adminForms(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, in := range s.order {
		counts[in.form.ProcessCode]++
	}
	items := []formRow{}
	for _, code := range slices.Sorted(maps.Keys(s.company.forms)) {
		items = append(items, s.formRow(s.company.forms[code], counts[code]))
	}
	return map[string]any{"items": items}, nil
}

func (s *Server) adminForm(c *adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.company.forms[c.id()]
	if !ok {
		return nil, adminRefuse(http.StatusNotFound, "formNotFound", "id", "there is no form %q", c.id())
	}
	n := 0
	for _, in := range s.order {
		if in.form.ProcessCode == f.ProcessCode {
			n++
		}
	}
	v := formView{formRow: s.formRow(f, n), Components: []any{}, Flow: []formNodeView{}, CC: s.people(f.CC), OriginatorMayRevoke: f.OriginatorMayRevoke}
	for _, component := range f.Components {
		v.Components = append(v.Components, seedFields(component))
	}
	for i, n := range f.Flow {
		v.Flow = append(v.Flow, formNodeView{
			Name: n.Name, Mode: n.Mode, Approvers: s.people(n.Approvers), SelfSelect: n.SelfSelect, Several: n.Several, ActionerKey: actorKey(i),
		})
	}
	return v, nil
}

// adminOperations are the operations that a fault can name.
func (s *Server) adminOperations(*adminCall) (any, *adminError) {
	items := []any{}
	for _, o := range spec.All() {
		items = append(items, map[string]any{
			"id": o.ID, "method": o.Method, "host": o.Host, "path": o.Path, "replacedBy": o.ReplacedBy,
			"premium": o.Premium, "imitated": handlerOf(o.ID).do != nil,
		})
	}
	return map[string]any{"items": items}, nil
}

// adminRequests lists the requests to the gateways, the newest first.
func (s *Server) adminRequests(c *adminCall) (any, *adminError) {
	list, err := c.list()
	if err != nil {
		return nil, err
	}
	operation, refusedOnly := c.query("operation"), c.query("refused") == "true"
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range slices.Backward(s.lastRequests()) {
		if operation != "" && r.Operation != operation || refusedOnly && r.Code == "" && r.Status != 0 {
			continue
		}
		list.add(func() any { return viewRequest(r) })
	}
	return list, nil
}

func (s *Server) adminClock(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := map[string]any{"now": s.Now(), "ahead": time.Duration(s.offset.Load()).Round(time.Millisecond).String()}
	if p := s.first(); p != nil {
		v["nextPush"] = p.due
	}
	return v, nil
}

// adminAdvance lets time pass, with all pushes that fall due on the way.
func (s *Server) adminAdvance(c *adminCall) (any, *adminError) {
	var in struct {
		Advance string `json:"advance"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	d, err := parseDuration(in.Advance)
	if err != nil || d <= 0 || d > maxAdvance {
		return nil, badAdminField("advance", `%q is no duration such as "15s", "2h" or "120d", of up to 10 years`, in.Advance)
	}
	s.Advance(d)
	return s.adminClock(c)
}

const maxAdvance = 10 * 365 * day

// parseDuration reads Go's durations, and days: "120d".
func parseDuration(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || n > float64(maxAdvance/day) || n < 0 {
			return 0, strconv.ErrRange
		}
		return time.Duration(n * float64(day)), nil
	}
	return time.ParseDuration(text)
}
