package dingoa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// CallbackService registers the callback of an app with the older interface, which
// the developer console (事件订阅) has replaced, and reads the pushes that failed
// (推送失败的事件). Both exist on the older gateway only, which these methods use
// whatever the client's options say.
//
// https://open.dingtalk.com/document/development/obtain-the-event-list-of-failed-push-messages
type CallbackService service

// CallbackRegistration is where and how DingTalk pushes events. It prints
// without Token and AESKey.
type CallbackRegistration struct {
	// EventTypes are the vendor's names of the events to push, such as
	// "bpms_instance_change" and "bpms_task_change". Required.
	EventTypes []string `json:"call_back_tag"`
	// Token signs the pushes, 6 to 63 characters. Required, a secret.
	Token string `json:"token"`
	// AESKey encrypts them, 43 letters and digits. Required, a secret.
	AESKey string `json:"aes_key"`
	// URL is reached from the internet; [Callback.Handler] serves it, with the
	// company's corpId as owner key. Required.
	URL string `json:"url"`
}

// String names the address and the events.
func (r CallbackRegistration) String() string {
	return fmt.Sprintf("CallbackRegistration(%s %v)", r.URL, r.EventTypes)
}

// Format hides the secrets from every verb of fmt.
func (r CallbackRegistration) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue hides the secrets from log/slog.
func (r CallbackRegistration) LogValue() slog.Value { return slog.StringValue(r.String()) }

func (r CallbackRegistration) validate(op operation.Operation) error {
	var p problems
	p.SomeItems("EventTypes", len(r.EventTypes))
	p.MinLength("Token", r.Token, limit.RegisterCallBackTokenMinLen)
	p.MaxLength("Token", r.Token, limit.RegisterCallBackTokenMaxLen)
	p.MinLength("AESKey", r.AESKey, limit.RegisterCallBackAesKeyMinLen)
	p.MaxLength("AESKey", r.AESKey, limit.RegisterCallBackAesKeyMaxLen)
	p.Required("URL", r.URL)
	return p.err(op)
}

// Register registers the callback. DingTalk tests the URL with a check_url push
// before it answers, so that the handler must be reachable by then.
//
// Errors: [ErrConflict] when there is a callback already (use Update),
// [ErrInvalidArgument] (URL, event types, an answer to the test that is not
// "success").
//
// https://open.dingtalk.com/document/development/register-callback-events
//
//dingtalk:op POST /call_back/register_call_back
func (s *CallbackService) Register(ctx context.Context, req CallbackRegistration, opts ...RequestOption) error {
	if err := req.validate(operation.RegisterCallBack); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.RegisterCallBack, callbackRegistration(req), &ack{}, opts...)
}

// Update replaces the registered callback, address and events, after a test
// like Register's.
//
// Errors: [ErrNotFound] when there is none, else as for [CallbackService.Register].
//
// https://open.dingtalk.com/document/development/update-event-interface
//
//dingtalk:op POST /call_back/update_call_back
func (s *CallbackService) Update(ctx context.Context, req CallbackRegistration, opts ...RequestOption) error {
	if err := req.validate(operation.UpdateCallBack); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.UpdateCallBack, callbackRegistration(req), &ack{}, opts...)
}

// Get reads the registered callback, its secrets included.
//
// Errors: [ErrNotFound] when there is none.
//
// https://open.dingtalk.com/document/development/query-subscribed-events
//
//dingtalk:op GET /call_back/get_call_back
func (s *CallbackService) Get(ctx context.Context, opts ...RequestOption) (*CallbackRegistration, error) {
	var resp callbackReply
	if err := s.c.Call(ctx, operation.GetCallBack, nil, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.CallbackRegistration, nil
}

type callbackReply struct {
	CallbackRegistration
	successReply
}

func (r *callbackReply) CheckReply() error {
	if r.URL == "" {
		return errors.New("the reply has no url")
	}
	return nil
}

// Delete removes the registered callback: nothing is pushed any more.
//
// Errors: [ErrNotFound] when there is none. Although DingTalk takes it as a GET,
// it is not repeated after a broken connection ([ErrOutcomeUnknown]).
//
// https://open.dingtalk.com/document/development/delete-an-event-callback-interface
//
//dingtalk:op GET /call_back/delete_call_back
func (s *CallbackService) Delete(ctx context.Context, opts ...RequestOption) error {
	return s.c.Call(ctx, operation.DeleteCallBack, nil, &ack{}, opts...)
}

// FailedPushes are events that DingTalk could not deliver to the callback URL.
type FailedPushes struct {
	// Events are at most 200. Their Source is [event.SourceFailedPush]; Data is typed as
	// for events that were pushed, and Raw the event without its envelope, its
	// members in the order of their names. An event that is not of the vendor's
	// form, or an entry that is no event, is [event.UnknownEvent] here, with all that the
	// list has of it in Raw, because it cannot be read again.
	//
	// The list usually has no eventId: an ID is then the one that [event.Event.ID]
	// describes for older pushes.
	Events []event.Event
	// HasMore reports that another call returns more.
	HasMore bool
}

// FailedPushes reads the events whose delivery failed three times, from three to
// five minutes after the last, and takes them off DingTalk's list: there is no
// cursor, the next call returns the next events, and nobody gets these again.
// Handle them, or keep them, before calling again. For the same reason it is
// not repeated after a broken connection ([ErrOutcomeUnknown]).
//
// The vendor does not say how long it keeps them.
//
// https://open.dingtalk.com/document/development/obtain-the-event-list-of-failed-push-messages
//
//dingtalk:op GET /call_back/get_call_back_failed_result
func (s *CallbackService) FailedPushes(ctx context.Context, opts ...RequestOption) (*FailedPushes, error) {
	var resp failedPushesReply
	if err := s.c.Call(ctx, operation.GetCallBackFailedResult, nil, &resp, opts...); err != nil {
		return nil, err
	}
	pushes := &FailedPushes{HasMore: resp.HasMore, Events: make([]event.Event, len(resp.FailedList))}
	for i, entry := range resp.FailedList {
		pushes.Events[i] = event.ParseFailedPush(entry)
	}
	return pushes, nil
}

type failedPushesReply struct {
	FailedList failedList `json:"failed_list"`
	HasMore    bool       `json:"has_more"`
	successReply
}

// failedList is a list of events. Whatever else it is, is one entry: what was read
// is off DingTalk's list.
type failedList []json.RawMessage

// UnmarshalJSON implements [json.Unmarshaler].
func (l *failedList) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil && json.Valid([]byte(text)) {
		data = []byte(text)
	}
	var entries []json.RawMessage
	if json.Unmarshal(data, &entries) != nil {
		entries = []json.RawMessage{bytes.Clone(data)}
	}
	*l = entries
	return nil
}
