package fieldtest

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/spec"
)

// The check has to find these.
func TestTypesThatDiffer(t *testing.T) {
	t.Parallel()
	type item struct {
		ID    string `json:"id"`
		Count string `json:"count"`
	}
	type tree struct {
		Items  []item         `json:"items"`
		Map    map[string]any `json:"map"`
		Single item           `json:"single"`
		When   time.Time      `json:"when"`
		Ours   bool           `json:"ours"`
		Named  string
		Hidden string `json:"-"`
	}
	fields := []spec.Field{
		{Name: "items", Type: "array<object>", Fields: []spec.Field{{Name: "id", Type: "int64"}, {Name: "count", Type: "int32"}, {Name: "more", Type: "string"}}},
		{Name: "map", Type: "array<string>"},
		{Name: "single", Type: "object"},
		{Name: "when", Type: "string"},
		{Name: "lost", Type: "string"},
	}
	names := func(reply bool) []string {
		c := fieldCheck{found: map[string]string{}, reply: reply}
		c.object("x", fields, reflect.TypeFor[tree](), nil)
		return slices.Sorted(maps.Keys(c.found))
	}
	require.Equal(t, []string{"x.Named", "x.items.more", "x.lost", "x.map", "x.ours"}, names(true))
	require.Equal(t, []string{"x.Named", "x.items.count", "x.items.id", "x.items.more", "x.lost", "x.map", "x.ours", "x.when"}, names(false))
}
