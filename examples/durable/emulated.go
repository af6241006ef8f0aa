package main

import (
	"context"
	"net"
	"path/filepath"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// runEmulated runs the app against an emulator that lasts as the app does, with
// people who ask for leave and decide.
func runEmulated(ctx context.Context, data string) error {
	dingtalk, a, err := emulated(data)
	if err != nil {
		return err
	}
	defer func() { _ = dingtalk.Close() }()
	listener, err := listen(ctx, dingtalk)
	if err != nil {
		return err
	}
	return together(ctx,
		func(ctx context.Context) error { return a.run(ctx, listener) },
		func(ctx context.Context) error { return work(ctx, dingtalk) },
	)
}

// emulated makes the app and its DingTalk, from what is in data.
func emulated(data string) (*emulator.Server, app, error) {
	a, err := newApp(data)
	if err != nil {
		return nil, app{}, err
	}
	dingtalk, err := emulator.New(emulator.WithState(filepath.Join(data, "emulator.state")))
	if err != nil {
		return nil, app{}, err
	}
	a.appKey, a.appSecret, a.corpID = company.DefaultAppKey, company.DefaultAppSecret, company.DefaultCorpID
	a.token, a.aesKey = emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey
	a.processCode = company.DefaultProcessCode
	a.options = []dingoa.Option{dingoa.WithHTTPClient(dingtalk.HTTPClient())}
	return dingtalk, a, nil
}

// listen opens an address for the callback and names it to DingTalk.
func listen(ctx context.Context, dingtalk *emulator.Server) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return listener, dingtalk.SetCallback(emulator.Callback{URL: "http://" + listener.Addr().String()})
}

// pace is how often somebody asks for leave.
const pace = time.Second

// work decides what is open, asks for another leave, and so on.
func work(ctx context.Context, dingtalk *emulator.Server) error {
	client, err := dingtalk.Client()
	if err != nil {
		return err
	}
	for n := 0; ctx.Err() == nil; n++ {
		for _, instance := range dingtalk.Instances() {
			if instance.Status != "RUNNING" {
				continue
			}
			for _, task := range instance.Tasks {
				if task.Status != "RUNNING" {
					continue
				}
				if err := dingtalk.Approve(task.UserID, instance.ID, "同意"); err != nil {
					return err
				}
			}
		}
		if _, err := client.Instances.Create(ctx, leave()); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-time.After(pace):
		case <-ctx.Done():
		}
	}
	return nil
}

func leave() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode:      company.DefaultProcessCode,
		OriginatorUserID: company.DefaultOriginator,
		DeptID:           company.DefaultDeptID,
		FormValues:       []dingoa.FormValue{{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-12-01"}, {Name: "天数", Value: "3"}},
	}
}
