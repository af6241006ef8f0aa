// Package fieldtest holds the Go types of operations against the table of fields,
// for the tests of the packages that send them.
package fieldtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/spec"
	"github.com/dingoa/dingoa/operation"
)

// Types are the Go types of an operation: what is handed to
// dingoa.Client.Call and what it decodes into. They are held against the field tree
// of the operation by JSON name and kind, both ways, and so are the older
// gateway's types against its twin.
type Types struct {
	// Op is the operation.
	Op operation.Operation
	// Request and Response are zero values, nil when there is nothing.
	Request, Response any
	// Shared reports that the response has types of other operations, which hold
	// more than this one answers.
	Shared bool
	// Except has the differences that are meant, with their reasons. The key is
	// the way to the field: "request.file.photos", "response.result.tasks.taskId",
	// "legacy request.…" and "legacy response.…". A difference in an object or
	// list covers what is in it. An exception without a difference fails.
	Except map[string]string
}

// Check returns what differs between the rows and the table, and the operations of
// the package whose files are in sources, without its tests, that have no row.
func Check(sources fs.FS, rows []Types) ([]string, error) {
	var problems, names []string
	for _, row := range rows {
		name := row.Op.Spec().Name
		if slices.Contains(names, name) {
			problems = append(problems, name+": twice")
		}
		names = append(names, name)
		for _, difference := range row.differences() {
			problems = append(problems, name+": "+difference)
		}
	}
	sent, err := sentBy(sources)
	for _, name := range sent {
		if !slices.Contains(names, name) {
			problems = append(problems, name+": has no row of types")
		}
	}
	return problems, err
}

// sentBy returns the operations that the methods of a package send.
func sentBy(sources fs.FS) ([]string, error) {
	files, err := fs.Glob(sources, "*.go")
	if err != nil {
		return nil, err
	}
	directive := regexp.MustCompile(`(?m)^//dingtalk:op (\S+) (\S+)$`)
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := fs.ReadFile(sources, file)
		if err != nil {
			return nil, err
		}
		for _, match := range directive.FindAllStringSubmatch(string(source), -1) {
			operation, _, ok := spec.Match(match[1], "", match[2])
			if !ok {
				return nil, fmt.Errorf("%s: %s: no such operation", file, match[0])
			}
			names = append(names, operation.ID)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("no method sends an operation")
	}
	return names, nil
}

func (o Types) differences() []string {
	operation, ok := spec.ByID(o.Op.Spec().Name)
	if !ok {
		return []string{"is not in the table"}
	}
	found := map[string]string{}
	request := fieldCheck{found: found}
	request.object("request", slices.Concat(operation.PathParams, operation.Query, operation.Body), typeOf(o.Request), nil)
	response := fieldCheck{found: found, reply: true, shared: o.Shared, legacy: operation.Host == spec.HostOlder}
	response.object("response", operation.Response, typeOf(o.Response), nil)

	if twin, ok := spec.ByID(operation.LegacyID); ok {
		legacy := o.Request
		if l, ok := legacy.(legacyRequester); ok {
			legacy = l.LegacyRequest()
		} else if l, ok := pointerTo(legacy).(legacyRequester); ok {
			legacy = l.LegacyRequest()
		}
		fields := slices.Concat(twin.PathParams, twin.Query, twin.Body)
		if inner, ok := unwrap(legacy); ok {
			i := slices.IndexFunc(fields, func(f spec.Field) bool { return f.Name == "request" })
			if i < 0 {
				return []string{"the older gateway takes no request member"}
			}
			legacy, fields = inner, fields[i].Fields
		}
		request.object("legacy request", fields, typeOf(legacy), nil)
		response.legacy, response.shared = true, true // with today's gateway
		response.object("legacy response", twin.Response, typeOf(o.Response), nil)
	}

	var problems []string
	for way, problem := range found {
		if _, meant := o.Except[way]; !meant {
			problems = append(problems, way+": "+problem)
		}
	}
	for way, reason := range o.Except {
		if reason == "" {
			problems = append(problems, way+": is an exception without a reason")
		}
		if _, differs := found[way]; !differs {
			problems = append(problems, way+": is an exception without a difference")
		}
	}
	slices.Sort(problems)
	return problems
}

type legacyRequester interface{ LegacyRequest() any }

// unwrap returns what the older gateway wants inside of "request".
func unwrap(v any) (any, bool) {
	t := typeOf(v)
	if t.Kind() != reflect.Struct || t.NumField() != 1 || t.Field(0).Tag.Get("json") != "request" {
		return nil, false
	}
	return reflect.Indirect(reflect.ValueOf(v)).Field(0).Interface(), true
}

func typeOf(v any) reflect.Type {
	if v == nil {
		return reflect.TypeFor[struct{}]()
	}
	return indirect(reflect.TypeOf(v))
}

func pointerTo(v any) any {
	if v == nil {
		return nil
	}
	return reflect.New(indirect(reflect.TypeOf(v))).Interface()
}

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// fieldCheck collects differences by the way to the field.
type fieldCheck struct {
	found map[string]string
	// reply allows what decoding absorbs.
	reply bool
	// shared allows members that the operation does not have.
	shared bool
	legacy bool
}

// name is compared as decoding does.
func (c *fieldCheck) name(name string) string {
	if c.legacy || c.reply {
		return strings.ToLower(strings.ReplaceAll(name, "_", ""))
	}
	return name
}

