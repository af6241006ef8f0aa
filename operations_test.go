package dingoa_test

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/attendance"
	"github.com/dingoa/dingoa/internal/spec"
	"github.com/dingoa/dingoa/signon"
	"github.com/dingoa/dingoa/todo"
)

// golden is a method with the vendor's own samples of its operation, which are
// in testdata/operations/<name>.
type golden struct {
	name    string
	request string // the file, when it is not request.json
	opts    []dingoa.Option
	legacy  bool
	noToken bool // the operation is sent without an access token
	call    func(ctx context.Context, c *dingoa.Client) (any, error)
	want    any
	// kind is what the sample of an error is; not needed of goldens in kinds.
	kind error
}

type goldenRequest struct {
	Method string            `json:"method"`
	Host   string            `json:"host"`
	Path   string            `json:"path"`
	Query  map[string]string `json:"query"`
	Body   json.RawMessage   `json:"body"`
}

func (g golden) file(t *testing.T, name string) []byte {
	t.Helper()
	if g.legacy {
		name = "legacy_" + name
	}
	data, err := os.ReadFile(filepath.Join("testdata", "operations", g.name, name+".json"))
	require.NoError(t, err)
	return data
}

// run sends the call, compares it with the vendor's request and what comes out
// of the vendor's response with the wanted value.
func (g golden) run(t *testing.T) {
	t.Helper()
	var want goldenRequest
	name := g.request
	if name == "" {
		name = "request"
	}
	require.NoError(t, json.Unmarshal(g.file(t, name), &want))
	dt := newDingTalk(answer(200, string(g.file(t, "response"))))
	opts := append([]dingoa.Option{dingoa.WithTokenSource(dingoa.StaticToken("ACCESS_TOKEN"))}, g.opts...)
	if g.legacy {
		opts = append(opts, dingoa.WithLegacyGateway())
	}

	got, err := g.call(t.Context(), dt.client(t, opts...))
	require.NoError(t, err)
	require.Equal(t, g.want, got)

	require.Len(t, dt.sent(), 1)
	request := dt.sent()[0]
	require.Equal(t, want.Method, request.Method)
	require.Equal(t, want.Host, request.Host)
	require.Equal(t, want.Path, request.Path)
	query := url.Values{}
	for name, value := range want.Query {
		query.Set(name, value)
	}
	require.Equal(t, query, request.Query)
	if want.Body == nil {
		require.Empty(t, request.Body)
	} else {
		require.JSONEq(t, string(want.Body), request.Body)
	}
	require.Equal(t, "application/json", request.Header.Get("Content-Type"))
	if !g.legacy && !g.noToken {
		require.Equal(t, "ACCESS_TOKEN", request.Header.Get("x-acs-dingtalk-access-token"))
	} else {
		require.Empty(t, request.Header.Get("x-acs-dingtalk-access-token"))
	}

	operation, _, ok := spec.Match(request.Method, request.Host, request.Path)
	require.True(t, ok)
	if own, shared := spec.ByID(operation.ID + "#own"); shared && strings.Contains(request.Body, `"fake_mode":true`) {
		operation = own
	}
	require.Empty(t, operation.Check(request.Query, []byte(request.Body)))
	require.Empty(t, operation.Unknown(request.Query, []byte(request.Body)))
}

func TestOperations(t *testing.T) {
	t.Parallel()
	for _, g := range goldens() {
		name := g.name + "/today"
		if g.legacy {
			name = g.name + "/legacy"
		}
		if g.request != "" {
			name += "/" + g.request
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g.run(t)
		})
	}
}

func goldens() []golden {
	return slices.Concat(instanceGoldens(), centerGoldens(), eventGoldens(), templateGoldens(), dataFormGoldens(), templateSearchGoldens(), premiumGoldens(), fileGoldens(), authGoldens(), streamGoldens())
}

