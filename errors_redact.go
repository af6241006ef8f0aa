package dingoa

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dingoa/dingoa/internal/redact"
)

// untidy says what is wrong with an id or a secret that somebody copied, as the
// end of a sentence; empty when nothing is.
func untidy(value string) string {
	switch {
	case strings.TrimSpace(value) == "":
		return "is empty"
	case strings.TrimSpace(value) != value:
		return "has blanks around it"
	case strings.ContainsFunc(value, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }):
		return "has characters in it that do not print"
	}
	return ""
}

// snippet is the beginning of a reply, short enough to print and without secrets.
func snippet(body []byte, secrets ...string) string {
	return redact.Text(string(body[:min(len(body), 16*maxErrorBody)]), maxErrorBody, secrets...)
}

// structure is snippet for a reply that may hold what people wrote: it shows the
// names of members without their values.
func structure(body []byte, secrets ...string) string {
	return snippet(redact.Values(body[:min(len(body), 16*maxErrorBody)]), secrets...)
}

// transportCause drops the address from a transport error, since its query may
// hold a token, and blanks what is left.
func transportCause(err error, secrets ...string) error {
	for urlErr := (*url.Error)(nil); errors.As(err, &urlErr); {
		err = cmp.Or(urlErr.Err, errors.New("no reason given"))
	}
	text := err.Error()
	if clean := redact.Line(redact.Secrets(text, secrets...), maxErrorMessage); clean != text {
		return &redactedError{text: clean, err: err}
	}
	return err
}

// redactedError prints without secrets and still matches its cause.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.err, target) }
func (e *redactedError) As(target any) bool   { return errors.As(e.err, target) }

// Format keeps every verb, fitting or not, from printing the cause.
func (e *redactedError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.text) }
