package dingoa

import (
	"context"
	"errors"
	"fmt"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// CreateCenterInstanceRequest starts an approval of your own system.
type CreateCenterInstanceRequest struct {
	// ProcessCode is the template, of [CenterService.SaveTemplate]. Required.
	ProcessCode string `json:"processCode"`
	// OriginatorUserID is the person who applies. Required.
	OriginatorUserID string `json:"originatorUserId"`
	// FormValues are shown in the lists; at most 100, names of at most 64
	// characters and extValues of at most 8,192. Without Details. Required on the
	// older gateway, which takes names and values only.
	FormValues []FormValue `json:"formComponentValueList,omitempty"`
	// Title has at most 64 characters.
	Title string `json:"title,omitempty"`
	// URL opens the approval in your system; at most 1,024 characters. It must
	// work on mobile and PC. Required.
	URL string `json:"url"`
	// Notifiers get a copy (抄送人); at most 20. Not on the older gateway.
	Notifiers []CenterNotifier `json:"notifiers,omitempty"`
	// FeatureConfig places buttons and pages. Not on the older gateway.
	FeatureConfig FeatureConfig `json:"featureConfig,omitzero"`
	// BizData is JSON text of your own; at most 1,024 characters. Not on the
	// older gateway.
	BizData string `json:"bizData,omitempty"`
}

// CenterNotifier is a person who gets a copy.
type CenterNotifier struct {
	// UserID is required.
	UserID string `json:"userid"`
	// Position is when.
	Position NotifyPosition `json:"position,omitempty"`
}

// NotifyPosition is when a copy is sent, in lower case unlike [CCPosition].
type NotifyPosition string

// The moments at which copies are sent.
const (
	NotifyAtStart          NotifyPosition = "start"
	NotifyAtFinish         NotifyPosition = "finish"
	NotifyAtStartAndFinish NotifyPosition = "start_finish"
)

// createCenterInstanceRequest has what the older gateway needs besides.
type createCenterInstanceRequest struct {
	CreateCenterInstanceRequest
	agentID int64
}

func (r *CreateCenterInstanceRequest) validate(op operation.Operation, p *problems, legacy bool) error {
	if legacy && (len(r.Notifiers) > 0 || len(r.FeatureConfig.Features) > 0 || r.BizData != "") {
		return unsupported(op, "Notifiers, FeatureConfig and BizData do not exist on the older gateway")
	}
	p.Required("ProcessCode", r.ProcessCode)
	p.Required("OriginatorUserID", r.OriginatorUserID)
	p.Required("URL", r.URL)
	p.MaxLength("URL", r.URL, limit.SaveIntegratedInstanceUrlMaxLen)
	p.MaxLength("Title", r.Title, limit.SaveIntegratedInstanceTitleMaxLen)
	p.MaxLength("BizData", r.BizData, limit.SaveIntegratedInstanceBizDataMaxLen)
	if legacy && len(r.FormValues) == 0 {
		p.Add("FormValues", "is required on the older gateway")
	}
	p.MaxItems("FormValues", len(r.FormValues), limit.SaveIntegratedInstanceFormComponentValueListMaxItems)
	p.formValues(r.FormValues)
	for i := range r.FormValues {
		field, v := fmt.Sprintf("FormValues[%d]", i), &r.FormValues[i]
		p.MaxLength(field+".Name", v.Name, limit.SaveIntegratedInstanceFormComponentValueListNameMaxLen)
		p.MaxLength(field+".ExtValue", v.ExtValue, limit.SaveIntegratedInstanceFormComponentValueListExtValueMaxLen)
		p.MaxLength(field+".ID", v.ID, limit.SaveIntegratedInstanceFormComponentValueListIdMaxLen)
		p.MaxLength(field+".BizAlias", v.BizAlias, limit.SaveIntegratedInstanceFormComponentValueListBizAliasMaxLen)
		p.MaxLength(field+".ComponentType", v.ComponentType, limit.SaveIntegratedInstanceFormComponentValueListComponentTypeMaxLen)
		if len(v.Details) > 0 {
			p.Add(field+".Details", "is for official forms; a table goes into Value")
		}
	}
	p.MaxItems("Notifiers", len(r.Notifiers), limit.SaveIntegratedInstanceNotifiersMaxItems)
	for i, n := range r.Notifiers {
		p.Required(fmt.Sprintf("Notifiers[%d].UserID", i), n.UserID)
		p.OneOf(fmt.Sprintf("Notifiers[%d].Position", i), string(n.Position), limit.SaveIntegratedInstanceNotifiersPositionEnum)
	}
	r.FeatureConfig.validate(p, instanceFeatures(op))
	return p.err(op)
}

// CreateInstance starts an approval of your own system (创建实例): it appears in
// the lists of DingTalk. Then give people their tasks with
// [CenterService.CreateTasks].
//
// It is sent once: when the connection broke the outcome is unknown
// ([ErrOutcomeUnknown]), and doing it again may show the approval twice.
//
// Errors: [ErrInvalidArgument] (form values), [ErrNotFound] (process code,
// user), [ErrPermission] (Workflow.Instance.Write; or the process code is one of
// an official form).
//
// https://open.dingtalk.com/document/development/create-a-ticket-approval-instance
//
//dingtalk:op POST /v1.0/workflow/processCentres/instances
func (s *CenterService) CreateInstance(ctx context.Context, req CreateCenterInstanceRequest, opts ...RequestOption) (*CreateCenterInstanceResponse, error) {
	return createCenterInstance(ctx, s.c, operation.SaveIntegratedInstance, req, opts)
}

func createCenterInstance(ctx context.Context, c *Client, op operation.Operation, req CreateCenterInstanceRequest, opts []RequestOption) (*CreateCenterInstanceResponse, error) {
	var p problems
	agentID := agentOf(c, &p, true)
	if err := req.validate(op, &p, c.cfg.legacy && op.Spec().LegacyPath != ""); err != nil {
		return nil, err
	}
	var resp createCenterInstanceReply
	if err := c.Call(ctx, op, createCenterInstanceRequest{req, agentID}, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

// CreateCenterInstanceResponse is the answer to a started approval.
type CreateCenterInstanceResponse struct {
	// InstanceID names the approval in the calls for its tasks and its end.
	InstanceID string `json:"processInstanceId"`
}

type createCenterInstanceReply struct {
	Result CreateCenterInstanceResponse `json:"result"`
	successReply
}

func (r *createCenterInstanceReply) CheckReply() error {
	if r.Result.InstanceID == "" {
		return errors.New("the reply has no processInstanceId")
	}
	return nil
}

func (r createCenterInstanceRequest) Secrets() []string { return r.FeatureConfig.secrets() }

func (r createCenterInstanceRequest) LegacyRequest() any {
	type value struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	body := struct {
		AgentID          int64   `json:"agentid"`
		ProcessCode      string  `json:"process_code"`
		OriginatorUserID string  `json:"originator_user_id"`
		FormValues       []value `json:"form_component_values"`
		URL              string  `json:"url"`
		Title            string  `json:"title,omitempty"`
	}{AgentID: r.agentID, ProcessCode: r.ProcessCode, OriginatorUserID: r.OriginatorUserID, URL: r.URL, Title: r.Title}
	for _, v := range r.FormValues {
		body.FormValues = append(body.FormValues, value{v.Name, v.Value})
	}
	return wrapped{body}
}

// UpdateCenterInstanceRequest ends an approval of your own system.
type UpdateCenterInstanceRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// Status is [InstanceCompleted] or [InstanceTerminated] (revoked). Required.
	Status InstanceStatus `json:"status"`
	// Result is [ResultAgree] or [ResultRefuse]. Required for a completed
	// approval; for a revoked one the vendor wants it, too, but reads nothing from
	// it, and it is filled in.
	Result Result `json:"result"`
	// NotifierUserIDs get a copy; at most 30. Not on the older gateway.
	NotifierUserIDs []string `json:"notifiers,omitempty"`
	// CancelRunningTasks takes the open tasks away on the older gateway. Only
	// [CenterService.UpdateInstance] takes it, and only there.
	CancelRunningTasks bool `json:"-"`
}

type centerNotified struct {
	UserID string `json:"userId"`
}

// updateCenterInstance is an update as the vendor takes it.
type updateCenterInstance struct {
	UpdateCenterInstanceRequest
	Notifiers []centerNotified `json:"notifiers,omitempty"`
	agentID   int64
}

func (r *UpdateCenterInstanceRequest) wire(p *problems, prefix string) updateCenterInstance {
	p.Required(prefix+"InstanceID", r.InstanceID)
	p.Required(prefix+"Status", string(r.Status))
	p.OneOf(prefix+"Status", string(r.Status), limit.UpdateProcessInstanceStatusEnum)
	switch {
	case r.Status == InstanceTerminated && r.Result == "":
		r.Result = ResultRefuse
	case r.Result == "":
		p.Add(prefix+"Result", "is required")
	}
	p.OneOf(prefix+"Result", string(r.Result), limit.UpdateProcessInstanceResultEnum)
	p.MaxItems(prefix+"NotifierUserIDs", len(r.NotifierUserIDs), limit.UpdateProcessInstanceNotifiersMaxItems)
	w := updateCenterInstance{UpdateCenterInstanceRequest: *r}
	for _, id := range r.NotifierUserIDs {
		w.Notifiers = append(w.Notifiers, centerNotified{id})
	}
	return w
}

// UpdateInstance ends an approval of your own system (更新实例状态).
//
// Errors: [ErrNotFound] (instance), [ErrPermission] (Workflow.Instance.Write).
//
// https://open.dingtalk.com/document/development/update-instance-status
//
//dingtalk:op PUT /v1.0/workflow/processCentres/instances
func (s *CenterService) UpdateInstance(ctx context.Context, req UpdateCenterInstanceRequest, opts ...RequestOption) error {
	legacy := s.c.cfg.legacy
	switch {
	case legacy && len(req.NotifierUserIDs) > 0:
		return unsupported(operation.UpdateProcessInstance, "NotifierUserIDs does not exist on the older gateway")
	case !legacy && req.CancelRunningTasks:
		return unsupported(operation.UpdateProcessInstance, "CancelRunningTasks exists on the older gateway only; use UpdateTasks")
	}
	var p problems
	w := req.wire(&p, "")
	w.agentID = agentOf(s.c, &p, false)
	if err := p.err(operation.UpdateProcessInstance); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.UpdateProcessInstance, w, &ack{}, opts...)
}

func (r updateCenterInstance) LegacyRequest() any {
	return wrapped{struct {
		AgentID            int64          `json:"agentid,omitempty"`
		InstanceID         string         `json:"process_instance_id"`
		Status             InstanceStatus `json:"status"`
		Result             Result         `json:"result"`
		CancelRunningTasks bool           `json:"cancel_running_task,omitempty"`
	}{r.agentID, r.InstanceID, r.Status, r.Result, r.CancelRunningTasks}}
}

// updateCenterInstances is a batch as the vendor takes it.
type updateCenterInstances struct {
	Updates []updateCenterInstance `json:"updateProcessInstanceRequests"`
	agentID int64
}

// UpdateInstances ends up to 50 approvals of your own system at once
// (批量更新实例状态). The vendor does not say whether the others are ended when one
// is refused.
//
// Errors as for [CenterService.UpdateInstance].
//
// https://open.dingtalk.com/document/development/self-owned-batch-update-of-instance-status
//
//dingtalk:op PUT /v1.0/workflow/processCentres/instances/batch
func (s *CenterService) UpdateInstances(ctx context.Context, updates []UpdateCenterInstanceRequest, opts ...RequestOption) error {
	var p problems
	p.Items("updates", len(updates), limit.BatchUpdateProcessInstanceUpdateProcessInstanceRequestsMaxItems)
	body := updateCenterInstances{agentID: agentOf(s.c, &p, false)}
	for i := range updates {
		update := updates[i]
		if update.CancelRunningTasks || s.c.cfg.legacy && len(update.NotifierUserIDs) > 0 {
			return unsupported(operation.BatchUpdateProcessInstance, "CancelRunningTasks, and on the older gateway NotifierUserIDs, do not exist for several instances")
		}
		body.Updates = append(body.Updates, update.wire(&p, fmt.Sprintf("updates[%d].", i)))
	}
	if err := p.err(operation.BatchUpdateProcessInstance); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.BatchUpdateProcessInstance, body, &ack{}, opts...)
}

func (r updateCenterInstances) LegacyRequest() any {
	type update struct {
		InstanceID string         `json:"process_instance_id"`
		Status     InstanceStatus `json:"status"`
		Result     Result         `json:"result"`
	}
	body := struct {
		AgentID int64    `json:"agentid,omitempty"`
		Updates []update `json:"instances"`
	}{AgentID: r.agentID}
	for _, u := range r.Updates {
		body.Updates = append(body.Updates, update{u.InstanceID, u.Status, u.Result})
	}
	return wrapped{body}
}
