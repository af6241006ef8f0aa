// Package statefile reads the files in which stores keep their state.
package statefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/dingoa/dingoa/internal/wire"
)

// Read decodes a file into v and reports whether there is one. It takes nothing
// but what a store writes: one JSON object with the given member, unless that is
// empty, and with no unknown one. Another program's file, or a damaged one, would
// be taken for an empty state, and overwritten. The error names the file and
// holds nothing of its content.
func Read(path string, v any, member string) (found bool, err error) {
	data, err := os.ReadFile(path) //nolint:gosec // the caller's own path
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = decode(data, v, member)
	}
	if err != nil {
		return false, Refused(path, err)
	}
	return true, nil
}

// ErrNoState is of a file that a store did not write.
var ErrNoState = errors.New("it is damaged, or was written by something else")

// Refused is the error for a file that is not used.
func Refused(path string, err error) error {
	return fmt.Errorf("%s: %w; the file is left as it is: put a good copy in its place, or move it away to begin anew", path, err)
}

func decode(data []byte, v any, member string) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if !bytes.HasPrefix(data, []byte("{")) || d.Decode(v) != nil {
		return ErrNoState
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ErrNoState
	}
	seen := map[string]bool{}
	for key := range wire.Members(data) {
		if seen[string(key)] {
			return ErrNoState
		}
		seen[string(key)] = true
	}
	if member != "" && !seen[member] {
		return ErrNoState
	}
	return nil
}
