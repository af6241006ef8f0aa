package dingoa_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

const secretToken = "SECRET-token"

// method is a service method with a request that is right and an empty one.
type method struct {
	name  string
	op    operation.Operation
	write bool
	call  func(context.Context, *dingoa.Client) error
	// empty is nil when there is nothing to leave out.
	empty func(context.Context, *dingoa.Client) error
	// good answers it with success on both gateways.
	good string
}

func methods() []method {
	return slices.Concat(instanceMethods(), centerMethods(), eventMethods(), templateMethods(), dataFormMethods(), templateSearchMethods(), premiumMethods(), fileMethods(), authMethods())
}

func instanceMethods() []method {
	list := dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: time.Now().Add(-time.Hour), EndTime: time.Now()}
	all := func(ctx context.Context, c *dingoa.Client, req dingoa.ListInstanceIDsRequest) error {
		for _, err := range c.Instances.AllIDs(ctx, req) {
			return err
		}
		return nil
	}
	return []method{
		{
			"Create", operation.StartProcessInstance, true, create,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Instances.Create(ctx, dingoa.CreateInstanceRequest{})
				return err
			},
			`{"errcode":0,"instanceId":"91ef1076","process_instance_id":"91ef1076"}`,
		},
		{
			"Get", operation.GetProcessInstance, false, get,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Instances.Get(ctx, "")
				return err
			},
			`{"errcode":0,"result":{"status":"RUNNING"},"success":"true","process_instance":{"status":"RUNNING"}}`,
		},
		{
			"Terminate", operation.TerminateProcessInstance, true,
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{InstanceID: "a171de6c", IsSystem: true})
			},
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{})
			},
			`{"errcode":0,"result":true,"success":true}`,
		},
		{
			"Comment", operation.AddProcessInstanceComment, true,
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Instances.Comment(ctx, dingoa.CommentRequest{InstanceID: "a171de6c", OperatorUserID: "user1", Text: "同意"})
			},
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Instances.Comment(ctx, dingoa.CommentRequest{})
			},
			`{"errcode":0,"result":true,"success":true}`,
		},
		{
			"ListIDs", operation.ListProcessInstanceIds, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Instances.ListIDs(ctx, list)
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Instances.ListIDs(ctx, dingoa.ListInstanceIDsRequest{})
				return err
			},
			`{"errcode":0,"result":{"list":["1"]},"success":true}`,
		},
		{
			"AllIDs", operation.ListProcessInstanceIds, false,
			func(ctx context.Context, c *dingoa.Client) error { return all(ctx, c, list) },
			func(ctx context.Context, c *dingoa.Client) error {
				return all(ctx, c, dingoa.ListInstanceIDsRequest{})
			},
			`{"errcode":0,"result":{"list":["1"]},"success":true}`,
		},
		{
			"Approve", operation.ExecuteProcessInstance, true,
			func(ctx context.Context, c *dingoa.Client) error { return c.Tasks.Approve(ctx, decision()) },
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Tasks.Approve(ctx, dingoa.DecideTaskRequest{})
			},
			`{"errcode":0,"result":true,"success":true}`,
		},
		{
			"Refuse", operation.ExecuteProcessInstance, true,
			func(ctx context.Context, c *dingoa.Client) error { return c.Tasks.Refuse(ctx, decision()) },
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Tasks.Refuse(ctx, dingoa.DecideTaskRequest{})
			},
			`{"errcode":0,"result":false,"success":true}`,
		},
		{
			"Redirect", operation.RedirectWorkflowTask, true,
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Tasks.Redirect(ctx, dingoa.RedirectTaskRequest{TaskID: "1", ToUserID: "user2", OperatorUserID: "user1"})
			},
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Tasks.Redirect(ctx, dingoa.RedirectTaskRequest{})
			},
			`{"result":true}`,
		},
		{
			"TodoCount", operation.GetUserTodoTaskSum, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Tasks.TodoCount(ctx, "user1")
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Tasks.TodoCount(ctx, "")
				return err
			},
			`{"errcode":0,"result":10,"count":10}`,
		},
	}
}

// eachMethod runs a test for every method on every gateway that has it.
func eachMethod(t *testing.T, test func(t *testing.T, m method, gateway ...dingoa.Option)) {
	t.Helper()
	for _, m := range methods() {
		if m.op.Spec().Path != "" {
			t.Run(m.name+"/today", func(t *testing.T) {
				t.Parallel()
				test(t, m)
			})
		}
		if m.op.Spec().LegacyPath != "" {
			t.Run(m.name+"/legacy", func(t *testing.T) {
				t.Parallel()
				test(t, m, dingoa.WithLegacyGateway())
			})
		}
	}
}

