package redact

import "bytes"

// Values blanks the texts and numbers in JSON, whole or cut off, and leaves the
// names of members: a reply that could not be read holds what people wrote.
// Markup is left as it is.
func Values(data []byte) []byte {
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff"))), []byte("<")) {
		return data
	}
	var out []byte
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '"':
			end := endOfText(data, i)
			if rest := bytes.TrimLeft(data[end:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
				out = append(out, data[i:end]...)
			} else {
				out = append(out, `"***"`...)
			}
			i = end
		case isDigit(c):
			for i < len(data) && (isDigit(data[i]) || data[i] == '.') {
				i++
			}
			out = append(out, "***"...)
		default:
			out = append(out, c)
			i++
		}
	}
	return out
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// endOfText is the index behind the text that begins at i.
func endOfText(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}
