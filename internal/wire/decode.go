package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
)

// Decoded says what came of [Unmarshal].
type Decoded struct {
	// Unread are the fields that could not be read, at most 100: those that a
	// struct around them has taken into its field Unread, and the Refused.
	Unread []FieldError
	// Refused are those that no struct has taken.
	Refused []FieldError
	// Members is how many members the outermost object has, Known how many of
	// them the value has a field for, and Beside the status.
	Members, Known, Beside int
}

// Unmarshal decodes JSON into the value that v points to. It takes what
// encoding/json takes, by the same tags, and the ways in which DingTalk's
// replies differ from their documentation:
//
//   - names in another case, or with underscores. Second names stand in a tag:
//     `json:"status" wire:"task_status state"`. An exact name goes before one
//     that differs, that before a second one, and something before nothing.
//   - text where a number or boolean is documented ("12", "true", "Y", "1") and
//     the other way round; a number keeps its digits as text
//   - a list or object as JSON in text; one item in place of a list; a list of
//     texts or numbers as text with commas; empty text for nothing at all
//   - a time in any format, see [ParseTime]
//   - a list of texts or an option {key, value} where one text is documented;
//     with the tag `wire:",json"` any JSON: the text is then that JSON
//
// A value that fits in none of these ways leaves its field zero, and is left out
// of a list; the rest is decoded. A struct around it that has a field Unread, a
// list of [FieldError] or of a type like it, takes the error. The error is not
// nil when data is not JSON at all, or v no pointer.
//
// status, if there is one, points to a struct that is decoded from the outermost
// object as well, at once and without reporting what does not fit.
func Unmarshal(data []byte, v, status any) (Decoded, error) {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return Decoded{}, errors.New("the target is no pointer")
	}
	d := decoders.Get().(*decoder) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	defer d.release()
	d.data = data
	if status != nil {
		d.beside = reflect.ValueOf(status).Elem()
	}
	d.sinks = append(d.sinks, sink{})
	p := planOf(target.Type().Elem())
	if _, err := d.value(p, target.Elem()); err != nil {
		return d.Decoded, err
	}
	if err := d.end(); err != nil {
		return d.Decoded, err
	}
	if d.pos = 0; d.beside.IsValid() && d.next() == '{' { // decoded elsewhere
		if err := d.object(planOf(reflect.TypeFor[struct{}]()), reflect.ValueOf(new(struct{})).Elem()); err != nil {
			return d.Decoded, err
		}
		d.Known = d.Members
	}
	return d.Decoded, nil
}

//nolint:gochecknoglobals // a pool has no state that a caller could see
var decoders = sync.Pool{New: func() any { return &decoder{lists: map[*plan][]reflect.Value{}} }}

type decoder struct {
	scanner
	Decoded

	beside reflect.Value // the status, until the outermost object has begun
	path   []step
	sinks  []sink
	texts  [256]string // seen, so that repeated ones share their memory
	lists  map[*plan][]reflect.Value
	spent  int // bytes that the items of lists take
}

// step is one part of the way to a field.
type step struct {
	name  string
	index int
}

// sink takes the errors beneath a struct; the outermost takes what is refused.
type sink struct {
	list  reflect.Value
	depth int // of the path
}

// release empties d but for memory of moderate size.
func (d *decoder) release() {
	clear(d.path[:cap(d.path)])
	clear(d.sinks[:cap(d.sinks)])
	clear(d.texts[:])
	buf := d.buf
	if cap(buf) > 1<<16 {
		buf = nil
	}
	clear(buf[:cap(buf)])
	d.scanner, d.Decoded, d.beside = scanner{buf: buf}, Decoded{}, reflect.Value{}
	d.path, d.sinks, d.spent = d.path[:0], d.sinks[:0], 0
	decoders.Put(d)
}

