package emulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
)

func items(t *testing.T, list map[string]any, field string) []string {
	t.Helper()
	found := []string{}
	for i := range dig[[]any](t, list, "items") {
		found = append(found, fmt.Sprint(dig[any](t, list, "items", i, field)))
	}
	return found
}

func TestAdminListsInstances(t *testing.T) {
	t.Parallel()
	s := adminServer(t, emulator.WithSeedFile(sampleSeed))
	for query, want := range map[string][]string{
		"":                               {"sample-leave-running", "sample-expense-refused", "sample-leave-agreed"},
		"?status=RUNNING":                {"sample-leave-running"},
		"?status=COMPLETED&result=agree": {"sample-leave-agreed"},
		"?form=PROC-SAMPLE-EXPENSE":      {"sample-expense-refused"},
		"?originator=zhangsan":           {"sample-leave-running", "sample-leave-agreed"},
		"?waitsFor=lisi":                 {"sample-leave-running"},
		"?q=感冒":                          {"sample-leave-agreed"},
		"?q=李四":                          {"sample-expense-refused"},
		"?q=SAMPLE-LEAVE":                {"sample-leave-running", "sample-leave-agreed"},
		"?q=nothing":                     {},
		"?limit=1&offset=1":              {"sample-expense-refused"},
		"?offset=9":                      {},
	} {
		list := admin(t, s, http.MethodGet, "instances"+query, nil)
		require.Equal(t, want, items(t, list, "id"), query)
	}
	list := admin(t, s, http.MethodGet, "instances?limit=1", nil)
	require.InDelta(t, 3, list["total"], 0)
	overview := admin(t, s, http.MethodGet, "overview", nil)
	require.InDelta(t, 2, dig[float64](t, overview, "instances", "COMPLETED"), 0)
	require.Equal(t, "dingsampleapp", dig[string](t, overview, "app", "appKey"))
	require.Equal(t, []string{"lisi", "wangwu", "zhangsan", "zhaoliu"}, items(t, admin(t, s, http.MethodGet, "users", nil), "userId"))
	require.Equal(t, []string{"示例公司", "研发部", "财务部"}, items(t, admin(t, s, http.MethodGet, "departments", nil), "name"))
	require.Equal(t, []string{"报销", "请假"}, items(t, admin(t, s, http.MethodGet, "forms", nil), "name"))
	require.Contains(t, items(t, admin(t, s, http.MethodGet, "operations", nil), "id"), "StartProcessInstance")
}

func TestAdminShowsRefusedRequests(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	call(t, s, http.MethodPost, "/v1.0/workflow/processInstances", object{
		"processCode": company.DefaultProcessCode, "originatorUserId": "zhangsan", "deptId": 100, "formComponentValues": []object{{"name": "天数", "value": "1"}},
	})
	call(t, s, http.MethodPost, "/v1.0/workflow/processInstances/terminate", object{"processInstanceId": "x"})
	list := admin(t, s, http.MethodGet, "requests?refused=true", nil)
	require.Equal(t, []string{"TerminateProcessInstance", "StartProcessInstance"}, items(t, list, "operation"))
	require.Equal(t, []string{"isSystem", "请假类型"}, items(t, list, "field"))
	require.Contains(t, dig[string](t, list, "items", 1, "message"), "请假类型（必填）")
	require.Equal(t, "isSystem", s.Requests()[3].Field)
	list = admin(t, s, http.MethodGet, "requests?operation=GetAccessToken", nil)
	require.Len(t, dig[[]any](t, list, "items"), 2)
}

