package dingoa

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/redact"
	"github.com/dingoa/dingoa/operation"
)

// The kinds of failure. Every error of a call matches at most one of them with
// [errors.Is], and [ErrOutcomeUnknown] besides where that is the case;
// [errors.As] with a *[Error] gives the vendor's code and words.
var (
	// ErrUnauthorized: credentials or token were refused.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrPermission: the app, or the user it acts for, may not do this.
	ErrPermission = errors.New("permission denied")
	// ErrIPNotAllowed: the caller's address is not in the app's IP whitelist (服务器出口IP).
	ErrIPNotAllowed = errors.New("ip not allowed")
	// ErrNotFound: form, instance, task or user does not exist.
	ErrNotFound = errors.New("not found")
	// ErrInvalidArgument: a field is missing, over its limit or not accepted. With
	// [Error.Fields] set nothing was sent.
	ErrInvalidArgument = errors.New("invalid argument")
	// ErrConflict: the state of the instance, task or form forbids it.
	ErrConflict = errors.New("conflict with current state")
	// ErrRateLimited: too many calls per second (限流); waiting helps.
	ErrRateLimited = errors.New("rate limited")
	// ErrQuotaExceeded: a monthly or daily allowance is used up; waiting a second does not help.
	ErrQuotaExceeded = errors.New("quota exceeded")
	// ErrBanned: the caller's address is shut out for five minutes after 10,000 calls in 20 seconds.
	ErrBanned = errors.New("banned for five minutes")
	// ErrServer: DingTalk failed, or answered something that is no answer.
	ErrServer = errors.New("server error")
	// ErrOutcomeUnknown: the call may or may not have been executed, as when the
	// connection broke after the request was sent. Look before you repeat it.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrUnsupported: the chosen gateway has no such operation or field. Nothing was sent.
	ErrUnsupported = errors.New("unsupported")
)

// Limits of what an [Error] keeps and prints of a reply, in bytes.
const (
	maxErrorBody    = 512 // of one that could not be read
	maxErrorMessage = 1 << 10
	maxErrorName    = 128 // a code, a request id, a permission
	maxErrorText    = 4 << 10
)

// Error is the failure of one call, whichever gateway it went through.
type Error struct {
	// Op is the vendor's name of the operation, such as "StartProcessInstance".
	Op string
	// Method and Path of the request; Path is without the query, which may hold secrets.
	Method, Path string
	// Code is the vendor's code: text on today's gateway, a number as text on
	// the older one. Empty when there was no readable reply.
	Code string
	// SubCode is the older gateway's sub_code, the real cause behind code 88.
	SubCode string
	// Message is the vendor's explanation, usually Chinese, at most 1 KiB of it.
	Message string
	// RequestID identifies the request to DingTalk's support.
	RequestID string
	// HTTPStatus is 0 when no reply arrived.
	HTTPStatus int
	// RetryAfter is the wait that the reply asked for, in its header or, until when
	// it will refuse, in its message; 0 when it did not.
	RetryAfter time.Duration
	// Scopes are the permission points (权限点) that the reply says are missing.
	Scopes []string
	// Body is the beginning of a reply that could not be read, at most 512
	// bytes, with secrets blanked.
	Body string
	// Fields are the fields that were refused before anything was sent.
	Fields []FieldError
	// Kind is one of the Err… variables; nil when no reply arrived (see Err), and
	// for a code that nobody documented if neither its first word or digits nor the
	// HTTP status determines the kind.
	Kind error
	// OutcomeUnknown reports that the call may have been executed all the same.
	OutcomeUnknown bool
	// Err is the cause when no reply arrived or it could not be read.
	Err error

	permission string
	users      string // of the request, if the reply says that one does not exist
}

// FieldError is one field of a request that was refused before sending.
type FieldError struct {
	// Field is its Go name with the way to it, such as "FormValues[2].Name".
	Field string
	// Problem says what is wrong and what is allowed.
	Problem string
}

// Error returns operation, code, message, request id and what to do about it, in
// one line of at most 4 KiB without control characters.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("dingoa: ")
	b.WriteString(e.Op)
	if len(e.Fields) > 0 {
		b.WriteString(": nothing was sent: ")
		for i, f := range e.Fields {
			if i > 0 {
				b.WriteString("; ")
			}
			b.WriteString(f.Field + " " + f.Problem)
		}
		return redact.Line(b.String(), maxErrorText)
	}
	if e.Path != "" {
		fmt.Fprintf(&b, " (%s %s)", e.Method, e.Path)
	}
	b.WriteString(": ")
	b.WriteString(redact.Line(e.reason(), maxErrorText/2))
	if e.OutcomeUnknown {
		b.WriteString("; it may have been executed all the same")
	}
	if e.RequestID != "" {
		b.WriteString(" [request id " + e.RequestID + "]")
	}
	if advice := e.Advice(); advice != "" {
		b.WriteString(": " + advice)
	}
	return redact.Line(b.String(), maxErrorText)
}

