package browsertest

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// consume runs a client in stream mode until the test ends; connected gets a
// value for each of its connections.
func consume(t *testing.T, server *emulator.Server) (connected <-chan struct{}) {
	t.Helper()
	client, err := server.Client()
	require.NoError(t, err)
	dispatcher, err := event.NewDispatcher()
	require.NoError(t, err)
	up := make(chan struct{}, 10)
	consumer, err := stream.New(client, dispatcher, stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) {
		if c.State == stream.StateConnected {
			up <- struct{}{}
		}
	}}))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = consumer.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	return up
}

func TestStreams(t *testing.T) {
	t.Parallel()
	server, base := serve(t, emulator.WithStream())
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/streams")
	p.sees("Nobody is connected.")
	connected := consume(t, server)
	<-connected
	p.sees(company.DefaultAppKey, "Unacknowledged", "Apps in stream mode")
	p.sees(server.StreamConnections()[0].ID)
	p.click("#disconnect")
	p.sees("They were asked to")
	<-connected // the client has come back
}

func TestFaultsOfEvents(t *testing.T) {
	t.Parallel()
	server, base := serve(t, emulator.WithStream())
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/faults")
	p.sees("No faults are active.", "Execute it first") // what is above the form has its place
	p.click(`[name="duplicate"]`)
	p.click(`[name="reorder"]`)
	p.run(`document.querySelector('#own-event-fault [name="share"]').value = "0.25"`)
	p.click("#add-event-fault")
	p.sees("The fault is active", "After the next one, Sent twice", "25%")

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/_emulator/event-faults", http.NoBody)
	require.NoError(t, err)
	resp, err := server.HTTPClient().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	var faults struct {
		Items []struct {
			Duplicate bool    `json:"duplicate"`
			Reorder   bool    `json:"reorder"`
			Drop      bool    `json:"drop"`
			Share     float64 `json:"share"`
		} `json:"items"`
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&faults))
	require.Len(t, faults.Items, 1)
	require.True(t, faults.Items[0].Duplicate && faults.Items[0].Reorder && !faults.Items[0].Drop)
	require.InDelta(t, 0.25, faults.Items[0].Share, 0)
}
