package dingoa

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/redact"
	"github.com/dingoa/dingoa/internal/wire"
)

// decode turns a complete reply into the caller's value or an error.
func (c *call) decode(body []byte) error {
	c.setRequestID(c.header.Get("X-Acs-Request-Id"))
	switch {
	case redirected(c.status):
		return c.redirectError(body)
	case c.status >= 400 && !c.legacy:
		return c.decodeError(body)
	case c.out == nil && !c.legacy && len(bytes.TrimSpace(body)) == 0 && (c.status == http.StatusNoContent || c.spec.EmptyReply):
		return nil
	}
	out := c.out
	if out == nil {
		out = &anyReply{}
	}
	var v verdict
	decoded, err := wire.Unmarshal(body, out, &v)
	if err != nil {
		return c.unreadable(body, notJSON(body, err))
	}
	c.unread = unreadFields(decoded.Unread)
	c.setRequestID(v.RequestID)
	if banned(body) {
		return c.unreadable(body, nil)
	}
	if err := c.failure(body, &v, decoded); err != nil {
		return err
	}
	if err := c.check(body, out, &v); err != nil {
		return err
	}
	return c.complete(body, out, decoded)
}

// verdict is the part of a reply that says whether it is a success.
type verdict struct {
	Code      string          `json:"code"`
	Message   string          `json:"message"`
	ErrCode   string          `json:"errcode"`
	ErrMsg    string          `json:"errmsg"`
	SubCode   string          `json:"sub_code"`
	SubMsg    string          `json:"sub_msg"`
	RequestID string          `json:"requestId"`
	Detail    json.RawMessage `json:"accessDeniedDetail"`
	Success   *bool           `json:"success"`
}

// failure looks for an error of DingTalk: in errcode, with which the older
// gateway answers by HTTP 200, and in what is an error of today's gateway but
// for its HTTP status.
func (c *call) failure(body []byte, v *verdict, decoded wire.Decoded) error {
	switch {
	case v.ErrCode != "" && v.ErrCode != "0":
		return c.vendorError(body)
	case c.legacy && v.ErrCode == "0" && c.status >= 400:
		return c.unreadable(body, errors.New("the reply says both errcode 0 and an HTTP error"))
	case c.legacy && v.ErrCode == "":
		if e := c.vendorError(body); e.Code != "" {
			return e
		}
		return c.unreadable(body, errors.New("the reply has no errcode"))
	case decoded.Members == decoded.Beside && v.Code != "" && (v.Success == nil || !*v.Success):
		switch strings.ToLower(v.Code) {
		case "0", "200", "ok", "success":
			return nil
		}
		return c.vendorError(body)
	}
	return nil
}

// check looks for a refusal inside a reply that was delivered as a success.
func (c *call) check(body []byte, out any, v *verdict) error {
	refused := v.Success != nil && !*v.Success
	if r, ok := out.(refuser); ok {
		refused = r.Refused()
	}
	if !refused {
		return nil
	}
	e := c.vendorError(body)
	if e.Kind == nil {
		e.Kind = ErrConflict
	}
	if e.Code == "" && e.Message == "" {
		e.Message = "DingTalk answered success=false without a reason; the task or instance may have changed meanwhile"
	}
	return e
}

// complete refuses a reply that lacks what the caller's value needs.
func (c *call) complete(body []byte, out any, decoded wire.Decoded) error {
	if len(decoded.Refused) > 0 {
		return c.unreadable(body, notOfTheForm(decoded.Refused[0]))
	}
	if f, ok := out.(replyChecker); ok {
		err := f.CheckReply()
		switch {
		case err == nil:
			return nil
		case c.legacy && errors.Is(err, errSilent): // errcode 0 said it
			return nil
		}
		if e := c.vendorError(body); e.Code != "" && e.Code != "0" {
			return e
		}
		return c.unreadable(body, err)
	}
	if string(bytes.TrimSpace(body)) == "null" {
		return c.unreadable(body, errors.New("the reply is null"))
	}
	if t := reflect.TypeOf(out).Elem(); c.out != nil && decoded.Known == 0 && !c.legacy && t.Kind() == reflect.Struct && t.NumField() > 0 {
		return c.unreadable(body, fmt.Errorf("the reply has none of the members of %s", t))
	}
	return nil
}

// errSilent is of replies that only the older gateway's errcode makes a success.
var errSilent = errors.New("the reply has neither result nor success")

