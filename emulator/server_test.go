package emulator_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
)

func TestListen(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	address, err := s.Listen("")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(address, "http://127.0.0.1:"), address)
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, opts := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
		opts = append(opts, dingoa.WithBaseURL(address), dingoa.WithLegacyBaseURL(address), dingoa.WithHTTPClient(hc))
		c, err := dingoa.New(company.DefaultAppKey, company.DefaultAppSecret, opts...)
		require.NoError(t, err)
		in, err := c.Instances.Get(t.Context(), create(t, c, leave()))
		require.NoError(t, err)
		require.Equal(t, dingoa.InstanceRunning, in.Status)
	}
	second, err := s.Listen("localhost:0")
	require.NoError(t, err)
	require.NotEqual(t, address, second)
}

func TestListenOnlyOnLoopback(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.com:80", "nonsense"} {
		_, err := s.Listen(addr)
		require.Error(t, err, addr)
	}
}

func TestPathsHostsAndMethods(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	const get = "/v1.0/workflow/processInstances?processInstanceId=x"
	for name, tc := range map[string]struct {
		method, address string
		status          int
		code            any
	}{
		"unknown path":             {http.MethodGet, apiHost + "/v1.0/nothing", 404, "error.notFound"},
		"wrong method":             {http.MethodPut, apiHost + get, 404, "error.notFound"},
		"on the wrong host":        {http.MethodGet, oldHost + get, 200, 404.0},
		"older on the wrong host":  {http.MethodPost, apiHost + "/topapi/processinstance/get", 404, "error.notFound"},
		"with the vendor's port":   {http.MethodGet, "https://oapi.dingtalk.com:443" + get, 200, 404.0},
		"older, unknown":           {http.MethodPost, oldHost + "/topapi/nothing", 200, 404.0},
		"older, GET for POST":      {http.MethodGet, oldHost + "/topapi/processinstance/get", 200, 43002.0},
		"older, POST for GET":      {http.MethodPost, oldHost + "/gettoken", 200, 43001.0},
		"any other host":           {http.MethodGet, "http://localhost:8080" + get, 400, "InvalidAuthentication"},
		"any other host, older":    {http.MethodPost, "http://localhost:8080/topapi/processinstance/get", 200, 88.0},
		"any other host, nonsense": {http.MethodPost, "http://localhost:8080/", 200, 404.0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := send(t, s, tc.method, tc.address, nil)
			require.Equal(t, tc.status, r.status, "%s", r.body)
			if _, old := tc.code.(float64); old {
				require.Equal(t, tc.code, r.object["errcode"], "%s", r.body)
			} else {
				require.Equal(t, tc.code, r.object["code"], "%s", r.body)
			}
			require.Equal(t, "application/json;charset=utf-8", r.header.Get("Content-Type"))
		})
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, body := range map[string]string{
		"no JSON":   "{",
		"a list":    "[]",
		"two":       "{}{}",
		"too large": `{"remark":"` + strings.Repeat("x", 8<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/execute", body)
			require.Equal(t, 400, r.status)
			require.Equal(t, "invalidParameter", r.object["code"])
			require.Less(t, len(r.body), 500)
			r = callOld(t, s, http.MethodPost, "/topapi/process/instance/execute", body)
			require.InDelta(t, 47001, r.object["errcode"], 0)
		})
	}
	r := callOld(t, s, http.MethodPost, "/topapi/process/instance/execute", "")
	require.InDelta(t, 40035, r.object["errcode"], 0)
}

