//go:build dingtalk

package conformance_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/internal/conformance"
)

// TestDingTalk runs the suite against the real service:
//
//	DINGTALK_APP_KEY, DINGTALK_APP_SECRET   an internal app with Workflow.Instance.Read and .Write
//	DINGTALK_PROCESS_CODE   a form made for this, revocable by its originators
//	DINGTALK_FORM_VALUES    JSON array of {"name":…,"value":…} that fills it in
//	DINGTALK_REQUIRED       label of one required component among them
//	DINGTALK_ORIGINATOR, DINGTALK_DEPT_ID   who applies, and where
//	DINGTALK_APPROVERS      three other userIds, separated by commas
//	DINGTALK_LEGACY=1       the older gateway, which wants DINGTALK_AGENT_ID, too
//	DINGTALK_PREMIUM=1      the company has OA premium
//	DINGTALK_ADMINISTRATOR  an administrator of approvals, for OA premium
//
//	go test -tags dingtalk -run TestDingTalk -v -timeout 30m ./internal/conformance
//
// It starts some thirty approvals that real people see, and leaves a few of them
// undecided.
func TestDingTalk(t *testing.T) {
	var missing []string
	setting := func(name string) string {
		value := os.Getenv("DINGTALK_" + name)
		if value == "" {
			missing = append(missing, "DINGTALK_"+name)
		}
		return value
	}
	appKey, appSecret := setting("APP_KEY"), setting("APP_SECRET")
	processCode, values, required := setting("PROCESS_CODE"), setting("FORM_VALUES"), setting("REQUIRED")
	originator, dept, approvers := setting("ORIGINATOR"), setting("DEPT_ID"), setting("APPROVERS")
	if len(missing) > 0 {
		t.Skip("the real service needs " + strings.Join(missing, ", "))
	}
	env := conformance.Env{
		ProcessCode: processCode, Required: required, Originator: originator,
		Legacy:  os.Getenv("DINGTALK_LEGACY") == "1",
		Premium: os.Getenv("DINGTALK_PREMIUM") == "1", Administrator: os.Getenv("DINGTALK_ADMINISTRATOR"),
		Now: time.Now,
		Wait: func(t *testing.T, d time.Duration) {
			t.Helper()
			select {
			case <-time.After(d):
			case <-t.Context().Done():
				t.Fatal(t.Context().Err())
			}
		},
	}
	if err := json.Unmarshal([]byte(values), &env.Values); err != nil {
		t.Fatal("DINGTALK_FORM_VALUES: ", err)
	}
	var err error
	if env.DeptID, err = strconv.ParseInt(dept, 10, 64); err != nil {
		t.Fatal("DINGTALK_DEPT_ID: ", err)
	}
	if n := copy(env.Approvers[:], strings.Split(approvers, ",")); n != len(env.Approvers) {
		t.Fatal("DINGTALK_APPROVERS: want three userIds, separated by commas")
	}
	opts := []dingoa.Option{dingoa.WithRateLimit(10)}
	if env.Legacy {
		opts = append(opts, dingoa.WithLegacyGateway())
	}
	if agentID, err := strconv.ParseInt(os.Getenv("DINGTALK_AGENT_ID"), 10, 64); err == nil {
		opts = append(opts, dingoa.WithAgentID(agentID))
	}
	if env.Client, err = dingoa.New(appKey, appSecret, opts...); err != nil {
		t.Fatal(err)
	}
	conformance.Run(t, func(*testing.T) conformance.Env { return env })
}
