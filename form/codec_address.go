package form

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

func addressCodec() codec {
	return structCodec(addressField,
		func(b []byte, a *Address, center bool) ([]byte, error) {
			parts := []string{a.Province, a.City, a.District, a.Street}
			for len(parts) > 0 && parts[len(parts)-1] == "" {
				parts = parts[:len(parts)-1]
			}
			if len(parts) < 2 {
				return b, errors.New("needs Province and City")
			}
			for i, part := range parts {
				switch {
				case part == "":
					return b, errors.New("has a gap: Province, City, District and Street build on one another")
				case i < 3 && strings.Contains(part, ","):
					return b, fmt.Errorf("has a comma in %q", clip(part))
				case !utf8.ValidString(part):
					return b, errNotText
				}
			}
			if center { // its page has the text in a list
				return appendTexts(b, strings.Join(parts, ",")), nil
			}
			for i, part := range parts {
				if i > 0 {
					b = append(b, ',')
				}
				b = append(b, part...)
			}
			return b, nil
		},
		func(in *Value, a *Address) error {
			parts := []string{in.Value}
			if isList(in.Value) {
				var err error
				if parts, err = texts(in.Value); err != nil {
					return err
				}
			}
			if len(parts) == 1 {
				parts = strings.SplitN(parts[0], ",", 4)
			}
			if len(parts) > 4 {
				parts[3] = strings.Join(parts[3:], ",")
			}
			parts = append(parts, make([]string, 4)...)
			*a = Address{Province: parts[0], City: parts[1], District: parts[2], Street: parts[3]}
			return nil
		})
}

func locationCodec() codec {
	zone := chinaTime()
	return structCodec(locationField,
		func(b []byte, l *Location, _ bool) ([]byte, error) {
			if l.Time.IsZero() {
				return b, errors.New("has no Time")
			}
			if !utf8.ValidString(l.Address) {
				return b, errNotText
			}
			b, err := appendTime(append(b, `["`...), l.Time, secondLayout, zone)
			if err != nil {
				return b, err
			}
			b = append(b, '"')
			for _, f := range []float64{l.Longitude, l.Latitude, l.Accuracy} {
				if math.IsNaN(f) || math.IsInf(f, 0) {
					return b, fmt.Errorf("must have numbers, not %v", f)
				}
			}
			b = strconv.AppendFloat(append(b, ','), l.Longitude, 'f', -1, 64)
			b = strconv.AppendFloat(append(b, ','), l.Latitude, 'f', -1, 64)
			b = appendQuoted(append(b, ','), l.Address)
			b = strconv.AppendFloat(append(b, ','), l.Accuracy, 'f', -1, 64)
			return append(b, ']'), nil
		},
		func(in *Value, l *Location) (err error) {
			parts, err := texts(in.Value)
			if err != nil || len(parts) == 0 {
				return err
			}
			if len(parts) < 4 {
				return errors.New("must be a list of time, longitude, latitude and address")
			}
			parts = append(parts, "")
			if l.Time, err = parseTime(parts[0], zone); err != nil {
				return err
			}
			l.Address = parts[3]
			if err := setFloat(&l.Longitude, parts[1]); err != nil {
				return err
			}
			if err := setFloat(&l.Latitude, parts[2]); err != nil {
				return err
			}
			return setFloat(&l.Accuracy, parts[4])
		})
}

func setFloat(f *float64, text string) (err error) {
	if text == "" {
		return nil
	}
	plain, ok := plainNumber(text)
	if !ok {
		return notANumber(text)
	}
	if *f, err = strconv.ParseFloat(plain, 64); err != nil {
		return fmt.Errorf("has the number %s, which is too large", clip(text))
	}
	return nil
}
