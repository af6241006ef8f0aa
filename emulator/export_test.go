package emulator

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// StateOf is what a state file that is written now would have.
func StateOf(s *Server, dir string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := filepath.Join(dir, "dump")
	if _, err := s.writeState(path); err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	return string(data), err
}

// StateIn is [StateOf] a server that reads the file and does nothing with it.
func StateIn(path, dir string, opts ...Option) (string, error) {
	c, err := newConfig(opts)
	if err != nil {
		return "", err
	}
	s, err := build(c)
	if err != nil {
		return "", err
	}
	defer s.cancel()
	if _, err := s.openState(path); err != nil {
		return "", err
	}
	s.keepForms()
	text, err := StateOf(s, dir)
	if err != nil {
		return "", err
	}
	return text, s.state.lock.Release()
}

// BreakStateFile has no change written until it is given back.
func BreakStateFile(tb testing.TB, s *Server) (giveBack func()) {
	tb.Helper()
	broken, err := os.Open(s.state.path) // for reading only
	if err != nil {
		tb.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.state
	good, path := st.file, st.path
	st.file, st.path = broken, filepath.Join(path, "no directory")
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		st.file, st.path = good, path
		_ = broken.Close()
	}
}

// SetBodyTime changes how long a body may take, before the first request.
func SetBodyTime(s *Server, d time.Duration) { s.bodies.time = d }

// AdminPatterns are the endpoints of the admin API.
func AdminPatterns() []string { return slices.Sorted(maps.Keys(adminRoutes())) }

// Fill starts n approvals, of which the first approver has agreed to every second.
func Fill(s *Server, n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range n {
		in, err := s.startAs(startRequest{processCode: company.DefaultProcessCode, originatorID: company.DefaultOriginator, values: []formValue{
			{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-05-04"}, {Name: "天数", Value: "2"}, {Name: "事由", Value: fmt.Sprintf("第%d次请假，回老家办事", i)},
		}})
		if err != nil {
			return err
		}
		if i%2 == 0 {
			if err := s.act(in, actApprove, action{UserID: company.DefaultFirstApprover, Remark: "同意"}); err != nil {
				return err
			}
		}
	}
	return nil
}
