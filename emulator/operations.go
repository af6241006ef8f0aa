package emulator

import (
	"fmt"
	"slices"
	"time"
)

// The operations that look up, decide and list, as both gateways share them.
// The callers hold s.mu.

const (
	revokeWait     = 15 * time.Second
	day            = 24 * time.Hour
	listSpan       = 120 * day
	listAge        = 365 * day
	listAgePremium = 5 * 365 * day
	listPage       = 20
)

// noInstance is the problem of an ID that is no instance of an official form.
func (s *Server) noInstance(id string) *problem {
	if _, own := s.center.instances[id]; own {
		return problemOf(instanceOfCenter, "instance %q is one of the process centre", id)
	}
	return problemOf(instanceNotFound, "there is no instance %q", id)
}

type terminateRequest struct {
	instanceID, remark, userID string
	isSystem                   bool
}

func (s *Server) terminateByAPI(req terminateRequest) *problem {
	in, ok := s.instances[req.instanceID]
	if !ok {
		return s.noInstance(req.instanceID)
	}
	if !req.isSystem {
		if req.userID == "" {
			return &problem{kind: operatorMissing, field: "operatingUserId", text: "it takes who ends the approval"}
		}
		if _, ok := s.company.users[req.userID]; !ok {
			return problemOf(userNotFound, "there is no user %q", req.userID)
		}
		if req.userID != in.Originator.ID {
			return problemOf(notOriginator, "only the originator may end an approval")
		}
	}
	if in.Status != statusRunning {
		return problemOf(instanceEnded, "instance %s is %s", in.ID, in.Status)
	}
	if s.Now().Sub(in.Created) < revokeWait {
		return problemOf(endedTooEarly, "an approval cannot be ended within %v of its start", revokeWait)
	}
	if !in.form.OriginatorMayRevoke {
		return problemOf(mayNotRevoke, "the form does not let its originators end approvals")
	}
	operator := req.userID
	if operator == "" {
		operator = in.Originator.ID
	}
	s.terminate(in, operator, req.remark)
	return nil
}

type commentRequest struct {
	instanceID, text, userID string
	file                     file
}

func (s *Server) commentByAPI(req commentRequest) *problem {
	in, ok := s.instances[req.instanceID]
	if !ok {
		return s.noInstance(req.instanceID)
	}
	if _, ok := s.company.users[req.userID]; !ok {
		return problemOf(userNotFound, "there is no user %q", req.userID)
	}
	if in.Archived {
		return problemOf(instanceArchived, "instance %s is archived and takes no comments", in.ID)
	}
	s.comment(in, req.userID, req.text, req.file)
	return nil
}

type executeRequest struct {
	instanceID, result, userID, remark string
	taskID                             int64
	file                               file
}

func (s *Server) executeByAPI(req executeRequest) *problem {
	in, ok := s.instances[req.instanceID]
	if !ok {
		return s.noInstance(req.instanceID)
	}
	if _, ok := s.company.users[req.userID]; !ok {
		return problemOf(userNotFound, "there is no user %q", req.userID)
	}
	t, ok := s.tasks[req.taskID]
	switch {
	case !ok || t.instance != in:
		return problemOf(taskNotFound, "there is no task %d", req.taskID)
	case t.UserID != req.userID:
		return problemOf(notTheirTask, "task %d is not of user %q", t.ID, req.userID)
	case in.Status != statusRunning:
		return problemOf(instanceEnded, "instance %s is %s", in.ID, in.Status)
	case t.Status != statusRunning:
		return problemOf(taskNotRunning, "task %d is %s", t.ID, t.Status)
	}
	s.decide(t, req.result == "agree", req.remark, req.file)
	return nil
}

type redirectRequest struct {
	taskID                   int64
	toUserID, userID, remark string
	file                     file
}

func (s *Server) redirectByAPI(req redirectRequest) *problem {
	t, ok := s.tasks[req.taskID]
	if !ok {
		return problemOf(taskNotFound, "there is no task %d", req.taskID)
	}
	if _, ok := s.company.users[req.toUserID]; !ok {
		return problemOf(recipientNotFound, "there is no user %q", req.toUserID)
	}
	switch {
	case t.UserID != req.userID:
		return problemOf(notTheirTask, "task %d is not of user %q", t.ID, req.userID)
	case t.instance.Status != statusRunning:
		return problemOf(instanceEnded, "instance %s is %s", t.instance.ID, t.instance.Status)
	case t.Status != statusRunning:
		return problemOf(taskNotRunning, "task %d is %s", t.ID, t.Status)
	}
	s.redirect(t, req.toUserID, req.remark, req.file)
	return nil
}

func (s *Server) todoCount(userID string) (int, *problem) {
	if _, ok := s.company.users[userID]; !ok {
		return 0, problemOf(userNotFound, "there is no user %q", userID)
	}
	n := 0
	for _, t := range s.tasks {
		if t.UserID == userID && t.Status == statusRunning {
			n++
		}
	}
	return n, nil
}

type listRequest struct {
	processCode string
	start, end  int64 // ms; end 0 is now
	hasEnd      bool
	cursor      int64
	size        int64
	userIDs     []string
	statuses    []string
}

// list returns one page and the cursor of the next, which is 0 on the last.
func (s *Server) list(req listRequest) ([]string, int64, *problem) {
	now := s.Now()
	if err := s.checkWindow(&req, now); err != nil {
		return nil, 0, err
	}
	if req.size < 1 || req.size > listPage {
		return nil, 0, &problem{kind: wrongPageSize, field: "maxResults", text: fmt.Sprintf("a page has 1 to %d instances", listPage)}
	}
	if req.cursor < 0 || req.cursor >= int64(s.listLimit) {
		return nil, 0, problemOf(wrongCursor, "%d is no cursor", req.cursor)
	}
	found := []string{}
	for _, in := range s.order {
		created := in.Created.UnixMilli()
		if in.form.ProcessCode == req.processCode && req.start <= created && created <= req.end &&
			(len(req.userIDs) == 0 || slices.Contains(req.userIDs, in.Originator.ID)) &&
			(len(req.statuses) == 0 || slices.Contains(req.statuses, in.Status)) {
			found = append(found, in.ID)
		}
	}
	if len(found) > s.listLimit {
		found = found[:s.listLimit]
	}
	from := min(req.cursor, int64(len(found)))
	to := min(from+req.size, int64(len(found)))
	next := to
	if to == int64(len(found)) {
		next = 0
	}
	return found[from:to], next, nil
}

// checkWindow applies the rules of time and fills in the end.
func (s *Server) checkWindow(req *listRequest, now time.Time) *problem {
	if !req.hasEnd {
		req.end = now.UnixMilli()
	}
	if req.end < req.start || time.Duration(req.end-req.start) > listSpan/time.Millisecond {
		return problemOf(wrongWindow, "the window ends before it begins, or has more than 120 days")
	}
	age, kind := listAge, beforeWindow
	if s.premium.Load() {
		age, kind = listAgePremium, beforePremiumWindow
	}
	if req.start < now.Add(-age).UnixMilli() {
		return problemOf(kind, "the window begins more than %v ago", age)
	}
	return nil
}
