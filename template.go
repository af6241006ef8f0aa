package dingoa

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// TemplateService creates and reads approval forms (审批表单模板), and forecasts
// the flow that an approval would take.
//
// https://open.dingtalk.com/document/development/workflow-overview
type TemplateService service

// TemplateRequest describes a form that is created or changed.
type TemplateRequest struct {
	// Name is required; at most 200 characters.
	Name string `json:"name"`
	// Description has at most 300 characters. The older gateway requires it.
	Description string `json:"description,omitempty"`
	// Components are the form's components in their order; required, at most 200,
	// 20 on the older gateway, which wants each to have ComponentID and Label. Those that decide a branch of the flow can't be
	// changed or left out.
	Components []FormComponent `json:"formComponents"`
	// Config are settings of the form.
	Config TemplateConfig `json:"templateConfig,omitzero"`
}

// TemplateConfig are settings of a form.
type TemplateConfig struct {
	// DisableStopProcessButton disables the button 停用 of the form in the console.
	DisableStopProcessButton bool `json:"disableStopProcessButton,omitempty"`
	// Hidden hides every entry to the form.
	Hidden bool `json:"hidden,omitempty"`
	// DisableDeleteProcess, DisableFormEdit and DisableResubmit forbid to delete
	// the form, to edit it, and to apply again from an approval's page (再次发起).
	DisableDeleteProcess bool `json:"disableDeleteProcess,omitempty"`
	DisableFormEdit      bool `json:"disableFormEdit,omitempty"`
	DisableResubmit      bool `json:"disableResubmit,omitempty"`
	// DisableHomepage hides the form on the home page of OA approval.
	DisableHomepage bool `json:"disableHomepage,omitempty"`
	// DirID is the group (分组) that lists the form. To move it, OriginDirID names
	// the group that it leaves.
	DirID       string `json:"dirId,omitempty"`
	OriginDirID string `json:"originDirId,omitempty"`
}

// saveTemplateRequest is a form as the vendor takes it.
type saveTemplateRequest struct {
	ProcessCode string `json:"processCode,omitempty"`
	TemplateRequest
	agentID int64 // the older gateway's
}

func (r *saveTemplateRequest) validate(legacy bool) error {
	var p problems
	p.Required("Name", r.Name)
	p.MaxLength("Name", r.Name, limit.FormCreateNameMaxLen)
	p.MaxLength("Description", r.Description, limit.FormCreateDescriptionMaxLen)
	largest := limit.FormCreateFormComponentsMaxItems
	if legacy {
		largest = limit.OapiProcessSaveSaveProcessRequestFormComponentListMaxItems
	}
	p.formComponents("Components", r.Components, largest)
	if legacy {
		if r.agentID == 0 {
			p.Add("AgentID", "is required on the older gateway: WithAgentID")
		}
		p.Required("Description", r.Description)
		for i, c := range r.Components {
			p.Required(fmt.Sprintf("Components[%d].Props.ComponentID", i), c.Props.ComponentID)
			p.Required(fmt.Sprintf("Components[%d].Props.Label", i), c.Props.Label)
		}
	}
	if err := p.err(operation.FormCreate); err != nil {
		return err
	}
	if field := r.onlyToday(); legacy && field != "" {
		return unsupported(operation.FormCreate, field+" does not exist on the older gateway")
	}
	return nil
}

// TemplateCode names a form that was created or changed.
type TemplateCode struct {
	// ProcessCode is the form in every other call.
	ProcessCode string `json:"processCode"`
}

type saveTemplateReply struct{ resultReply[TemplateCode] }

func (r *saveTemplateReply) CheckReply() error {
	if r.Result.ProcessCode == "" {
		return errors.New("the reply has no processCode")
	}
	return nil
}

