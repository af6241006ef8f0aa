package dingoa

import (
	"errors"
	"sync/atomic"
	"time"
)

// banLasts is how long DingTalk shuts an address out.
const banLasts = 5 * time.Minute

// banPause remembers until when nothing is to be sent; nil is never.
type banPause struct{ until atomic.Pointer[time.Time] }

// note begins a pause when err is the punishment page.
func (b *banPause) note(err error, now time.Time) {
	if b != nil && errors.Is(err, ErrBanned) {
		until := now.Add(banLasts)
		b.until.Store(&until)
	}
}

// left is how long the pause goes on. A clock that was set back does not make it longer.
func (b *banPause) left(now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	until := b.until.Load()
	if until == nil {
		return 0
	}
	return min(max(0, until.Sub(now)), banLasts)
}
