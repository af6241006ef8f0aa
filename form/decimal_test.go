package form_test

import (
	"encoding/json"
	"math"
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
