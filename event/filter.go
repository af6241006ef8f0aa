package event

import (
	"errors"
	"fmt"
	"strings"
)

// Filter is a rule of the event subscription (事件订阅) that lets only some
// events of approvals through. Without a rule an app gets all of them. Enter
// the text of [Filter.Path] in the developer console.
//
// A value may hold the wildcard *, as in "attendance.*". An empty list means
// any value.
//
// See https://open.dingtalk.com/document/development/event-subscription-approval-event
type Filter struct {
	// EventType is bpms_instance_change or bpms_task_change. Required.
	EventType string
	// BizCategoryIDs are suites that forms belong to, such as attendance.goout.
	// With any of them, forms that belong to no suite are left out.
	BizCategoryIDs []string
	// ProcessCodes are forms.
	ProcessCodes []string
	// Changes are values of [InstanceChange.Change] or [TaskChange.Change].
	Changes []string
}

// Path is the rule as the vendor writes it, such as
// /v1.0/event/bpms_instance_change/processCode/{PROC-1,PROC-2}/type/finish.
func (f Filter) Path() (string, error) {
	var errs []error
	if f.EventType != "bpms_instance_change" && f.EventType != "bpms_task_change" {
		errs = append(errs, fmt.Errorf("EventType is %q, DingTalk filters bpms_instance_change and bpms_task_change", f.EventType))
	}
	path := "/v1.0/event/" + f.EventType
	add := func(field, segment string, values []string) {
		for i, value := range values {
			if value == "" || strings.ContainsAny(value, "/{}, \t\r\n?[]!\\") {
				errs = append(errs, fmt.Errorf("%s[%d] is %q, which is no part of a path; * is the only wildcard", field, i, value))
			}
		}
		path += "/" + segment + "/" + alternatives(values)
	}
	if len(f.BizCategoryIDs) > 0 {
		add("BizCategoryIDs", "bizCategoryId", f.BizCategoryIDs)
	}
	add("ProcessCodes", "processCode", f.ProcessCodes)
	add("Changes", "type", f.Changes)
	if len(errs) > 0 {
		return "", fmt.Errorf("dingoa: event filter: %w", errors.Join(errs...))
	}
	return path, nil
}

func alternatives(values []string) string {
	switch len(values) {
	case 0:
		return "*"
	case 1:
		return values[0]
	}
	return "{" + strings.Join(values, ",") + "}"
}
