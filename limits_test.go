package dingoa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/internal/spec"
)

// checked is a method with a request that both gateways take. What the table of
// operations says of the fields of the request is tried on it.
type checked struct {
	id string // the operation on today's gateway, or the only one
	// request is a struct, the second argument of method; that of a method that
	// takes something else is wrapped into one.
	request any
	method  func(c *dingoa.Client) any
	// names leads from a field of the table to the Go field where the tags do not:
	// lower case, without underscores and without the older gateway's wrapping. A
	// name that begins with "-" is the reason why there is no way to set the field.
	names map[string]string
	// open are enumerations whose other values are sent.
	open []string
	// empty are required fields of which an empty value is one.
	empty []string
	// also sets other fields, by the name of the one that is tried.
	also map[string]map[string]any
}

const sdkSets = "-the SDK fills it in"

// field is one field of the table on one gateway.
type field struct {
	spec.Field
	checked

	op     spec.Operation
	legacy bool
	way    []string // names of the table
	goWay  string
}

func (f *field) name() string { return plainName(strings.Join(f.way, ".")) }

func plainName(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, "_", ""))
	for _, wrapping := range []string{"request", "saveprocessrequest"} {
		name = strings.TrimPrefix(name, wrapping+".")
	}
	return name
}

// fields are those of a method on both gateways that fit.
func (m checked) fields(t *testing.T, fits func(spec.Field) bool) []field {
	t.Helper()
	op, ok := spec.ByID(m.id)
	require.True(t, ok, m.id)
	found := m.fieldsOf(t, op, fits)
	if twin, ok := spec.ByID(op.LegacyID); ok {
		found = append(found, m.fieldsOf(t, twin, fits)...)
	}
	return found
}

func (m checked) fieldsOf(t *testing.T, op spec.Operation, fits func(spec.Field) bool) []field {
	t.Helper()
	var found []field
	var walk func(fields []spec.Field, way []string)
	walk = func(fields []spec.Field, way []string) {
		for _, f := range fields {
			way := append(slices.Clone(way), f.Name)
			if fits(f) && plainName(f.Name) != "request" && plainName(f.Name) != "saveprocessrequest" {
				one := field{f, m, op, op.Host == spec.HostOlder && op.ReplacedBy != "", way, ""}
				one.goWay = m.goName(one.name())
				if given := m.names["legacy "+one.name()]; one.legacy && given != "" {
					one.goWay = given
				}
				found = append(found, one)
			}
			walk(f.Fields, way)
		}
	}
	walk(slices.Concat(op.PathParams, op.Query, op.Body), nil)
	return found
}

// goName is the Go field for a field of the table, by its tags or m.names; empty
// when there is none.
func (m checked) goName(name string) string {
	if given := m.names[name]; given != "" {
		return given
	}
	for outer, reason := range m.names {
		if strings.HasPrefix(name, outer+".") && strings.HasPrefix(reason, "-") {
			return reason
		}
	}
	var way []string
	t := reflect.TypeOf(m.request)
	for part := range strings.SplitSeq(name, ".") {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			if t.Kind() == reflect.Slice {
				way = append(way, "[0]")
			}
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return ""
		}
		i := slices.IndexFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return f.IsExported() && tag != "" && plainName(tag) == part
		})
		if i < 0 {
			return ""
		}
		f := reflect.VisibleFields(t)[i]
		way, t = append(way, f.Name), f.Type
	}
	return strings.ReplaceAll(strings.Join(way, "."), ".[0]", "[0]")
}

// place is the settable field of a request; lists on the way get an item.
func place(v reflect.Value, way string) reflect.Value {
	for part := range strings.SplitSeq(strings.ReplaceAll(way, "[0]", ".[0]"), ".") {
		for v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		if part != "[0]" {
			v = v.FieldByName(part)
			continue
		}
		items := reflect.MakeSlice(v.Type(), max(1, v.Len()), max(1, v.Len()))
		reflect.Copy(items, v) // so that the request of the table keeps its own
		v.Set(items)
		v = v.Index(0)
	}
	return v
}

