package chaos_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
	streammode "github.com/dingoa/dingoa/stream"
)

// settings is what the test tells its child, the consuming process.
type settings struct {
	Name    string    `json:"name"`    // of the replica
	Via     transport `json:"via"`     // its events come
	Inbox   string    `json:"inbox"`   // address
	API     string    `json:"api"`     // the emulator's base URL
	Journal string    `json:"journal"` // directory

	Store string `json:"store"` // directory; makes the child a NATS server instead
}

// consume is an app as it should be: a callback with the puller of failed pushes,
// or stream mode; inbox, dispatcher and comparison. It prints its address and
// runs until it is interrupted, which few of its kind live to see.
func consume(s settings) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	journal, err := openJournal(s.Journal)
	if err != nil {
		return err
	}
	in, err := inbox.Open(ctx, s.Inbox,
		inbox.WithBackoff(5*time.Millisecond, 50*time.Millisecond), inbox.WithMaxAttempts(1000),
		inbox.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))))
	if err != nil {
		return err
	}
	kept := &journaledInbox{in, journal}
	dispatcher, err := event.NewDispatcher(
		event.On(func(_ context.Context, e *event.Event, _ event.TaskChange) error { return journal.handle(e) }),
		event.On(func(_ context.Context, e *event.Event, _ event.InstanceChange) error { return journal.handle(e) }),
		// Messages that were damaged on the way: they are kept, too.
		event.On(func(_ context.Context, e *event.Event, _ event.UnknownEvent) error { return journal.handle(e) }),
	)
	if err != nil {
		return err
	}
	client, err := dingoa.New(company.DefaultAppKey, company.DefaultAppSecret,
		dingoa.WithBaseURL(s.API), dingoa.WithLegacyBaseURL(s.API), dingoa.WithClock(s.now))
	if err != nil {
		return err
	}
	reconciler, err := backfill.NewReconciler(client, kept, in, []string{company.DefaultProcessCode},
		backfill.WithCorpID(company.DefaultCorpID), backfill.WithInterval(time.Second), backfill.WithCallBudget(1_000_000),
		backfill.WithStore(backfill.NewFileStore(filepath.Join(s.Journal, s.Name+".json"))))
	if err != nil {
		return err
	}
	runs := []func(context.Context) error{func(ctx context.Context) error { return in.Run(ctx, dispatcher) }}
	address := ""
	switch s.Via {
	case push:
		var pushes *pushes
		if pushes, err = receivePushes(ctx, client, kept); err == nil {
			address, runs = pushes.listener.Addr().String(), append(runs, pushes.run, reconciler.Run)
		}
	case stream:
		var consumer *streammode.Consumer
		if consumer, err = streammode.New(client, kept, streammode.WithBackoff(50*time.Millisecond, 500*time.Millisecond)); err == nil {
			runs = append(runs, consumer.Run, reconciler.Run)
		}
	}
	if err != nil {
		return err
	}
	fmt.Println(address)
	errs := make(chan error)
	for _, run := range runs {
		go func() { errs <- run(ctx) }()
	}
	for range runs {
		err = errors.Join(err, <-errs)
	}
	return errors.Join(err, in.Close())
}

// pushes is a callback and the puller of what could not be pushed to it.
type pushes struct {
	listener net.Listener
	server   *http.Server
	puller   *backfill.FailedPushPuller
}

func receivePushes(ctx context.Context, client *dingoa.Client, h event.Handler) (*pushes, error) {
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey,
		[]string{company.DefaultAppKey}, dingoa.WithTimestampWindow(2*daysBehind*24*time.Hour)) // the emulator has a clock of its own
	if err != nil {
		return nil, err
	}
	puller, err := backfill.NewFailedPushPuller(client, h, backfill.WithPullInterval(100*time.Millisecond))
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &pushes{listener, &http.Server{Handler: callback.Handler(h), ReadHeaderTimeout: time.Second}, puller}, nil
}

func (p *pushes) run(ctx context.Context) error {
	go func() { _ = p.server.Serve(p.listener) }()
	err := p.puller.Run(ctx)
	return errors.Join(err, p.server.Shutdown(context.WithoutCancel(ctx)))
}

// serveNATS is a NATS server. It prints its address and runs until it is
// interrupted.
func serveNATS(dir string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	nats, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, SyncAlways: true, NoSigs: true, NoLog: true,
	})
	if err != nil {
		return err
	}
	nats.Start()
	if !nats.ReadyForConnections(10 * time.Second) {
		return errors.New("the NATS server did not start")
	}
	fmt.Println(nats.ClientURL())
	<-ctx.Done()
	nats.Shutdown()
	nats.WaitForShutdown()
	return nil
}

func every(ctx context.Context, d time.Duration, do func() error) {
	ticker := time.NewTicker(d)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		if err := do(); err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, "child:", err)
		}
	}
}

// now is DingTalk's time: the test writes into a file how far it is ahead.
func (s settings) now() time.Time {
	data, err := os.ReadFile(filepath.Join(s.Journal, "clock"))
	if err != nil {
		return time.Now()
	}
	var ahead time.Duration
	if err := json.Unmarshal(data, &ahead); err != nil {
		return time.Now() // just being written
	}
	return time.Now().Add(ahead)
}
