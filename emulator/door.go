package emulator

import (
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/internal/spec"
)

// The door of the gateways: what is refused whatever an operation does. First come
// token, address, permission and rates; OA premium comes after the fields were
// checked.

// admit refuses a call whose token is not good, or whose app may not make it.
func (s *Server) admit(c *call, h handler) *apiError {
	if h.token == noToken {
		return nil
	}
	token := c.token(h.token)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.tokenValid(token) {
		return errNoToken(token == "", c.wrapped())
	}
	return s.checkLimits(c, token)
}

// wrapped reports whether the older gateway wraps refusals of the call in the
// number 88: it does on the approval paths (/topapi/…), the others give theirs
// plainly.
func (c *call) wrapped() bool { return c.legacy && strings.HasPrefix(c.r.URL.Path, "/topapi/") }

// entitled refuses what needs OA premium to a company without it, with the status
// that the operation's table gives the code.
func (s *Server) entitled(c *call) *apiError {
	if !c.spec.Premium || s.premium.Load() {
		return nil
	}
	const code = "benefit.status.invalid"
	e := refuse(code, errcodeNoRight, "权益校验失败，未开通或过期")
	for _, known := range c.spec.Errors {
		if known.Code == code {
			e.status = known.HTTP
		}
	}
	return e
}

// tokenValid is called with s.mu held.
func (s *Server) tokenValid(token string) bool {
	if _, ok := s.granted(token); ok {
		return true
	}
	return token != "" && token == s.tokens.value && s.Now().Before(s.tokens.expires)
}

// token is where the gateway wants it, or in the parameter of the query. Tokens of
// one gateway work on the other.
func (c *call) token(parameter string) string {
	switch {
	case parameter != "":
		return c.query.Get(parameter)
	case c.legacy:
		return c.query.Get("access_token")
	}
	return c.r.Header.Get("x-acs-dingtalk-access-token")
}

// checkLimits refuses what the app of the token may not do.
func (s *Server) checkLimits(c *call, token string) *apiError {
	limits, app, corpID := s.company.app.Limits, s.company.app.AppKey, s.company.app.CorpID
	throttled := fault.QPS()
	if g, ok := s.granted(token); ok {
		limits, app, corpID = g.suite.Limits, g.suite.SuiteKey, g.corpID
		throttled.Code, throttled.LegacyCode = "Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi", errcodeSuiteThrottled
	}
	switch {
	case len(limits.IPs) > 0 && !slices.Contains(limits.IPs, c.ip()):
		f := fault.IPNotAllowed()
		f.Message = "访问ip不在白名单之中,request ip=" + c.ip()
		return refusalOf(f)
	case limits.Permissions != nil && !slices.Contains(limits.Permissions, c.permission()) && c.permission() != "":
		return errNoPermission(c.permission(), c.wrapped())
	case limits.QPS > 0 && s.calls.inSecond(s.Now(), app+" "+corpID+" "+c.operation) > limits.QPS:
		return refusalOf(throttled)
	case limits.MonthlyCalls > 0 && s.inMonth(corpID) > limits.MonthlyCalls:
		return refusalOf(fault.Quota())
	}
	return nil
}

// calls counts what is limited.
type calls struct {
	second int64          // of the clock, since 1970
	recent map[string]int // within it, by app, company and operation
	month  string
	total  map[string]int // within it, by company
}

func refusalOf(f fault.Fault) *apiError {
	return &apiError{status: f.Status, code: f.Code, errcode: f.LegacyCode, message: f.Message}
}

// errNoPermission names the missing point; on the older gateway the approval
// paths wrap the number in 88.
func errNoPermission(scope string, wrapped bool) *apiError {
	e := refuse("Forbidden.AccessDenied.AccessTokenPermissionDenied", errcodeNoRight, "应用尚未开通所需的权限：[%s]", scope)
	e.status, e.scopes = http.StatusForbidden, []string{scope}
	if wrapped {
		e.errcode, e.subCode = errcodeAuth, "60011"
	}
	return e
}

// permission is the point that the called operation needs, empty for none.
func (c *call) permission() string {
	if c.spec.Permission != "" {
		return c.spec.Permission
	}
	today, _ := spec.ByID(c.operation)
	return today.Permission
}

func (c *call) ip() string {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return c.r.RemoteAddr
	}
	return host
}

// inMonth counts a call of the month.
func (s *Server) inMonth(corpID string) int {
	s.touch(kindMeta, "")
	return s.calls.inMonth(s.Now(), corpID)
}

// inSecond counts a call and returns how many there were this second.
func (n *calls) inSecond(now time.Time, key string) int {
	if second := now.Unix(); second != n.second || n.recent == nil {
		n.second, n.recent = second, map[string]int{}
	}
	n.recent[key]++
	return n.recent[key]
}

// inMonth counts a call and returns how many there were this month, in China.
func (n *calls) inMonth(now time.Time, corpID string) int {
	if month := now.In(chinaTime()).Format("2006-01"); month != n.month || n.total == nil {
		n.month, n.total = month, map[string]int{}
	}
	n.total[corpID]++
	return n.total[corpID]
}

// errNoToken: today's gateway has one answer for a token that is missing,
// unknown or expired. On the older one the approval paths (/topapi/…) wrap the
// number in 88, the other paths give it plainly.
func errNoToken(missing, wrapped bool) *apiError {
	e := &apiError{status: http.StatusBadRequest, code: "InvalidAuthentication", errcode: errcodeBadToken, message: "不合法的access_token"}
	if missing {
		e.errcode = errcodeNoToken
	}
	if wrapped {
		e.subCode = strconv.Itoa(e.errcode)
		e.errcode = errcodeAuth
	}
	return e
}
