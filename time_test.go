package dingoa_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// createTime reads a time, as JSON, where the vendor sends one.
func createTime(tb testing.TB, value string) (time.Time, error) {
	tb.Helper()
	dt := newDingTalk(answer(200, `{"result":{"status":"RUNNING","createTime":`+value+`},"success":"true"}`))
	found, err := dt.once(tb).Instances.Get(tb.Context(), "1")
	if err != nil {
		return time.Time{}, err
	}
	return found.CreateTime, nil
}

func TestTimeFormats(t *testing.T) {
	t.Parallel()
	china := time.FixedZone("", 8*60*60)
	for value, want := range map[string]time.Time{
		`"2022-08-31T11:52Z"`:         time.Date(2022, 8, 31, 11, 52, 0, 0, time.UTC),
		`"2024-02-29T00:00Z"`:         time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		`"2022-08-31T23:59Z"`:         time.Date(2022, 8, 31, 23, 59, 0, 0, time.UTC),
		`"2022-08-31T11:52:07Z"`:      time.Date(2022, 8, 31, 11, 52, 7, 0, time.UTC),
		`"2022-08-31T11:52:07.125Z"`:  time.Date(2022, 8, 31, 11, 52, 7, 125e6, time.UTC),
		`"2022-08-31T19:52+08:00"`:    time.Date(2022, 8, 31, 11, 52, 0, 0, time.UTC),
		`"2022-08-31T19:52:07+08:00"`: time.Date(2022, 8, 31, 11, 52, 7, 0, time.UTC),
		`"2020-12-21 15:30:26"`:       time.Date(2020, 12, 21, 15, 30, 26, 0, china),
		`"2020-12-21 15:30"`:          time.Date(2020, 12, 21, 15, 30, 0, 0, china),
		`"2020-12-21"`:                time.Date(2020, 12, 21, 0, 0, 0, 0, china),
		`"1986-07-01 00:00:00"`:       time.Date(1986, 7, 1, 0, 0, 0, 0, china), // no daylight saving is guessed
		`1497249913000`:               time.UnixMilli(1497249913000),
		`"1497249913000"`:             time.UnixMilli(1497249913000),
		`0`:                           {},
		`""`:                          {},
		`null`:                        {},
	} {
		got, err := createTime(t, value)
		require.NoError(t, err, value)
		require.True(t, want.Equal(got), "%s: want %s, got %s", value, want, got)
		require.Equal(t, want.IsZero(), got.IsZero())
	}
}

func TestTimesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		`"yesterday"`, `"2022-08-31T11:5Z"`, `"2022-13-01T00:00Z"`, `"2022-02-30T00:00Z"`, `"2022-08-31T24:00Z"`, `"2022-08-31T11:60Z"`,
		`"2022-08-31T11:52X"`, `"2022/08/31"`, `true`, `{}`, `[]`, `1.5e3`, `"99999999999999999999"`,
	} {
		_, err := createTime(t, value)
		require.ErrorIs(t, err, dingoa.ErrServer, value)
	}
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
