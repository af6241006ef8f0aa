package formgen

import (
	"strings"
	"unicode"

	"github.com/dingoa/dingoa/form"
)

// maxBrief bounds what a comment repeats of a form, in characters.
const maxBrief = 200

// fieldDoc are the lines of a field's comment.
func fieldDoc(name string, c *form.Component, k kind) []string {
	label := brief(c.Label)
	if c.SecondLabel != "" {
		label += " and " + brief(c.SecondLabel)
	}
	doc := []string{name + " is " + label + " (" + comment(c.Type) + ")" + requirement(c) + "."}
	for _, hint := range []struct{ what, text string }{
		{"Placeholder", c.Placeholder},
		{"Unit", c.Unit},
	} {
		if text := comment(hint.text); text != "" {
			doc = append(doc, hint.what+": "+firstRunes(text, maxBrief))
		}
	}
	if c.OtherOption {
		doc = append(doc, "Any other text is possible, too.")
	}
	switch {
	case k.readOnly:
		doc = append(doc, "It is read only: no call can fill it in.")
	case k.computed:
		doc = append(doc, "The app computes it; a call has to bring the result itself.")
	}
	return doc
}

// requirement ends the sentence about a component.
func requirement(c *form.Component) string {
	switch {
	case isRequired(c):
		return ", required"
	case c.Hidden:
		return ", hidden"
	case c.Required:
		return ", required where the form shows it"
	}
	return ""
}

// brief is a label or an option in a comment.
func brief(label string) string {
	text := comment(label)
	if short := firstRunes(text, maxBrief); short != text {
		text = short + "…"
	}
	if text == "" {
		return "without a label"
	}
	return text
}

// comment is text that stands in one line of a comment: what a form holds must
// neither end the comment nor hide in it.
func comment(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(clean), " ")
}
