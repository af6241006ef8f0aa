package dingoa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
)

// Client calls DingTalk OA approval as one app, for one company. It is immutable
// and safe for concurrent use; make one and keep it.
type Client struct {
	// Instances starts, reads, lists and revokes approvals (审批实例).
	Instances *InstanceService
	// Tasks decides and forwards the tasks (审批任务) of approvals.
	Tasks *TaskService

	cfg    *config
	resty  *resty.Client
	tokens *tokenCache
}

// service is what every service is: its methods differ, its data does not.
type service struct{ c *Client }

// New returns a client for the app with the given AppKey and AppSecret, also
// shown as Client ID and Client Secret in the developer console
// (开发者后台 → 应用详情 → 凭证与基础信息). Nothing is sent before the first call.
func New(appKey, appSecret string, opts ...Option) (*Client, error) {
	cfg := defaultConfig(strings.TrimSpace(appKey), strings.TrimSpace(appSecret))
	return newClient(cfg, opts)
}

// With returns a client that differs from c by opts. Both share the token store
// and the count of calls.
func (c *Client) With(opts ...Option) (*Client, error) { return newClient(*c.cfg, opts) }

func newClient(cfg config, opts []Option) (*Client, error) {
	if err := cfg.apply(opts); err != nil {
		return nil, err
	}
	c := &Client{cfg: &cfg, resty: newResty(&cfg)}
	c.tokens = &tokenCache{source: cfg.tokenSource, now: cfg.now}
	if cfg.tokenSource == nil {
		c.tokens.source = appTokenSource{c}
		c.tokens.store = cfg.tokenStore
		c.tokens.key = strings.Join([]string{cfg.gatewayURL(cfg.legacy), cfg.appKey, cfg.corpID}, " ")
	}
	c.Instances = &InstanceService{c}
	c.Tasks = &TaskService{c}
	return c, nil
}

// newResty keeps resty to what it does well, building and sending one request.
// Its retry would repeat a POST after a broken connection, its decoding ignores
// replies that are not labelled as JSON, and its log prints addresses that hold
// tokens; none of the three is used.
func newResty(cfg *config) *resty.Client {
	hc := &http.Client{Transport: defaultTransport()}
	if cfg.httpClient != nil {
		copied := *cfg.httpClient
		hc = &copied
	}
	if cfg.timeout == 0 {
		cfg.timeout = defaultTimeout
		if hc.Timeout > 0 {
			cfg.timeout = hc.Timeout
		}
	}
	hc.Timeout = 0 // applied per attempt, through the context
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return resty.NewWithClient(hc).
		SetLogger(silentLogger{}).
		SetHeader("Accept", "application/json").
		SetHeader("Content-Type", "application/json").
		SetHeader("User-Agent", "dingoa-go")
}

// defaultTransport keeps more idle connections to the one host than the
// standard two. A replaced http.DefaultTransport is respected.
func defaultTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConnsPerHost = 64
	return transport
}

type silentLogger struct{}

func (silentLogger) Errorf(string, ...any) {}
func (silentLogger) Warnf(string, ...any)  {}
func (silentLogger) Debugf(string, ...any) {}

func (c *config) gatewayURL(legacy bool) string {
	if legacy {
		return c.legacyBaseURL
	}
	return c.baseURL
}

// String names the app. A client never prints its secrets.
func (c *Client) String() string { return "dingoa.Client(" + c.cfg.appKey + ")" }

// GoString is String, for %#v.
func (c *Client) GoString() string { return c.String() }

// A request whose JSON differs on the older gateway, and one that has no form
// there, in which case it returns problems or an error.
type legacyRequester interface{ legacyRequest() (any, error) }

// A reply whose JSON differs on the older gateway: legacyReply returns what to
// decode into and what to do afterwards.
type legacyReplier interface {
	legacyReply() (wire any, done func())
}

// A reply that says inside of HTTP 200 that it did not work.
type refuser interface{ refused() bool }

// A reply that needs work after decoding, or that cannot be right.
type finisher interface{ finish() error }

