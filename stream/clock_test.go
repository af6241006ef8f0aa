package stream_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/event"
)

// Tickets of connections serve whatever the clocks show.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{3 * time.Second, -2 * time.Minute, 8 * time.Hour, -8 * time.Hour, 30 * 24 * time.Hour, -30 * 24 * time.Hour} {
		t.Run(skew.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, emulator.WithClockSkew(skew))
				client := newClient(t, s)
				var got notes
				c := run(t, client, handlerFunc(func(_ context.Context, e *event.Event) error {
					got.add(kind(e))
					return nil
				}))
				synctest.Wait()
				<-time.After(time.Hour)
				start(t, client)
				flush(t, s)
				require.Equal(t, []string{"instance start", "task start"}, got.all())
				require.EqualValues(t, 1, c.Stats().Connections)
				c.end(t)
			})
		})
	}
}
