package dingoa

import (
	"context"
	"errors"
	"fmt"

	"github.com/dingoa/dingoa/form"
	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// InstanceService starts, reads, lists and revokes approvals of official forms
// (官方审批实例).
//
// https://open.dingtalk.com/document/development/workflow-overview
type InstanceService service

// CreateInstanceRequest starts an approval (发起审批实例).
type CreateInstanceRequest struct {
	// ProcessCode is the code of the form, PROC-…, from the address of the form's
	// edit page. Required.
	ProcessCode string `json:"processCode"`
	// OriginatorUserID is the userId of the person who applies. Required.
	OriginatorUserID string `json:"originatorUserId"`
	// DeptID is the originator's department, -1 for the root. Required unless
	// Approvers is set; on the older gateway always.
	DeptID int64 `json:"deptId,omitempty"`
	// AgentID is the app's AgentId; [WithAgentID] fills it in.
	AgentID int64 `json:"microappAgentId,omitempty"`
	// Approvers replaces the flow configured on the form; at most 20 steps.
	Approvers []Approver `json:"approvers,omitempty"`
	// CCUserIDs get a copy (抄送人); at most 50, 20 on the older gateway. The
	// vendor ignores it unless Approvers is set.
	CCUserIDs []string `json:"ccList,omitempty"`
	// CCPosition is when they get it. Ignored unless Approvers is set.
	CCPosition CCPosition `json:"ccPosition,omitempty"`
	// TargetSelectActioners names the people for the steps whose approver the
	// originator chooses (审批人自选); at most 20. Not on the older gateway.
	TargetSelectActioners []TargetSelectActioner `json:"targetSelectActioners,omitempty"`
	// FormValues are the filled-in components, at most 150 (200 on the older
	// gateway). Required.
	FormValues []FormValue `json:"formComponentValues"`
	// DetailPageURL opens instead of DingTalk's page of the approval; at most
	// 1,024 characters. Needs OA premium. Not on the older gateway.
	DetailPageURL string `json:"bizDetailPageUrl,omitempty"`
}

// Approver is one step of an explicit flow.
type Approver struct {
	// ActionType is [ActionNone] for one person, [ActionAnd] or [ActionOr] for several.
	ActionType ActionType `json:"actionType,omitempty"`
	// UserIDs decide. Required.
	UserIDs []string `json:"userIds"`
}

// ActionType is how the people of one step decide.
type ActionType string

// The ways in which the people of one step decide.
const (
	// ActionAnd: all must agree (会签).
	ActionAnd ActionType = "AND"
	// ActionOr: the first decision counts (或签).
	ActionOr ActionType = "OR"
	// ActionNone: there is one person.
	ActionNone ActionType = "NONE"
)

// CCPosition is when copies are sent.
type CCPosition string

// The moments at which copies are sent.
const (
	CCAtStart          CCPosition = "START"
	CCAtFinish         CCPosition = "FINISH"
	CCAtStartAndFinish CCPosition = "START_FINISH"
)

// TargetSelectActioner fills a step whose approver the originator chooses.
type TargetSelectActioner struct {
	// ActionerKey is the step's actorKey from the forecast of the flow.
	ActionerKey string `json:"actionerKey"`
	// UserIDs are the people chosen for it.
	UserIDs []string `json:"actionerUserIds"`
}

// FormValue is one filled-in component (表单控件) of a form. Package [form] makes
// them from Go structs.
type FormValue = form.Value

func (r *CreateInstanceRequest) validate(legacy bool) error {
	if field := r.onlyToday(); legacy && field != "" {
		return unsupported(operation.StartProcessInstance, field+" does not exist on the older gateway")
	}
	var p problems
	p.Required("ProcessCode", r.ProcessCode)
	p.Required("OriginatorUserID", r.OriginatorUserID)
	if r.DeptID == 0 && (legacy || len(r.Approvers) == 0) {
		p.Add("DeptID", "is required (-1 for the root department)%s", map[bool]string{false: " unless Approvers is set"}[legacy])
	}
	p.MaxItems("Approvers", len(r.Approvers), limit.StartProcessInstanceApproversMaxItems)
	for i, a := range r.Approvers {
		a.validate(&p, i, legacy)
	}
	p.OneOf("CCPosition", string(r.CCPosition), limit.StartProcessInstanceCcPositionEnum)
	p.MaxItems("TargetSelectActioners", len(r.TargetSelectActioners), limit.StartProcessInstanceTargetSelectActionersMaxItems)
	p.MaxLength("DetailPageURL", r.DetailPageURL, limit.StartProcessInstanceBizDetailPageUrlMaxLen)
	maxCopies, maxValues := limit.StartProcessInstanceCcListMaxItems, limit.StartProcessInstanceFormComponentValuesMaxItems
	if legacy {
		maxCopies, maxValues = limit.OapiProcessinstanceCreateCcListMaxItems, limit.OapiProcessinstanceCreateFormComponentValuesMaxItems
	}
	p.MaxItems("CCUserIDs", len(r.CCUserIDs), maxCopies)
	if legacy {
		p.noCommas("CCUserIDs", r.CCUserIDs)
	}
	p.Items("FormValues", len(r.FormValues), maxValues)
	p.formValues(r.FormValues)
	return p.err(operation.StartProcessInstance)
}

// validate: only the older gateway's page ties the number of people to the way
// in which they decide.
func (a *Approver) validate(p *problems, i int, legacy bool) {
	field := fmt.Sprintf("Approvers[%d]", i)
	p.OneOf(field+".ActionType", string(a.ActionType), limit.StartProcessInstanceApproversActionTypeEnum)
	several := a.ActionType == ActionAnd || a.ActionType == ActionOr
	switch n := len(a.UserIDs); {
	case n == 0:
		p.Add(field+".UserIDs", "is required")
	case legacy && n > limit.OapiProcessinstanceCreateApproversV2UserIdsMaxItems:
		p.MaxItems(field+".UserIDs", n, limit.OapiProcessinstanceCreateApproversV2UserIdsMaxItems)
	case legacy && n == 1 && several:
		p.Add(field+".ActionType", "is %s, which needs more than one user; use %s", a.ActionType, ActionNone)
	case legacy && n > 1 && !several:
		p.Add(field+".ActionType", "must be %s or %s for several users", ActionAnd, ActionOr)
	}
}

// CreateInstanceResponse is the answer to a started approval.
type CreateInstanceResponse struct {
	// InstanceID names the approval in every other call and event.
	InstanceID string `json:"instanceId" wire:"process_instance_id"`
}

type createInstanceReply struct{ CreateInstanceResponse }

func (r *createInstanceReply) CheckReply() error {
	if r.InstanceID == "" {
		return errors.New("the reply has no instanceId")
	}
	return nil
}

// Create starts an approval.
//
// It is sent once: DingTalk has no idempotency key, so a call whose connection
// broke is not repeated and fails with [ErrOutcomeUnknown]. Before starting it
// again look with [InstanceService.AllIDs] whether it exists: with a StartTime a
// minute before the call by [Client.ServerTime], and no EndTime, since clocks
// differ. Only refusals that prove that nothing was started, such as throttling,
// are retried.
//
// Errors: [ErrInvalidArgument] (form values, users, department), [ErrNotFound]
// (process code), [ErrConflict] (form disabled), [ErrPermission]
// (Workflow.Instance.Write). With [WithFormCheck] values that do not fit the form
// are refused before anything is sent.
//
// https://open.dingtalk.com/document/development/create-an-approval-instance
//
//dingtalk:op POST /v1.0/workflow/processInstances
func (s *InstanceService) Create(ctx context.Context, req CreateInstanceRequest, opts ...RequestOption) (*CreateInstanceResponse, error) {
	if req.AgentID == 0 {
		req.AgentID = s.c.cfg.agentID
	}
	if err := req.validate(s.c.cfg.legacy); err != nil {
		return nil, err
	}
	if err := s.c.checkForm(ctx, req.ProcessCode, req.FormValues); err != nil {
		return nil, err
	}
	var resp createInstanceReply
	if err := s.c.Call(ctx, operation.StartProcessInstance, (*createInstanceRequest)(&req), &resp, opts...); err != nil {
		s.c.refusedForm(req.ProcessCode, err)
		return nil, err
	}
	return &resp.CreateInstanceResponse, nil
}

// Get reads one approval.
//
// Errors: [ErrNotFound] when there is no such instance, [ErrPermission]
// (Workflow.Instance.Read).
//
// https://open.dingtalk.com/document/development/obtains-the-details-of-a-single-approval-instance-pop
//
//dingtalk:op GET /v1.0/workflow/processInstances
func (s *InstanceService) Get(ctx context.Context, instanceID string, opts ...RequestOption) (*Instance, error) {
	return getInstance(ctx, s.c, operation.GetProcessInstance, instanceID, opts)
}

type getInstanceRequest struct {
	InstanceID string `json:"processInstanceId"`
}

// TerminateInstanceRequest revokes an approval (撤销审批实例).
type TerminateInstanceRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// IsSystem revokes in the name of the system instead of a person.
	IsSystem bool `json:"isSystem"`
	// OperatorUserID must be the originator. Required unless IsSystem is set.
	OperatorUserID string `json:"operatingUserId,omitempty"`
	// Remark is shown on the approval; at most 1,024 characters.
	Remark string `json:"remark,omitempty"`
}

