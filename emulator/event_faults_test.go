package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// eventReceiver notes which events arrived, and when.
type eventReceiver struct {
	began time.Time
	lines chan string
}

func (r *eventReceiver) Dispatch(_ context.Context, e *event.Event) error {
	kind := "instance"
	if _, ok := e.Data.(event.TaskChange); ok {
		kind = "task"
	}
	r.lines <- fmt.Sprint(kind, " ", time.Since(r.began).Truncate(time.Second))
	return nil
}

// TestEventFaults: a fault does the same to pushes and to stream connections;
// only the pauses before the next attempt differ.
func TestEventFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault        fault.EventFault
		push, stream []string
	}{
		"none":           {fault.EventFault{}, []string{"instance 0s", "task 0s"}, []string{"instance 0s", "task 0s"}},
		"delay":          {fault.EventFault{Times: 1, Delay: time.Minute}, []string{"task 0s", "instance 1m0s"}, []string{"task 0s", "instance 1m0s"}},
		"reorder":        {fault.EventFault{Times: 1, Reorder: true}, []string{"task 0s", "instance 0s"}, []string{"task 0s", "instance 0s"}},
		"reorder of one": {fault.EventFault{EventType: "bpms_task_change", Reorder: true}, []string{"instance 0s", "task 1s"}, []string{"instance 0s", "task 1s"}},
		"duplicate":      {fault.EventFault{EventType: "bpms_task_change", Duplicate: true}, []string{"instance 0s", "task 0s", "task 0s"}, []string{"instance 0s", "task 0s", "task 0s"}},
		"drop":           {fault.EventFault{Times: 1, Drop: true}, []string{"task 0s", "instance 10s"}, []string{"task 0s", "instance 1m0s"}},
		"lose":           {fault.EventFault{Times: 1, Lose: true}, []string{"task 0s"}, []string{"task 0s"}},
		// Half a frame is handed over as UnknownEvent and acknowledged: it would be no better the next time.
		"corrupt":         {fault.EventFault{Times: 1, Corrupt: true}, []string{"task 0s", "instance 10s"}, []string{"instance 0s", "task 0s"}},
		"close":           {fault.EventFault{Times: 1, CloseConnection: true}, []string{"task 0s", "instance 10s"}, []string{"instance 3s", "task 3s"}},
		"all but nothing": {fault.EventFault{EventType: "user_add_org", Drop: true}, []string{"instance 0s", "task 0s"}, []string{"instance 0s", "task 0s"}},
	} {
		for transport, want := range map[string][]string{"push": test.push, "stream": test.stream} {
			t.Run(name+" "+transport, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newServer(t)
					client := newClient(t, s)
					receiver := &eventReceiver{time.Now(), make(chan string, 100)}
					if transport == "push" {
						cb, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{s.App().AppKey})
						require.NoError(t, err)
						require.NoError(t, s.SetCallback(emulator.Callback{Handler: cb.Handler(receiver)}))
					} else {
						defer consume(t, client, receiver)()
					}
					s.FailEvents(test.fault)
					create(t, client, leave())
					<-time.After(5 * time.Minute)
					require.NoError(t, s.Flush(t.Context()))
					close(receiver.lines)
					var got []string
					for line := range receiver.lines {
						got = append(got, line)
					}
					if name == "corrupt" && transport == "stream" { // nothing says that the two belong together
						slices.Sort(got)
					}
					require.Equal(t, want, got)
				})
			})
		}
	}
}

// consume runs a consumer that is connected, and returns what ends it.
func consume(t *testing.T, client *dingoa.Client, h event.Handler) (end func()) {
	t.Helper()
	connected := make(chan struct{}, 100)
	c, err := stream.New(client, h, stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) {
		if c.State == stream.StateConnected {
			connected <- struct{}{}
		}
	}}))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	<-connected
	synctest.Wait()
	return func() {
		cancel()
		require.NoError(t, <-done)
	}
}

// The same seed hits the same attempts; half of them is about half.
func TestEventFaultShare(t *testing.T) {
	t.Parallel()
	hits := func(seed uint64) []bool {
		var hit []bool
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler()}))
			s.FailEvents(fault.EventFault{Share: 0.5, Seed: seed, Lose: true})
			for range 50 {
				create(t, newClient(t, s), leave())
			}
			<-time.After(time.Second)
			for _, push := range s.Pushes() {
				hit = append(hit, push.Attempts[0].Status == 0)
			}
		})
		return hit
	}
	first := hits(1)
	require.Equal(t, first, hits(1))
	require.NotEqual(t, first, hits(2))
	lost := 0
	for _, hit := range first {
		if hit {
			lost++
		}
	}
	require.InDelta(t, 50, lost, 20)
}

func TestClearEventFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refusal := errors.New("no")
		var handled []string
		cb, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey})
		require.NoError(t, err)
		d, err := event.NewDispatcher(event.On(func(_ context.Context, e *event.Event, _ event.TaskChange) error {
			handled = append(handled, e.ID)
			return refusal
		}))
		require.NoError(t, err)
		s := newServer(t, emulator.WithCallback(emulator.Callback{Handler: cb.Handler(d)}))
		s.FailEvents(fault.EventFault{Delay: time.Hour})
		create(t, newClient(t, s), leave())
		<-time.After(time.Minute)
		synctest.Wait()
		require.Empty(t, handled)
		s.ClearEventFaults()
		require.NoError(t, s.Flush(t.Context()))
		synctest.Wait()
		require.Len(t, handled, 1, "what was delayed is due at once")
		s.Advance(time.Minute)
		synctest.Wait()
		require.Len(t, slices.Compact(handled), 1)
		require.Len(t, handled, 3, "the retries are the usual ones")
	})
}