// try sends the request with the field set, to a value of which text may remind, and
// returns what was sent, nil if nothing was.
func (f *field) try(t *testing.T, text string, set func(v reflect.Value)) (map[string]any, error) {
	t.Helper()
	request := reflect.New(reflect.TypeOf(f.request)).Elem()
	request.Set(reflect.ValueOf(f.request))
	also, ok := f.also[f.name()+"="+text]
	if !ok {
		also = f.also[f.name()]
	}
	for way, value := range also {
		v := place(request, way)
		v.Set(reflect.ValueOf(value).Convert(v.Type()))
	}
	if set != nil {
		set(place(request, f.goWay))
	}
	dt := newDingTalk(answer(400, `{"code":"tried","message":"tried","errcode":1,"errmsg":"tried"}`))
	opts := []dingoa.Option{dingoa.WithTokenSource(dingoa.StaticToken("token")), dingoa.WithAgentID(1), dingoa.WithMaxRetries(0)}
	if f.legacy {
		opts = append(opts, dingoa.WithLegacyGateway())
	}
	results := reflect.ValueOf(f.method(dt.client(t, opts...))).Call([]reflect.Value{reflect.ValueOf(context.WithoutCancel(t.Context())), request})
	err, _ := reflect.TypeAssert[error](results[len(results)-1])
	require.Error(t, err) // of the refusal, here or there
	if len(dt.sent()) == 0 {
		return nil, err
	}
	sent := dt.sent()[0]
	op, pathParams, known := spec.Match(sent.Method, sent.Host, sent.Path)
	require.True(t, known)
	require.Contains(t, []string{f.op.ID, strings.TrimSuffix(f.op.ID, "#own")}, op.ID)
	arrived := map[string]any{}
	if sent.Body != "" {
		require.NoError(t, json.Unmarshal([]byte(sent.Body), &arrived))
	}
	for name, value := range pathParams {
		arrived[name] = value
	}
	addQuery(arrived, sent.Query)
	return arrived, err
}

func addQuery(arrived map[string]any, query url.Values) {
	for name, values := range query {
		arrived[name] = values[0]
		if len(values) > 1 {
			items := make([]any, len(values))
			for i, value := range values {
				items[i] = value
			}
			arrived[name] = items
		}
	}
}

// in finds the field in what was sent, of lists in the first item.
func (f *field) in(sent map[string]any) (any, bool) {
	var value any = sent
	for _, name := range f.way {
		if items, ok := value.([]any); ok && len(items) > 0 {
			value = items[0]
		}
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = object[name]; !ok {
			return nil, false
		}
	}
	return value, value != nil
}

// limited is one limit of a field and a way to be at it.
type limited struct {
	what   string
	most   int
	beyond int
	set    func(v reflect.Value, n int)
	count  func(value any) int
}

func (f *field) limits() []limited {
	var all []limited
	text := func(v reflect.Value, n int) { v.SetString(strings.Repeat("字", n)) }
	runes := func(value any) int { return utf8.RuneCountInString(fmt.Sprint(value)) }
	items := func(value any) int {
		if list, ok := value.([]any); ok {
			return len(list)
		}
		return strings.Count(fmt.Sprint(value), ",") + 1
	}
	firstItem := func(value any) int {
		if list, ok := value.([]any); ok && len(list) == 1 {
			return runes(list[0])
		}
		return -1
	}
	number := func(v reflect.Value, n int) {
		if v.Kind() == reflect.String {
			v.SetString(strconv.Itoa(n))
			return
		}
		v.SetInt(int64(n))
	}
	amount := func(value any) int {
		n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if err != nil {
			return -1
		}
		return int(n)
	}
	if f.MaxLen > 0 && len(f.Enum) == 0 {
		all = append(all, limited{"max_len", f.MaxLen, f.MaxLen + 1, text, runes})
	}
	if f.MinLen > 0 {
		all = append(all, limited{"min_len", f.MinLen, f.MinLen - 1, text, runes})
	}
	if f.MaxItems > 0 {
		all = append(all, limited{"max_items", f.MaxItems, f.MaxItems + 1, setItems, items})
	}
	if f.ItemMaxLen > 0 {
		all = append(all, limited{"item_max_len", f.ItemMaxLen, f.ItemMaxLen + 1, func(v reflect.Value, n int) {
			v.Set(reflect.ValueOf([]string{strings.Repeat("字", n)}))
		}, firstItem})
	}
	if f.Min != nil {
		beyond := int(*f.Min) - 1
		if beyond == 0 && f.Name != "pageNumber" && f.Name != "nextToken" {
			beyond = -1 // 0 is left out
		}
		all = append(all, limited{"min", int(*f.Min), beyond, number, amount})
	}
	if f.Max != nil {
		all = append(all, limited{"max", int(*f.Max), int(*f.Max) + 1, number, amount})
	}
	return all
}

