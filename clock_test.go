package dingoa_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
)

// skews are how far DingTalk's clock is ahead of this machine's.
func skews() []time.Duration {
	return []time.Duration{
		0, 3 * time.Second, -3 * time.Second, 2 * time.Minute, -2 * time.Minute, 8 * time.Hour, -8 * time.Hour, 30 * day, -30 * day,
	}
}

// withSkews runs test for each of them, in a bubble with an emulator.
func withSkews(t *testing.T, test func(t *testing.T, s *emulator.Server, skew time.Duration), opts ...emulator.Option) {
	t.Helper()
	for _, skew := range skews() {
		t.Run(skew.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, err := emulator.New(append(opts, emulator.WithClockSkew(skew))...)
				require.NoError(t, err)
				defer func() {
					synctest.Wait() // a token that is renewed in the background is renewed
					require.NoError(t, s.Close())
				}()
				require.Equal(t, skew, time.Until(s.Now()))
				test(t, s, skew)
			})
		})
	}
}

func skewed(t *testing.T, s *emulator.Server, opts ...dingoa.Option) *dingoa.Client {
	t.Helper()
	c, err := s.Client(opts...)
	require.NoError(t, err)
	return c
}

func TestServerTime(t *testing.T) {
	t.Parallel()
	withSkews(t, func(t *testing.T, s *emulator.Server, skew time.Duration) {
		t.Helper()
		c := skewed(t, s)
		require.Equal(t, time.Now(), c.ServerTime(), "nothing is known yet")
		_, err := c.Instances.Create(t.Context(), leaveRequest())
		require.NoError(t, err)
		require.InDelta(t, s.Now().Unix(), c.ServerTime().Unix(), 2)
		_, err = c.Instances.ListIDs(t.Context(), dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: s.Now().Add(-121 * day)})
		require.ErrorContains(t, err, "nothing was sent: EndTime is more than 120 days")
		other, err := c.With(dingoa.WithMaxRetries(0))
		require.NoError(t, err)
		require.InDelta(t, s.Now().Unix(), other.ServerTime().Unix(), max(2, skew.Abs().Seconds()), "it begins anew")
		s.SetClockSkew(time.Minute)
		_, err = c.Instances.Create(t.Context(), leaveRequest())
		require.NoError(t, err)
		require.InDelta(t, s.Now().Unix(), c.ServerTime().Unix(), 2, "clocks are set right")
	})
}

// A proxy between answers for itself, with its own clock: only DingTalk's
// answers tell DingTalk's time. AllIDs would miss what was started, a count of
// the month would begin anew.
func TestServerTimeIsDingTalksAlone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	date := func(d time.Duration) []string { return []string{"Date", now.Add(d).Format(http.TimeFormat)} }
	const years = 10 * 365 * day
	for name, reply := range map[string]httpmock.Responder{
		"HTML of an error":      answerWith(502, "<html>bad gateway</html>", date(years)...),
		"HTML of a sign-in":     answerWith(200, "<html>sign in</html>", date(-years)...),
		"JSON of somebody":      answerWith(503, `{"error":"no healthy upstream"}`, date(years)...),
		"redirect":              answerWith(302, "", append(date(years), "Location", "http://192.0.2.1/")...),
		"nothing":               answerWith(500, "", date(-years)...),
		"punished":              answerWith(200, `{"status":1111,"punish":"deny"}`, date(years)...),
		"an old answer, cached": answerWith(200, created, append(date(-30*day), "Age", "2592000")...),
	} {
		dt := newDingTalk(answerWith(200, created, date(time.Hour)...), reply)
		c := dt.client(t, dingoa.WithClock(func() time.Time { return now }), dingoa.WithMaxRetries(0), dingoa.WithMonthlyQuota(100))
		_, err := c.Instances.Create(t.Context(), leaveRequest())
		require.NoError(t, err)
		require.InDelta(t, now.Add(time.Hour).Unix(), c.ServerTime().Unix(), 2)
		_, _ = c.Instances.Create(t.Context(), leaveRequest())
		require.Len(t, dt.sent(), 2)
		require.InDelta(t, now.Add(time.Hour).Unix(), c.ServerTime().Unix(), 2, name)
		require.EqualValues(t, 2, c.Usage().Calls, name)
	}
	refusal := answerWith(400, `{"code":"processCodeError","message":"m"}`, date(2*time.Hour)...)
	c := newDingTalk(refusal).client(t, dingoa.WithClock(func() time.Time { return now }))
	_, err := c.Instances.Create(t.Context(), leaveRequest())
	require.Error(t, err)
	require.InDelta(t, now.Add(2*time.Hour).Unix(), c.ServerTime().Unix(), 2, "a refusal is an answer")
}

