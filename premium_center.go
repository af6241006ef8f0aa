package dingoa

import (
	"context"

	"github.com/dingoa/dingoa/operation"
)

// The process centre (流程中心) with OA premium: as [CenterService], with groups
// and more features.

// SaveCenterDirectory creates or changes a group of templates (创建或更新业务分组);
// at most 10 for an app in a company. Needs OA premium (OA 高级版).
//
// Errors: [ErrQuotaExceeded] (too many groups), [ErrNotFound] (user),
// [ErrPermission] (Premium.Workflow.ReadWrite.All, or no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiuminsertorupdatedir
//
//dingtalk:op POST /v1.0/workflow/premium/processCentres/directories
func (s *PremiumService) SaveCenterDirectory(ctx context.Context, req SaveCenterDirectoryRequest, opts ...RequestOption) (*CenterDirectory, error) {
	return saveCenterDirectory(ctx, s.c, operation.PremiumInsertOrUpdateDir, req, opts)
}

// DeleteCenterDirectory removes a group of templates (删除业务分组). Needs OA
// premium (OA 高级版).
//
// Errors: [ErrNotFound] (group, user), [ErrPermission]
// (Premium.Workflow.ReadWrite.All, or no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiumdeldir
//
//dingtalk:op DELETE /v1.0/workflow/premium/processCentres/directories
func (s *PremiumService) DeleteCenterDirectory(ctx context.Context, req DeleteCenterDirectoryRequest, opts ...RequestOption) error {
	return deleteCenterDirectory(ctx, s.c, operation.PremiumDelDir, req, opts)
}

// SaveCenterTemplate creates or changes a template of the process centre
// (保存流程中心外部集成审批模板). Needs OA premium (OA 高级版).
//
// Limits and errors as for [CenterService.SaveTemplate].
//
// https://open.dingtalk.com/document/development/api-premiumsaveintegratedprocess
//
//dingtalk:op POST /v1.0/workflow/premium/processCentres/schemas
func (s *PremiumService) SaveCenterTemplate(ctx context.Context, req SaveCenterTemplateRequest, opts ...RequestOption) (*CenterTemplate, error) {
	return saveCenterTemplateOf(ctx, s.c, operation.PremiumSaveIntegratedProcess, req, opts)
}

// CreateCenterInstance starts an approval of your own system
// (保存流程中心外部集成审批实例). Needs OA premium (OA 高级版).
//
// Limits and errors as for [CenterService.CreateInstance].
//
// https://open.dingtalk.com/document/development/api-premiumexternalintegrationprocessinstance
//
//dingtalk:op POST /v1.0/workflow/premium/processCentres/instances
func (s *PremiumService) CreateCenterInstance(ctx context.Context, req CreateCenterInstanceRequest, opts ...RequestOption) (*CreateCenterInstanceResponse, error) {
	return createCenterInstance(ctx, s.c, operation.PremiumSaveIntegratedProcessInstance, req, opts)
}

// CreatePremiumCenterTasksRequest gives people tasks of an own approval.
type CreatePremiumCenterTasksRequest struct {
	CreateCenterTasksRequest
	// TaskConfig is how they are told.
	TaskConfig CenterTaskConfig `json:"taskConfig"`
}

// CenterTaskConfig is how people are told of a task.
type CenterTaskConfig struct {
	// DisableSendCard sends no card.
	DisableSendCard bool `json:"disableSendCard"`
}

type createPremiumCenterTasks struct {
	*createCenterTasks
	TaskConfig CenterTaskConfig `json:"taskConfig"`
}

// CreateCenterTasks gives people tasks of an own approval
// (保存流程中心外部集成审批任务). The vendor creates the tasks of one ActivityID once,
// however often it is asked to. Needs OA premium (OA 高级版).
//
// Limits and errors as for [CenterService.CreateTasks].
//
// https://open.dingtalk.com/document/development/api-premiumsaveintegratedtask
//
//dingtalk:op POST /v1.0/workflow/premium/processCentres/tasks
func (s *PremiumService) CreateCenterTasks(ctx context.Context, req CreatePremiumCenterTasksRequest, opts ...RequestOption) ([]CenterTaskRef, error) {
	w, err := req.wire(operation.PremiumSaveIntegratedTask, s.c)
	if err != nil {
		return nil, err
	}
	var resp createCenterTasksReply
	if err := s.c.Call(ctx, operation.PremiumSaveIntegratedTask, createPremiumCenterTasks{w, req.TaskConfig}, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}
