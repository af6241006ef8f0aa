package dingoa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

type pushAnswer struct {
	status int
	header http.Header
	body   string
}

// serve runs the handler on a loopback server and sends one request to it.
func serve(t *testing.T, h http.Handler, method string, p push) pushAnswer {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/callback?"+p.query.Encode(), strings.NewReader(p.body))
	require.NoError(t, err)
	resp, err := server.Client().Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return pushAnswer{resp.StatusCode, resp.Header, string(body)}
}

// requireSuccess opens the answer as DingTalk does.
func requireSuccess(t *testing.T, cb *dingoa.Callback, got pushAnswer) {
	t.Helper()
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	var fields map[string]string
	require.NoError(t, json.Unmarshal([]byte(got.body), &fields))
	require.Len(t, fields, 4)
	require.NoError(t, cb.Verify(fields["msg_signature"], fields["timeStamp"], fields["nonce"], fields["encrypt"]))
	message, err := cb.Decrypt(fields["encrypt"])
	require.NoError(t, err)
	require.Equal(t, "success", string(message))
}

func TestHandlerHandsOnAndAcknowledges(t *testing.T) {
	t.Parallel()
	cb := newCallback(t, dingoa.WithTimestampWindow(time.Minute))
	var got dingoa.InstanceChange
	var checked string
	d, err := dingoa.NewDispatcher(
		dingoa.On(func(_ context.Context, e *dingoa.Event, c dingoa.InstanceChange) error {
			require.Equal(t, dingoa.SourceHTTP, e.Source)
			got = c
			return nil
		}),
		dingoa.On(func(_ context.Context, _ *dingoa.Event, c dingoa.URLCheck) error {
			checked = c.Kind
			return nil
		}),
	)
	require.NoError(t, err)
	for _, message := range []string{
		`{"EventType":"bpms_instance_change","processInstanceId":"p1"}`,
		`{"EventType":"bpms_task_change"}`,                             // nobody handles it
		`{"EventType":"new_thing_of_next_year","anything":["you",{}]}`, // nobody knows it
		`{"EventType":"check_url"}`,
	} {
		requireSuccess(t, cb, serve(t, cb.Handler(d), http.MethodPost, testPush(t, cb, message)))
	}
	require.Equal(t, "p1", got.InstanceID)
	require.Equal(t, "check_url", checked)
}

func TestHandlerAcknowledgesURLChecksWithoutHandlers(t *testing.T) {
	t.Parallel()
	d, err := dingoa.NewDispatcher()
	require.NoError(t, err)
	for _, name := range []string{"check_url", "check_create_suite_url", "check_update_suite_url"} {
		cb := newCallback(t)
		p := testPush(t, cb, string(readFile(t, "testdata", "events", name+".json")))
		requireSuccess(t, cb, serve(t, cb.Handler(d), http.MethodPost, p))
	}
}

func TestHandlerRefusesInFewWords(t *testing.T) {
	t.Parallel()
	d, err := dingoa.NewDispatcher(dingoa.On(func(context.Context, *dingoa.Event, dingoa.InstanceChange) error {
		t.Error("a refused push reached a handler")
		return nil
	}))
	require.NoError(t, err)
	status := map[error]int{
		dingoa.ErrSignature: 401, dingoa.ErrTimestamp: 401, dingoa.ErrBodyTooLarge: 413,
		dingoa.ErrDecrypt: 400, dingoa.ErrOwner: 400, dingoa.ErrMalformed: 400,
	}
	text := map[int]string{400: "bad request\n", 401: "unauthorized\n", 413: "request entity too large\n"}
	for name, tc := range badPushes(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			cb := newCallback(t, dingoa.WithCallbackLogger(slog.New(slog.NewTextHandler(&log, nil))))
			got := serve(t, cb.Handler(d), http.MethodPost, tc.push)
			require.Equal(t, status[tc.want], got.status)
			require.Equal(t, text[got.status], got.body)
			require.Equal(t, "text/plain; charset=utf-8", got.header.Get("Content-Type"))
			require.Contains(t, log.String(), tc.want.Error())
			require.Contains(t, log.String(), "level=WARN")
			requireNoSecret(t, tc.query, log.String())
		})
	}
}

