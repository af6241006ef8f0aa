package dingoa_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func TestDecisionsAreChecked(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, done))
	c := dt.client(t)
	for _, decide := range []func(dingoa.DecideTaskRequest) error{
		func(r dingoa.DecideTaskRequest) error { return c.Tasks.Approve(t.Context(), r) },
		func(r dingoa.DecideTaskRequest) error { return c.Tasks.Refuse(t.Context(), r) },
	} {
		require.Equal(t, []string{"InstanceID", "TaskID", "OperatorUserID"}, fieldsOf(t, dt, decide(dingoa.DecideTaskRequest{})))
		for _, taskID := range []string{"abc", "-1", "0", "1.5", " 1", "99999999999999999999"} {
			req := decision()
			req.TaskID = taskID
			require.Equal(t, []string{"TaskID"}, fieldsOf(t, dt, decide(req)), taskID)
		}
		req := decision()
		req.Remark = strings.Repeat("长", 1025)
		require.Equal(t, []string{"Remark"}, fieldsOf(t, dt, decide(req)))
	}
}

func TestTaskIDsKeepTheirDigits(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"result":true,"success":true}`))
	req := decision()
	req.TaskID = "9223372036854775807"
	for _, c := range []*dingoa.Client{dt.once(t), dt.once(t, dingoa.WithLegacyGateway())} {
		require.NoError(t, c.Tasks.Approve(t.Context(), req))
	}
	require.Contains(t, dt.sent()[0].Body, `"taskId":9223372036854775807`)
	require.Contains(t, dt.sent()[1].Body, `"task_id":9223372036854775807`)
}

// TestResultOfADecisionIsNotItsSuccess: result repeats the decision.
func TestResultOfADecisionIsNotItsSuccess(t *testing.T) {
	t.Parallel()
	c := newDingTalk(answer(200, `{"result":false,"success":true}`)).once(t)
	require.NoError(t, c.Tasks.Approve(t.Context(), decision()))
	require.NoError(t, c.Tasks.Refuse(t.Context(), decision()))
	// Elsewhere it does say whether it worked.
	err := c.Tasks.Redirect(t.Context(), dingoa.RedirectTaskRequest{TaskID: "1", ToUserID: "a", OperatorUserID: "b"})
	require.ErrorIs(t, err, dingoa.ErrConflict)
	require.ErrorIs(t, c.Instances.Terminate(t.Context(), dingoa.TerminateInstanceRequest{InstanceID: "1", IsSystem: true}), dingoa.ErrConflict)
}

func TestRedirectIsChecked(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, done))
	c := dt.client(t)
	require.Equal(t, []string{"TaskID", "ToUserID", "OperatorUserID"}, fieldsOf(t, dt, c.Tasks.Redirect(t.Context(), dingoa.RedirectTaskRequest{})))
	long := dingoa.RedirectTaskRequest{
		TaskID: "1", ToUserID: "a", OperatorUserID: "b", Remark: strings.Repeat("长", 257), ActionName: strings.Repeat("长", 129),
	}
	require.Equal(t, []string{"Remark", "ActionName"}, fieldsOf(t, dt, c.Tasks.Redirect(t.Context(), long)))
	long.Remark, long.ActionName = strings.Repeat("长", 256), strings.Repeat("长", 128)
	require.NoError(t, c.Tasks.Redirect(t.Context(), long))
}

func TestTodoCountAsText(t *testing.T) {
	t.Parallel()
	c := newDingTalk(answer(200, `{"result":"10"}`), answer(200, `{"result":0}`)).once(t)
	for _, want := range []int{10, 0} {
		n, err := c.Tasks.TodoCount(t.Context(), "user1")
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
}
