package dingoa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/operation"
)

func TestNewSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want string
		opt  dingoa.Option
	}{
		{"WithHTTPClient", dingoa.WithHTTPClient(nil)},
		{"WithTimeout", dingoa.WithTimeout(0)},
		{"WithBaseURL", dingoa.WithBaseURL("api.dingtalk.com")},
		{"WithBaseURL", dingoa.WithBaseURL("ftp://host")},
		{"WithBaseURL", dingoa.WithBaseURL("https://user@host")},
		{"WithLegacyBaseURL", dingoa.WithLegacyBaseURL("https://oapi.dingtalk.com/?a=b")},
		{"WithCorpID", dingoa.WithCorpID("")},
		{"WithAgentID", dingoa.WithAgentID(0)},
		{"WithMaxRetries", dingoa.WithMaxRetries(-1)},
		{"WithMaxReplyBytes", dingoa.WithMaxReplyBytes(0)},
		{"WithLimiter", dingoa.WithLimiter(nil)},
		{"WithRateLimit", dingoa.WithRateLimit(0)},
		{"WithMonthlyQuota", dingoa.WithMonthlyQuota(-1)},
		{"WithTokenSource", dingoa.WithTokenSource(nil)},
		{"WithTokenStore", dingoa.WithTokenStore(nil)},
		{"WithClock", dingoa.WithClock(nil)},
		{"WithHook", dingoa.WithHook(nil)},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			_, err := dingoa.New(appKey, appSecret, test.opt)
			require.ErrorContains(t, err, test.want+": ")
			_, err = dingoa.New("", "", test.opt, nil)
			require.ErrorContains(t, err, test.want+": ")
			require.ErrorContains(t, err, "AppKey and AppSecret are required")
			c, err := dingoa.New(appKey, appSecret)
			require.NoError(t, err)
			_, err = c.With(test.opt)
			require.ErrorContains(t, err, test.want+": ")
		})
	}
}

// TestUntidyCredentials: what copying leaves around a key or secret fails at
// DingTalk with words that do not say so.
func TestUntidyCredentials(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"":               "is empty",
		" \n":            "is empty",
		" SECRET":        "has blanks around it",
		"SECRET\n":       "has blanks around it",
		"SECRET\u00a0":   "has blanks around it",
		"\ufeffSECRET":   "characters in it that do not print",
		"SEC\x00RET":     "characters in it that do not print",
		"SEC\nRET":       "characters in it that do not print",
		"SECRET\u200b":   "characters in it that do not print",
		"SECRET\xff-not": "characters in it that do not print",
	} {
		fails := func(what string, err error) {
			t.Helper()
			require.ErrorContains(t, err, want, "%s %q", what, value)
			require.ErrorContains(t, err, what, "%q", value)
			require.NotContains(t, err.Error(), "SEC")
		}
		required := func(err error) { t.Helper(); require.Error(t, err); require.NotContains(t, err.Error(), "SEC") }
		_, err := dingoa.New(appKey, appSecret, dingoa.WithCorpID(value))
		fails("corpId", err)
		_, keyErr := dingoa.New(value, appSecret)
		_, secretErr := dingoa.New(appKey, value)
		_, suiteErr := dingoa.NewSuite(value, "s", nil)
		suite, err := dingoa.NewSuite("suite1", "s", nil)
		require.NoError(t, err)
		_, err = suite.Client(value)
		fails("corpId", err)
		fails("ticket", suite.SetTicket(t.Context(), value))
		dt := newDingTalk(answer(200, instance))
		err = get(t.Context(), dt.client(t, dingoa.WithTokenSource(dingoa.StaticToken(value))))
		fails("token", err)
		require.ErrorIs(t, err, dingoa.ErrUnauthorized)
		require.Empty(t, dt.sent())
		if value == "" {
			required(keyErr)
			required(secretErr)
			required(suiteErr)
			continue
		}
		fails("AppKey", keyErr)
		fails("AppSecret", secretErr)
		required(suiteErr)
	}
}

// TestHooksCompose: those of New, of one more option and of With are all called.
func TestHooksCompose(t *testing.T) {
	t.Parallel()
	type key struct{}
	var told []string
	hook := func(name string) dingoa.Option {
		return dingoa.WithHook(func(ctx context.Context, a dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) {
			before, _ := ctx.Value(key{}).(string)
			told = append(told, "begin "+before+name)
			return context.WithValue(ctx, key{}, before+name), func(r dingoa.AttemptResult) {
				told = append(told, fmt.Sprintf("end %s %s %d", name, a.Operation, r.HTTPStatus))
			}
		})
	}
	silent := dingoa.WithHook(func(context.Context, dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) { return nil, nil })
	parent := newDingTalk(answer(200, instance)).once(t, hook("a"), silent, hook("b"))
	child, err := parent.With(hook("c"))
	require.NoError(t, err)
	require.NoError(t, get(t.Context(), child))
	require.Equal(t, []string{
		"begin a", "begin ab", "begin abc",
		"end c GetProcessInstance 200", "end b GetProcessInstance 200", "end a GetProcessInstance 200",
	}, told)
	told = nil
	require.NoError(t, get(t.Context(), parent))
	require.Len(t, told, 4)
}

