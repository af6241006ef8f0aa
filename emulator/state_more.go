package emulator

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Records of the process centre (流程中心), of data forms (数据表单) and of files.

type centerTemplateRecord struct {
	Name    string    `json:"name"`
	Changed time.Time `json:"changed"`
}

func (s *Server) centerTemplateRecord(code string) any {
	t, ok := s.center.templates[code]
	if !ok {
		return nil
	}
	return centerTemplateRecord{t.name, t.changed}
}

func (l *stateLoader) centerTemplate(code string, data json.RawMessage) error {
	var r centerTemplateRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	templates := l.s.center.templates
	if templates == nil {
		templates = map[string]*centerTemplate{}
		l.s.center.templates = templates
	}
	if templates[code] == nil {
		templates[code] = &centerTemplate{code: code}
	}
	templates[code].name, templates[code].changed = r.Name, r.Changed
	return nil
}

func (l *stateLoader) dropCenterTemplate(code string) { delete(l.s.center.templates, code) }

type centerInstanceRecord struct {
	Title        string             `json:"title"`
	URL          string             `json:"url,omitempty"`
	Template     string             `json:"template"`
	TemplateName string             `json:"templateName"`
	Values       []valueRecord      `json:"values,omitempty"`
	Status       string             `json:"status"`
	Result       string             `json:"result,omitempty"`
	Originator   string             `json:"by,omitempty"`
	BizData      string             `json:"bizData,omitempty"`
	Created      time.Time          `json:"created,omitzero"`
	Finished     time.Time          `json:"finished,omitzero"`
	Tasks        []centerTaskRecord `json:"tasks,omitempty"`
}

type centerTaskRecord struct {
	ID         int64     `json:"id"`
	ActivityID string    `json:"activity,omitempty"`
	UserID     string    `json:"user"`
	URL        string    `json:"url,omitempty"`
	Status     string    `json:"status"`
	Result     string    `json:"result,omitempty"`
	Created    time.Time `json:"created"`
	Finished   time.Time `json:"finished,omitzero"`
	Removed    bool      `json:"removed,omitempty"`
}

func (s *Server) centerInstanceRecord(id string) any {
	in, ok := s.center.instances[id]
	if !ok {
		return nil
	}
	r := centerInstanceRecord{
		Title: in.title, URL: in.url, Template: in.template.code, TemplateName: in.template.name,
		Values: valueRecords(in.values), Status: in.status, Result: in.result,
		Originator: in.originatorID, BizData: in.bizData, Created: in.created, Finished: in.finished,
	}
	for _, t := range in.tasks {
		r.Tasks = append(r.Tasks, centerTaskRecord{t.id, t.activityID, t.userID, t.url, t.status, t.result, t.created, t.finished, t.removed})
	}
	return r
}

func (l *stateLoader) centerInstance(id string, data json.RawMessage) error {
	var r centerInstanceRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	c := &l.s.center
	if c.instances == nil {
		c.instances = map[string]*centerInstance{}
	}
	in, known := c.instances[id]
	if !known {
		in = &centerInstance{}
		c.instances[id] = in
		c.order = append(c.order, in)
	}
	template := c.templates[r.Template]
	if template == nil { // it was deleted since
		template = &centerTemplate{code: r.Template, name: r.TemplateName}
	}
	*in = centerInstance{
		id: id, title: r.Title, url: r.URL, template: template, values: l.values(r.Values), status: r.Status, result: r.Result,
		originatorID: r.Originator, bizData: r.BizData, created: r.Created, finished: r.Finished,
	}
	for _, t := range r.Tasks {
		in.tasks = append(in.tasks, &centerTask{
			id: t.ID, instance: in, activityID: t.ActivityID, userID: t.UserID, url: t.URL,
			status: t.Status, result: t.Result, created: t.Created, finished: t.Finished, removed: t.Removed,
		})
	}
	return nil
}

func (l *stateLoader) dropCenterInstance(id string) {
	c := &l.s.center
	delete(c.instances, id)
	c.order = slices.DeleteFunc(c.order, func(in *centerInstance) bool { return in.id == id })
}

