package form

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
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
	return write(p, rv, cfg)
}

func argument(format string, args ...any) error {
	return &Error{Problems: []Problem{{Message: fmt.Sprintf(format, args...)}}}
}

// writer writes one form.
type writer struct {
	config
	place
	text    []byte // of all values
	spans   []span
	scratch []byte // one cell that has to be quoted
}

// span is where in the writer's text a value lies: up to middle its value,
// then its extValue.
type span struct{ value, start, middle, end int }

// writers keeps the memory of writers.
//
//nolint:gochecknoglobals // a pool has no state that a caller could see
var writers = sync.Pool{New: func() any { return new(writer) }}

const maxPooledText = 1 << 20 // a larger one would be kept for nothing

func write(p *plan, v reflect.Value, cfg config) ([]Value, error) {
	w := writers.Get().(*writer) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	w.config = cfg
	values := w.values(p, v)
	err := w.problems.err()
	w.place = place{}
	if cap(w.text)+cap(w.scratch) <= maxPooledText {
		writers.Put(w)
	}
	if err != nil {
		return nil, err
	}
	return values, nil
}

// values writes the fields of a form. All texts share one piece of memory.
func (w *writer) values(p *plan, v reflect.Value) []Value {
	rest := restOf(p, v)
	values := make([]Value, 0, len(p.fields)+len(rest))
	w.text, w.spans = w.text[:0], w.spans[:0]
	for i := range p.fields {
		f := &p.fields[i]
		field, ok := w.present(f, v)
		if !ok {
			continue
		}
		n, text := len(values), ""
		if f.isString {
			text = w.string(f, field)
		} else {
			s := span{value: n, start: len(w.text)}
			if w.text, s.middle, ok = w.append(f, w.text, field); !ok {
				continue
			}
			s.end = len(w.text)
			w.spans = append(w.spans, s)
		}
		values = values[:n+1]
		to := &values[n] // writing a Value member by member is faster than copying one
		to.ID, to.BizAlias, to.Name, to.ComponentType, to.Value = f.id, f.alias, f.name, f.sent, text
	}
	all := string(w.text)
	for _, s := range w.spans {
		values[s.value].Value, values[s.value].ExtValue = all[s.start:s.middle], all[s.middle:s.end]
	}
	return append(values, rest...)
}

// present is the field's value; not ok when it is to be left out.
func (w *writer) present(f *field, v reflect.Value) (reflect.Value, bool) {
	field, ok := f.of(v)
	if ok && f.absent != nil {
		ok = !f.absent(field)
	}
	if ok && f.omitZero {
		ok = !field.IsZero()
	}
	switch {
	case !ok:
		if f.required {
			w.add(f, errRequired)
		}
	case w.center && !f.inCenter:
		w.add(f, errors.New("does not exist on forms of the process center"))
		ok = false
	case f.readOnly && (!w.center || f.component != textNote):
		w.add(f, errReadOnly(f.component))
		ok = false
	}
	return field, ok
}

// errReadOnly says why a component cannot be written, and what there is instead.
func errReadOnly(component string) error {
	if isSuite(component) { // 发起审批实例: "套件暂不支持"
		return errors.New("is a suite (套件), which no call can start: leave it empty and have the approval started in DingTalk, or give its components as form.Values if DingTalk lets your app")
	}
	return errors.New("cannot be filled in by a call; leave it empty")
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

// append writes value and extValue; what is behind middle is the latter.
func (w *writer) append(f *field, b []byte, v reflect.Value) (_ []byte, middle int, ok bool) {
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
