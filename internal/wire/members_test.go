package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/wire"
)

func collect(data []byte) (keys []string, values []string) {
	for key, value := range wire.Members(data) {
		keys = append(keys, string(key))
		values = append(values, string(value))
	}
	return keys, values
}

func TestMembersYieldsKeysAndRawValuesInOrder(t *testing.T) {
	t.Parallel()
	keys, values := collect([]byte(" {\n\"b\" : \"x\\\"}\" ,\"a\":{\"n\":[1,\"]\",{}]}\t,\"\\u0063\":-1.5e3,\"审\":true,\"\":null,\"a\":[ ]} "))
	require.Equal(t, []string{"b", "a", "c", "审", "", "a"}, keys)
	require.Equal(t, []string{`"x\"}"`, `{"n":[1,"]",{}]}`, `-1.5e3`, `true`, `null`, `[ ]`}, values)
}

func TestMembersOfAnythingElseAreNone(t *testing.T) {
	t.Parallel()
	for _, data := range []string{``, ` `, `{}`, ` { } `, `[]`, `["a"]`, `"{"`, `1`, `null`} {
		keys, _ := collect([]byte(data))
		require.Empty(t, keys, data)
	}
}

func TestMembersStopsWhenAsked(t *testing.T) {
	t.Parallel()
	for key := range wire.Members([]byte(`{"a":1,"b":2}`)) {
		require.Equal(t, "a", string(key))
		break
	}
}

func TestMembersDoesNotAllocate(t *testing.T) {
	data := []byte(`{"a":1,"b":"text","c":{"d":[]}}`)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		n := 0
		for range wire.Members(data) {
			n++
		}
		if n != 3 {
			panic(n)
		}
	}))
}

func FuzzMembers(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":"x\"","c":[{}],"\u0061":null}`, `{"`, `{"a"`, `{"a":`, `{"a":[`, `{"a":"\`, `{"\`, "{\"\xff\":1}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := map[string]string{}
		for key, value := range wire.Members(data) { // must not panic, valid or not
			got[string([]rune(string(key)))] = string(value) // invalid UTF-8 as encoding/json replaces it
		}
		var want map[string]json.RawMessage
		if json.Unmarshal(data, &want) != nil {
			return
		}
		require.Len(t, got, len(want))
		for key, value := range want {
			require.Equal(t, string(value), got[key])
		}
	})
}
