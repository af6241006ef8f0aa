// Package filelock keeps two processes off the same file. The lock ends with
// the process, however that ends.
package filelock

import (
	"errors"
	"os"
)

// ErrLocked is returned when another process has the lock, or this one twice.
var ErrLocked = errors.New("another process uses it")

// Lock is a lock that is held.
type Lock struct{ file *os.File }

// Acquire takes the lock of a file that exists only for this, and is left behind.
// Where the system has no such locks the error is [errors.ErrUnsupported].
func Acquire(path string) (*Lock, error) {
	file, err := open(path)
	if err != nil {
		return nil, err
	}
	return &Lock{file}, nil
}

// Release gives the lock back.
func (l *Lock) Release() error { return errors.Join(unlock(l.file), l.file.Close()) }
