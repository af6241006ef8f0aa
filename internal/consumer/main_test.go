package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator/company"
)

// This file uses no test library on purpose: the go.mod beside it has to be that
// of a user who has nothing but the SDK.

func goTool(t *testing.T, args ...string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return string(output)
}

func lines(output string) []string {
	found := strings.Fields(output)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestModulesCompiledIn(t *testing.T) {
	t.Parallel()
	program := []string{
		"github.com/dingoa/dingoa",
		"github.com/dingoa/dingoa/internal/consumer",
		"github.com/go-resty/resty/v2",
		"golang.org/x/net",
		"golang.org/x/sync",
		"golang.org/x/time",
	}
	withTest := slices.Sorted(slices.Values(append(slices.Clone(program),
		"github.com/coder/websocket", // its stream mode
		"go.yaml.in/yaml/v3",         // its seeds
	)))
	for name, c := range map[string]struct{ args, want []string }{
		"program":              {nil, program},
		"program and its test": {[]string{"-test"}, withTest}, // this file, with the SDK's test kit
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}"}, c.args...)
			if got := lines(goTool(t, append(args, ".")...)); !slices.Equal(got, c.want) {
				t.Errorf("a user of the SDK compiles\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// The module graph decides which versions a user gets of modules that are not
// even compiled; it stays small enough to be read.
func TestModuleGraph(t *testing.T) {
	t.Parallel()
	const most = 20
	if got := lines(goTool(t, "list", "-m", "-f", "{{.Path}}", "all")); len(got) > most {
		t.Errorf("a user's module graph has %d modules, at most %d are agreed:\n%s", len(got), most, strings.Join(got, "\n"))
	}
}

func TestGoLine(t *testing.T) {
	t.Parallel()
	var mod struct {
		Go        string `json:"Go"`
		Toolchain string `json:"Toolchain"`
	}
	if err := json.Unmarshal([]byte(goTool(t, "mod", "edit", "-json")), &mod); err != nil {
		t.Fatal(err)
	}
	if mod.Go != "1.25.0" || mod.Toolchain != "" {
		t.Errorf("the SDK raised a user's go line from 1.25.0 to %s %s", mod.Go, mod.Toolchain)
	}
}

// A user's test of a user's code, with what the SDK brings for that.
func TestStart(t *testing.T) {
	t.Parallel()
	server := dingoatest.NewServer(t)
	id, err := start(t.Context(), server.Client(), company.DefaultProcessCode, company.DefaultOriginator, company.DefaultDeptID)
	if err != nil {
		t.Fatal(err)
	}
	server.RequireInstance(id)

	_, err = start(t.Context(), server.Client(), "PROC-UNKNOWN", company.DefaultOriginator, company.DefaultDeptID)
	if !errors.Is(err, dingoa.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	if err := run(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "usage") {
		t.Errorf("got %v, want the usage", err)
	}
}
