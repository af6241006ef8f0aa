package emulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// openStream asks for a ticket without the SDK.
func openStream(t *testing.T, s *emulator.Server, topics ...string) (endpoint, ticket string) {
	t.Helper()
	subscriptions := []map[string]string{{"type": "SYSTEM", "topic": "ping"}}
	for _, topic := range topics {
		subscriptions = append(subscriptions, map[string]string{"type": "EVENT", "topic": topic})
	}
	r := send(t, s, http.MethodPost, "https://api.dingtalk.com/v1.0/gateway/connections/open", map[string]any{
		"clientId": s.App().AppKey, "clientSecret": s.App().AppSecret, "subscriptions": subscriptions,
	})
	require.Equal(t, 200, r.status, "%s", r.body)
	return dig[string](t, r.object, "endpoint"), dig[string](t, r.object, "ticket")
}

// socket is a client that does what a test tells it.
type socket struct {
	*websocket.Conn
}

func dial(t *testing.T, s *emulator.Server, endpoint, ticket string) (*websocket.Conn, error) {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), endpoint+"?ticket="+url.QueryEscape(ticket), &websocket.DialOptions{HTTPClient: s.HTTPClient()}) //nolint:bodyclose // it is the connection's
	return conn, err
}

func connectStream(t *testing.T, s *emulator.Server, topics ...string) *socket {
	t.Helper()
	endpoint, ticket := openStream(t, s, topics...)
	conn, err := dial(t, s, endpoint, ticket)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &socket{conn}
}

type frame struct {
	Type    string            `json:"type"`
	Headers map[string]string `json:"headers"`
	Data    string            `json:"data"`
}

// event reads up to the next event, answering pings.
func (c *socket) event(t *testing.T) frame {
	t.Helper()
	for {
		f := c.next(t)
		if f.Type == "EVENT" {
			return f
		}
		c.answer(t, f, 200, f.Data)
	}
}

func (c *socket) next(t *testing.T) frame {
	t.Helper()
	_, message, err := c.Read(t.Context())
	require.NoError(t, err)
	var f frame
	require.NoError(t, json.Unmarshal(message, &f), "%s", message)
	return f
}

func (c *socket) answer(t *testing.T, f frame, code int, data string) {
	t.Helper()
	ack, err := json.Marshal(map[string]any{"code": code, "headers": map[string]string{"messageId": f.Headers["messageId"]}, "data": data})
	require.NoError(t, err)
	require.NoError(t, c.Write(t.Context(), websocket.MessageText, ack))
}

const (
	ackSuccess = `{"status":"SUCCESS","message":"success"}`
	ackLater   = `{"status":"LATER","message":"later"}`
)

func TestStreamEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		create(t, client, leave()) // before the app is in stream mode: nobody is told
		conn := connectStream(t, s, "*")
		f := conn.next(t)
		require.Equal(t, "SYSTEM", f.Type)
		require.Equal(t, "ping", f.Headers["topic"])
		require.Contains(t, f.Data, "opaque")
		conn.answer(t, f, 200, f.Data)

		id := create(t, client, leave())
		f = conn.event(t)
		require.Equal(t, map[string]string{
			"topic": "*", "contentType": "application/json", "messageId": f.Headers["messageId"], "time": f.Headers["time"],
			"eventId": s.Pushes()[0].EventID, "eventType": "bpms_instance_change", "eventCorpId": company.DefaultCorpID,
			"eventBornTime": f.Headers["eventBornTime"], "eventUnifiedAppId": f.Headers["eventUnifiedAppId"],
		}, f.Headers)
		var data map[string]any
		require.NoError(t, json.Unmarshal([]byte(f.Data), &data))
		require.Equal(t, id, data["processInstanceId"])
		require.NotContains(t, data, "EventType", "what frames have as headers is not in data")
		require.False(t, s.Pushes()[0].Delivered)
		synctest.Wait()
		require.Equal(t, 2, s.StreamConnections()[0].InFlight)
		conn.answer(t, f, 200, ackSuccess)
		synctest.Wait()
		require.True(t, s.Pushes()[0].Delivered)
		require.JSONEq(t, f.Data, string(s.Pushes()[0].Event))
	})
}

func TestStreamTicket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		endpoint, ticket := openStream(t, s, "*")
		_, err := dial(t, s, endpoint, "another")
		require.ErrorContains(t, err, "401")
		conn, err := dial(t, s, endpoint, ticket)
		require.NoError(t, err)
		defer func() { _ = conn.CloseNow() }()
		_, err = dial(t, s, endpoint, ticket)
		require.ErrorContains(t, err, "401", "it is for one connection")

		endpoint, ticket = openStream(t, s, "*")
		s.Advance(90 * time.Second)
		_, err = dial(t, s, endpoint, ticket)
		require.ErrorContains(t, err, "401", "it ends")

		endpoint, ticket = openStream(t, s, "*")
		s.Advance(89 * time.Second)
		later, err := dial(t, s, endpoint, ticket)
		require.NoError(t, err)
		_ = later.CloseNow()
	})
}

