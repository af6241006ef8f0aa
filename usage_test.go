package dingoa_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func TestUsageCountsAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(502, ""), answer(200, instance), answer(200, created))
		c := dt.client(t, dingoa.WithMonthlyQuota(5000))
		require.Equal(t, dingoa.Usage{Month: "2000-01", ByOperation: map[string]int64{}, Remaining: 5000}, c.Usage())
		require.NoError(t, get(t.Context(), c)) // two attempts, and one for the token
		require.NoError(t, create(t.Context(), c))
		require.Len(t, dt.tokenRequests(), 1)
		require.Equal(t, dingoa.Usage{
			Month: "2000-01", Calls: 3, Remaining: 4997,
			ByOperation: map[string]int64{"GetProcessInstance": 2, "StartProcessInstance": 1},
		}, c.Usage())
	})
}

func TestUsageOfNothingSent(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, instance))
	c := dt.client(t)
	_, err := c.Instances.Get(t.Context(), "")
	require.Error(t, err)
	require.Zero(t, c.Usage().Calls)
	require.EqualValues(t, -1, c.Usage().Remaining, "no allowance was told")
}

// TestUsageTurnsWithTheMonthInChina: 16:00 UTC is midnight there.
func TestUsageTurnsWithTheMonthInChina(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)
	c := newDingTalk(answer(200, instance)).client(t, dingoa.WithClock(func() time.Time { return now }), dingoa.WithMonthlyQuota(2))
	for range 3 {
		require.NoError(t, get(t.Context(), c), "it counts, it does not refuse")
	}
	require.Equal(t, dingoa.Usage{Month: "2026-12", Calls: 3, Remaining: 0, ByOperation: map[string]int64{"GetProcessInstance": 3}}, c.Usage())
	now = now.Add(time.Second)
	require.Equal(t, dingoa.Usage{Month: "2027-01", Calls: 0, Remaining: 2, ByOperation: map[string]int64{}}, c.Usage())
	require.NoError(t, get(t.Context(), c))
	require.EqualValues(t, 1, c.Usage().Calls)
	now = now.AddDate(1, 0, 0)
	require.Equal(t, "2028-01", c.Usage().Month)
	require.Zero(t, c.Usage().Calls, "the same month of another year")
}

// TestUsageGoesOnWithAQuota: an allowance told later counts what was sent before.
func TestUsageGoesOnWithAQuota(t *testing.T) {
	t.Parallel()
	parent := newDingTalk(answer(200, instance)).client(t)
	require.NoError(t, get(t.Context(), parent))
	child := must(parent.With(dingoa.WithMonthlyQuota(100)))
	require.NoError(t, get(t.Context(), child))
	require.EqualValues(t, 2, child.Usage().Calls)
	require.EqualValues(t, 98, child.Usage().Remaining)
	require.EqualValues(t, 2, parent.Usage().Calls)
	require.EqualValues(t, -1, parent.Usage().Remaining, "it was told none")
}

func TestUsageIsSharedByWith(t *testing.T) {
	t.Parallel()
	parent := newDingTalk(answer(200, instance)).client(t, dingoa.WithMonthlyQuota(100))
	child := must(parent.With(dingoa.WithMaxRetries(0)))
	var calls sync.WaitGroup
	for range 10 {
		for _, c := range []*dingoa.Client{parent, child} {
			calls.Go(func() {
				if err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
				c.Usage().ByOperation["mine"]++ // a copy: nobody else's
			})
		}
	}
	calls.Wait()
	require.Equal(t, dingoa.Usage{Month: parent.Usage().Month, Calls: 20, Remaining: 80, ByOperation: map[string]int64{"GetProcessInstance": 20}}, parent.Usage())
	require.Equal(t, parent.Usage(), child.Usage())
}
