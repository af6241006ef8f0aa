package dingoa

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// DataFormService keeps data forms (数据表单): forms whose entries are kept
// without any approval. All of it needs OA premium (OA 高级版).
//
// https://open.dingtalk.com/document/development/api-premiumsaveform
type DataFormService service

// SaveDataFormRequest creates a data form, or changes one.
type SaveDataFormRequest struct {
	// ProcessCode is the form to change; empty creates one.
	ProcessCode string `json:"processCode,omitempty"`
	// Name is required.
	Name string `json:"name"`
	// Description says what the form is for.
	Description string `json:"description,omitempty"`
	// Components are the form's components in their order; required, at most 200.
	Components []FormComponent `json:"formComponents"`
	// UserID is who does it, an administrator. Required.
	UserID string `json:"userId"`
}

// Save creates a data form, or replaces the name and components of one
// (创建或更新数据表单模板). Needs OA premium (OA 高级版).
//
// It is sent once: a call whose connection broke fails with [ErrOutcomeUnknown].
//
// Errors: [ErrInvalidArgument] (components), [ErrConflict] (there is a form of
// that name, or it is disabled), [ErrNotFound] (process code, user),
// [ErrPermission] (Premium.Workflow.ReadWrite.All, or no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiumsaveform
//
//dingtalk:op POST /v1.0/workflow/premium/dataForms/templates
func (s *DataFormService) Save(ctx context.Context, req SaveDataFormRequest, opts ...RequestOption) (*TemplateCode, error) {
	var p problems
	p.Required("Name", req.Name)
	p.formComponents("Components", req.Components, limit.PremiumSaveFormFormComponentsMaxItems)
	p.Required("UserID", req.UserID)
	if err := p.err(operation.PremiumSaveForm); err != nil {
		return nil, err
	}
	var resp saveTemplateReply
	if err := s.c.Call(ctx, operation.PremiumSaveForm, &req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

// Schema reads a data form with its components (获取数据表单 schema). The members
// of [FormSchema] that belong to a flow stay empty. Needs OA premium (OA 高级版).
//
// Errors: [ErrNotFound] (process code), [ErrInvalidArgument] (the form is no data
// form), [ErrPermission] (Premium.Workflow.ReadWrite.All, or no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiumgetformschema
//
//dingtalk:op GET /v1.0/workflow/premium/dataForms/schema/formCodes
func (s *DataFormService) Schema(ctx context.Context, req SchemaRequest, opts ...RequestOption) (*FormSchema, error) {
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	if err := p.err(operation.PremiumGetFormSchema); err != nil {
		return nil, err
	}
	var resp resultReply[FormSchema]
	if err := s.c.Call(ctx, operation.PremiumGetFormSchema, req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}

// CreateDataRequest adds an entry to a data form.
type CreateDataRequest struct {
	// ProcessCode is the form, OriginatorUserID who fills it in. Both are required.
	ProcessCode      string `json:"processCode"`
	OriginatorUserID string `json:"originatorUserId"`
	// FormValues are the filled-in components. Required.
	FormValues []FormValue `json:"formComponentValueList"`
}

func (r *CreateDataRequest) validate(p *problems) {
	p.Required("ProcessCode", r.ProcessCode)
	p.Required("OriginatorUserID", r.OriginatorUserID)
	p.SomeItems("FormValues", len(r.FormValues))
	p.formValues(r.FormValues)
}

// DataID names an entry of a data form.
type DataID struct {
	// InstanceID names the entry in every other call.
	InstanceID string `json:"instanceId"`
}

type dataIDReply struct {
	DataID
	successReply
}

func (r *dataIDReply) CheckReply() error {
	if r.InstanceID == "" {
		return errors.New("the reply has no instanceId")
	}
	return nil
}

// Create adds an entry to a data form (创建数据表单实例). Needs OA premium
// (OA 高级版).
//
// It is sent once: a call whose connection broke fails with [ErrOutcomeUnknown].
//
// Errors: [ErrNotFound] (process code, user), [ErrInvalidArgument] (values, or
// the form is no data form), [ErrConflict] (the form is disabled),
// [ErrPermission] (Premium.Workflow.ReadWrite.All, or no OA premium).
//
// https://open.dingtalk.com/document/development/api-createdatapremiumsaveforminstance
//
//dingtalk:op POST /v1.0/workflow/premium/dataForms/formInstances/save
func (s *DataFormService) Create(ctx context.Context, req CreateDataRequest, opts ...RequestOption) (*DataID, error) {
	var p problems
	req.validate(&p)
	if err := p.err(operation.PremiumSaveFormInstance); err != nil {
		return nil, err
	}
	var resp dataIDReply
	if err := s.c.Call(ctx, operation.PremiumSaveFormInstance, &req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.DataID, nil
}

// UpdateDataRequest changes entries of a data form.
type UpdateDataRequest struct {
	CreateDataRequest
	// InstanceIDs are the entries that get these values. Required here, though the
	// vendor's table does not say so: what an update of nothing changes is unknown.
	InstanceIDs []string `json:"formInstanceIds"`
}

// Update gives entries of a data form new values (更新数据表单实例). Needs OA
// premium (OA 高级版).
//
// Errors: as for [DataFormService.Create], and [ErrInvalidArgument] for too many
// entries.
//
// https://open.dingtalk.com/document/development/api-premiumupdateforminstance
//
//dingtalk:op PUT /v1.0/workflow/premium/dataForms/formInstances
func (s *DataFormService) Update(ctx context.Context, req UpdateDataRequest, opts ...RequestOption) (*DataID, error) {
	var p problems
	req.validate(&p)
	p.instanceIDs(req.InstanceIDs)
	if err := p.err(operation.PremiumUpdateFormInstance); err != nil {
		return nil, err
	}
	var resp dataIDReply
	if err := s.c.Call(ctx, operation.PremiumUpdateFormInstance, &req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.DataID, nil
}

func (p *problems) instanceIDs(ids []string) {
	p.SomeItems("InstanceIDs", len(ids))
	for i, id := range ids {
		p.Required(fmt.Sprintf("InstanceIDs[%d]", i), id)
	}
}

// DeleteDataRequest deletes entries of a data form.
type DeleteDataRequest struct {
	// ProcessCode is the form. Required.
	ProcessCode string `json:"processCode"`
	// InstanceIDs are the entries. Required here, though the vendor's table does
	// not say so.
	InstanceIDs []string `json:"formInstanceIds"`
	// UserID is who deletes them, an administrator.
	UserID string `json:"userId,omitempty"`
}

// Delete deletes entries of a data form (删除数据表单实例). Needs OA premium
// (OA 高级版).
//
// Errors: [ErrNotFound] (process code, user), [ErrInvalidArgument] (too many
// entries), [ErrPermission] (Premium.Workflow.ReadWrite.All, no administrator, or
// no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiumdeleteforminstance
//
//dingtalk:op POST /v1.0/workflow/premium/dataForms/formInstances/remove
func (s *DataFormService) Delete(ctx context.Context, req DeleteDataRequest, opts ...RequestOption) error {
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	p.instanceIDs(req.InstanceIDs)
	if err := p.err(operation.PremiumDeleteFormInstance); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.PremiumDeleteFormInstance, &req, &ack{}, opts...)
}

// DataInstance is an entry of a data form (数据表单实例).
type DataInstance struct {
	// ID names the entry, FormCode the form, AppUUID the app that isolates it.
	ID       string `json:"formInstanceId"`
	FormCode string `json:"formCode"`
	AppUUID  string `json:"appUuid"`
	// Title is the title in lists.
	Title string `json:"title"`
	// CreatorUserID added it and ModifierUserID changed it last,
	// at these times, in UTC with milliseconds.
	CreatorUserID  string    `json:"creator"`
	ModifierUserID string    `json:"modifier"`
	CreateTime     time.Time `json:"createTimestamp"`
	ModifyTime     time.Time `json:"modifyTimestamp"`
	// OutInstanceID and OutBizCode are its names in a system outside.
	OutInstanceID string `json:"outInstanceId"`
	OutBizCode    string `json:"outBizCode"`
	// Attributes are more of it, as the vendor sends them.
	Attributes map[string]any `json:"attributes"`
	// Values are the filled-in components.
	Values []DataValue `json:"formInstDataList"`
	// Unread are the fields that could not be read; they are zero.
	Unread []UnreadField `json:"-"`
}

// Value is the value of the component with that label, as the vendor wrote it.
func (i *DataInstance) Value(label string) (string, bool) {
	for _, v := range i.Values {
		if v.Label == label {
			return v.Value, true
		}
	}
	return "", false
}

// DataValue is one filled-in component of an entry; [FormValue] has other names
// for the same.
type DataValue struct {
	// ID and BizAlias name the component, Label is shown to people.
	ID       string `json:"key"`
	BizAlias string `json:"bizAlias"`
	Label    string `json:"label"`
	// Value is always text; ExtValue carries what it cannot, as JSON text.
	Value    string `json:"value"`
	ExtValue string `json:"extendValue"`
	// ComponentType is the vendor's name of the component, such as "TextField".
	ComponentType string `json:"componentType"`
}

// GetDataRequest asks for one entry.
type GetDataRequest struct {
	// FormCode is the form, InstanceID the entry. Both are required.
	FormCode   string `json:"formCode"`
	InstanceID string `json:"formInstanceId"`
	// AppUUID isolates the data of apps; empty is the enterprise's own.
	AppUUID string `json:"appUuid,omitempty"`
}

type dataInstanceReply struct {
	DataInstance
	successReply
}

func (r *dataInstanceReply) CheckReply() error {
	if r.ID == "" {
		return errors.New("the reply has no formInstanceId")
	}
	return nil
}

// Get reads one entry of a data form (获取单个数据表单实例详情). Needs OA premium
// (OA 高级版).
//
// Errors: [ErrInvalidArgument] (form, entry), [ErrPermission]
// (Premium.Workflow.ReadWrite.All, or no OA premium).
//
// https://open.dingtalk.com/document/development/obtain-details-of-a-single-data-form-instance
//
//dingtalk:op GET /v1.0/workflow/premium/dataForms/formInstances
func (s *DataFormService) Get(ctx context.Context, req GetDataRequest, opts ...RequestOption) (*DataInstance, error) {
	var p problems
	p.Required("FormCode", req.FormCode)
	p.Required("InstanceID", req.InstanceID)
	if err := p.err(operation.PremiumGetFormInstance); err != nil {
		return nil, err
	}
	var resp dataInstanceReply
	if err := s.c.Call(ctx, operation.PremiumGetFormInstance, req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.DataInstance, nil
}

// ListDataRequest lists the entries of a data form.
type ListDataRequest struct {
	// FormCode is the form. Required.
	FormCode string `json:"formCode"`
	// AppUUID isolates the data of apps; empty is the enterprise's own.
	AppUUID string `json:"appUuid,omitempty"`
	// PageSize is at most 100, and 100 when left out.
	PageSize int `json:"maxResults"`
	// Cursor is a former page's NextCursor; empty fetches the first page.
	Cursor string `json:"nextToken,omitempty"`
}

type dataInstances struct {
	Values    []DataInstance `json:"values"`
	NextToken string         `json:"nextToken"`
	HasMore   *bool          `json:"hasMore"`
}

func (d *dataInstances) next() string {
	if d.HasMore != nil && !*d.HasMore {
		return ""
	}
	return nextCursor(d.NextToken)
}

// List returns one page of the entries of a data form (获取数据表单实例列表). Use
// [DataFormService.All] to get all of them. Needs OA premium (OA 高级版).
//
// Errors: [ErrInvalidArgument] (form, cursor, page size), [ErrPermission]
// (Premium.Workflow.ReadWrite.All, or no OA premium).
//
// https://open.dingtalk.com/document/development/api-premiumgetforminstances
//
//dingtalk:op GET /v1.0/workflow/premium/dataForms/formInstances/pages
func (s *DataFormService) List(ctx context.Context, req ListDataRequest, opts ...RequestOption) (*Page[DataInstance], error) {
	var p problems
	p.Required("FormCode", req.FormCode)
	req.PageSize = p.PageSize(req.PageSize, limit.PremiumGetFormInstancesMaxResultsMax)
	if err := p.err(operation.PremiumGetFormInstances); err != nil {
		return nil, err
	}
	var resp resultReply[dataInstances]
	if err := s.c.Call(ctx, operation.PremiumGetFormInstances, req, &resp, opts...); err != nil {
		return nil, err
	}
	return &Page[DataInstance]{Items: resp.Result.Values, NextCursor: resp.Result.next()}, nil
}

// All returns every entry of a data form, fetching pages while the loop runs. It
// starts at the first page, whatever the Cursor of req.
func (s *DataFormService) All(ctx context.Context, req ListDataRequest, opts ...RequestOption) iter.Seq2[DataInstance, error] {
	return Items(ctx, operation.PremiumGetFormInstances, func(ctx context.Context, cursor string) (*Page[DataInstance], error) {
		req := req // loops over one sequence may overlap
		req.Cursor = cursor
		return s.List(ctx, req, opts...)
	})
}
