package formgen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dingoa/dingoa/form"
)

// tagWriter writes the tags of one struct, in which no two fields may share an
// id or an alias, and only those with an id a label.
type tagWriter struct {
	taken  map[string]bool
	labels map[string]int // how many components have the label
	ids    bool           // every tag has an id
}

func labelCounts(components []form.Component) map[string]int {
	counts := map[string]int{}
	for i := range components {
		if _, ok := kindOf(&components[i]); ok {
			counts[components[i].Name()]++
		}
	}
	return counts
}

// tag is the struct tag of a component, as a Go literal. A label that is taken,
// or that no tag can hold, is left to the id.
func (w *tagWriter) tag(c *form.Component, k kind) (string, error) {
	label, and := c.Name(), ""
	if k.hasTwoLabels && c.Label != "" && c.SecondLabel != "" {
		label, and = c.Label, c.SecondLabel
	}
	labelText, canLabel := tagText(label)
	andText, canAnd := tagText(and)
	hasID, hasAlias := w.take("id", c.ID), w.take("alias", c.BizAlias)
	wantsID := hasID && (w.ids || w.labels[c.Name()] > 1)
	hasLabel := canLabel && canAnd && w.takeLabel(c.Name(), wantsID)
	hasID = wantsID || hasID && !hasLabel
	if !hasLabel && !hasID && !hasAlias {
		return "", fmt.Errorf("nothing names the component %s (%s): it has no id, and no label of its own that a tag can hold", brief(label), comment(c.Type))
	}
	parts := []string{""}
	add := func(is bool, option string) {
		if is {
			parts = append(parts, option)
		}
	}
	if hasLabel {
		parts[0] = labelText
		add(and != "", "and="+andText)
	}
	add(hasID, "id="+c.ID)
	add(hasAlias, "alias="+c.BizAlias)
	add(!k.implied && c.Type != "" && isPlain(c.Type), "type="+c.Type)
	add(k.hasMinute && strings.Contains(c.Format, "mm"), "minute")
	add(!k.readOnly && !k.computed && isRequired(c), "required")
	return literal(`form:` + strconv.Quote(strings.Join(parts, ","))), nil
}

func (w *tagWriter) takeLabel(label string, hasID bool) bool {
	const withID, without = "label with id", "label"
	if !hasID {
		return !w.taken[withID+" "+label] && w.take(without, label)
	}
	w.taken[withID+" "+label] = true
	return label != "" && !w.taken[without+" "+label]
}

// take reports a name that a tag can hold and that no other field has.
func (w *tagWriter) take(what, name string) bool {
	key := what + " " + name
	if name == "" || w.taken[key] || what != "label" && !isPlain(name) {
		return false
	}
	w.taken[key] = true
	return true
}

// isPlain: a tag can hold it without quotes.
func isPlain(name string) bool { return !strings.ContainsAny(name, "',") }

// tagText is a label as a tag holds it: in single quotes, which nothing escapes,
// when it has a comma or looks like an option.
func tagText(label string) (_ string, ok bool) {
	switch {
	case isPlain(label) && !looksLikeOption(label):
		return label, true
	case !strings.Contains(label, "'"):
		return "'" + label + "'", true
	}
	isOdd := strings.HasPrefix(label, "'") || strings.HasSuffix(label, "'") || strings.Contains(label, "='")
	return label, !isOdd && !strings.Contains(label, ",") && !looksLikeOption(label)
}

// looksLikeOption: package form refuses such a label without quotes.
func looksLikeOption(label string) bool {
	return label == "-" || strings.Contains(label, "=") || slices.ContainsFunc([]string{"required", "omitempty", "minute", "rest"}, func(word string) bool {
		return strings.HasSuffix(label, word)
	})
}

// literal is a Go string: in backquotes if that is as easily read.
func literal(text string) string {
	isPlain := !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if isPlain && strings.Contains(text, `"`) && strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}
