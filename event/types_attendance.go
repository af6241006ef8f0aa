package event

import "github.com/dingoa/dingoa/internal/wire"

// AttendanceStatusChange reports that an approval of leave, overtime, business
// trip or outing (请假、加班、出差、外出) changed.
//
// See https://open.dingtalk.com/document/development/leave-overtime-business-trip-out-of-office-status-change-events
type AttendanceStatusChange struct {
	// InstanceID identifies the approval.
	InstanceID string `json:"processInstanceId"`
	// MainInstanceID is the approval that this one alters or revokes.
	MainInstanceID string `json:"mainProcessInstanceId"`
	// ProcessCode is the form.
	ProcessCode string `json:"processCode"`
	// ApproveType is the kind of approval: LEAVE (请假), OVERTIME (加班), TRAVEL (外出)
	// or OUT (出差), as the vendor's page has it.
	ApproveType string `json:"approveType"`
	// Status is the kind of change: start, finish, terminate or delete; published
	// pushes also hold COMPLETED.
	Status string `json:"status"`
	// UserID and Result are in published pushes only: whose approval it is, and how
	// it ended.
	UserID string `json:"userId"`
	Result Result `json:"result"`
}

// EventTypes implements [Data].
func (AttendanceStatusChange) EventTypes() []string {
	return []string{"attendance_approve_status_change"}
}

// decodeAttendance also takes the instance's other name in published pushes.
func decodeAttendance(raw []byte) (Data, error) {
	change, err := decodeLoosely[AttendanceStatusChange](raw)
	if err != nil {
		return nil, err
	}
	for key, value := range wire.Members(raw) {
		if string(key) == "procInstId" && change.InstanceID == "" {
			if err := readText(&change.InstanceID, value); err != nil {
				return nil, malformedField(key, err)
			}
		}
	}
	return change, nil
}
