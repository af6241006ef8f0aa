package emulator_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
)

// logged is what the server writes, a line each without its time.
func logged(buffer *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(buffer, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "instance" {
				return slog.Attr{}
			}
			return a
		},
	}))
}

func TestLog(t *testing.T) {
	t.Parallel()
	var buffer bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		answers := []int{http.StatusNotFound, http.StatusOK}
		s := newServer(t, emulator.WithLogger(logged(&buffer)), emulator.WithCallback(emulator.Callback{
			Events: []string{"bpms_instance_change"},
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				time.Sleep(time.Millisecond) //nolint:forbidigo // of the bubble: how long it took is logged
				w.WriteHeader(answers[0])
				answers = answers[1:]
			}),
		}))
		s.Fail(fault.Fault{Operation: "GetProcessInstance", Times: 1, DropConnection: true})
		id := create(t, newClient(t, s), leave())
		_, err := newClient(t, s).Instances.Get(t.Context(), id)
		require.Error(t, err)
		call(t, s, http.MethodPost, "/v1.0/workflow/processInstances", map[string]any{"originatorUserId": "zhangsan"})
		s.Advance(15 * time.Second)
		require.NoError(t, s.Close())
	})
	lines := strings.Split(strings.TrimSpace(buffer.String()), "\n")
	for _, want := range []string{
		`level=INFO msg=request method=POST path=/v1.0/workflow/processInstances status=200 took=0s`,
		`level=WARN msg="request refused" method=GET path=/v1.0/workflow/processInstances status=0 took=0s code=dropped`,
		`level=WARN msg="request refused" method=POST path=/v1.0/workflow/processInstances status=400 took=0s code=invalidParameter reason=不合法的参数：processCode不能为空 field=processCode`,
		`level=WARN msg="event not delivered" event=bpms_instance_change type=start attempt=1 took=1ms reason="the callback answered HTTP 404, not 200"`,
		`level=WARN msg="event not delivered" event=bpms_instance_change type=start attempt=2 took=1ms reason="the reply is not JSON; want msg_signature, timeStamp, nonce and encrypt"`,
	} {
		require.Contains(t, lines, want)
	}
	require.NotContains(t, buffer.String(), company.DefaultAppSecret)
	_, err := emulator.New(emulator.WithLogger(nil))
	require.ErrorContains(t, err, "WithLogger")
}

func TestAppCredentials(t *testing.T) {
	t.Parallel()
	seed := emulator.WithSeed([]byte("app: {appKey: seeded, appSecret: of-the-seed, qps: 7}"))
	for _, tc := range []struct {
		opts        []emulator.Option
		key, secret string
	}{
		{[]emulator.Option{emulator.WithAppCredentials("k", "s"), seed}, "k", "s"},
		{[]emulator.Option{seed, emulator.WithAppCredentials("k", "")}, "k", "of-the-seed"},
		{[]emulator.Option{emulator.WithAppCredentials("", "")}, company.DefaultAppKey, company.DefaultAppSecret},
		{[]emulator.Option{emulator.WithAppCredentials("", "s"), emulator.WithApp(company.App{AppKey: "a", AppSecret: "b", CorpID: "c"})}, "a", "s"},
	} {
		s := newServer(t, tc.opts...)
		require.Equal(t, tc.key, s.App().AppKey)
		require.Equal(t, tc.secret, s.App().AppSecret)
	}
	require.Equal(t, 7, newServer(t, seed, emulator.WithAppCredentials("k", "s")).App().QPS, "the rest stays the seed's")
}