func unreadFields(list []wire.FieldError) []UnreadField {
	if len(list) == 0 {
		return nil
	}
	fields := make([]UnreadField, len(list))
	for i, e := range list {
		fields[i] = UnreadField(e)
	}
	return fields
}

func notOfTheForm(err error) error {
	return fmt.Errorf("the reply is not of the documented form: %w", err)
}

func redirected(status int) bool { return status >= 300 && status < 400 }

func (c *call) redirectError(body []byte) error {
	e := c.newError(ErrServer)
	where := "another address"
	if target, err := url.Parse(c.header.Get("Location")); err == nil && target.Host != "" {
		where = redact.Text(target.Host, maxErrorName)
	}
	e.Message = "redirected to " + where + ", which was not followed because it would take the access token along; check the base URL and any proxy"
	e.Body = snippet(body, c.secrets()...)
	return e
}

// errorReply has the members of both gateways' errors; encoding/json matches
// their names regardless of case, as the vendor's samples require.
type errorReply struct {
	Code      wire.Text `json:"code"`
	Message   string    `json:"message"`
	RequestID string    `json:"requestId"`
	Detail    struct {
		RequiredScopes []string `json:"requiredScopes"`
	} `json:"accessDeniedDetail"`

	ErrCode         wire.Text `json:"errcode"`
	ErrMsg          string    `json:"errmsg"`
	SubCode         wire.Text `json:"sub_code"`
	SubMsg          string    `json:"sub_msg"`
	LegacyRequestID string    `json:"request_id"`
}

// maxScopes is how many permissions of a reply an [Error] keeps.
const maxScopes = 16

// redact makes the texts fit to be printed, without secrets that the reply repeats.
func (r *errorReply) redact(secrets []string) {
	for _, text := range []*string{&r.Message, &r.ErrMsg, &r.SubMsg} {
		*text = redact.Text(*text, maxErrorMessage, secrets...)
	}
	for _, text := range []*string{&r.RequestID, &r.LegacyRequestID, (*string)(&r.Code), (*string)(&r.ErrCode), (*string)(&r.SubCode)} {
		*text = redact.Text(*text, maxErrorName, secrets...)
	}
	r.Detail.RequiredScopes = r.Detail.RequiredScopes[:min(len(r.Detail.RequiredScopes), maxScopes)]
	for i := range r.Detail.RequiredScopes {
		r.Detail.RequiredScopes[i] = redact.Text(r.Detail.RequiredScopes[i], maxErrorName, secrets...)
	}
}

// decodeError reads the reply of today's gateway to a failed call.
func (c *call) decodeError(body []byte) error {
	e := c.vendorError(body)
	if e.Code == "" && e.Message == "" {
		return c.unreadable(body, fmt.Errorf("the reply is no error message of DingTalk (%s)", contentType(c.header)))
	}
	return e
}

// vendorError is an Error with what body says, as far as it says anything.
func (c *call) vendorError(body []byte) *Error {
	var reply errorReply
	_ = json.Unmarshal(body, &reply) // members that fit are kept when one does not
	reply.redact(c.secrets())
	c.setRequestID(reply.RequestID + reply.LegacyRequestID)
	e := c.newError(nil)
	e.Code, e.Message = string(reply.Code), reply.Message
	if code := string(reply.ErrCode); code != "" && code != "0" {
		e.Code, e.Message = code, reply.ErrMsg
	}
	if e.SubCode = string(reply.SubCode); e.SubCode != "" {
		e.Message = joinMessages(e.Message, reply.SubMsg)
	}
	e.Scopes = reply.Detail.RequiredScopes
	e.classify(c.client.cfg.now())
	if aboutUser(e.Code) || aboutUser(e.SubCode) {
		e.users = usersIn(c.body, c.query)
	}
	e.OutcomeUnknown = !c.spec.Idempotent && errors.Is(e.Kind, ErrServer) && (c.status >= 500 || c.legacy)
	return e
}

func joinMessages(a, b string) string {
	if a == "" || a == b {
		return b
	}
	if b == "" {
		return a
	}
	return a + ": " + b
}

func notJSON(body []byte, err error) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the reply is empty")
	}
	return fmt.Errorf("the reply is not JSON: %w", err)
}

func contentType(header http.Header) string {
	if t := header.Get("Content-Type"); t != "" {
		return redact.Text(t, maxErrorName)
	}
	return "without a content type"
}

