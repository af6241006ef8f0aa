package emulator

import "fmt"

// What people do in the DingTalk app. Like there, nothing is checked against
// the API's rules: no permission, no 15 seconds before revoking.

// Approve agrees to the user's running task in an instance (同意).
func (s *Server) Approve(userID, instanceID, remark string) error {
	return s.steer(instanceID, actApprove, action{UserID: userID, Remark: remark})
}

// Refuse refuses the user's running task in an instance (拒绝), which ends it.
func (s *Server) Refuse(userID, instanceID, remark string) error {
	return s.steer(instanceID, actRefuse, action{UserID: userID, Remark: remark})
}

// Redirect hands the user's running task over to another user (转交).
func (s *Server) Redirect(userID, instanceID, toUserID, remark string) error {
	return s.steer(instanceID, actRedirect, action{UserID: userID, ToUserID: toUserID, Remark: remark})
}

// Revoke ends a running instance as its originator does (撤销).
func (s *Server) Revoke(instanceID, remark string) error {
	return s.onInstance(instanceID, func(in *instance) *adminError {
		return s.act(in, actTerminate, action{UserID: in.originator.ID, Remark: remark})
	})
}

// AddComment adds a comment to an instance in any state but archived (评论).
func (s *Server) AddComment(userID, instanceID, text string) error {
	return s.steer(instanceID, actComment, action{UserID: userID, Remark: text})
}

func (s *Server) steer(instanceID, name string, a action) error {
	return s.onInstance(instanceID, func(in *instance) *adminError { return s.act(in, name, a) })
}

func (s *Server) onInstance(id string, do func(*instance) *adminError) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, ok := s.instances[id]
	if !ok {
		return fmt.Errorf("emulator: there is no instance %q", id)
	}
	if err := do(in); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	return nil
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
