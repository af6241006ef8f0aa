package emulator

import (
	"fmt"
	"net/http"
	"time"
)

// heartbeat is how often an idle stream of updates says that it lives.
const heartbeat = 15 * time.Second

// adminEvents streams what changes as server-sent events. A client that reads
// too slowly gets the event "overflow" and is cut off: it connects again and
// loads what it shows anew.
func (s *Server) adminEvents(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	send := func(format string, args ...any) bool {
		_ = out.SetWriteDeadline(time.Now().Add(heartbeat)) // not on every writer
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil && out.Flush() == nil
	}
	watcher := s.watch()
	defer s.unwatch(watcher)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	if !send("retry: 1000\nevent: hello\ndata: {}\n\n") {
		return
	}
	for alive := true; alive; {
		select {
		case data, ok := <-watcher.updates:
			if !ok {
				send("event: overflow\ndata: {}\n\n")
				return
			}
			alive = send("event: change\ndata: %s\n\n", data)
		case <-beat.C:
			alive = send(": still here\n\n")
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}
