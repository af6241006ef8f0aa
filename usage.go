package dingoa

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// Usage is how many calls this client, the clients made from it with
// [Client.With], and the one it was made from, have sent together in a calendar
// month, China time. Each attempt counts;
// token endpoints do not, as the vendor exempts them.
type Usage struct {
	// Month is written like "2026-11".
	Month string
	// Calls is the sum over all operations.
	Calls int64
	// ByOperation counts by [operation.Spec.Name].
	ByOperation map[string]int64
	// Remaining is the rest of the allowance told by [WithMonthlyQuota],
	// as far as this process knows; -1 without that option.
	Remaining int64
}

// Usage returns the count of the current month. It starts from zero with the
// process; other processes of the company spend the same allowance.
func (c *Client) Usage() Usage { return c.cfg.usage.get(c.ServerTime(), c.cfg.quota) }

type usage struct {
	mu    sync.Mutex
	month time.Month
	year  int
	total int64
	byOp  map[string]int64
}

func (u *usage) count(operation string, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.turn(now)
	u.total++
	u.byOp[operation]++
}

func (u *usage) get(now time.Time, quota int64) Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.turn(now)
	remaining := int64(-1)
	if quota > 0 {
		remaining = max(0, quota-u.total)
	}
	return Usage{Month: fmt.Sprintf("%d-%02d", u.year, u.month), Calls: u.total, ByOperation: maps.Clone(u.byOp), Remaining: remaining}
}

// turn starts a new count when a month has begun.
func (u *usage) turn(now time.Time) {
	year, month, _ := now.In(wire.China()).Date()
	if year != u.year || month != u.month {
		u.year, u.month, u.total, u.byOp = year, month, 0, map[string]int64{}
	}
}
