package dingoa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

func TestCallSendsAnyOperation(t *testing.T) {
	t.Parallel()
	type lookup struct {
		ID    string   `json:"id"`
		Deep  bool     `json:"deep"`
		Depth int64    `json:"depth,omitempty"`
		Empty string   `json:"empty"`
		None  *string  `json:"none"`
		Names []string `json:"names,omitempty"`
	}
	find := operation.Spec{Name: "Find", Method: "GET", Path: "/v1.0/things/{id}/parts"}
	change := operation.Spec{Name: "Change", Method: "PUT", Path: "/v1.0/things/{id}/parts/{part}"}
	remove := operation.Spec{Name: "Remove", Method: "DELETE", Path: "/v1.0/things/{id}"}
	list := operation.Spec{Name: "List", Method: "GET", Path: "/v1.0/things"}
	add := operation.Spec{Name: "Add", Method: "POST", Path: "/v1.0/things"}
	ask := operation.Spec{Name: "Ask", Method: "POST", Path: "/v1.0/things/{id}/ask", Query: "who,when"}
	for name, test := range map[string]struct {
		op    operation.Operation
		in    any
		path  string
		query url.Values
		body  string
	}{
		"GET, struct": {find, lookup{ID: "a b/c?d", Deep: true, Depth: 9007199254740993, Names: []string{"x", "y"}}, "/v1.0/things/a%20b%2Fc%3Fd/parts", url.Values{"deep": {"true"}, "depth": {"9007199254740993"}, "names": {`["x","y"]`}}, ""},
		"GET, map":    {find, map[string]any{"id": 17, "q": "中 文&=", "zero": 0, "off": false}, "/v1.0/things/17/parts", url.Values{"q": {"中 文&="}, "zero": {"0"}, "off": {"false"}}, ""},
		"GET, nil":    {list, nil, "/v1.0/things", url.Values{}, ""},
		"DELETE":      {remove, map[string]string{"id": "1", "force": "yes"}, "/v1.0/things/1", url.Values{"force": {"yes"}}, ""},
		"PUT, path":   {change, map[string]any{"id": "1", "part": "2", "name": "n", "size": 9007199254740993}, "/v1.0/things/1/parts/2", url.Values{}, `{"name":"n","size":9007199254740993}`},
		"POST":        {add, lookup{ID: "1"}, "/v1.0/things", url.Values{}, `{"id":"1","deep":false,"empty":"","none":null}`},
		"POST, nil":   {add, nil, "/v1.0/things", url.Values{}, `{}`},
		"POST, query": {ask, map[string]any{"id": "1", "who": "a&b", "what": 7}, "/v1.0/things/1/ask", url.Values{"who": {"a&b"}}, `{"what":7}`},
		"POST, raw":   {add, json.RawMessage(`{"raw":[1,2]}`), "/v1.0/things", url.Values{}, `{"raw":[1,2]}`},
		"POST, array": {add, []int{1, 2}, "/v1.0/things", url.Values{}, `[1,2]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dt := newDingTalk(answer(200, `{"id":"1","parts":3}`))
			var out struct{ Parts int }
			require.NoError(t, dt.once(t).Call(t.Context(), test.op, test.in, &out))
			require.Equal(t, 3, out.Parts)
			request := dt.sent()[0]
			require.Equal(t, test.op.Spec().Method, request.Method)
			require.Equal(t, test.path, request.Path)
			require.Equal(t, test.query, request.Query)
			require.Equal(t, secretToken, request.Header.Get(tokenHeader))
			if test.body == "" {
				require.Empty(t, request.Body)
			} else {
				require.Equal(t, test.body, request.Body) // not JSONEq: digits must survive
			}
		})
	}
}

func TestCallRefusesWhatItCannotSend(t *testing.T) {
	t.Parallel()
	withPath := operation.Spec{Name: "Find", Method: "GET", Path: "/v1.0/things/{id}"}
	for name, test := range map[string]struct {
		op   operation.Operation
		in   any
		want string
	}{
		"no path parameter":    {withPath, map[string]string{"other": "1"}, "id"},
		"empty path parameter": {withPath, map[string]string{"id": ""}, "id"},
		"nothing for the path": {withPath, nil, "id"},
		"nil pointer":          {withPath, (*struct{})(nil), "id"},
		"array as a query":     {operation.Spec{Name: "List", Method: "GET", Path: "/v1.0/things"}, []int{1}, "struct or a map"},
		"not JSON":             {operation.Spec{Name: "Add", Method: "POST", Path: "/v1.0/things"}, func() {}, "encoded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dt := newDingTalk(answer(200, `{}`))
			err := dt.once(t).Call(t.Context(), test.op, test.in, nil)
			require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
			require.ErrorContains(t, err, test.want)
			require.Equal(t, test.op.Spec().Name, asError(t, err).Op)
			require.Empty(t, dt.sent())
		})
	}
}

func TestCallRefusesAnOperationWithoutAddress(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]operation.Operation{
		"nil": nil, "none of the table": operation.ID(255), "empty": operation.Spec{}, "no method": operation.Spec{Name: "Add", Path: "/v1.0/things"},
	} {
		dt := newDingTalk(answer(200, `{}`))
		err := dt.once(t).Call(t.Context(), op, nil, nil)
		require.ErrorIs(t, err, dingoa.ErrInvalidArgument, name)
		require.ErrorContains(t, err, "nothing was sent: the operation", name)
		require.Empty(t, dt.sent(), name)
	}
}

func TestCallRefusesAnOutThatCannotBeFilled(t *testing.T) {
	t.Parallel()
	for name, out := range map[string]any{"map": map[string]any{}, "struct": struct{}{}, "nil pointer": (*struct{})(nil)} {
		dt := newDingTalk(answer(200, `{}`))
		err := dt.once(t).Call(t.Context(), operation.Spec{Name: "Add", Method: "POST", Path: "/v1.0/things"}, nil, out)
		require.ErrorIs(t, err, dingoa.ErrInvalidArgument, name)
		require.Empty(t, dt.sent(), name)
	}
}

func TestCallReadsRepliesOfEveryForm(t *testing.T) {
	t.Parallel()
	op := operation.Spec{Name: "Add", Method: "POST", Path: "/v1.0/things"}
	for name, test := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"nothing":       {200, "", dingoa.ErrServer},
		"no content":    {204, "", nil},
		"anything":      {200, `{"whatever":1}`, nil},
		"array":         {200, `[1]`, dingoa.ErrServer},
		"success false": {200, `{"success":false}`, dingoa.ErrConflict},
		"HTML":          {200, `<html>`, dingoa.ErrServer},
		"banned":        {200, `{"status":1111,"punish":"deny"}`, dingoa.ErrBanned},
		"not found":     {404, `{"code":"x","message":"m"}`, dingoa.ErrNotFound},
		"300":           {300, "", dingoa.ErrServer},
		"399":           {399, `{"success":true}`, dingoa.ErrServer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := newDingTalk(answer(test.status, test.body)).once(t).Call(t.Context(), op, nil, nil)
			if test.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, test.want)
		})
	}

	var raw json.RawMessage
	require.NoError(t, newDingTalk(answer(200, ` {"a": [1]} `)).once(t).Call(t.Context(), op, nil, &raw))
	require.JSONEq(t, `{"a":[1]}`, string(raw))
	var counts struct {
		Count int  `json:"count"`
		Sure  bool `json:"sure"`
	}
	require.NoError(t, newDingTalk(answer(200, `{"count":"3","sure":"true"}`)).once(t).Call(t.Context(), op, nil, &counts))
	require.Equal(t, 3, counts.Count, "text where a number is documented")
	require.True(t, counts.Sure)
	var values []int
	require.NoError(t, newDingTalk(answer(200, `[1,2]`)).once(t).Call(t.Context(), op, nil, &values))
	require.Equal(t, []int{1, 2}, values)
}

func TestCallOfAnOlderOperation(t *testing.T) {
	t.Parallel()
	op := operation.Spec{Name: "OldThing", LegacyMethod: "POST", LegacyPath: "/topapi/old/thing"}
	dt := newDingTalk(answer(200, `{"errcode":0,"request_id":"r","count":4}`))
	var out struct{ Count int }
	require.NoError(t, dt.client(t).Call(t.Context(), op, map[string]any{"userid": "u"}, &out))
	require.Equal(t, 4, out.Count)
	request := dt.sent()[0]
	require.Equal(t, "oapi.dingtalk.com", request.Host)
	require.Equal(t, url.Values{"access_token": {"token-1"}}, request.Query)
	require.JSONEq(t, `{"userid":"u"}`, request.Body)
	require.Equal(t, "api.dingtalk.com", dt.tokenRequests()[0].Host, "either gateway takes the token of the other")

	get := operation.Spec{Name: "OldGet", LegacyMethod: "GET", LegacyPath: "/topapi/old/get"}
	require.NoError(t, dt.client(t).Call(t.Context(), get, map[string]any{"access_token": "forged", "a": "b"}, nil))
	require.Equal(t, "b", dt.sent()[1].Query.Get("a"))
}

func TestUnsupportedOnTheOlderGateway(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0}`))
	c := dt.client(t, dingoa.WithLegacyGateway())
	now := listNow()
	c, err := c.With(dingoa.WithClock(listNow))
	require.NoError(t, err)
	startWith := func(change func(*dingoa.CreateInstanceRequest)) func() error {
		return func() error {
			req := createRequest()
			change(&req)
			_, err := c.Instances.Create(t.Context(), req)
			return err
		}
	}
	list := dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: now.Add(-day), EndTime: now, Statuses: []dingoa.InstanceStatus{dingoa.InstanceRunning}}
	for name, call := range map[string]func() error{
		"Redirect": func() error {
			return c.Tasks.Redirect(t.Context(), dingoa.RedirectTaskRequest{TaskID: "1", ToUserID: "a", OperatorUserID: "b"})
		},
		"Statuses": func() error {
			_, err := c.Instances.ListIDs(t.Context(), list)
			return err
		},
		"AllIDs with Statuses": func() error {
			_, err := collect(t, c, list)
			return err
		},
		"TargetSelectActioners": startWith(func(r *dingoa.CreateInstanceRequest) {
			r.TargetSelectActioners = []dingoa.TargetSelectActioner{{ActionerKey: "k", UserIDs: []string{"u"}}}
		}),
		"DetailPageURL": startWith(func(r *dingoa.CreateInstanceRequest) { r.DetailPageURL = "https://x" }),
		"Details":       startWith(func(r *dingoa.CreateInstanceRequest) { r.FormValues[0].Details = []dingoa.FormValue{{Name: "n"}} }),
		"operation": func() error {
			return c.Call(t.Context(), operation.Spec{Name: "New", Method: "GET", Path: "/v1.0/new"}, nil, nil)
		},
	} {
		err := call()
		require.ErrorIs(t, err, dingoa.ErrUnsupported, name)
		require.NotEmpty(t, asError(t, err).Message, name)
	}
	require.Empty(t, dt.sent())
	require.Empty(t, dt.tokenRequests())
}

