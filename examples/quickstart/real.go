package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
)

// patience is how long the decisions of people are waited for.
const patience = 10 * time.Minute

func runReal(ctx context.Context, out io.Writer) error {
	s, err := readSettings()
	if err != nil {
		return err
	}
	return followReal(ctx, out, s, sleep)
}

// followReal waits by sleep, which a test replaces.
func followReal(ctx context.Context, out io.Writer, s settings, sleep sleeper) error {
	client, err := dingoa.New(s.appKey, s.appSecret, dingoa.WithBaseURL(s.baseURL), dingoa.WithLegacyBaseURL(s.baseURL))
	if err != nil {
		return err
	}
	where, decide := "on the real service", "in the DingTalk app"
	if s.baseURL != "" {
		where, decide = "at "+s.baseURL, "in the console there"
	}
	fmt.Fprintf(out, "An approval from start to end, %s. Callbacks need a public address, so\n", where)
	fmt.Fprintf(out, "that this program asks every few seconds instead; decide %s.\n", decide)

	fmt.Fprintln(out, "\nA leave is asked for:")
	created, err := client.Instances.Create(ctx, s.request())
	if err != nil {
		return err
	}
	line(out, time.Now(), "●", "started %s; waiting up to %s for the approvers", created.InstanceID, patience)
	inst, err := follow(ctx, out, client, created.InstanceID, sleep)
	if err != nil {
		return err
	}
	if err := report(out, inst); err != nil {
		return err
	}

	fmt.Fprintln(out, "Another one is revoked by who asked for it:")
	created, err = client.Instances.Create(ctx, s.request())
	if err != nil {
		return err
	}
	line(out, time.Now(), "●", "started %s; DingTalk revokes nothing in the first 15 seconds", created.InstanceID)
	if err := sleep(ctx, 16*time.Second); err != nil {
		return err
	}
	if err := client.Instances.Terminate(ctx, dingoa.TerminateInstanceRequest{
		InstanceID: created.InstanceID, OperatorUserID: s.userID, Remark: "dingoa quickstart",
	}); err != nil {
		return err
	}
	line(out, time.Now(), "■", "revoked")
	fmt.Fprintln(out)
	spent(out, client)
	return nil
}

// follow prints what happens to an instance until it ended or patience is over.
func follow(ctx context.Context, out io.Writer, client *dingoa.Client, id string, sleep sleeper) (*dingoa.Instance, error) {
	deadline := time.Now().Add(patience)
	for told := 0; ; {
		inst, err := client.Instances.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		for ; told < len(inst.Records); told++ {
			r := inst.Records[told]
			line(out, r.Time, "✓", "%s %s %s %s", r.UserID, r.Type, r.Result, r.Remark)
		}
		if inst.Status != dingoa.InstanceRunning || time.Now().After(deadline) {
			return inst, nil
		}
		if err := sleep(ctx, 5*time.Second); err != nil {
			return nil, err
		}
	}
}

type sleeper func(ctx context.Context, d time.Duration) error

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type settings struct {
	appKey, appSecret, processCode, userID string
	baseURL                                string
	deptID                                 int64
	values                                 []dingoa.FormValue
}

func (s settings) request() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode: s.processCode, OriginatorUserID: s.userID, DeptID: s.deptID, FormValues: s.values,
	}
}

// readSettings reads the environment. Optional are DINGTALK_DEPT_ID (-1, the
// root department, when left out), DINGTALK_FORM_VALUES, a JSON array of
// {"name": label, "value": text} for forms other than the leave form, and
// DINGTALK_BASE_URL in place of https://api.dingtalk.com.
func readSettings() (settings, error) {
	s := settings{
		appKey: os.Getenv("DINGTALK_APP_KEY"), appSecret: os.Getenv("DINGTALK_APP_SECRET"),
		processCode: os.Getenv("DINGTALK_PROCESS_CODE"), userID: os.Getenv("DINGTALK_USER_ID"),
		baseURL: os.Getenv("DINGTALK_BASE_URL"),
		deptID:  -1,
	}
	if s.appSecret == "" || s.processCode == "" || s.userID == "" {
		return s, errors.New("quickstart: DINGTALK_APP_KEY is set, so DINGTALK_APP_SECRET, DINGTALK_PROCESS_CODE and DINGTALK_USER_ID are needed too")
	}
	if text := os.Getenv("DINGTALK_DEPT_ID"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return s, fmt.Errorf("quickstart: DINGTALK_DEPT_ID: %w", err)
		}
		s.deptID = id
	}
	var err error
	s.values, err = form.Marshal(LeaveRequest{Kind: "年假", From: time.Now(), Days: form.NewDecimal(1, 0), Reason: "dingoa quickstart"})
	if err != nil {
		return s, err
	}
	if text := os.Getenv("DINGTALK_FORM_VALUES"); text != "" {
		if err := json.Unmarshal([]byte(text), &s.values); err != nil {
			return s, fmt.Errorf("quickstart: DINGTALK_FORM_VALUES is no JSON array of {name, value}: %w", err)
		}
	}
	return s, nil
}
