package dingoa_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/backfill"
	"github.com/dingoa/dingoa/event"
)

// fileStore is a store with a state in it.
type fileStore struct {
	save func(path string) error
	load func(path string) (any, error)
}

func fileStores(t *testing.T) map[string]fileStore {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	now := time.UnixMilli(1766047844000).UTC()
	e := parseEvent(t, `{"EventType":"bpms_task_change","eventId":"e1","EventTime":1766047844000,"processInstanceId":"p","remark":"SECRET"}`)
	return map[string]fileStore{
		"pulls": {
			func(path string) error {
				return backfill.NewFilePullStore(path).Save(ctx, backfill.PullState{
					Waiting: []event.Event{*e}, DeadLetters: []event.DeadLetter{{Event: e, Attempts: 3, Problem: "SECRET", Time: now}},
				})
			},
			func(path string) (any, error) { return backfill.NewFilePullStore(path).Load(ctx) },
		},
		"reconciler": {
			func(path string) error {
				return backfill.NewFileStore(path).Save(ctx, backfill.State{
					Forms: map[string]backfill.FormState{"PROC-1": {Mark: now, Recent: []string{"SECRET"}}},
					Open:  []backfill.OpenApproval{{InstanceID: "SECRET", ProcessCode: "PROC-1"}}, Budget: 7, BudgetTime: now,
				})
			},
			func(path string) (any, error) { return backfill.NewFileStore(path).Load(ctx) },
		},
		"tickets": {
			func(path string) error {
				return dingoa.NewFileTicketStore(path).Save(ctx, "suite1", dingoa.Ticket{Value: "SECRET", IssuedAt: now})
			},
			func(path string) (any, error) { return dingoa.NewFileTicketStore(path).Load(ctx, "suite1") },
		},
	}
}

// A damaged file, or another program's, is refused by name: a store that took it
// for an empty state would write its own over it.
func TestStoresRefuseWhatTheyDidNotWrite(t *testing.T) {
	t.Parallel()
	for name, store := range fileStores(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name+".json")
			require.NoError(t, store.save(path))
			whole, err := os.ReadFile(path)
			require.NoError(t, err)
			want, err := store.load(path)
			require.NoError(t, err)
			require.Equal(t, byte('}'), whole[len(whole)-1])

			refused := func(content []byte) {
				t.Helper()
				require.NoError(t, os.WriteFile(path, content, 0o600))
				_, err := store.load(path)
				require.ErrorContains(t, err, path, "%s", content)
				require.NotContains(t, err.Error(), "SECRET")
				left, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, content, left)
			}
			for n := range whole {
				refused(whole[:n])
			}
			for _, content := range []string{
				" ", "null", "[]", `"SECRET"`, "7", `{"name":"SECRET","version":"1.0.0"}`, `{"SECRET":{"a":1}}`, `{"suite1":"SECRET"}`,
				"<html>", "\x00\x00\x00", string(whole) + "}", string(whole) + string(whole), strings.Repeat("[", 100_000),
			} {
				refused([]byte(content))
			}
			for i := range whole { // each bit
				for bit := range 8 {
					flipped := append([]byte{}, whole...)
					flipped[i] ^= 1 << bit
					require.NoError(t, os.WriteFile(path, flipped, 0o600))
					if _, err := store.load(path); err != nil {
						require.ErrorContains(t, err, path)
						require.NotContains(t, err.Error(), "SECRET")
					}
				}
			}
			require.NoError(t, os.WriteFile(path, whole, 0o600))
			got, err := store.load(path)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestStoresNameWhatStandsInTheirWay(t *testing.T) {
	t.Parallel()
	for name, store := range fileStores(t) {
		dir := t.TempDir()
		path := filepath.Join(dir, name+".json")
		require.NoError(t, os.Mkdir(path, 0o700))
		_, err := store.load(path)
		require.ErrorContains(t, err, path, "a directory")
		require.ErrorContains(t, store.save(path), path, "a directory")
		missing := filepath.Join(dir, "missing", "state.json")
		require.ErrorContains(t, store.save(missing), missing, "no directory")
		_, err = store.load(missing)
		require.NoError(t, err, "nothing is kept yet")
		if os.Geteuid() != 0 {
			closed := filepath.Join(dir, "closed.json")
			require.NoError(t, store.save(closed))
			require.NoError(t, os.Chmod(closed, 0))
			_, err = store.load(closed)
			require.ErrorContains(t, err, closed, "not readable")
		}
	}
}
