package dingoa

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/wire"
	"github.com/dingoa/dingoa/operation"
)

// FieldHistory returns how a component of an approval was changed (修改记录).
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors. [PremiumService.FieldHistory] is the documented one.
//
//dingtalk:op POST /v1.0/workflow/processes/fields/modifiedRecords/query
func (s *InstanceService) FieldHistory(ctx context.Context, req FieldHistoryRequest, opts ...RequestOption) ([]FieldChange, error) {
	return fieldHistory(ctx, s.c, operation.GetFieldModifiedHistory, req, opts)
}

// List returns one page of the approvals of a form with their values, records
// and tasks. Only the official SDK shows this operation; the vendor documents
// neither its limits nor its errors. [PremiumService.ListInstances] is the
// documented one, [InstanceService.ListIDs] the one for every company.
//
//dingtalk:op GET /v1.0/workflow/processes/pages/instances
func (s *InstanceService) List(ctx context.Context, req ListInstancesRequest, opts ...RequestOption) (*Page[Instance], error) {
	return listInstances(ctx, s.c, operation.QueryAllProcessInstances, req, problems{}, opts)
}

// All walks the pages of [InstanceService.List] while the loop runs, and ends
// after the first error.
func (s *InstanceService) All(ctx context.Context, req ListInstancesRequest, opts ...RequestOption) iter.Seq2[Instance, error] {
	return Items(ctx, operation.QueryAllProcessInstances, func(ctx context.Context, cursor string) (*Page[Instance], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.List(ctx, page, opts...)
	})
}

// ExportInstancesRequest exports the approvals of one form.
type ExportInstancesRequest struct {
	// ProcessCode is the form. Required.
	ProcessCode string
	// StartTime and EndTime bound when the approvals were started. StartTime is
	// required; a zero EndTime is left out. They are sent in milliseconds.
	StartTime, EndTime time.Time
	// Status is the state of the approvals; empty means all.
	Status InstanceStatus
	// OrderBy is the order, in words that the vendor does not document.
	OrderBy string
	// PageSize is at most 20, and 20 when left out.
	PageSize int
	// Cursor is a former page's NextCursor. The vendor does not say how the first
	// page is asked for: an empty Cursor sends 0.
	Cursor string
}

type exportInstancesRequest struct {
	ProcessCode string         `json:"processCode"`
	StartTime   int64          `json:"startTimeInMills"`
	EndTime     int64          `json:"endTimeInMills,omitempty"`
	Status      InstanceStatus `json:"status,omitempty"`
	OrderBy     string         `json:"orderBy,omitempty"`
	NextToken   string         `json:"nextToken"`
	MaxResults  int            `json:"maxResults"`
}

// ListExport returns one page of the approvals of a form for an export, with the
// step and task of each record. Only the official SDK shows this operation; the
// vendor documents neither its limits nor its errors.
//
//dingtalk:op POST /v1.0/workflow/instances/datas
func (s *InstanceService) ListExport(ctx context.Context, req ExportInstancesRequest, opts ...RequestOption) (*Page[Instance], error) {
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	p.span(req.StartTime, req.EndTime)
	size := p.PageSize(req.PageSize, limit.ListProcessInstanceIdsMaxResultsMax)
	if err := p.err(operation.PagesExportInstances); err != nil {
		return nil, err
	}
	var resp tokenReply[Instance]
	if err := s.c.Call(ctx, operation.PagesExportInstances, exportInstancesRequest{
		ProcessCode: req.ProcessCode, StartTime: wire.ToMillis(req.StartTime), EndTime: wire.ToMillis(req.EndTime),
		Status: req.Status, OrderBy: req.OrderBy, NextToken: cmp.Or(req.Cursor, "0"), MaxResults: size,
	}, &resp, opts...); err != nil {
		return nil, err
	}
	return instancePage(resp.Result), nil
}

