package emulator_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

func limited(limits company.Limits) emulator.Option {
	return emulator.WithApp(company.App{
		AppKey: company.DefaultAppKey, AppSecret: company.DefaultAppSecret, AgentID: company.DefaultAgentID,
		CorpID: company.DefaultCorpID, Limits: limits,
	})
}

func onBothGateways(t *testing.T, test func(t *testing.T, legacy bool, gateway ...dingoa.Option)) {
	t.Helper()
	for name, gateway := range map[string][]dingoa.Option{"today": nil, "older": {dingoa.WithLegacyGateway()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, gateway != nil, append(gateway, dingoa.WithMaxRetries(0))...) })
		})
	}
}

func vendorError(t *testing.T, err error) *dingoa.Error {
	t.Helper()
	var e *dingoa.Error
	require.ErrorAs(t, err, &e)
	return e
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	onBothGateways(t, func(t *testing.T, legacy bool, gateway ...dingoa.Option) {
		t.Helper()
		s := newServer(t, limited(company.Limits{Permissions: []string{"Workflow.Instance.Write"}}))
		c := newClient(t, s, gateway...)
		id := create(t, c, leave())
		_, err := c.Instances.Get(t.Context(), id)
		require.ErrorIs(t, err, dingoa.ErrPermission)
		require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
		require.ErrorContains(t, err, "apply for the permission Workflow.Instance.Read")
		if e := vendorError(t, err); legacy {
			require.Equal(t, "88 60011", e.Code+" "+e.SubCode)
		} else {
			require.Equal(t, "Forbidden.AccessDenied.AccessTokenPermissionDenied", e.Code)
			require.Equal(t, []string{"Workflow.Instance.Read"}, e.Scopes)
			require.Equal(t, 403, e.HTTPStatus)
		}
		s = newServer(t, limited(company.Limits{Permissions: []string{}}))
		require.ErrorIs(t, todoCount(t.Context(), newClient(t, s, gateway...)), dingoa.ErrPermission)
	})
}

func TestIPs(t *testing.T) {
	t.Parallel()
	onBothGateways(t, func(t *testing.T, _ bool, gateway ...dingoa.Option) {
		t.Helper()
		s := newServer(t, limited(company.Limits{IPs: []string{"203.0.113.9"}}))
		err := todoCount(t.Context(), newClient(t, s, gateway...))
		require.ErrorIs(t, err, dingoa.ErrIPNotAllowed)
		require.ErrorContains(t, err, "add 127.0.0.1 to the app's egress IPs")
		s = newServer(t, limited(company.Limits{IPs: []string{"203.0.113.9", "127.0.0.1"}}))
		require.NoError(t, todoCount(t.Context(), newClient(t, s, gateway...)))
	})
}

func TestQPS(t *testing.T) {
	t.Parallel()
	onBothGateways(t, func(t *testing.T, _ bool, gateway ...dingoa.Option) {
		t.Helper()
		s := newServer(t, limited(company.Limits{QPS: 2}), withSuite(func(a *company.Suite) { a.Custom, a.QPS = true, 2 }))
		suite, err := s.SuiteClient(suiteKey, dingoa.StaticTicket("t"), gateway...)
		require.NoError(t, err)
		for _, c := range []*dingoa.Client{newClient(t, s, gateway...), corp(t, suite, "ding1"), corp(t, suite, "ding2")} {
			require.NoError(t, todoCount(t.Context(), c))
			require.NoError(t, todoCount(t.Context(), c))
			err := todoCount(t.Context(), c)
			require.ErrorIs(t, err, dingoa.ErrRateLimited)
			require.ErrorContains(t, err, "slow down")
		}
		create(t, newClient(t, s, gateway...), leave()) // another operation
		s.Advance(time.Second)
		require.NoError(t, todoCount(t.Context(), newClient(t, s, gateway...)))
	})
}

func TestMonthlyCalls(t *testing.T) {
	t.Parallel()
	onBothGateways(t, func(t *testing.T, _ bool, gateway ...dingoa.Option) {
		t.Helper()
		end := time.Date(2026, 11, 30, 23, 59, 0, 0, time.FixedZone("UTC+8", 8*60*60))
		s := newServer(t, emulator.WithStartTime(end), limited(company.Limits{MonthlyCalls: 2}))
		c := newClient(t, s, gateway...)
		require.NoError(t, todoCount(t.Context(), c))
		require.NoError(t, todoCount(t.Context(), c))
		err := todoCount(t.Context(), c)
		require.ErrorIs(t, err, dingoa.ErrQuotaExceeded)
		require.ErrorContains(t, err, "buy more calls")
		s.Advance(time.Minute)
		require.NoError(t, todoCount(t.Context(), c), "December")
	})
}

// The operation that takes its token under another name is let in by the same door.
func TestLimitsOfCleaning(t *testing.T) {
	t.Parallel()
	s := newServer(t, limited(company.Limits{MonthlyCalls: 1}))
	const older = "https://oapi.dingtalk.com"
	token := send(t, s, "GET", older+"/gettoken?appkey="+company.DefaultAppKey+"&appsecret="+company.DefaultAppSecret, nil).object["access_token"]
	clean := func(query string) int {
		r := send(t, s, "POST", older+"/topapi/process/clean"+query, map[string]string{"process_code": "PROC-1", "corpid": company.DefaultCorpID})
		code, ok := r.object["errcode"].(float64)
		require.True(t, ok, "%s", r.body)
		return int(code)
	}
	require.Equal(t, 88, clean(""))
	good, ok := token.(string)
	require.True(t, ok)
	require.Equal(t, 830001, clean("?suite_access_token="+good))
	require.Equal(t, 90020, clean("?suite_access_token="+good))
}
