package dingoa

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// CopyTemplatesRequest copies forms of another enterprise.
type CopyTemplatesRequest struct {
	// SourceCorpID is the enterprise that has them. Required.
	SourceCorpID string `json:"sourceCorpId"`
	// Templates are the forms. Required.
	Templates []TemplateRef `json:"sourceProcessVOList"`
	// Options say how they are copied.
	Options CopyOptions `json:"copyOptions,omitzero"`
}

// CopyOptions say how forms are copied.
type CopyOptions struct {
	// Type is the vendor's copyType, whose values it does not explain.
	Type int `json:"copyType,omitempty"`
}

// TemplateRef names a form.
type TemplateRef struct {
	// ProcessCode is required in requests.
	ProcessCode string `json:"processCode"`
	// Name and BizType are the form's name and business type.
	Name    string `json:"name,omitempty"`
	BizType string `json:"bizType,omitempty"`
}

// Copy copies forms of another enterprise (复制审批流) and names the copies.
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors. It is sent once ([ErrOutcomeUnknown]).
//
//dingtalk:op POST /v1.0/workflow/processes/copy
func (s *TemplateService) Copy(ctx context.Context, req CopyTemplatesRequest, opts ...RequestOption) ([]TemplateRef, error) {
	var p problems
	p.Required("SourceCorpID", req.SourceCorpID)
	p.SomeItems("Templates", len(req.Templates))
	for i, t := range req.Templates {
		p.Required(fmt.Sprintf("Templates[%d].ProcessCode", i), t.ProcessCode)
	}
	if err := p.err(operation.CopyProcess); err != nil {
		return nil, err
	}
	var resp resultReply[[]TemplateRef]
	if err := s.c.Call(ctx, operation.CopyProcess, req, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// InstallTemplatesRequest installs the forms of an app.
type InstallTemplatesRequest struct {
	// SourceDirName is the group (分组) that has them. Required.
	SourceDirName string `json:"sourceDirName"`
	// BizGroup is the vendor's bizGroup, which it does not explain.
	BizGroup string `json:"bizGroup,omitempty"`
	// Option says how they are installed. Required by the vendor, and always sent.
	Option InstallOption `json:"installOption"`
}

// InstallOption says how forms are installed.
type InstallOption struct {
	// Sync waits until they are.
	Sync bool `json:"isSync,omitempty"`
}

// Install installs the forms of an app (应用安装) and names them.
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors. It is sent once ([ErrOutcomeUnknown]).
//
//dingtalk:op POST /v1.0/workflow/processes/apps/install
func (s *TemplateService) Install(ctx context.Context, req InstallTemplatesRequest, opts ...RequestOption) ([]TemplateRef, error) {
	var p problems
	p.Required("SourceDirName", req.SourceDirName)
	if err := p.err(operation.InstallApp); err != nil {
		return nil, err
	}
	var resp resultReply[[]TemplateRef]
	if err := s.c.Call(ctx, operation.InstallApp, req, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// CRMCodes lists the process codes of the forms of CRM (CRM 所有流程 code).
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors.
//
//dingtalk:op GET /v1.0/workflow/crm/processes
func (s *TemplateService) CRMCodes(ctx context.Context, opts ...RequestOption) ([]string, error) {
	var resp resultReply[[]string]
	if err := s.c.Call(ctx, operation.GetCrmProcCodes, nil, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// FindByBizTypeRequest looks forms up.
type FindByBizTypeRequest struct {
	// AppUUID is the app that has them, BizTypes are their business types. Both are
	// required.
	AppUUID  string   `json:"appUuid"`
	BizTypes []string `json:"bizTypes"`
}

// FormInfo describes a form.
type FormInfo struct {
	// FormCode is the process code; FormUUID, AppUUID and AppType are more of where
	// the form comes from, BizType is its business type.
	FormCode string `json:"formCode"`
	FormUUID string `json:"formUuid"`
	AppUUID  string `json:"appUuid"`
	AppType  int    `json:"appType"`
	BizType  string `json:"bizType"`
	// Name and Memo are the form's name and description, Content its components as
	// JSON text.
	Name    string `json:"name"`
	Memo    string `json:"memo"`
	Content string `json:"content"`
	// OwnerID and Creator are userIds.
	OwnerID string `json:"ownerId"`
	Creator string `json:"creator"`
	// Status says whether people can apply with it.
	Status TemplateStatus `json:"status"`
	// CreateTime and ModifyTime are in UTC with milliseconds.
	CreateTime time.Time `json:"createTime"`
	ModifyTime time.Time `json:"modifedTime"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// FindByBizType describes the forms of an app with certain business types
// (根据业务标识查询表单描述信息).
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors.
//
//dingtalk:op POST /v1.0/workflow/forms/forminfos/query
func (s *TemplateService) FindByBizType(ctx context.Context, req FindByBizTypeRequest, opts ...RequestOption) ([]FormInfo, error) {
	var p problems
	p.Required("AppUUID", req.AppUUID)
	p.SomeItems("BizTypes", len(req.BizTypes))
	if err := p.err(operation.QueryFormByBizType); err != nil {
		return nil, err
	}
	var resp resultReply[[]FormInfo]
	if err := s.c.Call(ctx, operation.QueryFormByBizType, req, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// FindByCategoryRequest looks forms up.
type FindByCategoryRequest struct {
	// BizType is the business category. Required.
	BizType string `json:"bizType"`
	// UserID is who asks.
	UserID string `json:"userId,omitempty"`
}

// TemplateSummary is a form as a search of forms returns it.
type TemplateSummary struct {
	// ProcessCode names the form in every other call.
	ProcessCode string `json:"processCode"`
	// Name and Description are the form's.
	Name        string `json:"name"`
	Description string `json:"description"`
	// Status says whether people can apply with it.
	Status TemplateStatus `json:"status"`
}

// FindByCategory lists the forms of a business category (根据业务标识查询模板).
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors.
//
//dingtalk:op GET /v1.0/workflow/processes/categories/templates
func (s *TemplateService) FindByCategory(ctx context.Context, req FindByCategoryRequest, opts ...RequestOption) ([]TemplateSummary, error) {
	var p problems
	p.Required("BizType", req.BizType)
	if err := p.err(operation.QueryProcessByBizCategoryId); err != nil {
		return nil, err
	}
	var resp resultReply[[]TemplateSummary]
	if err := s.c.Call(ctx, operation.QueryProcessByBizCategoryId, req, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// FormDefinition is a form with its flow, both as JSON text.
type FormDefinition struct {
	// Name is the form's, IconURL its picture, AppType the kind of form.
	Name    string `json:"name"`
	IconURL string `json:"iconUrl"`
	AppType int    `json:"appType"`
	// Content are the components, ProcessConfig is the flow.
	Content       string `json:"content"`
	ProcessConfig string `json:"processConfig"`
	// HandSignEnable says whether approvers sign by hand.
	HandSignEnable string `json:"handSignEnable"`
}

// Definition reads a form with its flow (获取 schema 和流程信息).
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors.
//
//dingtalk:op GET /v1.0/workflow/forms/schemaAndProcess
func (s *TemplateService) Definition(ctx context.Context, req SchemaRequest, opts ...RequestOption) (*FormDefinition, error) {
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	if err := p.err(operation.QuerySchemaAndProcess); err != nil {
		return nil, err
	}
	var resp resultReply[FormDefinition]
	if err := s.c.Call(ctx, operation.QuerySchemaAndProcess, req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

type codeListRequest struct {
	ProcessCodes []string `json:"processCodes"`
}

// Templates reads forms with their flows (批量获取表单模板 schema). Needs OA premium
// (OA 高级版).
//
// Errors: [ErrInvalidArgument] (no or too many process codes), [ErrNotFound]
// (process code), [ErrPermission] (Premium.Workflow.ReadWrite.All, or no OA
// premium).
//
// https://open.dingtalk.com/document/development/api-premiumqueryschemaandprocessbycodelist
//
//dingtalk:op POST /v1.0/workflow/premium/processes/schemas/batchQuery
func (s *PremiumService) Templates(ctx context.Context, processCodes []string, opts ...RequestOption) ([]TemplateDefinition, error) {
	var p problems
	p.SomeItems("processCodes", len(processCodes))
	if err := p.err(operation.PremiumQuerySchemaAndProcessByCodeList); err != nil {
		return nil, err
	}
	var resp resultReply[[]TemplateDefinition]
	if err := s.c.Call(ctx, operation.PremiumQuerySchemaAndProcessByCodeList, codeListRequest{processCodes}, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

// NamedTemplate is a form that was found by its name.
type NamedTemplate struct {
	// ProcessCode names the form in the other calls.
	ProcessCode string `json:"processCode"`
	// ModifyTime is of the last change, in UTC with minutes. Not on the older gateway.
	ModifyTime time.Time `json:"gmtModified"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// findTemplateRequest is the request of both gateways.
type findTemplateRequest struct {
	Name string `json:"name"`
}

// FindByName finds a form that the app created by its name, of at most 64
// characters (获取模板code): an official one or a template of the process centre,
// under whose operations the vendor lists it. Names are unique among the forms
// of a company.
//
// Errors: [ErrNotFound], [ErrPermission] (Workflow.Form.Read).
//
// https://open.dingtalk.com/document/development/obtain-the-template-code
//
//dingtalk:op GET /v1.0/workflow/processCentres/schemaNames/processCodes
func (s *TemplateService) FindByName(ctx context.Context, name string, opts ...RequestOption) (*NamedTemplate, error) {
	var p problems
	p.Required("name", name)
	p.MaxLength("name", name, limit.GetProcessCodeByNameNameMaxLen)
	if err := p.err(operation.GetProcessCodeByName); err != nil {
		return nil, err
	}
	var resp findTemplateReply
	if err := s.c.Call(ctx, operation.GetProcessCodeByName, findTemplateRequest{name}, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

type findTemplateReply struct {
	resultReply[NamedTemplate]
	ProcessCode string `json:"process_code"` // on the older gateway
}

func (r *findTemplateReply) CheckReply() error {
	r.Result.ProcessCode = cmp.Or(r.Result.ProcessCode, r.ProcessCode)
	if r.Result.ProcessCode == "" {
		return errors.New("the reply has no processCode")
	}
	return nil
}
