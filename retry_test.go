package dingoa_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// waits are the times between the requests that arrived.
func waits(requests []sent) []time.Duration {
	var waits []time.Duration
	for i := 1; i < len(requests); i++ {
		waits = append(waits, requests[i].At.Sub(requests[i-1].At))
	}
	return waits
}

func TestThrottlingIsRetriedAfterASecond(t *testing.T) {
	t.Parallel()
	code := func(code string) httpmock.Responder {
		return answer(403, `{"code":"`+code+`","message":"slow down"}`)
	}
	legacy := dingoa.WithLegacyGateway()
	for name, test := range map[string]struct {
		answer httpmock.Responder
		opts   []dingoa.Option
	}{
		"app":             {code("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"), nil},
		"api":             {code("Forbidden.AccessDenied.QpsLimitForApi"), nil},
		"suite":           {code("Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi"), nil},
		"minute":          {code("Forbidden.AccessDenied.QpmLimitForAppkeyAndApi"), nil},
		"new kind":        {code("Forbidden.AccessDenied.QpsLimitForSomethingNew"), nil},
		"status only":     {answer(429, ""), nil},
		"automation":      {answer(400, `{"code":"autoflowLikeTriggerRateLimited","message":"slow down"}`), nil},
		"legacy app":      {answer(200, `{"errcode":90018,"errmsg":"slow down"}`), []dingoa.Option{legacy}},
		"legacy api":      {answer(200, `{"errcode":90002,"errmsg":"slow down"}`), []dingoa.Option{legacy}},
		"legacy as text":  {answer(200, `{"errcode":"90018","errmsg":"slow down"}`), []dingoa.Option{legacy}},
		"legacy sub_code": {answer(200, `{"errcode":88,"sub_code":"90018","sub_msg":"slow down","errmsg":"ding talk error"}`), []dingoa.Option{legacy}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, call := range []func(context.Context, *dingoa.Client) error{get, create} {
				synctest.Test(t, func(t *testing.T) {
					dt := newDingTalk(test.answer, test.answer, answer(200, `{"errcode":0,"instanceId":"1","process_instance_id":"1","result":{"status":"RUNNING"},"success":"true","process_instance":{"status":"RUNNING"}}`))
					require.NoError(t, call(t.Context(), dt.client(t, test.opts...)))
					waited := waits(dt.sent())
					require.Len(t, waited, 2)
					require.GreaterOrEqual(t, waited[0], time.Second)
					require.Less(t, waited[0], 2*time.Second)
					require.GreaterOrEqual(t, waited[1], 2*time.Second, "it doubles")
					require.Less(t, waited[1], 4*time.Second)

					dt = newDingTalk(test.answer)
					err := call(t.Context(), dt.client(t, test.opts...))
					require.ErrorIs(t, err, dingoa.ErrRateLimited)
					require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
					require.Len(t, dt.sent(), 3)
				})
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header     func() string
		wait, late time.Duration
	}{
		"seconds":         {func() string { return "7" }, 7 * time.Second, 0},
		"date":            {func() string { return time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat) }, 9 * time.Second, 0},
		"a date gone by":  {func() string { return time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat) }, time.Second, time.Second},
		"zero":            {func() string { return "0" }, time.Second, time.Second},
		"negative":        {func() string { return "-5" }, time.Second, time.Second},
		"no number":       {func() string { return "soon" }, time.Second, time.Second},
		"the most it may": {func() string { return "60" }, time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dt := newDingTalk(answerWith(403, throttled, "Retry-After", test.header()), answer(200, created))
				require.NoError(t, create(t.Context(), dt.client(t)))
				waited := waits(dt.sent())
				require.Len(t, waited, 1)
				require.GreaterOrEqual(t, waited[0], test.wait)
				require.LessOrEqual(t, waited[0], test.wait+test.late)
			})
		})
	}
}

