// Package check collects what is wrong with a request before it is sent, so that
// one error reports all of it. Limits and enumerations come from package limit, and
// so from api/fields.json.
package check

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problems collects what is wrong with a request. E is dingoa.FieldError, which
// this package cannot import.
type Problems[E ~struct{ Field, Problem string }] struct {
	// Found is in the order of the checks.
	Found []E
}

// Add notes what is wrong with a field.
func (p *Problems[E]) Add(field, format string, args ...any) {
	p.Found = append(p.Found, E{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// Required checks a text that must not be left out.
func (p *Problems[E]) Required(field, value string) {
	if strings.TrimSpace(value) == "" {
		p.Add(field, "is required")
	}
}

// Items checks the length of a list that must not be left out.
func (p *Problems[E]) Items(field string, n, most int) {
	p.SomeItems(field, n)
	p.MaxItems(field, n, most)
}

// SomeItems checks that a list has items.
func (p *Problems[E]) SomeItems(field string, n int) {
	if n == 0 {
		p.Add(field, "is required")
	}
}

// MaxItems checks that a list is not too long.
func (p *Problems[E]) MaxItems(field string, n, most int) {
	if n > most {
		p.Add(field, "has %d items, at most %d are allowed", n, most)
	}
}

// MaxLength checks a limit that the vendor counts in characters.
func (p *Problems[E]) MaxLength(field, value string, most int) {
	if len(value) <= most {
		return
	}
	if n := utf8.RuneCountInString(value); n > most {
		p.Add(field, "has %d characters, at most %d are allowed", n, most)
	}
}

// MinLength checks a limit that the vendor counts in characters.
func (p *Problems[E]) MinLength(field, value string, least int) {
	if n := utf8.RuneCountInString(value); n < least {
		p.Add(field, "has %d characters, at least %d are needed", n, least)
	}
}

// OneOf checks an enumeration of package limit; empty means left out.
func (p *Problems[E]) OneOf(field, value, allowed string) {
	if value == "" {
		return
	}
	for one := range strings.SplitSeq(allowed, ",") {
		if value == one {
			return
		}
	}
	p.Add(field, "is %q, allowed are %s", value, strings.ReplaceAll(allowed, ",", ", "))
}

// OneOfNumbers checks an enumeration of numbers.
func (p *Problems[E]) OneOfNumbers(field string, value int, allowed string) {
	p.OneOf(field, strconv.Itoa(value), allowed)
}

// PageSize checks the size of a page; left out it is the largest.
func (p *Problems[E]) PageSize(size, most int) int {
	if size == 0 {
		return most
	}
	if size < 1 || size > most {
		p.Add("PageSize", "is %d, allowed are 1 to %d", size, most)
	}
	return size
}

// PageNumber reads the cursor of a list that counts its pages or items.
func (p *Problems[E]) PageNumber(cursor string, first int64) int64 {
	if cursor == "" {
		return first
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < first {
		p.Add("Cursor", "is %q, want the NextCursor of a page", cursor)
	}
	return n
}
