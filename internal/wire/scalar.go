package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// scalar decodes into text, numbers, booleans and times.
func (d *decoder) scalar(p *plan, v reflect.Value, c byte) (bool, error) {
	switch c {
	case '"':
		content, err := d.text()
		if err != nil {
			return false, err
		}
		if !d.fromText(p, v, content) {
			d.refuse(p, c)
			return false, nil
		}
		return true, nil
	case '{', '[':
		raw, err := d.skip()
		if err != nil {
			return false, err
		}
		if p.kind == kindText && standsForText(raw) {
			v.SetString(compact(raw))
			return true, nil
		}
		d.refuse(p, c)
		return false, nil
	}
	literal, err := d.literal()
	if err != nil {
		return false, err
	}
	if !d.fromLiteral(p, v, literal) {
		d.refuse(p, c)
		return false, nil
	}
	return true, nil
}

func (d *decoder) fromText(p *plan, v reflect.Value, content []byte) bool {
	if p.kind == kindText {
		v.SetString(d.string(content))
		return true
	}
	content = bytes.TrimSpace(content)
	switch {
	case p.kind == kindTime:
		return setTime(v, content)
	case len(content) == 0:
		v.SetZero()
		return true
	case p.kind == kindBool:
		return setBool(v, content)
	case string(content) == "null":
		return true
	}
	number := withoutZeros(content)
	return numberLength(number) == len(number) && setNumber(p, v, number)
}

// withoutZeros drops leading zeros, which a number as text may have.
func withoutZeros(number []byte) []byte {
	sign := 0
	if number[0] == '-' {
		sign = 1
	}
	zeros := 0
	for digits := number[sign:]; zeros+1 < len(digits) && digits[zeros] == '0' && '0' <= digits[zeros+1] && digits[zeros+1] <= '9'; {
		zeros++
	}
	if zeros == 0 {
		return number
	}
	return append(number[:sign:sign], number[sign+zeros:]...)
}

func (d *decoder) fromLiteral(p *plan, v reflect.Value, literal []byte) bool {
	boolean := literal[0] == 't' || literal[0] == 'f'
	switch p.kind {
	case kindText:
		v.SetString(d.string(literal))
		return true
	case kindBool:
		return setBool(v, literal)
	case kindTime:
		if boolean {
			return false
		}
		if n, ok := whole(literal); ok {
			var digits [20]byte
			literal = strconv.AppendInt(digits[:0], n, 10)
		}
		return setTime(v, literal)
	}
	return !boolean && setNumber(p, v, literal)
}

func setTime(v reflect.Value, text []byte) bool {
	t, ok := ParseTime(text)
	if ok {
		*v.Addr().Interface().(*time.Time) = t //nolint:forcetypeassert,errcheck // kindOf checked it
	}
	return ok
}

func setBool(v reflect.Value, text []byte) bool {
	switch {
	case string(text) == "true", string(text) == "1", bytes.EqualFold(text, []byte("true")), bytes.EqualFold(text, []byte("y")), bytes.EqualFold(text, []byte("yes")):
		v.SetBool(true)
	case string(text) == "false", string(text) == "0", bytes.EqualFold(text, []byte("false")), bytes.EqualFold(text, []byte("n")), bytes.EqualFold(text, []byte("no")):
		v.SetBool(false)
	default:
		return false
	}
	return true
}

func setNumber(p *plan, v reflect.Value, number []byte) bool {
	switch p.kind {
	case kindInt:
		n, ok := whole(number)
		if !ok || v.OverflowInt(n) {
			return false
		}
		v.SetInt(n)
		return true
	case kindUint:
		n, err := strconv.ParseUint(string(number), 10, 64)
		if err != nil {
			signed, ok := whole(number)
			if !ok || signed < 0 {
				return false
			}
			n = uint64(signed)
		}
		if v.OverflowUint(n) {
			return false
		}
		v.SetUint(n)
		return true
	}
	f, err := strconv.ParseFloat(string(number), v.Type().Bits())
	if err != nil || v.OverflowFloat(f) {
		return false
	}
	v.SetFloat(f)
	return true
}

// whole reads an integer; 1.6e12 and 3.0 are whole too.
func whole(number []byte) (int64, bool) {
	if len(number) <= 18 {
		n, i := int64(0), 0
		if number[0] == '-' {
			i++
		}
		for ; i < len(number) && '0' <= number[i] && number[i] <= '9'; i++ {
			n = n*10 + int64(number[i]-'0')
		}
		if i == len(number) {
			if number[0] == '-' {
				n = -n
			}
			return n, true
		}
	} else if n, err := strconv.ParseInt(string(number), 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53 // above it a float has lost digits
	f, err := strconv.ParseFloat(string(number), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

// standsForText reports the things that DingTalk writes in place of a text: a
// list of several texts (two labels of one component), an option with a value
// and a kind of leave with a name and a code.
func standsForText(raw []byte) bool {
	if raw[0] == '[' {
		var texts []string
		return json.Unmarshal(raw, &texts) == nil && len(texts) > 1
	}
	var option struct {
		Value     *string `json:"value"`
		Name      *string `json:"name"`
		LeaveCode *string `json:"leaveCode"`
	}
	return json.Unmarshal(raw, &option) == nil && (option.Value != nil || option.Name != nil && option.LeaveCode != nil)
}

// twiceQuoted is the ,string of a text in encoding/json: JSON in text.
func (d *decoder) twiceQuoted(p *plan, v reflect.Value) error {
	content, err := d.text()
	if err != nil {
		return err
	}
	text := string(content)
	var inner *string
	if strings.HasPrefix(text, `"`) && json.Unmarshal(content, &inner) == nil && inner != nil {
		text = *inner
	} else if text == "null" {
		return nil
	}
	d.fromText(p, v, []byte(text))
	return nil
}
