package emulator_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The leaves know nothing of the module, so that everything else can use them.
func TestLeavesImportNothingOfTheModule(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"company", "fault"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			for _, path := range importsOf(t, file) {
				require.NotContains(t, path, ".", "%s imports %s", file, path) // not of the standard library
			}
		}
	}
}

// What happens to approvals knows neither HTTP nor how a gateway or the admin API
// refuses.
func TestStateMachineKnowsNoGateway(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"act.go", "flow.go", "instance.go", "operations.go", "people.go", "problem.go", "values.go", "values_component.go"} {
		require.NotContains(t, importsOf(t, file), "net/http", file)
		code, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(code, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				require.NotContains(t, []string{"apiError", "adminError", "refuse", "adminRefuse"}, id.Name, file)
				require.False(t, strings.HasPrefix(id.Name, "errcode"), "%s: %s", file, id.Name)
			}
			return true
		})
	}
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	code, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.ImportsOnly)
	require.NoError(t, err)
	var paths []string
	for _, spec := range code.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		paths = append(paths, path)
	}
	return paths
}
