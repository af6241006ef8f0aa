package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

var errDepth = errors.New("it is nested too deeply")

// maxDepth is encoding/json's.
const maxDepth = 10_000

// scanner reads the tokens of a JSON text, and checks their syntax.
type scanner struct {
	data  []byte
	pos   int
	depth int
	buf   []byte // of texts with escapes
}

func (s *scanner) syntax() error {
	if s.pos >= len(s.data) {
		return errors.New("unexpected end of JSON input")
	}
	return fmt.Errorf("invalid JSON at byte %d", s.pos) // not which: it may be private
}

// next is the first byte of the next token, 0 at the end.
func (s *scanner) next() byte {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\n', '\r', '\t':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// take moves behind c if it is the next token.
func (s *scanner) take(c byte) bool {
	if s.next() != c || c == 0 {
		return false
	}
	s.pos++
	return true
}

// end reports an error unless there is nothing left.
func (s *scanner) end() error {
	if s.next(); s.pos < len(s.data) {
		return s.syntax()
	}
	return nil
}

func (s *scanner) enter() error {
	if s.depth++; s.depth > maxDepth {
		return errDepth
	}
	s.pos++
	return nil
}

// more reports whether there is another item before the bracket that closes the
// object or list, behind which it moves.
func (s *scanner) more(first bool, closing byte) (bool, error) {
	switch c := s.next(); {
	case c == closing:
		s.pos++
		s.depth--
		return false, nil
	case first:
		return true, nil
	case c == ',':
		s.pos++
		return true, nil
	}
	return false, s.syntax()
}

// key reads the name of a member and the colon.
func (s *scanner) key() ([]byte, error) {
	if s.next() != '"' {
		return nil, s.syntax()
	}
	name, err := s.text()
	if err != nil {
		return nil, err
	}
	if !s.take(':') {
		return nil, s.syntax()
	}
	return name, nil
}

// text reads a string. What it returns is good until the next call.
func (s *scanner) text() ([]byte, error) {
	content, plain, err := s.quoted()
	if err != nil || plain {
		return content, err
	}
	raw := s.data[s.pos-len(content)-2 : s.pos]
	s.buf, err = appendUnquoted(s.buf[:0], content)
	if err != nil { // surrogates
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, s.syntax()
		}
		s.buf = append(s.buf[:0], text...)
	}
	return s.buf, nil
}

// quoted moves behind a string, and returns what is between the quotes; plain
// reports that this is the text itself.
func (s *scanner) quoted() (content []byte, plain bool, err error) {
	start := s.pos + 1
	end := bytes.IndexByte(s.data[min(start, len(s.data)):], '"')
	if end < 0 {
		s.pos = len(s.data)
		return nil, false, s.syntax()
	}
	content = s.data[start : start+end]
	control, escaped, high := inspect(content)
	if escaped {
		n := stringLength(s.data[s.pos:])
		if s.data[s.pos+n-1] != '"' || n-2 < end {
			s.pos = len(s.data)
			return nil, false, s.syntax()
		}
		content = s.data[start : s.pos+n-1]
		var more bool
		control, _, more = inspect(content)
		high = high || more
		if !escapesAreGood(content) {
			return nil, false, s.syntax()
		}
	}
	if control {
		return nil, false, s.syntax()
	}
	s.pos = start + len(content) + 1
	return content, !escaped && (!high || utf8.Valid(content)), nil
}

// inspect looks for bytes that are no plain ASCII text, eight at a time.
func inspect(b []byte) (control, escaped, high bool) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	var controls, escapes, all uint64
	for len(b) >= 8 {
		w := binary.LittleEndian.Uint64(b)
		all |= w
		controls |= (w - ones*0x20) & ^w
		x := w ^ ones*'\\'
		escapes |= (x - ones) & ^x
		b = b[8:]
	}
	high = all&highs != 0
	control, escaped = controls&highs != 0, escapes&highs != 0
	for _, c := range b {
		control = control || c < ' '
		escaped = escaped || c == '\\'
		high = high || c >= utf8.RuneSelf
	}
	return control, escaped, high
}

func escapesAreGood(content []byte) bool {
	for {
		i := bytes.IndexByte(content, '\\')
		if i < 0 {
			return true
		}
		content = content[i+1:]
		if len(content) == 0 {
			return false
		}
		switch content[0] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			content = content[1:]
		case 'u':
			if len(content) < 5 {
				return false
			}
			for _, c := range content[1:5] {
				if hexDigit(c) < 0 {
					return false
				}
			}
			content = content[5:]
		default:
			return false
		}
	}
}

func hexDigit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

var errRare = errors.New("has surrogates or invalid UTF-8")

// appendUnquoted undoes good escapes. It leaves what is rare to encoding/json.
func appendUnquoted(dst, content []byte) ([]byte, error) {
	if !utf8.Valid(content) {
		return dst, errRare
	}
	for {
		i := bytes.IndexByte(content, '\\')
		if i < 0 {
			return append(dst, content...), nil
		}
		dst = append(dst, content[:i]...)
		c := content[i+1]
		content = content[i+2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r := hexDigit(content[0])<<12 | hexDigit(content[1])<<8 | hexDigit(content[2])<<4 | hexDigit(content[3])
			if !utf8.ValidRune(r) {
				return dst, errRare
			}
			dst = utf8.AppendRune(dst, r)
			content = content[4:]
			continue
		}
		dst = append(dst, c)
	}
}

// literal reads a number, true, false or null.
func (s *scanner) literal() ([]byte, error) {
	rest := s.data[s.pos:]
	n := 0
	switch rest[0] {
	case 't':
		n = prefix(rest, "true")
	case 'f':
		n = prefix(rest, "false")
	case 'n':
		n = prefix(rest, "null")
	default:
		n = numberLength(rest)
	}
	if n == 0 {
		return nil, s.syntax()
	}
	s.pos += n
	return rest[:n], nil
}

func prefix(data []byte, word string) int {
	if len(data) >= len(word) && string(data[:len(word)]) == word {
		return len(word)
	}
	return 0
}

// numberLength is the length of the JSON number that data begins with, 0 if
// there is none.
func numberLength(data []byte) int {
	i := 0
	digits := func() bool {
		start := i
		for i < len(data) && '0' <= data[i] && data[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(data) && data[i] == '-' {
		i++
	}
	if i < len(data) && data[i] == '0' {
		i++
	} else if !digits() {
		return 0
	}
	if i < len(data) && data[i] == '.' {
		if i++; !digits() {
			return 0
		}
	}
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}

// skip moves behind a value and returns it.
func (s *scanner) skip() ([]byte, error) {
	c := s.next()
	start := s.pos
	err := s.skipValue(c)
	return s.data[start:s.pos], err
}

func (s *scanner) skipValue(c byte) error {
	switch c {
	case 0:
		return s.syntax()
	case '"':
		_, _, err := s.quoted()
		return err
	case '{', '[':
		return s.skipNested(c)
	}
	_, err := s.literal()
	return err
}

func (s *scanner) skipNested(opening byte) error {
	if err := s.enter(); err != nil {
		return err
	}
	closing := opening + 2 // of both in ASCII
	for first := true; ; first = false {
		more, err := s.more(first, closing)
		if err != nil || !more {
			return err
		}
		if opening == '{' {
			if s.next() != '"' {
				return s.syntax()
			}
			if _, _, err := s.quoted(); err != nil {
				return err
			}
			if !s.take(':') {
				return s.syntax()
			}
		}
		if err := s.skipValue(s.next()); err != nil {
			return err
		}
	}
}
