package formgen

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/dingoa/dingoa/form"
)

// tagOf is the struct tag of a component, as a Go literal.
func tagOf(c *form.Component, k kind) (string, error) {
	if c.Label == "" && c.ID == "" && c.BizAlias == "" {
		return "", fmt.Errorf("a %s has neither label nor id: nothing names it", brief(c.Type))
	}
	parts := []string{quoted(c.Label)}
	option := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"="+quoted(value))
		}
	}
	option("and", c.SecondLabel)
	option("id", c.ID)
	option("alias", c.BizAlias)
	if !k.implied {
		option("type", c.Type)
	}
	if strings.Contains(c.Format, "mm") {
		parts = append(parts, "minute")
	}
	switch {
	case isRequired(c) && !k.readOnly:
		parts = append(parts, "required")
	default:
		parts = append(parts, "omitempty")
	}
	return literal(`form:` + strconv.Quote(strings.Join(parts, ","))), nil
}

// quoted is a label in a tag, in single quotes where it needs them.
func quoted(text string) string {
	if !strings.ContainsAny(text, `,'\`) && strings.TrimSpace(text) == text {
		return text
	}
	return `'` + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + `'`
}

// literal is a Go string: in backquotes if that is as easily read.
func literal(text string) string {
	isPlain := !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if isPlain && strings.Contains(text, `"`) && strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}
