package form

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/dingoa/dingoa/internal/wire"
)

// Decimal is an exact number for amounts of money (金额) and quantities. It keeps
// its digits: 0.10 stays 0.10, and is another Decimal than 0.1. The zero Decimal
// is 0.
//
// Its methods calculate exactly; for a quotient there is [Decimal.Rat]. A type of your
// own will do as well: every type with MarshalText and UnmarshalText can stand for a
// number.
type Decimal struct{ text string }

// ParseDecimal reads a number such as "-12.50".
func ParseDecimal(text string) (Decimal, error) {
	plain, ok := plainNumber(text)
	if !ok {
		return Decimal{}, fmt.Errorf("form: %q is no decimal number", clip(text))
	}
	return decimalOf(plain), nil
}

// decimalOf makes equal numbers with equal digits equal Decimals.
func decimalOf(plain string) Decimal {
	if plain == "0" {
		plain = ""
	}
	return Decimal{plain}
}

// NewDecimal is unscaled with so many decimals: NewDecimal(1050, 2) is 10.50.
func NewDecimal(unscaled int64, decimals uint8) Decimal {
	digits := strconv.FormatInt(unscaled, 10)
	digits, negative := strings.CutPrefix(digits, "-")
	return decimalOf(placePoint(digits, int(decimals), negative))
}

// String is the number with all its digits.
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// Rat is the exact value, to calculate with.
func (d Decimal) Rat() *big.Rat {
	r, _ := new(big.Rat).SetString(d.String()) // the text is always a number
	return r
}

// Int64 is the value if it is a whole number that fits.
func (d Decimal) Int64() (int64, bool) {
	whole, fraction, _ := strings.Cut(d.String(), ".")
	if strings.Trim(fraction, "0") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	return n, err == nil
}

// IsZero reports the value 0, with however many decimals.
func (d Decimal) IsZero() bool { return strings.Trim(d.text, "-0.") == "" }

// MarshalText implements [encoding.TextMarshaler].
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Decimal) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDecimal(string(text))
	return err
}

// MarshalJSON writes a JSON number with all digits.
func (d Decimal) MarshalJSON() ([]byte, error) {
	digits, negative := strings.CutPrefix(d.String(), "-")
	digits = strings.TrimLeft(digits, "0") // JSON has no leading zeros
	if digits == "" || digits[0] == '.' {
		digits = "0" + digits
	}
	if negative {
		digits = "-" + digits
	}
	return []byte(digits), nil
}

// UnmarshalJSON reads a number, as JSON or in text.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var text wire.Text
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	return d.UnmarshalText([]byte(text))
}

// maxExponent bounds what an exponent can blow up.
const maxExponent = 400

// plainNumber checks a decimal number and writes it without exponent, which the
// service's own language puts into large numbers: 1.0E7.
func plainNumber(text string) (string, bool) {
	text = strings.TrimSpace(text)
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.Atoi(text[i+1:])
		if err != nil || n > maxExponent || n < -maxExponent {
			return "", false
		}
		mantissa, exponent = text[:i], n
	}
	if !isDecimal(mantissa) {
		return "", false
	}
	if mantissa == text {
		return text, true
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	return placePoint(whole+fraction, len(fraction)-exponent, negative), true
}

// readNumber is [plainNumber] for what the service sends: it writes some amounts for
// people, with commas between the thousands. Commas anywhere else could mean
// anything.
func readNumber(text string) (string, bool) {
	if plain, ok := plainNumber(text); ok || strings.IndexByte(text, ',') < 0 {
		return plain, ok
	}
	whole, fraction, hasFraction := strings.Cut(strings.TrimSpace(text), ".")
	groups := strings.Split(whole, ",")
	first := strings.TrimPrefix(groups[0], "-")
	if first == "" || len(first) > 3 || first[0] == '0' {
		return "", false
	}
	for _, group := range groups[1:] {
		if len(group) != 3 {
			return "", false
		}
	}
	whole = strings.Join(groups, "")
	if hasFraction {
		whole += "." + fraction
	}
	return whole, isDecimal(whole)
}

// isDecimal reports digits with an optional sign and an optional fraction.
func isDecimal(text string) bool {
	text = strings.TrimPrefix(text, "-")
	point := -1
	for i := range len(text) {
		switch c := text[i]; {
		case c == '.' && point < 0:
			point = i
		case c < '0' || c > '9':
			return false
		}
	}
	return text != "" && point != 0 && point != len(text)-1
}

// placePoint puts a decimal point before the last decimals digits.
func placePoint(digits string, decimals int, negative bool) string {
	if decimals < 0 {
		digits += strings.Repeat("0", -decimals)
		decimals = 0
	}
	if missing := decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, fraction := digits[:len(digits)-decimals], digits[len(digits)-decimals:]
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative {
		return "-" + whole
	}
	return whole
}

// clip keeps a value short in an error.
func clip(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