// Terminate revokes a running approval.
//
// DingTalk refuses it in the first 15 seconds after the approval was started,
// once it has ended ([ErrConflict] both), and when the form does not allow
// originators to revoke (允许提交人撤销审批中的审批单); the error says which to look
// at. It is not retried after a broken connection: read the status then.
//
// https://open.dingtalk.com/document/development/revoke-an-approval-instance
//
//dingtalk:op POST /v1.0/workflow/processInstances/terminate
func (s *InstanceService) Terminate(ctx context.Context, req TerminateInstanceRequest, opts ...RequestOption) error {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.MaxLength("Remark", req.Remark, limit.TerminateProcessInstanceRemarkMaxLen)
	if !req.IsSystem && req.OperatorUserID == "" {
		p.Add("OperatorUserID", "is required unless IsSystem is set: only the originator may revoke an approval")
	}
	if err := p.err(operation.TerminateProcessInstance); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.TerminateProcessInstance, terminateRequest(req), &ack{}, opts...)
}

// CommentRequest adds a comment (审批评论).
type CommentRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// OperatorUserID comments. Required.
	OperatorUserID string `json:"commentUserId"`
	// Text is required; at most 1,024 characters.
	Text string `json:"text"`
	// File is the attachment.
	File Files `json:"file,omitzero"`
}

