package dingoa_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// createTime reads a time, as JSON, where the vendor sends one.
func createTime(tb testing.TB, value string) (_ time.Time, ok bool) {
	tb.Helper()
	dt := newDingTalk(answer(200, `{"result":{"title":"t","createTime":`+value+`,"status":"RUNNING"},"success":"true"}`))
	found, err := dt.once(tb).Instances.Get(tb.Context(), "1")
	require.NoError(tb, err)
	require.Equal(tb, "t", found.Title)
	require.Equal(tb, dingoa.InstanceRunning, found.Status)
	if found.Unread == nil {
		return found.CreateTime, true
	}
	require.Len(tb, found.Unread, 1)
	require.Equal(tb, "createTime", found.Unread[0].Field)
	require.Equal(tb, "a time", found.Unread[0].Want)
	require.Zero(tb, found.CreateTime)
	return time.Time{}, false
}

func TestTimeFormats(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Time{
		`"2022-08-31T11:52Z"`:             chinaMinute(2022, 8, 31, 11, 52), // in spite of the Z
		`"2024-02-29T00:00Z"`:             chinaMinute(2024, 2, 29, 0, 0),
		`"2022-08-31T23:59Z"`:             chinaMinute(2022, 8, 31, 23, 59),
		`"2022-08-31T11:52"`:              chinaMinute(2022, 8, 31, 11, 52),
		`"2022-08-31T11:52:07"`:           chinaMinute(2022, 8, 31, 11, 52).Add(7 * time.Second),
		`"2022-08-31T11:52:07Z"`:          time.Date(2022, 8, 31, 11, 52, 7, 0, time.UTC),
		`"2022-08-31T11:52:07.125Z"`:      time.Date(2022, 8, 31, 11, 52, 7, 125e6, time.UTC),
		`"2022-08-31T19:52+08:00"`:        time.Date(2022, 8, 31, 11, 52, 0, 0, time.UTC),
		`"2022-08-31T19:52:07+08:00"`:     time.Date(2022, 8, 31, 11, 52, 7, 0, time.UTC),
		`"2022-08-31T19:52:07+0800"`:      time.Date(2022, 8, 31, 11, 52, 7, 0, time.UTC),
		`"2021-07-26T02:18:33.000+00:00"`: time.Date(2021, 7, 26, 2, 18, 33, 0, time.UTC),
		`"2021-07-26T10:18:33.000+0800"`:  time.Date(2021, 7, 26, 2, 18, 33, 0, time.UTC),
		`"2021-07-25T20:48:33-05:30"`:     time.Date(2021, 7, 26, 2, 18, 33, 0, time.UTC),
		`"2021-07-26 10:18:33 +0800"`:     time.Date(2021, 7, 26, 2, 18, 33, 0, time.UTC),
		`"2020-12-21 15:30:26"`:           chinaMinute(2020, 12, 21, 15, 30).Add(26 * time.Second),
		`"2020-12-21 15:30"`:              chinaMinute(2020, 12, 21, 15, 30),
		`"2020-12-21"`:                    chinaMinute(2020, 12, 21, 0, 0),
		`"2023/01/02 15:04"`:              chinaMinute(2023, 1, 2, 15, 4),
		`"2023/1/2"`:                      chinaMinute(2023, 1, 2, 0, 0),
		`"1986-07-01 00:00:00"`:           chinaMinute(1986, 7, 1, 0, 0), // no daylight saving is guessed
		`1497249913`:                      time.Unix(1497249913, 0),
		`"1497249913"`:                    time.Unix(1497249913, 0),
		`1497249913000`:                   time.UnixMilli(1497249913000),
		`"1497249913000"`:                 time.UnixMilli(1497249913000),
		`0`:                               {},
		`""`:                              {},
		`null`:                            {},
	} {
		got, ok := createTime(t, value)
		require.True(t, ok, value)
		require.Equal(t, want.UTC(), got, value)
	}
}

// One odd time makes that field unread, and nothing else.
func TestTimesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		`"yesterday"`, `"2022-08-31T11:5Z"`, `"2022-13-01T00:00Z"`, `"2022-02-30T00:00Z"`, `"2022-08-31T24:00Z"`, `"2022-08-31T11:60Z"`,
		`"2022-08-31T11:52X"`, `"2022/08-31"`, `"2022-08-31T11:52:07+08:0"`, `-1`, `12345678901`, `true`, `{}`, `[]`, `1.5`, `"99999999999999999999"`,
	} {
		_, ok := createTime(t, value)
		require.False(t, ok, value)
	}
}

// The reply is a published one with other ids and names: the Unix second in the
// instance id, the China minute in businessId and all times are the same instant.
func TestMinutesWithZAreChinaTime(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"success":true,"result":{"title":"t","businessId":"202604161534000111222","status":"COMPLETED","result":"agree",
		"originatorUserId":"u1","originatorDeptId":"-1","createTime":"2026-04-16T15:34Z","finishTime":"2026-04-16T16:00Z",
		"operationRecords":[{"userId":"u1","date":"2026-04-16T15:34Z","type":"START_PROCESS_INSTANCE","result":"NONE"}],
		"tasks":[{"taskId":1,"userId":"u2","status":"COMPLETED","result":"AGREE","createTime":"2026-04-16T15:34Z","finishTime":"2026-04-16T16:00Z"}]}}`))
	found, err := dt.once(t).Instances.Get(t.Context(), "AAAAAAAAAAAAAAAAAAAAAA00221776324877")
	require.NoError(t, err)
	started := time.Unix(1776324877, 0).UTC().Truncate(time.Minute)
	finished := time.Date(2026, 4, 16, 8, 0, 0, 0, time.UTC)
	require.Equal(t, started, found.CreateTime)
	require.Equal(t, finished, found.FinishTime)
	require.Equal(t, started, found.Records[0].Time)
	require.Equal(t, started, found.Tasks[0].CreateTime)
	require.Equal(t, finished, found.Tasks[0].FinishTime)
}

// TestTimesAreSentInMilliseconds, whatever the zone of the value.
func TestTimesAreSentInMilliseconds(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 20, 8, 0, 0, 999_999_999, time.FixedZone("", 8*60*60))
	dt := newDingTalk(answer(200, `{"result":{"list":[]},"success":true}`))
	_, err := dt.once(t, dingoa.WithClock(listNow)).Instances.ListIDs(t.Context(), listRequest(start, start.UTC().Add(time.Hour)))
	require.NoError(t, err)
	var body struct {
		StartTime int64 `json:"startTime"`
		EndTime   int64 `json:"endTime"`
	}
	require.NoError(t, json.Unmarshal([]byte(dt.sent()[0].Body), &body))
	require.EqualValues(t, 1795132800999, body.StartTime)
	require.Equal(t, body.StartTime+3600*1000, body.EndTime)
}
