package dingoa_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
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

		`"list":[null,"1",""],"nextToken":"10"`: "10",

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

// A list that goes on for ever without an item is one that nobody waits for.
func TestListOfEmptyPages(t *testing.T) {
	t.Parallel()
	page := func(n int, list string) httpmock.Responder {
		return answer(200, fmt.Sprintf(`{"success":true,"result":{"list":[%s],"values":[],"hasMore":true,"nextToken":"%d"}}`, list, n))
	}
	pages := []httpmock.Responder{page(1, `"a"`)}
	for n := range 2000 {
		pages = append(pages, page(n+2, ""))
	}
	dt := newDingTalk(pages...)
	c := dt.client(t, dingoa.WithClock(listNow))
	ids, err := collect(t, c, listRequest(listNow().Add(-day), listNow()))
	require.ErrorIs(t, err, dingoa.ErrServer)
	require.ErrorContains(t, err, "100 pages in a row hold nothing")
	require.Equal(t, []string{"a"}, ids, "what came before is good")
	require.Len(t, dt.sent(), 101)

	some := append(slices.Clone(pages[:100]), page(500, `"b"`), answer(200, `{"success":true,"result":{"list":["c"]}}`))
	ids, err = collect(t, newDingTalk(some...).client(t, dingoa.WithClock(listNow)), listRequest(listNow().Add(-day), listNow()))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, ids, "DingTalk may leave out what a filter hides")
}