// failure is a way in which a call goes wrong.
type failure struct {
	today, legacy httpmock.Responder // the same when there is one
	opts          []dingoa.Option
	kind          error // nil when no reply arrived
	cause         error
	status        int
	code          string
	reads, writes int  // how often the request is sent
	unknown       bool // a write may have been executed
}

func TestFailures(t *testing.T) {
	t.Parallel()
	html := "<html><body>502 Bad Gateway</body></html>"
	cut := func(*http.Request) (*http.Response, error) {
		body := io.MultiReader(strings.NewReader(`{"errcode":0,"instanceId":"91e`), failingReader{})
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(body)}, nil
	}
	for name, f := range map[string]failure{
		"unreachable":      {today: unreachable, cause: errConnectionRefused, reads: 3, writes: 3},
		"broken":           {today: broken, cause: errConnectionReset, reads: 3, writes: 1, unknown: true},
		"deadline":         {today: after(time.Hour, answer(200, "{}")), cause: context.DeadlineExceeded, reads: 1, writes: 1, unknown: true},
		"attempt too slow": {today: after(time.Hour, answer(200, "{}")), opts: []dingoa.Option{dingoa.WithTimeout(time.Second)}, cause: context.DeadlineExceeded, reads: 3, writes: 1, unknown: true},
		"vendor error": {
			today:  answer(400, `{"code":"invalidParameter","message":"no","requestid":"req"}`),
			legacy: answer(200, `{"errcode":40035,"errmsg":"no","request_id":"req"}`),
			kind:   dingoa.ErrInvalidArgument, status: -1, code: "-", reads: 1, writes: 1,
		},
		"vendor failed": {
			today:  answer(500, `{"code":"systemError","message":"no"}`),
			legacy: answer(200, `{"errcode":-1,"errmsg":"no"}`),
			kind:   dingoa.ErrServer, status: -1, code: "-", reads: 3, writes: 1, unknown: true,
		},
		"undocumented code": {
			today:  answer(400, `{"code":"brandNew","message":"no"}`),
			legacy: answer(400, `{"errcode":987654,"errmsg":"no"}`),
			kind:   dingoa.ErrInvalidArgument, status: 400, code: "-", reads: 1, writes: 1,
		},
		"HTML with 502":      {today: answer(502, html), kind: dingoa.ErrServer, status: 502, reads: 3, writes: 1, unknown: true},
		"HTML with 404":      {today: answer(404, html), kind: dingoa.ErrServer, status: 404, reads: 3, writes: 1},
		"HTML with 200":      {today: answer(200, html), kind: dingoa.ErrServer, status: 200, reads: 3, writes: 1, unknown: true},
		"empty":              {today: answer(200, ""), kind: dingoa.ErrServer, status: 200, reads: 3, writes: 1, unknown: true},
		"empty with 500":     {today: answer(500, ""), kind: dingoa.ErrServer, status: 500, reads: 3, writes: 1, unknown: true},
		"no content":         {today: answer(204, ""), kind: dingoa.ErrServer, status: 204, reads: 3, writes: 1, unknown: true},
		"truncated":          {today: answer(200, `{"errcode":0,"instanceId":"91e`), kind: dingoa.ErrServer, status: 200, reads: 3, writes: 1, unknown: true},
		"breaks off":         {today: cut, kind: dingoa.ErrServer, cause: io.ErrUnexpectedEOF, status: 200, reads: 3, writes: 1, unknown: true},
		"array":              {today: answer(200, `[1,2]`), kind: dingoa.ErrServer, status: 200, reads: 3, writes: 1, unknown: true},
		"text":               {today: answer(200, `"hello"`), kind: dingoa.ErrServer, status: 200, reads: 3, writes: 1, unknown: true},
		"null":               {today: answer(200, `null`), kind: dingoa.ErrServer, status: 200, reads: 3, writes: 1, unknown: true},
		"empty object":       {today: answer(200, `{}`), kind: dingoa.ErrServer, status: 200, reads: 3, writes: 1, unknown: true},
		"wrong types":        {today: answer(200, wrongTypes), kind: dingoa.ErrServer, status: 200, reads: 3, writes: 1, unknown: true},
		"code with HTTP 200": {today: answer(200, `{"code":"processCodeError","message":"no"}`), kind: dingoa.ErrNotFound, status: 200, code: "processCodeError", reads: 1, writes: 1},
		"oversized":          {today: answer(200, `"`+strings.Repeat("x", 2000)+`"`), opts: []dingoa.Option{dingoa.WithMaxReplyBytes(1000)}, kind: dingoa.ErrServer, status: 200, reads: 1, writes: 1, unknown: true},
		"banned, JSON":       {today: answer(200, `{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"xxx"}`), kind: dingoa.ErrBanned, status: 200, reads: 1, writes: 1},
		"banned, HTML":       {today: answer(403, `<!DOCTYPE html><script>location="https://x/_____tmd_____/punish?x5secdata=1"</script>`), kind: dingoa.ErrBanned, status: 403, reads: 1, writes: 1},
		"throttled, bare":    {today: answer(429, "slow down"), kind: dingoa.ErrRateLimited, status: 429, reads: 3, writes: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachMethod(t, func(t *testing.T, m method, gateway ...dingoa.Option) {
				t.Helper()
				synctest.Test(t, func(t *testing.T) { f.run(t, m, gateway) })
			})
		})
	}
}

