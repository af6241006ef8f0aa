package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

// receiver is a callback built with the SDK that remembers what came.
type receiver struct {
	mu     sync.Mutex
	events []*event.Event
	// handle may fail a push; it runs before the event is remembered.
	handle func(context.Context, *event.Event) error
}

func (r *receiver) handler(t *testing.T, cb emulator.Callback) http.Handler {
	t.Helper()
	checked, err := dingoa.NewCallback(cb.Token, cb.EncodingAESKey, []string{cb.OwnerKey})
	require.NoError(t, err)
	take := func(ctx context.Context, e *event.Event) error {
		r.mu.Lock()
		r.events = append(r.events, e)
		r.mu.Unlock()
		if r.handle == nil {
			return nil
		}
		return r.handle(ctx, e)
	}
	d, err := event.NewDispatcher(
		event.WithDeduper(nil), // it counts deliveries
		event.On(func(ctx context.Context, e *event.Event, _ event.InstanceChange) error { return take(ctx, e) }),
		event.On(func(ctx context.Context, e *event.Event, _ event.TaskChange) error { return take(ctx, e) }),
	)
	require.NoError(t, err)
	return checked.Handler(d)
}

// seen shows what came as "task start lisi" or "instance finish agree".
func (r *receiver) seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, e := range r.events {
		switch v := e.Data.(type) {
		case event.InstanceChange:
			out = append(out, strings.TrimSpace("instance "+string(v.Change)+" "+string(v.Result)))
		case event.TaskChange:
			out = append(out, strings.TrimSpace("task "+string(v.Change)+" "+v.StaffID+" "+string(v.Result)))
		}
	}
	return out
}

func callbackWith(h http.Handler) emulator.Callback {
	return emulator.Callback{
		Handler: h, Token: emulator.DefaultCallbackToken, EncodingAESKey: emulator.DefaultEncodingAESKey, OwnerKey: company.DefaultAppKey,
	}
}

// connect pushes to an SDK callback in memory.
func connect(t *testing.T, s *emulator.Server, handle func(context.Context, *event.Event) error) *receiver {
	t.Helper()
	r := &receiver{handle: handle}
	require.NoError(t, s.SetCallback(callbackWith(r.handler(t, callbackWith(nil)))))
	return r
}

func TestPushesInTheVendorsOrder(t *testing.T) {
	t.Parallel()
	form := company.DefaultForm()
	form.Flow = []company.Node{{Mode: company.Any, Approvers: []string{"lisi", "wangwu"}}, {Approvers: []string{"zhaoliu"}}}
	s := newServer(t, emulator.WithForms(form))
	r := connect(t, s, nil)
	c := newClient(t, s)
	id := create(t, c, leave())
	require.NoError(t, s.Approve("wangwu", id, "好"))
	require.NoError(t, s.Redirect("zhaoliu", id, "qianqi", ""))
	require.NoError(t, s.Approve("qianqi", id, ""))
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, []string{
		"instance start", "task start lisi", "task start wangwu",
		"task finish wangwu agree", "task cancel lisi", "task start zhaoliu",
		"task finish zhaoliu redirect", "task start qianqi",
		"task finish qianqi agree", "instance finish agree",
	}, r.seen())

	revoked := create(t, c, leave())
	require.NoError(t, s.Terminate(revoked, ""))
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, []string{"instance start", "task start lisi", "task start wangwu", "instance terminate"}, r.seen()[10:])
	for _, p := range s.Pushes() {
		require.True(t, p.Delivered)
		require.Len(t, p.Attempts, 1)
		require.Equal(t, 200, p.Attempts[0].Status)
	}
}

