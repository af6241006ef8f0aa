package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator/company"
)

// WithSuite adds a third-party app besides the internal one. It has no ticket
// until [Server.PushSuiteTicket].
func WithSuite(suite company.Suite) Option {
	return func(c *config) error {
		if suite.SuiteKey == "" || suite.SuiteSecret == "" {
			return errors.New("WithSuite: SuiteKey and SuiteSecret are required")
		}
		c.suites = append(c.suites, suite)
		return nil
	}
}

// suites holds the third-party apps of the server.
type suites struct {
	apps    map[string]*company.Suite // by key
	tickets map[string]string         // by key, the latest
	grants  map[string]grant          // by token
}

// grant is a token that was handed out: of one company, or of the suite itself.
type grant struct {
	suite   *company.Suite
	corpID  string
	expires time.Time
}

func newSuites(apps []company.Suite, corpID string) suites {
	s := suites{apps: map[string]*company.Suite{}, tickets: map[string]string{}, grants: map[string]grant{}}
	for _, app := range apps {
		app.CorpIDs = slices.Clone(app.CorpIDs)
		if len(app.CorpIDs) == 0 {
			app.CorpIDs = []string{corpID}
		}
		s.apps[app.SuiteKey] = &app
	}
	return s
}

const eventSuiteTicket = "suite_ticket"

// PushSuiteTicket gives a suite a new ticket, which makes the one before it
// useless, pushes it as a suite_ticket event to the callback, if there is one,
// and returns it. The service does so every 5 hours, and repeats a push that
// failed up to 100 times, where the emulator gives up as for other events.
func (s *Server) PushSuiteTicket(suiteKey string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.suites.apps[suiteKey] == nil {
		return "", fmt.Errorf("emulator: there is no suite %q; give it with WithSuite", suiteKey)
	}
	now := s.Now()
	ticket := newEventID()
	s.suites.tickets[suiteKey] = ticket
	s.touch(kindMeta, "")
	s.enqueue(Push{EventType: eventSuiteTicket, Time: now}, map[string]any{
		"SuiteKey": suiteKey, "SuiteTicket": ticket, "TimeStamp": now.UnixMilli(),
	})
	return ticket, nil
}

type suiteRequest struct {
	SuiteKey    string `json:"suiteKey"`
	SuiteSecret string `json:"suiteSecret"`
	AuthCorpID  string `json:"authCorpId"`
	SuiteTicket string `json:"suiteTicket"`
}

func (s *Server) getCorpAccessToken(c *call) (map[string]any, *apiError) {
	var in suiteRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	app := s.suites.apps[in.SuiteKey]
	if app == nil || app.SuiteSecret != in.SuiteSecret {
		return nil, refuse("invalidSuiteKey", errcodeBadSuiteKey, "suitekey不合法")
	}
	token, err := s.grantToken(app, in.SuiteTicket, in.AuthCorpID)
	if err != nil {
		return nil, err
	}
	return map[string]any{"accessToken": token, "expireIn": int64(tokenLifetime / time.Second)}, nil
}

func (s *Server) getSuiteAccessToken(c *call) (map[string]any, *apiError) {
	var in suiteRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	app := s.suites.apps[in.SuiteKey]
	if app == nil || app.SuiteSecret != in.SuiteSecret {
		return nil, refuse("invalidClientIdOrSecret", errcodeBadSuiteSecret, "clientId或者clientSecret错误")
	}
	token, err := s.grantToken(app, in.SuiteTicket, "")
	if err != nil {
		return nil, err
	}
	return map[string]any{"accessToken": token, "expireIn": int64(tokenLifetime / time.Second)}, nil
}

