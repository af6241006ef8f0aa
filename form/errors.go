package form

import (
	"slices"
	"strings"
)

// Error says everything that is wrong with a form's values or with the struct
// that stands for the form.
type Error struct {
	// Problems has at least one; those of a struct are in the order of its fields.
	Problems []Problem
}

// Problem is one thing that is wrong with one component (表单控件).
type Problem struct {
	// Field is the path of the Go field, such as "Lines[2].Amount"; empty where
	// there is no struct.
	Field string
	// Label is the component's label, or its id or bizAlias when there is no
	// label. For the cell of a table it starts with the table and the row, counted
	// from zero: "明细[2].金额".
	Label string
	// Type is the component's type, such as "NumberField"; empty when unknown.
	Type string
	// Message says what is wrong and, where it helps, what to do. It starts like
	// "must be" or "is required", fit to stand behind the name.
	Message string
}

// Error returns all problems in one line.
func (e *Error) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.String()
	}
	return "form: " + strings.Join(texts, "; ")
}

// String is the problem in one line: Lines[2].Amount (明细[2].金额, NumberField) is required.
func (p Problem) String() string {
	first, others := p.Field, []string{p.Label, p.Type}
	if first == "" {
		first, others = p.Label, []string{p.Type}
	}
	others = slices.DeleteFunc(others, func(s string) bool { return s == "" })
	if len(others) > 0 {
		first += " (" + strings.Join(others, ", ") + ")"
	}
	return strings.TrimSpace(first + " " + p.Message)
}

// problems collects what is wrong, to tell it all at once.
type problems []Problem

// err is nil when nothing is wrong.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Problems: p}
}
