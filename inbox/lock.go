package inbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dingoa/dingoa/internal/filelock"
)

const (
	lockName   = "inbox.lock"
	ownerName  = "inbox.pid" // who holds the lock, for people
	engineName = "jetstream" // what the engine calls its own directory
)

// ErrInUse reports that another process, or another [Inbox] of this one, has
// the directory open. Two engines on one directory would lose events.
var ErrInUse = errors.New("directory in use")

// lockDirectory takes the directory for this process, and makes it if need be.
// The engine itself does not lock it.
func lockDirectory(dir string) (*filelock.Lock, error) {
	engine := filepath.Join(dir, engineName)
	lock := filepath.Join(dir, lockName)
	_, engineErr := os.Stat(engine)
	_, lockErr := os.Stat(lock)
	if engineErr == nil && errors.Is(lockErr, os.ErrNotExist) {
		return nil, fmt.Errorf("inbox: %s holds a %s that is no inbox's: another NATS server may own it; use an empty directory", dir, engineName)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	held, err := filelock.Acquire(lock)
	if errors.Is(err, filelock.ErrLocked) {
		return nil, fmt.Errorf("inbox: %w: %s%s", ErrInUse, dir, holder(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	// The engine makes its files readable for the group: its directory is not.
	err = os.MkdirAll(engine, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, ownerName), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("inbox: %w", err), held.Release())
	}
	return held, nil
}

func holder(dir string) string {
	data, err := os.ReadFile(filepath.Join(dir, ownerName)) //nolint:gosec // the directory is the caller's choice
	pid := strings.TrimSpace(string(data))
	if err != nil || pid == "" {
		return ""
	}
	return " is held by process " + pid
}