// A push from its first failure over being lost and sent again.
func TestAdminSteersPushes(t *testing.T) {
	t.Parallel()
	var working atomic.Bool
	var s *emulator.Server
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey},
		dingoa.WithCallbackClock(func() time.Time { return s.Now() }))
	require.NoError(t, err)
	dispatcher, err := event.NewDispatcher()
	require.NoError(t, err)
	good := callback.Handler(dispatcher)
	s = adminServer(t, emulator.WithCallback(emulator.Callback{Events: []string{"bpms_task_change"}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !working.Load() {
			http.Error(w, "broken", http.StatusBadGateway)
			return
		}
		good.ServeHTTP(w, r)
	})}))
	adminStart(t, s)
	require.NoError(t, s.Flush(t.Context()))
	list := admin(t, s, http.MethodGet, "pushes?state=pending", nil)
	id := dig[string](t, list, "items", 0, "eventId")
	push := admin(t, s, http.MethodGet, "pushes/"+id, nil)
	require.Equal(t, "lisi", dig[string](t, push, "event", "staffId"))
	require.Equal(t, "broken\n", dig[string](t, push, "tries", 0, "response"))
	require.Contains(t, dig[string](t, push, "tries", 0, "request"), `"encrypt":`)
	require.Contains(t, dig[string](t, push, "tries", 0, "url"), "signature=")

	require.Equal(t, "lost", dig[string](t, admin(t, s, http.MethodPost, "pushes/"+id+"/lose", nil), "state"))
	s.Advance(time.Hour)
	require.Len(t, s.Pushes()[0].Attempts, 1)
	require.True(t, s.Pushes()[0].Lost)

	working.Store(true)
	admin(t, s, http.MethodPost, "pushes/"+id+"/resend", nil)
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, "delivered", dig[string](t, admin(t, s, http.MethodGet, "pushes/"+id, nil), "state"))
	require.Equal(t, "Conflict pushDelivered", adminRefused(t, s, http.MethodPost, "pushes/"+id+"/lose", nil))

	working.Store(false)
	adminStart(t, s)
	s.Advance(time.Minute)
	failed := admin(t, s, http.MethodGet, "pushes?unread=true", nil)
	require.Len(t, dig[[]any](t, failed, "items"), 1)
	working.Store(true)
	admin(t, s, http.MethodPost, "pushes/"+dig[string](t, failed, "items", 0, "eventId")+"/resend", nil)
	require.NoError(t, s.Flush(t.Context()))
	require.Empty(t, s.FailedPushes())

	admin(t, s, http.MethodDelete, "callback", nil)
	require.Equal(t, "Conflict noCallback", adminRefused(t, s, http.MethodPost, "pushes/"+id+"/resend", nil))
	cb := admin(t, s, http.MethodPut, "callback", object{"url": "http://127.0.0.1:1/x", "ownerKey": "k", "events": []string{"none"}})
	require.Equal(t, object{"url": "http://127.0.0.1:1/x", "ownerKey": "k", "events": []any{"none"}}, dig[map[string]any](t, cb, "callback"))
}

func TestAdminFaultsAndClock(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	f := admin(t, s, http.MethodPost, "faults", object{"preset": "qps", "operation": "GetProcessInstance", "share": 0.5, "times": 2, "message": "slow down"})
	var hits []bool
	for range 6 {
		r := call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId=x", nil)
		hits = append(hits, dig[string](t, r.object, "code") == "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi")
	}
	require.Equal(t, []bool{false, true, false, true, false, false}, hits)
	require.Equal(t, "Not Found faultNotFound id", adminRefused(t, s, http.MethodDelete, fmt.Sprintf("faults/%v", f["id"]), nil), "used up")

	added := admin(t, s, http.MethodPost, "faults", object{"delay": "1ms", "retryAfter": "2s", "status": 503})
	list := admin(t, s, http.MethodGet, "faults", nil)
	require.Equal(t, "1ms", dig[string](t, list, "items", 0, "delay"))
	require.Contains(t, list["presets"], "blockPage")
	admin(t, s, http.MethodDelete, fmt.Sprintf("faults/%v", added["id"]), nil)
	admin(t, s, http.MethodPost, "faults", object{"preset": "drop"})
	require.InDelta(t, 1, admin(t, s, http.MethodDelete, "faults", nil)["removed"], 0)

	old := token(t, s)
	admin(t, s, http.MethodPost, "tokens/expire", nil)
	require.NotEqual(t, old, token(t, s))

	before := s.Now()
	admin(t, s, http.MethodPost, "clock", object{"advance": "120d"})
	require.GreaterOrEqual(t, s.Now().Sub(before), 120*24*time.Hour)
	require.Equal(t, "2880h0m0s", admin(t, s, http.MethodGet, "clock", nil)["ahead"])
}

