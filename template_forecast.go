package dingoa

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// ForecastRequest asks which flow an approval would take.
type ForecastRequest struct {
	// ProcessCode is the form. Required.
	ProcessCode string `json:"processCode"`
	// UserID is who would apply, DeptID the department, -1 for the root. Both are
	// required.
	UserID string `json:"userId"`
	DeptID int64  `json:"deptId"`
	// FormValues are the filled-in components, at most 150: they decide which
	// branches are taken. Required.
	FormValues []FormValue `json:"formComponentValues"`
}

// Forecast is the flow that an approval would take.
type Forecast struct {
	// Success reports whether the flow could be told.
	Success bool `json:"isForecastSuccess"`
	// ProcessCode and UserID are the form and the originator that were asked for,
	// ProcessID the version of the flow.
	ProcessCode string `json:"processCode"`
	UserID      string `json:"userId"`
	ProcessID   string `json:"processId"`
	// Static reports that the flow has no branches.
	Static bool `json:"isStaticWorkflow"`
	// Rules are the steps of the flow in their order.
	Rules []ForecastRule `json:"workflowActivityRules"`
	// Nodes are the steps that would be passed.
	Nodes []ForecastNode `json:"workflowForecastNodes"`
}

// ForecastRule is a step of the flow and who acts at it.
type ForecastRule struct {
	// ActivityID is the step, PreviousID the one before it, Name what people see.
	ActivityID string `json:"activityId"`
	PreviousID string `json:"prevActivityId"`
	Name       string `json:"activityName"`
	// Type says who chooses the people.
	Type ActivityType `json:"activityType"`
	// SelfSelect reports that the originator does (审批人自选).
	SelfSelect bool `json:"isTargetSelect"`
	// Actor says who may be chosen.
	Actor ForecastActor `json:"workflowActor"`
	// Actioners are the people who are known to act.
	Actioners []ForecastUser `json:"activityActioners"`
}

// ActivityType says who chooses the people of a step.
type ActivityType string

// The types of steps.
const (
	ActivityTargetSelect   ActivityType = "target_select"   // the originator chooses
	ActivityTargetApproval ActivityType = "target_approval" // the form names them
)

// ForecastActor says who may act at a step, and how.
type ForecastActor struct {
	// Key goes into [TargetSelectActioner.ActionerKey].
	Key string `json:"actorKey"`
	// Type is the role of the people: approve, get a copy or handle.
	Type ActorType `json:"actorType"`
	// SelectionType says whom the originator may choose, SelectionRange names them.
	SelectionType  ActorSelection      `json:"actorSelectionType"`
	SelectionRange ActorSelectionRange `json:"actorSelectionRange"`
	// AllowedMulti allows several people.
	AllowedMulti bool `json:"allowedMulti"`
	// ApprovalType says whether people decide; ApprovalMethod and ActivateType how
	// several of them do.
	ApprovalType   ApprovalType   `json:"approvalType"`
	ApprovalMethod ApprovalMethod `json:"approvalMethod"`
	ActivateType   ApprovalMethod `json:"actorActivateType"`
	// Required reports that somebody has to be chosen.
	Required bool `json:"required"`
}

// ActorType is the role of the people of a step.
type ActorType string

// What the people of a step do.
const (
	ActorApprover ActorType = "approver" // 审批人
	ActorNotifier ActorType = "notifier" // 抄送人
	ActorAudit    ActorType = "audit"    // 办理人
)

// ActorSelection says whom the originator may choose.
type ActorSelection string

// Whom the originator may choose.
const (
	SelectAllStaff  ActorSelection = "allStaff"  // everybody
	SelectApprovals ActorSelection = "approvals" // the people in the range
	SelectLabels    ActorSelection = "labels"    // people with a role in the range
)

// ApprovalType says whether people decide at a step.
type ApprovalType string

// Whether people decide.
const (
	ApprovalManual     ApprovalType = "MANUAL"
	ApprovalAutoAgree  ApprovalType = "AUTO_AGREE"
	ApprovalAutoRefuse ApprovalType = "AUTO_REFUSE"
)

