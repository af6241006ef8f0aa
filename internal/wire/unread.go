package wire

import (
	"reflect"
	"strconv"
	"strings"
)

// FieldError is a field that could not be read. It has nothing of the value,
// which may be private.
type FieldError struct {
	// Field is the way to it, such as "tasks[2].createTime".
	Field string
	// Want is the expected value, Found the kind of JSON that was there.
	Want, Found string
}

// Error implements error.
func (e FieldError) Error() string { return e.Field + ": want " + e.Want + ", found " + e.Found }

// WantTime is [FieldError.Want] of a time.
const WantTime = "a time"

const maxUnread = 100

// refuse notes that the value at the current path, which began with c, is not
// what the plan wants.
func (d *decoder) refuse(p *plan, c byte) {
	if len(d.Unread) >= maxUnread {
		return
	}
	s := d.sinks[len(d.sinks)-1]
	e := FieldError{Field: pathText(d.path), Want: p.wants(), Found: found(c)}
	d.Unread = append(d.Unread, e)
	if !s.list.IsValid() {
		d.Refused = append(d.Refused, e)
		return
	}
	e.Field = pathText(d.path[s.depth:])
	s.list.Set(reflect.Append(s.list, reflect.ValueOf(e).Convert(s.list.Type().Elem())))
}

// notes are how many errors were noted, and where.
type notes struct{ unread, refused, taken int }

func (d *decoder) noted() notes {
	n := notes{len(d.Unread), len(d.Refused), 0}
	if s := d.sinks[len(d.sinks)-1]; s.list.IsValid() {
		n.taken = s.list.Len()
	}
	return n
}

// forget drops what was noted since.
func (d *decoder) forget(since notes) {
	d.Unread, d.Refused = d.Unread[:since.unread], d.Refused[:since.refused]
	if s := d.sinks[len(d.sinks)-1]; s.list.IsValid() && s.list.Len() > since.taken {
		s.list.SetLen(since.taken)
	}
}

func pathText(path []step) string {
	if len(path) == 0 {
		return "the whole"
	}
	var b strings.Builder
	for _, s := range path {
		if s.name == "" {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
	}
	return b.String()
}

func (p *plan) wants() string {
	switch p.kind {
	case kindText:
		return "text"
	case kindInt, kindUint:
		return "a whole number"
	case kindFloat:
		return "a number"
	case kindBool:
		return "true or false"
	case kindTime:
		return WantTime
	case kindPointer:
		return p.elem.wants()
	case kindList:
		return "a list"
	case kindMap, kindStruct:
		return "an object"
	}
	return "a " + p.typ.String()
}

// found names the kind of a JSON value by its first byte.
func found(c byte) string {
	switch c {
	case '"':
		return "text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