// Call sends any operation: in is its request, sent as JSON or, for GET and
// DELETE, as the query; out receives the reply, and may be nil. Values of in
// named like a {parameter} of the path go there. The methods of the services
// are typed ways to do this; with Call you reach operations that have no method
// yet, on either gateway, with the JSON that the vendor's page of the operation
// shows.
//
// Everything else is as for the methods: token, retries, errors, hook.
func (c *Client) Call(ctx context.Context, op Operation, in, out any, opts ...RequestOption) error {
	var rc requestConfig
	for _, opt := range opts {
		opt(&rc)
	}
	req, err := c.newRequest(op, in, out)
	if err != nil {
		return err
	}
	return c.send(ctx, req, &rc)
}

// request is a call that is ready to be sent, any number of times.
type request struct {
	op     Operation
	legacy bool
	method string
	path   string
	query  url.Values
	body   []byte
	out    any
}

func (c *Client) newRequest(op Operation, in, out any) (*request, error) {
	req := &request{op: op, method: op.Method, path: op.Path, out: out}
	if req.legacy = c.cfg.legacy || op.Path == ""; req.legacy {
		req.method, req.path = op.LegacyMethod, op.LegacyPath
	}
	if req.path == "" {
		return nil, unsupported(op, "the older gateway has no such operation; use a client without WithLegacyGateway")
	}
	if req.legacy {
		if l, ok := in.(legacyRequester); ok {
			var err error
			if in, err = l.legacyRequest(); err != nil {
				return nil, err
			}
		}
	}
	if err := c.encode(req, in); err != nil {
		return nil, &Error{Op: op.ID, Method: req.method, Path: req.path, Kind: ErrInvalidArgument, Err: fmt.Errorf("the request could not be encoded: %w", err)}
	}
	return req, nil
}

func unsupported(op Operation, message string) error {
	return &Error{Op: op.ID, Method: op.Method, Path: op.Path, Kind: ErrUnsupported, Message: message}
}

// encode puts in where the operation wants it: path, query or body.
func (c *Client) encode(req *request, in any) error {
	inQuery := req.method == http.MethodGet || req.method == http.MethodDelete
	if in == nil {
		if !inQuery {
			req.body = []byte("{}")
		}
		return nil
	}
	body, err := c.cfg.marshal(in)
	if err != nil {
		return err
	}
	if !inQuery && !strings.Contains(req.path, "{") {
		req.body = body
		return nil
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &fields); err != nil {
		return errors.New("want a struct or a map")
	}
	if err := fillPath(req, fields); err != nil {
		return err
	}
	if !inQuery {
		req.body, err = json.Marshal(fields)
		return err
	}
	req.query = make(url.Values, len(fields)+1)
	for name, raw := range fields {
		if value := scalar(raw); value != "" {
			req.query.Set(name, value)
		}
	}
	return nil
}