// ApprovalMethod is how several people of a step decide.
type ApprovalMethod string

// How several people decide.
const (
	ApprovalOneByOne ApprovalMethod = "ONE_BY_ONE" // in turn (依次审批)
	ApprovalAnd      ApprovalMethod = "AND"        // all must agree (会签)
	ApprovalOr       ApprovalMethod = "OR"         // the first decides (或签)
	ApprovalAll      ApprovalMethod = "ALL"        // all are asked at once
)

// ActorSelectionRange are the people and roles that may be chosen.
type ActorSelectionRange struct {
	// Users are people, Roles are roles (角色).
	Users []SelectableUser `json:"approvals"`
	Roles []SelectableRole `json:"labels"`
}

// SelectableUser is somebody who may be chosen.
type SelectableUser struct {
	// UserID and Name are the person's.
	UserID string `json:"workNo"`
	Name   string `json:"userName"`
}

// SelectableRole is a role whose people may be chosen.
type SelectableRole struct {
	// ID and Name are the role's.
	ID   string `json:"labels"`
	Name string `json:"labelNames"`
}

// ForecastUser is somebody who acts at a step.
type ForecastUser struct {
	// UserID and Name are the person's, Avatar is the address of the picture.
	UserID string `json:"userId"`
	Name   string `json:"name"`
	Avatar string `json:"avatar"`
}

// ForecastNode is a step that would be passed.
type ForecastNode struct {
	// ActivityID is the step, OutID the line that leads on from it.
	ActivityID string `json:"activityId"`
	OutID      string `json:"outId"`
}

