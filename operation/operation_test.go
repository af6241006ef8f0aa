package operation_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/spec"
	"github.com/dingoa/dingoa/operation"
)

func TestEveryConstantHasItsRow(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for id := operation.ID(1); id.Spec() != (operation.Spec{}); id++ {
		s := id.Spec()
		require.False(t, names[s.Name], "%s twice", s.Name)
		names[s.Name] = true
		documented, ok := spec.ByID(s.Name)
		require.True(t, ok, s.Name)
		if s.Path == "" {
			s.Method, s.Path = s.LegacyMethod, s.LegacyPath
		}
		require.Equal(t, documented.Method+" "+documented.Path, s.Method+" "+s.Path)
	}
	require.Greater(t, len(names), 100)
}

func TestSpecIsACopy(t *testing.T) {
	t.Parallel()
	changed := operation.GetProcessInstance.Spec()
	changed.Path = "/elsewhere"
	require.Equal(t, "/v1.0/workflow/processInstances", operation.GetProcessInstance.Spec().Path)
	require.Equal(t, "/elsewhere", operation.Operation(changed).Spec().Path)
}

func TestNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, "StartProcessInstance", fmt.Sprint(operation.StartProcessInstance))
	require.Equal(t, "Mine", fmt.Sprint(operation.Spec{Name: "Mine"}))
	require.Equal(t, "https://open.dingtalk.com/document/development/obtain-the-form-schema", operation.QuerySchemaByProcessCode.Spec().DocURL())
	require.Empty(t, operation.Spec{}.DocURL())
	for _, id := range []operation.ID{0, 255} {
		require.Empty(t, id.Spec())
		require.Empty(t, id.String())
	}
}
