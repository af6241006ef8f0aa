package stream_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
)

// TestSameHandlersForEverySource: the same handlers see the same approval, by
// push, by stream and from the list of failed pushes, and a failure makes the
// event come again whichever way it came.
func TestSameHandlersForEverySource(t *testing.T) {
	t.Parallel()
	refused := emulator.Callback{Events: []string{"bpms_instance_change", "bpms_task_change"}, Handler: http.NotFoundHandler()}
	for source, test := range map[event.Source]struct {
		opts []emulator.Option
		// receive connects the handlers and returns what ends it.
		receive func(t *testing.T, s *emulator.Server, c *dingoa.Client, h event.Handler) (end func())
		// deliver brings what there is to the handlers.
		deliver func(t *testing.T, s *emulator.Server, c *dingoa.Client, h event.Handler)
	}{
		event.SourceHTTP: {
			receive: func(t *testing.T, s *emulator.Server, _ *dingoa.Client, h event.Handler) func() {
				t.Helper()
				cb, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey})
				require.NoError(t, err)
				require.NoError(t, s.SetCallback(emulator.Callback{Handler: cb.Handler(h)}))
				return func() {}
			},
			deliver: func(*testing.T, *emulator.Server, *dingoa.Client, event.Handler) { <-time.After(time.Minute) },
		},
		event.SourceStream: {
			opts: []emulator.Option{emulator.WithStream()},
			receive: func(t *testing.T, _ *emulator.Server, c *dingoa.Client, h event.Handler) func() {
				t.Helper()
				consumer := run(t, c, h)
				return func() { consumer.end(t) }
			},
			deliver: func(*testing.T, *emulator.Server, *dingoa.Client, event.Handler) { <-time.After(time.Minute) },
		},
		event.SourceFailedPush: {
			opts: []emulator.Option{emulator.WithCallback(refused)},
			receive: func(_ *testing.T, s *emulator.Server, _ *dingoa.Client, _ event.Handler) func() {
				s.FailEvents(fault.EventFault{Drop: true})
				return func() {}
			},
			deliver: func(t *testing.T, _ *emulator.Server, c *dingoa.Client, h event.Handler) {
				t.Helper()
				<-time.After(time.Minute)
				pushes, err := c.Callbacks.FailedPushes(t.Context())
				require.NoError(t, err)
				for _, e := range pushes.Events {
					for h.Dispatch(t.Context(), &e) != nil { // what an inbox does
					}
				}
			},
		},
	} {
		t.Run(string(source), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, err := emulator.New(test.opts...)
				require.NoError(t, err)
				defer func() { require.NoError(t, s.Close()) }()
				client := newClient(t, s)
				got, failures := map[string][]string{}, 0
				d, err := event.NewDispatcher(
					event.On(func(_ context.Context, e *event.Event, c event.InstanceChange) error {
						if c.Change == event.InstanceChangeFinish && failures == 0 {
							failures++
							return errors.New("not yet")
						}
						require.Equal(t, source, e.Source)
						got[c.InstanceID] = append(got[c.InstanceID], kind(e))
						return nil
					}),
					event.On(func(_ context.Context, e *event.Event, c event.TaskChange) error {
						got[c.InstanceID] = append(got[c.InstanceID], kind(e)+" "+c.StaffID)
						return nil
					}),
				)
				require.NoError(t, err)
				end := test.receive(t, s, client, d)
				synctest.Wait()
				id := start(t, client)
				require.NoError(t, s.Approve(company.DefaultFirstApprover, id, "同意"))
				require.NoError(t, s.Refuse(company.DefaultSecondApprover, id, ""))
				test.deliver(t, s, client, d)
				end()
				synctest.Wait()
				require.ElementsMatch(t, []string{
					"instance start", "task start lisi", "task finishagree lisi", "task start wangwu",
					"task finishrefuse wangwu", "instance finishrefuse",
				}, got[id])
				require.Equal(t, 1, failures)
			})
		})
	}
}