// AllExport walks the pages of [InstanceService.ListExport] while the loop runs,
// and ends after the first error.
func (s *InstanceService) AllExport(ctx context.Context, req ExportInstancesRequest, opts ...RequestOption) iter.Seq2[Instance, error] {
	return Items(ctx, operation.PagesExportInstances, func(ctx context.Context, cursor string) (*Page[Instance], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListExport(ctx, page, opts...)
	})
}

// FormDataRequest names the data of a form.
type FormDataRequest struct {
	// FormCode is the form, PROC-…. Required.
	FormCode string `json:"formCode"`
	// FormInstanceID is the data. Required.
	FormInstanceID string `json:"formInstanceId"`
	// AppUUID is the app that the form belongs to.
	AppUUID string `json:"appUuid,omitempty"`
}

// FormData reads what was filled into a form (数据表单). Only the official SDK
// shows this operation; the vendor documents neither its limits nor its errors.
//
//dingtalk:op GET /v1.0/workflow/forms/instances
func (s *InstanceService) FormData(ctx context.Context, req FormDataRequest, opts ...RequestOption) (*DataInstance, error) {
	var p problems
	p.Required("FormCode", req.FormCode)
	p.Required("FormInstanceID", req.FormInstanceID)
	if err := p.err(operation.QueryFormInstance); err != nil {
		return nil, err
	}
	var resp dataInstanceReply
	if err := s.c.Call(ctx, operation.QueryFormInstance, req, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.DataInstance, nil
}

// ListFormDataRequest asks for the data of one form.
type ListFormDataRequest struct {
	// FormCode is the form, PROC-…. Required.
	FormCode string
	// AppUUID is the app that the form belongs to.
	AppUUID string
	// PageSize is 20 when left out; its limit is not documented.
	PageSize int
	// Cursor is a former page's NextCursor; empty fetches the first page, where
	// sequences always begin.
	Cursor string
}

type listFormDataRequest struct {
	FormCode   string `json:"formCode"`
	AppUUID    string `json:"appUuid,omitempty"`
	NextToken  string `json:"nextToken,omitempty"`
	MaxResults int    `json:"maxResults"`
}

// formDataList has its own name for the list.
type formDataList struct {
	tokenList[DataInstance]
	Values []DataInstance `json:"values"`
}

type formDataListReply struct {
	Result *formDataList `json:"result"`
	successReply
}

func (r *formDataListReply) CheckReply() error {
	if r.Result == nil {
		return errors.New("the reply has no result")
	}
	return r.Result.check()
}

// ListFormData returns one page of what was filled into a form. Only the
// official SDK shows this operation; the vendor documents neither its limits nor
// its errors.
//
//dingtalk:op GET /v1.0/workflow/forms/pages/instances
func (s *InstanceService) ListFormData(ctx context.Context, req ListFormDataRequest, opts ...RequestOption) (*Page[DataInstance], error) {
	var p problems
	p.Required("FormCode", req.FormCode)
	if req.PageSize < 0 {
		p.Add("PageSize", "is %d, want more than 0", req.PageSize)
	}
	if err := p.err(operation.QueryAllFormInstances); err != nil {
		return nil, err
	}
	var resp formDataListReply
	if err := s.c.Call(ctx, operation.QueryAllFormInstances, listFormDataRequest{
		FormCode: req.FormCode, AppUUID: req.AppUUID, NextToken: req.Cursor, MaxResults: cmp.Or(req.PageSize, limit.ListProcessInstanceIdsMaxResultsMax),
	}, &resp, opts...); err != nil {
		return nil, err
	}
	return &Page[DataInstance]{Items: resp.Result.Values, NextCursor: resp.Result.next()}, nil
}

// AllFormData walks the pages of [InstanceService.ListFormData] while the loop
// runs, and ends after the first error.
func (s *InstanceService) AllFormData(ctx context.Context, req ListFormDataRequest, opts ...RequestOption) iter.Seq2[DataInstance, error] {
	return Items(ctx, operation.QueryAllFormInstances, func(ctx context.Context, cursor string) (*Page[DataInstance], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListFormData(ctx, page, opts...)
	})
}
