package dingoa_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
)

// office is an emulated company, and what its events led to.
type office struct {
	*emulator.Server

	t       *testing.T
	client  *dingoa.Client
	deduper *event.MemoryDeduper
	handler *event.Dispatcher

	mu sync.Mutex // pushes come meanwhile
	// ends are the final states that were handled, by instance.
	ends map[string][]string
	// refuse may fail the handling of an end.
	refuse func(instanceID string) error
	// lose says which events are not pushed.
	lose func(event.InstanceChange) bool
}

// newOffice must be called in a bubble of synctest.
func newOffice(t *testing.T, opts ...dingoa.Option) *office {
	t.Helper()
	s, err := emulator.New()
	require.NoError(t, err)
	t.Cleanup(func() {
		synctest.Wait() // a token that is renewed in the background is renewed
		require.NoError(t, s.Close())
	})
	client, err := s.Client(opts...)
	require.NoError(t, err)
	o := &office{Server: s, t: t, client: client, deduper: event.NewMemoryDeduper(0), ends: map[string][]string{}}
	o.handler, err = event.NewDispatcher(event.WithDeduper(o.deduper), event.On(
		func(_ context.Context, e *event.Event, c event.InstanceChange) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			if c.Change == event.InstanceChangeStart {
				return nil
			}
			if o.refuse != nil {
				if err := o.refuse(c.InstanceID); err != nil {
					return err
				}
			}
			o.ends[c.InstanceID] = append(o.ends[c.InstanceID], fmt.Sprint(c.Change, " ", c.Result, " by ", e.Source))
			return nil
		}))
	require.NoError(t, err)
	return o
}

// push lets the office's events come by the callback.
func (o *office) push() {
	o.t.Helper()
	cb, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey})
	require.NoError(o.t, err)
	require.NoError(o.t, o.SetCallback(emulator.Callback{
		Handler: cb.Handler(event.HandlerFunc(func(ctx context.Context, e *event.Event) error {
			if c, ok := e.Data.(event.InstanceChange); ok && o.loses(c) {
				return errors.New("lost")
			}
			return o.handler.Dispatch(ctx, e)
		})),
	}))
}

func (o *office) loses(c event.InstanceChange) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lose != nil && o.lose(c)
}

func (o *office) setLose(lose func(event.InstanceChange) bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lose = lose
}

func (o *office) start(n int) (ids []string) {
	o.t.Helper()
	for range n {
		created, err := o.client.Instances.Create(o.t.Context(), leaveRequest())
		require.NoError(o.t, err)
		ids = append(ids, created.InstanceID)
	}
	return ids
}

func (o *office) agree(ids ...string) {
	o.t.Helper()
	for _, id := range ids {
		require.NoError(o.t, o.Approve(company.DefaultFirstApprover, id, ""))
		require.NoError(o.t, o.Approve(company.DefaultSecondApprover, id, ""))
	}
}

func (o *office) reconciler(opts ...backfill.Option) *backfill.Reconciler {
	o.t.Helper()
	opts = append([]backfill.Option{backfill.WithCorpID(company.DefaultCorpID), backfill.WithCallBudget(1000)}, opts...)
	r, err := backfill.NewReconciler(o.client, o.handler, o.deduper, []string{company.DefaultProcessCode}, opts...)
	require.NoError(o.t, err)
	return r
}

func (o *office) reconcile(r *backfill.Reconciler) backfill.Report {
	o.t.Helper()
	report, err := r.Reconcile(o.t.Context())
	require.NoError(o.t, err)
	return report
}

func TestReconcileFindsWhatNoPushTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.push()
		ids := o.start(30)
		told := map[string]bool{}
		for i, id := range ids {
			told[id] = i%3 == 0
		}
		o.setLose(func(c event.InstanceChange) bool {
			return c.Change != event.InstanceChangeStart && !told[c.InstanceID]
		})
		o.Advance(time.Minute)
		o.agree(ids[:10]...)
		for _, id := range ids[10:20] {
			require.NoError(t, o.Refuse(company.DefaultFirstApprover, id, ""))
		}
		for _, id := range ids[20:25] {
			require.NoError(t, o.Terminate(id, ""))
		}
		o.Advance(10 * time.Minute) // the repeats are over

		r := o.reconciler()
		report := o.reconcile(r)
		require.Equal(t, backfill.Report{Listed: 30, Known: 9, Delivered: 16, Open: 5, Calls: 2 + 21}, report)
		require.Len(t, o.ends, 25)
		for i, id := range ids[:25] {
			want := "finish agree"
			switch {
			case i >= 20:
				want = "terminate "
			case i >= 10:
				want = "finish refuse"
			}
			source := " by reconcile"
			if told[id] {
				source = " by http"
			}
			require.Equal(t, []string{want + source}, o.ends[id], i)
		}

		o.Advance(30 * time.Minute)
		require.Equal(t, backfill.Report{Calls: 2, Open: 5}, o.reconcile(r), "within the hour it lists only, the overlap once more")
		o.agree(ids[25:]...)
		o.Advance(2 * time.Hour)
		report = o.reconcile(r)
		require.Zero(t, report.Open)
		require.Zero(t, o.reconcile(r).Open)
		require.Len(t, o.ends, 30)
		for id, ends := range o.ends {
			require.Len(t, ends, 1, id)
		}
	})
}

