package dingoa_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/internal/spec"
)

// once is a client that has a token and sends everything one time.
func (d *dingTalk) once(tb testing.TB, opts ...dingoa.Option) *dingoa.Client {
	tb.Helper()
	return d.client(tb, append(opts, dingoa.WithTokenSource(dingoa.StaticToken(secretToken)), dingoa.WithMaxRetries(0))...)
}

// TestEveryDocumentedCode sends each code of the vendor's tables through the
// gateway that answers it.
func TestEveryDocumentedCode(t *testing.T) {
	t.Parallel()
	kindOf := map[string]error{
		"auth": dingoa.ErrUnauthorized, "permission": dingoa.ErrPermission, "ip_whitelist": dingoa.ErrIPNotAllowed,
		"throttle": dingoa.ErrRateLimited, "quota": dingoa.ErrQuotaExceeded, "not_found": dingoa.ErrNotFound,
		"invalid": dingoa.ErrInvalidArgument, "conflict": dingoa.ErrConflict, "server": dingoa.ErrServer,
	}
	codes := spec.Codes()
	for _, operation := range spec.All() {
		codes = append(codes, operation.Errors...)
	}
	seen := map[spec.Code]bool{}
	for _, code := range codes {
		code.Meaning = ""
		if code.Class == "" || code.Code == "-" || seen[code] { // success, or a bare status
			continue
		}
		seen[code] = true
		_, notANumber := strconv.Atoi(code.Code)
		var dt *dingTalk
		var c *dingoa.Client
		if notANumber == nil {
			dt = newDingTalk(answer(200, fmt.Sprintf(`{"errcode":%s,"errmsg":"m"}`, code.Code)))
			c = dt.once(t, dingoa.WithLegacyGateway())
		} else {
			dt = newDingTalk(answer(code.HTTP, fmt.Sprintf(`{"code":%q,"message":"m"}`, code.Code)))
			c = dt.once(t)
		}
		err := get(t.Context(), c)
		require.Error(t, err, code)
		require.Equal(t, code.Code, asError(t, err).Code)
		requireKind(t, err, kindOf[code.Class])
	}
	require.Greater(t, len(seen), 200)
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status           int
		body             string
		legacy           bool
		kind             error
		code, subCode    string
		message, request string
	}{
		"sub_code behind 88": {
			200, `{"errcode":88,"errmsg":"ding talk error[subcode=60011,submsg=没有调用该接口的权限]","sub_code":"60011","sub_msg":"没有调用该接口的权限","request_id":"r1"}`, true,
			dingoa.ErrPermission, "88", "60011", "ding talk error[subcode=60011,submsg=没有调用该接口的权限]: 没有调用该接口的权限", "r1",
		},
		"number as sub_code": {200, `{"errcode":88,"errmsg":"m","sub_code":90018,"sub_msg":"m"}`, true, dingoa.ErrRateLimited, "88", "90018", "m", ""},
		"unknown sub_code":   {200, `{"errcode":88,"errmsg":"m","sub_code":"isp.unknown","sub_msg":""}`, true, dingoa.ErrUnauthorized, "88", "isp.unknown", "m", ""},
		"errcode as text":    {200, `{"errcode":"60121","errmsg":"找不到该用户"}`, true, dingoa.ErrNotFound, "60121", "", "找不到该用户", ""},
		"unknown errcode":    {200, `{"errcode":123456789,"errmsg":"m"}`, true, nil, "123456789", "", "m", ""},
		"family of the form": {200, `{"errcode":40099,"errmsg":"m"}`, true, dingoa.ErrInvalidArgument, "40099", "", "m", ""},
		"family of expiry":   {200, `{"errcode":42007,"errmsg":"m"}`, true, dingoa.ErrUnauthorized, "42007", "", "m", ""},
		"family of limits":   {200, `{"errcode":88,"errmsg":"m","sub_code":"90016","sub_msg":"m"}`, true, dingoa.ErrRateLimited, "88", "90016", "m", ""},
		"family by word":     {400, `{"code":"Throttling.RateLimit","message":"m"}`, false, dingoa.ErrRateLimited, "Throttling.RateLimit", "", "m", ""},
		"forbidden, 400":     {400, `{"code":"Forbidden.AccessDenied.BrandNew","message":"m"}`, false, dingoa.ErrPermission, "Forbidden.AccessDenied.BrandNew", "", "m", ""},
		"unknown code, 400":  {400, `{"code":"brandNew","message":"m"}`, false, dingoa.ErrInvalidArgument, "brandNew", "", "m", ""},
		"unknown code, 401":  {401, `{"code":"brandNew","message":"m"}`, false, dingoa.ErrUnauthorized, "brandNew", "", "m", ""},
		"unknown code, 403":  {403, `{"code":"brandNew","message":"m"}`, false, dingoa.ErrPermission, "brandNew", "", "m", ""},
		"unknown code, 404":  {404, `{"code":"brandNew","message":"m"}`, false, dingoa.ErrNotFound, "brandNew", "", "m", ""},
		"unknown code, 409":  {409, `{"code":"brandNew","message":"m"}`, false, dingoa.ErrConflict, "brandNew", "", "m", ""},
		"unknown code, 429":  {429, `{"code":"brandNew","message":"m"}`, false, dingoa.ErrRateLimited, "brandNew", "", "m", ""},
		"unknown code, 500":  {500, `{"code":"brandNew","message":"m"}`, false, dingoa.ErrServer, "brandNew", "", "m", ""},
		"unknown code, 418":  {418, `{"code":"brandNew","message":"m"}`, false, nil, "brandNew", "", "m", ""},
		"code as number":     {400, `{"code":40035,"message":"m"}`, false, dingoa.ErrInvalidArgument, "40035", "", "m", ""},
		"message only":       {400, `{"message":"m","requestid":"r2"}`, false, dingoa.ErrInvalidArgument, "", "", "m", "r2"},
		"wrong member types": {400, `{"code":"formTypeError","message":["m"],"requestid":"r3"}`, false, dingoa.ErrInvalidArgument, "formTypeError", "", "", "r3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opts []dingoa.Option
			if test.legacy {
				opts = append(opts, dingoa.WithLegacyGateway())
			}
			err := create(t.Context(), newDingTalk(answer(test.status, test.body)).once(t, opts...))
			requireKind(t, err, test.kind)
			e := asError(t, err)
			require.Equal(t, test.code, e.Code)
			require.Equal(t, test.subCode, e.SubCode)
			require.Equal(t, test.message, e.Message)
			require.Equal(t, test.request, e.RequestID)
			require.Equal(t, test.status, e.HTTPStatus)
		})
	}
}

