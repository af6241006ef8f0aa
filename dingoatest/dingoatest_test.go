package dingoatest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

func leave() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "事假"}, {Name: "开始日期", Value: "2026-06-01"}, {Name: "天数", Value: "1"},
		},
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	server := dingoatest.NewServer(t, emulator.WithStartTime(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)))
	created, err := server.Client(dingoa.WithMaxRetries(0)).Instances.Create(t.Context(), leave())
	require.NoError(t, err)
	require.NoError(t, server.Approve(company.DefaultFirstApprover, created.InstanceID, ""))
	state := server.RequireInstance(created.InstanceID)
	require.Equal(t, "RUNNING", state.Status)
	require.Equal(t, 2026, state.CreateTime.Year())
}

// TestClockSkew: clients live on a clock of their own, as they do with DingTalk.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	server := dingoatest.NewServer(t, emulator.WithClockSkew(-8*time.Hour))
	client := server.Client()
	created, err := client.Instances.Create(t.Context(), leave())
	require.NoError(t, err)
	started := server.RequireInstance(created.InstanceID).CreateTime
	require.WithinDuration(t, time.Now().Add(-8*time.Hour), started, time.Minute)
	require.WithinDuration(t, started, client.ServerTime(), time.Minute)
	server.SetClockSkew(0)
	require.WithinDuration(t, time.Now(), server.Now(), time.Second)
	require.WithinDuration(t, time.Now(), server.ClientTime(), time.Second)
}

func TestSignedPush(t *testing.T) {
	t.Parallel()
	secrets := emulator.Callback{Token: "someToken", EncodingAESKey: "1234567890123456789012345678901234567890123", OwnerKey: "suite"}
	cb, err := dingoa.NewCallback(secrets.Token, secrets.EncodingAESKey, []string{secrets.OwnerKey})
	require.NoError(t, err)
	var got []string
	d, err := event.NewDispatcher(event.On(func(_ context.Context, e *event.Event, c event.InstanceChange) error {
		got = append(got, fmt.Sprint(e.ID, " ", c.InstanceID, " ", c.Change))
		return nil
	}))
	require.NoError(t, err)
	push := dingoatest.SignedPush(t, secrets, map[string]any{
		"EventType": "bpms_instance_change", "eventId": "e1", "processInstanceId": "i1", "type": "start",
	})
	w := httptest.NewRecorder()
	cb.Handler(d).ServeHTTP(w, push)
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, []string{"e1 i1 start"}, got)
}

// recorder is a testing.TB that keeps its failure to itself.
type recorder struct {
	testing.TB

	failures []string
	cleanups []func()
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return context.Background() }
func (r *recorder) Cleanup(f func())         { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); runtime.Goexit() }

// failing runs f as a test of its own and returns how it failed.
func failing(t *testing.T, f func(tb testing.TB)) []string {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	for _, cleanup := range r.cleanups {
		cleanup()
	}
	return r.failures
}

func TestMistakesFailTheTest(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]func(tb testing.TB){
		"WithListLimit":          func(tb testing.TB) { tb.Helper(); dingoatest.NewServer(tb, emulator.WithListLimit(-1)) },
		"WithMaxRetries":         func(tb testing.TB) { tb.Helper(); dingoatest.NewServer(tb).Client(dingoa.WithMaxRetries(-1)) },
		`there is no instance "`: func(tb testing.TB) { tb.Helper(); dingoatest.NewServer(tb).RequireInstance("x") },
		"EncodingAESKey": func(tb testing.TB) {
			tb.Helper()
			dingoatest.SignedPush(tb, emulator.Callback{EncodingAESKey: "x"}, nil)
		},
	} {
		failures := failing(t, f)
		require.Len(t, failures, 1)
		require.Contains(t, failures[0], want)
	}
	require.Empty(t, failing(t, func(tb testing.TB) { tb.Helper(); dingoatest.NewServer(tb) }))
}
