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
// had no daylight saving since 1991. They are written and read so.
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

// parseTime reads a time as forms have it. A leave suite of half days has 上午
// (morning) or 下午 (afternoon) behind the day.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	text = strings.TrimSpace(text)
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
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	if day, half, ok := strings.Cut(text, " "); ok && (half == "上午" || half == "下午") {
		if t, err := time.ParseInLocation(dayLayout, day, zone); err == nil {
			if half == "下午" {
				t = t.Add(12 * time.Hour)
			}
			return t, nil
		}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.In(zone), nil
		}
	}
	if millis, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) == len("1609459200000") {
		return time.UnixMilli(millis).In(zone), nil
	}
	return time.Time{}, fmt.Errorf("must be a date such as 2026-12-01 or 2026-12-01 09:30, not %q", clip(text))
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
			case r.End.Before(r.Start):
				return b, errors.New("has an End before its Start")
			}
			b, err := appendTime(append(b, `["`...), r.Start, layout, zone)
			if err != nil {
				return b, err
			}
			b, err = appendTime(append(b, `","`...), r.End, layout, zone)
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

// rangeOf reads the two ends that a list begins with.
func rangeOf(ends []string, zone *time.Location) (r DateRange, err error) {
	if len(ends) == 0 || len(ends) > 1 && ends[0] == "" && ends[1] == "" {
		return r, nil
	}
	if len(ends) == 1 || ends[0] == "" || ends[1] == "" {
		return r, errors.New("is half a date range: it has to have both ends")
	}
	if r.Start, err = parseTime(ends[0], zone); err != nil {
		return r, err
	}
	r.End, err = parseTime(ends[1], zone)
	return r, err
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
			*h = Holiday{Start: span.Start, End: span.End, Unit: parts[3], Type: parts[4]}
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
	plain, ok := plainNumber(text)
	if !ok {
		return notANumber(text)
	}
	*d = decimalOf(plain)
	return nil
}