func (e *Error) reason() string {
	var parts []string
	if e.HTTPStatus >= 300 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.HTTPStatus))
	}
	if e.Code != "" {
		code := "code " + e.Code
		if e.SubCode != "" {
			code += "/" + e.SubCode
		}
		parts = append(parts, code)
	}
	if e.Kind != nil {
		parts = append(parts, e.Kind.Error())
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	if e.Body != "" {
		parts = append(parts, fmt.Sprintf("reply begins %q", e.Body))
	}
	return strings.Join(parts, ", ")
}

// GoString is Error, so that %#v shows nothing else.
func (e *Error) GoString() string { return e.Error() }

// Is reports whether the error is of the kind target.
func (e *Error) Is(target error) bool {
	return target != nil && (target == e.Kind || (e.OutcomeUnknown && target == ErrOutcomeUnknown))
}

// Unwrap returns the cause, so that errors.Is(err, context.DeadlineExceeded) works.
func (e *Error) Unwrap() error { return e.Err }

// Advice says what a person can do about the error; empty when the code and the
// message say all there is.
func (e *Error) Advice() string { return e.advice().english }

// AdviceIn is [Error.Advice] in another language, by its tag: in Chinese for "zh"
// and "zh-CN", otherwise in English.
func (e *Error) AdviceIn(language string) string {
	if base, _, _ := strings.Cut(language, "-"); strings.EqualFold(base, "zh") {
		return e.advice().chinese
	}
	return e.advice().english
}

func (e *Error) advice() advice {
	switch {
	case len(e.Scopes) > 0:
		return e.permissionAdvice(strings.Join(e.Scopes, ", "))
	case errors.Is(e.Err, errNoTicket):
		return adviceOnTickets()
	}
	if c, found := e.special(); found && c.advice != (advice{}) {
		return c.advice
	}
	switch {
	case e.users != "":
		return adviceOn("user").of(e.users)
	case errors.Is(e.Kind, ErrUnauthorized):
		return adviceOn("unauthorized")
	case errors.Is(e.Kind, ErrPermission):
		if e.permission == "" {
			return adviceOn("right")
		}
		a, or := e.permissionAdvice(e.permission), adviceOn("or_user")
		return advice{fmt.Sprintf(or.english, a.english), fmt.Sprintf(or.chinese, a.chinese)}
	case errors.Is(e.Kind, ErrIPNotAllowed):
		ip := addressIn(e.Message)
		if ip == "" {
			return adviceOn("own_address")
		}
		return adviceOn("address").of(ip)
	case errors.Is(e.Kind, ErrRateLimited) && e.Err != nil && e.HTTPStatus == 0:
		return adviceOn("limiter")
	case errors.Is(e.Kind, ErrRateLimited):
		return adviceOn("rate")
	case errors.Is(e.Kind, ErrBanned):
		return adviceOn("banned")
	case e.OutcomeUnknown:
		return adviceOn("outcome")
	case e.Kind == nil && e.Code != "":
		return adviceOn("unknown")
	}
	return advice{}
}

func (e *Error) permissionAdvice(scopes string) advice {
	if link := applyLink.FindString(e.Message); link != "" {
		return adviceOn("permission_link").of(scopes, link)
	}
	return adviceOn("permission").of(scopes)
}

// InvalidRequest returns the error for a request that was refused before anything
// was sent, as those of this package's methods: an [*Error] of the kind
// [ErrInvalidArgument]. It returns nil without fields. It is for packages that add
// operations, see [Client.Call].
func InvalidRequest(op operation.Operation, fields ...FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Op: op.Spec().Name, Kind: ErrInvalidArgument, Fields: fields}
}

// errorWith is an Error of this SDK's own, without a reply.
func errorWith(op operation.Operation, kind error, format string, args ...any) *Error {
	e := errorFrom(op, kind, nil)
	e.Message = fmt.Sprintf(format, args...)
	return e
}

// errorFrom is an Error of this SDK's own with its cause.
func errorFrom(op operation.Operation, kind, cause error) *Error {
	spec := op.Spec()
	return &Error{Op: spec.Name, Method: spec.Method, Path: spec.Path, Kind: kind, Err: cause}
}
