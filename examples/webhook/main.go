// The webhook example serves a callback URL with net/http and prints every
// change of every approval. An inbox in memory answers DingTalk at once, so that
// a handler may take minutes and fail.
//
// Without further ado it runs against an emulator inside this process, in which
// one approval goes from its start to its end and a handler fails once. With
// DINGTALK_APP_KEY, DINGTALK_CALLBACK_TOKEN and DINGTALK_CALLBACK_AES_KEY set it
// serves POST /dingtalk/callback on port 8080, or at DINGTALK_CALLBACK_ADDR, until
// it is interrupted; dingoa serve prints these for its own app.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
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
	callback, err := dingoa.NewCallback(setting("DINGTALK_CALLBACK_TOKEN"), setting("DINGTALK_CALLBACK_AES_KEY"), []string{appKey})
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cmp.Or(setting("DINGTALK_CALLBACK_ADDR"), ":8080"))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Waiting for events at http://%s/dingtalk/callback\n", listener.Addr())
	return serve(ctx, listener, callback, func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
		fmt.Fprintf(out, "%s: %s %s\n", c.Title, c.Change, c.Result)
		return nil // an error: it comes again, later
	})
}

// serve receives events until ctx ends, and lets what runs then end.
func serve(ctx context.Context, listener net.Listener, callback *dingoa.Callback,
	handle func(context.Context, *event.Event, event.InstanceChange) error,
) error {
	dispatcher, err := event.NewDispatcher(event.On(handle))
	if err != nil {
		return err
	}
	inbox, err := event.NewMemoryInbox()
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /dingtalk/callback", callback.Handler(inbox)) // kept, then answered
	server := &http.Server{
		Handler: mux, MaxHeaderBytes: 16 << 10,
		ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 3 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	err = inbox.Run(ctx, dispatcher) // until ctx ends, and what it runs has ended
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = errors.Join(err, server.Shutdown(stopCtx), inbox.Close())
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}
