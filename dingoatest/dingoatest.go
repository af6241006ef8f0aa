// Package dingoatest helps tests of code that uses dingoa: an emulated DingTalk
// that ends with the test, and pushes to feed a callback handler with.
//
// It depends on nothing but package testing and package emulator.
package dingoatest

import (
	"net/http"
	"testing"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
)

// Server is an [emulator.Server] that fails the test where the emulator would
// return an error.
type Server struct {
	*emulator.Server

	tb testing.TB
}

// NewServer starts an emulator and closes it when the test ends. In a
// testing/synctest bubble create it inside the bubble. To see what your program
// does when DingTalk's clock is ahead of its own, or behind, give
// [emulator.WithClockSkew].
func NewServer(tb testing.TB, opts ...emulator.Option) *Server {
	tb.Helper()
	s, err := emulator.New(opts...)
	if err != nil {
		tb.Fatalf("dingoatest: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("dingoatest: %v", err)
		}
	})
	return &Server{Server: s, tb: tb}
}

// Client is a client of the emulator; see [emulator.Server.Client].
func (s *Server) Client(opts ...dingoa.Option) *dingoa.Client {
	s.tb.Helper()
	c, err := s.Server.Client(opts...)
	if err != nil {
		s.tb.Fatalf("dingoatest: %v", err)
	}
	return c
}

// RequireInstance returns how an instance stands, and fails the test when there
// is none.
func (s *Server) RequireInstance(id string) emulator.InstanceState {
	s.tb.Helper()
	state, ok := s.Instance(id)
	if !ok {
		s.tb.Fatalf("dingoatest: there is no instance %q", id)
	}
	return state
}

// SignedPush is a push as DingTalk sends it, signed and encrypted for cb, to
// hand to a callback's handler. The event is JSON ([]byte) or anything that
// encodes to JSON. What cb leaves empty has the emulator's defaults, the owner
// key [company.DefaultAppKey].
//
// The request's context is the test's own.
func SignedPush(tb testing.TB, cb emulator.Callback, event any) *http.Request {
	tb.Helper()
	req, err := cb.NewRequest(tb.Context(), event)
	if err != nil {
		tb.Fatalf("dingoatest: %v", err)
	}
	return req
}