// value decodes the next value into v. It is not ok when the value itself does
// not fit; v is zero then, and the error noted.
func (d *decoder) value(p *plan, v reflect.Value) (ok bool, err error) {
	c := d.next()
	switch {
	case c == 0:
		return false, d.syntax()
	case c == 'n' && p.kind != kindCustom && p.kind != kindForeign:
		_, err := d.literal()
		if err == nil && (p.kind == kindPointer || p.kind == kindList || p.kind == kindMap || p.kind == kindRaw) {
			v.SetZero()
			if p.kind == kindRaw {
				v.SetBytes([]byte("null"))
			}
		}
		return true, err
	}
	switch p.kind {
	case kindPointer:
		return d.pointer(p, v, c)
	case kindStruct:
		if c == '{' {
			return true, d.object(p, v)
		}
		return d.nested(p, v, c)
	case kindList:
		if c == '[' {
			return true, d.list(p, v)
		}
		return d.nested(p, v, c)
	case kindMap:
		if c == '{' {
			return true, d.mapping(p, v)
		}
		return d.nested(p, v, c)
	case kindRaw, kindCustom, kindForeign:
		return d.foreign(p, v)
	}
	return d.scalar(p, v, c)
}

func (d *decoder) pointer(p *plan, v reflect.Value, c byte) (bool, error) {
	if c == '"' && emptyIsNone(p.elem.kind) && bytes.HasPrefix(d.data[d.pos:], []byte(`""`)) {
		d.pos += 2
		v.SetZero()
		return true, nil
	}
	if v.IsNil() {
		v.Set(reflect.New(p.elem.typ))
	}
	ok, err := d.value(p.elem, v.Elem())
	if !ok {
		v.SetZero()
	}
	return ok, err
}

// emptyIsNone reports the kinds of which an empty text is no value.
func emptyIsNone(k kind) bool {
	switch k {
	case kindInt, kindUint, kindFloat, kindTime, kindList, kindMap, kindStruct:
		return true
	}
	return false
}

// foreign leaves a value to its own UnmarshalJSON, or to encoding/json.
func (d *decoder) foreign(p *plan, v reflect.Value) (ok bool, err error) {
	raw, err := d.skip()
	if err != nil {
		return false, err
	}
	switch p.kind {
	case kindRaw:
		v.SetBytes(bytes.Clone(raw))
		return true, nil
	case kindCustom:
		ok = v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw) == nil //nolint:forcetypeassert,errcheck // kindOf checked it
	default:
		ok = json.Unmarshal(raw, v.Addr().Interface()) == nil
	}
	if !ok {
		v.SetZero()
		d.refuse(p, raw[0])
	}
	return ok, nil
}

// nested decodes what a text holds, or one item in place of a list.
func (d *decoder) nested(p *plan, v reflect.Value, c byte) (bool, error) {
	if c != '"' {
		if p.kind == kindList {
			return d.single(p, v)
		}
		_, err := d.skip()
		d.refuse(p, c)
		return false, err
	}
	start := d.pos
	content, err := d.text()
	if err != nil {
		return false, err
	}
	content = bytes.TrimSpace(content)
	if len(content) == 0 {
		if p.kind != kindStruct {
			v.SetZero()
		}
		return true, nil
	}
	if first := content[0]; first == '{' || first == '[' || first == '"' || string(content) == "null" {
		if ok, done := d.within(p, v, bytes.Clone(content)); done {
			return ok, nil
		}
	}
	if p.kind != kindList {
		d.refuse(p, c)
		return false, nil
	}
	if scalarKind(p.elem.kind) {
		return d.commas(p, v, bytes.Clone(content))
	}
	d.pos = start
	return d.single(p, v)
}

func scalarKind(k kind) bool { return k >= kindText && k <= kindFloat }

// within decodes JSON in text; not done when it is none.
func (d *decoder) within(p *plan, v reflect.Value, content []byte) (ok, done bool) {
	outer, noted := d.scanner, d.noted()
	outerPath, outerSinks := len(d.path), len(d.sinks)
	d.scanner = scanner{data: content, depth: outer.depth + 1, buf: outer.buf}
	ok, err := d.value(p, v)
	if err == nil {
		err = d.end()
	}
	outer.buf = d.buf
	d.scanner = outer
	d.path, d.sinks = d.path[:outerPath], d.sinks[:outerSinks]
	if err != nil {
		v.SetZero()
		d.forget(noted)
		return false, false
	}
	return ok, true
}

