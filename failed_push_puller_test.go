package dingoa_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/event"
)

// failedList is a reply with the n-th changes of approvals.
func failedList(more bool, events ...string) string {
	var entries []string
	for _, e := range events {
		instance, n, _ := strings.Cut(e, "-")
		entries = append(entries, fmt.Sprintf(`{"call_back_tag":"bpms_task_change","event_time":1663143335567,"bpms_task_change":{"corpid":"c",
			"bpmsCallBackData":{"processInstanceId":"%s","taskId":%s,"type":"start"}}}`, instance, n))
	}
	return fmt.Sprintf(`{"errcode":0,"has_more":%t,"failed_list":[%s]}`, more, strings.Join(entries, ","))
}

// taker is a handler that notes what it took, and refuses what it is told to.
type taker struct {
	took   []string
	refuse func(id string) error
}

func (h *taker) Dispatch(ctx context.Context, e *event.Event) error {
	change, _ := e.Data.(event.TaskChange)
	id := change.InstanceID + "-" + change.TaskID
	if h.refuse != nil {
		if err := h.refuse(id); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	h.took = append(h.took, id)
	return nil
}

func newPuller(tb testing.TB, dt *dingTalk, h event.Handler, opts ...backfill.PullOption) *backfill.FailedPushPuller {
	tb.Helper()
	p, err := backfill.NewFailedPushPuller(dt.client(tb), h, opts...)
	require.NoError(tb, err)
	return p
}

func TestPullReadsOnAndKeepsWhatIsRefused(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, failedList(true, "a-1", "b-1", "a-2")), answer(200, failedList(false, "c-1")), answer(200, failedList(false)))
	full := errors.New("database is down")
	h := &taker{refuse: func(id string) error {
		switch id {
		case "a-1":
			return full
		case "a-2":
			t.Error("it overtook the one before it")
		}
		return nil
	}}
	p := newPuller(t, dt, h)
	for range 2 {
		err := p.Pull(t.Context())
		require.ErrorIs(t, err, full)
		var unhandled *backfill.UnhandledEventsError
		require.ErrorAs(t, err, &unhandled)
		require.Len(t, unhandled.Events, 2)
		require.Equal(t, []string{"b-1", "c-1"}, h.took, "one bad event keeps no other")
	}
	h.refuse = nil
	require.NoError(t, p.Pull(t.Context()))
	require.Equal(t, []string{"b-1", "c-1", "a-1", "a-2"}, h.took)
}

// While the handler takes nothing, DingTalk is left to keep the rest.
func TestPullStopsReadingWhenNothingIsTaken(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, failedList(true, "a-1", "b-1")))
	p := newPuller(t, dt, &taker{refuse: func(string) error { return errors.New("inbox is full") }})
	for n := range 3 {
		require.ErrorContains(t, p.Pull(t.Context()), "inbox is full")
		require.Len(t, dt.sent(), n+1)
	}
	var many []string
	for n := range 1000 {
		many = append(many, fmt.Sprintf("c-%d", n))
	}
	dt = newDingTalk(answer(200, failedList(true, many...)))
	p = newPuller(t, dt, &taker{refuse: func(string) error { return errors.New("inbox is full") }})
	for range 3 {
		require.ErrorContains(t, p.Pull(t.Context()), "1000 events")
		require.Len(t, dt.sent(), 1)
	}
}

