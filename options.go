package dingoa

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/dingoa/dingoa/operation"
)

const (
	defaultBaseURL       = "https://api.dingtalk.com"
	defaultLegacyBaseURL = "https://oapi.dingtalk.com"
	defaultTimeout       = 30 * time.Second
	defaultMaxRetries    = 2
	defaultMaxReply      = 8 << 20
)

// Option configures a [Client]. The order of options does not matter.
type Option func(*config) error

// config holds the options of [New]. It is never changed once a client
// uses it; the client holds it behind a pointer, so that printing a client
// prints no secret.
type config struct {
	appKey         string
	appSecret      func() string // a function, because fmt prints strings wherever it finds them
	corpID         string
	agentID        int64
	baseURL        string
	legacyBaseURL  string
	legacy         bool
	premium        bool
	httpClient     *http.Client
	timeout        time.Duration
	maxRetries     int
	maxReply       int64
	limiter        func(operation.Operation) Limiter
	hook           Hook
	anyFileAddress bool
	ban            *banPause // nil: calls go out whatever was answered
	tokenSource    TokenSource
	tokenStore     TokenStore
	tickets        TicketStore // of a suite, nil for an internal app
	usage          *usage      // shared by the clients of With
	quota          int64
	formCheck      *formCheck // nil: nothing is checked
	now            func() time.Time
}

func defaultConfig(appKey, appSecret string) config {
	return config{
		appKey: appKey, appSecret: func() string { return appSecret },
		baseURL: defaultBaseURL, legacyBaseURL: defaultLegacyBaseURL,
		httpClient: &http.Client{Transport: defaultTransport()},
		maxRetries: defaultMaxRetries,
		maxReply:   defaultMaxReply,
		tokenStore: NewMemoryTokenStore(),
		usage:      &usage{},
		now:        time.Now,
	}
}

func (c *config) apply(opts []Option) error {
	var errs []error
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(c); err != nil {
			errs = append(errs, err)
		}
	}
	if c.tokenSource == nil && (c.appKey == "" || c.appSecret() == "") {
		errs = append(errs, errors.New("AppKey and AppSecret are required (开发者后台 → 应用详情 → 凭证与基础信息), unless WithTokenSource is given"))
	}
	for name, value := range map[string]string{"AppKey": c.appKey, "AppSecret": c.appSecret()} {
		if problem := untidy(value); value != "" && problem != "" {
			errs = append(errs, fmt.Errorf("%s %s (开发者后台 → 应用详情 → 凭证与基础信息)", name, problem))
		}
	}
	if c.formCheck != nil && c.legacy {
		errs = append(errs, errors.New("WithFormCheck: the older gateway cannot read forms; leave out WithLegacyGateway, or check values with form.Check and a schema from elsewhere"))
	}
	if len(errs) > 0 {
		return fmt.Errorf("dingoa: %w", errors.Join(errs...))
	}
	return nil
}

// WithHTTPClient sends through a copy of hc: its transport, proxy and timeout
// are used, and hc itself is left as it is. Redirects are never followed,
// whatever hc says, since they would take the access token along.
//
// Without this option the client has a transport of its own and a time limit
// of 30 seconds for each attempt.
func WithHTTPClient(hc *http.Client) Option {
	return func(c *config) error {
		if hc == nil {
			return errors.New("WithHTTPClient: the client is nil")
		}
		c.httpClient = hc
		return nil
	}
}

// WithTimeout limits each attempt; the default is 30 seconds, or the timeout of
// the client given to [WithHTTPClient]. The whole call, with its retries, is
// limited by its context.
func WithTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("WithTimeout: %v is not a positive duration", d)
		}
		c.timeout = d
		return nil
	}
}

// WithBaseURL sends today's operations to another address than
// https://api.dingtalk.com, such as an emulator or a proxy. Empty is that address,
// so that the value of an environment variable can be given as it is.
func WithBaseURL(base string) Option {
	return func(c *config) (err error) {
		c.baseURL, err = checkBaseURL("WithBaseURL", base, defaultBaseURL)
		return err
	}
}

// WithLegacyBaseURL sends the older operations to another address than
// https://oapi.dingtalk.com, which empty stands for.
func WithLegacyBaseURL(base string) Option {
	return func(c *config) (err error) {
		c.legacyBaseURL, err = checkBaseURL("WithLegacyBaseURL", base, defaultLegacyBaseURL)
		return err
	}
}

