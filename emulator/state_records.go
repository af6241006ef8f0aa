package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// What is written of each kind of entity. Names in a state file are short, as
// there are many.

type metaRecord struct {
	Ahead       time.Duration          `json:"ahead,omitempty"` // of the clock
	Token       string                 `json:"token,omitempty"`
	Expires     time.Time              `json:"expires,omitzero"`
	Callback    *callbackRecord        `json:"callback,omitempty"`
	SignIns     map[string]string      `json:"signIns,omitempty"`
	JSAPITicket string                 `json:"jsapiTicket,omitempty"`
	Tickets     map[string]string      `json:"tickets,omitempty"`
	Grants      map[string]grantRecord `json:"grants,omitempty"`
	Month       string                 `json:"month,omitempty"`
	Calls       map[string]int         `json:"calls,omitempty"`
	Directories map[string]string      `json:"directories,omitempty"`
	Uploaders   map[string]bool        `json:"uploaders,omitempty"`
	Departed    map[string]bool        `json:"departed,omitempty"`
	Streams     map[string][]string    `json:"streams,omitempty"` // topics by app
	LastFault   int64                  `json:"lastFault,omitempty"`
	LastTask    int64                  `json:"lastTask,omitempty"`
}

type callbackRecord struct {
	URL, Token, EncodingAESKey, OwnerKey string
	Events                               []string
}

type grantRecord struct {
	Suite   string    `json:"suite"`
	CorpID  string    `json:"corpId,omitempty"`
	Expires time.Time `json:"expires"`
}

func (s *Server) metaRecord(string) any {
	m := metaRecord{
		Ahead: time.Duration(s.offset.Load()), Token: s.tokens.value, Expires: s.tokens.expires,
		SignIns: s.signIns, JSAPITicket: s.jsapiTicket, Tickets: s.suites.tickets, Grants: map[string]grantRecord{},
		Month: s.calls.month, Calls: s.calls.total, Directories: s.center.directories,
		Uploaders: s.drive.uploaders, Departed: s.drive.departed, Streams: map[string][]string{}, LastFault: s.lastFault,
	}
	for key, app := range s.streams.apps {
		m.Streams[key] = slices.Sorted(maps.Keys(app.topics))
	}
	if cb := s.callback; cb != nil && cb.Handler == nil {
		m.Callback = &callbackRecord{cb.URL, cb.Token, cb.EncodingAESKey, cb.OwnerKey, cb.Events}
	}
	now := s.Now()
	for token, g := range s.suites.grants {
		if now.Before(g.expires) {
			m.Grants[token] = grantRecord{g.suite.SuiteKey, g.corpID, g.expires}
		}
	}
	return m
}

func (l *stateLoader) meta(_ string, data json.RawMessage) error {
	var m metaRecord
	if err := json.Unmarshal(data, &m); err != nil { //nolint:musttag // callbacks are kept under the names of their fields
		return err
	}
	s := l.s
	s.offset.Store(int64(m.Ahead))
	s.tokens = tokens{m.Token, m.Expires}
	s.signIns, s.jsapiTicket = m.SignIns, m.JSAPITicket
	s.calls.month, s.calls.total = m.Month, m.Calls
	s.center.directories = m.Directories
	s.lastFault = m.LastFault
	for key, topics := range m.Streams {
		for _, topic := range topics {
			s.streams.app(key).topics[topic] = true
		}
	}
	s.drive.init()
	if m.Uploaders != nil {
		s.drive.uploaders = m.Uploaders
	}
	if m.Departed != nil {
		s.drive.departed = m.Departed
	}
	clear(s.suites.grants)
	for token, g := range m.Grants {
		if app := s.suites.apps[g.Suite]; app != nil {
			s.suites.grants[token] = grant{app, g.CorpID, g.Expires}
		}
	}
	maps.Copy(s.suites.tickets, m.Tickets)
	s.callback = nil
	if cb := m.Callback; cb != nil {
		next, err := s.newCallback(Callback{URL: cb.URL, Token: cb.Token, EncodingAESKey: cb.EncodingAESKey, OwnerKey: cb.OwnerKey, Events: cb.Events})
		if err != nil {
			return err
		}
		s.callback = next
	}
	return nil
}