// What can never be handled is kept as a dead letter and reported once.
func TestPullBuriesWhatCannotBeHandled(t *testing.T) {
	t.Parallel()
	good := strings.TrimSuffix(strings.SplitAfterN(failedList(false, "a-1"), "[", 2)[1], "]}")
	dt := newDingTalk(
		answer(200, `{"errcode":0,"has_more":false,"failed_list":[null,`+good+`,{"call_back_tag":"bpms_task_change","bpms_task_change":{"bpmsCallBackData":{"taskId":{}}}}]}`),
		answer(200, failedList(false, "b-1", "c-1")), answer(200, failedList(false)))
	var log bytes.Buffer
	store := backfill.NewFilePullStore(filepath.Join(t.TempDir(), "pulls.json"))
	h := &taker{refuse: func(id string) error {
		if id == "b-1" {
			return fmt.Errorf("%w: not with me", event.ErrMalformed)
		}
		return nil
	}}
	p := newPuller(t, dt, h, backfill.WithPullStore(store), backfill.WithPullLogger(slog.New(slog.NewTextHandler(&log, nil))))
	for range 3 {
		require.NoError(t, p.Pull(t.Context()))
	}
	require.Equal(t, []string{"a-1", "c-1"}, h.took)
	state, err := store.Load(t.Context())
	require.NoError(t, err)
	require.Empty(t, state.Waiting)
	require.Len(t, state.DeadLetters, 3)
	require.Equal(t, "null", string(state.DeadLetters[0].Event.Raw))
	require.Contains(t, string(state.DeadLetters[1].Event.Raw), `"taskId":{}`)
	require.Contains(t, state.DeadLetters[2].Problem, "not with me")
	require.Equal(t, 3, strings.Count(log.String(), "dead letter"))
}

// What cannot be read does not keep the store from being read in the next process.
func TestPullAfterUnreadableEvents(t *testing.T) {
	t.Parallel()
	const odd = `{"call_back_tag":"bpms_task_change","event_time":1,"bpms_task_change":{"corpid":"c","bpmsCallBackData":{"processInstanceId":"p","taskId":{}}}},5`
	list := strings.Replace(failedList(false, "a-1"), `"failed_list":[`, `"failed_list":[`+odd+`,`, 1)
	require.Contains(t, list, odd)
	store := backfill.NewFilePullStore(filepath.Join(t.TempDir(), "pulls.json"))
	dt := newDingTalk(answer(200, list), answer(200, failedList(false, "b-1")))
	h := &taker{}
	require.NoError(t, newPuller(t, dt, h, backfill.WithPullStore(store)).Pull(t.Context()))
	require.NoError(t, newPuller(t, dt, h, backfill.WithPullStore(store)).Pull(t.Context()))
	require.Equal(t, []string{"a-1", "b-1"}, h.took)
	state, err := store.Load(t.Context())
	require.NoError(t, err)
	require.Len(t, state.DeadLetters, 2)
}

// A store that fails does not keep the events from the handler.
func TestPullWithAStoreThatFails(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, failedList(true, "a-1", "b-1")))
	h := &taker{}
	missing := backfill.NewFilePullStore(filepath.Join(t.TempDir(), "missing", "pulls.json"))
	require.ErrorIs(t, newPuller(t, dt, h, backfill.WithPullStore(missing)).Pull(t.Context()), fs.ErrNotExist)
	require.Equal(t, []string{"a-1", "b-1"}, h.took)
	require.Len(t, dt.sent(), 1, "no more is read that cannot be kept")

	broken := filepath.Join(t.TempDir(), "pulls.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	require.ErrorContains(t, newPuller(t, dt, h, backfill.WithPullStore(backfill.NewFilePullStore(broken))).Pull(t.Context()), broken)
	require.Len(t, dt.sent(), 1, "what is kept is not overwritten")
}

// It is a process of its own: it pulls from the server in its
// environment, notes each event in a file, and kills itself at the tenth.
func TestKilledPuller(t *testing.T) {
	t.Parallel()
	server := os.Getenv("DINGOA_TEST_PULL_FROM")
	if server == "" {
		t.Skip("run by TestAKilledPullerLosesNothing")
	}
	dir := os.Getenv("DINGOA_TEST_PULL_DIR")
	notes, err := os.OpenFile(filepath.Join(dir, "notes"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	defer func() { _ = notes.Close() }()
	client, err := dingoa.New(appKey, appSecret, dingoa.WithBaseURL(server), dingoa.WithLegacyBaseURL(server),
		dingoa.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}))
	require.NoError(t, err)
	calls := 0
	p, err := backfill.NewFailedPushPuller(client, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
		change, _ := e.Data.(event.TaskChange)
		_, err := fmt.Fprintln(notes, change.TaskID)
		if calls++; calls == 10 && os.Getenv("DINGOA_TEST_PULL_KILL") != "" {
			self, err := os.FindProcess(os.Getpid())
			require.NoError(t, err)
			require.NoError(t, self.Kill())
			select {}
		}
		return err
	}), backfill.WithPullStore(backfill.NewFilePullStore(filepath.Join(dir, "pulls.json"))))
	require.NoError(t, err)
	require.NoError(t, p.Pull(t.Context()))
}

