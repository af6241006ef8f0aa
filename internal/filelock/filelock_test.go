package filelock_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/filelock"
)

func TestOneHolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	lock, err := filelock.Acquire(path)
	require.NoError(t, err)
	_, err = filelock.Acquire(path)
	require.ErrorIs(t, err, filelock.ErrLocked)

	require.NoError(t, lock.Release())
	lock, err = filelock.Acquire(path)
	require.NoError(t, err)
	require.NoError(t, lock.Release())
}

func TestPathThatCannotBe(t *testing.T) {
	t.Parallel()
	_, err := filelock.Acquire(filepath.Join(t.TempDir(), "missing", "lock"))
	require.Error(t, err)
}