// TestLogHookShowsEveryAttempt: with slog's usual level, success included.
func TestLogHookShowsEveryAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		hook := dingoa.WithHook(dingoa.LogHook(slog.New(slog.NewTextHandler(&log, nil))))
		dt := newDingTalk(answer(200, instance), answer(500, ""), answer(200, instance))
		c := dt.client(t, hook)
		require.NoError(t, get(t.Context(), c))
		require.NoError(t, get(t.Context(), c))
		require.Equal(t, 4, strings.Count(log.String(), "level=INFO"), "%s", &log) // a token, three attempts
		require.Zero(t, strings.Count(log.String(), "level=WARN"))
	})
}

// TestNilOptions are skipped, wherever they stand.
func TestNilOptions(t *testing.T) {
	t.Parallel()
	c := newDingTalk(answer(200, instance)).once(t, nil)
	_, err := c.Instances.Get(t.Context(), "1", nil, dingoa.WithoutRetry(), nil)
	require.NoError(t, err)
	_, err = c.With(nil)
	require.NoError(t, err)
	_, err = event.NewDispatcher(nil)
	require.NoError(t, err)
	_, err = event.NewMemoryInbox(nil)
	require.NoError(t, err)
	_, err = dingoa.NewSuite("s", "s", nil, nil)
	require.NoError(t, err)
	_, err = c.Files.Download(t.Context(), dingoa.DownloadRequest{InstanceID: "1", FileID: "2"}, io.Discard, nil)
	require.Error(t, err)
}

