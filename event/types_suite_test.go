package event_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

// suiteEvents are the vendor's samples of events of third-party apps.
func suiteEvents() map[string]event.Event {
	const id, corp = "c7c7120f2c07419**ebdba0318c8", "ding9f50b15bxxxx16741"
	born := ms(1683533823336)
	stream := func(eventType string, data event.Data) event.Event {
		return event.Event{ID: id, Type: eventType, CorpID: corp, Time: born, Source: event.SourceStream, Data: data}
	}
	sync := func(eventType string, data event.Data) event.Event {
		return event.Event{ID: id, Type: eventType, Source: event.SourceHTTP, Data: data}
	}
	legacy := func(eventType string, at time.Time, data event.Data) event.Event {
		return event.Event{Type: eventType, CorpID: "xxxxxx", Time: at, Source: event.SourceHTTP, Data: data}
	}
	ticket := event.SuiteTicket{Ticket: "QsfJCEVF1h6E9fAaGwnAzbvYzxxxxxxxx"}
	pushedTicket := legacy("suite_ticket", time.Unix(123456, 0).UTC(), event.SuiteTicket{SuiteKey: "xxxxxx", Ticket: "xxxxxx"})
	pushedTicket.CorpID = ""
	authorized := authorization()
	changed := authorization()
	changed.Corp.TypeV2 = 2
	suite := event.SuiteAuthorization{SuiteKey: "xxxxxx"}
	toggled := func(state event.AppState) event.AppStateChange {
		return event.AppStateChange{State: state, AgentID: 123, AppID: "123", SuiteKey: "xxxxxx"}
	}
	toggledAt := ms(1481173967075)
	agent := func(state event.AppState) event.AppStateChange {
		return event.AppStateChange{State: state, AgentID: 12345677}
	}
	return map[string]event.Event{
		"suite_ticket.stream":          stream("suite_ticket", ticket),
		"suite_ticket.sync":            sync("suite_ticket", ticket),
		"suite_ticket.legacy":          pushedTicket,
		"org_suite_auth.stream":        stream("org_suite_auth", authorized),
		"org_suite_auth.sync":          sync("org_suite_auth", authorized),
		"tmp_auth_code.legacy":         legacy("tmp_auth_code", ms(1553709079062), suite),
		"org_suite_change.stream":      stream("org_suite_change", changed),
		"org_suite_change.sync":        sync("org_suite_change", changed),
		"change_auth.legacy":           legacy("change_auth", time.Unix(123456, 0).UTC(), suite),
		"org_suite_relieve.stream":     stream("org_suite_relieve", event.SuiteRelease{}),
		"org_suite_relieve.sync":       sync("org_suite_relieve", event.SuiteRelease{}),
		"suite_relieve.legacy":         legacy("suite_relieve", time.Unix(12351458245, 0).UTC(), event.SuiteRelease{SuiteKey: "xxxxxx"}),
		"org_micro_app_restore.stream": stream("org_micro_app_restore", agent(event.AppEnabled)),
		"org_micro_app_restore.sync":   sync("org_micro_app_restore", agent(event.AppEnabled)),
		"org_micro_app_restore.legacy": legacy("org_micro_app_restore", toggledAt, toggled(event.AppEnabled)),
		"org_micro_app_stop.stream":    stream("org_micro_app_stop", agent(event.AppDisabled)),
		"org_micro_app_stop.sync":      sync("org_micro_app_stop", agent(event.AppDisabled)),
		"org_micro_app_stop.legacy":    legacy("org_micro_app_stop", toggledAt, toggled(event.AppDisabled)),
		"org_micro_app_remove.stream":  stream("org_micro_app_remove", agent(event.AppRemoved)),
		"org_micro_app_remove.sync":    sync("org_micro_app_remove", agent(event.AppRemoved)),
	}
}

