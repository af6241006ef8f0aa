package form

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// Form values have times without a zone: they are China time (UTC+8), which has
// had no daylight saving since 1991. They are written and read so. A published missed
// punch shows it: it has its time as text and, in its extValue, in milliseconds.
const (
	dayLayout    = time.DateOnly
	minuteLayout = "2006-01-02 15:04"
	secondLayout = time.DateTime
)

func chinaTime() *time.Location { return wire.China() }

// appendTime writes a time of the years that have four digits, in one of the
// layouts above. It takes a third of the time that AppendFormat does.
func appendTime(b []byte, t time.Time, layout string, zone *time.Location) ([]byte, error) {
	t = t.In(zone)
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return b, fmt.Errorf("must be a time between the years 0 and 9999, not in %d", year)
	}
	b = appendTwo(appendTwo(b, year/100), year%100)
	b = appendTwo(append(b, '-'), int(month))
	b = appendTwo(append(b, '-'), day)
	if layout == dayLayout {
		return b, nil
	}
	hour, minute, second := t.Clock()
	b = appendTwo(append(b, ' '), hour)
	b = appendTwo(append(b, ':'), minute)
	if layout == minuteLayout {
		return b, nil
	}
	return appendTwo(append(b, ':'), second), nil
}

func appendTwo(b []byte, n int) []byte {
	const digits = "0123456789"
	return append(b, digits[n/10], digits[n%10])
}

// parseTime reads a time as forms have it, which is no half day.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	d, err := parseDate(text, zone)
	if err == nil && d.Half != "" {
		err = fmt.Errorf("is the half day %q, which a time.Time cannot keep; use form.Date", clip(text))
	}
	return d.Time, err
}

// parseDate reads a time as forms have it. Half days have 上午 or 下午 behind the day.
func parseDate(text string, zone *time.Location) (d Date, err error) {
	text = strings.TrimSpace(text)
	if len(text) >= len(dayLayout) && text[4] == '/' {
		text = strings.ReplaceAll(text, "/", "-")
	}
	layout := ""
	switch len(text) {
	case len(dayLayout):
		layout = dayLayout
	case len(minuteLayout):
		layout = minuteLayout
	case len(secondLayout):
		layout = secondLayout
	}
	if layout != "" {
		if d.Time, err = time.ParseInLocation(layout, text, zone); err == nil {
			return d, nil
		}
	}
	if day, half, ok := strings.Cut(text, " "); ok {
		d.Half = halfOf(half)
		if d.Time, err = time.ParseInLocation(dayLayout, day, zone); err == nil && d.Half != "" {
			d.Time = d.Time.Add(d.Half.offset())
			return d, nil
		}
	}
	// The Z of a form value is UTC, also without seconds, as programs write it that turn
	// a day into an instant (16:00Z is midnight in China). That the Z of a reply's own
	// times is China time says nothing here: the service hands on what was filled in.
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return Date{Time: t.In(zone)}, nil
		}
	}
	if millis, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) == len("1609459200000") {
		return Date{Time: time.UnixMilli(millis).In(zone)}, nil
	}
	return Date{}, fmt.Errorf("must be a date such as 2026-12-01 or 2026-12-01 09:30, not %q", clip(text))
}

// halfOf reads a half; the attendance API writes AM and PM.
func halfOf(text string) Half {
	switch text {
	case string(Morning), "AM":
		return Morning
	case string(Afternoon), "PM":
		return Afternoon
	}
	return ""
}

// offset is how long after midnight the half begins.
func (h Half) offset() time.Duration {
	if h == Afternoon {
		return 12 * time.Hour
	}
	return 0
}

// appendDate writes a half day, or in the layout what is none.
func appendDate(b []byte, d Date, layout string, zone *time.Location) ([]byte, error) {
	switch d.Half {
	case "":
		return appendTime(b, d.Time, layout, zone)
	case Morning, Afternoon:
		b, err := appendTime(b, d.Time, dayLayout, zone)
		return append(append(b, ' '), d.Half...), err
	}
	return b, fmt.Errorf("must have form.Morning or form.Afternoon as its half, not %q", clip(string(d.Half)))
}

// begin is when the day, the half day or the minute begins. Only the day of a half day
// counts, which users may give with any time.
func (d Date) begin(zone *time.Location) time.Time {
	if d.Half == "" {
		return d.Time
	}
	year, month, day := d.Time.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone).Add(d.Half.offset())
}

func layoutOf(minute bool) string {
	if minute {
		return minuteLayout
	}
	return dayLayout
}

func dateCodec(minute bool) codec {
	zone, layout := chinaTime(), layoutOf(minute)
	return codec{
		usual: dateField, isPlain: true,
		absent: func(v reflect.Value) bool {
			return v.Addr().Interface().(*time.Time).IsZero() //nolint:forcetypeassert,errcheck // codecOf checked it
		},
		append: func(_ *writer, b []byte, v reflect.Value) ([]byte, error) {
			return appendTime(b, *v.Addr().Interface().(*time.Time), layout, zone) //nolint:forcetypeassert,errcheck // codecOf checked it
		},
		parse: func(_ *reader, in *Value, v reflect.Value) (err error) {
			*v.Addr().Interface().(*time.Time), err = parseTime(in.Value, zone) //nolint:forcetypeassert,errcheck // codecOf checked it
			return err
		},
	}
}

