package main

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const limitsTemplate = `// Package limit holds the limits and enumerations of the vendor's requests, each
// under the name of its operation and field. Lengths are in characters. An
// enumeration is a list joined by commas.
package limit

// The limits of requests.
const (
{{- range .}}
	{{.Name}} = {{.Value}}
{{- end}}
)
`

// limitOf is one constant of internal/limit.
type limitOf struct {
	Name  string
	Value any
}

// renderLimits writes a constant for each limit of a request that a service method
// sends, whichever gateway it goes through.
func renderLimits(t *table) ([]byte, error) {
	var limits []limitOf
	for _, o := range t.leading() {
		if len(o.Go) == 0 {
			continue
		}
		limits = append(limits, t.limitsOf(o)...)
		if twin := t.byID[o.Legacy]; twin != nil {
			limits = append(limits, t.limitsOf(twin)...)
		}
	}
	return execute(limitsTemplate, limits)
}

func (t *table) limitsOf(o *operation) []limitOf {
	f := t.fields.Operations[o.ID]
	name := o.constName()
	return limitsIn(name, t.expand(slices.Concat(f.PathParams, f.Query, f.Body), nil))
}

func limitsIn(prefix string, fields []field) []limitOf {
	var limits []limitOf
	for i := range fields {
		f := &fields[i]
		name := prefix + camel(f.Name)
		for _, l := range []struct {
			suffix string
			value  int
		}{{"MinLen", f.MinLen}, {"MaxLen", f.MaxLen}, {"MaxItems", f.MaxItems}, {"ItemMaxLen", f.ItemMaxLen}} {
			if l.value != 0 {
				limits = append(limits, limitOf{name + l.suffix, l.value})
			}
		}
		if f.Min != nil {
			limits = append(limits, limitOf{name + "Min", *f.Min})
		}
		if f.Max != nil {
			limits = append(limits, limitOf{name + "Max", *f.Max})
		}
		if len(f.Enum) > 0 {
			limits = append(limits, limitOf{name + "Enum", `"` + strings.Join(f.Enum, ",") + `"`})
		}
		limits = append(limits, limitsIn(name, f.Fields)...)
	}
	return limits
}

// camel is a name of either gateway as a part of a Go name.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		first, size := utf8.DecodeRuneInString(part)
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(part[size:])
	}
	return b.String()
}
