package emulator

import "fmt"

// What people do in the DingTalk app. Like there, nothing is checked against
// the API's rules: no permission, no 15 seconds before revoking.

// Approve agrees to the user's running task in an instance (同意).
func (s *Server) Approve(userID, instanceID, remark string) error {
	return s.onTask(userID, instanceID, func(t *task) { s.decide(t, true, remark, file{}) })
}

// Refuse refuses the user's running task in an instance (拒绝), which ends it.
func (s *Server) Refuse(userID, instanceID, remark string) error {
	return s.onTask(userID, instanceID, func(t *task) { s.decide(t, false, remark, file{}) })
}

// Redirect hands the user's running task over to another user (转交).
func (s *Server) Redirect(userID, instanceID, toUserID, remark string) error {
	if err := s.company.checkUsers([]string{toUserID}); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	return s.onTask(userID, instanceID, func(t *task) { s.redirect(t, toUserID, remark, file{}) })
}

// Revoke ends a running instance as its originator does (撤销).
func (s *Server) Revoke(instanceID, remark string) error {
	return s.onInstance(instanceID, func(in *instance) error {
		if in.status != statusRunning {
			return fmt.Errorf("emulator: instance %s is %s, only a RUNNING one can be revoked", in.id, in.status)
		}
		s.terminate(in, in.originator.ID, remark)
		return nil
	})
}

// AddComment adds a comment to an instance in any state (评论).
func (s *Server) AddComment(userID, instanceID, text string) error {
	if err := s.company.checkUsers([]string{userID}); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	return s.onInstance(instanceID, func(in *instance) error {
		s.comment(in, userID, text, file{})
		return nil
	})
}

func (s *Server) onInstance(id string, do func(*instance) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, ok := s.instances[id]
	if !ok {
		return fmt.Errorf("emulator: there is no instance %q", id)
	}
	return do(in)
}

func (s *Server) onTask(userID, instanceID string, do func(*task)) error {
	return s.onInstance(instanceID, func(in *instance) error {
		t := in.runningTask(userID)
		if t == nil {
			return fmt.Errorf("emulator: user %q has no running task in instance %s (%s); it waits for %v", userID, in.id, in.status, in.waitsFor())
		}
		do(t)
		return nil
	})
}

// waitsFor are the users whose tasks are running.
func (in *instance) waitsFor() []string {
	users := []string{}
	for _, t := range in.tasks {
		if t.status == statusRunning {
			users = append(users, t.userID)
		}
	}
	return users
}