// The vendor's own client for Node puts the ticket into the query as it is.
func TestStreamTicketUnescaped(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	endpoint, ticket := openStream(t, s, "*")
	require.Contains(t, ticket, "+")
	conn, _, err := websocket.Dial(t.Context(), endpoint+"?ticket="+ticket, &websocket.DialOptions{HTTPClient: s.HTTPClient()}) //nolint:bodyclose // it is the connection's
	require.NoError(t, err)
	require.NoError(t, conn.CloseNow())
}

// A connection is opened where the ticket was asked for, as it was asked for.
func TestStreamEndpoint(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	body := map[string]any{
		"clientId": s.App().AppKey, "clientSecret": s.App().AppSecret,
		"subscriptions": []map[string]string{{"type": "EVENT", "topic": "*"}},
	}
	for base, want := range map[string]string{
		"https://api.dingtalk.com": "wss://api.dingtalk.com/connect",
		"http://127.0.0.1:9898":    "ws://127.0.0.1:9898/connect",
		"http://localhost:9898":    "ws://localhost:9898/connect",
		"http://192.0.2.1:9898":    "ws://192.0.2.1:9898/connect",
		"http://dingoa:9898":       "ws://dingoa:9898/connect", // a container
	} {
		r := send(t, s, http.MethodPost, base+"/v1.0/gateway/connections/open", body)
		require.Equal(t, want, r.object["endpoint"])
	}
}

func TestOpenConnectionRefuses(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	address := "https://api.dingtalk.com/v1.0/gateway/connections/open"
	good := map[string]any{
		"clientId": s.App().AppKey, "clientSecret": s.App().AppSecret,
		"subscriptions": []any{map[string]any{"type": "EVENT", "topic": "*"}},
	}
	for name, test := range map[string]struct {
		change map[string]any
		status int
	}{
		"other secret":    {map[string]any{"clientSecret": "another"}, 401},
		"other app":       {map[string]any{"clientId": "another"}, 401},
		"no subscription": {map[string]any{"subscriptions": []any{}}, 400},
		"unknown type":    {map[string]any{"subscriptions": []any{map[string]any{"type": "NEWS", "topic": "*"}}}, 400},
	} {
		r := send(t, s, http.MethodPost, address, with(good, test.change))
		require.Equal(t, test.status, r.status, "%s: %s", name, r.body)
	}
	require.Equal(t, 200, send(t, s, http.MethodPost, address, good).status)
}

// What is not acknowledged comes again after a minute, LATER after ten seconds,
// and what was on a connection that ended at once.
func TestStreamRedelivery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, emulator.WithStream())
		client := newClient(t, s)
		create(t, client, leave()) // waits for a connection
		synctest.Wait()
		require.Empty(t, s.Pushes()[0].Attempts)
		conn := connectStream(t, s, "*")
		conn.answer(t, conn.event(t), 200, ackSuccess)
		began := time.Now()
		first := conn.event(t)
		again := conn.event(t)
		require.Equal(t, time.Minute, time.Since(began))
		require.Equal(t, first.Headers["eventId"], again.Headers["eventId"])
		require.NotEqual(t, first.Headers["messageId"], again.Headers["messageId"])

		began = time.Now()
		conn.answer(t, again, 500, ackLater)
		again = conn.event(t)
		require.Equal(t, 10*time.Second, time.Since(began))

		began = time.Now()
		conn.answer(t, again, 200, ackLater)
		again = conn.event(t)
		require.Equal(t, 10*time.Second, time.Since(began), "the status counts, not the code alone")

		next := connectStream(t, s, "*")
		began = time.Now()
		require.NoError(t, conn.CloseNow())
		f := next.event(t)
		next.answer(t, f, 200, ackSuccess)
		require.Zero(t, time.Since(began))
		require.Equal(t, first.Headers["eventId"], f.Headers["eventId"])
		synctest.Wait()
		require.Len(t, s.Pushes()[1].Attempts, 5)
		require.True(t, s.Pushes()[1].Delivered)
	})
}

// What acknowledges: code 200, whatever data says but LATER.
func TestStreamAcknowledgements(t *testing.T) {
	t.Parallel()
	const event = `{"processInstanceId":"p","status":"start"}`
	for name, test := range map[string]struct {
		code      int
		data      any
		delivered bool
	}{
		"as the page has it":                 {200, ackSuccess, true},
		"the event's own data, as in Python": {200, event, true},
		"a response":                         {200, `{"response":null}`, true},
		"OK":                                 {200, "OK", true},
		"an object":                          {200, map[string]string{"status": "SUCCESS"}, true},
		"nothing":                            {200, nil, true},
		"LATER":                              {200, ackLater, false},
		"LATER in an object":                 {200, map[string]string{"status": "LATER"}, false},
		"404":                                {404, ackSuccess, false},
		"500":                                {500, ackSuccess, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t)
			client := newClient(t, s)
			conn := connectStream(t, s, "*")
			create(t, client, leave())
			f := conn.event(t)
			ack, err := json.Marshal(map[string]any{"code": test.code, "message": "OK", "headers": map[string]string{"messageId": f.Headers["messageId"]}, "data": test.data})
			require.NoError(t, err)
			require.NoError(t, conn.Write(t.Context(), websocket.MessageText, ack))
			synctest.Wait()
			require.Equal(t, test.delivered, s.Pushes()[0].Delivered, name)
			require.Len(t, s.Pushes()[0].Attempts, 1, name)
		})
	}
}