func (d *decoder) mapping(p *plan, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(p.typ))
	}
	outermost := d.beside.IsValid()
	beside := d.beside
	d.beside = reflect.Value{}
	d.path = append(d.path, step{name: "*"}) // a name may be private
	defer func() { d.path = d.path[:len(d.path)-1] }()
	for first := true; ; first = false {
		more, err := d.more(first, '}')
		if err != nil || !more {
			return err
		}
		name, err := d.key()
		if err != nil {
			return err
		}
		key := string(name)
		if outermost {
			d.Members++
			d.Known++
			if err := d.alsoBeside(beside, name); err != nil {
				return err
			}
		}
		item := reflect.New(p.elem.typ).Elem()
		ok, err := d.value(p.elem, item)
		if err != nil {
			return err
		}
		if ok {
			v.SetMapIndex(reflect.ValueOf(key).Convert(p.typ.Key()), item)
		}
	}
}

func (d *decoder) object(p *plan, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	if p.unread != nil {
		list := v.FieldByIndex(p.unread)
		list.SetZero()
		d.sinks = append(d.sinks, sink{list, len(d.path)})
		defer func() { d.sinks = d.sinks[:len(d.sinks)-1] }()
	}
	outermost := d.beside.IsValid()
	beside := d.beside
	d.beside = reflect.Value{}
	var few [48]uint8
	ranks := few[:]
	if len(p.fields) > len(few) {
		ranks = make([]uint8, len(p.fields))
	}
	for first := true; ; first = false {
		more, err := d.more(first, '}')
		if err != nil || !more {
			return err
		}
		name, err := d.key()
		if err != nil {
			return err
		}
		m, known := p.lookup(name)
		if outermost {
			d.Members++
			d.Known += btoi(known)
			if err := d.alsoBeside(beside, name); err != nil {
				return err
			}
		}
		if !known {
			if err := d.skipValue(d.next()); err != nil {
				return err
			}
			continue
		}
		if err := d.member(&p.fields[m.field], v, &ranks[m.field], m.rank); err != nil {
			return err
		}
	}
}

// member decodes one member, unless what the field has already goes before it.
func (d *decoder) member(f *field, v reflect.Value, had *uint8, rank uint8) error {
	target := f.at(v)
	c := d.next()
	switch {
	case *had == 0:
	case rank < *had && !target.IsZero(), rank > *had && d.nothing():
		return d.skipValue(c)
	default:
		target.SetZero()
	}
	*had = max(*had, rank)
	d.path = append(d.path, step{name: f.name})
	var err error
	switch {
	case f.asJSON && c != '"' && c != 'n' && c != 0:
		var raw []byte
		if raw, err = d.skip(); err == nil {
			target.SetString(compact(raw))
		}
	case f.quoted && f.plan.kind == kindText && c == '"':
		err = d.twiceQuoted(f.plan, target)
	default:
		_, err = d.value(f.plan, target)
	}
	d.path = d.path[:len(d.path)-1]
	return err
}

// nothing reports whether null or an empty text comes next.
func (d *decoder) nothing() bool {
	rest := d.data[d.pos:]
	return bytes.HasPrefix(rest, []byte("null")) || bytes.HasPrefix(rest, []byte(`""`))
}

// alsoBeside decodes a member of the outermost object into the status, too. It
// returns to the beginning of the value.
func (d *decoder) alsoBeside(status reflect.Value, name []byte) error {
	p := planOf(status.Type())
	m, known := p.lookup(name)
	if !known {
		return nil
	}
	d.Beside++
	start, noted := d.pos, d.noted()
	had := uint8(0)
	if !p.fields[m.field].at(status).IsZero() {
		had = rankFolded // the first one counts
	}
	err := d.member(&p.fields[m.field], status, &had, m.rank)
	d.pos = start
	d.forget(noted)
	return err
}

// string is a text, which shares its memory with an equal one before it.
func (d *decoder) string(b []byte) string {
	const longest = 128
	n := len(b)
	if n == 0 {
		return ""
	}
	if n > longest {
		return string(b)
	}
	h := uint64(n)
	if n >= 8 {
		h += binary.LittleEndian.Uint64(b) ^ binary.LittleEndian.Uint64(b[n-8:])*3
	} else {
		for _, c := range b {
			h = h<<8 | uint64(c)
		}
	}
	h *= 0x9e3779b97f4a7c15
	seen := &d.texts[h>>56]
	if *seen != string(b) {
		*seen = string(b)
	}
	return *seen
}

func compact(raw []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}
