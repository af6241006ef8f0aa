package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/dingoa/dingoa/internal/filelock"
)

// engine is the NATS server inside this process, and the directory it owns.
type engine struct {
	server *server.Server
	lock   *filelock.Lock
	// hadStream tells that the stream's directory was there before the engine started.
	hadStream bool
}

// maxEvent is the size of the largest event that the embedded engine takes;
// a callback takes a megabyte at most by default.
const maxEvent = 8 << 20

func startEngine(ctx context.Context, dir string, c *config) (*engine, error) {
	lock, err := lockDirectory(dir)
	if err != nil {
		return nil, err
	}
	stream := filepath.Join(dir, engineName, server.DEFAULT_GLOBAL_ACCOUNT, "streams", c.name)
	_, err = os.Stat(stream)
	e := &engine{lock: lock, hadStream: err == nil}

	e.server, err = server.NewServer(&server.Options{
		ServerName:             "dingoa-inbox",
		DontListen:             true,
		JetStream:              true,
		StoreDir:               dir,
		SyncAlways:             true, // by default an acknowledged write waits two minutes for its fsync
		MaxPayload:             maxEvent,
		NoSigs:                 true,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("inbox: the engine does not start: %w", err), lock.Release())
	}
	e.server.SetLoggerV2(engineLogger{ctx: context.WithoutCancel(ctx), logger: c.logger}, false, false, false)
	e.server.Start()
	for !e.server.ReadyForConnections(50 * time.Millisecond) {
		if ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), e.close())
		}
		if !e.server.Running() {
			return nil, errors.Join(fmt.Errorf("inbox: the engine does not start on %s; see the log of WithLogger", dir), e.close())
		}
	}
	if !e.server.JetStreamEnabled() {
		return nil, errors.Join(fmt.Errorf("inbox: the engine can't use %s; see the log of WithLogger", dir), e.close())
	}
	return e, nil
}

func (e *engine) connect() (*nats.Conn, error) {
	return nats.Connect("", nats.InProcessServer(e.server), nats.Name("inbox"))
}

// close flushes everything and frees the directory. Nil is fine.
func (e *engine) close() error {
	if e == nil {
		return nil
	}
	e.server.Shutdown()
	e.server.WaitForShutdown()
	return e.lock.Release()
}

// engineLogger writes the engine's log to a slog logger.
type engineLogger struct {
	ctx    context.Context //nolint:containedctx // server.Logger has none; the logger's handler may want its values
	logger *slog.Logger
}

func (l engineLogger) log(level slog.Level, format string, v []any) {
	l.logger.Log(l.ctx, level, "inbox: engine: "+fmt.Sprintf(format, v...))
}

func (l engineLogger) Noticef(format string, v ...any) { l.log(slog.LevelDebug, format, v) }
func (l engineLogger) Debugf(format string, v ...any)  { l.log(slog.LevelDebug, format, v) }
func (l engineLogger) Tracef(format string, v ...any)  { l.log(slog.LevelDebug, format, v) }
func (l engineLogger) Warnf(format string, v ...any)   { l.log(slog.LevelWarn, format, v) }
func (l engineLogger) Errorf(format string, v ...any)  { l.log(slog.LevelError, format, v) }
func (l engineLogger) Fatalf(format string, v ...any)  { l.log(slog.LevelError, format, v) }
