package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
)

func TestAdminShowsStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := adminServer(t, emulator.WithStream())
		require.Equal(t, []any{}, admin(t, s, http.MethodGet, "streams", nil)["items"])
		adminStart(t, s)
		waiting := admin(t, s, http.MethodGet, "pushes", nil)
		require.Equal(t, []string{"stream", "stream"}, items(t, waiting, "transport"))
		require.Equal(t, []string{s.App().AppKey, s.App().AppKey}, items(t, waiting, "app"))
		require.NotContains(t, dig[map[string]any](t, waiting, "items", 0), "nextAttempt", "it waits for a connection")
		require.InDelta(t, 2, dig[float64](t, admin(t, s, http.MethodGet, "streams", nil), "apps", 0, "pending"), 0)

		conn := connectStream(t, s, "*")
		conn.answer(t, conn.event(t), 500, ackLater)
		conn.event(t)
		synctest.Wait()
		streams := admin(t, s, http.MethodGet, "streams", nil)
		id := dig[string](t, streams, "items", 0, "id")
		require.Equal(t, id, s.StreamConnections()[0].ID)
		require.Equal(t, map[string]any{
			"id": id, "app": s.App().AppKey, "topics": []any{"*"}, "opened": dig[string](t, streams, "items", 0, "opened"),
			"leaving": false, "sent": 2.0, "acknowledged": 1.0, "waiting": 1.0,
		}, dig[map[string]any](t, streams, "items", 0))
		require.Equal(t, map[string]any{"app": s.App().AppKey, "topics": []any{"*"}, "connections": 1.0, "pending": 2.0}, dig[map[string]any](t, streams, "apps", 0))
		require.InDelta(t, 1, admin(t, s, http.MethodGet, "overview", nil)["streams"], 0)

		first := admin(t, s, http.MethodGet, "pushes/"+s.Pushes()[0].EventID, nil)
		require.Equal(t, id, dig[string](t, first, "connection"))
		require.Equal(t, id, dig[string](t, first, "tries", 0, "connection"))
		require.InDelta(t, 500, dig[float64](t, first, "tries", 0, "status"), 0)
		require.Contains(t, dig[string](t, first, "tries", 0, "request"), `"type":"EVENT"`)
		require.Contains(t, dig[string](t, first, "tries", 0, "response"), "LATER")

		require.InDelta(t, 1, admin(t, s, http.MethodPost, "streams/disconnect", nil)["connections"], 0)
		for topic := ""; topic != "disconnect"; { // the first ping may come before
			topic = conn.next(t).Headers["topic"]
		}
		require.True(t, dig[bool](t, admin(t, s, http.MethodGet, "streams", nil), "items", 0, "leaving"))
		require.InDelta(t, 0, admin(t, s, http.MethodPost, "streams/disconnect", nil)["connections"], 0, "once is enough")
		require.InDelta(t, 1, admin(t, s, http.MethodPost, "streams/cut", nil)["connections"], 0)
		synctest.Wait()
		require.Empty(t, s.StreamConnections())
	})
}

// Sent again before its time, and lost while its acknowledgement is awaited.
func TestAdminSteersPushesOfStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := adminServer(t, emulator.WithStream())
		adminStart(t, s)
		conn := connectStream(t, s, "*")
		conn.answer(t, conn.event(t), 200, ackSuccess)
		began := time.Now()
		first := conn.event(t)
		id := first.Headers["eventId"]
		admin(t, s, http.MethodPost, "pushes/"+id+"/resend", nil)
		again := conn.event(t)
		require.Equal(t, id, again.Headers["eventId"])
		require.Zero(t, time.Since(began))
		conn.answer(t, first, 200, ackSuccess)
		synctest.Wait()
		require.False(t, s.Pushes()[1].Delivered, "the frame that counts is the second")

		admin(t, s, http.MethodPost, "pushes/"+id+"/lose", nil)
		require.Zero(t, s.StreamConnections()[0].InFlight)
		conn.answer(t, again, 200, ackSuccess)
		synctest.Wait()
		require.True(t, s.Pushes()[1].Lost)
		require.Empty(t, s.Pushes()[1].Attempts)

		admin(t, s, http.MethodPost, "pushes/"+id+"/resend", nil)
		conn.answer(t, conn.event(t), 200, ackSuccess)
		synctest.Wait()
		require.True(t, s.Pushes()[1].Delivered)
	})
}

func TestAdminEventFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := adminServer(t, emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler()}))
		added := admin(t, s, http.MethodPost, "event-faults", object{"eventType": "bpms_task_change", "lose": true, "times": 2})
		slow := admin(t, s, http.MethodPost, "event-faults", object{"eventType": "bpms_instance_change", "delay": "1h"})
		adminStart(t, s)
		require.NoError(t, s.Flush(t.Context()))
		list := admin(t, s, http.MethodGet, "event-faults", nil)
		require.Equal(t, map[string]any{
			"id": added["id"], "seen": 1.0, "hits": 1.0, "eventType": "bpms_task_change", "times": 1.0, "share": 0.0, "seed": 0.0,
			"reorder": false, "duplicate": false, "drop": false, "lose": true, "corrupt": false, "closeConnection": false,
		}, dig[map[string]any](t, list, "items", 0))
		require.Contains(t, list["eventTypes"], "suite_ticket")
		require.InDelta(t, 2, admin(t, s, http.MethodGet, "overview", nil)["eventFaults"], 0)
		require.Empty(t, s.Pushes()[0].Attempts)
		require.True(t, s.Pushes()[1].Lost)

		path := "event-faults/" + items(t, list, "id")[1]
		require.Equal(t, "1h0m0s", slow["delay"])
		require.InDelta(t, 1, admin(t, s, http.MethodDelete, path, nil)["removed"], 0)
		require.NoError(t, s.Flush(t.Context()))
		require.Len(t, s.Pushes()[0].Attempts, 1, "what was delayed is due at once")
		require.Equal(t, "Not Found faultNotFound id", adminRefused(t, s, http.MethodDelete, path, nil))
		require.InDelta(t, 1, admin(t, s, http.MethodDelete, "event-faults", nil)["removed"], 0)

		for want, in := range map[string]object{
			"Bad Request invalidField eventType": {"eventType": "bpms_task_chnage", "drop": true},
			"Bad Request invalidField times":     {"drop": true, "times": -1},
			"Bad Request invalidField share":     {"drop": true, "share": 1.5},
			"Bad Request invalidField delay":     {"delay": "soon"},
			"Bad Request invalidField":           {"eventType": "bpms_task_change", "times": 1},
			"Bad Request invalidField dorp":      {"dorp": true},
		} {
			require.Equal(t, want, adminRefused(t, s, http.MethodPost, "event-faults", in))
		}
	})
}

// A connection is told of from its beginning to its end.
func TestLiveUpdatesOfStreams(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	server := httptest.NewServer(s)
	defer server.Close()
	live, closer := updates(t.Context(), t, server.URL)
	defer func() { _ = closer.Close() }()
	next := func() map[string]any {
		for {
			var change map[string]any
			require.NoError(t, json.Unmarshal([]byte(requireEvent(t, live, "change")), &change))
			if change["kind"] == "stream" {
				return change
			}
		}
	}
	conn := connectStream(t, s, "*")
	began := next()
	require.Equal(t, s.App().AppKey, dig[string](t, began, "item", "app"))
	adminStart(t, s)
	for range 2 {
		conn.answer(t, conn.event(t), 200, ackSuccess)
	}
	for last := began; dig[float64](t, last, "item", "acknowledged") < 2; {
		last = next()
	}
	s.CutStreams()
	ended := next()
	require.Equal(t, began["id"], ended["id"])
	require.Nil(t, ended["item"])
}
