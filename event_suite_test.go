package dingoa_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// suiteEvents are the vendor's samples of events of third-party apps.
func suiteEvents() map[string]dingoa.Event {
	const id, corp = "c7c7120f2c07419**ebdba0318c8", "ding9f50b15bxxxx16741"
	born := ms(1683533823336)
	stream := func(eventType string, data dingoa.EventData) dingoa.Event {
		return dingoa.Event{ID: id, Type: eventType, CorpID: corp, Time: born, Source: dingoa.SourceStream, Data: data}
	}
	sync := func(eventType string, data dingoa.EventData) dingoa.Event {
		return dingoa.Event{ID: id, Type: eventType, Source: dingoa.SourceHTTP, Data: data}
	}
	legacy := func(eventType string, at time.Time, data dingoa.EventData) dingoa.Event {
		return dingoa.Event{Type: eventType, CorpID: "xxxxxx", Time: at, Source: dingoa.SourceHTTP, Data: data}
	}
	ticket := dingoa.SuiteTicket{Ticket: "QsfJCEVF1h6E9fAaGwnAzbvYzxxxxxxxx"}
	pushedTicket := legacy("suite_ticket", time.Unix(123456, 0).UTC(), dingoa.SuiteTicket{SuiteKey: "xxxxxx", Ticket: "xxxxxx"})
	pushedTicket.CorpID = ""
	authorized := authorization()
	changed := authorization()
	changed.Corp.TypeV2 = 2
	suite := dingoa.SuiteAuthorization{SuiteKey: "xxxxxx"}
	toggled := func(state dingoa.AppState) dingoa.AppStateChange {
		return dingoa.AppStateChange{State: state, AgentID: 123, AppID: "123", SuiteKey: "xxxxxx"}
	}
	toggledAt := ms(1481173967075)
	agent := func(state dingoa.AppState) dingoa.AppStateChange {
		return dingoa.AppStateChange{State: state, AgentID: 12345677}
	}
	return map[string]dingoa.Event{
		"suite_ticket.stream":          stream("suite_ticket", ticket),
		"suite_ticket.sync":            sync("suite_ticket", ticket),
		"suite_ticket.legacy":          pushedTicket,
		"org_suite_auth.stream":        stream("org_suite_auth", authorized),
		"org_suite_auth.sync":          sync("org_suite_auth", authorized),
		"tmp_auth_code.legacy":         legacy("tmp_auth_code", ms(1553709079062), suite),
		"org_suite_change.stream":      stream("org_suite_change", changed),
		"org_suite_change.sync":        sync("org_suite_change", changed),
		"change_auth.legacy":           legacy("change_auth", time.Unix(123456, 0).UTC(), suite),
		"org_suite_relieve.stream":     stream("org_suite_relieve", dingoa.SuiteRelease{}),
		"org_suite_relieve.sync":       sync("org_suite_relieve", dingoa.SuiteRelease{}),
		"suite_relieve.legacy":         legacy("suite_relieve", time.Unix(12351458245, 0).UTC(), dingoa.SuiteRelease{SuiteKey: "xxxxxx"}),
		"org_micro_app_restore.stream": stream("org_micro_app_restore", agent(dingoa.AppEnabled)),
		"org_micro_app_restore.sync":   sync("org_micro_app_restore", agent(dingoa.AppEnabled)),
		"org_micro_app_restore.legacy": legacy("org_micro_app_restore", toggledAt, toggled(dingoa.AppEnabled)),
		"org_micro_app_stop.stream":    stream("org_micro_app_stop", agent(dingoa.AppDisabled)),
		"org_micro_app_stop.sync":      sync("org_micro_app_stop", agent(dingoa.AppDisabled)),
		"org_micro_app_stop.legacy":    legacy("org_micro_app_stop", toggledAt, toggled(dingoa.AppDisabled)),
		"org_micro_app_remove.stream":  stream("org_micro_app_remove", agent(dingoa.AppRemoved)),
		"org_micro_app_remove.sync":    sync("org_micro_app_remove", agent(dingoa.AppRemoved)),
	}
}

func authorization() dingoa.SuiteAuthorization {
	return dingoa.SuiteAuthorization{
		Corp: dingoa.AuthorizedCorp{
			CorpID: "dingb2b068b57xxxxxx288", Name: "测试组织", FullName: "测试组织", Industry: "互联网",
			Authenticated: true, AuthLevel: 2, Channel: "4", ChannelType: "STAR_ACTIVITY", LicenseCode: "xxx",
			LogoURL:   "https://static-legacy.dingtalk.com/xxx",
			InviteURL: "https://wx.dingtalk.com/invite-page/xxx", InviteCode: "dada2xdaflgf",
		},
		User:  dingoa.AuthorizingUser{UserID: "managerxxx92"},
		Scope: dingoa.AuthorizedScope{UserFields: []string{"jobnumber"}, Org: dingoa.AuthorizedOrg{DeptIDs: []int64{1}}},
		Info: dingoa.AuthorizedApps{Agents: []dingoa.AuthorizedAgent{{
			AgentID: 2574805120, AppID: "1000", Name: "测试应用", LogoURL: "https://staticXXX.jpg", AdminUserIDs: []string{"182937xxx"},
		}}},
	}
}

func TestMalformedSuiteEvents(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		`{"EventType":"suite_ticket","SuiteTicket":["SECRET"]}`,
		`{"EventType":"org_suite_auth","authInfo":{"agent":[{"agentid":"SECRET"}]}}`,
		`{"EventType":"org_micro_app_stop","agentId":"SECRET"}`,
		`{"EventType":"suite_relieve","SuiteKey":{"SECRET":1}}`,
	} {
		_, err := dingoa.ParseEvent([]byte(message))
		require.ErrorIs(t, err, dingoa.ErrMalformed, message)
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
		e, err := dingoa.ParseEvent([]byte(message))
		require.NoError(t, err)
		require.Contains(t, string(e.Raw), "SECRET")
		require.Contains(t, fmt.Sprintf("%+v", e), e.Type)
		for _, v := range []any{e, *e, e.Data} {
			requireSecretless(t, v)
		}
		require.NotContains(t, fmt.Sprintf("%+v", []dingoa.Event{*e}), "SECRET")
		data, err := json.Marshal(e)
		require.NoError(t, err)
		require.Contains(t, string(data), "SECRET", "whoever keeps events keeps all of them")
	}
}
