package repotest

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const modulePath = "github.com/dingoa/dingoa"

// requirement is a module that go.mod may require directly. Users inherit each:
// a new one needs a reason, and what would raise a user's own versions belongs
// into a nested module.
type requirement struct {
	module, reason string
	// where tells which code that is no test may import it; nil: none.
	where func(sourceFile) bool
}

func requirements() []requirement {
	root := func(s sourceFile) bool { return s.dir() == "." }
	emulator := func(s sourceFile) bool { return s.dir() == "emulator" }
	client := func(s sourceFile) bool { return s.path == "client.go" }
	command := func(s sourceFile) bool { return under(s.path, "cmd") }
	formgen := func(s sourceFile) bool { return under(s.path, "internal/formgen") }
	sockets := func(s sourceFile) bool { return s.dir() == "stream" || s.dir() == "emulator" }
	return []requirement{
		{"github.com/go-resty/resty/v2", "HTTP", client},
		{"github.com/coder/websocket", "stream mode", sockets},
		{"golang.org/x/sync", "one token fetch for all callers", root},
		{"golang.org/x/time", "rate limits", root},
		{"github.com/spf13/cobra", "the command", command},
		{"github.com/mozillazg/go-pinyin", "the command: Go names from Chinese labels; requires nothing itself", formgen},
		{"go.yaml.in/yaml/v3", "the emulator's seeds; testify brings it along in any case", emulator},
		{"github.com/stretchr/testify", "tests", nil},
		{"github.com/jarcoal/httpmock", "tests", nil},
		{"go.uber.org/goleak", "tests", nil},
	}
}

func TestRequirements(t *testing.T) {
	t.Parallel()
	output, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json").Output()
	require.NoError(t, err)
	var mod struct {
		Go        string `json:"Go"`
		Toolchain string `json:"Toolchain"`
		Replace   []any  `json:"Replace"`
		Exclude   []any  `json:"Exclude"`
		Tool      []any  `json:"Tool"`
		Require   []struct {
			Path     string `json:"Path"`
			Indirect bool   `json:"Indirect"`
		} `json:"Require"`
	}
	require.NoError(t, json.Unmarshal(output, &mod))
	require.Equal(t, "1.25.0", mod.Go, "raising it raises it for every user")
	require.Empty(t, mod.Toolchain, "a user's toolchain is the user's choice")
	require.Empty(t, mod.Replace, "go install …@latest refuses a module with replace")
	require.Empty(t, mod.Exclude)
	require.Empty(t, mod.Tool, "tools belong into tools/go.mod: here users would inherit their versions")
	var direct []string
	for _, module := range mod.Require {
		if !module.Indirect {
			direct = append(direct, module.Path)
			allowed := func(r requirement) bool { return r.module == module.Path }
			require.True(t, slices.ContainsFunc(requirements(), allowed), "go.mod requires %s", module.Path)
		}
	}
	require.Contains(t, direct, "github.com/go-resty/resty/v2")
}

func TestImports(t *testing.T) {
	t.Parallel()
	ours := 0
	for _, source := range sourceFiles(t) {
		for _, spec := range source.file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			root, _, _ := strings.Cut(path, "/")
			switch {
			case !strings.Contains(root, "."): // standard library
				continue
			case path == modulePath || strings.HasPrefix(path, modulePath+"/"):
				ours++
				continue
			}
			allowed := func(r requirement) bool {
				isFrom := path == r.module || strings.HasPrefix(path, r.module+"/")
				return isFrom && r.where != nil && r.where(source)
			}
			require.True(t, slices.ContainsFunc(requirements(), allowed), "%s imports %s", source.path, path)
		}
	}
	require.NotZero(t, ours)
}
