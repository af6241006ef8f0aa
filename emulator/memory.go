package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	w := &memoryWriter{header: http.Header{}}
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

// memoryWriter keeps a reply until the handler has returned.
type memoryWriter struct {
	header http.Header
	sent   http.Header // as it was when the status was written
	status int
	body   bytes.Buffer
}

func (w *memoryWriter) Header() http.Header { return w.header }

func (w *memoryWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *memoryWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
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
