package form

import (
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// Limits of the vendor, in characters.
const (
	maxValue     = 65535
	maxCenterExt = 8192
)

// Marshal writes the form values of v, a struct or a pointer to one. Its
// exported fields with a form tag stand for the components; the package
// documentation says how. All that is wrong comes in one [*Error].
//
// What is absent is left out: nil pointers, empty text and lists, zero times and
// zero values of the package's own types. Numbers are always written, unless the
// tag has omitempty.
func Marshal(v any, opts ...Option) ([]Value, error) {
	cfg, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.Kind() == reflect.Pointer && rv.IsNil():
		return nil, argument("cannot write a nil %T", v)
	case rv.Kind() == reflect.Pointer:
		rv = rv.Elem()
	case rv.Kind() == reflect.Struct: // fields need addresses
		copied := reflect.New(rv.Type()).Elem()
		copied.Set(rv)
		rv = copied
	}
	if rv.Kind() != reflect.Struct {
		return nil, argument("can write a struct or a pointer to one, not %T", v)
	}
	p, err := planOf(rv.Type(), false)
	if err != nil {
		return nil, err
	}
	w := writer{config: cfg}
	values := w.values(p, rv)
	if err := w.problems.err(); err != nil {
		return nil, err
	}
	return values, nil
}

func argument(format string, args ...any) error {
	return &Error{Problems: []Problem{{Message: fmt.Sprintf(format, args...)}}}
}

// writer writes one form.
type writer struct {
	config
	place
	scratch []byte
}

// span is where in the writer's text a value lies.
type span struct{ value, start, middle, end int }

// values writes the fields of a form. All texts share one piece of memory.
func (w *writer) values(p *plan, v reflect.Value) []Value {
	values := make([]Value, 0, len(p.fields))
	var stack [24]span
	spans := stack[:0]
	var memory [512]byte
	b := memory[:0]
	for i := range p.fields {
		f := &p.fields[i]
		field, ok := w.present(f, v)
		if !ok {
			continue
		}
		value := Value{ID: f.id, BizAlias: f.alias, Name: f.name, ComponentType: f.sent}
		if f.isString {
			value.Value = w.string(f, field)
		} else {
			start := len(b)
			middle := 0
			if b, middle, ok = w.text(f, b, field); !ok {
				continue
			}
			spans = append(spans, span{len(values), start, middle, len(b)})
		}
		values = append(values, value)
	}
	all := string(b)
	for _, s := range spans {
		values[s.value].Value, values[s.value].ExtValue = all[s.start:s.middle], all[s.middle:s.end]
	}
	return append(values, restOf(p, v)...)
}

// present is the field's value; not ok when it is to be left out.
func (w *writer) present(f *field, v reflect.Value) (reflect.Value, bool) {
	field, ok := f.of(v)
	if ok && f.absent != nil {
		ok = !f.absent(field)
	}
	if ok && (f.omitEmpty || isReadOnly(f.component)) {
		ok = !field.IsZero()
	}
	switch {
	case !ok:
		if f.required {
			w.add(f, errRequired)
		}
	case isReadOnly(f.component) && (!w.center || f.component != textNote):
		w.add(f, errors.New("cannot be filled in by a call; leave it empty"))
		ok = false
	case w.center && !isInCenter(f.component):
		w.add(f, errors.New("does not exist on forms of the process center"))
		ok = false
	}
	return field, ok
}

func (w *writer) string(f *field, v reflect.Value) string {
	text := v.String()
	if !utf8.ValidString(text) {
		w.add(f, errNotText)
	}
	if len(text) > maxValue { // bytes first: they are never fewer
		w.limit(f, "", utf8.RuneCountInString(text), maxValue)
	}
	return text
}

func (w *writer) limit(f *field, what string, characters, most int) {
	if characters > most {
		w.add(f, fmt.Errorf("has %s%d characters, at most %d are allowed", what, characters, most))
	}
}

// text appends value and extValue; what is behind middle is the latter.
func (w *writer) text(f *field, b []byte, v reflect.Value) (_ []byte, middle int, ok bool) {
	start := len(b)
	var err error
	if f.component == tableField {
		w.table = f
		b, err = f.append(w, b, v)
		w.table = nil
	} else {
		b, err = f.append(w, b, v)
	}
	if err == nil && len(b) == start && f.required { // a type of the user wrote nothing
		err = errRequired
	}
	if err != nil {
		w.add(f, err)
	}
	if err != nil || len(b) == start {
		return b[:start], start, false
	}
	middle = len(b)
	if middle-start > maxValue {
		w.limit(f, "", utf8.RuneCount(b[start:]), maxValue)
	}
	if w.center && f.appendExt != nil {
		b = f.appendExt(b, v)
		w.limit(f, "an extValue of ", utf8.RuneCount(b[middle:]), maxCenterExt)
	}
	return b, middle, true
}

// restOf are the values that were read into the field with the option rest.
func restOf(p *plan, v reflect.Value) []Value {
	if p.rest == nil {
		return nil
	}
	return v.FieldByIndex(p.rest).Convert(reflect.TypeFor[[]Value]()).Interface().([]Value) //nolint:forcetypeassert,errcheck // the plan checked it
}