// TestHTTPMock is how users test: httpmock's responders set no content type, or
// text/plain.
func TestHTTPMock(t *testing.T) {
	t.Parallel()
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodPost, "https://api.dingtalk.com/v1.0/oauth2/accessToken",
		httpmock.NewStringResponder(200, `{"accessToken":"t","expireIn":7200}`))
	mock.RegisterResponder(http.MethodPost, "https://api.dingtalk.com/v1.0/workflow/processInstances",
		httpmock.NewStringResponder(200, `{"instanceId":"91ef1076"}`).HeaderSet(http.Header{"Content-Type": {"text/plain"}}))
	mock.RegisterResponderWithQuery(http.MethodGet, "https://api.dingtalk.com/v1.0/workflow/processInstances", "processInstanceId=91ef1076",
		httpmock.NewJsonResponderOrPanic(200, map[string]any{"result": map[string]any{"title": "t", "status": "RUNNING"}, "success": "true"}))
	c, err := dingoa.New(appKey, appSecret, dingoa.WithHTTPClient(&http.Client{Transport: mock}))
	require.NoError(t, err)
	started, err := c.Instances.Create(t.Context(), createRequest())
	require.NoError(t, err)
	found, err := c.Instances.Get(t.Context(), started.InstanceID)
	require.NoError(t, err)
	require.Equal(t, "t", found.Title)
	require.Equal(t, 3, mock.GetTotalCallCount())
}

