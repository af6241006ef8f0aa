package emulator

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// maxLog is how many requests and pushes are kept to be looked at.
const maxLog = 10_000

// Request is one request that the server answered. It holds no token.
type Request struct {
	// ID counts the requests from 1.
	ID           int64
	Time         time.Time
	Method, Path string
	// Operation is the vendor's ID on today's gateway, such as
	// "StartProcessInstance", also for a call of its older twin; empty for a
	// path that nobody knows.
	Operation string
	// Status is 0 when the connection was dropped.
	Status int
	// Code is the vendor's error code, empty on success.
	Code string
	// Message is the reason of a refusal, as it was answered, and Field the field
	// at fault, when it was one.
	Message, Field string
	Duration       time.Duration
}

// Requests are the requests so far, oldest first; of very many the last 10,000.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lastRequests())
}

func (s *Server) lastRequests() []Request {
	return s.requests[max(len(s.requests)-maxLog, 0):]
}

func (s *Server) record(ctx context.Context, r Request) {
	s.logRequest(ctx, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastRequest++
	r.ID = s.lastRequest
	s.requests = append(s.requests, r)
	if len(s.requests) >= 2*maxLog { // seldom, as it moves them all
		s.requests = slices.Delete(s.requests, 0, len(s.requests)-maxLog)
	}
	s.touch(kindRequest, strconv.FormatInt(r.ID, 10))
}
