package emulator

import (
	"encoding/json"
	"errors"
	"slices"
)

// The process centre (流程中心), data forms (数据表单) and files in state files.

func (s *Server) centerTemplateRecord(code string) any { return orNil(s.center.templates[code]) }

func (l *stateLoader) centerTemplate(code string, data json.RawMessage) error {
	t := &centerTemplate{}
	if err := json.Unmarshal(data, t); err != nil {
		return err
	}
	t.Code = code
	putInto(&l.s.center.templates, code, t)
	return nil
}

func (l *stateLoader) dropCenterTemplate(code string) { delete(l.s.center.templates, code) }

func (s *Server) centerInstanceRecord(id string) any { return orNil(s.center.instances[id]) }

func (l *stateLoader) centerInstance(id string, data json.RawMessage) error {
	in := &centerInstance{}
	if err := json.Unmarshal(data, in); err != nil {
		return err
	}
	in.ID = id
	l.shareValues(in.Values)
	for _, t := range in.Tasks {
		if t == nil {
			return errors.New("a task is null")
		}
		t.instance = in
	}
	c := &l.s.center
	replaceOrAppend(&c.order, func(other *centerInstance) bool { return other.ID == id }, in)
	putInto(&c.instances, id, in)
	return nil
}

func (l *stateLoader) dropCenterInstance(id string) {
	c := &l.s.center
	delete(c.instances, id)
	c.order = slices.DeleteFunc(c.order, func(in *centerInstance) bool { return in.ID == id })
}

func (s *Server) todoRecord(id string) any {
	return orNil(found(s.center.todos, func(t *todo) bool { return t.ID == id }))
}

func (l *stateLoader) todo(id string, data json.RawMessage) error {
	t := &todo{}
	if err := json.Unmarshal(data, t); err != nil {
		return err
	}
	t.ID = id
	replaceOrAppend(&l.s.center.todos, func(other *todo) bool { return other.ID == id }, t)
	return nil
}

func (s *Server) dataFormRecord(code string) any { return orNil(s.dataForms.forms[code]) }

func (l *stateLoader) dataForm(code string, data json.RawMessage) error {
	f := &storedForm{}
	if err := decodeExact(data, f); err != nil {
		return err
	}
	putInto(&l.s.dataForms.forms, code, f)
	return nil
}

func (s *Server) dataEntryRecord(id string) any {
	return orNil(found(s.dataForms.entries, func(e *dataEntry) bool { return e.ID == id }))
}

func (l *stateLoader) dataEntry(id string, data json.RawMessage) error {
	e := &dataEntry{}
	if err := json.Unmarshal(data, e); err != nil {
		return err
	}
	e.ID = id
	l.shareValues(e.Values)
	replaceOrAppend(&l.s.dataForms.entries, func(other *dataEntry) bool { return other.ID == id }, e)
	return nil
}

func (l *stateLoader) dropDataEntry(id string) {
	entries := &l.s.dataForms.entries
	*entries = slices.DeleteFunc(*entries, func(e *dataEntry) bool { return e.ID == id })
}

func (s *Server) fileRecord(id string) any { return orNil(s.drive.files[id]) }

func (l *stateLoader) file(id string, data json.RawMessage) error {
	f := &driveFile{}
	if err := json.Unmarshal(data, f); err != nil {
		return err
	}
	f.ID = id
	l.s.drive.init()
	l.s.drive.files[id] = f
	return nil
}

// found is the item that is wanted; nil when there is none.
func found[T any](list []*T, wanted func(*T) bool) *T {
	if i := slices.IndexFunc(list, wanted); i >= 0 {
		return list[i]
	}
	return nil
}

// putInto makes the map when there is none yet.
func putInto[T any](m *map[string]T, key string, value T) {
	if *m == nil {
		*m = map[string]T{}
	}
	(*m)[key] = value
}