// wrapping are the members that say of a reply whether it is one; the reply
// types of many operations share them.
func wrapping(way, name string) bool {
	switch way {
	case "response":
		return slices.Contains([]string{"success", "result", "requestId", "errcode", "errmsg", "request_id"}, name) // the latter of the older gateway alone
	case "legacy response":
		return slices.Contains([]string{"success", "result", "errcode", "errmsg", "request_id", "sub_code", "sub_msg"}, name)
	}
	return false
}

// object compares the fields of an object with the members of a struct; outer
// are the structs around it.
func (c *fieldCheck) object(way string, fields []spec.Field, t reflect.Type, outer []reflect.Type) {
	members := map[string]member{}
	for name, m := range jsonMembers(t) {
		members[c.name(name)] = m
	}
	names := map[string]bool{}
	for _, m := range jsonMembers(t) {
		for _, other := range m.others {
			if name := c.name(other); c.reply && members[name].name == "" {
				members[name] = m
			}
		}
	}
	known := map[string]bool{}
	for _, f := range fields {
		known[c.name(f.Name)] = true
		m, ok := members[c.name(f.Name)]
		names[m.name] = true
		switch {
		case ok:
			c.field(way+"."+f.Name, f, m, append(slices.Clone(outer), t))
		case !wrapping(way, f.Name) || f.Name == "result":
			c.found[way+"."+f.Name] = "is not in " + t.String()
		}
	}
	if repeated(append(slices.Clone(outer), t)) {
		return // a component within a component: the table has less of it, and ends somewhere
	}
	for _, m := range members {
		if known[c.name(m.name)] || names[m.name] || wrapping(way, m.name) || c.shared {
			continue
		}
		c.found[way+"."+m.name] = "is only in " + t.String()
	}
}

// repeated reports whether a type is within itself.
func repeated(types []reflect.Type) bool {
	for i, t := range types {
		if slices.Contains(types[:i], t) {
			return true
		}
	}
	return false
}

// element returns the element type of a list or map.
func element(t reflect.Type) reflect.Type {
	t = indirect(t)
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		return indirect(t.Elem())
	}
	return t
}

func (c *fieldCheck) field(way string, f spec.Field, m member, outer []reflect.Type) {
	if problem := c.kind(f.Type, m.kind, m.asText); problem != "" && (f.AltType == "" || c.kind(f.AltType, m.kind, m.asText) != "") {
		c.found[way] = problem
		return
	}
	if e := element(m.kind); e.Kind() == reflect.Struct && len(f.Fields) > 0 && !isTime(e) {
		c.object(way, f.Fields, e, outer)
	}
}

// isTime reports the struct that stands for one value.
func isTime(t reflect.Type) bool { return t == reflect.TypeFor[time.Time]() }

// kind compares a type of the table with a Go type.
func (c *fieldCheck) kind(want string, t reflect.Type, asText bool) string {
	t = indirect(t)
	problem := fmt.Sprintf("is %s, here %s", want, t)
	if t.Kind() == reflect.Interface || t == reflect.TypeFor[json.RawMessage]() || want == "any" {
		return ""
	}
	if inner, ok := strings.CutPrefix(want, "array<"); ok {
		if t.Kind() != reflect.Slice || c.kind(strings.TrimSuffix(inner, ">"), t.Elem(), false) != "" {
			return problem
		}
		return ""
	}
	if inner, ok := strings.CutPrefix(want, "map<string,"); ok {
		if t.Kind() != reflect.Map || c.kind(strings.TrimSuffix(inner, ">"), t.Elem(), false) != "" {
			return problem
		}
		return ""
	}
	if slices.Contains(c.kinds(t, asText), want) {
		return ""
	}
	return problem
}

// kinds are the types of the table that fit a Go type. A reply's numbers fit
// text, and times anything they are written as.
func (c *fieldCheck) kinds(t reflect.Type, asText bool) []string {
	text, number := "string", []string{"int32", "int64", "float", "double", "number"}
	switch {
	case asText:
		return []string{text}
	case isTime(t):
		if c.reply {
			return append(number, text)
		}
		return nil
	}
	switch t.Kind() {
	case reflect.String:
		if c.reply {
			return append(number, text)
		}
		return []string{text}
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Float64:
		if c.reply {
			return append(number, text)
		}
		return number
	case reflect.Bool:
		if c.reply {
			return []string{"bool", text}
		}
		return []string{"bool"}
	case reflect.Struct, reflect.Map:
		return []string{"object"}
	}
	return nil
}

type member struct {
	name   string
	kind   reflect.Type
	asText bool // tagged ,string
	others []string
}

// jsonMembers are the members of a struct as encoding/json sees them.
func jsonMembers(t reflect.Type) map[string]member {
	members := map[string]member{}
	level := []reflect.Type{t}
	for len(level) > 0 {
		var next []reflect.Type
		found := map[string]member{}
		for _, t := range level {
			if t.Kind() != reflect.Struct {
				continue
			}
			for i := range t.NumField() {
				f := t.Field(i)
				name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
				switch {
				case name == "-":
				case f.Anonymous && name == "":
					next = append(next, indirect(f.Type))
				case f.IsExported():
					if name == "" {
						name = f.Name
					}
					others, _, _ := strings.Cut(f.Tag.Get("wire"), ",")
					found[name] = member{name, f.Type, options == "string" || strings.HasSuffix(options, ",string"), strings.Fields(others)}
				}
			}
		}
		for name, m := range found {
			if _, hidden := members[name]; !hidden {
				members[name] = m
			}
		}
		level = next
	}
	return members
}
