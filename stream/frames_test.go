package stream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// exchange sends messages over a connection and returns the answers, and what
// the hook was told of messages that led to no event.
func exchange(t *testing.T, h event.Handler, messages ...string) (answers []string, problems []string) {
	t.Helper()
	var got, told notes
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, func(ctx context.Context, _ int, ws *websocket.Conn) {
			for _, message := range messages {
				if ws.Write(ctx, websocket.MessageText, []byte(message)) != nil {
					return
				}
			}
			for {
				_, answer, err := ws.Read(ctx)
				if err != nil {
					return
				}
				got.add(string(answer))
			}
		})
		hook := stream.Hook{Frame: func(p stream.FrameProblem) {
			told.add(fmt.Sprint(p.Type, " ", p.Topic, " ", p.MessageID, " ", p.Err))
		}}
		c := run(t, g.client(t), h, stream.WithHook(hook))
		<-time.After(10 * time.Second)
		require.Equal(t, 1, g.connections(), "no message ends the connection")
		c.end(t)
		require.EqualValues(t, len(messages), c.Stats().Frames)
		require.EqualValues(t, len(told.all()), c.Stats().BadFrames)
	})
	return got.all(), told.all()
}

func TestMessages(t *testing.T) {
	t.Parallel()
	const (
		success = `{\"status\":\"SUCCESS\",\"message\":\"success\"}`
	)
	ack := func(code int, id, message, data string) string {
		return fmt.Sprintf(`{"code":%d,"headers":{"messageId":%q,"contentType":"application/json"},"message":%q,"data":"%s"}`, code, id, message, data)
	}
	const task = `{\"type\":\"start\",\"processInstanceId\":\"i1\",\"taskId\":42}`
	for name, test := range map[string]struct {
		message string
		answer  string // empty: none
		event   string // what the handler got
		problem string
	}{
		"event": {
			message: `{"specVersion":"1.0","type":"EVENT","time":1700000000000,"headers":{"topic":"*","messageId":"m1","contentType":"application/json","eventId":"e1","eventType":"bpms_task_change","eventCorpId":"c1","eventBornTime":"1700000000000"},"data":"` + task + `"}`,
			answer:  ack(200, "m1", "ok", success),
			event:   "e1 bpms_task_change c1 2023-11-14T22:13:20Z i1 42",
		},
		"numbers as headers": {
			message: `{"type":"EVENT","headers":{"messageId":17,"eventId":18,"eventType":"bpms_task_change","eventBornTime":1700000000000},"data":"` + task + `"}`,
			answer:  ack(200, "17", "ok", success),
			event:   "18 bpms_task_change  2023-11-14T22:13:20Z i1 42",
		},
		"data that is an object": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventId":"e1","eventType":"bpms_task_change"},"data":{"processInstanceId":"i1","taskId":"42"}}`,
			answer:  ack(200, "m1", "ok", success),
			event:   "e1 bpms_task_change  0001-01-01T00:00:00Z i1 42",
		},
		"base64": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventId":"e1","eventType":"bpms_task_change","contentType":"base64String"},"data":"eyJwcm9jZXNzSW5zdGFuY2VJZCI6ImkxIn0="}`,
			answer:  ack(200, "m1", "ok", success),
			event:   "e1 bpms_task_change  0001-01-01T00:00:00Z i1 ",
		},
		"event that nobody handles": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventId":"e1","eventType":"user_add_org"},"data":"{}"}`,
			answer:  ack(200, "m1", "ok", success),
		},
		"messageId to be escaped": {
			message: `{"type":"EVENT","headers":{"messageId":"m\"1\\","eventId":"e1","eventType":"user_add_org"},"data":"{}"}`,
			answer:  ack(200, `m"1\`, "ok", success),
		},
		"event without type": {
			message: `{"type":"EVENT","headers":{"messageId":"m1"},"data":"{}"}`,
			answer:  ack(200, "m1", "ok", success),
			problem: "EVENT  m1 dingoa: malformed event: it has no type",
		},
		"event without data": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventType":"user_add_org"}}`,
			answer:  ack(200, "m1", "ok", success),
			problem: "EVENT  m1 dingoa: malformed event: Raw is not JSON",
		},
		"event with broken data": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventType":"user_add_org"},"data":"{"}`,
			answer:  ack(200, "m1", "ok", success),
			problem: "EVENT  m1 dingoa: malformed event: Raw is not JSON",
		},
		"data that is null": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventType":"bpms_task_change"},"data":"null"}`,
			answer:  ack(200, "m1", "ok", success),
			problem: "EVENT  m1 dingoa: malformed event: what it says is no JSON object",
		},
		"data that is a number": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventType":"bpms_task_change"},"data":5}`,
			answer:  ack(200, "m1", "ok", success),
			problem: "EVENT  m1 dingoa: malformed event: what it says is no JSON object",
		},
		"a field of the wrong kind": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventType":"bpms_task_change"},"data":"{\"taskId\":{}}"}`,
			answer:  ack(200, "m1", "ok", success),
			problem: "EVENT  m1 dingoa: malformed event: taskId: want text, found an object",
		},
		"as the protocol page's sample has it": {
			message: `{"type":"EVENT","header":{"messageId":"m1","eventId":"e1","eventType":"bpms_task_change"},"data":"` + task + `"}`,
			answer:  ack(200, "m1", "ok", success),
			event:   "e1 bpms_task_change  0001-01-01T00:00:00Z i1 42",
		},
		"broken base64": {
			message: `{"type":"EVENT","headers":{"messageId":"m1","eventType":"user_add_org","contentType":"base64String"},"data":"{}"}`,
			answer:  ack(200, "m1", "ok", success),
			problem: "EVENT  m1 stream: data is not base64, as its contentType says",
		},
		"no headers": {
			message: `{"type":"EVENT","data":"{}"}`,
			problem: "EVENT   dingoa: malformed event: it has no type",
		},
		"headers that are a list": {
			message: `{"type":"EVENT","headers":[1],"data":"{}"}`,
			problem: "EVENT   dingoa: malformed event: it has no type",
		},
		"header that is an object": {
			message: `{"type":"EVENT","headers":{"topic":{},"messageId":"m1"},"data":"{}"}`,
			answer:  ack(200, "m1", "ok", success),
			problem: "EVENT  m1 dingoa: malformed event: it has no type",
		},
		"time that is none": {
			message: `{"type":"EVENT","headers":{"eventBornTime":"yesterday","messageId":"m1","eventId":"e1","eventType":"bpms_task_change"},"data":"` + task + `"}`,
			answer:  ack(200, "m1", "ok", success),
			event:   "e1 bpms_task_change  0001-01-01T00:00:00Z i1 42 eventBornTime: want a time, found text",
		},
		"ping": {
			message: `{"specVersion":"1.0","type":"SYSTEM","headers":{"topic":"ping","messageId":"m1"},"data":"{\"opaque\":\"01\"}"}`,
			answer:  ack(200, "m1", "ok", `{\"opaque\":\"01\"}`),
		},
		"ping without data": {
			message: `{"type":"SYSTEM","headers":{"topic":"ping","messageId":"m1"}}`,
			answer:  ack(200, "m1", "ok", ""),
		},
		"unknown topic of the system": {
			message: `{"type":"SYSTEM","headers":{"topic":"news","messageId":"m1"},"data":"{}"}`,
			answer:  ack(404, "m1", "no handler", ""),
			problem: "SYSTEM news m1 stream: nobody handles messages of this type and topic",
		},
		"callback": {
			message: `{"type":"CALLBACK","headers":{"topic":"/v1.0/im/bot/messages/get","messageId":"m1"},"data":"{}"}`,
			answer:  ack(404, "m1", "no handler", ""),
			problem: "CALLBACK /v1.0/im/bot/messages/get m1 stream: nobody handles messages of this type and topic",
		},
		"unknown type": {
			message: `{"type":"NEWS","headers":{"messageId":"m1"}}`,
			answer:  ack(404, "m1", "no handler", ""),
			problem: "NEWS  m1 stream: nobody handles messages of this type and topic",
		},
		"no JSON, with a messageId": {
			message: `{"type":"EVENT","headers":{"messageId": "m1","eventType":`,
			answer:  ack(200, "m1", "ok", success),
			problem: "  m1 stream: the message is not JSON",
		},
		"no JSON":    {message: `hello`, problem: "   stream: the message is not JSON"},
		"empty":      {message: ``, problem: "   stream: the message is not JSON"},
		"null":       {message: `null`, problem: "   stream: nobody handles messages of this type and topic"},
		"a list":     {message: `[{"type":"EVENT"}]`, problem: "   stream: nobody handles messages of this type and topic"},
		"deep":       {message: strings.Repeat("[", 20_000), problem: "   stream: the message is not JSON"},
		"not UTF-8":  {message: "{\"type\":\"\xff\xfe\"}", problem: "\ufffd\ufffd   stream: nobody handles messages of this type and topic"},
		"large text": {message: `{"type":"SYSTEM","headers":{"topic":"ping","messageId":"m1"},"data":"` + strings.Repeat("x", 500_000) + `"}`, answer: ack(200, "m1", "ok", strings.Repeat("x", 500_000))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var events notes
			d, err := event.NewDispatcher(event.On(func(_ context.Context, e *event.Event, c event.TaskChange) error {
				texts := []string{e.ID, e.Type, e.CorpID, e.Time.Format(time.RFC3339), c.InstanceID, c.TaskID}
				for _, field := range e.Unread {
					texts = append(texts, field.String())
				}
				events.add(strings.Join(texts, " "))
				require.True(t, json.Valid(e.Raw))
				return nil
			}))
			require.NoError(t, err)
			answers, problems := exchange(t, d, test.message)
			require.Equal(t, oneOrNone(test.answer), answers)
			require.Equal(t, oneOrNone(test.problem), problems)
			require.Equal(t, oneOrNone(test.event), events.all())
		})
	}
}

