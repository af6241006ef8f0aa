package dingoa_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

// TestPremiumIsCheckedBeforeItIsSent names every mistake in one error.
func TestPremiumIsCheckedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{}`))
	c := dt.client(t)
	fields := func(err error) []string {
		require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
		var names []string
		for _, f := range asError(t, err).Fields {
			names = append(names, f.Field)
		}
		return names
	}
	several := appendRequest()
	several.AgreeAll, several.AppenderUserIDs, several.TaskID = nil, []string{several.OperatorUserID, ""}, "x"
	several.Position, several.ActivateType = "beside", "ANY"
	require.Equal(t, []string{"TaskID", "Position", "ActivateType", "AgreeAll", "AppenderUserIDs[0]", "AppenderUserIDs[1]"},
		fields(c.Premium.AppendTask(t.Context(), several)))

	back := revertRequest()
	back.Action = dingoa.RevertForResubmit
	require.Equal(t, []string{"TargetActivityID"}, fields(c.Premium.RevertTask(t.Context(), back)))

	update := variablesRequest()
	update.Variables = make([]dingoa.Variable, 151)
	require.Len(t, fields(c.Premium.UpdateVariables(t.Context(), update)), 152)

	batch := batchRequest()
	batch.Result, batch.Tasks = event.ResultRedirect, make([]dingoa.TaskRef, 11)
	_, err := c.Premium.BatchExecute(t.Context(), batch)
	require.Equal(t, []string{"Result", "Tasks", "Tasks[0].InstanceID", "Tasks[0].TaskID"}, fields(err)[:4])

	span := listInstancesSample()
	span.EndTime, span.PageSize = span.StartTime.Add(121*24*time.Hour), 21
	_, err = c.Premium.ListInstances(t.Context(), span)
	require.Equal(t, []string{"StartTime", "EndTime", "PageSize"}, fields(err))

	_, err = c.Premium.ListSubmitted(t.Context(), dingoa.UserListRequest{UserID: "user1", Cursor: "0", PageSize: -1})
	require.ElementsMatch(t, []string{"PageSize", "Cursor"}, fields(err))
	require.Empty(t, dt.sent())
}

// TestRevertFillsInTheOriginator: there is only one step to resubmit from.
func TestRevertFillsInTheOriginator(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"result":true}`))
	req := revertRequest()
	req.Action, req.TargetActivityID, req.Remark = dingoa.RevertForResubmit, "", ""
	require.NoError(t, dt.client(t).Premium.RevertTask(t.Context(), req))
	require.JSONEq(t, `{"taskId":1234567,"processInstanceId":"processInstanceId123","operateUserId":"manager001",
		"targetActivityId":"sid-startevent","revertAction":"REVERT_FOR_RESUBMIT"}`, dt.sent()[0].Body)
}

// TestListsOfTheCentreEndAfterTenPages: the vendor has no more, and the loop
// must not end as if that were all.
func TestListsOfTheCentreEndAfterTenPages(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"result":{"list":[{"processInstanceId":"1"}],"hasMore":true},"success":true}`))
	count := 0
	var last error
	for _, err := range dt.client(t).Premium.AllDoneTasks(t.Context(), dingoa.UserListRequest{UserID: "user1"}) {
		if last = err; err == nil {
			count++
		}
	}
	require.Equal(t, 10, count)
	require.ErrorIs(t, last, dingoa.ErrInvalidArgument)
	require.NotContains(t, last.Error(), "buy")
	require.Len(t, dt.sent(), 10)
	for i, r := range dt.sent() {
		require.Equal(t, strconv.Itoa(i+1), r.Query.Get("pageNumber"))
	}
}

func TestEmptyListsThatDidNotSucceed(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"result":{"list":[],"hasMore":false},"success":false}`,
		`{"result":{"list":[],"success":false}}`,
	} {
		dt := newDingTalk(answer(200, body))
		_, err := dt.client(t).Premium.ListTodoTasks(t.Context(), dingoa.ListTodoTasksRequest{UserID: "user1"})
		require.ErrorIs(t, err, dingoa.ErrConflict, body)
	}
}

// TestListsThatLoseTheirToken must not look complete.
func TestListsThatLoseTheirToken(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"result":{"list":[],"values":[],"hasMore":true}}`))
	c := dt.client(t, dingoa.WithMaxRetries(0))
	req := dingoa.ListInstancesRequest{ProcessCode: "PROC-1", StartTime: time.Now().Add(-time.Hour)}
	_, err := c.Instances.List(t.Context(), req)
	require.ErrorIs(t, err, dingoa.ErrServer)
	require.ErrorContains(t, err, "nextToken")
	_, err = c.Instances.ListFormData(t.Context(), dingoa.ListFormDataRequest{FormCode: "PROC-1"})
	require.ErrorIs(t, err, dingoa.ErrServer)
}

// TestAllInstancesEndsAtTheLimit: what is beyond it must not be missed unnoticed.
func TestAllInstancesEndsAtTheLimit(t *testing.T) {
	t.Parallel()
	item := `{"processInstanceId":"1"}`
	list := strings.Repeat(item+",", 1999) + item
	next := 1
	dt := newDingTalk(func(*http.Request) (*http.Response, error) {
		next++
		return httpmock.NewStringResponse(200, fmt.Sprintf(`{"result":{"list":[%s],"hasMore":true,"nextToken":"%d"}}`, list, next)), nil
	})
	count := 0
	var last error
	for _, err := range dt.client(t).Premium.AllInstances(t.Context(), dingoa.ListInstancesRequest{ProcessCode: "PROC-1", StartTime: time.Now().Add(-time.Hour)}) {
		if last = err; err == nil {
			count++
		}
	}
	require.Equal(t, 10_000, count)
	require.ErrorIs(t, last, dingoa.ErrInvalidArgument)
	require.NotContains(t, last.Error(), "buy")
	require.Len(t, dt.sent(), 5)
}
