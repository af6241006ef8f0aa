package stream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// gateway is a counterpart that does only what a test tells it, unlike the
// emulator. It is reached in memory, on the clock of the test's bubble.
type gateway struct {
	conns    chan net.Conn
	endpoint string
	ticket   string
	// serve has one connection, of the WebSocket's number from 1.
	serve func(ctx context.Context, number int, ws *websocket.Conn)

	mu      sync.Mutex
	opens   []map[string]any // bodies of the requests for a ticket
	tickets []string         // that connections came with
}

// newGateway starts it; serve may be nil for one that keeps silent.
func newGateway(t *testing.T, serve func(ctx context.Context, number int, ws *websocket.Conn)) *gateway {
	t.Helper()
	g := &gateway{conns: make(chan net.Conn), endpoint: "ws://127.0.0.1/connect", ticket: "a+b/c=", serve: serve}
	srv := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(g) }()
	t.Cleanup(func() {
		require.NoError(t, srv.Close())
		<-done
	})
	return g
}

// Accept, Close and Addr implement net.Listener.
func (g *gateway) Accept() (net.Conn, error) {
	conn, ok := <-g.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (g *gateway) Close() error   { close(g.conns); return nil }
func (g *gateway) Addr() net.Addr { return &net.IPAddr{} }

// client reaches the gateway, whatever its address.
func (g *gateway) client(t *testing.T, opts ...dingoa.Option) *dingoa.Client {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		g.conns <- there
		return here, nil
	}}
	opts = append([]dingoa.Option{dingoa.WithHTTPClient(&http.Client{Transport: transport}), dingoa.WithBaseURL("http://gateway")}, opts...)
	c, err := dingoa.New("dingappkey", secret, opts...)
	require.NoError(t, err)
	return c
}

const secret = "SECRET-app-secret"

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		g.mu.Lock()
		g.opens = append(g.opens, body)
		g.mu.Unlock()
		_, _ = fmt.Fprintf(w, `{"endpoint":%q,"ticket":%q}`, g.endpoint, g.ticket)
		return
	}
	g.mu.Lock()
	g.tickets = append(g.tickets, r.URL.Query().Get("ticket"))
	number := len(g.tickets)
	g.mu.Unlock()
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	ws.SetReadLimit(-1)
	defer func() { _ = ws.CloseNow() }()
	if g.serve != nil {
		g.serve(context.WithoutCancel(r.Context()), number, ws)
		return
	}
	for {
		if _, _, err := ws.Read(context.WithoutCancel(r.Context())); err != nil {
			return
		}
	}
}

func (g *gateway) connections() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.tickets)
}

// hanging serves a connection without reading or writing, until hang is closed.
func hanging(hang chan struct{}) func(context.Context, int, *websocket.Conn) {
	return func(context.Context, int, *websocket.Conn) { <-hang }
}

// refusingClient gets tickets, but no WebSocket: the transport fails with err,
// or the gateway answers 403.
func refusingClient(g *gateway, err error) *http.Client {
	return &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		switch {
		case req.Method == http.MethodPost:
			g.ServeHTTP(w, req)
		case err != nil:
			return nil, err
		default:
			w.WriteHeader(http.StatusForbidden)
		}
		return w.Result(), nil
	})}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