// TestPathParameters: no value leads to another path.
func TestPathParameters(t *testing.T) {
	t.Parallel()
	op := operation.Spec{Name: "GetPart", Method: http.MethodGet, Path: "/v1.0/x/{part}/y", NoToken: true}
	for value, want := range map[string]string{
		"..": "", ".": "", "": "",
		"a/b": "/v1.0/x/a%2Fb/y", "%2e%2e": "/v1.0/x/%252e%252e/y", "a?b#c": "/v1.0/x/a%3Fb%23c/y",
		`..\`: `/v1.0/x/..%5C/y`, "...": "/v1.0/x/.../y", "../..": "/v1.0/x/..%2F../y", "中": "/v1.0/x/%E4%B8%AD/y",
	} {
		dt := newDingTalk(answer(200, `{}`))
		err := dt.client(t).Call(t.Context(), op, map[string]string{"part": value}, nil)
		if want == "" {
			require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
			require.ErrorContains(t, err, "part")
			require.Empty(t, dt.sent())
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want, dt.sent()[0].Path)
	}
	dt := newDingTalk(answer(200, instance))
	require.ErrorIs(t, get(t.Context(), dt.client(t, dingoa.WithCorpID(".."))), dingoa.ErrInvalidArgument)
	require.Empty(t, dt.tokenRequests())
}

// TestPauseAfterBan: what is refused anyway is not sent.
func TestPauseAfterBan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		punish := answer(200, `{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"x"}`)
		dt := newDingTalk(answer(200, instance), punish, answer(200, instance))
		c := dt.client(t, dingoa.WithPauseAfterBan())
		child, err := c.With(dingoa.WithLegacyGateway())
		require.NoError(t, err)
		require.NoError(t, get(t.Context(), c))
		require.ErrorIs(t, get(t.Context(), c), dingoa.ErrBanned)
		require.Len(t, dt.sent(), 2)
		pass(time.Minute)
		for _, c := range []*dingoa.Client{c, child} {
			err := create(t.Context(), c)
			requireKind(t, err, dingoa.ErrBanned)
			require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
			require.ErrorContains(t, err, "nothing was sent")
			require.Equal(t, 4*time.Minute, asError(t, err).RetryAfter)
		}
		require.Len(t, dt.sent(), 2)
		pass(4 * time.Minute)
		require.NoError(t, get(t.Context(), c))
		require.Len(t, dt.sent(), 3)
	})
}

func TestDefaultTimeout(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		client *http.Client
		opts   []dingoa.Option
		want   time.Duration
	}{
		"default":                {&http.Client{}, nil, 30 * time.Second},
		"of the caller's client": {&http.Client{Timeout: 7 * time.Second}, nil, 7 * time.Second},
		"option":                 {&http.Client{Timeout: 7 * time.Second}, []dingoa.Option{dingoa.WithTimeout(3 * time.Second)}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dt := newDingTalk(after(time.Hour, answer(200, instance)))
				test.client.Transport = dt
				c := dt.once(t, append(test.opts, dingoa.WithHTTPClient(test.client))...)
				begun := time.Now()
				require.ErrorIs(t, get(t.Context(), c), context.DeadlineExceeded)
				require.Equal(t, test.want, time.Since(begun))

				other, err := c.With(dingoa.WithHTTPClient(&http.Client{Transport: dt, Timeout: time.Second}))
				require.NoError(t, err)
				begun = time.Now()
				require.Error(t, get(t.Context(), other))
				if len(test.opts) == 0 {
					require.Equal(t, time.Second, time.Since(begun))
				} else {
					require.Equal(t, test.want, time.Since(begun), "the option was given")
				}
			})
		})
	}
}

func TestCallersHTTPClientIsLeftAlone(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, instance))
	hc := &http.Client{Transport: dt, Timeout: time.Minute}
	c, err := dingoa.New(appKey, appSecret, dingoa.WithHTTPClient(hc))
	require.NoError(t, err)
	require.NoError(t, get(t.Context(), c))
	require.Equal(t, &http.Client{Transport: dt, Timeout: time.Minute}, hc)
	require.Nil(t, hc.CheckRedirect)
	require.Nil(t, hc.Jar)
}

func TestBaseURLs(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://proxy.test":           "proxy.test/v1.0/workflow/processInstances",
		"https://proxy.test/":          "proxy.test/v1.0/workflow/processInstances",
		"http://proxy.test:8080/ding/": "proxy.test:8080/ding/v1.0/workflow/processInstances",
	} {
		dt := newDingTalk(answer(200, created))
		require.NoError(t, create(t.Context(), dt.once(t, dingoa.WithBaseURL(base))))
		require.Equal(t, want, dt.sent()[0].Host+dt.sent()[0].Path)
	}
	dt := newDingTalk(answer(200, `{"errcode":0,"process_instance_id":"1"}`))
	require.NoError(t, create(t.Context(), dt.once(t, dingoa.WithLegacyGateway(), dingoa.WithLegacyBaseURL("https://proxy.test/old"))))
	require.Equal(t, "proxy.test/old/topapi/processinstance/create", dt.sent()[0].Host+dt.sent()[0].Path)
}

func TestAgentID(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"instanceId":"1","process_instance_id":"1"}`))
	c := dt.once(t, dingoa.WithAgentID(41605932))
	body := func(n int) map[string]any {
		var body map[string]any
		require.NoError(t, json.Unmarshal([]byte(dt.sent()[n].Body), &body))
		return body
	}
	require.NoError(t, create(t.Context(), c))
	require.EqualValues(t, 41605932, body(0)["microappAgentId"])
	own := createRequest()
	own.AgentID = 7
	_, err := c.Instances.Create(t.Context(), own)
	require.NoError(t, err)
	require.EqualValues(t, 7, body(1)["microappAgentId"])
	legacy, err := c.With(dingoa.WithLegacyGateway())
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), legacy))
	require.EqualValues(t, 41605932, body(2)["agent_id"])
	require.NoError(t, create(t.Context(), dt.once(t)))
	require.NotContains(t, body(3), "microappAgentId")
}