// A push that comes after all is a repeat, and so is a failed push.
func TestAReconciledEndIsHandledOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.setLose(func(event.InstanceChange) bool { return true })
		o.push()
		ids := o.start(1)
		o.agree(ids...)
		o.Advance(10 * time.Minute)
		require.Equal(t, 1, o.reconcile(o.reconciler()).Delivered)
		o.setLose(nil)
		puller, err := backfill.NewFailedPushPuller(o.client, o.handler)
		require.NoError(t, err)
		require.NotEmpty(t, o.FailedPushes())
		require.NoError(t, puller.Pull(t.Context()))
		require.Equal(t, map[string][]string{ids[0]: {"finish agree by reconcile"}}, o.ends)
	})
}

func TestReconcileEventsAreLikePushes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, dingoa.WithCorpID(company.DefaultCorpID))
		o.setLose(func(event.InstanceChange) bool { return true })
		o.push()
		ids := o.start(1)
		require.NoError(t, o.Refuse(company.DefaultFirstApprover, ids[0], ""))
		o.Advance(time.Hour)
		var got *event.Event
		r, err := backfill.NewReconciler(o.client, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
			got = e
			return nil
		}), o.deduper, []string{company.DefaultProcessCode})
		require.NoError(t, err)
		require.Equal(t, 1, o.reconcile(r).Delivered)

		pushes := o.Pushes()
		pushed, err := event.Parse(pushes[len(pushes)-1].Event)
		require.NoError(t, err)
		require.Equal(t, pushed.Key(), got.Key())
		require.Equal(t, event.SourceReconcile, got.Source)
		require.Equal(t, pushed.Type, got.Type)
		require.Equal(t, pushed.CorpID, got.CorpID)
		require.WithinDuration(t, pushed.Time, got.Time, time.Minute)
		want, have := dataOf[event.InstanceChange](t, pushed), dataOf[event.InstanceChange](t, got)
		require.Equal(t, want.Title, have.Title)
		require.Equal(t, want.StaffID, have.StaffID)
		require.Equal(t, want.BusinessID, have.BusinessID)
		require.Equal(t, want.ProcessCode, have.ProcessCode)

		data, err := event.Encode(got)
		require.NoError(t, err)
		again, err := event.Decode(data)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

func TestReconcileKeepsToItsBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		ids := o.start(25)
		o.agree(ids...)
		o.Advance(time.Hour)
		r := o.reconciler(backfill.WithCallBudget(10))
		report := o.reconcile(r)
		require.True(t, report.Exhausted)
		require.Equal(t, 10, report.Calls)
		require.Equal(t, 8, report.Delivered, "two pages were listed")
		require.Zero(t, o.reconcile(r).Calls)
		before := o.client.Usage().Calls
		for range 60 { // ten hours, a comparison every ten minutes
			o.Advance(10 * time.Minute)
			o.reconcile(r)
		}
		require.LessOrEqual(t, o.client.Usage().Calls-before, int64(10*10))
		require.Len(t, o.ends, 25)
		for id, ends := range o.ends {
			require.Len(t, ends, 1, id)
		}
	})
}

// crash is a store whose process dies before it has saved.
type crash struct {
	backfill.Store

	after int // so many saves
}

func (s *crash) Save(ctx context.Context, state backfill.State) error {
	if s.after--; s.after < 0 {
		return errors.New("killed")
	}
	return s.Store.Save(ctx, state)
}

