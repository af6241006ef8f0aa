package wire

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// kind is the way to decode into a type.
type kind uint8

const (
	kindForeign kind = iota // encoding/json does it
	kindText
	kindInt
	kindUint
	kindFloat
	kindBool
	kindTime
	kindRaw
	kindCustom // has its own UnmarshalJSON
	kindPointer
	kindList
	kindMap
	kindStruct
)

// plan is how to decode into a type.
type plan struct {
	kind kind
	typ  reflect.Type
	elem *plan // of pointers, lists and maps

	empty reflect.Value // of lists

	// of structs
	fields []field
	names  map[string]match // as written in the tags
	folded map[string]match // without case and underscores
	unread []int            // the field that takes what could not be read
}

type field struct {
	name   string
	index  []int
	plan   *plan
	quoted bool // ,string
	asJSON bool // keeps any JSON as its text
	tagged bool
}

// match is a field, and how well a name fits it.
type match struct {
	field int
	rank  uint8
}

// Ranks of names: an exact name goes before one that differs in case or
// underscores, and that before a second name.
const (
	rankOther uint8 = iota + 1
	rankFolded
	rankExact
)

//nolint:gochecknoglobals // plans of types, which never change
var plans sync.Map // reflect.Type to *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan) //nolint:forcetypeassert,errcheck // nothing else is stored
	}
	b := planner{}
	p := b.plan(t)
	for t, p := range b { // complete now, those within themselves too
		plans.LoadOrStore(t, p)
	}
	return p
}

// planner holds the plans that are being made.
type planner map[reflect.Type]*plan

func (b planner) plan(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan) //nolint:forcetypeassert,errcheck // nothing else is stored
	}
	if p, ok := b[t]; ok {
		return p
	}
	p := &plan{kind: kindOf(t), typ: t}
	b[t] = p
	switch p.kind {
	case kindPointer, kindList, kindMap:
		p.elem = b.plan(t.Elem())
		if p.kind == kindList {
			p.empty = reflect.MakeSlice(t, 0, 0)
		}
	case kindStruct:
		b.object(p)
	}
	return p
}

func kindOf(t reflect.Type) kind {
	pointer := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[time.Time]():
		return kindTime
	case t == reflect.TypeFor[json.RawMessage]():
		return kindRaw
	case t == reflect.TypeFor[json.Number]():
		return kindForeign
	case t.Kind() == reflect.Pointer:
		return kindPointer
	case pointer.Implements(reflect.TypeFor[json.Unmarshaler]()):
		return kindCustom
	case pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return kindForeign
	}
	switch t.Kind() {
	case reflect.String:
		return kindText
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return kindInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return kindUint
	case reflect.Float32, reflect.Float64:
		return kindFloat
	case reflect.Bool:
		return kindBool
	case reflect.Struct:
		return kindStruct
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 { // base64
			return kindList
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String && !reflect.PointerTo(t.Key()).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
			return kindMap
		}
	}
	return kindForeign
}

// object fills in the fields of a struct with those of the structs embedded in
// it, by the rules of Go and encoding/json: the one that lies less deep hides
// the others, then the one with a tag.
func (b planner) object(p *plan) {
	type level struct {
		t     reflect.Type
		index []int
	}
	p.names, p.folded = map[string]match{}, map[string]match{}
	done, hidden := map[reflect.Type]bool{}, map[string]bool{}
	for now := []level{{p.typ, nil}}; len(now) > 0; {
		var next []level
		var found []field
		for _, l := range now {
			if done[l.t] {
				continue
			}
			done[l.t] = true
			for i := range l.t.NumField() {
				f := l.t.Field(i)
				index := append(slices.Clone(l.index), i)
				name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
				embedded := f.Type
				if f.Anonymous && embedded.Kind() == reflect.Pointer {
					embedded = embedded.Elem()
				}
				switch {
				case f.IsExported() && f.Name == "Unread" && f.Type.Kind() == reflect.Slice && f.Type.Elem().ConvertibleTo(reflect.TypeFor[FieldError]()):
					if p.unread == nil {
						p.unread = index
					}
				case name == "-" && options == "" && f.Tag.Get("json") == "-":
				case f.Anonymous && name == "" && embedded.Kind() == reflect.Struct && (f.IsExported() || f.Type.Kind() == reflect.Struct):
					next = append(next, level{embedded, index})
				case f.IsExported():
					found = append(found, b.field(f, name, options, index))
				}
			}
		}
		p.add(found, hidden)
		now = next
	}
	for i := range p.fields {
		p.fold(i)
	}
}

func (b planner) field(f reflect.StructField, name, options string, index []int) field {
	_, more, _ := strings.Cut(f.Tag.Get("wire"), ",")
	made := field{
		name: name, index: index, plan: b.plan(f.Type), tagged: name != "",
		quoted: slices.Contains(strings.Split(options, ","), "string"), asJSON: more == "json",
	}
	if name == "" {
		made.name = f.Name
	}
	return made
}

// add takes the fields of one depth that no other hides.
func (p *plan) add(found []field, hidden map[string]bool) {
	counts := map[string][2]int{} // without and with a tag
	for _, f := range found {
		n := counts[f.name]
		n[btoi(f.tagged)]++
		counts[f.name] = n
	}
	for _, f := range found {
		n := counts[f.name]
		if n[1] > 1 || n[1] == 1 && !f.tagged || n[1] == 0 && n[0] > 1 {
			continue
		}
		if hidden[f.name] {
			continue
		}
		p.names[f.name] = match{len(p.fields), rankExact}
		p.fields = append(p.fields, f)
	}
	for _, f := range found {
		hidden[f.name] = true
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fold enters a field under its other names. Of two fields that fold alike the
// first one has it, as in encoding/json.
func (p *plan) fold(i int) {
	f := &p.fields[i]
	p.enter(f.name, match{i, rankFolded})
	others, _, _ := strings.Cut(p.typ.FieldByIndex(f.index).Tag.Get("wire"), ",")
	for other := range strings.FieldsSeq(others) {
		p.enter(other, match{i, rankOther})
	}
}

func (p *plan) enter(name string, m match) {
	key := string(foldInto(nil, []byte(name)))
	if old, taken := p.folded[key]; !taken || old.rank < m.rank {
		p.folded[key] = m
	}
}

// foldInto appends name without case and underscores. The two letters beyond
// ASCII that fold to one of ASCII do, as in encoding/json.
func foldInto(dst, name []byte) []byte {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '_':
		case 'A' <= c && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		case bytes.HasPrefix(name[i:], []byte("\u212a")): // Kelvin
			dst = append(dst, 'k')
			i += len("\u212a") - 1
		case bytes.HasPrefix(name[i:], []byte("\u017f")): // long s
			dst = append(dst, 's')
			i += len("\u017f") - 1
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// lookup finds the field for a member.
func (p *plan) lookup(name []byte) (match, bool) {
	if m, ok := p.names[string(name)]; ok {
		return m, true
	}
	if len(name) > maxName {
		return match{}, false
	}
	var folded [maxName]byte
	m, ok := p.folded[string(foldInto(folded[:0], name))]
	return m, ok
}

const maxName = 64 // longer names are none of the vendor's

// at is the field within v, with what pointers on the way need.
func (f *field) at(v reflect.Value) reflect.Value {
	if len(f.index) == 1 {
		return v.Field(f.index[0])
	}
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}
