package dingoa_test

import (
	"testing"
	"time"

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

		`"list":["1"],"nextToken":0`:                     "",
		`"list":["1"],"nextToken":"0"`:                   "",
		`"list":["1"],"nextToken":-1`:                    "",
		`"list":["1"],"next_cursor":0`:                   "",
		`"list":["1"],"nextToken":"20","next_cursor":20`: "20",
		`"list":["1"],"nextToken":"","next_cursor":20`:   "20",
		`"list":["1"],"nextToken":0,"next_cursor":20`:    "20",
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

// TestPageWithoutHasMore: a list that does not say whether it goes on does so
// while it has a cursor.
func TestPageWithoutHasMore(t *testing.T) {
	t.Parallel()
	for result, want := range map[string]string{
		`"nextToken":"10"`:                   "10",
		`"nextToken":"10","hasMore":null`:    "10",
		`"nextToken":10,"hasMore":"true"`:    "10",
		`"nextToken":"10","hasMore":false`:   "",
		`"nextToken":"10","hasMore":"false"`: "",
		`"nextToken":"0"`:                    "",
		`"nextToken":""`:                     "",
		`"maxResults":20`:                    "",
	} {
		reply := answer(200, `{"success":true,"result":{"list":[],"values":[],`+result+`}}`)
		for name, list := range map[string]func(c *dingoa.Client) (string, error){
			"premium": func(c *dingoa.Client) (string, error) {
				page, err := c.Premium.ListInstances(t.Context(), dingoa.ListInstancesRequest{ProcessCode: "p", StartTime: time.Now().Add(-day)})
				if err != nil {
					return "", err
				}
				return page.NextCursor, nil
			},
			"form data": func(c *dingoa.Client) (string, error) {
				page, err := c.Instances.ListFormData(t.Context(), dingoa.ListFormDataRequest{FormCode: "f"})
				if err != nil {
					return "", err
				}
				return page.NextCursor, nil
			},
			"data form": func(c *dingoa.Client) (string, error) {
				page, err := c.DataForms.List(t.Context(), dingoa.ListDataRequest{FormCode: "f"})
				if err != nil {
					return "", err
				}
				return page.NextCursor, nil
			},
		} {
			next, err := list(newDingTalk(reply).once(t))
			require.NoError(t, err, name+result)
			require.Equal(t, want, next, name+result)
		}
	}
}
