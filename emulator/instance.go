package emulator

import (
	"fmt"
	"slices"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// Status is the state of an instance or a task, as the vendor writes it.
const (
	statusNew        = "NEW"
	statusRunning    = "RUNNING"
	statusCompleted  = "COMPLETED"
	statusCanceled   = "CANCELED"
	statusTerminated = "TERMINATED"
)

// Results of tasks and records; those of instances are in lower case.
const (
	resultAgree      = "AGREE"
	resultRefuse     = "REFUSE"
	resultRedirected = "REDIRECTED"
	resultNone       = "NONE"
)

// Types of operation records.
const (
	recordStart     = "START_PROCESS_INSTANCE"
	recordExecute   = "EXECUTE_TASK_NORMAL"
	recordRedirect  = "REDIRECT_TASK"
	recordRemark    = "ADD_REMARK"
	recordTerminate = "TERMINATE_PROCESS_INSTANCE"
	recordCC        = "PROCESS_CC"
)

// firstTaskID makes task IDs that a float64 still holds but float text
// (7e+15) and 32 bits do not.
const firstTaskID = 7_000_000_000_000_000

// The types of an approval are written to state files as they are, under short
// names, as there are many.

// instance is one approval (审批实例).
type instance struct {
	ID         string `json:"-"`
	BusinessID string `json:"business"`
	Title      string `json:"title"`
	// Revision is that of form, which state files keep beside.
	Revision   string `json:"form"`
	form       *storedForm
	Originator company.User  `json:"by"`
	DeptID     int64         `json:"dept,omitempty"`
	Status     string        `json:"status"`
	Result     string        `json:"result,omitempty"` // agree, refuse or empty
	Created    time.Time     `json:"created"`
	Finished   time.Time     `json:"finished,omitzero"`
	Values     []formValue   `json:"values,omitempty"`
	Steps      []step        `json:"steps"`
	Current    int           `json:"current,omitempty"` // of Steps
	Tasks      []*task       `json:"tasks"`
	Records    []record      `json:"records"`
	CC         []string      `json:"cc,omitempty"`
	CCAtStart  bool          `json:"ccStart,omitempty"`
	CCAtFinish bool          `json:"ccFinish,omitempty"`
	Changes    []fieldChange `json:"changes,omitempty"`
	Archived   bool          `json:"archived,omitempty"`
}

// step is a node as this instance runs through it.
type step struct {
	ActivityID string       `json:"id"`
	Name       string       `json:"name"`
	Mode       company.Mode `json:"mode"`
	Approvers  []string     `json:"users"`
}

// task is one person's part of a step.
type task struct {
	ID       int64 `json:"id"`
	instance *instance
	Step     int       `json:"step,omitempty"`
	UserID   string    `json:"user"`
	Status   string    `json:"status"`
	Result   string    `json:"result,omitempty"`
	Created  time.Time `json:"created"`
	Finished time.Time `json:"finished,omitzero"`
	Past     bool      `json:"past,omitempty"` // of a round before the approval was sent back
}

type record struct {
	UserID string    `json:"user"`
	Kind   string    `json:"kind"`
	Result string    `json:"result"`
	Remark string    `json:"remark,omitempty"`
	Time   time.Time `json:"time"`
	file
	CC         []string `json:"cc,omitempty"`
	ActivityID string   `json:"activity,omitempty"`
	ShowName   string   `json:"node,omitempty"`
	TaskID     int64    `json:"task,omitempty"` // 0 for a record of no task
}

// file is an attachment of a remark.
type file struct {
	Photos      []string     `json:"photos,omitempty"`
	Attachments []attachment `json:"files,omitempty"`
}

// attachment is a file of the approval space, as the admin API shows it, too.
type attachment struct {
	SpaceID  string `json:"spaceId"`
	FileID   string `json:"fileId"`
	FileName string `json:"fileName"`
	FileSize string `json:"fileSize"`
	FileType string `json:"fileType"`
}

type formValue struct {
	ID       string `json:"id,omitempty"`
	BizAlias string `json:"alias,omitempty"`
	Name     string `json:"name,omitempty"`
	Value    string `json:"v,omitempty"`
	ExtValue string `json:"ext,omitempty"`
	Type     string `json:"type,omitempty"`
}

// InstanceState is how an instance stood when it was looked at.
type InstanceState struct {
	ID           string
	BusinessID   string
	ProcessCode  string
	Title        string
	OriginatorID string
	Status       string // RUNNING, COMPLETED or TERMINATED
	Result       string // agree or refuse, once COMPLETED
	CreateTime   time.Time
	FinishTime   time.Time // zero while it is running
	Tasks        []TaskState
}

// TaskState is how a task stood when it was looked at.
type TaskState struct {
	ID     int64
	UserID string
	Node   string // the node's name
	Status string // NEW, RUNNING, COMPLETED, CANCELED or TERMINATED
	Result string // AGREE, REFUSE or REDIRECTED, once COMPLETED
}

// Instance looks an instance up; false when there is none with that ID.
func (s *Server) Instance(id string) (InstanceState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, ok := s.instances[id]
	if !ok {
		return InstanceState{}, false
	}
	return in.state(), true
}

// Instances are all instances in the order of their creation.
func (s *Server) Instances() []InstanceState {
	s.mu.Lock()
	defer s.mu.Unlock()
	states := make([]InstanceState, len(s.order))
	for i, in := range s.order {
		states[i] = in.state()
	}
	return states
}

func (in *instance) state() InstanceState {
	st := InstanceState{
		ID: in.ID, BusinessID: in.BusinessID, ProcessCode: in.form.ProcessCode, Title: in.Title,
		OriginatorID: in.Originator.ID, Status: in.Status, Result: in.Result,
		CreateTime: in.Created, FinishTime: in.Finished,
	}
	for _, t := range in.Tasks {
		st.Tasks = append(st.Tasks, TaskState{ID: t.ID, UserID: t.UserID, Node: in.Steps[t.Step].Name, Status: t.Status, Result: t.Result})
	}
	return st
}

// approvers are all users that the flow names, each once.
func (in *instance) approvers() []string {
	ids := []string{}
	for _, st := range in.Steps {
		for _, id := range st.Approvers {
			if st.ActivityID != startActivity && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// startRequest is StartProcessInstance, whichever gateway it came through.
type startRequest struct {
	processCode  string
	originatorID string
	deptID       *int64
	agentID      *int64
	approvers    []approverStep
	cc           []string
	ccPosition   string
	detailURL    string
	values       []formValue
	selected     map[string][]string // users by actor key: 审批人自选
	created      time.Time           // now when zero
}

// approverStep is one element of approvers; action is AND, OR, NONE or empty.
type approverStep struct {
	action  string
	userIDs []string
}

// start creates an instance. The caller holds s.mu.
func (s *Server) start(req startRequest) (*instance, *problem) {
	co := s.company
	form, ok := co.forms[req.processCode]
	if _, own := s.center.templates[req.processCode]; own {
		return nil, problemOf(formOfCenter, "form %q is one of the process centre", req.processCode)
	}
	if !ok {
		return nil, problemOf(formNotFound, "there is no form %q", req.processCode)
	}
	originator, ok := co.users[req.originatorID]
	if !ok {
		return nil, problemOf(originatorNotFound, "there is no user %q to be the originator", req.originatorID)
	}
	if req.agentID != nil && *req.agentID != co.app.AgentID {
		return nil, problemOf(wrongAgent, "the app has not the agent ID %d", *req.agentID)
	}
	if req.detailURL != "" && !s.premium.Load() {
		return nil, problemOf(needsPremium, "a detail page needs OA premium")
	}
	deptID, err := co.departmentFor(originator, req)
	if err != nil {
		return nil, err
	}
	steps, err := co.steps(form, req)
	if err != nil {
		return nil, err
	}
	values, err := s.checkValues(form, req.values)
	if err != nil {
		return nil, err
	}
	in := &instance{
		ID: newUUID(), form: form, Revision: form.revision, Originator: who(originator), DeptID: deptID,
		Title: originator.Name + "提交的" + form.Name, Status: statusRunning,
		Created: s.Now(), Values: values, Steps: steps, CC: form.CC, CCAtFinish: true,
	}
	if len(req.approvers) > 0 { // the form's flow and copies are set aside together
		if err := co.checkUsers(req.cc); err != nil {
			return nil, problemOf(copyNotFound, "the copies go to somebody who is not there")
		}
		in.CC = req.cc
		in.CCAtStart = req.ccPosition == "START" || req.ccPosition == "START_FINISH"
		in.CCAtFinish = req.ccPosition != "START"
	}
	if !req.created.IsZero() {
		in.Created = req.created
	}
	s.sequence++
	// Of 21 digits, as published ones: the minute in China and a number.
	in.BusinessID = fmt.Sprintf("%s%09d", in.Created.In(chinaTime()).Format("200601021504"), s.sequence)
	s.instances[in.ID] = in
	s.order = append(s.order, in)
	s.begin(in)
	return in, nil
}

// departmentFor applies the rule of deptId: needed unless the request names the
// approvers, and one of the originator's own.
func (co *organisation) departmentFor(originator company.User, req startRequest) (int64, *problem) {
	if req.deptID == nil {
		if len(req.approvers) == 0 {
			return 0, problemOf(departmentMissing, "the department is required unless the approvers are named")
		}
		return co.mainDepartment(originator), nil
	}
	deptID, ok := co.departmentOf(originator, *req.deptID)
	if !ok {
		return 0, problemOf(wrongDepartment, "the originator is not of department %d", *req.deptID)
	}
	return deptID, nil
}

// steps are the nodes that an instance will run through.
func (co *organisation) steps(form *storedForm, req startRequest) ([]step, *problem) {
	var steps []step
	if len(req.approvers) == 0 {
		for i, n := range form.Flow {
			approvers, err := co.approversOf(n, req.selected[actorKey(i)])
			if err != nil {
				return nil, err
			}
			steps = append(steps, step{Name: n.Name, Mode: n.Mode, Approvers: approvers})
		}
	}
	for _, a := range req.approvers {
		if err := co.checkUsers(a.userIDs); err != nil || len(a.userIDs) == 0 {
			return nil, problemOf(approverNotFound, "an approver is not there")
		}
		st := step{Mode: company.InTurn, Approvers: a.userIDs}
		switch {
		case a.action == "AND":
			st.Mode = company.All
		case a.action == "OR":
			st.Mode = company.Any
		case len(a.userIDs) > 1:
			return nil, problemOf(oneApproverOnly, "an approver who decides alone is one")
		}
		steps = append(steps, st)
	}
	if len(steps) == 0 {
		return nil, problemOf(noFlow, "the form has no approvers, and none are named")
	}
	for i := range steps {
		steps[i].ActivityID = newUUID()[9:23]
		if steps[i].Name == "" {
			steps[i].Name = "审批人"
		}
	}
	return steps, nil
}
