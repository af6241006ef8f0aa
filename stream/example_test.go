package stream_test

import (
	"context"
	"fmt"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// Somebody applies for a leave, and the news comes over a WebSocket. With
// [dingoa.New] for the client it is the real service that tells.
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, err := emulator.New(emulator.WithStream())
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	dispatcher, err := event.NewDispatcher(
		event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
			fmt.Println(c.Title, c.Change)
			cancel()   // enough for an example
			return nil // an error makes DingTalk deliver the event again
		}))
	if err != nil {
		panic(err)
	}
	consumer, err := stream.New(client, dispatcher)
	if err != nil {
		panic(err)
	}

	if _, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-12-01"}, {Name: "天数", Value: "3"}},
	}); err != nil {
		panic(err)
	}
	if err := consumer.Run(ctx); err != nil { // connects, and returns when ctx has ended
		panic(err)
	}
	// Output: 张三提交的请假 start
}
