package dingoa

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dingoa/dingoa/operation"
)

// This file holds what approvals look like on the wire where that differs from
// the public types.

// getInstanceReply is the reply of both gateways.
type getInstanceReply struct {
	Result Instance `json:"result" wire:"process_instance"`
	successReply
}

func (r *getInstanceReply) CheckReply() error {
	if r.Result.Status == "" {
		return errors.New("the reply has no instance")
	}
	return nil
}

// getInstance reads one approval by the given operation.
func getInstance(ctx context.Context, c *Client, op operation.Operation, id string, opts []RequestOption) (*Instance, error) {
	var p problems
	p.Required("instanceID", id)
	if err := p.err(op); err != nil {
		return nil, err
	}
	var resp getInstanceReply
	if err := c.Call(ctx, op, getInstanceRequest{id}, &resp, opts...); err != nil {
		return nil, err
	}
	i := resp.Result // a copy, which does not hold on to the reply
	i.ID = id
	i.complete()
	if c.cfg.legacy {
		for n := range i.Tasks {
			i.Tasks[n].PCURL = i.Tasks[n].MobileURL // it has one address for both
		}
	}
	return &i, nil
}

// complete fills in what replies leave to be understood.
func (i *Instance) complete() {
	i.Result = Result(strings.ToLower(string(i.Result))) // lists have both cases
	for n := range i.Tasks {
		i.Tasks[n].InstanceID = cmp.Or(i.Tasks[n].InstanceID, i.ID)
	}
}

func (r getInstanceRequest) LegacyRequest() any {
	return struct {
		InstanceID string `json:"process_instance_id"`
	}{r.InstanceID}
}

// legacyFormValue is a [FormValue] as the older gateway takes it.
type legacyFormValue struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	ExtValue string `json:"ext_value,omitempty"`
}

// onlyToday names what the older gateway cannot take.
func (r *CreateInstanceRequest) onlyToday() string {
	switch {
	case len(r.TargetSelectActioners) > 0:
		return "TargetSelectActioners"
	case r.DetailPageURL != "":
		return "DetailPageURL"
	}
	for i, v := range r.FormValues {
		if len(v.Details) > 0 {
			return fmt.Sprintf("FormValues[%d].Details (a table goes into Value)", i)
		}
	}
	return ""
}

// createInstanceRequest is a [CreateInstanceRequest] as it is sent.
type createInstanceRequest CreateInstanceRequest

func (r *createInstanceRequest) LegacyRequest() any {
	type approver struct {
		ActionType ActionType `json:"task_action_type"`
		UserIDs    []string   `json:"user_ids"`
	}
	body := struct {
		AgentID          int64             `json:"agent_id,omitempty"`
		ProcessCode      string            `json:"process_code"`
		OriginatorUserID string            `json:"originator_user_id"`
		DeptID           int64             `json:"dept_id"`
		Approvers        []approver        `json:"approvers_v2,omitempty"`
		CCList           string            `json:"cc_list,omitempty"`
		CCPosition       CCPosition        `json:"cc_position,omitempty"`
		FormValues       []legacyFormValue `json:"form_component_values"`
	}{
		AgentID: r.AgentID, ProcessCode: r.ProcessCode, OriginatorUserID: r.OriginatorUserID, DeptID: r.DeptID,
		CCList: strings.Join(r.CCUserIDs, ","), CCPosition: r.CCPosition,
	}
	for _, a := range r.Approvers {
		action := a.ActionType
		if action == "" {
			action = ActionNone
		}
		body.Approvers = append(body.Approvers, approver{action, a.UserIDs})
	}
	for _, v := range r.FormValues {
		body.FormValues = append(body.FormValues, legacyFormValue{Name: v.Name, Value: v.Value, ExtValue: v.ExtValue})
	}
	return body
}

// wrapped is the older gateway's habit of putting a request into "request".
type wrapped struct {
	Request any `json:"request"`
}

// terminateRequest is a [TerminateInstanceRequest] as it is sent.
type terminateRequest TerminateInstanceRequest

func (r terminateRequest) LegacyRequest() any {
	return wrapped{struct {
		InstanceID     string `json:"process_instance_id"`
		IsSystem       bool   `json:"is_system"`
		OperatorUserID string `json:"operating_userid,omitempty"`
		Remark         string `json:"remark,omitempty"`
	}(r)}
}

// commentRequest is a [CommentRequest] as it is sent.
type commentRequest CommentRequest

func (r commentRequest) LegacyRequest() any {
	return wrapped{struct {
		InstanceID string      `json:"process_instance_id"`
		UserID     string      `json:"comment_userid"`
		Text       string      `json:"text"`
		File       *legacyFile `json:"file,omitempty"`
	}{r.InstanceID, r.OperatorUserID, r.Text, newLegacyFile(r.File)}}
}

func (r executeRequest) LegacyRequest() any {
	return wrapped{struct {
		InstanceID string      `json:"process_instance_id"`
		TaskID     int64       `json:"task_id"`
		UserID     string      `json:"actioner_userid"`
		Result     Result      `json:"result"`
		Remark     string      `json:"remark,omitempty"`
		File       *legacyFile `json:"file,omitempty"`
	}{r.InstanceID, r.TaskID, r.OperatorUserID, r.Result, r.Remark, newLegacyFile(r.File)}}
}

type legacyFile struct {
	Photos      []string           `json:"photos,omitempty"`
	Attachments []legacyAttachment `json:"attachments,omitempty"`
}

type legacyAttachment struct {
	SpaceID  string `json:"space_id"`
	FileID   string `json:"file_id"`
	FileName string `json:"file_name"`
	FileSize int64  `json:"file_size,string"`
	FileType string `json:"file_type"`
}

func newLegacyFile(f Files) *legacyFile {
	if f.IsZero() {
		return nil
	}
	file := &legacyFile{Photos: f.Photos}
	for _, a := range f.Attachments {
		file.Attachments = append(file.Attachments, legacyAttachment(a))
	}
	return file
}

func (r listIDsRequest) LegacyRequest() any {
	return struct {
		ProcessCode string `json:"process_code"`
		StartTime   int64  `json:"start_time"`
		EndTime     int64  `json:"end_time,omitempty"`
		Size        int    `json:"size"`
		Cursor      int64  `json:"cursor"`
		UserIDs     string `json:"userid_list,omitempty"`
	}{r.ProcessCode, r.StartTime, r.EndTime, r.MaxResults, r.NextToken, strings.Join(r.UserIDs, ",")}
}

func (r todoCountRequest) LegacyRequest() any {
	return struct {
		UserID string `json:"userid"`
	}{r.UserID}
}

// todoCountReply is the reply of both gateways, which differ in the name.
type todoCountReply struct {
	Result *int `json:"result" wire:"count"`
}

func (r *todoCountReply) CheckReply() error {
	if r.Result == nil {
		return errors.New("the reply has no count")
	}
	return nil
}
