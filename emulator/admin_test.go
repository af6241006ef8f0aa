package emulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

const adminURL = "http://localhost/_emulator/"

// admin calls the admin API and wants an answer.
func admin(t *testing.T, s *emulator.Server, method, path string, in any) map[string]any {
	t.Helper()
	r := send(t, s, method, adminURL+path, in)
	require.Equal(t, 200, r.status, "%s %s: %s", method, path, r.body)
	return r.object
}

// adminRefused is the error that it answers, as "status code field".
func adminRefused(t *testing.T, s *emulator.Server, method, path string, in any) string {
	t.Helper()
	r := send(t, s, method, adminURL+path, in)
	require.GreaterOrEqual(t, r.status, 400, "%s %s: %s", method, path, r.body)
	require.NotEmpty(t, dig[string](t, r.object, "error", "message"))
	field, _ := dig[map[string]any](t, r.object, "error")["field"].(string)
	return strings.TrimSpace(http.StatusText(r.status) + " " + dig[string](t, r.object, "error", "code") + " " + field)
}

func adminServer(t *testing.T, opts ...emulator.Option) *emulator.Server {
	t.Helper()
	return newServer(t, append(opts, emulator.WithAdmin())...)
}

func leaveValues() []object {
	return []object{{"name": "请假类型", "value": "年假"}, {"name": "开始日期", "value": "2026-05-04"}, {"id": "NumberField-days", "value": "2"}}
}

func adminStart(t *testing.T, s *emulator.Server) string {
	t.Helper()
	return dig[string](t, admin(t, s, http.MethodPost, "instances", object{
		"processCode": company.DefaultProcessCode, "userId": "zhangsan", "values": leaveValues(),
	}), "id")
}

func TestAdminIsOff(t *testing.T) {
	t.Parallel()
	r := send(t, newServer(t), http.MethodGet, adminURL+"overview", nil)
	require.InDelta(t, 404, dig[float64](t, r.object, "errcode"), 0, "a path that nobody knows")
}

// An approval from its form to its end, as a console goes through it.
func TestAdminTakesAnApprovalThrough(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	form := admin(t, s, http.MethodGet, "forms/"+company.DefaultExpenseCode, nil)
	require.Equal(t, "金额", dig[string](t, form, "components", 0, "label"))
	require.True(t, dig[bool](t, form, "flow", 1, "selfSelect"))
	key := dig[string](t, form, "flow", 1, "actionerKey")

	in := admin(t, s, http.MethodPost, "instances", object{
		"processCode": company.DefaultExpenseCode, "userId": "zhangsan", "values": []object{{"name": "金额", "value": "12.50"}},
		"selected": object{key: []string{"zhaoliu"}},
	})
	id := dig[string](t, in, "id")
	require.Equal(t, "current", dig[string](t, in, "nodes", 0, "state"))
	require.Equal(t, "李四", dig[string](t, in, "waitsFor", 0, "name"))

	in = admin(t, s, http.MethodPost, "instances/"+id+"/redirect", object{"userId": "lisi", "toUserId": "wangwu", "remark": "请代办"})
	require.Equal(t, "REDIRECTED", dig[string](t, in, "nodes", 0, "tasks", 0, "result"))
	in = admin(t, s, http.MethodPost, "instances/"+id+"/add-sign", object{"userId": "wangwu", "userIds": []string{"qianqi"}, "before": true, "mode": "all"})
	require.Equal(t, "qianqi", dig[string](t, in, "waitsFor", 0, "userId"))
	admin(t, s, http.MethodPost, "instances/"+id+"/approve", object{"userId": "qianqi"})
	admin(t, s, http.MethodPost, "instances/"+id+"/approve", object{"userId": "wangwu"})
	in = admin(t, s, http.MethodPost, "instances/"+id+"/revert", object{"userId": "zhaoliu", "remark": "请补充"})
	require.Equal(t, "zhangsan", dig[string](t, in, "waitsFor", 0, "userId"))
	for user := "zhangsan"; user != "zhaoliu"; user = dig[string](t, in, "waitsFor", 0, "userId") {
		in = admin(t, s, http.MethodPost, "instances/"+id+"/approve", object{"userId": user})
	}
	admin(t, s, http.MethodPost, "instances/"+id+"/comment", object{"userId": "qianqi", "remark": "已阅"})
	in = admin(t, s, http.MethodPost, "instances/"+id+"/refuse", object{"userId": "zhaoliu", "remark": "太贵"})
	require.Equal(t, "refuse", dig[string](t, in, "result"))
	var kinds []string
	for i := range dig[[]any](t, in, "records") {
		kinds = append(kinds, dig[string](t, in, "records", i, "type"))
	}
	require.Subset(t, kinds, []string{"START_PROCESS_INSTANCE", "REDIRECT_TASK", "APPEND_TASK_BEFORE", "REDIRECT_PROCESS", "ADD_REMARK", "EXECUTE_TASK_NORMAL"})

	other := adminStart(t, s)
	require.Equal(t, "TERMINATED", dig[string](t, admin(t, s, http.MethodPost, "instances/"+other+"/terminate", object{"userId": "lisi"}), "status"))
}

