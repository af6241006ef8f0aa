package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/dingoa/dingoa/emulator"
)

const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeader         = 64 << 10 // bytes; bodies and replies have their times in the emulator
	// shutdownTimeout is how long requests may take to be finished at the end.
	shutdownTimeout = 3 * time.Second
	// callbackTimeout is how long the callback may take to take up a connection.
	callbackTimeout = 2 * time.Second
)

// serve runs the emulator until the context ends.
func (s *serve) serve(ctx context.Context, cmd *cobra.Command, logger *slog.Logger) (err error) {
	certificate, err := s.certificate()
	if err != nil {
		return err
	}
	listeners, err := s.listen(ctx)
	if err != nil {
		return err
	}
	defer closeAll(listeners)
	opts, err := s.options(logger)
	if err != nil {
		return err
	}
	server, err := emulator.New(opts...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	started, err := s.describe(ctx, server, listeners, certificate)
	if err != nil {
		return err
	}
	if err := started.write(cmd.OutOrStdout(), s.json); err != nil {
		return err
	}
	var background sync.WaitGroup
	background.Go(func() { s.warn(ctx, server, logger) })
	defer background.Wait()
	return serveUntilDone(ctx, handler(server), withTLS(listeners, certificate), logger)
}

// listen takes the addresses, before the state file is touched.
func (s *serve) listen(ctx context.Context) (listeners []net.Listener, err error) {
	for _, flag := range []struct{ name, addr string }{{"--addr", s.addr}, {"--legacy-addr", s.legacyAddr}} {
		if flag.addr == "" {
			continue
		}
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", flag.addr)
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			err = fmt.Errorf("%s %s is in use by another program, perhaps another dingoa serve: stop that one, or choose another address (port 0 is a free one)", flag.name, flag.addr)
		case err != nil:
			err = fmt.Errorf("%s: %w", flag.name, err)
		}
		if err != nil {
			closeAll(listeners)
			return nil, err
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

// certificate is nil without TLS.
func (s *serve) certificate() (*tls.Certificate, error) {
	if s.tlsCert == "" {
		return nil, nil //nolint:nilnil // there is none, which is no error
	}
	certificate, err := tls.LoadX509KeyPair(s.tlsCert, s.tlsKey)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert %s, --tls-key %s: %w", s.tlsCert, s.tlsKey, err)
	}
	return &certificate, nil
}

// withTLS speaks TLS on the listeners, with HTTP/1.1: a WebSocket needs it.
func withTLS(listeners []net.Listener, certificate *tls.Certificate) []net.Listener {
	if certificate == nil {
		return listeners
	}
	config := &tls.Config{Certificates: []tls.Certificate{*certificate}, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
	secure := make([]net.Listener, len(listeners))
	for i, listener := range listeners {
		secure[i] = tls.NewListener(listener, config)
	}
	return secure
}

func closeAll(listeners []net.Listener) {
	for _, listener := range listeners {
		_ = listener.Close()
	}
}

// serveUntilDone answers requests until the context ends, and then lets those
// finish that have begun. Streams of live updates end at once.
func serveUntilDone(ctx context.Context, h http.Handler, listeners []net.Listener, logger *slog.Logger) error {
	httpServer := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	broken := make(chan error, len(listeners))
	for _, listener := range listeners {
		go func() { broken <- httpServer.Serve(listener) }()
	}
	var err error
	select {
	case err = <-broken:
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if httpServer.Shutdown(finish) != nil {
		_ = httpServer.Close()
	}
	return err
}

// warn says what a user should know, once everything runs.
func (s *serve) warn(ctx context.Context, server *emulator.Server, logger *slog.Logger) {
	if s.allowPublic {
		logger.Warn("other machines may reach this server: everybody there can read and decide all approvals and change its callback, as there is no password")
	}
	if note := server.StateNote(); note != "" {
		logger.Warn(note, "state", s.state)
	}
	if s.callbackURL == "" {
		return
	}
	if err := dial(ctx, s.callbackURL); err != nil {
		logger.Warn("the callback cannot be reached yet: start your program; an event is tried at once, after 10s and after 30s", "reason", err)
	}
}

// dial opens a connection to the host of an address and closes it.
func dial(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme // the name of a service
	}
	connection, err := (&net.Dialer{Timeout: callbackTimeout}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	return connection.Close()
}
