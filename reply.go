package dingoa

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/dingoa/dingoa/internal/wire"
)

// decode turns a complete reply into the caller's value or an error.
func (a *attempt) decode(body []byte) error {
	a.requestID = a.header.Get("X-Acs-Request-Id")
	switch {
	case a.status >= 300 && a.status < 400:
		return a.redirected(body)
	case a.req.legacy:
		return a.decodeLegacy(body)
	case a.status >= 400:
		return a.decodeError(body)
	case a.req.out == nil && len(bytes.TrimSpace(body)) == 0:
		return nil
	}
	out := a.req.out
	if out == nil {
		out = &ack{}
	}
	if err := a.client.cfg.unmarshal(body, out); err != nil {
		return a.unreadable(body, notJSON(body, err))
	}
	return a.check(body, out)
}

// check looks for a failure inside a reply that was delivered as a success.
func (a *attempt) check(body []byte, out any) error {
	if r, ok := out.(refuser); ok && r.refused() {
		e := a.vendorError(body)
		if e.Code == "" && e.Message == "" {
			e.Kind = ErrConflict
			e.Message = "DingTalk answered success=false without a reason; the task or instance may have changed meanwhile"
		}
		return e
	}
	if f, ok := out.(finisher); ok {
		if err := f.finish(); err != nil {
			return a.unreadable(body, err)
		}
	}
	return nil
}

func (a *attempt) redirected(body []byte) error {
	e := a.newError(ErrServer)
	where := "another address"
	if target, err := url.Parse(a.header.Get("Location")); err == nil && target.Host != "" {
		where = target.Host
	}
	e.Message = "redirected to " + where + ", which was not followed because it would take the access token along; check the base URL and any proxy"
	e.Body = snippet(body, a.secrets()...)
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

// decodeError reads the reply of today's gateway to a failed call.
func (a *attempt) decodeError(body []byte) error {
	e := a.vendorError(body)
	if e.Code == "" && e.Message == "" {
		return a.unreadable(body, fmt.Errorf("the reply is no error message of DingTalk (%s)", contentType(a.header)))
	}
	return e
}

// vendorError is an Error with what body says, as far as it says anything.
func (a *attempt) vendorError(body []byte) *Error {
	var reply errorReply
	_ = json.Unmarshal(body, &reply) // members that fit are kept when one does not
	if a.requestID == "" {
		a.requestID = reply.RequestID + reply.LegacyRequestID
	}
	e := a.newError(nil)
	e.Code, e.Message = string(reply.Code), reply.Message
	if code := string(reply.ErrCode); code != "" && code != "0" {
		e.Code, e.Message = code, reply.ErrMsg
	}
	if e.SubCode = string(reply.SubCode); e.SubCode != "" {
		e.Message = joinMessages(e.Message, reply.SubMsg)
	}
	e.Message = redact(e.Message, a.secrets()...)
	e.Scopes = reply.Detail.RequiredScopes
	e.Kind = kindOf(e.Code, e.SubCode, a.status)
	e.OutcomeUnknown = !a.req.op.Idempotent && e.Kind == ErrServer && (a.status >= 500 || a.req.legacy)
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

// decodeLegacy reads a reply of the older gateway, which tells failures in
// errcode, mostly with HTTP 200.
func (a *attempt) decodeLegacy(body []byte) error {
	var status struct {
		ErrCode   wire.Text `json:"errcode"`
		RequestID string    `json:"request_id"`
	}
	if err := json.Unmarshal(body, &status); err != nil {
		return a.unreadable(body, notJSON(body, err))
	}
	if a.requestID == "" {
		a.requestID = status.RequestID
	}
	switch status.ErrCode {
	case "0":
	case "":
		return a.unreadable(body, errors.New("the reply has no errcode"))
	default:
		return a.vendorError(body)
	}
	if a.req.out == nil {
		return nil
	}
	wireReply, done := a.req.out, func() {}
	if l, ok := a.req.out.(legacyReplier); ok {
		wireReply, done = l.legacyReply()
	}
	if err := a.client.cfg.unmarshal(body, wireReply); err != nil {
		return a.unreadable(body, notJSON(body, err))
	}
	done()
	return a.check(body, a.req.out)
}

func notJSON(body []byte, err error) error {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return errors.New("the reply is empty")
	case !json.Valid(body):
		return fmt.Errorf("the reply is not JSON: %w", err)
	}
	return fmt.Errorf("the reply is not of the documented form: %w", err)
}

func contentType(header http.Header) string {
	if t := header.Get("Content-Type"); t != "" {
		return t
	}
	return "without a content type"
}

// ack is the reply of operations that only say whether they worked.
type ack struct {
	Result  *wire.Bool `json:"result"`
	Success *wire.Bool `json:"success"`
}

func (a *ack) refused() bool {
	return (a.Result != nil && !bool(*a.Result)) || (a.Success != nil && !bool(*a.Success))
}

// resultReply is the usual wrapping of a result.
type resultReply[T any] struct {
	Result  T          `json:"result"`
	Success *wire.Bool `json:"success"`
}

func (r *resultReply[T]) refused() bool { return r.Success != nil && !bool(*r.Success) }
