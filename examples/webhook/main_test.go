package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEmulated(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, func(string) string { return "" }))
	require.Equal(t, "An approval over callbacks, in an emulator: no DingTalk account is needed.\n"+
		"张三提交的请假: start \n"+
		"张三提交的请假: finish, but the handler fails\n"+
		"张三提交的请假: finish refuse\n", out.String())
}

func TestReal(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), new(bytes.Buffer), func(name string) string {
		return map[string]string{"DINGTALK_APP_KEY": "key", "DINGTALK_CALLBACK_TOKEN": "token"}[name]
	})
	require.ErrorContains(t, err, "aes key")
}
