package form

import (
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
//
// The service writes in several ways that nobody filled in a component: without
// value, as null, as the text null (the older gateway), as an empty list or object,
// and as a list of nothing such as ["",""].
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
	var left []*Value
	if p.rest != nil {
		v.FieldByIndex(p.rest).SetZero()
	}
	for i := range values {
		n, sure := p.find(&values[i], next)
		if n < 0 {
			left = append(left, &values[i])
			continue
		}
		next = n + 1
		m := &matches[n]
		switch {
		case m.value == nil:
			*m = match{&values[i], sure}
		case m.sure == sure:
			r.add(&p.fields[n], errTwice)
		case sure:
			left = append(left, m.value)
			*m = match{&values[i], sure}
		default:
			left = append(left, &values[i])
		}
	}
	if p.suite >= 0 && matches[p.suite].value == nil {
		left = takeSuite(&p.fields[p.suite], left, v)
	}
	for _, value := range left {
		r.leftOver(p, value, v)
	}
	for i := range p.fields {
		if matches[i].value != nil {
			r.field(&p.fields[i], matches[i].value, v)
		}
	}
}

// takeSuite fills the field of a suite whose components stand among the others; it
// returns what is left of them.
func takeSuite(f *field, left []*Value, v reflect.Value) []*Value {
	var aliased []Value
	others := left[:0]
	for _, value := range left {
		if value.BizAlias == "" || isSuite(value.ComponentType) {
			others = append(others, value)
			continue
		}
		aliased = append(aliased, *value)
	}
	if s := laidOut(aliased); len(s.Children) > 0 {
		target := f.in(v)
		if f.pointer {
			target.Set(reflect.New(target.Type().Elem()))
			target = target.Elem()
		}
		target.Set(reflect.ValueOf(s))
	}
	return others
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
	case in.Value == "", in.Value == "null": // the older gateway's way, for text, too
		return c.readsExt && !isNothing(in.ExtValue)
	case c.isText:
		return true
	case isNothing(in.Value):
		return c.readsExt && !isNothing(in.ExtValue)
	}
	return true
}

// isNothing reports JSON that holds nothing: null, an empty list or object, or a
// list of empty texts and nulls.
func isNothing(text string) bool {
	text = strings.TrimSpace(text)
	switch text {
	case "", "null", "{}":
		return true
	}
	inner, ok := strings.CutPrefix(text, "[")
	if !ok || !strings.HasSuffix(inner, "]") {
		return false
	}
	for inner = inner[:len(inner)-1]; inner != ""; {
		switch {
		case strings.HasPrefix(inner, `""`):
			inner = inner[2:]
		case strings.HasPrefix(inner, "null"):
			inner = inner[4:]
		case strings.ContainsRune(", \n\r\t", rune(inner[0])):
			inner = inner[1:]
		default:
			return false
		}
	}
	return true
}
