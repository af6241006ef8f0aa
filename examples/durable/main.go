// Command durable receives the events of approvals so that none is lost: not
// when a handler fails or takes minutes, not when the process crashes, and not
// when DingTalk could not reach it.
//
// Run it with DINGTALK_APP_KEY, DINGTALK_APP_SECRET, DINGTALK_CORP_ID,
// DINGTALK_CALLBACK_TOKEN, DINGTALK_CALLBACK_AES_KEY and DINGTALK_PROCESS_CODE
// set. INBOX is where the events are kept: file:///var/lib/app, or
// nats://host:4222 once one machine is not enough.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/inbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := app{
		appKey:      os.Getenv("DINGTALK_APP_KEY"),
		appSecret:   os.Getenv("DINGTALK_APP_SECRET"),
		corpID:      os.Getenv("DINGTALK_CORP_ID"),
		token:       os.Getenv("DINGTALK_CALLBACK_TOKEN"),
		aesKey:      os.Getenv("DINGTALK_CALLBACK_AES_KEY"),
		processCode: os.Getenv("DINGTALK_PROCESS_CODE"),
		inbox:       os.Getenv("INBOX"),
		decided:     pay,
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", ":8080")
	if err == nil {
		err = a.run(ctx, listener)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// pay is what the approvals are for. It may take its time and may fail: then it
// is called again, after a pause. A crash may call it twice for one decision,
// hence the key: give it to the payment, for the bank to tell a repeat.
func pay(_ context.Context, key string, change dingoa.InstanceChange) error {
	slog.Info("decided", "approval", change.InstanceID, "change", change.Change, "result", change.Result, "idempotency_key", key)
	return nil
}

type app struct {
	appKey, appSecret, corpID string
	token, aesKey             string // of the callback
	processCode               string
	inbox                     string // address
	options                   []dingoa.Option
	decided                   func(ctx context.Context, key string, change dingoa.InstanceChange) error
}

func (a *app) run(ctx context.Context, listener net.Listener) (err error) {
	// The inbox keeps events before DingTalk is told that they arrived.
	in, err := inbox.Open(ctx, a.inbox, inbox.WithLogger(slog.Default()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()

	// Events come by push; those that could not be pushed are fetched ...
	callback, err := dingoa.NewCallback(a.token, a.aesKey, []string{a.appKey})
	if err != nil {
		return err
	}
	client, err := dingoa.New(a.appKey, a.appSecret, a.options...)
	if err != nil {
		return err
	}
	puller, err := dingoa.NewFailedPushPuller(client, in, dingoa.WithPullLogger(slog.Default()))
	if err != nil {
		return err
	}
	// ... and what no event told is found by comparing.
	reconciler, err := dingoa.NewReconciler(client, in, in, []string{a.processCode},
		dingoa.WithReconcileCorpID(a.corpID), dingoa.WithReconcileLogger(slog.Default()))
	if err != nil {
		return err
	}

	// Whatever way an event came, it is handed to the same handlers.
	dispatcher, err := dingoa.NewDispatcher(
		dingoa.On(func(ctx context.Context, e *dingoa.Event, change dingoa.InstanceChange) error {
			if change.Change == dingoa.InstanceChangeStart {
				return nil
			}
			return a.decided(ctx, e.Key(), change)
		}),
	)
	if err != nil {
		return err
	}

	server := &http.Server{Handler: callback.Handler(in), ReadHeaderTimeout: 5 * time.Second}
	return together(ctx,
		func(ctx context.Context) error { return in.Run(ctx, dispatcher) },
		puller.Run,
		reconciler.Run,
		func(ctx context.Context) error { return serve(ctx, server, listener) },
	)
}

// together runs all until ctx ends or one fails, and waits for all to end.
func together(ctx context.Context, runs ...func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	for _, run := range runs {
		group.Go(func() { cancel(run(ctx)) })
	}
	group.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	defer context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	})()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
