package dingoa_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/operation"
)

const (
	suiteKey    = "suite4xxxxxx"
	suiteSecret = "SECRET-suite-secret"
	suiteTicket = "SECRET-ticket-1"
)

// suitePlatform plays both gateways for a suite: every token request gets a new
// token, which names the company.
type suitePlatform struct {
	mu       sync.Mutex
	requests []sent
	slow     string        // the company whose token takes an hour
	lifetime time.Duration // of tokens
	ticket   string        // the one that is right; empty takes any
	numbers  atomic.Int64
}

func (p *suitePlatform) RoundTrip(r *http.Request) (*http.Response, error) {
	var text []byte
	if r.Body != nil {
		var err error
		if text, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	body := map[string]any{}
	_ = json.Unmarshal(text, &body) // none in a GET
	p.mu.Lock()
	p.requests = append(p.requests, sent{r.Method, r.URL.Host, r.URL.Path, r.URL.Query(), r.Header, string(text), time.Now()})
	p.mu.Unlock()
	corp, _ := body["authCorpId"].(string)
	if corp == "" {
		corp, _ = body["auth_corpid"].(string)
	}
	switch r.URL.Path {
	case "/v1.0/oauth2/corpAccessToken", "/v1.0/oauth2/suiteAccessToken", "/service/get_corp_token", "/service/get_suite_token":
	default:
		return answer(200, `{"errcode":0,"instanceId":"i","result":{"status":"RUNNING"},"process_instance":{"status":"RUNNING"},"success":true}`)(r)
	}
	if corp != "" && corp == p.slow {
		return after(time.Hour, answer(200, "{}"))(r)
	}
	if p.ticket != "" && body["suiteTicket"] != p.ticket {
		return answer(400, `{"code":"invalidSuiteTicket","message":"suiteTicket无效"}`)(r)
	}
	token := fmt.Sprintf("SECRET-%s-%d", corp, p.numbers.Add(1))
	seconds := int(max(p.lifetime, 2*time.Hour) / time.Second)
	form := `{"accessToken":%q,"expireIn":%d}`
	switch r.URL.Path {
	case "/service/get_corp_token":
		form = `{"errcode":0,"errmsg":"ok","access_token":%q,"expires_in":%d}`
	case "/service/get_suite_token":
		form = `{"errcode":0,"errmsg":"ok","suite_access_token":%q,"expires_in":%d}`
	}
	return answer(200, fmt.Sprintf(form, token, seconds))(r)
}

// sent are the requests so far to a path, all when it is empty.
func (p *suitePlatform) sent(path string) []sent {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []sent
	for _, r := range p.requests {
		if path == "" || r.Path == path {
			found = append(found, r)
		}
	}
	return found
}

func (p *suitePlatform) suite(tb testing.TB, tickets dingoa.TicketStore, opts ...dingoa.Option) *dingoa.Suite {
	tb.Helper()
	s, err := dingoa.NewSuite(suiteKey, suiteSecret, tickets, append([]dingoa.Option{dingoa.WithHTTPClient(&http.Client{Transport: p})}, opts...)...)
	require.NoError(tb, err)
	return s
}

func corpClient(tb testing.TB, s *dingoa.Suite, corpID string) *dingoa.Client {
	tb.Helper()
	c, err := s.Client(corpID)
	require.NoError(tb, err)
	return c
}

const corpTokenPath = "/v1.0/oauth2/corpAccessToken"

func TestSuiteClientPerCompany(t *testing.T) {
	t.Parallel()
	p := &suitePlatform{}
	s := p.suite(t, dingoa.StaticTicket(suiteTicket))
	for range 2 {
		for _, corp := range []string{"ding1", "ding2"} {
			require.NoError(t, get(t.Context(), corpClient(t, s, corp)))
		}
	}
	first := corpClient(t, s, "ding1")
	require.Same(t, first, corpClient(t, s, "ding1"))
	tokens := p.sent(corpTokenPath)
	require.Len(t, tokens, 2, "one for each company")
	require.Equal(t, http.MethodPost, tokens[0].Method)
	require.JSONEq(t, `{"suiteKey":"suite4xxxxxx","suiteSecret":"SECRET-suite-secret","authCorpId":"ding1","suiteTicket":"SECRET-ticket-1"}`, tokens[0].Body)
	require.Empty(t, tokens[0].Query)
	require.Empty(t, tokens[0].Header.Get(tokenHeader))
	var used []string
	for _, r := range p.sent("/v1.0/workflow/processInstances") {
		used = append(used, r.Header.Get(tokenHeader))
	}
	require.Equal(t, []string{"SECRET-ding1-1", "SECRET-ding2-2", "SECRET-ding1-1", "SECRET-ding2-2"}, used)

	s.Forget("ding1")
	require.NoError(t, get(t.Context(), corpClient(t, s, "ding1")))
	_, err := s.Client(" ")
	require.ErrorContains(t, err, "corpId")
}

func TestSuiteOwnToken(t *testing.T) {
	t.Parallel()
	p := &suitePlatform{}
	s := p.suite(t, dingoa.StaticTicket(suiteTicket))
	require.NoError(t, s.SuiteClient().Call(t.Context(), operation.CleanProcessData, map[string]string{"processCode": "P", "corpId": "ding1"}, nil))
	require.JSONEq(t, `{"suiteKey":"suite4xxxxxx","suiteSecret":"SECRET-suite-secret","suiteTicket":"SECRET-ticket-1"}`,
		p.sent("/v1.0/oauth2/suiteAccessToken")[0].Body)
	require.Equal(t, "SECRET--1", p.sent("/v1.0/workflow/processes/clean")[0].Header.Get(tokenHeader))

	old := p.suite(t, dingoa.StaticTicket(suiteTicket), dingoa.WithLegacyGateway())
	require.NoError(t, old.SuiteClient().Call(t.Context(), operation.CleanProcessData, map[string]string{"process_code": "P", "corpid": "ding1"}, nil))
	require.JSONEq(t, `{"suite_key":"suite4xxxxxx","suite_secret":"SECRET-suite-secret","suite_ticket":"SECRET-ticket-1"}`,
		p.sent("/service/get_suite_token")[0].Body)
	require.Equal(t, url.Values{"suite_access_token": {"SECRET--2"}}, p.sent("/topapi/process/clean")[0].Query)
}

func TestSuiteOnTheOlderGateway(t *testing.T) {
	t.Parallel()
	p := &suitePlatform{}
	at := time.UnixMilli(1527130370219)
	const ticket = "any text+of/mine"
	s := p.suite(t, dingoa.StaticTicket(ticket), dingoa.WithLegacyGateway(), dingoa.WithClock(func() time.Time { return at }))
	require.NoError(t, get(t.Context(), corpClient(t, s, "ding1")))

	tokens := p.sent("/service/get_corp_token")
	require.Len(t, tokens, 1)
	mac := hmac.New(sha256.New, []byte(suiteSecret))
	mac.Write([]byte("1527130370219\n" + ticket))
	require.Equal(t, url.Values{
		"accessKey": {suiteKey}, "timestamp": {"1527130370219"}, "suiteTicket": {ticket},
		"signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}, tokens[0].Query)
	require.JSONEq(t, `{"auth_corpid":"ding1"}`, tokens[0].Body)
	require.Equal(t, "SECRET-ding1-1", p.sent("/topapi/processinstance/get")[0].Query.Get("access_token"))
}

// TestMissingTicket: nothing is sent, and the error says how to get one.
func TestMissingTicket(t *testing.T) {
	t.Parallel()
	p := &suitePlatform{}
	for _, opts := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
		s := p.suite(t, nil, opts...)
		err := get(t.Context(), corpClient(t, s, "ding1"))
		require.ErrorIs(t, err, dingoa.ErrUnauthorized)
		require.Equal(t, "GetCorpAccessToken", asError(t, err).Op)
		require.Contains(t, err.Error(), "no suite ticket has arrived yet")
		require.Contains(t, err.Error(), "wait for the suite_ticket push, about every 5 hours")
		require.Contains(t, err.Error(), "重新推送")
		require.Contains(t, err.Error(), "nothing was sent")
	}
	require.Empty(t, p.sent(""))
}

func TestSuiteErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for code, advice := range map[string]string{
		"invalidSuiteTicket": "wait for the suite_ticket push",
		"invalidAuthInfo":    "has not authorised",
		"invalidSuiteKey":    "check AppKey",
	} {
		dt := newDingTalk(answer(200, instance))
		dt.token = func(int) httpmock.Responder { return answer(400, `{"code":"`+code+`","message":"no"}`) }
		s, err := dingoa.NewSuite(suiteKey, suiteSecret, dingoa.StaticTicket(suiteTicket), dingoa.WithHTTPClient(&http.Client{Transport: dt}))
		require.NoError(t, err)
		err = get(t.Context(), corpClient(t, s, "ding1"))
		require.ErrorIs(t, err, dingoa.ErrUnauthorized)
		require.Equal(t, code, asError(t, err).Code)
		require.Contains(t, err.Error(), advice)
		require.Len(t, dt.tokenRequests(), 1)
	}
}

// TestTicketsArrive by push and by stream, in any order.
func TestTicketsArrive(t *testing.T) {
	t.Parallel()
	push := func(key, ticket string, at time.Time) string {
		return fmt.Sprintf(`{"EventType":"suite_ticket","SuiteKey":%q,"SuiteTicket":%q,"TimeStamp":%d}`, key, ticket, at.UnixMilli())
	}
	stream := func(ticket string, at time.Time) string {
		return fmt.Sprintf(`{"eventType":"suite_ticket","eventBornTime":%d,"data":{"suiteTicket":%q}}`, at.UnixMilli(), ticket)
	}
	now := time.Now()
	for name, tc := range map[string]struct {
		events []string
		want   string
	}{
		"push":                {[]string{push(suiteKey, "one", now)}, "one"},
		"stream":              {[]string{stream("one", now)}, "one"},
		"the later one":       {[]string{push(suiteKey, "one", now), stream("two", now.Add(time.Hour))}, "two"},
		"the older one late":  {[]string{push(suiteKey, "two", now.Add(time.Hour)), push(suiteKey, "one", now)}, "two"},
		"without a time":      {[]string{push(suiteKey, "two", now), `{"EventType":"suite_ticket","SuiteTicket":"one"}`}, "one"},
		"of another suite":    {[]string{push("suite-other", "two", now)}, ""},
		"a sync row":          {[]string{`{"syncAction":"suite_ticket","suiteTicket":"one","eventId":"1"}`}, "one"},
		"a sync push":         {[]string{syncPush("one")}, "one"},
		"a sync push, object": {[]string{`{"EventType":"SYNC_HTTP_PUSH_HIGH","bizData":[{"biz_type":2,"biz_data":{"syncAction":"suite_ticket","suiteTicket":"one"}}]}`}, "one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tickets := dingoa.NewMemoryTicketStore()
			s := (&suitePlatform{}).suite(t, tickets)
			mine := 0
			d, err := event.NewDispatcher(event.On(s.KeepTicket), event.OnType("suite_ticket", func(context.Context, *event.Event) error {
				mine++
				return nil
			}))
			require.NoError(t, err)
			for _, message := range tc.events {
				e, err := event.Parse([]byte(message))
				require.NoError(t, err)
				require.NoError(t, d.Dispatch(t.Context(), e))
			}
			held, err := tickets.Load(t.Context(), suiteKey)
			require.NoError(t, err)
			require.Equal(t, tc.want, held.Value)
			require.Equal(t, len(tc.events), mine)
		})
	}
}