func TestEventsHaveTheDocumentedFields(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, emulator.WithStartTime(startTime()))
		connect(t, s, nil)
		id := create(t, newClient(t, s), leave())
		s.Advance(30 * time.Second)
		require.NoError(t, s.Refuse("lisi", id, "不行"))
		s.Advance(0)
		var got []string
		ids := map[string]bool{}
		for _, p := range s.Pushes() {
			require.Equal(t, id, p.InstanceID)
			ids[p.EventID] = true
			got = append(got, strings.NewReplacer(p.EventID, "EVENT", id, "INSTANCE").Replace(string(p.Event)))
		}
		require.Len(t, ids, 4, "every event has its own ID")
		// 2026-05-01 09:30:15 UTC and 30 seconds later.
		common := `"BizId":"1777627815000","CorpId":"dingemulatorcorp","EventTime":1777627815000,"bizCategoryId":"","businessId":"202605011730000000001",
			"createTime":1777627815000,"eventId":"EVENT","processCode":"PROC-EMULATOR-LEAVE","processInstanceId":"INSTANCE","title":"张三提交的请假"`
		later := strings.NewReplacer(`"BizId":"1777627815000"`, `"BizId":"1777627845000"`, `"EventTime":1777627815000`, `"EventTime":1777627845000`).Replace(common)
		address := `"url":"https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=dingemulatorcorp&dd_share=false&procInstId=INSTANCE"`
		for i, want := range []string{
			`{"EventType":"bpms_instance_change","type":"start","staffId":"zhangsan","businessType":"202605011730000000001",` + address + `,` + common + `}`,
			`{"EventType":"bpms_task_change","type":"start","staffId":"lisi","taskId":7000000000000001,` + common + `}`,
			`{"EventType":"bpms_task_change","type":"finish","result":"refuse","remark":"不行","staffId":"lisi","taskId":7000000000000001,"finishTime":1777627845000,` + later + `}`,
			`{"EventType":"bpms_instance_change","type":"finish","result":"refuse","staffId":"zhangsan","businessType":"202605011730000000001","finishTime":1777627845000,` + address + `,` + later + `}`,
		} {
			require.JSONEq(t, want, got[i])
		}
		require.Contains(t, string(s.Pushes()[1].Event), `"taskId":7000000000000001`, "all digits, no exponent")
	})
}

func TestRetriesAfter10And30Seconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		failures := 2
		r := connect(t, s, func(_ context.Context, e *event.Event) error {
			if e.Type == "bpms_instance_change" && failures > 0 {
				failures--
				return errors.New("not now")
			}
			return nil
		})
		start := s.Now()
		id := create(t, newClient(t, s), leave())
		require.NoError(t, s.Flush(t.Context()))
		require.Equal(t, []string{"instance start", "task start lisi"}, r.seen())
		require.NoError(t, s.Redirect("lisi", id, "zhaoliu", ""))
		require.NoError(t, s.Flush(t.Context()))
		require.Zero(t, s.Now().Sub(start), "a retry does not hold up what follows")
		require.Equal(t, []string{"task finish lisi redirect", "task start zhaoliu"}, r.seen()[2:])
		s.Advance(9 * time.Second)
		require.Len(t, s.Pushes()[0].Attempts, 1)
		s.Advance(time.Hour) // both retries fall due on the way
		require.Equal(t, []string{"instance start", "instance start"}, r.seen()[4:])
		p := s.Pushes()[0]
		var at []time.Duration
		for _, a := range p.Attempts {
			at = append(at, a.Time.Sub(start))
		}
		require.Equal(t, []time.Duration{0, 10 * time.Second, 40 * time.Second}, at)
		require.Equal(t, 500, p.Attempts[0].Status)
		require.Contains(t, p.Attempts[0].Problem, "500")
		require.Empty(t, p.Attempts[2].Problem)
		require.True(t, p.Delivered)
		require.False(t, p.Failed)
		for _, e := range []int{4, 5} {
			require.Equal(t, r.events[0].ID, r.events[e].ID, "the event keeps its ID")
		}
		require.Equal(t, time.Hour+9*time.Second, s.Now().Sub(start))
	})
}

