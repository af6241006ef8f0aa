//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package inbox

import (
	"errors"
	"fmt"
	"os"
)

func lockFile(string) (*os.File, error) {
	return nil, fmt.Errorf("locking a directory on this system: %w; use nats://", errors.ErrUnsupported)
}
