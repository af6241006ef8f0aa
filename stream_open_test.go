package dingoa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

func openStream(ctx context.Context, c *dingoa.Client) (any, error) {
	return c.Streams.Open(ctx, dingoa.StreamRequest{
		Subscriptions: []dingoa.StreamSubscription{{Type: dingoa.StreamTypeEvent, Topic: "*"}, {Type: dingoa.StreamTypeSystem, Topic: "ping"}},
		UserAgent:     "dingtalk-sdk-go/v0.9.2", LocalIP: "192.0.2.1", Extras: map[string]string{"key": "value"},
	})
}

func streamGoldens() []golden {
	return []golden{{
		name: "StreamService.Open", noToken: true, kind: dingoa.ErrUnauthorized, call: openStream,
		want: &dingoa.StreamConnection{Endpoint: "wss://wss-open-connection.dingtalk.com:443/connect", Ticket: "a1b2c3d4-xxxx"},
	}}
}

func TestStreamOpen(t *testing.T) {
	t.Parallel()
	s := dingoatest.NewServer(t)
	opened, err := openStream(t.Context(), s.Client())
	require.NoError(t, err)
	require.Equal(t, "wss://api.dingtalk.com/connect", opened.(*dingoa.StreamConnection).Endpoint) //nolint:errcheck,forcetypeassert // it fails the test
	for _, request := range s.Requests() {
		require.Equal(t, "OpenConnection", request.Operation, "no token is fetched")
	}

	other, err := dingoa.New(company.DefaultAppKey, "SECRET-other", dingoa.WithHTTPClient(s.HTTPClient()))
	require.NoError(t, err)
	_, err = openStream(t.Context(), other)
	require.ErrorIs(t, err, dingoa.ErrUnauthorized)
	require.NotContains(t, err.Error(), "SECRET")
	_, err = openStream(t.Context(), s.Client(dingoa.WithLegacyGateway()))
	require.ErrorIs(t, err, dingoa.ErrUnsupported)
}

func TestStreamOpenRefusesBeforeSending(t *testing.T) {
	t.Parallel()
	s := dingoatest.NewServer(t)
	for name, req := range map[string]dingoa.StreamRequest{
		"nothing":  {},
		"no topic": {Subscriptions: []dingoa.StreamSubscription{{Type: dingoa.StreamTypeEvent}}},
		"no type":  {Subscriptions: []dingoa.StreamSubscription{{Topic: "*"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := s.Client().Streams.Open(t.Context(), req)
			require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
			require.Contains(t, err.Error(), "Subscriptions")
		})
	}
	withoutSecret, err := dingoa.New("", "", dingoa.WithTokenSource(dingoa.StaticToken("token")), dingoa.WithHTTPClient(s.HTTPClient()))
	require.NoError(t, err)
	_, err = openStream(t.Context(), withoutSecret)
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	require.Contains(t, err.Error(), "AppSecret")
	require.Empty(t, s.Requests())
}

func TestStreamConnectionPrintsNoTicket(t *testing.T) {
	t.Parallel()
	opened := dingoa.StreamConnection{Endpoint: "wss://host/connect", Ticket: "SECRET-ticket"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%q"} {
		require.NotContains(t, fmt.Sprintf(verb, opened), "SECRET")
		require.Contains(t, fmt.Sprintf(verb, &opened), "wss://host/connect")
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("opened", "value", opened)
	require.NotContains(t, log.String(), "SECRET")
}

func TestParseData(t *testing.T) {
	t.Parallel()
	e := event.Event{ID: "e1", Type: "bpms_instance_change", CorpID: "corp", Source: event.SourceStream, Raw: json.RawMessage(`{"processInstanceId":"i1","type":"finish","result":"agree"}`)}
	require.NoError(t, e.ParseData())
	require.Equal(t, event.InstanceChange{InstanceID: "i1", Change: event.InstanceChangeFinish, Result: dingoa.ResultAgree}, e.Data)
	require.Equal(t, "e1", e.ID)

	e.ID = ""
	require.NoError(t, e.ParseData())
	require.Regexp(t, "^derived-[0-9a-f]{32}$", e.ID)

	for name, e := range map[string]event.Event{
		"no JSON":        {Type: "bpms_instance_change", Raw: json.RawMessage(`{`)},
		"no type":        {Raw: json.RawMessage(`{}`)},
		"unfitting data": {Type: "bpms_instance_change", Raw: json.RawMessage(`{"title":[]}`)},
	} {
		require.ErrorIs(t, e.ParseData(), event.ErrMalformed, name)
		require.Nil(t, e.Data, name)
	}
}

func TestHTTPClientIsACopy(t *testing.T) {
	t.Parallel()
	s := dingoatest.NewServer(t)
	c := s.Client()
	c.HTTPClient().Transport = nil
	require.NotNil(t, c.HTTPClient().Transport)
}