func TestReset(t *testing.T) {
	t.Parallel()
	s := adminServer(t, emulator.WithSeedFile(sampleSeed), emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler()}))
	value := token(t, s)
	require.NoError(t, s.Approve("lisi", "sample-leave-running", ""))
	s.Advance(time.Hour)
	s.Fail(fault.QPS())
	require.NoError(t, s.SetCallback(emulator.Callback{}))

	overview := admin(t, s, http.MethodPost, "reset", nil)
	require.InDelta(t, 3, dig[float64](t, overview, "instances", "total"), 0)
	require.NotNil(t, overview["callback"])
	require.Equal(t, []string{"lisi RUNNING"}, lines(state(t, s, "sample-leave-running")))
	require.Empty(t, s.Pushes())
	require.Empty(t, s.Requests())
	require.Equal(t, 2026, s.Now().Year())
	require.Equal(t, value, token(t, s), "clients need not notice")
	require.NoError(t, s.Approve("lisi", "sample-leave-running", ""))
	require.NotEmpty(t, s.Pushes())

	// Another seed, as text and as JSON; one with a mistake changes nothing.
	refused := send(t, s, http.MethodPost, adminURL+"reset", object{"seed": "users:\n  - {id: a, nam: b}\n"})
	require.Equal(t, "seed:2: users[0].nam: unknown field; did you mean name?", dig[string](t, refused.object, "error", "message"))
	require.Len(t, s.Instances(), 3)
	const app = `"app":{"appKey":"dingsampleapp","appSecret":"sample-secret","corpId":"dingsamplecorp","agentId":1000000002}`
	overview = admin(t, s, http.MethodPost, "reset", `{"seed":{`+app+`,"premium":true,"users":[{"id":"a","name":"甲"}]}}`)
	require.Equal(t, true, overview["premium"])
	require.Equal(t, []string{"a"}, items(t, admin(t, s, http.MethodGet, "users", nil), "userId"))
	require.NoError(t, s.Reset())
	require.Len(t, s.Instances(), 3)
}

// Requests, people and resets at the same time: the race detector watches.
func TestResetUnderLoad(t *testing.T) {
	t.Parallel()
	s, err := emulator.New(emulator.WithAdmin(), emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler()}))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	c, err := s.Client()
	require.NoError(t, err)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for range 30 {
				created, err := c.Instances.Create(t.Context(), leave())
				if err != nil {
					continue
				}
				_ = s.Approve("lisi", created.InstanceID, "") // it may be gone
				_ = s.AddComment("lisi", created.InstanceID, "x")
				_, _ = s.PutFile("lisi", "a", nil)
				_, _ = c.Tasks.TodoCount(t.Context(), "lisi")
				s.App()
			}
		})
	}
	for range 30 {
		require.NoError(t, s.Reset())
	}
	workers.Wait()
	require.NoError(t, s.Reset())
	require.Empty(t, s.Instances())
}

// updates reads a stream of server-sent events.
func updates(ctx context.Context, t *testing.T, url string) (*bufio.Scanner, io.Closer) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/_emulator/events", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	stream := bufio.NewScanner(resp.Body)
	requireEvent(t, stream, "hello")
	return stream, resp.Body
}

func requireEvent(t *testing.T, stream *bufio.Scanner, name string) (data string) {
	t.Helper()
	for stream.Scan() {
		if event, ok := strings.CutPrefix(stream.Text(), "event: "); ok {
			require.Equal(t, name, event)
			require.True(t, stream.Scan())
			return strings.TrimPrefix(stream.Text(), "data: ")
		}
	}
	require.Fail(t, "the stream ended", "want %s: %v", name, stream.Err())
	return ""
}

