package emulator_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/fault"
)

// Events for a stream wait over a restart until the app connects again: those
// that nobody took, those that were on their way, and those of the meantime.
func TestStateKeepsEventsOfStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := statePath(t)
		s := stateServer(t, path)
		conn := connectStream(t, s, "*")
		id := create(t, newClient(t, s), leave())
		first := conn.event(t)
		conn.answer(t, first, 200, ackSuccess)
		second := conn.event(t) // and is not acknowledged
		synctest.Wait()
		require.NoError(t, s.Close())

		s = stateServer(t, path)
		require.True(t, s.Pushes()[0].Delivered)
		require.Equal(t, s.App().AppKey, s.Pushes()[1].AppKey)
		require.Empty(t, s.StreamConnections())
		require.NoError(t, s.Approve("lisi", id, "")) // two more events
		require.NoError(t, s.Flush(t.Context()))
		s.Advance(time.Hour)
		require.Len(t, s.Pushes(), 4)
		require.Len(t, s.Pushes()[1].Attempts, 1, "nobody is there")

		conn = connectStream(t, s, "*")
		again := map[string]bool{}
		for range 3 {
			f := conn.event(t)
			again[f.Headers["eventId"]] = true
			conn.answer(t, f, 200, ackSuccess)
		}
		synctest.Wait()
		require.Len(t, again, 3)
		require.True(t, again[second.Headers["eventId"]])
		require.False(t, again[first.Headers["eventId"]])
		for _, push := range s.Pushes() {
			require.True(t, push.Delivered, "%+v", push)
		}
		require.NoError(t, s.Close())
	})
}

// A fault goes on where it was, and what it delays stays delayed.
func TestStateKeepsEventFaults(t *testing.T) {
	t.Parallel()
	hits := func(restarts bool) (lost []bool) {
		synctest.Test(t, func(t *testing.T) {
			path := statePath(t)
			callback := emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler(), Events: []string{"bpms_task_change"}})
			s := stateServer(t, path, callback)
			s.FailEvents(fault.EventFault{Share: 0.5, Seed: 7, Lose: true, Times: 10})
			for range 8 {
				for range 4 {
					create(t, newClient(t, s), leave())
				}
				require.NoError(t, s.Flush(t.Context()))
				if restarts {
					require.NoError(t, s.Close())
					s = stateServer(t, path, callback)
				}
			}
			for _, push := range s.Pushes() {
				lost = append(lost, push.Lost)
			}
			require.NoError(t, s.Close())
		})
		return lost
	}
	require.Equal(t, hits(false), hits(true))

	synctest.Test(t, func(t *testing.T) {
		path := statePath(t)
		callback := emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler(), Events: []string{"bpms_task_change"}})
		s := stateServer(t, path, callback)
		s.FailEvents(fault.EventFault{Delay: time.Hour, Lose: true, Times: 1})
		create(t, newClient(t, s), leave())
		require.NoError(t, s.Flush(t.Context()))
		require.NoError(t, s.Close())
		s = stateServer(t, path, callback)
		s.Advance(59 * time.Minute)
		require.Empty(t, s.Pushes()[0].Attempts)
		s.Advance(time.Minute)
		require.True(t, s.Pushes()[0].Lost)
		require.NoError(t, s.Close())
	})
}
