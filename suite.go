package dingoa

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/operation"
)

// Suite is a third-party app (第三方企业应用) or customised app (定制应用), which
// works for many companies. Each company has a [Client] of its own, with a token
// of its own; companies share the HTTP connections and nothing else, so that
// none of them waits for another. A Suite is safe for concurrent use.
//
// DingTalk issues tokens for a ticket that it pushes about every 5 hours: put
// On([Suite.KeepTicket]) into the dispatcher of the app's events.
//
// https://open.dingtalk.com/document/development/obtain-the-access-token-of-the-authorized-enterprise-1
type Suite struct {
	self  *Client
	corps sync.Map // corpID → *Client
}

// NewSuite returns the app with the given SuiteKey and SuiteSecret, or CustomKey
// and CustomSecret of a customised app. Nothing is sent before the first call.
//
// tickets keeps the ticket; nil is [NewMemoryTicketStore]. Use one that outlives
// the process, such as [NewFileTicketStore], or it starts without a ticket. A customised app takes any text:
// [StaticTicket]("ticket").
//
// The options apply to the clients of all companies, but for those that only
// fit one, [WithCorpID] and [WithTokenSource], which are refused. Give a
// company's AgentId with [Client.With]. A [TokenStore] sees one key for each
// company.
func NewSuite(suiteKey, suiteSecret string, tickets TicketStore, opts ...Option) (*Suite, error) {
	cfg := defaultConfig(suiteKey, suiteSecret)
	if untidy(suiteKey) == "is empty" || untidy(suiteSecret) == "is empty" {
		return nil, errors.New("dingoa: NewSuite: SuiteKey and SuiteSecret are required (开发者后台 → 应用详情 → 凭证与基础信息)")
	}
	if tickets == nil {
		tickets = NewMemoryTicketStore()
	}
	cfg.tickets = tickets
	self, err := newClient(cfg, opts)
	switch {
	case err != nil:
		return nil, err
	case self.cfg.corpID != "":
		return nil, errors.New("dingoa: NewSuite: WithCorpID fits one company only; call Suite.Client with its corpId")
	case self.cfg.tokenSource != nil:
		return nil, errors.New("dingoa: NewSuite: WithTokenSource would give all companies the same token")
	}
	return &Suite{self: self}, nil
}

// Client returns the client for one company that authorised the app, always the
// same one. corpID comes from [event.SuiteAuthorization] or any event.
//
// Its token comes from /v1.0/oauth2/corpAccessToken, or from
// /service/get_corp_token with [WithLegacyGateway]. Calls fail with
// [ErrUnauthorized] while no ticket has arrived, when the ticket is no longer
// the latest, and when the company has not authorised the app; the error says
// which and what to do.
func (s *Suite) Client(corpID string) (*Client, error) {
	if c, ok := s.corps.Load(corpID); ok {
		return c.(*Client), nil //nolint:forcetypeassert,errcheck // the map holds nothing else
	}
	if problem := untidy(corpID); problem != "" {
		return nil, errors.New("dingoa: Suite.Client: the corpId " + problem)
	}
	c, _ := s.corps.LoadOrStore(corpID, s.self.forCorp(corpID))
	return c.(*Client), nil //nolint:forcetypeassert,errcheck // the map holds nothing else
}

// SuiteClient returns the client that calls with the suite's own token
// (suiteAccessToken) in place of a company's. Of the operations of this package
// [operation.CleanProcessData] alone wants it.
func (s *Suite) SuiteClient() *Client { return s.self }

// Forget drops the client of a company, and the token it holds. Clients in use
// stay usable. Call it for a [event.SuiteRelease].
func (s *Suite) Forget(corpID string) { s.corps.Delete(corpID) }

// String names the app. A suite never prints its secrets.
func (s *Suite) String() string { return "dingoa.Suite(" + s.self.cfg.appKey + ")" }

// GoString is String, for %#v.
func (s *Suite) GoString() string { return s.String() }

