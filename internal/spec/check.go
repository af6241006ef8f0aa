package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// FieldError is one thing that is wrong with a request or response.
type FieldError struct {
	// Field is the JSON name with the way to it, such as
	// "formComponentValues[2].value"; "body" when it is no JSON object.
	Field string
	// Problem says what is wrong and what is allowed.
	Problem string
}

// String is both parts.
func (e FieldError) String() string { return e.Field + " " + e.Problem }

// Problems of fields that have no further detail.
const (
	ProblemRequired = "is required"
	ProblemUnknown  = "unknown field"
)

// Check reports everything in a request that the vendor's page rules out:
// required fields that are missing, wrong JSON types, values over a limit or
// outside an enumeration. An empty body counts as {}; null counts as missing.
// Fields that are not in the table are no error here: see [Operation.Unknown].
func (o Operation) Check(query url.Values, body []byte) []FieldError {
	var c checker
	for _, f := range o.Query {
		c.parameter(f, query[f.Name])
	}
	c.body(o.Body, body)
	return c.problems
}

// Unknown reports the fields of a request that the table does not have. The
// older gateway's access_token is known everywhere.
func (o Operation) Unknown(query url.Values, body []byte) []FieldError {
	var c checker
	for _, name := range slices.Sorted(maps.Keys(query)) {
		isToken := o.Host == HostOlder && name == "access_token"
		if !isToken && !slices.ContainsFunc(o.Query, func(f Field) bool { return f.Name == name }) {
			c.report(visible(name), ProblemUnknown)
		}
	}
	if object, err := decodeObject(body); err == nil {
		c.unknown("", o.Body, object)
	}
	return c.problems
}

// CheckResponse is [Operation.Check] for a response body.
func (o Operation) CheckResponse(body []byte) []FieldError {
	var c checker
	c.body(o.Response, body)
	return c.problems
}

// UnknownResponse is [Operation.Unknown] for a response body.
func (o Operation) UnknownResponse(body []byte) []FieldError {
	var c checker
	if object, err := decodeObject(body); err == nil {
		c.unknown("", o.Response, object)
	}
	return c.problems
}

type checker struct{ problems []FieldError }

func (c *checker) report(field, problem string, args ...any) {
	if len(args) > 0 {
		problem = fmt.Sprintf(problem, args...)
	}
	c.problems = append(c.problems, FieldError{field, problem})
}

func (c *checker) body(fields []Field, body []byte) {
	object, err := decodeObject(body)
	if err != nil {
		c.report("body", "%v", err)
		return
	}
	c.members("", fields, object)
}

// decodeObject keeps numbers as they are written.
func decodeObject(body []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("has something after the JSON object")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("must be a JSON object, not %s", jsonKind(value))
	}
	return object, nil
}

func (c *checker) members(prefix string, fields []Field, object map[string]any) {
	for _, f := range fields {
		name := prefix + f.Name
		value := object[f.Name]
		switch {
		case value != nil:
			c.value(name, f, value)
		case f.Required:
			c.report(name, ProblemRequired)
		}
	}
}

// value checks one JSON value that is not null.
func (c *checker) value(name string, f Field, value any) {
	if f.AltType != "" && !hasType(f.Type, value) && hasType(f.AltType, value) {
		if f.AltType == "string" && isInteger(f.Type) {
			c.numberText(name, f, value)
			return
		}
		f.Type = f.AltType
	}
	if !hasType(f.Type, value) {
		c.report(name, "must be %s, not %s", typeInWords(f.Type), jsonKind(value))
		return
	}
	switch v := value.(type) {
	case string:
		c.text(name, f, v)
	case json.Number:
		c.number(name, f, v.String())
	case bool:
		c.enum(name, f, strconv.FormatBool(v))
	case []any:
		c.array(name, f, v)
	case map[string]any:
		c.object(name, f, v)
	}
}

// numberText checks a number that arrived as text, where that is allowed.
func (c *checker) numberText(name string, f Field, value any) {
	text := value.(string) //nolint:errcheck // its type was just checked
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		c.report(name, "must be %s, or one as text, not %q", typeInWords(f.Type), abbreviate(text))
		return
	}
	c.number(name, f, text)
}

func (c *checker) text(name string, f Field, text string) {
	c.enum(name, f, text)
	c.length(name, text, f.MinLen, f.MaxLen)
	if n := strings.Count(text, ",") + 1; f.MaxItems > 0 && n > f.MaxItems { // a list joined by commas
		c.report(name, "has %d items, at most %d are allowed", n, f.MaxItems)
	}
}

func (c *checker) length(name, text string, atLeast, atMost int) {
	n := utf8.RuneCountInString(text)
	switch {
	case n < atLeast:
		c.report(name, "has %d characters, at least %d are needed", n, atLeast)
	case atMost > 0 && n > atMost:
		c.report(name, "has %d characters, at most %d are allowed", n, atMost)
	}
}

