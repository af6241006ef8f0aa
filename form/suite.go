package form

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Suite is a suite of attendance and the like (套件: 请假, 加班, 出差, 外出, 补卡 and
// more), whatever shape it comes in: DDBizSuite, DDHolidayField, DDOvertimeField and
// DDGooutField.
// Its parts are components of their own, each with the bizAlias that the suite gives
// it, such as startTime, finishTime, duration and type, and with the id where the
// service sends one.
//
// A suite is read only: the page on starting approvals says that no call can fill in
// one.
//
// https://open.dingtalk.com/document/development/create-an-approval-instance
type Suite struct {
	// Children are the suite's components; those of the first row of several. Those
	// that nobody filled in have no value.
	Children Values
	// Rows are all the rows of a suite that has several, such as the legs of a trip;
	// nil otherwise.
	Rows []Values
}

// Aliases of the parts that suites of attendance share.
const (
	aliasStart    = "startTime"
	aliasFinish   = "finishTime"
	aliasEnd      = "endTime"
	aliasDuration = "duration"
	aliasUnit     = "unit"
	aliasType     = "type"
)

// Child is the component with the bizAlias. It fails with [ErrAbsent] when the suite
// has none.
func (s Suite) Child(alias string) (Value, error) {
	for _, c := range s.Children {
		if c.BizAlias == alias && alias != "" {
			return c, nil
		}
	}
	return Value{}, fmt.Errorf("%w: the suite has no component with the bizAlias %s", ErrAbsent, alias)
}

// Start is the beginning of the suite's time, of the earliest row if it has several;
// half days keep their half. It fails with [ErrAbsent] when the suite has no such
// time, and with an [*Error] when it cannot be read.
func (s Suite) Start() (Date, error) {
	return s.bound("no beginning", func(a, b time.Time) bool { return a.Before(b) }, aliasStart)
}

// Finish is the end of the suite's time, of the latest row if it has several: the last
// day or half day by its beginning, or the minute. It fails like [Suite.Start].
func (s Suite) Finish() (Date, error) {
	return s.bound("no end", func(a, b time.Time) bool { return a.After(b) }, aliasFinish, aliasEnd)
}

// bound is the outmost of the times with one of the aliases.
func (s Suite) bound(missing string, isFurther func(a, b time.Time) bool, aliases ...string) (Date, error) {
	var found Date
	for _, v := range s.all() {
		if !slices.Contains(aliases, v.BizAlias) || isNothing(v.Value) {
			continue
		}
		d, err := parseDate(v.Value, chinaTime())
		if err != nil {
			return Date{}, problems{{Label: v.Name, Type: v.ComponentType, Message: err.Error()}}.err()
		}
		if found.Time.IsZero() || isFurther(d.Time, found.Time) {
			found = d
		}
	}
	if found.Time.IsZero() {
		return Date{}, fmt.Errorf("%w: the suite has %s", ErrAbsent, missing)
	}
	return found, nil
}

// all are the components of every row, and the cells of the tables in it.
func (s Suite) all() []Value {
	rows := s.Rows
	if rows == nil {
		rows = []Values{s.Children}
	}
	var all []Value
	for _, row := range rows {
		for _, v := range row {
			all = append(all, v)
			var cells valueRows
			if holdsObjects(v.Value) && scanTable(v.Value, &cells) == nil {
				all = append(all, slices.Concat(cells...)...)
			}
		}
	}
	return all
}

// Duration is how long it takes, in [Suite.Unit]. It fails with [ErrAbsent] when the
// suite has no duration, and with an [*Error] when it is no number.
func (s Suite) Duration() (Decimal, error) { return s.Children.Decimal(",alias=" + aliasDuration) }

// Unit is the unit of the duration: "day", "halfDay" or "hour", as the vendor has
// them; empty where the service does not say.
func (s Suite) Unit() string {
	unit := ""
	if v, err := s.Child(aliasUnit); err == nil {
		unit = v.Value
	} else if v, err := s.Child(aliasDuration); err == nil && strings.HasPrefix(v.ExtValue, "{") {
		ext := scanner{text: v.ExtValue}
		_ = ext.object(func(key string) error { // without it there is no unit
			member, err := ext.value()
			if key == "unit" || key == "durationUnit" && unit == "" {
				unit = member
			}
			return err
		})
	}
	switch strings.ToLower(strings.ReplaceAll(unit, "_", "")) {
	case "day":
		return "day"
	case "halfday":
		return "halfDay"
	case "hour":
		return "hour"
	}
	return unit
}

// Type is the kind of leave, overtime and the like, such as 年假; empty where the suite
// has none.
func (s Suite) Type() string {
	v, err := s.Child(aliasType)
	if err != nil || isNothing(v.Value) {
		return ""
	}
	return optionText(v.Value)
}

func suiteCodec() codec {
	return codec{
		usual: bizSuite, others: []string{holidayField, overtimeField, gooutField}, isSuite: true,
		absent: func(v reflect.Value) bool { return v.Field(0).Len() == 0 && v.Field(1).Len() == 0 },
		append: func(_ *writer, b []byte, _ reflect.Value) ([]byte, error) { return b, nil }, // read only
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			s, err := suiteOf(in)
			*v.Addr().Interface().(*Suite) = s //nolint:forcetypeassert,errcheck // codecOf checked it
			return err
		},
	}
}

