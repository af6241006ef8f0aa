package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is a dingoa serve in this process.
type running struct {
	started

	text   string // what it printed until it was ready
	stderr *log
	stop   func() int // its exit code
}

// log is written by one goroutine and read by another.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // there is more
}

func newLog() *log { return &log{more: make(chan struct{}, 1)} }

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// waitFor waits until the text is there.
func (l *log) waitFor(t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(l.String(), text) {
		select {
		case <-l.more:
		case <-t.Context().Done():
			require.FailNow(t, "never logged", "%s\n%s", text, l)
		}
	}
}

// startServe runs dingoa serve on a free port until the test ends, or stop is called.
func startServe(t *testing.T, env map[string]string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	r := &running{stderr: newLog()}
	done := make(chan int, 1)
	go func() {
		args = append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)
		code := run(ctx, args, func(name string) string { return env[name] }, strings.NewReader(""), stdout, r.stderr)
		_ = stdout.Close()
		done <- code
	}()
	r.stop = sync.OnceValue(func() int {
		cancel()
		return <-done
	})
	t.Cleanup(func() { r.stop() })
	var printed strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		printed.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "{") {
			require.NoError(t, json.Unmarshal(lines.Bytes(), &r.started))
			break
		}
		if lines.Text() == "Stop it with Ctrl+C." {
			break
		}
	}
	r.text = printed.String()
	require.NotEmpty(t, r.text, r.stderr)
	return r
}

// client is one for the app whose secret the caller knows.
func (r *running) client(t *testing.T, secret string, opts ...dingoa.Option) *dingoa.Client {
	t.Helper()
	opts = append(opts, dingoa.WithBaseURL(r.URL), dingoa.WithLegacyBaseURL(r.LegacyURL))
	c, err := dingoa.New(r.AppKey, secret, opts...)
	require.NoError(t, err)
	return c
}

func leave() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-05-04"}, {Name: "天数", Value: "2"}},
	}
}

// admin calls the admin API and returns the status and the reply.
func (r *running) admin(t *testing.T, method, path, body string) (status int, reply map[string]any) {
	t.Helper()
	return r.adminAs(t, "", method, path, body)
}

// instances is how many there are.
func (r *running) instances(t *testing.T) float64 {
	t.Helper()
	_, list := r.admin(t, http.MethodGet, "instances", "")
	total, ok := list["total"].(float64)
	require.True(t, ok, list)
	return total
}

func (r *running) adminAs(t *testing.T, host, method, path, body string) (status int, reply map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.AdminURL+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Host = host
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&reply))
	return resp.StatusCode, reply
}

// With no flag it is ready for both gateways, and says nothing more.
func TestServe(t *testing.T) {
	t.Parallel()
	r := startServe(t, nil, "--json")
	require.Equal(t, company.DefaultAppSecret, r.AppSecret)
	require.Empty(t, r.AppSecretFrom)
	require.Equal(t, r.URL, r.LegacyURL)
	require.Contains(t, r.Users, startedItem{"zhangsan", "张三"})
	require.Contains(t, r.Forms, startedItem{company.DefaultProcessCode, "请假"})
	require.Nil(t, r.Callback)
	for _, opts := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
		c := r.client(t, r.AppSecret, opts...)
		created, err := c.Instances.Create(t.Context(), leave())
		require.NoError(t, err)
		in, err := c.Instances.Get(t.Context(), created.InstanceID)
		require.NoError(t, err)
		require.Equal(t, dingoa.InstanceRunning, in.Status)
	}
	status, overview := r.admin(t, http.MethodGet, "overview", "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, map[string]any{"total": 2.0, "RUNNING": 2.0, "COMPLETED": 0.0, "TERMINATED": 0.0}, overview["instances"])
	require.Equal(t, false, overview["premium"])
	require.Equal(t, exitOK, r.stop())
	require.Empty(t, r.stderr.String())
}

// The console is at the address itself, and everything else is the emulator's.
func TestServeConsole(t *testing.T) {
	t.Parallel()
	r := startServe(t, nil, "--json")
	require.Equal(t, r.URL+"/", r.Console)
	for _, tc := range []struct{ path, contentType string }{
		{"/", "text/html; charset=utf-8"},
		{"/_console/main.js", "text/javascript; charset=utf-8"},
		{"/_emulator/overview", "application/json;charset=utf-8"},
		{"//v1.0/nothing", "application/json;charset=utf-8"},
		{"/index.html", "application/json;charset=utf-8"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+tc.path, nil)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, tc.contentType, resp.Header.Get("Content-Type"), tc.path)
		require.Equal(t, tc.path, resp.Request.URL.Path, "no redirect")
	}
	require.Equal(t, exitOK, r.stop())
}

