package emulator

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// seed is a company as a YAML document describes it. Its fields, with a small
// first letter, are the document's.
type seed struct {
	Premium     bool
	StartTime   time.Time
	ClockSkew   time.Duration // as of WithClockSkew
	App         *seedApp
	Suites      []seedSuite
	Departments []company.Department
	Users       []seedUser
	Forms       []seedForm
	Callback    *seedCallback
	Instances   []seedInstance
}

type seedApp struct {
	AppKey, AppSecret, CorpID string
	AgentID                   int64
	Permissions, IPs          []string
	QPS, MonthlyCalls         int
}

type seedSuite struct {
	SuiteKey, SuiteSecret string
	Custom                bool
	CorpIDs               []string
	Permissions, IPs      []string
	QPS, MonthlyCalls     int
}

type seedUser struct {
	ID, Name                        string
	Departments                     []int64
	Mobile, Title, JobNumber, Email string
	Manager                         string
	Boss, Admin                     bool
	Leads                           []int64
}

type seedForm struct {
	ProcessCode, Name, Description string
	Hidden                         bool
	Components                     []company.Component
	Flow                           []company.Node
	CC                             []string
	OriginatorMayRevoke            bool
}

type seedCallback struct {
	URL, Token, AESKey, OwnerKey string
	Events                       []string
}

// seedInstance is an approval that was started and acted on before.
type seedInstance struct {
	ID         string // a random one when empty
	Form       string // process code or name
	Originator string
	Department *int64
	Created    time.Time // now when zero
	Values     map[string]seedValue
	// Selected are the approvers that the originator chose, by the node's name.
	Selected map[string][]string
	Actions  []seedAction
}

type seedAction struct {
	Do     string // see actionNames
	User   string
	Remark string
	To     string       // of a redirect
	Users  []string     // of add-sign
	Mode   company.Mode // of add-sign
	Before bool         // of add-sign
	Node   string       // of a revert; the originator when empty
	At     time.Time    // that of the action before when zero
}

// parsedSeed is a seed with the lines of its values.
type parsedSeed struct {
	seed
	lines *seedDecoder
}

func parseSeed(name string, data []byte) (*parsedSeed, error) {
	p := &parsedSeed{lines: &seedDecoder{name: name}}
	p.lines.decode(data, &p.seed)
	return p, errors.Join(p.lines.errs...)
}

// WithSeed describes the company in YAML, or in JSON, in place of many options:
// users, departments, forms with their flows, the app with its permissions,
// third-party apps, the callback, and approvals that were started and decided
// before, of which nothing is pushed. docs/emulator.md lists the fields. What is
// wrong in it is reported with line and field, all of it at once where possible.
//
// It adds to what other options give, and replaces the default company like
// them. The options [WithApp], [WithCallback], [WithStartTime] and
// [WithClockSkew] take precedence.
func WithSeed(data []byte) Option { return withSeed("seed", data) }

// WithSeedFile is [WithSeed] with the content of a file, which errors name.
func WithSeedFile(path string) Option {
	return func(c *config) error {
		data, err := os.ReadFile(path) //nolint:gosec // the caller's own choice
		if err != nil {
			return fmt.Errorf("WithSeedFile: %w", err)
		}
		return withSeed(filepath.Base(path), data)(c)
	}
}

func withSeed(name string, data []byte) Option {
	return func(c *config) error {
		p, err := parseSeed(name, data)
		if err != nil {
			return err
		}
		c.seeds = append(c.seeds, p)
		return nil
	}
}

// settings puts the settings of the seed into a configuration.
func (p *parsedSeed) settings(c *config) {
	if a := p.App; a != nil && !c.ownApp {
		replace(&c.app.AppKey, a.AppKey)
		replace(&c.app.AppSecret, a.AppSecret)
		replace(&c.app.CorpID, a.CorpID)
		replace(&c.app.AgentID, a.AgentID)
		c.app.Limits = company.Limits{Permissions: a.Permissions, IPs: a.IPs, QPS: a.QPS, MonthlyCalls: a.MonthlyCalls}
	}
	for _, s := range p.Suites {
		c.suites = append(c.suites, company.Suite{
			SuiteKey: s.SuiteKey, SuiteSecret: s.SuiteSecret, Custom: s.Custom, CorpIDs: s.CorpIDs,
			Limits: company.Limits{Permissions: s.Permissions, IPs: s.IPs, QPS: s.QPS, MonthlyCalls: s.MonthlyCalls},
		})
	}
	c.departments = append(c.departments, p.Departments...)
	for _, u := range p.Users {
		c.users = append(c.users, company.User{
			ID: u.ID, Name: u.Name, DeptIDs: u.Departments, Mobile: u.Mobile, Title: u.Title, JobNumber: u.JobNumber, Email: u.Email,
			ManagerID: u.Manager, Boss: u.Boss, Admin: u.Admin, LeadsDeptIDs: u.Leads,
		})
	}
	for _, f := range p.Forms {
		c.forms = append(c.forms, f.form())
	}
	if cb := p.Callback; cb != nil && c.callback == nil {
		c.callback = &Callback{URL: cb.URL, Token: cb.Token, EncodingAESKey: cb.AESKey, OwnerKey: cb.OwnerKey, Events: cb.Events}
	}
	if c.start.IsZero() {
		c.start = p.StartTime
	}
	if c.skew == 0 {
		c.skew = p.ClockSkew
	}
	c.premium = c.premium || p.Premium
}

func (f seedForm) form() company.Form {
	return company.Form{
		ProcessCode: f.ProcessCode, Name: f.Name, Components: f.Components, Flow: f.Flow, CC: f.CC,
		OriginatorMayRevoke: f.OriginatorMayRevoke, Description: f.Description, Hidden: f.Hidden,
	}
}

