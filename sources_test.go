package dingoa_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/sourcetest"
)

// members is what a message's object holds, after a comma unless it is empty.
func members(m sourcetest.Message) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(m.Data, "{"), "}")
	if inner == "" {
		return ""
	}
	return "," + inner
}

func TestSourceHTTP(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, event.SourceHTTP, func(tb testing.TB, h event.Handler, messages ...sourcetest.Message) (done []bool) {
		tb.Helper()
		cb := newCallback(tb)
		handler := cb.Handler(h)
		for _, m := range messages {
			p := testPush(tb, cb, fmt.Sprintf(`{"EventType":%q,"EventTime":%d,"CorpId":%q,"eventId":%q%s}`,
				m.Type, sourcetest.Time().UnixMilli(), sourcetest.CorpID, m.ID, members(m)))
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/?"+p.query.Encode(), strings.NewReader(p.body)))
			done = append(done, rec.Code == http.StatusOK)
		}
		return done
	})
}

func TestSourceFailedPushes(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, event.SourceFailedPush, func(tb testing.TB, h event.Handler, messages ...sourcetest.Message) (done []bool) {
		tb.Helper()
		var entries []string
		for _, m := range messages {
			entries = append(entries, fmt.Sprintf(`{"call_back_tag":%[1]q,"event_time":%[2]d,%[1]q:{"corpid":%[3]q,"bpmsCallBackData":%[4]s}}`,
				m.Type, sourcetest.Time().UnixMilli(), sourcetest.CorpID, m.Data))
		}
		dt := newDingTalk(answer(200, `{"errcode":0,"has_more":false,"failed_list":[`+strings.Join(entries, ",")+`]}`))
		puller, err := backfill.NewFailedPushPuller(dt.client(tb), h)
		require.NoError(tb, err)
		var held []event.Event
		if err := puller.Pull(tb.Context()); err != nil {
			var unhandled *backfill.UnhandledEventsError
			require.ErrorAs(tb, err, &unhandled)
			held = unhandled.Events
		}
		for _, m := range messages {
			done = append(done, !slices.ContainsFunc(held, func(e event.Event) bool { return e.Type == m.Type }))
		}
		return done
	})
}
