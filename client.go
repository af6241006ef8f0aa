package dingoa

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/dingoa/dingoa/internal/redirect"
)

// Client calls DingTalk OA approval as one app, for one company. It is immutable
// and safe for concurrent use; make one and keep it.
type Client struct {
	// Instances starts, reads, lists and revokes approvals (审批实例).
	Instances *InstanceService
	// Tasks decides and forwards the tasks (审批任务) of approvals.
	Tasks *TaskService
	// Templates creates and reads approval forms (审批表单模板).
	Templates *TemplateService
	// Files handles attachments and their drive space (审批附件).
	Files *FileService
	// Center brings approvals of your own system into DingTalk (流程中心).
	Center *CenterService
	// Premium has what needs OA premium (OA 高级版).
	Premium *PremiumService
	// DataForms keeps data forms (数据表单).
	DataForms *DataFormService
	// Callbacks registers callbacks (事件回调) and reads the pushes that failed.
	Callbacks *CallbackService
	// Streams opens connections of stream mode (Stream 模式), for package stream.
	Streams *StreamService

	cfg     *config
	resty   *resty.Client
	timeout time.Duration // of one attempt
	tokens  *tokenCache
	clock   *serverClock
}

// service holds the client that all services share.
type service struct{ c *Client }

// New returns a client for the app with the given AppKey and AppSecret, also
// shown as Client ID and Client Secret in the developer console
// (开发者后台 → 应用详情 → 凭证与基础信息). Blanks around them, as copying leaves
// them, are refused. Nothing is sent before the first call.
func New(appKey, appSecret string, opts ...Option) (*Client, error) {
	return newClient(defaultConfig(appKey, appSecret), opts)
}

// With returns a client that differs from c by opts. Both share the token store,
// the count of calls and the pause of [WithPauseAfterBan]; a hook is added to
// those of c.
func (c *Client) With(opts ...Option) (*Client, error) { return newClient(*c.cfg, opts) }

func newClient(cfg config, opts []Option) (*Client, error) {
	if err := cfg.apply(opts); err != nil {
		return nil, err
	}
	return assemble(&cfg, newResty(cfg.httpClient)), nil
}

// forCorp is c for one company of a suite, over the same connections.
func (c *Client) forCorp(corpID string) *Client {
	cfg := *c.cfg
	cfg.corpID = corpID
	company := assemble(&cfg, c.resty)
	company.clock = c.clock
	return company
}

func assemble(cfg *config, r *resty.Client) *Client {
	c := &Client{cfg: cfg, resty: r, clock: new(serverClock)}
	c.timeout = cmp.Or(cfg.timeout, cfg.httpClient.Timeout, defaultTimeout)
	c.tokens = &tokenCache{source: cfg.tokenSource, now: cfg.now}
	if cfg.tokenSource == nil {
		c.tokens.source = c.ownTokenSource()
		c.tokens.store = cfg.tokenStore
		c.tokens.key = strings.Join([]string{cfg.gatewayURL(cfg.legacy), cfg.appKey, cfg.corpID}, " ")
	}
	c.Instances = &InstanceService{c}
	c.Tasks = &TaskService{c}
	c.Templates = &TemplateService{c}
	c.Files = &FileService{c}
	c.Center = &CenterService{c}
	c.Premium = &PremiumService{c}
	c.DataForms = &DataFormService{c}
	c.Callbacks = &CallbackService{c}
	c.Streams = &StreamService{c}
	return c
}

// ownTokenSource asks DingTalk, as the kind of app does it.
func (c *Client) ownTokenSource() TokenSource {
	switch {
	case c.cfg.tickets == nil:
		return appTokenSource{c}
	case c.cfg.corpID == "":
		return suiteTokenSource{c}
	}
	return corpTokenSource{c}
}

// newResty keeps resty to what it does well, building and sending one request.
// Its retry would repeat a POST after a broken connection, its decoding ignores
// replies that are not labelled as JSON, and its log prints addresses that hold
// tokens; none of the three is used.
func newResty(hc *http.Client) *resty.Client {
	copied := *hc
	copied.Timeout = 0 // applied to each attempt, through its context
	copied.CheckRedirect = redirect.Refuse
	return resty.NewWithClient(&copied).
		SetLogger(silentLogger{}).
		SetHeader("Accept", "application/json").
		SetHeader("Content-Type", "application/json").
		SetHeader("User-Agent", "dingoa-go")
}

// defaultTransport keeps more idle connections to the one host than the
// standard two. A replaced http.DefaultTransport is respected.
func defaultTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConnsPerHost = 64
	return transport
}

type silentLogger struct{}

func (silentLogger) Errorf(string, ...any) {}
func (silentLogger) Warnf(string, ...any)  {}
func (silentLogger) Debugf(string, ...any) {}

// host names the gateway in hooks.
func (c *config) host(legacy bool) string {
	_, host, _ := strings.Cut(c.gatewayURL(legacy), "://")
	host, _, _ = strings.Cut(host, "/")
	return host
}

func (c *config) gatewayURL(legacy bool) string {
	if legacy {
		return c.legacyBaseURL
	}
	return c.baseURL
}

// HTTPClient returns a copy of the HTTP client that calls go through, for what
// goes the same way beside them, such as the WebSocket of package stream.
func (c *Client) HTTPClient() *http.Client {
	hc := *c.cfg.httpClient
	return &hc
}

// CorpID returns the company that [WithCorpID] or [Suite.Client] named, or "".
func (c *Client) CorpID() string { return c.cfg.corpID }

// String names the app. A client never prints its secrets.
func (c *Client) String() string { return "dingoa.Client(" + c.cfg.appKey + ")" }

// GoString is String, for %#v.
func (c *Client) GoString() string { return c.String() }
