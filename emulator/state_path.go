package emulator

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// stateStart is how every state file begins.
const stateStart = `{"dingoaEmulatorState":`

// resolveState returns the file itself where a path leads over links, so that it
// has one lock whatever it is called, and refuses what cannot be a state file.
// Nothing is created or changed.
func resolveState(path string) (string, error) {
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	resolved := filepath.Join(dir, filepath.Base(path))
	if info, err := os.Lstat(resolved); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if resolved, err = filepath.EvalSymlinks(resolved); errors.Is(err, fs.ErrNotExist) {
			return "", errors.New("it is a link to nothing")
		} else if err != nil {
			return "", err
		}
	}
	info, err := os.Lstat(resolved)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", err
	default:
		if err := checkStateFile(resolved, info); err != nil {
			return "", err
		}
	}
	return resolved, checkTemporary(temporaryState(resolved))
}

func checkStateFile(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	if n := linksTo(info); n > 1 {
		return fmt.Errorf("the file has %d names (hard links), and each could be given to a server; remove the others, or copy it", n)
	}
	start, err := startOf(path)
	if err != nil {
		return err
	}
	if start != "" && start != stateStart {
		return errNoState
	}
	return nil
}

var errNoState = errors.New("this is not a state file of the emulator")

// temporaryState is where a state is written before it replaces the file.
func temporaryState(path string) string { return path + ".new" }

// checkTemporary refuses a file that no emulator has left behind.
func checkTemporary(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	if info.Mode().IsRegular() {
		start, err := startOf(path)
		if err != nil || strings.HasPrefix(stateStart, start) {
			return err
		}
	}
	return fmt.Errorf("the state is written to %s first, which is in the way: move it elsewhere", path)
}

// startOf reads as much of a file as tells a state file from others.
func startOf(path string) (string, error) {
	file, err := os.Open(path) //nolint:gosec // the caller's own choice
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	start := make([]byte, len(stateStart))
	n, err := io.ReadFull(file, start)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return string(start[:n]), err
}
