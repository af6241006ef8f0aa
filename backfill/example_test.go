package backfill_test

import (
	"context"
	"fmt"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

// A reconciler hands over the end of an approval that no event told.
func ExampleReconciler() {
	ctx := context.Background()
	server, err := emulator.New() // without a callback: nobody is told anything
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	handled := event.NewMemoryDeduper(0)
	dispatcher, err := event.NewDispatcher(event.WithDeduper(handled),
		event.On(func(_ context.Context, e *event.Event, change event.InstanceChange) error {
			fmt.Println(change.Change, change.Result, "known from", e.Source)
			return nil
		}))
	if err != nil {
		panic(err)
	}
	reconciler, err := backfill.NewReconciler(client, dispatcher, handled, []string{company.DefaultProcessCode},
		backfill.WithCorpID(company.DefaultCorpID))
	if err != nil {
		panic(err)
	}

	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-12-01"}, {Name: "天数", Value: "3"}},
	})
	if err != nil {
		panic(err)
	}
	if err := server.Refuse(company.DefaultFirstApprover, created.InstanceID, ""); err != nil {
		panic(err)
	}
	server.Advance(10 * time.Minute) // pushes have some minutes to come
	for range 2 {                    // a program calls Run
		report, err := reconciler.Reconcile(ctx)
		if err != nil {
			panic(err)
		}
		fmt.Println("delivered:", report.Delivered)
	}
	// Output:
	// finish refuse known from reconcile
	// delivered: 1
	// delivered: 0
}
