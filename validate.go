package dingoa

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// problems collects what is wrong with a request before it is sent, so that one
// error reports all of it. Limits and enumerations come from package limit, and so
// from api/fields.json. An enumeration is refused where it is the whole of what an
// operation can do, such as the results of a decision; the types of components are
// not, since the vendor's lists of them are incomplete.
type problems []FieldError

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// err returns nil when nothing was found.
func (p *problems) err(op operation.Operation) error {
	return InvalidRequest(op, *p...)
}

func (p *problems) required(field, value string) {
	if strings.TrimSpace(value) == "" {
		p.add(field, "is required")
	}
}

// items checks the length of a list that is required.
func (p *problems) items(field string, n, most int) {
	p.someItems(field, n)
	p.maxItems(field, n, most)
}

func (p *problems) someItems(field string, n int) {
	if n == 0 {
		p.add(field, "is required")
	}
}

func (p *problems) maxItems(field string, n, most int) {
	if n > most {
		p.add(field, "has %d items, at most %d are allowed", n, most)
	}
}

// maxLength checks a limit that the vendor counts in characters.
func (p *problems) maxLength(field, value string, most int) {
	if len(value) <= most {
		return
	}
	if n := utf8.RuneCountInString(value); n > most {
		p.add(field, "has %d characters, at most %d are allowed", n, most)
	}
}

func (p *problems) minLength(field, value string, least int) {
	if n := utf8.RuneCountInString(value); n < least {
		p.add(field, "has %d characters, at least %d are needed", n, least)
	}
}

// oneOf checks an enumeration of package limit; empty means left out.
func (p *problems) oneOf(field, value, allowed string) {
	if value == "" {
		return
	}
	for one := range strings.SplitSeq(allowed, ",") {
		if value == one {
			return
		}
	}
	p.add(field, "is %q, allowed are %s", value, strings.ReplaceAll(allowed, ",", ", "))
}

// oneOfNumbers checks an enumeration of numbers.
func (p *problems) oneOfNumbers(field string, value int, allowed string) {
	p.oneOf(field, strconv.Itoa(value), allowed)
}

// taskID reads the number that a task goes by on the wire.
func (p *problems) taskID(field, value string) int64 {
	if value == "" {
		p.required(field, value)
		return 0
	}
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil || id <= 0 {
		p.add(field, "is %q, want digits", value)
	}
	return id
}

// pageSize checks the size of a page; left out it is the largest.
func (p *problems) pageSize(size, most int) int {
	if size == 0 {
		return most
	}
	if size < 1 || size > most {
		p.add("PageSize", "is %d, allowed are 1 to %d", size, most)
	}
	return size
}

// pageNumber reads the cursor of a list that counts its pages or items.
func (p *problems) pageNumber(cursor string, first int64) int64 {
	if cursor == "" {
		return first
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < first {
		p.add("Cursor", "is %q, want the NextCursor of a page", cursor)
	}
	return n
}

// span checks the times between which approvals were started.
func (p *problems) span(start, end time.Time) {
	if start.IsZero() {
		p.add("StartTime", "is required")
	}
	if !end.IsZero() && end.Before(start) {
		p.add("EndTime", "is before StartTime")
	}
}

// formValues checks the values of a form. It writes the way to a field only when
// something is wrong, since it runs for every value of every approval.
func (p *problems) formValues(values []FormValue) {
	for i := range values {
		v := &values[i]
		if strings.TrimSpace(v.Name) == "" {
			p.add(fmt.Sprintf("FormValues[%d].Name", i), "is required: the label of the component")
		}
		if len(v.Value) > limit.StartProcessInstanceFormComponentValuesValueMaxLen {
			p.maxLength(fmt.Sprintf("FormValues[%d].Value (%s)", i, v.Name), v.Value, limit.StartProcessInstanceFormComponentValuesValueMaxLen)
		}
		if len(v.ExtValue) > limit.StartProcessInstanceFormComponentValuesExtValueMaxLen {
			p.maxLength(fmt.Sprintf("FormValues[%d].ExtValue (%s)", i, v.Name), v.ExtValue, limit.StartProcessInstanceFormComponentValuesExtValueMaxLen)
		}
		if len(v.Details) > 0 {
			p.details(fmt.Sprintf("FormValues[%d].Details", i), v.Name, v.Details)
		}
	}
}

// details checks the cells of a table, and of tables in it.
func (p *problems) details(field, label string, cells []FormValue) {
	if n := len(cells); n > limit.StartProcessInstanceFormComponentValuesDetailsMaxItems {
		p.maxItems(fmt.Sprintf("%s (%s)", field, label), n, limit.StartProcessInstanceFormComponentValuesDetailsMaxItems)
	}
	for i := range cells {
		if len(cells[i].Details) > 0 {
			p.details(fmt.Sprintf("%s[%d].Details", field, i), cells[i].Name, cells[i].Details)
		}
	}
}