// The look-up that Create's errors advise finds the approval, or says that the
// clocks make it impossible.
func TestClockSkewLookUpAfterAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	withSkews(t, func(t *testing.T, s *emulator.Server, skew time.Duration) {
		t.Helper()
		c := skewed(t, s, dingoa.WithMaxRetries(0))
		s.Fail(fault.Fault{Operation: "StartProcessInstance", Times: 1, After: true, DropConnection: true})
		began := time.Now()
		_, err := c.Instances.Create(t.Context(), leaveRequest())
		require.ErrorIs(t, err, dingoa.ErrOutcomeUnknown)
		<-time.After(5 * time.Second)

		list := func(start time.Time) ([]string, error) {
			return collect(t, c, dingoa.ListInstanceIDsRequest{ProcessCode: company.DefaultProcessCode, StartTime: start})
		}
		ids, err := list(c.ServerTime().Add(-time.Since(began) - time.Minute))
		require.NoError(t, err)
		require.Len(t, ids, 1)

		ids, err = list(began.Add(-time.Minute)) // by this machine's clock
		if skew > -time.Minute {
			require.NoError(t, err)
			require.Len(t, ids, 1)
			return
		}
		require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
		require.ErrorContains(t, err, "this machine's clock is "+(-skew).String()+" ahead of DingTalk's")
		require.ErrorContains(t, err, "Client.ServerTime")
	})
}

// Lists of any length find what was started a moment ago.
func TestClockSkewLists(t *testing.T) {
	t.Parallel()
	withSkews(t, func(t *testing.T, s *emulator.Server, _ time.Duration) {
		t.Helper()
		creator := skewed(t, s)
		created, err := creator.Instances.Create(t.Context(), leaveRequest())
		require.NoError(t, err)
		for _, back := range []time.Duration{time.Hour, 89 * day, 100 * day, 119 * day, 120 * day, 200 * day, 330 * day} {
			for _, known := range []bool{false, true} {
				c := skewed(t, s)
				if known {
					_, err := c.Instances.Get(t.Context(), created.InstanceID)
					require.NoError(t, err)
				}
				ids, err := collect(t, c, dingoa.ListInstanceIDsRequest{ProcessCode: company.DefaultProcessCode, StartTime: s.Now().Add(-back)})
				require.NoError(t, err, "%v %v", back, known)
				require.Equal(t, []string{created.InstanceID}, ids, "%v %v", back, known)
			}
		}
		premium := skewed(t, s, dingoa.WithPremium())
		n := 0
		for _, err := range premium.Premium.AllInstances(t.Context(), dingoa.ListInstancesRequest{
			ProcessCode: company.DefaultProcessCode, StartTime: s.Now().Add(-119 * day),
		}) {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, 1, n)
	}, emulator.WithPremium())
}

// Tokens live as long as they last, whatever the clocks show, and a store shared
// by machines whose clocks differ hinders none of them.
func TestClockSkewTokens(t *testing.T) {
	t.Parallel()
	withSkews(t, func(t *testing.T, s *emulator.Server, skew time.Duration) {
		t.Helper()
		store := dingoa.NewMemoryTokenStore()
		one := skewed(t, s, dingoa.WithTokenStore(store), dingoa.WithMaxRetries(0))
		two := skewed(t, s, dingoa.WithTokenStore(store), dingoa.WithMaxRetries(0), dingoa.WithClock(s.Now))
		for range 50 { // 25 hours
			for _, c := range []*dingoa.Client{one, two} {
				_, err := c.Instances.Create(t.Context(), leaveRequest())
				require.NoError(t, err)
			}
			<-time.After(30 * time.Minute)
		}
		tokens := 0
		for _, r := range s.Requests() {
			if r.Operation == "GetAccessToken" {
				tokens++
			}
		}
		require.LessOrEqual(t, tokens, 110)
		if skew.Abs() < time.Minute {
			require.LessOrEqual(t, tokens, 15, "twelve lifetimes, less ten minutes each")
		}
	})
}

func TestClockSkewTimestampWindow(t *testing.T) {
	t.Parallel()
	withSkews(t, func(t *testing.T, s *emulator.Server, skew time.Duration) {
		t.Helper()
		var log bytes.Buffer
		cb, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey},
			dingoa.WithTimestampWindow(time.Minute), dingoa.WithCallbackLogger(slog.New(slog.NewTextHandler(&log, nil))))
		require.NoError(t, err)
		var got int
		require.NoError(t, s.SetCallback(emulator.Callback{Handler: cb.Handler(event.HandlerFunc(
			func(context.Context, *event.Event) error { got++; return nil },
		))}))
		_, err = skewed(t, s).Instances.Create(t.Context(), leaveRequest())
		require.NoError(t, err)
		require.NoError(t, s.Flush(t.Context()))
		if skew.Abs() <= time.Minute {
			require.Positive(t, got)
			return
		}
		require.Zero(t, got)
		where := "behind"
		if skew < 0 {
			where = "ahead of"
		}
		require.Contains(t, log.String(), "this machine's clock is "+skew.Abs().String()+" "+where+" the push's")
		require.Contains(t, log.String(), "set that clock right")
	})
}

