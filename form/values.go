package form

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// ErrAbsent is the error of a getter of [Values] when the form has no such
// component, or when nothing was filled in and the type has no empty value.
var ErrAbsent = errors.New("form: no value")

// Values are the components of a form in their order, for work without a struct.
//
// The label that its methods take is what a struct tag has: options may follow,
// such as "开始时间,and=结束时间,minute", and a label with a comma stands in single
// quotes. The Go type of a value implies the component as for [Marshal].
//
// A getter fails with [ErrAbsent] when there is no value, and with an [*Error]
// when there is one that it cannot read.
type Values []Value //nolint:recvcheck // only Set changes the list, like append

// FromMap makes values from labels and Go values, in the order of the labels. The
// rows of a table are []map[string]any with the same labels, []Values or a slice of
// structs. Values may come out of encoding/json, with []any for lists.
func FromMap(values map[string]any, opts ...Option) (Values, error) {
	var v Values
	var p problems
	for _, label := range slices.Sorted(maps.Keys(values)) {
		err := v.Set(label, values[label], opts...)
		var of *Error
		switch {
		case errors.As(err, &of):
			p = append(p, of.Problems...)
		case err != nil:
			return nil, err
		}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return v, nil
}

// Set writes a component, in place of the one that has the label or at the end.
// A value that is absent, such as nil or an empty list, takes the component away.
func (v *Values) Set(label string, value any, opts ...Option) error {
	cfg, err := newConfig(opts)
	if err != nil {
		return err
	}
	if value, err = plain(label, value, opts); err != nil {
		return err
	}
	at, err := v.index(label)
	if err != nil {
		return err
	}
	var written []Value
	if rv := reflect.ValueOf(value); rv.IsValid() {
		f, err := labelField(label, rv.Type())
		if err != nil {
			return err
		}
		copied := reflect.New(rv.Type()).Elem()
		copied.Set(rv)
		if written, err = write(&plan{fields: []field{f}}, copied, cfg); err != nil {
			return err
		}
	}
	switch {
	case at < 0:
		*v = append(*v, written...)
	case len(written) == 0:
		*v = slices.Delete(*v, at, at+1)
	default:
		(*v)[at] = written[0]
	}
	return nil
}

// plain turns the lists of a map into those that have a component: texts, or the
// rows of a table.
func plain(label string, value any, opts []Option) (any, error) {
	list, ok := value.([]any)
	if !ok {
		if rows, ok := value.([]map[string]any); ok {
			return rowsOf(label, rows, opts)
		}
		return value, nil
	}
	var rows []map[string]any
	var items []string
	for _, item := range list {
		switch item := item.(type) {
		case map[string]any:
			rows = append(rows, item)
		case string:
			items = append(items, item)
		}
	}
	switch len(list) {
	case len(items):
		return items, nil
	case len(rows):
		return rowsOf(label, rows, opts)
	}
	return nil, problems{{Label: label, Message: "has a list of neither texts nor rows"}}.err()
}

// rowsOf are the rows of a table given as maps.
func rowsOf(label string, rows []map[string]any, opts []Option) ([]Values, error) {
	var p problems
	all := make([]Values, len(rows))
	for i, row := range rows {
		if !slices.Equal(slices.Sorted(maps.Keys(row)), slices.Sorted(maps.Keys(rows[0]))) {
			p = append(p, Problem{Label: label, Type: tableField, Message: fmt.Sprintf("has rows that differ: rows 0 and %d have other labels", i)})
		}
		var err error
		all[i], err = FromMap(row, opts...)
		var of *Error
		switch {
		case errors.As(err, &of):
			for _, problem := range of.Problems {
				problem.Label = fmt.Sprintf("%s[%d].%s", label, i, problem.Label)
				p = append(p, problem)
			}
		case err != nil:
			return nil, err
		}
	}
	return all, p.err()
}

// labelField is a field that no struct has: the value itself is the field.
func labelField(label string, t reflect.Type) (field, error) {
	f := field{}
	err := f.plan(reflect.StructField{Name: "Value", Type: t}, label, false)
	if err == nil && f.rest {
		err = errRest
	}
	if err != nil {
		f.label = label
		return f, problems(fieldProblems(&f, err)).err()
	}
	return f, nil
}

// index finds the component for a label; -1: there is none. It fails where two may be
// meant, like [Unmarshal].
func (v Values) index(label string) (int, error) {
	t, err := parseTag(label)
	if err != nil {
		t = tag{label: label}
	}
	p := plan{fields: []field{{tag: t, name: t.name()}}}
	p.index()
	found, foundSure, isTwice := -1, false, false
	for i := range v {
		n, sure := p.find(&v[i], 0)
		switch {
		case n != 0 || foundSure && !sure:
		case found < 0 || sure && !foundSure:
			found, foundSure, isTwice = i, sure, false
		default:
			isTwice = true
		}
	}
	if isTwice {
		return found, problems{{Label: t.text(), Type: t.component, Message: errTwice.Error()}}.err()
	}
	return found, nil
}

// Get is the component with the label, as the service has it.
func (v Values) Get(label string) (Value, error) {
	i, err := v.index(label)
	switch {
	case err != nil:
		return Value{}, err
	case i < 0:
		return Value{}, fmt.Errorf("%w: the form has no component %s", ErrAbsent, label)
	}
	return v[i], nil
}

// get reads a component as the Go type implies.
func get[T any](v Values, label string) (T, error) {
	var value T
	f, err := labelField(label, reflect.TypeFor[T]())
	if err != nil {
		return value, err
	}
	i, err := v.index(label)
	switch {
	case err != nil:
		return value, err
	case i < 0:
		return value, fmt.Errorf("%w: the form has no component %s", ErrAbsent, f.text())
	}
	hasEmpty := f.isString || reflect.TypeFor[T]().Kind() == reflect.Slice
	if !f.hasValue(&v[i]) && !hasEmpty {
		return value, fmt.Errorf("%w: nothing was filled in for %s", ErrAbsent, f.text())
	}
	r := reader{}
	r.field(&f, &v[i], reflect.ValueOf(&value).Elem())
	return value, r.problems.err()
}

// Text is a component's text as it is, empty when nothing was filled in.
func (v Values) Text(label string) (string, error) { return get[string](v, label) }

// Int is a whole number.
func (v Values) Int(label string) (int64, error) { return get[int64](v, label) }

// Decimal is a number or an amount of money with its digits.
func (v Values) Decimal(label string) (Decimal, error) { return get[Decimal](v, label) }

// Date is a date, with minutes or as half a day if the form has them.
func (v Values) Date(label string) (Date, error) { return get[Date](v, label) }

// Time is a date, with minutes if the form has them. For half days there is
// [Values.Date].
func (v Values) Time(label string) (time.Time, error) { return get[time.Time](v, label) }

// DateRange is a time span.
func (v Values) DateRange(label string) (DateRange, error) { return get[DateRange](v, label) }

// Options are the choices of a component that allows several.
func (v Values) Options(label string) ([]string, error) { return get[[]string](v, label) }

// Contacts are people.
func (v Values) Contacts(label string) ([]Contact, error) { return get[[]Contact](v, label) }

// Departments are departments.
func (v Values) Departments(label string) ([]Department, error) { return get[[]Department](v, label) }

// Related are the approvals that this one refers to.
func (v Values) Related(label string) ([]Related, error) { return get[[]Related](v, label) }

// Attachments are files.
func (v Values) Attachments(label string) ([]Attachment, error) { return get[[]Attachment](v, label) }

// Photos are the addresses of images.
func (v Values) Photos(label string) ([]Photo, error) { return get[[]Photo](v, label) }

// Address is a place of China's administrative divisions.
func (v Values) Address(label string) (Address, error) { return get[Address](v, label) }

// Location is where and when somebody filled in the form.
func (v Values) Location(label string) (Location, error) { return get[Location](v, label) }

// Holiday returns the value of a leave suite.
func (v Values) Holiday(label string) (Holiday, error) { return get[Holiday](v, label) }

// Table are the rows of a table (明细), each with its cells.
func (v Values) Table(label string) ([]Values, error) { return get[[]Values](v, label) }

// Total is the total of one column of a table (明细).
type Total struct {
	// ID and Label name the column.
	ID, Label string
	// Sum is the total of all rows; Unit is that of the column, empty for none.
	Sum  Decimal
	Unit string
}

// Totals are the totals (统计) of a table's columns, where the form has them. It fails
// with [ErrAbsent] when there is no such table, and with an [*Error] when the totals
// cannot be read.
func (v Values) Totals(label string) ([]Total, error) {
	i, err := v.index(label)
	switch {
	case err != nil:
		return nil, err
	case i < 0:
		return nil, fmt.Errorf("%w: the form has no component %s", ErrAbsent, label)
	}
	totals, err := totalsOf(v[i].ExtValue)
	if err != nil {
		return nil, problems{{Label: v[i].Name, Type: tableField, Message: "has totals that cannot be read: " + err.Error()}}.err()
	}
	return totals, nil
}

func totalsOf(ext string) ([]Total, error) {
	if isNothing(ext) {
		return nil, nil
	}
	var list struct {
		Totals []struct {
			ID          string    `json:"id"`
			ComponentID string    `json:"componentId"`
			Label       string    `json:"label"`
			Number      wire.Text `json:"num"`
			Unit        string    `json:"unit"`
		} `json:"statValue"`
	}
	if err := json.Unmarshal([]byte(ext), &list); err != nil {
		return nil, jsonError(err)
	}
	totals := make([]Total, len(list.Totals))
	for i, t := range list.Totals {
		totals[i] = Total{ID: cmp.Or(t.ID, t.ComponentID), Label: t.Label, Unit: t.Unit}
		if err := setDecimal(&totals[i].Sum, string(t.Number)); err != nil {
			return nil, err
		}
	}
	return totals, nil
}
