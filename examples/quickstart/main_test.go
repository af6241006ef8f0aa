package main

import (
	"bytes"
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator/company"
)

func TestEmulated(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, runEmulated(t.Context(), &out))
	// The timeline comes from signed and encrypted pushes over loopback, the
	// rest from replies.
	for _, want := range []string{
		`09:00  ●  张三 asks: 张三提交的请假`,
		`09:00  ○  waits for 李四`,
		`09:25  ✓  李四: agree  “同意，注意交接”`,
		`09:25  ○  waits for 王五`,
		`10:05  ✓  王五: agree  “假期愉快”`,
		`10:05  ■  ended: agree`,
		`张三提交的请假, No\. \d+: COMPLETED agree`,
		`请假类型: 年假`,
		`11-23 10:05  EXECUTE_TASK_NORMAL        AGREE  wangwu  “假期愉快”`,
		`10:06  ■  revoked`,
		`API calls spent: 8 \(ExecuteProcessInstance 2, GetProcessInstance 3, StartProcessInstance 2, TerminateProcessInstance 1\)`,
	} {
		require.Regexp(t, want, out.String())
	}
}

// The real service may have any form.
func TestReportOfAnotherForm(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, report(&out, &dingoa.Instance{FormValues: []dingoa.FormValue{{Name: "金额", Value: "0.10"}}}))
	require.Contains(t, out.String(), "    金额: 0.10\n")
	require.NotContains(t, out.String(), "请假类型")
	require.ErrorContains(t, report(&out, &dingoa.Instance{FormValues: []dingoa.FormValue{{Name: "天数", Value: "many"}}}), "Days (天数, NumberField)")
}

func TestRealNeedsAllSettings(t *testing.T) {
	t.Setenv("DINGTALK_APP_KEY", "key")
	t.Setenv("DINGTALK_APP_SECRET", "")
	require.ErrorContains(t, runReal(t.Context(), &bytes.Buffer{}), "DINGTALK_APP_SECRET")
}

// The real service is imitated on a socket, and people by who approves while
// the program waits.
func TestRealFollowsTheDecisionsOfPeople(t *testing.T) {
	server := dingoatest.NewServer(t)
	base, err := server.Listen("")
	require.NoError(t, err)
	t.Setenv("DINGTALK_APP_KEY", company.DefaultAppKey)
	t.Setenv("DINGTALK_APP_SECRET", company.DefaultAppSecret)
	t.Setenv("DINGTALK_PROCESS_CODE", company.DefaultProcessCode)
	t.Setenv("DINGTALK_USER_ID", company.DefaultOriginator)
	t.Setenv("DINGTALK_DEPT_ID", strconv.Itoa(company.DefaultDeptID))
	t.Setenv("DINGTALK_BASE_URL", base)
	s, err := readSettings()
	require.NoError(t, err)

	approvers := []string{company.DefaultFirstApprover, company.DefaultSecondApprover}
	var out bytes.Buffer
	require.NoError(t, followReal(t.Context(), &out, s, func(_ context.Context, d time.Duration) error {
		server.Advance(d)
		if len(approvers) == 0 {
			return nil
		}
		first := server.Instances()[0]
		approver := approvers[0]
		approvers = approvers[1:]
		return server.Approve(approver, first.ID, "ok")
	}))
	require.Contains(t, out.String(), "COMPLETED agree")
	require.Contains(t, out.String(), "wangwu EXECUTE_TASK_NORMAL AGREE ok")
	require.Contains(t, out.String(), "revoked")
	require.Contains(t, out.String(), "TerminateProcessInstance 1")
}
