package emulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator/company"
)

// Server is an emulated DingTalk. It is safe for concurrent use and must be
// closed when it has pushed or listened.
type Server struct {
	company   *organisation
	premium   atomic.Bool
	listLimit int
	offset    atomic.Int64 // added to time.Now, in nanoseconds
	skew      atomic.Int64 // added besides, but not for clients
	memory    *http.Client // to the server itself, without a socket
	options   []Option     // for Reset
	admin     http.Handler // nil without WithAdmin
	hosts     hosts
	pushClock func() time.Time // nil: the emulator's own
	bodies    bodies
	logger    *slog.Logger

	// ctx ends when the server closes; goroutines counts what Close waits for.
	ctx        context.Context //nolint:containedctx // it is the server's own lifetime, not a call's
	cancel     context.CancelFunc
	goroutines sync.WaitGroup

	// mu guards what follows. It is never held while calling out.
	mu          guard
	changes     changes
	watchers    map[*watcher]bool
	closed      bool
	listeners   []*http.Server
	tokens      tokens
	instances   map[string]*instance
	order       []*instance // by creation
	tasks       map[int64]*task
	dataForms   dataForms
	sequence    int64 // of instances, for business IDs
	lastTask    int64
	callback    *callback
	pushes      pushQueue
	streams     streams
	requests    []Request
	lastRequest int64
	signIns     map[string]string // user IDs by sign-in code and refresh token
	jsapiTicket string
	faults      []*activeFault
	lastFault   int64
	eventFaults []*eventFault
	drive       drive
	seeding     bool                   // pushes nothing
	revisions   map[string]*storedForm // of forms, by their revision
	state       *stateFile             // nil without WithState
	suites      suites                 // apps are not guarded, they do not change
	calls       calls
	center      center
}

// New starts an emulator with the default app, company and form, as far as the
// options do not replace them. It needs no [Server.Close] as long as it neither
// pushes nor listens, nor keeps a state file.
func New(opts ...Option) (*Server, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	s, err := build(c)
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	s.options = opts
	if err := s.open(c); err != nil {
		s.cancel()
		return nil, fmt.Errorf("emulator: %w", err)
	}
	return s, nil
}

// newConfig returns the options together with their seeds.
func newConfig(opts []Option) (*config, error) {
	c := &config{
		app:       company.App{AppKey: company.DefaultAppKey, AppSecret: company.DefaultAppSecret, AgentID: company.DefaultAgentID, CorpID: company.DefaultCorpID},
		listLimit: 10_000,
		logger:    slog.New(slog.DiscardHandler),
	}
	var errs []error
	for _, opt := range opts {
		if opt != nil {
			errs = append(errs, opt(c))
		}
	}
	for _, seed := range c.seeds {
		seed.settings(c)
	}
	replace(&c.app.AppKey, c.appKey)
	replace(&c.app.AppSecret, c.appSecret)
	c.useDefaults()
	for _, seed := range c.seeds {
		errs = append(errs, seed.check(c))
	}
	return c, errors.Join(errs...)
}

// build makes a server without content.
func build(c *config) (*Server, error) {
	company, err := newOrganisation(c)
	if err != nil {
		return nil, err
	}
	s := &Server{
		company: company, listLimit: c.listLimit, logger: c.logger,
		instances: map[string]*instance{}, tasks: map[int64]*task{},
		lastTask: firstTaskID,
		suites:   newSuites(c.suites, c.app.CorpID),
	}
	s.bodies.time = bodyTime
	s.premium.Store(c.premium)
	s.skew.Store(int64(c.skew))
	s.mu.settle = s.settleChanges
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.pushes.init(&s.mu)
	s.streams.init()
	if c.stream {
		s.streams.app(c.app.AppKey).topics["*"] = true
	}
	s.hosts = hosts{known: c.adminHosts, check: c.hostCheck, forwarded: c.forwarded, push: c.pushHosts}
	s.pushClock = c.pushClock
	s.memory = &http.Client{Transport: &memoryTransport{server: s, handler: http.HandlerFunc(s.serve)}}
	return s, nil
}

