package dingoa_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// Failed replies as people have published them; ids, names and wording are
// replaced.

// TestScopesInTheMessage: the older gateway names permissions in its words only.
func TestScopesInTheMessage(t *testing.T) {
	t.Parallel()
	const link = "https://open-dev.dingtalk.com/appscope/apply?content=ding0%23qyapi_x"
	for name, test := range map[string]struct {
		status int
		body   string
		legacy bool
		scopes []string
		link   string
	}{
		"both messages": {200, `{"errcode":88,"sub_code":"60011","sub_msg":"应用尚未开通所需的权限：[qyapi_x]，点击链接申请并开通即可：` + link +
			`","errmsg":"ding talk error[subcode=60011,submsg=…, {requiredScopes=[qyapi_x]}]","request_id":"r"}`, true, []string{"qyapi_x"}, link},
		"errmsg only":     {200, `{"errcode":88,"errmsg":"ding talk error[subcode=60011,submsg=没有调用该接口的权限, {requiredScopes=[qyapi_x, qyapi_y]}]"}`, true, []string{"qyapi_x", "qyapi_y"}, ""},
		"plain code":      {200, `{"errcode":60011,"errmsg":"应用尚未开通所需的权限：[qyapi_get_department_list]"}`, true, []string{"qyapi_get_department_list"}, ""},
		"today's gateway": {403, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","message":"应用尚未开通所需的权限：[Todo.PersonalTodo.Write]，点击链接申请：` + link + `"}`, false, []string{"Todo.PersonalTodo.Write"}, link},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opts []dingoa.Option
			if test.legacy {
				opts = append(opts, dingoa.WithLegacyGateway())
			}
			err := create(t.Context(), newDingTalk(answer(test.status, test.body)).once(t, opts...))
			requireKind(t, err, dingoa.ErrPermission)
			e := asError(t, err)
			require.Equal(t, test.scopes, e.Scopes)
			require.Contains(t, e.Advice(), strings.Join(test.scopes, ", "))
			require.Contains(t, e.Advice(), test.link)
			require.NotContains(t, e.Advice(), "Workflow.", "the reply knows better which permission is missing")
		})
	}
}

// TestPauseInTheMessage: throttled until a China time that stands in the words.
func TestPauseInTheMessage(t *testing.T) {
	t.Parallel()
	const (
		newer = "…所有请求都被暂时禁用了, 从 2026-09-03 00:01:02 到 2026-09-03 00:01:02 请求总次数超过 1200 次, 限制将在 2026-09-03 00:06:03 结束."
		older = "…所有请求都被暂时禁用了, apiPath(x), 从 2026-09-03 00:01:01 到 2026-09-03 00:01:02 请求总次数超过了 100 次, 处罚将在 2026-09-03 00:01:04 结束."
		bare  = "限制将在 2026-09-03 00:06:03 结束"
	)
	now := time.Date(2026, 9, 2, 16, 1, 3, 0, time.UTC) // 00:01:03 in China
	for name, test := range map[string]struct {
		message string
		skew    time.Duration
		want    time.Duration
	}{
		"newer":                          {newer, 0, 5 * time.Minute},
		"older":                          {older, 0, time.Second},
		"clock ahead by 2 minutes":       {newer, 2 * time.Minute, 3 * time.Minute},
		"clock behind by 2 minutes":      {newer, -2 * time.Minute, 5*time.Minute + time.Second},
		"clock ahead by 8 hours":         {newer, 8 * time.Hour, 0},
		"clock behind by 8 hours":        {newer, -8 * time.Hour, 5*time.Minute + time.Second},
		"clock behind by 30 days":        {newer, -30 * 24 * time.Hour, 5*time.Minute + time.Second},
		"nothing but the end":            {bare, 0, 5 * time.Minute},
		"nothing but the end, 8 hours":   {bare, -8 * time.Hour, 10 * time.Minute},
		"no time":                        {"限制将在 明天 结束", 0, 0},
		"a time that there is not":       {"限制将在 2026-13-40 25:61:61 结束", 0, 0},
		"an end before the last counted": {"从 2026-09-03 00:01:02 到 2026-09-03 00:09:02 请求, 限制将在 2026-09-03 00:06:03 结束.", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, body := range []string{
				`{"errcode":88,"sub_code":"90018","sub_msg":"` + test.message + `","errmsg":"x"}`,
				`{"errcode":88,"errmsg":"ding talk error[subcode=90018,submsg=` + test.message + `]"}`,
			} {
				clock := dingoa.WithClock(func() time.Time { return now.Add(test.skew) })
				err := get(t.Context(), newDingTalk(answer(200, body)).once(t, dingoa.WithLegacyGateway(), clock))
				requireKind(t, err, dingoa.ErrRateLimited)
				require.Equal(t, test.want, asError(t, err).RetryAfter)
			}
		})
	}
}

