package dingoa_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

const day = 24 * time.Hour

// listNow is the present in the tests of lists.
func listNow() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

// lister answers lists as the vendor's page says it does, and nothing beyond: a
// span of 120 days, 365 days back (five years with OA premium), both ends
// included, pages of 20, 10,000 ids in one walk.
type lister struct {
	started []int64 // when each instance was started, in milliseconds, ascending
	oldest  time.Duration
	// quietCap ends a walk at 10,000 like the end of the list, instead of with
	// a cursor that is refused.
	quietCap bool
	// newestFirst orders lists the other way round.
	newestFirst bool
	// fail answers the nth call, counted from 1, when it is not nil.
	fail func(n int) *http.Response

	calls []listCall
}

type listCall struct {
	ProcessCode        string   `json:"processCode"`
	StartTime          int64    `json:"startTime"`
	EndTime            int64    `json:"endTime"`
	NextToken          int64    `json:"nextToken"`
	MaxResults         int      `json:"maxResults"`
	UserIDs            []string `json:"userIds"`
	Statuses           []string `json:"statuses"`
	LegacySize         int      `json:"size"`
	LegacyCursor       int64    `json:"cursor"`
	LegacyStartTime    int64    `json:"start_time"`
	LegacyEndTime      int64    `json:"end_time"`
	LegacyJoinedUserID string   `json:"userid_list"`
}

func newLister(started ...time.Time) *lister {
	l := &lister{oldest: 365 * day}
	for _, at := range started {
		l.started = append(l.started, at.UnixMilli())
	}
	slices.Sort(l.started)
	return l
}

// ids are the ids of the instances started from start to end, oldest first.
func (l *lister) ids(start, end time.Time) []string {
	from, _ := slices.BinarySearch(l.started, start.UnixMilli())
	to, _ := slices.BinarySearch(l.started, end.UnixMilli()+1)
	ids := make([]string, 0, to-from)
	for i := from; i < to; i++ {
		ids = append(ids, "instance-"+strconv.Itoa(i))
	}
	return ids
}

func (l *lister) serve(r *http.Request) (*http.Response, error) {
	var call listCall
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &call); err != nil {
		return nil, err
	}
	legacy := r.URL.Path == "/topapi/processinstance/listids"
	if legacy {
		call.StartTime, call.EndTime, call.NextToken, call.MaxResults = call.LegacyStartTime, call.LegacyEndTime, call.LegacyCursor, call.LegacySize
	}
	l.calls = append(l.calls, call)
	if l.fail != nil {
		if resp := l.fail(len(l.calls)); resp != nil {
			return resp, nil
		}
	}
	if code := l.refuse(call); code != "" {
		return answer(400, fmt.Sprintf(`{"code":%q,"message":"refused by the test's server"}`, code))(r)
	}
	page := l.page(call, legacy)
	reply, err := json.Marshal(map[string]any{"errcode": 0, "result": page, "success": true})
	if err != nil {
		return nil, err
	}
	return answer(200, string(reply))(r)
}

func (l *lister) page(call listCall, legacy bool) map[string]any {
	if call.EndTime == 0 {
		call.EndTime = listNow().UnixMilli()
	}
	first, _ := slices.BinarySearch(l.started, call.StartTime)
	end, _ := slices.BinarySearch(l.started, call.EndTime+1)
	from := min(first+int(call.NextToken), end)
	to := min(from+call.MaxResults, end)
	list := []string{}
	for i := from; i < to; i++ {
		n := i
		if l.newestFirst {
			n = end - 1 - (i - first)
		}
		list = append(list, "instance-"+strconv.Itoa(n))
	}
	page := map[string]any{"list": list}
	cursor := to - first
	switch {
	case to == end, cursor >= 10_000 && l.quietCap: // the last page
	case legacy:
		page["next_cursor"] = cursor
	default:
		page["nextToken"] = strconv.Itoa(cursor)
	}
	return page
}

func (l *lister) refuse(call listCall) string {
	start, end := time.UnixMilli(call.StartTime), time.UnixMilli(call.EndTime)
	if call.EndTime == 0 {
		end = listNow()
	}
	switch {
	case call.StartTime == 0:
		return "invalidInstanceListIdsStartTime"
	case end.Before(start), end.Sub(start) > 120*day:
		return "invalidEndTime"
	case listNow().Sub(start) > l.oldest:
		return "invalidParameter"
	case call.MaxResults < 1, call.MaxResults > 20:
		return "invalidMaxResults"
	case len(call.UserIDs) > 10:
		return "invalidUserIds"
	case call.NextToken >= 10_000:
		return "invalidNextToken"
	}
	return ""
}