// suiteOf reads a suite in each of its shapes: a list of components with props, of
// cells, of rows with cells, and the list [start, end, duration, unit, type, label].
func suiteOf(in *Value) (s Suite, err error) {
	list := scanner{text: in.Value}
	look := list
	if !look.take('[') {
		return s, errors.New("must be a list of the suite's components")
	}
	switch next := look.peek(); {
	case next == '[' || list.startsWith("rowValue"):
		var rows valueRows
		if err = scanTable(in.Value, &rows); err != nil || len(rows) == 0 {
			return s, err
		}
		s.Children = rows[0]
		if len(rows) > 1 {
			s.Rows = rows
		}
	case next == '{':
		s.Children, err = list.components()
	default:
		s.Children, err = timesOf(in)
	}
	if !slices.ContainsFunc(s.Children, isFilled) && s.Rows == nil {
		s = Suite{}
	}
	return s, err
}

// timesOf makes components of a suite that comes as one list. Its name has two labels.
func timesOf(in *Value) (Values, error) {
	parts, err := texts(in.Value)
	if err != nil {
		return nil, err
	}
	parts = append(parts, make([]string, 6)...)
	labels := []string{"", ""}
	if isList(in.Name) {
		if names, err := texts(in.Name); err == nil {
			labels = append(names, labels...)
		}
	}
	children := Values{
		{BizAlias: aliasStart, Name: labels[0], Value: parts[0], ComponentType: dateField},
		{BizAlias: aliasFinish, Name: labels[1], Value: parts[1], ComponentType: dateField},
		{BizAlias: aliasDuration, Value: parts[2], ExtValue: in.ExtValue, ComponentType: numberField},
		{BizAlias: aliasUnit, Value: parts[3]},
		{BizAlias: aliasType, Name: parts[5], Value: parts[4], ComponentType: selectField},
	}
	return slices.DeleteFunc(children, func(c Value) bool { return !isFilled(c) }), nil
}

// laidOut is a suite whose components stand among the others of the form (套件值打平):
// those have a bizAlias.
func laidOut(values []Value) (s Suite) {
	for _, v := range values {
		if v.BizAlias != "" && !isSuite(v.ComponentType) {
			s.Children = append(s.Children, v)
		}
	}
	return s
}

// Suite is the suite with the label, or with an empty label the only one of the form,
// also when its components stand among the others: those of today's gateway have
// a bizAlias then.
func (v Values) Suite(label string) (Suite, error) {
	if label != "" {
		return get[Suite](v, label)
	}
	found := -1
	for i := range v {
		component := v[i].ComponentType
		if isSuite(component) || component == "" && strings.HasPrefix(v[i].ID, bizSuite) {
			if found >= 0 {
				return Suite{}, problems{{Label: v[i].Name, Type: component, Message: "is a second suite of the form; name the one to read"}}.err()
			}
			found = i
		}
	}
	if found < 0 {
		if s := laidOut(v); len(s.Children) > 0 {
			return s, nil
		}
		return Suite{}, fmt.Errorf("%w: the form has no suite", ErrAbsent)
	}
	in := v[found]
	if isNothing(in.Value) {
		return Suite{}, fmt.Errorf("%w: nothing was filled in for %s", ErrAbsent, in.Name)
	}
	s, err := suiteOf(&in)
	if err != nil {
		err = problems{{Label: in.Name, Type: in.ComponentType, Message: err.Error()}}.err()
	}
	return s, err
}
