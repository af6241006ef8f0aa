package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

func TestMain(m *testing.M) {
	// net/http ends a connection whose request was not read half a second later.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// newServer keeps a state file, too: whatever a test does must be in it.
func newServer(t *testing.T, opts ...emulator.Option) *emulator.Server {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	s, err := emulator.New(append(opts, emulator.WithState(path))...)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		want, err := emulator.StateOf(s, dir)
		require.NoError(t, err)
		got, err := emulator.StateIn(path, dir, opts...)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
	return s
}

func newClient(t *testing.T, s *emulator.Server, opts ...dingoa.Option) *dingoa.Client {
	t.Helper()
	c, err := s.Client(append([]dingoa.Option{dingoa.WithMaxRetries(0)}, opts...)...)
	require.NoError(t, err)
	return c
}

// reply is an answer as it came over the wire.
type reply struct {
	status int
	header http.Header
	body   []byte
	object map[string]any
}

// send makes a request without the SDK. in is marshalled unless it is a string.
func send(t *testing.T, s *emulator.Server, method, address string, in any, header ...string) reply {
	t.Helper()
	var body io.Reader
	switch v := in.(type) {
	case nil:
	case string:
		body = strings.NewReader(v)
	default:
		data, err := json.Marshal(in)
		require.NoError(t, err)
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, body)
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.HTTPClient().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	r := reply{status: resp.StatusCode, header: resp.Header}
	r.body, err = io.ReadAll(resp.Body)
	require.NoError(t, err)
	_ = json.Unmarshal(r.body, &r.object) // not every reply is JSON
	return r
}

// token fetches a token without the SDK.
func token(t *testing.T, s *emulator.Server) string {
	t.Helper()
	r := send(t, s, http.MethodPost, "https://api.dingtalk.com/v1.0/oauth2/accessToken",
		map[string]any{"appKey": s.App().AppKey, "appSecret": s.App().AppSecret})
	require.Equal(t, 200, r.status, "%s", r.body)
	return dig[string](t, r.object, "accessToken")
}

// call sends with a token to today's gateway.
func call(t *testing.T, s *emulator.Server, method, path string, in any) reply {
	t.Helper()
	return send(t, s, method, "https://api.dingtalk.com"+path, in, "x-acs-dingtalk-access-token", token(t, s))
}

// callOld sends with a token to the older gateway.
func callOld(t *testing.T, s *emulator.Server, method, path string, in any) reply {
	t.Helper()
	return send(t, s, method, "https://oapi.dingtalk.com"+path+"?access_token="+url.QueryEscape(token(t, s)), in)
}

func leave() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode:      company.DefaultProcessCode,
		OriginatorUserID: company.DefaultOriginator,
		DeptID:           company.DefaultDeptID,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "年假"},
			{Name: "开始日期", Value: "2026-05-04"},
			{Name: "天数", Value: "2"},
		},
	}
}

// withApprovers replaces the form's flow.
func withApprovers(steps ...dingoa.Approver) dingoa.CreateInstanceRequest {
	req := leave()
	req.Approvers = steps
	return req
}

func create(t *testing.T, c *dingoa.Client, req dingoa.CreateInstanceRequest) string {
	t.Helper()
	resp, err := c.Instances.Create(t.Context(), req)
	require.NoError(t, err)
	return resp.InstanceID
}

func state(t *testing.T, s *emulator.Server, id string) emulator.InstanceState {
	t.Helper()
	st, ok := s.Instance(id)
	require.True(t, ok, "no instance %s", id)
	return st
}

// lines shows tasks as "user STATUS RESULT".
func lines(st emulator.InstanceState) []string {
	var out []string
	for _, task := range st.Tasks {
		out = append(out, strings.TrimSpace(task.UserID+" "+task.Status+" "+task.Result))
	}
	return out
}

// dig walks down an object by names and positions, and fails the test when
// there is nothing of that type.
func dig[T any](t *testing.T, value any, path ...any) T {
	t.Helper()
	for _, step := range path {
		switch at := step.(type) {
		case string:
			members, ok := value.(map[string]any)
			require.True(t, ok, "%v in %v", step, path)
			value = members[at]
		case int:
			items, ok := value.([]any)
			require.True(t, ok, "%v in %v", step, path)
			require.Less(t, at, len(items))
			value = items[at]
		}
	}
	found, ok := value.(T)
	require.True(t, ok, "%v is %T", path, value)
	return found
}

// with is base with changes.
func with(base, changes map[string]any) map[string]any {
	changed := maps.Clone(base)
	maps.Copy(changed, changes)
	return changed
}

func startTime() time.Time { return time.Date(2026, 5, 1, 9, 30, 15, 0, time.UTC) }
