package form

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// plan is how a struct type stands for a form, or for the row of a table.
type plan struct {
	fields []field
	// rest is the index of the field that takes what no other does; nil: none.
	rest []int
	// suite is the number of the only field that is a [Suite]; -1: there is none, or
	// several.
	suite int
	// ids, aliases and labels lead to the field.
	ids, aliases, labels map[string]int
	problems             problems
}

// field is one exported field with a tag.
type field struct {
	tag
	codec
	goName  string // with the embedded structs, such as "Header.Title"
	index   []int
	pointer bool
	name    string // as [Value.Name]
	sent    string // as [Value.ComponentType]
	cell    string // how its cell in a row begins, up to the value
	// omitZero leaves out a zero value that the codec would write.
	omitZero, readOnly, inCenter bool
}

// in is the field in the struct v. Without an index v is the field itself.
func (f *field) in(v reflect.Value) reflect.Value {
	switch len(f.index) {
	case 0:
		return v
	case 1:
		return v.Field(f.index[0])
	}
	return v.FieldByIndex(f.index)
}

// of is the field in the struct v, through its pointer; not ok when that is nil.
func (f *field) of(v reflect.Value) (reflect.Value, bool) {
	v = f.in(v)
	if !f.pointer {
		return v, true
	}
	if v.IsNil() {
		return v, false
	}
	return v.Elem(), true
}

type planKey struct {
	t       reflect.Type
	inTable bool
}

// plans holds the *plan of every planKey: a type's plan is made once.
//
//nolint:gochecknoglobals // a cache has no state that a caller could see
var plans sync.Map

// planOf makes the plan of a struct type, or says all that is wrong with the type.
func planOf(t reflect.Type, inTable bool) (*plan, error) {
	key := planKey{t, inTable}
	cached, ok := plans.Load(key)
	if !ok {
		cached, _ = plans.LoadOrStore(key, newPlan(t, inTable))
	}
	p := cached.(*plan) //nolint:forcetypeassert,errcheck // the map holds nothing else
	return p, p.problems.err()
}

func newPlan(t reflect.Type, inTable bool) *plan {
	p := &plan{}
	p.addStruct(t, "", nil, inTable)
	p.index()
	if len(p.fields) == 0 && p.rest == nil && p.problems == nil && !inTable { // tables say more
		p.problems = problems{{Message: t.String() + " has no field with a form tag"}}
	}
	return p
}

// index makes the ways from a component to its field.
func (p *plan) index() {
	p.ids, p.aliases, p.labels = map[string]int{}, map[string]int{}, map[string]int{}
	names := map[string]string{}
	for i := range p.fields {
		f := &p.fields[i]
		p.unique(f, names, "id", f.id)
		p.unique(f, names, "alias", f.alias)
		if other, taken := p.labels[f.name]; !taken {
			p.labels[f.name] = i
		} else if f.id == "" || p.fields[other].id == "" { // ids tell them apart
			p.unique(f, names, "label", f.name)
		}
		names["label "+f.name] = f.goName
		p.ids[f.id], p.aliases[f.alias] = i, i
	}
	for i := range p.fields { // a component with two labels may come with the first alone
		if _, taken := p.labels[p.fields[i].label]; !taken {
			p.labels[p.fields[i].label] = i
		}
	}
	isSuite := func(f field) bool { return f.isSuite }
	p.suite = slices.IndexFunc(p.fields, isSuite)
	if slices.ContainsFunc(p.fields[p.suite+1:], isSuite) {
		p.suite = -1
	}
	delete(p.ids, "")
	delete(p.aliases, "")
	delete(p.labels, "")
}

// unique makes sure that no two fields stand for the same component.
func (p *plan) unique(f *field, names map[string]string, kind, name string) {
	if name == "" {
		return
	}
	if other := names[kind+" "+name]; other != "" {
		p.problems = append(p.problems, Problem{Field: f.goName, Label: f.text(), Message: fmt.Sprintf("has the same %s as %s", kind, other)})
	}
	names[kind+" "+name] = f.goName
}

