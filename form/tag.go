package form

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tag is a parsed form tag: the component that a field stands for.
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
	isQuoted := strings.HasPrefix(text, "'")
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
	if !isQuoted {
		if err := checkLabel(t.label); err != nil {
			return tag{}, err // it names the label
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

// checkLabel finds options that are written as if they were the label, or a part of
// it.
func checkLabel(label string) error {
	if isOption(label) {
		return fmt.Errorf("begins its tag with the option %q in place of the label: write %q, or a label of that name in single quotes", label, ","+label)
	}
	for i, c := range label {
		if !strings.ContainsRune(" ，;；、|", c) {
			continue
		}
		before, behind := label[:i], label[i+utf8.RuneLen(c):]
		isWord := !strings.Contains(behind, "=")
		isEnglish := !strings.ContainsFunc(before, func(r rune) bool { return r > unicode.MaxASCII })
		if before != "" && isOption(behind) && (c != ' ' || !isWord || !isEnglish) { // "Date required" may be a label
			return fmt.Errorf("has the label %q in its tag, which looks like a label with an option: options stand behind a comma (,), and such a label in single quotes", label)
		}
	}
	return nil
}

// isOption reports what is an option in a tag.
func isOption(text string) bool {
	key, value, hasValue := strings.Cut(text, "=")
	switch key {
	case "id", "alias", "and", "type":
		return hasValue && value != ""
	case "required", "omitempty", "minute", "rest":
		return !hasValue
	}
	return false
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
		return unknownOption(option, key, hasValue)
	}
	switch {
	case (text != nil) != (hasValue && value != ""):
		return fmt.Errorf("has the malformed option %q in its tag", option)
	case text != nil && *text != "":
		return fmt.Errorf("has the option %s= twice in its tag", key)
	case text != nil:
		*text = strings.Trim(value, "'")
	}
	return nil
}

// unknownOption says what was meant, where that can be guessed.
func unknownOption(option, key string, hasValue bool) error {
	options := []string{"required", "omitempty", "minute", "rest"}
	if hasValue {
		options = []string{"id=", "alias=", "and=", "type="}
		key += "="
	}
	meant := nearest(strings.TrimSpace(key), options)
	if strings.EqualFold(strings.ReplaceAll(key, "_", ""), "bizAlias=") {
		meant = "alias="
	}
	if meant != "" {
		return fmt.Errorf("has the unknown option %q in its tag; did you mean %q?", option, meant)
	}
	return fmt.Errorf("has the unknown option %q in its tag; write a label with a comma in single quotes", option)
}

// nearest is the word that another one is a misspelling of: with other capitals, or
// with at most two letters wrong. It is empty when there is none.
func nearest(word string, words []string) string {
	const mostWrong = 2
	best, wrong := "", mostWrong+1
	for _, w := range words {
		d := distance(strings.ToLower(word), strings.ToLower(w))
		if d < wrong && d < len(w)/2 {
			best, wrong = w, d
		}
	}
	return best
}

// distance is how many letters have to be put in, taken out or replaced (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
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
