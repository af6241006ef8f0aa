package inbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
)

// The tests that kill a process run this test binary once more as the process.
const (
	childAddress = "INBOX_TEST_CHILD_ADDRESS"
	childEffects = "INBOX_TEST_CHILD_EFFECTS"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(childAddress); address != "" {
		if err := child(address, os.Getenv(childEffects)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	crashInstances = 40
	crashChanges   = 8
)

// child keeps all events, as DingTalk repeats what it believes lost, and hands
// them over until it is killed or interrupted.
func child(address, effects string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	in, err := inbox.Open(ctx, address,
		inbox.WithBackoff(10*time.Millisecond, 100*time.Millisecond), inbox.WithMaxAttempts(1000),
		inbox.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, nil))))
	if err != nil {
		return err
	}
	kept := make(chan error, 1)
	go func() { kept <- keepAll(ctx, in) }()
	err = in.Run(ctx, handlerFunc(func(_ context.Context, e *event.Event) error { return effect(effects, e) }))
	return errors.Join(err, <-kept, in.Close())
}

func keepAll(ctx context.Context, in *inbox.Inbox) error {
	for n := range crashChanges {
		for i := range crashInstances {
			e, err := event.Parse(changeJSON(fmt.Sprint("instance-", i), n))
			if err != nil {
				return err
			}
			for in.Dispatch(ctx, e) != nil && ctx.Err() == nil { // the server may be away
				time.Sleep(10 * time.Millisecond) //nolint:forbidigo // a process of its own, on the real clock
			}
		}
	}
	return nil
}

// effect has the key for its name, so that it happens once. The log tells all
// attempts, in their order.
func effect(dir string, e *event.Event) error {
	if rand.IntN(20) == 0 {
		return errors.New("made to fail")
	}
	change, ok := e.Data.(event.TaskChange)
	if !ok {
		return fmt.Errorf("unexpected %v", e)
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(log, "%s %s %d\n", change.InstanceID, change.TaskID, os.Getpid())
	if err = errors.Join(err, log.Close()); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(dir, e.Key()), os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return errors.Join(err, file.Close())
}

// start runs the child. kill ends it, with the signal given, and waits.
func start(t *testing.T, address, effects string) (kill func(os.Signal)) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childAddress+"="+address, childEffects+"="+effects)
	cmd.Stderr = t.Output()
	require.NoError(t, cmd.Start())
	return func(signal os.Signal) {
		require.NoError(t, cmd.Process.Signal(signal))
		err := cmd.Wait()
		if signal == os.Interrupt {
			require.NoError(t, err)
		}
	}
}

func effectsIn(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	n := len(entries)
	if _, err := os.Stat(filepath.Join(dir, "log")); err == nil {
		n--
	}
	return n
}

// awaitEffects returns once there are n, or fails.
func awaitEffects(t *testing.T, dir string, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return effectsIn(t, dir) >= n }, waitTime, 50*time.Millisecond)
}

// requireOrder reads the log of the effects: the events of an instance began in
// their order, and none is missing. It returns how many were handed over again.
func requireOrder(t *testing.T, dir string) (repeats int) {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, "log"))
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	next := map[string]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var instance string
		var n, pid int
		_, err := fmt.Sscan(lines.Text(), &instance, &n, &pid)
		require.NoError(t, err)
		require.LessOrEqual(t, n, next[instance], "%s was overtaken", lines.Text())
		if n < next[instance] {
			require.Equal(t, next[instance]-1, n, "%s came again after the next one", lines.Text())
			repeats++
			continue
		}
		next[instance]++
	}
	require.Len(t, next, crashInstances)
	for instance, n := range next {
		require.Equal(t, crashChanges, n, instance)
	}
	return repeats
}

func TestSurvivesKill(t *testing.T) {
	t.Parallel()
	dir, effects := t.TempDir(), t.TempDir()
	const all, kills = crashInstances * crashChanges, 4
	for i := range kills {
		kill := start(t, "file://"+dir, effects)
		awaitEffects(t, effects, (i+1)*all/(kills+1))
		kill(syscall.SIGKILL)
	}
	kill := start(t, "file://"+dir, effects)
	awaitEffects(t, effects, all)
	kill(os.Interrupt)
	require.Equal(t, all, effectsIn(t, effects))
	repeats := requireOrder(t, effects)
	// Only a handler that was running when its process died is repeated.
	require.LessOrEqual(t, repeats, kills*16)
	t.Logf("%d events, %d kills, %d handed over again", all, kills, repeats)

	in := open(t, dir)
	handled, err := in.Handled(t.Context(), taskChange(t, "instance-7", 3).Key())
	require.NoError(t, err)
	require.True(t, handled)
}
