package dingoa

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/redact"
	"github.com/dingoa/dingoa/internal/wire"
)

// What the words of a failed reply tell besides its code.

// errorCase is a reply whose code means something else in it, see api/errors.yaml.
type errorCase struct {
	message string   // is part of the reply's; empty is any
	ops     []string // IDs; empty is any
	kind    error    // nil is that of the code
	advice  advice
}

// advice says what to do about a failure, see api/errors.yaml.
type advice struct{ english, chinese string }

// of puts what the error knows into the advice.
func (a advice) of(args ...any) advice {
	return advice{fmt.Sprintf(a.english, args...), fmt.Sprintf(a.chinese, args...)}
}

// special returns the case that fits, of the sub-code before the code.
func (e *Error) special() (errorCase, bool) {
	for _, code := range []string{e.SubCode, e.Code} {
		for _, c := range casesOf(code) {
			if strings.Contains(e.Message, c.message) && (len(c.ops) == 0 || slices.Contains(c.ops, e.Op)) {
				return c, true
			}
		}
	}
	return errorCase{}, false
}

// adviceOnTickets is for a suite that has none yet.
func adviceOnTickets() advice {
	for _, c := range casesOf("invalidSuiteTicket") {
		return c.advice
	}
	return advice{}
}

// classify sets the kind of a reply, and what its message says besides.
func (e *Error) classify(now time.Time) {
	if e.Code == "88" && e.SubCode == "" {
		if m := subCodeIn.FindStringSubmatch(e.Message); m != nil {
			e.SubCode = m[1]
		}
	}
	if c, found := e.special(); found && c.kind != nil {
		e.Kind = c.kind
	} else {
		e.Kind = kindOf(e.Code, e.SubCode, e.HTTPStatus)
	}
	if len(e.Scopes) == 0 {
		e.Scopes = scopesIn(e.Message)
	}
	if e.RetryAfter == 0 && errors.Is(e.Kind, ErrRateLimited) {
		e.RetryAfter = pauseIn(e.Message, now)
	}
}

var (
	subCodeIn = regexp.MustCompile(`(?i)\bsub_?code\s*=\s*([\w.-]+)`)
	scopeList = regexp.MustCompile(`(?:requiredScopes\s*=\s*|所需的权限\s*[：:]\s*)\[([^\]]*)\]`)
	applyLink = regexp.MustCompile(`https://open-dev\.dingtalk\.com/[!-~]+`)
	pauseEnd  = regexp.MustCompile(`(?:限制|处罚)将在\s*(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)`)
	pauseFrom = regexp.MustCompile(`到\s*(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)`)
)

// scopesIn finds permissions that stand in the message only.
func scopesIn(message string) []string {
	var scopes []string
	for _, m := range scopeList.FindAllStringSubmatch(message, -1) {
		for scope := range strings.SplitSeq(m[1], ",") {
			if scope = strings.Trim(scope, " \"'"); scope != "" && !slices.Contains(scopes, scope) {
				scopes = append(scopes, scope)
			}
		}
	}
	return scopes
}

// maxPause bounds a wait that a message asks for without telling when it was
// written: this machine's clock may be wrong by hours.
const maxPause = 10 * time.Minute

// pauseIn is how long a refusal such as "从 … 到 … 请求总次数超过 …, 限制将在 … 结束"
// goes on: until that China time by this machine's clock, but no longer than from
// the time that the message itself tells as the last that it counted.
func pauseIn(message string, now time.Time) time.Duration {
	at := func(pattern *regexp.Regexp) (time.Time, bool) {
		m := pattern.FindStringSubmatch(message)
		if m == nil {
			return time.Time{}, false
		}
		return wire.ParseTime(m[1])
	}
	end, found := at(pauseEnd)
	if !found {
		return 0
	}
	most := maxPause
	if counted, found := at(pauseFrom); found {
		most = max(0, end.Sub(counted))
	}
	return min(max(0, end.Sub(now)), most)
}

