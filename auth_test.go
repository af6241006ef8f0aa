package dingoa_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

const tokenHeader = "X-Acs-Dingtalk-Access-Token"

// tokensSent are the tokens of the requests, in their order.
func tokensSent(requests []sent) []string {
	var tokens []string
	for _, request := range requests {
		if token := request.Header.Get(tokenHeader); token != "" {
			tokens = append(tokens, token)
			continue
		}
		tokens = append(tokens, request.Query.Get("access_token"))
	}
	return tokens
}

// TestTokenEndpoints sends what the vendor's pages of the three endpoints show.
func TestTokenEndpoints(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts                     []dingoa.Option
		reply                    string
		method, host, path, body string
		query                    url.Values
		want                     string
	}{
		"internal app": {
			reply: `{"accessToken":"fw8ef8we8f76e6f7s8dxxxx","expireIn":7200}`, method: "POST", host: "api.dingtalk.com", path: "/v1.0/oauth2/accessToken",
			body: `{"appKey":"dingappkey","appSecret":"SECRET-app-secret"}`, want: "fw8ef8we8f76e6f7s8dxxxx",
		},
		"company": {
			opts:  []dingoa.Option{dingoa.WithCorpID("ding9f41")},
			reply: `{"access_token":"2bf9be361a5084f1e2b8","expires_in":7200}`, method: "POST", host: "api.dingtalk.com", path: "/v1.0/oauth2/ding9f41/token",
			body: `{"client_id":"dingappkey","client_secret":"SECRET-app-secret","grant_type":"client_credentials"}`, want: "2bf9be361a5084f1e2b8",
		},
		"a company with a slash": {
			opts:  []dingoa.Option{dingoa.WithCorpID("a/b?c")},
			reply: `{"access_token":"t","expires_in":7200}`, method: "POST", host: "api.dingtalk.com", path: "/v1.0/oauth2/a%2Fb%3Fc/token",
			body: `{"client_id":"dingappkey","client_secret":"SECRET-app-secret","grant_type":"client_credentials"}`, want: "t",
		},
		"older gateway": {
			opts:  []dingoa.Option{dingoa.WithLegacyGateway()},
			reply: `{"errcode":0,"access_token":"96fc7a7axxx","errmsg":"ok","expires_in":7200}`, method: "GET", host: "oapi.dingtalk.com", path: "/gettoken",
			query: url.Values{"appkey": {appKey}, "appsecret": {appSecret}}, want: "96fc7a7axxx",
		},
		"lifetime as text": {
			opts:  []dingoa.Option{dingoa.WithLegacyGateway()},
			reply: `{"errcode":"0","access_token":"96fc7a7axxx","errmsg":"ok","expires_in":"7200"}`, method: "GET", host: "oapi.dingtalk.com", path: "/gettoken",
			query: url.Values{"appkey": {appKey}, "appsecret": {appSecret}}, want: "96fc7a7axxx",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dt := newDingTalk(answer(200, `{"errcode":0,"result":3,"count":3}`))
			dt.token = func(int) httpmock.Responder { return answer(200, test.reply) }
			_, err := dt.client(t, test.opts...).Tasks.TodoCount(t.Context(), "user1")
			require.NoError(t, err)
			require.Len(t, dt.tokenRequests(), 1)
			request := dt.tokenRequests()[0]
			require.Equal(t, test.method, request.Method)
			require.Equal(t, test.host, request.Host)
			require.Equal(t, test.path, request.Path)
			if test.query == nil {
				require.Empty(t, request.Query)
				require.JSONEq(t, test.body, request.Body)
			} else {
				require.Equal(t, test.query, request.Query)
				require.Empty(t, request.Body)
			}
			require.Empty(t, request.Header.Get(tokenHeader))
			require.Equal(t, []string{test.want}, tokensSent(dt.sent()))
		})
	}
}

func TestOneTokenRequestForAllCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		fetch := dt.token
		dt.token = func(n int) httpmock.Responder { return after(time.Second, fetch(n)) }
		c := dt.client(t)
		for round := 1; round <= 2; round++ {
			var calls sync.WaitGroup
			for range 1000 {
				calls.Go(func() {
					if err := get(t.Context(), c); err != nil {
						t.Error(err)
					}
				})
			}
			calls.Wait()
			require.Len(t, dt.tokenRequests(), round)
			pass(2 * time.Hour)
		}
		tokens := map[string]int{}
		for _, token := range tokensSent(dt.sent()) {
			tokens[token]++
		}
		require.Equal(t, map[string]int{"token-1": 1000, "token-2": 1000}, tokens)
	})
}

