package emulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/dingoa/dingoa/internal/filelock"
)

// A state file has one JSON value a line: first a header, then for each change
// the entities that it changed, as they are now. The last state of an entity
// counts. A line is written with one call, so that a process that dies leaves
// whole changes, and at most a last one that is cut off.

const (
	stateVersion = 1
	// stateGrowth is how much a file grows beyond twice its content before it is
	// written anew.
	stateGrowth = 64 << 20
	syncDelay   = time.Second
)

type stateHeader struct {
	Version int `json:"dingoaEmulatorState"`
}

// stateEntry is one entity in a line. A null value is one that is no more.
type stateEntry struct {
	Kind  kind            `json:"k"`
	ID    string          `json:"id,omitempty"`
	Value json.RawMessage `json:"v"`
}

// stateFile is an open state file. The server's mutex guards it.
type stateFile struct {
	path    string
	lock    *filelock.Lock
	file    *os.File
	size    int64 // of what was written whole
	compact int64 // size after it was last written anew
	unsaved []entity
	err     error  // of the last change that could not be written
	note    string // what opening had to say
	anew    bool   // appending is not enough, the whole file must be written
	closed  bool
	// outdated reports that more than half of what was read has changed since it
	// was written.
	outdated bool
	syncing  bool
}

// WithState keeps everything in a file across restarts. A change is in the file
// before its request is answered: a process that is killed loses nothing that
// was answered, a machine that loses its power at most the last second.
//
// What options and seeds say holds at every start: the app, users, departments,
// limits, OA premium and, when one is given, the callback. The file keeps what
// came after that: approvals, also those of process centre and data forms, to-dos,
// forms that the API created or changed, files, tokens, sign-in codes, tickets,
// the callback that was registered, which apps are in stream mode, events with
// their delivery, faults of requests and of events, calls of the month and how far
// the clock is ahead. Approvals of a seed and the start time count only while the
// file is new. Not kept are the list of requests, calls of the second, addresses
// of files, uploads that were not committed, stream connections with their
// tickets, and the Handler of a Callback.
//
// While a change cannot be written, as when the disk is full, requests are
// answered with an error and nothing more is done: HTTP 500 systemError, -1 on the
// older gateway, stateNotWritten of the admin API. Each tries again to write.
//
// The file, and those beside it named .lock and .new, belong to one server at a
// time, also when it is given by a link; a file with several names (hard links) is
// refused. So is one that cannot be read, or is no state file, and it is left as
// it is; only a last line that was cut off, by a machine that stopped, is dropped.
// It holds tokens and file contents: only its owner may read it.
func WithState(path string) Option {
	return func(c *config) error {
		if path == "" {
			return errors.New("WithState: the path is empty")
		}
		c.statePath = path
		return nil
	}
}

// openState reads the file and reports whether there was a state in it.
func (s *Server) openState(path string) (found bool, err error) {
	given := path
	if path, err = resolveState(given); err != nil {
		return false, fmt.Errorf("state %s: %w; the file was left as it is", given, err)
	}
	lock, err := filelock.Acquire(path + ".lock")
	if err != nil {
		return false, fmt.Errorf("state %s: %w", path, err)
	}
	st := &stateFile{path: path, lock: lock}
	defer func() {
		if err != nil {
			_ = lock.Release()
		}
	}()
	if found, err = s.loadState(st); err != nil {
		return false, fmt.Errorf("state %s: %w; the file was left as it is", path, err)
	}
	s.state = st
	return found, nil
}

// loadState reads what there is.
func (s *Server) loadState(st *stateFile) (found bool, err error) {
	file, err := os.Open(st.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewReaderSize(file, 1<<20)
	load := newStateLoader(s)
	defer func() { st.outdated = load.outdated() }()
	for number := 1; ; number++ {
		line, err := readLine(lines)
		switch {
		case errors.Is(err, io.EOF):
			if number == 1 && len(line) > 0 {
				return false, checkHeader(line)
			}
			if len(line) > 0 {
				st.note = fmt.Sprintf("line %d of the state file was cut off after %d bytes and dropped: a change that was not completed", number, len(line))
			}
			load.finish()
			return number > 1, nil
		case err != nil:
			return false, err
		}
		if number == 1 {
			err = checkHeader(line)
		} else {
			err = load.line(line)
		}
		if err != nil {
			return false, fmt.Errorf("line %d (from byte %d): %w", number, st.size, err)
		}
		st.size += int64(len(line))
	}
}

// readLine returns a line with its end; without it, with io.EOF, the rest.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := slices.Clone(line)
	rest, err := r.ReadBytes('\n')
	return append(long, rest...), err
}

