//go:build linux

package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain is the attacked server in the children.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := victim(role); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// A small attack stays within the limits of a large one.
func TestAttack(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("the memory of a process is read from /proc")
	}
	for _, a := range attacks(200) {
		if a.role == roleStream {
			continue // the command measures it
		}
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			r, err := a.run(t.Context())
			require.NoError(t, err)
			require.NoError(t, r.check(a))
		})
	}
}
