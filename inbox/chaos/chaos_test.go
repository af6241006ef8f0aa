// Package chaos drives approvals to their end while everything goes wrong that
// goes wrong in production, and looks whether one was lost or handled twice.
package chaos_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
)

// The consuming process is this test binary, run once more with its settings.
const childSettings = "CHAOS_CHILD"

func TestMain(m *testing.M) {
	text := os.Getenv(childSettings)
	if text == "" {
		m.Run()
		return
	}
	var s settings
	err := json.Unmarshal([]byte(text), &s)
	if err == nil {
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
var instances = flag.Int("instances", 200, "how many approvals to drive") //nolint:gochecknoglobals // package flag wants it

type chaos struct {
	*testing.T

	dingtalk *emulator.Server
	network  *network
	settings settings
	begun    time.Time

	read  int // bytes of the journal
	lines []line
}

func newChaos(t *testing.T, inboxAddress string) *chaos {
	t.Helper()
	network, err := newNetwork()
	require.NoError(t, err)
	dingtalk, err := emulator.New(
		emulator.WithStartTime(time.Now().Add(-daysBehind*24*time.Hour)),
		emulator.WithCallback(emulator.Callback{Handler: network}))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dingtalk.Close()) })
	api, err := dingtalk.Listen("")
	require.NoError(t, err)
	c := &chaos{t, dingtalk, network, settings{Inbox: inboxAddress, API: api, Journal: t.TempDir()}, time.Now(), 0, nil}
	require.NoError(t, c.tellTime())
	return c
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

// child is a consuming process.
type child struct {
	cmd     *exec.Cmd
	address string
}

func (c *chaos) start(name string) *child {
	c.Helper()
	s := c.settings
	s.Name = name
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
	ch := &child{cmd, strings.TrimSpace(address)}
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
	}
}

// drive has people start and decide n approvals while time flies, and returns
// how to stop the time.
func (c *chaos) drive(n int) (stop func()) {
	c.Helper()
	client, err := c.dingtalk.Client()
	require.NoError(c, err)
	ctx, cancel := context.WithCancel(c.Context())
	var work sync.WaitGroup
	work.Go(func() {
		for batch := range 20 {
			if err := c.decide(ctx, client, n/20); err != nil && ctx.Err() == nil {
				c.Errorf("batch %d: %v", batch, err)
			}
		}
	})
	// Retries fall due after 10 and 30 seconds of DingTalk's time.
	work.Go(func() {
		every(ctx, 200*time.Millisecond, c.passMinute)
	})
	return func() {
		cancel()
		work.Wait()
	}
}

// decide drives a batch of approvals to its end, all of them side by side.
func (c *chaos) decide(ctx context.Context, client *dingoa.Client, n int) error {
	var ids []string
	for range n {
		created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
			ProcessCode:      emulator.DefaultProcessCode,
			OriginatorUserID: emulator.DefaultOriginator,
			DeptID:           emulator.DefaultDeptID,
			FormValues:       []dingoa.FormValue{{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-05-04"}, {Name: "天数", Value: "2"}},
		})
		if err != nil {
			return err
		}
		ids = append(ids, created.InstanceID)
	}
	for i, id := range ids {
		if err := c.first(id, i); err != nil {
			return err
		}
	}
	for i, id := range ids {
		if i%10 < 2 {
			continue // ended with the first
		}
		if err := c.dingtalk.Approve(emulator.DefaultSecondApprover, id, ""); err != nil {
			return err
		}
	}
	return c.dingtalk.Flush(ctx)
}

func (c *chaos) first(id string, i int) error {
	switch i % 10 {
	case 0:
		return c.dingtalk.Refuse(emulator.DefaultFirstApprover, id, "")
	case 1:
		return c.dingtalk.Revoke(id, "")
	}
	return c.dingtalk.Approve(emulator.DefaultFirstApprover, id, "")
}

// finals are the approvals whose end was handled, and how often it was.
func finals(lines []line) map[string]int {
	found := map[string]int{}
	for _, l := range lines {
		if l.Step == handled && (l.Change == "finish" || l.Change == "terminate") {
			found[l.Instance]++
		}
	}
	return found
}

func (c *chaos) await(n int) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), 2*time.Minute)
	defer cancel()
	ended := 0
	every(ctx, 50*time.Millisecond, func() error {
		if ended = len(finals(c.journal())); ended >= n {
			cancel()
		}
		return nil
	})
	require.GreaterOrEqual(c, ended, n, "approvals whose end was handled in time")
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
	c := newChaos(t, "file://"+t.TempDir())
	n, kills := *instances, 8
	ch := c.start("only")
	stop := c.drive(n)
	for i := range kills {
		c.await((i + 1) * n / (kills + 2))
		c.end(ch, syscall.SIGKILL)
		ch = c.start("only")
	}
	c.await(n)
	stop()
	c.end(ch, os.Interrupt)
	c.verify(n, kills)
}

func TestKilledReplica(t *testing.T) {
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, NoSigs: true, NoLog: true,
	})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(t, s.ReadyForConnections(10*time.Second))

	c := newChaos(t, s.ClientURL())
	n := *instances
	first, second := c.start("first"), c.start("second")
	stop := c.drive(n)
	c.await(n / 3)
	c.end(first, syscall.SIGKILL)
	c.await(n)
	stop()
	c.end(second, os.Interrupt)
	c.verify(n, 1)
}
