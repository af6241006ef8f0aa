package dingoa

import (
	"context"
	"errors"
	"fmt"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// maxLegacyComponentID is the limit of the older gateway, in characters.

// SaveCenterTemplateRequest is a template of the process centre.
type SaveCenterTemplateRequest struct {
	// ProcessCode changes that template; empty creates one.
	ProcessCode string `json:"processCode,omitempty"`
	// Name has at most 200 characters. Required.
	Name string `json:"name"`
	// Description has at most 300 characters. Required on the older gateway.
	Description string `json:"description,omitempty"`
	// Components are the components of an approval, at most 200. Required. The older
	// gateway takes them without Children, and of their Props ComponentID (at most
	// 22 characters, required), Label, Required, Placeholder, Unit and Upper.
	Components []FormComponent `json:"formComponents"`
	// FeatureConfig places pages and buttons. Not on the older gateway.
	FeatureConfig FeatureConfig `json:"processFeatureConfig,omitzero"`
	// Config is how the template is shown. Not on the older gateway.
	Config CenterTemplateConfig `json:"templateConfig,omitzero"`
}

// CenterTemplateConfig is how a template of the process centre is shown.
type CenterTemplateConfig struct {
	// Hidden leaves it out of the list of forms.
	Hidden bool `json:"hidden,omitempty"`
	// CreateMobileURL and CreatePCURL are the pages on which an approval is
	// started, EditURL the one on which the template is changed; at most 1,024
	// characters each.
	CreateMobileURL string `json:"createInstanceMobileUrl,omitempty"`
	CreatePCURL     string `json:"createInstancePcUrl,omitempty"`
	EditURL         string `json:"templateEditUrl,omitempty"`
	// DisableSendCard sends no card for a new task.
	DisableSendCard bool `json:"disableSendCard,omitempty"`
}

// CenterTemplate is a template of the process centre.
type CenterTemplate struct {
	// ProcessCode names it in the other calls.
	ProcessCode string `json:"processCode"`
}

type saveCenterTemplate struct {
	SaveCenterTemplateRequest
	agentID int64
}

type centerTemplateReply struct {
	Result CenterTemplate `json:"result"`
	successReply
}

func (r *centerTemplateReply) CheckReply() error {
	if r.Result.ProcessCode == "" {
		return errors.New("the reply has no processCode")
	}
	return nil
}

func (r *SaveCenterTemplateRequest) validate(op operation.Operation, p *problems, legacy bool) error {
	p.Required("Name", r.Name)
	p.MaxLength("Name", r.Name, limit.SaveProcessNameMaxLen)
	p.MaxLength("Description", r.Description, limit.SaveProcessDescriptionMaxLen)
	p.formComponents("Components", r.Components, limit.SaveProcessFormComponentsMaxItems)
	r.FeatureConfig.validate(p, templateFeatures(op))
	p.MaxLength("Config.CreateMobileURL", r.Config.CreateMobileURL, limit.SaveProcessTemplateConfigCreateInstanceMobileUrlMaxLen)
	p.MaxLength("Config.CreatePCURL", r.Config.CreatePCURL, limit.SaveProcessTemplateConfigCreateInstancePcUrlMaxLen)
	p.MaxLength("Config.EditURL", r.Config.EditURL, limit.SaveProcessTemplateConfigTemplateEditUrlMaxLen)
	if !legacy {
		return p.err(op)
	}
	if len(r.FeatureConfig.Features) > 0 || r.Config != (CenterTemplateConfig{}) {
		return unsupported(op, "FeatureConfig and Config do not exist on the older gateway")
	}
	p.Required("Description", r.Description)
	for i, c := range r.Components {
		field := fmt.Sprintf("Components[%d]", i)
		if len(c.Children) > 0 {
			return unsupported(op, field+".Children do not exist on the older gateway")
		}
		p.Required(field+".Props.ComponentID", c.Props.ComponentID)
		p.MaxLength(field+".Props.ComponentID", c.Props.ComponentID, limit.OapiProcessSaveownSaveProcessRequestFormComponentListPropsIdMaxLen)
		p.Required(field+".Props.Label", c.Props.Label)
	}
	return p.err(op)
}

// SaveTemplate creates or changes a template (创建或更新审批模板). A company has at
// most 200 of them.
//
// Errors: [ErrInvalidArgument] (components), [ErrConflict] (name taken),
// [ErrNotFound] (process code), [ErrQuotaExceeded] (too many templates),
// [ErrPermission] (Workflow.Form.Write; or the process code is one of an official
// form).
//
// https://open.dingtalk.com/document/development/create-orupdate-the-approval-template-new
//
//dingtalk:op POST /v1.0/workflow/processCentres/schemas
func (s *CenterService) SaveTemplate(ctx context.Context, req SaveCenterTemplateRequest, opts ...RequestOption) (*CenterTemplate, error) {
	return saveCenterTemplateOf(ctx, s.c, operation.SaveProcess, req, opts)
}

func saveCenterTemplateOf(ctx context.Context, c *Client, op operation.Operation, req SaveCenterTemplateRequest, opts []RequestOption) (*CenterTemplate, error) {
	legacy := c.cfg.legacy && op.Spec().LegacyPath != ""
	var p problems
	agentID := agentOf(c, &p, legacy)
	if err := req.validate(op, &p, legacy); err != nil {
		return nil, err
	}
	var resp centerTemplateReply
	if err := c.Call(ctx, op, saveCenterTemplate{req, agentID}, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

type legacyCenterComponent struct {
	Name  string `json:"component_name"`
	Props struct {
		ID          string `json:"id"`
		Label       string `json:"label"`
		Required    bool   `json:"required,omitempty"`
		Placeholder string `json:"placeholder,omitempty"`
		Unit        string `json:"unit,omitempty"`
		NotUpper    string `json:"not_upper,omitempty"`
	} `json:"props"`
}

type legacyCenterTemplate struct {
	AgentID     int64                   `json:"agentid"`
	ProcessCode string                  `json:"process_code,omitempty"`
	Name        string                  `json:"name"`
	Description string                  `json:"description"`
	Components  []legacyCenterComponent `json:"form_component_list"`
	FakeMode    bool                    `json:"fake_mode"` // what tells it from an official form
}

func (r saveCenterTemplate) Secrets() []string { return r.FeatureConfig.secrets() }

func (r saveCenterTemplate) LegacyRequest() any {
	body := legacyCenterTemplate{
		AgentID: r.agentID, ProcessCode: r.ProcessCode, Name: r.Name, Description: r.Description, FakeMode: true,
	}
	for _, c := range r.Components {
		w := legacyCenterComponent{Name: c.ComponentType}
		w.Props.ID, w.Props.Label, w.Props.Required = c.Props.ComponentID, c.Props.Label, c.Props.Required
		w.Props.Placeholder, w.Props.Unit = c.Props.Placeholder, c.Props.Unit
		switch c.Props.Upper {
		case "0":
			w.Props.NotUpper = "1"
		case "1":
			w.Props.NotUpper = "0"
		}
		body.Components = append(body.Components, w)
	}
	return struct {
		Request legacyCenterTemplate `json:"saveProcessRequest"`
	}{body}
}

// DeleteCenterTemplateRequest removes a template of the process centre.
type DeleteCenterTemplateRequest struct {
	// ProcessCode is required.
	ProcessCode string `json:"processCode"`
	// CleanRunningTasks takes the open tasks of its approvals away.
	CleanRunningTasks bool `json:"cleanRunningTask"`
}

type deleteCenterTemplate struct {
	DeleteCenterTemplateRequest
	agentID int64
}

// deleteTemplateReply names the template on today's gateway; the older one only
// says success.
type deleteTemplateReply struct{ resultReply[CenterTemplate] }

// DeleteTemplate removes a template (删除模板). What an internal app started with
// it stays; of a third-party app the approvals and tasks go, too.
//
// Errors: [ErrNotFound], [ErrPermission] (Workflow.Form.Write).
//
// https://open.dingtalk.com/document/development/self-owned-approval-deletion-template
//
//dingtalk:op DELETE /v1.0/workflow/processCentres/schemas
func (s *CenterService) DeleteTemplate(ctx context.Context, req DeleteCenterTemplateRequest, opts ...RequestOption) error {
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	agentID := agentOf(s.c, &p, true)
	if err := p.err(operation.DeleteProcess); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.DeleteProcess, deleteCenterTemplate{req, agentID}, &deleteTemplateReply{}, opts...)
}

func (r deleteCenterTemplate) LegacyRequest() any {
	return wrapped{struct {
		AgentID           int64  `json:"agentid"`
		ProcessCode       string `json:"process_code"`
		CleanRunningTasks bool   `json:"clean_running_task,omitempty"`
	}{r.agentID, r.ProcessCode, r.CleanRunningTasks}}
}

// SaveCenterDirectoryRequest is a group of templates (业务分组).
type SaveCenterDirectoryRequest struct {
	// BizGroup names the group; the vendor puts the app's id before it. Required
	// with OA premium.
	BizGroup string `json:"bizGroup,omitempty"`
	// OperatorUserID is who does it. Required.
	OperatorUserID string `json:"operateUserId"`
	// Name is shown to people. Required with OA premium.
	Name string `json:"name,omitempty"`
	// NameI18N is its name in several languages, as JSON text with locales such as
	// zh_CN and en_US. Required.
	NameI18N string `json:"name18n"`
	// Description is for administrators.
	Description string `json:"description,omitempty"`
}

// CenterDirectory is a group of templates.
type CenterDirectory struct {
	// DirID names it in the other calls.
	DirID string `json:"dirId"`
	// BizGroup has the app's id before it.
	BizGroup string `json:"bizGroup"`
}

type centerDirectoryReply struct {
	Result CenterDirectory `json:"result"`
	successReply
}

func (r *centerDirectoryReply) CheckReply() error {
	if r.Result.DirID == "" {
		return errors.New("the reply has no dirId")
	}
	return nil
}

// SaveDirectory creates or changes a group of templates (业务分组). With OA premium
// use [PremiumService.SaveCenterDirectory], which is documented.
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors. It has no twin on the older gateway ([ErrUnsupported]).
//
//dingtalk:op POST /v1.0/workflow/processCentres/directories
func (s *CenterService) SaveDirectory(ctx context.Context, req SaveCenterDirectoryRequest, opts ...RequestOption) (*CenterDirectory, error) {
	return saveCenterDirectory(ctx, s.c, operation.InsertOrUpdateDir, req, opts)
}

func saveCenterDirectory(ctx context.Context, c *Client, op operation.Operation, req SaveCenterDirectoryRequest, opts []RequestOption) (*CenterDirectory, error) {
	var p problems
	p.Required("OperatorUserID", req.OperatorUserID)
	p.Required("NameI18N", req.NameI18N)
	if op.Spec().Premium {
		p.Required("BizGroup", req.BizGroup)
		p.Required("Name", req.Name)
	}
	if err := p.err(op); err != nil {
		return nil, err
	}
	var resp centerDirectoryReply
	if err := c.Call(ctx, op, req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

// DeleteCenterDirectoryRequest removes a group of templates.
type DeleteCenterDirectoryRequest struct {
	// DirID is required.
	DirID string `json:"dirId"`
	// OperatorUserID is who does it. Required.
	OperatorUserID string `json:"operateUserId"`
}

// DeleteDirectory removes a group of templates (业务分组).
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors. It has no twin on the older gateway ([ErrUnsupported]).
//
//dingtalk:op DELETE /v1.0/workflow/processCentres/directories
func (s *CenterService) DeleteDirectory(ctx context.Context, req DeleteCenterDirectoryRequest, opts ...RequestOption) error {
	return deleteCenterDirectory(ctx, s.c, operation.DeleteDir, req, opts)
}

func deleteCenterDirectory(ctx context.Context, c *Client, op operation.Operation, req DeleteCenterDirectoryRequest, opts []RequestOption) error {
	var p problems
	p.Required("DirID", req.DirID)
	p.Required("OperatorUserID", req.OperatorUserID)
	if err := p.err(op); err != nil {
		return err
	}
	return c.Call(ctx, op, req, &ack{}, opts...)
}
