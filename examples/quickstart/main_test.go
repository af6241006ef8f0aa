package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
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

func TestRealNeedsAllSettings(t *testing.T) {
	t.Setenv("DINGTALK_APP_KEY", "key")
	t.Setenv("DINGTALK_APP_SECRET", "")
	require.ErrorContains(t, runReal(t.Context(), &bytes.Buffer{}), "DINGTALK_APP_SECRET")
}
