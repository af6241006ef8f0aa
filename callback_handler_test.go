package dingoa_test

import (
	"bytes"
	"cmp"
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
	"github.com/dingoa/dingoa/event"
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
	var got event.InstanceChange
	var checked string
	d, err := event.NewDispatcher(
		event.On(func(_ context.Context, e *event.Event, c event.InstanceChange) error {
			require.Equal(t, event.SourceHTTP, e.Source)
			got = c
			return nil
		}),
		event.On(func(_ context.Context, _ *event.Event, c event.URLCheck) error {
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
	d, err := event.NewDispatcher()
	require.NoError(t, err)
	for _, name := range []string{"check_url", "check_create_suite_url", "check_update_suite_url"} {
		cb := newCallback(t)
		p := testPush(t, cb, string(readFile(t, "testdata", "events", name+".json")))
		requireSuccess(t, cb, serve(t, cb.Handler(d), http.MethodPost, p))
	}
}

func TestHandlerRefusesInFewWords(t *testing.T) {
	t.Parallel()
	d, err := event.NewDispatcher(event.On(func(context.Context, *event.Event, event.InstanceChange) error {
		t.Error("a refused push reached a handler")
		return nil
	}))
	require.NoError(t, err)
	status := map[error]int{
		dingoa.ErrSignature: 401, dingoa.ErrTimestamp: 401, dingoa.ErrBodyTooLarge: 413,
		dingoa.ErrDecrypt: 400, dingoa.ErrOwner: 400, event.ErrMalformed: 400,
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

// unreadable are messages of genuine pushes that are no event, with what is
// handed over of each.
func unreadable() map[string]event.Event {
	return map[string]event.Event{
		"":                      {Raw: json.RawMessage(`""`)},
		"plaintext":             {Raw: json.RawMessage(`"plaintext"`)},
		"plaintext\xff\"":       {Raw: json.RawMessage("\"plaintext\ufffd\\\"\"")},
		"{}":                    {},
		`null`:                  {},
		`[{"EventType":"x"}]`:   {},
		`{"EventType":"x","a":`: {Raw: json.RawMessage(`"{\"EventType\":\"x\",\"a\":"`)},
		`{"EventType":{"plaintext":1},"CorpId":"c","eventId":"e1"}`:              {ID: "e1", CorpID: "c"},
		`{"EventType":"bpms_task_change","CorpId":["plaintext"],"eventId":"e1"}`: {ID: "e1", Type: "bpms_task_change"},
		`{"EventType":"bpms_task_change","CorpId":"c","eventId":"e1","EventTime":1495592305000,"taskId":{"plaintext":1}}`: {
			ID: "e1", Type: "bpms_task_change", CorpID: "c", Time: time.UnixMilli(1495592305000).UTC(),
		},
		`{"EventType":"SYNC_HTTP_PUSH_HIGH","bizData":{"plaintext":1}}`:        {Type: "SYNC_HTTP_PUSH_HIGH"},
		`{"eventType":"bpms_task_change","eventId":"e1","data":"plaintext"}`:   {ID: "e1", Type: "bpms_task_change"},
		`{"EventType":"suite_ticket","suiteTicket":["plaintext"],"eventId":1}`: {ID: "1", Type: "suite_ticket"},
	}
}

// DingTalk would deliver such a push three times and list it as failed, and it
// would be no better: it is handed over with all that it says.
func TestHandlerHandsOnWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for message, want := range unreadable() {
		var log bytes.Buffer
		cb := newCallback(t, dingoa.WithCallbackLogger(slog.New(slog.NewTextHandler(&log, nil))))
		var got *event.Event
		refusing := true
		h := event.HandlerFunc(func(_ context.Context, e *event.Event) error {
			if got = e; refusing {
				return errors.New("the disk is full")
			}
			return nil
		})
		require.Equal(t, http.StatusInternalServerError, serve(t, cb.Handler(h), http.MethodPost, testPush(t, cb, message)).status, message)
		refusing = false
		log.Reset()
		p := testPush(t, cb, message)
		requireSuccess(t, cb, serve(t, cb.Handler(h), http.MethodPost, p))

		require.Equal(t, event.SourceHTTP, got.Source, message)
		require.Equal(t, event.UnknownEvent{}, got.Data, message)
		require.Equal(t, want.Type, got.Type, message)
		require.Equal(t, want.CorpID, got.CorpID, message)
		require.Equal(t, want.Time, got.Time, message)
		if want.ID != "" {
			require.Equal(t, want.ID, got.ID, message)
		}
		if want.Raw == nil {
			want.Raw = json.RawMessage(message)
		}
		require.Equal(t, string(want.Raw), string(got.Raw))
		require.True(t, json.Valid(got.Raw))
		require.Equal(t, 1, strings.Count(log.String(), "\n"), "it is reported once: %s", log.String())
		require.Contains(t, log.String(), "level=ERROR")
		require.Contains(t, log.String(), event.ErrMalformed.Error())
		require.Contains(t, log.String(), "event_type="+cmp.Or(want.Type, `""`))
		requireNoSecret(t, p.query, log.String())

		parsed, err := cb.Parse(p.query, []byte(p.body))
		require.NoError(t, err)
		require.Equal(t, got, parsed.Event)
		reply, err := parsed.Acknowledge()
		require.NoError(t, err)
		require.NotEmpty(t, reply.Encrypt)
	}
}

// An inbox keeps it where somebody can look at it.
func TestWhatIsNoEventBecomesADeadLetter(t *testing.T) {
	t.Parallel()
	cb := newCallback(t, dingoa.WithCallbackLogger(slog.New(slog.DiscardHandler)))
	in, err := event.NewMemoryInbox(event.WithInboxMaxAttempts(1))
	require.NoError(t, err)
	const odd = `{"EventType":"bpms_task_change","eventId":"e1","taskId":{}}`
	for range 2 { // a repeat, which is kept once
		requireSuccess(t, cb, serve(t, cb.Handler(in), http.MethodPost, testPush(t, cb, odd)))
	}
	d, err := event.NewDispatcher(event.On(func(context.Context, *event.Event, event.TaskChange) error { return nil }))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, in.Run(ctx, d))
	var dead []string
	for letter, err := range in.DeadLetters(t.Context()) {
		require.NoError(t, err)
		dead = append(dead, string(letter.Event.Raw))
	}
	require.Equal(t, []string{odd}, dead)
}

// Without an inbox the handler of unknown events gets it, and with neither it is
// acknowledged as reported.
func TestWhatIsNoEventAndADispatcher(t *testing.T) {
	t.Parallel()
	const odd = `{"EventType":"bpms_task_change","eventId":"e1","taskId":{}}`
	var log bytes.Buffer
	cb := newCallback(t, dingoa.WithCallbackLogger(slog.New(slog.NewTextHandler(&log, nil))))
	tasks := event.On(func(context.Context, *event.Event, event.TaskChange) error {
		t.Error("the task has no content")
		return nil
	})
	d, err := event.NewDispatcher(tasks)
	require.NoError(t, err)
	requireSuccess(t, cb, serve(t, cb.Handler(d), http.MethodPost, testPush(t, cb, odd)))
	require.Equal(t, 1, strings.Count(log.String(), "\n"))

	var got []string
	failing := true
	d, err = event.NewDispatcher(tasks, event.On(func(_ context.Context, e *event.Event, _ event.UnknownEvent) error {
		got = append(got, e.ID)
		if failing {
			failing = false
			return errors.New("the disk is full")
		}
		return nil
	}))
	require.NoError(t, err)
	require.Equal(t, http.StatusInternalServerError, serve(t, cb.Handler(d), http.MethodPost, testPush(t, cb, odd)).status)
	for range 2 {
		requireSuccess(t, cb, serve(t, cb.Handler(d), http.MethodPost, testPush(t, cb, odd)))
	}
	require.Equal(t, []string{"e1", "e1"}, got)
}

func TestHandlerReadsNoMoreThanMaxBody(t *testing.T) {
	t.Parallel()
	cb := newCallback(t, dingoa.WithMaxBody(1000))
	d, err := event.NewDispatcher()
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
	newCallback(t).Handler(event.HandlerFunc(nil)).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", brokenReader{}))
	require.Equal(t, http.StatusBadRequest, rec.Code)
}

func TestHandlerAllowsOnlyPOST(t *testing.T) {
	t.Parallel()
	cb := newCallback(t)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		got := serve(t, cb.Handler(event.HandlerFunc(nil)), method, testPush(t, cb, `{"EventType":"check_url"}`))
		require.Equal(t, http.StatusMethodNotAllowed, got.status)
		require.Equal(t, http.MethodPost, got.header.Get("Allow"))
	}
}

func TestHandlerAsksForAnotherDelivery(t *testing.T) {
	t.Parallel()
	for name, fn := range map[string]func(context.Context, *event.Event) error{
		"error":              func(context.Context, *event.Event) error { return errors.New("database is down") },
		"panic":              func(context.Context, *event.Event) error { panic("database is down") },
		"panic with error":   func(context.Context, *event.Event) error { panic(errors.New("database is down")) },
		"deliberate abort":   func(context.Context, *event.Event) error { panic(http.ErrAbortHandler) },
		"missing dispatcher": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d *event.Dispatcher
			if fn != nil {
				var err error
				d, err = event.NewDispatcher(event.OnType("bpms_task_change", fn))
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
	d, err := event.NewDispatcher()
	require.NoError(t, err)
	p := testPush(t, cb, `{"EventType":"x","eventId":"id1"}`)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?"+p.query.Encode(), strings.NewReader(p.body))
	cb.Handler(d).ServeHTTP(brokenWriter{httptest.NewRecorder()}, req)
	require.Contains(t, log.String(), "was not told")
	require.Contains(t, log.String(), "event_id=id1")
}

type brokenWriter struct{ *httptest.ResponseRecorder }

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
