// Package chaos drives approvals to their end while everything goes wrong that
// goes wrong in production, and looks whether one was lost or handled twice.
package chaos_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
)

// The other processes are this test binary, run once more with their settings.
const childSettings = "CHAOS_CHILD"

func TestMain(m *testing.M) {
	text := os.Getenv(childSettings)
	if text == "" {
		m.Run()
		return
	}
	var s settings
	err := json.Unmarshal([]byte(text), &s)
	switch {
	case err != nil:
	case s.Store != "":
		err = serveNATS(s.Store)
	default:
		err = consume(s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

// daysBehind is how far the emulator's clock begins behind the real one, which
// it must not overtake: nobody asks for approvals of the future.
const daysBehind = 30

// instances is small by default, for every day's tests.
var instances = flag.Int("instances", 60, "how many approvals to drive") //nolint:gochecknoglobals // package flag wants it

// patience bounds a test. What comes late comes within a few retries, each of
// which takes less than a second here.
const patience = 5 * time.Minute

// transport is how the events come.
type transport string

const (
	push   transport = "push"
	stream transport = "stream"
)

type chaos struct {
	*testing.T

	dingtalk *emulator.Server
	network  *network
	settings settings
	begun    time.Time

	ends   map[string]end // of the approvals, as people decided
	killed map[int]bool   // PIDs
	cuts   int            // how often all connections were cut or asked to leave

	read  int // bytes of the journal
	lines []line
}

// end is how an approval ends.
type end struct {
	change event.InstanceChangeType
	result dingoa.Result
}

func newChaos(t *testing.T, via transport, inboxAddress string) *chaos {
	t.Helper()
	network := &network{client: &http.Client{Transport: &http.Transport{}, Timeout: time.Second}}
	option := emulator.WithStream()
	if via == push {
		option = emulator.WithCallback(emulator.Callback{Handler: network})
	}
	dingtalk, err := emulator.New(option, emulator.WithStartTime(time.Now().Add(-daysBehind*24*time.Hour)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dingtalk.Close()) })
	harm(dingtalk, via)
	api, err := dingtalk.Listen("")
	require.NoError(t, err)
	c := &chaos{
		T: t, dingtalk: dingtalk, network: network, begun: time.Now(), ends: map[string]end{}, killed: map[int]bool{},
		settings: settings{Via: via, Inbox: inboxAddress, API: api, Journal: t.TempDir()},
	}
	require.NoError(t, c.tellTime())
	return c
}

// harm has the emulator mistreat four of ten events on their way.
func harm(dingtalk *emulator.Server, via transport) {
	closed := 0.03
	if via == stream {
		closed = 0.003 // takes all events along that are on the connection
	}
	for i, fault := range []fault.EventFault{
		{Share: 0.07, Drop: true},
		{Share: 0.05, Lose: true},
		{Share: 0.10, Duplicate: true},
		{Share: 0.10, Reorder: true},
		{Share: 0.05, Delay: 20 * time.Second},
		{Share: 0.05, Corrupt: true},
		{Share: closed, CloseConnection: true},
	} {
		fault.Seed = uint64(i)
		dingtalk.FailEvents(fault)
	}
}

func (c *chaos) passMinute() error {
	c.dingtalk.Advance(time.Minute)
	return c.tellTime()
}

// tellTime tells the children how far DingTalk's clock is ahead.
func (c *chaos) tellTime() error {
	data, err := json.Marshal(time.Until(c.dingtalk.Now()))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.settings.Journal, "clock"), data, 0o600)
}

// child is another process.
type child struct {
	cmd     *exec.Cmd
	address string // it listens to, if it does
}

// spawn runs a child until it has told its address.
func (c *chaos) spawn(s settings) *child {
	c.Helper()
	text, err := json.Marshal(s)
	require.NoError(c, err)
	cmd := exec.CommandContext(c.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childSettings+"="+string(text))
	cmd.Stderr = c.Output()
	stdout, err := cmd.StdoutPipe()
	require.NoError(c, err)
	require.NoError(c, cmd.Start())
	address, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(c, err, "the child did not start")
	return &child{cmd, strings.TrimSpace(address)}
}

