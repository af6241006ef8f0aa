package chaos_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/inbox"
)

// settings is what the test tells its child, the consuming process.
type settings struct {
	Name    string `json:"name"`    // of the replica
	Inbox   string `json:"inbox"`   // address
	API     string `json:"api"`     // the emulator's base URL
	Journal string `json:"journal"` // directory
}

// consume is an app as it should be: callback, inbox, dispatcher, failed pushes
// and comparison. It prints its address and runs until it is interrupted, which
// few of its kind live to see.
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
	dispatcher, err := dingoa.NewDispatcher(
		dingoa.On(func(_ context.Context, e *dingoa.Event, _ dingoa.TaskChange) error { return journal.handle(e) }),
		dingoa.On(func(_ context.Context, e *dingoa.Event, _ dingoa.InstanceChange) error { return journal.handle(e) }),
	)
	if err != nil {
		return err
	}
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey,
		[]string{emulator.DefaultAppKey}, dingoa.WithTimestampWindow(2*daysBehind*24*time.Hour)) // the emulator has a clock of its own
	if err != nil {
		return err
	}
	client, err := dingoa.New(emulator.DefaultAppKey, emulator.DefaultAppSecret,
		dingoa.WithBaseURL(s.API), dingoa.WithLegacyBaseURL(s.API), dingoa.WithClock(s.now))
	if err != nil {
		return err
	}
	puller, err := dingoa.NewFailedPushPuller(client, kept, dingoa.WithPullInterval(100*time.Millisecond))
	if err != nil {
		return err
	}
	reconciler, err := dingoa.NewReconciler(client, kept, in, []string{emulator.DefaultProcessCode},
		dingoa.WithReconcileCorpID(emulator.DefaultCorpID), dingoa.WithReconcileInterval(time.Second), dingoa.WithCallBudget(1_000_000),
		dingoa.WithReconcileStore(dingoa.NewFileReconcileStore(filepath.Join(s.Journal, s.Name+".json"))))
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: callback.Handler(kept), ReadHeaderTimeout: time.Second}
	fmt.Println(listener.Addr())

	var work sync.WaitGroup
	work.Go(func() { _ = server.Serve(listener) })
	work.Go(func() { err = in.Run(ctx, dispatcher) })
	work.Go(func() { _ = puller.Run(ctx) })
	work.Go(func() { _ = reconciler.Run(ctx) })
	<-ctx.Done()
	closeErr := server.Shutdown(context.WithoutCancel(ctx))
	work.Wait()
	return errors.Join(err, closeErr, in.Close())
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

// journaledInbox notes when an event is about to be kept and when it was.
type journaledInbox struct {
	*inbox.Inbox

	journal *journal
}

func (in *journaledInbox) Dispatch(ctx context.Context, e *dingoa.Event) error {
	if err := in.journal.note(keeping, e); err != nil {
		return err
	}
	if err := in.Inbox.Dispatch(ctx, e); err != nil {
		return err
	}
	return in.journal.note(kept, e)
}

// step is what happened to an event.
type step string

const (
	keeping  step = "keeping"
	kept     step = "kept"
	handling step = "handling"
	handled  step = "handled"
	failed   step = "failed"
)

// line is a line of the journal.
type line struct {
	Step     step               `json:"step"`
	Key      string             `json:"key"`
	Instance string             `json:"instance"`
	Change   string             `json:"change,omitempty"` // of an instance
	Source   dingoa.EventSource `json:"source"`
	PID      int                `json:"pid"`
}

// journal is a file that all processes append to, and a directory of effects,
// each a file that only one of them can create. What is written outlives them.
type journal struct {
	dir string
	log *os.File
}

func openJournal(dir string) (*journal, error) {
	if err := os.MkdirAll(filepath.Join(dir, "effects"), 0o700); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return &journal{dir, log}, err
}

func (j *journal) note(s step, e *dingoa.Event) error {
	l := line{Step: s, Key: e.Key(), Instance: e.Subject(), Source: e.Source, PID: os.Getpid()}
	if c, ok := e.Data.(dingoa.InstanceChange); ok {
		l.Change = string(c.Change)
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = j.log.Write(append(data, '\n')) // one write: lines of two processes don't mix
	return err
}

// handle is the handler: it has its effect once, with the key for its name, and
// fails or panics now and then, before the effect or after it.
func (j *journal) handle(e *dingoa.Event) error {
	if err := j.note(handling, e); err != nil {
		return err
	}
	luck := rand.IntN(100)
	if luck < 3 {
		return errors.Join(errors.New("made to fail"), j.note(failed, e))
	}
	file, err := os.OpenFile(filepath.Join(j.dir, "effects", e.Key()), os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if luck < 5 {
		if err := j.note(failed, e); err != nil {
			return err
		}
		panic("made to panic after the effect")
	}
	return j.note(handled, e)
}