func syncPush(ticket string) string {
	return `{"EventType":"SYNC_HTTP_PUSH_HIGH","bizData":[
		{"corp_id":"ding1","biz_type":4,"biz_data":"{\"syncAction\":\"org_suite_relieve\"}"},
		{"corp_id":"ding1","biz_type":2,"biz_data":"{\"eventId\":\"1\",\"syncAction\":\"suite_ticket\",\"suiteTicket\":\"` + ticket + `\"}"}
	]}`
}

func TestTicketsThatCannotBeKept(t *testing.T) {
	t.Parallel()
	s := (&suitePlatform{}).suite(t, failingTickets{})
	d, err := event.NewDispatcher(event.On(s.KeepTicket))
	require.NoError(t, err)
	for _, message := range []string{
		`{"EventType":"suite_ticket","SuiteTicket":"SECRET-ticket-1"}`,
		`{"EventType":"suite_ticket"}`,
		syncPush("SECRET-ticket-1"),
	} {
		e, err := event.Parse([]byte(message))
		require.NoError(t, err)
		err = d.Dispatch(t.Context(), e)
		require.Error(t, err, "DingTalk has to deliver it again")
		requireSecretless(t, err)
	}
	require.Error(t, s.SetTicket(t.Context(), suiteTicket))
	require.Error(t, s.SetTicket(t.Context(), ""))
	err = get(t.Context(), corpClient(t, s, "ding1"))
	require.ErrorContains(t, err, "the suite ticket could not be loaded: no database")
}

