package emulator

import (
	"fmt"

	"github.com/dingoa/dingoa/emulator/company"
)

// What people do in the DingTalk app. Like there, nothing is checked against
// the API's rules: no permission, no 15 seconds before revoking.

// Approve agrees to the user's running task in an instance (同意).
func (s *Server) Approve(userID, instanceID, remark string) error {
	return s.actIn(instanceID, actApprove, action{UserID: userID, Remark: remark})
}

// Refuse refuses the user's running task in an instance (拒绝), which ends it.
func (s *Server) Refuse(userID, instanceID, remark string) error {
	return s.actIn(instanceID, actRefuse, action{UserID: userID, Remark: remark})
}

// Redirect hands the user's running task over to another user (转交).
func (s *Server) Redirect(userID, instanceID, toUserID, remark string) error {
	return s.actIn(instanceID, actRedirect, action{UserID: userID, ToUserID: toUserID, Remark: remark})
}

// AppendTask adds approvers (加签) as the user whose task is running does: they decide
// before that user, or after.
func (s *Server) AppendTask(userID, instanceID string, add AddedApprovers, remark string) error {
	return s.actIn(instanceID, actAddSign, action{UserID: userID, UserIDs: add.UserIDs, Mode: add.Mode, Before: add.Before, Remark: remark})
}

// AddedApprovers are who [Server.AppendTask] adds.
type AddedApprovers struct {
	// UserIDs are at least one, and not the user who adds them.
	UserIDs []string
	// Mode is how they decide; empty is All.
	Mode company.Mode
	// Before lets them decide before the user, whose task pauses meanwhile.
	Before bool
}

// Revert sends an approval back (退回) as the user whose task is running does: to
// the step with the activity ID, which the API gives with its tasks, or to the
// originator when that is empty, who approves to resubmit.
func (s *Server) Revert(userID, instanceID, activityID, remark string) error {
	return s.actIn(instanceID, actRevert, action{UserID: userID, ActivityID: activityID, Remark: remark})
}

// Terminate ends a running instance as its originator does (撤销).
func (s *Server) Terminate(instanceID, remark string) error {
	return s.onInstance(instanceID, func(in *instance) *problem {
		return s.act(in, actTerminate, action{UserID: in.Originator.ID, Remark: remark})
	})
}

// AddComment adds a comment to an instance in any state but archived (评论).
func (s *Server) AddComment(userID, instanceID, text string) error {
	return s.actIn(instanceID, actComment, action{UserID: userID, Remark: text})
}

func (s *Server) actIn(instanceID, name string, a action) error {
	return s.onInstance(instanceID, func(in *instance) *problem { return s.act(in, name, a) })
}

func (s *Server) onInstance(id string, do func(*instance) *problem) error {
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
	for _, t := range in.Tasks {
		if t.Status == statusRunning {
			users = append(users, t.UserID)
		}
	}
	return users
}
