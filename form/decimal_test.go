package form_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0.10": "0.10", "-0.10": "-0.10", "7": "7", "007": "007", "1.0E7": "10000000", "1.25e1": "12.5", "1.25E-3": "0.00125",
		"-5e-1": "-0.5", "0e5": "0", "12345678901234567890.123456789": "12345678901234567890.123456789",
	} {
		d, err := form.ParseDecimal(in)
		require.NoError(t, err, in)
		require.Equal(t, want, d.String(), in)
	}
	for _, in := range []string{"", " ", "-", "+1", ".5", "5.", "1.2.3", "1,000", "0x1", "1_0", "e5", "1e", "1e401", "1e-401", "NaN", "Inf", "--1", "１"} {
		_, err := form.ParseDecimal(in)
		require.Error(t, err, in)
	}
	_, err := form.ParseDecimal(strings.Repeat("字", 50))
	require.EqualError(t, err, `form: "`+strings.Repeat("字", 40)+`…" is no decimal number`)
}

func TestNewDecimal(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]form.Decimal{
		"10.50": form.NewDecimal(1050, 2), "0.05": form.NewDecimal(5, 2), "-0.05": form.NewDecimal(-5, 2), "0": form.NewDecimal(0, 0),
		"0.00": form.NewDecimal(0, 2), "-9223372036854775808": form.NewDecimal(math.MinInt64, 0),
	} {
		require.Equal(t, want, d.String())
	}
}

func TestDecimalConversions(t *testing.T) {
	t.Parallel()
	var zero form.Decimal
	require.Equal(t, "0", zero.String())
	require.True(t, zero.IsZero())
	require.True(t, form.NewDecimal(0, 2).IsZero())
	require.False(t, form.NewDecimal(1, 2).IsZero())
	require.Equal(t, "21/2", form.NewDecimal(1050, 2).Rat().String())

	n, ok := form.NewDecimal(-300, 2).Int64()
	require.True(t, ok)
	require.EqualValues(t, -3, n)
	_, ok = form.NewDecimal(1050, 2).Int64()
	require.False(t, ok, "no whole number")
	_, ok = form.NewDecimal(math.MaxInt64, 0).Int64()
	require.True(t, ok)
	large, err := form.ParseDecimal("9223372036854775808")
	require.NoError(t, err)
	_, ok = large.Int64()
	require.False(t, ok, "too large")
}

func TestDecimalJSON(t *testing.T) {
	t.Parallel()
	type amounts struct {
		A form.Decimal                  `json:"A"`
		B form.Decimal                  `json:"B"`
		C map[form.Decimal]form.Decimal `json:"C"`
	}
	data, err := json.Marshal(amounts{A: form.NewDecimal(10, 2), C: map[form.Decimal]form.Decimal{form.NewDecimal(5, 1): {}}})
	require.NoError(t, err)
	require.JSONEq(t, `{"A":0.10,"B":0,"C":{"0.5":0}}`, string(data))
	require.Contains(t, string(data), `0.10`)
	var got amounts
	require.NoError(t, json.Unmarshal([]byte(`{"A":0.10,"B":"0.20","C":null}`), &got))
	require.Equal(t, "0.10 0.20", got.A.String()+" "+got.B.String())
	require.NoError(t, json.Unmarshal([]byte(`{"A":null}`), &got))
	require.Equal(t, "0.10", got.A.String())
	require.Error(t, json.Unmarshal([]byte(`{"A":[]}`), &got))
	require.Error(t, json.Unmarshal([]byte(`{"A":"x"}`), &got))
}

func TestDecimalArithmetic(t *testing.T) {
	t.Parallel()
	d := func(text string) form.Decimal {
		d, err := form.ParseDecimal(text)
		require.NoError(t, err)
		return d
	}
	for _, test := range []struct{ a, b, sum, difference, product string }{
		{"0.1", "0.2", "0.3", "-0.1", "0.02"},
		{"1.50", "0.1", "1.60", "1.40", "0.150"},
		{"0", "-0", "0", "0", "0"},
		{"-0.05", "0.05", "0.00", "-0.10", "-0.0025"},
		{"999999999999999999.99", "0.01", "1000000000000000000.00", "999999999999999999.98", "9999999999999999.9999"},
		{"007", "3", "10", "4", "21"},
	} {
		a, b := d(test.a), d(test.b)
		require.Equal(t, test.sum, a.Add(b).String(), "%s + %s", a, b)
		require.Equal(t, test.difference, a.Sub(b).String(), "%s - %s", a, b)
		require.Equal(t, test.product, a.Mul(b).String(), "%s * %s", a, b)
		require.Equal(t, test.a, a.String(), "is not changed")
	}
	require.Equal(t, "-1.50", d("1.50").Neg().String())
	require.Equal(t, "0.00", d("0.00").Neg().String())
	require.Equal(t, form.Decimal{}, form.Decimal{}.Neg())

	for _, test := range []struct {
		a, b string
		want int
	}{{"0.10", "0.1", 0}, {"-1", "0.5", -1}, {"2", "1.999", 1}, {"0", "-0.0", 0}} {
		require.Equal(t, test.want, d(test.a).Cmp(d(test.b)), "%s and %s", test.a, test.b)
	}

	for _, test := range []struct {
		in       string
		decimals uint8
		want     string
	}{
		{"2.345", 2, "2.35"},
		{"-2.345", 2, "-2.35"},
		{"2.3449", 2, "2.34"},
		{"2.5", 0, "3"},
		{"-0.4", 0, "0"},
		{"-0.004", 2, "0.00"},
		{"1", 2, "1.00"},
		{"0.999", 2, "1.00"},
		{"12345678901234567890.5", 0, "12345678901234567891"},
	} {
		require.Equal(t, test.want, d(test.in).Round(test.decimals).String(), "%s to %d", test.in, test.decimals)
	}
	require.Equal(t, "1.30", form.Sum(d("0.10"), d("0.2"), d("1")).String())
	require.Equal(t, form.Decimal{}, form.Sum())
}

// Arithmetic agrees with that of math/big.
func FuzzDecimal(f *testing.F) {
	f.Add(int64(10), uint8(2), int64(-3), uint8(1))
	f.Add(int64(math.MinInt64), uint8(0), int64(math.MaxInt64), uint8(255))
	f.Fuzz(func(t *testing.T, m int64, decimals uint8, n int64, others uint8) {
		a, b := form.NewDecimal(m, decimals), form.NewDecimal(n, others)
		x, y := a.Rat(), b.Rat()
		require.Zero(t, new(big.Rat).Add(x, y).Cmp(a.Add(b).Rat()))
		require.Zero(t, new(big.Rat).Sub(x, y).Cmp(a.Sub(b).Rat()))
		require.Zero(t, new(big.Rat).Mul(x, y).Cmp(a.Mul(b).Rat()))
		require.Equal(t, x.Cmp(y), a.Cmp(b))
		require.Equal(t, a, a.Neg().Neg())
		half := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Mul(big.NewInt(2), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(others)), nil)))
		off := new(big.Rat).Sub(a.Round(others).Rat(), x)
		require.LessOrEqual(t, off.Abs(off).Cmp(half), 0)
	})
}

// JSON has no leading zeros, which a text component may.
func TestDecimalWithLeadingZerosAsJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"007": "7", "-007.50": "-7.50", "00": "0", "00.5": "0.5", "10": "10"} {
		d, err := form.ParseDecimal(text)
		require.NoError(t, err)
		data, err := json.Marshal(d)
		require.NoError(t, err)
		require.Equal(t, want, string(data))
	}
}
