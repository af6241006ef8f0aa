package dingoa

import (
	"context"
	"time"

	"github.com/dingoa/dingoa/operation"
)

// TemplateDefinition is a form with its flow, both as JSON text.
type TemplateDefinition struct {
	// ProcessCode names the form in every other call; FormUUID, AppUUID, ProcessID
	// and BizCategoryID are more of where it comes from.
	ProcessCode   string `json:"processCode"`
	FormUUID      string `json:"formUuid"`
	AppUUID       string `json:"appUuid"`
	ProcessID     string `json:"processId"`
	BizCategoryID string `json:"bizCategoryId"`
	// Name and Memo are the form's name and description.
	Name string `json:"name"`
	Memo string `json:"memo"`
	// CreatorUserID made it at CreateTime, in UTC.
	CreatorUserID string    `json:"creatorUserId"`
	CreateTime    time.Time `json:"createTime"`
	// SchemaContent are the components, ProcessConfig is the flow, as the vendor
	// writes them.
	SchemaContent string `json:"schemaContent"`
	ProcessConfig string `json:"processConfig"`

	// Of [PremiumService.Templates] only: Icon is the form's picture, Status says
	// whether people can apply with it, ModifierUserID changed it last at ModifyTime,
	// in UTC.
	Icon           string         `json:"icon"`
	Status         TemplateStatus `json:"status"`
	ModifierUserID string         `json:"modifierUserId"`
	ModifyTime     time.Time      `json:"modifyTime"`

	// Of [TemplateService.Definitions] only: Managers may edit it, Properties are
	// settings and VisibleScope is who may apply, as the vendor writes them.
	Managers     string `json:"managerList"`
	Properties   string `json:"properties"`
	VisibleScope string `json:"visibleScope"`

	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// Definitions reads forms with their flows
// (根据模板 code 列表批量查询模板最新表单和流程配置). [PremiumService.Templates] is
// the documented one.
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors.
//
//dingtalk:op POST /v1.0/workflow/processes/templates/batchQuery
func (s *TemplateService) Definitions(ctx context.Context, processCodes []string, opts ...RequestOption) ([]TemplateDefinition, error) {
	var p problems
	p.SomeItems("processCodes", len(processCodes))
	if err := p.err(operation.GetSchemaAndProcessconfigBatchlly); err != nil {
		return nil, err
	}
	var resp resultReply[[]TemplateDefinition]
	if err := s.c.Call(ctx, operation.GetSchemaAndProcessconfigBatchlly, codeListRequest{processCodes}, &resp, opts...); err != nil {
		return nil, err
	}
	return resp.Result, nil
}

type flowConfigRequest struct {
	ProcessCode string `json:"procCode"`
}

// FlowConfig are the settings of a form of CRM and its flow.
type FlowConfig struct {
	// Name is the form's; BizType and BizCategoryID are its business type and
	// category.
	Name          string `json:"name"`
	BizType       string `json:"bizType"`
	BizCategoryID string `json:"bizCategoryId"`
	// FormSchema are the components and ProcessConfig is the flow, as JSON text.
	FormSchema    string `json:"formSchema"`
	ProcessConfig string `json:"processConfig"`
	// Static reports that the flow has no branches, AppType that it is an app's.
	Static  bool `json:"staticProc"`
	AppType bool `json:"processAppType"`
	// Managers are the userIds of those who may edit the form, Visibility is who
	// may apply with it.
	Managers   []string         `json:"managers"`
	Visibility []FlowVisibility `json:"visibility"`
	// SubstituteSubmit says who may apply for somebody else (代提交).
	SubstituteSubmit SubstituteSubmitConfig `json:"substituteSubmitConf"`
	// AllowRevoke lets originators revoke, AppendEnable lets approvers add others.
	AllowRevoke  bool `json:"allowRevoke"`
	AppendEnable bool `json:"appendEnable"`
	// ActivityAuth, DuplicateRemoval and AutoExecuteOriginatorTasks say who sees
	// what at a step, and when a person who would decide twice does not have to.
	ActivityAuth               string `json:"activityAuth"`
	DuplicateRemoval           string `json:"duplicateRemoval"`
	AutoExecuteOriginatorTasks bool   `json:"autoExecuteOriginatorTasks"`
	// Comment and HandSign are the settings for remarks and for signing by hand.
	Comment  CommentConfig  `json:"commentConf"`
	HandSign HandSignConfig `json:"handSignConf"`
	// Title and Abstract say what lists show of an approval.
	Title    TitleRule `json:"titleGenRule"`
	Abstract []string  `json:"abstractGenRule"`
}

// FlowVisibility is somebody who may apply with a form.
type FlowVisibility struct {
	// Type is the kind of Value, in numbers that the SDK does not explain.
	Type  int    `json:"type"`
	Value string `json:"value"`
}

// SubstituteSubmitConfig says who may apply for somebody else.
type SubstituteSubmitConfig struct {
	// Enabled allows it to Submitters.
	Enabled    bool        `json:"enable"`
	Submitters []Submitter `json:"submitterList"`
}

// Submitter may apply for somebody else.
type Submitter struct {
	// Type is the kind of Value, such as "approval" for a userId; Name is shown.
	Type  string `json:"type"`
	Value string `json:"value"`
	Name  string `json:"name"`
}

// CommentConfig is the setting for the remarks of approvers.
type CommentConfig struct {
	// Description is the hint, Required wants a remark, HiddenForOriginator keeps it
	// from the originator.
	Description         string `json:"commentDescription"`
	Required            bool   `json:"commentRequired"`
	HiddenForOriginator bool   `json:"commentHiddenForProposer"`
}

// HandSignConfig is the setting for signing by hand.
type HandSignConfig struct {
	// Enabled wants a signature, Resign a new one each time.
	Enabled bool `json:"handSignEnable"`
	Resign  bool `json:"resignEnable"`
}

// TitleRule says what lists show as the title of an approval.
type TitleRule struct {
	// Type is the kind of rule, Expression such as "#{originator}#{formName}".
	Type       int    `json:"type"`
	Expression string `json:"express"`
}

// FlowConfig reads the settings of a form of CRM and its flow (获取流程配置).
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors.
//
//dingtalk:op GET /v1.0/workflow/crm/processes/configurations
func (s *TemplateService) FlowConfig(ctx context.Context, processCode string, opts ...RequestOption) (*FlowConfig, error) {
	var p problems
	p.Required("processCode", processCode)
	if err := p.err(operation.GetProcessConfig); err != nil {
		return nil, err
	}
	var resp resultReply[FlowConfig]
	if err := s.c.Call(ctx, operation.GetProcessConfig, flowConfigRequest{processCode}, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}