// errcode "0" as text is success, as in the vendor's guide.
func TestErrcodeZeroAsText(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":"0","errmsg":"ok","process_instance_id":"1"}`))
	require.NoError(t, create(t.Context(), dt.once(t, dingoa.WithLegacyGateway())))
}

// TestCapitalisedKeys is the vendor's only sample of a complete error of today's
// gateway, from the page on applying for permissions.
func TestCapitalisedKeys(t *testing.T) {
	t.Parallel()
	sample := `{"AccessDeniedDetail":{"requiredScopes":["Contact.Org.Read"]},"Code":"Forbidden.AccessDenied.AccessTokenPermissionDenied",
		"HostId":"dingtalk-inner.aliyuncs.com","Message":"没有调用该接口的权限",
		"Recommend":"https://next.api.aliyun.com/troubleshoot?q=Forbidden.AccessDenied.AccessTokenPermissionDenied\u0026product=dingtalk",
		"RequestId":"8197Exxxx88C759D33E58","statusCode":403}`
	err := create(t.Context(), newDingTalk(answer(403, sample)).once(t))
	require.ErrorIs(t, err, dingoa.ErrPermission)
	e := asError(t, err)
	require.Equal(t, "Forbidden.AccessDenied.AccessTokenPermissionDenied", e.Code)
	require.Equal(t, "没有调用该接口的权限", e.Message)
	require.Equal(t, "8197Exxxx88C759D33E58", e.RequestID)
	require.Equal(t, []string{"Contact.Org.Read"}, e.Scopes)
	require.Contains(t, e.Advice(), "Contact.Org.Read")
	require.Contains(t, err.Error(), "Contact.Org.Read")
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	terminate := func(ctx context.Context, c *dingoa.Client) error {
		return c.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{InstanceID: "1", IsSystem: true})
	}
	for name, test := range map[string]struct {
		call   func(context.Context, *dingoa.Client) error
		status int
		body   string
		legacy bool
		want   string
	}{
		"permission of the operation": {create, 403, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","message":"m"}`, false, "Workflow.Instance.Write"},
		"address today":               {create, 403, `{"code":"Forbidden.AccessDenied.IpNotInWhiteList","message":"访问ip不在白名单之中,request ip=203.119.196.81 appKey(dingeqqpkv3artfbxxx)"}`, false, "add 203.119.196.81 to"},
		"address legacy":              {create, 200, `{"errcode":60020,"errmsg":"请参考FAQ：https://open-doc.dingtalk.com/microapp/faquestions/cvbtph。错误原因：访问ip不在白名单之中,request ip=203.119.196.81 appKey(dingeqqpkv3artfbxxx)"}`, true, "add 203.119.196.81 to"},
		"address after a time":        {create, 200, `{"errcode":60020,"errmsg":"2026-11-23 11:52:03 request ip=203.119.196.81"}`, true, "add 203.119.196.81 to"},
		"IPv6":                        {create, 200, `{"errcode":60020,"errmsg":"request ip=2001:db8::17 appKey(x)"}`, true, "add 2001:db8::17 to"},
		"no address":                  {create, 200, `{"errcode":60020,"errmsg":"访问ip不在白名单之中"}`, true, "add this server's public address to"},
		"credentials":                 {create, 400, `{"code":"invalidClientIdOrSecret","message":"m"}`, false, "AppSecret"},
		"throttled":                   {create, 403, throttled, false, "20 calls per second"},
		"quota":                       {create, 200, `{"errcode":90020,"errmsg":"m"}`, true, "5,000 calls a month"},
		"banned":                      {create, 200, `{"status":1111,"punish":"deny"}`, false, "five minutes"},
		"outcome unknown":             {create, 502, "", false, "look whether it was executed"},
		"first 15 seconds":            {terminate, 400, `{"code":"aflowProcessInstStatusException","message":"m"}`, false, "15 seconds"},
		"revoking not allowed":        {terminate, 200, `{"errcode":820008,"errmsg":"m"}`, true, "允许提交人撤销审批中的审批单"},
		"own flows":                   {create, 200, `{"errcode":810007,"errmsg":"没有操作审批流的权限","request_id":"xxx"}`, true, "自有审批"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opts []dingoa.Option
			if test.legacy {
				opts = append(opts, dingoa.WithLegacyGateway())
			}
			err := test.call(t.Context(), newDingTalk(answer(test.status, test.body)).once(t, opts...))
			require.Contains(t, asError(t, err).Advice(), test.want)
			require.Contains(t, err.Error(), test.want)
		})
	}
	require.Empty(t, (&dingoa.Error{Kind: dingoa.ErrNotFound}).Advice())
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"vendor": {
			create(t.Context(), newDingTalk(answer(400, `{"code":"processCodeError","message":"获取审批模板失败或者模板已被删除","requestid":"8197E"}`)).once(t)),
			"dingoa: StartProcessInstance (POST /v1.0/workflow/processInstances): HTTP 400, code processCodeError, not found, 获取审批模板失败或者模板已被删除 [request id 8197E]",
		},
		"legacy": {
			get(t.Context(), newDingTalk(answer(200, `{"errcode":88,"errmsg":"ding talk error","sub_code":"830001","sub_msg":"no instance","request_id":"r1"}`)).once(t, dingoa.WithLegacyGateway())),
			"dingoa: GetProcessInstance (POST /topapi/processinstance/get): code 88/830001, not found, ding talk error: no instance [request id r1]",
		},
		"fields": {
			newDingTalk(answer(200, "")).once(t).Instances.Comment(t.Context(), dingoa.CommentRequest{Text: strings.Repeat("评", 1025)}),
			"dingoa: AddProcessInstanceComment: nothing was sent: InstanceID is required; OperatorUserID is required; Text has 1025 characters, at most 1024 are allowed",
		},
		"transport": {
			create(t.Context(), newDingTalk(broken).once(t)),
			"dingoa: StartProcessInstance (POST /v1.0/workflow/processInstances): read tcp: connection reset by peer; it may have been executed all the same: look whether it was executed before repeating it",
		},
		"HTML": {
			get(t.Context(), newDingTalk(answer(502, "<html>Bad Gateway</html>")).once(t)),
			`dingoa: GetProcessInstance (GET /v1.0/workflow/processInstances): HTTP 502, server error, the reply is no error message of DingTalk (without a content type), reply begins "<html>Bad Gateway</html>"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, test.err, test.want)
			require.Equal(t, test.want, fmt.Sprintf("%#v", test.err))
		})
	}
}

func TestErrorIs(t *testing.T) {
	t.Parallel()
	e := &dingoa.Error{Kind: dingoa.ErrServer, OutcomeUnknown: true, Err: context.DeadlineExceeded}
	wrapped := fmt.Errorf("starting the approval: %w", e)
	require.ErrorIs(t, wrapped, dingoa.ErrServer)
	require.ErrorIs(t, wrapped, dingoa.ErrOutcomeUnknown)
	require.ErrorIs(t, wrapped, context.DeadlineExceeded)
	require.NotErrorIs(t, wrapped, dingoa.ErrNotFound)
	require.False(t, errors.Is(&dingoa.Error{}, nil)) //nolint:testifylint // about nil itself
	require.NotErrorIs(t, &dingoa.Error{}, dingoa.ErrOutcomeUnknown)
	requireKind(t, &dingoa.Error{}, nil)
}

func TestErrorBodyIsShortText(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		strings.Repeat("长", 5000), "\xff\xfe" + strings.Repeat("x", 5000), strings.Repeat("\xe9", 5000),
	} {
		e := asError(t, get(t.Context(), newDingTalk(answer(500, body)).once(t)))
		require.LessOrEqual(t, len(e.Body), 512)
		require.NotContains(t, e.Error(), `\x`)
		require.Equal(t, strings.ToValidUTF8(e.Body, ""), e.Body)
	}
}

// TestTransportCausesMatch: what errors.Is and errors.As see below our error is
// the standard library's own.
func TestTransportCausesMatch(t *testing.T) {
	t.Parallel()
	c, err := dingoa.New(appKey, appSecret, dingoa.WithMaxRetries(0), dingoa.WithBaseURL("http://127.0.0.1:1"))
	require.NoError(t, err)
	err = create(t.Context(), c)
	require.Equal(t, "GetAccessToken", asError(t, err).Op)
	require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
	require.Contains(t, err.Error(), "127.0.0.1:1")

	ctx, cancel := context.WithCancelCause(t.Context())
	dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
		cancel(errors.New("shutting down"))
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	require.ErrorIs(t, get(ctx, dt.once(t)), context.Canceled)
}

// TestAdviceInChinese: every piece of advice is in both languages.
func TestAdviceInChinese(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reply string
		want  string
	}{
		"of a code": {
			`{"code":"benefit.status.invalid","message":"x"}`,
			"企业未开通 OA 高级版",
		},
		"of a kind":       {`{"code":"InvalidAuthentication","message":"x"}`, "核对 AppKey 和 AppSecret"},
		"with an address": {`{"code":"Forbidden.AccessDenied.IpNotInWhiteList","message":"访问ip不在白名单之中,request ip=1.2.3.4"}`, "把 1.2.3.4 加入服务器出口IP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newDingTalk(answer(400, test.reply)).once(t).Instances.Get(t.Context(), "instance1")
			var e *dingoa.Error
			require.ErrorAs(t, err, &e)
			require.Contains(t, e.AdviceIn("zh-CN"), test.want)
			require.Equal(t, e.AdviceIn("zh"), e.AdviceIn("ZH-Hans"))
			require.Equal(t, e.Advice(), e.AdviceIn("en"))
			require.Equal(t, e.Advice(), e.AdviceIn(""))
			require.NotEqual(t, e.Advice(), e.AdviceIn("zh"))
		})
	}
}