// ack is the reply of operations that only say whether they worked.
type ack struct {
	Result  *bool `json:"result"`
	Success *bool `json:"success"`
}

func (a *ack) CheckReply() error {
	if a.Result == nil && a.Success == nil {
		return errSilent
	}
	return nil
}

func (a *ack) Refused() bool {
	return (a.Result != nil && !*a.Result) || (a.Success != nil && !*a.Success)
}

// anyReply is a reply that the caller does not look at.
type anyReply struct {
	Result  json.RawMessage `json:"result"`
	Success *bool           `json:"success"`
}

func (r *anyReply) Refused() bool {
	return string(r.Result) == "false" || string(r.Result) == `"false"` || (r.Success != nil && !*r.Success)
}

// resultReply is the usual wrapping of a result.
type resultReply[T any] struct {
	Result T `json:"result"`
	successReply
}

func (r *resultReply[T]) CheckReply() error {
	if r.Success == nil && reflect.ValueOf(&r.Result).Elem().IsZero() {
		return errSilent
	}
	return nil
}

// successReply is the part of a reply that says whether it is a success.
type successReply struct {
	Success *bool `json:"success"`
}

func (r *successReply) Refused() bool { return r.Success != nil && !*r.Success }

// setRequestID keeps the first id that a reply gives.
func (c *call) setRequestID(id string) {
	if c.requestID == "" {
		c.requestID = redact.Text(id, maxErrorName, c.secrets()...)
	}
}

// secrets are the values that must not be printed when a reply repeats them.
func (c *call) secrets() []string {
	return append([]string{c.token, c.client.cfg.appSecret()}, c.hidden...)
}

func (c *call) newError(kind error) *Error {
	return &Error{
		Op: c.spec.Name, Method: c.method, Path: c.path,
		HTTPStatus: c.status, RequestID: c.requestID, RetryAfter: retryAfter(c.header, c.client.cfg.now()),
		Kind: kind, permission: c.spec.Permission,
	}
}

// transportError is a failure without a reply. Unless it happened before the
// request left, a write may have been executed.
func (c *call) transportError(err error) error {
	e := c.newError(nil)
	e.Err = transportCause(err, c.secrets()...)
	e.OutcomeUnknown = !c.spec.Idempotent && !notSent(err)
	return e
}

var errReplyTooLarge = errors.New("the reply is larger than the limit (WithMaxReplyBytes)")

// unreadable is a reply that is no answer: HTML, empty, cut short, too large. It
// did not come from the operation, so that HTTP 404, for one, is no ErrNotFound.
func (c *call) unreadable(body []byte, cause error) error {
	e := c.newError(ErrServer)
	e.Err = cause
	if e.Body = snippet(body, c.secrets()...); c.status < 300 {
		e.Body = structure(body, c.secrets()...)
	}
	switch {
	case banned(body):
		e.Kind, e.Err = ErrBanned, nil
		e.Message = "DingTalk answered with its punishment page instead of a reply"
		return e
	case c.status == http.StatusUnauthorized, c.status == http.StatusTooManyRequests:
		e.Kind = kindOf("", "", c.status)
		return e
	}
	e.OutcomeUnknown = !c.spec.Idempotent && (c.status < 300 || c.status >= 500)
	return e
}

// banned recognises what DingTalk answers an address that it shuts out for five
// minutes: JSON such as {"status":1111,"punish":"deny"}, or a page of its bot
// defence.
func banned(body []byte) bool {
	if !bytes.Contains(body, []byte("punish")) {
		return false
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if bytes.HasPrefix(body, []byte("<")) {
		return true
	}
	var reply struct {
		Punish json.RawMessage `json:"punish"`
	}
	_ = json.Unmarshal(body, &reply)
	switch string(reply.Punish) {
	case "", "null", "false", `""`:
		return false
	}
	return true
}

// retryAfter reads the header in both of its forms, seconds and a date. The date
// is of the same clock as the Date header.
func retryAfter(header http.Header, now time.Time) time.Duration {
	const most = 365 * 24 * time.Hour // keeps absurd numbers from overflowing
	value := header.Get("Retry-After")
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), int64(most/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		at, err = time.Parse(time.RFC1123Z, value) // of another zone, which the standard does not allow
	}
	if err != nil {
		return 0
	}
	return min(max(0, at.Sub(dateOf(header, now))), most)
}
