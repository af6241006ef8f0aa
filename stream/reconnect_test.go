package stream_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// nothing handles every event.
func nothing(context.Context, *event.Event) error { return nil }

// states notes the changes of connections as "2 connected".
func states(n *notes) stream.Hook {
	return stream.Hook{Connection: func(c stream.ConnectionChange) { n.add(fmt.Sprint(c.Number, " ", c.State)) }}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		s.Fail(fault.Fault{Operation: "OpenConnection", Status: 503, Times: 7})
		began := time.Now()
		var tries []time.Duration
		c := run(t, newClient(t, s), handlerFunc(nothing), stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) {
			if c.State == stream.StateConnecting {
				tries = append(tries, time.Since(began))
			}
		}}))
		<-time.After(10 * time.Minute)
		require.Len(t, s.StreamConnections(), 1)
		c.end(t)
		require.Len(t, tries, 8)
		require.Zero(t, tries[0])
		for i, seconds := range []int{3, 6, 12, 24, 48, 60, 60} {
			least := time.Duration(seconds) * time.Second
			wait := tries[i+1] - tries[i]
			require.GreaterOrEqual(t, wait, least)
			require.LessOrEqual(t, wait, least+least/5+time.Millisecond)
		}
		require.EqualValues(t, 7, c.Stats().Failures)
	})
}

// A connection that lived is replaced at once, one that did not after a wait.
func TestReconnectsAtOnceAfterALongLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		c := run(t, newClient(t, s), handlerFunc(nothing))
		<-time.After(2 * time.Minute)
		s.CutStreams()
		synctest.Wait()
		require.Len(t, s.StreamConnections(), 1)
		s.CutStreams()
		synctest.Wait()
		require.Empty(t, s.StreamConnections())
		<-time.After(3600 * time.Millisecond)
		synctest.Wait()
		require.Len(t, s.StreamConnections(), 1)
		require.EqualValues(t, 3, c.Stats().Connections)
		c.end(t)
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for fault, least := range map[fault.Fault]time.Duration{
			{Status: 429, Code: "Throttling", RetryAfter: 40 * time.Second}: 40 * time.Second,
			{Status: 403, Code: "20001", Message: "push paused"}:            3 * time.Second,
			fault.Punish(): 5 * time.Minute,
		} {
			s := newServer(t)
			fault.Operation, fault.Times = "OpenConnection", 1
			s.Fail(fault)
			began := time.Now()
			connected := make(chan struct{})
			c := run(t, newClient(t, s), handlerFunc(nothing), stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) {
				if c.State == stream.StateConnected {
					close(connected)
				}
			}}))
			<-connected
			require.GreaterOrEqual(t, time.Since(began), least, "%s", fault.Code)
			require.Less(t, time.Since(began), least*13/10, "%s", fault.Code)
			c.end(t)
		}
	})
}

func TestFatalAnswersEndRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		other, err := dingoa.New(company.DefaultAppKey, secret, dingoa.WithHTTPClient(s.HTTPClient()))
		require.NoError(t, err)
		var got notes
		c := run(t, other, handlerFunc(nothing), stream.WithHook(states(&got)))
		err = <-c.done
		require.ErrorIs(t, err, dingoa.ErrUnauthorized)
		require.NotContains(t, err.Error(), secret)
		require.Equal(t, []string{"1 connecting", "1 closed"}, got.all())

		legacy, err := s.Client(dingoa.WithLegacyGateway())
		require.NoError(t, err)
		require.ErrorIs(t, <-run(t, legacy, handlerFunc(nothing)).done, dingoa.ErrUnsupported)
	})
}

// Only what DingTalk itself says is final: a proxy's page, or a code that nobody
// knows, is tried again.
func TestOthersAnswersDoNotEndRun(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		status int
		body   string
		fatal  bool
	}{
		"proxy's 401":           {401, "<html>Unauthorized</html>", false},
		"proxy's 403":           {403, "<html>Forbidden</html>", false},
		"proxy's 407":           {407, "", false},
		"unknown 400":           {400, `{"code":"somethingNew","message":"new"}`, false},
		"unknown 404":           {404, `{"code":"somethingNew","message":"new"}`, false},
		"empty 400":             {400, "", false},
		"empty 200":             {200, "", false},
		"without a ticket":      {200, `{"endpoint":"wss://x"}`, false},
		"refused by DingTalk":   {401, `{"code":"authFailed","message":"鉴权失败"}`, true},
		"forbidden by DingTalk": {403, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","message":"no"}`, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			var asked atomic.Int32
			client, err := dingoa.New("dingappkey", secret, dingoa.WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				asked.Add(1)
				w := httptest.NewRecorder()
				w.WriteHeader(answer.status)
				_, _ = w.WriteString(answer.body)
				return w.Result(), nil
			})}))
			require.NoError(t, err)
			c := run(t, client, handlerFunc(nothing))
			<-time.After(time.Hour)
			if answer.fatal {
				require.EqualValues(t, 1, asked.Load(), name)
				require.Error(t, <-c.done, name)
				return
			}
			require.Greater(t, asked.Load(), int32(50), name)
			c.end(t)
		})
	}
}

