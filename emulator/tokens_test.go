package emulator_test

import (
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

const (
	apiHost = "https://api.dingtalk.com"
	oldHost = "https://oapi.dingtalk.com"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		corp := func() string {
			r := send(t, s, http.MethodPost, apiHost+"/v1.0/oauth2/dingemulatorcorp/token",
				object{"client_id": company.DefaultAppKey, "client_secret": company.DefaultAppSecret, "grant_type": "client_credentials"})
			requireDocumented(t, "GetToken", r.body)
			require.InDelta(t, 7200, r.object["expires_in"], 0)
			return dig[string](t, r.object, "access_token")
		}
		old := func() string {
			r := send(t, s, http.MethodGet, oldHost+"/gettoken?appkey=dingemulatorapp&appsecret=emulator-app-secret", nil)
			requireDocumented(t, "OapiGettoken", r.body)
			require.InDelta(t, 7200, r.object["expires_in"], 0)
			return dig[string](t, r.object, "access_token")
		}
		first := token(t, s)
		require.Len(t, first, 32)
		require.Equal(t, first, corp(), "one token per app, wherever it is fetched")
		require.Equal(t, first, old())

		valid := func(token string) bool {
			today := send(t, s, http.MethodGet, apiHost+"/v1.0/workflow/processes/todoTasks/numbers?userId=lisi", nil, "x-acs-dingtalk-access-token", token)
			older := send(t, s, http.MethodPost, oldHost+"/topapi/process/gettodonum?access_token="+url.QueryEscape(token), object{"userid": "lisi"})
			require.Equal(t, today.status == 200, older.object["errcode"] == float64(0), "the gateways agree about a token")
			return today.status == 200
		}
		require.True(t, valid(first))
		s.Advance(7199 * time.Second)
		require.True(t, valid(first))
		require.Equal(t, first, token(t, s), "renewed while it lives")
		s.Advance(7199 * time.Second)
		require.True(t, valid(first))
		s.Advance(time.Second)
		require.False(t, valid(first))
		second := old()
		require.NotEqual(t, first, second)
		require.True(t, valid(second))
		s.ExpireTokens()
		require.False(t, valid(second))
		require.False(t, valid(""))
		require.NotEqual(t, second, corp())
	})
}

func TestRefusedTokens(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	token(t, s)
	for _, header := range [][]string{nil, {"x-acs-dingtalk-access-token", "nonsense"}} {
		r := send(t, s, http.MethodGet, apiHost+"/v1.0/workflow/processInstances?processInstanceId=x", nil, header...)
		require.Equal(t, 400, r.status)
		require.Equal(t, "InvalidAuthentication", r.object["code"])
		require.Equal(t, "不合法的access_token", r.object["message"])
		require.NotEmpty(t, r.object["requestid"])
	}
	for path, want := range map[string][2]any{
		"/topapi/process/gettodonum?access_token=nonsense": {88.0, "40014"},
		"/topapi/process/gettodonum":                       {88.0, "41001"},
	} {
		r := send(t, s, http.MethodPost, oldHost+path, object{"userid": "lisi"})
		require.Equal(t, 200, r.status)
		require.Equal(t, want[0], r.object["errcode"])
		require.Equal(t, want[1], r.object["sub_code"])
		require.Equal(t, "不合法的access_token", r.object["sub_msg"])
	}
	r := send(t, s, http.MethodGet, oldHost+"/call_back/get_call_back?access_token=nonsense", nil)
	require.InDelta(t, 40014, r.object["errcode"], 0)
	require.NotContains(t, r.object, "sub_code")
	// Tokens belong into the query of the one and the header of the other.
	r = send(t, s, http.MethodPost, oldHost+"/topapi/process/gettodonum", object{"userid": "lisi"}, "x-acs-dingtalk-access-token", token(t, s))
	require.InDelta(t, 88, r.object["errcode"], 0)
}

func TestRefusedCredentials(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithApp(company.App{AppKey: "k", AppSecret: "s", AgentID: 1, CorpID: "c"}))
	good := object{"client_id": "k", "client_secret": "s", "grant_type": "client_credentials"}
	for name, tc := range map[string]struct {
		method, address string
		in              any
		status          int
		code            any
	}{
		"secret":       {http.MethodPost, apiHost + "/v1.0/oauth2/accessToken", object{"appKey": "k", "appSecret": "x"}, 400, "invalidClientIdOrSecret"},
		"key":          {http.MethodPost, apiHost + "/v1.0/oauth2/accessToken", object{"appKey": company.DefaultAppKey, "appSecret": "s"}, 400, "invalidClientIdOrSecret"},
		"no key":       {http.MethodPost, apiHost + "/v1.0/oauth2/accessToken", object{}, 400, "invalidParameter"},
		"no body":      {http.MethodPost, apiHost + "/v1.0/oauth2/accessToken", nil, 400, "invalidParameter"},
		"good":         {http.MethodPost, apiHost + "/v1.0/oauth2/c/token", good, 200, nil},
		"other corp":   {http.MethodPost, apiHost + "/v1.0/oauth2/other/token", good, 401, "unauthorized.client"},
		"corp, secret": {http.MethodPost, apiHost + "/v1.0/oauth2/c/token", object{"client_id": "k", "client_secret": "x", "grant_type": "client_credentials"}, 400, "invalid.client"},
		"grant type":   {http.MethodPost, apiHost + "/v1.0/oauth2/c/token", object{"client_id": "k", "client_secret": "s", "grant_type": "code"}, 400, "unsupported.grant.type"},
		"older":        {http.MethodGet, oldHost + "/gettoken?appkey=k&appsecret=x", nil, 200, 40089.0},
		"older, none":  {http.MethodGet, oldHost + "/gettoken", nil, 200, 40035.0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := send(t, s, tc.method, tc.address, tc.in)
			require.Equal(t, tc.status, r.status, "%s", r.body)
			if _, old := tc.code.(float64); old {
				require.Equal(t, tc.code, r.object["errcode"], "%s", r.body)
				return
			}
			require.Equal(t, tc.code, r.object["code"], "%s", r.body)
		})
	}
}

// TestClientGetsANewToken runs the SDK against tokens that expire or are revoked.
func TestClientGetsANewToken(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]dingoa.Option{"today": nil, "older": {dingoa.WithLegacyGateway()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			c := newClient(t, s, opts...)
			create(t, c, leave())
			s.ExpireTokens()
			create(t, c, leave())
			s.Advance(3 * time.Hour)
			create(t, c, leave())
			fetched := 0
			for _, r := range s.Requests() {
				if r.Operation == "GetAccessToken" {
					fetched++
				}
			}
			require.Equal(t, 3, fetched)
		})
	}
}
