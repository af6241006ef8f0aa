package form

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// scanner walks through JSON text. What it returns lies in the text where it
// can, so that a table costs no copy.
type scanner struct {
	text string
	pos  int
}

func (s *scanner) malformed() error {
	return fmt.Errorf("is malformed JSON at byte %d", min(s.pos, len(s.text)))
}

// peek is the next byte that is no space, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.text); s.pos++ {
		if c := s.text[s.pos]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
	}
	return 0
}

// take goes past c, if that is next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// end makes sure that nothing follows.
func (s *scanner) end() error {
	if s.peek() != 0 || s.pos < len(s.text) {
		return s.malformed()
	}
	return nil
}

// list calls each at every element, which each has to read.
func (s *scanner) list(each func() error) error {
	if !s.take('[') {
		return s.malformed()
	}
	if s.take(']') {
		return nil
	}
	for {
		if err := each(); err != nil {
			return err
		}
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return s.malformed()
		}
	}
}

// object calls each at the value of every member, which each has to read.
func (s *scanner) object(each func(key string) error) error {
	if !s.take('{') {
		return s.malformed()
	}
	if s.take('}') {
		return nil
	}
	for {
		key, err := s.string()
		if err != nil {
			return err
		}
		if !s.take(':') {
			return s.malformed()
		}
		if err := each(key); err != nil {
			return err
		}
		if s.take('}') {
			return nil
		}
		if !s.take(',') {
			return s.malformed()
		}
	}
}

// string reads a JSON string.
func (s *scanner) string() (string, error) {
	if s.peek() != '"' {
		return "", s.malformed()
	}
	start := s.pos
	escaped := false
	for i := start + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\':
			escaped = true
			i++
		case c == '"':
			s.pos = i + 1
			if escaped {
				return s.unquote(start)
			}
			return s.text[start+1 : i], nil
		case c < ' ':
			s.pos = i
			return "", s.malformed()
		}
	}
	s.pos = len(s.text)
	return "", s.malformed()
}

func (s *scanner) unquote(start int) (string, error) {
	var text string
	if json.Unmarshal([]byte(s.text[start:s.pos]), &text) != nil {
		s.pos = start
		return "", s.malformed()
	}
	return text, nil
}

// value reads any value as text: strings without quotes, null as nothing, a
// list or an object as its JSON.
func (s *scanner) value() (string, error) {
	switch s.peek() {
	case '"':
		return s.string()
	case '[', '{':
		start := s.pos
		s.skip()
		raw := s.text[start:s.pos]
		if !json.Valid([]byte(raw)) {
			s.pos = start
			return "", s.malformed()
		}
		return raw, nil
	}
	start := s.pos
	for s.pos < len(s.text) && !strings.ContainsRune(" \n\r\t,:]}", rune(s.text[s.pos])) {
		s.pos++
	}
	switch literal := s.text[start:s.pos]; literal {
	case "null":
		return "", nil
	case "true", "false":
		return literal, nil
	default:
		if _, ok := plainNumber(literal); !ok {
			s.pos = start
			return "", s.malformed()
		}
		return literal, nil
	}
}

// skip goes past a list or an object without a look at what is in it.
func (s *scanner) skip() {
	depth := 0
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case '"':
			if _, err := s.string(); err != nil {
				s.pos = len(s.text)
				return
			}
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		s.pos++
		if depth <= 0 {
			return
		}
	}
}

// isList reports text that looks like a JSON list.
func isList(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), "[") }

// texts reads a JSON list of values as text; objects stay JSON.
func texts(text string) ([]string, error) {
	s := scanner{text: text}
	var items []string
	err := s.list(func() error {
		item, err := s.value()
		items = append(items, item)
		return err
	})
	if err == nil {
		err = s.end()
	}
	return items, err
}

// appendQuoted writes a JSON string. Unlike encoding/json it leaves &, < and >
// as they are: people read form values.
func appendQuoted[T string | []byte](b []byte, text T) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, text[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, strconv.FormatUint(uint64(c)+0x100, 16)[1:]...)
		}
	}
	b = append(b, text[start:]...)
	return append(b, '"')
}

// appendTexts writes a JSON list of strings.
func appendTexts(b []byte, items ...string) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, item)
	}
	return append(b, ']')
}
