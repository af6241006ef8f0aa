package dingoa_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// wildPageOf is a page of instance ids.
type wildPageOf struct {
	ids  []string
	next string
}

// TestWildLists reads pages of ids, most of which are the last: each list says
// so in its own way, and none may be fetched again.
func TestWildLists(t *testing.T) {
	t.Parallel()
	one := wildPageOf{ids: []string{"i1"}}
	expected := map[string]wildPageOf{
		"01-ids-end-absent.json":        one,
		"02-ids-end-null.json":          one,
		"03-ids-end-empty.json":         one,
		"04-ids-end-zero.json":          one,
		"05-ids-end-zero-text.json":     one,
		"06-ids-end-no-list.json":       {},
		"07-ids-end-null-list.json":     {},
		"08-ids-end-empty-list.json":    {},
		"legacy-11-ids-end-absent.json": one,
		"legacy-12-ids-end-null.json":   one,
		"legacy-13-ids-end-zero.json":   one,
		"legacy-14-ids-end-empty.json":  one,
		"20-ids-more.json":              {[]string{"i1", "i2"}, "20"},
		"21-ids-more-text.json":         {[]string{"i1", "i2"}, "20"},
		"legacy-22-ids-more.json":       {[]string{"i1", "i2"}, "20"},
	}
	for name, payload := range wildFiles(t, "lists", expected) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := expected[name]
			req := dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-A", StartTime: time.Now().Add(-time.Hour)}
			page, err := wildClient(t, name, payload).Instances.ListIDs(t.Context(), req)
			require.NoError(t, err)
			require.Equal(t, want, wildPageOf{noEmpty(page.Items), page.NextCursor})
			require.Equal(t, want.next != "", page.HasMore())
			if page.HasMore() {
				return
			}
			var opts []dingoa.Option
			if strings.HasPrefix(name, "legacy-") {
				opts = append(opts, dingoa.WithLegacyGateway())
			}
			dt := newDingTalk(answer(200, payload))
			var ids []string
			for id, err := range dt.client(t, opts...).Instances.AllIDs(t.Context(), req) {
				require.NoError(t, err)
				ids = append(ids, id)
			}
			require.Equal(t, want.ids, ids)
			require.Len(t, dt.sent(), 1, "the last page is the last call")
		})
	}
}
