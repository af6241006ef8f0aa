package dingoa_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// printed is v in every way that fmt, slog and encoding/json would write it to a log.
func printed(t *testing.T, v any) []string {
	t.Helper()
	var texts []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		texts = append(texts, fmt.Sprintf(verb, v))
	}
	for _, handler := range []func(*bytes.Buffer) slog.Handler{
		func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var log bytes.Buffer
		slog.New(handler(&log)).Info("printed", "value", v, slog.Group("group", "value", v))
		texts = append(texts, log.String())
	}
	return texts
}

// requireSecretless wants no secret of these tests in what v prints, neither as it
// is nor in hexadecimal or escaped for a URL.
func requireSecretless(t *testing.T, v any) {
	t.Helper()
	for _, text := range printed(t, v) {
		for _, secret := range []string{"SECRET", fmt.Sprintf("%x", "SECRET"), "%53%45%43"} {
			require.NotContains(t, text, secret)
		}
	}
}

func TestClientPrintsNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		dt.token = func(int) httpmock.Responder { return answer(200, `{"access_token":"SECRET-token","expires_in":7200}`) }
		store := dingoa.NewMemoryTokenStore()
		opts := []dingoa.Option{dingoa.WithTokenStore(store), dingoa.WithCorpID("ding9f41"), dingoa.WithTimeout(time.Second)}
		c := dt.client(t, opts...)
		require.NoError(t, get(t.Context(), c))
		synctest.Wait() // printing reads what the fetch has written
		child, err := c.With(dingoa.WithLegacyGateway())
		require.NoError(t, err)
		for _, v := range []any{c, *c, child, c.Instances, *c.Instances, c.Tasks, []*dingoa.Client{c}, map[string]any{"client": c}, opts, store, c.Usage()} {
			requireSecretless(t, v)
		}
		require.Contains(t, c.String(), appKey, "which client it is may be told")
	})
}

func TestTokenPrintsNoSecret(t *testing.T) {
	t.Parallel()
	token := dingoa.Token{Value: "SECRET-token", ExpiresAt: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	for _, v := range []any{
		token, &token,
		[]dingoa.Token{token},
		map[string]dingoa.Token{"a": token},
		struct{ Token dingoa.Token }{token},
		dingoa.StaticToken("SECRET-token"),
	} {
		for _, text := range printed(t, v) {
			require.NotContains(t, text, "SECRET")
		}
	}
	require.Contains(t, token.String(), "2026-11-23T10:00:00Z")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("token", "token", token)
	require.NotContains(t, log.String(), "SECRET")
}

// TestErrorsPrintNoSecret: replies that repeat what was sent, or hold secrets of
// their own.
func TestErrorsPrintNoSecret(t *testing.T) {
	t.Parallel()
	echo := func(status int, form string) httpmock.Responder {
		return func(r *http.Request) (*http.Response, error) {
			token := r.Header.Get(tokenHeader) + r.URL.Query().Get("access_token")
			return answer(status, strings.ReplaceAll(form, "TOKEN", token))(r)
		}
	}
	for name, responder := range map[string]httpmock.Responder{
		"header echoed": echo(502, `<html>X-Acs-Dingtalk-Access-Token: TOKEN</html>`),
		"token alone":   echo(502, `TOKEN is not known here`),
		"message":       echo(400, `{"code":"x","message":"token TOKEN refused","errcode":7,"errmsg":"token TOKEN refused"}`),
		"sub message":   echo(200, `{"errcode":88,"errmsg":"m","sub_code":"x","sub_msg":"token TOKEN refused"}`),
		"code":          echo(400, `{"code":"TOKEN","message":"m"}`),
		"scopes":        echo(403, `{"code":"x","message":"m","accessDeniedDetail":{"requiredScopes":["TOKEN"]}}`),
		"many times":    echo(500, strings.Repeat("TOKEN", 500)),
		"URL":           echo(504, `no answer from https://oapi.dingtalk.com/x?access_token=TOKEN&a=1`),
		"access_token":  answer(500, `{"access_token":"SECRET-other","expires_in":7200}`),
		"accessToken":   answer(500, `{"accessToken": "SECRET-other"}`),
		"refreshToken":  answer(500, `{'refreshToken' : 'SECRET-other'}`),
		"app secret":    answer(500, `appSecret=SECRET-other&x=1`),
		"client_secret": answer(500, `{"client_secret":"SECRET-other"}`),
		"suite ticket":  answer(500, `{"suiteTicket":"SECRET-other"}`),
		"signature":     answer(500, `?timestamp=1&signature=SECRET-other&x`),
		"in a message":  answer(400, `{"code":"x","message":"access_token=SECRET-other is gone"}`),
		"redirect":      answerWith(302, `<a href="https://x/?access_token=SECRET-other">`, "Location", "https://x/?access_token=SECRET-other"),
		"success":       answer(200, `{"success":false,"message":"access_token=SECRET-other"}`),
		"transport": func(*http.Request) (*http.Response, error) {
			return nil, errors.New("bad proxy: access_token=SECRET-other")
		},
		"JSON in JSON": answer(500, `{"data":"{\"access_token\":\"SECRET-other\"}"}`),
		"escaped":      answer(500, `{"url":"https%3A%2F%2Foapi%2Fx%3Faccess_token%3DSECRET-other%26a%3D1"}`),
		"request id":   echo(400, `{"code":"x","message":"m","requestid":"TOKEN","request_id":"TOKEN"}`),
		"transport, address": func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errConnectionReset}
		},
		"breaks off": func(r *http.Request) (*http.Response, error) {
			resp, err := echo(200, `{"access_token":"TOKEN"`)(r)
			resp.ContentLength = 1000
			return resp, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, gateway := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
				var log bytes.Buffer
				logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				c := newDingTalk(responder).once(t, append(gateway, dingoa.WithHook(dingoa.LogHook(logger)))...)
				for _, call := range []func(context.Context, *dingoa.Client) error{get, create} {
					err := call(t.Context(), c)
					require.Error(t, err)
					requireSecretless(t, err)
					requireSecretless(t, *asError(t, err))
					for cause := err; cause != nil; cause = errors.Unwrap(cause) {
						requireSecretless(t, cause)
					}
				}
				require.NotEmpty(t, log.String())
				require.NotContains(t, log.String(), "SECRET")
			}
		})
	}
}

