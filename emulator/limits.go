package emulator

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/internal/spec"
)

// calls counts what is limited.
type calls struct {
	second int64          // of the clock, since 1970
	recent map[string]int // within it, by app, company and operation
	month  string
	total  map[string]int // within it, by company
}

// checkLimits refuses what the app of the token may not do.
func (s *Server) checkLimits(c *call) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	limits, app, corpID := s.company.app.Limits, s.company.app.AppKey, s.company.app.CorpID
	throttled := fault.QPS()
	if g, ok := s.granted(c.token()); ok {
		limits, app, corpID = g.suite.Limits, g.suite.SuiteKey, g.corpID
		throttled.Code, throttled.LegacyCode = "Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi", errcodeSuiteThrottled
	}
	switch {
	case len(limits.IPs) > 0 && !slices.Contains(limits.IPs, c.ip()):
		f := fault.IPNotAllowed()
		f.Message = "访问ip不在白名单之中,request ip=" + c.ip()
		return refusalOf(f)
	case limits.Permissions != nil && !slices.Contains(limits.Permissions, c.permission()) && c.permission() != "":
		return errNoPermission(c.permission(), c.legacy && strings.HasPrefix(c.r.URL.Path, "/topapi/"))
	case limits.QPS > 0 && s.calls.inSecond(s.Now(), app+" "+corpID+" "+c.operation) > limits.QPS:
		return refusalOf(throttled)
	case limits.MonthlyCalls > 0 && s.inMonth(corpID) > limits.MonthlyCalls:
		return refusalOf(fault.Quota())
	}
	return nil
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