func checkBaseURL(option, base, service string) (string, error) {
	if base == "" {
		return service, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.User != nil {
		return "", fmt.Errorf("%s: want an address like https://host/path, without user and query", option)
	}
	return strings.TrimRight(base, "/"), nil
}

// WithLegacyGateway sends every operation that has a twin on the older gateway
// (oapi.dingtalk.com/topapi/…) there. Operations and fields without a twin
// answer [ErrUnsupported].
func WithLegacyGateway() Option {
	return func(c *config) error {
		c.legacy = true
		return nil
	}
}

// WithCorpID names the company whose data is used. The token then comes from
// /v1.0/oauth2/{corpId}/token, and tokens of several companies are kept apart.
func WithCorpID(corpID string) Option {
	return func(c *config) error {
		if problem := untidy(corpID); problem != "" {
			return errors.New("WithCorpID: the corpId " + problem)
		}
		c.corpID = corpID
		return nil
	}
}

// WithAgentID gives the app's AgentId, filled in as microappAgentId (agent_id
// on the older gateway) where a request leaves it out.
func WithAgentID(agentID int64) Option {
	return func(c *config) error {
		if agentID <= 0 {
			return fmt.Errorf("WithAgentID: %d is not an AgentId", agentID)
		}
		c.agentID = agentID
		return nil
	}
}

// WithPremium says that the company has OA premium (OA 高级版), which raises
// some limits: lists reach back five years instead of 365 days.
func WithPremium() Option {
	return func(c *config) error {
		c.premium = true
		return nil
	}
}

// WithMaxRetries sets how often a call is sent again after a failure that
// allows it; the default is 2, 0 turns it off. Sent again are idempotent
// operations, and others only where the failure proves that nothing was
// executed. The one replay after a refused token is not counted.
func WithMaxRetries(n int) Option {
	return func(c *config) error {
		if n < 0 {
			return fmt.Errorf("WithMaxRetries: %d is negative", n)
		}
		c.maxRetries = n
		return nil
	}
}

// WithMaxReplyBytes bounds the size of a reply; the default is 8 MiB.
func WithMaxReplyBytes(n int64) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("WithMaxReplyBytes: %d is not positive", n)
		}
		c.maxReply = n
		return nil
	}
}

// Limiter holds calls back. A *rate.Limiter of golang.org/x/time is one.
type Limiter interface {
	// Wait returns when a call may be sent, or the context's error.
	Wait(ctx context.Context) error
}

// WithLimiter asks the limiter that forOperation returns before each attempt of
// that operation; nil means none. The vendor counts per app and operation, so
// share limiters between the clients (and processes) of one app.
func WithLimiter(forOperation func(operation.Operation) Limiter) Option {
	return func(c *config) error {
		if forOperation == nil {
			return errors.New("WithLimiter: the function is nil")
		}
		c.limiter = forOperation
		return nil
	}
}

// WithRateLimit is [WithLimiter] with perSecond calls a second for each
// operation, evenly spaced and counted in this process. The standard plan
// allows 20.
func WithRateLimit(perSecond int) Option {
	if perSecond <= 0 {
		return func(*config) error {
			return fmt.Errorf("WithRateLimit: %d calls per second is not positive", perSecond)
		}
	}
	var limiters sync.Map
	return WithLimiter(func(op operation.Operation) Limiter {
		l, ok := limiters.Load(op.Spec().Name)
		if !ok {
			l, _ = limiters.LoadOrStore(op.Spec().Name, rate.NewLimiter(rate.Limit(perSecond), 1))
		}
		return l.(*rate.Limiter) //nolint:forcetypeassert,errcheck // only this function stores into the map
	})
}

// WithMonthlyQuota sets the allowance of calls per calendar month, for
// [Usage.Remaining]: 5,000 per company on the standard plan. The client counts,
// it does not refuse. Given to [Client.With], it leaves the count as it is.
func WithMonthlyQuota(calls int64) Option {
	return func(c *config) error {
		if calls <= 0 {
			return fmt.Errorf("WithMonthlyQuota: %d is not positive", calls)
		}
		c.quota = calls
		return nil
	}
}

// WithTokenSource takes access tokens from src instead of fetching them with
// AppKey and AppSecret. The client caches what src returns until it expires or
// is refused.
func WithTokenSource(src TokenSource) Option {
	return func(c *config) error {
		if src == nil {
			return errors.New("WithTokenSource: the source is nil")
		}
		c.tokenSource = src
		return nil
	}
}

// WithTokenStore shares tokens with other clients and processes through store.
// It is not used for a source given by [WithTokenSource].
func WithTokenStore(store TokenStore) Option {
	return func(c *config) error {
		if store == nil {
			return errors.New("WithTokenStore: the store is nil")
		}
		c.tokenStore = store
		return nil
	}
}

// WithClock replaces time.Now, for tests. Where DingTalk's clock counts the
// client goes by the Date of replies all the same; see [Client.ServerTime].
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("WithClock: the function is nil")
		}
		c.now = now
		return nil
	}
}

