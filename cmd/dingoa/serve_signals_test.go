//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func buildDingoa(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "dingoa")
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, "%s", output)
	return path
}

// serveProcess is dingoa serve as a process of its own.
func serveProcess(t *testing.T, program string, args ...string) (*exec.Cmd, started) {
	t.Helper()
	return startProcess(t, exec.CommandContext(t.Context(), program, append([]string{"serve", "--json", "--addr", "127.0.0.1:0"}, args...)...))
}

func startProcess(t *testing.T, command *exec.Cmd) (*exec.Cmd, started) {
	t.Helper()
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	return command, parse[started](t, line)
}

// A signal ends it in order: streams of updates are closed, what was answered is
// in the state file, the code is 0. A second signal does not wait.
func TestServeSignals(t *testing.T) {
	t.Parallel()
	program := buildDingoa(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			state := filepath.Join(t.TempDir(), "state.jsonl")
			command, s := serveProcess(t, program, "--state", state)
			r := &running{started: s}
			created, err := r.client(t, s.AppSecret).Instances.Create(t.Context(), leave())
			require.NoError(t, err)
			updates := watch(t, s)
			hang(t, s)

			require.NoError(t, command.Process.Signal(signal))
			_, err = io.ReadAll(updates)
			require.NoError(t, err, "the stream ends whole")
			require.NoError(t, command.Wait())
			require.Contains(t, read(t, state), created.InstanceID)
		})
	}
	t.Run("twice", func(t *testing.T) {
		t.Parallel()
		command, s := serveProcess(t, program)
		updates := watch(t, s)
		hang(t, s)
		require.NoError(t, command.Process.Signal(syscall.SIGTERM))
		_, err := io.ReadAll(updates)
		require.NoError(t, err) // the first one was heard
		require.NoError(t, command.Process.Signal(syscall.SIGTERM))
		require.Error(t, command.Wait())
		status, ok := command.ProcessState.Sys().(syscall.WaitStatus)
		require.True(t, ok)
		require.Equal(t, syscall.SIGTERM, status.Signal())
	})
}

// watch opens the stream of live updates.
func watch(t *testing.T, s started) io.Reader {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.AdminURL+"events", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	require.Equal(t, http.StatusOK, resp.StatusCode)
	return resp.Body
}

// hang sends a request whose body never comes to its end.
func hang(t *testing.T, s started) {
	t.Helper()
	host := strings.TrimPrefix(s.URL, "http://")
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", host)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	_, err = fmt.Fprintf(connection, "POST /v1.0/oauth2/accessToken HTTP/1.1\r\nHost: %s\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n", host)
	require.NoError(t, err)
	reply, err := bufio.NewReader(connection).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, reply, "100 Continue") // it waits for the body
}

// When the disk is full it answers nothing as done, and says so.
func TestServeFullDisk(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.jsonl")
	command := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 64; exec "$@"`, "sh",
		buildDingoa(t), "serve", "--json", "--addr", "127.0.0.1:0", "--state", state)
	stderr := newLog()
	command.Stderr = stderr
	command, s := startProcess(t, command)
	client := (&running{started: s}).client(t, s.AppSecret)
	var answered []string
	created, err := client.Instances.Create(t.Context(), leave())
	for ; err == nil; created, err = client.Instances.Create(t.Context(), leave()) {
		answered = append(answered, created.InstanceID)
	}
	require.ErrorIs(t, err, dingoa.ErrServer)
	require.NotEmpty(t, answered)
	stderr.waitFor(t, "the state file cannot be written")
	require.NoError(t, command.Process.Signal(syscall.SIGTERM))
	var exit *exec.ExitError
	require.ErrorAs(t, command.Wait(), &exit)
	require.Equal(t, exitFailure, exit.ExitCode())
	require.Equal(t, 1, strings.Count(stderr.String(), `"level":"ERROR"`), stderr)
	require.Contains(t, stderr.String(), "dingoa serve: state "+state)
	again := startServe(t, nil, "--json", "--state", state)
	for _, id := range answered {
		status, _ := again.admin(t, http.MethodGet, "instances/"+id, "")
		require.Equal(t, http.StatusOK, status, "it was answered")
	}
	require.Equal(t, exitOK, again.stop())
}