func (l *lister) client(tb testing.TB, opts ...dingoa.Option) *dingoa.Client {
	tb.Helper()
	return newDingTalk(l.serve).client(tb, append(opts, dingoa.WithClock(listNow), dingoa.WithMaxRetries(0))...)
}

// collect ranges over a list to its end.
func collect(tb testing.TB, c *dingoa.Client, req dingoa.ListInstanceIDsRequest) ([]string, error) {
	tb.Helper()
	var ids []string
	var failed error
	for id, err := range c.Instances.AllIDs(tb.Context(), req) {
		require.NoError(tb, failed, "nothing comes after an error")
		if err != nil {
			require.Empty(tb, id)
			failed = err
			continue
		}
		ids = append(ids, id)
	}
	return ids, failed
}

func listRequest(start, end time.Time) dingoa.ListInstanceIDsRequest {
	return dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: start, EndTime: end}
}

func TestAllIDsFindsEachOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		span time.Duration
		opts []dingoa.Option
	}{
		"moment":           {0, nil},
		"day":              {day, nil},
		"120 days":         {120 * day, nil},
		"120 days and 1ms": {120*day + time.Millisecond, nil},
		"240 days":         {240 * day, nil},
		"300 days":         {300 * day, nil},
		"364 days":         {364 * day, nil},
		"older gateway":    {300 * day, []dingoa.Option{dingoa.WithLegacyGateway()}},
		"five years":       {1825 * day, []dingoa.Option{dingoa.WithPremium()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			end := listNow().Add(-time.Hour)
			start := end.Add(-test.span)
			// On and around each edge that a window could have, and every 30 hours between.
			var started []time.Time
			for at := start; at.Before(end); at = at.Add(30 * time.Hour) {
				started = append(started, at.Add(time.Second))
			}
			for edge := start; !edge.After(end); edge = edge.Add(120 * day) {
				started = append(started, edge.Add(-time.Millisecond), edge, edge.Add(time.Millisecond))
			}
			started = append(started, end.Add(-time.Millisecond), end, end.Add(time.Millisecond))
			l := newLister(started...)
			if len(test.opts) > 0 && name == "five years" {
				l.oldest = 5 * 366 * day
			}

			ids, err := collect(t, l.client(t, test.opts...), listRequest(start, end))
			require.NoError(t, err)
			require.Equal(t, l.ids(start, end), ids)
		})
	}
}

// TestAllIDsAtTheLimit: a start of 365 days ago would be too old by the time the
// request arrives.
func TestAllIDsAtTheLimit(t *testing.T) {
	t.Parallel()
	start := listNow().Add(-365 * day)
	l := newLister(start.Add(2*time.Minute), start.Add(3*time.Minute), listNow())
	l.oldest = 365*day - 30*time.Second // the vendor's clock is half a minute ahead
	for _, end := range []time.Time{listNow(), {}} {
		ids, err := collect(t, l.client(t), listRequest(start, end))
		require.NoError(t, err)
		require.Equal(t, []string{"instance-0", "instance-1", "instance-2"}, ids)
		require.LessOrEqual(t, l.calls[0].StartTime, start.Add(2*time.Minute).UnixMilli())
	}
}

func TestAllIDsBeyondTheCap(t *testing.T) {
	t.Parallel()
	start := listNow().Add(-100 * day)
	middle := start.Add(50 * day)
	even := func(i int) time.Time { return start.Add(time.Duration(i) * 100 * day / 25_000) }
	crowd := func(i int) time.Time { // on one day, some at the same moment
		return middle.Add(time.Duration(i/100) * 100 * time.Second)
	}
	for name, test := range map[string]struct {
		at          func(i int) time.Time
		quiet, open bool
		most        int // calls; 1,250 at least
	}{
		"refused cursor":    {crowd, false, false, 1350},
		"end of list":       {crowd, true, false, 1350},
		"all the time":      {even, true, false, 1350},
		"until now":         {even, true, true, 1350},
		"newest come first": {even, true, false, 3300},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLister()
			l.quietCap, l.newestFirst = test.quiet, name == "newest come first"
			for i := range 25_000 {
				l.started = append(l.started, test.at(i).UnixMilli())
			}
			end := listNow()
			if test.open {
				end = time.Time{}
			}
			ids, err := collect(t, l.client(t), listRequest(start, end))
			require.NoError(t, err)
			require.LessOrEqual(t, len(l.calls), test.most)
			if l.newestFirst {
				slices.SortFunc(ids, func(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) })
			}
			require.Equal(t, l.ids(start, listNow()), ids)
		})
	}
}