func checkHeader(line []byte) error {
	var h stateHeader
	switch err := json.Unmarshal(line, &h); {
	case err != nil || h.Version == 0:
		return errNoState
	case h.Version > stateVersion:
		return fmt.Errorf("the file has version %d and this emulator knows %d; use a newer one", h.Version, stateVersion)
	}
	return nil
}

// encodeState is one line for some entities, forms before what refers to them.
func (s *Server) encodeState(entities []entity) ([]byte, error) {
	var line bytes.Buffer
	for _, k := range stateKinds() {
		for _, e := range entities {
			if e.kind != k.kind {
				continue
			}
			if err := s.encodeEntity(&line, k, e.id); err != nil {
				return nil, err
			}
		}
	}
	return endLine(&line), nil
}

// encodeEntity appends a [stateEntry] to a line.
func (s *Server) encodeEntity(line *bytes.Buffer, k stateKind, id string) error {
	separator := byte(',')
	if line.Len() == 0 {
		separator = '['
	}
	line.WriteByte(separator)
	line.WriteString(entryKind + string(k.kind) + entryID)
	line.Write(encode(id))
	line.WriteString(entryValue)
	values := json.NewEncoder(line)
	values.SetEscapeHTML(false)
	if err := values.Encode(k.get(s, id)); err != nil {
		return fmt.Errorf("%s %s: %w", k.kind, id, err)
	}
	line.Truncate(line.Len() - 1) // the encoder's newline
	line.WriteByte('}')
	return nil
}

// What a stateEntry is written with.
const (
	entryKind  = `{"k":"`
	entryID    = `","id":`
	entryValue = `,"v":`
)

// endLine returns the line; nil when nothing is in it.
func endLine(line *bytes.Buffer) []byte {
	if line.Len() == 0 {
		return nil
	}
	line.WriteString("]\n")
	return line.Bytes()
}

// save appends what changed. What cannot be written is kept for the next try, and
// the error with it. The caller holds s.mu.
func (s *Server) save(changed []entity) {
	st := s.state
	if st == nil || st.closed {
		return
	}
	for _, e := range changed {
		if isKept(e.kind) && !slices.Contains(st.unsaved, e) {
			st.unsaved = append(st.unsaved, e)
		}
	}
	if len(st.unsaved) == 0 && !st.anew {
		return
	}
	if err := s.writeUnsaved(); err != nil {
		s.stateFailed(err)
		return
	}
	st.err, st.unsaved = nil, st.unsaved[:0]
	if st.size > 2*st.compact+stateGrowth {
		s.compactState()
	}
	if !st.syncing {
		st.syncing = s.spawnLocked(s.syncState)
	}
}

// stateFailed notes that changes are not in the file. The caller holds s.mu.
func (s *Server) stateFailed(err error) {
	st := s.state
	err = fmt.Errorf("state %s: %w", st.path, err)
	s.logStateProblem(st.err, err)
	st.err = err
}

func (s *Server) writeUnsaved() error {
	st := s.state
	if st.anew {
		return s.rewriteState()
	}
	line, err := s.encodeState(st.unsaved)
	if err != nil {
		return err
	}
	n, err := st.file.Write(line)
	if err != nil {
		if n > 0 { // nothing half written may stay in the middle
			st.anew = st.file.Truncate(st.size) != nil
		}
		return err
	}
	st.size += int64(n)
	return nil
}

// compactState writes the file anew because it has grown. When that fails the old
// file, which is complete, grows on.
func (s *Server) compactState() {
	st := s.state
	if err := s.rewriteState(); err != nil {
		if st.anew {
			s.stateFailed(err)
			return
		}
		st.compact = st.size
		s.logLater(slog.LevelWarn, "the state file cannot be made smaller", slog.Any("error", err))
	}
}

// stateReady tries again to write what could not be written, and returns what is
// in the way. As long as it does nothing may be answered as done.
func (s *Server) stateReady() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == nil {
		return nil
	}
	if s.state.err != nil {
		s.save(nil)
	}
	return s.state.err
}

