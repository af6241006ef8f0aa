package emulator

import (
	"slices"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// The state machine. Its functions are called with s.mu held, and queue the
// pushes in the order in which things happen.

// begin starts a new instance and its first step.
func (s *Server) begin(in *instance) {
	s.touch(kindInstance, in.ID)
	in.Records = append(in.Records, record{UserID: in.Originator.ID, Kind: recordStart, Result: resultNone, Time: in.Created})
	s.pushInstance(in, "start", in.Created)
	if in.CCAtStart {
		s.copyTo(in, in.Created)
	}
	s.startStep(in, in.Created)
}

// startStep makes the tasks of the current step. Side by side all of them run;
// in turn the first one does, the others are NEW.
func (s *Server) startStep(in *instance, now time.Time) {
	st := in.Steps[in.Current]
	for i, userID := range st.Approvers {
		t := s.newTask(in, userID, now)
		if i == 0 || st.Mode != company.InTurn {
			s.run(t, now)
		}
	}
}

func (s *Server) newTask(in *instance, userID string, now time.Time) *task {
	s.lastTask++
	t := &task{ID: s.lastTask, instance: in, Step: in.Current, UserID: userID, Status: statusNew, Created: now}
	s.tasks[t.ID] = t
	in.Tasks = append(in.Tasks, t)
	return t
}

func (s *Server) run(t *task, now time.Time) {
	t.Status = statusRunning
	s.pushTask(t, "start", "", "", now)
}

// decide ends a running task and moves the instance on.
func (s *Server) decide(t *task, agree bool, remark string, f file) {
	in, now := t.instance, s.Now()
	s.touch(kindInstance, in.ID)
	st := in.Steps[t.Step]
	result, pushed := resultRefuse, "refuse"
	if agree {
		result, pushed = resultAgree, "agree"
	}
	t.Status, t.Result, t.Finished = statusCompleted, result, now
	in.Records = append(in.Records, record{
		UserID: t.UserID, Kind: recordExecute, Result: result, Remark: remark, file: f,
		Time: now, ActivityID: st.ActivityID, ShowName: st.Name, TaskID: t.ID,
	})
	s.pushTask(t, "finish", pushed, remark, now)

	if !agree {
		s.closeTasks(in, statusCanceled, now)
		s.finish(in, "refuse", now)
		return
	}
	if st.Mode == company.Any {
		s.closeTasksUpTo(in, t.Step, statusCanceled, now)
	}
	if next := in.nextInStep(); next != nil {
		if next.Status == statusNew {
			s.run(next, now)
		}
		return
	}
	for in.Current++; in.Current < len(in.Steps); in.Current++ {
		if s.resume(in, now) {
			return
		}
	}
	in.Current--
	s.finish(in, "agree", now)
}

// nextInStep is the first task of the current step that is still to be done.
func (in *instance) nextInStep() *task {
	for _, t := range in.Tasks {
		if t.Step == in.Current && (t.Status == statusRunning || t.Status == statusNew) {
			return t
		}
	}
	return nil
}

// closeTasks ends every task that is still open, because somebody else decided
// or the instance was revoked. A task that never ran ends without an event.
func (s *Server) closeTasks(in *instance, status string, now time.Time) {
	s.closeTasksUpTo(in, len(in.Steps), status, now)
}

// closeTasksUpTo leaves the tasks of later steps, which pause for this one.
func (s *Server) closeTasksUpTo(in *instance, step int, status string, now time.Time) {
	for _, t := range in.Tasks {
		if t.Step > step || t.Status != statusRunning && t.Status != statusNew && t.Status != statusPaused {
			continue
		}
		ran := t.Status != statusNew
		t.Status, t.Finished = status, now
		if ran && status == statusCanceled {
			s.pushTask(t, "cancel", "", "", now)
		}
	}
}

func (s *Server) finish(in *instance, result string, now time.Time) {
	in.Status, in.Result, in.Finished = statusCompleted, result, now
	if in.CCAtFinish {
		s.copyTo(in, now)
	}
	s.pushInstance(in, "finish", now)
}

func (s *Server) copyTo(in *instance, now time.Time) {
	if len(in.CC) == 0 {
		return
	}
	in.Records = append(in.Records, record{
		UserID: in.Originator.ID, Kind: recordCC, Result: resultNone, Time: now, CC: in.CC, ShowName: "抄送人",
	})
}

// redirect hands a running task over: the task ends, another takes its place.
func (s *Server) redirect(t *task, toUserID, remark string, f file) {
	in, now := t.instance, s.Now()
	s.touch(kindInstance, in.ID)
	st := in.Steps[t.Step]
	t.Status, t.Result, t.Finished = statusCompleted, resultRedirected, now
	in.Records = append(in.Records, record{
		UserID: t.UserID, Kind: recordRedirect, Result: resultNone, Remark: remark, file: f,
		Time: now, ActivityID: st.ActivityID, ShowName: st.Name, TaskID: t.ID,
	})
	s.pushTask(t, "finish", "redirect", remark, now)

	next := s.newTask(in, toUserID, now)
	// It takes the place of the old one among those who are asked in turn.
	in.Tasks = slices.Delete(in.Tasks, len(in.Tasks)-1, len(in.Tasks))
	in.Tasks = slices.Insert(in.Tasks, slices.Index(in.Tasks, t)+1, next)
	s.run(next, now)
}

// terminate revokes a running instance.
func (s *Server) terminate(in *instance, userID, remark string) {
	now := s.Now()
	s.touch(kindInstance, in.ID)
	s.closeTasks(in, statusTerminated, now)
	in.Status, in.Finished = statusTerminated, now
	in.Records = append(in.Records, record{UserID: userID, Kind: recordTerminate, Result: resultNone, Remark: remark, Time: now})
	s.pushInstance(in, "terminate", now)
}

// comment adds a remark to an instance in whatever state.
func (s *Server) comment(in *instance, userID, text string, f file) {
	s.touch(kindInstance, in.ID)
	in.Records = append(in.Records, record{UserID: userID, Kind: recordRemark, Result: resultNone, Remark: text, file: f, Time: s.Now()})
}

// runningTask finds the task that the user has to do in an instance.
func (in *instance) runningTask(userID string) *task {
	for _, t := range in.Tasks {
		if t.Status == statusRunning && t.UserID == userID {
			return t
		}
	}
	return nil
}