// setItems makes a list of n items like the first one.
func setItems(v reflect.Value, n int) {
	list := reflect.MakeSlice(v.Type(), n, n)
	for i := range n {
		item := list.Index(i)
		if v.Len() > 0 {
			item.Set(v.Index(0))
		}
		if item.Kind() == reflect.String {
			item.SetString(fmt.Sprintf("item%d", i))
		}
	}
	v.Set(list)
}

// refused is the problem of the field, or of one in it, in an error that says that
// nothing was sent.
func (f *field) refused(t *testing.T, sent map[string]any, err error) string {
	t.Helper()
	require.Nil(t, sent, "%s was sent", f.goWay)
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	var e *dingoa.Error
	require.ErrorAs(t, err, &e)
	if len(e.Fields) == 0 { // the end of what is listed
		require.Contains(t, e.Message, f.goWay)
		return e.Message
	}
	for _, one := range e.Fields {
		name, _, _ := strings.Cut(one.Field, " (")
		if strings.EqualFold(name, f.goWay) || strings.EqualFold(name, f.goWay+"[0]") || strings.HasPrefix(name, f.goWay+".") || name == strings.TrimSuffix(f.goWay, "[0]") {
			require.Contains(t, err.Error(), one.Field+" "+one.Problem)
			return one.Problem
		}
	}
	require.Fail(t, "another field was refused", "%s: %v", f.goWay, err)
	return ""
}

func forEachField(t *testing.T, fits func(spec.Field) bool, test func(t *testing.T, f field)) {
	t.Helper()
	for _, m := range checkedMethods() {
		t.Run(m.id, func(t *testing.T) {
			t.Parallel()
			for _, f := range m.fields(t, fits) {
				if strings.HasPrefix(f.goWay, "-") {
					continue
				}
				t.Run(f.op.ID+"."+strings.Join(f.way, "."), func(t *testing.T) { test(t, f) })
			}
		})
	}
}

func TestLimitsOfTheTable(t *testing.T) {
	t.Parallel()
	isLimited := func(f spec.Field) bool {
		return f.MinLen+f.MaxLen+f.MaxItems+f.ItemMaxLen > 0 || f.Min != nil || f.Max != nil
	}
	forEachField(t, isLimited, func(t *testing.T, f field) {
		t.Helper()
		require.NotEmpty(t, f.goWay, "say in checkedMethods which Go field it is")
		for _, l := range f.limits() {
			sent, err := f.try(t, "", func(v reflect.Value) { l.set(v, l.most) })
			require.NotNil(t, sent, "%s %d: %v", l.what, l.most, err)
			value, ok := f.in(sent)
			require.True(t, ok, "%s is not in %v", f.name(), slices.Sorted(maps.Keys(sent)))
			require.Equal(t, l.most, l.count(value), l.what)

			sent, err = f.try(t, "", func(v reflect.Value) { l.set(v, l.beyond) })
			problem := f.refused(t, sent, err)
			if !strings.Contains(problem, "NextCursor") { // which says nothing of numbers
				require.Contains(t, problem, strconv.Itoa(l.most), l.what)
				require.Contains(t, problem, strconv.Itoa(l.beyond), l.what)
			}
		}
	})
}