func TestHandlerReadsNoMoreThanMaxBody(t *testing.T) {
	t.Parallel()
	cb := newCallback(t, dingoa.WithMaxBody(1000))
	d, err := dingoa.NewDispatcher()
	require.NoError(t, err)
	for name, length := range map[string]int64{"announced": 10 << 20, "not announced": -1, "announced too small": 5} {
		body := &countingReader{n: 10 << 20}
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
		req.ContentLength = length
		rec := httptest.NewRecorder()
		cb.Handler(d).ServeHTTP(rec, req)
		require.Equal(t, http.StatusRequestEntityTooLarge, rec.Code, name)
		require.LessOrEqual(t, body.read, 5000, name)
	}
}

type countingReader struct{ n, read int }

func (r *countingReader) Read(p []byte) (int, error) {
	if r.read >= r.n {
		return 0, io.EOF
	}
	r.read += len(p)
	return len(p), nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestHandlerRefusesABrokenBody(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	newCallback(t).Handler(dingoa.EventHandlerFunc(nil)).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", brokenReader{}))
	require.Equal(t, http.StatusBadRequest, rec.Code)
}

func TestHandlerAllowsOnlyPOST(t *testing.T) {
	t.Parallel()
	cb := newCallback(t)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		got := serve(t, cb.Handler(dingoa.EventHandlerFunc(nil)), method, testPush(t, cb, `{"EventType":"check_url"}`))
		require.Equal(t, http.StatusMethodNotAllowed, got.status)
		require.Equal(t, http.MethodPost, got.header.Get("Allow"))
	}
}

func TestHandlerAsksForAnotherDelivery(t *testing.T) {
	t.Parallel()
	for name, fn := range map[string]func(context.Context, *dingoa.Event) error{
		"error":              func(context.Context, *dingoa.Event) error { return errors.New("database is down") },
		"panic":              func(context.Context, *dingoa.Event) error { panic("database is down") },
		"panic with error":   func(context.Context, *dingoa.Event) error { panic(errors.New("database is down")) },
		"deliberate abort":   func(context.Context, *dingoa.Event) error { panic(http.ErrAbortHandler) },
		"missing dispatcher": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d *dingoa.Dispatcher
			if fn != nil {
				var err error
				d, err = dingoa.NewDispatcher(dingoa.OnType("bpms_task_change", fn))
				require.NoError(t, err)
			}
			var log bytes.Buffer
			cb := newCallback(t, dingoa.WithCallbackLogger(slog.New(slog.NewTextHandler(&log, nil))))
			p := testPush(t, cb, `{"EventType":"bpms_task_change","eventId":"id1","CorpId":"corp1","title":"plaintext"}`)
			got := serve(t, cb.Handler(d), http.MethodPost, p)
			require.Equal(t, http.StatusInternalServerError, got.status)
			require.Equal(t, "event not handled\n", got.body)
			for _, want := range []string{"level=ERROR", "event_id=id1", "event_type=bpms_task_change", "corp_id=corp1"} {
				require.Contains(t, log.String(), want)
			}
			if strings.HasPrefix(name, "panic") {
				require.Contains(t, log.String(), "database is down")
				require.Contains(t, log.String(), "TestHandlerAsksForAnotherDelivery", "the stack")
			}
			requireNoSecret(t, p.query, log.String())
		})
	}
}

func TestHandlerReportsAnAnswerThatWasNotSent(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	cb := newCallback(t, dingoa.WithCallbackLogger(slog.New(slog.NewTextHandler(&log, nil))))
	d, err := dingoa.NewDispatcher()
	require.NoError(t, err)
	p := testPush(t, cb, `{"EventType":"x","eventId":"id1"}`)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?"+p.query.Encode(), strings.NewReader(p.body))
	cb.Handler(d).ServeHTTP(brokenWriter{httptest.NewRecorder()}, req)
	require.Contains(t, log.String(), "was not told")
	require.Contains(t, log.String(), "event_id=id1")
}

type brokenWriter struct{ *httptest.ResponseRecorder }

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
