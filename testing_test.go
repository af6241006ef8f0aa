package dingoa_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/dingoa/dingoa"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Values that must never be printed; the tests for that search for them.
const (
	appKey    = "dingappkey"
	appSecret = "SECRET-app-secret"
)

// dingTalk plays both gateways inside of the process. It answers token requests
// by itself, with token-1, token-2 and so on, and everything else with its
// answers in turn, the last of them for ever.
type dingTalk struct {
	*httpmock.MockTransport
	// token replaces the answer to the nth token request, counted from 1.
	token func(n int) httpmock.Responder

	mu       sync.Mutex
	answers  []httpmock.Responder
	requests []sent
	tokens   []sent
}

// sent is a request that has arrived.
type sent struct {
	Method, Host, Path string
	Query              url.Values
	Header             http.Header
	Body               string
	At                 time.Time
}

func newDingTalk(answers ...httpmock.Responder) *dingTalk {
	d := &dingTalk{MockTransport: httpmock.NewMockTransport(), answers: answers}
	d.token = func(n int) httpmock.Responder {
		return func(r *http.Request) (*http.Response, error) {
			form := `{"access_token":"token-%d","expires_in":7200,"errcode":0}`
			if r.URL.Path == "/v1.0/oauth2/accessToken" {
				form = `{"accessToken":"token-%d","expireIn":7200}`
			}
			return answer(200, fmt.Sprintf(form, n))(r)
		}
	}
	d.RegisterNoResponder(d.serve)
	return d
}

func (d *dingTalk) serve(r *http.Request) (*http.Response, error) {
	request := sent{r.Method, r.URL.Host, r.URL.EscapedPath(), r.URL.Query(), r.Header, "", time.Now()}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		request.Body = string(body)
		r.Body = io.NopCloser(strings.NewReader(request.Body)) // for the answer
	}
	return d.responder(request)(r)
}

func (d *dingTalk) responder(request sent) httpmock.Responder {
	d.mu.Lock()
	defer d.mu.Unlock()
	signOn := slices.Contains([]string{"/v1.0/oauth2/ssoAccessToken", "/v1.0/oauth2/userAccessToken", "/v1.0/oauth2/jsapiTickets"}, request.Path)
	if (strings.HasPrefix(request.Path, "/v1.0/oauth2/") && !signOn) || request.Path == "/gettoken" {
		d.tokens = append(d.tokens, request)
		return d.token(len(d.tokens))
	}
	d.requests = append(d.requests, request)
	return d.answers[min(len(d.requests), len(d.answers))-1]
}

// sent returns the requests so far, those for a token apart.
func (d *dingTalk) sent() []sent {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]sent(nil), d.requests...)
}

func (d *dingTalk) tokenRequests() []sent {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]sent(nil), d.tokens...)
}

// client returns a client that calls d, whichever gateway it chooses.
func (d *dingTalk) client(tb testing.TB, opts ...dingoa.Option) *dingoa.Client {
	tb.Helper()
	opts = append([]dingoa.Option{dingoa.WithHTTPClient(&http.Client{Transport: d})}, opts...)
	c, err := dingoa.New(appKey, appSecret, opts...)
	require.NoError(tb, err)
	return c
}

// answer is a reply without a content type, as the vendor's proxies send it at times.
func answer(status int, body string) httpmock.Responder {
	return httpmock.NewStringResponder(status, body)
}

func answerWith(status int, body string, header ...string) httpmock.Responder {
	h := http.Header{}
	for pair := range slices.Chunk(header, 2) {
		h.Set(pair[0], pair[1])
	}
	return answer(status, body).HeaderSet(h)
}

// after answers when d has passed, unless the request is given up before.
func after(d time.Duration, next httpmock.Responder) httpmock.Responder {
	return func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return next(r)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

// broken fails like a connection that broke after the request was sent.
func broken(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: errConnectionReset}
}

// unreachable fails like an address nobody listens at.
func unreachable(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errConnectionRefused}
}

var (
	errConnectionReset   = errors.New("connection reset by peer")
	errConnectionRefused = errors.New("connection refused")
)

// Replies of today's gateway.
const (
	created   = `{"instanceId":"91ef1076"}`
	done      = `{"result":true,"success":true}`
	instance  = `{"result":{"title":"t","status":"RUNNING"},"success":"true"}`
	throttled = `{"code":"Forbidden.AccessDenied.QpsLimitForAppkeyAndApi","message":"slow down","requestid":"req-1"}`
	refused   = `{"code":"InvalidAuthentication","message":"不合法的access_token","requestid":"req-2"}`
)

// createRequest is the smallest request that Create takes.
func createRequest() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode: "PROC-1", OriginatorUserID: "user1", DeptID: -1,
		FormValues: []dingoa.FormValue{{Name: "原因", Value: "出差"}},
	}
}

func decision() dingoa.DecideTaskRequest {
	return dingoa.DecideTaskRequest{InstanceID: "a171de6c", TaskID: "67583405630", OperatorUserID: "user1"}
}

// asError is err as a *dingoa.Error.
func asError(tb testing.TB, err error) *dingoa.Error {
	tb.Helper()
	var e *dingoa.Error
	require.ErrorAs(tb, err, &e)
	return e
}

// get reads an instance, for tests that do not care what is called.
func get(ctx context.Context, c *dingoa.Client) error {
	_, err := c.Instances.Get(ctx, "a171de6c")
	return err
}

func create(ctx context.Context, c *dingoa.Client) error {
	_, err := c.Instances.Create(ctx, createRequest())
	return err
}

func kinds() []error {
	return []error{
		dingoa.ErrUnauthorized, dingoa.ErrPermission, dingoa.ErrIPNotAllowed, dingoa.ErrNotFound,
		dingoa.ErrInvalidArgument, dingoa.ErrConflict, dingoa.ErrRateLimited, dingoa.ErrQuotaExceeded,
		dingoa.ErrBanned, dingoa.ErrServer, dingoa.ErrUnsupported,
	}
}

func isKind(err, kind error) bool { return errors.Is(err, kind) }

// requireKind wants err to be of the kind and of no other; nil stands for none.
// ErrOutcomeUnknown may come on top and is not looked at.
func requireKind(tb testing.TB, err, want error) {
	tb.Helper()
	for _, kind := range kinds() {
		require.Equal(tb, kind == want, isKind(err, kind), "%v: %v", kind, err) //nolint:errorlint // these very values
	}
}

// pass lets d go by on the clock of a synctest bubble.
func pass(d time.Duration) { <-time.After(d) }

// chinaMinute is a minute as DingTalk writes it, read.
func chinaMinute(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, time.FixedZone("", 8*60*60)).UTC()
}
