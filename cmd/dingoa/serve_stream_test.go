package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// Events come over stream mode too, and the end of the server ends the connection.
func TestServeStream(t *testing.T) {
	t.Parallel()
	r := startServe(t, nil, "--json")
	client := r.client(t, r.AppSecret)
	received := make(chan event.InstanceChange, 1)
	dispatcher, err := event.NewDispatcher(event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
		received <- c
		return nil
	}))
	require.NoError(t, err)
	states := make(chan stream.State, 100)
	consumer, err := stream.New(client, dispatcher, stream.WithHook(stream.Hook{
		Connection: func(c stream.ConnectionChange) { states <- c.State },
	}))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- consumer.Run(ctx) }()
	waitFor(states, stream.StateConnected)

	created, err := client.Instances.Create(t.Context(), leave())
	require.NoError(t, err)
	require.Equal(t, created.InstanceID, (<-received).InstanceID)
	require.Equal(t, exitOK, r.stop())
	waitFor(states, stream.StateClosed)
	cancel()
	require.NoError(t, <-ended)
}

func waitFor(states <-chan stream.State, want stream.State) {
	for state := range states {
		if state == want {
			return
		}
	}
}