type failingTickets struct{}

func (failingTickets) Load(context.Context, string) (dingoa.Ticket, error) {
	return dingoa.Ticket{}, errors.New("no database")
}

func (failingTickets) Save(_ context.Context, _ string, ticket dingoa.Ticket) error {
	return errors.New("no room for " + ticket.Value)
}

// TestSetTicket gives a suite its ticket, which the next call uses.
func TestSetTicket(t *testing.T) {
	t.Parallel()
	p := &suitePlatform{ticket: suiteTicket}
	s := p.suite(t, nil)
	require.NoError(t, s.SetTicket(t.Context(), "old"))
	err := get(t.Context(), corpClient(t, s, "ding1"))
	require.ErrorIs(t, err, dingoa.ErrUnauthorized)
	require.Equal(t, "invalidSuiteTicket", asError(t, err).Code)
	require.NoError(t, s.SetTicket(t.Context(), suiteTicket))
	require.NoError(t, get(t.Context(), corpClient(t, s, "ding1")))
}

// TestCompaniesDoNotWaitForEachOther: one whose token hangs delays nobody.
func TestCompaniesDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &suitePlatform{slow: "ding-slow"}
		s := p.suite(t, dingoa.StaticTicket(suiteTicket))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var hanging sync.WaitGroup
		for range 20 {
			hanging.Go(func() {
				c, err := s.Client("ding-slow")
				if err == nil {
					err = get(ctx, c)
				}
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("want the deadline, got %v", err)
				}
			})
		}
		synctest.Wait()
		begun := time.Now()
		var others sync.WaitGroup
		for i := range 100 {
			others.Go(func() {
				c, err := s.Client("ding" + strconv.Itoa(i%10))
				if err == nil {
					err = get(ctx, c)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		others.Wait()
		require.Zero(t, time.Since(begun), "no time passes on the bubble's clock")
		hanging.Wait()
		require.Len(t, p.sent(corpTokenPath), 11, "one flight for each company")
		synctest.Wait()
		pass(time.Minute) // the flight of the slow one ends
	})
}

// TestSuiteTokenStore keeps a token for each company under a key of its own.
func TestSuiteTokenStore(t *testing.T) {
	t.Parallel()
	store := dingoa.NewMemoryTokenStore()
	p := &suitePlatform{}
	for range 2 { // as two processes
		s := p.suite(t, dingoa.StaticTicket(suiteTicket), dingoa.WithTokenStore(store))
		for _, corp := range []string{"ding1", "ding2"} {
			require.NoError(t, get(t.Context(), corpClient(t, s, corp)))
		}
		require.NoError(t, s.SuiteClient().Call(t.Context(), operation.CleanProcessData, nil, nil))
	}
	require.Len(t, p.sent(corpTokenPath), 2)
	require.Len(t, p.sent("/v1.0/oauth2/suiteAccessToken"), 1)
	held, err := store.Load(t.Context(), "https://api.dingtalk.com suite4xxxxxx ding1")
	require.NoError(t, err)
	require.Equal(t, "SECRET-ding1-1", held.Value)
}

func TestSuiteClientWithOptions(t *testing.T) {
	t.Parallel()
	p := &suitePlatform{}
	s := p.suite(t, dingoa.StaticTicket(suiteTicket))
	c, err := corpClient(t, s, "ding1").With(dingoa.WithAgentID(7))
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), c))
	require.Contains(t, p.sent("/v1.0/workflow/processInstances")[0].Body, `"microappAgentId":7`)
	require.Contains(t, p.sent(corpTokenPath)[0].Body, `"authCorpId":"ding1"`)
}

