package form

import (
	"fmt"
	"reflect"
)

// source is the struct that values come from, to tell its fields in problems. It
// is empty for values without a struct.
type source struct {
	plan *plan
	of   reflect.Type
	path string
}

func sourceOf(v any) source { return structSource(reflect.TypeOf(v), false, "") }

func structSource(t reflect.Type, inTable bool, path string) source {
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return source{}
	}
	p, err := planOf(t, inTable)
	if err != nil {
		return source{}
	}
	return source{p, t, path}
}

// find is the field for a component, nil when there is none.
func (s source) find(v *Value) *field {
	if s.plan == nil {
		return nil
	}
	if i, _ := s.plan.find(v, 0); i >= 0 {
		return &s.plan.fields[i]
	}
	return nil
}

// field is the way to the field for a component, such as Lines[2].Amount.
func (s source) field(v *Value) string {
	if f := s.find(v); f != nil {
		return s.path + f.goName
	}
	return ""
}

// row is the source of a row of the table.
func (s source) row(table *Value, i int) source {
	f := s.find(table)
	if f == nil {
		return source{}
	}
	t := s.of.FieldByIndex(f.index).Type
	if f.pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Slice {
		return source{}
	}
	return structSource(t.Elem(), true, fmt.Sprintf("%s%s[%d].", s.path, f.goName, i))
}
