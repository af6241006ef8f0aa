package dingoa

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
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

// maxErrorBody is how much of an unreadable reply an [Error] keeps, in bytes.
const maxErrorBody = 512

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
	// Message is the vendor's explanation, usually Chinese.
	Message string
	// RequestID identifies the request to DingTalk's support.
	RequestID string
	// HTTPStatus is 0 when no reply arrived.
	HTTPStatus int
	// RetryAfter is the wait that the reply asked for, 0 when it did not.
	RetryAfter time.Duration
	// Scopes are the permission points (权限点) that the reply says are missing.
	Scopes []string
	// Body is the beginning of a reply that could not be read, at most 512
	// bytes, with secrets blanked.
	Body string
	// Fields are the fields that were refused before anything was sent.
	Fields []FieldError
	// Kind is one of the Err… variables; nil when no reply arrived (see Err), and
	// for a code that nobody documented.
	Kind error
	// OutcomeUnknown reports that the call may have been executed all the same.
	OutcomeUnknown bool
	// Err is the cause when no reply arrived or it could not be read.
	Err error

	permission string
}

// FieldError is one field of a request that was refused before sending.
type FieldError struct {
	// Field is its Go name with the way to it, such as "FormValues[2].Name".
	Field string
	// Problem says what is wrong and what is allowed.
	Problem string
}

// Error tells operation, code, message, request id and what to do about it.
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
		return b.String()
	}
	if e.Path != "" {
		fmt.Fprintf(&b, " (%s %s)", e.Method, e.Path)
	}
	b.WriteString(": ")
	b.WriteString(e.reason())
	if e.OutcomeUnknown {
		b.WriteString("; it may have been executed all the same")
	}
	if e.RequestID != "" {
		b.WriteString(" [request id " + e.RequestID + "]")
	}
	if advice := e.Advice(); advice != "" {
		b.WriteString(": " + advice)
	}
	return b.String()
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

// addressIn finds the address that DingTalk saw, which it names in its message.
func addressIn(message string) string {
	for _, word := range strings.FieldsFunc(message, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF.:", r) }) {
		if addr, err := netip.ParseAddr(strings.Trim(word, ".:")); err == nil {
			return addr.String()
		}
	}
	return ""
}

// Advice says what a person can do about the error; empty when the code and the
// message say all there is.
func (e *Error) Advice() string {
	if advice := e.operationAdvice(); advice != "" {
		return advice
	}
	switch {
	case errors.Is(e.Kind, ErrUnauthorized):
		return "check AppKey and AppSecret (Client ID, Client Secret) of the app in the developer console (开发者后台 → 应用详情 → 凭证与基础信息) and that the app is enabled"
	case errors.Is(e.Kind, ErrPermission):
		scopes := strings.Join(e.Scopes, ", ")
		if scopes == "" {
			scopes = e.permission
		}
		if scopes == "" {
			return "the app or the acting user lacks a right; see the permissions page of the app (权限管理)"
		}
		return "apply for the permission " + scopes + " in the developer console (权限管理), or check that the acting user may do this"
	case errors.Is(e.Kind, ErrIPNotAllowed):
		ip := addressIn(e.Message)
		if ip == "" {
			ip = "this server's public address"
		}
		return "add " + ip + " to the app's egress IPs in the developer console (安全设置 → 服务器出口IP)"
	case errors.Is(e.Kind, ErrRateLimited):
		return "the standard plan allows 20 calls per second per app and operation; slow down, for instance with WithRateLimit"
	case errors.Is(e.Kind, ErrQuotaExceeded):
		return "an allowance is used up (5,000 calls a month per company on the standard plan); buy more calls or poll less: callbacks are free"
	case errors.Is(e.Kind, ErrBanned):
		return "stop calling for five minutes; 10,000 calls in 20 seconds from one address are too many"
	}
	if e.OutcomeUnknown {
		return "look whether it was executed before repeating it"
	}
	return ""
}

