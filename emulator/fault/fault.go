// Package fault describes what an emulator does to requests ([Fault]) and to events
// ([EventFault]): fail, come late, twice, damaged or not at all. It has the
// failures that the vendor documents.
package fault

import (
	"net/http"
	"time"
)

// Fault makes requests fail, or be slow. The zero Fault changes nothing.
type Fault struct {
	// Operation is the vendor's ID on today's gateway, such as
	// "StartProcessInstance", and means its older twin too; empty is every
	// request, token requests included.
	Operation string
	// Times is how many requests it hits; 0 is all until the emulator is
	// told to clear its faults.
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

// QPS is the limit per app and operation (20 calls a second), which is
// over after a second.
func QPS() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", LegacyCode: 90018,
		Message: "应用调用该接口的QPS超过限制",
	}
}

// Quota is the monthly quota of the company, used up.
func Quota() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: "Forbidden.AccessDenied.ApiCountLimitForOrg", LegacyCode: 90020,
		Message: "企业本月接口调用次数已用完",
	}
}

// IPNotAllowed is a caller whose address is not in the app's whitelist.
func IPNotAllowed() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: "Forbidden.AccessDenied.IpNotInWhiteList", LegacyCode: 60020,
		Message: "访问ip不在白名单之中,request ip=203.0.113.7",
	}
}

// BlockPage is the HTML page for an address that called too often (10,000
// calls in 20 seconds) and is shut out for five minutes.
func BlockPage() Fault {
	return Fault{
		Status: http.StatusOK, ContentType: "text/html; charset=utf-8",
		Body: `<!DOCTYPE html><html><head><script>window._config_={"action":"deny","url":"https://api.dingtalk.com/_____tmd_____/punish?x5secdata=0"}</script></head><body>deny</body></html>`,
	}
}

// Punish is the other answer to an address that called too often.
func Punish() Fault {
	return Fault{Status: http.StatusOK, Body: `{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"00000000000000000000000000000000"}`}
}