// check looks for what newOrganisation would refuse, or what names somebody who is
// not there, and reports it with its line. The company is that of the options
// and seeds together.
func (p *parsedSeed) check(c *config) error {
	ids := []string{}
	for _, u := range c.users {
		ids = append(ids, u.ID)
	}
	if a := p.App; a != nil {
		p.limits("app", a.QPS, a.MonthlyCalls)
	}
	for i, s := range p.Suites {
		at := fmt.Sprintf("suites[%d]", i)
		p.need(at, "suiteKey", s.SuiteKey)
		p.need(at, "suiteSecret", s.SuiteSecret)
		p.limits(at, s.QPS, s.MonthlyCalls)
	}
	for i, d := range p.Departments {
		if d.ID == 0 || d.Name == "" {
			p.lines.failAt(fmt.Sprintf("departments[%d]", i), "id and name are required")
		}
	}
	for i, u := range p.Users {
		at := fmt.Sprintf("users[%d]", i)
		p.need(at, "id", u.ID)
		p.need(at, "name", u.Name)
		if first := slices.IndexFunc(p.Users, func(other seedUser) bool { return other.ID == u.ID }); first < i && u.ID != "" {
			p.lines.failAt(at+".id", "user %q is given twice", u.ID)
		}
		if u.Manager != "" {
			p.user(at+".manager", u.Manager, ids)
		}
	}
	for i, f := range p.Forms {
		p.checkForm(fmt.Sprintf("forms[%d]", i), i, f, ids)
	}
	if cb := p.Callback; cb != nil {
		p.need("callback", "url", cb.URL)
	}
	for i, in := range p.Instances {
		p.checkInstance(fmt.Sprintf("instances[%d]", i), i, in, ids)
	}
	return errors.Join(p.lines.errs...)
}

func (p *parsedSeed) need(at, field, value string) {
	if value == "" {
		p.lines.failAt(at+"."+field, "is required")
	}
}

func (p *parsedSeed) limits(at string, qps, monthlyCalls int) {
	if qps < 0 {
		p.lines.failAt(at+".qps", "%d is negative; 0 is without limit", qps)
	}
	if monthlyCalls < 0 {
		p.lines.failAt(at+".monthlyCalls", "%d is negative; 0 is without limit", monthlyCalls)
	}
}

// user refuses somebody who is not of the company.
func (p *parsedSeed) user(at, id string, ids []string) {
	switch {
	case id == "":
		p.lines.failAt(at, "is required")
	case !slices.Contains(ids, id):
		p.lines.failAt(at, "there is no user %q%s", id, didYouMean(id, ids))
	}
}

func (p *parsedSeed) checkForm(at string, i int, f seedForm, ids []string) {
	before := len(p.lines.errs)
	p.need(at, "processCode", f.ProcessCode)
	p.need(at, "name", f.Name)
	if first := slices.IndexFunc(p.Forms, func(other seedForm) bool { return other.ProcessCode == f.ProcessCode }); first < i && f.ProcessCode != "" {
		p.lines.failAt(at+".processCode", "%q is given twice", f.ProcessCode)
	}
	for j, n := range f.Flow {
		node := fmt.Sprintf("%s.flow[%d]", at, j)
		for k, id := range n.Approvers {
			p.user(fmt.Sprintf("%s.approvers[%d]", node, k), id, ids)
		}
		p.mode(node+".mode", n.Mode)
	}
	for j, id := range f.CC {
		p.user(fmt.Sprintf("%s.cc[%d]", at, j), id, ids)
	}
	if len(p.lines.errs) > before {
		return
	}
	everybody := &organisation{users: map[string]company.User{}}
	for _, id := range ids {
		everybody.users[id] = company.User{ID: id}
	}
	if _, err := everybody.checkForm(storedForm{Form: f.form()}); err != nil {
		p.lines.failAt(at, "%v", err)
	}
}

func (p *parsedSeed) mode(at string, mode company.Mode) {
	modes := []string{string(company.InTurn), string(company.All), string(company.Any)}
	if mode != "" && !slices.Contains(modes, string(mode)) {
		p.lines.failAt(at, "%q is not one of %q%s", mode, modes, didYouMean(string(mode), modes))
	}
}

func (p *parsedSeed) checkInstance(at string, i int, in seedInstance, ids []string) {
	p.need(at, "form", in.Form)
	p.user(at+".originator", in.Originator, ids)
	if first := slices.IndexFunc(p.Instances, func(other seedInstance) bool { return other.ID == in.ID }); first < i && in.ID != "" {
		p.lines.failAt(at+".id", "%q is given twice", in.ID)
	}
	last := in.Created
	for j, a := range in.Actions {
		action := fmt.Sprintf("%s.actions[%d]", at, j)
		if !slices.Contains(actionNames(), a.Do) {
			p.lines.failAt(action+".do", "%q is not one of %q%s", a.Do, actionNames(), didYouMean(a.Do, actionNames()))
		}
		p.user(action+".user", a.User, ids)
		if a.To != "" {
			p.user(action+".to", a.To, ids)
		}
		for k, id := range a.Users {
			p.user(fmt.Sprintf("%s.users[%d]", action, k), id, ids)
		}
		p.mode(action+".mode", a.Mode)
		if !a.At.IsZero() && in.Created.IsZero() {
			p.lines.failAt(action+".at", "needs the approval's own created")
		}
		if !a.At.IsZero() && a.At.Before(last) {
			p.lines.failAt(action+".at", "is before what happened before it")
		}
		if !a.At.IsZero() {
			last = a.At
		}
	}
}