// TestConcurrentCalls finds replies that reach the wrong caller, as leftovers of
// pooled buffers would.
func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
		id := r.URL.Query().Get("processInstanceId")
		if id[len(id)-1] == '7' { // a short one between long ones
			return answer(200, `{"result":{"title":"`+id+`","status":"RUNNING","tasks":[{"taskId":1}]},"success":"true"}`)(r)
		}
		return answer(200, `{"result":{"title":"`+id+`","status":"RUNNING","tasks":[{"taskId":1,"userId":"`+id+`"},{"taskId":2,"userId":"`+id+`"}],
			"operationRecords":[{"userId":"`+id+`","attachments":[{"fileId":"`+id+`","fileSize":1}]}],"formComponentValues":[{"name":"`+id+`","details":[{"name":"`+id+`"}]}]},"success":"true"}`)(r)
	})
	c := dt.once(t)
	var calls sync.WaitGroup
	for n := range 8 {
		calls.Go(func() {
			for i := range 50 {
				id := "instance-" + string(rune('a'+n)) + string(rune('0'+i%10))
				found, err := c.Instances.Get(context.Background(), id)
				if err != nil || found.Title != id || !onlyAbout(found, id) {
					t.Errorf("asked for %s, got %+v, %v", id, found, err)
				}
			}
		})
	}
	calls.Wait()
}

