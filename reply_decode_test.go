package dingoa_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
	"github.com/dingoa/dingoa/todo"
)

// What is a failure for the methods is one for Call, whatever out is.
func TestCallIsAsStrictAsTheMethods(t *testing.T) {
	t.Parallel()
	type mine struct {
		Count int `json:"count"`
	}
	op := operation.Spec{Name: "Add", Method: "POST", Path: "/v1.0/things"}
	for body, want := range map[string]error{
		``:                  dingoa.ErrServer,
		` `:                 dingoa.ErrServer,
		`null`:              dingoa.ErrServer,
		`{"errcode":40014}`: dingoa.ErrUnauthorized,
		`{"success":false}`: dingoa.ErrConflict,
		`{"success":"false","message":"m","count":1}`:                                                    dingoa.ErrConflict,
		`{"errcode":88,"errmsg":"m","sub_code":"60011","count":1}`:                                       dingoa.ErrPermission,
		`{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","message":"m"}`:                    dingoa.ErrPermission,
		`{"code":"InvalidAuthentication","message":"m","requestid":"r"}`:                                 dingoa.ErrUnauthorized,
		`{"Code":"Forbidden.AccessDenied.QpsLimitForApi","Message":"m","RequestId":"r","success":false}`: dingoa.ErrRateLimited,
	} {
		for name, out := range map[string]any{
			"nothing": nil, "struct": new(mine), "map": new(map[string]any), "raw": new(json.RawMessage), "any": new(any), "pointer": new(*mine),
		} {
			dt := newDingTalk(answer(200, body))
			err := dt.client(t, dingoa.WithMaxRetries(0)).Call(t.Context(), op, nil, out)
			require.ErrorIs(t, err, want, "%s %s", body, name)
		}
	}
	for _, body := range []string{
		`{"count":"1"}`, `{"errcode":0,"count":1}`, `{"code":0,"message":"ok","count":1}`, `{"code":"bug","count":1}`, `{"success":true,"code":"x","count":1}`,
	} {
		var out mine
		require.NoError(t, newDingTalk(answer(200, body)).client(t).Call(t.Context(), op, nil, &out), body)
		require.Equal(t, 1, out.Count)
	}
	for _, body := range []string{`{}`, `{"total":1}`} {
		err := newDingTalk(answer(200, body)).client(t).Call(t.Context(), op, nil, new(mine))
		require.ErrorIs(t, err, dingoa.ErrServer, body)
		require.ErrorContains(t, err, "none of the members of dingoa_test.mine")
		require.NoError(t, newDingTalk(answer(200, body)).client(t).Call(t.Context(), op, nil, new(map[string]int)), body)
		require.NoError(t, newDingTalk(answer(200, body)).client(t).Call(t.Context(), op, nil, &struct{}{}), body)
	}
	op.EmptyReply = true
	require.NoError(t, newDingTalk(answer(200, ``)).client(t).Call(t.Context(), op, nil, nil))
}

// A token that is refused by errcode inside of HTTP 200 is renewed, once.
func TestCallRenewsTheTokenRefusedInsideOfSuccess(t *testing.T) {
	t.Parallel()
	op := operation.Spec{Name: "Add", Method: "POST", Path: "/v1.0/things"}
	dt := newDingTalk(answer(200, `{"errcode":40014,"errmsg":"m"}`), answer(200, `{"count":2}`))
	require.NoError(t, dt.client(t).Call(t.Context(), op, nil, nil))
	require.Len(t, dt.sent(), 2)
	require.Len(t, dt.tokenRequests(), 2)
}

func TestTokenRepliesInBothSpellings(t *testing.T) {
	t.Parallel()
	op := operation.Spec{Name: "Token", Method: "POST", Path: "/v1.0/token", NoToken: true}
	var out struct {
		AccessToken string `json:"accessToken"`
	}
	for _, body := range []string{`{"accessToken":"a","access_token":"b"}`, `{"access_token":"b","accessToken":"a"}`, `{"access_token":"a","accessToken":""}`} {
		require.NoError(t, newDingTalk(answer(200, body)).client(t).Call(t.Context(), op, nil, &out), body)
		require.Equal(t, "a", out.AccessToken, body)
	}
}

