package event

import (
	"encoding/json"
	"time"

	"github.com/dingoa/dingoa/internal/wire"
)

// TimeLimitNotice reports that the time limit of a task (OA限时审批) acts, such as
// by reminding its approvers. It needs OA premium.
//
// See https://open.dingtalk.com/document/development/events-oa-timeout-plugin-task-msg
type TimeLimitNotice struct {
	// InstanceID identifies the approval.
	InstanceID string `json:"instanceId"`
	// TaskID is the task with the limit.
	TaskID string `json:"taskId"`
	// ActivityID is the node of the flow.
	ActivityID string `json:"activityId"`
	// ProcessCode is the form.
	ProcessCode string `json:"processCode"`
	// Tag is the vendor's msgTag, such as taskTrigger.
	Tag string `json:"msgTag"`
	// Message is the action of the limit. It is zero when the vendor's msg can't be
	// read; [Event.Raw] has it.
	Message TimeLimitMessage `json:"-"`
	// SysParam is a JSON object, empty in the vendor's sample.
	SysParam json.RawMessage `json:"sysParam"`
}

// TimeLimitMessage is the action of a time limit.
type TimeLimitMessage struct {
	// Action is the vendor's actionType, such as remind.
	Action string `json:"actionType"`
	// ExecuteTime is when it acts.
	ExecuteTime time.Time `json:"taskExeTime"`
	// UserIDs are the people who are notified.
	UserIDs []string `json:"userIds"`
	// Remind reports that it reminds people.
	Remind bool `json:"isRemind"`
	// PluginTaskID names the limit's own task.
	PluginTaskID string `json:"pluginTaskId"`
	// TriggerType is the vendor's number.
	TriggerType int64 `json:"triggerType"`
	// Content is the rule, a JSON object as it was set in the flow.
	Content json.RawMessage `json:"taskContent"`
}

// EventTypes implements [Data].
func (TimeLimitNotice) EventTypes() []string { return []string{"oa_timeout_plugin_task_msg"} }

func decodeTimeLimitNotice(raw []byte) (Data, error) {
	notice, err := decodeLoosely[TimeLimitNotice](raw)
	if err != nil {
		return nil, err
	}
	for key, value := range wire.Members(raw) {
		if string(key) == "msg" {
			notice.Message = timeLimitMessage(value)
		}
	}
	return notice, nil
}

// timeLimitMessage reads msg. The event is worth having without it, and would
// be refused forever if a msg of another form were an error.
func timeLimitMessage(value []byte) TimeLimitMessage {
	var m TimeLimitMessage
	object := objectWithin(value)
	if object == nil {
		return TimeLimitMessage{}
	}
	if _, err := wire.Unmarshal(object, &m, nil); err != nil {
		return TimeLimitMessage{}
	}
	m.Content = objectWithin(m.Content)
	return m
}

// objectWithin is the JSON object that value is, or holds as text, or as text
// whose quotes are escaped once more, as the vendor's sample shows it; else nil.
func objectWithin(value json.RawMessage) json.RawMessage {
	if object := wire.ObjectIn(value); object != nil {
		return object
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return nil
	}
	return wire.ObjectIn(json.RawMessage(`"` + text + `"`))
}