// TestTokenWindows walks through the life of a token of two hours.
func TestTokenWindows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		age      time.Duration
		blocks   bool // the call waits for the new token
		fetches  int
		token    string
		nextCall string
	}{
		"young":              {time.Hour, false, 1, "token-1", "token-1"},
		"just before early":  {109 * time.Minute, false, 1, "token-1", "token-1"},
		"early":              {111 * time.Minute, false, 2, "token-1", "token-2"},
		"a minute left":      {119 * time.Minute, false, 2, "token-1", "token-2"},
		"ten seconds left":   {2*time.Hour - 10*time.Second, true, 2, "token-2", "token-2"},
		"expired":            {3 * time.Hour, true, 2, "token-2", "token-2"},
		"expired for a week": {7 * 24 * time.Hour, true, 2, "token-2", "token-2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dt := newDingTalk(answer(200, instance))
				fetch := dt.token
				c := dt.client(t)
				require.NoError(t, get(t.Context(), c))
				dt.token = func(n int) httpmock.Responder { return after(5*time.Second, fetch(n)) }
				pass(test.age)

				begun := time.Now()
				require.NoError(t, get(t.Context(), c))
				require.Equal(t, test.blocks, time.Since(begun) == 5*time.Second)
				require.Equal(t, test.token, tokensSent(dt.sent())[1])
				pass(6 * time.Second)
				require.NoError(t, get(t.Context(), c))
				require.Equal(t, test.nextCall, tokensSent(dt.sent())[2])
				require.Len(t, dt.tokenRequests(), test.fetches)
			})
		})
	}
}

// TestFailedRefreshKeepsTheWorkingToken: the token endpoint fails from the
// refresh window on.
func TestFailedRefreshKeepsTheWorkingToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		c := dt.client(t)
		require.NoError(t, get(t.Context(), c))
		dt.token = func(int) httpmock.Responder { return answer(400, `{"code":"invalidClientIdOrSecret","message":"no"}`) }

		pass(110*time.Minute + time.Second) // refresh in the background
		for range 100 {
			require.NoError(t, get(t.Context(), c))
			synctest.Wait()
		}
		require.Len(t, dt.tokenRequests(), 2, "one try, and a pause before the next")
		pass(6 * time.Second)
		require.NoError(t, get(t.Context(), c))
		synctest.Wait()
		require.Len(t, dt.tokenRequests(), 3)

		pass(9*time.Minute + 50*time.Second - 5*time.Second) // less than half a minute left
		require.NoError(t, get(t.Context(), c), "the old token still works")
		pass(time.Minute) // none left
		err := get(t.Context(), c)
		require.ErrorIs(t, err, dingoa.ErrUnauthorized)
		require.Equal(t, "GetAccessToken", asError(t, err).Op)
		require.Contains(t, err.Error(), "nothing was sent")
	})
}

func TestCallersDoNotFailEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		fetch := dt.token
		dt.token = func(n int) httpmock.Responder { return after(10*time.Second, fetch(n)) }
		c := dt.client(t)
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() { first <- get(ctx, c) }()
		synctest.Wait() // the first caller has started the fetch
		var others sync.WaitGroup
		for range 10 {
			others.Go(func() {
				if err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		pass(time.Second)
		begun := time.Now()
		cancel()
		require.ErrorIs(t, <-first, context.Canceled)
		require.Equal(t, begun, time.Now(), "who gives up does not wait")
		others.Wait()
		require.Len(t, dt.tokenRequests(), 1)
		require.Len(t, dt.sent(), 10)
	})
}

// TestTokenFetchIsBounded: nobody's context ends the fetch, its own does.
func TestTokenFetchIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := dingoa.TokenSourceFunc(func(ctx context.Context) (dingoa.Token, error) {
			<-ctx.Done()
			return dingoa.Token{}, ctx.Err()
		})
		begun := time.Now()
		err := get(t.Context(), newDingTalk(answer(200, instance)).client(t, dingoa.WithTokenSource(source)))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 30*time.Second, time.Since(begun))
	})
}

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refused httpmock.Responder
		opts    []dingoa.Option
	}{
		"today":           {answer(400, refused), nil},
		"bare 401":        {answer(401, ""), nil},
		"legacy invalid":  {answer(200, `{"errcode":40014,"errmsg":"不合法的access_token"}`), []dingoa.Option{dingoa.WithLegacyGateway()}},
		"legacy expired":  {answer(200, `{"errcode":42001,"errmsg":"access_token已过期"}`), []dingoa.Option{dingoa.WithLegacyGateway()}},
		"legacy sub_code": {answer(200, `{"errcode":88,"errmsg":"ding talk error","sub_code":"40014","sub_msg":"不合法的access_token"}`), []dingoa.Option{dingoa.WithLegacyGateway()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dt := newDingTalk(test.refused, answer(200, `{"errcode":0,"instanceId":"1","process_instance_id":"1"}`))
			require.NoError(t, create(t.Context(), dt.client(t, append(test.opts, dingoa.WithMaxRetries(0))...)))
			require.Equal(t, []string{"token-1", "token-2"}, tokensSent(dt.sent()))
			require.Len(t, dt.tokenRequests(), 2)

			dt = newDingTalk(test.refused)
			err := create(t.Context(), dt.client(t, test.opts...))
			require.ErrorIs(t, err, dingoa.ErrUnauthorized)
			require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
			require.Equal(t, "StartProcessInstance", asError(t, err).Op)
			require.Equal(t, []string{"token-1", "token-2"}, tokensSent(dt.sent()), "one replay, not more")
		})
	}
}