func TestRetryAfterADateIsByTheClockOfTheReply(t *testing.T) {
	t.Parallel()
	for _, skew := range skews() {
		t.Run(skew.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				at := time.Now().Add(skew).UTC()
				c := newDingTalk(answerWith(429, throttled,
					"Date", at.Format(http.TimeFormat), "Retry-After", at.Add(20*time.Second).Format(http.TimeFormat)),
					answer(200, instance)).client(t)
				began := time.Now()
				require.NoError(t, get(t.Context(), c))
				require.Equal(t, 20*time.Second, time.Since(began))
			})
		})
	}
}

// A reconciler finds all ends while the clocks differ, and after they were set
// right.
func TestClockSkewReconciler(t *testing.T) {
	t.Parallel()
	for _, skew := range skews() {
		t.Run(skew.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t)
				o.SetClockSkew(skew)
				o.setLose(func(event.InstanceChange) bool { return true })
				o.push()
				r := o.reconciler(backfill.WithCallBudget(100_000))
				n := 0
				hours := func(count int) {
					for range count {
						ids := o.start(2)
						o.agree(ids...)
						n += len(ids)
						o.Advance(time.Hour)
						o.reconcile(r)
					}
				}
				hours(30)
				require.Len(t, o.ends, n)
				o.SetClockSkew(0)
				hours(30)
				o.SetClockSkew(-skew)
				hours(5)
				require.Len(t, o.ends, n)
				for id, ends := range o.ends {
					require.Len(t, ends, 1, id)
				}
			})
		})
	}
}

func TestClockSkewSuite(t *testing.T) {
	t.Parallel()
	const corp = "dingcorp1"
	for _, legacy := range []bool{false, true} {
		t.Run(fmt.Sprint("older gateway ", legacy), func(t *testing.T) {
			t.Parallel()
			withSkews(t, func(t *testing.T, s *emulator.Server, _ time.Duration) {
				t.Helper()
				opts := []dingoa.Option{dingoa.WithHTTPClient(s.HTTPClient()), dingoa.WithMaxRetries(0)}
				if legacy {
					opts = append(opts, dingoa.WithLegacyGateway())
				}
				suite, err := dingoa.NewSuite("suite1", "SECRET-suite", dingoa.NewMemoryTicketStore(), opts...)
				require.NoError(t, err)
				client, err := suite.Client(corp)
				require.NoError(t, err)
				require.NoError(t, suite.SetTicket(t.Context(), "by hand"))
				_, err = client.Instances.Create(t.Context(), leaveRequest())
				require.Error(t, err, "an invented ticket")
				d, err := event.NewDispatcher(event.On(suite.KeepTicket))
				require.NoError(t, err)
				cb, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{"suite1"})
				require.NoError(t, err)
				require.NoError(t, s.SetCallback(emulator.Callback{OwnerKey: "suite1", Handler: cb.Handler(d)}))
				_, err = s.PushSuiteTicket("suite1")
				require.NoError(t, err)
				require.NoError(t, s.Flush(t.Context()))
				for range 3 {
					_, err = client.Instances.Create(t.Context(), leaveRequest())
					require.NoError(t, err)
					<-time.After(3 * time.Hour)
				}
			}, emulator.WithSuite(company.Suite{SuiteKey: "suite1", SuiteSecret: "SECRET-suite", CorpIDs: []string{corp}}))
		})
	}
}

func TestClockSkewFailedPushes(t *testing.T) {
	t.Parallel()
	withSkews(t, func(t *testing.T, s *emulator.Server, _ time.Duration) {
		t.Helper()
		require.NoError(t, s.SetCallback(emulator.Callback{Handler: http.NotFoundHandler()}))
		c := skewed(t, s)
		_, err := c.Instances.Create(t.Context(), leaveRequest())
		require.NoError(t, err)
		s.Advance(time.Hour)
		got := 0
		puller, err := backfill.NewFailedPushPuller(c, event.HandlerFunc(func(context.Context, *event.Event) error { got++; return nil }))
		require.NoError(t, err)
		require.NoError(t, puller.Pull(t.Context()))
		require.Positive(t, got)
	})
}
