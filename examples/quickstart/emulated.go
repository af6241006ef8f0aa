package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/form"
)

// names are the people of the emulator's default company.
var names = map[string]string{
	company.DefaultOriginator:     "张三",
	company.DefaultFirstApprover:  "李四",
	company.DefaultSecondApprover: "王五",
}

func runEmulated(ctx context.Context, out io.Writer) error {
	fmt.Fprintln(out, "An approval from start to end, in an emulator: no DingTalk account is needed.")
	fmt.Fprintln(out, "(Set DINGTALK_APP_KEY, DINGTALK_APP_SECRET, DINGTALK_PROCESS_CODE and DINGTALK_USER_ID to use the real service.)")

	server, err := emulator.New(emulator.WithStartTime(time.Date(2026, 11, 23, 9, 0, 0, 0, china)))
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	closeCallback, err := receive(ctx, out, server)
	if err != nil {
		return err
	}
	defer func() { _ = closeCallback() }()
	client, err := server.Client()
	if err != nil {
		return err
	}

	fmt.Fprintln(out, "\nA leave is asked for, and two people decide in turn:")
	id, err := ask(ctx, client, LeaveRequest{
		Kind: "年假", From: time.Date(2026, 12, 1, 0, 0, 0, 0, china), Days: form.NewDecimal(3, 0), Reason: "回家看看",
	})
	if err != nil {
		return err
	}
	server.Advance(25 * time.Minute)
	if err := decide(ctx, client, id, company.DefaultFirstApprover, "同意，注意交接"); err != nil {
		return err
	}
	server.Advance(40 * time.Minute)
	if err := decide(ctx, client, id, company.DefaultSecondApprover, "假期愉快"); err != nil {
		return err
	}
	if err := server.Flush(ctx); err != nil { // until all of it was pushed
		return err
	}
	inst, err := client.Instances.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := report(out, inst); err != nil {
		return err
	}

	fmt.Fprintln(out, "Another one is revoked by who asked for it:")
	id, err = ask(ctx, client, LeaveRequest{
		Kind: "事假", From: time.Date(2026, 12, 8, 0, 0, 0, 0, china), Days: form.NewDecimal(1, 0), Reason: "搬家",
	})
	if err != nil {
		return err
	}
	server.Advance(time.Minute) // DingTalk revokes nothing in the first 15 seconds
	if err := client.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{
		InstanceID: id, OperatorUserID: company.DefaultOriginator, Remark: "计划有变",
	}); err != nil {
		return err
	}
	if err := server.Flush(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out)
	spent(out, client)
	return nil
}

// ask starts the approval of a leave.
func ask(ctx context.Context, client *dingoa.Client, leave LeaveRequest) (instanceID string, err error) {
	values, err := form.Marshal(leave)
	if err != nil {
		return "", err
	}
	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode:      company.DefaultProcessCode,
		OriginatorUserID: company.DefaultOriginator,
		DeptID:           company.DefaultDeptID,
		FormValues:       values,
	})
	if err != nil {
		return "", err
	}
	return created.InstanceID, nil
}

// decide agrees to the task that waits for the user.
func decide(ctx context.Context, client *dingoa.Client, instanceID, userID, remark string) error {
	inst, err := client.Instances.Get(ctx, instanceID)
	if err != nil {
		return err
	}
	for _, task := range inst.RunningTasks() {
		if task.UserID == userID {
			return client.Tasks.Approve(ctx, dingoa.DecideTaskRequest{
				InstanceID: instanceID, TaskID: task.ID, OperatorUserID: userID, Remark: remark,
			})
		}
	}
	return fmt.Errorf("no task of %s waits for %s", instanceID, userID)
}

// receive serves a callback on loopback that prints every change, and has the
// emulator push to it.
func receive(ctx context.Context, out io.Writer, server *emulator.Server) (closeCallback func() error, err error) {
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey})
	if err != nil {
		return nil, err
	}
	dispatcher, err := event.NewDispatcher(
		event.On(func(_ context.Context, e *event.Event, c event.InstanceChange) error {
			switch c.Change {
			case event.InstanceChangeStart:
				line(out, e.Time, "●", "%s asks: %s", names[c.StaffID], c.Title)
			case event.InstanceChangeFinish:
				line(out, e.Time, "■", "ended: %s", c.Result)
			default:
				line(out, e.Time, "■", "revoked")
			}
			return nil
		}),
		event.On(func(_ context.Context, e *event.Event, c event.TaskChange) error {
			switch c.Change {
			case event.TaskChangeStart:
				line(out, e.Time, "○", "waits for %s", names[c.StaffID])
			case event.TaskChangeFinish:
				line(out, e.Time, "✓", "%s: %s  “%s”", names[c.StaffID], c.Result, c.Remark)
			}
			return nil
		}),
	)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	web := &http.Server{
		Handler: callback.Handler(dispatcher), MaxHeaderBytes: 16 << 10,
		ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 3 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	go func() { _ = web.Serve(listener) }() // ends with Close
	return web.Close, server.SetCallback(emulator.Callback{URL: "http://" + listener.Addr().String()})
}
