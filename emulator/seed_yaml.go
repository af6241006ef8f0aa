package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Seeds are decoded by hand: the library's decoder stops at the first unknown
// field and cannot say where in the document it is.

// Limits on what a seed's aliases may expand to.
const (
	maxSeedAliased = 10_000
	maxSeedDepth   = 50
)

// seedDecoder fills structs from a YAML document and remembers the line of each
// value, by its path such as "forms[0].flow[1].approvers". Keys are the names of
// fields with a small first letter.
type seedDecoder struct {
	name    string // of the file
	lines   map[string]int
	errs    []error
	aliased int // nodes that were seen through an alias
}

// seedValue is a form value: a text stands for itself, a list or a mapping for
// its JSON.
type seedValue string

// decode reads the one document of data.
func (d *seedDecoder) decode(data []byte, into any) {
	d.lines = map[string]int{}
	documents := yaml.NewDecoder(bytes.NewReader(data))
	var doc, another yaml.Node
	err := documents.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		return // empty
	case err != nil:
		d.syntax(err)
		return
	}
	if err := documents.Decode(&another); !errors.Is(err, io.EOF) {
		if err != nil {
			d.syntax(err)
			return
		}
		d.fail(another.Line, "", "a second document begins; a seed is one")
	}
	if len(doc.Content) == 1 {
		d.value(doc.Content[0], reflect.ValueOf(into).Elem(), "", 0, false)
	}
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntax reports an error of the library, which counts lines as we do.
func (d *seedDecoder) syntax(err error) {
	text := err.Error()
	line := 0
	if found := yamlLine.FindStringSubmatch(text); found != nil {
		line, _ = strconv.Atoi(found[1])
		text = text[len(found[0]):]
	}
	d.fail(line, "", "%s", strings.TrimPrefix(text, "yaml: "))
}

func (d *seedDecoder) fail(line int, path, format string, args ...any) {
	where := d.name
	if line > 0 {
		where += ":" + strconv.Itoa(line)
	}
	if path != "" {
		where += ": " + path
	}
	d.errs = append(d.errs, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

// failAt reports something that is wrong with the value at a path.
func (d *seedDecoder) failAt(path, format string, args ...any) {
	line, at := 0, path
	for line == 0 && at != "" { // of the nearest that the document has
		line = d.lines[at]
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	d.fail(line, path, format, args...)
}

func (d *seedDecoder) value(n *yaml.Node, v reflect.Value, path string, depth int, aliased bool) {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		n, aliased = n.Alias, true
	}
	if aliased {
		d.aliased++
	}
	if depth > maxSeedDepth || d.aliased > maxSeedAliased {
		if d.aliased <= maxSeedAliased+1 { // once
			d.aliased = maxSeedAliased + 1
			d.fail(n.Line, path, "is nested too deeply, or its aliases refer to too much")
		}
		return
	}
	d.lines[path] = n.Line
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return
	}
	switch into := v.Addr().Interface().(type) {
	case *time.Time:
		d.time(n, into, path)
		return
	case *time.Duration:
		d.duration(n, into, path)
		return
	case *seedValue:
		d.formValue(n, into, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path, depth+1, aliased)
	case reflect.Struct:
		d.mapping(n, path, func(key string, line int, value *yaml.Node) {
			at := join(path, key)
			field, ok := seedField(v, key)
			if !ok {
				d.fail(line, at, "unknown field%s", didYouMean(key, seedFieldNames(v.Type())))
				return
			}
			d.value(value, field, at, depth+1, aliased)
		})
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		d.mapping(n, path, func(key string, _ int, value *yaml.Node) {
			element := reflect.New(v.Type().Elem()).Elem()
			d.value(value, element, join(path, key), depth+1, aliased)
			v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), element)
		})
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.fail(n.Line, path, "must be a list, such as [a, b]")
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, element := range n.Content {
			d.value(element, v.Index(i), fmt.Sprintf("%s[%d]", path, i), depth+1, aliased)
		}
	default:
		d.scalar(n, v, path)
	}
}

// mapping visits the entries of a mapping, each key once.
func (d *seedDecoder) mapping(n *yaml.Node, path string, visit func(key string, line int, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.fail(n.Line, path, "must have fields, such as name: value")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fail(key.Line, path, "has a field whose name is no text")
			continue
		case seen[key.Value]:
			d.fail(key.Line, join(path, key.Value), "is given twice")
			continue
		}
		seen[key.Value] = true
		visit(key.Value, key.Line, n.Content[i+1])
	}
}