// Forecast returns the flow that an approval with these values would take, who acts
// at its steps, and for which steps the originator chooses the people
// (审批流程预测).
//
// To start an approval whose form has such steps (审批人自选), hand the people to
// [Forecast.Select] and its result to [CreateInstanceRequest].
//
// Errors: [ErrNotFound] (process code, user), [ErrInvalidArgument] (values),
// [ErrPermission] (Workflow.Instance.Write).
//
// https://open.dingtalk.com/document/development/approval-process-prediction
//
//dingtalk:op POST /v1.0/workflow/processes/forecast
func (s *TemplateService) Forecast(ctx context.Context, req ForecastRequest, opts ...RequestOption) (*Forecast, error) {
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	p.Required("UserID", req.UserID)
	if req.DeptID == 0 {
		p.Add("DeptID", "is required (-1 for the root department)")
	}
	p.Items("FormValues", len(req.FormValues), limit.ProcessForecastFormComponentValuesMaxItems)
	p.formValues(req.FormValues)
	if err := p.err(operation.ProcessForecast); err != nil {
		return nil, err
	}
	var resp resultReply[Forecast]
	if err := s.c.Call(ctx, operation.ProcessForecast, &req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

// selfSelect reports whether the originator chooses the people.
func (r *ForecastRule) selfSelect() bool { return r.SelfSelect || r.Type == ActivityTargetSelect }

// named reports whether name is the step: its actor key, activity id or name.
func (r *ForecastRule) named(name string) bool {
	return name != "" && (name == r.Actor.Key || name == r.ActivityID || name == r.Name)
}

// describe names the step for people.
func (r *ForecastRule) describe() string { return fmt.Sprintf("step %q (%s)", r.Name, r.Actor.Key) }

// SelfSelected are the steps whose people the originator chooses (审批人自选).
func (f *Forecast) SelfSelected() []ForecastRule {
	var rules []ForecastRule
	for i := range f.Rules {
		if f.Rules[i].selfSelect() {
			rules = append(rules, f.Rules[i])
		}
	}
	return rules
}

// Missing are the steps for which choices names nobody although the form wants
// somebody. Choices are userIds by step as for [Forecast.Select].
func (f *Forecast) Missing(choices map[string][]string) []ForecastRule {
	var missing []ForecastRule
	for _, rule := range f.SelfSelected() {
		if rule.Actor.Required && len(chosen(&rule, choices)) == 0 {
			missing = append(missing, rule)
		}
	}
	return missing
}

// chosen are the users for a step under any of its names.
func chosen(rule *ForecastRule, choices map[string][]string) []string {
	for _, name := range []string{rule.Actor.Key, rule.ActivityID, rule.Name} {
		if users := choices[name]; name != "" && len(users) > 0 {
			return users
		}
	}
	return nil
}

// Select turns the choices of the originator, userIds by step, into what
// [CreateInstanceRequest.TargetSelectActioners] takes. A step goes by its actor
// key, its activity id, or its name where only one step has it.
//
// It fails with [ErrInvalidArgument] and says everything at once: the steps that
// still lack somebody, those that got more than the one person they allow,
// people outside the step's range, and names that are no step.
func (f *Forecast) Select(choices map[string][]string) ([]TargetSelectActioner, error) {
	var p problems
	rules := f.SelfSelected()
	for _, name := range slices.Sorted(maps.Keys(choices)) {
		checkChoice(&p, name, choices, rules)
	}
	for _, rule := range f.Missing(choices) {
		p.Add(rule.describe(), "lacks somebody: the originator has to choose who acts (审批人自选)")
	}
	var actioners []TargetSelectActioner
	for _, rule := range rules {
		users := chosen(&rule, choices)
		if len(users) == 0 {
			continue
		}
		rule.checkUsers(&p, users)
		actioners = append(actioners, TargetSelectActioner{ActionerKey: rule.Actor.Key, UserIDs: slices.Clone(users)})
	}
	if err := p.err(operation.StartProcessInstance); err != nil {
		return nil, err
	}
	return actioners, nil
}

// checkChoice looks for names that no step has, or several.
func checkChoice(p *problems, name string, choices map[string][]string, rules []ForecastRule) {
	var found []string
	for _, rule := range rules {
		if !rule.named(name) {
			continue
		}
		found = append(found, rule.describe())
		for _, other := range []string{rule.Actor.Key, rule.ActivityID, rule.Name} {
			if other < name && len(choices[other]) > 0 && other != "" {
				p.Add(rule.describe(), "is chosen for twice, as %q and as %q", other, name)
			}
		}
	}
	if len(found) == 1 {
		return
	}
	if len(found) > 1 {
		p.Add(fmt.Sprintf("choice %q", name), "could be %s: use the actor key", strings.Join(found, " or "))
		return
	}
	for _, rule := range rules {
		found = append(found, rule.describe())
	}
	if len(found) == 0 {
		found = []string{"none"}
	}
	p.Add(fmt.Sprintf("choice %q", name), "is no step whose people the originator chooses; those are: %s", strings.Join(found, ", "))
}

// checkUsers holds the people against the step's rules. Who has a role is not
// known here.
func (r *ForecastRule) checkUsers(p *problems, users []string) {
	if len(users) > 1 && !r.Actor.AllowedMulti {
		p.Add(r.describe(), "takes one person, got %d: %s", len(users), strings.Join(users, ", "))
	}
	for i, user := range users {
		switch {
		case strings.TrimSpace(user) == "":
			p.Add(r.describe(), "has an empty userId")
		case slices.Contains(users[:i], user):
			p.Add(r.describe(), "names %s twice", user)
		case r.Actor.SelectionType == SelectApprovals && !r.selectable(user):
			p.Add(r.describe(), "does not allow %s; choose from %s", user, r.selectableUsers())
		}
	}
}

func (r *ForecastRule) selectable(user string) bool {
	return slices.ContainsFunc(r.Actor.SelectionRange.Users, func(u SelectableUser) bool { return u.UserID == user })
}

func (r *ForecastRule) selectableUsers() string {
	names := make([]string, len(r.Actor.SelectionRange.Users))
	for i, u := range r.Actor.SelectionRange.Users {
		names[i] = u.UserID
	}
	return strings.Join(names, ", ")
}