// syncPushes are the vendor's samples of the SyncHTTP mode.
func syncPushes() map[string]event.Event {
	row := func(eventType, corpID string, created int64, data event.Data) event.Event {
		return event.Event{Type: eventType, CorpID: corpID, Time: ms(created), Source: event.SourceHTTP, Data: data}
	}
	push := func(eventType string, e event.Event) event.Event {
		return event.Event{Type: eventType, Source: event.SourceHTTP, Data: event.SyncPush{Events: []event.Event{e}}}
	}
	return map[string]event.Event{
		"SYNC_HTTP_PUSH_HIGH.sync": push("SYNC_HTTP_PUSH_HIGH", row("org_suite_auth", "dingffea2axxxxxx0dcb25e91351", 1608639648000, event.SuiteAuthorization{
			Corp: event.AuthorizedCorp{
				CorpID: "dingffea2a0dcc37d0xxxxxxx25e91351", FullName: "xx测试组织", Name: "xx测试组织",
				InviteURL: "https://pre-wx.dingtalk.com/xxxxx/index.html?bizSource=____source____&corpId=dingffea2a0dcc3xxxxx25e91351&inviterUid=71E7E5B48C2DDB2xxxxxxF52346D",
			},
			User: event.AuthorizingUser{UserID: "manager4xxx"},
			Scope: event.AuthorizedScope{
				UserFields: []string{"jobnumber", "isLeader", "name", "position", "isAdmin", "avatar", "department", "userid", "deviceId", "isHide"},
				Org:        event.AuthorizedOrg{DeptIDs: []int64{1}, UserIDs: []string{}},
			},
			Info: event.AuthorizedApps{Agents: []event.AuthorizedAgent{{
				AgentID: 1038226450, AppID: "62282", Name: "土壕推送测试1217",
				LogoURL: "https://static-legacy.dingtalk.com/media/lADPDfmVQafoVxxxxxx0_200.jpg", AdminUserIDs: []string{"manager492"},
			}}},
		})),
		"SYNC_HTTP_PUSH_MEDIUM.sync": push("SYNC_HTTP_PUSH_MEDIUM", row("org_dept_create", "ding7629a25dxxxxxxxxf7214b6d69", 1608639751000, event.UnknownEvent{})),
	}
}

func TestSyncPushesAreTheirRows(t *testing.T) {
	t.Parallel()
	for name, want := range syncPushes() {
		e, err := event.Parse(readFile(t, "testdata", "events", name+".json"))
		require.NoError(t, err)
		require.Equal(t, want.Type, e.Type)
		got := dataOf[event.SyncPush](t, e).Events
		require.Len(t, got, 1)
		event := dataOf[event.SyncPush](t, &want).Events[0]
		require.True(t, json.Valid(got[0].Raw))
		require.Contains(t, string(got[0].Raw), `"syncAction":"`+event.Type+`"`)
		require.NotEmpty(t, got[0].ID)
		event.Raw, event.ID = got[0].Raw, got[0].ID
		require.Equal(t, event, got[0])
	}
}

// TestSyncPushIsDispatchedByRow: a row that cannot be read stops no other, one
// whose handler fails makes DingTalk push all of them again.
func TestSyncPushIsDispatchedByRow(t *testing.T) {
	t.Parallel()
	e, err := event.Parse([]byte(`{"EventType":"SYNC_HTTP_PUSH_HIGH","bizData":[
		{"corp_id":"ding1","biz_data":"no JSON"},
		{"corp_id":"ding1","biz_data":"{\"syncAction\":\"suite_ticket\",\"suiteTicket\":[]}"},
		{"corp_id":"ding1","biz_data":{"EventType":"SYNC_HTTP_PUSH_HIGH","bizData":[{"biz_data":{"syncAction":"org_suite_relieve"}}]}},
		7,
		{"corp_id":"ding1","biz_data":{"syncAction":"org_suite_relieve"}},
		{"corp_id":"ding2","gmt_create":1608639751000,"biz_data":{"eventId":"7","syncAction":"workflow_task_change_directed","type":"start","processInstanceId":"i"}}
	]}`))
	require.NoError(t, err)
	var seen []string
	var fail error
	note := func(e *event.Event) error {
		seen = append(seen, e.CorpID+" "+e.Type)
		return fail
	}
	d, err := event.NewDispatcher(
		event.On(func(_ context.Context, e *event.Event, _ event.SyncPush) error { return note(e) }),
		event.On(func(_ context.Context, e *event.Event, _ event.SuiteRelease) error { return note(e) }),
		event.On(func(_ context.Context, e *event.Event, c event.TaskChange) error {
			require.Equal(t, "7 i", e.ID+" "+c.InstanceID)
			require.Equal(t, ms(1608639751000), e.Time)
			return note(e)
		}),
		event.On(func(_ context.Context, e *event.Event, _ event.UnknownEvent) error {
			require.NotEmpty(t, e.Raw)
			return nil
		}),
	)
	require.NoError(t, err)
	require.NoError(t, d.Dispatch(t.Context(), e))
	require.Equal(t, []string{" SYNC_HTTP_PUSH_HIGH", "ding1 org_suite_relieve", "ding2 workflow_task_change_directed"}, seen)
	fail = errors.New("no room")
	require.ErrorIs(t, d.Dispatch(t.Context(), e), fail)

	_, err = event.Parse([]byte(`{"EventType":"SYNC_HTTP_PUSH_HIGH","bizData":{}}`))
	require.ErrorIs(t, err, event.ErrMalformed)
}

