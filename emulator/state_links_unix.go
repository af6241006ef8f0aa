//go:build unix

package emulator

import (
	"io/fs"
	"syscall"
)

// linksTo returns how many names a file has.
func linksTo(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink) //nolint:unconvert // narrower on other systems
	}
	return 1
}
