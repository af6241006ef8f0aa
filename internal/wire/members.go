package wire

import (
	"bytes"
	"encoding/json"
	"iter"
)

// Members yields the members of a JSON object in their order: the key as text,
// the value as JSON. Both lie in data. Anything but an object has no members.
//
// data must be valid JSON, see [encoding/json.Valid]; otherwise what is yielded
// means nothing. Together they cost less than half of decoding to a struct.
func Members(data []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		rest, ok := bytes.CutPrefix(skipSpace(data), []byte("{"))
		for ok {
			rest = skipSpace(rest)
			if len(rest) == 0 || rest[0] != '"' {
				return
			}
			n := valueLength(rest)
			key := keyText(rest[:n])
			rest, ok = bytes.CutPrefix(skipSpace(rest[n:]), []byte(":"))
			if !ok {
				return
			}
			rest = skipSpace(rest)
			n = valueLength(rest)
			if !yield(key, rest[:n]) {
				return
			}
			rest, ok = bytes.CutPrefix(skipSpace(rest[n:]), []byte(","))
		}
	}
}

func keyText(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		s, _ := unquote(quoted)
		return []byte(s)
	}
	return quoted[1:max(1, len(quoted)-1)]
}

func skipSpace(data []byte) []byte {
	for i, b := range data {
		if b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			return data[i:]
		}
	}
	return nil
}

// valueLength is the length of the JSON value that data begins with.
func valueLength(data []byte) int {
	if len(data) == 0 {
		return 0
	}
	switch data[0] {
	case '"':
		return stringLength(data)
	case '{', '[':
		return nestedLength(data)
	}
	for i, b := range data {
		if b == ',' || b == '}' || b == ']' || b <= ' ' {
			return i
		}
	}
	return len(data)
}

// stringLength finds the quote that ends a string: the first that an even
// number of backslashes precedes.
func stringLength(data []byte) int {
	for i := 1; i < len(data); i++ {
		next := bytes.IndexByte(data[i:], '"')
		if next < 0 {
			break
		}
		i += next
		escapes := 0
		for data[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
	return len(data)
}

func nestedLength(data []byte) int {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			i += stringLength(data[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(data)
}

// ObjectIn returns the JSON object that value is, or holds as text; else nil.
func ObjectIn(value json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(value, &text) == nil {
		value = json.RawMessage(text)
	}
	if !json.Valid(value) || !bytes.HasPrefix(bytes.TrimSpace(value), []byte("{")) {
		return nil
	}
	return value
}
