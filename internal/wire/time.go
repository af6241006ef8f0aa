package wire

import (
	"math"
	"strconv"
	"strings"
	"time"
)

//nolint:gochecknoglobals // never changed
var china = time.FixedZone("UTC+8", 8*60*60)

// China is the zone of every time that the vendor writes without an offset. It
// has had no daylight saving since 1991, so no zone database is needed.
func China() *time.Location { return china }

// ParseTime reads a time in any of the vendor's formats, as text or number
// without its quotes. Empty text and 0 are the zero time. The zone rules:
//
//   - 2022-08-31T11:52Z, without seconds: China time, although it ends in Z.
//     Today's gateway writes all its times so: in five published replies the
//     instance id, the business id and the push of the same approval show it, and
//     every sample of the vendor's pages lies in the office hours of China.
//   - with seconds and Z, or with an offset (+08:00, +0800, +08): that instant
//   - 2020-12-21 15:30:26, with T or slashes, without seconds or time of day:
//     China time
//   - digits: milliseconds since 1970, or seconds when there are nine or ten
//
// The result is in UTC.
func ParseTime[T string | []byte](s T) (time.Time, bool) {
	if len(s) == 0 {
		return time.Time{}, true
	}
	p := timeParser[T]{rest: s}
	if n, ok := p.whole(); ok {
		return epoch(n)
	}
	t, ok := p.date()
	return t, ok
}

// ReadTime reads a JSON value, text or number, as [ParseTime] does. null is no
// time and leaves t as it is. For anything else, ok is false.
func ReadTime(t *time.Time, value []byte) (ok bool) {
	if isNull(value) {
		return true
	}
	if len(value) == 0 || value[0] == 't' || value[0] == 'f' {
		return false
	}
	s, ok := text(value)
	if !ok {
		return false
	}
	if n, isWhole := whole(value); isWhole { // 1.6e12 as well
		s = strconv.FormatInt(n, 10)
	}
	read, ok := ParseTime(strings.TrimSpace(s))
	if ok {
		*t = read
	}
	return ok
}

// UnreadTime is the error for a value that is no time.
func UnreadTime(field string, value []byte) FieldError {
	kind := byte('n')
	if len(value) > 0 {
		kind = value[0]
	}
	return FieldError{Field: field, Want: WantTime, Found: found(kind)}
}

// epoch tells seconds and milliseconds by their size: between the years 1973 and
// 2286 a number is only one of them. Small ones are milliseconds, as documented.
func epoch(n int64) (time.Time, bool) {
	switch {
	case n == 0:
		return time.Time{}, true
	case n >= 1e8 && n < 1e10:
		return time.Unix(n, 0).UTC(), true
	case n > 0 && n < 1e8, n >= 1e11 && n < 1e13:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Time{}, false
}

type timeParser[T string | []byte] struct{ rest T }

// whole is a text of digits only.
func (p *timeParser[T]) whole() (int64, bool) {
	n := int64(0)
	for i := range len(p.rest) {
		c := p.rest[i]
		if c < '0' || c > '9' || n > math.MaxInt64/100 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func (p *timeParser[T]) date() (time.Time, bool) {
	year, ok := p.digits(4, 4)
	if !ok || len(p.rest) == 0 {
		return time.Time{}, false
	}
	separator := p.rest[0]
	if separator != '-' && separator != '/' || !p.skip(separator) {
		return time.Time{}, false
	}
	month, ok := p.digits(1, 2)
	if !ok || !p.skip(separator) {
		return time.Time{}, false
	}
	day, ok := p.digits(1, 2)
	if !ok {
		return time.Time{}, false
	}
	c, ok := p.clock()
	if !ok {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, c.hour, c.minute, c.second, c.nano, c.zone)
	if t.Month() != time.Month(month) || t.Day() != day {
		return time.Time{}, false // 30 February
	}
	return t.UTC(), true
}

type clock struct {
	hour, minute, second, nano int
	zone                       *time.Location
}

// clock reads the rest behind the day, if there is any.
func (p *timeParser[T]) clock() (c clock, ok bool) {
	c.zone = china
	if len(p.rest) == 0 {
		return c, true
	}
	if !p.skip('T') && !p.skip(' ') {
		return c, false
	}
	if c.hour, ok = p.digits(1, 2); !ok || !p.skip(':') || c.hour > 23 {
		return c, false
	}
	if c.minute, ok = p.digits(2, 2); !ok || c.minute > 59 {
		return c, false
	}
	exact := p.skip(':')
	if exact {
		if c.second, ok = p.digits(2, 2); !ok || c.second > 59 {
			return c, false
		}
		if c.nano, ok = p.fraction(); !ok {
			return c, false
		}
	}
	return c, p.zone(&c, exact)
}

// fraction reads the part of a second behind the point as nanoseconds.
func (p *timeParser[T]) fraction() (int, bool) {
	if !p.skip('.') && !p.skip(',') {
		return 0, true
	}
	nano, unit, digits := 0, int(time.Second), 0
	for ; len(p.rest) > 0 && p.rest[0] >= '0' && p.rest[0] <= '9'; digits++ {
		unit /= 10
		nano += int(p.rest[0]-'0') * unit
		p.rest = p.rest[1:]
	}
	return nano, digits > 0
}

func (p *timeParser[T]) zone(c *clock, exact bool) bool {
	if len(p.rest) == 0 {
		return true
	}
	if p.skip('Z') {
		if exact {
			c.zone = time.UTC
		}
		return len(p.rest) == 0
	}
	p.skip(' ')
	sign := 1
	if p.skip('-') {
		sign = -1
	} else if !p.skip('+') {
		return false
	}
	hours, ok := p.digits(2, 2)
	if !ok || hours > 23 {
		return false
	}
	minutes := 0
	if len(p.rest) > 0 {
		p.skip(':')
		if minutes, ok = p.digits(2, 2); !ok || minutes > 59 {
			return false
		}
	}
	c.zone = time.FixedZone("", sign*(hours*60+minutes)*60)
	return len(p.rest) == 0
}

func (p *timeParser[T]) skip(c byte) bool {
	if len(p.rest) == 0 || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// digits reads a number of so many digits.
func (p *timeParser[T]) digits(least, most int) (n int, ok bool) {
	i := 0
	for ; i < most && i < len(p.rest) && p.rest[i] >= '0' && p.rest[i] <= '9'; i++ {
		n = n*10 + int(p.rest[i]-'0')
	}
	p.rest = p.rest[i:]
	return n, i >= least
}

// Layouts of times in requests, in China time.
const (
	LayoutSecond = "2006-01-02 15:04:05"
	LayoutMinute = "2006-01-02 15:04"
)

// FromMillis returns the time that is millis milliseconds after 1970, in UTC; 0
// is the zero time.
func FromMillis(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}

// ToMillis is the inverse of [FromMillis].
func ToMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// ParseUnix reads seconds or milliseconds since 1970, since the vendor sends
// both; 0 is the zero time.
func ParseUnix(s string) (time.Time, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	// Seconds reach eleven digits in the year 5138; milliseconds had them by 1973.
	if n < 1e11 {
		n *= 1000
	}
	return FromMillis(n), nil
}