// TestPauseInTheMessageIsWaited: short pauses are sat out, long ones are the
// caller's to decide over.
func TestPauseInTheMessageIsWaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(7 * time.Second).In(time.FixedZone("", 8*3600)).Format(time.DateTime)
		dt := newDingTalk(answer(200, `{"errcode":88,"errmsg":"ding talk error[subcode=90018,submsg=限制将在 `+end+` 结束.]"}`),
			answer(200, `{"errcode":0,"process_instance":{"status":"RUNNING"}}`))
		require.NoError(t, get(t.Context(), dt.client(t, dingoa.WithLegacyGateway())))
		require.Equal(t, []time.Duration{7 * time.Second}, waits(dt.sent()))
	})
}

// TestSubCodeInTheMessage: code 88 whose real code stands in errmsg only.
func TestSubCodeInTheMessage(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		kind    error
		subCode string
		advice  string
	}{
		`{"errcode":88,"errmsg":"ding talk error[subcode=90018,submsg=x]"}`:                                                  {dingoa.ErrRateLimited, "90018", "slow down"},
		`{"errcode":88,"errmsg":"ding talk error[subcode=40014,submsg=x]"}`:                                                  {dingoa.ErrUnauthorized, "40014", "AppSecret"},
		`{"errcode":88,"errmsg":"ding talk error[subcode=60020,submsg=访问ip不在白名单之中,request ip=203.0.113.7]"}`:                 {dingoa.ErrIPNotAllowed, "60020", "203.0.113.7"},
		`{"errcode":"88","errmsg":"ding talk error[subCode=60121, submsg=x]","sub_code":""}`:                                 {dingoa.ErrNotFound, "60121", "a171de6c"},
		`{"errcode":88,"errmsg":"ding talk error[subcode=isp.unknown,submsg=x]"}`:                                            {dingoa.ErrUnauthorized, "isp.unknown", ""},
		`{"errcode":88,"errmsg":"ding talk error[subcode=40014,submsg=x]","sub_code":"90018","sub_msg":"the member counts"}`: {dingoa.ErrRateLimited, "90018", ""},
		`{"errcode":40035,"errmsg":"subcode=90018"}`:                                                                         {dingoa.ErrInvalidArgument, "", ""},
	} {
		err := newDingTalk(answer(200, body)).once(t, dingoa.WithLegacyGateway()).Instances.Comment(t.Context(),
			dingoa.CommentRequest{InstanceID: "1", OperatorUserID: "a171de6c", Text: "t"})
		requireKind(t, err, want.kind)
		require.Equal(t, want.subCode, asError(t, err).SubCode, body)
		require.Contains(t, asError(t, err).Advice(), want.advice)
	}

	dt := newDingTalk(answer(200, `{"errcode":88,"errmsg":"ding talk error[subcode=40014,submsg=x]"}`),
		answer(200, `{"errcode":0,"process_instance":{"status":"RUNNING"}}`))
	require.NoError(t, get(t.Context(), dt.client(t, dingoa.WithLegacyGateway())), "the token is renewed")
	require.Len(t, dt.tokenRequests(), 2)
}

