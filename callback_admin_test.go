package dingoa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/operation"
)

func registration() dingoa.CallbackRegistration {
	return dingoa.CallbackRegistration{
		EventTypes: []string{"user_add_org", "user_modify_org", "user_leave_org"},
		Token:      "dingtalk", AESKey: "hvnzd2y8jkhx8yoo4483xxxxxxxxxxxxxxxxxxxxxxx", URL: "www.dingtalk.com",
	}
}

func eventGoldens() []golden {
	subscribed := registration()
	subscribed.EventTypes = []string{"user_add_org", "user_leave_org"}
	failed := func(eventType, id, raw string, data event.Data) event.Event {
		return event.Event{
			ID: id, Type: eventType, CorpID: "ding241f334c339e175b35c2f4657xxxx", Time: ms(1606126433000),
			Source: event.SourceFailedPush, Raw: json.RawMessage(raw), Data: data,
		}
	}
	return []golden{
		{name: "CallbackService.Register", legacy: true, call: nothing(register)},
		{
			name: "CallbackService.Update", legacy: true,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error { return c.Callbacks.Update(ctx, registration()) }),
		},
		{
			name: "CallbackService.Get", legacy: true, want: &subscribed,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Callbacks.Get(ctx) },
		},
		{
			name: "CallbackService.Delete", legacy: true,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error { return c.Callbacks.Delete(ctx) }),
		},
		{
			name: "CallbackService.FailedPushes", legacy: true,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Callbacks.FailedPushes(ctx) },
			want: &dingoa.FailedPushes{Events: []event.Event{
				failed("user_add_org", "derived-d34450673715a319e0bfdf0bb2d2fa5c", `{"userid":["zhangsan"],"corpid":"ding241f334c339e175b35c2f4657xxxx"}`, event.UnknownEvent{}),
				failed("bpms_instance_change", "derived-be3aec7261c01c9b917295ea3ba9d918", `{}`, event.InstanceChange{}),
				failed("label_conf_add", "derived-d30065fa0211b88f3ca7e76d802b82fb", `{}`, event.UnknownEvent{}),
			}},
		},
	}
}

func register(ctx context.Context, c *dingoa.Client) error {
	return c.Callbacks.Register(ctx, registration())
}

func failedPushes(ctx context.Context, c *dingoa.Client) error {
	_, err := c.Callbacks.FailedPushes(ctx)
	return err
}

func eventMethods() []method {
	const ok = `{"errcode":0,"errmsg":"ok"}`
	return []method{
		{
			"Register", operation.RegisterCallBack, true, register,
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Callbacks.Register(ctx, dingoa.CallbackRegistration{})
			}, ok,
		},
		{
			"Update", operation.UpdateCallBack, false,
			func(ctx context.Context, c *dingoa.Client) error { return c.Callbacks.Update(ctx, registration()) },
			func(ctx context.Context, c *dingoa.Client) error {
				return c.Callbacks.Update(ctx, dingoa.CallbackRegistration{})
			}, ok,
		},
		{
			"GetCallback", operation.GetCallBack, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.Callbacks.Get(ctx)
				return err
			}, nil, `{"errcode":0,"url":"https://example.com"}`,
		},
		{
			"DeleteCallback", operation.DeleteCallBack, true,
			func(ctx context.Context, c *dingoa.Client) error { return c.Callbacks.Delete(ctx) }, nil, ok,
		},
		{"FailedPushes", operation.GetCallBackFailedResult, true, failedPushes, nil, `{"errcode":0,"failed_list":[],"has_more":false}`},
	}
}

