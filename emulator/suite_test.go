package emulator_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

const suiteKey, suiteSecret = "suiteemulator", "emulator-suite-secret"

func withSuite(change func(*company.Suite)) emulator.Option {
	suite := company.Suite{SuiteKey: suiteKey, SuiteSecret: suiteSecret, CorpIDs: []string{"ding1", "ding2"}}
	if change != nil {
		change(&suite)
	}
	return emulator.WithSuite(suite)
}

func corp(t *testing.T, suite *dingoa.Suite, corpID string) *dingoa.Client {
	t.Helper()
	c, err := suite.Client(corpID)
	require.NoError(t, err)
	return c
}

func todoCount(ctx context.Context, c *dingoa.Client) error {
	_, err := c.Tasks.TodoCount(ctx, company.DefaultFirstApprover)
	return err
}

// TestSuiteLife: the ticket comes as an event, and opens the companies.
func TestSuiteLife(t *testing.T) {
	t.Parallel()
	for name, gateway := range map[string][]dingoa.Option{"today": nil, "older": {dingoa.WithLegacyGateway()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, withSuite(nil))
			suite, err := s.SuiteClient(suiteKey, nil, gateway...)
			require.NoError(t, err)
			require.ErrorContains(t, todoCount(t.Context(), corp(t, suite, "ding1")), "no suite ticket has arrived yet")

			sealed := emulator.Callback{Token: "tokenToken", EncodingAESKey: "abcdefghijabcdefghijabcdefghijabcdefghijabc", OwnerKey: suiteKey}
			callback, err := dingoa.NewCallback(sealed.Token, sealed.EncodingAESKey, []string{suiteKey})
			require.NoError(t, err)
			dispatcher, err := event.NewDispatcher(event.On(suite.KeepTicket))
			require.NoError(t, err)
			sealed.Handler = callback.Handler(dispatcher)
			require.NoError(t, s.SetCallback(sealed))
			_, err = s.PushSuiteTicket(suiteKey)
			require.NoError(t, err)
			require.NoError(t, s.Flush(t.Context()))
			require.True(t, s.Pushes()[0].Delivered)
			var pushed object
			require.NoError(t, json.Unmarshal(s.Pushes()[0].Event, &pushed))
			require.Equal(t, []string{"EventType", "SuiteKey", "SuiteTicket", "TimeStamp"}, slices.Sorted(maps.Keys(pushed)))

			require.NoError(t, todoCount(t.Context(), corp(t, suite, "ding1")))
			require.NoError(t, todoCount(t.Context(), corp(t, suite, "ding2")))
			err = todoCount(t.Context(), corp(t, suite, "ding3"))
			require.ErrorIs(t, err, dingoa.ErrUnauthorized)
			require.ErrorContains(t, err, "has not authorised the app")

			s.ExpireTokens()
			require.NoError(t, todoCount(t.Context(), corp(t, suite, "ding1")), "fetched anew")
			require.NoError(t, suite.SetTicket(t.Context(), "another"))
			s.ExpireTokens()
			err = todoCount(t.Context(), corp(t, suite, "ding1"))
			require.ErrorIs(t, err, dingoa.ErrUnauthorized)
			require.ErrorContains(t, err, "wait for the suite_ticket push")
			s.Advance(5 * time.Hour)
			_, err = s.PushSuiteTicket(suiteKey)
			require.NoError(t, err)
			require.NoError(t, s.Flush(t.Context()))
			require.NoError(t, todoCount(t.Context(), corp(t, suite, "ding1")))
		})
	}
}

