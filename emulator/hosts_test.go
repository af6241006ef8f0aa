package emulator_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

// ask sends a request with headers of its own to a server on a socket.
func ask(t *testing.T, method, address, body string, headers map[string]string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	req.Host = headers["Host"]
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := hc.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	r := reply{status: resp.StatusCode, header: resp.Header}
	r.body, err = io.ReadAll(resp.Body)
	require.NoError(t, err)
	_ = json.Unmarshal(r.body, &r.object) // not every reply is JSON
	return r
}

const credentials = `{"appKey":"` + company.DefaultAppKey + `","appSecret":"` + company.DefaultAppSecret + `"}`

// A page of another site that points its own name here gets no token.
func TestHostsAreChecked(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithAdmin("dingoa.test"))
	base, err := s.Listen("")
	require.NoError(t, err)
	checked := newServer(t, emulator.WithAdmin("dingoa.test"), emulator.WithHostCheck())
	server := httptest.NewServer(checked)
	t.Cleanup(server.Close)
	for _, base := range []string{base, server.URL} {
		for host, status := range map[string]int{
			"": 200, "localhost": 200, "LOCALHOST:9898": 200, "[::1]:9898": 200, "192.0.2.1": 200, "dingoa.test:1": 200,
			"api.dingtalk.com": 200, "attacker.test": 403, "localhost.attacker.test": 403, "attacker.test:9898": 403,
		} {
			r := ask(t, http.MethodPost, base+"/v1.0/oauth2/accessToken", credentials, map[string]string{"Host": host})
			require.Equal(t, status, r.status, "%s: %s", host, r.body)
			if status != 200 {
				require.Equal(t, "emulator.unknownHost", r.object["code"])
			}
		}
		for _, path := range []string{"/gettoken?appkey=a", "/connect?ticket=a", "/oss/objects/a", "/_emulator/overview", "/nothing"} {
			require.Equal(t, 403, ask(t, http.MethodGet, base+path, "", map[string]string{"Host": "attacker.test"}).status, path)
		}
	}
	open := httptest.NewServer(newServer(t))
	t.Cleanup(open.Close)
	require.Equal(t, 200, ask(t, http.MethodPost, open.URL+"/v1.0/oauth2/accessToken", credentials, map[string]string{"Host": "dingtalk.internal"}).status)
	require.Equal(t, 200, send(t, checked, http.MethodPost, "http://anything.test/v1.0/oauth2/accessToken", object{
		"appKey": company.DefaultAppKey, "appSecret": company.DefaultAppSecret,
	}).status, "in memory every host is good")
}

// The server pushes nowhere but to this machine, unless it is allowed.
func TestCallbacksElsewhere(t *testing.T) {
	t.Parallel()
	register := func(s *emulator.Server, address string) reply {
		return callOld(t, s, http.MethodPost, "/call_back/register_call_back", object{
			"call_back_tag": []string{"bpms_instance_change"}, "token": "sometoken", "aes_key": emulator.DefaultEncodingAESKey, "url": address,
		})
	}
	s := adminServer(t)
	for _, address := range []string{
		"http://192.0.2.1/cb", "http://intranet.test:8080/cb", "http://localhost.attacker.test/", "http://169.254.169.254/latest", "http://[2001:db8::1]/",
	} {
		r := register(s, address)
		require.InDelta(t, 71011, r.object["errcode"], 0, "%s", r.body)
		require.Contains(t, r.object["errmsg"], "is not this machine")
		require.Equal(t, "Bad Request invalidField url", adminRefused(t, s, http.MethodPut, "callback", object{"url": address}))
		require.Equal(t, "Bad Request invalidField seed", adminRefused(t, s, http.MethodPost, "reset", object{"seed": object{"callback": object{"url": address}}}))
	}
	require.InDelta(t, 71012, register(s, "http://127.0.0.1:1/cb").object["errcode"], 0, "tried")
	require.InDelta(t, 71012, register(s, "http://localhost:1/cb").object["errcode"], 0, "tried")

	for _, opt := range []emulator.Option{
		emulator.WithCallbackHosts("app.test"), emulator.WithCallbackHosts("*"),
		emulator.WithCallback(emulator.Callback{URL: "http://app.test/other"}),
	} {
		s := adminServer(t, opt)
		admin(t, s, http.MethodPut, "callback", object{"url": "http://APP.test/cb"})
	}
}

// Behind a proxy that speaks TLS the addresses that are handed out do, too.
func TestForwardedAddresses(t *testing.T) {
	t.Parallel()
	endpoint := func(s *emulator.Server, headers map[string]string) string {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		r := ask(t, http.MethodPost, server.URL+"/v1.0/gateway/connections/open", `{"clientId":"`+company.DefaultAppKey+`","clientSecret":"`+
			company.DefaultAppSecret+`","subscriptions":[{"type":"EVENT","topic":"*"}]}`, headers)
		require.Equal(t, 200, r.status, "%s", r.body)
		return dig[string](t, r.object, "endpoint")
	}
	s := newServer(t)
	forwarded := newServer(t, emulator.WithForwardedHost())
	for name, tc := range map[string]struct {
		server  *emulator.Server
		headers map[string]string
		want    string
	}{
		"no proxy":              {s, map[string]string{"Host": "localhost:1"}, "ws://localhost:1/connect"},
		"TLS before it":         {s, map[string]string{"Host": "localhost:1", "X-Forwarded-Proto": "HTTPS, http"}, "wss://localhost:1/connect"},
		"another word":          {s, map[string]string{"Host": "localhost:1", "X-Forwarded-Proto": "javascript"}, "ws://localhost:1/connect"},
		"a host, not asked for": {s, map[string]string{"Host": "localhost:1", "X-Forwarded-Host": "dingtalk.test"}, "ws://localhost:1/connect"},
		"a host": {
			forwarded,
			map[string]string{"Host": "localhost:1", "X-Forwarded-Host": "dingtalk.test:8443, inner", "X-Forwarded-Proto": "https"},
			"wss://dingtalk.test:8443/connect",
		},
		"no host": {forwarded, map[string]string{"Host": "localhost:1", "X-Forwarded-Host": "a/b?c"}, "ws://localhost:1/connect"},
	} {
		require.Equal(t, tc.want, endpoint(tc.server, tc.headers), name)
	}
}

// A callback in another process knows nothing of the emulator's clock.
func TestPushClock(t *testing.T) {
	t.Parallel()
	received := make(chan *event.Event, 10)
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey},
		dingoa.WithTimestampWindow(5*time.Minute))
	require.NoError(t, err)
	s := newServer(t, emulator.WithStartTime(startTime()), emulator.WithPushClock(time.Now), emulator.WithCallback(emulator.Callback{
		Handler: callback.Handler(event.HandlerFunc(func(_ context.Context, e *event.Event) error {
			received <- e
			return nil
		})),
	}))
	create(t, newClient(t, s), leave())
	require.WithinDuration(t, startTime(), (<-received).Time, time.Minute, "what it says is the emulator's time")
	require.NoError(t, s.Flush(t.Context()))
	require.True(t, s.Pushes()[0].Delivered)
}
