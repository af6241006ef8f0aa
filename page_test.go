package dingoa_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// TestPage reads the cursors of both gateways: text, number, empty or absent.
// How pages are walked is tested with AllIDs.
func TestPage(t *testing.T) {
	t.Parallel()
	legacy := dingoa.WithLegacyGateway()
	for result, want := range map[string]string{
		`"list":["1"],"nextToken":"10"`:  "10",
		`"list":["1"],"nextToken":10`:    "10",
		`"list":["1"],"nextToken":""`:    "",
		`"list":["1"],"nextToken":null`:  "",
		`"list":["1"]`:                   "",
		`"list":["1"],"next_cursor":10`:  "10",
		`"list":["1"],"next_cursor":"7"`: "7",
	} {
		for _, gateway := range [][]dingoa.Option{nil, {legacy}} {
			dt := newDingTalk(answer(200, `{"errcode":0,"success":true,"result":{`+result+`}}`))
			c := dt.once(t, append(gateway, dingoa.WithClock(listNow))...)
			page, err := c.Instances.ListIDs(t.Context(), listRequest(listNow().Add(-day), listNow()))
			require.NoError(t, err)
			require.Equal(t, &dingoa.Page[string]{Items: []string{"1"}, NextCursor: want}, page, result)
			require.Equal(t, want != "", page.HasMore())
		}
	}
}
