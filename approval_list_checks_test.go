package dingoa_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func TestListRefusesWhatTheVendorWould(t *testing.T) {
	t.Parallel()
	now := listNow()
	good := listRequest(now.Add(-day), now)
	with := func(change func(*dingoa.ListInstanceIDsRequest)) dingoa.ListInstanceIDsRequest {
		req := good
		change(&req)
		return req
	}
	for name, test := range map[string]struct {
		req              dingoa.ListInstanceIDsRequest
		field            string
		onlyOne, onlyAll bool
	}{
		"no form":        {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.ProcessCode = " " }), field: "ProcessCode"},
		"no start":       {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.StartTime = time.Time{} }), field: "StartTime"},
		"too old":        {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.StartTime = now.Add(-366 * day) }), field: "StartTime"},
		"end first":      {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.EndTime = now.Add(-2 * day) }), field: "EndTime"},
		"eleven users":   {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.UserIDs = make([]string, 11) }), field: "UserIDs"},
		"page of 21":     {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.PageSize = 21 }), field: "PageSize"},
		"page of -1":     {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.PageSize = -1 }), field: "PageSize"},
		"unknown status": {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.Statuses = []dingoa.InstanceStatus{"running"} }), field: "Statuses"},
		"120 days + 1ms": {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.StartTime = now.Add(-120*day - time.Millisecond) }), field: "EndTime", onlyOne: true},
		"words":          {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.Cursor = "next" }), field: "Cursor"},
		"a cursor":       {req: with(func(r *dingoa.ListInstanceIDsRequest) { r.Cursor = "20" }), field: "Cursor", onlyAll: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLister()
			c := l.client(t)
			check := func(err error) {
				t.Helper()
				require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
				require.Equal(t, test.field, asError(t, err).Fields[0].Field)
				require.Empty(t, l.calls)
			}
			if !test.onlyOne {
				_, err := collect(t, c, test.req)
				check(err)
			}
			if !test.onlyAll {
				_, err := c.Instances.ListIDs(t.Context(), test.req)
				check(err)
			}
		})
	}
}

func TestListPremiumReachesBackFiveYears(t *testing.T) {
	t.Parallel()
	l := newLister()
	l.oldest = 5 * 366 * day
	c := l.client(t, dingoa.WithPremium())
	_, err := collect(t, c, listRequest(listNow().AddDate(-5, 0, 0), time.Time{}))
	require.NoError(t, err)
	require.Len(t, l.calls, 16)
	_, err = collect(t, c, listRequest(listNow().AddDate(-5, 0, -1), time.Time{}))
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
}

// One id with a comma would be two people on the older gateway.
func TestListIDsOfPeopleWithCommas(t *testing.T) {
	t.Parallel()
	req := listRequest(listNow().Add(-day), listNow())
	req.UserIDs = []string{"u", "v,w"}
	dt := newDingTalk(answer(200, `{"errcode":0,"success":true,"result":{"list":["1"]}}`))
	_, err := dt.client(t, dingoa.WithClock(listNow)).Instances.ListIDs(t.Context(), req)
	require.NoError(t, err)
	_, err = dt.client(t, dingoa.WithClock(listNow), dingoa.WithLegacyGateway()).Instances.ListIDs(t.Context(), req)
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	require.ErrorContains(t, err, "UserIDs[1] has a comma")
	require.Len(t, dt.sent(), 1)
}

func TestListIDsPageByPage(t *testing.T) {
	t.Parallel()
	l := newLister()
	for i := range 45 {
		l.started = append(l.started, listNow().Add(time.Duration(i-100)*time.Hour).UnixMilli())
	}
	c := l.client(t)
	req := listRequest(listNow().Add(-10*day), listNow())
	req.PageSize = 20
	var ids []string
	var sizes []int
	for {
		page, err := c.Instances.ListIDs(t.Context(), req)
		require.NoError(t, err)
		ids, sizes = append(ids, page.Items...), append(sizes, len(page.Items))
		require.Equal(t, page.NextCursor != "", page.HasMore())
		if !page.HasMore() {
			break
		}
		req.Cursor = page.NextCursor
	}
	require.Equal(t, l.ids(req.StartTime, req.EndTime), ids)
	require.Equal(t, []int{20, 20, 5}, sizes)
}

// TestAllIDsOfAMomentAtTheLimit: moving the start must not move it past the end.
func TestAllIDsOfAMomentAtTheLimit(t *testing.T) {
	t.Parallel()
	start := listNow().Add(-365 * day)
	for _, span := range []time.Duration{0, time.Second, time.Minute} {
		_, err := collect(t, newLister().client(t), listRequest(start, start.Add(span)))
		require.NoError(t, err, span)
	}
}