// A handler that ends its goroutine, as t.FailNow does, has failed.
func TestGoexitComesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var got notes
		c := run(t, client, handlerFunc(func(_ context.Context, e *event.Event) error {
			got.add(kind(e))
			if len(got.all()) == 1 {
				runtime.Goexit()
			}
			return nil
		}), stream.WithHandlers(1))
		start(t, client)
		flush(t, s)
		<-time.After(time.Minute)
		flush(t, s)
		require.Len(t, got.all(), 3)
		require.EqualValues(t, 1, c.Stats().Later)
		require.EqualValues(t, 0, c.Stats().Running)
		c.end(t)
	})
}

// DingTalk asks to leave again and again while approvals go on: the next
// connection is up before the former is left, and every event comes once.
func TestDisconnectLeavesNoGap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var got notes
		var handled atomic.Int64
		c := run(t, client, handlerFunc(func(context.Context, *event.Event) error {
			<-time.After(700 * time.Millisecond)
			handled.Add(1)
			return nil
		}), stream.WithHook(states(&got)))
		synctest.Wait()
		for round := range 400 {
			start(t, client)
			if round%40 == 20 {
				s.DisconnectStreams()
			}
			<-time.After(250 * time.Millisecond)
		}
		flush(t, s)
		<-time.After(20 * time.Second)
		require.EqualValues(t, 800, handled.Load())
		for _, push := range s.Pushes() {
			require.True(t, push.Delivered)
			require.Len(t, push.Attempts, 1, "no event had to be sent twice")
		}
		require.Zero(t, c.Stats().LostAcks)
		require.Len(t, s.StreamConnections(), 1)
		c.end(t)
		lines := got.all()
		for n := 1; n <= 10; n++ {
			next := slices.Index(lines, fmt.Sprint(n+1, " connected"))
			former := slices.Index(lines, fmt.Sprint(n, " closed"))
			require.Greater(t, next, slices.Index(lines, fmt.Sprint(n, " draining")))
			require.Greater(t, former, next, "connection %d was closed before the next was up", n)
		}
	})
}

// A handler that outlives its connection acknowledges on the next one, where
// the emulator does not count it: the event comes again.
func TestHandlerOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var calls atomic.Int64
		c := run(t, client, handlerFunc(func(_ context.Context, e *event.Event) error {
			if kind(e) == "task start" && calls.Add(1) == 1 {
				<-time.After(10 * time.Second)
			}
			return nil
		}))
		synctest.Wait()
		start(t, client)
		synctest.Wait()
		s.CutStreams()
		<-time.After(time.Minute)
		require.EqualValues(t, 2, calls.Load())
		require.True(t, s.Pushes()[1].Delivered)
		require.Zero(t, c.Stats().LostAcks)
		c.end(t)
	})
}

// Nothing arrives for two minutes, and a ping gets no answer: the line is dead.
func TestDeadLineIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		g := newGateway(t, func(ctx context.Context, number int, ws *websocket.Conn) {
			if number == 1 {
				<-hang // reads nothing, so that no ping is answered
				return
			}
			_, _, _ = ws.Read(ctx)
		})
		defer close(hang)
		began := time.Now()
		var closed notes
		c := run(t, g.client(t), handlerFunc(nothing), stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) {
			if c.State == stream.StateClosed {
				closed.add(time.Since(began).String())
			}
		}}))
		<-time.After(119 * time.Second)
		require.Empty(t, closed.all())
		<-time.After(7 * time.Second)
		require.Equal(t, []string{"2m5s"}, closed.all())
		require.Equal(t, 2, g.connections())
		<-time.After(time.Hour)
		require.Equal(t, 2, g.connections(), "a silent gateway that answers pings is alive")
		c.end(t)
	})
}

// Pings of either kind count as signs of life.
func TestServerPingsKeepTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, func(ctx context.Context, _ int, ws *websocket.Conn) {
			ctx = ws.CloseRead(ctx)
			for ctx.Err() == nil {
				select {
				case <-time.After(100 * time.Second):
					_ = ws.Ping(ctx)
				case <-ctx.Done():
				}
			}
		})
		c := run(t, g.client(t), handlerFunc(nothing))
		<-time.After(2 * time.Hour)
		require.Equal(t, 1, g.connections())
		c.end(t)
	})
}