// The list empties itself: one entry that is no event, or a list that is none,
// loses nothing.
func TestFailedPushesLoseNothing(t *testing.T) {
	t.Parallel()
	const good = `{"call_back_tag":"bpms_instance_change","event_time":1663143335567,"bpms_instance_change":{"corpid":"c","bpmsCallBackData":{"processInstanceId":"p","type":"start"}}}`
	for list, want := range map[string][]string{
		`[null,` + good + `,7,"x",[1],{}]`: {"null", "", "7", `"x"`, "[1]", "{}"},
		good:                               {""},
		`"[` + strings.ReplaceAll(good, `"`, `\"`) + `]"`: {""},
		`"?"`:  {`"?"`},
		`[]`:   nil,
		`null`: nil,
	} {
		pushes, err := newDingTalk(answer(200, `{"errcode":0,"has_more":false,"failed_list":`+list+`}`)).client(t).Callbacks.FailedPushes(t.Context())
		require.NoError(t, err, list)
		require.Len(t, pushes.Events, len(want), list)
		for i, e := range pushes.Events {
			if want[i] == "" {
				require.Equal(t, event.InstanceChange{InstanceID: "p", Change: event.InstanceChangeStart}, e.Data)
				continue
			}
			require.Equal(t, event.UnknownEvent{}, e.Data)
			require.Equal(t, want[i], string(e.Raw))
			require.NotEmpty(t, e.ID)
			stored, err := event.Encode(&e)
			require.NoError(t, err)
			again, err := event.Decode(stored)
			require.NoError(t, err)
			require.Equal(t, e.Key(), again.Key())
		}
	}
}

func TestCallbackErrors(t *testing.T) {
	t.Parallel()
	for code, kind := range map[string]error{
		"71006": dingoa.ErrConflict,
		"71007": dingoa.ErrNotFound,
		"71008": dingoa.ErrInvalidArgument,
		"71009": dingoa.ErrInvalidArgument,
		"71012": dingoa.ErrInvalidArgument,
		"71013": dingoa.ErrIPNotAllowed,
	} {
		err := register(t.Context(), newDingTalk(answer(200, `{"errcode":`+code+`,"errmsg":"no"}`)).once(t))
		require.ErrorIs(t, err, kind, code)
		require.Equal(t, code, asError(t, err).Code)
	}
}

func TestRegistrationNamesEveryProblem(t *testing.T) {
	t.Parallel()
	err := newDingTalk(answer(200, done)).client(t).Callbacks.Register(t.Context(), dingoa.CallbackRegistration{Token: "SECRE", AESKey: "SECRET"})
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	var fields []string
	for _, f := range asError(t, err).Fields {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{"EventTypes", "Token", "AESKey", "URL"}, fields)
	require.NotContains(t, err.Error(), "SECRE")
}

func TestRegistrationPrintsNoSecret(t *testing.T) {
	t.Parallel()
	r := registration()
	r.Token, r.AESKey = "SECRET-token", "SECRETxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	requireSecretless(t, r)
	requireSecretless(t, &r)
	for _, reply := range []string{
		`{"errcode":71010,"errmsg":"SECRET-token and SECRETxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx are wrong"}`,
		`<html>{"token":"SECRET-token","aes_key":"SECRETxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}`,
	} {
		err := newDingTalk(answer(200, reply)).once(t).Callbacks.Register(t.Context(), r)
		require.Error(t, err)
		requireSecretless(t, err)
	}
	_, err := newDingTalk(answer(200, `{"errcode":0,"aes_key":"SECRET-key","token":"SECRET-token"}`)).once(t).Callbacks.Get(t.Context())
	require.ErrorIs(t, err, dingoa.ErrServer)
	requireSecretless(t, err)
}

