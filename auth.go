package dingoa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/dingoa/dingoa/internal/redact"
	"github.com/dingoa/dingoa/operation"
)

// Token is an access token (access_token). It prints without its value, also as
// JSON: see [EncodeToken].
type Token struct {
	// Value is the token, a secret.
	Value string `json:"value"`
	// ExpiresAt is when the vendor stops taking it, by this machine's clock and with
	// seconds; the zero time means not known.
	ExpiresAt time.Time `json:"expiresAt"`
}

// String hides the value.
func (t Token) String() string {
	if t.Value == "" {
		return "Token(none)"
	}
	return "Token(***, expires " + t.ExpiresAt.Format(time.RFC3339) + ")"
}

// Format hides the value from every verb of fmt, fitting or not.
func (t Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue hides the value from log/slog.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// usable reports whether t has at least margin left.
func (t Token) usable(now time.Time, margin time.Duration) bool {
	return t.Value != "" && (t.ExpiresAt.IsZero() || t.ExpiresAt.Sub(now) > margin)
}

// TokenSource fetches a new access token. It is called when the client has none,
// when the one it has nears its end, and when DingTalk refused it. Calls for
// one client never overlap.
type TokenSource interface {
	// Token returns a token that was not refused before, if it can.
	Token(ctx context.Context) (Token, error)
}

// TokenSourceFunc is a function as a [TokenSource].
type TokenSourceFunc func(ctx context.Context) (Token, error)

// Token calls f.
func (f TokenSourceFunc) Token(ctx context.Context) (Token, error) { return f(ctx) }

// StaticToken is a source for a token that is fetched elsewhere and does not change.
func StaticToken(value string) TokenSource {
	return TokenSourceFunc(func(context.Context) (Token, error) { return Token{Value: value}, nil })
}

// TokenStore keeps tokens where other clients and processes find them. A store
// that fails does not fail a call: the client then fetches a token of its own.
//
// The key names host, app and company; it holds no secret. [EncodeToken] and
// [DecodeToken] turn tokens into bytes and back.
type TokenStore interface {
	// Load returns the token saved last, or the zero Token when there is none.
	Load(ctx context.Context, key string) (Token, error)
	// Save replaces what was saved under key. The token may be dropped once it expired.
	Save(ctx context.Context, key string, token Token) error
}

// NewMemoryTokenStore returns a store within the process, the default.
func NewMemoryTokenStore() TokenStore { return &memoryStore[Token]{} }

// memoryStore keeps tokens or tickets within the process.
type memoryStore[T any] struct{ values sync.Map }

func (s *memoryStore[T]) Load(_ context.Context, key string) (T, error) {
	value, _ := s.values.Load(key)
	t, _ := value.(T)
	return t, nil
}

func (s *memoryStore[T]) Save(_ context.Context, key string, t T) error {
	s.values.Store(key, t)
	return nil
}

// The two windows before a token's end. DingTalk suggests renewing ten minutes
// early; a token with less than half a minute left could expire on its way.
const (
	refreshEarly = 10 * time.Minute
	refreshNow   = 30 * time.Second
	// refreshPause is the least time between two tries in the background.
	refreshPause = 5 * time.Second
	// fetchTimeout bounds a fetch, detached from the callers' contexts.
	fetchTimeout = 30 * time.Second
	// storeTimeout bounds one use of a store: one that hangs fails no call either.
	storeTimeout = 2 * time.Second
	// lastWait is how long a call waits for a new token while the old one is good.
	lastWait = 6 * time.Second
)

// tokenCache hands out one token until it nears its end, is refused or replaced.
//
// One flight at a time fetches, for everybody who waits; its context is not
// the first caller's, so that a caller who gives up fails nobody else.
type tokenCache struct {
	key    string
	source TokenSource
	store  TokenStore // nil for a caller's own source
	now    func() time.Time

	current atomic.Pointer[heldToken]
	refused atomic.Pointer[string] // the value that DingTalk refused last
	nextTry atomic.Int64           // no background refresh before, in nanoseconds since 1970
	flight  singleflight.Group
}

// heldToken knows until when it is handed out without another thought.
type heldToken struct {
	Token
	fresh time.Time
}

// token returns a token with at least refreshNow left.
func (c *tokenCache) token(ctx context.Context) (string, error) {
	now := c.now()
	if h := c.current.Load(); h != nil && now.Before(h.fresh) {
		return h.Value, nil
	}
	t := c.held()
	if t.usable(now, refreshNow) {
		c.refreshInBackground(ctx, now)
		return t.Value, nil
	}
	waitCtx, cancel := ctx, context.CancelFunc(func() {})
	if t.usable(now, 0) {
		waitCtx, cancel = context.WithTimeout(ctx, shorter(ctx, lastWait, t.ExpiresAt.Sub(now)*3/4))
	}
	defer cancel()
	fetched, err := c.fetch(waitCtx)
	if err == nil {
		return fetched.Value, nil
	}
	if t.usable(c.now(), 0) && ctx.Err() == nil {
		return t.Value, nil // still good for this call
	}
	return "", err
}

// shorter is the shortest of a, b and half of the time that ctx leaves.
func shorter(ctx context.Context, a, b time.Duration) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		a = min(a, time.Until(deadline)/2)
	}
	return min(a, b)
}

