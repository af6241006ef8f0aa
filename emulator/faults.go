package emulator

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/emulator/fault"
)

// Fail adds a fault. Of several that match a request the oldest is taken.
func (s *Server) Fail(f fault.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addFault(f, "")
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removeFaults(func(*activeFault) bool { return true })
}

// takeFault uses up one hit of the first fault that matches.
func (s *Server) takeFault(operation string) *activeFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Operation != "" && f.Operation != operation {
			continue
		}
		if !f.hit() {
			continue
		}
		taken := *f
		if f.Times == 1 {
			s.faults = slices.Delete(s.faults, i, i+1)
		} else if f.Times > 1 {
			f.Times--
		}
		s.touchFault(f)
		return &taken
	}
	return nil
}

func (f *activeFault) wait(ctx context.Context) {
	if f.Delay <= 0 {
		return
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// replacesReply reports whether the fault has a reply of its own.
func replacesReply(f *fault.Fault) bool { return f.Code != "" || f.Body != "" || f.Status != 0 }

func (f *activeFault) reply(c *call) reply {
	rep := reply{status: f.Status, retryAfter: f.RetryAfter, contentType: f.ContentType, body: []byte(f.Body)}
	if f.Code != "" && f.Body == "" {
		e := &apiError{status: f.Status, code: f.Code, errcode: f.LegacyCode, message: f.Message}
		if e.status < 200 || e.status > 999 {
			e.status = http.StatusBadRequest
		}
		if e.errcode == 0 {
			e.errcode = -1
		}
		rep = c.refusal(e)
		rep.retryAfter = f.RetryAfter
		return rep
	}
	switch {
	case rep.status == 0:
		rep.status = http.StatusOK
	case rep.status < 200 || rep.status > 999:
		rep.status = http.StatusInternalServerError // net/http cannot send it
	}
	if rep.contentType == "" {
		rep.contentType = contentTypeJSON
	}
	rep.code = "fault " + strconv.Itoa(rep.status)
	return rep
}
