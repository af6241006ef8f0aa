package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
)

// A leave application, from the application to the decision.
func Example() {
	ctx := context.Background()
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}
	client, err := server.Client()
	if err != nil {
		panic(err)
	}

	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode:      company.DefaultProcessCode,
		OriginatorUserID: company.DefaultOriginator,
		DeptID:           company.DefaultDeptID,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "年假"},
			{Name: "开始日期", Value: "2026-05-04"},
			{Name: "天数", Value: "2"},
		},
	})
	if err != nil {
		panic(err)
	}

	// What the approvers would do in the DingTalk app.
	if err := server.Approve(company.DefaultFirstApprover, created.InstanceID, "好"); err != nil {
		panic(err)
	}
	if err := server.Approve(company.DefaultSecondApprover, created.InstanceID, ""); err != nil {
		panic(err)
	}

	instance, err := client.Instances.Get(ctx, created.InstanceID)
	if err != nil {
		panic(err)
	}
	fmt.Println(instance.Title, instance.Status, instance.Result)
	for _, record := range instance.Records {
		fmt.Println(record.Type, record.UserID, record.Result)
	}
	// Output:
	// 张三提交的请假 COMPLETED agree
	// START_PROCESS_INSTANCE zhangsan NONE
	// EXECUTE_TASK_NORMAL lisi AGREE
	// EXECUTE_TASK_NORMAL wangwu AGREE
}

// Events reach a handler in memory, signed and encrypted like the vendor's.
func ExampleServer_SetCallback() {
	ctx := context.Background()
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}

	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey})
	if err != nil {
		panic(err)
	}
	dispatcher, err := event.NewDispatcher(
		event.On(func(_ context.Context, _ *event.Event, change event.TaskChange) error {
			fmt.Printf("%s %s %q\n", change.Change, change.StaffID, change.Remark)
			return nil
		}),
	)
	if err != nil {
		panic(err)
	}
	if err := server.SetCallback(emulator.Callback{Handler: callback.Handler(dispatcher)}); err != nil {
		panic(err)
	}

	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	created, err := client.Instances.Create(ctx, leave())
	if err != nil {
		panic(err)
	}
	if err := server.Refuse(company.DefaultFirstApprover, created.InstanceID, "人手不够"); err != nil {
		panic(err)
	}
	if err := server.Flush(ctx); err != nil { // pushes are made in the background
		panic(err)
	}
	if err := server.Close(); err != nil {
		panic(err)
	}
	// Output:
	// start lisi ""
	// finish lisi "人手不够"
}

// A reply that gets lost: the approval was started, and the client cannot know.
func ExampleServer_Fail() {
	ctx := context.Background()
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}
	client, err := server.Client()
	if err != nil {
		panic(err)
	}

	server.Fail(fault.Fault{Operation: "StartProcessInstance", Times: 1, After: true, DropConnection: true})
	_, err = client.Instances.Create(ctx, leave())
	fmt.Println("outcome unknown:", errors.Is(err, dingoa.ErrOutcomeUnknown))
	fmt.Println("started:", len(server.Instances()))
	// Output:
	// outcome unknown: true
	// started: 1
}

// DingTalk refuses to revoke an approval in its first 15 seconds. The emulator
// does too, without making you wait.
func ExampleServer_Advance() {
	ctx := context.Background()
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}
	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	created, err := client.Instances.Create(ctx, leave())
	if err != nil {
		panic(err)
	}

	revoke := dingoa.TerminateInstanceRequest{InstanceID: created.InstanceID, OperatorUserID: company.DefaultOriginator}
	fmt.Println(errors.Is(client.Instances.Terminate(ctx, revoke), dingoa.ErrConflict))
	server.Advance(15 * time.Second)
	fmt.Println(client.Instances.Terminate(ctx, revoke))
	// Output:
	// true
	// <nil>
}