// Only "*" can be subscribed to by code; with another topic nothing comes.
func TestStreamTopics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, emulator.WithStream())
		byName := connectStream(t, s, "bpms_task_change")
		create(t, newClient(t, s), leave())
		f := byName.next(t)
		byName.answer(t, f, 200, f.Data)
		require.Equal(t, "ping", byName.next(t).Headers["topic"], "half a minute later, and no event before")
		conn := connectStream(t, s, "*")
		require.Equal(t, "bpms_instance_change", conn.event(t).Headers["eventType"])
	})
}

func TestStreamGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, emulator.WithStream())
		create(t, newClient(t, s), leave())
		conn := connectStream(t, s, "*")
		conn.answer(t, conn.event(t), 200, ackSuccess)
		for range 100 {
			conn.answer(t, conn.event(t), 500, ackLater)
		}
		synctest.Wait()
		require.True(t, s.Pushes()[1].Failed)
		require.Len(t, s.Pushes()[1].Attempts, 100)
		require.Empty(t, s.FailedPushes(), "that list is of pushes to a callback")
	})
}

func TestDisconnectStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		old := connectStream(t, s, "*")
		synctest.Wait()
		s.DisconnectStreams()
		for {
			f := old.next(t)
			old.answer(t, f, 200, f.Data)
			if f.Headers["topic"] == "disconnect" {
				break
			}
		}
		require.True(t, s.StreamConnections()[0].Leaving)
		create(t, client, leave())
		next := connectStream(t, s, "*")
		next.answer(t, next.event(t), 200, ackSuccess)
		go func() { // a pipe is written to only while it is read from
			for _, _, err := next.Read(context.Background()); err == nil; _, _, err = next.Read(context.Background()) {
			}
		}()
		began := time.Now()
		_, _, err := old.Read(t.Context())
		require.Error(t, err)
		require.Equal(t, 10*time.Second, time.Since(began))
		synctest.Wait()
		require.Len(t, s.StreamConnections(), 1)
	})
}

// A connection that answers no ping is cut.
func TestStreamPing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		conn := connectStream(t, s, "*")
		began := time.Now()
		f := conn.next(t)
		conn.answer(t, f, 200, f.Data)
		require.Equal(t, "ping", conn.next(t).Headers["topic"])
		require.Equal(t, 30*time.Second, time.Since(began))
		_, _, err := conn.Read(t.Context())
		require.Error(t, err)
		require.Equal(t, time.Minute, time.Since(began))
	})
}

// A callback goes first: an app has either.
func TestCallbackBeforeStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, emulator.WithStream(), emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler()}))
		create(t, newClient(t, s), leave())
		for _, push := range s.Pushes() {
			require.False(t, push.Stream)
		}
		require.NoError(t, s.SetCallback(emulator.Callback{}))
		create(t, newClient(t, s), leave())
		require.True(t, s.Pushes()[2].Stream)
	})
}

// Over a real socket the endpoint is one.
func TestStreamOverLoopback(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithStream())
	base, err := s.Listen("")
	require.NoError(t, err)
	body := `{"clientId":"` + s.App().AppKey + `","clientSecret":"` + s.App().AppSecret + `","subscriptions":[{"type":"EVENT","topic":"*"}]}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1.0/gateway/connections/open", strings.NewReader(body))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	var opened struct {
		Endpoint string `json:"endpoint"`
		Ticket   string `json:"ticket"`
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&opened))
	require.Equal(t, "ws"+base[len("http"):]+"/connect", opened.Endpoint)
	ws, _, err := websocket.Dial(t.Context(), opened.Endpoint+"?ticket="+url.QueryEscape(opened.Ticket), nil) //nolint:bodyclose // it is the connection's
	require.NoError(t, err)
	conn := &socket{ws}
	create(t, newClient(t, s), leave())
	for range 2 {
		conn.answer(t, conn.event(t), 200, ackSuccess)
	}
	require.NoError(t, s.Flush(t.Context()))
	require.True(t, s.Pushes()[1].Delivered)
	s.CutStreams()
	for err == nil { // a ping may be on its way
		_, _, err = ws.Read(context.Background())
	}
	http.DefaultClient.CloseIdleConnections()
}
