package dingoa

// AttendanceStatusChange tells that an approval of leave, overtime, business
// trip or outing (请假、加班、出差、外出) changed.
//
// See https://open.dingtalk.com/document/development/leave-overtime-business-trip-out-of-office-status-change-events
type AttendanceStatusChange struct {
	// InstanceID is what [InstanceService.Get] takes.
	InstanceID string `json:"processInstanceId"`
	// MainInstanceID is the approval that this one alters or revokes.
	MainInstanceID string `json:"mainProcessInstanceId"`
	// ProcessCode is the form.
	ProcessCode string `json:"processCode"`
	// ApproveType is the kind of approval; the vendor lists no values.
	ApproveType string `json:"approveType"`
	// Status is what happened, such as start.
	Status string `json:"status"`
}

// EventTypes implements [EventData].
func (AttendanceStatusChange) EventTypes() []string {
	return []string{"attendance_approve_status_change"}
}