// halfDayCodec is for [Date].
func halfDayCodec(minute bool) codec {
	zone, layout := chinaTime(), layoutOf(minute)
	c := structCodec(dateField,
		func(b []byte, d *Date, _ bool) ([]byte, error) { return appendDate(b, *d, layout, zone) },
		func(in *Value, d *Date) (err error) {
			*d, err = parseDate(in.Value, zone)
			return err
		})
	c.absent = func(v reflect.Value) bool {
		return v.Addr().Interface().(*Date).Time.IsZero() //nolint:forcetypeassert,errcheck // codecOf checked it
	}
	return c
}

func isZero(v reflect.Value) bool { return v.IsZero() }

func dateRangeCodec(minute bool) codec {
	zone, layout := chinaTime(), layoutOf(minute)
	return structCodec(dateRangeField,
		func(b []byte, r *DateRange, _ bool) ([]byte, error) {
			switch {
			case r.Start.IsZero():
				return b, errors.New("has no Start: a date range needs both ends")
			case r.End.IsZero():
				return b, errors.New("has no End: a date range needs both ends")
			case (r.StartHalf == "") != (r.EndHalf == ""):
				return b, errors.New("has one half: half days have StartHalf and EndHalf")
			case r.end().begin(zone).Before(r.start().begin(zone)):
				return b, errors.New("has an End before its Start")
			}
			b, err := appendDate(append(b, `["`...), r.start(), layout, zone)
			if err != nil {
				return b, err
			}
			b, err = appendDate(append(b, `","`...), r.end(), layout, zone)
			return append(b, `"]`...), err
		},
		func(in *Value, r *DateRange) (err error) {
			ends, err := texts(in.Value)
			if err != nil {
				return err
			}
			*r, err = rangeOf(ends, zone)
			return err
		})
}

func (r DateRange) start() Date { return Date{r.Start, r.StartHalf} }
func (r DateRange) end() Date   { return Date{r.End, r.EndHalf} }

// rangeOf reads the two ends that a list begins with.
func rangeOf(ends []string, zone *time.Location) (r DateRange, err error) {
	if len(ends) == 0 || len(ends) > 1 && ends[0] == "" && ends[1] == "" {
		return r, nil
	}
	if len(ends) == 1 || ends[0] == "" || ends[1] == "" {
		return r, errors.New("is half a date range: it has to have both ends")
	}
	start, err := parseDate(ends[0], zone)
	if err != nil {
		return r, err
	}
	end, err := parseDate(ends[1], zone)
	return DateRange{start.Time, end.Time, start.Half, end.Half}, err
}

// structCodec is for a type of this package that stands for one component.
func structCodec[T comparable](component string, write func(b []byte, v *T, center bool) ([]byte, error), read func(in *Value, v *T) error) codec {
	return codec{
		usual:  component,
		absent: isZero,
		append: func(w *writer, b []byte, v reflect.Value) ([]byte, error) {
			return write(b, v.Addr().Interface().(*T), w.center) //nolint:forcetypeassert,errcheck // codecOf checked it
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			return read(in, v.Addr().Interface().(*T)) //nolint:forcetypeassert,errcheck // codecOf checked it
		},
	}
}

func holidayCodec() codec {
	zone := chinaTime()
	return structCodec(holidayField,
		func(b []byte, _ *Holiday, _ bool) ([]byte, error) { return b, nil }, // read only
		func(in *Value, h *Holiday) error {
			parts, err := texts(in.Value)
			if err != nil {
				return err
			}
			span, err := rangeOf(parts, zone)
			if err != nil {
				return err
			}
			parts = append(parts, make([]string, 5)...)
			*h = Holiday{Start: span.Start, End: span.End, StartHalf: span.StartHalf, EndHalf: span.EndHalf, Unit: parts[3], Type: parts[4]}
			if err := setDecimal(&h.Duration, parts[2]); err != nil || !strings.HasPrefix(strings.TrimSpace(in.ExtValue), "{") {
				return err
			}
			s := scanner{text: in.ExtValue}
			return s.object(func(key string) error {
				value, err := s.value()
				switch {
				case err != nil:
					return err
				case key == "durationInDay":
					return setDecimal(&h.Days, value)
				case key == "durationInHour":
					return setDecimal(&h.Hours, value)
				}
				return nil
			})
		})
}

func setDecimal(d *Decimal, text string) error {
	if text == "" {
		return nil
	}
	plain, ok := readNumber(text)
	if !ok {
		return notANumber(text)
	}
	*d = decimalOf(plain)
	return nil
}