func TestRetryAfterTooLong(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"61":                              61 * time.Second,
		"86400":                           24 * time.Hour,
		"9999999999999":                   365 * 24 * time.Hour,
		"99999999999999999999999999":      365 * 24 * time.Hour,
		"Fri, 31 Dec 9999 23:59:59 GMT":   365 * 24 * time.Hour,
		"Mon, 03 Jan 2000 08:00:00 +0800": 48 * time.Hour, // the bubble's clock begins in 2000
	} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			dt := newDingTalk(answerWith(503, "{}", "Retry-After", header))
			err := get(t.Context(), dt.client(t))
			require.ErrorIs(t, err, dingoa.ErrServer)
			require.Equal(t, want, asError(t, err).RetryAfter)
			require.Len(t, dt.sent(), 1, "the caller decides")
			require.Equal(t, begun, time.Now())
		})
	}
}

func TestRetryAfterOfAServerError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answerWith(503, "busy", "Retry-After", "20"), answer(200, instance))
		require.NoError(t, get(t.Context(), dt.client(t)))
		require.Equal(t, []time.Duration{20 * time.Second}, waits(dt.sent()))
	})
}

func TestNeverWaitsPastTheDeadline(t *testing.T) {
	t.Parallel()
	for name, respond := range map[string]httpmock.Responder{
		"throttled":   answer(403, throttled),
		"retry after": answerWith(403, throttled, "Retry-After", "5"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 900*time.Millisecond)
				defer cancel()
				dt := newDingTalk(respond)
				err := create(ctx, dt.client(t))
				require.ErrorIs(t, err, dingoa.ErrRateLimited)
				require.NotErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, begun, time.Now(), "it returned at once")
				require.Len(t, dt.sent(), 1)
			})
		})
	}
}

func TestCancelledWhileWaitingToRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		dt := newDingTalk(answer(403, throttled))
		begun := time.Now()
		time.AfterFunc(300*time.Millisecond, cancel)
		err := create(ctx, dt.client(t))
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, dingoa.ErrRateLimited, "the reason of waiting is told too")
		require.Equal(t, 300*time.Millisecond, time.Since(begun))
		require.Len(t, dt.sent(), 1)
	})
}

func TestWhatIsSentAgain(t *testing.T) {
	t.Parallel()
	once, thrice := 1, 3
	legacy := dingoa.WithLegacyGateway()
	for name, test := range map[string]struct {
		answer      httpmock.Responder
		opts        []dingoa.Option
		get, create int
	}{
		"no connection":         {unreachable, nil, thrice, thrice},
		"broken connection":     {broken, nil, thrice, once},
		"502":                   {answer(502, ""), nil, thrice, once},
		"503":                   {answer(503, ""), nil, thrice, once},
		"504":                   {answer(504, ""), nil, thrice, once},
		"system error":          {answer(500, `{"code":"systemError","message":"系统异常"}`), nil, thrice, once},
		"legacy busy":           {answer(200, `{"errcode":-1,"errmsg":"系统繁忙"}`), []dingoa.Option{legacy}, thrice, once},
		"quota":                 {answer(403, `{"code":"Forbidden.AccessDenied.ApiCountLimitForOrg","message":"no"}`), nil, once, once},
		"legacy quota":          {answer(200, `{"errcode":90020,"errmsg":"no"}`), []dingoa.Option{legacy}, once, once},
		"banned":                {answer(200, `{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"xxx"}`), nil, once, once},
		"permission":            {answer(403, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","message":"no"}`), nil, once, once},
		"not found":             {answer(400, `{"code":"processInstanceNotExist","message":"no"}`), nil, once, once},
		"no retries, throttled": {answer(403, throttled), []dingoa.Option{dingoa.WithMaxRetries(0)}, once, once},
		"no retries, 502":       {answer(502, ""), []dingoa.Option{dingoa.WithMaxRetries(0)}, once, once},
		"five retries":          {answer(403, throttled), []dingoa.Option{dingoa.WithMaxRetries(5)}, 6, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dt := newDingTalk(test.answer)
				require.Error(t, get(t.Context(), dt.client(t, test.opts...)))
				require.Len(t, dt.sent(), test.get)
				dt = newDingTalk(test.answer)
				require.Error(t, create(t.Context(), dt.client(t, test.opts...)))
				require.Len(t, dt.sent(), test.create)
			})
		})
	}
}

