package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		address string
		option  inbox.Option
		want    string
	}{
		"no address":         {"", nil, "use file:///absolute/directory"},
		"relative directory": {"file://var/lib", nil, "no absolute directory"},
		"opaque directory":   {"file:var", nil, "no absolute directory"},
		"root":               {"file:///", nil, "no absolute directory"},
		"directory, server":  {"nats://a,file:///b", nil, "beside servers"},
		"unknown scheme":     {"http://u:hunter2@host", nil, `scheme "http"`},
		"no host":            {"nats://", nil, "has no host"},
		"no URL":             {"nats://u:hunter2@[", nil, "no URL"},
		"name":               {"file:///a", inbox.WithName("a.b"), "WithName"},
		"no name":            {"file:///a", inbox.WithName(""), "WithName"},
		"attempts":           {"file:///a", inbox.WithMaxAttempts(0), "WithMaxAttempts"},
		"backoff":            {"file:///a", inbox.WithBackoff(0, 1), "WithBackoff"},
		"falling backoff":    {"file:///a", inbox.WithBackoff(2, 1), "WithBackoff"},
		"concurrency":        {"file:///a", inbox.WithConcurrency(0), "WithConcurrency"},
		"retention":          {"file:///a", inbox.WithRetention(time.Millisecond), "WithRetention"},
		"bytes":              {"file:///a", inbox.WithMaxBytes(1), "WithMaxBytes"},
		"no replicas":        {"nats://a", inbox.WithReplicas(0), "WithReplicas"},
		"many replicas":      {"nats://a", inbox.WithReplicas(6), "WithReplicas"},
		"replicated file":    {"file:///a", inbox.WithReplicas(3), "alone"},
		"connection to file": {"file:///a", inbox.WithNATS(nats.Token("hunter2")), "alone"},
		"logger":             {"file:///a", inbox.WithLogger(nil), "WithLogger"},
		"server is away":     {"nats://u:hunter2@127.0.0.1:1", nil, "no connection"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := inbox.Open(t.Context(), test.address, test.option)
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestDirectoryIsHeldByOne(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "directory")
	in := open(t, dir)
	_, err := inbox.Open(t.Context(), "file://"+dir)
	require.ErrorIs(t, err, inbox.ErrInUse)
	require.ErrorContains(t, err, "process "+strconv.Itoa(os.Getpid()))

	// Nobody else reads what lies there.
	require.NoError(t, in.Dispatch(t.Context(), taskChange(t, "a", 1)))
	for _, path := range []string{dir, filepath.Join(dir, "jetstream")} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o700), info.Mode().Perm(), path)
	}

	require.NoError(t, in.Close())
	require.NoError(t, in.Close())
	again := open(t, dir)
	require.NoError(t, again.Close())
}

func TestForeignDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "jetstream"), 0o700))
	_, err := inbox.Open(t.Context(), "file://"+dir)
	require.ErrorContains(t, err, "another NATS server")

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = inbox.Open(t.Context(), "file://"+file)
	require.Error(t, err)
}

// A stream that can't be read is never replaced by an empty one.
func TestDamagedDirectory(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, stream string){
		"garbled description": func(t *testing.T, stream string) {
			t.Helper()
			require.NoError(t, os.WriteFile(filepath.Join(stream, "meta.inf"), []byte("garbage"), 0o600))
		},
		"no description": func(t *testing.T, stream string) {
			t.Helper()
			require.NoError(t, os.Remove(filepath.Join(stream, "meta.inf")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			in := open(t, dir)
			require.NoError(t, in.Dispatch(t.Context(), taskChange(t, "a", 1)))
			require.NoError(t, in.Close())
			damage(t, filepath.Join(dir, "jetstream", "$G", "streams", "dingoa"))
			_, err := inbox.Open(t.Context(), "file://"+dir)
			require.ErrorIs(t, err, inbox.ErrDamaged)
		})
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	_, err := inbox.Open(ctx, "file://"+dir)
	require.ErrorIs(t, err, context.Canceled)
	open(t, dir) // the lock was given back
}

func TestClosedInbox(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir())
	e := taskChange(t, "a", 1)
	done := make(chan error)
	go func() { done <- in.Run(context.WithoutCancel(t.Context()), newRecorder()) }()
	require.NoError(t, in.Dispatch(t.Context(), e))
	require.NoError(t, in.Close())
	require.NoError(t, <-done)

	require.ErrorIs(t, in.Dispatch(t.Context(), e), event.ErrInboxClosed)
	_, err := in.Handled(t.Context(), e.Key())
	require.ErrorIs(t, err, event.ErrInboxClosed)
	require.ErrorIs(t, in.Replay(t.Context(), e.Key()), event.ErrInboxClosed)
	require.ErrorIs(t, in.Run(t.Context(), newRecorder()), event.ErrInboxClosed)
	for _, err := range in.DeadLetters(t.Context()) {
		require.ErrorIs(t, err, event.ErrInboxClosed)
	}
}

// A full inbox refuses events and takes them again once others were handled.
func TestFullInbox(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir(), inbox.WithMaxBytes(1<<20))
	var kept []*event.Event
	for n := 0; ; n++ {
		e := taskChange(t, "a", n)
		e.Raw = append(e.Raw[:len(e.Raw)-1], `,"remark":"`+strings.Repeat("x", 50_000)+`"}`...)
		err := in.Dispatch(t.Context(), e)
		if err != nil {
			require.ErrorContains(t, err, "maximum bytes")
			require.ErrorContains(t, err, e.ID)
			break
		}
		kept = append(kept, e)
	}
	require.Greater(t, len(kept), 10)
	refused := taskChange(t, "a", len(kept))

	handled := make(chan string, len(kept)+1)
	run(t, in, handlerFunc(func(_ context.Context, e *event.Event) error {
		handled <- e.ID
		return nil
	}))
	for _, e := range kept {
		require.Equal(t, e.ID, <-handled)
	}
	require.NoError(t, in.Dispatch(t.Context(), refused))
	require.Equal(t, refused.ID, <-handled)
}

func TestLogTellsNoContent(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	in, err := inbox.Open(t.Context(), "file://"+t.TempDir(), inbox.WithMaxAttempts(1),
		inbox.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	require.NoError(t, err)
	e, err := event.Parse([]byte(`{"EventType":"suite_ticket","SuiteTicket":"hunter2","SuiteKey":"k","TimeStamp":"1"}`))
	require.NoError(t, err)
	require.NoError(t, in.Dispatch(t.Context(), e))
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, in.Run(ctx, handlerFunc(func(_ context.Context, got *event.Event) error {
		defer cancel()
		require.Equal(t, e.Data, got.Data)
		return errors.New("ticket store is away")
	})))
	require.NoError(t, in.Close())
	require.Contains(t, log.String(), "ticket store is away")
	require.NotContains(t, log.String(), "hunter2")
}
