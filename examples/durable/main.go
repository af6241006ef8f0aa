// Command durable receives the events of approvals so that none is lost: not
// when a handler fails or takes minutes, not when the process crashes, and not
// when DingTalk could not reach it.
//
// It runs offline, against an emulator inside this process, in which an approval
// is started and decided every second:
//
//	go -C examples/durable run .
//
// Interrupt it or kill it, kill -9 too, and run it again: it goes on where it
// was, and pays for each approval once. What it keeps is in durable-data, or in
// the directory that DURABLE_DATA names; there, payments holds a file for each.
//
// With DINGTALK_APP_KEY, DINGTALK_APP_SECRET, DINGTALK_CORP_ID,
// DINGTALK_CALLBACK_TOKEN, DINGTALK_CALLBACK_AES_KEY and DINGTALK_PROCESS_CODE set
// it serves a callback URL on port 8080, or at DINGTALK_CALLBACK_ADDR.
// DINGTALK_BASE_URL names another address than DingTalk's, such as that of
// dingoa serve. INBOX is where events are kept if not in the directory, such as
// nats://host:4222 once one machine is not enough.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	run := runReal
	if os.Getenv("DINGTALK_APP_KEY") == "" {
		run = runEmulated
	}
	err := run(ctx, cmp.Or(os.Getenv("DURABLE_DATA"), "durable-data"))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runReal(ctx context.Context, data string) error {
	a, err := newApp(data)
	if err != nil {
		return err
	}
	a.appKey, a.appSecret = os.Getenv("DINGTALK_APP_KEY"), os.Getenv("DINGTALK_APP_SECRET")
	a.corpID, a.processCode = os.Getenv("DINGTALK_CORP_ID"), os.Getenv("DINGTALK_PROCESS_CODE")
	a.token, a.aesKey = os.Getenv("DINGTALK_CALLBACK_TOKEN"), os.Getenv("DINGTALK_CALLBACK_AES_KEY")
	a.inbox = cmp.Or(os.Getenv("INBOX"), a.inbox)
	if base := os.Getenv("DINGTALK_BASE_URL"); base != "" {
		a.options = append(a.options, dingoa.WithBaseURL(base), dingoa.WithLegacyBaseURL(base))
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cmp.Or(os.Getenv("DINGTALK_CALLBACK_ADDR"), ":8080"))
	if err != nil {
		return err
	}
	return a.run(ctx, listener)
}

// newApp keeps what must last in the directory data.
func newApp(data string) (app, error) {
	data, err := filepath.Abs(data)
	if err == nil {
		err = os.MkdirAll(filepath.Join(data, "payments"), 0o700) //nolint:gosec // the directory is the user's choice
	}
	bank := bank(filepath.Join(data, "payments"))
	return app{
		inbox:      "file://" + filepath.Join(data, "inbox"),
		reconciled: filepath.Join(data, "reconciler.json"),
		pulled:     filepath.Join(data, "pulls.json"),
		decided:    bank.pay,
	}, err
}

// bank stands for a payment system: a directory with a file for each payment.
type bank string

// pay pays for what was approved, not for what was refused or revoked. It may
// take its time and may fail: then it is called again, after a pause. A
// crash may call it twice for one decision, hence the key, by which the bank
// detects a repeat.
func (b bank) pay(_ context.Context, key string, change event.InstanceChange) error {
	if change.Change != event.InstanceChangeFinish || change.Result != dingoa.ResultAgree {
		return nil
	}
	name := filepath.Join(string(b), url.PathEscape(change.InstanceID)+" "+key)
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // escaped, below that directory
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	slog.Info("paid", "approval", change.InstanceID, "change", change.Change, "result", change.Result)
	return file.Close()
}

type app struct {
	appKey, appSecret, corpID string
	token, aesKey             string // of the callback
	processCode               string
	inbox                     string // address
	reconciled, pulled        string // files
	options                   []dingoa.Option
	decided                   func(ctx context.Context, key string, change event.InstanceChange) error
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
	puller, err := backfill.NewFailedPushPuller(client, in, backfill.WithPullLogger(slog.Default()),
		backfill.WithPullStore(backfill.NewFilePullStore(a.pulled)))
	if err != nil {
		return err
	}
	// ... and what no event told is found by comparing, from where the last
	// process was.
	reconciler, err := backfill.NewReconciler(client, in, in, []string{a.processCode},
		backfill.WithCorpID(a.corpID), backfill.WithLogger(slog.Default()),
		backfill.WithStore(backfill.NewFileStore(a.reconciled)))
	if err != nil {
		return err
	}

	// Whatever way an event came, it is handed to the same handlers.
	dispatcher, err := event.NewDispatcher(
		event.On(func(ctx context.Context, e *event.Event, change event.InstanceChange) error {
			if change.Change == event.InstanceChangeStart {
				return nil
			}
			return a.decided(ctx, e.Key(), change)
		}),
	)
	if err != nil {
		return err
	}

	server := &http.Server{
		Handler:           callback.Handler(in),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
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
