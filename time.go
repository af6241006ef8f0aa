package dingoa

import (
	"fmt"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// Layouts of requests, in China time.
const (
	layoutChinaSecond = "2006-01-02 15:04:05"
	layoutChinaMinute = "2006-01-02 15:04"
)

// parseTime reads any of the vendor's formats, see [wire.ParseTime].
func parseTime(s string) (time.Time, error) {
	t, ok := wire.ParseTime(s)
	if !ok {
		return time.Time{}, fmt.Errorf("%q is none of DingTalk's time formats", s)
	}
	return t, nil
}

// fromMillis turns the vendor's milliseconds into a time; 0 is the zero time.
func fromMillis(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}

// toMillis is the inverse of fromMillis.
func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
