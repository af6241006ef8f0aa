// Package wire has the lenient JSON types that DingTalk's replies and events
// need: the same field comes as a number on one page and as text on another.
//
// Each type is a plain Go kind, so that the value is one conversion away and
// encoding writes the ordinary JSON of that kind. null leaves the value as it
// was, like encoding/json does; use a pointer to tell an absent or null field
// from a zero one.
package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is a string that may come as JSON text, number or boolean. A number
// keeps its digits, so that an ID above 2^53 survives.
type Text string

// Int64 is an integer that may come as a JSON number or as text. Empty text is
// zero.
type Int64 int64

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Text) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		return nil
	}
	s, ok := text(data)
	if !ok {
		return typeError[Text](data)
	}
	*t = Text(s)
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (i *Int64) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		return nil
	}
	n, ok := integer(data)
	if !ok {
		return typeError[Int64](data)
	}
	*i = Int64(n)
	return nil
}

func isNull(data []byte) bool { return string(data) == "null" }

// text returns the content of a JSON string, or the literal of a number or a
// boolean.
func text(data []byte) (string, bool) {
	if len(data) == 0 {
		return "", false
	}
	switch data[0] {
	case '{', '[':
		return "", false
	case '"':
		return unquote(data)
	default:
		return string(data), true
	}
}

// unquote takes the common cases, text without escapes and text with line
// breaks and quotes, by itself.
func unquote(data []byte) (string, bool) {
	if len(data) >= 2 && data[len(data)-1] == '"' {
		inner := data[1 : len(data)-1]
		if !utf8.Valid(inner) {
			return unquoteAny(data)
		}
		if bytes.IndexByte(inner, '\\') < 0 {
			return string(inner), true
		}
		if s, ok := unescape(inner); ok {
			return s, true
		}
	}
	return unquoteAny(data)
}

func unquoteAny(data []byte) (string, bool) {
	var s string
	if json.Unmarshal(data, &s) != nil {
		return "", false
	}
	return s, true
}

// unescape undoes the escapes of one letter; not ok when there are others, or
// when the text is no JSON.
func unescape(inner []byte) (string, bool) {
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	var b strings.Builder
	b.Grow(len(inner))
	for {
		i := bytes.IndexByte(inner, '\\')
		if i < 0 {
			i = len(inner)
		}
		for _, c := range inner[:i] {
			if c < ' ' || c == '"' {
				return "", false
			}
		}
		b.Write(inner[:i])
		if i == len(inner) {
			return b.String(), true
		}
		if i+1 == len(inner) {
			return "", false
		}
		letter := strings.IndexByte(letters, inner[i+1])
		if letter < 0 {
			return "", false
		}
		b.WriteByte(meanings[letter])
		inner = inner[i+2:]
	}
}

// integer reads a whole number, quoted or not. 1.6e12 and 3.0 are whole too.
func integer(data []byte) (int64, bool) {
	s, ok := text(data)
	if !ok {
		return 0, false
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, true
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53 // above it a float has lost digits
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

// typeError is the error that encoding/json completes with the field's name.
// It says what kind of JSON was found, never the value: that may be private.
func typeError[T any](data []byte) error {
	found := "number"
	switch {
	case len(data) == 0:
		found = "nothing"
	case data[0] == '{':
		found = "object"
	case data[0] == '[':
		found = "array"
	case data[0] == '"':
		found = "string"
	case data[0] == 't', data[0] == 'f':
		found = "bool"
	}
	return &json.UnmarshalTypeError{Value: found, Type: reflect.TypeFor[T]()}
}