// TestTokenErrorsPrintNoSecret: the secret of the app is in the body, or in the
// query of the older endpoint.
func TestTokenErrorsPrintNoSecret(t *testing.T) {
	t.Parallel()
	for name, responder := range map[string]httpmock.Responder{
		"refused":   answer(400, `{"code":"invalidClientIdOrSecret","message":"无效的clientId或者clientSecret"}`),
		"echoed":    answer(400, `{"code":"x","message":"secret SECRET-app-secret is wrong","errcode":40089,"errmsg":"secret SECRET-app-secret is wrong"}`),
		"HTML":      answer(502, `<html>GET /gettoken?appkey=a&amp;appsecret=SECRET-app-secret</html>`),
		"no token":  answer(200, `{"errcode":0,"client_secret":"SECRET-app-secret"}`),
		"bad token": answer(200, `{"errcode":0,"access_token":["SECRET-token"],"accessToken":["SECRET-token"]}`),
		"broken":    broken,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, opts := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}, {dingoa.WithCorpID("ding9f41")}} {
				dt := newDingTalk(answer(200, instance))
				dt.token = func(int) httpmock.Responder { return responder }
				var log bytes.Buffer
				logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				err := get(t.Context(), dt.client(t, append(opts, dingoa.WithMaxRetries(0), dingoa.WithHook(dingoa.LogHook(logger)))...))
				require.Error(t, err)
				requireSecretless(t, err)
				requireSecretless(t, *asError(t, err))
				require.NotContains(t, log.String(), "SECRET")
			}
		})
	}
}

// TestLegacyTokenErrorsOfTheNetwork: net/http's own errors print the address,
// which holds the secret there.
func TestLegacyTokenErrorsOfTheNetwork(t *testing.T) {
	t.Parallel()
	hangUp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer hangUp.Close()
	redirect := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/again?"+r.URL.RawQuery)
		w.WriteHeader(http.StatusFound)
		_, _ = io.WriteString(w, "moved: /again?appkey="+appKey+"&appsecret="+appSecret)
	}))
	defer redirect.Close()
	for _, base := range []string{"http://127.0.0.1:1", hangUp.URL, redirect.URL} {
		c, err := dingoa.New(appKey, appSecret, dingoa.WithLegacyGateway(), dingoa.WithLegacyBaseURL(base),
			dingoa.WithMaxRetries(0), dingoa.WithTimeout(5*time.Second), dingoa.WithHTTPClient(hangUp.Client()))
		require.NoError(t, err)
		err = get(t.Context(), c)
		require.Error(t, err)
		requireSecretless(t, err)
	}
}

func TestHookAttemptPrintsNoSecret(t *testing.T) {
	t.Parallel()
	var seen []any
	hook := func(ctx context.Context, a dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) {
		seen = append(seen, a)
		return ctx, func(r dingoa.AttemptResult) { seen = append(seen, r) }
	}
	dt := newDingTalk(answer(200, `{"errcode":0,"process_instance":{"status":"RUNNING"}}`))
	dt.token = func(int) httpmock.Responder { return answer(200, `{"errcode":0,"access_token":"SECRET-token"}`) }
	require.NoError(t, get(t.Context(), dt.client(t, dingoa.WithLegacyGateway(), dingoa.WithHook(hook))))
	require.Len(t, seen, 4)
	for _, v := range seen {
		requireSecretless(t, v)
	}
}

func TestNewErrorsPrintNoSecret(t *testing.T) {
	t.Parallel()
	_, err := dingoa.New("", appSecret, dingoa.WithBaseURL("https://user:SECRET@host/?access_token=SECRET"))
	require.Error(t, err)
	requireSecretless(t, err)
}