// The benchmarks do this ten thousand times.
func TestDisconnectsLeakNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		c := run(t, newClient(t, s), handlerFunc(nothing))
		const rounds = 1000
		goroutines := 0
		for round := range rounds {
			<-time.After(4 * time.Second) // a life long enough to be followed at once
			synctest.Wait()
			if round%2 == 0 {
				s.DisconnectStreams()
			} else {
				s.CutStreams()
			}
			synctest.Wait()
			if round == 10 {
				goroutines = runtime.NumGoroutine()
			}
		}
		synctest.Wait()
		require.EqualValues(t, rounds+1, c.Stats().Connections)
		require.Len(t, s.StreamConnections(), 1)
		require.LessOrEqual(t, runtime.NumGoroutine(), goroutines+20, "other tests run beside it")
		c.end(t)
	})
}

// A gateway that drops every connection is not stormed.
func TestShortLivesBackOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, func(context.Context, int, *websocket.Conn) { <-time.After(20 * time.Millisecond) })
		c := run(t, g.client(t), handlerFunc(nothing))
		<-time.After(time.Minute)
		require.LessOrEqual(t, g.connections(), 6)
		require.GreaterOrEqual(t, g.connections(), 4)
		c.end(t)
	})
}

func TestEndpointMustBeSafe(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"ws://gateway.example.com/connect":       "not a wss address",
		"http://gateway.example.com/connect":     "not a wss address",
		"wss://user:word@gateway.example.com/":   "no address",
		"::":                                     "no address",
		"wss:///connect":                         "no address",
		"ws://127.0.0.1.example.com:80/connect?": "not a wss address",
	} {
		t.Run(endpoint, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGateway(t, nil)
				g.endpoint = endpoint
				var problem error
				c := run(t, g.client(t), handlerFunc(nothing), stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) {
					problem = errors.Join(problem, c.Err)
				}}))
				synctest.Wait()
				c.end(t)
				require.ErrorContains(t, problem, want)
				require.NotContains(t, problem.Error(), "word")
				require.Zero(t, g.connections())
			})
		})
	}
}

// The dialled address holds the ticket: a redirect is not followed.
func TestDialFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	var here *httptest.Server
	here = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = fmt.Fprintf(w, `{"endpoint":"ws%s/connect","ticket":"SECRET-ticket"}`, strings.TrimPrefix(here.URL, "http"))
			return
		}
		w.Header().Set("Location", other.URL+r.URL.String())
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	defer here.Close()
	client, err := dingoa.New("dingappkey", secret, dingoa.WithBaseURL(here.URL), dingoa.WithHTTPClient(here.Client()))
	require.NoError(t, err)
	failed := make(chan error, 1)
	c := run(t, client, handlerFunc(nothing), stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) {
		if c.Err != nil {
			failed <- c.Err
		}
	}}))
	require.ErrorContains(t, <-failed, "could not be opened")
	c.end(t)
	require.Zero(t, elsewhere.Load())
}

// What goes to the gateway, and that the ticket survives the query and is not
// in any error.
func TestTicket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, nil)
		g.endpoint, g.ticket = "ws://127.0.0.1/connect?x=1", "SECRET+ticket/with=signs"
		c := run(t, g.client(t), handlerFunc(nothing), stream.WithUserAgent("demo/1.0"), stream.WithExtras(map[string]string{"a": "b"}))
		synctest.Wait()
		c.end(t)
		require.Equal(t, []string{"SECRET+ticket/with=signs"}, g.tickets)
		body := g.opens[0]
		require.IsType(t, "", body["localIp"])
		delete(body, "localIp")
		require.Equal(t, map[string]any{
			"clientId": "dingappkey", "clientSecret": secret, "ua": "demo/1.0", "extras": map[string]any{"a": "b"},
			"subscriptions": []any{
				map[string]any{"type": "EVENT", "topic": "*"},
				map[string]any{"type": "SYSTEM", "topic": "ping"},
				map[string]any{"type": "SYSTEM", "topic": "disconnect"},
			},
		}, body)

		g.endpoint = "ws://127.0.0.1/refused"
		for _, transport := range []error{nil, fmt.Errorf("GET ws://127.0.0.1/?ticket=%s failed", g.ticket)} {
			var problems notes
			refusing := g.client(t, dingoa.WithHTTPClient(refusingClient(g, transport)))
			c := run(t, refusing, handlerFunc(nothing), stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) {
				if c.Err != nil {
					problems.add(fmt.Sprintf("%v %+v", c.Err, c.Err))
				}
			}}))
			synctest.Wait()
			c.end(t)
			require.Len(t, problems.all(), 1)
			require.Contains(t, problems.all()[0], "could not be opened")
			require.NotContains(t, problems.all()[0], "SECRET")
		}
	})
}