func TestAllIDsMoreThanTheVendorLists(t *testing.T) {
	t.Parallel()
	l := newLister()
	for range 10_100 {
		l.started = append(l.started, listNow().Add(-day).UnixMilli())
	}
	moment := listNow().Add(-day)
	ids, err := collect(t, l.client(t), listRequest(moment.Add(-time.Millisecond), moment.Add(time.Millisecond)))
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	require.ErrorContains(t, err, "narrow the request by UserIDs or Statuses")
	require.NotContains(t, err.Error(), "buy", "no plan lists more")
	require.Len(t, ids, 10_000, "what it lists is good")
}

// early is a list whose 100 instances are in the first of its two windows.
func early() (*lister, dingoa.ListInstanceIDsRequest) {
	l := newLister()
	for i := range 100 {
		l.started = append(l.started, listNow().Add(time.Duration(i-200*24)*time.Hour).UnixMilli())
	}
	return l, listRequest(listNow().Add(-201*day), listNow())
}

func TestAllIDsIsLazy(t *testing.T) {
	t.Parallel()
	l, req := early()
	c := l.client(t)
	list := c.Instances.AllIDs(t.Context(), req)
	require.Empty(t, l.calls, "nothing is sent before the loop")
	for want, wanted := range map[int]int{1: 1, 20: 1, 21: 2, 100: 5} {
		l.calls = nil
		n := 0
		for _, err := range list {
			require.NoError(t, err)
			if n++; n == want {
				break
			}
		}
		require.Len(t, l.calls, wanted, "to read %d", want)
	}

	l.calls = nil
	first := slices.Collect(withoutErrors(list))
	require.Len(t, first, 100)
	require.Len(t, l.calls, 6)
	require.Equal(t, first, slices.Collect(withoutErrors(list)), "it can be ranged over again")
	require.Len(t, l.calls, 12)
}

// withoutErrors is the list of a test that knows there are none.
func withoutErrors(list iter.Seq2[string, error]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id, err := range list {
			if err != nil || !yield(id) {
				return
			}
		}
	}
}

func TestAllIDsStopsAtAnError(t *testing.T) {
	t.Parallel()
	l, req := early()
	l.fail = func(n int) *http.Response {
		if n < 3 {
			return nil
		}
		resp, _ := answer(400, `{"code":"internalError","message":"no"}`)(nil)
		return resp
	}
	ids, err := collect(t, l.client(t), req)
	require.ErrorIs(t, err, dingoa.ErrServer)
	require.Equal(t, "internalError", asError(t, err).Code)
	require.Len(t, ids, 40)
	require.Len(t, l.calls, 3)
}

func TestAllIDsCursorDoesNotAdvance(t *testing.T) {
	t.Parallel()
	for name, cursors := range map[string][]string{
		"stands still": {"20"},
		"goes round":   {"20", "40", "60"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
				n++
				return answer(200, fmt.Sprintf(`{"result":{"list":["id-%d"],"nextToken":%q},"success":true}`, n, cursors[n%len(cursors)]))(r)
			})
			ids, err := collect(t, dt.client(t), dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: time.Now().Add(-day)})
			require.ErrorIs(t, err, dingoa.ErrServer)
			require.Contains(t, err.Error(), "cursor")
			require.NotEmpty(t, ids)
			require.LessOrEqual(t, n, len(cursors)+1)
		})
	}
}

func TestAllIDsOfNothing(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{
		`{"result":{"list":[]},"success":true}`,
		`{"result":{"list":null,"nextToken":""},"success":true}`,
		`{"result":{},"success":true}`,
	} {
		dt := newDingTalk(answer(200, reply))
		ids, err := collect(t, dt.client(t), dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: time.Now().Add(-200 * day)})
		require.NoError(t, err)
		require.Empty(t, ids)
		require.Len(t, dt.sent(), 2, "an empty window is not the end")
	}
}

func TestAllIDsSendsTheRequest(t *testing.T) {
	t.Parallel()
	users := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}
	req := listRequest(listNow().Add(-day), time.Time{})
	req.UserIDs, req.PageSize = users, 7
	req.Statuses = []dingoa.InstanceStatus{dingoa.InstanceRunning, dingoa.InstanceCompleted, dingoa.InstanceTerminated}
	l := newLister()
	_, err := collect(t, l.client(t), req)
	require.NoError(t, err)
	require.Equal(t, []listCall{{
		ProcessCode: "PROC-1", StartTime: listNow().Add(-day).UnixMilli(),
		MaxResults: 7, UserIDs: users, Statuses: []string{"RUNNING", "COMPLETED", "TERMINATED"},
	}}, l.calls)
}
