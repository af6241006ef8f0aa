// Package redact makes texts that came from outside, and requests, fit to be
// printed.
package redact

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// secretPattern finds what must not be printed wherever it is spelt name=value
// or "name":"value".
var secretPattern = regexp.MustCompile(
	`(?i)((?:access|refresh|suite|corp)?_?(?:access_?)?token|(?:app|client|suite|sso|corp|custom)_?secret|(?:suite|jsapi)?_?ticket|permanent_?code|auth_?code|aes_?key|signature)` +
		`((?:[\\"'\s]*[=:]|%3d)[\\\["'{\s]*)[^&\s"',}\]\\%]+`)

// Secrets blanks secrets in a text that came from outside.
func Secrets(s string, secrets ...string) string {
	return secretPattern.ReplaceAllString(blank(s, secrets), "$1$2***")
}

// shortSecret is the length from which on a secret is not found in ordinary words.
const shortSecret = 8

// blank replaces known secrets, also as a query spells them, and the beginning
// of one at the very end, where the text was cut.
func blank(s string, secrets []string) string {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		s = blankWord(s, secret)
		if escaped := url.QueryEscape(secret); escaped != secret {
			s = strings.ReplaceAll(s, escaped, "***")
		}
		for n := len(secret) - 1; n >= shortSecret/2; n-- {
			if before, cut := strings.CutSuffix(s, secret[:n]); cut {
				s = before + "***"
				break
			}
		}
	}
	return s
}

// blankWord replaces a short secret only where it stands alone.
func blankWord(s, secret string) string {
	if len(secret) >= shortSecret {
		return strings.ReplaceAll(s, secret, "***")
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, secret)
		if !found {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(before)
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if inWord(last) || inWord(next) {
			b.WriteString(secret)
		} else {
			b.WriteString("***")
		}
		s = after
	}
}

func inWord(r rune) bool {
	return r != utf8.RuneError && r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// Text makes a text that came from outside fit to be printed: at most limit
// bytes, without control characters and secrets. It looks at the beginning only,
// far enough for what blanking takes away.
func Text(s string, limit int, secrets ...string) string {
	s = s[:min(len(s), 16*limit)]
	// First what hides a secret by standing inside of it, then the secrets, and
	// last the limit, which might cut one.
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	return cut(Secrets(s, secrets...), limit)
}

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const mark = "…"
	s = s[:limit-len(mark)]
	for !utf8.ValidString(s) { // a character that was cut
		s = s[:len(s)-1]
	}
	return s + mark
}

// Line is s in one line. What stands for a character that does not print
// keeps the two sides of it apart, so that no secret comes together.
func Line(s string, limit int) string {
	return cut(strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return utf8.RuneError
	}, s[:min(len(s), 4*limit)]), limit)
}