// held is the token at hand, an unusable one when there is none.
func (c *tokenCache) held() Token {
	if h := c.current.Load(); h != nil {
		return h.Token
	}
	return Token{}
}

// hold makes t the token at hand.
func (c *tokenCache) hold(t Token) {
	fresh := t.ExpiresAt.Add(-refreshEarly)
	if t.ExpiresAt.IsZero() {
		fresh = c.now().AddDate(1000, 0, 0) // until it is refused
	}
	c.current.Store(&heldToken{t, fresh})
}

func (c *tokenCache) refreshInBackground(ctx context.Context, now time.Time) {
	next := c.nextTry.Load()
	if now.UnixNano() < next || !c.nextTry.CompareAndSwap(next, now.Add(refreshPause).UnixNano()) {
		return
	}
	c.start(ctx)
}

// fetch waits for the flight that fetches a token, starting it when there is none.
func (c *tokenCache) fetch(ctx context.Context) (Token, error) {
	select {
	case res := <-c.start(ctx):
		if res.Err != nil {
			return Token{}, res.Err
		}
		return res.Val.(Token), nil //nolint:forcetypeassert,errcheck // fetchOnce returns nothing else
	case <-ctx.Done():
		return Token{}, ctx.Err()
	}
}

func (c *tokenCache) start(ctx context.Context) <-chan singleflight.Result {
	detached := context.WithoutCancel(ctx)
	return c.flight.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(detached, fetchTimeout)
		defer cancel()
		return c.fetchOnce(ctx)
	})
}

// fetchOnce takes the token from the store when another client has put a newer
// one there, else from the source.
func (c *tokenCache) fetchOnce(ctx context.Context) (Token, error) {
	if t := c.held(); t.usable(c.now(), refreshEarly) {
		return t, nil // the flight before this one has just landed
	}
	mayStore := c.store != nil
	if mayStore {
		stored, err := bounded(ctx, storeTimeout, func(ctx context.Context) (Token, error) { return c.store.Load(ctx, c.key) })
		switch {
		case err == nil && c.isNews(stored):
			c.hold(stored)
			return stored, nil
		case errors.Is(err, errHangs):
			mayStore = false // it would not save either
		}
	}
	token, err := bounded(ctx, fetchTimeout, c.source.Token)
	if err != nil {
		return Token{}, err
	}
	if problem := untidy(token.Value); problem != "" {
		return Token{}, fmt.Errorf("dingoa: the token source returned a token that %s: %w", problem, ErrUnauthorized)
	}
	c.hold(token)
	if mayStore { // one that fails must not fail the call
		_, _ = bounded(ctx, storeTimeout, func(ctx context.Context) (Token, error) { return token, c.store.Save(ctx, c.key, token) })
	}
	return token, nil
}

