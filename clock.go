package dingoa

import (
	"net/http"
	"sync/atomic"
	"time"
)

// serverClock estimates DingTalk's clock from the Date headers of its replies.
type serverClock struct {
	ahead atomic.Int64 // of this machine's clock, in nanoseconds
	known atomic.Bool
}

// clockNoise is a difference that the whole seconds of a Date header, the way of
// a reply and a decent clock explain.
const clockNoise = 2 * time.Second

// observe takes note of a reply that came in at now.
func (s *serverClock) observe(header http.Header, now time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || header.Get("Age") != "" {
		return // not every proxy sends one, and a cache sends that of an older reply
	}
	ahead := date.Add(time.Second / 2).Sub(now)
	if ahead.Abs() < clockNoise {
		ahead = 0
	}
	s.ahead.Store(int64(ahead))
	s.known.Store(true)
}

// ServerTime returns DingTalk's time within about two seconds, as the Date
// headers of its answers to this client tell it, and this machine's time before
// the first of them. Replies of proxies do not count. Use it where DingTalk's
// clock counts and this machine's may be wrong, such as for the start of a list:
//
//	began := time.Now()
//	_, err := client.Instances.Create(ctx, req) // fails with ErrOutcomeUnknown
//	start := client.ServerTime().Add(-time.Since(began) - time.Minute)
func (c *Client) ServerTime() time.Time {
	return c.cfg.now().Add(time.Duration(c.clock.ahead.Load()))
}

// Now returns the time of this machine, or of [WithClock]: the clock that
// [Token.ExpiresAt] goes by.
func (c *Client) Now() time.Time { return c.cfg.now() }

// aheadOrBehind says how one clock stands to another.
func aheadOrBehind(ahead time.Duration) string {
	word := "ahead of"
	if ahead < 0 {
		word = "behind"
	}
	return ahead.Abs().Round(time.Second).String() + " " + word
}

// dateOf returns when DingTalk sent a reply by its own clock, else now.
func dateOf(header http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		return date
	}
	return now
}
