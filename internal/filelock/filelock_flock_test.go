//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package filelock

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A program that is being started holds every file for a moment, until it is
// what it is to be.
func TestReleaseDespiteAFork(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	lock, err := Acquire(path)
	require.NoError(t, err)
	forked, err := syscall.Dup(int(lock.file.Fd()))
	require.NoError(t, err)
	defer func() { _ = syscall.Close(forked) }()
	require.NoError(t, lock.Release())
	lock, err = Acquire(path)
	require.NoError(t, err)
	require.NoError(t, lock.Release())
}