// TestRetriesRunByThemselves needs no Advance: the clock is that of package time.
func TestRetriesRunByThemselves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		r := connect(t, s, func(context.Context, *event.Event) error { return errors.New("never") })
		id := create(t, newClient(t, s), leave())
		<-time.After(39 * time.Second)
		require.Empty(t, s.FailedPushes())
		<-time.After(2 * time.Second)
		require.Len(t, s.FailedPushes(), 2)
		require.Len(t, r.seen(), 6)

		// The list gives every event once.
		reply := callOld(t, s, http.MethodGet, "/call_back/get_call_back_failed_result", nil)
		require.Equal(t, false, reply.object["has_more"])
		require.Len(t, dig[[]any](t, reply.object, "failed_list"), 2)
		first := dig[object](t, reply.object, "failed_list", 0)
		require.Equal(t, "bpms_instance_change", first["call_back_tag"])
		require.NotZero(t, first["event_time"])
		payload := dig[object](t, first, "bpms_instance_change")
		require.Equal(t, company.DefaultCorpID, payload["corpid"])
		require.Equal(t, id, dig[string](t, payload, "bpmsCallBackData", "processInstanceId"))
		require.NotContains(t, payload["bpmsCallBackData"], "EventType")
		reply = callOld(t, s, http.MethodGet, "/call_back/get_call_back_failed_result", nil)
		require.Empty(t, reply.object["failed_list"])
		require.Empty(t, s.FailedPushes())
		require.True(t, s.Pushes()[0].Failed)
	})
}

func TestFailedListHasPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
		require.NoError(t, s.SetCallback(callbackWith(refuse)))
		c := newClient(t, s)
		for range 101 {
			create(t, c, leave())
		}
		s.Advance(time.Minute)
		require.Len(t, s.FailedPushes(), 202)
		read := func() (int, any) {
			r := callOld(t, s, http.MethodGet, "/call_back/get_call_back_failed_result", nil)
			return len(dig[[]any](t, r.object, "failed_list")), r.object["has_more"]
		}
		n, more := read()
		require.Equal(t, 200, n)
		require.Equal(t, true, more)
		n, more = read()
		require.Equal(t, 2, n)
		require.Equal(t, false, more)
	})
}

// TestSlowCallback takes 1.5 seconds at most, and the API does not wait.
func TestSlowCallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		start := s.Now()
		r := connect(t, s, func(ctx context.Context, _ *event.Event) error {
			<-ctx.Done()
			return ctx.Err()
		})
		c := newClient(t, s)
		id := create(t, c, leave())
		require.NoError(t, s.Approve("lisi", id, ""))
		require.Zero(t, s.Now().Sub(start), "nothing waited for the callback")
		require.NoError(t, s.Flush(t.Context()))
		require.Equal(t, 4*1500*time.Millisecond, s.Now().Sub(start), "one at a time, 1.5 s each")
		require.Len(t, r.seen(), 4)
		for i, p := range s.Pushes() {
			require.Contains(t, p.Attempts[0].Problem, "1.5s")
			require.Equal(t, time.Duration(i)*1500*time.Millisecond, p.Attempts[0].Time.Sub(start))
		}
	})
}

// TestHandlerCallsBack approves everything from inside the callback.
func TestHandlerCallsBack(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]dingoa.Option{"today": nil, "older": {dingoa.WithLegacyGateway()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			c := newClient(t, s, opts...)
			r := connect(t, s, func(ctx context.Context, e *event.Event) error {
				change, ok := e.Data.(event.TaskChange)
				if !ok || change.Change != event.TaskChangeStart {
					return nil
				}
				in, err := c.Instances.Get(ctx, change.InstanceID)
				if err != nil {
					return err
				}
				return c.Tasks.Approve(ctx, dingoa.DecideTaskRequest{InstanceID: in.ID, TaskID: change.TaskID, OperatorUserID: change.StaffID})
			})
			id := create(t, c, leave())
			require.NoError(t, s.Flush(t.Context()))
			require.Equal(t, "agree", state(t, s, id).Result)
			require.Equal(t, []string{
				"instance start", "task start lisi", "task finish lisi agree", "task start wangwu", "task finish wangwu agree", "instance finish agree",
			}, r.seen())
		})
	}
}