// TestCodesWithSeveralMeanings: the words decide, and the operation.
func TestCodesWithSeveralMeanings(t *testing.T) {
	t.Parallel()
	terminate := func(ctx context.Context, c *dingoa.Client) error {
		return c.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{InstanceID: "1", OperatorUserID: "lisi"})
	}
	const changed = "审批系统错误，原因为【审批表单已被管理员修改】"
	for name, test := range map[string]struct {
		call   func(context.Context, *dingoa.Client) error
		status int
		body   string
		legacy bool
		kind   error
		advice string
	}{
		"form changed":                {create, 200, `{"errcode":810002,"errmsg":"` + changed + `","request_id":"r"}`, true, dingoa.ErrConflict, "read its schema again"},
		"form changed, other code":    {create, 200, `{"errcode":820008,"errmsg":"` + changed + `"}`, true, dingoa.ErrConflict, "read its schema again"},
		"too many forms":              {create, 200, `{"errcode":810002,"errmsg":"复制的审批流已超过最大数量"}`, true, dingoa.ErrQuotaExceeded, "200 forms"},
		"engine":                      {create, 200, `{"errcode":810002,"errmsg":"审批系统错误，原因为【引擎已知错误:{0}"}`, true, dingoa.ErrInvalidArgument, "URL"},
		"template list":               {create, 400, `{"code":"processes.error","message":"获取模板列表失败"}`, false, dingoa.ErrServer, "try again"},
		"template count":              {create, 400, `{"code":"processes.error","message":"审批流已超过最大数量"}`, false, dingoa.ErrQuotaExceeded, "200 forms"},
		"somebody else revokes":       {terminate, 400, `{"code":"internalError","message":"审批系统错误，原因为【您没有任务处理的权限】"}`, false, dingoa.ErrPermission, "only the originator"},
		"somebody else revokes, old":  {terminate, 200, `{"errcode":820008,"errmsg":"审批系统错误，原因为【您没有任务处理的权限】"}`, true, dingoa.ErrPermission, "only the originator"},
		"revoking fails, no reason":   {terminate, 400, `{"code":"internalError","message":"m"}`, false, dingoa.ErrServer, "only the originator"},
		"internal error elsewhere":    {get, 400, `{"code":"internalError","message":"m"}`, false, dingoa.ErrServer, ""},
		"mixed kinds, needAuth":       {create, 400, `{"code":"needAuth","message":"没有发起审批的权限"}`, false, dingoa.ErrPermission, "must not be mixed"},
		"mixed kinds":                 {create, 400, `{"code":"permission.error","message":"没有审批流操作权限"}`, false, dingoa.ErrPermission, "must not be mixed"},
		"no premium":                  {create, 400, `{"code":"benefit.status.invalid","message":"权益校验失败，未开通或过期"}`, false, dingoa.ErrPermission, "OA 高级版"},
		"no premium for a field":      {create, 400, `{"code":"benefitStatusInvalid","message":"m"}`, false, dingoa.ErrPermission, "leave it out"},
		"not whose task it is":        {create, 400, `{"code":"param.illegal.operator","message":"m"}`, false, dingoa.ErrPermission, "whose task it is"},
		"drive full":                  {create, 400, `{"code":"spaceQuotaInsufficient","message":"m"}`, false, dingoa.ErrQuotaExceeded, "drive is full"},
		"callback not on a whitelist": {create, 200, `{"errcode":71013,"errmsg":"m"}`, true, dingoa.ErrIPNotAllowed, "receive callbacks"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opts []dingoa.Option
			if test.legacy {
				opts = append(opts, dingoa.WithLegacyGateway())
			}
			err := test.call(t.Context(), newDingTalk(answer(test.status, test.body)).once(t, opts...))
			requireKind(t, err, test.kind)
			require.Contains(t, asError(t, err).Advice(), test.advice)
			if test.kind == dingoa.ErrPermission || test.kind == dingoa.ErrQuotaExceeded { //nolint:errorlint // these very values
				require.NotContains(t, asError(t, err).Advice(), "apply for the permission")
				require.NotContains(t, asError(t, err).Advice(), "5,000")
			}
		})
	}
}

