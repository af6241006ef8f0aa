package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/wire"
)

func TestTextTakesTextNumberAndBool(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{`"abc"`, "abc"},
		{`""`, ""},
		{`"审批"`, "审批"},
		{`"a\"b\u5ba1"`, `a"b审`},
		{`"\ud800"`, "\ufffd"},
		{"\"\xff\"", "\ufffd"},
		{`9223372036854775809`, "9223372036854775809"},
		{`-1.50`, "-1.50"},
		{`true`, "true"},
		{`null`, "before"},
	} {
		got := struct {
			V wire.Text `json:"V"`
		}{"before"}
		require.NoError(t, json.Unmarshal([]byte(`{"V":`+tc.in+`}`), &got), tc.in)
		require.Equal(t, tc.want, string(got.V), tc.in)
	}
}

func TestInt64TakesNumberAndText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		want int64
	}{
		{`12`, 12},
		{`"12"`, 12},
		{`" 12 "`, 12},
		{`-7`, -7},
		{`""`, 0},
		{`9223372036854775807`, 9223372036854775807},
		{`"9007199254740993"`, 9007199254740993},
		{`3.0`, 3},
		{`1.6e12`, 1_600_000_000_000},
		{`null`, 5},
	} {
		got := struct {
			V wire.Int64 `json:"V"`
		}{5}
		require.NoError(t, json.Unmarshal([]byte(`{"V":`+tc.in+`}`), &got), tc.in)
		require.Equal(t, tc.want, int64(got.V), tc.in)
	}
}

func TestWrongKindNamesTheFieldAndHidesTheValue(t *testing.T) {
	t.Parallel()
	type all struct {
		T wire.Text  `json:"text"`
		I wire.Int64 `json:"integer"`
	}
	for _, tc := range []struct{ in, field, found string }{
		{`{"text":{"a":"secret"}}`, "text", "object"},
		{`{"text":["secret"]}`, "text", "array"},
		{`{"integer":"secret"}`, "integer", "string"},
		{`{"integer":1.5}`, "integer", "number"},
		{`{"integer":true}`, "integer", "bool"},
		{`{"integer":9223372036854775808}`, "integer", "number"},
		{`{"integer":"NaN"}`, "integer", "string"},
	} {
		var got all
		err := json.Unmarshal([]byte(tc.in), &got)
		var typeErr *json.UnmarshalTypeError
		require.ErrorAs(t, err, &typeErr, tc.in)
		if typeErr.Field != "" { // the engine of encoding/json/v2 leaves it out
			require.Equal(t, tc.field, typeErr.Field, tc.in)
		}
		require.Equal(t, tc.found, typeErr.Value, tc.in)
		require.NotContains(t, err.Error(), "secret")
		require.Zero(t, got, tc.in)
	}
}

func TestEncodesAsPlainJSON(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(struct {
		T wire.Text  `json:"T"`
		I wire.Int64 `json:"I"`
	}{"a", 2})
	require.NoError(t, err)
	require.JSONEq(t, `{"T":"a","I":2}`, string(out))
}

// Called by hand, as a type of the user's own may do, nothing may panic.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{``, `"`, `""`, `"a\`, `12`, `"12"`, `{`, `[`, `true`, `null`, `1e309`, "\"\xff\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var text wire.Text
		if text.UnmarshalJSON(data) == nil && json.Valid(data) && len(data) > 0 && data[0] == '"' {
			var want string
			require.NoError(t, json.Unmarshal(data, &want))
			require.Equal(t, want, string(text))
		}
		var i wire.Int64
		_ = i.UnmarshalJSON(data)
	})
}
