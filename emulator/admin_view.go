package emulator

import (
	"slices"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// How the admin API shows things.

type personView struct {
	UserID string `json:"userId"`
	Name   string `json:"name"`
}

type departmentView struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// instanceRow is an instance in a list.
type instanceRow struct {
	ID          string         `json:"id"`
	BusinessID  string         `json:"businessId"`
	Title       string         `json:"title"`
	ProcessCode string         `json:"processCode"`
	FormName    string         `json:"formName"`
	Originator  personView     `json:"originator"`
	Department  departmentView `json:"department"`
	Status      string         `json:"status"`
	Result      string         `json:"result,omitempty"`
	CreateTime  time.Time      `json:"createTime"`
	FinishTime  *time.Time     `json:"finishTime,omitempty"`
	WaitsFor    []personView   `json:"waitsFor"`
	Archived    bool           `json:"archived,omitempty"`
}

// instanceView is all that is known of an instance.
type instanceView struct {
	instanceRow
	Values  []valueView  `json:"values"`
	Nodes   []nodeView   `json:"nodes"`
	Records []recordView `json:"records"`
	CC      []personView `json:"cc"`
	Changes []changeView `json:"changes"`
	Pushes  []any        `json:"pushes"`
}

type valueView struct {
	ID       string `json:"id"`
	BizAlias string `json:"bizAlias,omitempty"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	Value    string `json:"value"`
	ExtValue string `json:"extValue,omitempty"`
}

// nodeView is a step with its tasks. Its state is done, current or waiting.
type nodeView struct {
	ActivityID string       `json:"activityId"`
	Name       string       `json:"name"`
	Mode       company.Mode `json:"mode"`
	State      string       `json:"state"`
	Approvers  []personView `json:"approvers"`
	Tasks      []taskView   `json:"tasks"`
}

type taskView struct {
	ID         int64      `json:"id"`
	User       personView `json:"user"`
	Status     string     `json:"status"`
	Result     string     `json:"result,omitempty"`
	CreateTime time.Time  `json:"createTime"`
	FinishTime *time.Time `json:"finishTime,omitempty"`
	// Past is a task of a round before the approval was sent back.
	Past bool `json:"past,omitempty"`
}

type recordView struct {
	Time        time.Time    `json:"time"`
	User        personView   `json:"user"`
	Type        string       `json:"type"`
	Result      string       `json:"result"`
	Remark      string       `json:"remark,omitempty"`
	ActivityID  string       `json:"activityId,omitempty"`
	Node        string       `json:"node,omitempty"`
	CC          []personView `json:"cc,omitempty"`
	Images      []string     `json:"images,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
}

type changeView struct {
	FieldID string     `json:"fieldId"`
	Text    string     `json:"text"`
	User    personView `json:"user"`
	Time    time.Time  `json:"time"`
}

// whenSet is nil for the zero time, which JSON then leaves out.
func whenSet(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// person is a user by ID, also one who is no more of the company.
func (s *Server) person(userID string) personView {
	name := s.company.users[userID].Name
	if name == "" {
		name = userID
	}
	return personView{userID, name}
}

func (s *Server) people(userIDs []string) []personView {
	people := make([]personView, len(userIDs))
	for i, id := range userIDs {
		people[i] = s.person(id)
	}
	return people
}

func (s *Server) instanceRow(in *instance) instanceRow {
	return instanceRow{
		ID: in.ID, BusinessID: in.BusinessID, Title: in.Title, ProcessCode: in.form.ProcessCode, FormName: in.form.Name,
		Originator: personView{in.Originator.ID, in.Originator.Name},
		Department: departmentView{in.DeptID, s.company.departmentName(in.DeptID)},
		Status:     in.Status, Result: in.Result, CreateTime: in.Created, FinishTime: whenSet(in.Finished),
		WaitsFor: s.people(in.waitsFor()), Archived: in.Archived,
	}
}

func (s *Server) instanceView(in *instance) instanceView {
	v := instanceView{
		instanceRow: s.instanceRow(in),
		Values:      []valueView{}, Nodes: s.nodeViews(in), Records: []recordView{}, CC: s.people(in.CC), Changes: []changeView{}, Pushes: []any{},
	}
	for _, value := range in.Values {
		v.Values = append(v.Values, valueView{value.ID, value.BizAlias, value.Name, value.Type, value.Value, value.ExtValue})
	}
	for _, r := range in.Records {
		record := recordView{
			Time: r.Time, User: s.person(r.UserID), Type: r.Kind, Result: r.Result, Remark: r.Remark,
			ActivityID: r.ActivityID, Node: r.ShowName, CC: s.people(r.CC), Images: r.Photos, Attachments: r.Attachments,
		}
		v.Records = append(v.Records, record)
	}
	for _, c := range in.Changes {
		v.Changes = append(v.Changes, changeView{c.FieldID, c.Text, personView{c.By.ID, c.By.Name}, c.Time})
	}
	for _, p := range s.pushes.all {
		if p.InstanceID == in.ID {
			v.Pushes = append(v.Pushes, s.pushRow(p))
		}
	}
	return v
}

func (s *Server) nodeViews(in *instance) []nodeView {
	nodes := make([]nodeView, len(in.Steps))
	for i, st := range in.Steps {
		state := "waiting"
		switch {
		case i < in.Current || in.Status != statusRunning && i == in.Current:
			state = "done"
		case i == in.Current:
			state = "current"
		}
		nodes[i] = nodeView{
			ActivityID: st.ActivityID, Name: st.Name, Mode: st.Mode, State: state, Approvers: s.people(st.Approvers), Tasks: []taskView{},
		}
	}
	for _, t := range in.Tasks {
		nodes[t.Step].Tasks = append(nodes[t.Step].Tasks, taskView{
			ID: t.ID, User: s.person(t.UserID), Status: t.Status, Result: t.Result,
			CreateTime: t.Created, FinishTime: whenSet(t.Finished), Past: t.Past,
		})
	}
	return nodes
}

// pushRow is a push in a list. Its state is pending, delivered, failed or lost.
type pushRow struct {
	EventID     string     `json:"eventId"`
	EventType   string     `json:"eventType"`
	Type        string     `json:"type"`
	InstanceID  string     `json:"instanceId,omitempty"`
	TaskID      int64      `json:"taskId,omitempty"`
	Title       string     `json:"title,omitempty"` // of the instance
	Time        time.Time  `json:"time"`
	State       string     `json:"state"`
	NextAttempt *time.Time `json:"nextAttempt,omitempty"`
	Attempts    int        `json:"attempts"`
	Problem     string     `json:"problem,omitempty"` // of the last attempt
	// Transport is callback or stream, App the AppKey or SuiteKey of a stream's.
	Transport string `json:"transport"`
	App       string `json:"app,omitempty"`
	// Connection is the one of the last attempt, or of the one that waits for its
	// acknowledgement.
	Connection string `json:"connection,omitempty"`
	// Unread is a failed one that GetCallBackFailedResult would return.
	Unread bool `json:"unread,omitempty"`
}

// pushView is a push with its decrypted event and every attempt.
type pushView struct {
	pushRow
	Event any           `json:"event"`
	Tries []attemptView `json:"tries"`
}

type attemptView struct {
	Time       time.Time `json:"time"`
	DurationMS float64   `json:"durationMs"`
	URL        string    `json:"url,omitempty"`
	Request    string    `json:"request,omitempty"`
	Status     int       `json:"status"`
	Response   string    `json:"response,omitempty"`
	Problem    string    `json:"problem,omitempty"`
	Connection string    `json:"connection,omitempty"`
}

func (s *Server) pushRow(p *queued) pushRow {
	row := pushRow{
		EventID: p.EventID, EventType: p.EventType, Type: p.Type, InstanceID: p.InstanceID, TaskID: p.TaskID,
		Time: p.Time, State: p.state(), Attempts: len(p.Attempts), Transport: "callback", App: p.AppKey,
	}
	if p.Stream {
		row.Transport = "stream"
	}
	if in, ok := s.instances[p.InstanceID]; ok {
		row.Title = in.Title
	}
	if n := len(p.Attempts); n > 0 {
		row.Problem, row.Connection = p.Attempts[n-1].Problem, p.Attempts[n-1].Connection
	}
	if p.inFlight != nil {
		row.Connection = p.inFlight.id
	}
	switch row.State {
	case pushPending:
		if p.inFlight == nil && s.deliverable(p) {
			row.NextAttempt = whenSet(p.due)
		}
	case pushFailed:
		row.Unread = s.pushes.unread(p)
	}
	return row
}

func (s *Server) pushView(p *queued) pushView {
	v := pushView{pushRow: s.pushRow(p), Event: p.Event, Tries: []attemptView{}}
	for _, a := range p.Attempts {
		v.Tries = append(v.Tries, attemptView{
			Time: a.Time, DurationMS: milliseconds(a.Duration), URL: a.URL, Request: a.RequestBody,
			Status: a.Status, Response: a.ResponseBody, Problem: a.Problem, Connection: a.Connection,
		})
	}
	return v
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// requestView is one request to the gateways.
type requestView struct {
	ID         int64     `json:"id"`
	Time       time.Time `json:"time"`
	Method     string    `json:"method"`
	Path       string    `json:"path"`
	Operation  string    `json:"operation,omitempty"`
	Status     int       `json:"status"` // 0: the connection was dropped
	Code       string    `json:"code,omitempty"`
	Message    string    `json:"message,omitempty"`
	Field      string    `json:"field,omitempty"`
	DurationMS float64   `json:"durationMs"`
}

func viewRequest(r Request) requestView {
	return requestView{
		ID: r.ID, Time: r.Time, Method: r.Method, Path: r.Path, Operation: r.Operation, Status: r.Status,
		Code: r.Code, Message: r.Message, Field: r.Field, DurationMS: milliseconds(r.Duration),
	}
}

// shownItem is how a live update shows what changed; false when it is not told.
func (s *Server) shownItem(e entity) (any, bool) {
	switch e.kind {
	case kindInstance:
		if in, ok := s.instances[e.id]; ok {
			return s.instanceRow(in), true
		}
		return nil, true
	case kindPush:
		if p := s.pushes.find(e.id); p != nil {
			return s.pushRow(p), true
		}
		return nil, true
	case kindRequest:
		requests := s.lastRequests()
		for _, r := range slices.Backward(requests) {
			if strconv.FormatInt(r.ID, 10) == e.id {
				return viewRequest(r), true
			}
		}
		return nil, true
	case kindFault:
		for _, f := range s.faults {
			if strconv.FormatInt(f.ID, 10) == e.id {
				return viewFault(f), true
			}
		}
		return nil, true
	case kindEventFault:
		for _, f := range s.eventFaults {
			if strconv.FormatInt(f.ID, 10) == e.id {
				return viewEventFault(f), true
			}
		}
		return nil, true
	case kindStream:
		for _, conn := range s.streams.conns() {
			if conn.id == e.id {
				return conn.row(), true
			}
		}
		return nil, true
	case kindClock:
		return map[string]any{"now": s.Now()}, true
	case kindCallback:
		if cb := s.callbackView(); cb != nil {
			return cb, true
		}
		return nil, true
	case kindForm, kindReset:
		return nil, true
	}
	return nil, false
}