// TestUserNotFound: which of the request's users it may be.
func TestUserNotFound(t *testing.T) {
	t.Parallel()
	req := createRequest()
	req.OriginatorUserID = "zhangsan"
	req.CCUserIDs = []string{"wangwu", "zhaoliu"}
	req.Approvers = []dingoa.Approver{{ActionType: dingoa.ActionNone, UserIDs: []string{"lisi"}}}
	req.FormValues = []dingoa.FormValue{{Name: "userId", Value: "CONTENT"}}
	for _, legacy := range []bool{false, true} {
		dt := newDingTalk(answer(400, `{"code":"userNotExist","message":"用户不存在"}`))
		var opts []dingoa.Option
		if legacy {
			dt = newDingTalk(answer(200, `{"errcode":60121,"errmsg":"找不到该用户"}`))
			opts = append(opts, dingoa.WithLegacyGateway())
		}
		_, err := dt.once(t, opts...).Instances.Create(t.Context(), req)
		requireKind(t, err, dingoa.ErrNotFound)
		for _, user := range []string{"zhangsan", "wangwu", "zhaoliu", "lisi"} {
			require.ErrorContains(t, err, user)
		}
		require.NotContains(t, err.Error(), "CONTENT")
	}
	_, err := newDingTalk(answer(400, `{"code":"userNotExist","message":"m"}`)).once(t).Tasks.TodoCount(t.Context(), "qianqi")
	require.ErrorContains(t, err, `userId "qianqi"`)
}

// TestErrorTextsAreBounded: what DingTalk, or whoever answers in its place,
// sends is neither printed at any length nor with what steers a terminal.
func TestErrorTextsAreBounded(t *testing.T) {
	t.Parallel()
	const nasty = "a\x1b[31mb\r\n\u202etxt\u2028\u200b\x00\u0085z"
	long := strings.Repeat(nasty+strings.Repeat("长", 100), 5_000) // 1.6 MiB
	quoted := fmt.Sprintf("%q", long)
	quoted = strings.NewReplacer(`\x1b`, `\u001b`, `\x00`, `\u0000`).Replace(quoted)
	for name, responder := range map[string]func(*http.Request) (*http.Response, error){
		"message":      answer(400, `{"code":"x","message":`+quoted+`}`),
		"code":         answer(400, `{"code":`+quoted+`,"message":"m"}`),
		"request id":   answer(400, `{"code":"x","message":"m","requestid":`+quoted+`}`),
		"scopes":       answer(403, `{"code":"x","accessDeniedDetail":{"requiredScopes":[`+strings.TrimSuffix(strings.Repeat(quoted[:3000]+`",`, 1000), ",")+`]}}`),
		"errmsg":       answer(200, `{"errcode":88,"errmsg":`+quoted+`,"sub_code":`+quoted+`,"sub_msg":`+quoted+`}`),
		"HTML":         answer(502, "<html>"+long),
		"content type": answerWith(502, "x", "Content-Type", nasty+long),
		"header id":    answerWith(502, "x", "X-Acs-Request-Id", nasty+long),
		"redirect":     answerWith(302, long, "Location", "https://"+strings.Repeat("a", 1<<16)+"/"),
		"transport":    func(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("proxy: %s: %w", long, io.EOF) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, opts := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
				var ids []string
				hook := func(ctx context.Context, _ dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) {
					return ctx, func(r dingoa.AttemptResult) { ids = append(ids, r.RequestID) }
				}
				var meta dingoa.ResponseMeta
				c := newDingTalk(responder).once(t, append(opts, dingoa.WithHook(hook), dingoa.WithMaxReplyBytes(64<<20))...)
				_, err := c.Instances.Get(t.Context(), "1", dingoa.WithResponseMeta(&meta))
				require.Error(t, err)
				e := asError(t, err)
				texts := append(slices.Clone(ids), err.Error(), e.Message, e.Body, e.Code, e.SubCode, e.RequestID, meta.RequestID, e.Advice(), strings.Join(e.Scopes, " "))
				for _, text := range texts {
					require.LessOrEqual(t, len(text), 4096)
					for _, r := range "\x1b\r\n\u202e\u2028\u200b\x00\u0085" {
						require.NotContains(t, text, string(r))
					}
				}
				require.LessOrEqual(t, len(e.RequestID), 128)
				require.LessOrEqual(t, len(e.Message), 2100)
			}
		})
	}
}