func TestEveryAttemptSendsTheWholeRequest(t *testing.T) {
	t.Parallel()
	for _, gateway := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
		synctest.Test(t, func(t *testing.T) {
			dt := newDingTalk(answer(429, ""), unreachable, answer(200, `{"errcode":0,"instanceId":"1","process_instance_id":"1"}`))
			require.NoError(t, create(t.Context(), dt.client(t, gateway...)))
			requests := dt.sent()
			require.Len(t, requests, 3)
			require.NotEmpty(t, requests[0].Body)
			for _, request := range requests {
				request.At = requests[0].At
				require.Equal(t, requests[0], request)
			}
		})
	}
}

func TestWithoutRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(403, throttled))
		c := dt.client(t)
		_, err := c.Instances.Get(t.Context(), "a171de6c", dingoa.WithoutRetry())
		require.ErrorIs(t, err, dingoa.ErrRateLimited)
		require.Len(t, dt.sent(), 1)

		// It is about this call only, and not about a refused token.
		require.Error(t, get(t.Context(), c))
		require.Len(t, dt.sent(), 4)
		dt = newDingTalk(answer(400, refused), answer(200, instance))
		_, err = dt.client(t).Instances.Get(t.Context(), "a171de6c", dingoa.WithoutRetry())
		require.NoError(t, err)
		require.Len(t, dt.sent(), 2)
	})
}

func TestHookSeesEveryAttempt(t *testing.T) {
	t.Parallel()
	type seen struct {
		dingoa.Attempt
		dingoa.AttemptResult
	}
	synctest.Test(t, func(t *testing.T) {
		var attempts []seen
		hook := func(ctx context.Context, a dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) {
			return ctx, func(r dingoa.AttemptResult) { attempts = append(attempts, seen{a, r}) }
		}
		dt := newDingTalk(
			after(2*time.Second, answerWith(403, throttled, "X-Acs-Request-Id", "req-9")),
			after(3*time.Second, answer(400, refused)),
			after(time.Second, answer(200, created)),
		)
		require.NoError(t, create(t.Context(), dt.client(t, dingoa.WithHook(hook))))

		require.Len(t, attempts, 5) // with two for a token
		token, first, second, newToken, third := attempts[0], attempts[1], attempts[2], attempts[3], attempts[4]
		require.Equal(t, dingoa.Attempt{Operation: "GetAccessToken", Method: "POST", Host: "api.dingtalk.com", Path: "/v1.0/oauth2/accessToken", Number: 1}, token.Attempt)
		require.Equal(t, token.Attempt, newToken.Attempt)

		require.Equal(t, dingoa.Attempt{Operation: "StartProcessInstance", Method: "POST", Host: "api.dingtalk.com", Path: "/v1.0/workflow/processInstances", Number: 1}, first.Attempt)
		require.Equal(t, 403, first.HTTPStatus)
		require.Equal(t, "req-9", first.RequestID)
		require.Equal(t, 2*time.Second, first.Duration)
		require.ErrorIs(t, first.Err, dingoa.ErrRateLimited)
		require.Equal(t, waits(dt.sent())[0]-first.Duration, first.Retry)

		require.Equal(t, 2, second.Number)
		require.Equal(t, 3*time.Second, second.Duration)
		require.ErrorIs(t, second.Err, dingoa.ErrUnauthorized)
		require.Zero(t, second.Retry, "a refused token is replaced at once")

		require.Equal(t, 3, third.Number)
		require.Equal(t, 200, third.HTTPStatus)
		require.NoError(t, third.Err)
		require.Negative(t, third.Retry)
	})
}

func TestHookMayReplaceTheContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	var value any
	dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
		value = r.Context().Value(key{})
		return answer(200, instance)(r)
	})
	hook := func(ctx context.Context, a dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) {
		return context.WithValue(ctx, key{}, a.Operation), nil
	}
	require.NoError(t, get(t.Context(), dt.client(t, dingoa.WithHook(hook))))
	require.Equal(t, "GetProcessInstance", value)

	none := func(context.Context, dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) { return nil, nil }
	require.NoError(t, get(t.Context(), dt.client(t, dingoa.WithHook(none))))
}
