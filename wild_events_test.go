package dingoa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	dingstream "github.com/dingoa/dingoa/stream"
)

// wildEvent is what a push says, whatever way it comes.
type wildEvent struct {
	// id, corpID and at come from the envelope, where there is one.
	id, corpID string
	at         time.Time
	eventType  string
	data       event.Data
}

// wildMessage is a push taken apart: what the envelope says and the rest.
type wildMessage struct {
	wildEvent
	members map[string]json.RawMessage
}

func (m *wildMessage) body(t *testing.T, more map[string]any) string {
	t.Helper()
	all := map[string]any{}
	for name, value := range m.members {
		all[name] = value
	}
	maps.Copy(all, more)
	text, err := json.Marshal(all)
	require.NoError(t, err)
	return string(text)
}

// wildPushes are the events of a file, one a line or one altogether.
func wildPushes(t *testing.T, name, payload string, want []wildEvent) []wildMessage {
	t.Helper()
	texts := []string{payload}
	if strings.HasSuffix(name, ".ndjson") {
		texts = strings.Split(strings.TrimSpace(payload), "\n")
	}
	require.Len(t, texts, len(want), name)
	messages := make([]wildMessage, len(texts))
	for i, text := range texts {
		members := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal([]byte(text), &members))
		if data, ok := members["data"]; ok {
			var inner string
			if json.Unmarshal(data, &inner) == nil {
				data = json.RawMessage(inner)
			}
			members = map[string]json.RawMessage{}
			require.NoError(t, json.Unmarshal(data, &members))
		}
		for _, outside := range []string{"EventType", "EventTime", "eventId", "CorpId", "corpId", "TimeStamp"} {
			delete(members, outside)
		}
		messages[i] = wildMessage{want[i], members}
	}
	return messages
}

// TestWildEventsAsTheyAre reads each push as it was published.
func TestWildEventsAsTheyAre(t *testing.T) {
	t.Parallel()
	expected := wildEvents()
	for name, payload := range wildFiles(t, "events", expected) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := expected[name]
			switch name {
			case "15-body-only.json": // only its connection says what it is
				_, err := event.Parse([]byte(payload))
				require.ErrorIs(t, err, event.ErrMalformed)
				e := event.Event{Type: want[0].eventType, CorpID: want[0].corpID, Raw: json.RawMessage(payload)}
				require.NoError(t, e.ParseData())
				require.Equal(t, want[0].data, e.Data)
				return
			case "17-stream-frame.json": // a whole frame, see TestWildEventsByStream
				return
			}
			texts := []string{payload}
			if strings.HasSuffix(name, ".ndjson") {
				texts = strings.Split(strings.TrimSpace(payload), "\n")
			}
			require.Len(t, texts, len(want))
			keys := map[string]bool{}
			for i, text := range texts {
				e, err := event.Parse([]byte(text))
				require.NoError(t, err)
				requireWild(t, want[i], e)
				keys[e.Key()] = true
				again, err := event.Parse([]byte(text))
				require.NoError(t, err)
				require.Equal(t, e.Key(), again.Key(), "a repeat is a repeat")
			}
			require.Len(t, keys, len(want), "each is an event of its own")
		})
	}
}

// requireWild compares all that want says; what it leaves out may be derived.
func requireWild(t *testing.T, want wildEvent, e *event.Event) {
	t.Helper()
	require.Equal(t, want.eventType, e.Type)
	require.Equal(t, want.corpID, e.CorpID)
	require.WithinDuration(t, want.at, e.Time, 0)
	if want.id != "" {
		require.Equal(t, want.id, e.ID)
	}
	require.NotEmpty(t, e.ID)
	require.Equal(t, want.data, e.Data)
}

// each runs the events of all files through a source.
func eachWildEvent(t *testing.T, test func(t *testing.T, m wildMessage)) {
	t.Helper()
	expected := wildEvents()
	for name, payload := range wildFiles(t, "events", expected) {
		for i, m := range wildPushes(t, name, payload, expected[name]) {
			t.Run(fmt.Sprint(name, "/", i), func(t *testing.T) {
				t.Parallel()
				test(t, m)
			})
		}
	}
}

func TestWildEventsByPush(t *testing.T) {
	t.Parallel()
	eachWildEvent(t, func(t *testing.T, m wildMessage) {
		t.Helper()
		outside := map[string]any{"EventType": m.eventType, "CorpId": m.corpID}
		if m.id != "" {
			outside["eventId"] = m.id
		}
		if !m.at.IsZero() {
			outside["EventTime"] = m.at.UnixMilli()
		}
		var got []*event.Event
		cb := newCallback(t)
		p := testPush(t, cb, m.body(t, outside))
		rec := httptest.NewRecorder()
		cb.Handler(event.HandlerFunc(func(_ context.Context, e *event.Event) error {
			got = append(got, e)
			return nil
		})).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?"+p.query.Encode(), strings.NewReader(p.body)))
		require.Equal(t, http.StatusOK, rec.Code)
		require.Len(t, got, 1)
		require.Equal(t, event.SourceHTTP, got[0].Source)
		requireWild(t, m.wildEvent, got[0])
	})
}

