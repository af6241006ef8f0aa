package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
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
	f, ok := s.revisions[revision]
	if !ok {
		return nil
	}
	return f
}

func (l *stateLoader) form(revision string, data json.RawMessage) error {
	f := &storedForm{}
	if err := decodeExact(data, f); err != nil {
		return err
	}
	f.revision = revision
	if l.s.revisions == nil {
		l.s.revisions = map[string]*storedForm{}
	}
	l.s.revisions[revision] = f
	l.latest[f.ProcessCode] = revision
	return nil
}

type valueRecord struct {
	ID       string `json:"id,omitempty"`
	BizAlias string `json:"alias,omitempty"`
	Name     string `json:"name,omitempty"`
	Value    string `json:"v,omitempty"`
	ExtValue string `json:"ext,omitempty"`
	Type     string `json:"type,omitempty"`
}

func valueRecords(values []formValue) []valueRecord {
	records := make([]valueRecord, len(values))
	for i, v := range values {
		records[i] = valueRecord(v.ordered())
	}
	return records
}

// ordered has the fields in the order of valueRecord.
func (v formValue) ordered() struct{ ID, BizAlias, Name, Value, ExtValue, Type string } {
	return struct{ ID, BizAlias, Name, Value, ExtValue, Type string }{v.id, v.bizAlias, v.name, v.value, v.extValue, v.componentType}
}

func (l *stateLoader) values(records []valueRecord) []formValue {
	var values []formValue
	for _, r := range records {
		values = append(values, formValue{l.once(r.ID), l.once(r.BizAlias), l.once(r.Name), r.Value, r.ExtValue, l.once(r.Type)})
	}
	return values
}

type instanceRecord struct {
	BusinessID string         `json:"business"`
	Title      string         `json:"title"`
	Form       string         `json:"form"` // revision
	Originator company.User   `json:"by"`
	DeptID     int64          `json:"dept,omitempty"`
	Status     string         `json:"status"`
	Result     string         `json:"result,omitempty"`
	Created    time.Time      `json:"created"`
	Finished   time.Time      `json:"finished,omitzero"`
	Values     []valueRecord  `json:"values,omitempty"`
	Steps      []stepRecord   `json:"steps"`
	Current    int            `json:"current,omitempty"`
	Tasks      []taskRecord   `json:"tasks"`
	Records    []recordRecord `json:"records"`
	CC         []string       `json:"cc,omitempty"`
	CCAtStart  bool           `json:"ccStart,omitempty"`
	CCAtFinish bool           `json:"ccFinish,omitempty"`
	Changes    []changeRecord `json:"changes,omitempty"`
	Archived   bool           `json:"archived,omitempty"`
}

type stepRecord struct {
	ActivityID string       `json:"id"`
	Name       string       `json:"name"`
	Mode       company.Mode `json:"mode"`
	Approvers  []string     `json:"users"`
}

type taskRecord struct {
	ID       int64     `json:"id"`
	Step     int       `json:"step,omitempty"`
	UserID   string    `json:"user"`
	Status   string    `json:"status"`
	Result   string    `json:"result,omitempty"`
	Created  time.Time `json:"created"`
	Finished time.Time `json:"finished,omitzero"`
	Past     bool      `json:"past,omitempty"`
}

type recordRecord struct {
	UserID      string           `json:"user"`
	Kind        string           `json:"kind"`
	Result      string           `json:"result"`
	Remark      string           `json:"remark,omitempty"`
	Time        time.Time        `json:"time"`
	Photos      []string         `json:"photos,omitempty"`
	Attachments []attachmentView `json:"files,omitempty"`
	CC          []string         `json:"cc,omitempty"`
	ActivityID  string           `json:"activity,omitempty"`
	ShowName    string           `json:"node,omitempty"`
	TaskID      int64            `json:"task,omitempty"`
}

type changeRecord struct {
	FieldID string       `json:"field"`
	Text    string       `json:"text"`
	By      company.User `json:"by"`
	Time    time.Time    `json:"time"`
}

