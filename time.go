package dingoa

import (
	"fmt"
	"strconv"
	"time"
)

// chinaTime is the zone of every time that the vendor writes without one.
// China has had no daylight saving since 1991, so no zone database is needed.
func chinaTime() *time.Location { return time.FixedZone("UTC+8", int(chinaOffset/time.Second)) }

const chinaOffset = 8 * time.Hour

// vendorLayouts are the ways the vendor writes a time, with the zone rule of each:
//
//   - 2022-08-31T11:52Z: today's gateway, minutes only; UTC as the Z says
//   - RFC 3339 with seconds or an offset: accepted in its place
//   - 2020-12-21 15:30:26 and without seconds or time of day: the older gateway
//     and form values; China time (UTC+8)
//   - digits: milliseconds since 1970 (requests, events, the older gateway's
//     tasks), see parseTime
const (
	layoutMinuteUTC   = "2006-01-02T15:04Z07:00"
	layoutChinaSecond = "2006-01-02 15:04:05"
	layoutChinaMinute = "2006-01-02 15:04"
)

// parseTime reads any of the vendor's formats; empty text is the zero time.
func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if millis, err := strconv.ParseInt(s, 10, 64); err == nil {
		return fromMillis(millis), nil
	}
	for _, layout := range []string{layoutMinuteUTC, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	for _, layout := range []string{layoutChinaSecond, layoutChinaMinute, time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, chinaTime()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is none of DingTalk's time formats", s)
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

// vendorTime decodes a time in any of the vendor's formats, quoted or not.
type vendorTime struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (t *vendorTime) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	if len(data) >= 2 && data[0] == '"' {
		data = data[1 : len(data)-1]
	}
	if parsed, ok := parseMinuteUTC(data); ok {
		t.Time = parsed
		return nil
	}
	parsed, err := parseTime(string(data))
	if err != nil {
		return err
	}
	t.Time = parsed
	return nil
}

// parseMinuteUTC reads the usual 2022-08-31T11:52Z, of which a detailed
// instance holds a hundred, without allocating.
func parseMinuteUTC(b []byte) (time.Time, bool) {
	const form = "dddd-dd-ddTdd:ddZ"
	if len(b) != len(form) {
		return time.Time{}, false
	}
	for i, c := range b {
		if form[i] == 'd' && (c < '0' || c > '9') || form[i] != 'd' && c != form[i] {
			return time.Time{}, false
		}
	}
	two := func(i int) int { return int(b[i]-'0')*10 + int(b[i+1]-'0') }
	year, month, day, hour, minute := two(0)*100+two(2), two(5), two(8), two(11), two(14)
	t := time.Date(year, time.Month(month), day, hour, minute, 0, 0, time.UTC)
	return t, t.Month() == time.Month(month) && t.Day() == day && hour < 24 && minute < 60
}
