package dingoa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/event"
)

// archive is a DingTalk with approvals that have ended. Inside a bubble its
// clock is the bubble's.
type archive struct {
	*dingTalk

	approvals []archived
	// dated adds a Date header to replies.
	dated bool
	// readFails and listFails answer in place of an approval or a form.
	readFails map[string]httpmock.Responder
	listFails map[string]httpmock.Responder

	reads []string
	ends  []string // handled
}

type archived struct {
	id, processCode string
	started         time.Time
}

func newArchive() *archive {
	a := &archive{readFails: map[string]httpmock.Responder{}, listFails: map[string]httpmock.Responder{}}
	a.dingTalk = newDingTalk(a.answer)
	return a
}

func (a *archive) start(processCode string, ids ...string) {
	for _, id := range ids {
		a.approvals = append(a.approvals, archived{id, processCode, time.Now()})
	}
}

func (a *archive) answer(r *http.Request) (resp *http.Response, err error) {
	if r.Method == http.MethodGet {
		id := r.URL.Query().Get("processInstanceId")
		a.reads = append(a.reads, id)
		if fails := a.readFails[id]; fails != nil {
			return fails(r)
		}
		resp, err = answer(200, `{"result":{"title":"t","status":"COMPLETED","result":"agree"},"success":"true"}`)(r)
	} else {
		resp, err = a.list(r)
	}
	if err == nil && a.dated {
		resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	return resp, err
}

func (a *archive) list(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var call listCall
	if err := json.Unmarshal(body, &call); err != nil {
		return nil, err
	}
	if fails := a.listFails[call.ProcessCode]; fails != nil {
		return fails(r)
	}
	ids := []string{}
	for _, approval := range a.approvals {
		if at := approval.started.UnixMilli(); approval.processCode == call.ProcessCode && at >= call.StartTime && at <= call.EndTime {
			ids = append(ids, approval.id)
		}
	}
	to := min(len(ids), int(call.NextToken)+call.MaxResults)
	result := map[string]any{"list": ids[min(int(call.NextToken), to):to]}
	if to < len(ids) {
		result["nextToken"] = strconv.Itoa(to)
	}
	reply, err := json.Marshal(map[string]any{"result": result, "success": true})
	if err != nil {
		return nil, err
	}
	return answer(200, string(reply))(r)
}

func (a *archive) reconciler(t *testing.T, now func() time.Time, processCodes ...string) *backfill.Reconciler {
	t.Helper()
	client := a.client(t, dingoa.WithClock(now), dingoa.WithMaxRetries(0))
	handled := event.NewMemoryDeduper(0)
	d, err := event.NewDispatcher(event.WithDeduper(handled), event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
		a.ends = append(a.ends, c.InstanceID)
		return nil
	}))
	require.NoError(t, err)
	r, err := backfill.NewReconciler(client, d, handled, processCodes, backfill.WithCorpID("corp"), backfill.WithCallBudget(1000))
	require.NoError(t, err)
	return r
}

// What cannot be read keeps nothing else waiting, is tried ever more rarely, and
// is reported until it can be.
func TestReconcileGetsPastWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]httpmock.Responder{
		"no form data":      answer(400, `{"code":"processFormDataIsNull","message":"流程表单数据为空"}`),
		"no permission":     answer(400, `{"code":"needAuth","message":"没有发起审批的权限"}`),
		"template deleted":  answer(400, `{"code":"processCodeError","message":"获取审批模板失败或者模板已被删除"}`),
		"unreadable":        answer(200, `{"result":{"status":["COMPLETED"]},"success":true}`),
		"nothing":           answer(200, ``),
		"unknown code":      answer(400, `{"code":"whatever","message":"x"}`),
		"internal":          answer(400, `{"code":"internalError","message":"x"}`),
		"down for this one": answer(502, `<html>bad gateway</html>`),
		"lost by a proxy":   answer(404, `<html>not found</html>`),
		"connection":        broken,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newArchive()
				a.start("PROC-1", "bad", "ok")
				a.readFails["bad"] = fails
				r := a.reconciler(t, time.Now, "PROC-1")
				<-time.After(10 * time.Minute)
				report, err := r.Reconcile(t.Context())
				require.ErrorContains(t, err, "bad")
				if name == "connection" {
					require.Equal(t, 0, report.Delivered, "the network may be down")
					<-time.After(time.Minute)
					_, err = r.Reconcile(t.Context())
					require.NoError(t, err)
				}
				require.Equal(t, []string{"ok"}, a.ends)
				require.Len(t, report.Failing, 1)
				failing := report.Failing[0]
				require.Equal(t, "PROC-1", failing.ProcessCode)
				require.Equal(t, "bad", failing.InstanceID)
				require.Equal(t, 1, failing.Failures)
				require.NotEmpty(t, failing.Problem)
				require.Equal(t, 10*time.Minute, failing.Next.Sub(failing.Tried))

				for range 30 * 24 { // a month
					<-time.After(time.Hour)
					_, _ = r.Reconcile(t.Context())
				}
				tries := slices.DeleteFunc(slices.Clone(a.reads), func(id string) bool { return id != "bad" })
				require.Greater(t, len(tries), 8, "10, 20, 40 minutes ... a week")
				require.Less(t, len(tries), 20)
				delete(a.readFails, "bad")
				<-time.After(7 * 24 * time.Hour)
				report, err = r.Reconcile(t.Context())
				require.NoError(t, err)
				require.Empty(t, report.Failing)
				require.Equal(t, []string{"ok", "bad"}, a.ends)
			})
		})
	}
}