func onlyAbout(i *dingoa.Instance, id string) bool {
	if id[len(id)-1] == '7' {
		return len(i.Tasks) == 1 && i.Tasks[0].UserID == "" && i.Records == nil && i.FormValues == nil
	}
	return len(i.Tasks) == 2 && i.Tasks[1].UserID == id && i.Records[0].Attachments[0].FileID == id && i.FormValues[0].Details[0].Name == id
}

// TestRepliesLeaveNothingBehind: a list that comes twice in one reply, the
// second time shorter, must not show through in the next reply.
func TestRepliesLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	twice := `{"result":{"title":"a","status":"RUNNING",
		"tasks":[{"taskId":1,"userId":"old","result":"AGREE"},{"taskId":2,"userId":"old","result":"AGREE"},{"taskId":3,"userId":"old"}],"tasks":[{"taskId":4}]},"success":"true"}`
	next := `{"result":{"title":"b","status":"RUNNING","tasks":[{"taskId":5},{"taskId":6},{"taskId":7}]},"success":"true"}`
	c := newDingTalk(answer(200, twice), answer(200, next), answer(200, twice), answer(200, next)).once(t)
	for range 2 {
		require.NoError(t, get(t.Context(), c))
		found, err := c.Instances.Get(t.Context(), "b")
		require.NoError(t, err)
		require.Len(t, found.Tasks, 3)
		for _, task := range found.Tasks {
			require.Empty(t, task.UserID)
			require.Empty(t, task.Result)
		}
	}
}
