package backfill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/dingoa/dingoa/internal/backoff"
	"github.com/dingoa/dingoa/internal/filelock"
	"github.com/dingoa/dingoa/internal/statefile"
)

// State is how far a [Reconciler] is. It is written as JSON.
type State struct {
	// Forms are by process code.
	Forms map[string]FormState `json:"forms,omitempty"`
	// Open are the approvals whose final state nobody has handled yet.
	Open []OpenApproval `json:"open,omitempty"`
	// Budget is how many calls were left at BudgetTime; below 0 they are spent in
	// advance.
	Budget     float64   `json:"budget"`
	BudgetTime time.Time `json:"budgetTime,omitzero"`
}

// FormState is how far a [Reconciler] is with one form.
type FormState struct {
	// Mark: every approval that was started before has been listed.
	Mark time.Time `json:"mark"`
	// Recent are the instance IDs listed last, which the next listing repeats in part.
	Recent []string `json:"recent,omitempty"`
	// Former are earlier marks, oldest first, a day or more apart.
	Former []FormMark `json:"former,omitempty"`
	// Trouble is why listing failed last; zero when it did not.
	Trouble Trouble `json:"trouble,omitzero"`
}

// FormMark is a [FormState.Mark], and what the clock showed when it was made: a
// clock that was wrong makes wrong marks.
type FormMark struct {
	Mark  time.Time `json:"mark"`
	Clock time.Time `json:"clock"`
}

// OpenApproval is an approval whose final state is not handled.
type OpenApproval struct {
	// InstanceID and ProcessCode name it.
	InstanceID  string `json:"instanceId"`
	ProcessCode string `json:"processCode"`
	// Read is when it was last looked at, zero when never.
	Read time.Time `json:"read,omitzero"`
	// Trouble is why it could not be read last; zero when it could.
	Trouble Trouble `json:"trouble,omitzero"`
}

// Trouble is the reason that an approval or a form cannot be read.
type Trouble struct {
	// Problem is the last error.
	Problem string `json:"problem,omitempty"`
	// Failures is how often it was tried in vain, one after the other.
	Failures int `json:"failures,omitempty"`
	// Tried is when it was tried last.
	Tried time.Time `json:"tried,omitzero"`
}

// next is when to try again.
func (t *Trouble) next() time.Time {
	return t.Tried.Add(min(failurePause<<min(max(t.Failures-1, 0), 20), maxFailurePause))
}

// waits reports whether it is too early to try again. A time that has not come
// was noted by a clock that was wrong.
func (t *Trouble) waits(now time.Time) bool {
	return t.Failures > 0 && !t.Tried.After(now) && now.Before(t.next())
}

// note adds a failure.
func (t *Trouble) note(err error, now time.Time) {
	const most = 1000 // bytes
	problem := err.Error()
	*t = Trouble{Problem: strings.ToValidUTF8(problem[:min(len(problem), most)], ""), Failures: t.Failures + 1, Tried: now}
}

// Store keeps the state of a [Reconciler].
type Store interface {
	// Load returns what was saved last, and the zero state when nothing was.
	Load(ctx context.Context) (State, error)
	// Save replaces it as a whole: a crash leaves the old or the new one.
	Save(ctx context.Context, state State) error
}

// NewMemoryStore keeps the state in this process: the next one begins anew.
func NewMemoryStore() Store { return &memoryStore{} }

type memoryStore struct {
	mu   sync.Mutex
	data []byte
}

func (s *memoryStore) Load(context.Context) (state State, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != nil {
		err = json.Unmarshal(s.data, &state)
	}
	return state, err
}

func (s *memoryStore) Save(_ context.Context, state State) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data, err = json.Marshal(state)
	return err
}

// NewFileStore keeps the state in a file, which is replaced by
// renaming. Its directory must exist. Beside it lies a file with ".lock" added,
// which keeps processes from writing at once.
func NewFileStore(path string) Store { return fileStore(path) }

type fileStore string

// Load also removes what a process that was killed while saving has left.
func (s fileStore) Load(context.Context) (State, error) {
	if unlock, err := s.lock(); err == nil {
		_ = os.Remove(s.temporary()) // usually there is none
		unlock()
	}
	var state State
	if _, err := statefile.Read(string(s), &state, "budget"); err != nil {
		return State{}, fmt.Errorf("dingoa: reading the state of the reconciler: %w", err)
	}
	return state, nil
}

func (s fileStore) Save(ctx context.Context, state State) error {
	data, err := json.Marshal(state)
	if err == nil {
		err = s.replace(ctx, data)
	}
	if err != nil {
		return fmt.Errorf("dingoa: saving the state of the reconciler: %w", err)
	}
	return nil
}

func (s fileStore) temporary() string { return string(s) + ".tmp" }

// lock keeps others from writing, where the system has locks.
func (s fileStore) lock() (unlock func(), err error) {
	lock, err := filelock.Acquire(string(s) + ".lock")
	if errors.Is(err, errors.ErrUnsupported) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = lock.Release() }, nil
}

// replace writes a new file, always under the same name, and renames it.
func (s fileStore) replace(ctx context.Context, data []byte) error {
	unlock, err := s.lock()
	for errors.Is(err, filelock.ErrLocked) {
		if backoff.Pause(ctx, 5*time.Millisecond) != nil {
			return err
		}
		unlock, err = s.lock()
	}
	if err != nil {
		return err
	}
	defer unlock()
	file, err := os.OpenFile(s.temporary(), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), string(s))
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the first error says more
	}
	return err
}