func fillPath(req *request, fields map[string]json.RawMessage) error {
	for {
		before, rest, found := strings.Cut(req.path, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return nil
		}
		value := scalar(fields[name])
		if value == "" {
			return fmt.Errorf("%s, a part of the path, is missing", name)
		}
		delete(fields, name)
		req.path = before + url.PathEscape(value) + after
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

func (c *config) marshal(v any) ([]byte, error) {
	if c.codec != nil {
		return c.codec.Marshal(v)
	}
	return json.Marshal(v)
}

func (c *config) unmarshal(data []byte, v any) error {
	if c.codec != nil {
		return c.codec.Unmarshal(data, v)
	}
	return json.Unmarshal(data, v)
}

// send is the loop around the attempts: token, limiter, attempt, verdict.
func (c *Client) send(ctx context.Context, req *request, rc *requestConfig) error {
	replayed := false
	for number, retries := 1, 0; ; number++ {
		token, err := c.admit(ctx, req)
		if err != nil {
			return err
		}
		sent := attempt{client: c, req: req, number: number, token: token}
		done := sent.start(ctx)
		err = sent.run()
		wait := time.Duration(-1)
		switch {
		case err == nil:
		case !replayed && !req.op.NoToken && refusedToken(err):
			replayed = true
			c.tokens.invalidate(token)
			wait = 0
		case retries < c.cfg.maxRetries && !rc.noRetry && mayRetry(req.op, err):
			retries++
			wait = backoff(retries, err)
			if !fits(ctx, wait) {
				wait = -1
			}
		}
		done(err, wait)
		if rc.meta != nil {
			*rc.meta = ResponseMeta{HTTPStatus: sent.status, RequestID: sent.requestID, Attempts: number, Header: sent.header}
		}
		if wait < 0 {
			return err
		}
		if ctxErr := pause(ctx, wait); ctxErr != nil {
			return errors.Join(err, ctxErr)
		}
	}
}

// admit waits until an attempt may be sent, and returns the token for it.
func (c *Client) admit(ctx context.Context, req *request) (token string, err error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("dingoa: %s: nothing was sent: %w", req.op.ID, err)
	}
	if c.cfg.limiter != nil {
		if limiter := c.cfg.limiter(req.op); limiter != nil {
			if err := limiter.Wait(ctx); err != nil {
				return "", fmt.Errorf("dingoa: %s: nothing was sent, waiting for the rate limiter: %w", req.op.ID, err)
			}
		}
	}
	if req.op.NoToken {
		return "", nil
	}
	if token, err = c.tokens.token(ctx); err != nil {
		return "", fmt.Errorf("dingoa: %s: nothing was sent, no access token: %w", req.op.ID, err)
	}
	return token, nil
}

// refusedToken reports whether a new token could cure err.
func refusedToken(err error) bool {
	var e *Error
	return errors.As(err, &e) && (tokenRefused(e.SubCode) || tokenRefused(e.Code) || (e.HTTPStatus == http.StatusUnauthorized && e.Code == ""))
}

// mayRetry reports whether sending again can do no harm and might help.
func mayRetry(op Operation, err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch {
	case e.Kind == ErrRateLimited, notSent(e.Err):
		return true // refused at the door: nothing was executed
	case !op.Idempotent, errors.Is(e.Err, context.Canceled), errors.Is(e.Err, errReplyTooLarge):
		return false
	}
	return e.HTTPStatus == 0 || e.Kind == ErrServer
}

// notSent reports a failure before the first byte of the request.
func notSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// backoff is the wait before retry n: what the reply asked for; a second,
// doubling, when the vendor throttles, as it advises; else much less.
func backoff(n int, err error) time.Duration {
	var e *Error
	errors.As(err, &e)
	base := 200 * time.Millisecond
	switch {
	case e.RetryAfter > 0:
		return e.RetryAfter
	case e.Kind == ErrRateLimited:
		base = time.Second
	}
	base <<= min(n, 6) - 1
	return base + rand.N(base/4)
}

// fits reports whether there is time left after the wait. If not, the vendor's
// error is better than the context's.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || time.Until(deadline) > wait)
}

func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// attempt is one sending of a request and what came of it.
type attempt struct {
	client *Client
	req    *request
	number int
	token  string

	ctx       context.Context //nolint:containedctx // the hook may replace it for this attempt alone
	status    int
	requestID string
	header    http.Header
}

// start tells the hook, and returns what tells it the end.
func (a *attempt) start(ctx context.Context) (done func(err error, wait time.Duration)) {
	a.ctx = ctx
	cfg := a.client.cfg
	if !a.req.op.NoToken {
		cfg.usage.count(a.req.op, cfg.now())
	}
	if cfg.hook == nil {
		return func(error, time.Duration) {}
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(cfg.gatewayURL(a.req.legacy), "https://"), "http://"), "/")
	begun := time.Now()
	hookCtx, ended := cfg.hook(ctx, Attempt{
		Operation: a.req.op.ID, Method: a.req.method, Host: host, Path: a.req.path, Number: a.number,
	})
	if hookCtx != nil {
		a.ctx = hookCtx
	}
	return func(err error, wait time.Duration) {
		if ended != nil {
			ended(AttemptResult{HTTPStatus: a.status, RequestID: a.requestID, Duration: time.Since(begun), Err: err, Retry: wait})
		}
	}
}

