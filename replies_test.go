package dingoa_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func TestRedirectSaysWhereTo(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"https://other.test/a?access_token=SECRET": "redirected to other.test,",
		"/login": "redirected to another address,",
		"":       "redirected to another address,",
	} {
		err := get(t.Context(), newDingTalk(answerWith(302, "<html>log in</html>", "Location", location)).once(t))
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "SECRET")
		require.Equal(t, "<html>log in</html>", asError(t, err).Body)
	}
}

// TestErrcodeZeroIsEnough: on the older gateway it says that the call worked,
// whatever else is missing.
func TestErrcodeZeroIsEnough(t *testing.T) {
	t.Parallel()
	for _, m := range methods() {
		if !slices.Contains([]string{"Terminate", "Comment", "Approve", "Refuse"}, m.name) { // others answer with more
			continue
		}
		c := newDingTalk(answer(200, `{"errcode":0,"errmsg":"ok"}`)).once(t, dingoa.WithLegacyGateway())
		require.NoError(t, m.call(t.Context(), c), m.name)
		c = newDingTalk(answer(200, `{"errcode":0,"errmsg":"ok","result":false,"success":false}`)).once(t, dingoa.WithLegacyGateway())
		require.ErrorIs(t, m.call(t.Context(), c), dingoa.ErrConflict, m.name)
	}
}

// TestPunishIsAWordToo: an approval may be about it.
func TestPunishIsAWordToo(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{
		`{"result":{"status":"RUNNING","title":"punish","businessId":"1111","bizData":"\"deny\""},"success":"true"}`,
		`{"result":{"status":"RUNNING","formComponentValues":[{"name":"<punish>","value":"{\"punish\":\"deny\"}"}]},"success":"true"}`,
	} {
		require.NoError(t, get(t.Context(), newDingTalk(answer(200, reply)).once(t)))
	}
	require.ErrorIs(t, get(t.Context(), newDingTalk(answer(502, "punish 1111")).once(t)), dingoa.ErrServer)
}

func TestUnreadableRepliesSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]string{
		"":                     "the reply is empty",
		"\n":                   "the reply is empty",
		"<html>":               "the reply is not JSON",
		`{"result":`:           "the reply is not JSON",
		`{"result":[]}`:        "documented form",
		`{"success":true}`:     "has no instance",
		`{"punish":"deny"}`:    "punishment page",
		`<script>punish</...>`: "punishment page",
	} {
		err := get(t.Context(), newDingTalk(answer(200, reply)).once(t))
		require.ErrorContains(t, err, want, reply)
	}
	err := get(t.Context(), newDingTalk(answer(200, `{"result":{}}`)).once(t, dingoa.WithLegacyGateway()))
	require.ErrorContains(t, err, "no errcode")
}

func TestSuccessFalseWithAMessage(t *testing.T) {
	t.Parallel()
	err := newDingTalk(answer(200, `{"success":false,"message":"why"}`)).once(t).Tasks.Approve(t.Context(), decision())
	require.ErrorIs(t, err, dingoa.ErrConflict)
	require.Equal(t, "why", asError(t, err).Message)
}

// An error shows of what shape a reply was, and nothing that people wrote.
func TestUnreadableRepliesShowNoContent(t *testing.T) {
	t.Parallel()
	const reply = `{"success":true,"result":{"title":"张三的调薪","amount":31415.9,"status":"RUNNING","formComponentValues":[{"name":"工资","value":"31\"415"}],"bizData":"{\"salary\":31415}"`
	for name, body := range map[string]string{
		"cut off":        reply,
		"cut in a text":  strings.SplitAfter(reply, "张三")[0],
		"with a tail":    reply + "}}<!-- 31415 -->",
		"with something": "cb(" + reply + "}})",
		"other shape":    `{"success":true,"result":[` + reply + `}}]}`,
		"in a list":      `[` + reply + `}}]`,
		"a text":         `"张三 31415"`,
		"UTF-16":         "\xff\xfe" + reply,
		"too long":       reply + strings.Repeat(" ", 2000),
	} {
		for _, gateway := range [][]dingoa.Option{nil, {dingoa.WithLegacyGateway()}} {
			err := get(t.Context(), newDingTalk(answer(200, body)).once(t, append(gateway, dingoa.WithMaxReplyBytes(1000))...))
			require.Error(t, err, name)
			text := fmt.Sprintf("%v %+v %#v %s", err, err, err, asError(t, err).Body)
			for _, secret := range []string{"张三", "调薪", "31415", "工资", "415"} {
				require.NotContains(t, text, secret, name)
			}
			if strings.Contains(body, "result") {
				require.Contains(t, text, "result", "the names of members help")
			}
		}
	}
}

// A reply of 8 MB could take gigabytes. The test is not parallel: it measures the
// memory of the process.
func TestRepliesWithEndlessLists(t *testing.T) {
	for _, reply := range []string{
		`{"success":true,"result":{"status":"RUNNING","tasks":[` + strings.Repeat("{},", 400_000) + `{}]}}`,
		`{"success":true,"result":"{\"status\":\"RUNNING\",\"tasks\":[` + strings.Repeat("{},", 400_000) + `{}]}"}`,
		`{"success":true,"result":{"status":"RUNNING","operationRecords":[` + strings.Repeat(`{"images":[[]]},`, 400_000) + `{}]}}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := get(t.Context(), newDingTalk(answer(200, reply)).once(t))
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, dingoa.ErrServer)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(400<<20))
	}
}

func TestRepliesBehindAByteOrderMark(t *testing.T) {
	t.Parallel()
	require.NoError(t, get(t.Context(), newDingTalk(answer(200, "\ufeff"+`{"success":true,"result":{"status":"RUNNING"}}`)).once(t)))
	err := get(t.Context(), newDingTalk(answer(400, "\ufeff"+`{"code":"processInstanceIdError","message":"m"}`)).once(t))
	require.ErrorIs(t, err, dingoa.ErrNotFound)
}