func oneOrNone(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// A message over the limit would come again for ever: it is acknowledged, its
// beginning and end are reported, and what follows it is read.
func TestMessageTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const headers = `"headers":{"messageId":"m1","eventType":"user_add_org"}`
		long := strings.Repeat("x", 3<<20)
		var answers notes
		g := newGateway(t, func(ctx context.Context, _ int, ws *websocket.Conn) {
			for _, message := range []string{
				`{"type":"EVENT",` + headers + `,"data":"` + long + `"}`,
				`{"type":"EVENT","data":"` + long + `",` + strings.Replace(headers, "m1", "m2", 1) + `}`,
				`{"type":"EVENT",` + strings.Replace(headers, "m1", "m3", 1) + `,"data":"{}"}`,
			} {
				_ = ws.Write(ctx, websocket.MessageText, []byte(message))
				_, answer, _ := ws.Read(ctx)
				answers.add(string(answer[:len(`{"code":200,"headers":{"messageId":"m1"`)]))
			}
			_, _, _ = ws.Read(ctx)
		})
		var log bytes.Buffer
		var kept [][]byte
		hook := stream.LogHook(slog.New(slog.NewTextHandler(&log, nil)))
		logged := hook.Frame
		hook.Frame = func(p stream.FrameProblem) { logged(p); kept = append(kept, p.Message()) }
		c := run(t, g.client(t), handlerFunc(nothing), stream.WithHook(hook))
		<-time.After(10 * time.Second)
		require.Equal(t, 1, g.connections())
		c.end(t)
		require.Equal(t, []string{
			`{"code":200,"headers":{"messageId":"m1"`, `{"code":200,"headers":{"messageId":"m2"`, `{"code":200,"headers":{"messageId":"m3"`,
		}, answers.all())
		require.Contains(t, log.String(), "WithMaxMessageBytes")
		require.NotContains(t, log.String(), "xxx")
		require.Len(t, kept, 2)
		require.Len(t, kept[0], 64<<10)
	})
}

