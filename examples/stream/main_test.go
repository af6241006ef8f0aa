package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
)

func TestEmulated(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, func(string) string { return "" }))
	require.Equal(t, `An approval over stream mode, in an emulator: no DingTalk account is needed.
Waiting for events
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
	settings := map[string]string{"DINGTALK_APP_KEY": "key"}
	setting := func(name string) string { return settings[name] }
	require.ErrorContains(t, run(t.Context(), new(bytes.Buffer), setting), "AppSecret")

	server, err := emulator.New(emulator.WithStream())
	require.NoError(t, err)
	defer func() { _ = server.Close() }()
	settings["DINGTALK_APP_SECRET"] = "wrong"
	settings["DINGTALK_BASE_URL"], err = server.Listen("")
	require.NoError(t, err)
	require.ErrorIs(t, run(t.Context(), new(bytes.Buffer), setting), dingoa.ErrUnauthorized)
}