// What cannot be read in an instance is named there, to the hook and in the
// meta data; the rest is read.
func TestUnreadFieldsOfAnInstance(t *testing.T) {
	t.Parallel()
	for _, gateway := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
		name := "result"
		if gateway != nil {
			name = "process_instance"
		}
		dt := newDingTalk(answer(200, `{"errcode":0,"success":true,"`+name+`":{"status":"RUNNING","title":"t","createTime":"SECRET","originatorDeptId":{},
			"tasks":[{"taskId":1,"createTime":"2026-04-16T15:34Z"},{"taskId":2,"finishTime":[]},5],
			"operationRecords":[{"date":"SECRET","remark":"r"}],"formComponentValues":[{"name":"a","value":{"b":1}}]}}`))
		var hooked dingoa.AttemptResult
		c := dt.client(t, append(gateway, dingoa.WithHook(func(ctx context.Context, _ dingoa.Attempt) (context.Context, func(dingoa.AttemptResult)) {
			return ctx, func(r dingoa.AttemptResult) { hooked = r }
		}))...)
		var meta dingoa.ResponseMeta
		found, err := c.Instances.Get(t.Context(), "p", dingoa.WithResponseMeta(&meta))
		require.NoError(t, err)
		require.Equal(t, []dingoa.UnreadField{
			{Field: "createTime", Want: "a time", Found: "text"},
			{Field: "originatorDeptId", Want: "a whole number", Found: "an object"},
			{Field: "tasks[1].finishTime", Want: "a time", Found: "a list"},
			{Field: "tasks[2]", Want: "an object", Found: "a number"},
			{Field: "operationRecords[0].date", Want: "a time", Found: "text"},
		}, found.Unread)
		require.Equal(t, "createTime: want a time, found text", found.Unread[0].String())
		require.Zero(t, found.CreateTime)
		require.Equal(t, "t", found.Title)
		require.Len(t, found.Tasks, 2)
		require.Equal(t, chinaMinute(2026, 4, 16, 15, 34), found.Tasks[0].CreateTime)
		require.Equal(t, "r", found.Records[0].Remark)
		require.JSONEq(t, `{"b":1}`, found.FormValues[0].Value)
		require.Len(t, meta.Unread, 5)
		require.Equal(t, "result.createTime", meta.Unread[0].Field)
		require.Equal(t, meta.Unread, hooked.Unread)
	}
}

// An item of a list says what could not be read of it, and the others are whole.
func TestUnreadFieldsOfListedItems(t *testing.T) {
	t.Parallel()
	c := newDingTalk(answer(200, `{"success":true,"result":[{"processCode":"a","gmtModified":"soon"},{"processCode":"b","gmtModified":"2022-08-23T17:09Z"}]}`)).once(t)
	forms, err := c.Templates.Manageable(t.Context(), "u")
	require.NoError(t, err)
	require.Equal(t, []dingoa.ManageableTemplate{
		{ProcessCode: "a", Unread: []dingoa.UnreadField{{Field: "gmtModified", Want: "a time", Found: "text"}}},
		{ProcessCode: "b", ModifyTime: chinaMinute(2022, 8, 23, 17, 9)},
	}, forms)
}