func instanceGoldens() []golden {
	june2017 := dingoa.WithClock(func() time.Time { return time.Date(2017, 6, 6, 0, 0, 0, 0, time.UTC) })
	return []golden{
		{
			name: "InstanceService.Create", opts: []dingoa.Option{dingoa.WithAgentID(1234)}, call: createSample(todaysSample()),
			want: &dingoa.CreateInstanceResponse{InstanceID: "91ef1076-c3ed-4a78-xxxx-fa29ef2d6252"},
		},
		{
			name: "InstanceService.Create", request: "request_sdk_sample", call: createSample(sdkSample()),
			want: &dingoa.CreateInstanceResponse{InstanceID: "91ef1076-c3ed-4a78-xxxx-fa29ef2d6252"},
		},
		{
			name: "InstanceService.Create", legacy: true, opts: []dingoa.Option{dingoa.WithAgentID(1150000211)}, call: createSample(legacySample()),
			want: &dingoa.CreateInstanceResponse{InstanceID: "7fc61e3e-7282-xxxx"},
		},
		{name: "InstanceService.Get", call: getSample("a171de6c-8bxxxx"), want: todaysInstance()},
		{name: "InstanceService.Get", legacy: true, call: getSample("1a2b-3e4dxxxx"), want: legacyInstance()},
		{
			name: "InstanceService.Terminate",
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{
					InstanceID: "a171de6c-8bxxxx", IsSystem: true, Remark: "终止说明。", OperatorUserID: "133743186427339452",
				})
			}),
		},
		{
			name: "InstanceService.Terminate", legacy: true,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{
					InstanceID: "a171de6c-8bxxxx", Remark: "说明", OperatorUserID: "133743186427339452",
				})
			}),
		},
		{
			name: "InstanceService.Comment",
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Instances.Comment(ctx, dingoa.CommentRequest{
					InstanceID: "a171de6c-8bxxxx", OperatorUserID: "user123", Text: "同意。", File: files("123", "文件名称。", "https://url1"),
				})
			}),
		},
		{
			name: "InstanceService.Comment", legacy: true,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Instances.Comment(ctx, dingoa.CommentRequest{
					InstanceID: "88c2f806-316d-4683-ba30-xxxxx", OperatorUserID: "user123", Text: "测试", File: files("22331", "打卡证明", "https://url1"),
				})
			}),
		},
		{
			name: "InstanceService.ListIDs", opts: []dingoa.Option{june2017},
			call: listSample(dingoa.ListInstanceIDsRequest{UserIDs: []string{"发起userid"}, Statuses: []dingoa.InstanceStatus{dingoa.InstanceRunning}}),
			want: &dingoa.Page[string]{Items: []string{"123"}, NextCursor: "10"},
		},
		{
			name: "InstanceService.ListIDs", legacy: true, opts: []dingoa.Option{june2017},
			call: listSample(dingoa.ListInstanceIDsRequest{UserIDs: []string{"manager1", "manager2"}}),
			want: &dingoa.Page[string]{Items: []string{"b6a42e32-1867-499c-94f2-xxxx"}},
		},
		{name: "TaskService.Approve", call: decideSample(true, todaysDecision())},
		{name: "TaskService.Approve", legacy: true, call: decideSample(true, legacyDecision())},
		{name: "TaskService.Refuse", call: decideSample(false, todaysDecision())},
		{name: "TaskService.Refuse", legacy: true, call: decideSample(false, legacyDecision())},
		{
			name: "TaskService.Redirect",
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.Tasks.Redirect(ctx, dingoa.RedirectTaskRequest{
					TaskID: "1234567", ToUserID: "manager001", OperatorUserID: "user001", Remark: "请XX帮忙审批一下", ActionName: "test",
					File: files("123", "文件名称", `"https://url1"`),
				})
			}),
		},
		{name: "TaskService.TodoCount", call: countSample("manager123"), want: 10},
		{name: "TaskService.TodoCount", legacy: true, call: countSample("manager4220"), want: 1},
	}
}

// nothing is a call without a result.
func nothing(call func(context.Context, *dingoa.Client) error) func(context.Context, *dingoa.Client) (any, error) {
	return func(ctx context.Context, c *dingoa.Client) (any, error) { return nil, call(ctx, c) }
}

func createSample(req dingoa.CreateInstanceRequest) func(context.Context, *dingoa.Client) (any, error) {
	return func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Instances.Create(ctx, req) }
}

func getSample(id string) func(context.Context, *dingoa.Client) (any, error) {
	return func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Instances.Get(ctx, id) }
}

func listSample(req dingoa.ListInstanceIDsRequest) func(context.Context, *dingoa.Client) (any, error) {
	req.ProcessCode, req.PageSize = "PROC-FF6Y2xxxx", 10
	req.StartTime, req.EndTime = time.UnixMilli(1496678400000), time.UnixMilli(1496678400000)
	return func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Instances.ListIDs(ctx, req) }
}

