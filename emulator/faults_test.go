package emulator_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator/fault"
)

func TestReadyFaultsAreWhatTheSDKTakesThemFor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault fault.Fault
		kind  error
	}{
		"qps":        {fault.QPS(), dingoa.ErrRateLimited},
		"quota":      {fault.Quota(), dingoa.ErrQuotaExceeded},
		"ip":         {fault.IPNotAllowed(), dingoa.ErrIPNotAllowed},
		"block page": {fault.BlockPage(), dingoa.ErrBanned},
		"punish":     {fault.Punish(), dingoa.ErrBanned},
	} {
		for gateway, opts := range map[string][]dingoa.Option{"today": nil, "older": {dingoa.WithLegacyGateway()}} {
			t.Run(name+" "+gateway, func(t *testing.T) {
				t.Parallel()
				s := newServer(t)
				c := newClient(t, s, opts...)
				fault := tc.fault
				fault.Operation, fault.Times = "StartProcessInstance", 1
				s.Fail(fault)
				_, err := c.Instances.Create(t.Context(), leave())
				require.ErrorIs(t, err, tc.kind)
				require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
				require.Empty(t, s.Instances(), "it was not executed")
				create(t, c, leave()) // the fault is used up
			})
		}
	}
}

func TestFaultShapes(t *testing.T) {
	t.Parallel()
	const path = "/v1.0/workflow/processes/todoTasks/numbers?userId=lisi"
	for name, tc := range map[string]struct {
		fault  fault.Fault
		status int
		body   string // empty: not looked at
		old    any
	}{
		"a code":                   {fault.Fault{Code: "systemError", Status: 500, Message: "系统异常", LegacyCode: -2}, 500, "", -2.0},
		"a code alone":             {fault.Fault{Code: "systemBusy"}, 400, "", -1.0},
		"a status":                 {fault.Fault{Status: 503}, 503, "", nil},
		"a body":                   {fault.Fault{Body: "<html>", ContentType: "text/html"}, 200, "<html>", nil},
		"a status nobody can send": {fault.Fault{Status: 7}, 500, "", nil},
		"a code with a bad status": {fault.Fault{Status: 7, Code: "x"}, 400, "", -1.0},
		"nothing":                  {fault.Fault{}, 200, `{"result":0}`, 0.0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			tc.fault.Operation, tc.fault.RetryAfter = "GetUserTodoTaskSum", 1500*time.Millisecond
			s.Fail(tc.fault)
			r := call(t, s, http.MethodGet, path, nil)
			require.Equal(t, tc.status, r.status)
			if tc.body != "" {
				require.Equal(t, tc.body, string(r.body))
			}
			if tc.fault.ContentType != "" {
				require.Equal(t, tc.fault.ContentType, r.header.Get("Content-Type"))
			}
			if name != "nothing" {
				require.Equal(t, "2", r.header.Get("Retry-After"), "whole seconds, rounded up")
			}
			old := callOld(t, s, http.MethodPost, "/topapi/process/gettodonum", object{"userid": "lisi"})
			require.Equal(t, tc.old, old.object["errcode"], "%s", old.body)
			s.ClearFaults()
			require.Equal(t, 200, call(t, s, http.MethodGet, path, nil).status)
		})
	}
}

func TestFaultsAreTakenInOrder(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Fail(fault.Fault{Status: 501, Times: 2})
	s.Fail(fault.Fault{Status: 502, Operation: "GetAccessToken", Times: 1})
	s.Fail(fault.Fault{Status: 503})
	fetch := func() int {
		return send(t, s, http.MethodPost, apiHost+"/v1.0/oauth2/accessToken", object{}).status
	}
	require.Equal(t, []int{501, 501, 502, 503, 503}, []int{fetch(), fetch(), fetch(), fetch(), fetch()})
}

// TestLostReply is the case that no client can tell from a lost request.
func TestLostReply(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault    fault.Fault
		executed bool
	}{
		"the request is lost":          {fault.Fault{DropConnection: true}, false},
		"the reply is lost":            {fault.Fault{DropConnection: true, After: true}, true},
		"the reply is another":         {fault.Fault{Status: 502, After: true}, true},
		"the reply comes late":         {fault.Fault{Delay: time.Minute, After: true}, true},
		"the request arrives late":     {fault.Fault{Delay: time.Minute, DropConnection: true}, false},
		"late, but still in good time": {fault.Fault{Delay: time.Second}, true},
		"executed, in still good time": {fault.Fault{Delay: time.Second, After: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t)
				c := newClient(t, s, dingoa.WithTimeout(30*time.Second), dingoa.WithMaxRetries(2))
				tc.fault.Operation, tc.fault.Times = "StartProcessInstance", 1
				s.Fail(tc.fault)
				_, err := c.Instances.Create(t.Context(), leave())
				if tc.fault.Delay == time.Second {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, dingoa.ErrOutcomeUnknown)
				}
				synctest.Wait()
				if tc.executed {
					require.Len(t, s.Instances(), 1, "started once, not again by a retry")
				} else {
					require.Empty(t, s.Instances())
				}
			})
		})
	}
}

func TestDelayEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		c := newClient(t, s)
		s.Fail(fault.Fault{Delay: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.Tasks.TodoCount(ctx, "lisi")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(began))
	})
}

func TestDroppedConnectionOverASocket(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	address, err := s.Listen("")
	require.NoError(t, err)
	s.Fail(fault.Fault{DropConnection: true})
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/gettoken", http.NoBody)
	require.NoError(t, err)
	_, err = hc.Do(req) //nolint:bodyclose // there is no reply
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, "dropped", s.Requests()[0].Code)
	require.Zero(t, s.Requests()[0].Status)
}