func (c *checker) number(name string, f Field, text string) {
	c.enum(name, f, text)
	bits := 64
	if f.Type == "int32" {
		bits = 32
	}
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		c.report(name, "must be an integer of %d bits, not %s", bits, abbreviate(text))
		return
	}
	switch {
	case f.Min != nil && n < *f.Min:
		c.report(name, "must be at least %d, not %d", *f.Min, n)
	case f.Max != nil && n > *f.Max:
		c.report(name, "must be at most %d, not %d", *f.Max, n)
	}
}

func (c *checker) enum(name string, f Field, text string) {
	if len(f.Enum) > 0 && !slices.Contains(f.Enum, text) {
		c.report(name, "must be one of %s, not %q", strings.Join(f.Enum, ", "), abbreviate(text))
	}
}

func (c *checker) array(name string, f Field, items []any) {
	if f.MaxItems > 0 && len(items) > f.MaxItems {
		c.report(name, "has %d items, at most %d are allowed", len(items), f.MaxItems)
	}
	item := f
	item.Type, item.AltType = elementType(f.Type), ""
	item.MinLen, item.MaxLen, item.MaxItems = 0, f.ItemMaxLen, 0
	for i, value := range items {
		at := fmt.Sprintf("%s[%d]", name, i)
		if value == nil {
			c.report(at, "must be %s, not null", typeInWords(item.Type))
			continue
		}
		c.value(at, item, value)
	}
}

func (c *checker) object(name string, f Field, object map[string]any) {
	if !strings.HasPrefix(f.Type, "map<") {
		c.members(name+".", f.Fields, object)
		return
	}
	item := Field{Type: elementType(f.Type), Fields: f.Fields}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if value := object[key]; value != nil {
			c.value(name+"."+key, item, value)
		}
	}
}

// parameter checks a query parameter, which is always text.
func (c *checker) parameter(f Field, values []string) {
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		if f.Required {
			c.report(f.Name, ProblemRequired)
		}
		return
	}
	if strings.HasPrefix(f.Type, "array<") {
		if f.MaxItems > 0 && len(values) > f.MaxItems {
			c.report(f.Name, "has %d items, at most %d are allowed", len(values), f.MaxItems)
		}
		return
	}
	text := values[0]
	switch f.Type {
	case "int32", "int64":
		c.number(f.Name, f, text)
	case "bool":
		if text != "true" && text != "false" {
			c.report(f.Name, "must be true or false, not %q", abbreviate(text))
		}
	default:
		c.text(f.Name, f, text)
	}
}

func (c *checker) unknown(prefix string, fields []Field, object map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		name := prefix + visible(key)
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == key })
		if i < 0 {
			c.report(name, ProblemUnknown)
			continue
		}
		c.unknownIn(name, fields[i], object[key])
	}
}

func (c *checker) unknownIn(name string, f Field, value any) {
	if len(f.Fields) == 0 {
		return // nobody says what is in it
	}
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			c.unknownIn(fmt.Sprintf("%s[%d]", name, i), f, item)
		}
	case map[string]any:
		if !strings.HasPrefix(f.Type, "map<") {
			c.unknown(name+".", f.Fields, v)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			c.unknownIn(name+"."+key, Field{Type: elementType(f.Type), Fields: f.Fields}, v[key])
		}
	}
}

// hasType reports whether a JSON value is of that type; of a number it does not
// look at the digits.
func hasType(typeName string, value any) bool {
	switch v := value.(type) {
	case string:
		return typeName == "string" || typeName == "any"
	case json.Number:
		return typeName == "int32" || typeName == "int64" || typeName == "any"
	case bool:
		return typeName == "bool" || typeName == "any"
	case []any:
		return strings.HasPrefix(typeName, "array<") || typeName == "any"
	case map[string]any:
		return typeName == "object" || strings.HasPrefix(typeName, "map<") || typeName == "any"
	default:
		return v == nil
	}
}

func isInteger(typeName string) bool { return typeName == "int32" || typeName == "int64" }

// elementType is T of array<T> and map<string,T>.
func elementType(typeName string) string {
	element := strings.TrimSuffix(typeName, ">")
	if t, ok := strings.CutPrefix(element, "array<"); ok {
		return t
	}
	return strings.TrimPrefix(element, "map<string,")
}

func typeInWords(typeName string) string {
	switch {
	case isInteger(typeName):
		return "an integer"
	case strings.HasPrefix(typeName, "array<"):
		return "an array"
	case strings.HasPrefix(typeName, "map<"), typeName == "object":
		return "an object"
	}
	return "a " + typeName
}

func jsonKind(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "a bool"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return "null"
}

// visible is a name that a request made up, which may be empty.
func visible(name string) string {
	if name == "" {
		return `""`
	}
	return name
}

// abbreviate keeps messages short; what a request holds may be long.
func abbreviate(text string) string {
	const longest = 40
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	return string(runes[:longest]) + "…"
}
