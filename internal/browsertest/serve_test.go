package browsertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/ui"
	"github.com/dingoa/dingoa/event"
)

// serve mounts the console beside an emulator, as dingoa serve does.
func serve(t *testing.T, opts ...emulator.Option) (*emulator.Server, string) {
	t.Helper()
	server, err := emulator.New(append([]emulator.Option{emulator.WithAdmin()}, opts...)...)
	require.NoError(t, err)
	return server, mount(t, server).URL
}

// mount serves the console beside the emulator.
func mount(t *testing.T, server *emulator.Server) *httptest.Server {
	t.Helper()
	console, mux := ui.Handler(), http.NewServeMux()
	mux.Handle("/", server)
	mux.Handle("/{$}", console)
	mux.Handle(ui.Prefix, console)
	listener := httptest.NewServer(mux)
	t.Cleanup(func() {
		require.NoError(t, server.Close()) // first: it ends the streams of updates
		listener.Close()
	})
	return listener
}

// backend is a callback URL of the user's own, with the SDK behind it.
func backend(t *testing.T) (emulator.Callback, <-chan event.InstanceChange) {
	t.Helper()
	changes := make(chan event.InstanceChange, 100)
	dispatcher, err := event.NewDispatcher(event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
		changes <- c
		return nil
	}))
	require.NoError(t, err)
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey})
	require.NoError(t, err)
	listener := httptest.NewServer(callback.Handler(dispatcher))
	t.Cleanup(listener.Close)
	return emulator.Callback{URL: listener.URL}, changes
}

func received(t *testing.T, changes <-chan event.InstanceChange) event.InstanceChange {
	t.Helper()
	select {
	case change := <-changes:
		return change
	case <-t.Context().Done():
		require.FailNow(t, "no event came")
		return event.InstanceChange{}
	}
}

func client(t *testing.T, server *emulator.Server) *dingoa.Client {
	t.Helper()
	c, err := server.Client(dingoa.WithMaxRetries(0))
	require.NoError(t, err)
	return c
}

func start(t *testing.T, c *dingoa.Client, reason string) string {
	t.Helper()
	created, err := c.Instances.Create(t.Context(), dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-05-04"}, {Name: "天数", Value: "2"}, {Name: "事由", Value: reason},
		},
	})
	require.NoError(t, err)
	return created.InstanceID
}