// addressIn finds the address that DingTalk saw, which it names in its message.
func addressIn(message string) string {
	for _, word := range strings.FieldsFunc(message, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF.:", r) }) {
		if addr, err := netip.ParseAddr(strings.Trim(word, ".:")); err == nil {
			return addr.String()
		}
	}
	return ""
}

// kindOf classifies a reply by its codes, then by its HTTP status.
func kindOf(code, subCode string, status int) error {
	for _, c := range []string{subCode, code} {
		if c == "" {
			continue
		}
		if kind := cmp.Or(kindOfCode(c), kindOfFamily(c)); kind != nil {
			return kind
		}
	}
	switch {
	case status == 400:
		return ErrInvalidArgument
	case status == 401:
		return ErrUnauthorized
	case status == 403:
		return ErrPermission
	case status == 404:
		return ErrNotFound
	case status == 409:
		return ErrConflict
	case status == 429:
		return ErrRateLimited
	case status >= 500:
		return ErrServer
	}
	return nil
}

// kindOfFamily is the kind of a code that is in no list but is built like those that
// are: by its first word, or by the hundreds that the page of global error codes groups
// the older gateway's by.
func kindOfFamily(code string) error {
	for _, family := range []struct {
		prefix string
		kind   error
	}{
		{"Forbidden.AccessDenied.Q", ErrRateLimited}, // QpsLimit…, QpmLimit…
		{"Forbidden.AccessDenied.", ErrPermission},
		{"AuthenticationFailed.", ErrUnauthorized},
		{"Throttling", ErrRateLimited},
	} {
		if strings.HasPrefix(code, family.prefix) {
			return family.kind
		}
	}
	if len(code) != 5 {
		return nil
	}
	switch code[:3] {
	case "400", "430", "440", "470": // not as it should be
		return ErrInvalidArgument
	case "420": // expired
		return ErrUnauthorized
	case "900": // too many calls
		return ErrRateLimited
	}
	return nil
}

// usersIn names the users of a request, for a reply that says that one of them
// does not exist.
func usersIn(body []byte, query url.Values) string {
	var found []string
	add := func(name, value string) {
		entry := redact.Text(fmt.Sprintf("%s %q", name, value), maxErrorName)
		if value != "" && len(found) < 8 && !slices.Contains(found, entry) {
			found = append(found, entry)
		}
	}
	for name, values := range query {
		if namesUsers(name) {
			add(name, strings.Join(values, ","))
		}
	}
	slices.Sort(found)
	walkJSON(body, "", add)
	return strings.Join(found, ", ")
}

// namesUsers reports whether a field of a request holds userIds.
func namesUsers(name string) bool {
	switch name = strings.ToLower(strings.ReplaceAll(name, "_", "")); name {
	case "cclist", "approvers", "notifiers", "originator":
		return true
	}
	return strings.HasSuffix(name, "userid") || strings.HasSuffix(name, "userids") || strings.HasSuffix(name, "useridlist")
}

// walkJSON tells the texts below members that name users; what a form holds is
// left alone.
func walkJSON(data []byte, name string, tell func(name, value string)) {
	switch data = bytes.TrimSpace(data); {
	case bytes.HasPrefix(data, []byte("{")):
		for key, value := range wire.Members(data) {
			member := string(key)
			if !strings.Contains(strings.ToLower(member), "form") {
				walkJSON(value, member, tell)
			}
		}
	case bytes.HasPrefix(data, []byte("[")):
		var items []json.RawMessage
		if json.Unmarshal(data, &items) != nil {
			return
		}
		for i, item := range items {
			walkJSON(item, name+"["+strconv.Itoa(i)+"]", tell)
		}
	default:
		base, _, _ := strings.Cut(name, "[")
		if namesUsers(base) {
			tell(name, scalar(json.RawMessage(data)))
		}
	}
}
