package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/dingoa/dingoa/event"
)

// Inbox is a [event.Inbox] that outlives the process. It is safe for
// concurrent use.
type Inbox struct {
	*config

	engine *engine // nil for nats://
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream

	running  atomic.Bool
	runs     sync.WaitGroup
	closing  context.Context //nolint:containedctx // ends with Close, for Run
	close    context.CancelFunc
	closed   func() error
	draining sync.Mutex // held while Run begins and while Close forbids it
}

var _ event.Inbox = (*Inbox)(nil)

// ErrDamaged reports a directory that held an inbox which can't be read any more.
var ErrDamaged = errors.New("directory damaged")

// Open opens the inbox at an address, and makes it if there is none:
//
//   - file:///var/lib/app runs the engine in this process on that directory,
//     which no other process may have open ([ErrInUse]);
//   - nats://host:4222 or tls://host:4222, also several with commas between,
//     uses a server with JetStream, version 2.11 or later.
//
// ctx bounds the opening only. Close the inbox before the process ends; after a
// crash it opens all the same.
func Open(ctx context.Context, address string, opts ...Option) (*Inbox, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	in := &Inbox{config: c}
	dir, err := parseAddress(address, c)
	if err != nil {
		return nil, err
	}
	if dir != "" {
		in.engine, err = startEngine(ctx, dir, c)
		if err != nil {
			return nil, err
		}
		in.conn, err = in.engine.connect()
	} else {
		in.conn, err = connect(address, c)
	}
	if err != nil {
		return nil, errors.Join(err, in.engine.close())
	}
	in.closing, in.close = context.WithCancel(context.WithoutCancel(ctx))
	in.closed = sync.OnceValue(in.shutdown)
	if err := in.openStream(ctx); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// parseAddress returns the directory of a file:// address, or nothing for a
// server's. No error shows the address: it may hold a password.
func parseAddress(address string, c *config) (dir string, err error) {
	const forms = "use file:///absolute/directory, nats://host:4222 or tls://host:4222"
	places := strings.Split(address, ",")
	if strings.HasPrefix(address, "file:") {
		places = []string{address}
	}
	for _, place := range places {
		u, err := url.Parse(strings.TrimSpace(place))
		if err != nil {
			return "", fmt.Errorf("inbox: the address is no URL; %s", forms)
		}
		switch {
		case u.Scheme == "file" && place != address:
			return "", errors.New("inbox: the address names a directory beside servers")
		case u.Scheme == "file" && (u.Host != "" && u.Host != "localhost" || u.Path == "" || u.Path == "/"):
			return "", fmt.Errorf("inbox: the address %q names no absolute directory; %s", u.Redacted(), forms)
		case u.Scheme == "file" && (c.replicas > 0 || len(c.nats) > 0):
			return "", errors.New("inbox: WithReplicas and WithNATS are for nats:// addresses; the engine of a file:// address is alone")
		case u.Scheme == "file":
			return localPath(u.Path), nil
		case (u.Scheme == "nats" || u.Scheme == "tls") && u.Host != "":
		default:
			return "", fmt.Errorf("inbox: scheme %q of the address is unknown or has no host; %s", u.Scheme, forms)
		}
	}
	return "", nil
}

// localPath turns the path of a URL into one of this system: /C:/app is C:\app
// on Windows.
func localPath(path string) string {
	if local := strings.TrimPrefix(path, "/"); filepath.VolumeName(local) != "" {
		path = local
	}
	return filepath.Clean(filepath.FromSlash(path))
}

func connect(address string, c *config) (*nats.Conn, error) {
	opts := append([]nats.Option{
		nats.Name("inbox " + c.name),
		nats.MaxReconnects(-1),
		nats.ReconnectBufSize(-1), // what can't be kept now is to be delivered again
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { c.logger.Warn("inbox: connection lost", slog.Any("error", err)) }),
		nats.ReconnectHandler(func(*nats.Conn) { c.logger.Info("inbox: connected again") }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { c.logger.Warn("inbox: not connected", slog.Any("error", err)) }),
	}, c.nats...)
	conn, err := nats.Connect(address, opts...)
	if err != nil {
		return nil, fmt.Errorf("inbox: no connection to the server: %w", withoutURL(err))
	}
	return conn, nil
}

// withoutURL drops the address from an error, which may hold a password.
func withoutURL(err error) error {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		return urlErr.Err
	}
	return err
}

// Close waits for [Inbox.Run] and its running handlers, then flushes and frees
// everything. Events that wait stay on disk. A second Close does nothing.
func (in *Inbox) Close() error {
	return in.closed()
}

func (in *Inbox) shutdown() error {
	in.draining.Lock()
	in.close()
	in.draining.Unlock()
	in.runs.Wait()
	in.conn.Close()
	return in.engine.close()
}

// call bounds a request to the engine that has no deadline of its own.
const callTimeout = 5 * time.Second

// settled returns a context for notes about what has happened already: they
// are written although ctx may have ended.
func settled(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
}