func TestWithChangesNoParent(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"instanceId":"1","process_instance_id":"1"}`))
	parent := dt.once(t)
	_, err := parent.With(dingoa.WithLegacyGateway(), dingoa.WithAgentID(1), dingoa.WithBaseURL("https://other.test"), dingoa.WithTokenSource(dingoa.StaticToken("other")))
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), parent))
	request := dt.sent()[0]
	require.Equal(t, "api.dingtalk.com", request.Host)
	require.Equal(t, secretToken, request.Header.Get(tokenHeader))
	require.NotContains(t, request.Body, "microappAgentId")
	require.NotSame(t, parent.Instances, must(parent.With()).Instances)
}

func must(c *dingoa.Client, err error) *dingoa.Client {
	if err != nil {
		panic(err)
	}
	return c
}

// TestRateLimit: no second has more calls than allowed, and each operation has
// its own count.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, `{"instanceId":"1","result":{"status":"RUNNING"},"success":"true"}`))
		c := dt.once(t, dingoa.WithRateLimit(20))
		var calls sync.WaitGroup
		for range 100 {
			calls.Go(func() {
				if err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
			calls.Go(func() {
				if err := create(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		begun := time.Now()
		calls.Wait()
		elapsed := time.Since(begun)
		require.Greater(t, elapsed, 4*time.Second)
		require.Less(t, elapsed, 5*time.Second+time.Millisecond, "they do not wait for each other")
		at := map[string][]time.Time{}
		for _, request := range dt.sent() {
			at[request.Method] = append(at[request.Method], request.At)
		}
		for _, times := range at {
			require.Len(t, times, 100)
			for i := 20; i < len(times); i++ {
				require.GreaterOrEqual(t, times[i].Sub(times[i-20]), time.Second-time.Millisecond)
			}
		}
	})
}

func TestRateLimitIsSharedByWith(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		parent := dt.once(t, dingoa.WithRateLimit(1))
		begun := time.Now()
		require.NoError(t, get(t.Context(), parent))
		require.NoError(t, get(t.Context(), must(parent.With(dingoa.WithMaxRetries(1)))))
		require.Equal(t, time.Second, time.Since(begun).Round(time.Millisecond))
	})
}

type failingLimiter struct{ err error }

func (l failingLimiter) Wait(context.Context) error { return l.err }

func TestLimiter(t *testing.T) {
	t.Parallel()
	errLimiter := errors.New("no more today")
	var asked []string
	dt := newDingTalk(answer(200, instance))
	c := dt.client(t, dingoa.WithLimiter(func(op operation.Operation) dingoa.Limiter {
		asked = append(asked, op.Spec().Name)
		if op == operation.StartProcessInstance {
			return failingLimiter{errLimiter}
		}
		return nil
	}))
	require.NoError(t, get(t.Context(), c))
	require.Equal(t, []string{"GetProcessInstance", "GetAccessToken"}, asked)
	err := create(t.Context(), c)
	require.ErrorIs(t, err, errLimiter)
	require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
	require.Equal(t, "StartProcessInstance", asError(t, err).Op)
	require.Len(t, dt.sent(), 1)
}

func TestLimiterHoldsRetriesBackToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(502, ""))
		asked := 0
		c := dt.client(t, dingoa.WithTokenSource(dingoa.StaticToken("t")), dingoa.WithLimiter(func(operation.Operation) dingoa.Limiter {
			asked++
			return nil
		}))
		require.Error(t, get(t.Context(), c))
		require.Equal(t, 3, asked)
	})
}

func TestResponseMeta(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(
			answerWith(403, throttled, "X-Acs-Request-Id", "first"),
			answerWith(200, instance, "X-Acs-Request-Id", "second", "X-Other", "kept"),
		)
		var meta dingoa.ResponseMeta
		_, err := dt.client(t).Instances.Get(t.Context(), "1", dingoa.WithResponseMeta(&meta))
		require.NoError(t, err)
		require.Equal(t, 200, meta.HTTPStatus)
		require.Equal(t, "second", meta.RequestID)
		require.Equal(t, 2, meta.Attempts)
		require.Equal(t, "kept", meta.Header.Get("X-Other"))

		meta = dingoa.ResponseMeta{}
		_, err = newDingTalk(answer(200, `{"errcode":60121,"errmsg":"m","request_id":"legacy"}`)).
			client(t, dingoa.WithLegacyGateway()).Tasks.TodoCount(t.Context(), "u", dingoa.WithResponseMeta(&meta))
		require.Error(t, err)
		require.Equal(t, "legacy", meta.RequestID)
		require.Equal(t, 1, meta.Attempts)

		_, err = newDingTalk(answer(200, `{"errcode":0,"count":1,"request_id":"good"}`)).
			client(t, dingoa.WithLegacyGateway()).Tasks.TodoCount(t.Context(), "u", dingoa.WithResponseMeta(&meta))
		require.NoError(t, err)
		require.Equal(t, "good", meta.RequestID)

		meta = dingoa.ResponseMeta{HTTPStatus: 200, RequestID: "stale"}
		_, err = newDingTalk(unreachable).once(t).Instances.Get(t.Context(), "1", dingoa.WithResponseMeta(&meta))
		require.Error(t, err)
		require.Equal(t, dingoa.ResponseMeta{Attempts: 1}, meta)
	})
}

// TestConnectionsAreShared: a client made with With uses its parent's connections.
func TestConnectionsAreShared(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	connections := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		connections[r.RemoteAddr] = true
		mu.Unlock()
		_, _ = w.Write([]byte(instance))
	}))
	defer server.Close()
	c, err := dingoa.New("", "", dingoa.WithBaseURL(server.URL), dingoa.WithTokenSource(dingoa.StaticToken("t")))
	require.NoError(t, err)
	for range 3 {
		require.NoError(t, get(t.Context(), c))
		require.NoError(t, get(t.Context(), must(c.With(dingoa.WithMaxRetries(1)))))
	}
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, connections, 1)
}
