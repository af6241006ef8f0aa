package spec

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// Adapt rewrites a request of the older gateway in the documented JSON types,
// as that gateway does before it looks at it: its parameters are texts by
// origin, and the vendor's samples and SDKs send numbers and booleans as text,
// lists and objects as JSON text or joined by commas, and the other way round
// arrays where a text is documented (pages 1515, 1516, 1522, 1536, 1554 of the
// server API). What cannot be meant for the documented type stays as it is,
// for [Operation.Check] to report. A body that is no JSON object stays, too.
func (o Operation) Adapt(body []byte) []byte {
	if o.Host != HostOlder || len(o.Body) == 0 {
		return body
	}
	object, ok := rawObject(body)
	if !ok {
		return body
	}
	adaptMembers(o.Body, object)
	return marshal(object)
}

// FormBody is the JSON body that says what a form-encoded one does: the fields
// that the operation takes in its body, as texts. Empty fields are left out
// unless the field is a text.
func (o Operation) FormBody(form url.Values) []byte {
	object := map[string]json.RawMessage{}
	for _, f := range o.Body {
		values, given := form[f.Name]
		if !given || values[0] == "" && f.Type != "string" {
			continue
		}
		object[f.Name] = marshal(values[0])
	}
	return o.Adapt(marshal(object))
}

func rawObject(data []byte) (map[string]json.RawMessage, bool) {
	var object map[string]json.RawMessage
	err := json.Unmarshal(data, &object)
	return object, err == nil && object != nil
}

func rawArray(data []byte) ([]json.RawMessage, bool) {
	var array []json.RawMessage
	err := json.Unmarshal(data, &array)
	return array, err == nil && array != nil
}

func adaptMembers(fields []Field, object map[string]json.RawMessage) {
	for _, f := range fields {
		if value, ok := object[f.Name]; ok {
			object[f.Name] = adapt(f, value)
		}
	}
}

func adapt(f Field, value json.RawMessage) json.RawMessage {
	value = bytes.TrimSpace(value)
	switch {
	case string(value) == "null":
		return value
	case f.Type == "string":
		return asText(value)
	case f.Type == "int32", f.Type == "int64":
		return asNumber(value)
	case f.Type == "bool":
		return asBool(value)
	case strings.HasPrefix(f.Type, "array<"):
		return asArray(f, value)
	case f.Type == "object":
		return asObject(f, value)
	}
	return value
}

// asText writes what is no text as its JSON.
func asText(value json.RawMessage) json.RawMessage {
	if value[0] == '"' {
		return value
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil {
		return value
	}
	return marshal(compact.String())
}

func asNumber(value json.RawMessage) json.RawMessage {
	text, ok := textOf(value)
	if !ok {
		return value
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		return value
	}
	return json.RawMessage(strings.TrimPrefix(text, "+"))
}

func asBool(value json.RawMessage) json.RawMessage {
	if text, _ := textOf(value); text == "true" || text == "false" {
		return json.RawMessage(text)
	}
	return value
}

// asArray reads a list that comes as JSON text or, when it is one of simple
// values, joined by commas.
func asArray(f Field, value json.RawMessage) json.RawMessage {
	item := f
	item.Type, item.AltType = elementType(f.Type), ""
	if text, ok := textOf(value); ok {
		if _, isArray := rawArray([]byte(text)); isArray {
			value = json.RawMessage(text)
		} else if item.Type == "string" || item.Type == "int64" || item.Type == "int32" {
			value = marshal(strings.Split(text, ","))
		}
	}
	if object, ok := rawObject(value); ok { // where [Field.AltType] allows one alone
		adaptMembers(f.Fields, object)
		return marshal(object)
	}
	items, ok := rawArray(value)
	if !ok {
		return value
	}
	for i := range items {
		items[i] = adapt(item, items[i])
	}
	return marshal(items)
}

func asObject(f Field, value json.RawMessage) json.RawMessage {
	if text, ok := textOf(value); ok {
		if _, isObject := rawObject([]byte(text)); isObject {
			value = json.RawMessage(text)
		}
	}
	object, ok := rawObject(value)
	if !ok {
		return value
	}
	adaptMembers(f.Fields, object)
	return marshal(object)
}

func textOf(value json.RawMessage) (text string, ok bool) {
	if value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return "", false
	}
	return strings.TrimSpace(text), true
}

// marshal writes JSON without escaping for HTML.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil // texts and JSON that was read: cannot happen
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