// WithPauseAfterBan sends nothing for five minutes after DingTalk has shut this
// address out ([ErrBanned]), since calls meanwhile go on failing: they are refused
// at once, with ErrBanned and the time left as [Error.RetryAfter]. Clients made
// from this one with [Client.With], and those of one [Suite], pause together.
func WithPauseAfterBan() Option {
	return func(c *config) error {
		c.ban = &banPause{}
		return nil
	}
}

// Attempt is one sending of a request, as a [Hook] is told of it. It holds no
// body, token or query.
type Attempt struct {
	// Operation is the vendor's name, such as "StartProcessInstance".
	Operation string
	// Method, Host and Path of the request.
	Method, Host, Path string
	// Number counts from 1.
	Number int
}

// AttemptResult is how an [Attempt] ended.
type AttemptResult struct {
	// HTTPStatus is 0 when no reply arrived.
	HTTPStatus int
	// RequestID is the vendor's, when it told one.
	RequestID string
	// Duration is from sending to the end of the reply.
	Duration time.Duration
	// Err is nil on success, else a *[Error] in most cases.
	Err error
	// Retry is the wait before the next attempt, negative when there is none.
	Retry time.Duration
	// Unread are the fields of the reply that could not be read, at most 100.
	Unread []UnreadField
}

// Hook is called before each attempt, for logs, metrics and traces. It returns
// the context of the attempt and a function, which may be nil, that is called
// when the attempt has ended.
type Hook func(ctx context.Context, attempt Attempt) (context.Context, func(AttemptResult))

// WithHook adds a hook. Each one gets the context of the one before; they are
// told the end in reverse order.
func WithHook(hook Hook) Option {
	return func(c *config) error {
		if hook == nil {
			return errors.New("WithHook: the hook is nil")
		}
		c.hook = both(c.hook, hook)
		return nil
	}
}

// both calls two hooks as one; the first may be nil.
func both(first, second Hook) Hook {
	if first == nil {
		return second
	}
	return func(ctx context.Context, attempt Attempt) (context.Context, func(AttemptResult)) {
		outer, firstEnded := first(ctx, attempt)
		if outer == nil {
			outer = ctx
		}
		inner, secondEnded := second(outer, attempt)
		if inner == nil {
			inner = outer
		}
		return inner, func(result AttemptResult) {
			if secondEnded != nil {
				secondEnded(result)
			}
			if firstEnded != nil {
				firstEnded(result)
			}
		}
	}
}

// LogHook logs each attempt: at info level when it succeeded or will be sent
// again, else at warn. For less, give it a logger that drops the info level.
func LogHook(logger *slog.Logger) Hook {
	return func(ctx context.Context, a Attempt) (context.Context, func(AttemptResult)) {
		return ctx, func(r AttemptResult) {
			level := slog.LevelInfo
			attrs := []slog.Attr{
				slog.String("operation", a.Operation), slog.String("host", a.Host),
				slog.Int("attempt", a.Number), slog.Int("status", r.HTTPStatus),
				slog.Duration("duration", r.Duration),
			}
			if r.RequestID != "" {
				attrs = append(attrs, slog.String("request_id", r.RequestID))
			}
			if r.Err != nil {
				level = slog.LevelWarn
				attrs = append(attrs, slog.String("error", r.Err.Error()))
				if r.Retry >= 0 {
					level = slog.LevelInfo // not yet a failure
					attrs = append(attrs, slog.Duration("retry_in", r.Retry))
				}
			}
			logger.LogAttrs(ctx, level, "dingtalk call", attrs...)
		}
	}
}

// RequestOption configures one call.
type RequestOption func(*requestConfig)

type requestConfig struct {
	meta    *ResponseMeta
	noRetry bool
}

// requestOptions applies the options of one call; nil ones are skipped.
func requestOptions(opts []RequestOption) requestConfig {
	var c requestConfig
	for _, opt := range opts {
		if opt != nil {
			opt(&c)
		}
	}
	return c
}

// ResponseMeta describes a reply besides its content.
type ResponseMeta struct {
	// HTTPStatus is 0 when no reply arrived.
	HTTPStatus int
	// RequestID identifies the call to DingTalk's support; empty when the reply had none.
	RequestID string
	// Attempts is how often the request was sent.
	Attempts int
	// Header is that of the last reply.
	Header http.Header
	// Unread are the fields of the last reply that could not be read, at most 100.
	Unread []UnreadField
}

// WithResponseMeta fills meta when the call returns, whether it failed or not.
func WithResponseMeta(meta *ResponseMeta) RequestOption {
	return func(c *requestConfig) { c.meta = meta }
}

// WithoutRetry sends this call once, but for the replay after a refused token.
func WithoutRetry() RequestOption {
	return func(c *requestConfig) { c.noRetry = true }
}
