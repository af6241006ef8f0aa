package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/wire"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]wire.IDs{
		`["u1","u2"]`:       {"u1", "u2"},
		`"u1,u2"`:           {"u1", "u2"},
		`" u1 , u2,"`:       {"u1", "u2"},
		`"u1"`:              {"u1"},
		`7`:                 {"7"},
		`[7,"u1",null]`:     {"7", "u1"},
		`"[\"u1\",\"u2\"]"`: {"u1", "u2"},
		`""`:                {},
		`[]`:                {},
		`null`:              nil,
	} {
		ids := wire.IDs{"before"}
		require.NoError(t, json.Unmarshal([]byte(data), &ids), data)
		require.Equal(t, want, ids, data)
	}
	for _, data := range []string{`{}`, `[{}]`, `[[]]`} {
		var ids wire.IDs
		require.Error(t, json.Unmarshal([]byte(data), &ids), data)
	}
}
