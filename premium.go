package dingoa

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// PremiumService has the operations that need OA premium (OA 高级版).
//
// https://open.dingtalk.com/document/development/description-of-new-oa-approval-premium-exclusive-openapi-and-solutions
type PremiumService service

// maxVariables is how many components one update changes.

// ArchiveInstanceRequest archives an approval (归档审批实例).
type ArchiveInstanceRequest struct {
	// InstanceID is an approval that is completed. Required.
	InstanceID string `json:"processInstanceId"`
	// OperatorUserID is an administrator of OA approval. Required.
	OperatorUserID string `json:"opUserId"`
}

// Archive archives a completed approval, once. Needs OA premium (OA 高级版).
//
// Errors: [ErrConflict] when it is still running or archived already,
// [ErrPermission] when OperatorUserID is no administrator or the company has no
// OA premium, [ErrNotFound] (instance, user).
//
// https://open.dingtalk.com/document/development/api-archiveprocessinstance
//
//dingtalk:op POST /v1.0/workflow/premium/processInstances/archive
func (s *PremiumService) Archive(ctx context.Context, req ArchiveInstanceRequest, opts ...RequestOption) error {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.Required("OperatorUserID", req.OperatorUserID)
	if err := p.err(operation.ArchiveProcessInstance); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.ArchiveProcessInstance, req, &ack{}, opts...)
}

// UpdateVariablesRequest changes the form of an approval.
type UpdateVariablesRequest struct {
	// InstanceID is an approval, running or ended. Required.
	InstanceID string `json:"processInstanceId"`
	// ProcessCode is its form.
	ProcessCode string `json:"processCode,omitempty"`
	// OperatorUserID is an administrator. Required.
	OperatorUserID string `json:"opUserId"`
	// Variables are the components to change, at most 150. Required.
	Variables []Variable `json:"variables"`
	// Remark is shown on the approval.
	Remark string `json:"remark,omitempty"`
}

// Variable is the new value of one component of an approval.
type Variable struct {
	// ID is the component's id, not its label. Required.
	ID string `json:"id"`
	// BizAlias is the component's alias.
	BizAlias string `json:"bizAlias,omitempty"`
	// Value and ExtValue as in [FormValue].
	Value    string `json:"value"`
	ExtValue string `json:"extValue,omitempty"`
}

// UpdateVariables changes values in the form of an approval that runs or has
// ended (更新审批实例). Needs OA premium (OA 高级版).
//
// Errors: [ErrPermission] (no administrator, no OA premium), [ErrNotFound]
// (instance, form, user), [ErrConflict] (form disabled, somebody else is
// changing it), [ErrInvalidArgument] (component, value). It is not retried after
// a broken connection ([ErrOutcomeUnknown]): read the instance.
//
// https://open.dingtalk.com/document/development/api-premiumupdateprocessinstancevariables
//
//dingtalk:op PUT /v1.0/workflow/premium/processInstances
func (s *PremiumService) UpdateVariables(ctx context.Context, req UpdateVariablesRequest, opts ...RequestOption) error {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.Required("OperatorUserID", req.OperatorUserID)
	p.Items("Variables", len(req.Variables), limit.PremiumUpdateProcessInstanceVariablesVariablesMaxItems)
	for i, v := range req.Variables {
		p.Required(fmt.Sprintf("Variables[%d].ID", i), v.ID)
	}
	if err := p.err(operation.PremiumUpdateProcessInstanceVariables); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.PremiumUpdateProcessInstanceVariables, req, &ack{}, opts...)
}

// FieldSettingsRequest asks what a user may do with the components of an approval.
type FieldSettingsRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// UserID is the approver. Required.
	UserID string `json:"userId"`
}

// FieldSetting is the right of a user to one component.
type FieldSetting struct {
	// FieldID is the component's id.
	FieldID string `json:"fieldId"`
	// Behavior is whether the user can change it, see it, or neither.
	Behavior FieldBehavior `json:"fieldBehavior"`
	// ComponentType is the vendor's name of the component, such as "TextField".
	ComponentType string `json:"componentType"`
}

// FieldBehavior is the right of a user to a component.
type FieldBehavior string

// What a user may do with a component.
const (
	FieldNormal   FieldBehavior = "NORMAL"   // change it
	FieldReadOnly FieldBehavior = "READONLY" // see it
	FieldHidden   FieldBehavior = "HIDDEN"
)

