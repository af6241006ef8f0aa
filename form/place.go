package form

import (
	"errors"
	"fmt"
)

// What is often wrong.
var (
	errRequired   = errors.New("is required")
	errTwice      = errors.New("has two components on the form; name one by its id in the tag")
	errNested     = errors.New("is a table within a table, which forms do not have")
	errUnexported = errors.New("has a form tag but is not exported")
	errRest       = errors.New("has the option rest, which is for a []form.Value or form.Values and goes with nothing else")
)

// place is where a value is written or read: at the form's top, or in the row of
// a table. It collects what is wrong there.
type place struct {
	table    *field
	row      int
	problems problems
}

func (p *place) add(f *field, err error) {
	for _, problem := range fieldProblems(f, err) {
		p.addProblem(problem)
	}
}

func (p *place) addProblem(problem Problem) {
	if p.table != nil {
		problem.Label = joinPath(fmt.Sprintf("%s[%d]", p.table.text(), p.row), problem.Label)
		if p.table.goName != "" {
			problem.Field = joinPath(fmt.Sprintf("%s[%d]", p.table.goName, p.row), problem.Field)
		}
	}
	p.problems = append(p.problems, problem)
}

// fieldProblems is err as the problem of a field, or the problems of the row
// type of a table.
func fieldProblems(f *field, err error) []Problem {
	var of *Error
	if !errors.As(err, &of) {
		return []Problem{{Field: f.goName, Label: f.text(), Type: f.component, Message: err.Error()}}
	}
	all := make([]Problem, len(of.Problems))
	for i, problem := range of.Problems {
		if f.goName != "" {
			problem.Field = joinPath(f.goName+"[]", problem.Field)
		}
		problem.Label = joinPath(f.text(), problem.Label)
		all[i] = problem
	}
	return all
}

func joinPath(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}
