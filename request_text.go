package dingoa

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/dingoa/dingoa/form"
)

// checkText refuses a request with text that is not UTF-8, by the names of its fields:
// JSON cannot hold it, and the service would get other text than was meant. sent is the
// request as JSON, which has the replacement character then; with its new engine (jsonv2)
// encoding/json does not escape it.
func (c *call) checkText(in any, sent []byte) error {
	isDoubtful := bytes.Contains(sent, []byte(`\ufffd`)) || bytes.Contains(sent, []byte("\ufffd"))
	for _, values := range c.query {
		for _, value := range values {
			isDoubtful = isDoubtful || !utf8.ValidString(value)
		}
	}
	if !isDoubtful {
		return nil
	}
	var p problems
	p.text("", reflect.ValueOf(in))
	return p.err(c.op)
}

// text adds what is not UTF-8 in a request; field is the way to v.
func (p *problems) text(field string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			p.Add(field, "is not valid UTF-8: other text would be sent")
		}
	case reflect.Pointer, reflect.Interface:
		p.text(field, v.Elem())
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 { // bytes, or JSON
			return
		}
		for i := range v.Len() {
			p.text(fmt.Sprintf("%s[%d]", field, i), v.Index(i))
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			p.text(field+" key", entries.Key())
			p.text(fmt.Sprintf("%s[%q]", field, fmt.Sprint(entries.Key())), entries.Value())
		}
	case reflect.Struct:
		p.structText(field, v)
	default: // no text
	}
}

func (p *problems) structText(field string, v reflect.Value) {
	label := ""
	if value, ok := reflect.TypeAssert[form.Value](v); ok && value.Name != "" && utf8.ValidString(value.Name) {
		label = " (" + value.Name + ")"
	}
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		switch {
		case !sf.IsExported() && !sf.Anonymous:
			continue
		case sf.Anonymous:
			p.text(field, v.Field(i))
		default:
			before := len(p.Found)
			p.text(strings.TrimPrefix(field+"."+sf.Name, "."), v.Field(i))
			for n := range p.Found[before:] {
				p.Found[before+n].Field += label
			}
		}
	}
}
