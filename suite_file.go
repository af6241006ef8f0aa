package dingoa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dingoa/dingoa/internal/backoff"
	"github.com/dingoa/dingoa/internal/filelock"
	"github.com/dingoa/dingoa/internal/statefile"
)

// NewFileTicketStore keeps the tickets of one or more suites in a file that only
// its owner may read, so that a restart does not wait for the next push. The
// file is replaced by renaming: whenever the process is killed, it holds the old
// or the new tickets. Processes of one machine may share it; a second file, with
// ".lock" at its end, keeps them apart. The directory must exist.
func NewFileTicketStore(path string) TicketStore { return &fileTicketStore{path: path} }

type fileTicketStore struct {
	path string
	mu   sync.Mutex // a lock of the file is none between goroutines on every system
}

// Load returns the ticket, or the zero Ticket when the file or the suite is new.
func (s *fileTicketStore) Load(_ context.Context, suiteKey string) (Ticket, error) {
	tickets, err := s.read()
	return Ticket(tickets[suiteKey]), err
}

// Save waits until no other process writes, or ctx ends.
func (s *fileTicketStore) Save(ctx context.Context, suiteKey string, ticket Ticket) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	lock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	if lock != nil {
		defer func() { _ = lock.Release() }()
	}
	tickets, err := s.read()
	if err != nil {
		return err
	}
	tickets[suiteKey] = storedTicket(ticket)
	data, err := json.Marshal(tickets)
	if err != nil {
		return err
	}
	return s.write(data)
}

// lock returns nil where the system has no locks.
func (s *fileTicketStore) lock(ctx context.Context) (*filelock.Lock, error) {
	for {
		lock, err := filelock.Acquire(s.path + ".lock")
		switch {
		case err == nil:
			return lock, nil
		case errors.Is(err, errors.ErrUnsupported):
			return nil, nil //nolint:nilnil // no lock is what there is
		case !errors.Is(err, filelock.ErrLocked):
			return nil, err
		}
		if err := backoff.Pause(ctx, 10*time.Millisecond); err != nil {
			return nil, fmt.Errorf("dingoa: another process holds %s.lock: %w", s.path, err)
		}
	}
}

func (s *fileTicketStore) read() (map[string]storedTicket, error) {
	tickets := map[string]storedTicket{}
	if _, err := statefile.Read(s.path, &tickets, ""); err != nil {
		return nil, fmt.Errorf("dingoa: reading suite tickets: %w", err)
	}
	for _, ticket := range tickets {
		if ticket.Value == "" {
			return nil, fmt.Errorf("dingoa: reading suite tickets: %w", statefile.Refused(s.path, statefile.ErrNoState))
		}
	}
	return tickets, nil
}

// write leaves nothing behind but the file: what a killed process began has the
// same name each time.
func (s *fileTicketStore) write(data []byte) error {
	next := s.path + ".tmp"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the caller's own choice
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, s.path); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(s.path)); err == nil {
		_ = dir.Sync() // not every system can
		_ = dir.Close()
	}
	return nil
}
