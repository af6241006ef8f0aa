package browsertest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
)

// withStreams adds to an emulator's admin API what stream mode brings: the
// numbers in the overview, the connections and the faults of events.
func withStreams(t *testing.T, server http.Handler, added chan<- string) http.Handler {
	t.Helper()
	faults := "[]"
	write := func(w http.ResponseWriter, text string) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	}
	mux := http.NewServeMux()
	mux.Handle("/", server)
	mux.HandleFunc("GET /_emulator/overview", func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, r)
		write(w, strings.Replace(recorder.Body.String(), "{", `{"streams":1,"eventFaults":0,`, 1))
	})
	mux.HandleFunc("GET /_emulator/streams", func(w http.ResponseWriter, _ *http.Request) {
		write(w, `{"items":[{"id":"c-1","app":"dingemulatorapp","topics":["*"],"opened":"2026-05-04T01:30:00Z","leaving":true,"sent":5,"acknowledged":3,"waiting":2}],`+
			`"apps":[{"app":"dingemulatorapp","topics":["*"],"connections":1,"pending":7}]}`)
	})
	mux.HandleFunc("POST /_emulator/streams/disconnect", func(w http.ResponseWriter, _ *http.Request) {
		added <- "disconnect"
		write(w, `{"connections":1}`)
	})
	mux.HandleFunc("GET /_emulator/event-faults", func(w http.ResponseWriter, _ *http.Request) { write(w, `{"items":`+faults+`}`) })
	mux.HandleFunc("POST /_emulator/event-faults", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		faults = `[` + strings.Replace(string(body), "{", `{"id":1,"seen":8,"hits":2,`, 1) + `]`
		added <- string(body)
		write(w, "{}")
	})
	return mux
}

func TestStreamsAndFaultsOfEvents(t *testing.T) {
	t.Parallel()
	server, err := emulator.New(emulator.WithAdmin())
	require.NoError(t, err)
	added := make(chan string, 1)
	p := open(t, mount(t, server, withStreams(t, server, added)).URL, desktop("en-GB"))
	p.goTo("/#/streams")
	p.sees("c-1", "leaving", "dingemulatorapp", "Unacknowledged", "Apps in stream mode")
	p.click("#disconnect")
	p.sees("They were asked to")
	require.Equal(t, "disconnect", <-added)
	p.goTo("/#/faults")
	p.click(`[name="duplicate"]`)
	p.click(`[name="reorder"]`)
	p.run(`document.querySelector('#own-event-fault [name="share"]').value = "0.25"`)
	p.click("#add-event-fault")
	p.sees("The fault is active")
	var sent map[string]any
	require.NoError(t, json.Unmarshal([]byte(<-added), &sent))
	require.Equal(t, map[string]any{
		"duplicate": true, "reorder": true, "drop": false, "lose": false, "corrupt": false, "closeConnection": false, "share": 0.25,
	}, sent)
	p.goTo("/#/")
	p.goTo("/#/faults")
	p.sees("After the next one, Sent twice", "25%")
}

// An emulator without stream mode says so, and is not asked for more.
func TestWithoutStreams(t *testing.T) {
	t.Parallel()
	_, base := serve(t)
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/streams")
	p.sees("This server has no stream mode to show.")
}
