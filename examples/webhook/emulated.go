package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/form"
)

// leave is the form of the emulator's company.
type leave struct {
	Kind string    `form:"请假类型"`
	From time.Time `form:"开始日期"`
	Days int       `form:"天数"`
}

// runEmulated lets one person refuse a leave, in an emulator that pushes to this
// program over loopback.
func runEmulated(ctx context.Context, out io.Writer) error {
	fmt.Fprintln(out, "An approval over callbacks, in an emulator: no DingTalk account is needed.")
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server, err := emulator.New(emulator.WithCallback(emulator.Callback{
		URL: "http://" + listener.Addr().String() + "/dingtalk/callback",
	}))
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	if err := refuseLeave(ctx, server); err != nil {
		return err
	}
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := false
	return serve(ctx, listener, callback, func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
		if c.Change == event.InstanceChangeFinish && !failed {
			failed = true
			fmt.Fprintf(out, "%s: %s, but the handler fails\n", c.Title, c.Change)
			return errors.New("the database is away")
		}
		fmt.Fprintf(out, "%s: %s %s\n", c.Title, c.Change, c.Result)
		if c.Change == event.InstanceChangeFinish {
			cancel() // this was the last one
		}
		return nil
	})
}

func refuseLeave(ctx context.Context, server *emulator.Server) error {
	client, err := server.Client()
	if err != nil {
		return err
	}
	values, err := form.Marshal(leave{"年假", time.Now(), 3})
	if err != nil {
		return err
	}
	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode:      company.DefaultProcessCode,
		OriginatorUserID: company.DefaultOriginator,
		DeptID:           company.DefaultDeptID,
		FormValues:       values,
	})
	if err != nil {
		return err
	}
	return server.Refuse(company.DefaultFirstApprover, created.InstanceID, "太忙")
}
