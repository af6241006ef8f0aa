package main

import (
	"bufio"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator/company"
)

// killed holds the directory of a process that is to be killed.
const killed = "DURABLE_TEST_DATA"

// TestChild is that process: the program as it runs without an account.
func TestChild(t *testing.T) {
	data := os.Getenv(killed)
	if data == "" {
		t.Skip("only for TestSurvivesKills")
	}
	require.NoError(t, runEmulated(t.Context(), data))
}

// Whenever the program is killed, the next run pays for each approval that has
// ended, once.
func TestSurvivesKills(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for range 6 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
		child.Env = append(os.Environ(), killed+"="+data)
		out, err := child.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		paid := false // the inbox is open
		for lines := bufio.NewScanner(out); !paid && lines.Scan(); {
			paid = strings.Contains(lines.Text(), " paid approval=")
		}
		require.True(t, paid)
		go func() { _, _ = io.Copy(io.Discard, out) }()
		<-time.After(rand.N(3 * time.Second / 2))
		require.NoError(t, child.Process.Kill())
		_ = child.Wait() // it was killed
	}

	dingtalk, a, err := emulated(data)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dingtalk.Close()) })
	want := map[string]bool{}
	for _, instance := range dingtalk.Instances() {
		want[instance.ID] = instance.Status == "COMPLETED"
	}
	require.GreaterOrEqual(t, len(want), 6)
	client, err := dingtalk.Client()
	require.NoError(t, err)
	decide := func() {
		created, err := client.Instances.Create(t.Context(), leave())
		require.NoError(t, err)
		require.NoError(t, dingtalk.Approve(company.DefaultFirstApprover, created.InstanceID, ""))
		require.NoError(t, dingtalk.Approve(company.DefaultSecondApprover, created.InstanceID, ""))
		want[created.InstanceID] = true
	}
	decide() // while nobody listens
	for range 4 {
		require.NoError(t, dingtalk.Flush(t.Context()))
		dingtalk.Advance(time.Hour) // what could not be pushed is repeated, then listed
	}
	ended, stop := start(t, a, dingtalk)
	decide()
	for deadline := time.Now().Add(time.Minute); ; {
		got := payments(t, data)
		missing := 0
		for id, over := range want {
			if over && got[id] == 0 {
				missing++
			}
		}
		_, notPulled := os.Stat(filepath.Join(data, "pulls.json"))
		if missing == 0 && notPulled == nil {
			break
		}
		require.True(t, time.Now().Before(deadline), "%d of %d are not paid, pulled: %v", missing, len(want), notPulled)
		select {
		case err := <-ended:
			t.Fatal("the app ended:", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	stop()
	for id, times := range payments(t, data) {
		require.Equal(t, 1, times, id)
	}
	require.FileExists(t, filepath.Join(data, "reconciler.json"))
}

// payments counts what was paid, by approval.
func payments(t *testing.T, data string) map[string]int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "payments", "*"))
	require.NoError(t, err)
	count := map[string]int{}
	for _, file := range files {
		id, _, _ := strings.Cut(filepath.Base(file), " ")
		count[id]++
	}
	return count
}
