package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	begin = "<!-- measured: go run ./ratios -write -->\n"
	end   = "<!-- measured end -->"

	maxTokenRead = 60 // nanoseconds
	maxModules   = 6
	maxGrowth    = 1.3 // MB
)

// report is everything that was measured, as Markdown.
func report(rounds int, each time.Duration, pairs []measured, t tokens, c costs, streams streams) string {
	var s strings.Builder
	fmt.Fprintf(&s, "Measured on %s: %s, %d CPUs, %s/%s, %s; medians of %d interleaved rounds of %v.\n\n",
		time.Now().Format(time.DateOnly), t.cpu, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), rounds, each)
	s.WriteString("| Job | Goal | Measured | Met |\n|---|---|---|---|\n")
	goal := func(job, goal, measured string, met bool) {
		fmt.Fprintf(&s, "| %s | %s | %s | %s |\n", job, goal, measured, map[bool]string{true: "yes", false: "**no**"}[met])
	}
	for _, p := range pairs {
		for _, g := range p.Goals {
			text, met := g.Check(p.dingoa, p.raw)
			goal(p.Name, g.Text, text, met)
		}
	}
	for _, r := range t.reads {
		goal("Token read, goroutines: "+r.goroutines, fmt.Sprintf("≤ %d ns, no allocation", maxTokenRead),
			fmt.Sprintf("%.0f ns, %d", r.Nanoseconds, r.Allocs), r.Nanoseconds <= maxTokenRead && r.Allocs == 0)
	}
	goal(fmt.Sprintf("Token expired, %d callers", stampedeCallers), "1 token request", strconv.FormatInt(t.requests, 10), t.requests == 1)
	streams.goals(goal)
	goal("Modules compiled in", fmt.Sprintf("≤ %d, the SDK included", maxModules), strconv.Itoa(len(c.compiled)), len(c.compiled) <= maxModules)
	growth := megabytes(c.full - c.bare)
	goal("Stripped static program", fmt.Sprintf("≤ +%.1f MB", maxGrowth), fmt.Sprintf("+%.2f MB", growth), growth <= maxGrowth)

	s.WriteString("\n| Job | ns dingoa | ns raw | ratio (lowest–highest round) | B dingoa | B raw | allocs dingoa | allocs raw |\n|---|---|---|---|---|---|---|---|\n")
	for _, p := range pairs {
		fmt.Fprintf(&s, "| %s | %.0f | %.0f | %.2f (%.2f–%.2f) | %d | %d | %d | %d |\n", p.Name,
			p.dingoa.Nanoseconds, p.raw.Nanoseconds, p.dingoa.Nanoseconds/p.raw.Nanoseconds, p.lowest, p.highest,
			p.dingoa.Bytes, p.raw.Bytes, p.dingoa.Allocs, p.raw.Allocs)
	}

	streams.table(&s)

	s.WriteString("\n| What a user's module gains | |\n|---|---|\n")
	fmt.Fprintf(&s, "| modules compiled in | %s |\n", strings.Join(c.compiled, ", "))
	fmt.Fprintf(&s, "| requirements in go.mod | %d lines |\n", c.required)
	fmt.Fprintf(&s, "| modules in the build list | %d |\n", c.buildList)
	fmt.Fprintf(&s, "| checksums in go.sum | %d lines |\n", c.checksums)
	fmt.Fprintf(&s, "| stripped static program, net/http alone | %.2f MB |\n", megabytes(c.bare))
	fmt.Fprintf(&s, "| the same with the SDK | %.2f MB |\n", megabytes(c.full))
	return s.String()
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }

// rewrite replaces what stands between the two marks of a file.
func rewrite(path, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(old), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return errors.New(path + " lacks the lines between which the tables belong")
	}
	return os.WriteFile(path, []byte(before+begin+"\n"+text+"\n"+end+after), 0o644) //nolint:gosec // README.md, to be read by all
}
