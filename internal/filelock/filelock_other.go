//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package filelock

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

func open(string) (*os.File, error) {
	return nil, fmt.Errorf("locking a file on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// unlock has nothing to do: closing is enough.
func unlock(*os.File) error { return nil }
