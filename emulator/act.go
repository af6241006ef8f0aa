package emulator

import (
	"fmt"
	"slices"

	"github.com/dingoa/dingoa/emulator/company"
)

// What people do with an approval in the DingTalk app, as seeds and the admin
// API say it.

// The names of actions.
const (
	actApprove   = "approve"   // 同意
	actRefuse    = "refuse"    // 拒绝
	actRedirect  = "redirect"  // 转交
	actAddSign   = "add-sign"  // 加签
	actRevert    = "revert"    // 退回
	actComment   = "comment"   // 评论
	actTerminate = "terminate" // 撤销
)

func actionNames() []string {
	return []string{actApprove, actRefuse, actRedirect, actAddSign, actRevert, actComment, actTerminate}
}

// action is one thing that a user does with an instance.
type action struct {
	UserID string `json:"userId"`
	Remark string `json:"remark"`
	// TaskID names one of the user's running tasks; 0 is the first.
	TaskID int64 `json:"taskId"`
	// ToUserID gets the task of a redirect.
	ToUserID string `json:"toUserId"`
	// UserIDs are added by add-sign, deciding in Mode, Before the task or after it.
	UserIDs []string     `json:"userIds"`
	Mode    company.Mode `json:"mode"`
	Before  bool         `json:"before"`
	// ActivityID is the node that a revert goes back to; empty is the originator.
	ActivityID string `json:"activityId"`
}

// problemAt is one with a field of an action.
func problemAt(field string, kind problemKind, format string, args ...any) *problem {
	p := problemOf(kind, format, args...)
	p.field = field
	return p
}

func badActionField(field, format string, args ...any) *problem {
	return problemAt(field, invalidField, format, args...)
}

// act does an action, or says why it cannot be done; then nothing has changed.
// The caller holds s.mu.
func (s *Server) act(in *instance, name string, a action) *problem {
	if err := s.knowsUser("userId", a.UserID); err != nil {
		return err
	}
	switch name {
	case actComment:
		return s.actComment(in, a)
	case actTerminate:
		if in.Status != statusRunning {
			return problemOf(instanceEnded, "instance %s is %s; only a RUNNING one can be terminated", in.ID, in.Status)
		}
		s.terminate(in, a.UserID, a.Remark)
		return nil
	}
	t, err := s.taskFor(in, a)
	if err != nil {
		return err
	}
	switch name {
	case actApprove:
		s.decide(t, true, a.Remark, file{})
	case actRefuse:
		s.decide(t, false, a.Remark, file{})
	case actRedirect:
		if err := s.knowsUser("toUserId", a.ToUserID); err != nil {
			return err
		}
		if a.ToUserID == a.UserID {
			return badActionField("toUserId", "is the user who has the task already")
		}
		s.redirect(t, a.ToUserID, a.Remark, file{})
	case actAddSign:
		return s.actAddSign(t, a)
	case actRevert:
		return s.actRevert(t, a)
	default:
		return problemOf(unknownAction, "there is no action %q; want one of %q", name, actionNames())
	}
	return nil
}

func (s *Server) actComment(in *instance, a action) *problem {
	switch {
	case a.Remark == "":
		return badActionField("remark", "is the comment's text and must not be empty")
	case in.Archived:
		return problemOf(instanceArchived, "instance %s is archived and takes no comments", in.ID)
	}
	s.comment(in, a.UserID, a.Remark, file{})
	return nil
}

func (s *Server) actAddSign(t *task, a action) *problem {
	if len(a.UserIDs) == 0 {
		return badActionField("userIds", "names nobody to add")
	}
	for i, id := range a.UserIDs {
		field := fmt.Sprintf("userIds[%d]", i)
		if err := s.knowsUser(field, id); err != nil {
			return err
		}
		if id == a.UserID {
			return badActionField(field, "is the user who adds the others")
		}
	}
	mode := a.Mode
	switch mode {
	case company.InTurn, company.All, company.Any:
	case "":
		mode = company.All
	default:
		return badActionField("mode", "%q is not one of %q, %q and %q", mode, company.InTurn, company.All, company.Any)
	}
	st := step{ActivityID: newUUID()[9:23], Name: "加签", Mode: mode, Approvers: slices.Clone(a.UserIDs)}
	s.addSign(t, st, a.Before, a.Remark)
	return nil
}

func (s *Server) actRevert(t *task, a action) *problem {
	toOriginator := a.ActivityID == "" || a.ActivityID == startActivity
	activityID := a.ActivityID
	if toOriginator {
		activityID = startActivity
	}
	target := slices.IndexFunc(t.instance.Steps, func(st step) bool { return st.ActivityID == activityID })
	if target >= t.Step || !toOriginator && target < 0 {
		return badActionField("activityId", "%q is not a node before the one of the task", activityID)
	}
	s.revert(t, target, toOriginator, a.Remark)
	return nil
}

// knowsUser refuses a user who is not of the company.
func (s *Server) knowsUser(field, id string) *problem {
	if id == "" {
		return badActionField(field, "is required")
	}
	if _, ok := s.company.users[id]; !ok {
		return problemAt(field, userNotFound, "there is no user %q", id)
	}
	return nil
}

// taskFor finds the running task that the user acts on, and says what became of
// the user's tasks when there is none.
func (s *Server) taskFor(in *instance, a action) (*task, *problem) {
	for _, t := range in.Tasks {
		if t.UserID == a.UserID && t.Status == statusRunning && (a.TaskID == 0 || a.TaskID == t.ID) {
			return t, nil
		}
	}
	if in.Status != statusRunning {
		return nil, problemOf(instanceEnded, "instance %s is %s; nothing is left to decide", in.ID, in.Status)
	}
	if a.TaskID != 0 {
		if t, ok := s.tasks[a.TaskID]; !ok || t.instance != in {
			return nil, problemAt("taskId", taskNotFound, "instance %s has no task %d", in.ID, a.TaskID)
		}
	}
	was := "never had one"
	for _, t := range in.Tasks {
		if t.UserID == a.UserID {
			was = "has one that is " + t.Status
			if t.Result != "" {
				was += " (" + t.Result + ")"
			}
		}
	}
	return nil, problemAt("userId", noRunningTask, "user %q has no running task in instance %s and %s; it waits for %v", a.UserID, in.ID, was, in.waitsFor())
}
