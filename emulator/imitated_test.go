package emulator

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
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

var update = flag.Bool("update", false, "write the table of docs/emulator.md anew") //nolint:gochecknoglobals // a flag

// The table of docs/emulator.md says what the handlers do.
func TestTableOfOperations(t *testing.T) {
	t.Parallel()
	const path, begin, end = "../docs/emulator.md", "<!-- operations: go test ./emulator -run TestTableOfOperations -update -->\n", "<!-- end -->"
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(page), begin)
	require.True(t, ok)
	table, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(before+begin+operationsTable()+end+after), 0o600))
		return
	}
	require.Equal(t, operationsTable(), table, "run: go test ./emulator -run TestTableOfOperations -update")
}

func operationsTable() string {
	var b strings.Builder
	b.WriteString("| Operation | Address | Page | Imitated |\n|---|---|---|---|\n")
	for _, o := range spec.All() {
		imitated := "yes"
		switch {
		case handlerOf(o.ID).do == nil:
			imitated = "no"
		case o.Premium:
			imitated = "with `premium`"
		}
		page := "only in the official SDK"
		if o.Doc != "" {
			page = "[page](https://open.dingtalk.com/document/development/" + o.Doc + ")"
		}
		host, _, _ := strings.Cut(o.Host, ".")
		fmt.Fprintf(&b, "| %s | `%s` %s `%s` | %s | %s |\n", o.ID, o.Method, host, o.Path, page, imitated)
	}
	return b.String()
}
