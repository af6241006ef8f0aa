package dingoa_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/backfill"
)

// storeChild holds the path of the state in a process that is to be killed.
const storeChild = "DINGOA_TEST_RECONCILE_STORE"

// TestReconcileStoreChild is that process: it saves until it is killed.
func TestReconcileStoreChild(t *testing.T) {
	path := os.Getenv(storeChild)
	if path == "" {
		t.Skip("only for TestReconcileStoreSurvivesKills")
	}
	store := backfill.NewFileStore(path)
	fmt.Println("begins")
	for n := 1; ; n++ {
		require.NoError(t, store.Save(t.Context(), bigState(n)))
	}
}

// bigState says n all over, so that a mix of two would show.
func bigState(n int) backfill.State {
	state := backfill.State{Budget: float64(n)}
	for range 2000 {
		state.Open = append(state.Open, backfill.OpenApproval{InstanceID: fmt.Sprint("instance-", n)})
	}
	return state
}

// whole reports whether the state was not put together from several.
func whole(state backfill.State) bool {
	return !slices.ContainsFunc(state.Open, func(approval backfill.OpenApproval) bool {
		return approval.InstanceID != fmt.Sprint("instance-", state.Budget)
	})
}

// Processes that are killed while saving leave the old or the new state, and
// nothing after the next start.
func TestReconcileStoreSurvivesKills(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	store := backfill.NewFileStore(path)
	require.NoError(t, store.Save(t.Context(), bigState(0)))
	left := 0
	for range 20 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestReconcileStoreChild$")
		child.Env = append(os.Environ(), storeChild+"="+path)
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "begins\n", line)
		<-time.After(rand.N(30 * time.Millisecond))
		require.NoError(t, child.Process.Kill())
		_ = child.Wait() // it was killed
		if _, err := os.Stat(path + ".tmp"); err == nil {
			left++
		}
		state, err := store.Load(t.Context())
		require.NoError(t, err)
		require.True(t, whole(state))
		files, err := os.ReadDir(filepath.Dir(path))
		require.NoError(t, err)
		for _, file := range files {
			require.Contains(t, []string{"state", "state.lock"}, file.Name())
		}
	}
	t.Log(left, "kills of 20 left a file")
}

// Two processes that use one file, a mistake, at least do not mix their states.
func TestReconcileStoreSavesOneAfterTheOther(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			store := backfill.NewFileStore(path)
			for n := range 10 {
				if err := store.Save(t.Context(), bigState(10*i+n)); err != nil {
					t.Error(err)
				}
				if state, err := store.Load(t.Context()); err != nil || !whole(state) {
					t.Error(state.Budget, err)
				}
			}
		})
	}
	writers.Wait()
	files, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	require.Equal(t, path+" "+path+".lock", strings.Join(files, " "))
}
