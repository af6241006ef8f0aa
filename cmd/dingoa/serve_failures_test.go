package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

// receive is a callback of the emulator's app that passes on how an approval ended.
func receive(t *testing.T, token, aesKey string, ended chan<- event.InstanceChange) (url string) {
	t.Helper()
	dispatcher, err := event.NewDispatcher(event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
		if c.Change == event.InstanceChangeFinish {
			ended <- c
		}
		return nil
	}))
	require.NoError(t, err)
	callback, err := dingoa.NewCallback(token, aesKey, []string{company.DefaultAppKey})
	require.NoError(t, err)
	server := httptest.NewServer(callback.Handler(dispatcher))
	t.Cleanup(server.Close)
	return server.URL + "/dingtalk"
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func TestServeUsage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"every address":     {[]string{"--addr", ":9898"}, "--addr :9898 may be reached by other machines"},
		"any address":       {[]string{"--addr", "0.0.0.0:9898"}, "--allow-public"},
		"any IPv6 address":  {[]string{"--addr", "[::]:9898"}, "--allow-public"},
		"an address":        {[]string{"--addr", "192.0.2.1:9898"}, "--allow-public"},
		"a name":            {[]string{"--addr", "dingoa.example:9898"}, "--allow-public"},
		"second address":    {[]string{"--legacy-addr", "0.0.0.0:0"}, "--legacy-addr 0.0.0.0:0 may be reached"},
		"a port":            {[]string{"--addr", "9898"}, `--addr "9898": want host:port`},
		"no address":        {[]string{"--addr", ""}, `--addr "": want host:port`},
		"two secrets":       {[]string{"--app-secret", "a", "--app-secret-file", "b"}, "exclude each other"},
		"token alone":       {[]string{"--callback-token", "abc"}, "--callback-token needs --callback-url"},
		"AES key alone":     {[]string{"--callback-aes-key", "abc"}, "--callback-aes-key needs --callback-url"},
		"no TLS key":        {[]string{"--tls-cert", "a.pem"}, "--tls-cert and --tls-key need each other"},
		"an argument":       {[]string{"now"}, `unknown command "now"`},
		"an unknown flag":   {[]string{"--port", "9898"}, "unknown flag: --port"},
		"an empty callback": {[]string{"--callback-url", "", "--callback-token", "abc"}, "needs --callback-url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runDingoa(t, nil, "", append([]string{"serve"}, tc.args...)...)
			require.Equal(t, exitUsage, r.code, r.stderr)
			require.Contains(t, r.stderr, tc.want)
			require.Empty(t, r.stdout)
		})
	}
}

func TestServeFailures(t *testing.T) {
	t.Parallel()
	taken := listen(t)
	write := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	seed := write("seed.yaml", "users:\n  - {id: lisi, name: 李四}\nforms:\n  - processCode: P\n    nam: 请假\n")
	const broken = "{\"dingoaEmulatorState\":1}\nnonsense\n[]\n"
	state, foreign := write("state.jsonl", broken), write("notes.json", `{"my":"notes"}`)
	for name, tc := range map[string]struct {
		args  []string
		wants []string
	}{
		"port in use":         {[]string{"--addr", taken.Addr().String()}, []string{taken.Addr().String() + " is in use", "port 0 is a free one"}},
		"second port in use":  {[]string{"--legacy-addr", taken.Addr().String()}, []string{"--legacy-addr", "is in use"}},
		"no such port":        {[]string{"--addr", "127.0.0.1:99999"}, []string{"--addr", "99999"}},
		"typo in a seed":      {[]string{"--seed", seed}, []string{"seed.yaml:5: forms[0].nam", "did you mean name?"}},
		"no seed":             {[]string{"--seed", "nowhere.yaml"}, []string{"nowhere.yaml"}},
		"broken state":        {[]string{"--state", state}, []string{state, "line 2", "left as it is"}},
		"another file":        {[]string{"--state", foreign}, []string{"not a state file"}},
		"no certificate":      {[]string{"--tls-cert", "nowhere", "--tls-key", "nowhere"}, []string{"--tls-cert nowhere"}},
		"no directory":        {[]string{"--state", "nowhere/state.jsonl"}, []string{"nowhere/state.jsonl"}},
		"no secret file":      {[]string{"--app-secret-file", "nowhere"}, []string{"nowhere"}},
		"callback no address": {[]string{"--callback-url", "localhost"}, []string{"callback: the URL must be like http://host/path"}},
		"callback's token":    {[]string{"--callback-url", "http://localhost/", "--callback-token", "a b"}, []string{"Token must be"}},
		"callback's AES key":  {[]string{"--callback-url", "http://localhost/", "--callback-aes-key", "short"}, []string{"EncodingAESKey"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runDingoa(t, nil, "", append([]string{"serve", "--addr", "127.0.0.1:0"}, tc.args...)...)
			require.Equal(t, exitFailure, r.code, r.stderr)
			for _, want := range tc.wants {
				require.Contains(t, r.stderr, want)
			}
			require.Empty(t, r.stdout)
			require.Equal(t, broken, read(t, state))
			require.Equal(t, `{"my":"notes"}`, read(t, foreign)) //nolint:testifylint // byte for byte
		})
	}
}