func TestEnumerationsOfTheTable(t *testing.T) {
	t.Parallel()
	forEachField(t, func(f spec.Field) bool { return len(f.Enum) > 0 }, func(t *testing.T, f field) {
		t.Helper()
		require.NotEmpty(t, f.goWay, "say in checkedMethods which Go field it is")
		set := func(text string) func(v reflect.Value) {
			return func(v reflect.Value) {
				if v.Kind() == reflect.Slice {
					v.Set(reflect.MakeSlice(v.Type(), 1, 1))
					v = v.Index(0)
				}
				if v.Kind() == reflect.String {
					v.SetString(text)
					return
				}
				n, err := strconv.Atoi(text)
				require.NoError(t, err)
				v.SetInt(int64(n))
			}
		}
		for _, allowed := range f.Enum {
			sent, err := f.try(t, allowed, set(allowed))
			require.NotNil(t, sent, "%s: %v", allowed, err)
			value, ok := f.in(sent)
			require.True(t, ok)
			require.Equal(t, allowed, strings.Trim(fmt.Sprint(value), "[]"))
		}
		unknown := "77" // for numbers, too
		sent, err := f.try(t, unknown, set(unknown))
		if slices.Contains(f.open, f.name()) {
			value, _ := f.in(sent)
			require.Equal(t, unknown, value, err)
			return
		}
		problem := f.refused(t, sent, err)
		require.Contains(t, problem, unknown)
		for _, allowed := range f.Enum {
			require.Contains(t, problem, allowed)
		}
	})
}

// TestRequiredFieldsOfTheTable leaves each out in turn: it is filled in, or the
// request is refused.
func TestRequiredFieldsOfTheTable(t *testing.T) {
	t.Parallel()
	forEachField(t, func(f spec.Field) bool { return f.Required && f.Type != "bool" }, func(t *testing.T, f field) {
		t.Helper()
		var leaveOut func(v reflect.Value)
		if f.goWay != "" {
			leaveOut = func(v reflect.Value) { v.SetZero() }
		}
		sent, err := f.try(t, "", leaveOut)
		if sent != nil {
			value, ok := f.in(sent)
			require.True(t, ok, "%s is not in %v", f.name(), sent)
			if value == "" {
				require.Contains(t, f.empty, f.name(), "is empty")
			}
			return
		}
		require.NotEmpty(t, f.goWay, "%s: %v", f.name(), err)
		f.refused(t, sent, err)
	})
}

// TestEveryRequestIsChecked holds the methods of the table against those above.
func TestEveryRequestIsChecked(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, m := range checkedMethods() {
		ids = append(ids, m.id)
		fields := m.fields(t, func(spec.Field) bool { return true })
		for name := range m.names {
			name = strings.TrimPrefix(name, "legacy ")
			require.True(t, slices.ContainsFunc(fields, func(f field) bool { return f.name() == name }), "%s has no field %s", m.id, name)
		}
	}
	for _, row := range operationsWithRequests(t) {
		require.Contains(t, ids, row)
	}
}

// operationsWithRequests are those that a method sends and that take something.
func operationsWithRequests(t *testing.T) []string {
	t.Helper()
	var ids []string
	directive := regexp.MustCompile(`(?m)^//dingtalk:op (\S+) (\S+)$`)
	for _, pattern := range []string{"*.go", "*/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range files {
			source, err := os.ReadFile(name)
			require.NoError(t, err)
			for _, match := range directive.FindAllStringSubmatch(string(source), -1) {
				op, _, ok := spec.Match(match[1], "", match[2])
				if ok && !strings.HasSuffix(name, "_test.go") && len(op.PathParams)+len(op.Query)+len(op.Body) > 0 {
					ids = append(ids, op.ID)
				}
			}
		}
	}
	require.NotEmpty(t, ids)
	return ids
}