func TestOtherAuthErrorsAreNotReplayed(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(401, `{"code":"unauthorized.client","message":"no"}`))
	require.ErrorIs(t, create(t.Context(), dt.client(t)), dingoa.ErrUnauthorized)
	require.Len(t, dt.sent(), 1)
	require.Len(t, dt.tokenRequests(), 1)
}

// TestManyRefusedAtOnce: all calls under way when a token dies need one new one.
func TestManyRefusedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get(tokenHeader) != "token-2" {
				return after(time.Second, answer(400, refused))(r)
			}
			return answer(200, instance)(r)
		})
		fetch := dt.token
		dt.token = func(n int) httpmock.Responder { return after(time.Second, fetch(n)) }
		c := dt.client(t)
		var calls sync.WaitGroup
		for range 200 {
			calls.Go(func() {
				if err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		require.Len(t, dt.sent(), 400)
		require.Len(t, dt.tokenRequests(), 2)
	})
}

// TestALateRefusalDropsNoNewerToken: a slow call is refused for a token that has
// been replaced since.
func TestALateRefusalDropsNoNewerToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get(tokenHeader) == "token-2" {
				return answer(200, instance)(r)
			}
			return after(time.Duration(n.Add(1))*time.Second, answer(400, refused))(r)
		})
		c := dt.client(t)
		var calls sync.WaitGroup
		for range 3 { // refused after one, two and three seconds
			calls.Go(func() {
				if err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		calls.Wait()
		require.Len(t, dt.tokenRequests(), 2)
	})
}

func TestStaticToken(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, instance))
	c, err := dingoa.New("", "", dingoa.WithTokenSource(dingoa.StaticToken("static")), dingoa.WithHTTPClient(&http.Client{Transport: dt}))
	require.NoError(t, err)
	require.NoError(t, get(t.Context(), c))
	require.NoError(t, get(t.Context(), c))
	require.Equal(t, []string{"static", "static"}, tokensSent(dt.sent()))
	require.Empty(t, dt.tokenRequests())
}

func TestTokenSource(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lifetime time.Duration // 0 is not known
		calls    int           // of the source, by calls an hour apart
	}{
		"not known":  {0, 1},
		"two hours":  {2 * time.Hour, 3}, // renewed in the background, after five calls
		"two days":   {48 * time.Hour, 1},
		"ten second": {10 * time.Second, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				source := dingoa.TokenSourceFunc(func(context.Context) (dingoa.Token, error) {
					asked++
					token := dingoa.Token{Value: fmt.Sprintf("mine-%d", asked)}
					if test.lifetime > 0 {
						token.ExpiresAt = time.Now().Add(test.lifetime)
					}
					return token, nil
				})
				dt := newDingTalk(answer(200, instance))
				c := dt.client(t, dingoa.WithTokenSource(source))
				for range 6 {
					require.NoError(t, get(t.Context(), c))
					synctest.Wait()
					pass(time.Hour)
				}
				require.Equal(t, test.calls, asked)
				require.Equal(t, "mine-1", tokensSent(dt.sent())[0])
				require.Empty(t, dt.tokenRequests())
			})
		})
	}
}

func TestTokenSourceFails(t *testing.T) {
	t.Parallel()
	errSource := errors.New("vault is sealed")
	dt := newDingTalk(answer(200, instance))
	c := dt.client(t, dingoa.WithTokenSource(dingoa.TokenSourceFunc(func(context.Context) (dingoa.Token, error) {
		return dingoa.Token{}, errSource
	})))
	require.ErrorIs(t, get(t.Context(), c), errSource)
	c = dt.client(t, dingoa.WithTokenSource(dingoa.StaticToken("")))
	require.ErrorIs(t, get(t.Context(), c), dingoa.ErrUnauthorized)
	require.Empty(t, dt.sent())
}

func TestTokenReplyWithoutAToken(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]httpmock.Responder{
		"empty object": answer(200, `{}`),
		"empty token":  answer(200, `{"accessToken":"","expireIn":7200}`),
		"HTML":         answer(200, `<html>`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dt := newDingTalk(answer(200, instance))
				dt.token = func(int) httpmock.Responder { return reply }
				err := get(t.Context(), dt.client(t))
				require.ErrorIs(t, err, dingoa.ErrServer)
				require.Equal(t, "GetAccessToken", asError(t, err).Op)
				require.Empty(t, dt.sent())
			})
		})
	}
}

func TestTokenLifetimeUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // then it is two hours, as documented
		dt := newDingTalk(answer(200, instance))
		dt.token = func(n int) httpmock.Responder { return answer(200, fmt.Sprintf(`{"accessToken":"token-%d"}`, n)) }
		c := dt.client(t)
		require.NoError(t, get(t.Context(), c))
		pass(100 * time.Minute)
		require.NoError(t, get(t.Context(), c))
		pass(time.Hour)
		require.NoError(t, get(t.Context(), c))
		require.Equal(t, []string{"token-1", "token-1", "token-2"}, tokensSent(dt.sent()))
	})
}