// Files are photos and attachments of a comment or decision.
type Files struct {
	// Photos are addresses of pictures, at most 1,024 characters each.
	Photos []string `json:"photos,omitempty"`
	// Attachments are files in the approval space; at most 20.
	Attachments []Attachment `json:"attachments,omitempty"`
}

// IsZero reports whether there are none.
func (f Files) IsZero() bool { return len(f.Photos) == 0 && len(f.Attachments) == 0 }

func (f Files) validate(p *problems) {
	for i, photo := range f.Photos {
		p.MaxLength(fmt.Sprintf("File.Photos[%d]", i), photo, limit.ExecuteProcessInstanceFilePhotosItemMaxLen)
	}
	p.MaxItems("File.Attachments", len(f.Attachments), limit.ExecuteProcessInstanceFileAttachmentsMaxItems)
	for i := range f.Attachments {
		p.MaxLength(fmt.Sprintf("File.Attachments[%d].FileID", i), f.Attachments[i].FileID, limit.ExecuteProcessInstanceFileAttachmentsFileIdMaxLen)
		p.MaxLength(fmt.Sprintf("File.Attachments[%d].FileName", i), f.Attachments[i].FileName, limit.ExecuteProcessInstanceFileAttachmentsFileNameMaxLen)
	}
}

// Comment adds a comment to an approval.
//
// Errors: [ErrNotFound] (instance, user), [ErrConflict] (state of the instance).
//
// https://open.dingtalk.com/document/development/official-approval-adds-approval-comments
//
//dingtalk:op POST /v1.0/workflow/processInstances/comments
func (s *InstanceService) Comment(ctx context.Context, req CommentRequest, opts ...RequestOption) error {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.Required("OperatorUserID", req.OperatorUserID)
	p.Required("Text", req.Text)
	p.MaxLength("Text", req.Text, limit.AddProcessInstanceCommentTextMaxLen)
	req.File.validate(&p)
	if err := p.err(operation.AddProcessInstanceComment); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.AddProcessInstanceComment, commentRequest(req), &ack{}, opts...)
}