// begins puts what a new server begins with into it: the time, and the approvals
// of seeds.
func (s *Server) begins(c *config) error {
	if !c.start.IsZero() {
		s.offset.Store(int64(time.Until(c.start) - c.skew))
	}
	s.keepForms()
	for _, seed := range c.seeds {
		if err := s.seedInstances(seed); err != nil {
			return err
		}
	}
	return nil
}

// open gives the server its content, from the state file or from the beginning.
func (s *Server) open(c *config) (err error) {
	found := false
	if c.statePath != "" {
		if found, err = s.openState(c.statePath); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				_ = s.state.lock.Release()
			}
		}()
	}
	if found {
		s.keepForms()
	} else if err := s.begins(c); err != nil {
		return err
	}
	if c.callback != nil {
		if s.callback, err = s.newCallback(*c.callback); err != nil {
			return fmt.Errorf("callback: %w", err)
		}
		s.hosts.push = append(s.hosts.push, hostOfAddress(c.callback.URL))
	}
	if c.admin {
		s.admin = s.newAdmin(c.adminHosts)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != nil {
		if err := s.beginState(found); err != nil {
			return err
		}
	}
	if len(s.pushes.pending) > 0 {
		s.deliver()
	}
	return nil
}

// App is the app that may fetch tokens, with its secret.
func (s *Server) App() company.App {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.company.app
}

// HTTPClient reaches the emulator in memory, whatever host a request names.
func (s *Server) HTTPClient() *http.Client {
	hc := *s.memory
	return &hc
}

// Client is a ready client on the emulator's app, memory transport and clock,
// less what [WithClockSkew] says.
// The options may override each of these.
func (s *Server) Client(opts ...dingoa.Option) (*dingoa.Client, error) {
	own := []dingoa.Option{dingoa.WithHTTPClient(s.HTTPClient()), dingoa.WithClock(s.ClientTime)}
	return dingoa.New(s.company.app.AppKey, s.company.app.AppSecret, append(own, opts...)...)
}

// Listen serves both gateways on a loopback address, for clients in other
// processes, and returns its base URL (http://host:port). An empty addr is
// 127.0.0.1:0, a free port. An address that others can reach is refused, and so is
// a request for a Host that [WithHostCheck] does not know.
func (s *Server) Listen(addr string) (string, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if err := checkLoopback(addr); err != nil {
		return "", err
	}
	listener, err := new(net.ListenConfig).Listen(s.ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("emulator: %w", err)
	}
	srv := &http.Server{Handler: s.hosts.only(http.HandlerFunc(s.serve)), ReadHeaderTimeout: bodyTime, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	s.mu.Lock()
	s.listeners = append(s.listeners, srv)
	s.mu.Unlock()
	if !s.spawn(func() { _ = srv.Serve(listener) }) {
		_ = listener.Close()
		return "", errClosed
	}
	return "http://" + listener.Addr().String(), nil
}

func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("emulator: Listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || (ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("emulator: Listen: %q is not a loopback address; the emulator must not be reachable by others, use 127.0.0.1 or localhost", addr)
}

var errClosed = errors.New("emulator: the server is closed")

// spawn runs f in a goroutine that Close waits for; false after Close.
func (s *Server) spawn(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spawnLocked(f)
}

func (s *Server) spawnLocked(f func()) bool {
	if s.closed {
		return false
	}
	s.goroutines.Go(f)
	return true
}

// Close stops pushes, listeners and stream connections, waits for the handlers
// that are still running and closes the state file. What the server recorded can
// still be looked at.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	listeners := s.listeners
	s.listeners = nil
	s.mu.Unlock()

	s.cancel()
	var errs []error
	for _, l := range listeners {
		errs = append(errs, l.Close())
	}
	s.pushes.wakeUp()
	s.goroutines.Wait()
	s.pushes.transport.CloseIdleConnections()
	s.mu.Lock()
	s.drive.dropUploads()
	errs = append(errs, s.closeState())
	s.mu.Unlock()
	return errors.Join(errs...)
}