func (d *seedDecoder) scalar(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		d.fail(n.Line, path, "must be one value, not a list or fields")
		return
	}
	var err error
	want := "number"
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Bool:
		want = "true or false"
		var b bool
		if b, err = strconv.ParseBool(n.Value); err == nil {
			v.SetBool(b)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		want = "whole number"
		var i int64
		if i, err = strconv.ParseInt(n.Value, 10, v.Type().Bits()); err == nil {
			v.SetInt(i)
		}
	case reflect.Float32, reflect.Float64:
		var f float64
		if f, err = strconv.ParseFloat(n.Value, v.Type().Bits()); err == nil {
			v.SetFloat(f)
		}
	default:
		d.fail(n.Line, path, "cannot be set in a seed")
		return
	}
	if err != nil {
		d.fail(n.Line, path, "%q is not acceptable, want %s", n.Value, want)
	}
}

// time reads a moment; without a zone it is China's.
func (d *seedDecoder) time(n *yaml.Node, into *time.Time, path string) {
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, n.Value, chinaTime()); n.Kind == yaml.ScalarNode && err == nil {
			*into = t
			return
		}
	}
	d.fail(n.Line, path, "%q is no time such as 2026-05-01 09:30 or 2026-05-01T09:30:00+08:00", n.Value)
}

func (d *seedDecoder) duration(n *yaml.Node, into *time.Duration, path string) {
	t, err := parseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		d.fail(n.Line, path, `%q is no duration such as "15s", "-2h" or "1d"`, n.Value)
		return
	}
	*into = t
}

func (d *seedDecoder) formValue(n *yaml.Node, into *seedValue, path string) {
	if n.Kind == yaml.ScalarNode {
		*into = seedValue(n.Value)
		return
	}
	var v any
	if err := n.Decode(&v); err != nil {
		d.fail(n.Line, path, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	data, err := json.Marshal(v)
	if err != nil {
		d.fail(n.Line, path, "cannot be written as JSON: %v", err)
		return
	}
	*into = seedValue(data)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// seedName is how a seed calls a field: BizAlias is bizAlias, CorpID is corpId.
func seedName(field string) string {
	letters := []rune(strings.NewReplacer("ID", "Id", "IPs", "Ips").Replace(field))
	for i := range letters {
		if i > 0 && i+1 < len(letters) && unicode.IsLower(letters[i+1]) || !unicode.IsUpper(letters[i]) {
			break
		}
		letters[i] = unicode.ToLower(letters[i])
	}
	return string(letters)
}

func seedField(v reflect.Value, key string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() && seedName(field.Name) == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func seedFieldNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if field := t.Field(i); field.IsExported() {
			names = append(names, seedName(field.Name))
		}
	}
	return names
}

// seedFields is a struct as a seed writes it, without its zero fields.
func seedFields(v any) any {
	value := reflect.ValueOf(v)
	switch value.Kind() {
	case reflect.Pointer:
		return seedFields(value.Elem().Interface())
	case reflect.Slice:
		list := make([]any, value.Len())
		for i := range list {
			list[i] = seedFields(value.Index(i).Interface())
		}
		return list
	case reflect.Struct:
		if _, isTime := v.(time.Time); isTime {
			return v
		}
		fields := map[string]any{}
		for i := range value.NumField() {
			if field := value.Type().Field(i); field.IsExported() && !value.Field(i).IsZero() {
				fields[seedName(field.Name)] = seedFields(value.Field(i).Interface())
			}
		}
		return fields
	}
	return v
}

// didYouMean proposes the nearest of the names that could have been meant.
func didYouMean(given string, names []string) string {
	best, distance := "", 1+max(len([]rune(given))/3, 1)
	for _, name := range slices.Sorted(slices.Values(names)) {
		if strings.EqualFold(name, given) {
			return "; did you mean " + name + "?"
		}
		if n := editDistance(given, name); n < distance {
			best, distance = name, n
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// editDistance is how many letters must be added, removed or replaced.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, q := range to {
			cost := diagonal
			if r != q {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
