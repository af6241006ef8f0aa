package emulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

func TestAddSign(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	id := create(t, c, leave())
	require.NoError(t, s.AppendTask("lisi", id, emulator.AddedApprovers{UserIDs: []string{"zhaoliu", "qianqi"}, Mode: company.Any, Before: true}, "先看看"))
	require.Equal(t, []string{"lisi PAUSED", "zhaoliu RUNNING", "qianqi RUNNING"}, lines(state(t, s, id)))
	require.NoError(t, s.Approve("qianqi", id, ""))
	require.Equal(t, []string{"lisi RUNNING", "zhaoliu CANCELED", "qianqi COMPLETED AGREE"}, lines(state(t, s, id)))

	require.NoError(t, s.AppendTask("lisi", id, emulator.AddedApprovers{UserIDs: []string{"zhaoliu", "qianqi"}}, ""))
	require.NoError(t, s.Approve("lisi", id, ""))
	require.NoError(t, s.Approve("zhaoliu", id, ""))
	require.Equal(t, []string{"zhaoliu COMPLETED AGREE", "qianqi RUNNING"}, lines(state(t, s, id))[3:], "after the step, and all of them decide")

	require.ErrorContains(t, s.AppendTask("lisi", id, emulator.AddedApprovers{UserIDs: []string{"zhaoliu"}}, ""), `"lisi" has no running task`)
	require.ErrorContains(t, s.AppendTask("qianqi", id, emulator.AddedApprovers{}, ""), "userIds names nobody to add")
}

func TestRevert(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	id := create(t, c, leave())
	require.NoError(t, s.Approve("lisi", id, ""))
	got, err := c.Instances.Get(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, s.Revert("wangwu", id, got.Tasks[0].ActivityID, "再看看"))
	after := lines(state(t, s, id))
	require.Equal(t, "lisi RUNNING", after[len(after)-1])

	require.NoError(t, s.Revert("lisi", id, "", "改一改"))
	after = lines(state(t, s, id))
	require.Equal(t, "zhangsan RUNNING", after[len(after)-1])
	require.NoError(t, s.Approve("zhangsan", id, "改了"))
	after = lines(state(t, s, id))
	require.Equal(t, "lisi RUNNING", after[len(after)-1])

	require.ErrorContains(t, s.Revert("lisi", id, "nowhere", ""), `"nowhere" is not a node before`)
	require.ErrorContains(t, s.Revert("wangwu", id, "", ""), `"wangwu" has no running task`)
}
