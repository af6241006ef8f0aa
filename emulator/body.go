package emulator

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// What requests may take.
const (
	maxBody = 8 << 20 // bytes of one body, but for uploads
	// bodyTime is how long a body may take to come, and each part of an upload.
	bodyTime = 10 * time.Second
	// replyTime is how long the client may take to read a reply, or 1 MB of it.
	replyTime = 30 * time.Second
	// smallBody is taken in any case; what is beyond it is in heldBodies, which
	// all bodies that are being read or handled share.
	smallBody  = 4 << 10
	heldBodies = 64 << 20
)

var (
	errBodyTooLarge = errors.New("the body is too large")
	errManyBodies   = errors.New("too many large bodies at once, try again")
)

// bodies are the bodies that are being read or handled.
type bodies struct {
	held atomic.Int64  // bytes
	time time.Duration // bodyTime, but in tests
}

func (b *bodies) take(n int64) bool {
	if b.held.Add(n) <= heldBodies {
		return true
	}
	b.held.Add(-n)
	return false
}

// read reads a body of up to limit bytes into what has come so far, so that one
// that is only announced takes nothing. What it takes is added to held; the caller
// gives it back, also after an error.
func (b *bodies) read(r io.Reader, limit int, held *int64) ([]byte, error) {
	body := make([]byte, 0, smallBody)
	for {
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, err
		case len(body) > limit:
			return nil, errBodyTooLarge
		case len(body) < cap(body):
			continue
		}
		more := int64(cap(body))
		if !b.take(more) {
			return nil, errManyBodies
		}
		*held += more
		larger := make([]byte, len(body), 2*len(body))
		copy(larger, body)
		body = larger
	}
}

// withTime bounds how long the body may take, or each part of it. Without a
// socket there is no bound.
func (b *bodies) withTime(w http.ResponseWriter, r *http.Request, each bool) *http.Request {
	if r.Body == nil || r.Body == http.NoBody {
		return r
	}
	body := &timedBody{ReadCloser: r.Body, connection: http.NewResponseController(w), each: each, time: b.time}
	_ = body.connection.SetReadDeadline(time.Now().Add(b.time))
	timed := *r // a copy: net/http looks at its own to know what is left to be read
	timed.Body = body
	return &timed
}

type timedBody struct {
	io.ReadCloser

	connection *http.ResponseController
	each       bool
	time       time.Duration
}

// Read implements io.Reader.
func (b *timedBody) Read(p []byte) (int, error) {
	if b.each {
		_ = b.connection.SetReadDeadline(time.Now().Add(b.time))
	}
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) { // the answer may take its time
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}

// writeReply writes a whole reply to a client that may be slow, but not for ever.
func writeReply(w http.ResponseWriter, status int, body []byte) {
	const part = 1 << 20
	connection := http.NewResponseController(w)
	if status != http.StatusNoContent && status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	for {
		_ = connection.SetWriteDeadline(time.Now().Add(replyTime))
		n := min(len(body), part)
		if _, err := w.Write(body[:n]); err != nil {
			return // the client has gone
		}
		if body = body[n:]; len(body) == 0 {
			break
		}
	}
	_ = connection.Flush()
	_ = connection.SetWriteDeadline(time.Time{}) // the next reply may not set one
}