// run sends the request and decodes the reply.
func (a *attempt) run() error {
	ctx, cancel := context.WithTimeout(a.ctx, a.client.cfg.timeout)
	defer cancel()
	resp, err := a.roundTrip(ctx)
	if err != nil {
		return a.transportError(err)
	}
	defer resp.Body.Close() //nolint:errcheck // nothing to be done about it
	a.status, a.header = resp.StatusCode, resp.Header
	buf := replyBuffers.Get().(*bytes.Buffer) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	defer func() {
		// A codec of the caller's may keep references into the reply.
		if a.client.cfg.codec == nil && buf.Cap() <= maxPooledReply {
			buf.Reset()
			replyBuffers.Put(buf)
		}
	}()
	limit := a.client.cfg.maxReply
	switch n, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1)); {
	case err != nil:
		return a.unreadable(buf.Bytes(), fmt.Errorf("the reply broke off: %w", transportCause(err, a.secrets()...)))
	case n > limit:
		return a.unreadable(buf.Bytes(), errReplyTooLarge)
	}
	return a.decode(buf.Bytes())
}

// maxPooledReply keeps a rare large reply from staying in memory.
const maxPooledReply = 1 << 20

var replyBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var errReplyTooLarge = errors.New("the reply is larger than the limit (WithMaxReplyBytes)")

const tokenHeader = "X-Acs-Dingtalk-Access-Token" //nolint:gosec // a name, not a token

func (a *attempt) roundTrip(ctx context.Context) (*http.Response, error) {
	r := a.client.resty.R().SetContext(ctx).SetDoNotParseResponse(true)
	if a.req.body != nil {
		r.SetBody(bytes.NewReader(a.req.body))
	}
	address := a.client.cfg.gatewayURL(a.req.legacy) + a.req.path
	query := a.req.query
	switch {
	case a.token == "":
	case a.req.legacy:
		query = cloneValues(query)
		query.Set("access_token", a.token)
	default:
		r.Header[tokenHeader] = []string{a.token}
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	resp, err := r.Execute(a.req.method, address)
	if err != nil {
		return nil, err
	}
	return resp.RawResponse, nil
}

func cloneValues(values url.Values) url.Values {
	clone := make(url.Values, len(values)+1)
	for name, value := range values {
		clone[name] = value
	}
	return clone
}

// secrets are the values that must not be printed when a reply repeats them.
func (a *attempt) secrets() []string { return []string{a.token, a.client.cfg.appSecret} }

func (a *attempt) newError(kind error) *Error {
	return &Error{
		Op: a.req.op.ID, Method: a.req.method, Path: a.req.path,
		HTTPStatus: a.status, RequestID: a.requestID, RetryAfter: retryAfter(a.header, a.client.cfg.now()),
		Kind: kind, permission: a.req.op.Permission,
	}
}

// transportError is a failure without a reply. Unless it happened before the
// request left, a write may have been executed.
func (a *attempt) transportError(err error) error {
	e := a.newError(nil)
	e.Err = transportCause(err, a.secrets()...)
	e.OutcomeUnknown = !a.req.op.Idempotent && !notSent(err)
	return e
}

// unreadable is a reply that is no answer: HTML, empty, cut short, too large.
func (a *attempt) unreadable(body []byte, cause error) error {
	if banned(body) {
		e := a.newError(ErrBanned)
		e.Message = "DingTalk answered with its punishment page instead of a reply"
		e.Body = snippet(body, a.secrets()...)
		return e
	}
	kind := ErrServer
	if a.status >= 400 {
		kind = kindOf("", "", a.status)
	}
	e := a.newError(kind)
	e.Err = cause
	e.Body = snippet(body, a.secrets()...)
	e.OutcomeUnknown = !a.req.op.Idempotent && (a.status < 300 || a.status >= 500)
	return e
}

// banned recognises what DingTalk answers an address that it shuts out for five
// minutes: JSON with punish and status 1111, or a page of its bot defence.
func banned(body []byte) bool {
	head := body[:min(len(body), 4096)]
	if !bytes.Contains(head, []byte("punish")) {
		return false
	}
	return bytes.Contains(head, []byte(`"deny"`)) || bytes.Contains(head, []byte("1111")) || bytes.HasPrefix(bytes.TrimSpace(head), []byte("<"))
}

// retryAfter reads the header in both of its forms, seconds and a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if value == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(value); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