// KeepTicket keeps a ticket that arrived as an event, by push or stream; give it
// to [event.On]. It ignores those of other suites, and one that is older than the
// ticket at hand, since events may be late. A store that fails makes DingTalk
// deliver again.
func (s *Suite) KeepTicket(ctx context.Context, e *event.Event, pushed event.SuiteTicket) error {
	if pushed.SuiteKey != "" && pushed.SuiteKey != s.self.cfg.appKey {
		return nil
	}
	if pushed.Ticket == "" {
		return fmt.Errorf("dingoa: %w: the event has no suite ticket", event.ErrMalformed)
	}
	return s.keep(ctx, Ticket{Value: pushed.Ticket, IssuedAt: e.Time})
}

// SetTicket keeps a ticket that came another way, such as from the console.
func (s *Suite) SetTicket(ctx context.Context, value string) error {
	if problem := untidy(value); problem != "" {
		return errors.New("dingoa: Suite.SetTicket: the ticket " + problem)
	}
	ticket := Ticket{Value: value}
	if s.self.clock.known.Load() { // a clock that is ahead would outdo the tickets that are pushed
		ticket.IssuedAt = s.self.ServerTime()
	}
	return s.keep(ctx, ticket)
}

func (s *Suite) keep(ctx context.Context, ticket Ticket) error {
	cfg := s.self.cfg
	held, err := cfg.tickets.Load(ctx, cfg.appKey)
	if err == nil && ticket.IssuedAt.Before(held.IssuedAt) && !ticket.IssuedAt.IsZero() {
		return nil
	}
	if err := cfg.tickets.Save(ctx, cfg.appKey, ticket); err != nil {
		return fmt.Errorf("dingoa: the suite ticket could not be kept: %w", transportCause(err, ticket.Value))
	}
	return nil
}

// Ticket is a suite ticket (suiteTicket). It prints without its value, also as
// JSON: see [EncodeTicket].
type Ticket struct {
	// Value is the pushed ticket, a secret.
	Value string `json:"value"`
	// IssuedAt is when, as far as the event told. A ticket has no end: it serves
	// until the next one.
	IssuedAt time.Time `json:"issuedAt"`
}

// String hides the value.
func (t Ticket) String() string {
	if t.Value == "" {
		return "Ticket(none)"
	}
	return "Ticket(***, of " + t.IssuedAt.Format(time.RFC3339) + ")"
}

// Format hides the value from every verb of fmt.
func (t Ticket) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue hides the value from log/slog.
func (t Ticket) LogValue() slog.Value { return slog.StringValue(t.String()) }

// TicketStore keeps the latest ticket of a suite. Unlike a token a lost ticket
// cannot be fetched, so that a store should be a lasting one.
type TicketStore interface {
	// Load returns the ticket saved last, or the zero Ticket when there is none.
	Load(ctx context.Context, suiteKey string) (Ticket, error)
	// Save replaces what was saved; it never expires.
	Save(ctx context.Context, suiteKey string, ticket Ticket) error
}

// NewMemoryTicketStore returns a store within the process. After a restart it is
// empty until the next push; the console can repeat one at once.
func NewMemoryTicketStore() TicketStore { return &memoryStore[Ticket]{} }

// StaticTicket is a store with one ticket for ever, for customised apps, of
// which DingTalk takes any text.
func StaticTicket(value string) TicketStore { return staticTicket(func() string { return value }) }

type staticTicket func() string

func (t staticTicket) Load(context.Context, string) (Ticket, error) { return Ticket{Value: t()}, nil }

func (staticTicket) Save(context.Context, string, Ticket) error { return nil }

// corpTokenSource fetches tokens for one company of a suite.
type corpTokenSource struct{ c *Client }

// Token asks
//
//   - https://open.dingtalk.com/document/development/obtain-the-access-token-of-the-authorized-enterprise-1
//   - https://open.dingtalk.com/document/development/obtain-isvapp-token with [WithLegacyGateway]
func (s corpTokenSource) Token(ctx context.Context) (Token, error) {
	return s.c.suiteToken(ctx, operation.GetCorpAccessToken, s.c.cfg.corpID)
}

