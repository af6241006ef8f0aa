//go:build linux

// Command attack measures what connections that stop in the middle cost a server,
// which runs as a process of its own on loopback: the callback server of the
// README, the emulator, and a stream consumer whose peer floods it. It prints
// Markdown and ends with an error when a limit is exceeded:
//
//	go run ./attack                     # a minute or two; needs 20,000 open files
//	go run ./attack -connections 200
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Limits, in bytes of memory above that of the idle process.
const (
	callbackLimit = 200 << 20
	floodLimit    = 64 << 20
	closedWithin  = 10 * time.Second
)

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		if err := victim(role); err != nil {
			fmt.Fprintln(os.Stderr, "attack:", err)
			os.Exit(1)
		}
		return
	}
	connections := flag.Int("connections", 10_000, "connections at once, at most 20,000")
	flag.Parse()
	if err := run(*connections); err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(1)
	}
}

func run(connections int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if connections < 1 || connections > 20_000 {
		return errors.New("-connections must be 1 to 20,000")
	}
	if err := raiseFiles(connections + 100); err != nil {
		return err
	}
	fmt.Println("| Attack | Memory above idle | Limit | Closed after | Genuine pushes meanwhile |")
	fmt.Println("|---|---|---|---|---|")
	var errs []error
	for _, a := range attacks(connections) {
		r, err := a.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		fmt.Printf("| %s | %d MB | %d MB | %s | %s |\n", a.name, r.memory>>20, a.limit>>20, r.closedText(), r.pushesText())
		errs = append(errs, r.check(a))
	}
	return errors.Join(errs...)
}

// attack is one way to misuse a server.
type attack struct {
	name, role string
	limit      int
	run        func(context.Context) (result, error)
}

// result holds the measurements of an attack.
type result struct {
	memory             int           // most above idle, in bytes
	closed             time.Duration // until the server had ended every connection; 0: not looked at
	pushes, unanswered int
	slowest            time.Duration
}

func (r result) closedText() string {
	if r.closed == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f s", r.closed.Seconds())
}

func (r result) pushesText() string {
	if r.pushes == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d answered, slowest %d ms", r.pushes-r.unanswered, r.pushes, r.slowest.Milliseconds())
}

func (r result) check(a attack) error {
	switch {
	case r.memory > a.limit:
		return fmt.Errorf("%s: %d MB of memory, more than %d MB", a.name, r.memory>>20, a.limit>>20)
	case r.closed > closedWithin:
		return fmt.Errorf("%s: connections were there after %s", a.name, r.closed)
	case r.unanswered > 0:
		return fmt.Errorf("%s: %d of %d genuine pushes were not answered", a.name, r.unanswered, r.pushes)
	}
	return nil
}

func attacks(n int) []attack {
	all := []attack{
		{name: fmt.Sprintf("%d pushes that stop after half of 4 KB", n), role: roleCallback, limit: callbackLimit},
		{name: fmt.Sprintf("%d that announce 1.2 MB and send 600 KB", n), role: roleCallback, limit: callbackLimit},
		{name: fmt.Sprintf("%d that send 100 KB in chunks, without an end", n), role: roleCallback, limit: callbackLimit},
		{name: "8 uploads of 255 MB that stop after 64 MB", role: roleEmulator, limit: floodLimit},
		{name: "stream consumer: events of 1 MB, pings, nothing read", role: roleStream, limit: floodLimit},
	}
	all[0].run = func(ctx context.Context) (result, error) { return halfBodies(ctx, n, lengthHead(4096), 2048) }
	all[1].run = func(ctx context.Context) (result, error) { return halfBodies(ctx, n, lengthHead(1200<<10), 600<<10) }
	all[2].run = func(ctx context.Context) (result, error) { return halfBodies(ctx, n, chunkedHead(1<<20), 100<<10) }
	all[3].run = func(ctx context.Context) (result, error) { return uploads(ctx, 8, 255<<20, 64<<20) }
	all[4].run = flood
	return all
}

// raiseFiles raises the number of files that this process and its children may
// have open.
func raiseFiles(n int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if limit.Max < uint64(n) { //nolint:gosec // checked to be positive
		return fmt.Errorf("%d files may be open at most, %d are needed: raise ulimit -Hn, or use fewer -connections", limit.Max, n)
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

// process is a server in a process of its own.
type process struct {
	command *exec.Cmd
	address string
	idle    int
}

func start(ctx context.Context, role string, arguments ...string) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.CommandContext(ctx, program)}
	p.command.Env = append(os.Environ(), roleVariable+"="+role+" "+strings.Join(arguments, " "))
	p.command.Stderr = os.Stderr
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	if _, err := fmt.Fscanln(out, &p.address); err != nil {
		p.stop()
		return nil, fmt.Errorf("the server did not start: %w", err)
	}
	p.idle = p.memory()
	if p.idle == 0 {
		p.stop()
		return nil, errors.New("the memory of a process is read from /proc, which is not there")
	}
	return p, nil
}

func (p *process) stop() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

// memory is the resident set in bytes.
func (p *process) memory() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	n, _ := strconv.Atoi(kilobytes)
	return n << 10
}

// watch notes the most memory above idle until stopped.
func (p *process) watch() (stop func() int) {
	done, most := make(chan struct{}), make(chan int)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		peak := 0
		for {
			peak = max(peak, p.memory()-p.idle)
			select {
			case <-tick.C:
			case <-done:
				most <- peak
				return
			}
		}
	}()
	return func() int { close(done); return <-most }
}
