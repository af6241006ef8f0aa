package dingoa_test

import (
	"slices"
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
