// Package attendance notifies attendance (考勤) of what was approved elsewhere:
//
//	d, err := attendance.New(client).NotifyApproval(ctx, attendance.NotifyApprovalRequest{…})
//
// It is built on [dingoa.Client.Call] alone.
package attendance

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/internal/check"
	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/wire"
	"github.com/dingoa/dingoa/operation"
)

// Service notifies attendance (考勤) of what was approved elsewhere. Only the older
// gateway has it: calls go there, whether the client has
// [dingoa.WithLegacyGateway] or not.
//
// https://open.dingtalk.com/document/development/notice-of-approval
type Service struct{ c *dingoa.Client }

// New returns the attendance of the client's company.
func New(c *dingoa.Client) *Service { return &Service{c} }

// NotifyApprovalRequest is an absence or overtime that was approved in your own
// system.
type NotifyApprovalRequest struct {
	// UserID is whose. Required.
	UserID string `json:"userid"`
	// Kind is required.
	Kind Kind `json:"biz_type"`
	// FromTime is at most 31 days ago, ToTime at most 31 days later, for overtime
	// one. They are sent in China time, as exact as Unit is. Required.
	FromTime time.Time `json:"from_time"`
	ToTime   time.Time `json:"to_time"`
	// Unit is the unit of the duration, for overtime hours. Required.
	Unit Unit `json:"duration_unit"`
	// WorkingDays counts working days only, instead of calendar days.
	WorkingDays bool `json:"calculate_model"`
	// TagName is the kind of the approval: 请假, 出差, 外出 or 加班. Required.
	TagName string `json:"tag_name"`
	// SubType is the kind of a leave, such as 年假; at most 20 characters. Required
	// for a leave.
	SubType string `json:"sub_type,omitempty"`
	// ApproveID is the approval in your system; at most 100 characters. Required.
	ApproveID string `json:"approve_id"`
	// JumpURL opens it; at most 200 characters. Required.
	JumpURL string `json:"jump_url"`
	// OvertimeHours is how long the overtime was. Required for overtime.
	OvertimeHours float64 `json:"overtime_duration,omitempty"`
	// OvertimePay is how the overtime is compensated. Required for overtime.
	OvertimePay OvertimePay `json:"overtime_to_more,omitempty"`
}

// Kind is the kind of approval.
type Kind int

// What was approved.
const (
	Overtime Kind = 1 // 加班
	Trip     Kind = 2 // 出差、外出
	Leave    Kind = 3 // 请假
)

// Unit is the unit of a duration.
type Unit string

// The units of a duration.
const (
	Day     Unit = "day"
	HalfDay Unit = "halfDay"
	Hour    Unit = "hour"
)

// OvertimePay is how overtime is compensated.
type OvertimePay int

// What overtime becomes.
const (
	OvertimeToLeave OvertimePay = 1 // 调休
	OvertimeToWages OvertimePay = 2 // 工资
)

// ApprovedDuration is how long attendance takes the absence or overtime to be.
type ApprovedDuration struct {
	// Duration is a decimal number of the unit, such as "2.0".
	Duration string `json:"duration"`
	// Days are its parts.
	Days []ApprovedDay `json:"durationDetail"`
}

// ApprovedDay is a day's part of an [ApprovedDuration].
type ApprovedDay struct {
	// Date is like 2019-08-15, Duration a decimal number of the unit.
	Date     string `json:"date"`
	Duration string `json:"duration"`
}

type notifyRequest struct {
	NotifyApprovalRequest
	From          string `json:"from_time"`
	To            string `json:"to_time"`
	Model         int    `json:"calculate_model"`
	OvertimeHours string `json:"overtime_duration,omitempty"`
}

type notifyReply struct {
	Result ApprovedDuration `json:"result"`
}

func (r *notifyReply) CheckReply() error {
	if r.Result.Duration == "" {
		return errors.New("the reply has no duration")
	}
	return nil
}

// timeIn is a time in the form that goes with a unit.
func timeIn(t time.Time, unit Unit) string {
	t = t.In(wire.China())
	switch unit {
	case Hour:
		return t.Format(wire.LayoutMinute)
	case HalfDay:
		return t.Format(time.DateOnly + " PM")
	case Day:
	}
	return t.Format(time.DateOnly)
}

func (r *NotifyApprovalRequest) validate() error {
	const most = 31 * 24 * time.Hour
	var p check.Problems[dingoa.FieldError]
	p.Required("UserID", r.UserID)
	p.OneOfNumbers("Kind", int(r.Kind), limit.OapiAttendanceApproveFinishBizTypeEnum)
	if r.FromTime.IsZero() || r.ToTime.IsZero() {
		p.Add("FromTime", "and ToTime are required")
	}
	span := r.ToTime.Sub(r.FromTime)
	if span < 0 || span > most || r.Kind == Overtime && span > 24*time.Hour {
		p.Add("ToTime", "must be at most 31 days after FromTime, for overtime one")
	}
	p.Required("Unit", string(r.Unit))
	p.OneOf("Unit", string(r.Unit), limit.OapiAttendanceApproveFinishDurationUnitEnum)
	p.Required("TagName", r.TagName)
	p.OneOf("TagName", r.TagName, limit.OapiAttendanceApproveFinishTagNameEnum)
	p.MaxLength("SubType", r.SubType, limit.OapiAttendanceApproveFinishSubTypeMaxLen)
	p.Required("ApproveID", r.ApproveID)
	p.MaxLength("ApproveID", r.ApproveID, limit.OapiAttendanceApproveFinishApproveIdMaxLen)
	p.Required("JumpURL", r.JumpURL)
	p.MaxLength("JumpURL", r.JumpURL, limit.OapiAttendanceApproveFinishJumpUrlMaxLen)
	switch r.Kind {
	case Leave:
		p.Required("SubType", r.SubType)
	case Overtime:
		if r.Unit != Hour {
			p.Add("Unit", "must be hour for overtime")
		}
		if r.OvertimeHours <= 0 {
			p.Add("OvertimeHours", "is required for overtime")
		}
		p.OneOfNumbers("OvertimePay", int(r.OvertimePay), limit.OapiAttendanceApproveFinishOvertimeToMoreEnum)
	case Trip:
	}
	return dingoa.InvalidRequest(operation.OapiAttendanceApproveFinish, p.Found...)
}

// NotifyApproval reports that an absence or overtime was approved in your
// own system (通知审批通过), so that the person need not clock in, and answers how
// long that is.
//
// The vendor documents no errors. It names the permission 考勤组管理权限.
//
// https://open.dingtalk.com/document/development/notice-of-approval
//
//dingtalk:op POST /topapi/attendance/approve/finish
func (s *Service) NotifyApproval(ctx context.Context, req NotifyApprovalRequest, opts ...dingoa.RequestOption) (*ApprovedDuration, error) {
	if err := req.validate(); err != nil {
		return nil, err
	}
	w := notifyRequest{
		NotifyApprovalRequest: req,
		From:                  timeIn(req.FromTime, req.Unit), To: timeIn(req.ToTime, req.Unit),
	}
	if req.WorkingDays {
		w.Model = 1
	}
	if req.OvertimeHours > 0 {
		w.OvertimeHours = strconv.FormatFloat(req.OvertimeHours, 'f', -1, 64)
	}
	var resp notifyReply
	if err := s.c.Call(ctx, operation.OapiAttendanceApproveFinish, w, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}