func TestServeText(t *testing.T) {
	t.Parallel()
	r := startServe(t, nil)
	for _, want := range []string{
		company.DefaultAppKey, company.DefaultAppSecret, "/_emulator/", "zhangsan 张三", "PROC-EMULATOR-LEAVE 请假",
		"--callback-url", "--state FILE", "export DINGTALK_BASE_URL='http://127.0.0.1:", "DINGTALK_USER_ID='zhangsan'", "\nGo\n", "\ncurl\n", "\nNode\n",
	} {
		require.Contains(t, r.text, want)
	}
	require.Equal(t, exitOK, r.stop())
}

// The whole way: a program starts an approval, people decide, and its callback
// hears of every step.
func TestServeEndToEnd(t *testing.T) {
	t.Parallel()
	const token, aesKey = "sometoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	ended := make(chan event.InstanceChange, 1)
	receiver := receive(t, token, aesKey, ended)
	r := startServe(t, map[string]string{envCallbackToken: token}, "--json", "--callback-url", receiver, "--callback-aes-key", aesKey)
	require.Equal(t, &startedCallback{
		URL: receiver, OwnerKey: r.AppKey, TokenFrom: "$" + envCallbackToken, AESKeyFrom: "--callback-aes-key",
	}, r.Callback)
	require.NotContains(t, r.text, aesKey)

	created, err := r.client(t, r.AppSecret).Instances.Create(t.Context(), leave())
	require.NoError(t, err)
	for _, userID := range []string{"lisi", "wangwu"} {
		status, reply := r.admin(t, http.MethodPost, "instances/"+created.InstanceID+"/approve", `{"userId":"`+userID+`"}`)
		require.Equal(t, http.StatusOK, status, reply)
	}
	event := <-ended
	require.Equal(t, created.InstanceID, event.InstanceID)
	require.Equal(t, dingoa.ResultAgree, event.Result)
	status, reply := r.admin(t, http.MethodPost, "instances/"+created.InstanceID+"/approve", `{"userId":"lisi"}`)
	require.Equal(t, http.StatusConflict, status, reply)
	require.Equal(t, exitOK, r.stop())
}

func TestServeCredentials(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-of-the-user"
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(secret+"\n"), 0o600))
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	require.NoError(t, os.WriteFile(seed, []byte("app: {appKey: key-of-the-seed, appSecret: "+secret+"}\n"), 0o600))
	other := map[string]string{envAppKey: "key-of-the-environment", envAppSecret: "not-this-one"}
	for name, tc := range map[string]struct {
		env       map[string]string
		args      []string
		key, from string
	}{
		"flags":       {other, []string{"--app-key", "key", "--app-secret", secret}, "key", "--app-secret"},
		"a file":      {other, []string{"--app-key", "key", "--app-secret-file", file}, "key", file},
		"environment": {map[string]string{envAppKey: "key", envAppSecret: secret}, nil, "key", "$" + envAppSecret},
		"over a seed": {map[string]string{envAppSecret: secret}, []string{"--seed", seed, "--app-key", "key"}, "key", "$" + envAppSecret},
	} {
		for _, format := range []string{"--json", "--json=false"} {
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				r := startServe(t, tc.env, append(tc.args, format)...)
				require.NotContains(t, r.text, secret)
				require.Contains(t, r.text, tc.key)
				require.Contains(t, r.text, tc.from)
				if format == "--json" {
					require.Equal(t, tc.key, r.AppKey)
					require.Equal(t, tc.from, r.AppSecretFrom)
					_, err := r.client(t, secret).Instances.Create(t.Context(), leave())
					require.NoError(t, err)
				}
				require.Equal(t, exitOK, r.stop())
				require.NotContains(t, r.stderr.String(), secret)
			})
		}
	}
}

// The clock of an emulator that a test is to find wrong is ahead or behind.
func TestServeClockSkew(t *testing.T) {
	t.Parallel()
	r := startServe(t, nil, "--json", "--clock-skew", "-2h")
	status, clock := r.admin(t, http.MethodGet, "clock", "")
	require.Equal(t, http.StatusOK, status)
	text, ok := clock["now"].(string)
	require.True(t, ok, "%v", clock)
	now, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(-2*time.Hour), now, time.Minute)
	require.Equal(t, exitOK, r.stop())
}

func TestServeSeed(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	require.NoError(t, os.WriteFile(seed, []byte("app: {appKey: key-of-the-seed, appSecret: secret-of-the-seed}\n"+
		"callback: {url: 'http://127.0.0.1:1/', token: tokenOfTheSeed}\n"), 0o600))
	shown := startServe(t, nil, "--seed", seed)
	for _, want := range []string{"DINGTALK_APP_SECRET='secret-of-the-seed'", "DINGTALK_CALLBACK_TOKEN='tokenOfTheSeed'", "DINGTALK_CALLBACK_AES_KEY='emulator"} {
		require.Contains(t, shown.text, want, "it opens nothing but this emulator")
	}
	require.Equal(t, exitOK, shown.stop())

	r := startServe(t, nil, "--json", "--premium", "--seed", "../../examples/seed.yaml")
	require.Equal(t, "dingsampleapp", r.AppKey)
	require.Equal(t, "dingsamplecorp", r.CorpID)
	_, overview := r.admin(t, http.MethodGet, "overview", "")
	require.Equal(t, true, overview["premium"])
	require.NotZero(t, r.instances(t))
	require.Equal(t, exitOK, r.stop())
}

