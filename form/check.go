package form

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// More hard limits of the vendor.
const (
	maxTableContacts = 50 // people in all rows of a table
	defaultMaxStars  = 10
)

// Check says in one *[Error] what DingTalk would refuse, before anything is
// sent: required components and columns without a value, names that are not on
// the form, options that are not listed, what is no number, no date of the
// component's precision or no JSON of the component's shape, values over a
// limit, and components that no call can fill in. A suite may be left out; its values
// are checked for their shape. v is a struct, a []Value or
// [Values]; what [Marshal] finds wrong with a struct is told first, alone.
//
// Check knows the form, not the company: it does not see whether users,
// departments, approvals and files exist. What only the vendor's advice forbids
// passes: more than 100 rows of a table, more than 1,000 characters of a TextField
// or 8,000 of a TextareaField. Where sources disagree on a format, each of them
// passes.
func Check(schema *Schema, v any) error {
	if schema == nil {
		return &Error{Problems: []Problem{{Message: "cannot be checked: the schema is nil"}}}
	}
	values, err := valuesOf(v)
	if err != nil {
		return err
	}
	var found problems
	c := checker{problems: &found, source: sourceOf(v)}
	c.fill(schema.Components, values)
	return found.err()
}

// checker collects what is wrong with the values of a form, or of one row of a
// table.
type checker struct {
	problems *problems
	where    string // the table and the row, before a label
	source   source
}

// add notes what is wrong with the component that of names.
func (c *checker) add(of *Value, componentType, format string, args ...any) {
	*c.problems = append(*c.problems, Problem{
		Field: c.source.field(of), Label: c.where + nameOf(of), Type: componentType, Message: fmt.Sprintf(format, args...),
	})
}

// fill checks the values of a form or a row. The components of a suite may stand among
// the others.
func (c *checker) fill(components []Component, values []Value) {
	all := components
	for i := range components {
		if components[i].Type == bizSuite {
			all = append(slices.Clip(all), components[i].Children...)
		}
	}
	given := make([]*Value, len(all))
	for i := range values {
		at, problem := find(all, given, &values[i])
		if problem != "" {
			c.add(&values[i], values[i].ComponentType, "%s", problem)
			continue
		}
		given[at] = &values[i]
	}
	for i := range components {
		c.component(&components[i], given[i])
	}
	parts := given[len(components):]
	for i := range components {
		if components[i].Type == bizSuite {
			children := components[i].Children
			c.parts(children, parts[:len(children)])
			parts = parts[len(children):]
		}
	}
}

// parts checks the components of a suite that stand among the others, if one does.
func (c *checker) parts(children []Component, given []*Value) {
	if slices.ContainsFunc(given, func(v *Value) bool { return v != nil }) {
		for i := range children {
			c.component(&children[i], given[i])
		}
	}
}

// nameOf returns the name that a value has for its component.
func nameOf(v *Value) string {
	switch {
	case v.Name != "":
		return v.Name
	case v.ID != "":
		return v.ID
	}
	return v.BizAlias
}

// find returns the component that a value is for: by id, then by bizAlias, then by
// label. Two components may share a label, two values may not share a component.
func find(components []Component, given []*Value, v *Value) (at int, problem string) {
	is := func(c *Component) bool { return c.isNamed(v.Name) }
	unknown := "is not on the form, which has " + labelsOf(components)
	switch {
	case v.ID != "":
		is = func(c *Component) bool { return c.ID == v.ID }
		unknown = fmt.Sprintf("has the id %q, which is not on the form", v.ID)
	case v.BizAlias != "":
		is = func(c *Component) bool { return c.BizAlias == v.BizAlias }
		unknown = fmt.Sprintf("has the bizAlias %q, which is not on the form", v.BizAlias)
	}
	for i := range components {
		if !is(&components[i]) {
			continue
		}
		if given[i] == nil {
			return i, ""
		}
		unknown = "is given twice"
	}
	return 0, unknown
}

// isNamed accepts the label, both labels in any spelling of their JSON, and the
// first of two.
func (c *Component) isNamed(name string) bool {
	switch {
	case name == "":
		return false
	case name == c.Label:
		return true
	case c.SecondLabel == "":
		return false
	}
	var both []string
	return json.Unmarshal([]byte(name), &both) == nil && len(both) == 2 && both[0] == c.Label && both[1] == c.SecondLabel
}

