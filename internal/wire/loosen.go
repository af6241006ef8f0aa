package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Loosen rewrites a JSON document so that it decodes into a value of type t
// although DingTalk wrote some of it differently from what it documents: numbers
// and booleans as text and the other way round, a list or an object as JSON in
// text, a list of texts or an option {key, value} where
// one text is documented, one object in place of a list of one, times in any of its formats, and
// names in the older gateway's snake_case. What has no place in t, or no
// sensible conversion, stays as it is.
//
// It is the slow way for the replies that need it; encoding/json comes first.
func Loosen(data []byte, t reflect.Type, parseTime func(string) (time.Time, error)) ([]byte, error) {
	value, err := decodeAny(data)
	if err != nil {
		return nil, err
	}
	return json.Marshal(loosener{parseTime}.value(value, t))
}

func decodeAny(data []byte) (any, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // an ID above 2^53 keeps its digits
	err := decoder.Decode(&value)
	return value, err
}

type loosener struct {
	parseTime func(string) (time.Time, error)
}

func (l loosener) value(v any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case v == nil:
		return nil
	case t == reflect.TypeFor[time.Time]():
		return l.time(v)
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return v
	}
	switch t.Kind() {
	case reflect.String:
		return asText(v)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return asNumber(v)
	case reflect.Bool:
		return asBool(v)
	case reflect.Slice:
		return l.list(v, t.Elem())
	case reflect.Map:
		return l.object(v, func(string) (string, reflect.Type) { return "", t.Elem() })
	case reflect.Struct:
		return l.object(v, func(name string) (string, reflect.Type) { return fieldFor(t, name) })
	default:
		return v
	}
}

func (l loosener) time(v any) any {
	text, ok := asText(v).(string)
	if !ok {
		return v
	}
	parsed, err := l.parseTime(text)
	if err != nil {
		return v // encoding/json will say what it does not like
	}
	return parsed
}

func (l loosener) list(v any, element reflect.Type) any {
	v, empty := unpack(v)
	if empty {
		return nil
	}
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	for i := range items {
		items[i] = l.value(items[i], element)
	}
	return items
}

// object rewrites the members that field knows, under the name it gives.
func (l loosener) object(v any, field func(name string) (string, reflect.Type)) any {
	v, empty := unpack(v)
	if empty {
		return nil
	}
	members, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := make(map[string]any, len(members))
	for name, member := range members {
		known, t := field(name)
		if t != nil {
			member = l.value(member, t)
		}
		if known != "" {
			name = known
		}
		out[name] = member
	}
	return out
}

// unpack reads JSON in text; empty reports text that is.
func unpack(v any) (_ any, empty bool) {
	text, ok := v.(string)
	if !ok {
		return v, false
	}
	if strings.TrimSpace(text) == "" {
		return nil, true
	}
	if inner, err := decodeAny([]byte(text)); err == nil {
		return inner, false
	}
	return v, false
}

// fieldFor finds the field of struct t for a member, whatever case and
// underscores its name has.
func fieldFor(t reflect.Type, name string) (string, reflect.Type) {
	name = plainName(name)
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || tag == "-" || (f.Anonymous && tag == "") {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		if plainName(tag) == name {
			if strings.HasSuffix(f.Tag.Get("json"), ",string") {
				return tag, reflect.TypeFor[string]()
			}
			return tag, f.Type
		}
	}
	return "", nil
}

func plainName(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}

func asText(v any) any {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any: // two labels of one component
		for _, item := range v {
			if _, ok := item.(string); !ok {
				return v
			}
		}
		if text, err := json.Marshal(v); err == nil && len(v) > 1 {
			return string(text)
		}
	case map[string]any:
		if _, isOption := v["value"].(string); !isOption {
			return v
		}
		if text, err := json.Marshal(v); err == nil {
			return string(text)
		}
	}
	return v
}

func asNumber(v any) any {
	text, ok := v.(string)
	if !ok {
		return v
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil || !json.Valid([]byte(text)) {
		return v
	}
	return json.Number(text)
}

func asBool(v any) any {
	switch text := strings.ToLower(strings.TrimSpace(toText(v))); text {
	case "true", "1", "y", "yes":
		return true
	case "false", "0", "n", "no", "":
		return false
	}
	return v
}

func toText(v any) string {
	text, _ := asText(v).(string)
	return text
}