// suiteTokenSource fetches the token of the suite itself.
type suiteTokenSource struct{ c *Client }

// Token asks
//
//   - https://open.dingtalk.com/document/development/obtains-the-suite-acess-token-of-third-party-enterprise-applications
//   - https://open.dingtalk.com/document/development/obtain-application-suite-ticket with [WithLegacyGateway]
func (s suiteTokenSource) Token(ctx context.Context) (Token, error) {
	return s.c.suiteToken(ctx, operation.GetSuiteAccessToken, "")
}

var errNoTicket = errors.New("no suite ticket has arrived yet")

func (c *Client) suiteToken(ctx context.Context, op operation.Operation, corpID string) (Token, error) {
	cfg := c.cfg
	ticket, err := cfg.tickets.Load(ctx, cfg.appKey)
	switch {
	case err != nil:
		return Token{}, errorFrom(op, nil, fmt.Errorf("the suite ticket could not be loaded: %w", transportCause(err, cfg.appSecret())))
	case ticket.Value == "":
		return Token{}, errorFrom(op, ErrUnauthorized, errNoTicket)
	}
	var reply suiteTokenReply
	now := cfg.now()
	req := suiteTokenRequest{cfg.appKey, cfg.appSecret(), corpID, ticket.Value, c.ServerTime()}
	err = c.Call(ctx, op, req, &reply)
	if e := (*Error)(nil); errors.As(err, &e) && e.Code == signatureExpired {
		req.now = c.ServerTime() // which that reply told
		err = c.Call(ctx, op, req, &reply)
	}
	if err != nil {
		return Token{}, err
	}
	if reply.value() == "" {
		return Token{}, errorFrom(op, ErrServer, errors.New("the reply has no access token"))
	}
	return Token{Value: reply.value(), ExpiresAt: now.Add(reply.lifetime())}, nil
}

// signatureExpired: the timestamp is more than a minute from DingTalk's clock.
const signatureExpired = "853002"

type suiteTokenRequest struct {
	SuiteKey    string `json:"suiteKey"`
	SuiteSecret string `json:"suiteSecret"`
	AuthCorpID  string `json:"authCorpId,omitempty"` // none for the suite's own token
	SuiteTicket string `json:"suiteTicket"`

	now time.Time
}

func (r suiteTokenRequest) LegacyRequest() any {
	if r.AuthCorpID == "" {
		return struct {
			SuiteKey    string `json:"suite_key"`
			SuiteSecret string `json:"suite_secret"`
			SuiteTicket string `json:"suite_ticket"`
		}{r.SuiteKey, r.SuiteSecret, r.SuiteTicket}
	}
	return struct {
		AuthCorpID string `json:"auth_corpid"`
	}{r.AuthCorpID}
}

// legacyQuery signs the request for a company's token, for a minute.
//
// https://open.dingtalk.com/document/development/the-signature-calculation-method-of-the-third-party-access-interface
func (r suiteTokenRequest) LegacyQuery() url.Values {
	if r.AuthCorpID == "" {
		return nil
	}
	timestamp := strconv.FormatInt(r.now.UnixMilli(), 10)
	return url.Values{
		"accessKey":   {r.SuiteKey},
		"timestamp":   {timestamp},
		"suiteTicket": {r.SuiteTicket},
		"signature":   {suiteSignature(r.SuiteSecret, timestamp, r.SuiteTicket)},
	}
}

func (r suiteTokenRequest) Secrets() []string { return []string{r.SuiteTicket} }

// suiteSignature is base64, which the query escapes.
func suiteSignature(secret, timestamp, ticket string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "\n" + ticket))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// suiteTokenReply has one spelling more than those of internal apps.
type suiteTokenReply struct {
	accessTokenReply
	SuiteAccessToken string `json:"suite_access_token"`
}

func (r *suiteTokenReply) value() string {
	return cmp.Or(r.SuiteAccessToken, r.AccessToken)
}