var errHangs = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)

// bounded calls code of the caller's, which may hang whatever its context says,
// and may panic in a goroutine that nobody guards.
func bounded(ctx context.Context, limit time.Duration, f func(context.Context) (Token, error)) (Token, error) {
	type outcome struct {
		token Token
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan outcome, 1)
	go func() {
		result := outcome{err: errors.New("dingoa: the token store or source ended its goroutine")}
		defer func() {
			if p := recover(); p != nil {
				result.err = errors.New("dingoa: the token store or source panicked: " + redact.Text(fmt.Sprint(p), maxErrorName))
			}
			done <- result
		}()
		result.token, result.err = f(ctx)
	}()
	select {
	case result := <-done:
		return result.token, result.err
	case <-ctx.Done():
		return Token{}, errHangs
	}
}

// isNews reports whether a stored token is worth taking.
func (c *tokenCache) isNews(t Token) bool {
	if refused := c.refused.Load(); refused != nil && *refused == t.Value {
		return false
	}
	return t.usable(c.now(), refreshEarly)
}

// invalidate drops the token that was refused, and no newer one.
func (c *tokenCache) invalidate(value string) {
	c.refused.Store(&value)
	if t := c.current.Load(); t != nil && t.Value == value {
		c.current.CompareAndSwap(t, nil)
	}
}

// appTokenSource fetches tokens for an internal app (企业内部应用).
type appTokenSource struct{ c *Client }

// Token asks the endpoint that the options of the client choose.
//
//   - https://open.dingtalk.com/document/development/obtain-the-access-token-of-an-internal-app
//   - https://open.dingtalk.com/document/development/api-gettoken with [WithCorpID]
//   - https://open.dingtalk.com/document/development/obtain-orgapp-token with [WithLegacyGateway]
func (s appTokenSource) Token(ctx context.Context) (Token, error) {
	var reply accessTokenReply
	var err error
	cfg := s.c.cfg
	switch {
	case cfg.corpID != "" && !cfg.legacy:
		err = s.c.Call(ctx, operation.GetToken, corpTokenRequest{
			CorpID: cfg.corpID, ClientID: cfg.appKey, ClientSecret: cfg.appSecret(), GrantType: "client_credentials",
		}, &reply)
	default:
		err = s.c.Call(ctx, operation.GetAccessToken, accessTokenRequest{AppKey: cfg.appKey, AppSecret: cfg.appSecret()}, &reply)
	}
	if err != nil {
		return Token{}, err
	}
	if reply.AccessToken == "" {
		return Token{}, errorFrom(operation.GetAccessToken, ErrServer, errors.New("the reply has no access token"))
	}
	return Token{Value: reply.AccessToken, ExpiresAt: cfg.now().Add(reply.lifetime())}, nil
}

type accessTokenRequest struct {
	AppKey    string `json:"appKey"`
	AppSecret string `json:"appSecret"`
}

func (r accessTokenRequest) LegacyRequest() any {
	return struct {
		AppKey    string `json:"appkey"`
		AppSecret string `json:"appsecret"`
	}{r.AppKey, r.AppSecret}
}

type corpTokenRequest struct {
	CorpID       string `json:"corpId"` // in the path
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	GrantType    string `json:"grant_type"`
}

// accessTokenReply is the reply of the three token endpoints.
type accessTokenReply struct {
	AccessToken string `json:"accessToken"`
	ExpireIn    int64  `json:"expireIn" wire:"expires_in"`
}

// lifetime is two hours, as documented, when the reply does not say.
func (r *accessTokenReply) lifetime() time.Duration {
	return lifetimeOf(r.ExpireIn, 2*time.Hour)
}

// lifetimeOf is a reply's number of seconds, bounded, since a larger number than
// a Duration holds would turn into the past; documented when it says nothing.
func lifetimeOf(seconds int64, documented time.Duration) time.Duration {
	const most = 365 * 24 * 3600
	if seconds <= 0 {
		return documented
	}
	return time.Duration(min(seconds, most)) * time.Second
}