// FieldSettings returns what an approver may do with each component of an
// approval (控件操作权限). Needs OA premium (OA 高级版).
//
// Errors: [ErrNotFound] (instance, user), [ErrPermission] (no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiumgetinstfieldsetting
//
//dingtalk:op POST /v1.0/workflow/premium/processes/fields/settings/query
func (s *PremiumService) FieldSettings(ctx context.Context, req FieldSettingsRequest, opts ...RequestOption) ([]FieldSetting, error) {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.Required("UserID", req.UserID)
	if err := p.err(operation.PremiumGetInstFieldSetting); err != nil {
		return nil, err
	}
	var resp resultReply[[]FieldSetting]
	if err := s.c.Call(ctx, operation.PremiumGetInstFieldSetting, req, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// FieldHistoryRequest asks how one component of an approval was changed.
type FieldHistoryRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// FieldID is the component's id. Required.
	FieldID string `json:"fieldId"`
}

// FieldChange is one change of a component.
type FieldChange struct {
	// FieldID is the component's id.
	FieldID string `json:"fieldId"`
	// Value describes the change, such as 从 111 修改到 222.
	Value string `json:"value"`
	// CreateTime is when it was changed, in UTC with minutes.
	CreateTime time.Time `json:"createTime"`
	// UserID changed it, whose name is Name.
	UserID string `json:"userId"`
	Name   string `json:"name"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// FieldHistory returns how a component of an approval was changed (修改记录).
// Needs OA premium (OA 高级版).
//
// Errors: [ErrInvalidArgument] (instance, component), [ErrPermission] (no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiumgetfieldmodifiedhistory
//
//dingtalk:op POST /v1.0/workflow/premium/processes/fields/modifiedRecords/query
func (s *PremiumService) FieldHistory(ctx context.Context, req FieldHistoryRequest, opts ...RequestOption) ([]FieldChange, error) {
	return fieldHistory(ctx, s.c, operation.PremiumGetFieldModifiedHistory, req, opts)
}

func fieldHistory(ctx context.Context, c *Client, op operation.Operation, req FieldHistoryRequest, opts []RequestOption) ([]FieldChange, error) {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.Required("FieldID", req.FieldID)
	if err := p.err(op); err != nil {
		return nil, err
	}
	var resp resultReply[[]FieldChange]
	if err := c.Call(ctx, op, req, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// AppendTaskRequest adds approvers beside a running task (加签).
type AppendTaskRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// TaskID is the running task. Required.
	TaskID string `json:"taskId"`
	// OperatorUserID is the task's assignee. Required.
	OperatorUserID string `json:"operateUserId"`
	// AppenderUserIDs are the people to add, without OperatorUserID. Required.
	AppenderUserIDs []string `json:"appenderUserIds"`
	// Position is whether they decide before or after the task. Required.
	Position AppendPosition `json:"type"`
	// ActivateType is whether they decide side by side or one after the other.
	// Required.
	ActivateType ActivateType `json:"activateType"`
	// AgreeAll has to be given for several people: true when all must agree,
	// false when the first decision counts (或签).
	AgreeAll *bool `json:"agreeAll,omitempty"`
	// Remark is shown on the approval.
	Remark string `json:"remark,omitempty"`
}

// AppendPosition is where added approvers decide.
type AppendPosition string

// Where added approvers decide.
const (
	AppendBefore AppendPosition = "before" // 前加签
	AppendAfter  AppendPosition = "after"  // 后加签
)

// ActivateType is in which order added approvers decide.
type ActivateType string

// The orders in which added approvers decide.
const (
	ActivateAll      ActivateType = "ALL"        // side by side: 会签 or 或签, see AgreeAll
	ActivateOneByOne ActivateType = "ONE_BY_ONE" // 依次审批
)

type appendTaskRequest struct {
	AppendTaskRequest
	TaskID int64 `json:"taskId"`
}

// AppendTask adds approvers before or after a running task (加签). Needs OA
// premium (OA 高级版).
//
// Errors: [ErrConflict] when the task or approval is not running,
// [ErrPermission] when OperatorUserID is not the assignee or the company has no
// OA premium, [ErrNotFound] (user), [ErrInvalidArgument]. It is not retried
// after a broken connection ([ErrOutcomeUnknown]): read the instance.
//
// https://open.dingtalk.com/document/development/api-premiumappendtask
//
//dingtalk:op POST /v1.0/workflow/premium/tasks/append
func (s *PremiumService) AppendTask(ctx context.Context, req AppendTaskRequest, opts ...RequestOption) error {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	taskID := p.taskID("TaskID", req.TaskID)
	p.Required("OperatorUserID", req.OperatorUserID)
	p.Required("Position", string(req.Position))
	p.OneOf("Position", string(req.Position), limit.PremiumAppendTaskTypeEnum)
	p.Required("ActivateType", string(req.ActivateType))
	p.OneOf("ActivateType", string(req.ActivateType), limit.PremiumAppendTaskActivateTypeEnum)
	p.appenders(&req)
	if err := p.err(operation.PremiumAppendTask); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.PremiumAppendTask, appendTaskRequest{req, taskID}, &ack{}, opts...)
}

func (p *problems) appenders(req *AppendTaskRequest) {
	switch n := len(req.AppenderUserIDs); {
	case n == 0:
		p.Add("AppenderUserIDs", "is required")
	case n > 1 && req.AgreeAll == nil:
		p.Add("AgreeAll", "is required for several AppenderUserIDs: true when all must agree, false when one is enough")
	}
	for i, id := range req.AppenderUserIDs {
		if strings.TrimSpace(id) == "" || id == req.OperatorUserID {
			p.Add(fmt.Sprintf("AppenderUserIDs[%d]", i), "is %q, want a user other than OperatorUserID", id)
		}
	}
}

// RevertTaskRequest sends an approval back (退回).
type RevertTaskRequest struct {
	// InstanceID is required.
	InstanceID string `json:"processInstanceId"`
	// TaskID is the running task. Required.
	TaskID string `json:"taskId"`
	// OperatorUserID is the task's assignee. Required.
	OperatorUserID string `json:"operateUserId"`
	// Action is whether it goes back to an approver or to the originator. Required.
	Action RevertAction `json:"revertAction"`
	// TargetActivityID is the step to go back to, from [Task.ActivityID] or the
	// forecast of the flow. Required for [RevertForApproval]; for
	// [RevertForResubmit] it is [StartActivityID] and may be left out.
	TargetActivityID string `json:"targetActivityId"`
	// Remark is shown on the approval.
	Remark string `json:"remark,omitempty"`
}

// StartActivityID is the step of the originator in every flow.
const StartActivityID = "sid-startevent"

// RevertAction is who gets an approval back.
type RevertAction string

// Who gets an approval back.
const (
	RevertForApproval RevertAction = "REVERT_FOR_APPROVAL" // an approver of a former step
	RevertForResubmit RevertAction = "REVERT_FOR_RESUBMIT" // the originator
)

type revertTaskRequest struct {
	RevertTaskRequest
	TaskID int64 `json:"taskId"`
}

// RevertTask sends an approval back from a running task to a former step or to
// the originator (退回). The first step cannot send back to an approver, and a
// form with a suite (业务套件) not to the originator. Needs OA premium (OA 高级版).
//
// Errors: [ErrConflict] when the task or approval is not running,
// [ErrPermission] when OperatorUserID is not the assignee or the company has no
// OA premium, [ErrInvalidArgument] (step), [ErrNotFound] (user). It is not
// retried after a broken connection ([ErrOutcomeUnknown]): read the instance.
//
// https://open.dingtalk.com/document/development/api-premiumreverttask
//
//dingtalk:op POST /v1.0/workflow/premium/tasks/revert
func (s *PremiumService) RevertTask(ctx context.Context, req RevertTaskRequest, opts ...RequestOption) error {
	if req.TargetActivityID == "" && req.Action == RevertForResubmit {
		req.TargetActivityID = StartActivityID
	}
	var p problems
	p.Required("InstanceID", req.InstanceID)
	taskID := p.taskID("TaskID", req.TaskID)
	p.Required("OperatorUserID", req.OperatorUserID)
	p.Required("Action", string(req.Action))
	p.OneOf("Action", string(req.Action), limit.PremiumRevertTaskRevertActionEnum)
	p.Required("TargetActivityID", req.TargetActivityID)
	if req.Action == RevertForResubmit && req.TargetActivityID != StartActivityID {
		p.Add("TargetActivityID", "is %q, want %q or nothing for %s", req.TargetActivityID, StartActivityID, RevertForResubmit)
	}
	if err := p.err(operation.PremiumRevertTask); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.PremiumRevertTask, revertTaskRequest{req, taskID}, &ack{}, opts...)
}