func TestSuiteTokens(t *testing.T) {
	t.Parallel()
	s := newServer(t, withSuite(nil))
	ticket, err := s.PushSuiteTicket(suiteKey)
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		path string
		id   string
		in   object
		code any
	}{
		"corp":                {"/v1.0/oauth2/corpAccessToken", "GetCorpAccessToken", object{"authCorpId": "ding1"}, nil},
		"corp, key":           {"/v1.0/oauth2/corpAccessToken", "", object{"suiteKey": "other", "authCorpId": "ding1"}, "invalidSuiteKey"},
		"corp, secret":        {"/v1.0/oauth2/corpAccessToken", "", object{"suiteSecret": "other", "authCorpId": "ding1"}, "invalidSuiteKey"},
		"corp, ticket":        {"/v1.0/oauth2/corpAccessToken", "", object{"suiteTicket": "other", "authCorpId": "ding1"}, "invalidSuiteTicket"},
		"corp, not its own":   {"/v1.0/oauth2/corpAccessToken", "", object{"authCorpId": company.DefaultCorpID}, "invalidAuthInfo"},
		"suite":               {"/v1.0/oauth2/suiteAccessToken", "GetSuiteAccessToken", nil, nil},
		"suite, secret":       {"/v1.0/oauth2/suiteAccessToken", "", object{"suiteSecret": "other"}, "invalidClientIdOrSecret"},
		"suite, ticket":       {"/v1.0/oauth2/suiteAccessToken", "", object{"suiteTicket": "other"}, "invalidSuiteTicket"},
		"suite, without":      {"/v1.0/oauth2/suiteAccessToken", "", object{"suiteTicket": nil}, "invalidParameter"},
		"internal app's call": {"/v1.0/oauth2/accessToken", "", object{"appKey": suiteKey, "appSecret": suiteSecret}, "invalidClientIdOrSecret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := object{"suiteKey": suiteKey, "suiteSecret": suiteSecret, "suiteTicket": ticket}
			if tc.path == "/v1.0/oauth2/accessToken" {
				in = object{}
			}
			r := send(t, s, http.MethodPost, "https://api.dingtalk.com"+tc.path, with(in, tc.in))
			require.Equal(t, tc.code, r.object["code"], "%s", r.body)
			if tc.code == nil {
				require.Equal(t, 200, r.status)
				requireDocumented(t, tc.id, r.body)
				again := send(t, s, http.MethodPost, "https://api.dingtalk.com"+tc.path, with(in, tc.in))
				require.NotEqual(t, r.object["accessToken"], again.object["accessToken"], "a new one each time")
			}
		})
	}
}

func TestOlderSuiteTokens(t *testing.T) {
	t.Parallel()
	s := newServer(t, withSuite(nil))
	ticket, err := s.PushSuiteTicket(suiteKey)
	require.NoError(t, err)
	suiteToken := func(change object) reply {
		in := object{"suite_key": suiteKey, "suite_secret": suiteSecret, "suite_ticket": ticket}
		return callOld(t, s, http.MethodPost, "/service/get_suite_token", with(in, change))
	}
	good := suiteToken(nil)
	requireDocumented(t, "OapiServiceGetSuiteToken", good.body)
	require.InDelta(t, 40088, suiteToken(object{"suite_secret": "x"}).object["errcode"], 0)
	require.InDelta(t, 40085, suiteToken(object{"suite_ticket": "x"}).object["errcode"], 0)

	now := strconv.FormatInt(s.Now().UnixMilli(), 10)
	for name, tc := range map[string]struct {
		change url.Values
		corp   string
		code   float64
	}{
		"good":      {nil, "ding1", 0},
		"format":    {url.Values{"timestamp": {"today"}}, "ding1", 40035},
		"old":       {url.Values{"timestamp": {"1527130370219"}}, "ding1", 853002},
		"key":       {url.Values{"accessKey": {"other"}}, "ding1", 853003},
		"signature": {url.Values{"signature": {"other"}}, "ding1", 853004},
		"ticket":    {url.Values{"suiteTicket": {"other"}}, "ding1", 853004},
		"company":   {nil, "ding3", 41030},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mac := hmac.New(sha256.New, []byte(suiteSecret))
			mac.Write([]byte(now + "\n" + ticket))
			query := url.Values{
				"accessKey": {suiteKey}, "timestamp": {now}, "suiteTicket": {ticket},
				"signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))},
			}
			maps.Copy(query, tc.change)
			r := send(t, s, http.MethodPost, "https://oapi.dingtalk.com/service/get_corp_token?"+query.Encode(), object{"auth_corpid": tc.corp})
			require.InDelta(t, tc.code, r.object["errcode"], 0, "%s", r.body)
			if tc.code == 0 {
				requireDocumented(t, "OapiServiceGetCorpToken", r.body)
			}
		})
	}
}

func TestCustomApp(t *testing.T) {
	t.Parallel()
	s := newServer(t, withSuite(func(a *company.Suite) { a.Custom, a.CorpIDs = true, nil }))
	for _, gateway := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
		suite, err := s.SuiteClient(suiteKey, dingoa.StaticTicket("any text + more"), gateway...)
		require.NoError(t, err)
		require.NoError(t, todoCount(t.Context(), corp(t, suite, company.DefaultCorpID)))
	}
}

func TestSuiteRefusals(t *testing.T) {
	t.Parallel()
	_, err := emulator.New(emulator.WithSuite(company.Suite{SuiteKey: "k"}))
	require.ErrorContains(t, err, "SuiteSecret")
	s := newServer(t)
	_, err = s.PushSuiteTicket("k")
	require.ErrorContains(t, err, "WithSuite")
	_, err = s.SuiteClient("k", nil)
	require.ErrorContains(t, err, "WithSuite")
}