func authorization() event.SuiteAuthorization {
	return event.SuiteAuthorization{
		Corp: event.AuthorizedCorp{
			CorpID: "dingb2b068b57xxxxxx288", Name: "测试组织", FullName: "测试组织", Industry: "互联网",
			Authenticated: true, AuthLevel: 2, Channel: "4", ChannelType: "STAR_ACTIVITY", LicenseCode: "xxx",
			LogoURL:   "https://static-legacy.dingtalk.com/xxx",
			InviteURL: "https://wx.dingtalk.com/invite-page/xxx", InviteCode: "dada2xdaflgf",
		},
		User:  event.AuthorizingUser{UserID: "managerxxx92"},
		Scope: event.AuthorizedScope{UserFields: []string{"jobnumber"}, Org: event.AuthorizedOrg{DeptIDs: []int64{1}}},
		Info: event.AuthorizedApps{Agents: []event.AuthorizedAgent{{
			AgentID: 2574805120, AppID: "1000", Name: "测试应用", LogoURL: "https://staticXXX.jpg", AdminUserIDs: []string{"182937xxx"},
		}}},
	}
}

func TestMalformedSuiteEvents(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		`{"EventType":"suite_ticket","SuiteTicket":{"SECRET":1}}`,
		`{"EventType":"org_suite_auth","authInfo":{"agent":[{"agentid":"SECRET"}]}}`,
		`{"EventType":"org_micro_app_stop","agentId":"SECRET"}`,
		`{"EventType":"suite_relieve","SuiteKey":{"SECRET":1}}`,
	} {
		_, err := event.Parse([]byte(message))
		require.ErrorIs(t, err, event.ErrMalformed, message)
		require.NotContains(t, err.Error(), "SECRET")
	}
}

// TestEventsPrintNoSecret: tickets, one-time codes and permanent codes come in events.
func TestEventsPrintNoSecret(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		`{"EventType":"suite_ticket","SuiteKey":"suite1","SuiteTicket":"SECRET-ticket"}`,
		`{"EventType":"tmp_auth_code","AuthCorpId":"ding1","AuthCode":"SECRET-code"}`,
		`{"eventType":"org_suite_auth","eventCorpId":"ding1","data":{"permanentCode":"SECRET-permanent"}}`,
	} {
		e, err := event.Parse([]byte(message))
		require.NoError(t, err)
		require.Contains(t, string(e.Raw), "SECRET")
		require.Contains(t, fmt.Sprintf("%+v", e), e.Type)
		for _, v := range []any{e, *e, e.Data} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
				text := fmt.Sprintf(verb, v)
				require.NotContains(t, text, "SECRET")
				require.NotContains(t, text, fmt.Sprintf("%x", "SECRET"))
			}
		}
		require.NotContains(t, fmt.Sprintf("%+v", []event.Event{*e}), "SECRET")
	}
}
