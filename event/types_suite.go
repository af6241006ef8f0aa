package event

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/mask"
	"github.com/dingoa/dingoa/internal/wire"
)

// SuiteTicket brings a third-party app its ticket (suiteTicket), about every 5
// hours; a new one makes the one before it useless. dingoa.Suite.KeepTicket keeps
// it. It prints without the ticket.
//
// See https://open.dingtalk.com/document/development/event-suite-ticket
type SuiteTicket struct {
	// SuiteKey is the app; only pushes to a callback URL have it.
	SuiteKey string `json:"SuiteKey"`
	// Ticket is a secret.
	Ticket string `json:"suiteTicket"`
}

// EventTypes implements [Data].
func (SuiteTicket) EventTypes() []string { return []string{"suite_ticket"} }

// String hides the ticket.
func (t SuiteTicket) String() string { return "SuiteTicket(" + t.SuiteKey + " ***)" }

// Format hides the ticket from every verb of fmt.
func (t SuiteTicket) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue hides the ticket from log/slog.
func (t SuiteTicket) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalJSON hides the ticket.
func (t SuiteTicket) MarshalJSON() ([]byte, error) {
	type plain SuiteTicket
	t.Ticket = mask.Secret(t.Ticket)
	return json.Marshal(plain(t))
}

// SuiteAuthorization reports that a company activated a third-party app (开通) or
// changed what the app may see (授权范围变更). Which of the two it was matters
// little: only the latest state counts; [Event.Type] says which.
//
// Pushes to a callback URL have no more than [Event.CorpID] and the suite. The
// one-time AuthCode there, and the permanent code (permanent_code), which the
// vendor has deprecated, are secrets that no operation of this package takes;
// they are in [Event.Raw] only.
//
// See https://open.dingtalk.com/document/development/event-org-suite-auth
type SuiteAuthorization struct {
	// SuiteKey is the app; only pushes to a callback URL have it.
	SuiteKey string `json:"SuiteKey"`
	// Corp is the company that authorised.
	Corp AuthorizedCorp `json:"authCorpInfo"`
	// User is who did it.
	User AuthorizingUser `json:"authUserInfo"`
	// Scope is the part of the address book that the app may see.
	Scope AuthorizedScope `json:"authScope"`
	// Info lists what was authorised.
	Info AuthorizedApps `json:"authInfo"`
}

// EventTypes implements [Data].
func (SuiteAuthorization) EventTypes() []string {
	return []string{"org_suite_auth", "org_suite_change", "tmp_auth_code", "change_auth"}
}

// AuthorizedCorp is a company that uses a third-party app.
type AuthorizedCorp struct {
	// CorpID identifies the company, see dingoa.Suite.Client.
	CorpID string `json:"corpid"`
	// Name and FullName of the company.
	Name     string `json:"corpName"`
	FullName string `json:"fullCorpName"`
	// Type and TypeV2 are the vendor's numbers; 0 is a usual company.
	Type   int64 `json:"corpType"`
	TypeV2 int64 `json:"corpTypeV2"`
	// Industry is text, such as 互联网.
	Industry string `json:"industry"`
	// Authenticated reports that DingTalk has verified the company; AuthLevel how far.
	Authenticated bool  `json:"isAuthenticated"`
	AuthLevel     int64 `json:"authLevel"`
	// Ecological reports a company of the vendor's partners (生态组织).
	Ecological bool `json:"isEcologicalCorp"`
	// Channel and ChannelType say where the company came from.
	Channel     string `json:"authChannel"`
	ChannelType string `json:"authChannelType"`
	// LicenseCode is the company's, often empty.
	LicenseCode string `json:"licenseCode"`
	// LogoURL and InviteURL are addresses; InviteCode belongs to the latter.
	LogoURL    string `json:"corpLogoUrl"`
	InviteURL  string `json:"inviteUrl"`
	InviteCode string `json:"inviteCode"`
}

// AuthorizingUser is who authorised.
type AuthorizingUser struct {
	// UserID is the user in that company.
	UserID string `json:"userId"`
}

// AuthorizedScope is the part of the address book that an app may see.
type AuthorizedScope struct {
	// UserFields are the members of users that it may read.
	UserFields []string `json:"authUserField"`
	// Org are the parts of the company.
	Org AuthorizedOrg `json:"authOrgScopes"`
}

// AuthorizedOrg is the part of a company that an app may see.
type AuthorizedOrg struct {
	// DeptIDs are departments; 1 is the root.
	DeptIDs []int64 `json:"authedDept"`
	// UserIDs are people besides.
	UserIDs []string `json:"authedUser"`
}

// AuthorizedApps are the apps of a suite in one company.
type AuthorizedApps struct {
	// Agents is usually one.
	Agents []AuthorizedAgent `json:"agent"`
}

// AuthorizedAgent is the app in one company.
type AuthorizedAgent struct {
	// AgentID identifies the app in this company, see dingoa.WithAgentID.
	AgentID int64 `json:"agentid"`
	// AppID is the app's, the same everywhere.
	AppID string `json:"appid"`
	// Name and LogoURL are shown to users.
	Name    string `json:"agentName"`
	LogoURL string `json:"logoUrl"`
	// AdminUserIDs may administer it.
	AdminUserIDs []string `json:"adminList"`
}