func TestWildEventsByFailedList(t *testing.T) {
	t.Parallel()
	eachWildEvent(t, func(t *testing.T, m wildMessage) {
		t.Helper()
		entry, err := json.Marshal(map[string]any{
			"call_back_tag": m.eventType, "event_time": m.at.UnixMilli(),
			m.eventType: map[string]any{"corpid": m.corpID, "bpmsCallBackData": json.RawMessage(m.body(t, nil))},
		})
		require.NoError(t, err)
		reply := `{"errcode":0,"has_more":false,"failed_list":[` + string(entry) + `]}`
		pushes, err := newDingTalk(answer(200, reply)).once(t).Callbacks.FailedPushes(t.Context())
		require.NoError(t, err)
		require.Len(t, pushes.Events, 1)
		e := &pushes.Events[0]
		require.Equal(t, event.SourceFailedPush, e.Source)
		want := m.wildEvent
		want.id = "" // the list has none
		if want.at.IsZero() {
			want.at = e.Time
		}
		requireWild(t, want, e)
	})
}

func TestWildEventsBySyncHTTP(t *testing.T) {
	t.Parallel()
	eachWildEvent(t, func(t *testing.T, m wildMessage) {
		t.Helper()
		outside := map[string]any{"syncAction": m.eventType}
		if m.id != "" {
			outside["eventId"] = m.id
		}
		row := map[string]any{"biz_type": 4, "corp_id": m.corpID, "gmt_create": m.at.UnixMilli(), "biz_data": m.body(t, outside)}
		push, err := json.Marshal(map[string]any{"EventType": "SYNC_HTTP_PUSH_HIGH", "bizData": []any{row}})
		require.NoError(t, err)
		e, err := event.Parse(push)
		require.NoError(t, err)
		rows, ok := e.Data.(event.SyncPush)
		require.True(t, ok)
		require.Len(t, rows.Events, 1)
		want := m.wildEvent
		if want.at.IsZero() {
			want.at = rows.Events[0].Time
		}
		requireWild(t, want, &rows.Events[0])
	})
}

// TestWildEventsByStream sends every event over one connection, and the frame of
// 2024 as it was published.
func TestWildEventsByStream(t *testing.T) {
	t.Parallel()
	expected := wildEvents()
	var frames []string
	var want []wildEvent
	for name, payload := range wildFiles(t, "events", expected) {
		for i, m := range wildPushes(t, name, payload, expected[name]) {
			want = append(want, m.wildEvent)
			if name == "17-stream-frame.json" {
				frames = append(frames, payload)
				continue
			}
			headers := map[string]any{
				"contentType": "application/json", "topic": "*", "messageId": fmt.Sprint(name, i), "eventType": m.eventType,
				"eventId": m.id, "eventCorpId": m.corpID,
			}
			if !m.at.IsZero() {
				headers["eventBornTime"] = strconv.FormatInt(m.at.UnixMilli(), 10)
			}
			frame, err := json.Marshal(map[string]any{"specVersion": "1.0", "type": "EVENT", "headers": headers, "data": m.body(t, nil)})
			require.NoError(t, err)
			frames = append(frames, string(frame))
		}
	}
	got := make(chan *event.Event, len(frames))
	srv := streamServer(t, frames)
	c, err := dingoa.New(appKey, appSecret, dingoa.WithBaseURL(srv.URL))
	require.NoError(t, err)
	consumer, err := dingstream.New(c, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
		got <- e
		return nil
	}))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- consumer.Run(ctx) }()
	seen := map[int]bool{}
	for range frames {
		e := <-got
		require.Equal(t, event.SourceStream, e.Source)
		for i, w := range want {
			if w.eventType == e.Type && w.corpID == e.CorpID && w.at.Equal(e.Time) && (w.id == "" || w.id == e.ID) && fmt.Sprint(w.data) == fmt.Sprint(e.Data) {
				seen[i] = true
			}
		}
	}
	require.Len(t, seen, len(frames))
	cancel()
	require.NoError(t, <-done)
}

// streamServer hands out one address and sends the frames to who connects.
func streamServer(t *testing.T, frames []string) *httptest.Server {
	t.Helper()
	var srv *httptest.Server
	srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = fmt.Fprintf(w, `{"endpoint":%q,"ticket":"t"}`, "ws"+strings.TrimPrefix(srv.URL, "http")+"/connect")
			return
		}
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = ws.CloseNow() }()
		for _, frame := range frames {
			if ws.Write(r.Context(), websocket.MessageText, []byte(frame)) != nil {
				return
			}
		}
		for {
			if _, _, err := ws.Read(r.Context()); err != nil {
				return
			}
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}