// What can't be read is kept by an inbox, with all that came, and does not keep
// what follows waiting.
func TestUnreadableEventsAreKept(t *testing.T) {
	t.Parallel()
	in, err := event.NewMemoryInbox(event.WithInboxMaxAttempts(1))
	require.NoError(t, err)
	messages := []string{
		`{"type":"EVENT","headers":{"messageId":"m1","eventId":"e1","eventType":"bpms_task_change"},"data":"{"}`,
		`{"type":"EVENT","headers":{"messageId":"m2"`,
		`{"type":"EVENT","headers":{"messageId":"m3","eventId":"e3","eventType":"bpms_task_change"},"data":"{\"taskId\":3}"}`,
	}
	answers, problems := exchange(t, in, messages...)
	require.Len(t, answers, 3)
	require.Len(t, problems, 2)
	for _, answer := range answers {
		require.Contains(t, answer, `"code":200`)
	}
	d, err := event.NewDispatcher(
		event.On(func(context.Context, *event.Event, event.TaskChange) error { return nil }),
		event.On(func(context.Context, *event.Event, event.UnknownEvent) error { return errors.New("not wanted") }))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, in.Run(ctx, d))
	var dead []string
	for letter, err := range in.DeadLetters(t.Context()) {
		require.NoError(t, err)
		dead = append(dead, string(letter.Event.Raw))
		_, err := event.Encode(letter.Event)
		require.NoError(t, err)
	}
	second, err := json.Marshal(messages[1])
	require.NoError(t, err)
	require.ElementsMatch(t, []string{messages[0], string(second)}, dead)
}

func TestLogHook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c := run(t, client, handlerFunc(func(_ context.Context, e *event.Event) error {
			if kind(e) == "task start" {
				return errors.New("no database")
			}
			return nil
		}), stream.WithHook(stream.LogHook(logger)))
		start(t, client)
		flush(t, s)
		c.end(t)
		text := log.String()
		for _, want := range []string{
			`msg="dingtalk stream" connection=1 state=connected`,
			`level=DEBUG msg="dingtalk stream event" event="Event(bpms_instance_change`,
			`level=WARN msg="dingtalk stream event" event="Event(bpms_task_change`,
			`error="no database"`,
			`state=closed`,
		} {
			require.Contains(t, text, want)
		}
		require.NotContains(t, text, s.App().AppSecret)
		require.NotContains(t, text, "请假", "no content of events")
	})
}
