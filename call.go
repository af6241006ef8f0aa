package dingoa

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/dingoa/dingoa/internal/backoff"
	"github.com/dingoa/dingoa/operation"
)

// What a request handed to [Client.Call] may have, see there.
type (
	legacyRequester interface{ LegacyRequest() any }
	legacyQuerier   interface{ LegacyQuery() url.Values }
	credentialed    interface {
		WithCredentials(appKey, appSecret string) any
	}
	secretHolder interface{ Secrets() []string }
)

// What a reply that [Client.Call] fills may have, see there.
type (
	refuser      interface{ Refused() bool }
	replyChecker interface{ CheckReply() error }
)

// Call sends any operation: one of package operation or an [operation.Spec] of
// the caller's. in is its request, sent as JSON or, for GET and DELETE, as the
// query; out receives the reply, and may be nil. Values of in named like a
// {parameter} of the path go there, those that [operation.Spec.Query] names into
// the query.
//
// The methods of the services, and packages such as todo, are typed ways to do
// this. With Call you reach operations that have no method yet, on either gateway,
// with the JSON that the vendor's page of the operation shows. Everything else is
// as for the methods: token, retries, errors, hook.
//
// A request type may have these methods:
//
//   - LegacyRequest() any returns what the older gateway takes in its place, and
//     LegacyQuery() url.Values what goes into the query there besides the body.
//   - WithCredentials(appKey, appSecret string) any returns what is sent in its
//     place, with the credentials of the app in it.
//   - Secrets() []string returns what must not be printed when a reply repeats it.
//
// A reply type may have these:
//
//   - CheckReply() error, called after decoding, returns what the reply lacks. The
//     call fails with [ErrServer] then.
//   - Refused() bool reports that a reply says inside of HTTP 200 that it did not
//     work. Without it, a member success that is false says so, and with a nil out
//     a result that is false, too.
//   - A field Unread of type []UnreadField receives the fields that could not be
//     read, which make the call fail otherwise.
func (c *Client) Call(ctx context.Context, op operation.Operation, in, out any, opts ...RequestOption) error {
	call, err := c.newCall(op, in, out)
	if err != nil {
		return err
	}
	call.options = requestOptions(opts)
	return call.send(ctx)
}

// call is one request, sent once or several times, and what came of it last.
type call struct {
	client  *Client
	op      operation.Operation
	spec    operation.Spec
	options requestConfig

	// the request
	legacy bool
	method string
	path   string
	query  url.Values
	body   []byte
	hidden []string // secrets of the request

	// the attempt
	number int
	token  string

	// the reply
	status    int
	header    http.Header
	requestID string
	unread    []UnreadField
	content   io.LimitedReader
	out       any
}

func (c *Client) newCall(op operation.Operation, in, out any) (*call, error) {
	spec, err := specOf(op)
	if err != nil {
		return nil, err
	}
	call := &call{client: c, op: op, spec: spec, method: spec.Method, path: spec.Path, out: out}
	if h, ok := in.(secretHolder); ok {
		call.hidden = h.Secrets()
	}
	given := in
	if w, ok := in.(credentialed); ok {
		if c.cfg.appKey == "" || c.cfg.appSecret() == "" {
			return nil, InvalidRequest(op, FieldError{Field: "AppSecret", Problem: "is required: this operation takes it, a token is not enough"})
		}
		in = w.WithCredentials(c.cfg.appKey, c.cfg.appSecret())
	}
	if call.legacy = c.cfg.legacy || spec.Path == ""; call.legacy {
		call.method, call.path = spec.LegacyMethod, spec.LegacyPath
		if call.path == "" {
			return nil, unsupported(spec, "the older gateway has no such operation; use a client without WithLegacyGateway")
		}
		if q, ok := in.(legacyQuerier); ok {
			call.query = q.LegacyQuery()
		}
		if l, ok := in.(legacyRequester); ok {
			in = l.LegacyRequest()
		}
	}
	if v := reflect.ValueOf(out); out != nil && (v.Kind() != reflect.Pointer || v.IsNil()) {
		e := call.newError(ErrInvalidArgument)
		e.Err = fmt.Errorf("nothing was sent: out is a %T, want a pointer that is not nil", out)
		return nil, e
	}
	if err := call.encode(in, given); err != nil {
		if refused := (*Error)(nil); errors.As(err, &refused) {
			return nil, refused
		}
		e := call.newError(ErrInvalidArgument)
		e.Err = fmt.Errorf("the request could not be encoded: %w", err)
		return nil, e
	}
	return call, nil
}

// specOf returns the description of op, or why it cannot be sent.
func specOf(op operation.Operation) (operation.Spec, error) {
	if op == nil {
		return operation.Spec{}, &Error{Op: "Call", Kind: ErrInvalidArgument, Message: "nothing was sent: the operation is nil"}
	}
	spec := op.Spec()
	switch {
	case spec.Method != "" && spec.Path != "", spec.LegacyMethod != "" && spec.LegacyPath != "":
		return spec, nil
	}
	return spec, &Error{
		Op: cmp.Or(spec.Name, "Call"), Kind: ErrInvalidArgument,
		Message: "nothing was sent: the operation needs Method and Path, or LegacyMethod and LegacyPath",
	}
}

