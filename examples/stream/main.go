// The stream example prints every change of every approval as it happens, over
// a WebSocket that this program opens: no public address is needed.
//
// Without further ado it runs against an emulator inside this process, in which
// one approval goes from its start to its end. With DINGTALK_APP_KEY and
// DINGTALK_APP_SECRET set it receives the events of that app until it is
// interrupted; choose stream mode for the app first (开发者后台 → 事件订阅 →
// Stream 模式推送). DINGTALK_BASE_URL names another address, such as that of
// dingoa serve.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, os.Getenv)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, setting func(string) string) error {
	appKey := setting("DINGTALK_APP_KEY")
	if appKey == "" {
		return runEmulated(ctx, out)
	}
	client, err := dingoa.New(appKey, setting("DINGTALK_APP_SECRET"), dingoa.WithBaseURL(setting("DINGTALK_BASE_URL")))
	if err != nil {
		return err
	}
	return receive(ctx, out, client, nil)
}

// receive prints changes of approvals until ctx ends; ended is called when an
// approval has come to its end.
func receive(ctx context.Context, out io.Writer, client *dingoa.Client, ended func()) error {
	dispatcher, err := event.NewDispatcher(
		event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
			fmt.Fprintf(out, "%s: %s %s\n", c.Title, c.Change, c.Result)
			if c.Change != event.InstanceChangeStart && ended != nil {
				ended()
			}
			return nil // done; after an error DingTalk delivers again
		}),
		event.On(func(_ context.Context, _ *event.Event, c event.TaskChange) error {
			fmt.Fprintf(out, "%s: task of %s %s %s\n", c.Title, c.StaffID, c.Change, c.Result)
			return nil
		}))
	if err != nil {
		return err
	}
	consumer, err := stream.New(client, dispatcher, stream.WithHook(stream.Hook{Connection: func(c stream.ConnectionChange) { //nolint:contextcheck // the hook of a call gets its context from the call
		if c.State == stream.StateConnected {
			fmt.Fprintln(out, "Waiting for events")
		}
	}}))
	if err != nil {
		return err
	}
	return consumer.Run(ctx)
}

// runEmulated lets two people agree to a leave, in an emulator.
func runEmulated(ctx context.Context, out io.Writer) error {
	fmt.Fprintln(out, "An approval over stream mode, in an emulator: no DingTalk account is needed.")
	server, err := emulator.New(emulator.WithStream())
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	client, err := server.Client()
	if err != nil {
		return err
	}
	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode:      company.DefaultProcessCode,
		OriginatorUserID: company.DefaultOriginator,
		DeptID:           company.DefaultDeptID,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-12-01"}, {Name: "天数", Value: "3"},
		},
	})
	if err != nil {
		return err
	}
	for _, approver := range []string{company.DefaultFirstApprover, company.DefaultSecondApprover} {
		if err := server.Approve(approver, created.InstanceID, "同意"); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return receive(ctx, out, client, cancel) // the events have waited for the connection
}
