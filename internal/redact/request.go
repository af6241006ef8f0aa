package redact

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strings"
)

// Requests print as their type and the ids in them, not with what forms and
// comments say. Their JSON is what is sent, content and all.

// Format writes a request, for a fmt.Formatter of every verb.
func Format(f fmt.State, request any) { _, _ = io.WriteString(f, describe(request)) }

// Value is the same for log/slog.
func Value(request any) slog.Value { return slog.StringValue(describe(request)) }

// maxID is the longest id that is printed whole, in bytes.
const maxID = 128

func describe(request any) string {
	v := reflect.ValueOf(request)
	t := v.Type()
	var ids []string
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() || v.Field(i).IsZero() || !isID(field) {
			continue
		}
		ids = append(ids, Text(fmt.Sprintf("%s %v", field.Name, v.Field(i).Interface()), maxID))
	}
	return t.Name() + "(" + strings.Join(ids, ", ") + ")"
}

// isID reports whether a field is a name for something, such as ProcessCode or
// UserIDs, and not what somebody wrote.
func isID(field reflect.StructField) bool {
	name := strings.TrimSuffix(field.Name, "s")
	if !strings.HasSuffix(name, "ID") && !strings.HasSuffix(name, "Code") {
		return false
	}
	t := field.Type
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.String || t.Kind() == reflect.Int64
}
