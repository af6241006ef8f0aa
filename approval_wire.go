package dingoa

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/dingoa/dingoa/internal/wire"
)

// This file holds what the public types of approvals look like on the wire
// where that differs: members that come as number or text, times without
// seconds, and the older gateway's spelling.

// instanceWire decodes an Instance; its own members hide the embedded ones of
// the same name.
type instanceWire struct {
	Instance
	OriginatorDeptID wire.Int64   `json:"originatorDeptId"`
	CreateTime       vendorTime   `json:"createTime"`
	FinishTime       vendorTime   `json:"finishTime"`
	Records          []recordWire `json:"operationRecords"`
	Tasks            []taskWire   `json:"tasks"`
}

type recordWire struct {
	OperationRecord
	Date vendorTime `json:"date"`
}

type taskWire struct {
	Task
	TaskID     wire.Text  `json:"taskId"`
	CreateTime vendorTime `json:"createTime"`
	FinishTime vendorTime `json:"finishTime"`
}

// instance copies what was decoded into a value of the exact size.
func (w *instanceWire) instance() *Instance {
	i := w.Instance
	i.OriginatorDeptID = int64(w.OriginatorDeptID)
	i.CreateTime, i.FinishTime = w.CreateTime.Time, w.FinishTime.Time
	i.FormValues, i.Records, i.Tasks = nil, nil, nil
	if len(w.FormValues) > 0 {
		i.FormValues = append(make([]FormValue, 0, len(w.FormValues)), w.FormValues...)
	}
	if len(w.Records) > 0 {
		i.Records = make([]OperationRecord, len(w.Records))
		for n := range w.Records {
			i.Records[n] = w.Records[n].OperationRecord
			i.Records[n].Date = w.Records[n].Date.Time
		}
	}
	if len(w.Tasks) > 0 {
		i.Tasks = make([]Task, len(w.Tasks))
		for n := range w.Tasks {
			t := &w.Tasks[n]
			i.Tasks[n] = t.Task
			i.Tasks[n].TaskID = string(t.TaskID)
			i.Tasks[n].CreateTime, i.Tasks[n].FinishTime = t.CreateTime.Time, t.FinishTime.Time
		}
	}
	return &i
}

// reset empties w but for the arrays of its lists, so that the next decoding
// does not have to grow them again: half of what it would allocate.
func (w *instanceWire) reset() {
	records, tasks, values := w.Records[:cap(w.Records)], w.Tasks[:cap(w.Tasks)], w.FormValues[:cap(w.FormValues)]
	clear(records)
	clear(tasks)
	clear(values)
	*w = instanceWire{Records: records[:0], Tasks: tasks[:0]}
	w.FormValues = values[:0]
}

// getInstanceReply is the reply of both gateways.
type getInstanceReply struct {
	resultReply[instanceWire]
	legacy legacyInstance
	viaOld bool
}

//nolint:gochecknoglobals // a pool has no state that a caller could see
var getInstanceReplies = sync.Pool{New: func() any { return new(getInstanceReply) }}

// maxPooledList keeps a rare long history from staying in memory.
const maxPooledList = 1000

// release makes r ready for another reply.
func (r *getInstanceReply) release() {
	w := &r.Result
	if cap(w.Records) > maxPooledList || cap(w.Tasks) > maxPooledList || cap(w.FormValues) > maxPooledList {
		return
	}
	w.reset()
	r.Success, r.legacy, r.viaOld = nil, legacyInstance{}, false
	getInstanceReplies.Put(r)
}

func (r *getInstanceReply) legacyReply() (any, func()) {
	r.viaOld = true
	return &r.legacy, func() {}
}

func (r *getInstanceReply) finish() error {
	if r.Result.Status == "" && r.legacy.Instance.Status == "" {
		return errors.New("the reply has no instance")
	}
	return nil
}

func (r *getInstanceReply) instance(id string) *Instance {
	i := r.Result.instance()
	if r.viaOld {
		i = r.legacy.Instance.instance()
	}
	i.ID = id
	for n := range i.Tasks {
		i.Tasks[n].InstanceID = cmp.Or(i.Tasks[n].InstanceID, id) // the older gateway leaves it out
	}
	return i
}

func (r getInstanceRequest) legacyRequest() any {
	return struct {
		InstanceID string `json:"process_instance_id"`
	}{r.InstanceID}
}

// legacyInstance is an Instance as the older gateway writes it.
//
// https://open.dingtalk.com/document/development/get-details-single-approval-instance
type legacyInstance struct {
	Instance legacyInstanceBody `json:"process_instance"`
}

type legacyInstanceBody struct {
	Title               string            `json:"title"`
	BusinessID          string            `json:"business_id"`
	Status              InstanceStatus    `json:"status"`
	Result              Result            `json:"result"`
	OriginatorUserID    string            `json:"originator_userid"`
	OriginatorDeptID    wire.Int64        `json:"originator_dept_id"`
	OriginatorDeptName  string            `json:"originator_dept_name"`
	ApproverUserIDs     wire.IDs          `json:"approver_userids"`
	CCUserIDs           wire.IDs          `json:"cc_userids"`
	CreateTime          vendorTime        `json:"create_time"`
	FinishTime          vendorTime        `json:"finish_time"`
	FormValues          []legacyFormValue `json:"form_component_values"`
	Records             []legacyRecord    `json:"operation_records"`
	Tasks               []legacyTask      `json:"tasks"`
	BizAction           BizAction         `json:"biz_action"`
	AttachedInstanceIDs wire.IDs          `json:"attached_process_instance_ids"`
	MainInstanceID      string            `json:"main_process_instance_id"`
}