func unsupported(op operation.Operation, message string) error {
	return errorWith(op, ErrUnsupported, "%s", message)
}

// encode puts in where the operation wants it: path, query or body. given is the
// request that the caller knows.
func (c *call) encode(in, given any) error {
	inQuery := c.method == http.MethodGet || c.method == http.MethodDelete
	if in == nil {
		in = struct{}{}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if err := c.checkText(given, body); err != nil {
		return err
	}
	alsoInQuery := ""
	if !inQuery && !c.legacy {
		alsoInQuery = c.spec.Query
	}
	if !inQuery && alsoInQuery == "" && !strings.Contains(c.path, "{") {
		c.body = body
		return nil
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &fields); err != nil {
		return errors.New("want a struct or a map")
	}
	if err := c.fillPath(fields); err != nil {
		return err
	}
	if inQuery {
		c.query = queryOf(fields)
		return nil
	}
	if alsoInQuery != "" {
		besides := map[string]json.RawMessage{}
		for name := range strings.SplitSeq(alsoInQuery, ",") {
			if value, ok := fields[name]; ok {
				besides[name] = value
				delete(fields, name)
			}
		}
		c.query = queryOf(besides)
	}
	c.body, err = json.Marshal(fields)
	return err
}

func queryOf(fields map[string]json.RawMessage) url.Values {
	query := make(url.Values, len(fields)+1)
	for name, raw := range fields {
		if value := scalar(raw); value != "" {
			query.Set(name, value)
		}
	}
	return query
}

// fillPath moves the fields that the path names into it.
func (c *call) fillPath(fields map[string]json.RawMessage) error {
	for {
		before, rest, found := strings.Cut(c.path, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return nil
		}
		value := scalar(fields[name])
		if value == "" {
			return fmt.Errorf("%s, a part of the path, is missing", name)
		}
		if value == "." || value == ".." { // no escape keeps them from leading elsewhere
			return fmt.Errorf("%s is %q, which cannot be a part of the path", name, value)
		}
		delete(fields, name)
		c.path = before + url.PathEscape(value) + after
	}
}

// scalar is a JSON value as it stands in a query: text without quotes.
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// send is the loop around the attempts: may it go, how did it go, again?
func (c *call) send(ctx context.Context) error {
	cfg := c.client.cfg
	replayed, retries := false, 0
	var err error
	for {
		if admitErr := c.admit(ctx); admitErr != nil {
			return gaveUp(err, admitErr)
		}
		attemptCtx, ended := c.begin(ctx)
		err = c.attempt(attemptCtx)
		cfg.ban.note(err, cfg.now())
		wait := time.Duration(-1)
		switch {
		case err == nil:
		case !replayed && !c.spec.NoToken && refusedToken(err):
			replayed = true
			c.client.tokens.invalidate(c.token)
			wait = 0
		case retries < cfg.maxRetries && !c.options.noRetry && mayRetry(c.spec, err):
			retries++
			wait = retryWait(retries, err)
			if !backoff.Fits(ctx, wait) {
				wait = -1
			}
		}
		ended(err, wait)
		if wait < 0 {
			return err
		}
		if ctxErr := backoff.Pause(ctx, wait); ctxErr != nil {
			return gaveUp(err, ctxErr)
		}
	}
}

// gaveUp is why no further attempt was made, after the error of the last one.
func gaveUp(last, why error) error {
	if last == nil {
		return why
	}
	return fmt.Errorf("%w; not tried again: %w", last, why)
}

// admit waits until an attempt may be sent, and gets the token for it.
func (c *call) admit(ctx context.Context) (err error) {
	if err := ctx.Err(); err != nil {
		return c.notAdmitted("", err)
	}
	if left := c.client.cfg.ban.left(c.client.cfg.now()); left > 0 {
		e := c.newError(ErrBanned)
		e.RetryAfter = left
		e.Message = "nothing was sent: DingTalk shut this address out a short while ago"
		return e
	}
	if forOperation := c.client.cfg.limiter; forOperation != nil {
		if limiter := forOperation(c.op); limiter != nil {
			if err := limiter.Wait(ctx); err != nil {
				return c.heldBack(ctx, err)
			}
		}
	}
	if c.spec.NoToken {
		return nil
	}
	if c.token, err = c.client.tokens.token(ctx); err != nil {
		return c.notAdmitted(", no access token", err)
	}
	return nil
}

// heldBack is a refusal of the caller's limiter. That of golang.org/x/time sees
// beforehand that the deadline is too near, and says so in its words only.
func (c *call) heldBack(ctx context.Context, err error) error {
	if ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) && strings.Contains(err.Error(), "would exceed context deadline") {
		err = fmt.Errorf("%w: %w", err, context.DeadlineExceeded)
	}
	refusal := c.notAdmitted(", waiting for the rate limiter", err)
	if e := (*Error)(nil); ctx.Err() == nil && errors.As(refusal, &e) {
		e.Kind = ErrRateLimited
	}
	return refusal
}