func (p *plan) addStruct(t reflect.Type, path string, index []int, inTable bool) {
	for i := range t.NumField() {
		sf := t.Field(i)
		text, tagged := sf.Tag.Lookup("form")
		at := append(append([]int(nil), index...), i)
		switch problem := misspelledTag(sf.Tag); {
		case !tagged && problem != "":
			p.problems = append(p.problems, Problem{Field: path + sf.Name, Message: problem})
		case tagged && text != "-":
			p.addField(sf, text, path+sf.Name, at, inTable)
		case tagged || !sf.Anonymous:
		case sf.Type.Kind() == reflect.Struct:
			p.addStruct(sf.Type, path+sf.Name+".", at, inTable)
		case sf.Type.Kind() == reflect.Pointer && sf.Type.Elem().Kind() == reflect.Struct:
			p.problems = append(p.problems, Problem{Field: path + sf.Name, Message: `is an embedded pointer: embed the struct itself, or leave it out with form:"-"`})
		}
	}
}

// misspelledTag says what is wrong with a struct tag that was meant as a form tag.
func misspelledTag(tag reflect.StructTag) string {
	for _, key := range []string{"Form", "FORM", "forms", "from"} {
		if text, ok := tag.Lookup(key); ok {
			return fmt.Sprintf("has the struct tag %s:%q: write form:%q", key, text, text)
		}
	}
	if _, ok := tag.Lookup("form"); !ok && strings.Contains(" "+string(tag), " form:") {
		return `has a malformed struct tag: write form:"label"`
	}
	return ""
}

func (p *plan) addField(sf reflect.StructField, text, goName string, index []int, inTable bool) {
	f := field{goName: goName, index: index}
	err := f.plan(sf, text, inTable)
	switch {
	case err != nil:
		p.problems = append(p.problems, fieldProblems(&f, err)...)
	case !f.rest:
		p.fields = append(p.fields, f)
	case p.rest != nil:
		p.problems = append(p.problems, Problem{Field: goName, Message: "is a second field with the option rest"})
	default:
		p.rest = index
	}
}

// plan works out how the field goes to and from a component.
func (f *field) plan(sf reflect.StructField, text string, inTable bool) (err error) {
	if f.tag, err = parseTag(text); err != nil {
		return err
	}
	if !sf.IsExported() {
		return errUnexported
	}
	if f.rest {
		if sf.Type != reflect.TypeFor[[]Value]() && sf.Type != reflect.TypeFor[Values]() || f.tag != (tag{rest: true}) {
			return errRest
		}
		return nil
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		f.pointer, t = true, t.Elem()
	}
	if isSendable(f.component) {
		f.sent = f.component
	}
	if f.codec, err = codecFor(t, &f.tag, inTable); err != nil {
		return err
	}
	f.readOnly, f.inCenter = !isSettable(f.component), isInCenter(f.component)
	f.omitZero = f.omitEmpty || f.component == starField || isReadOnly(f.component) // no rating has 0 stars
	f.name = f.tag.name()
	f.cell = f.cellStart()
	return nil
}

// cellStart is the beginning of {"name":label,"value":…}. A cell with an id
// carries it, too.
func (f *field) cellStart() string {
	b := []byte{'{'}
	for _, member := range []struct{ key, value string }{{"id", f.id}, {"bizAlias", f.alias}, {"name", f.name}} {
		nameIsID := member.key == "name" && f.label == ""
		if member.value == "" || nameIsID {
			continue
		}
		b = append(appendQuoted(b, member.key), ':')
		b = append(appendQuoted(b, member.value), ',')
	}
	return string(append(b, `"value":`...))
}

// find is the field for a component, and how surely it is meant: by id or alias
// is sure, by label is not. next is a guess.
func (p *plan) find(v *Value, next int) (index int, sure bool) {
	if v.ID != "" {
		if i, ok := p.ids[v.ID]; ok {
			return i, true
		}
	}
	if v.BizAlias != "" {
		if i, ok := p.aliases[v.BizAlias]; ok {
			return i, true
		}
	}
	if v.ID == "" && v.Name != "" { // older rows of tables have the ids of the columns as names
		if i, ok := p.ids[v.Name]; ok {
			return i, true
		}
	}
	if i := p.findLabel(v, next); i >= 0 && (!v.isNote() || p.fields[i].component == textNote) {
		return i, false
	}
	return -1, false
}

func (p *plan) findLabel(v *Value, next int) int {
	if next < len(p.fields) && p.fields[next].name == v.Name {
		return next
	}
	if i, ok := p.labels[v.Name]; ok {
		return i
	}
	if !isList(v.Name) {
		return -1
	}
	labels, err := texts(v.Name)
	if err != nil || len(labels) == 0 {
		return -1
	}
	for i := range p.fields {
		f := &p.fields[i]
		if f.label == labels[0] && (f.and == "" || len(labels) > 1 && f.and == labels[1]) {
			return i
		}
	}
	return -1
}
