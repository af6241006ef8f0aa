package dingoa

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/dingoa/dingoa/event"
)

const (
	firstBodyBytes = 512
	freeBodyBytes  = 4 << 10  // of each body; an event takes less
	maxReceiving   = 32 << 20 // of all bodies beyond that
)

var errReceivingTooMuch = errors.New("too many large bodies are coming in at once")

// limitReading bounds how long the body may take, and returns a function that
// ends that: once the deadline passes, the server ends the request's context.
func (c *callbackConfig) limitReading(w http.ResponseWriter, r *http.Request) (unlimited func()) {
	server, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	if ok && server.ReadTimeout > 0 && server.ReadTimeout <= c.timeout {
		return func() {}
	}
	controller := http.NewResponseController(w)
	if controller.SetReadDeadline(time.Now().Add(c.timeout)) != nil {
		return func() {}
	}
	return func() { _ = controller.SetReadDeadline(time.Time{}) }
}

// receive reads a push. The memory for the body grows with what has come, so
// that a connection that announces much and sends nothing costs nothing.
func (c *callbackConfig) receive(w http.ResponseWriter, r *http.Request) (*Push, error) {
	if r.ContentLength > c.maxBody {
		return nil, c.tooLarge()
	}
	body, reserved, err := c.readBody(http.MaxBytesReader(w, r.Body, c.maxBody))
	defer c.receiving.Add(-reserved)
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, c.tooLarge()
		}
		return nil, fmt.Errorf("dingoa: %w: reading the body: %w", event.ErrMalformed, err)
	}
	return c.parse(r.URL.Query(), body)
}

// readBody also returns how much of what all bodies may take it has taken.
func (c *callbackConfig) readBody(r io.Reader) (body []byte, reserved int64, err error) {
	body = make([]byte, 0, firstBodyBytes)
	for {
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, reserved, nil
		}
		if err != nil {
			return nil, reserved, err
		}
		if len(body) < cap(body) {
			continue
		}
		grown := 2 * cap(body)
		if grown > freeBodyBytes {
			more := int64(grown) - max(reserved, 0)
			if c.receiving.Add(more) > max(maxReceiving, 4*c.maxBody) {
				return nil, reserved + more, errReceivingTooMuch
			}
			reserved += more
		}
		body = append(make([]byte, 0, grown), body...)
	}
}
