package wire_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/wire"
)

type loose struct {
	ID       string            `json:"processCode"`
	Count    int64             `json:"count"`
	Share    float64           `json:"share"`
	On       bool              `json:"isNew"`
	At       time.Time         `json:"gmtModified"`
	Names    []string          `json:"names"`
	Children []loose           `json:"children"`
	Child    *loose            `json:"child"`
	Labels   map[string]string `json:"labels"`
	Size     int64             `json:"size,string"`
	Any      any               `json:"any"`
}

func parseDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

func TestLoosen(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		in   string
		want loose
	}{
		"as documented":      {`{"processCode":"P","count":1,"isNew":true}`, loose{ID: "P", Count: 1, On: true}},
		"number as text":     {`{"processCode":9007199254740993,"count":"9007199254740993","share":"0.5"}`, loose{ID: "9007199254740993", Count: 9007199254740993, Share: 0.5}},
		"empty text":         {`{"count":"","children":"","child":"","labels":"","isNew":""}`, loose{}},
		"bool as text":       {`{"isNew":"true"}`, loose{On: true}},
		"bool as number":     {`{"isNew":1}`, loose{On: true}},
		"bool as text id":    {`{"processCode":true}`, loose{ID: "true"}},
		"time":               {`{"gmtModified":"2026-11-23"}`, loose{At: day}},
		"no time":            {`{"gmtModified":""}`, loose{}},
		"list in text":       {`{"names":"[\"a\",1]"}`, loose{Names: []string{"a", "1"}}},
		"one for a list":     {`{"children":{"count":"2"}}`, loose{Children: []loose{{Count: 2}}}},
		"object in text":     {`{"child":"{\"count\":\"3\"}"}`, loose{Child: &loose{Count: 3}}},
		"map":                {`{"labels":{"a":1,"process_code":"x"}}`, loose{Labels: map[string]string{"a": "1", "process_code": "x"}}},
		"snake case":         {`{"process_code":"P","is_new":"1","gmt_modified":"2026-11-23"}`, loose{ID: "P", On: true, At: day}},
		"string option":      {`{"size":12}`, loose{Size: 12}},
		"unknown, null, any": {`{"else":{"process_code":1},"child":null,"any":{"process_code":"1"}}`, loose{Any: map[string]any{"process_code": "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := wire.Loosen([]byte(tc.in), reflect.TypeFor[*loose](), parseDay)
			require.NoError(t, err)
			var got loose
			require.NoError(t, json.Unmarshal(out, &got), string(out))
			require.Equal(t, tc.want, got)
		})
	}
}

func TestLoosenLeavesWhatItCannotConvert(t *testing.T) {
	t.Parallel()
	for _, in := range []string{`{"processCode":{"a":1}}`, `{"processCode":[]}`, `{"count":"many"}`, `{"count":[]}`, `{"isNew":"perhaps"}`, `{"gmtModified":"soon"}`, `{"child":"x"}`, `{"count":"0x10"}`, `{"count":"1e"}`} {
		out, err := wire.Loosen([]byte(in), reflect.TypeFor[loose](), parseDay)
		require.NoError(t, err)
		require.Error(t, json.Unmarshal(out, new(loose)), in)
	}
	_, err := wire.Loosen([]byte(`{`), reflect.TypeFor[loose](), parseDay)
	require.Error(t, err)
}

func FuzzLoosen(f *testing.F) {
	f.Add([]byte(`{"count":"1","children":"[{}]","child":{"labels":{"a":1}},"gmt_modified":"2026-11-23"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := wire.Loosen(data, reflect.TypeFor[loose](), func(string) (time.Time, error) { return time.Time{}, errors.New("no") })
		if err == nil {
			require.True(t, json.Valid(out))
			_ = json.Unmarshal(out, new(loose)) // must not panic
		}
	})
}
