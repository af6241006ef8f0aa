// Package conformance is one suite of approval workflows, run through the SDK
// against any DingTalk: the emulator on both gateways in every build, the real
// service on demand (see the build tag dingtalk). A difference between the two
// is a mistake in the emulator.
package conformance

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dingoa/dingoa"
)

// Env is a DingTalk and what it has to have.
type Env struct {
	Client *dingoa.Client
	// Legacy says that the client uses the older gateway.
	Legacy bool
	// Premium says that the company has OA premium; Administrator manages its
	// approvals, empty when nobody's name may be used for it.
	Premium       bool
	Administrator string
	// ProcessCode is a form whose originators may revoke, Values fill it in, and
	// Required is the label of one of its required components.
	ProcessCode string
	Values      []dingoa.FormValue
	Required    string
	// Originator applies, in the department DeptID.
	Originator string
	DeptID     int64
	// Approvers are three other people.
	Approvers [3]string
	// SelfSelectCode is a form with steps whose people the originator chooses, and
	// SelfSelectValues fill it in; empty skips what needs one. The second approver
	// may be chosen.
	SelfSelectCode   string
	SelfSelectValues []dingoa.FormValue
	// EveryCode is a form with the components of everyForm, for where none can be
	// created; empty skips what needs one.
	EveryCode string
	// LeavesForms allows to create forms, which nothing deletes.
	LeavesForms bool
	// Now is the service's time, and Wait lets it pass.
	Now  func() time.Time
	Wait func(t *testing.T, d time.Duration)
}

// Run runs the suite. newEnv is called for each workflow.
func Run(t *testing.T, newEnv func(t *testing.T) Env) {
	t.Helper()
	for name, workflow := range map[string]func(*run){
		"agreed in turn":                   agreedInTurn,
		"refused":                          refused,
		"all must agree":                   allMustAgree,
		"the first decides":                firstDecides,
		"redirected":                       redirected,
		"commented":                        commented,
		"revoked":                          revoked,
		"listed over pages":                listed,
		"counted":                          counted,
		"unknown form":                     unknownForm,
		"unknown instance":                 unknownInstance,
		"a required value is missing":      requiredValueMissing,
		"nobody decides twice":             noSecondDecision,
		"nobody decides for somebody else": noForeignDecision,
		"a file up and down":               attachments,
		"sent back":                        sentBack,
		"people added":                     added,
		"decided together":                 decidedTogether,
		"handed over":                      handedOver,
		"changed and archived":             changedAndArchived,
		"another system's approval":        centerTasks,
		"kinds of approvals are not mixed": centerNotMixed,
		"a form is read":                   formRead,
		"the originator chooses":           originatorChooses,
		"data are kept":                    dataKept,
		"a to-do is ticked off":            todoDone,
		"a form with every component":      everyComponent,
	} {
		t.Run(name, func(t *testing.T) {
			workflow(&run{T: t, Env: newEnv(t)})
		})
	}
}

// run is one workflow under way.
type run struct {
	*testing.T
	Env
}

func (r *run) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// is wants an error of one of the kinds.
func (r *run) is(err error, kinds ...error) {
	r.Helper()
	if !slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(err, kind) }) {
		r.Fatalf("got %v, want one of %v", err, kinds)
	}
}

func (r *run) equal(what string, got, want any) {
	r.Helper()
	if got != want {
		r.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func one(userID string) dingoa.Approver {
	return dingoa.Approver{ActionType: dingoa.ActionNone, UserIDs: []string{userID}}
}

func (r *run) request(flow ...dingoa.Approver) dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode: r.ProcessCode, OriginatorUserID: r.Originator, DeptID: r.DeptID,
		FormValues: slices.Clone(r.Values), Approvers: flow,
	}
}

func (r *run) create(flow ...dingoa.Approver) string {
	r.Helper()
	created, err := r.Client.Instances.Create(r.Context(), r.request(flow...))
	r.ok(err)
	return created.InstanceID
}

func (r *run) get(id string) *dingoa.Instance {
	r.Helper()
	instance, err := r.Client.Instances.Get(r.Context(), id)
	r.ok(err)
	return instance
}

// until reads an instance until it is as wanted: the service moves an instance
// on shortly after it answers.
func (r *run) until(id, what string, is func(*dingoa.Instance) bool) *dingoa.Instance {
	r.Helper()
	for range 10 {
		if instance := r.get(id); is(instance) {
			return instance
		}
		r.Wait(r.T, time.Second)
	}
	r.Fatalf("instance %s did not become %s: %+v", id, what, r.get(id))
	return nil
}

func (r *run) untilEnded(id string, result dingoa.Result) *dingoa.Instance {
	r.Helper()
	instance := r.until(id, "completed", func(i *dingoa.Instance) bool { return i.Status == dingoa.InstanceCompleted })
	r.equal("result", instance.Result, result)
	if instance.FinishTime.IsZero() {
		r.Fatal("a completed instance has no finish time")
	}
	if running := instance.RunningTasks(); len(running) > 0 {
		r.Fatalf("a completed instance has running tasks: %+v", running)
	}
	return instance
}

// task waits for the user's running task.
func (r *run) task(id, userID string) dingoa.Task {
	r.Helper()
	var found dingoa.Task
	r.until(id, "a task of "+userID, func(i *dingoa.Instance) bool {
		for _, task := range i.RunningTasks() {
			if task.UserID == userID {
				found = task
				return true
			}
		}
		return false
	})
	return found
}

func (r *run) agree(id, userID, remark string) {
	r.Helper()
	r.ok(r.Client.Tasks.Approve(r.Context(), dingoa.DecideTaskRequest{
		InstanceID: id, TaskID: r.task(id, userID).ID, OperatorUserID: userID, Remark: remark,
	}))
}

func (r *run) refuse(id, userID, remark string) {
	r.Helper()
	r.ok(r.Client.Tasks.Refuse(r.Context(), dingoa.DecideTaskRequest{
		InstanceID: id, TaskID: r.task(id, userID).ID, OperatorUserID: userID, Remark: remark,
	}))
}

// records counts the lines of the history that are of a type.
func records(i *dingoa.Instance, kind dingoa.OperationType) (found []dingoa.OperationRecord) {
	for _, record := range i.Records {
		if record.Type == kind {
			found = append(found, record)
		}
	}
	return found
}

func statusOf(i *dingoa.Instance, userID string) dingoa.TaskStatus {
	var status dingoa.TaskStatus
	for _, task := range i.Tasks {
		if task.UserID == userID {
			status = task.Status
		}
	}
	return status
}

// shows reports whether an error names something.
func shows(err error, text string) bool {
	var e *dingoa.Error
	return errors.As(err, &e) && strings.Contains(e.Message, text)
}
