package emulator_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

func TestOldCreate(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	create := func(change object) reply {
		in := object{
			"process_code": company.DefaultProcessCode, "originator_user_id": "zhangsan", "dept_id": 100,
			"form_component_values": []any{
				object{"name": "请假类型", "value": "年假"}, object{"name": "开始日期", "value": "2026-05-04"}, object{"name": "天数", "value": "2"},
			},
		}
		return callOld(t, s, http.MethodPost, "/topapi/processinstance/create", with(in, change))
	}
	users := func(n int) string {
		return "lisi" + strings.Repeat(",lisi", n-1)
	}
	for name, tc := range map[string]struct {
		change  object
		errcode int
		tasks   []string
	}{
		"the form's flow":       {nil, 0, []string{"lisi RUNNING"}},
		"approvers in turn":     {object{"approvers": "wangwu, zhaoliu"}, 0, []string{"wangwu RUNNING"}},
		"approvers_v2 precede":  {object{"approvers": "wangwu", "approvers_v2": []any{object{"task_action_type": "AND", "user_ids": []string{"zhaoliu", "qianqi"}}}}, 0, []string{"zhaoliu RUNNING", "qianqi RUNNING"}},
		"20 approvers":          {object{"approvers": users(20)}, 0, []string{"lisi RUNNING"}},
		"21 approvers":          {object{"approvers": users(21)}, 40035, nil},
		"21 copies":             {object{"approvers": "lisi", "cc_list": users(21)}, 40035, nil},
		"AND of one":            {object{"approvers_v2": []any{object{"task_action_type": "AND", "user_ids": []string{"zhaoliu"}}}}, 40035, nil},
		"unknown form":          {object{"process_code": "PROC-NONE"}, 830001, nil},
		"no department":         {object{"dept_id": nil}, 40035, nil},
		"somebody else's":       {object{"dept_id": 200}, 40009, nil},
		"unknown approver":      {object{"approvers": "nobody"}, 40035, nil},
		"required value absent": {object{"form_component_values": []any{object{"name": "天数", "value": "2"}}}, 40035, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := create(tc.change)
			require.InDelta(t, tc.errcode, r.object["errcode"], 0, "%s", r.body)
			if tc.errcode != 0 {
				return
			}
			requireDocumented(t, "OapiProcessinstanceCreate", r.body)
			require.Equal(t, tc.tasks, lines(state(t, s, dig[string](t, r.object, "process_instance_id"))))
		})
	}
}

func TestBusinessIDsCountUp(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithStartTime(startTime()))
	c := newClient(t, s)
	for i := range 3 {
		id := state(t, s, create(t, c, leave())).BusinessID
		require.Equal(t, "20260501173000000000"+strconv.Itoa(i+1), id)
	}
	require.Len(t, s.Instances(), 3)
	_, ok := s.Instance("nowhere")
	require.False(t, ok)
}

func TestRedirectThroughTheAPI(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	id := create(t, c, leave())
	in, err := c.Instances.Get(t.Context(), id)
	require.NoError(t, err)
	r := call(t, s, http.MethodPost, "/v1.0/workflow/tasks/redirect",
		object{"taskId": state(t, s, id).Tasks[0].ID, "toUserId": "zhaoliu", "operateUserId": "lisi", "remark": "请代批"})
	require.JSONEq(t, `{"result":true}`, string(r.body))
	in, err = c.Instances.Get(t.Context(), in.ID)
	require.NoError(t, err)
	last := in.Records[len(in.Records)-1]
	require.Equal(t, dingoa.OperationType("REDIRECT_TASK"), last.Type)
	require.Equal(t, "lisi", last.UserID)
	require.Equal(t, "请代批", last.Remark)
	require.Len(t, in.RunningTasks(), 1)
	require.Equal(t, "zhaoliu", in.RunningTasks()[0].UserID)
	require.Equal(t, dingoa.TaskRedirected, in.Tasks[0].Result)
	require.False(t, in.Tasks[0].FinishTime.IsZero())
}
