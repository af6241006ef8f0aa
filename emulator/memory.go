package emulator

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// memoryTransport carries requests to a handler without a socket. Like a
// connection it gives up when the request's context ends, although the handler
// may still be running.
type memoryTransport struct {
	server  *Server
	handler http.Handler
}

var errAborted = errors.New("emulator: the connection was closed before a reply arrived")

// RoundTrip implements http.RoundTripper.
func (t *memoryTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		closeBody(req)
		return nil, err
	}
	incoming := req.Clone(ctx)
	incoming.RequestURI = req.URL.RequestURI()
	incoming.RemoteAddr = "127.0.0.1:0"
	incoming.Proto, incoming.ProtoMajor, incoming.ProtoMinor = "HTTP/1.1", 1, 1
	if incoming.Host == "" {
		incoming.Host = req.URL.Host
	}
	if incoming.Body == nil {
		incoming.Body = http.NoBody
	}
	w := &memoryWriter{ctx: ctx, header: http.Header{}, upgraded: make(chan net.Conn)}
	done := make(chan error, 1)
	started := t.server.spawn(func() {
		defer closeBody(req)
		done <- serve(t.handler, w, incoming)
	})
	if !started {
		closeBody(req)
		return nil, errClosed
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case conn := <-w.upgraded:
		resp := w.response(req)
		resp.Body = conn
		return resp, nil
	case err := <-done:
		if err != nil {
			return nil, err
		}
		return w.response(req), nil
	}
}

// serve turns a panic of the handler into what a client of net/http sees.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = errAborted
			if cause, ok := reason.(error); !ok || !errors.Is(cause, http.ErrAbortHandler) {
				err = fmt.Errorf("%w: the handler panicked: %v", errAborted, reason)
			}
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// memoryWriter keeps a reply until the handler has returned, or taken over the
// connection.
type memoryWriter struct {
	ctx      context.Context //nolint:containedctx // the request's, which this is the reply to
	header   http.Header
	sent     http.Header // as it was when the status was written
	status   int
	body     bytes.Buffer
	upgraded chan net.Conn // the client's end of a connection that was taken over
}

func (w *memoryWriter) Header() http.Header { return w.header }

func (w *memoryWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *memoryWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Hijack implements http.Hijacker. Both ends are in memory, so that a WebSocket
// over them obeys the clock of testing/synctest.
func (w *memoryWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	server, client := net.Pipe()
	select {
	case w.upgraded <- client:
	case <-w.ctx.Done():
		return nil, nil, w.ctx.Err()
	}
	return server, bufio.NewReadWriter(bufio.NewReader(server), bufio.NewWriter(server)), nil
}

func (w *memoryWriter) response(req *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        w.sent,
		Body:          io.NopCloser(bytes.NewReader(w.body.Bytes())),
		ContentLength: int64(w.body.Len()),
		Request:       req,
	}
}
