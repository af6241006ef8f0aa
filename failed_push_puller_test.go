package dingoa_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
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

func (h *taker) Dispatch(ctx context.Context, e *dingoa.Event) error {
	change, _ := e.Data.(dingoa.TaskChange)
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

func newPuller(tb testing.TB, dt *dingTalk, h dingoa.EventHandler, opts ...dingoa.FailedPushOption) *dingoa.FailedPushPuller {
	tb.Helper()
	p, err := dingoa.NewFailedPushPuller(dt.client(tb), h, opts...)
	require.NoError(tb, err)
	return p
}

func TestPullReadsOnAndHoldsWhatIsRefused(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, failedList(true, "a-1", "b-1", "a-2")), answer(200, failedList(false, "c-1")), answer(200, failedList(false)))
	full := errors.New("inbox is full")
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
		var unhandled *dingoa.UnhandledEventsError
		require.ErrorAs(t, err, &unhandled)
		require.Len(t, unhandled.Events, 2)
		require.Equal(t, []string{"b-1"}, h.took)
		require.Len(t, dt.sent(), 1, "nothing is read before the rest is handled")
	}
	h.refuse = nil
	require.NoError(t, p.Pull(t.Context()))
	require.Equal(t, []string{"b-1", "a-1", "a-2", "c-1"}, h.took)
	require.NoError(t, p.Pull(t.Context()))
	require.Len(t, dt.sent(), 3)
}

func TestRunPullsOnSchedule(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, failedList(false, "a-1")), answer(500, "oops"), answer(200, failedList(false, "a-2")), answer(200, failedList(false)))
		var log bytes.Buffer
		h := &taker{}
		p := newPuller(t, dt, h, dingoa.WithPullInterval(time.Minute), dingoa.WithPullLogger(slog.New(slog.NewTextHandler(&log, nil))))
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
		var unhandled *dingoa.UnhandledEventsError
		require.ErrorAs(t, err, &unhandled)
		require.Len(t, unhandled.Events, 1)
		require.Equal(t, "a", unhandled.Events[0].Subject())
		require.Equal(t, dingoa.SourceFailedPush, unhandled.Events[0].Source)
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
		var unhandled *dingoa.UnhandledEventsError
		require.ErrorAs(t, err, &unhandled)
		require.Len(t, unhandled.Events, 1, "there were ten seconds for them")
		require.Len(t, dt.sent(), 1)
	})
}

func TestNewFailedPushPullerNamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := dingoa.NewFailedPushPuller(nil, nil, nil, dingoa.WithPullInterval(0), dingoa.WithPullDrain(-1), dingoa.WithPullLogger(nil))
	for _, want := range []string{"a client and a handler", "WithPullInterval", "WithPullDrain", "WithPullLogger"} {
		require.ErrorContains(t, err, want)
	}
}
