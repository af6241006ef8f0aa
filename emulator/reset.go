package emulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/dingoa/dingoa/emulator/company"
)

// Reset puts everything back to how the options and seeds describe it, which are
// read anew: approvals, forms, events, the callback, faults, the clock and what
// else has come since. Tokens stay good, so that clients need not notice. When a
// seed has become wrong the error says so, and nothing changes; when the state
// file cannot be written it is [Server.StateProblem].
func (s *Server) Reset() error { return s.reset(s.options) }

var errAppChanged = errors.New("apps, their secrets and companies cannot change while the server runs; start it anew")

// reset builds another server and takes its content over.
func (s *Server) reset(opts []Option) error {
	c, err := newConfig(opts)
	if err != nil {
		return err
	}
	fresh, err := build(c)
	if err != nil {
		return err
	}
	defer fresh.cancel()
	if err := fresh.begins(c); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app, next := s.company.app, fresh.company.app
	app.Limits, next.Limits = company.Limits{}, company.Limits{}
	if !reflect.DeepEqual(app, next) || !reflect.DeepEqual(s.suites.apps, fresh.suites.apps) {
		return errAppChanged
	}
	var cb *callback
	if c.callback != nil {
		if cb, err = s.newCallback(*c.callback); err != nil {
			return err // the same was good before
		}
	}
	s.adopt(fresh)
	s.callback = cb
	s.touch(kindReset, "")
	if s.state != nil {
		s.state.unsaved, s.state.anew = nil, true
		s.save(nil)
		return s.state.err
	}
	return nil
}

// adopt takes the content of a server that nobody has used. The caller holds s.mu.
func (s *Server) adopt(fresh *Server) {
	for _, p := range s.pushes.pending { // one may be on its way
		p.Lost = true
	}
	q := &s.pushes
	q.all, q.pending, q.failed = nil, nil, nil
	q.changed.Broadcast()
	q.wakeUp()

	s.company.app.Limits = fresh.company.app.Limits
	s.company.users, s.company.departments, s.company.forms = fresh.company.users, fresh.company.departments, fresh.company.forms
	s.premium.Store(fresh.premium.Load())
	s.offset.Store(fresh.offset.Load())
	s.skew.Store(fresh.skew.Load())
	s.instances, s.order, s.tasks = fresh.instances, fresh.order, fresh.tasks
	s.revisions, s.sequence, s.lastTask = fresh.revisions, fresh.sequence, fresh.lastTask
	s.drive.dropUploads()
	s.dataForms, s.center, s.drive, s.calls = dataForms{}, center{}, drive{}, calls{}
	s.requests, s.faults, s.eventFaults, s.signIns = nil, nil, nil, nil
	clear(s.suites.tickets)
}

// onlySeed takes the place of all other seeds.
func onlySeed(data []byte) Option {
	return func(c *config) error {
		c.seeds = nil
		return WithSeed(data)(c)
	}
}

// mayPushTo refuses a seed whose callback is somewhere else.
func (s *Server) mayPushTo(opts []Option) error {
	c, err := newConfig(opts)
	if err != nil || c.callback == nil || c.callback.Handler != nil {
		return nil //nolint:nilerr // reset says it
	}
	return s.hosts.mayPush(c.callback.URL)
}

// adminReset resets, to the seed in the request when there is one.
func (s *Server) adminReset(c *adminCall) (any, *adminError) {
	var in struct {
		Seed json.RawMessage `json:"seed"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	opts := s.options
	if len(in.Seed) > 0 && string(in.Seed) != "null" {
		seed := []byte(in.Seed) // JSON is YAML
		var text string
		if json.Unmarshal(in.Seed, &text) == nil {
			seed = []byte(text)
		}
		opts = append(append([]Option{}, opts...), onlySeed(seed))
	}
	if err := s.mayPushTo(opts); err != nil {
		return nil, badAdminField("seed", "%v", err)
	}
	if err := s.reset(opts); err != nil {
		if errors.Is(err, errAppChanged) {
			return nil, adminRefuse(http.StatusConflict, "appChanged", "", "%v", err)
		}
		return nil, badAdminField("seed", "%s", strings.TrimPrefix(err.Error(), "emulator: "))
	}
	return s.adminOverview(c)
}