// TestSecretsThatHide: broken by bytes that are taken out, cut by a limit, short,
// or escaped.
func TestSecretsThatHide(t *testing.T) {
	t.Parallel()
	const token = "SECRET-token-of-the-company"
	for name, body := range map[string]string{
		"invalid UTF-8":         "<html>SECRET-\xfftoken-of-the-company",
		"zero width":            "<html>SECRET-\u200btoken-of-\u2060the-company",
		"cut by the limit":      "<html>" + strings.Repeat("x", 512-6-10) + token,
		"cut far away":          "<html>" + strings.Repeat(token, 10_000),
		"cut by the window":     "<html>" + strings.Repeat(token, 303) + token,
		"cut by the connection": "<html>" + token[:20],
	} {
		for _, status := range []int{200, 500} {
			for _, opts := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
				source := dingoa.WithTokenSource(dingoa.StaticToken(token))
				err := get(t.Context(), newDingTalk(answer(status, body)).client(t, append(opts, source, dingoa.WithMaxRetries(0))...))
				require.NotContains(t, err.Error(), "SECRET", name)
				require.NotContains(t, asError(t, err).Body, "SECRET", name)
			}
		}
	}
	for _, short := range []string{"a1B2", "s3cr3t"} {
		source := dingoa.WithTokenSource(dingoa.StaticToken(short))
		err := get(t.Context(), newDingTalk(answer(400, `{"code":"x","message":"token `+short+` refused, `+short+`，x`+short+`x"}`)).client(t, source))
		require.Equal(t, "token *** refused, ***，x"+short+"x", asError(t, err).Message)
	}
	source := dingoa.WithTokenSource(dingoa.StaticToken("SECRET/to+ken=="))
	err := get(t.Context(), newDingTalk(answer(502, `url?t=SECRET%2Fto%2Bken%3D%3D`)).client(t, source, dingoa.WithMaxRetries(0)))
	require.NotContains(t, err.Error(), "SECRET")
}

// TestBanned: the punishment page however it comes.
func TestBanned(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"JSON":              `{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"x"}`,
		"JSON, bool":        `{"status":1111,"punish":true}`,
		"JSON behind a BOM": "\ufeff" + `{"status":1111,"punish":"deny"}`,
		"HTML":              `<html><script>location="/_____tmd_____/punish?x5"</script></html>`,
		"HTML behind a BOM": "\ufeff<html>punish</html>",
		"HTML, late":        "<html>" + strings.Repeat("<!-- -->", 2000) + "punish",
		"JSON, late":        `{"html":"` + strings.Repeat("x", 8000) + `","punish":"deny"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{200, 403, 405, 500} {
				for _, opts := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
					requireKind(t, create(t.Context(), newDingTalk(answer(status, body)).once(t, opts...)), dingoa.ErrBanned)
				}
			}
		})
	}
	for _, body := range []string{`{"result":{"title":"punish","status":"RUNNING"},"success":true}`, `{"punish":false,"result":{"status":"RUNNING"},"success":true}`} {
		require.NoError(t, get(t.Context(), newDingTalk(answer(200, body)).once(t)))
	}
}