func (c *call) notAdmitted(where string, err error) error {
	if e := (*Error)(nil); errors.As(err, &e) { // of the token endpoint: its code is the one to see
		return fmt.Errorf("dingoa: %s: nothing was sent%s: %w", c.spec.Name, where, err)
	}
	e := c.newError(nil)
	e.Err = fmt.Errorf("nothing was sent%s: %w", where, transportCause(err, c.secrets()...))
	return e
}

// begin counts the attempt and calls the hook; ended calls it again at its end.
func (c *call) begin(ctx context.Context) (_ context.Context, ended func(err error, wait time.Duration)) {
	cfg := c.client.cfg
	c.number++
	c.status, c.header, c.requestID, c.unread = 0, nil, "", nil
	if !c.spec.NoToken {
		cfg.usage.count(c.spec.Name, c.client.ServerTime())
	}
	if cfg.hook == nil && c.options.meta == nil {
		return ctx, func(error, time.Duration) {}
	}
	var hookEnded func(AttemptResult)
	begun := time.Now()
	if cfg.hook != nil {
		var hookCtx context.Context
		hookCtx, hookEnded = cfg.hook(ctx, Attempt{
			Operation: c.spec.Name, Method: c.method, Host: cfg.host(c.legacy), Path: c.path, Number: c.number,
		})
		if hookCtx != nil {
			ctx = hookCtx
		}
	}
	return ctx, func(err error, wait time.Duration) {
		if hookEnded != nil {
			hookEnded(AttemptResult{HTTPStatus: c.status, RequestID: c.requestID, Duration: time.Since(begun), Err: err, Retry: wait, Unread: c.unread})
		}
		if c.options.meta != nil {
			*c.options.meta = ResponseMeta{HTTPStatus: c.status, RequestID: c.requestID, Attempts: c.number, Header: c.header, Unread: c.unread}
		}
	}
}

// attempt sends the request once and decodes the reply.
func (c *call) attempt(callers context.Context) error {
	ctx := callers
	if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > c.client.timeout {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.client.timeout)
		defer cancel()
	}
	resp, err := c.roundTrip(ctx)
	if err != nil {
		return c.transportError(err)
	}
	defer resp.Body.Close()
	c.status, c.header = resp.StatusCode, resp.Header
	came := c.client.cfg.now()
	buf := replyBuffers.Get().(*bytes.Buffer) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	defer func() {
		if buf.Cap() <= maxPooledReply {
			buf.Reset()
			replyBuffers.Put(buf)
		}
	}()
	limit := c.client.cfg.maxReply
	c.content = io.LimitedReader{R: resp.Body, N: limit + 1}
	switch n, err := buf.ReadFrom(&c.content); {
	case err != nil && callers.Err() != nil: // it is the caller who gave up
		return c.transportError(fmt.Errorf("the reply was not read to its end: %w", err))
	case err != nil:
		return c.unreadable(buf.Bytes(), fmt.Errorf("the reply broke off: %w", transportCause(err, c.secrets()...)))
	case n > limit:
		return c.unreadable(buf.Bytes(), errReplyTooLarge)
	}
	err = c.decode(bytes.TrimPrefix(buf.Bytes(), []byte("\ufeff")))
	if e := (*Error)(nil); err == nil || errors.As(err, &e) && e.Code != "" { // not of a proxy, with a clock of its own
		c.client.clock.observe(resp.Header, came)
	}
	return err
}

// maxPooledReply keeps a rare large reply from staying in memory.
const maxPooledReply = 1 << 20

//nolint:gochecknoglobals // a pool has no state that a caller could see
var replyBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// tokenParameter is the name of the token in the older gateway's query.
func (c *call) tokenParameter() string {
	if c.spec.SuiteToken {
		return "suite_access_token"
	}
	return "access_token"
}

const tokenHeader = "X-Acs-Dingtalk-Access-Token" //nolint:gosec // a name, not a token

// roundTrip builds a new resty request from the encoded bytes each time, so that
// no attempt can send a body that a former one has read.
func (c *call) roundTrip(ctx context.Context) (*http.Response, error) {
	r := c.client.resty.R().SetContext(ctx).SetDoNotParseResponse(true)
	if c.body != nil {
		r.SetBody(bytes.NewReader(c.body))
	}
	address, query := c.client.cfg.gatewayURL(c.legacy)+c.path, c.query
	switch {
	case c.token == "":
	case c.legacy:
		query = url.Values{c.tokenParameter(): {c.token}}
		maps.Copy(query, c.query)
	default:
		r.Header[tokenHeader] = []string{c.token}
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	resp, err := r.Execute(c.method, address)
	if err != nil {
		return nil, err
	}
	return resp.RawResponse, nil
}