func (s *Server) formRecord(revision string) any {
	return orNil(s.revisions[revision])
}

func (l *stateLoader) form(revision string, data json.RawMessage) error {
	f := &storedForm{}
	if err := decodeExact(data, f); err != nil {
		return err
	}
	f.revision = revision
	putInto(&l.s.revisions, revision, f)
	l.latest[f.ProcessCode] = revision
	return nil
}

func (s *Server) instanceRecord(id string) any { return orNil(s.instances[id]) }

// orNil is nil for a nil pointer, which JSON then writes as null.
func orNil[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}

func (l *stateLoader) instance(id string, data json.RawMessage) error {
	in := &instance{}
	if err := json.Unmarshal(data, in); err != nil { //nolint:musttag // users are kept under the names of their fields
		return err
	}
	form, ok := l.s.revisions[in.Revision]
	if !ok {
		return fmt.Errorf("there is no form %q", in.Revision)
	}
	in.ID, in.form = id, form
	if len(in.Steps) > 0 && (in.Current < 0 || in.Current >= len(in.Steps)) {
		return fmt.Errorf("there is no step %d", in.Current)
	}
	for _, t := range in.Tasks {
		switch {
		case t == nil:
			return errors.New("a task is null")
		case t.Step < 0 || t.Step >= len(in.Steps):
			return fmt.Errorf("task %d is of step %d, which is not there", t.ID, t.Step)
		}
	}
	kept, known := l.s.instances[id]
	if !known {
		kept = &instance{}
		l.s.instances[id] = kept
		l.s.order = append(l.s.order, kept)
	}
	l.shareTexts(in)
	*kept = *in
	for _, t := range kept.Tasks {
		t.instance = kept
	}
	return nil
}

// shareTexts keeps one text for equal ones of approvals, of which there are many.
func (l *stateLoader) shareTexts(in *instance) {
	l.share(&in.Title, &in.Revision, &in.Status, &in.Result, &in.Originator.ID, &in.Originator.Name)
	l.shareValues(in.Values)
	for i := range in.Steps {
		st := &in.Steps[i]
		l.share(&st.Name, (*string)(&st.Mode))
		for j := range st.Approvers {
			l.share(&st.Approvers[j])
		}
	}
	for _, t := range in.Tasks {
		l.share(&t.UserID, &t.Status, &t.Result)
	}
	for i := range in.Records {
		e := &in.Records[i]
		l.share(&e.UserID, &e.Kind, &e.Result, &e.ShowName)
	}
}

func (l *stateLoader) shareValues(values []formValue) {
	for i := range values {
		v := &values[i]
		l.share(&v.ID, &v.BizAlias, &v.Name, &v.Type)
	}
}

type pushRecord struct {
	Push
	Data   map[string]any `json:"Data"`
	Due    time.Time      `json:"Due"`
	Unread bool           `json:"Unread,omitempty"`
	Fault  *eventFault    `json:"Fault,omitempty"` // which delays it
}

func (s *Server) pushRecord(id string) any {
	p := s.pushes.find(id)
	if p == nil {
		return nil
	}
	r := pushRecord{Push: p.Push, Data: p.data, Due: p.due, Unread: s.pushes.unread(p)}
	if p.late {
		r.Fault = p.fault
	}
	return r
}

func (l *stateLoader) push(id string, data json.RawMessage) error {
	var r pushRecord
	if err := decodeExact(data, &r); err != nil {
		return err
	}
	q := &l.s.pushes
	p := l.pushes[id]
	if p == nil {
		p = &queued{}
		l.pushes[id] = p
		q.all = append(q.all, p)
	}
	q.failed = slices.DeleteFunc(q.failed, func(other *queued) bool { return other == p })
	*p = queued{Push: r.Push, data: r.Data, due: r.Due, fault: r.Fault, late: r.Fault != nil}
	if r.Unread {
		q.failed = append(q.failed, p)
	}
	return nil
}

func (l *stateLoader) dropPush(id string) {
	p := l.pushes[id]
	delete(l.pushes, id)
	q := &l.s.pushes
	if i := slices.Index(q.all, p); i >= 0 { // the oldest goes first
		q.all = slices.Delete(q.all, i, i+1)
	}
	q.failed = slices.DeleteFunc(q.failed, func(other *queued) bool { return other == p })
}