func TestAKilledPullerLosesNothing(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	left := 240
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/call_back/") {
			_, _ = io.WriteString(w, `{"errcode":0,"access_token":"t","accessToken":"t","expires_in":7200,"expireIn":7200}`)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		var events []string
		for range min(left, 200) {
			events = append(events, fmt.Sprintf("p%d-%d", left, left))
			left--
		}
		_, _ = io.WriteString(w, failedList(left > 0, events...))
	}))
	defer server.Close()
	dir := t.TempDir()
	for _, kill := range []string{"yes", "yes", ""} {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledPuller$")
		child.Env = append(os.Environ(), "DINGOA_TEST_PULL_FROM="+server.URL, "DINGOA_TEST_PULL_DIR="+dir, "DINGOA_TEST_PULL_KILL="+kill)
		out, err := child.CombinedOutput()
		require.Equal(t, kill == "", err == nil, "%s", out)
	}
	notes, err := os.ReadFile(filepath.Join(dir, "notes"))
	require.NoError(t, err)
	seen := map[string]bool{}
	for line := range strings.Lines(string(notes)) {
		seen[line] = true
	}
	require.Len(t, seen, 240)
}

func TestRunPullsOnSchedule(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, failedList(false, "a-1")), answer(500, "oops"), answer(200, failedList(false, "a-2")), answer(200, failedList(false)))
		var log bytes.Buffer
		h := &taker{}
		p := newPuller(t, dt, h, backfill.WithPullInterval(time.Minute), backfill.WithPullLogger(slog.New(slog.NewTextHandler(&log, nil))))
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
		defer cancel()
		require.NoError(t, p.Run(ctx))
		require.Equal(t, []string{"a-1", "a-2"}, h.took)
		var at []time.Duration
		for _, r := range dt.sent() {
			at = append(at, r.At.Sub(began).Round(time.Minute))
		}
		require.Equal(t, []time.Duration{0, time.Minute, 2 * time.Minute}, at)
		require.Contains(t, log.String(), "level=ERROR")
	})
}

func TestRunReturnsWhatItHolds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, failedList(false, "a-1", "b-1")))
		down := errors.New("database is down")
		p := newPuller(t, dt, &taker{refuse: func(id string) error {
			if id == "a-1" {
				panic(down)
			}
			return nil
		}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := p.Run(ctx)
		require.ErrorIs(t, err, down)
		var unhandled *backfill.UnhandledEventsError
		require.ErrorAs(t, err, &unhandled)
		require.Len(t, unhandled.Events, 1)
		require.Equal(t, "a", unhandled.Events[0].Subject())
		require.Equal(t, event.SourceFailedPush, unhandled.Events[0].Source)
		require.ErrorContains(t, err, "1 events")
	})
}

// The reply to a read that has begun can't be read a second time: the end of
// the process waits for it, and for the handler.
func TestAReadOutlivesItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
			cancel()
			if err := sleep(r.Context(), time.Second); err != nil {
				return nil, err
			}
			return answer(200, failedList(true, "a-1", "a-2"))(r)
		})
		h := &taker{refuse: func(string) error { return sleep(t.Context(), 6*time.Second) }}
		err := newPuller(t, dt, h).Run(ctx)
		require.Equal(t, []string{"a-1"}, h.took)
		var unhandled *backfill.UnhandledEventsError
		require.ErrorAs(t, err, &unhandled)
		require.Len(t, unhandled.Events, 1, "there were ten seconds for them")
		require.Len(t, dt.sent(), 1)
	})
}

func TestNewFailedPushPullerNamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := backfill.NewFailedPushPuller(nil, nil, nil, backfill.WithPullInterval(0), backfill.WithPullDrain(-1), backfill.WithPullLogger(nil), backfill.WithPullStore(nil))
	for _, want := range []string{"a client and a handler", "WithPullInterval", "WithPullDrain", "WithPullLogger", "WithPullStore"} {
		require.ErrorContains(t, err, want)
	}
}