// TestFailedPushesKeepWhatTheyCannotRead: a second read would not return it.
func TestFailedPushesKeepWhatTheyCannotRead(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"has_more":"true","failed_list":[
		{"call_back_tag":"bpms_task_change","event_time":"1606126433000","bpms_task_change":{"corpid":"ding1","bpmsCallBackData":"{\"processInstanceId\":\"i\",\"taskId\":9007199254740993,\"type\":\"finsh\"}"}},
		{"call_back_tag":"bpms_task_change","bpms_task_change":{"corpid":"ding1","bpmsCallBackData":{"taskId":[]}}},
		{"call_back_tag":"bpms_task_change"},
		{"event_time":{}}
	]}`))
	got, err := dt.client(t).Callbacks.FailedPushes(t.Context())
	require.NoError(t, err)
	require.True(t, got.HasMore)
	require.Len(t, got.Events, 4)
	require.Equal(t, event.TaskChange{InstanceID: "i", TaskID: "9007199254740993", Change: event.TaskChangeFinish}, got.Events[0].Data)
	require.Equal(t, ms(1606126433000), got.Events[0].Time)
	for i, e := range got.Events {
		require.Equal(t, event.SourceFailedPush, e.Source)
		require.NotEmpty(t, e.ID)
		if i > 0 {
			require.Equal(t, event.UnknownEvent{}, e.Data)
		}
	}
	require.Equal(t, "ding1", got.Events[1].CorpID)
	require.JSONEq(t, `{"call_back_tag":"bpms_task_change","bpms_task_change":{"corpid":"ding1","bpmsCallBackData":{"taskId":[]}}}`, string(got.Events[1].Raw))
	require.JSONEq(t, `{"event_time":{}}`, string(got.Events[3].Raw))
}

// TestFailedPushIsThePushedEvent: ID and data of an older push do not depend on
// the way, so that an event is handled once.
func TestFailedPushIsThePushedEvent(t *testing.T) {
	t.Parallel()
	const data = `"processInstanceId":"i","taskId":7,"type":"finish","result":"agree","staffId":"u","createTime":1606126433000`
	pushed, err := event.Parse([]byte(`{"EventType":"bpms_task_change","corpId":"ding1",` + data + `}`))
	require.NoError(t, err)
	dt := newDingTalk(answer(200, fmt.Sprintf(`{"errcode":0,"failed_list":[{"call_back_tag":"bpms_task_change","bpms_task_change":{"corpid":"ding1","bpmsCallBackData":{%s}}}]}`, data)))
	got, err := dt.client(t).Callbacks.FailedPushes(t.Context())
	require.NoError(t, err)
	require.Equal(t, pushed.ID, got.Events[0].ID)
	require.Equal(t, pushed.Data, got.Events[0].Data)
}

// TestCallbackLife registers, changes and removes a callback of the emulator,
// and finds what could not be delivered.
func TestCallbackLife(t *testing.T) {
	t.Parallel()
	const token, key = "tokenToken", "abcdefghijabcdefghijabcdefghijabcdefghijabc"
	callback, err := dingoa.NewCallback(token, key, []string{company.DefaultCorpID})
	require.NoError(t, err)
	var failing atomic.Bool
	dispatcher, err := event.NewDispatcher(event.On(func(context.Context, *event.Event, event.InstanceChange) error {
		if failing.Load() {
			return errors.New("no room")
		}
		return nil
	}))
	require.NoError(t, err)
	receiver := httptest.NewServer(callback.Handler(dispatcher))
	t.Cleanup(receiver.Close)

	s := dingoatest.NewServer(t)
	c := s.Client()
	_, err = c.Callbacks.Get(t.Context())
	require.ErrorIs(t, err, dingoa.ErrNotFound)
	require.ErrorIs(t, c.Callbacks.Delete(t.Context()), dingoa.ErrNotFound)
	require.ErrorIs(t, register(t.Context(), c), dingoa.ErrInvalidArgument, "its address has no scheme")

	want := dingoa.CallbackRegistration{EventTypes: []string{"bpms_task_change"}, Token: token, AESKey: key, URL: receiver.URL}
	require.NoError(t, c.Callbacks.Register(t.Context(), want))
	require.ErrorIs(t, c.Callbacks.Register(t.Context(), want), dingoa.ErrConflict)
	want.EventTypes = []string{"bpms_instance_change"}
	require.NoError(t, c.Callbacks.Update(t.Context(), want))
	got, err := c.Callbacks.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, &want, got)

	failing.Store(true)
	created, err := c.Instances.Create(t.Context(), leaveRequest())
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	s.Advance(10 * time.Second)
	s.Advance(30 * time.Second)
	failed, err := c.Callbacks.FailedPushes(t.Context())
	require.NoError(t, err)
	require.False(t, failed.HasMore)
	require.Len(t, failed.Events, 1)
	e := failed.Events[0]
	require.Equal(t, company.DefaultCorpID, e.CorpID)
	require.Equal(t, created.InstanceID, dataOf[event.InstanceChange](t, &e).InstanceID)
	require.Equal(t, event.InstanceChangeStart, dataOf[event.InstanceChange](t, &e).Change)

	again, err := c.Callbacks.FailedPushes(t.Context())
	require.NoError(t, err)
	require.Empty(t, again.Events, "each is told once")
	require.NoError(t, c.Callbacks.Delete(t.Context()))
	_, err = c.Callbacks.Get(t.Context())
	require.ErrorIs(t, err, dingoa.ErrNotFound)
}

// leaveRequest applies for leave at the emulator's default company.
func leaveRequest() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-11-23"}, {Name: "天数", Value: "1"},
		},
	}
}
