package inbox_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
)

// Whatever lies in the stream, in place of an event, of its note or of a dead
// letter, nothing panics, and what came behind it is still handed over, listed
// and removed.
func FuzzStored(f *testing.F) {
	for _, stored := range []string{"", "{", "null", "7", `{"id":"1","type":"bpms_task_change","source":"http","raw":{}}`, "\xff\x00"} {
		f.Add([]byte(stored), []byte(stored), "waiting", "")
		f.Add([]byte(`{"event":`+stored+`,"attempts":3,"problem":"no","time":"2026-05-04T00:00:00Z"}`), []byte("-1"), "dead", "x")
		f.Add([]byte(`{"event":null,"attempts":"many"}`), []byte(stored), "no state", "0")
	}
	s := startServer(f, f.TempDir(), server.RANDOM_PORT)
	conn, err := nats.Connect(s.ClientURL())
	require.NoError(f, err)
	f.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(f, err)
	in := connect(f, s, inbox.WithMaxAttempts(1))
	handled := make(chan string)
	run(f, in, handlerFunc(func(_ context.Context, e *event.Event) error {
		switch e.Subject() {
		case "good":
			handled <- e.ID
		case "refused":
			return fmt.Errorf("refused %s", e.ID)
		}
		return nil
	}))
	count := 0
	f.Fuzz(func(t *testing.T, letter, content []byte, state, lane string) {
		ctx := t.Context()
		keep := func(instance string) *event.Event {
			count++
			e := taskChange(t, instance, count)
			require.NoError(t, in.Dispatch(ctx, e))
			return e
		}
		// What lies around has the place of the good ones: their shard and lane.
		before := keep("good")
		require.Equal(t, before.ID, <-handled)
		stored, err := js.Stream(ctx, "dingoa")
		require.NoError(t, err)
		like, err := stored.GetLastMsgForSubject(ctx, "dingoa.event.*."+before.Key())
		require.NoError(t, err)
		shard := like.Subject[:len(like.Subject)-len(before.Key())]
		store := func(subject string, data []byte, header nats.Header) {
			_, err := js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: data, Header: header})
			require.NoError(t, err)
		}
		strange, other, dead := fmt.Sprint("strange-", count), fmt.Sprint("other-", count), fmt.Sprint("dead-", count)
		store("dingoa.attempts."+strange, content, nil)
		store(shard+strange, content, nats.Header{"Dingoa-State": {"waiting"}, "Dingoa-Lane": like.Header["Dingoa-Lane"]})
		store(shard+other, content, nats.Header{"Dingoa-State": {clean(state)}, "Dingoa-Lane": {clean(lane)}})
		store(shard+dead, content, nats.Header{"Dingoa-State": {"dead"}, "Dingoa-Lane": {clean(lane)}})
		store("dingoa.dead."+dead, letter, nil)

		after := keep("good")
		require.Equal(t, after.ID, <-handled)
		refused := keep("refused")
		keys := map[string]bool{}
		require.Eventually(t, func() bool {
			for letter, err := range in.DeadLetters(ctx) {
				if err == nil {
					keys[letter.Event.Key()] = true
				}
			}
			return keys[refused.Key()]
		}, waitTime, pollTime)
		require.NoError(t, in.Discard(ctx, refused.Key()))
		require.NoError(t, in.Discard(ctx, dead))
		if err := in.Discard(ctx, strange); err != nil { // it may be an event after all
			require.ErrorIs(t, err, event.ErrNoDeadLetter)
		}
	})
}

// clean is what a header can hold.
func clean(text string) string {
	for _, r := range text {
		if r < ' ' || r > '~' {
			return ""
		}
	}
	return text
}
