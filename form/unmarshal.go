package form

import (
	"errors"
	"reflect"
	"strings"
)

// Unmarshal reads form values into the struct that v points to, by the tags that
// [Marshal] writes with. An id or alias in the tag wins over the label, so that a
// component may be renamed.
//
// A component without a value sets the field to its zero value, or the pointer to
// nil; a field without component stays as it is, and components without field
// are ignored, unless [Strict] says otherwise or a field has the option rest. All
// that is wrong comes in one [*Error]; v has what could be read then.
func Unmarshal(values []Value, v any, opts ...Option) error {
	cfg, err := newConfig(opts)
	if err != nil {
		return err
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() || rv.Elem().Kind() != reflect.Struct {
		return argument("can read into a pointer to a struct, not into %s", describe(rv))
	}
	rv = rv.Elem()
	p, err := planOf(rv.Type(), false)
	if err != nil {
		return err
	}
	r := reader{config: cfg}
	r.values(p, values, rv)
	return r.problems.err()
}

func describe(v reflect.Value) string {
	switch {
	case !v.IsValid():
		return "nil"
	case v.Kind() == reflect.Pointer && v.IsNil():
		return "a nil " + v.Type().String()
	}
	return v.Type().String()
}

// reader reads one form.
type reader struct {
	config
	place
}

// match is the component that was found for a field.
type match struct {
	value *Value
	sure  bool
}

func (r *reader) values(p *plan, values []Value, v reflect.Value) {
	matches := make([]match, len(p.fields))
	next := 0
	if p.rest != nil {
		v.FieldByIndex(p.rest).SetZero()
	}
	for i := range values {
		n, sure := p.find(&values[i], next)
		if n < 0 {
			r.leftOver(p, &values[i], v)
			continue
		}
		next = n + 1
		m := &matches[n]
		switch {
		case m.value == nil:
			*m = match{&values[i], sure}
		case m.sure == sure:
			r.add(&p.fields[n], errors.New("has two components on the form; name one by its id in the tag"))
		case sure:
			r.leftOver(p, m.value, v)
			*m = match{&values[i], sure}
		default:
			r.leftOver(p, &values[i], v)
		}
	}
	for i := range p.fields {
		if matches[i].value != nil {
			r.field(&p.fields[i], matches[i].value, v)
		}
	}
}

// leftOver is called for a component that no field takes.
func (r *reader) leftOver(p *plan, value *Value, v reflect.Value) {
	switch {
	case p.rest != nil:
		addRest(p, v, *value)
	case r.strict:
		r.unknown(value)
	}
}

func (r *reader) unknown(value *Value) {
	r.addProblem(Problem{Label: value.Name, Type: value.ComponentType, Message: "is on the form, but no field stands for it"})
}

// field reads one component into its field of the struct v.
func (r *reader) field(f *field, in *Value, v reflect.Value) {
	target := f.in(v)
	if !f.hasValue(in) {
		target.SetZero()
		return
	}
	if f.pointer {
		target.Set(reflect.New(target.Type().Elem()))
		target = target.Elem()
	}
	var err error
	if f.component == tableField {
		r.table = f
		err = f.parse(r, in, target)
		r.table = nil
	} else {
		err = f.parse(r, in, target)
	}
	if err != nil {
		r.add(f, err)
	}
}

// hasValue reports whether the component was filled in.
func (c *codec) hasValue(in *Value) bool {
	switch {
	case in.Value == "":
		return c.readsExt && in.ExtValue != ""
	case c.nullIsText:
		return true
	}
	return strings.TrimSpace(in.Value) != "null"
}
