package dingoa

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/wire"
	"github.com/dingoa/dingoa/operation"
)

// AttendanceService tells attendance (考勤) what was approved elsewhere. Only the
// older gateway has it: calls go there, whether the client has
// [WithLegacyGateway] or not.
//
// https://open.dingtalk.com/document/development/notice-of-approval
type AttendanceService service

// NotifyApprovalRequest is an absence or overtime that was approved in your own
// system.
type NotifyApprovalRequest struct {
	// UserID is whose. Required.
	UserID string `json:"userid"`
	// Kind is required.
	Kind AttendanceKind `json:"biz_type"`
	// FromTime is at most 31 days ago, ToTime at most 31 days later, for overtime
	// one. They are sent in China time, as exact as Unit is. Required.
	FromTime time.Time `json:"from_time"`
	ToTime   time.Time `json:"to_time"`
	// Unit is what the duration counts in, for overtime hours. Required.
	Unit DurationUnit `json:"duration_unit"`
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
	// OvertimePay is what the overtime becomes. Required for overtime.
	OvertimePay OvertimePay `json:"overtime_to_more,omitempty"`
}

// AttendanceKind is what was approved.
type AttendanceKind int

// What was approved.
const (
	AttendanceOvertime AttendanceKind = 1 // 加班
	AttendanceTrip     AttendanceKind = 2 // 出差、外出
	AttendanceLeave    AttendanceKind = 3 // 请假
)

// DurationUnit is what a duration counts in.
type DurationUnit string

// The units of a duration.
const (
	UnitDay     DurationUnit = "day"
	UnitHalfDay DurationUnit = "halfDay"
	UnitHour    DurationUnit = "hour"
)

// OvertimePay is what overtime becomes.
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

type notifyApproval struct {
	NotifyApprovalRequest
	From          string `json:"from_time"`
	To            string `json:"to_time"`
	Model         int    `json:"calculate_model"`
	OvertimeHours string `json:"overtime_duration,omitempty"`
}

type notifyApprovalReply struct {
	Result ApprovedDuration `json:"result"`
	successReply
}

func (r *notifyApprovalReply) CheckReply() error {
	if r.Result.Duration == "" {
		return errors.New("the reply has no duration")
	}
	return nil
}

// attendanceTime is a time in the form that goes with a unit.
func attendanceTime(t time.Time, unit DurationUnit) string {
	t = t.In(wire.China())
	switch unit {
	case UnitHour:
		return t.Format(wire.LayoutMinute)
	case UnitHalfDay:
		return t.Format(time.DateOnly + " PM")
	case UnitDay:
	}
	return t.Format(time.DateOnly)
}

func (r *NotifyApprovalRequest) validate() error {
	const most = 31 * 24 * time.Hour
	var p problems
	p.required("UserID", r.UserID)
	p.oneOfNumbers("Kind", int(r.Kind), limit.OapiAttendanceApproveFinishBizTypeEnum)
	if r.FromTime.IsZero() || r.ToTime.IsZero() {
		p.add("FromTime", "and ToTime are required")
	}
	span := r.ToTime.Sub(r.FromTime)
	if span < 0 || span > most || r.Kind == AttendanceOvertime && span > 24*time.Hour {
		p.add("ToTime", "must be at most 31 days after FromTime, for overtime one")
	}
	p.required("Unit", string(r.Unit))
	p.oneOf("Unit", string(r.Unit), limit.OapiAttendanceApproveFinishDurationUnitEnum)
	p.required("TagName", r.TagName)
	p.oneOf("TagName", r.TagName, limit.OapiAttendanceApproveFinishTagNameEnum)
	p.maxLength("SubType", r.SubType, limit.OapiAttendanceApproveFinishSubTypeMaxLen)
	p.required("ApproveID", r.ApproveID)
	p.maxLength("ApproveID", r.ApproveID, limit.OapiAttendanceApproveFinishApproveIdMaxLen)
	p.required("JumpURL", r.JumpURL)
	p.maxLength("JumpURL", r.JumpURL, limit.OapiAttendanceApproveFinishJumpUrlMaxLen)
	switch r.Kind {
	case AttendanceLeave:
		p.required("SubType", r.SubType)
	case AttendanceOvertime:
		if r.Unit != UnitHour {
			p.add("Unit", "must be hour for overtime")
		}
		if r.OvertimeHours <= 0 {
			p.add("OvertimeHours", "is required for overtime")
		}
		p.oneOfNumbers("OvertimePay", int(r.OvertimePay), limit.OapiAttendanceApproveFinishOvertimeToMoreEnum)
	case AttendanceTrip:
	}
	return p.err(operation.OapiAttendanceApproveFinish)
}

// NotifyApproval tells attendance that an absence or overtime was approved in your
// own system (通知审批通过), so that the person need not clock in, and answers how
// long that is.
//
// The vendor documents no errors. It names the permission 考勤组管理权限.
//
// https://open.dingtalk.com/document/development/notice-of-approval
//
//dingtalk:op POST /topapi/attendance/approve/finish
func (s *AttendanceService) NotifyApproval(ctx context.Context, req NotifyApprovalRequest, opts ...RequestOption) (*ApprovedDuration, error) {
	if err := req.validate(); err != nil {
		return nil, err
	}
	w := notifyApproval{
		NotifyApprovalRequest: req,
		From:                  attendanceTime(req.FromTime, req.Unit), To: attendanceTime(req.ToTime, req.Unit),
	}
	if req.WorkingDays {
		w.Model = 1
	}
	if req.OvertimeHours > 0 {
		w.OvertimeHours = strconv.FormatFloat(req.OvertimeHours, 'f', -1, 64)
	}
	var resp notifyApprovalReply
	if err := s.c.Call(ctx, operation.OapiAttendanceApproveFinish, w, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.Result, nil
}
