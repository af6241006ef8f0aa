// Command mutate measures whether the tests notice when a check is missing. It
// makes mutants of the checks that refuse something before it is sent or taken:
// each in turn never refuses, or refuses the opposite, and each limit and
// enumeration of internal/limit is one off. A mutant that no test notices
// survives, and is printed.
//
//	go run ./mutate -root ..
//
// All mutants of a package are built into one test binary, by an overlay that
// asks the environment which of them to be; nothing in the tree is changed.
//
// Looked at are: every check of a request in the root package, the options and
// callbacks there, package form, and what package stream takes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// target is a package with the files in which a returned error is a refusal; in
// the others only problems that are collected are.
type target struct {
	dir     string
	refuses *regexp.Regexp
	// first are the tests that notice most, in stages; skip are those that are slow
	// and look at no check.
	first []string
	quick bool // run only these
	skip  string
}

func targets() []target {
	return []target{
		{
			dir: ".", refuses: regexp.MustCompile(`^(options|callback\w*)\.go$`),
			first: []string{"OfTheTable|Conditions", "Refus|Invalid|Check|Option|Forecast|Select|Attendance|Todo|Premium|Center|Template|List|UTF|Text|File|Callback"},
			skip:  "Endless|Dispatcher|Readme|Reconcil|Survives|StoreSaves|IsShared|Inbox|Pull|Dedup|Middleware|Fuzz|Wild|Imports|Document|Conventions|ServicesAreFound|Secrets|Unfinished|AtOnce|Concurrent|MoreThanTheVendor|EveryRequestIsChecked|ForAllCallers|TicketStore|Modules|Sources|Requirements",
		},
		{dir: "form", refuses: regexp.MustCompile(`.`)},
		{dir: "stream", refuses: regexp.MustCompile(`^(options|dial|frame|message)\.go$`)},
	}
}

// mutant is one change to one check.
type mutant struct {
	number int
	place  string // file:line
	what   string
	source string
}

func main() {
	root := flag.String("root", "..", "root of the repository")
	only := flag.String("only", "", "mutate this package alone")
	jobs := flag.Int("jobs", 2, "test binaries that run at once")
	quick := flag.Bool("quick", false, "run the tests that notice most alone: a lower bound in a third of the time")
	list := flag.Bool("list", false, "print the mutants and run nothing")
	flag.Parse()
	ok := true
	for _, t := range targets() {
		if *only != "" && *only != t.dir {
			continue
		}
		t.quick = *quick && len(t.first) > 0
		survived, err := t.run(*root, *jobs, *list)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		ok = ok && survived == 0
	}
	if !ok {
		os.Exit(1)
	}
}

// run builds the mutants of one package and prints its score.
func (t target) run(root string, jobs int, list bool) (survived int, err error) {
	root, err = filepath.Abs(root)
	if err != nil {
		return 0, err
	}
	work, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	o := overlay{root: root, work: work, replace: map[string]string{}}
	if err := o.mutate(t); err != nil {
		return 0, err
	}
	if list {
		for _, m := range o.mutants {
			say("%s: %s: %s", m.place, m.what, m.source)
		}
		return 0, nil
	}
	binary := filepath.Join(work, "tests")
	if err := o.build(t.dir, binary); err != nil {
		return 0, err
	}
	known, err := equivalents(root)
	if err != nil {
		return 0, err
	}
	runner := runner{binary: binary, dir: filepath.Join(root, t.dir), target: t}
	if err := runner.unchanged(); err != nil {
		return 0, err
	}
	s := runner.all(o.mutants, known, jobs)
	total := s.noticed + s.survived
	say("%s: %d of %d mutants noticed (%.1f %%), %d more are equivalent", t.dir, s.noticed, total, 100*float64(s.noticed)/float64(max(1, total)), s.equivalent)
	return s.survived, nil
}

// key names a mutant without the line, which moves.
func (m mutant) key() string {
	file, _, _ := strings.Cut(m.place, ":")
	return file + ": " + m.what + ": " + m.source
}

// equivalents reads the mutants that change nothing, with the reasons.
func equivalents(root string) (map[string]string, error) {
	data, err := os.ReadFile(filepath.Join(root, "tools/mutate/equivalent.txt"))
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if key, reason, ok := strings.Cut(strings.TrimSpace(line), " # "); ok {
			known[key] = reason
		}
	}
	return known, nil
}

type runner struct {
	binary, dir string
	target      target
}

// unchanged runs the tests as no mutant: they must pass.
func (r runner) unchanged() error {
	for _, args := range r.stages() {
		if out, err := r.test(0, args); err != nil {
			return fmt.Errorf("%s: the tests fail without any mutant: %w\n%s", r.target.dir, err, out)
		}
	}
	return nil
}

// stages are the tests to run, until some fail.
func (r runner) stages() [][]string {
	var stages [][]string
	names := slices.Clone(r.target.first)
	if !r.target.quick {
		names = append(names, ".")
	}
	for _, tests := range names {
		args := []string{"-test.run", tests}
		if r.target.skip != "" {
			args = append(args, "-test.skip", r.target.skip)
		}
		stages = append(stages, args)
	}
	return stages
}

// all runs the tests on every mutant, and prints which mutants they did not notice
// as soon as that is known.
func (r runner) all(mutants []mutant, known map[string]string, jobs int) *score {
	s := &score{}
	next := make(chan mutant)
	var group sync.WaitGroup
	for range jobs {
		group.Go(func() {
			for m := range next {
				s.count(m, known[m.key()], slices.ContainsFunc(r.stages(), func(args []string) bool {
					_, err := r.test(m.number, args)
					return err != nil
				}))
			}
		})
	}
	for _, m := range mutants {
		next <- m
	}
	close(next)
	group.Wait()
	return s
}

// score counts what became of mutants.
type score struct {
	mu                            sync.Mutex
	noticed, survived, equivalent int
}

func (s *score) count(m mutant, reason string, noticed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case noticed:
		s.noticed++
	case reason != "":
		s.equivalent++
		say("equivalent %s: %s: %s: %s", m.place, m.what, m.source, reason)
	default:
		s.survived++
		say("SURVIVED %s: %s: %s", m.place, m.what, m.source)
	}
}

func say(format string, args ...any) { _, _ = fmt.Fprintf(os.Stdout, format+"\n", args...) }

// test runs the tests as a mutant; more than two minutes are a failure.
func (r runner) test(number int, args []string) (output []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, r.binary, append([]string{"-test.failfast"}, args...)...)
	c.Dir = r.dir
	c.Env = append(os.Environ(), fmt.Sprintf("MUTANT=%d", number))
	return c.CombinedOutput()
}