type todoRecord struct {
	BizID   string     `json:"bizId,omitempty"`
	UserID  string     `json:"user"`
	Title   string     `json:"title"`
	URL     string     `json:"url"`
	Created int64      `json:"created"`
	Added   time.Time  `json:"added"`
	Items   []todoItem `json:"items"`
	Done    bool       `json:"done,omitempty"`
}

func (s *Server) todoRecord(id string) any {
	i := slices.IndexFunc(s.center.todos, func(t *todo) bool { return t.id == id })
	if i < 0 {
		return nil
	}
	t := s.center.todos[i]
	return todoRecord{t.bizID, t.userID, t.title, t.url, t.created, t.added, t.items, t.done}
}

func (l *stateLoader) todo(id string, data json.RawMessage) error {
	var r todoRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	todos := &l.s.center.todos
	i := slices.IndexFunc(*todos, func(t *todo) bool { return t.id == id })
	if i < 0 {
		i = len(*todos)
		*todos = append(*todos, &todo{})
	}
	*(*todos)[i] = todo{
		id: id, bizID: r.BizID, userID: r.UserID, title: r.Title, url: r.URL, created: r.Created, added: r.Added, items: r.Items, done: r.Done,
	}
	return nil
}

func (s *Server) dataFormRecord(code string) any {
	f, ok := s.dataForms.forms[code]
	if !ok {
		return nil
	}
	return f
}

func (l *stateLoader) dataForm(code string, data json.RawMessage) error {
	f := &storedForm{}
	if err := decodeExact(data, f); err != nil {
		return err
	}
	forms := &l.s.dataForms
	if forms.forms == nil {
		forms.forms = map[string]*storedForm{}
	}
	forms.forms[code] = f
	return nil
}

type dataEntryRecord struct {
	Form     string        `json:"form"`
	Creator  string        `json:"creator"`
	Modifier string        `json:"modifier"`
	Created  time.Time     `json:"created"`
	Modified time.Time     `json:"modified"`
	Values   []valueRecord `json:"values"`
}

func (s *Server) dataEntryRecord(id string) any {
	i := slices.IndexFunc(s.dataForms.entries, func(e *dataEntry) bool { return e.id == id })
	if i < 0 {
		return nil
	}
	e := s.dataForms.entries[i]
	return dataEntryRecord{e.formCode, e.creator, e.modifier, e.created, e.modified, valueRecords(e.values)}
}

func (l *stateLoader) dataEntry(id string, data json.RawMessage) error {
	var r dataEntryRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	entries := &l.s.dataForms.entries
	i := slices.IndexFunc(*entries, func(e *dataEntry) bool { return e.id == id })
	if i < 0 {
		i = len(*entries)
		*entries = append(*entries, &dataEntry{})
	}
	*(*entries)[i] = dataEntry{
		id: id, formCode: r.Form, creator: r.Creator, modifier: r.Modifier, created: r.Created, modified: r.Modified, values: l.values(r.Values),
	}
	return nil
}

func (l *stateLoader) dropDataEntry(id string) {
	entries := &l.s.dataForms.entries
	*entries = slices.DeleteFunc(*entries, func(e *dataEntry) bool { return e.id == id })
}

type fileRecord struct {
	Name    string    `json:"name"`
	Owner   string    `json:"owner"`
	Content []byte    `json:"content"`
	Created time.Time `json:"created"`
	Readers []string  `json:"readers,omitempty"`
}

func (s *Server) fileRecord(id string) any {
	f, ok := s.drive.files[id]
	if !ok {
		return nil
	}
	r := fileRecord{Name: f.name, Owner: f.owner, Content: f.content, Created: f.created}
	for key := range s.drive.readers {
		if userID, ok := strings.CutSuffix(key, " "+id); ok {
			r.Readers = append(r.Readers, userID)
		}
	}
	slices.Sort(r.Readers)
	return r
}

func (l *stateLoader) file(id string, data json.RawMessage) error {
	var r fileRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	d := &l.s.drive
	d.init()
	d.files[id] = &driveFile{id: id, name: r.Name, owner: r.Owner, content: r.Content, created: r.Created}
	for _, userID := range r.Readers {
		d.readers[userID+" "+id] = true
	}
	return nil
}