// DingTalk answers processInstanceIdError for an approval that was deleted.
func TestReconcileCountsDeletedApprovalsAsGone(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{
		"published":  `{"code":"processInstanceIdError","message":"x","requestid":"R"}`,
		"documented": `{"code":"processInstanceNotExist","message":"审批实例不存在"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newArchive()
				a.start("PROC-1", "gone", "ok")
				a.readFails["gone"] = answer(400, reply)
				r := a.reconciler(t, time.Now, "PROC-1")
				<-time.After(10 * time.Minute)
				report, err := r.Reconcile(t.Context())
				require.NoError(t, err)
				require.Equal(t, backfill.Report{Listed: 2, Gone: 1, Delivered: 1, Calls: 3}, report)
				require.Equal(t, []string{"ok"}, a.ends)

				_, err = a.client(t).Instances.Get(t.Context(), "gone")
				require.ErrorIs(t, err, dingoa.ErrNotFound)
			})
		})
	}
}

func TestReconcileGetsPastAFormThatCannotBeListed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newArchive()
		a.start("PROC-deleted", "never")
		a.start("PROC-1", "ok")
		a.listFails["PROC-deleted"] = answer(400, `{"code":"processCodeError","message":"x"}`)
		codes := []string{"PROC-deleted", "PROC-1"}
		r := a.reconciler(t, time.Now, codes...)
		codes[1] = "changed by the caller"
		<-time.After(10 * time.Minute)
		report, err := r.Reconcile(t.Context())
		require.ErrorIs(t, err, dingoa.ErrNotFound)
		require.ErrorContains(t, err, "PROC-deleted")
		require.Equal(t, []string{"ok"}, a.ends)
		require.Len(t, report.Failing, 1)
		require.Equal(t, "PROC-deleted", report.Failing[0].ProcessCode)
		require.Empty(t, report.Failing[0].InstanceID)

		<-time.After(9 * time.Minute)
		report, err = r.Reconcile(t.Context())
		require.NoError(t, err, "it is left alone for a while")
		require.Len(t, report.Failing, 1)
		delete(a.listFails, "PROC-deleted")
		<-time.After(time.Minute)
		report, err = r.Reconcile(t.Context())
		require.NoError(t, err)
		require.Empty(t, report.Failing)
		require.Equal(t, []string{"ok", "never"}, a.ends)
	})
}

// An error about everything ends the comparison, and is nobody's failure.
func TestReconcileStopsAtErrorsAboutEverything(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]httpmock.Responder{
		"throttled":  answer(400, throttled),
		"token":      answer(400, refused),
		"quota":      answer(400, `{"code":"Forbidden.AccessDenied.ApiCountLimitForOrg","message":"x"}`),
		"network":    httpmock.NewErrorResponder(errors.New("no route to host")),
		"permission": answer(403, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","message":"x","accessdenieddetail":{"requiredScopes":["Workflow.Instance.Read"]}}`),
		"all down":   answer(503, ``),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newArchive()
				for i := range 20 {
					id := fmt.Sprint("approval-", i)
					a.start("PROC-1", id)
					a.readFails[id] = fails
				}
				r := a.reconciler(t, time.Now, "PROC-1")
				<-time.After(10 * time.Minute)
				report, err := r.Reconcile(t.Context())
				require.Error(t, err)
				require.LessOrEqual(t, len(a.reads), 6)
				require.Equal(t, 20, report.Open)
				clear(a.readFails)
				<-time.After(10 * time.Minute)
				_, err = r.Reconcile(t.Context())
				require.NoError(t, err)
				require.Len(t, a.ends, 20)
			})
		})
	}
}

// One comparison with a clock 30 days ahead, and none of the ends since is lost.
func TestReconcileAfterAClockThatWasWrong(t *testing.T) {
	t.Parallel()
	for name, dated := range map[string]bool{"replies without a date": false, "replies with a date": true} {
		for _, first := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " first ", first), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					a := newArchive()
					a.dated = dated
					var ahead time.Duration
					r := a.reconciler(t, func() time.Time { return time.Now().Add(ahead) }, "PROC-1")
					n := 0
					later := func(days int) {
						for range days {
							a.start("PROC-1", fmt.Sprint("approval-", n))
							n++
							<-time.After(24 * time.Hour)
						}
					}
					if !first {
						later(3)
						_, err := r.Reconcile(t.Context())
						require.NoError(t, err)
						require.Len(t, a.ends, 1, "24 hours back without a state")
						a.ends, a.approvals = nil, nil
					}
					ahead = 30 * 24 * time.Hour
					later(1)
					_, err := r.Reconcile(t.Context())
					require.NoError(t, err)
					ahead = 0
					distrusted := 0
					for range 60 {
						later(1)
						report, err := r.Reconcile(t.Context())
						require.NoError(t, err)
						distrusted += report.Distrusted
					}
					<-time.After(time.Hour)
					_, err = r.Reconcile(t.Context())
					require.NoError(t, err)
					require.Len(t, a.ends, 61)
					if !dated {
						require.Equal(t, 1, distrusted)
					}
				})
			})
		}
	}
}
