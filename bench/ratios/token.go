package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/bench"
)

const stampedeCallers = 1000

// tokens measures the price of the token.
type tokens struct {
	reads    []tokenRead
	requests int64
	cpu      string
}

type tokenRead struct {
	goroutines string
	bench.Result
}

var (
	benchmarkLine = regexp.MustCompile(`(?m)^BenchmarkTokenRead/goroutines=(\d+)\S*\s+\d+\s+([\d.]+) ns/op\s+(\d+) B/op\s+(\d+) allocs/op`)
	cpuLine       = regexp.MustCompile(`(?m)^cpu: (.+)$`)
)

// measureTokens runs the benchmark of the token cache, which lies in the SDK's
// own package because the cache is not public, and the stampede.
func measureTokens(rounds int, each time.Duration) (tokens, error) {
	var t tokens
	output, err := goTool("..", "test", "-run", "^$", "-bench", "^BenchmarkTokenRead$", "-benchmem",
		"-benchtime", each.String(), "-count", strconv.Itoa(rounds), ".")
	if err != nil {
		return t, err
	}
	if m := cpuLine.FindStringSubmatch(output); m != nil {
		t.cpu = m[1]
	}
	byGoroutines := map[string][]bench.Result{}
	var order []string
	for _, m := range benchmarkLine.FindAllStringSubmatch(output, -1) {
		if byGoroutines[m[1]] == nil {
			order = append(order, m[1])
		}
		ns, _ := strconv.ParseFloat(m[2], 64) // the pattern lets numbers through only
		bytes, _ := strconv.ParseInt(m[3], 10, 64)
		allocs, _ := strconv.ParseInt(m[4], 10, 64)
		byGoroutines[m[1]] = append(byGoroutines[m[1]], bench.Result{Nanoseconds: ns, Bytes: bytes, Allocs: allocs})
	}
	if len(order) == 0 {
		return t, fmt.Errorf("no result of BenchmarkTokenRead in:\n%s", output)
	}
	for _, goroutines := range order {
		t.reads = append(t.reads, tokenRead{goroutines, medians(byGoroutines[goroutines])})
	}
	t.requests, err = bench.Stampede(stampedeCallers)
	return t, err
}

// goTool runs the go command in a directory and returns what it prints.
func goTool(dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(context.Background(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	output, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, output)
	}
	return string(output), nil
}