func (e *Error) operationAdvice() string {
	switch {
	case e.Op == OpGrantProcessInstanceForDownloadFile.ID && e.Code == "userNotExist":
		return "the originator has probably left the company: set UserID of DownloadRequest to somebody who is still there"
	case e.Op == OpTerminateProcessInstance.ID && (e.Code == "aflowProcessInstStatusException" || e.Code == "820005"):
		return "an instance can be revoked only while it is RUNNING, and not in its first 15 seconds: wait, or look at its status"
	case e.Op == OpTerminateProcessInstance.ID && (e.Code == "internalError" || e.Code == "820008"):
		return "the form must allow originators to revoke (OA 管理后台: 允许提交人撤销审批中的审批单), and only the originator may unless IsSystem is set"
	case errors.Is(e.Err, errNoTicket) || e.Code == "invalidSuiteTicket" || e.Code == "40085":
		return "wait for the suite_ticket push, about every 5 hours, or have it repeated in the developer console (开发者后台 → 开发管理 → 重新推送), and see that Suite.TicketHandler is in the dispatcher that gets it"
	case e.Code == "invalidAuthInfo" || e.Code == "41030":
		return "this company has not authorised the app (开通), or has withdrawn it"
	case e.Code == "853002":
		return "this machine's clock is off by more than a minute"
	case slices.Contains([]string{"810007", "8100017", "integrated.permission.error", "setup.no.permission", "aflowProcessSetupNoPermission"}, e.Code):
		return "the process code or instance is not of this kind: calls for official forms (官方审批) and for your own flows (流程中心, 自有审批) must not be mixed"
	}
	return ""
}

// kindOf classifies a reply by its codes, then by its HTTP status.
func kindOf(code, subCode string, status int) error {
	for _, c := range []string{subCode, code} {
		if c == "" {
			continue
		}
		if kind := kindOfCode(c); kind != nil {
			return kind
		}
		if strings.HasPrefix(c, "Forbidden.AccessDenied.Q") { // QpsLimit…, QpmLimit…
			return ErrRateLimited
		}
	}
	switch {
	case status == 400:
		return ErrInvalidArgument
	case status == 401:
		return ErrUnauthorized
	case status == 403:
		return ErrPermission
	case status == 404:
		return ErrNotFound
	case status == 409:
		return ErrConflict
	case status == 429:
		return ErrRateLimited
	case status >= 500:
		return ErrServer
	}
	return nil
}

// secretPattern finds what must not be printed wherever it is spelt name=value
// or "name":"value".
var secretPattern = regexp.MustCompile(
	`(?i)((?:access|refresh|suite|corp)?_?(?:access_?)?token|(?:app|client|suite|sso|corp|custom)_?secret|(?:suite|jsapi)?_?ticket|permanent_?code|auth_?code|aes_?key|signature)` +
		`((?:[\\"'\s]*[=:]|%3d)[\\\["'{\s]*)[^&\s"',}\]\\%]+`)

// redact blanks secrets in a text that came from outside.
func redact(s string, secrets ...string) string {
	return secretPattern.ReplaceAllString(blank(s, secrets), "$1$2***")
}

// blank replaces known secrets. Shorter ones than any that DingTalk issues would
// be found in ordinary words.
func blank(s string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) >= 8 {
			s = strings.ReplaceAll(s, secret, "***")
		}
	}
	return s
}

// snippet is the beginning of a reply, short enough to print and without secrets.
func snippet(body []byte, secrets ...string) string {
	s := redact(string(body[:min(len(body), 4*maxErrorBody)]), secrets...)
	return strings.ToValidUTF8(s[:min(len(s), maxErrorBody)], "")
}

// transportCause drops the address from a transport error, since its query may
// hold a token, and blanks what is left.
func transportCause(err error, secrets ...string) error {
	for urlErr := (*url.Error)(nil); errors.As(err, &urlErr); {
		err = urlErr.Err
	}
	if text := err.Error(); redact(text, secrets...) != text {
		return &redactedError{text: redact(text, secrets...), err: err}
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

// problems collects what is wrong with a request, to tell it all at once.
type problems []FieldError

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
}

func (p *problems) required(field, value string) {
	if strings.TrimSpace(value) == "" {
		p.add(field, "is required")
	}
}

// maxLength checks a limit that the vendor counts in characters.
func (p *problems) maxLength(field, value string, limit int) {
	if len(value) <= limit {
		return
	}
	if n := utf8.RuneCountInString(value); n > limit {
		p.add(field, "has %d characters, at most %d are allowed", n, limit)
	}
}

func (p *problems) maxItems(field string, n, limit int) {
	if n > limit {
		p.add(field, "has %d items, at most %d are allowed", n, limit)
	}
}

// err is nil when nothing was found.
func (p *problems) err(op Operation) error {
	if len(*p) == 0 {
		return nil
	}
	return &Error{Op: op.ID, Kind: ErrInvalidArgument, Fields: *p}
}

// oneOf checks an enum; empty means left out.
func oneOf[T ~string](p *problems, field string, value T, allowed ...T) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	p.add(field, "is %q, allowed are %q", string(value), slices.Clone(allowed)) // a clone, so that the usual case allocates nothing
}