// Wherever the process is killed, the next one goes on, and no end is handled
// twice: what was handled is asked for, not remembered.
func TestReconcileGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	for saves := range 8 {
		t.Run(strconv.Itoa(saves), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t)
				ids := o.start(6)
				o.agree(ids[:4]...)
				o.Advance(30 * time.Hour) // two listings
				store := backfill.NewFileStore(filepath.Join(t.TempDir(), "state"))
				since := backfill.WithSince(o.Now().Add(-31 * time.Hour))
				_, err := o.reconciler(since, backfill.WithStore(&crash{store, saves})).Reconcile(t.Context())
				if err != nil {
					require.ErrorContains(t, err, "killed")
				}
				delivered := len(o.ends)
				o.agree(ids[4])
				o.Advance(2 * time.Hour)
				report := o.reconcile(o.reconciler(since, backfill.WithStore(store)))
				require.Equal(t, 5-delivered, report.Delivered)
				require.Equal(t, 1, report.Open)
				require.Len(t, o.ends, 5)
				for id, ends := range o.ends {
					require.Len(t, ends, 1, id)
				}
			})
		})
	}
}

func TestReconcileTriesAgainWhatWasRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		ids := o.start(3)
		o.agree(ids...)
		o.Advance(time.Hour)
		full := errors.New("inbox is full")
		o.refuse = func(id string) error {
			if id == ids[0] {
				return full
			}
			return nil
		}
		r := o.reconciler()
		report, err := r.Reconcile(t.Context())
		require.ErrorIs(t, err, full)
		require.ErrorContains(t, err, ids[0])
		require.Equal(t, 2, report.Delivered, "it holds up no other")
		require.Equal(t, 1, report.Failed)
		o.refuse = nil
		o.Advance(time.Hour)
		require.Equal(t, 1, o.reconcile(r).Delivered)
	})
}

func TestReconcileStopsAtErrorsOfDingTalk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.agree(o.start(3)...)
		o.Advance(time.Hour)
		o.Fail(fault.Quota())
		r := o.reconciler()
		_, err := r.Reconcile(t.Context())
		require.ErrorIs(t, err, dingoa.ErrQuotaExceeded)
		require.Empty(t, o.ends)
		o.ClearFaults()
		require.Equal(t, 3, o.reconcile(r).Delivered)
	})
}

// noMemory cannot tell what was handled.
type noMemory struct{ err error }

func (m noMemory) Handled(context.Context, string) (bool, error) { return false, m.err }

func TestReconcileDeliversNothingWhenItCannotTell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.agree(o.start(1)...)
		o.Advance(time.Hour)
		down := errors.New("store is down")
		r, err := backfill.NewReconciler(o.client, o.handler, noMemory{down}, []string{company.DefaultProcessCode}, backfill.WithCorpID("c"))
		require.NoError(t, err)
		_, err = r.Reconcile(t.Context())
		require.ErrorIs(t, err, down)
		require.Empty(t, o.ends)
	})
}

func TestReconcilerRunsOnSchedule(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		ids := o.start(1)
		var log bytes.Buffer
		r := o.reconciler(backfill.WithInterval(20*time.Minute), backfill.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
		defer cancel()
		time.AfterFunc(30*time.Minute, func() { o.agree(ids...) })
		require.NoError(t, r.Run(ctx))
		require.Equal(t, map[string][]string{ids[0]: {"finish agree by reconcile"}}, o.ends)
		require.Contains(t, log.String(), "level=WARN")
	})
}

func TestReconcileStateFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	store := backfill.NewFileStore(path)
	state, err := store.Load(t.Context())
	require.NoError(t, err)
	require.Zero(t, state)
	want := backfill.State{
		Forms:  map[string]backfill.FormState{"PROC-1": {Mark: ms(1663143335567), Recent: []string{"a"}}},
		Open:   []backfill.OpenApproval{{InstanceID: "a", ProcessCode: "PROC-1", Read: ms(1663143335567)}, {InstanceID: "b"}},
		Budget: -1.5, BudgetTime: ms(1663143335567),
	}
	for range 2 {
		require.NoError(t, store.Save(t.Context(), want))
		got, err := store.Load(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 2, "the state and its lock, nothing else")

	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	_, err = store.Load(t.Context())
	require.ErrorContains(t, err, "state of the reconciler")
	require.ErrorContains(t, backfill.NewFileStore(filepath.Join(path, "below")).Save(t.Context(), want), "state of the reconciler")
}

func TestNewReconcilerNamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := backfill.NewReconciler(nil, nil, nil, nil, nil, backfill.WithStore(nil), backfill.WithInterval(0),
		backfill.WithCallBudget(0), backfill.WithEventType("bpms_task_change"), backfill.WithLogger(nil))
	for _, want := range []string{
		"a client, a handler", "no process code", "WithStore", "WithInterval", "WithCallBudget",
		"WithEventType", "WithLogger", "WithCorpID",
	} {
		require.ErrorContains(t, err, want)
	}
}