// A list whose items cannot say what is unread fails, rather than to end early
// or to look empty.
func TestUnreadFieldsElsewhereFail(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"success":true,"result":{"list":["a"],"nextToken":{}}}`: "result.nextToken: want text, found an object",
		`{"success":true,"result":"SECRET"}`:                      "result: want an object, found text",
		`{"success":"perhaps","result":{"list":["a"]}}`:           "success: want true or false, found text",
	} {
		_, err := newDingTalk(answer(200, body)).once(t, dingoa.WithClock(listNow)).Instances.ListIDs(t.Context(), listRequest(listNow().Add(-day), listNow()))
		require.ErrorIs(t, err, dingoa.ErrServer, body)
		require.ErrorContains(t, err, want)
	}

	op := operation.Spec{Name: "Add", Method: "POST", Path: "/v1.0/things"}
	var strict struct {
		Count int    `json:"count"`
		Name  string `json:"name"`
	}
	err := newDingTalk(answer(200, `{"count":"many","name":"n"}`)).once(t).Call(t.Context(), op, nil, &strict)
	require.ErrorContains(t, err, "count: want a whole number, found text")
	require.Equal(t, "n", strict.Name)
	var tolerant struct {
		Count  int                  `json:"count"`
		Name   string               `json:"name"`
		Unread []dingoa.UnreadField `json:"-"`
	}
	require.NoError(t, newDingTalk(answer(200, `{"count":"many","name":"n"}`)).once(t).Call(t.Context(), op, nil, &tolerant))
	require.Equal(t, []dingoa.UnreadField{{Field: "count", Want: "a whole number", Found: "text"}}, tolerant.Unread)
}

// The lists of approvals have all that Get has, whatever they call it.
func TestListedRecordsAreComplete(t *testing.T) {
	t.Parallel()
	body := `{"success":true,"result":{"hasMore":false,"list":[{"processInstanceId":"p","status":"COMPLETED","result":"AGREE","originatorUserid":"u",
		"attachedProcessInstanceIds":"q1,q2","createTimeInMills":1776324877000,"createTime":1776324877000,
		"formComponentValues":[{"id":"t","name":"n","value":"v","extValue":"e","componentName":"TextField"}],
		"operationRecords":[{"userId":"u","timestamp":1776324877000,"operationType":"ADD_REMARK","result":"NONE","remark":"r","activityId":"a","taskId":7,
			"images":["https://i"],"attachments":[{"fileName":"f.pdf","fileSize":"3","fileType":"pdf","fileId":"9","spaceId":"8"}]}],
		"tasks":[{"taskId":7,"userId":"u","status":"COMPLETED","result":"AGREE","createTimestamp":1776324877000,"finishTimestamp":1776326400000,"activityId":"a"}]}]}}`
	at := time.UnixMilli(1776324877000).UTC()
	want := dingoa.Instance{
		ID: "p", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree, OriginatorUserID: "u", AttachedInstanceIDs: []string{"q1", "q2"}, CreateTime: at,
		FormValues: []dingoa.FormValue{{ID: "t", Name: "n", Value: "v", ExtValue: "e", ComponentType: "TextField"}},
		Records: []dingoa.OperationRecord{{
			UserID: "u", Time: at, Type: dingoa.OperationComment, Result: dingoa.TaskNone, Remark: "r", ActivityID: "a", TaskID: "7", Images: []string{"https://i"},
			Attachments: []dingoa.Attachment{{FileName: "f.pdf", FileSize: 3, FileType: "pdf", FileID: "9", SpaceID: "8"}},
		}},
		Tasks: []dingoa.Task{{
			ID: "7", UserID: "u", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree, InstanceID: "p", ActivityID: "a",
			CreateTime: at, FinishTime: time.UnixMilli(1776326400000).UTC(),
		}},
	}
	c := newDingTalk(answer(200, body)).client(t)
	req := dingoa.ListInstancesRequest{ProcessCode: "p", StartTime: time.Now().Add(-day)}
	page, err := c.Premium.ListInstances(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, []dingoa.Instance{want}, page.Items)
	page, err = c.Instances.ListExport(t.Context(), dingoa.ExportInstancesRequest{ProcessCode: "p", StartTime: time.Now().Add(-day)})
	require.NoError(t, err)
	require.Equal(t, []dingoa.Instance{want}, page.Items)
}

// Lists that are paged by number end with hasMore false, and with a page of
// nothing whatever it says.
func TestNumberedListsEnd(t *testing.T) {
	t.Parallel()
	const page, empty = `{"errcode":0,"success":true,"result":{"hasMore":true,"list":[{"taskId":1},{"taskId":2}]},"records":{"has_more":true,"list":[{"record_id":"1"},{"record_id":"2"}]}}`,
		`{"errcode":0,"success":true,"result":{"hasMore":true,"list":[]},"records":{"has_more":true,"list":[]}}`
	const last = `{"errcode":0,"success":true,"result":{"hasMore":"false","list":[{"taskId":3}]},"records":{"has_more":0,"list":{"record_id":"3"}}}`
	for name, count := range map[string]func(c *dingoa.Client) (int, error){
		"Center.AllTasks": func(c *dingoa.Client) (n int, err error) {
			for _, err := range c.Center.AllTasks(t.Context(), dingoa.ListCenterTasksRequest{UserID: "u"}) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		},
		"Premium.AllSubmitted": func(c *dingoa.Client) (n int, err error) {
			for _, err := range c.Premium.AllSubmitted(t.Context(), dingoa.UserListRequest{UserID: "u"}) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		},
		"Todos.All": func(c *dingoa.Client) (n int, err error) {
			for _, err := range todo.New(c).All(t.Context(), todo.ListRequest{UserID: "u"}) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		},
	} {
		n, err := count(newDingTalk(answer(200, page), answer(200, last)).once(t))
		require.NoError(t, err, name)
		require.Equal(t, 3, n, name)
		dt := newDingTalk(answer(200, page), answer(200, empty))
		n, err = count(dt.once(t))
		require.NoError(t, err, name)
		require.Equal(t, 2, n, name)
		require.Len(t, dt.sent(), 2, name)
	}
}
