// Command serve measures dingoa serve as a process: how soon it is ready, what it
// takes with many approvals, how many requests it answers over loopback, and how
// long a page of its list takes. It prints Markdown. Run it in the directory of
// the module, on an otherwise idle machine:
//
//	go run ./serve
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	instances := flag.Int("instances", 100_000, "approvals in the list")
	connections := flag.Int("connections", 8, "clients at once")
	flag.Parse()
	if err := run(context.Background(), *instances, *connections); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, instances, connections int) error {
	if instances < 1 || connections < 1 {
		return fmt.Errorf("-instances %d and -connections %d must be positive", instances, connections)
	}
	dir, err := os.MkdirTemp("", "dingoa")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "dingoa")
	build := exec.CommandContext(ctx, "go", "build", "-C", "..", "-o", program, "./cmd/dingoa")
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, output)
	}
	fmt.Printf("Measured on %s: %d CPUs, %s/%s, %s, load average %s before; the clients on the same machine, %d at once.\n\n",
		time.Now().Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), loadAverage(), connections)
	fmt.Printf("| What | In memory | With `--state` |\n|---|---|---|\n")
	var columns [2][]result
	for i, flags := range [][]string{nil, {"--state", filepath.Join(dir, "state.jsonl")}} {
		if columns[i], err = measure(ctx, program, flags, instances, connections); err != nil {
			return err
		}
	}
	for i, memory := range columns[0] {
		fmt.Printf("| %s | %s | %s |\n", memory.what, memory.measured, columns[1][i].measured)
	}
	return nil
}

// result is one line of the table.
type result struct{ what, measured string }

func measure(ctx context.Context, program string, flags []string, instances, connections int) ([]result, error) {
	var results []result
	add := func(what, format string, args ...any) {
		results = append(results, result{what, fmt.Sprintf(format, args...)})
	}
	ready, err := startMedian(ctx, program, flags)
	if err != nil {
		return nil, err
	}
	add("Ready, from the start of the process", "%s", round(ready))

	p, _, err := start(ctx, program, flags)
	if err != nil {
		return nil, err
	}
	defer p.kill()
	empty := p.memory()
	ids, perSecond, err := p.createAll(ctx, instances, connections)
	if err != nil {
		return nil, err
	}
	add("Memory (RSS) at the start", "%d MB", empty>>20)
	add(fmt.Sprintf("Memory (RSS) with %s approvals", grouped(instances)), "%d MB", p.memory()>>20)
	add("StartProcessInstance, per second", "%s", grouped(perSecond))
	if perSecond, err = p.getAll(ctx, ids, connections); err != nil {
		return nil, err
	}
	add("GetProcessInstance, per second", "%s", grouped(perSecond))
	for _, page := range []struct{ what, query string }{
		{"first page of 20", ""},
		{"last page of 20", fmt.Sprintf("offset=%d", instances-20)},
		{"filtered by status and approver", "status=RUNNING&waitsFor=lisi"},
		{"a search that finds one", "q=" + ids[0]},
	} {
		median, slowest, err := p.page(ctx, page.query)
		if err != nil {
			return nil, err
		}
		add("List of approvals, "+page.what, "%s (slowest of %d: %s)", round(median), pageRounds, round(slowest))
	}
	if err := p.stop(); err != nil {
		return nil, err
	}
	again, took, err := start(ctx, program, flags)
	if err != nil {
		return nil, err
	}
	again.kill()
	add("Ready again after that", "%s, %s of them computing", round(took), round(again.computed()))
	return results, nil
}

// round shows three digits.
func round(d time.Duration) string {
	for _, unit := range []time.Duration{time.Second, 100 * time.Millisecond, 10 * time.Millisecond, time.Millisecond} {
		if d >= unit {
			return d.Round(unit / 100).String()
		}
	}
	return d.Round(time.Microsecond).String()
}

// grouped writes 12,345.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, groups...), ",")
}
