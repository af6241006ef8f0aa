package emulator

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// WithHostCheck refuses every request for a Host other than IP addresses,
// localhost, the vendor's own names and those of [WithAdmin], with HTTP 403: else a
// page of another site could point its own name at this machine and use the
// gateways with the credentials that everybody knows. [Server.Listen] does so
// always, [Server.HTTPClient] never.
func WithHostCheck() Option {
	return func(c *config) error {
		c.hostCheck = true
		return nil
	}
}

// WithForwardedHost hands out addresses, of files and of stream mode, at the host
// that a proxy names in X-Forwarded-Host. Without it they are at the Host of the
// request. Whether they are https and wss says X-Forwarded-Proto, in any case.
func WithForwardedHost() Option {
	return func(c *config) error {
		c.forwarded = true
		return nil
	}
}

// WithCallbackHosts lets callbacks be registered, through the API and the admin
// API, on other machines than this one: by name or IP address, "*" is any. That of
// [WithCallback] or a seed's is one of them.
func WithCallbackHosts(hosts ...string) Option {
	return func(c *config) error {
		c.pushHosts = append(c.pushHosts, hosts...)
		return nil
	}
}

// WithPushClock dates and signs pushes by another clock than the emulator's:
// [time.Now] when the callback is in another process, which knows nothing of
// [WithStartTime] and [Server.Advance] and may refuse pushes that are old. What the
// events say stays the emulator's time. [WithClockSkew] is added to it.
func WithPushClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("WithPushClock: the function is nil")
		}
		c.pushClock = now
		return nil
	}
}

// pushTime is the time that a push carries.
func (s *Server) pushTime() time.Time {
	if s.pushClock == nil {
		return s.Now()
	}
	return s.pushClock().Add(time.Duration(s.skew.Load()))
}

// hosts are the names that requests may be for, and where pushes may go.
type hosts struct {
	known, push      []string
	check, forwarded bool
}

// only serves requests for hosts that are known.
func (h *hosts) only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostOf(r); !isKnown(host, h.known) && vendorHost(r) == "" {
			message := fmt.Sprintf("the emulator is reached by IP address or as localhost, not as %q", host)
			w.Header().Set("Content-Type", contentTypeJSON)
			writeReply(w, http.StatusForbidden, encode(map[string]any{
				"code": "emulator.unknownHost", "message": message, "errcode": http.StatusForbidden, "errmsg": message,
			}))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// asForwarded puts the host that a proxy was asked for into the request.
func (h *hosts) asForwarded(r *http.Request) *http.Request {
	host := first(r.Header.Get("X-Forwarded-Host"))
	if !h.forwarded || host == "" {
		return r
	}
	if u, err := url.Parse("http://" + host); err != nil || u.Host != host {
		return r
	}
	forwarded := *r
	forwarded.Host = host
	return &forwarded
}

// isSecure reports whether the client speaks TLS, to this server or to a proxy
// before it.
func isSecure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(first(r.Header.Get("X-Forwarded-Proto")), "https")
}

// first is the first of a list, as the proxy that the client talks to wrote it.
func first(list string) string {
	value, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(value)
}

// mayPush refuses callbacks on other machines than this one, unless they are
// allowed.
func (h *hosts) mayPush(address string) error {
	host := hostOfAddress(address)
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() || host == "" {
		return nil
	}
	if slices.Contains(h.push, "*") || slices.ContainsFunc(h.push, func(name string) bool { return strings.EqualFold(name, host) }) {
		return nil
	}
	return fmt.Errorf("%q is not this machine; WithCallbackHosts, or --callback-host of dingoa serve, lets callbacks be there", host)
}

// hostOfAddress is empty where there is none.
func hostOfAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// isKnown reports whether requests may be for this host. An address cannot be
// pointed elsewhere; a name can.
func isKnown(host string, more []string) bool {
	return net.ParseIP(host) != nil || host == "localhost" || slices.ContainsFunc(more, func(name string) bool {
		return strings.EqualFold(name, host)
	})
}