func (f failure) run(t *testing.T, m method, gateway []dingoa.Option) {
	t.Helper()
	responder := f.today
	op, path := m.op.Spec().Method, m.op.Spec().Path
	if len(gateway) > 0 {
		op, path = m.op.Spec().LegacyMethod, m.op.Spec().LegacyPath
		if f.legacy != nil {
			responder = f.legacy
		}
	}
	dt := newDingTalk(responder)
	opts := append([]dingoa.Option{dingoa.WithTokenSource(dingoa.StaticToken(secretToken))}, f.opts...)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	begun := time.Now()

	err := m.call(ctx, dt.client(t, append(opts, gateway...)...))

	require.Error(t, err)
	require.LessOrEqual(t, time.Since(begun), 20*time.Second)
	wantSent := f.reads
	if m.write {
		wantSent = f.writes
	}
	require.Len(t, dt.sent(), wantSent)
	e := asError(t, err)
	require.Equal(t, m.op.Spec().Name, e.Op)
	require.Equal(t, op, e.Method)
	require.Equal(t, path, e.Path)
	if f.status >= 0 {
		require.Equal(t, f.status, e.HTTPStatus)
	} else {
		require.NotZero(t, e.HTTPStatus)
	}
	switch f.code {
	case "-":
		require.NotEmpty(t, e.Code)
	default:
		require.Equal(t, f.code, e.Code)
	}
	requireKind(t, err, f.kind)
	if f.cause != nil {
		require.ErrorIs(t, err, f.cause)
	}
	require.Equal(t, m.write && f.unknown, e.OutcomeUnknown)
	require.Equal(t, e.OutcomeUnknown, isKind(err, dingoa.ErrOutcomeUnknown))
	require.NotContains(t, err.Error(), "SECRET")
	require.Contains(t, err.Error(), m.op.Spec().Name)
}

// failingReader breaks off like a connection that is closed too early.
type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// wrongTypes has members of every reply with a type that none of them has.
const wrongTypes = `{"errcode":0,"instanceId":{},"process_instance_id":{},"result":[[]],"success":{},"count":"many","process_instance":[],"url":{},"failed_list":[[]]}`

func TestNothingIsSentWhenTheContextIsDone(t *testing.T) {
	t.Parallel()
	eachMethod(t, func(t *testing.T, m method, gateway ...dingoa.Option) {
		t.Helper()
		dt := newDingTalk(answer(200, m.good))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := m.call(ctx, dt.client(t, gateway...))
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
		require.Equal(t, m.op.Spec().Name, asError(t, err).Op)
		require.Empty(t, dt.sent())
		require.Empty(t, dt.tokenRequests())
	})
}

func TestNothingIsSentForAnEmptyRequest(t *testing.T) {
	t.Parallel()
	eachMethod(t, func(t *testing.T, m method, gateway ...dingoa.Option) {
		t.Helper()
		if m.empty == nil {
			return
		}
		dt := newDingTalk(answer(200, m.good))
		err := m.empty(t.Context(), dt.client(t, gateway...))
		require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
		e := asError(t, err)
		require.Equal(t, m.op.Spec().Name, e.Op)
		require.NotEmpty(t, e.Fields)
		for _, field := range e.Fields {
			require.Contains(t, err.Error(), field.Field+" "+field.Problem)
		}
		require.Empty(t, dt.sent())
		require.Empty(t, dt.tokenRequests())
	})
}

func TestRepliesAreReadWhateverTheirContentType(t *testing.T) {
	t.Parallel()
	eachMethod(t, func(t *testing.T, m method, gateway ...dingoa.Option) {
		t.Helper()
		for _, contentType := range []string{"", "text/plain", "text/html; charset=utf-8", "application/octet-stream"} {
			dt := newDingTalk(answerWith(200, m.good, "Content-Type", contentType))
			require.NoError(t, m.call(t.Context(), dt.client(t, gateway...)), contentType)
		}
	})
}