// start runs a replica of the consuming process.
func (c *chaos) start(name string) *child {
	c.Helper()
	s := c.settings
	s.Name = name
	ch := c.spawn(s)
	c.network.add(ch.address)
	return ch
}

func (c *chaos) end(ch *child, signal os.Signal) {
	c.Helper()
	if signal == os.Interrupt {
		c.network.remove(ch.address)
	}
	require.NoError(c, ch.cmd.Process.Signal(signal))
	err := ch.cmd.Wait()
	c.network.remove(ch.address) // a load balancer notices a moment too late
	if signal == os.Interrupt {
		require.NoError(c, err)
		return
	}
	c.killed[ch.cmd.Process.Pid] = true
}

// await returns once the ends of n approvals were handled.
func (c *chaos) await(n int) {
	c.Helper()
	ended := map[string]bool{}
	c.until(func(lines []line) bool {
		for _, l := range lines {
			if l.Step == handled && l.isEnd() {
				ended[l.Instance] = true
			}
		}
		return len(ended) >= n
	})
	require.GreaterOrEqual(c, len(ended), n, "approvals whose end was handled in time")
}

// until gives the lines of the journal that are new to done until that is true,
// or time is up.
func (c *chaos) until(done func(lines []line) bool) {
	c.Helper()
	ctx, cancel := context.WithDeadline(c.Context(), c.begun.Add(patience))
	defer cancel()
	read := 0
	every(ctx, 50*time.Millisecond, func() error {
		lines := c.journal()
		if done(lines[read:]) {
			cancel()
		}
		read = len(lines)
		return nil
	})
}

// finish ends the last process, and has another one, which gets no events, hand
// over what still waits in the inbox.
func (c *chaos) finish(last *child) {
	c.Helper()
	c.end(last, os.Interrupt)
	s := c.settings
	s.Name, s.Via = "after", ""
	last = c.spawn(s)
	waiting, gone := map[string]bool{}, map[string]bool{}
	c.until(func(lines []line) bool {
		for _, l := range lines {
			switch l.Step {
			case kept:
				if !gone[l.Key] {
					waiting[l.Key] = true
				}
			case handled:
				gone[l.Key] = true
				delete(waiting, l.Key)
			}
		}
		return len(waiting) == 0
	})
	c.end(last, os.Interrupt)
}

// journal reads what was written since, and returns all of it.
func (c *chaos) journal() []line {
	c.Helper()
	data, err := os.ReadFile(filepath.Join(c.settings.Journal, "log"))
	require.NoError(c, err)
	for text := range strings.Lines(string(data[c.read:])) {
		if !strings.HasSuffix(text, "\n") {
			break // being written
		}
		var l line
		require.NoError(c, json.Unmarshal([]byte(text), &l))
		c.lines = append(c.lines, l)
		c.read += len(text)
	}
	return c.lines
}

func TestKilledProcess(t *testing.T) {
	t.Parallel()
	for _, via := range []transport{push, stream} {
		t.Run(string(via), func(t *testing.T) {
			t.Parallel()
			c := newChaos(t, via, "file://"+t.TempDir())
			n, kills := *instances, 3+*instances/400
			ch := c.start("only")
			stop := c.drive(n)
			for i := range kills {
				c.await((i + 1) * n / (kills + 2))
				c.end(ch, syscall.SIGKILL)
				ch = c.start("only")
			}
			c.await(n)
			stop()
			c.finish(ch)
			c.verify()
		})
	}
}

// Two replicas share a NATS server, which is a process of its own.
func TestKilledReplica(t *testing.T) {
	t.Parallel()
	for _, via := range []transport{push, stream} {
		t.Run(string(via), func(t *testing.T) {
			t.Parallel()
			c := newChaos(t, via, "")
			nats := c.spawn(settings{Store: t.TempDir()})
			c.settings.Inbox = nats.address
			n := *instances
			first, second := c.start("first"), c.start("second")
			stop := c.drive(n)
			c.await(n / 3)
			c.end(first, syscall.SIGKILL)
			c.await(n)
			stop()
			c.finish(second)
			c.end(nats, os.Interrupt)
			c.verify()
		})
	}
}
