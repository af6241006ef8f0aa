package backfill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/statefile"
)

// PullState holds the events that a [FailedPushPuller] has read and not yet handed
// over. They exist nowhere else.
type PullState struct {
	// Waiting are the events that the handler has not taken, in the order of
	// DingTalk's list.
	Waiting []event.Event
	// DeadLetters are the events that can never be handled: entries of the list
	// that are no events, and events that the handler finds malformed
	// ([event.ErrMalformed]). The oldest are dropped over 1,000.
	DeadLetters []event.DeadLetter
}

// PullStore keeps the state of a [FailedPushPuller]. Write events with
// [event.Encode]: encoding/json leaves their content out.
type PullStore interface {
	// Load returns what is kept, and the zero state when nothing is.
	Load(ctx context.Context) (PullState, error)
	// Save replaces it as a whole and returns once that is safe: a crash leaves the
	// old state or the new one. A store may take the waiting events over instead,
	// such as into the table of an inbox in one transaction: Load then returns none.
	Save(ctx context.Context, state PullState) error
}

// NewMemoryPullStore keeps the state in this process: what waits when it ends is
// lost.
func NewMemoryPullStore() PullStore { return &memoryPullStore{} }

type memoryPullStore struct {
	mu    sync.Mutex
	state PullState
}

func (s *memoryPullStore) Load(context.Context) (PullState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, nil
}

func (s *memoryPullStore) Save(_ context.Context, state PullState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = state
	return nil
}

// NewFilePullStore keeps the state in a file with the content of the events. It is
// synced and replaced by renaming, so that a crash at any moment loses nothing. Its
// directory must exist; one process may use it at a time.
func NewFilePullStore(path string) PullStore { return filePullStore(path) }

type filePullStore string

// storedPulls is a PullState in a file.
type storedPulls struct {
	Waiting     []json.RawMessage  `json:"waiting"`
	DeadLetters []storedDeadLetter `json:"deadLetters"`
}

type storedDeadLetter struct {
	Event    json.RawMessage `json:"event"`
	Attempts int             `json:"attempts"`
	Problem  string          `json:"problem"`
	Time     time.Time       `json:"time"`
}

func (s filePullStore) Load(context.Context) (PullState, error) {
	state, err := s.load()
	if err != nil {
		return PullState{}, fmt.Errorf("dingoa: reading the failed pushes kept in a file: %w", err)
	}
	return state, nil
}

func (s filePullStore) load() (state PullState, err error) {
	var stored storedPulls
	if _, err := statefile.Read(string(s), &stored, "waiting"); err != nil {
		return PullState{}, err
	}
	for _, data := range stored.Waiting {
		e, err := event.Decode(data)
		if err != nil {
			return PullState{}, statefile.Refused(string(s), err)
		}
		state.Waiting = append(state.Waiting, *e)
	}
	for _, letter := range stored.DeadLetters {
		e, err := event.Decode(letter.Event)
		if err != nil {
			return PullState{}, statefile.Refused(string(s), err)
		}
		state.DeadLetters = append(state.DeadLetters, event.DeadLetter{Event: e, Attempts: letter.Attempts, Problem: letter.Problem, Time: letter.Time})
	}
	return state, nil
}

func (s filePullStore) Save(_ context.Context, state PullState) error {
	if err := s.save(state); err != nil {
		return fmt.Errorf("dingoa: keeping failed pushes: %w", err)
	}
	return nil
}

func (s filePullStore) save(state PullState) error {
	var stored storedPulls
	for i := range state.Waiting {
		data, err := event.Encode(&state.Waiting[i])
		if err != nil {
			return err
		}
		stored.Waiting = append(stored.Waiting, data)
	}
	for _, letter := range state.DeadLetters {
		data, err := event.Encode(letter.Event)
		if err != nil {
			return err
		}
		stored.DeadLetters = append(stored.DeadLetters, storedDeadLetter{data, letter.Attempts, letter.Problem, letter.Time})
	}
	data, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	return replaceSynced(string(s), data)
}

// replaceSynced writes a new file, always under the same name, and renames it.
func replaceSynced(path string, data []byte) error {
	file, err := os.OpenFile(path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the caller's own path
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the first error says more
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	_ = dir.Sync() // some systems have no such thing
	return dir.Close()
}