func (s *Server) oapiGetSuiteToken(c *call) (map[string]any, *apiError) {
	var in struct {
		SuiteKey    string `json:"suite_key"`
		SuiteSecret string `json:"suite_secret"`
		SuiteTicket string `json:"suite_ticket"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	app := s.suites.apps[in.SuiteKey]
	if app == nil || app.SuiteSecret != in.SuiteSecret {
		return nil, refuse("invalidClientIdOrSecret", errcodeBadSuiteSecret, "不合法的suite key或suite secret")
	}
	token, err := s.grantToken(app, in.SuiteTicket, "")
	if err != nil {
		return nil, err
	}
	return map[string]any{"suite_access_token": token, "expires_in": int64(tokenLifetime / time.Second)}, nil
}

// oapiGetCorpToken takes everything but the company from the query, signed.
func (s *Server) oapiGetCorpToken(c *call) (map[string]any, *apiError) {
	var in struct {
		AuthCorpID string `json:"auth_corpid"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	timestamp, ticket := c.query.Get("timestamp"), c.query.Get("suiteTicket")
	sent, err := strconv.ParseInt(timestamp, 10, 64)
	app := s.suites.apps[c.query.Get("accessKey")]
	switch {
	case err != nil:
		return nil, refuse("signature.timestamp", errcodeSignatureTimestamp, "timestamp格式错误")
	case s.Now().Sub(time.UnixMilli(sent)).Abs() > time.Minute:
		return nil, refuse("signature.expired", errcodeSignatureExpired, "timestamp与服务器时间相差超过1分钟")
	case app == nil:
		return nil, refuse("signature.accessKey", errcodeSignatureKey, "accessKey不存在")
	}
	mac := hmac.New(sha256.New, []byte(app.SuiteSecret))
	mac.Write([]byte(timestamp + "\n" + ticket))
	given, _ := base64.StdEncoding.DecodeString(c.query.Get("signature"))
	if !hmac.Equal(mac.Sum(nil), given) {
		return nil, refuse("signature.mismatch", errcodeSignature, "签名不匹配")
	}
	token, refused := s.grantToken(app, ticket, in.AuthCorpID)
	if refused != nil {
		return nil, refused
	}
	return map[string]any{"access_token": token, "expires_in": int64(tokenLifetime / time.Second)}, nil
}

// grantToken hands out a new token each time, as the service does; those before
// it stay good. corpID is empty for a token of the suite itself.
func (s *Server) grantToken(app *company.Suite, ticket, corpID string) (string, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if latest := s.suites.tickets[app.SuiteKey]; !app.Custom && (latest == "" || ticket != latest) {
		return "", refuse("invalidSuiteTicket", errcodeBadSuiteTicket, "suiteTicket无效")
	}
	if corpID != "" && !slices.Contains(app.CorpIDs, corpID) {
		return "", refuse("invalidAuthInfo", errcodeNotAuthorized, "授权关系不存在")
	}
	token := strings.ReplaceAll(newUUID(), "-", "")
	s.suites.grants[token] = grant{app, corpID, s.Now().Add(tokenLifetime)}
	s.touch(kindMeta, "")
	return token, nil
}

// granted finds a suite's token that is still good. The caller holds s.mu.
func (s *Server) granted(token string) (grant, bool) {
	g, ok := s.suites.grants[token]
	return g, ok && s.Now().Before(g.expires)
}

// SuiteClient is a ready suite on the emulator's clock and memory transport, as
// [Server.Client] is a client. Tickets that are nil are kept in memory.
func (s *Server) SuiteClient(suiteKey string, tickets dingoa.TicketStore, opts ...dingoa.Option) (*dingoa.Suite, error) {
	app := s.suites.apps[suiteKey]
	if app == nil {
		return nil, fmt.Errorf("emulator: there is no suite %q; give it with WithSuite", suiteKey)
	}
	own := []dingoa.Option{dingoa.WithHTTPClient(s.HTTPClient()), dingoa.WithClock(s.ClientTime)}
	return dingoa.NewSuite(app.SuiteKey, app.SuiteSecret, tickets, append(own, opts...)...)
}