func TestNewSuiteRefuses(t *testing.T) {
	t.Parallel()
	for want, call := range map[string]func() (*dingoa.Suite, error){
		"SuiteKey and SuiteSecret are required": func() (*dingoa.Suite, error) { return dingoa.NewSuite(" ", suiteSecret, nil) },
		"SuiteSecret are required":              func() (*dingoa.Suite, error) { return dingoa.NewSuite(suiteKey, "", nil) },
		"call Suite.Client": func() (*dingoa.Suite, error) {
			return dingoa.NewSuite(suiteKey, suiteSecret, nil, dingoa.WithCorpID("ding1"))
		},
		"the same token": func() (*dingoa.Suite, error) {
			return dingoa.NewSuite(suiteKey, suiteSecret, nil, dingoa.WithTokenSource(dingoa.StaticToken("t")))
		},
		"negative": func() (*dingoa.Suite, error) {
			return dingoa.NewSuite(suiteKey, suiteSecret, nil, dingoa.WithMaxRetries(-1))
		},
	} {
		_, err := call()
		require.ErrorContains(t, err, want)
		requireSecretless(t, err)
	}
}

func TestSuitePrintsNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &suitePlatform{}
		tickets := dingoa.NewMemoryTicketStore()
		s := p.suite(t, tickets)
		require.NoError(t, s.SetTicket(t.Context(), suiteTicket))
		c := corpClient(t, s, "ding1")
		require.NoError(t, get(t.Context(), c))
		synctest.Wait() // printing reads what the fetch has written
		ticket := dingoa.Ticket{Value: suiteTicket, IssuedAt: time.Now()}
		for _, v := range []any{s, c, *c, s.SuiteClient(), ticket, &ticket, dingoa.StaticTicket(suiteTicket)} {
			requireSecretless(t, v)
		}
		require.Contains(t, s.String(), suiteKey)
		for _, text := range []string{fmt.Sprintf("%+v", tickets), fmt.Sprintf("%#v", tickets), fmt.Sprint([]dingoa.Ticket{ticket})} {
			require.NotContains(t, text, "SECRET")
		}
	})
}