// With the flag everybody may reach it, and is warned; the admin API still
// wants an address or a name that it knows.
func TestServePublic(t *testing.T) {
	t.Parallel()
	r := startServe(t, nil, "--json", "--allow-public", "--addr", "0.0.0.0:0", "--host", "dingoa.test")
	require.Contains(t, r.URL, "http://127.0.0.1:")
	r.stderr.waitFor(t, "there is no password")
	status, reply := r.adminAs(t, "dingoa.test", http.MethodGet, "overview", "")
	require.Equal(t, http.StatusOK, status, reply)
	status, reply = r.adminAs(t, "attacker.test", http.MethodGet, "overview", "")
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, reply["error"], "message")
	require.Equal(t, exitOK, r.stop())
}

// A callback that is not there is said so, at the start and with each event.
func TestServeUnreachableCallback(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	url := "http://" + listener.Addr().String() + "/dingtalk"
	require.NoError(t, listener.Close())
	r := startServe(t, nil, "--json", "--callback-url", url)
	r.stderr.waitFor(t, "the callback cannot be reached yet")
	_, err := r.client(t, r.AppSecret).Instances.Create(t.Context(), leave())
	require.NoError(t, err)
	r.stderr.waitFor(t, "event not delivered")
	_, pushes := r.admin(t, http.MethodGet, "pushes?state=pending", "")
	require.NotEmpty(t, pushes["items"])
	require.Equal(t, exitOK, r.stop())
}

// What went wrong is always logged, the rest when it is asked for.
func TestServeLog(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args             []string
		refused, request string
	}{
		{[]string{"--json"}, `"msg":"request refused","method":"GET","path":"/v1.0/workflow/processInstances"`, ""},
		{[]string{"--json", "-v"}, `"code":"processInstanceNotExist"`, `"msg":"request","method":"POST","path":"/v1.0/oauth2/accessToken"`},
	} {
		r := startServe(t, nil, tc.args...)
		_, err := r.client(t, r.AppSecret).Instances.Get(t.Context(), "nothing")
		require.ErrorIs(t, err, dingoa.ErrNotFound)
		require.Equal(t, exitOK, r.stop())
		require.Contains(t, r.stderr.String(), tc.refused)
		if tc.request == "" {
			require.NotContains(t, r.stderr.String(), "accessToken")
		} else {
			require.Contains(t, r.stderr.String(), tc.request)
		}
		require.NotContains(t, r.stderr.String(), r.AppSecret)
	}
}

func TestServeHelp(t *testing.T) {
	t.Parallel()
	help := succeed(t, map[string]string{envAppSecret: "a-secret"}, "serve", "--help")
	require.Contains(t, help, "--allow-public")
	require.NotContains(t, help, "a-secret")
	require.Contains(t, runDingoa(t, nil, "", "__complete", "serve", "--seed", "").stdout, "yaml")
}