func TestAdminRefusals(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	id := adminStart(t, s)
	at := "instances/" + id + "/"
	admin(t, s, http.MethodPost, at+"approve", object{"userId": "lisi"})
	before, _ := s.Instance(id)
	for name, tc := range map[string]struct {
		method, path string
		in           any
		want         string
	}{
		"deciding twice":      {"POST", at + "approve", object{"userId": "lisi"}, "Conflict noRunningTask userId"},
		"not one's turn":      {"POST", at + "approve", object{"userId": "zhaoliu"}, "Conflict noRunningTask userId"},
		"unknown user":        {"POST", at + "approve", object{"userId": "nobody"}, "Not Found userNotFound userId"},
		"no user":             {"POST", at + "approve", object{}, "Bad Request invalidField userId"},
		"unknown instance":    {"POST", "instances/x/approve", object{"userId": "lisi"}, "Not Found instanceNotFound id"},
		"unknown action":      {"POST", at + "eat", object{"userId": "lisi"}, "Not Found unknownAction"},
		"unknown task":        {"POST", at + "approve", object{"userId": "wangwu", "taskId": 1}, "Not Found taskNotFound taskId"},
		"redirect to nobody":  {"POST", at + "redirect", object{"userId": "wangwu", "toUserId": "nobody"}, "Not Found userNotFound toUserId"},
		"redirect to oneself": {"POST", at + "redirect", object{"userId": "wangwu", "toUserId": "wangwu"}, "Bad Request invalidField toUserId"},
		"add nobody":          {"POST", at + "add-sign", object{"userId": "wangwu"}, "Bad Request invalidField userIds"},
		"add oneself":         {"POST", at + "add-sign", object{"userId": "wangwu", "userIds": []string{"wangwu"}}, "Bad Request invalidField userIds[0]"},
		"add a stranger":      {"POST", at + "add-sign", object{"userId": "wangwu", "userIds": []string{"nobody"}}, "Not Found userNotFound userIds[0]"},
		"add in no mode":      {"POST", at + "add-sign", object{"userId": "wangwu", "userIds": []string{"lisi"}, "mode": "x"}, "Bad Request invalidField mode"},
		"back to nowhere":     {"POST", at + "revert", object{"userId": "wangwu", "activityId": "x"}, "Bad Request invalidField activityId"},
		"no comment":          {"POST", at + "comment", object{"userId": "wangwu"}, "Bad Request invalidField remark"},
		"unknown field":       {"POST", at + "approve", object{"userId": "wangwu", "remrk": "x"}, "Bad Request invalidField remrk"},
		"wrong type":          {"POST", at + "approve", object{"userId": 5}, "Bad Request invalidField userId"},
		"no JSON":             {"POST", at + "approve", "{", "Bad Request invalidField body"},
		"a list":              {"POST", at + "approve", "[]", "Bad Request invalidField body"},
		"two objects":         {"POST", at + "approve", `{"userId":"wangwu"} {}`, "Bad Request invalidField body"},
		"start by nobody":     {"POST", "instances", object{"processCode": company.DefaultProcessCode, "userId": "nobody"}, "Not Found userNotFound userId"},
		"start of nothing":    {"POST", "instances", object{"processCode": "x", "userId": "lisi"}, "Not Found formNotFound processCode"},
		"start without value": {"POST", "instances", object{"processCode": company.DefaultProcessCode, "userId": "lisi"}, "Bad Request formConverterError 请假类型"},
		"unknown form":        {"GET", "forms/x", nil, "Not Found formNotFound id"},
		"unknown push":        {"GET", "pushes/x", nil, "Not Found pushNotFound id"},
		"lose nothing":        {"POST", "pushes/x/lose", nil, "Not Found pushNotFound id"},
		"resend nothing":      {"POST", "pushes/x/resend", nil, "Not Found pushNotFound id"},
		"page of nothing":     {"GET", "instances?limit=0", nil, "Bad Request invalidField limit"},
		"huge page":           {"GET", "instances?limit=201", nil, "Bad Request invalidField limit"},
		"page before":         {"GET", "pushes?offset=-1", nil, "Bad Request invalidField offset"},
		"page of letters":     {"GET", "requests?offset=x", nil, "Bad Request invalidField offset"},
		"callback to nowhere": {"PUT", "callback", object{}, "Bad Request invalidField url"},
		"callback's address":  {"PUT", "callback", object{"url": "x"}, "Bad Request invalidField"},
		"fault of nothing":    {"POST", "faults", object{}, "Bad Request invalidField"},
		"fault preset":        {"POST", "faults", object{"preset": "x"}, "Bad Request invalidField preset"},
		"fault operation":     {"POST", "faults", object{"preset": "qps", "operation": "x"}, "Bad Request invalidField operation"},
		"fault delay":         {"POST", "faults", object{"delay": "soon"}, "Bad Request invalidField delay"},
		"fault share":         {"POST", "faults", object{"preset": "qps", "share": 1.5}, "Bad Request invalidField share"},
		"fault times":         {"POST", "faults", object{"preset": "qps", "times": -1}, "Bad Request invalidField times"},
		"fault status":        {"POST", "faults", object{"status": 99}, "Bad Request invalidField status"},
		"unknown fault":       {"DELETE", "faults/9", nil, "Not Found faultNotFound id"},
		"time back":           {"POST", "clock", object{"advance": "-1s"}, "Bad Request invalidField advance"},
		"no time":             {"POST", "clock", object{}, "Bad Request invalidField advance"},
		"too much time":       {"POST", "clock", object{"advance": "99999d"}, "Bad Request invalidField advance"},
		"bad seed":            {"POST", "reset", object{"seed": "users: 5"}, "Bad Request invalidField seed"},
		"seed of another app": {"POST", "reset", object{"seed": object{"app": object{"appKey": "other"}}}, "Conflict appChanged"},
		"unknown suite":       {"POST", "suites/x/ticket", nil, "Not Found suiteNotFound id"},
		"unknown path":        {"GET", "nothing", nil, "Not Found pathNotFound"},
		"wrong method":        {"DELETE", "overview", nil, "Method Not Allowed methodNotAllowed"},
		"huge body":           {"POST", "reset", `{"seed":"` + strings.Repeat(" ", 8<<20) + `"}`, "Request Entity Too Large bodyTooLarge"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, adminRefused(t, s, tc.method, tc.path, tc.in)) })
	}
	after, _ := s.Instance(id)
	require.Equal(t, before, after, "nothing has changed")
	require.Len(t, s.Instances(), 1)
}

