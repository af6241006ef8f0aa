package dingoa_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

// pipes is a listener in memory, whose deadlines follow the clock of synctest.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.done)
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// serveInMemory serves h for connections of the returned pipes.
func serveInMemory(t *testing.T, h http.Handler) *pipes {
	t.Helper()
	listener := newPipes()
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	return listener
}

func readStatus(t *testing.T, conn net.Conn) int {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func TestHandlerClosesWhatStopsWithinTheBody(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{
		"half a body":     "POST /?signature=s HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{\"encrypt\":\"",
		"nothing of it":   "POST /?signature=s HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n",
		"half a chunk":    "POST /?signature=s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"encrypt\":\"",
		"another method":  "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{",
		"far too much":    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\n{",
		"just too much":   "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 131073\r\n\r\n{",
		"a byte a second": "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			d, err := event.NewDispatcher()
			require.NoError(t, err)
			listener := serveInMemory(t, newCallback(t).Handler(d))
			conn := listener.dial()
			var dripping sync.WaitGroup
			began := time.Now()
			_, err = io.WriteString(conn, head)
			require.NoError(t, err)
			if name == "a byte a second" {
				dripping.Go(func() {
					for err := error(nil); err == nil; <-time.After(time.Second) {
						_, err = conn.Write([]byte("x"))
					}
				})
			}
			status := readStatus(t, conn)
			require.GreaterOrEqual(t, status, 400, name)
			_, err = conn.Read(make([]byte, 1))
			require.ErrorIs(t, err, io.EOF, "%s: the connection is closed", name)
			require.LessOrEqual(t, time.Since(began), 5*time.Second+600*time.Millisecond, name)
			dripping.Wait()
			if strings.Contains(name, "half") {
				require.Equal(t, http.StatusRequestTimeout, status)
			}
		})
	}
}

// The deadline is for the body: a handler may take longer, and the connection
// goes on.
func TestBodyTimeoutEndsWithTheBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, err := event.NewDispatcher(event.OnType("x", func(ctx context.Context, _ *event.Event) error {
			return sleep(ctx, time.Minute)
		}))
		require.NoError(t, err)
		cb := newCallback(t, dingoa.WithBodyTimeout(time.Second))
		listener := serveInMemory(t, cb.Handler(d))
		conn := listener.dial()
		for id := range 2 {
			p := testPush(t, cb, fmt.Sprintf(`{"EventType":"x","eventId":"%d"}`, id))
			_, err = fmt.Fprintf(conn, "POST /?%s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s", p.query.Encode(), len(p.body), p.body)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, readStatus(t, conn))
			<-time.After(10 * time.Second)
		}
		require.NoError(t, conn.Close())
	})
	_, err := dingoa.NewCallback(testToken, testAESKey, []string{"k"}, dingoa.WithBodyTimeout(0))
	require.ErrorContains(t, err, "WithBodyTimeout")
}

// stoppedBody brings some bytes and then nothing until free is closed.
type stoppedBody struct {
	n    int
	free chan struct{}
}

func (b *stoppedBody) Read(p []byte) (int, error) {
	if b.n == 0 {
		<-b.free
		return 0, io.ErrUnexpectedEOF
	}
	n := min(b.n, len(p))
	b.n -= n
	return n, nil
}

// Many large bodies that stop take no more than 32 MiB together, and do not keep
// events from being taken.
func TestUnfinishedBodiesShareTheirMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, err := event.NewDispatcher()
		require.NoError(t, err)
		cb := newCallback(t)
		h := cb.Handler(d)
		free := make(chan struct{})
		var requests sync.WaitGroup
		codes := make([]int, 1000)
		for i := range codes {
			requests.Go(func() {
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", &stoppedBody{100_000, free}))
				codes[i] = rec.Code
			})
		}
		synctest.Wait()
		taken := 0
		for _, code := range codes {
			if code == 0 {
				taken++
			} else {
				require.Equal(t, http.StatusServiceUnavailable, code)
			}
		}
		require.Equal(t, 32<<20/(128<<10), taken)
		push := func(message string) int {
			p := testPush(t, cb, message)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?"+p.query.Encode(), strings.NewReader(p.body)))
			return rec.Code
		}
		require.Equal(t, http.StatusOK, push(`{"EventType":"x"}`))
		large := `{"EventType":"x","a":"` + strings.Repeat("a", 50_000) + `"}`
		require.Equal(t, http.StatusServiceUnavailable, push(large))
		close(free)
		requests.Wait()
		require.Equal(t, http.StatusOK, push(large), "what was taken is given back")
	})
}

func TestHandlerSurvivesAnyEventHandler(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]event.HandlerFunc{
		"error":  func(context.Context, *event.Event) error { return errors.New("database is down") },
		"panic":  func(context.Context, *event.Event) error { panic("database is down") },
		"goexit": func(context.Context, *event.Event) error { runtime.Goexit(); return nil },
		"nil":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			cb := newCallback(t, dingoa.WithCallbackLogger(slog.New(slog.NewTextHandler(&log, nil))))
			p := testPush(t, cb, `{"EventType":"bpms_task_change","eventId":"id1","title":"plaintext"}`)
			handler := cb.Handler(h)
			done := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(done)
				handler.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			resp, err := server.Client().Post(server.URL+"?"+p.query.Encode(), "", strings.NewReader(p.body)) //nolint:noctx // it is in this process
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			<-done
			require.Equal(t, http.StatusInternalServerError, resp.StatusCode)
			require.Contains(t, log.String(), "level=ERROR")
			require.Contains(t, log.String(), "event_id=id1")
			requireNoSecret(t, p.query, log.String())
		})
	}
	require.PanicsWithValue(t, "dingoa: Callback.Handler: the event handler is nil", func() { newCallback(t).Handler(nil) })
}

// A handler that ends its goroutine, as t.FailNow does, has failed: its event
// comes again, and those of its approval go on.
func TestGoexitIsAFailure(t *testing.T) {
	t.Parallel()
	calls := 0
	handlers, err := event.NewDispatcher(event.OnType("bpms_task_change", func(context.Context, *event.Event) error {
		if calls++; calls == 1 {
			runtime.Goexit()
		}
		return nil
	}))
	require.NoError(t, err)
	outcome := errors.New("none")
	ended := make(chan struct{})
	first := taskEvent(t, "p", 1)
	go func() {
		defer close(ended)
		outcome = handlers.Dispatch(t.Context(), first)
	}()
	<-ended
	require.EqualError(t, outcome, "none", "Dispatch does not return")
	require.NoError(t, handlers.Dispatch(t.Context(), taskEvent(t, "p", 1)), "not done, and not held by anybody")
	require.NoError(t, handlers.Dispatch(t.Context(), taskEvent(t, "p", 2)))
	require.Equal(t, 3, calls)

	synctest.Test(t, func(t *testing.T) {
		in, err := event.NewMemoryInbox()
		require.NoError(t, err)
		require.NoError(t, in.Dispatch(t.Context(), taskEvent(t, "p", 1)))
		require.NoError(t, in.Dispatch(t.Context(), taskEvent(t, "p", 2)))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var got []string
		require.NoError(t, in.Run(ctx, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
			if got = append(got, e.ID); len(got) == 1 {
				runtime.Goexit()
			}
			return nil
		})))
		require.Len(t, got, 3)
		require.Equal(t, got[0], got[1])
	})
}
