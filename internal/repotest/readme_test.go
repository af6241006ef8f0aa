package repotest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

var codeBlock = regexp.MustCompile("(?s)```(\\w*)\n(.*?)```")

// blocks returns the code blocks of a document in the given language.
func blocks(t *testing.T, path, language string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var found []string
	for _, m := range codeBlock.FindAllStringSubmatch(string(text), -1) {
		if m[1] == language {
			found = append(found, m[2])
		}
	}
	return found
}

// Every Go block of the README and the guides is a whole file: tests are run, the rest is
// compiled and vetted.
func TestReadmeCode(t *testing.T) {
	t.Parallel()
	require.Len(t, blocks(t, "README.md", "go"), 8)
	require.Len(t, blocks(t, "docs/forms.md", "go"), 7)
	require.Len(t, blocks(t, "docs/events.md", "go"), 2)
	code := slices.Concat(blocks(t, "README.md", "go"), blocks(t, "docs/forms.md", "go"), blocks(t, "docs/events.md", "go"))
	for i, code := range code {
		name, _, _ := strings.Cut(strings.TrimPrefix(code, "package "), "\n")
		t.Run(fmt.Sprint(i, " ", name), func(t *testing.T) {
			t.Parallel()
			command, file := "vet", "main.go"
			if strings.HasSuffix(name, "_test") {
				command, file = "test", "readme_test.go"
			}
			path := filepath.Join(t.TempDir(), file)
			require.NoError(t, os.WriteFile(path, []byte(code), 0o600))
			out, err := exec.CommandContext(t.Context(), "go", command, path).CombinedOutput()
			require.NoError(t, err, "go %s:\n%s", command, out)

			formatted, err := exec.CommandContext(t.Context(), "gofmt", "-l", path).CombinedOutput()
			require.NoError(t, err)
			require.Empty(t, string(formatted), "not gofmt-clean")
		})
	}
}

// The commands of the README: the first is run and its output compared with
// what the README shows; the second is what runs this test.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	commands := blocks(t, "README.md", "sh")
	require.Equal(t, []string{
		"go run ./examples/quickstart\n", "make test\n", "go get github.com/dingoa/dingoa\n",
		"go run ./cmd/dingoa serve\n", "go run ./examples/stream\n", // TestNewcomer of the command runs these
	}, commands)

	cmd := exec.CommandContext(t.Context(), "go", "run", "./examples/quickstart")
	cmd.Env = append(os.Environ(), "DINGTALK_APP_KEY=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), blocks(t, "README.md", "")[0])

	makefile, err := os.ReadFile("Makefile")
	require.NoError(t, err)
	require.Regexp(t, `(?m)^test:`, string(makefile))
}

// The programs of the README run as pasted, with the variables that serve prints.
func TestReadmeProgramsRun(t *testing.T) {
	t.Parallel()
	server, err := emulator.New(emulator.WithStream())
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	base, err := server.Listen("")
	require.NoError(t, err)
	env := append(os.Environ(), "DINGTALK_BASE_URL="+base, "DINGTALK_APP_KEY="+company.DefaultAppKey, "DINGTALK_APP_SECRET="+company.DefaultAppSecret,
		"DINGTALK_PROCESS_CODE="+company.DefaultProcessCode, "DINGTALK_USER_ID="+company.DefaultOriginator, "DINGTALK_DEPT_ID="+strconv.Itoa(company.DefaultDeptID))
	build := func(code string) *exec.Cmd {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(code), 0o600))
		out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "program"), filepath.Join(dir, "main.go")).CombinedOutput()
		require.NoError(t, err, "%s", out)
		command := exec.CommandContext(t.Context(), filepath.Join(dir, "program"))
		command.Env = env
		return command
	}
	code := blocks(t, "README.md", "go")

	out, err := build(code[0]).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "张三提交的请假 RUNNING")
	require.Contains(t, string(out), "not yet: ", "it is revoked at once")

	stream := build(code[2])
	log, err := stream.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, stream.Start())
	lines := bufio.NewScanner(log)
	found := false
	for !found && lines.Scan() {
		found = strings.Contains(lines.Text(), `"张三提交的请假": start`)
	}
	require.True(t, found, "it waited for the connection")
	require.NoError(t, stream.Process.Signal(os.Interrupt))
	require.NoError(t, stream.Wait())
}

// Both languages have the same blocks, tables and sections.
func TestReadmeLanguagesAgree(t *testing.T) {
	t.Parallel()
	shape := func(path string) (code []string, headings, rows, links int) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		code = codeBlock.FindAllString(string(text), -1)
		prose := codeBlock.ReplaceAllString(string(text), "")
		count := func(pattern string) int { return len(regexp.MustCompile(pattern).FindAllString(prose, -1)) }
		return code, count(`(?m)^#+ `), count(`(?m)^\|`), count(`\]\(`)
	}
	code, headings, rows, links := shape("README.md")
	zhCode, zhHeadings, zhRows, zhLinks := shape("README.zh-CN.md")
	require.Equal(t, code, zhCode)
	require.Equal(t, headings, zhHeadings)
	require.Equal(t, rows, zhRows)
	require.Equal(t, links, zhLinks)
}

// Links to files of the repository lead somewhere.
func TestDocumentLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	documents, err := filepath.Glob("*.md")
	require.NoError(t, err)
	more, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	for _, doc := range append(documents, more...) {
		text, err := os.ReadFile(doc)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(codeBlock.ReplaceAllString(string(text), ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			require.FileExists(t, filepath.Join(filepath.Dir(doc), m[1]), "link in %s", doc)
		}
	}
}