func TestServeState(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.jsonl")
	first := startServe(t, nil, "--json", "--state", state)
	created, err := first.client(t, first.AppSecret).Instances.Create(t.Context(), leave())
	require.NoError(t, err)

	second := runDingoa(t, nil, "", "serve", "--addr", "127.0.0.1:0", "--state", state)
	require.Equal(t, exitFailure, second.code)
	require.Contains(t, second.stderr, "another process uses it")
	require.Equal(t, exitOK, first.stop())

	again := startServe(t, nil, "--json", "--state", state)
	_, instance := again.admin(t, http.MethodGet, "instances/"+created.InstanceID, "")
	require.Equal(t, "RUNNING", instance["status"])
	require.Equal(t, exitOK, again.stop())
}

// A change that was not completed is dropped, and said so.
func TestServeStateNote(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.jsonl")
	require.Equal(t, exitOK, startServe(t, nil, "--state", state).stop())
	file, err := os.OpenFile(state, os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = file.WriteString(`[{"k":"inst`)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	r := startServe(t, nil, "--state", state)
	r.stderr.waitFor(t, "cut off")
	require.Equal(t, exitOK, r.stop())
}

func TestServeLegacyAddr(t *testing.T) {
	t.Parallel()
	r := startServe(t, nil, "--json", "--legacy-addr", "localhost:0")
	require.NotEqual(t, r.URL, r.LegacyURL)
	legacy, err := dingoa.New(r.AppKey, r.AppSecret, dingoa.WithLegacyGateway(), dingoa.WithLegacyBaseURL(r.LegacyURL))
	require.NoError(t, err)
	created, err := legacy.Instances.Create(t.Context(), leave())
	require.NoError(t, err)
	_, err = r.client(t, r.AppSecret).Instances.Get(t.Context(), created.InstanceID)
	require.NoError(t, err, "both work on the same state")
	require.Equal(t, exitOK, r.stop())
	require.Contains(t, startServe(t, nil, "--legacy-addr", "127.0.0.1:0").text, "for the older gateway")
}

// A newcomer runs one command, starts a leave and decides it twice as the buttons
// of the page do, and their own program, with the variables that were printed,
// receives the event.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	t.Run("stream", func(t *testing.T) { // the way of the README
		t.Parallel()
		testNewcomer(t, "stream", "", startServe(t, nil), func() {})
	})
	t.Run("webhook", func(t *testing.T) {
		t.Parallel()
		listener := listen(t) // for an address that is free
		addr := listener.Addr().String()
		r := startServe(t, nil, "--callback-url", "http://"+addr+"/dingtalk/callback")
		testNewcomer(t, "webhook", addr, r, func() { require.NoError(t, listener.Close()) })
	})
}

// testNewcomer runs an example beside serve. free makes its address free.
func testNewcomer(t *testing.T, example, addr string, r *running, free func()) {
	t.Helper()
	program := filepath.Join(t.TempDir(), example)
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../examples/"+example).CombinedOutput()
	require.NoError(t, err, "%s", output)
	free()
	_, environment, _ := strings.Cut(r.text, "\nEnvironment\n\n")
	environment, _, _ = strings.Cut(environment, "\n")
	command := exec.CommandContext(t.Context(), "sh", "-c", environment+` DINGTALK_CALLBACK_ADDR="$1"; exec "$0"`, program, addr)
	stdout := newLog()
	command.Stdout, command.Stderr = stdout, stdout
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	stdout.waitFor(t, "Waiting for events")

	r.AdminURL = adminURL(r.text)
	status, leave := r.admin(t, http.MethodPost, "instances", `{"processCode": "PROC-EMULATOR-LEAVE", "userId": "zhangsan", "values": [
		{"name": "请假类型", "value": "年假"}, {"name": "开始日期", "value": "2026-05-04"}, {"name": "天数", "value": "2"}]}`)
	require.Equal(t, http.StatusOK, status, leave)
	id, ok := leave["id"].(string)
	require.True(t, ok, leave)
	for _, userID := range []string{"lisi", "wangwu"} {
		status, reply := r.admin(t, http.MethodPost, "instances/"+id+"/approve", `{"userId": "`+userID+`"}`)
		require.Equal(t, http.StatusOK, status, reply)
	}
	stdout.waitFor(t, "张三提交的请假: finish agree")
	require.Equal(t, exitOK, r.stop())
}
