package emulator

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault makes requests fail, or be slow. The zero Fault changes nothing.
type Fault struct {
	// Operation is the vendor's ID on today's gateway, such as
	// "StartProcessInstance", and means its older twin too; empty is every
	// request, token requests included.
	Operation string
	// Times is how many requests it hits; 0 is all until [Server.ClearFaults].
	Times int
	// Share is the part of the requests that it hits, between 0 and 1: 0.25 is
	// every fourth. 0 is all of them.
	Share float64

	// Delay is waited before the reply, on package time, at most until the
	// caller gives up.
	Delay time.Duration
	// After executes the request first, so that only its reply is lost or
	// replaced. Without it a fault that replaces the reply executes nothing.
	After bool
	// DropConnection closes the connection in place of a reply.
	DropConnection bool

	// Code and Message are answered as today's gateway does, with the HTTP
	// status Status (400 when 0).
	Code, Message string
	// LegacyCode is the errcode on the older gateway, where the HTTP status
	// stays 200; -1 (系统繁忙) when it is 0 and Code is set.
	LegacyCode int
	// Body replaces the reply on both gateways, with the status Status (200
	// when 0) and ContentType (application/json when empty).
	Body, ContentType string
	// Status alone, without Code and Body, is an empty reply.
	Status int
	// RetryAfter is sent as the header of that name, in whole seconds.
	RetryAfter time.Duration
}

// FaultQPS is the limit per app and operation (20 calls a second), which is
// over after a second.
func FaultQPS() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", LegacyCode: 90018,
		Message: "应用调用该接口的QPS超过限制",
	}
}

// FaultQuota is the monthly quota of the company, used up.
func FaultQuota() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: "Forbidden.AccessDenied.ApiCountLimitForOrg", LegacyCode: 90020,
		Message: "企业本月接口调用次数已用完",
	}
}

// FaultIPNotAllowed is a caller whose address is not in the app's whitelist.
func FaultIPNotAllowed() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: "Forbidden.AccessDenied.IpNotInWhiteList", LegacyCode: 60020,
		Message: "访问ip不在白名单之中,request ip=203.0.113.7",
	}
}

// FaultBlockPage is the HTML page for an address that called too often (10,000
// calls in 20 seconds) and is shut out for five minutes.
func FaultBlockPage() Fault {
	return Fault{
		Status: http.StatusOK, ContentType: "text/html; charset=utf-8",
		Body: `<!DOCTYPE html><html><head><script>window._config_={"action":"deny","url":"https://api.dingtalk.com/_____tmd_____/punish?x5secdata=0"}</script></head><body>deny</body></html>`,
	}
}

// FaultPunish is the other answer to an address that called too often.
func FaultPunish() Fault {
	return Fault{Status: http.StatusOK, Body: `{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"00000000000000000000000000000000"}`}
}

// Fail adds a fault. Of several that match a request the oldest is taken.
func (s *Server) Fail(f Fault) {
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
func (s *Server) takeFault(operation string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Operation != "" && f.Operation != operation {
			continue
		}
		if !f.hit() {
			continue
		}
		taken := f.Fault
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

func (f *Fault) wait(ctx context.Context) {
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

// replaces reports whether the fault has a reply of its own.
func (f *Fault) replaces() bool { return f.Code != "" || f.Body != "" || f.Status != 0 }

func (f *Fault) reply(c *call) reply {
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
