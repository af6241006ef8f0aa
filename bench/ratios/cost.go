package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const consumer = "../internal/consumer" // a user's module, with nothing but the SDK

// costs measures the price of the root package besides time.
type costs struct {
	compiled   []string // modules with code in the program
	required   int      // lines in go.mod
	buildList  int      // modules whose versions the SDK has a say in
	checksums  int      // lines in go.sum
	bare, full int64    // bytes of the stripped static programs
}

func measureCosts() (costs, error) {
	var c costs
	output, err := goTool(consumer, "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", ".")
	if err != nil {
		return c, err
	}
	c.compiled = distinct(output)
	if output, err = goTool(consumer, "list", "-m", "-f", "{{if not .Main}}{{.Path}}{{end}}", "all"); err != nil {
		return c, err
	}
	c.buildList = len(distinct(output))
	if output, err = goTool(consumer, "mod", "edit", "-json"); err != nil {
		return c, err
	}
	c.required = strings.Count(output, `"Version"`)
	sums, err := os.ReadFile(filepath.Join(consumer, "go.sum"))
	if err != nil {
		return c, err
	}
	c.checksums = strings.Count(string(sums), "\n")

	dir, err := os.MkdirTemp("", "dingoa-cost-")
	if err != nil {
		return c, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if c.bare, err = build(".", "./bare", filepath.Join(dir, "bare")); err != nil {
		return c, err
	}
	c.full, err = build(consumer, ".", filepath.Join(dir, "full"))
	return c, err
}

func distinct(output string) []string {
	found := strings.Fields(output)
	slices.Sort(found)
	return slices.Compact(found)
}

// build makes a stripped static program and returns its size.
func build(dir, pkg, program string) (int64, error) {
	if _, err := goTool(dir, "build", "-trimpath", "-ldflags=-s -w", "-o", program, pkg); err != nil {
		return 0, err
	}
	info, err := os.Stat(program)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