func (s *Server) instanceRecord(id string) any {
	in, ok := s.instances[id]
	if !ok {
		return nil
	}
	r := instanceRecord{
		BusinessID: in.businessID, Title: in.title, Form: in.form.revision, Originator: in.originator, DeptID: in.deptID,
		Status: in.status, Result: in.result, Created: in.created, Finished: in.finished, Values: valueRecords(in.values),
		Current: in.current, CC: in.cc, CCAtStart: in.ccAtStart, CCAtFinish: in.ccAtFinish, Archived: in.archived,
	}
	for _, st := range in.steps {
		r.Steps = append(r.Steps, stepRecord{st.activityID, st.name, st.mode, st.approvers})
	}
	for _, t := range in.tasks {
		r.Tasks = append(r.Tasks, taskRecord{t.id, t.step, t.userID, t.status, t.result, t.created, t.finished, t.past})
	}
	for _, e := range in.records {
		record := recordRecord{
			UserID: e.userID, Kind: e.kind, Result: e.result, Remark: e.remark, Time: e.time, Photos: e.file.photos,
			CC: e.cc, ActivityID: e.activityID, ShowName: e.showName, TaskID: e.taskID,
		}
		for _, a := range e.file.attachments {
			record.Attachments = append(record.Attachments, attachmentView{a.spaceID, a.fileID, a.fileName, a.fileSize, a.fileType})
		}
		r.Records = append(r.Records, record)
	}
	for _, c := range in.changes {
		r.Changes = append(r.Changes, changeRecord{c.fieldID, c.text, c.by, c.time})
	}
	return r
}

func (l *stateLoader) instance(id string, data json.RawMessage) error {
	var r instanceRecord
	if err := json.Unmarshal(data, &r); err != nil { //nolint:musttag // users are kept under the names of their fields
		return err
	}
	form, ok := l.s.revisions[r.Form]
	if !ok {
		return fmt.Errorf("there is no form %q", r.Form)
	}
	in := instance{
		id: id, businessID: r.BusinessID, title: l.once(r.Title), form: form, originator: l.user(r.Originator), deptID: r.DeptID,
		status: l.once(r.Status), result: l.once(r.Result), created: r.Created, finished: r.Finished, values: l.values(r.Values),
		current: r.Current, cc: r.CC, ccAtStart: r.CCAtStart, ccAtFinish: r.CCAtFinish, archived: r.Archived,
	}
	for _, st := range r.Steps {
		in.steps = append(in.steps, step{st.ActivityID, l.once(st.Name), company.Mode(l.once(string(st.Mode))), l.all(st.Approvers)})
	}
	if len(in.steps) > 0 && (r.Current < 0 || r.Current >= len(in.steps)) {
		return fmt.Errorf("there is no step %d", r.Current)
	}
	kept, known := l.s.instances[id]
	if !known {
		kept = &instance{}
		l.s.instances[id] = kept
		l.s.order = append(l.s.order, kept)
	}
	for _, t := range r.Tasks {
		if t.Step < 0 || t.Step >= len(in.steps) {
			return fmt.Errorf("task %d is of step %d, which is not there", t.ID, t.Step)
		}
		in.tasks = append(in.tasks, &task{
			id: t.ID, instance: kept, step: t.Step, userID: l.once(t.UserID), status: l.once(t.Status), result: l.once(t.Result),
			created: t.Created, finished: t.Finished, past: t.Past,
		})
	}
	for _, e := range r.Records {
		entry := record{
			userID: l.once(e.UserID), kind: l.once(e.Kind), result: l.once(e.Result), remark: e.Remark, time: e.Time,
			file: file{photos: e.Photos}, cc: e.CC, activityID: e.ActivityID, showName: l.once(e.ShowName), taskID: e.TaskID,
		}
		for _, a := range e.Attachments {
			entry.file.attachments = append(entry.file.attachments, attachment{a.SpaceID, a.FileID, a.FileName, a.FileSize, a.FileType})
		}
		in.records = append(in.records, entry)
	}
	for _, c := range r.Changes {
		in.changes = append(in.changes, fieldChange{c.FieldID, c.Text, c.By, c.Time})
	}
	*kept = in
	return nil
}

func (l *stateLoader) user(u company.User) company.User {
	u.ID, u.Name = l.once(u.ID), l.once(u.Name)
	return u
}

func (l *stateLoader) all(texts []string) []string {
	for i := range texts {
		texts[i] = l.once(texts[i])
	}
	return texts
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
