package dingoa_test

import (
	"context"
	"fmt"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
)

// No end of an approval is missed: pushes go into an inbox, a puller puts what
// could not be pushed there, a reconciler what no push told, and one handler
// gets it all. Here three applications for leave are refused, and only the push
// that tells of the first one arrives.
//
// The inbox module has an inbox that outlives the process.
func ExampleMemoryInbox() {
	ctx := context.Background()
	inbox, err := event.NewMemoryInbox()
	if err != nil {
		panic(err)
	}
	ended := make(chan string)
	dispatcher, err := event.NewDispatcher(
		event.On(func(_ context.Context, e *event.Event, c event.InstanceChange) error {
			if c.Change == event.InstanceChangeFinish {
				ended <- fmt.Sprint(c.Result, ", known from ", e.Source) // e.Key() is the idempotency key
			}
			return nil // an error, or a panic, brings the event again
		}))
	if err != nil {
		panic(err)
	}
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey},
		dingoa.WithCallbackClock(server.Now))
	if err != nil {
		panic(err)
	}
	if err := server.SetCallback(emulator.Callback{Handler: callback.Handler(inbox)}); err != nil {
		panic(err)
	}
	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	puller, err := backfill.NewFailedPushPuller(client, inbox)
	if err != nil {
		panic(err)
	}
	reconciler, err := backfill.NewReconciler(client, inbox, inbox, []string{company.DefaultProcessCode},
		backfill.WithCorpID(company.DefaultCorpID))
	if err != nil {
		panic(err)
	}
	go func() { _ = inbox.Run(ctx, dispatcher) }()

	refuse(ctx, client, server, fault.EventFault{}) // the push arrives
	fmt.Println(<-ended)

	refuse(ctx, client, server, fault.EventFault{Drop: true}) // three attempts fail
	if err := puller.Pull(ctx); err != nil {                  // a program calls Run
		panic(err)
	}
	fmt.Println(<-ended)

	refuse(ctx, client, server, fault.EventFault{Lose: true}) // DingTalk takes it for delivered
	if _, err := reconciler.Reconcile(ctx); err != nil {      // here too
		panic(err)
	}
	fmt.Println(<-ended)

	if err := inbox.Close(); err != nil {
		panic(err)
	}
	// Output:
	// refuse, known from http
	// refuse, known from failed_push
	// refuse, known from reconcile
}

// refuse has somebody apply for a leave and the first approver refuse it, and
// lets an hour pass.
func refuse(ctx context.Context, client *dingoa.Client, server *emulator.Server, fault fault.EventFault) {
	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-12-01"}, {Name: "天数", Value: "3"}},
	})
	if err != nil {
		panic(err)
	}
	if err := server.Flush(ctx); err != nil {
		panic(err)
	}
	server.FailEvents(fault)
	if err := server.Refuse(company.DefaultFirstApprover, created.InstanceID, ""); err != nil {
		panic(err)
	}
	server.Advance(time.Hour)
	server.ClearEventFaults()
}