// labelsOf lists what can be filled in, for people.
func labelsOf(components []Component) string {
	var labels []string
	for i := range components {
		if c := &components[i]; c.Label != "" && isSettable(c.Type) {
			labels = append(labels, c.Name())
		}
	}
	return listOf(labels)
}

// listOf keeps a list short enough for an error.
func listOf(items []string) string {
	const most = 20
	switch {
	case len(items) == 0:
		return "none"
	case len(items) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(items[:most], ", "), len(items)-most)
	}
	return strings.Join(items, ", ")
}

// isDemanded reports whether DingTalk refuses a form without it. A component that
// is hidden, or may be, is left to DingTalk.
func (c *Component) isDemanded() bool {
	return c.Required && !c.Hidden && !c.Conditional && !isReadOnly(c.Type)
}

// component checks one component and its value, nil when there is none.
func (c *checker) component(component *Component, v *Value) {
	report := func(format string, args ...any) {
		c.add(&Value{ID: component.ID, BizAlias: component.BizAlias, Name: component.Name()}, component.Type, format, args...)
	}
	if v == nil || component.lacks(v) {
		if component.isDemanded() {
			report("is required")
		}
		return
	}
	switch {
	case !isSettable(component.Type) && !isSuite(component.Type):
		report("cannot be filled in by a call; leave it out")
	case v.ComponentType != "" && v.ComponentType != component.Type:
		report("is a %s on the form, not a %s", component.Type, v.ComponentType)
	case tooLong(v.Value):
		report("must have at most %d characters, has %d", maxValue, utf8.RuneCountInString(v.Value))
	case tooLong(v.ExtValue):
		report("must have an extValue of at most %d characters, has %d", maxValue, utf8.RuneCountInString(v.ExtValue))
	case v.Value == "": // the rows are in Details, whose form no page shows
	case component.Type == tableField:
		c.table(component, v, report)
	case isSuite(component.Type):
		c.suite(component, v, report)
	default:
		if problem := component.problem(v.Value); problem != "" {
			report("%s", problem)
		}
	}
}

func tooLong(text string) bool {
	return len(text) > maxValue && utf8.RuneCountInString(text) > maxValue
}

// lacks reports whether the value is none: no text, or a list of nothing.
func (c *Component) lacks(v *Value) bool {
	switch c.Type {
	case multiSelectField, photoField, attachmentField, contactField, departmentField, relateField, tableField:
		if strings.TrimSpace(v.Value) == "[]" {
			return true
		}
	}
	return v.Value == "" && len(v.Details) == 0
}

// table checks the rows of a table (明细).
func (c *checker) table(table *Component, v *Value, report func(string, ...any)) {
	var rows valueRows
	if err := scanTable(v.Value, &rows); err != nil {
		report("%v", err)
		return
	}
	contacts := 0
	for i, values := range rows {
		contacts += contactsIn(table.Children, values)
		row := checker{c.problems, fmt.Sprintf("%s%s[%d].", c.where, table.Name(), i), c.source.row(v, i)}
		row.fill(table.Children, values)
	}
	if contacts > maxTableContacts {
		report("must have at most %d people in all rows, has %d", maxTableContacts, contacts)
	}
}

// suite checks the components of a suite. The page on starting approvals says that calls
// cannot fill in one; the vendor's own command-line tool does, in these shapes.
func (c *checker) suite(component *Component, v *Value, report func(string, ...any)) {
	s, err := suiteOf(v)
	if err != nil {
		report("%v", err)
		return
	}
	if component.Type != bizSuite {
		_, noStart := s.Start()
		_, noFinish := s.Finish()
		if _, err := s.Duration(); errors.Join(noStart, noFinish, err) != nil {
			report("must be a JSON array of start, end, duration, unit and kind")
		}
		return
	}
	if s.Rows == nil {
		s.Rows = []Values{s.Children}
	}
	for _, row := range s.Rows {
		inside := checker{c.problems, c.where + component.Name() + ".", source{}}
		inside.fill(component.Children, row)
	}
}

func contactsIn(columns []Component, row []Value) int {
	n := 0
	for i := range row {
		given := make([]*Value, len(columns))
		if at, problem := find(columns, given, &row[i]); problem == "" && columns[at].Type == contactField {
			people, _ := textListOrOne(row[i].Value)
			n += len(people)
		}
	}
	return n
}

// valuesOf are the values that v has or stands for.
func valuesOf(v any) ([]Value, error) {
	switch v := v.(type) {
	case []Value:
		return v, nil
	case Values:
		return v, nil
	}
	return Marshal(v)
}
