// Package repotest has the tests of the repository itself.
package repotest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// goPackage is a package, without its tests, as go list prints it.
type goPackage struct {
	ImportPath string   `json:"ImportPath"`
	Imports    []string `json:"Imports"`
	Deps       []string `json:"Deps"`
}

// listPackages returns the packages of the module, by their path below it; "." is
// the root.
func listPackages(t *testing.T) map[string]goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...")
	output, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	packages := map[string]goPackage{}
	for decoder := json.NewDecoder(output); ; {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		packages[below(p.ImportPath)] = p
	}
	require.NoError(t, cmd.Wait())
	return packages
}

// below is the path of a package below the module.
func below(path string) string {
	if path == modulePath {
		return "."
	}
	return strings.TrimPrefix(path, modulePath+"/")
}

// layers are the packages from the bottom up. A package may import those of the
// layers below its own, and nothing of its own layer but its subpackages.
func layers() [][]string {
	return [][]string{
		{"form", "datasource", "operation"},
		{"event"},
		{"."},
		{"stream", "backfill", "contact", "message", "todo", "card", "signon", "attendance", "sqlstore", "redisstore"},
		{"emulator"},
		{"dingoatest"},
		{"cmd", "examples"},
	}
}

func layerOf(path string) int {
	first, _, _ := strings.Cut(path, "/")
	return slices.IndexFunc(layers(), func(layer []string) bool { return slices.Contains(layer, first) })
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for path, p := range listPackages(t) {
		if path == "internal" || strings.HasPrefix(path, "internal/") {
			continue
		}
		from := layerOf(path)
		require.GreaterOrEqual(t, from, 0, "%s has no place in layers", path)
		own, _, _ := strings.Cut(path, "/")
		for _, imported := range p.Imports {
			to := below(imported)
			if to == imported || strings.HasPrefix(to, "internal/") {
				continue
			}
			other, _, _ := strings.Cut(to, "/")
			require.True(t, other == own || layerOf(to) < from, "%s imports %s, which is not below it", path, to)
		}
	}
}

// Leaves link neither the client nor its HTTP library.
func TestLeavesNeedNoClient(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	for _, leaf := range slices.Concat(layers()[0], layers()[1]) {
		p, ok := packages[leaf]
		require.True(t, ok, leaf)
		for _, dependency := range p.Deps {
			require.NotEqual(t, modulePath, dependency, leaf)
			first, _, _ := strings.Cut(dependency, "/")
			foreign := strings.Contains(first, ".") && !strings.HasPrefix(dependency, modulePath+"/")
			require.False(t, foreign, "%s depends on %s", leaf, dependency)
		}
	}
}

// Internal packages that the client uses do not use it.
func TestTheClientIsAboveItsInternalPackages(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	for _, dependency := range packages["."].Deps {
		if path := below(dependency); strings.HasPrefix(path, "internal/") {
			require.NotContains(t, packages[path].Deps, modulePath, path)
		}
	}
	require.Contains(t, packages["."].Deps, modulePath+"/internal/wire")
}