// Create creates a form (创建审批表单模板). The request has no flow: set one up in
// the administrator's console, or let approvals name their Approvers. An
// enterprise has at most 200 official forms.
//
// It is sent once: a call whose connection broke fails with [ErrOutcomeUnknown].
//
// Errors: [ErrInvalidArgument] (components), [ErrConflict] (there is a form of
// that name), [ErrPermission] (Workflow.Form.Write).
//
// https://open.dingtalk.com/document/development/create-an-approval-form-template
//
//dingtalk:op POST /v1.0/workflow/forms
func (s *TemplateService) Create(ctx context.Context, req TemplateRequest, opts ...RequestOption) (*TemplateCode, error) {
	return s.save(ctx, saveTemplateRequest{TemplateRequest: req}, opts)
}

// Update replaces the name, description and components of a form
// (更新审批表单模板): components that req leaves out are gone.
//
// Errors: [ErrNotFound] (process code), and those of [TemplateService.Create].
//
// https://open.dingtalk.com/document/development/create-an-approval-form-template
//
//dingtalk:op POST /v1.0/workflow/forms
func (s *TemplateService) Update(ctx context.Context, processCode string, req TemplateRequest, opts ...RequestOption) (*TemplateCode, error) {
	var p problems
	p.Required("processCode", processCode)
	if err := p.err(operation.FormCreate); err != nil {
		return nil, err
	}
	return s.save(ctx, saveTemplateRequest{ProcessCode: processCode, TemplateRequest: req}, opts)
}

