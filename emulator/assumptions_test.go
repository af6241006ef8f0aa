package emulator

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/spec"
)

// Each assumption that SDK and emulator share rests on a page, a published payload
// or nothing, and says so; those that rest on nothing are logged (-v).
func TestAssumptions(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/emulator.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(page), "<!-- assumptions")
	require.True(t, ok)
	table, _, ok := strings.Cut(rest, "<!-- end of assumptions -->")
	require.True(t, ok)
	known := knownPages(t)
	rows, assumed := 0, 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), " |")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| **") || strings.HasPrefix(line, "| What") {
			continue
		}
		require.Len(t, cells, 3, "%s", line)
		what, source := strings.TrimPrefix(cells[0], "| "), strings.TrimSpace(cells[1])
		rows++
		hasSource := false
		for _, link := range pageLink.FindAllStringSubmatch(source, -1) {
			require.Contains(t, known, link[1], "%s: no page is known at this address", what)
			hasSource = true
		}
		for _, path := range payloadPath.FindAllString(source, -1) {
			require.FileExists(t, filepath.Join("..", path), "%s", what)
			hasSource = true
		}
		hasSource = hasSource || strings.Contains(source, "](https://open-dingtalk.github.io/")
		isAssumed := strings.Contains(source, "assumed")
		require.True(t, hasSource || isAssumed, "%s: name a page or a payload, or say \"assumed\"", what)
		if isAssumed {
			assumed++
			t.Logf("without a source: %s (%s)", what, source)
		}
	}
	require.Greater(t, rows, 40)
	t.Logf("%d of %d", assumed, rows)
}

var (
	pageLink    = regexp.MustCompile(`\(https://open\.dingtalk\.com/document/development/([^)]+)\)`)
	payloadPath = regexp.MustCompile(`testdata/wild/[^` + "`" + `]+`)
	pageAddress = regexp.MustCompile(`https://open\.dingtalk\.com/document/development/([a-z0-9-]+)`)
)

// knownPages are the ends of the addresses of the vendor's pages: those of the
// table of operations, those that the SDK's comments name, and a few more.
func knownPages(t *testing.T) []string {
	t.Helper()
	known := []string{
		"server-api-error-codes-1", "callback-event-message-body-encryption-and-decryption", "call-frequency-limit", "http-callback-overview", "obtain-the-event-list-of-failed-push-messages",
	}
	for _, o := range spec.All() {
		known = append(known, o.Doc)
	}
	files, err := filepath.Glob("../*.go")
	require.NoError(t, err)
	for _, name := range files {
		code, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, address := range pageAddress.FindAllSubmatch(code, -1) {
			known = append(known, string(address[1]))
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}
