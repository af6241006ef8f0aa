package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func TestEmulated(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, "", ""))
	require.Equal(t, `An approval over stream mode, in an emulator: no DingTalk account is needed.
张三提交的请假: start`+" "+`
张三提交的请假: task of lisi start`+" "+`
张三提交的请假: task of lisi finish agree
张三提交的请假: task of wangwu start`+" "+`
张三提交的请假: task of wangwu finish agree
张三提交的请假: finish agree
`, out.String())
}

func TestReal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := run(t.Context(), &out, "key", "")
	require.ErrorContains(t, err, "AppSecret")
	require.NotErrorIs(t, err, dingoa.ErrUnauthorized, "nothing was sent")
}