func TestRepliesThatAreNoSuccess(t *testing.T) {
	t.Parallel()
	reply := func(token, key, owner, text string) http.Handler {
		cb, err := dingoa.NewCallback(token, key, []string{owner})
		require.NoError(t, err)
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			answer, _ := cb.Encrypt([]byte(text))
			_ = json.NewEncoder(w).Encode(answer)
		})
	}
	write := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
	const token, key, owner = emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, company.DefaultAppKey
	otherKey := strings.Repeat("a", 43)
	for name, tc := range map[string]struct {
		handler http.Handler
		problem string // empty: delivered
	}{
		"success":          {reply(token, key, owner, "success"), ""},
		"another text":     {reply(token, key, owner, "ok"), "success"},
		"another token":    {reply("otherToken", key, owner, "success"), "signature"},
		"another key":      {reply(token, otherKey, owner, "success"), "decrypted"},
		"another owner":    {reply(token, key, "suite", "success"), "owner key"},
		"plain success":    {write(200, "success"), "not JSON"},
		"nothing":          {write(200, ""), "not JSON"},
		"empty object":     {write(200, "{}"), "signature"},
		"success with 201": {write(201, "success"), "201"},
		"a redirect":       {http.RedirectHandler("http://callback.emulator/other", http.StatusFound), "302"},
		"a panic":          {http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }), "panicked: oh"},
		"an abort":         {http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, emulator.WithCallback(callbackWith(tc.handler)))
			create(t, newClient(t, s), leave())
			require.NoError(t, s.Flush(t.Context()))
			p := s.Pushes()[0]
			require.Equal(t, tc.problem == "", p.Delivered)
			require.Contains(t, p.Attempts[0].Problem, tc.problem)
		})
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := emulator.New()
		require.NoError(t, err)
		connect(t, s, func(ctx context.Context, _ *event.Event) error {
			<-ctx.Done() // until Close
			return ctx.Err()
		})
		c := newClient(t, s)
		create(t, c, leave())
		synctest.Wait() // the handler has begun
		began := s.Now()
		require.NoError(t, s.Close())
		require.Zero(t, s.Now().Sub(began), "a push under way is broken off")
		require.NoError(t, s.Close(), "twice is fine")
		require.NoError(t, s.Flush(t.Context()), "there is nothing to wait for")
		s.Advance(time.Hour)
		require.Len(t, s.Pushes()[0].Attempts, 1)
		_, err = c.Instances.Create(t.Context(), leave())
		require.ErrorContains(t, err, "closed")
		_, err = s.Listen("")
		require.ErrorContains(t, err, "closed")
	})
}

func TestFlushObeysItsContext(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	release := make(chan struct{})
	connect(t, s, func(context.Context, *event.Event) error { <-release; return nil })
	create(t, newClient(t, s), leave())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Flush(ctx), context.Canceled)
	close(release)
	require.NoError(t, s.Flush(t.Context()))
}

func TestNoCallbackNoPushes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	create(t, c, leave())
	require.Empty(t, s.Pushes())
	r := &receiver{}
	cb := callbackWith(r.handler(t, callbackWith(nil)))
	cb.Events = []string{"bpms_task_change"}
	require.NoError(t, s.SetCallback(cb))
	create(t, c, leave())
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, []string{"task start lisi"}, r.seen(), "only what was asked for")
	require.NoError(t, s.SetCallback(emulator.Callback{}))
	create(t, c, leave())
	require.NoError(t, s.Flush(t.Context()))
	require.Len(t, s.Pushes(), 1)
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r := connect(t, s, nil)
	c := newClient(t, s)
	const workers, each = 4, 5
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				resp, err := c.Instances.Create(context.Background(), leave())
				if err != nil {
					t.Error(err)
					return
				}
				_ = s.Approve("lisi", resp.InstanceID, "")
				_ = s.Refuse("wangwu", resp.InstanceID, "")
				s.Advance(time.Second)
				s.Requests()
				s.Pushes()
				s.Instances()
			}
		})
	}
	wg.Wait()
	require.NoError(t, s.Flush(t.Context()))
	require.Len(t, r.seen(), workers*each*6)
}