// TestSuiteErrorsPrintNoSecret: the ticket, the secret and the signature are in
// the query of the older gateway, and replies may repeat them.
func TestSuiteErrorsPrintNoSecret(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{
		"echo":      `{"errcode":853004,"errmsg":"SECRET-ticket-1 SECRET-suite-secret","code":"x","message":"SECRET-ticket-1 SECRET-suite-secret"}`,
		"HTML":      `<html>POST /service/get_corp_token?signature=SECRET&suiteTicket=SECRET-ticket-1 {"suiteSecret":"SECRET-suite-secret"}`,
		"bad token": `{"errcode":0,"access_token":["SECRET-token"],"accessToken":["SECRET-token"]}`,
		"permanent": `{"permanent_code":"SECRET-permanent","authCode":"SECRET-code"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, opts := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
				dt := newDingTalk(answer(502, reply))
				dt.token = func(int) httpmock.Responder { return answer(502, reply) }
				s, err := dingoa.NewSuite(suiteKey, suiteSecret, dingoa.StaticTicket(suiteTicket),
					append(opts, dingoa.WithMaxRetries(0), dingoa.WithHTTPClient(&http.Client{Transport: dt}))...)
				require.NoError(t, err)
				err = get(t.Context(), corpClient(t, s, "ding1"))
				require.Error(t, err)
				requireSecretless(t, err)
			}
		})
	}
}
