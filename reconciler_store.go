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
)

// ReconcileState is how far a [Reconciler] is. It is written as JSON.
type ReconcileState struct {
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
}

// OpenApproval is an approval whose final state is not handled.
type OpenApproval struct {
	// InstanceID and ProcessCode name it.
	InstanceID  string `json:"instanceId"`
	ProcessCode string `json:"processCode"`
	// Read is when it was last looked at, zero when never.
	Read time.Time `json:"read,omitzero"`
}

// ReconcileStore keeps the state of a [Reconciler].
type ReconcileStore interface {
	// Load returns what was saved last, and the zero state when nothing was.
	Load(ctx context.Context) (ReconcileState, error)
	// Save replaces it as a whole: a crash leaves the old or the new one.
	Save(ctx context.Context, state ReconcileState) error
}

// NewMemoryReconcileStore keeps the state in this process: the next one begins anew.
func NewMemoryReconcileStore() ReconcileStore { return &memoryReconcileStore{} }

type memoryReconcileStore struct {
	mu   sync.Mutex
	data []byte
}

func (s *memoryReconcileStore) Load(context.Context) (state ReconcileState, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != nil {
		err = json.Unmarshal(s.data, &state)
	}
	return state, err
}

func (s *memoryReconcileStore) Save(_ context.Context, state ReconcileState) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data, err = json.Marshal(state)
	return err
}

// NewFileReconcileStore keeps the state in a file, which is replaced by
// renaming. Its directory must exist.
func NewFileReconcileStore(path string) ReconcileStore { return fileReconcileStore(path) }

type fileReconcileStore string

func (s fileReconcileStore) Load(context.Context) (ReconcileState, error) {
	data, err := os.ReadFile(string(s))
	if errors.Is(err, fs.ErrNotExist) {
		return ReconcileState{}, nil
	}
	var state ReconcileState
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	if err != nil {
		return ReconcileState{}, fmt.Errorf("dingoa: reading the state of the reconciler: %w", err)
	}
	return state, nil
}

func (s fileReconcileStore) Save(_ context.Context, state ReconcileState) error {
	data, err := json.Marshal(state)
	if err == nil {
		err = replaceFile(string(s), data)
	}
	if err != nil {
		return fmt.Errorf("dingoa: saving the state of the reconciler: %w", err)
	}
	return nil
}

func replaceFile(path string, data []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // the first error says more
		}
	}()
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