func TestLiveUpdates(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	server := httptest.NewServer(s)
	defer server.Close()
	stream, closer := updates(t.Context(), t, server.URL)
	defer func() { _ = closer.Close() }()
	next := func() map[string]any {
		var change map[string]any
		require.NoError(t, json.Unmarshal([]byte(requireEvent(t, stream, "change")), &change))
		return change
	}

	id := adminStart(t, s)
	change := next()
	require.Equal(t, "instance", change["kind"])
	require.Equal(t, id, change["id"])
	require.Equal(t, "RUNNING", dig[string](t, change, "item", "status"))
	require.NoError(t, s.Approve("lisi", id, ""))
	require.Equal(t, "wangwu", dig[string](t, next(), "item", "waitsFor", 0, "userId"))
	token(t, s)
	require.Equal(t, "GetAccessToken", dig[string](t, next(), "item", "operation"))
	s.Fail(fault.Fault{Operation: "GetToken", Times: 1, Status: 500})
	require.Equal(t, "fault", next()["kind"])
	s.ClearFaults()
	require.Nil(t, next()["item"])
	s.FailEvents(fault.EventFault{Drop: true})
	require.True(t, dig[bool](t, next(), "item", "drop"))
	s.ClearEventFaults()
	require.Equal(t, "eventFault", next()["kind"])
	s.Advance(time.Minute)
	require.Equal(t, "clock", next()["kind"])
	require.NoError(t, s.SetCallback(emulator.Callback{URL: "http://127.0.0.1:1/x", Events: []string{"bpms_task_change"}}))
	require.Equal(t, "http://127.0.0.1:1/x", dig[string](t, next(), "item", "url"))
	require.NoError(t, s.Refuse("wangwu", id, ""))
	require.Equal(t, "refuse", dig[string](t, next(), "item", "result"))
	require.Equal(t, "push", next()["kind"])
	require.NoError(t, s.Reset())
	for kind := any("push"); kind != "reset"; kind = next()["kind"] {
		require.Equal(t, "push", kind, "the attempts of the push")
	}
	require.NoError(t, s.Close(), "ends the streams, too")
	for stream.Scan() {
		require.NotContains(t, stream.Text(), "overflow")
	}
}

// A client that does not read is cut off, and holds nobody up.
func TestSlowWatcherIsDropped(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	blocked := newBlockedWriter()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ServeHTTP(blocked, httptest.NewRequestWithContext(t.Context(), http.MethodGet, adminURL+"events", nil))
	}()
	<-blocked.began // and it reads no more
	for range 200 {
		s.Fail(fault.QPS())
		s.ClearFaults()
	}
	close(blocked.goOn)
	<-done
	require.Contains(t, blocked.text.String(), "event: overflow")
}

// blockedWriter takes the first event, and the rest when it may go on.
type blockedWriter struct {
	began, goOn chan struct{}
	once        sync.Once
	text        strings.Builder
}

func newBlockedWriter() *blockedWriter {
	return &blockedWriter{began: make(chan struct{}), goOn: make(chan struct{})}
}

func (w *blockedWriter) Header() http.Header { return http.Header{} }
func (w *blockedWriter) WriteHeader(int)     {}
func (w *blockedWriter) Flush()              {}
func (w *blockedWriter) Write(p []byte) (int, error) {
	first := false
	w.once.Do(func() { first = true; close(w.began) })
	if !first {
		<-w.goOn
	}
	return w.text.Write(p)
}

// Every endpoint of the page exists, and every one that exists is on the page.
func TestAdminIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/emulator.md")
	require.NoError(t, err)
	for _, pattern := range emulator.AdminPatterns() {
		method, path, _ := strings.Cut(pattern, " ")
		path = regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "{X}")
		text := regexp.MustCompile(`\{[a-zA-Z]*\}`).ReplaceAllString(string(page), "{X}")
		require.Contains(t, text, "/_emulator/"+path, "%s", pattern)
		require.Contains(t, text, method)
	}
}
