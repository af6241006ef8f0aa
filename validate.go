package dingoa

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/check"
	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// problems collects what is wrong with a request before it is sent. An enumeration
// is refused where it is the whole of what an operation can do, such as the results
// of a decision; the types of components are not, since the vendor's lists of them
// are incomplete.
type problems struct{ check.Problems[FieldError] }

// err returns nil when nothing was found.
func (p *problems) err(op operation.Operation) error {
	return InvalidRequest(op, p.Found...)
}

// noCommas is for ids that the older gateway takes as one text with commas: one
// with a comma would be two there.
func (p *problems) noCommas(field string, ids []string) {
	for i, id := range ids {
		if strings.Contains(id, ",") {
			p.Add(fmt.Sprintf("%s[%d]", field, i), "has a comma, which the older gateway takes for the end of an id")
		}
	}
}

// taskID reads the number that a task goes by on the wire.
func (p *problems) taskID(field, value string) int64 {
	if value == "" {
		p.Required(field, value)
		return 0
	}
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil || id <= 0 {
		p.Add(field, "is %q, want digits", value)
	}
	return id
}

// span checks the times between which approvals were started.
func (p *problems) span(start, end time.Time) {
	if start.IsZero() {
		p.Add("StartTime", "is required")
	}
	if !end.IsZero() && end.Before(start) {
		p.Add("EndTime", "is before StartTime")
	}
}

// formValues checks the values of a form. It writes the way to a field only when
// something is wrong, since it runs for every value of every approval.
func (p *problems) formValues(values []FormValue) {
	for i := range values {
		v := &values[i]
		if strings.TrimSpace(v.Name) == "" {
			p.Add(fmt.Sprintf("FormValues[%d].Name", i), "is required: the label of the component")
		}
		if len(v.Value) > limit.StartProcessInstanceFormComponentValuesValueMaxLen {
			p.MaxLength(fmt.Sprintf("FormValues[%d].Value (%s)", i, v.Name), v.Value, limit.StartProcessInstanceFormComponentValuesValueMaxLen)
		}
		if len(v.ExtValue) > limit.StartProcessInstanceFormComponentValuesExtValueMaxLen {
			p.MaxLength(fmt.Sprintf("FormValues[%d].ExtValue (%s)", i, v.Name), v.ExtValue, limit.StartProcessInstanceFormComponentValuesExtValueMaxLen)
		}
		if len(v.Details) > 0 {
			p.details(fmt.Sprintf("FormValues[%d].Details", i), v.Name, v.Details)
		}
	}
}

// details checks the cells of a table, and of tables in it.
func (p *problems) details(field, label string, cells []FormValue) {
	if n := len(cells); n > limit.StartProcessInstanceFormComponentValuesDetailsMaxItems {
		p.MaxItems(fmt.Sprintf("%s (%s)", field, label), n, limit.StartProcessInstanceFormComponentValuesDetailsMaxItems)
	}
	for i := range cells {
		if len(cells[i].Details) > 0 {
			p.details(fmt.Sprintf("%s[%d].Details", field, i), cells[i].Name, cells[i].Details)
		}
	}
}