// SuiteRelease reports that a company withdrew its authorisation (解除授权): its
// tokens stop working. The company is [Event.CorpID].
//
// See https://open.dingtalk.com/document/development/enterprise-release-kit-authorization
type SuiteRelease struct {
	// SuiteKey is the app; only pushes to a callback URL have it.
	SuiteKey string `json:"SuiteKey"`
}

// EventTypes implements [Data].
func (SuiteRelease) EventTypes() []string { return []string{"org_suite_relieve", "suite_relieve"} }

// AppState is whether a company uses an app.
type AppState string

// The states of an app in a company.
const (
	AppEnabled  AppState = "restore" // 启用
	AppDisabled AppState = "stop"    // 停用
	AppRemoved  AppState = "remove"  // 删除; the authorisation stays
)

// AppStateChange reports that a company enabled, disabled or removed a
// third-party app. The company is [Event.CorpID].
//
// See https://open.dingtalk.com/document/development/enterprise-logic-deactivates-microapps
type AppStateChange struct {
	// State is the new one.
	State AppState `json:"-"`
	// AgentID is the app in this company.
	AgentID int64 `json:"agentId"`
	// SuiteKey and AppID are the app; only pushes to a callback URL have them.
	SuiteKey string `json:"SuiteKey"`
	AppID    string `json:"AppId"`
}

// EventTypes implements [Data].
func (AppStateChange) EventTypes() []string {
	return []string{"org_micro_app_restore", "org_micro_app_stop", "org_micro_app_remove"}
}

func decodeAppState(eventType string, raw []byte) (Data, error) {
	change, err := decodeLoosely[AppStateChange](raw)
	if err != nil {
		return nil, err
	}
	change.State = AppState(strings.TrimPrefix(eventType, "org_micro_app_"))
	return change, nil
}

// looseEvent is decodeLoosely for the table of typed events.
func looseEvent[T Data](raw []byte) (Data, error) {
	data, err := decodeLoosely[T](raw)
	if err != nil {
		return nil, err
	}
	return data, nil
}

// decodeLoosely reads an event in each of its spellings: the stream's
// camelCase, the snake_case of SyncHTTP and RDS, the callback's CamelCase; and
// numbers as text and the other way round. Times that can't be read are left to
// the field Unread of T: the news counts without them.
func decodeLoosely[T Data](raw []byte) (T, error) {
	var data, none T
	decoded, err := wire.Unmarshal(raw, &data, nil)
	switch {
	case err != nil:
		return none, malformedField(nil, err)
	case len(decoded.Refused) > 0:
		return none, fmt.Errorf("dingoa: %w: %w", ErrMalformed, decoded.Refused[0])
	}
	for _, field := range decoded.Unread {
		if field.Want != wire.WantTime {
			return none, fmt.Errorf("dingoa: %w: %w", ErrMalformed, field)
		}
	}
	return data, nil
}

// SyncPush is a push of the SyncHTTP mode of third-party apps (SyncHTTP 推送),
// which brings several events at once. [Dispatcher.Dispatch] hands each of them
// to its own handlers.
//
// See https://open.dingtalk.com/document/development/configure-synchttp-push
type SyncPush struct {
	// Events are the rows. One that is not of the vendor's form is
	// [UnknownEvent], with the whole row in Raw, and stops no other.
	Events []Event
}

// EventTypes implements [Data].
func (SyncPush) EventTypes() []string { return []string{syncPushHigh, syncPushMedium} }

const (
	syncPushHigh   = "SYNC_HTTP_PUSH_HIGH"
	syncPushMedium = "SYNC_HTTP_PUSH_MEDIUM"
)

func decodeSyncPush(raw []byte) (Data, error) {
	var push struct {
		Rows []json.RawMessage `json:"bizData"`
	}
	if err := json.Unmarshal(raw, &push); err != nil {
		return nil, malformedField([]byte("bizData"), err)
	}
	events := make([]Event, len(push.Rows))
	for i, row := range push.Rows {
		events[i] = syncEvent(row)
	}
	return SyncPush{events}, nil
}

// syncEvent reads one row, whose biz_data is an object or, more often, one as text.
func syncEvent(row json.RawMessage) Event {
	var corpID string
	var created time.Time
	var payload json.RawMessage
	for key, value := range wire.Members(row) {
		switch string(key) { // what does not fit stays zero: the row is kept whole below
		case "corp_id":
			_ = readText(&corpID, value)
		case "gmt_create":
			_ = wire.ReadTime(&created, value)
		case "biz_data":
			payload = wire.ObjectIn(value)
		}
	}
	e := Event{Source: SourceHTTP}
	raw, err := readEnvelope(&e, payload)
	if e.Type == syncPushHigh || e.Type == syncPushMedium {
		e = Event{Source: SourceHTTP} // no rows within rows
	}
	if err == nil {
		e.Data, err = decodeData(e.Type, raw)
	}
	if e.Raw = slices.Clone(raw); err != nil || e.Type == "" {
		e.Data, e.Raw = UnknownEvent{}, row
	}
	if e.CorpID == "" {
		e.CorpID = corpID
	}
	if e.Time.IsZero() {
		e.Time = created
	}
	e.fillID()
	return e
}