func TestRequestsAreRecordedWithoutSecrets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		s.Fail(fault.Fault{Operation: "StartProcessInstance", Times: 1, Delay: 2 * time.Second})
		id := create(t, newClient(t, s, dingoa.WithLegacyGateway()), leave())
		call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId="+id, nil)
		call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId=x", nil)
		send(t, s, http.MethodGet, apiHost+"/nowhere", nil)
		var got []string
		for _, r := range s.Requests() {
			got = append(got, strings.TrimSpace(r.Method+" "+r.Path+" "+r.Operation+" "+r.Code))
			require.NotContains(t, r.Path, "?")
		}
		require.Equal(t, []string{
			"GET /gettoken GetAccessToken",
			"POST /topapi/processinstance/create StartProcessInstance",
			"POST /v1.0/oauth2/accessToken GetAccessToken",
			"GET /v1.0/workflow/processInstances GetProcessInstance",
			"POST /v1.0/oauth2/accessToken GetAccessToken",
			"GET /v1.0/workflow/processInstances GetProcessInstance processInstanceNotExist",
			"GET /nowhere  error.notFound",
		}, got)
		require.Equal(t, 2*time.Second, s.Requests()[1].Duration)
		require.Equal(t, 400, s.Requests()[5].Status)
	})
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	form := func(change func(*company.Form)) emulator.Option {
		f := company.DefaultForm()
		change(&f)
		return emulator.WithForms(f)
	}
	for want, opts := range map[string][]emulator.Option{
		"AppSecret":                {emulator.WithApp(company.App{AppKey: "k", CorpID: "c"})},
		"needs ID and Name":        {emulator.WithUsers(company.User{ID: "a"})},
		`user "a" is given twice`:  {emulator.WithUsers(company.User{ID: "a", Name: "A"}, company.User{ID: "a", Name: "B"})},
		"ProcessCode and Name":     {form(func(f *company.Form) { f.ProcessCode = "" })},
		"given twice":              {emulator.WithForms(company.DefaultForm(), company.DefaultForm())},
		"component 1 needs":        {form(func(f *company.Form) { f.Components[0].Label = "" })},
		`label "天数" is`:            {form(func(f *company.Form) { f.Components[0].Label = "天数" })},
		"node 1 has no approvers":  {form(func(f *company.Form) { f.Flow = []company.Node{{}} })},
		`no user "nobody"`:         {form(func(f *company.Form) { f.Flow[0].Approvers = []string{"nobody"} })},
		`mode "some" is not`:       {form(func(f *company.Form) { f.Flow[0].Mode = "some" })},
		`CC: there is no user "x"`: {form(func(f *company.Form) { f.CC = []string{"x"} })},
		"WithListLimit":            {emulator.WithListLimit(0)},
		"WithStartTime":            {emulator.WithStartTime(time.Time{})},
		"EncodingAESKey":           {emulator.WithCallback(emulator.Callback{URL: "http://localhost/", EncodingAESKey: "short"})},
		"the Token must be":        {emulator.WithCallback(emulator.Callback{URL: "http://localhost/", Token: "a b"})},
		"the URL must be":          {emulator.WithCallback(emulator.Callback{URL: "localhost"})},
	} {
		_, err := emulator.New(opts...)
		require.ErrorContains(t, err, want)
	}
	_, err := emulator.New(nil, emulator.WithListLimit(1))
	require.NoError(t, err)
}

func TestAnotherCompany(t *testing.T) {
	t.Parallel()
	s := newServer(t,
		emulator.WithApp(company.App{AppKey: "k", AppSecret: "s", AgentID: 42, CorpID: "c"}),
		emulator.WithUsers(company.User{ID: "a", Name: "甲"}, company.User{ID: "b", Name: "乙", DeptIDs: []int64{1, 7}}),
		emulator.WithDepartments(company.Department{ID: 7, Name: "七部"}),
		emulator.WithForms(company.Form{
			ProcessCode: "P", Name: "报销", Components: []company.Component{{Label: "金额", Type: "MoneyField"}},
			Flow: []company.Node{{Approvers: []string{"b"}}},
		}),
	)
	c := newClient(t, s, dingoa.WithAgentID(42))
	for _, tc := range []struct {
		user string
		dept int64
		name string
		want int64
	}{{"a", -1, "总公司", -1}, {"a", 1, "总公司", -1}, {"b", 1, "总公司", -1}, {"b", 7, "七部", 7}} {
		in, err := c.Instances.Get(t.Context(), create(t, c, dingoa.CreateInstanceRequest{
			ProcessCode: "P", OriginatorUserID: tc.user, DeptID: tc.dept, FormValues: []dingoa.FormValue{{Name: "金额", Value: "1"}},
		}))
		require.NoError(t, err)
		require.Equal(t, tc.want, in.OriginatorDeptID)
		require.Equal(t, tc.name, in.OriginatorDeptName)
	}
	_, err := c.Instances.Create(t.Context(), leave())
	require.ErrorIs(t, err, dingoa.ErrNotFound, "the default form is gone")
}

func TestMemoryTransport(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	post := func(ctx context.Context, body io.Reader) (*http.Response, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, apiHost+"/v1.0/oauth2/accessToken", body)
		require.NoError(t, err)
		return s.HTTPClient().Do(req)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := post(ctx, strings.NewReader("{}")) //nolint:bodyclose // there is no reply
	require.ErrorIs(t, err, context.Canceled)

	resp, err := post(t.Context(), brokenBody{})
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, 400, resp.StatusCode)
	require.Equal(t, int64(len(body)), resp.ContentLength)
	require.True(t, bytes.HasPrefix(body, []byte("{")))

	hc := s.HTTPClient()
	hc.Timeout = time.Hour
	require.Zero(t, s.HTTPClient().Timeout, "each caller has a client of its own")
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("broken") }
