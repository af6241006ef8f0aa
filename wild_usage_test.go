package dingoa_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/form"
)

// TestWildTag is a tag that users wrote as the package's documentation suggests:
// the id alone, without a label.
func TestWildTag(t *testing.T) {
	t.Parallel()
	type approval struct {
		X string `form:"id=TextField_1"`
	}
	var a approval
	err := form.Unmarshal([]form.Value{{ID: "TextField_1", Name: "事由", Value: "v"}}, &a)
	if err != nil { // then it says how to write it
		require.ErrorContains(t, err, `",id=TextField_1"`)
		_, err = form.Marshal(a)
		require.ErrorContains(t, err, `",id=TextField_1"`)
		return
	}
	require.Equal(t, "v", a.X)
}

// TestWildBlanks are credentials as people paste them.
func TestWildBlanks(t *testing.T) {
	t.Parallel()
	for _, credentials := range [][2]string{{" dingkey\n", "secret"}, {"dingkey", "secret "}, {" dingkey\n", "secret "}} {
		_, err := dingoa.New(credentials[0], credentials[1])
		require.Error(t, err, credentials)
		require.NotContains(t, err.Error(), "secret ")
	}
}

// TestWildDeletedApproval compares a form that lists a deleted approval before
// one that ended: the end is handed over all the same.
func TestWildDeletedApproval(t *testing.T) {
	t.Parallel()
	gone := string(readFile(t, "testdata", "wild", "errors", "F03-gone.json"))
	dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/instanceIds/query"):
			return answer(200, `{"success":true,"result":{"list":["gone","ok"]}}`)(r)
		case r.URL.Query().Get("processInstanceId") == "gone":
			return answer(400, gone)(r)
		}
		return answer(200, `{"success":true,"result":{"status":"COMPLETED","result":"agree","createTime":"2026-04-16T15:34Z"}}`)(r)
	})
	deduper := event.NewMemoryDeduper(0)
	var ends []string
	d, err := event.NewDispatcher(event.WithDeduper(deduper), event.On(func(_ context.Context, e *event.Event, c event.InstanceChange) error {
		require.Equal(t, event.SourceReconcile, e.Source)
		ends = append(ends, c.InstanceID+" "+string(c.Result))
		return nil
	}))
	require.NoError(t, err)
	at := china(2026, 4, 16, 18, 0, 0)
	c := dt.client(t, dingoa.WithClock(func() time.Time { return at }))
	r, err := backfill.NewReconciler(c, d, deduper, []string{"PROC-A"}, backfill.WithCorpID("ding0"))
	require.NoError(t, err)
	_, err = r.Reconcile(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"ok agree"}, ends)
}
