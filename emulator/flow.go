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
	s.touch(kindInstance, in.id)
	in.records = append(in.records, record{userID: in.originator.ID, kind: recordStart, result: resultNone, time: in.created})
	s.pushInstance(in, "start", in.created)
	if in.ccAtStart {
		s.copyTo(in, in.created)
	}
	s.startStep(in, in.created)
}

// startStep makes the tasks of the current step. Side by side all of them run;
// in turn the first one does, the others are NEW.
func (s *Server) startStep(in *instance, now time.Time) {
	st := in.steps[in.current]
	for i, userID := range st.approvers {
		t := s.newTask(in, userID, now)
		if i == 0 || st.mode != company.InTurn {
			s.run(t, now)
		}
	}
}

func (s *Server) newTask(in *instance, userID string, now time.Time) *task {
	s.lastTask++
	t := &task{id: s.lastTask, instance: in, step: in.current, userID: userID, status: statusNew, created: now}
	s.tasks[t.id] = t
	in.tasks = append(in.tasks, t)
	return t
}

func (s *Server) run(t *task, now time.Time) {
	t.status = statusRunning
	s.pushTask(t, "start", "", "", now)
}

// decide ends a running task and moves the instance on.
func (s *Server) decide(t *task, agree bool, remark string, f file) {
	in, now := t.instance, s.Now()
	s.touch(kindInstance, in.id)
	st := in.steps[t.step]
	result, pushed := resultRefuse, "refuse"
	if agree {
		result, pushed = resultAgree, "agree"
	}
	t.status, t.result, t.finished = statusCompleted, result, now
	in.records = append(in.records, record{
		userID: t.userID, kind: recordExecute, result: result, remark: remark, file: f,
		time: now, activityID: st.activityID, showName: st.name, taskID: t.id,
	})
	s.pushTask(t, "finish", pushed, remark, now)

	if !agree {
		s.closeTasks(in, statusCanceled, now)
		s.finish(in, "refuse", now)
		return
	}
	if st.mode == company.Any {
		s.closeTasksUpTo(in, t.step, statusCanceled, now)
	}
	if next := in.nextInStep(); next != nil {
		if next.status == statusNew {
			s.run(next, now)
		}
		return
	}
	for in.current++; in.current < len(in.steps); in.current++ {
		if s.resume(in, now) {
			return
		}
	}
	in.current--
	s.finish(in, "agree", now)
}

// nextInStep is the first task of the current step that is still to be done.
func (in *instance) nextInStep() *task {
	for _, t := range in.tasks {
		if t.step == in.current && (t.status == statusRunning || t.status == statusNew) {
			return t
		}
	}
	return nil
}

// closeTasks ends every task that is still open, because somebody else decided
// or the instance was revoked. A task that never ran ends without an event.
func (s *Server) closeTasks(in *instance, status string, now time.Time) {
	s.closeTasksUpTo(in, len(in.steps), status, now)
}

// closeTasksUpTo leaves the tasks of later steps, which pause for this one.
func (s *Server) closeTasksUpTo(in *instance, step int, status string, now time.Time) {
	for _, t := range in.tasks {
		if t.step > step || t.status != statusRunning && t.status != statusNew && t.status != statusPaused {
			continue
		}
		ran := t.status != statusNew
		t.status, t.finished = status, now
		if ran && status == statusCanceled {
			s.pushTask(t, "cancel", "", "", now)
		}
	}
}

func (s *Server) finish(in *instance, result string, now time.Time) {
	in.status, in.result, in.finished = statusCompleted, result, now
	if in.ccAtFinish {
		s.copyTo(in, now)
	}
	s.pushInstance(in, "finish", now)
}

func (s *Server) copyTo(in *instance, now time.Time) {
	if len(in.cc) == 0 {
		return
	}
	in.records = append(in.records, record{
		userID: in.originator.ID, kind: recordCC, result: resultNone, time: now, cc: in.cc, showName: "抄送人",
	})
}

// redirect hands a running task over: the task ends, another takes its place.
func (s *Server) redirect(t *task, toUserID, remark string, f file) {
	in, now := t.instance, s.Now()
	s.touch(kindInstance, in.id)
	st := in.steps[t.step]
	t.status, t.result, t.finished = statusCompleted, resultRedirected, now
	in.records = append(in.records, record{
		userID: t.userID, kind: recordRedirect, result: resultNone, remark: remark, file: f,
		time: now, activityID: st.activityID, showName: st.name, taskID: t.id,
	})
	s.pushTask(t, "finish", "redirect", remark, now)

	next := s.newTask(in, toUserID, now)
	// It takes the place of the old one among those who are asked in turn.
	in.tasks = slices.Delete(in.tasks, len(in.tasks)-1, len(in.tasks))
	in.tasks = slices.Insert(in.tasks, slices.Index(in.tasks, t)+1, next)
	s.run(next, now)
}

// terminate revokes a running instance.
func (s *Server) terminate(in *instance, userID, remark string) {
	now := s.Now()
	s.touch(kindInstance, in.id)
	s.closeTasks(in, statusTerminated, now)
	in.status, in.finished = statusTerminated, now
	in.records = append(in.records, record{userID: userID, kind: recordTerminate, result: resultNone, remark: remark, time: now})
	s.pushInstance(in, "terminate", now)
}

// comment adds a remark to an instance in whatever state.
func (s *Server) comment(in *instance, userID, text string, f file) {
	s.touch(kindInstance, in.id)
	in.records = append(in.records, record{userID: userID, kind: recordRemark, result: resultNone, remark: text, file: f, time: s.Now()})
}

// runningTask finds the task that the user has to do in an instance.
func (in *instance) runningTask(userID string) *task {
	for _, t := range in.tasks {
		if t.status == statusRunning && t.userID == userID {
			return t
		}
	}
	return nil
}