type legacyFormValue struct {
	ID            string `json:"id,omitempty"`
	Name          string `json:"name"`
	Value         string `json:"value"`
	ExtValue      string `json:"ext_value,omitempty"`
	ComponentType string `json:"component_type,omitempty"`
}

type legacyRecord struct {
	UserID      string        `json:"userid"`
	Date        vendorTime    `json:"date"`
	Type        OperationType `json:"operation_type"`
	Result      TaskResult    `json:"operation_result"`
	Remark      string        `json:"remark"`
	Attachments []Attachment  `json:"attachments"`
}

type legacyTask struct {
	TaskID     wire.Text  `json:"taskid"`
	UserID     string     `json:"userid"`
	Status     TaskStatus `json:"task_status"`
	Result     TaskResult `json:"task_result"`
	CreateTime vendorTime `json:"create_time"`
	FinishTime vendorTime `json:"finish_time"`
	URL        string     `json:"url"`
	ActivityID string     `json:"activity_id"`
}

func (b *legacyInstanceBody) instance() *Instance {
	i := &Instance{
		Title: b.Title, BusinessID: b.BusinessID, Status: b.Status, Result: b.Result,
		OriginatorUserID: b.OriginatorUserID, OriginatorDeptID: int64(b.OriginatorDeptID), OriginatorDeptName: b.OriginatorDeptName,
		ApproverUserIDs: b.ApproverUserIDs, CCUserIDs: b.CCUserIDs,
		CreateTime: b.CreateTime.Time, FinishTime: b.FinishTime.Time,
		BizAction: b.BizAction, AttachedInstanceIDs: b.AttachedInstanceIDs, MainInstanceID: b.MainInstanceID,
	}
	for _, v := range b.FormValues {
		i.FormValues = append(i.FormValues, FormValue{ID: v.ID, Name: v.Name, Value: v.Value, ExtValue: v.ExtValue, ComponentType: v.ComponentType})
	}
	for _, r := range b.Records {
		i.Records = append(i.Records, OperationRecord{UserID: r.UserID, Date: r.Date.Time, Type: r.Type, Result: r.Result, Remark: r.Remark, Attachments: r.Attachments})
	}
	for _, t := range b.Tasks {
		i.Tasks = append(i.Tasks, Task{
			TaskID: string(t.TaskID), UserID: t.UserID, Status: t.Status, Result: t.Result,
			CreateTime: t.CreateTime.Time, FinishTime: t.FinishTime.Time,
			MobileURL: t.URL, PCURL: t.URL, ActivityID: t.ActivityID,
		})
	}
	return i
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

func (r *CreateInstanceRequest) legacyRequest() any {
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

func (r *CreateInstanceResponse) legacyReply() (any, func()) {
	var w struct {
		InstanceID string `json:"process_instance_id"`
	}
	return &w, func() { r.InstanceID = w.InstanceID }
}

// wrapped is the older gateway's habit of putting a request into "request".
type wrapped struct {
	Request any `json:"request"`
}

func (r TerminateInstanceRequest) legacyRequest() any {
	return wrapped{struct {
		InstanceID      string `json:"process_instance_id"`
		IsSystem        bool   `json:"is_system"`
		OperatingUserID string `json:"operating_userid,omitempty"`
		Remark          string `json:"remark,omitempty"`
	}(r)}
}

func (r CommentRequest) legacyRequest() any {
	return wrapped{struct {
		InstanceID string      `json:"process_instance_id"`
		UserID     string      `json:"comment_userid"`
		Text       string      `json:"text"`
		File       *legacyFile `json:"file,omitempty"`
	}{r.InstanceID, r.UserID, r.Text, newLegacyFile(r.File)}}
}

func (r executeRequest) legacyRequest() any {
	return wrapped{struct {
		InstanceID string      `json:"process_instance_id"`
		TaskID     int64       `json:"task_id"`
		UserID     string      `json:"actioner_userid"`
		Result     Result      `json:"result"`
		Remark     string      `json:"remark,omitempty"`
		File       *legacyFile `json:"file,omitempty"`
	}{r.InstanceID, r.TaskID, r.UserID, r.Result, r.Remark, newLegacyFile(r.File)}}
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

func (r listIDsRequest) legacyRequest() any {
	return struct {
		ProcessCode string `json:"process_code"`
		StartTime   int64  `json:"start_time"`
		EndTime     int64  `json:"end_time,omitempty"`
		Size        int    `json:"size"`
		Cursor      int64  `json:"cursor"`
		UserIDs     string `json:"userid_list,omitempty"`
	}{r.ProcessCode, r.StartTime, r.EndTime, r.MaxResults, r.NextToken, strings.Join(r.UserIDs, ",")}
}

func (r todoCountRequest) legacyRequest() any {
	return struct {
		UserID string `json:"userid"`
	}{r.UserID}
}

// todoCountReply is the reply of both gateways, which differ in the name.
type todoCountReply struct {
	Result *wire.Int64 `json:"result"`
}

func (r *todoCountReply) legacyReply() (any, func()) {
	var w struct {
		Count *wire.Int64 `json:"count"`
	}
	return &w, func() { r.Result = w.Count }
}

func (r *todoCountReply) finish() error {
	if r.Result == nil {
		return errors.New("the reply has no count")
	}
	return nil
}