func TestSuccessFalseIsAnError(t *testing.T) {
	t.Parallel()
	eachMethod(t, func(t *testing.T, m method, gateway ...dingoa.Option) {
		t.Helper()
		switch m.name {
		case "Create", "TodoCount", "Auth.JSAPITicket":
			return // their replies have no such member
		}
		dt := newDingTalk(answer(200, `{"errcode":0,"success":false}`))
		err := m.call(t.Context(), dt.client(t, gateway...))
		require.ErrorIs(t, err, dingoa.ErrConflict)
		require.Contains(t, err.Error(), "success=false")
		require.Len(t, dt.sent(), 1)
	})
}

// TestBrokenConnection hangs up on a real connection after the request was read.
func TestBrokenConnection(t *testing.T) {
	t.Parallel()
	eachMethod(t, func(t *testing.T, m method, gateway ...dingoa.Option) {
		t.Helper()
		var requests atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			requests.Add(1)
			panic(http.ErrAbortHandler)
		}))
		defer server.Close()
		err := m.call(t.Context(), realClient(t, server, append(gateway, dingoa.WithMaxRetries(0))...))
		require.Error(t, err)
		require.NotErrorIs(t, err, dingoa.ErrServer)
		require.Equal(t, m.write, isKind(err, dingoa.ErrOutcomeUnknown))
		if m.write {
			require.EqualValues(t, 1, requests.Load())
			require.Contains(t, err.Error(), "may have been executed")
		}
	})
}

// TestRedirectsAreNotFollowed sends a caller to another host, which must not
// see the token.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	eachMethod(t, func(t *testing.T, m method, gateway ...dingoa.Option) {
		t.Helper()
		var elsewhere, here atomic.Int32
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
		defer other.Close()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			here.Add(1)
			w.Header().Set("Location", other.URL+r.URL.String())
			w.WriteHeader(http.StatusTemporaryRedirect)
		}))
		defer server.Close()
		err := m.call(t.Context(), realClient(t, server, gateway...))
		require.ErrorIs(t, err, dingoa.ErrServer)
		require.Equal(t, http.StatusTemporaryRedirect, asError(t, err).HTTPStatus)
		require.Contains(t, err.Error(), strings.TrimPrefix(other.URL, "http://"))
		require.NotContains(t, err.Error(), "SECRET")
		require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
		require.EqualValues(t, 1, here.Load(), "a redirect stays one when tried again")
		require.Zero(t, elsewhere.Load())
	})
}

func realClient(t *testing.T, server *httptest.Server, opts ...dingoa.Option) *dingoa.Client {
	t.Helper()
	c, err := dingoa.New(appKey, appSecret, append(opts,
		dingoa.WithBaseURL(server.URL), dingoa.WithLegacyBaseURL(server.URL),
		dingoa.WithHTTPClient(server.Client()),
		dingoa.WithTokenSource(dingoa.StaticToken(secretToken)))...)
	require.NoError(t, err)
	return c
}

// TestFailuresBeforeTheRequestLeft prove that nothing was executed, so that
// even a write may be sent again.
func TestFailuresBeforeTheRequestLeft(t *testing.T) {
	t.Parallel()
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(untrusted.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	proxy, err := url.Parse("http://127.0.0.1:1")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		base  string
		proxy func(*http.Request) (*url.URL, error)
	}{
		"nobody listens":    {base: "http://127.0.0.1:1"},
		"untrusted":         {base: untrusted.URL},
		"no proxy":          {base: "http://dingtalk.test", proxy: http.ProxyURL(proxy)},
		"no proxy for TLS":  {base: "https://dingtalk.test", proxy: http.ProxyURL(proxy)},
		"plain text at TLS": {base: strings.Replace(plain.URL, "http:", "https:", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := &http.Transport{Proxy: test.proxy}
			defer transport.CloseIdleConnections()
			attempts := 0
			c, err := dingoa.New(appKey, appSecret, dingoa.WithBaseURL(test.base), dingoa.WithMaxRetries(1),
				dingoa.WithHTTPClient(&http.Client{Transport: transport}), dingoa.WithTokenSource(dingoa.StaticToken(secretToken)),
				dingoa.WithHook(func(ctx context.Context, _ dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) {
					attempts++
					return ctx, nil
				}))
			require.NoError(t, err)
			err = create(t.Context(), c)
			require.Error(t, err)
			require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
			require.Equal(t, 2, attempts)
		})
	}
}
