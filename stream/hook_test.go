package stream_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/stream"
)

// TestHooksCompose: a second hook takes nothing from the first.
func TestHooksCompose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		client := newClient(t, s)
		var first, second []stream.State
		events := 0
		c := run(t, client, handlerFunc(nothing),
			stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) { first = append(first, c.State) }}),
			stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) { second = append(second, c.State) }}),
			stream.WithHook(stream.Hook{Event: func(stream.EventResult) { events++ }}))
		start(t, client)
		flush(t, s)
		c.end(t)
		require.NotEmpty(t, first)
		require.Equal(t, first, second)
		require.Positive(t, events)
	})
}
