package form

import (
	"errors"
	"fmt"
	"strings"
)

// tag is what a form tag says: the component that a field stands for.
type tag struct {
	label, and, id, alias string
	component             string
	omitEmpty, required   bool
	minute, rest          bool
}

// parseTag reads a tag: the label, then options such as required or id=TextField_1.
func parseTag(text string) (tag, error) {
	var t tag
	var err error
	first := true
	for more := true; more; first = false {
		var option string
		if option, text, more, err = cutOption(text); err != nil {
			return t, err
		}
		if first {
			t.label = option
			continue
		}
		if err := t.set(option); err != nil {
			return t, err
		}
	}
	if t.label == "" && t.id == "" && t.alias == "" && !t.rest {
		return t, errors.New("has neither label nor id nor alias in its tag")
	}
	if t.and != "" && t.label == "" {
		return t, errors.New("has a second label in its tag (and=) but no first one")
	}
	return t, nil
}

func (t *tag) set(option string) error {
	key, value, hasValue := strings.Cut(option, "=")
	var text *string
	switch key {
	case "id":
		text = &t.id
	case "alias":
		text = &t.alias
	case "and":
		text = &t.and
	case "type":
		text = &t.component
	case "omitempty":
		t.omitEmpty = true
	case "required":
		t.required = true
	case "minute":
		t.minute = true
	case "rest":
		t.rest = true
	default:
		return fmt.Errorf("has the unknown option %q in its tag; write a label with a comma in single quotes", option)
	}
	if (text != nil) != (hasValue && value != "") {
		return fmt.Errorf("has the malformed option %q in its tag", option)
	}
	if text != nil {
		*text = strings.Trim(value, "'")
	}
	return nil
}

// cutOption takes what stands before the next comma; within single quotes a
// comma is a letter.
func cutOption(text string) (option, rest string, more bool, err error) {
	if !strings.Contains(text, "'") {
		option, rest, more = strings.Cut(text, ",")
		return option, rest, more, nil
	}
	if quoted, ok := strings.CutPrefix(text, "'"); ok {
		label, rest, closed := strings.Cut(quoted, "'")
		if !closed || rest != "" && rest[0] != ',' {
			return "", "", false, errors.New("has a single quote in its tag that nothing closes")
		}
		return label, strings.TrimPrefix(rest, ","), rest != "", nil
	}
	inQuotes := false
	for i, c := range text {
		switch {
		case c == '\'' && (inQuotes || strings.HasSuffix(text[:i], "=")):
			inQuotes = !inQuotes
		case c == ',' && !inQuotes:
			return text[:i], text[i+1:], true, nil
		}
	}
	if inQuotes {
		return "", "", false, errors.New("has a single quote in its tag that nothing closes")
	}
	return text, "", false, nil
}

// name is the component's name on the wire.
func (t *tag) name() string {
	switch {
	case t.and != "":
		return string(appendTexts(nil, t.label, t.and))
	case t.label != "":
		return t.label
	case t.id != "":
		return t.id
	}
	return t.alias
}

// text is the component's name in errors.
func (t *tag) text() string {
	if t.and != "" {
		return t.label + "/" + t.and
	}
	return t.name()
}