func TestAdminAfterTheEnd(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	id := adminStart(t, s)
	require.NoError(t, s.Refuse("lisi", id, ""))
	for _, action := range []string{"approve", "redirect", "add-sign", "revert", "terminate"} {
		require.Equal(t, "Conflict instanceEnded", adminRefused(t, s, http.MethodPost, "instances/"+id+"/"+action, object{"userId": "lisi"}), action)
	}
	admin(t, s, http.MethodPost, "instances/"+id+"/comment", object{"userId": "lisi", "remark": "still possible"})
}

func TestAdminIsProtected(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithAdmin("desk.example"))
	const path = "/_emulator/tokens/expire"
	for name, tc := range map[string]struct {
		host, header, value string
		want                int
	}{
		"script":             {"localhost:9898", "", "", 200},
		"own page":           {"localhost:9898", "Sec-Fetch-Site", "same-origin", 200},
		"typed address":      {"127.0.0.1:9898", "Sec-Fetch-Site", "none", 200},
		"own origin":         {"localhost:9898", "Origin", "http://localhost:9898", 200},
		"IPv6":               {"[::1]:9898", "", "", 200},
		"own name":           {"desk.example", "", "", 200},
		"another site":       {"localhost:9898", "Sec-Fetch-Site", "cross-site", 403},
		"another port":       {"localhost:9898", "Sec-Fetch-Site", "same-site", 403},
		"another origin":     {"localhost:9898", "Origin", "http://evil.example", 403},
		"no origin":          {"localhost:9898", "Origin", "null", 403},
		"rebound name":       {"evil.example:9898", "Sec-Fetch-Site", "same-origin", 403},
		"rebound, no header": {"localhost.evil.example", "", "", 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var header []string
			if tc.header != "" {
				header = []string{tc.header, tc.value}
			}
			r := send(t, s, http.MethodPost, "http://"+tc.host+path, nil, header...)
			require.Equal(t, tc.want, r.status, "%s", r.body)
			require.Empty(t, r.header.Get("Access-Control-Allow-Origin"))
		})
	}
	// Reading under another name is refused as well, and so is a form's body.
	require.Equal(t, 403, send(t, s, http.MethodGet, "http://evil.example/_emulator/overview", nil).status)
	r := send(t, s, http.MethodPost, adminURL+"clock", `{"advance":"1h"}`, "Content-Type", "text/plain")
	require.Equal(t, 415, r.status)
}

func TestAdminShowsNoSecret(t *testing.T) {
	t.Parallel()
	s := adminServer(t, emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler()}))
	secrets := []string{s.App().AppSecret, emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, token(t, s)}
	adminStart(t, s)
	require.NoError(t, s.Flush(t.Context()))
	for _, path := range []string{"overview", "callback", "requests", "pushes", "instances", "users", "forms", "faults", "clock"} {
		text, err := json.Marshal(admin(t, s, http.MethodGet, path, nil))
		require.NoError(t, err)
		for _, secret := range secrets {
			require.NotContains(t, string(text), secret, path)
		}
	}
}