func (s *TemplateService) save(ctx context.Context, req saveTemplateRequest, opts []RequestOption) (*TemplateCode, error) {
	req.agentID = s.c.cfg.agentID
	if err := req.validate(s.c.cfg.legacy); err != nil {
		return nil, err
	}
	var resp saveTemplateReply
	if err := s.c.Call(ctx, operation.FormCreate, &req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

// ListVisibleTemplatesRequest lists forms.
type ListVisibleTemplatesRequest struct {
	// UserID is who may apply with them; empty lists every form of the enterprise.
	UserID string
	// PageSize is at most 100, and 100 when left out.
	PageSize int
	// Cursor is a former page's NextCursor; empty fetches the first page.
	Cursor string
}

type listVisibleTemplatesRequest struct {
	UserID     string `json:"userId,omitempty"`
	MaxResults int    `json:"maxResults"`
	NextToken  int64  `json:"nextToken"`
}

// VisibleTemplate is a form that somebody may apply with.
type VisibleTemplate struct {
	// Name is the form's, ProcessCode names it in every other call.
	Name        string `json:"name"`
	ProcessCode string `json:"processCode"`
	// URL opens the form in the DingTalk app, IconURL is its picture.
	URL     string `json:"url"`
	IconURL string `json:"iconUrl"`
	// DirID and DirName are the group that lists it; empty on the older gateway.
	DirID   string `json:"dirId"`
	DirName string `json:"dirName"`
}

// visibleTemplates is the result of both gateways, which differ in the cursor's name.
type visibleTemplates struct {
	List       []VisibleTemplate `json:"processList"`
	NextToken  string            `json:"nextToken"`
	NextCursor string            `json:"next_cursor"`
}

func (v *visibleTemplates) next() string { return nextCursor(v.NextToken, v.NextCursor) }

// ListVisible returns one page of the forms that somebody may apply with
// (用户可见的审批表单). Use [TemplateService.AllVisible] to get all of them.
//
// Errors: [ErrInvalidArgument] (cursor, page size), [ErrPermission]
// (Workflow.Form.Read).
//
// https://open.dingtalk.com/document/development/obtains-a-list-of-approval-forms-visible-to-the-specified
//
//dingtalk:op GET /v1.0/workflow/processes/userVisibilities/templates
func (s *TemplateService) ListVisible(ctx context.Context, req ListVisibleTemplatesRequest, opts ...RequestOption) (*Page[VisibleTemplate], error) {
	var p problems
	size := p.PageSize(req.PageSize, limit.ListUserVisibleBpmsProcessesMaxResultsMax)
	cursor, err := strconv.ParseInt(req.Cursor, 10, 64)
	if err != nil && req.Cursor != "" {
		p.Add("Cursor", "is %q, want a NextCursor", req.Cursor)
	}
	if err := p.err(operation.ListUserVisibleBpmsProcesses); err != nil {
		return nil, err
	}
	var resp resultReply[visibleTemplates]
	if err := s.c.Call(ctx, operation.ListUserVisibleBpmsProcesses, listVisibleTemplatesRequest{req.UserID, size, cursor}, &resp, opts...); err != nil {
		return nil, err
	}
	return &Page[VisibleTemplate]{Items: resp.Result.List, NextCursor: resp.Result.next()}, nil
}

// AllVisible returns every form that somebody may apply with, fetching pages
// while the loop runs. It starts at the first page, whatever the Cursor of req.
func (s *TemplateService) AllVisible(ctx context.Context, req ListVisibleTemplatesRequest, opts ...RequestOption) iter.Seq2[VisibleTemplate, error] {
	return Items(ctx, operation.ListUserVisibleBpmsProcesses, func(ctx context.Context, cursor string) (*Page[VisibleTemplate], error) {
		req := req // loops over one sequence may overlap
		req.Cursor = cursor
		return s.ListVisible(ctx, req, opts...)
	})
}

type manageableRequest struct {
	UserID string `json:"userId"`
}

// ManageableTemplate is a form that somebody may edit.
type ManageableTemplate struct {
	// Name is the form's, ProcessCode names it in every other call.
	Name        string `json:"flowTitle"`
	ProcessCode string `json:"processCode"`
	// IconName and IconURL are its picture.
	IconName string `json:"iconName"`
	IconURL  string `json:"iconUrl"`
	// NewProcess reports that it was made with today's editor.
	NewProcess bool `json:"newProcess" wire:"is_new_process"`
	// ModifyTime is when it was last changed, in UTC; with minutes, and no seconds,
	// on today's gateway.
	ModifyTime time.Time `json:"gmtModified"`
	// AttendanceType says what it does to the attendance: 0 nothing, 1 a missed
	// clock-in (补卡), 2 leave (请假).
	AttendanceType int `json:"attendanceType"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// Manageable lists the forms that a user may edit (可管理的表单).
//
// Errors: [ErrNotFound] (user), [ErrPermission] (Workflow.Form.Read, or the user
// does not manage OA approval).
//
// https://open.dingtalk.com/document/development/get-all-manageable-forms-for-the-current-enterprise
//
//dingtalk:op GET /v1.0/workflow/processes/managements/templates
func (s *TemplateService) Manageable(ctx context.Context, userID string, opts ...RequestOption) ([]ManageableTemplate, error) {
	var p problems
	p.Required("userID", userID)
	if err := p.err(operation.GetManageProcessByStaffId); err != nil {
		return nil, err
	}
	var resp resultReply[[]ManageableTemplate]
	if err := s.c.Call(ctx, operation.GetManageProcessByStaffId, manageableRequest{userID}, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// ConditionComponentsRequest asks for the components that decide a flow's branches.
type ConditionComponentsRequest struct {
	// ProcessCode is the form. Required.
	ProcessCode string `json:"processCode"`
	// AgentID is the app's AgentId; [WithAgentID] fills it in.
	AgentID int64 `json:"agentId,omitempty"`
}

// ConditionComponent is a component that decides which branch a flow takes.
type ConditionComponent struct {
	// ID and Label are the component's.
	ID    string `json:"id"`
	Label string `json:"label"`
}

// ConditionComponents lists the components of a form that are conditions of its
// flow (已设置为条件的表单组件). For third-party apps.
//
// Errors: [ErrNotFound] (process code), [ErrPermission] (Workflow.Form.Read, or
// the app was not authorised).
//
// https://open.dingtalk.com/document/development/query-form-components-that-have-been-set-as-criteria-1
//
//dingtalk:op GET /v1.0/workflow/processes/conditions/components
func (s *TemplateService) ConditionComponents(ctx context.Context, req ConditionComponentsRequest, opts ...RequestOption) ([]ConditionComponent, error) {
	if req.AgentID == 0 {
		req.AgentID = s.c.cfg.agentID
	}
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	if err := p.err(operation.GetConditionFormComponent); err != nil {
		return nil, err
	}
	var resp resultReply[[]ConditionComponent]
	if err := s.c.Call(ctx, operation.GetConditionFormComponent, req, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}
