package dingoa_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func TestFileTicketStore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tickets.json")
	store := dingoa.NewFileTicketStore(path)
	none, err := store.Load(t.Context(), "suite1")
	require.NoError(t, err)
	require.Zero(t, none)

	ticket := dingoa.Ticket{Value: "SECRET-1", IssuedAt: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	other := dingoa.Ticket{Value: "SECRET-2", IssuedAt: ticket.IssuedAt}
	require.NoError(t, os.WriteFile(path+".tmp", []byte("of a process that was killed"), 0o600))
	require.NoError(t, store.Save(t.Context(), "suite1", ticket))
	require.NoError(t, store.Save(t.Context(), "suite2", other))
	again := dingoa.NewFileTicketStore(path)
	for key, want := range map[string]dingoa.Ticket{"suite1": ticket, "suite2": other, "suite3": {}} {
		got, err := again.Load(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	requireSecretless(t, store)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 2, "the file and its lock")

	require.NoError(t, os.WriteFile(path, []byte(`{"suite1":"SECRET`), 0o600))
	_, err = again.Load(t.Context(), "suite1")
	require.ErrorContains(t, err, "is left as it is")
	require.NotContains(t, err.Error(), "SECRET")
	require.Error(t, again.Save(t.Context(), "suite1", ticket), "what cannot be read is not overwritten")
	require.Error(t, dingoa.NewFileTicketStore(filepath.Join(path, "no", "directory")).Save(t.Context(), "s", ticket))
}

// TestFileTicketStoreIsShared: nothing that one of several writers saves is lost.
func TestFileTicketStoreIsShared(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tickets.json")
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			store := dingoa.NewFileTicketStore(path)
			_ = store.Save(t.Context(), "suite"+strconv.Itoa(i), dingoa.Ticket{Value: "v" + strconv.Itoa(i)})
		})
	}
	group.Wait()
	for i := range 20 {
		got, err := dingoa.NewFileTicketStore(path).Load(t.Context(), "suite"+strconv.Itoa(i))
		require.NoError(t, err)
		require.Equal(t, "v"+strconv.Itoa(i), got.Value)
	}
}

// TestFileTicketStoreSurvivesKills: this program again, killed while it saves.
func TestFileTicketStoreSurvivesKills(t *testing.T) {
	if path := os.Getenv("DINGOA_TEST_TICKETS"); path != "" {
		for i := 0; ; i++ {
			store := dingoa.NewFileTicketStore(path)
			if err := store.Save(context.Background(), "suite1", dingoa.Ticket{Value: fmt.Sprintf("v%0512d", i)}); err != nil {
				os.Exit(1)
			}
			fmt.Println("saved")
		}
	}
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "tickets.json")
	for range 5 {
		cmd := exec.CommandContext(t.Context(), program, "-test.run", "^TestFileTicketStoreSurvivesKills$")
		cmd.Env = append(os.Environ(), "DINGOA_TEST_TICKETS="+path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		_, err = out.Read(make([]byte, 6))
		require.NoError(t, err)
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
		got, err := dingoa.NewFileTicketStore(path).Load(t.Context(), "suite1")
		require.NoError(t, err)
		require.Len(t, got.Value, 513)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.LessOrEqual(t, len(entries), 3)
}
