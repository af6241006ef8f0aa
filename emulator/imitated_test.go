package emulator

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/spec"
)

func TestEveryOperationIsImitated(t *testing.T) {
	t.Parallel()
	for _, o := range spec.All() {
		require.NotNil(t, handlerOf(o.ID).do, o.ID)
	}
}

// A row that is new in the table answers that it is not imitated yet.
func TestNewOperationSaysThatItIsNotImitated(t *testing.T) {
	t.Parallel()
	_, refused := new(Server).do(&call{operation: "NewOne", spec: spec.Operation{ID: "NewOne"}})
	require.Equal(t, http.StatusNotImplemented, refused.status)
	require.Contains(t, refused.message, "NewOne")
}