// syncState has the system write the file to the disk, a moment after a change.
func (s *Server) syncState() {
	timer := time.NewTimer(syncDelay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done(): // closing does it
		return
	}
	s.mu.Lock()
	s.state.syncing = false
	file := s.state.file
	s.mu.Unlock()
	if file == nil {
		return
	}
	err := file.Sync()
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.state; err != nil && st.file == file && !st.closed { // it was not replaced meanwhile
		st.anew = true
		s.stateFailed(err)
	}
}

// beginState makes the file ready for changes. It is written anew when it is new
// itself, or worth it. The caller holds s.mu.
func (s *Server) beginState(found bool) error {
	st := s.state
	if !found || st.outdated {
		s.changes = changes{} // all of it is written
		if err := s.rewriteState(); err != nil {
			return fmt.Errorf("state %s: %w", st.path, err)
		}
		return nil
	}
	file, err := os.OpenFile(st.path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err == nil {
		err = file.Truncate(st.size) // a line that was cut off
	}
	if err != nil {
		return fmt.Errorf("state %s: %w", st.path, err)
	}
	st.file, st.compact = file, st.size
	s.touch(kindMeta, "") // options may have changed it, and forms, which were touched
	s.save(s.changes.list)
	s.changes = changes{}
	return st.err
}

// rewriteState writes the file anew, with each entity once. The old one is there
// until the new one is complete. The caller holds s.mu.
func (s *Server) rewriteState() error {
	st := s.state
	temporary := temporaryState(st.path)
	size, err := s.writeState(temporary)
	if err != nil {
		_ = os.Remove(temporary) //nolint:gosec // the caller's own choice; it may be what fills the disk
		return err
	}
	if st.file != nil {
		_ = st.file.Close() // it is being replaced
		st.file = nil
	}
	renameErr := os.Rename(temporary, st.path) //nolint:gosec // the caller's own choice
	if renameErr == nil {
		syncDirectory(filepath.Dir(st.path))
		st.size, st.compact, st.anew = size, size, false
	}
	file, err := os.OpenFile(st.path, os.O_WRONLY|os.O_APPEND, 0o600) //nolint:gosec // the caller's own choice
	if err != nil {
		st.anew = true
		return errors.Join(renameErr, err)
	}
	st.file = file
	return renameErr
}

func (s *Server) writeState(path string) (size int64, err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the caller's own choice
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriterSize(file, 1<<20)
	write := func(line []byte) {
		n, _ := out.Write(line) // Flush returns the error
		size += int64(n)
	}
	write(append(encode(stateHeader{stateVersion}), '\n'))
	var line bytes.Buffer
	for _, k := range stateKinds() {
		for _, id := range k.ids(s) {
			line.Reset()
			if err := s.encodeEntity(&line, k, id); err != nil {
				return 0, err
			}
			write(endLine(&line))
		}
	}
	if err := out.Flush(); err != nil {
		return 0, err
	}
	return size, file.Sync()
}

// syncDirectory makes a new name last. Not every system can.
func syncDirectory(path string) {
	if dir, err := os.Open(path); err == nil { //nolint:gosec // the caller's own choice
		_ = dir.Sync()
		_ = dir.Close()
	}
}

// closeState ends the keeping. The caller holds s.mu.
func (s *Server) closeState() error {
	st := s.state
	if st == nil || st.closed {
		return nil
	}
	if st.err != nil {
		s.save(nil)
	}
	st.closed = true
	errs := []error{st.err}
	if st.file != nil {
		errs = append(errs, st.file.Sync(), st.file.Close())
	}
	return errors.Join(append(errs, st.lock.Release())...)
}

// StateProblem returns why changes are not in the state file, of [WithState]. It
// is tried again with each request and each change; nil when all is well.
func (s *Server) StateProblem() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == nil {
		return nil
	}
	return s.state.err
}

// StateNote is what there was to say when the state file was opened: that a line
// which was cut off was dropped. Mostly it is empty.
func (s *Server) StateNote() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == nil {
		return ""
	}
	return s.state.note
}

type stateView struct {
	Path    string `json:"path"`
	Bytes   int64  `json:"bytes"`
	Note    string `json:"note,omitempty"`
	Problem string `json:"problem,omitempty"`
}

func (s *Server) stateView() *stateView {
	st := s.state
	if st == nil {
		return nil
	}
	v := &stateView{Path: st.path, Bytes: st.size, Note: st.note}
	if st.err != nil {
		v.Problem = st.err.Error()
	}
	return v
}