func decideSample(agree bool, req dingoa.DecideTaskRequest) func(context.Context, *dingoa.Client) (any, error) {
	return nothing(func(ctx context.Context, c *dingoa.Client) error {
		if agree {
			return c.Tasks.Approve(ctx, req)
		}
		return c.Tasks.Refuse(ctx, req)
	})
}

func countSample(userID string) func(context.Context, *dingoa.Client) (any, error) {
	return func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Tasks.TodoCount(ctx, userID) }
}

// TestOperationErrors decodes a row of each operation's table of errors.
func TestOperationErrors(t *testing.T) {
	t.Parallel()
	kinds := map[string]error{
		"InstanceService.Create":    dingoa.ErrInvalidArgument,
		"InstanceService.Get":       dingoa.ErrNotFound,
		"InstanceService.Terminate": dingoa.ErrNotFound,
		"InstanceService.Comment":   dingoa.ErrConflict,
		"InstanceService.ListIDs":   dingoa.ErrInvalidArgument,
		"TaskService.Approve":       dingoa.ErrPermission,
		"TaskService.Refuse":        dingoa.ErrConflict,
		"TaskService.Redirect":      dingoa.ErrConflict,
		"TaskService.TodoCount":     dingoa.ErrNotFound,
	}
	maps.Copy(kinds, fileErrorKinds())
	for _, g := range goldens() {
		if g.legacy || g.request != "" {
			continue
		}
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			var sample struct {
				Status int             `json:"status"`
				Body   json.RawMessage `json:"body"`
			}
			require.NoError(t, json.Unmarshal(g.file(t, "error"), &sample))
			var body struct {
				Code      string `json:"code"`
				Message   string `json:"message"`
				RequestID string `json:"requestid"`
			}
			require.NoError(t, json.Unmarshal(sample.Body, &body))
			dt := newDingTalk(answer(sample.Status, string(sample.Body)))

			_, err := g.call(t.Context(), dt.client(t, g.opts...))
			require.ErrorIs(t, err, cmp.Or(g.kind, kinds[g.name]))
			require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
			e := asError(t, err)
			require.Equal(t, body.Code, e.Code)
			require.Equal(t, body.Message, e.Message)
			require.Equal(t, body.RequestID, e.RequestID)
			require.Equal(t, sample.Status, e.HTTPStatus)
			require.Len(t, dt.sent(), 1)
		})
	}
}

// TestEveryMethodHasSamples finds methods without a directory of samples, and
// directories without a method.
func TestEveryMethodHasSamples(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(filepath.Join("testdata", "operations"))
	require.NoError(t, err)
	var sampled []string
	for _, entry := range entries {
		if entry.IsDir() {
			sampled = append(sampled, entry.Name())
		}
	}
	var methods []string
	for _, method := range serviceMethodNames() {
		if _, name, _ := strings.Cut(method, "."); !strings.HasPrefix(name, "All") { // several calls of another method
			methods = append(methods, method)
		}
	}
	require.ElementsMatch(t, methods, sampled)
}

// serviceMethodNames are the methods that call DingTalk, such as
// "InstanceService.Create".
func serviceMethodNames() []string {
	var names []string
	client := reflect.TypeFor[dingoa.Client]()
	for i := range client.NumField() {
		service := client.Field(i).Type
		if !client.Field(i).IsExported() || service.Kind() != reflect.Pointer {
			continue
		}
		for n := range service.NumMethod() {
			names = append(names, service.Elem().Name()+"."+service.Method(n).Name)
		}
	}
	for family, service := range map[string]any{"todo": &todo.Service{}, "attendance": &attendance.Service{}, "signon": &signon.Service{}} {
		methods := reflect.TypeOf(service)
		for n := range methods.NumMethod() {
			names = append(names, family+"."+methods.Method(n).Name)
		}
	}
	return names
}

func TestRequestsOfBothGatewaysDiffer(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"errmsg":"ok","process_instance_id":"91ef1076","instanceId":"91ef1076"}`))
	today := dt.client(t)
	legacy, err := today.With(dingoa.WithLegacyGateway())
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), today))
	require.NoError(t, create(t.Context(), legacy))
	require.Equal(t, "api.dingtalk.com", dt.sent()[0].Host)
	require.Equal(t, "oapi.dingtalk.com", dt.sent()[1].Host)
	require.Equal(t, http.MethodPost, dt.sent()[1].Method)
}
