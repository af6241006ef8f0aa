package emulator

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// seedInstances starts and decides the approvals of a seed. Nothing of it is
// pushed. The caller holds s.mu, or the server is not yet in use.
func (s *Server) seedInstances(p *parsedSeed) error {
	s.seeding = true
	defer func() { s.seeding = false }()
	for i, in := range p.Instances {
		at := fmt.Sprintf("instances[%d]", i)
		if field, err := s.seedInstance(in); err != nil {
			if field != "" {
				at += "." + field
			}
			p.lines.failAt(at, "%v", err)
		}
	}
	slices.SortStableFunc(s.order, func(a, b *instance) int { return a.Created.Compare(b.Created) })
	return errors.Join(p.lines.errs...)
}

// seedInstance returns the field that an error is about.
func (s *Server) seedInstance(in seedInstance) (field string, err error) {
	now := s.Now()
	if in.Created.After(now) {
		return "created", fmt.Errorf("%s is in the future; the clock starts at %s", in.Created.Format(time.RFC3339), now.Format(time.RFC3339))
	}
	req := startRequest{originatorID: in.Originator, deptID: in.Department, selected: map[string][]string{}, created: in.Created}
	form := s.formNamed(in.Form)
	if form == nil {
		return "form", fmt.Errorf("there is no form with the process code or name %q%s", in.Form, didYouMean(in.Form, s.formNames()))
	}
	req.processCode = form.ProcessCode
	for node, userIDs := range in.Selected {
		i := slices.IndexFunc(form.Flow, func(n company.Node) bool { return n.Name == node })
		if i < 0 {
			return "selected." + node, fmt.Errorf("the form %s has no node of this name", form.Name)
		}
		req.selected[actorKey(i)] = userIDs
	}
	for _, label := range slices.Sorted(maps.Keys(in.Values)) {
		req.values = append(req.values, formValue{Name: label, Value: string(in.Values[label])})
	}
	started, problem := s.startAs(req)
	if problem != nil {
		return "values", errors.New(refusedBy("StartProcessInstance", problem).message)
	}
	if in.ID != "" {
		delete(s.instances, started.ID)
		started.ID = in.ID
		s.instances[in.ID] = started
	}
	then := in.Created
	for j, a := range in.Actions {
		began := s.Now()
		if !a.At.IsZero() {
			then = a.At
		}
		if then.After(began) {
			return fmt.Sprintf("actions[%d].at", j), fmt.Errorf("%s is in the future", then.Format(time.RFC3339))
		}
		if err := s.seedAction(started, a); err != nil {
			return fmt.Sprintf("actions[%d]", j), err
		}
		if !then.IsZero() {
			started.retime(began, then)
		}
	}
	return "", nil
}

func (s *Server) seedAction(in *instance, a seedAction) error {
	act := action{UserID: a.User, Remark: a.Remark, ToUserID: a.To, UserIDs: a.Users, Mode: a.Mode, Before: a.Before}
	if a.Node != "" {
		i := slices.IndexFunc(in.Steps, func(st step) bool { return st.Name == a.Node })
		if i < 0 {
			return fmt.Errorf("the approval has no node %q", a.Node)
		}
		act.ActivityID = in.Steps[i].ActivityID
	}
	if err := s.act(in, a.Do, act); err != nil {
		return err
	}
	return nil
}

func (s *Server) formNamed(codeOrName string) *storedForm {
	if f, ok := s.company.forms[codeOrName]; ok {
		return f
	}
	for _, f := range s.company.forms {
		if f.Name == codeOrName {
			return f
		}
	}
	return nil
}

func (s *Server) formNames() []string {
	var names []string
	for code, f := range s.company.forms {
		names = append(names, code, f.Name)
	}
	return names
}

// retime moves what has happened since one moment to another, in the past.
func (in *instance) retime(since, to time.Time) {
	move := func(t *time.Time) {
		if !t.Before(since) {
			*t = to
		}
	}
	move(&in.Finished)
	for _, t := range in.Tasks {
		move(&t.Created)
		move(&t.Finished)
	}
	for i := range in.Records {
		move(&in.Records[i].Time)
	}
}
