package dingoa_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// fieldsOf are the fields that were refused, before anything was sent.
func fieldsOf(t *testing.T, dt *dingTalk, err error) []string {
	t.Helper()
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	require.Empty(t, dt.sent())
	require.Empty(t, dt.tokenRequests())
	var fields []string
	for _, field := range asError(t, err).Fields {
		require.NotEmpty(t, field.Problem)
		fields = append(fields, field.Field)
	}
	return fields
}

func formValues(n int) []dingoa.FormValue {
	return slices.Repeat([]dingoa.FormValue{{Name: "n", Value: "v"}}, n)
}

func approvers(n int) []dingoa.Approver {
	return slices.Repeat([]dingoa.Approver{{UserIDs: []string{"u"}}}, n)
}

func TestCreateChecksTheRequest(t *testing.T) {
	t.Parallel()
	legacy := []dingoa.Option{dingoa.WithLegacyGateway()}
	long := strings.Repeat("长", 65535)
	for name, test := range map[string]struct {
		change  func(*dingoa.CreateInstanceRequest)
		gateway []dingoa.Option
		want    []string // nil when it may be sent
	}{
		"everything missing": {
			func(r *dingoa.CreateInstanceRequest) { *r = dingoa.CreateInstanceRequest{} }, nil,
			[]string{"ProcessCode", "OriginatorUserID", "DeptID", "FormValues"},
		},
		"blanks":                     {func(r *dingoa.CreateInstanceRequest) { r.ProcessCode, r.OriginatorUserID = " ", "\t" }, nil, []string{"ProcessCode", "OriginatorUserID"}},
		"no department":              {func(r *dingoa.CreateInstanceRequest) { r.DeptID = 0 }, nil, []string{"DeptID"}},
		"approvers for a department": {func(r *dingoa.CreateInstanceRequest) { r.DeptID, r.Approvers = 0, approvers(1) }, nil, nil},
		"legacy wants both":          {func(r *dingoa.CreateInstanceRequest) { r.DeptID, r.Approvers = 0, approvers(1) }, legacy, []string{"DeptID"}},
		"20 approvers":               {func(r *dingoa.CreateInstanceRequest) { r.Approvers = approvers(20) }, nil, nil},
		"21 approvers":               {func(r *dingoa.CreateInstanceRequest) { r.Approvers = approvers(21) }, nil, []string{"Approvers"}},
		"a step without people": {func(r *dingoa.CreateInstanceRequest) {
			r.Approvers = []dingoa.Approver{{ActionType: dingoa.ActionNone}}
		}, nil, []string{"Approvers[0].UserIDs"}},
		"unknown action": {func(r *dingoa.CreateInstanceRequest) {
			r.Approvers = []dingoa.Approver{{ActionType: "XOR", UserIDs: []string{"u"}}}
		}, nil, []string{"Approvers[0].ActionType"}},
		"AND of one, today": {func(r *dingoa.CreateInstanceRequest) {
			r.Approvers = []dingoa.Approver{{ActionType: dingoa.ActionAnd, UserIDs: []string{"u"}}}
		}, nil, nil},
		"AND of one, legacy": {func(r *dingoa.CreateInstanceRequest) {
			r.Approvers = []dingoa.Approver{{ActionType: dingoa.ActionAnd, UserIDs: []string{"u"}}}
		}, legacy, []string{"Approvers[0].ActionType"}},
		"NONE of two, legacy": {func(r *dingoa.CreateInstanceRequest) { r.Approvers = []dingoa.Approver{{UserIDs: []string{"u", "v"}}} }, legacy, []string{"Approvers[0].ActionType"}},
		"OR of 21, legacy": {
			func(r *dingoa.CreateInstanceRequest) {
				r.Approvers = []dingoa.Approver{{ActionType: dingoa.ActionOr, UserIDs: make([]string, 21)}}
			}, legacy, []string{"Approvers[0].UserIDs"},
		},
		"50 copies":                 {func(r *dingoa.CreateInstanceRequest) { r.CCUserIDs = make([]string, 50) }, nil, nil},
		"two copies in one, legacy": {func(r *dingoa.CreateInstanceRequest) { r.CCUserIDs = []string{"u", "v,w"} }, legacy, []string{"CCUserIDs[1]"}},
		"two copies in one":         {func(r *dingoa.CreateInstanceRequest) { r.CCUserIDs = []string{"u", "v,w"} }, nil, nil},
		"51 copies":                 {func(r *dingoa.CreateInstanceRequest) { r.CCUserIDs = make([]string, 51) }, nil, []string{"CCUserIDs"}},
		"20 copies, legacy":         {func(r *dingoa.CreateInstanceRequest) { r.CCUserIDs = make([]string, 20) }, legacy, nil},
		"21 copies, legacy":         {func(r *dingoa.CreateInstanceRequest) { r.CCUserIDs = make([]string, 21) }, legacy, []string{"CCUserIDs"}},
		"copies at no time":         {func(r *dingoa.CreateInstanceRequest) { r.CCPosition = "LATER" }, nil, []string{"CCPosition"}},
		"21 choices": {func(r *dingoa.CreateInstanceRequest) {
			r.TargetSelectActioners = make([]dingoa.TargetSelectActioner, 21)
		}, nil, []string{"TargetSelectActioners"}},
		"no values":          {func(r *dingoa.CreateInstanceRequest) { r.FormValues = nil }, nil, []string{"FormValues"}},
		"150 values":         {func(r *dingoa.CreateInstanceRequest) { r.FormValues = formValues(150) }, nil, nil},
		"151 values":         {func(r *dingoa.CreateInstanceRequest) { r.FormValues = formValues(151) }, nil, []string{"FormValues"}},
		"200 values, legacy": {func(r *dingoa.CreateInstanceRequest) { r.FormValues = formValues(200) }, legacy, nil},
		"201 values, legacy": {func(r *dingoa.CreateInstanceRequest) { r.FormValues = formValues(201) }, legacy, []string{"FormValues"}},
		"a long value":       {func(r *dingoa.CreateInstanceRequest) { r.FormValues[0].Value, r.FormValues[0].ExtValue = long, long }, nil, nil},
		"too long values": {
			func(r *dingoa.CreateInstanceRequest) {
				r.FormValues[0].Value, r.FormValues[0].ExtValue = long+"长", long+"长"
			}, nil, []string{"FormValues[0].Value (原因)", "FormValues[0].ExtValue (原因)"},
		},
		"no label": {func(r *dingoa.CreateInstanceRequest) {
			r.FormValues = append(r.FormValues, dingoa.FormValue{Value: "v"})
		}, nil, []string{"FormValues[1].Name"}},
		"empty value":     {func(r *dingoa.CreateInstanceRequest) { r.FormValues[0].Value = "" }, nil, nil},
		"151 cells":       {func(r *dingoa.CreateInstanceRequest) { r.FormValues[0].Details = formValues(151) }, nil, []string{"FormValues[0].Details (原因)"}},
		"a long address":  {func(r *dingoa.CreateInstanceRequest) { r.DetailPageURL = strings.Repeat("a", 1025) }, nil, []string{"DetailPageURL"}},
		"several at once": {func(r *dingoa.CreateInstanceRequest) { r.ProcessCode, r.CCPosition, r.FormValues = "", "LATER", nil }, nil, []string{"ProcessCode", "CCPosition", "FormValues"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := createRequest()
			test.change(&req)
			before, err := json.Marshal(req)
			require.NoError(t, err)
			dt := newDingTalk(answer(200, `{"errcode":0,"instanceId":"1","process_instance_id":"1"}`))
			_, err = dt.client(t, append(test.gateway, dingoa.WithAgentID(1))...).Instances.Create(t.Context(), req)
			if test.want == nil {
				require.NoError(t, err)
			} else {
				require.Equal(t, test.want, fieldsOf(t, dt, err))
			}
			afterwards, err := json.Marshal(req)
			require.NoError(t, err)
			require.Equal(t, string(before), string(afterwards), "the caller's request is the caller's")
		})
	}
}

func TestCreateFillsInTheActionOnTheOlderGateway(t *testing.T) {
	t.Parallel()
	req := createRequest()
	req.Approvers = approvers(1)
	dt := newDingTalk(answer(200, `{"errcode":0,"process_instance_id":"1"}`))
	_, err := dt.once(t, dingoa.WithLegacyGateway()).Instances.Create(t.Context(), req)
	require.NoError(t, err)
	require.JSONEq(t, `{"process_code":"PROC-1","originator_user_id":"user1","dept_id":-1,"form_component_values":[{"name":"原因","value":"出差"}],
		"approvers_v2":[{"task_action_type":"NONE","user_ids":["u"]}]}`, dt.sent()[0].Body)
}

func TestTerminateChecksTheRequest(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, done))
	c := dt.client(t)
	for _, test := range []struct {
		req  dingoa.TerminateInstanceRequest
		want []string
	}{
		{dingoa.TerminateInstanceRequest{}, []string{"InstanceID", "OperatorUserID"}},
		{dingoa.TerminateInstanceRequest{InstanceID: "1"}, []string{"OperatorUserID"}},
		{dingoa.TerminateInstanceRequest{IsSystem: true}, []string{"InstanceID"}},
		{dingoa.TerminateInstanceRequest{InstanceID: "1", IsSystem: true, Remark: strings.Repeat("长", 1025)}, []string{"Remark"}},
	} {
		require.Equal(t, test.want, fieldsOf(t, dt, c.Instances.Terminate(t.Context(), test.req)))
	}
	require.NoError(t, c.Instances.Terminate(t.Context(), dingoa.TerminateInstanceRequest{InstanceID: "1", OperatorUserID: "u", Remark: strings.Repeat("长", 1024)}))
	require.JSONEq(t, `{"processInstanceId":"1","isSystem":false,"operatingUserId":"u","remark":"`+strings.Repeat("长", 1024)+`"}`, dt.sent()[0].Body)
}

// TestFilesAreChecked wherever they can be attached.
func TestFilesAreChecked(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *dingoa.Client, dingoa.Files) error{
		"Comment": func(ctx context.Context, c *dingoa.Client, f dingoa.Files) error {
			return c.Instances.Comment(ctx, dingoa.CommentRequest{InstanceID: "1", OperatorUserID: "u", Text: "t", File: f})
		},
		"Approve": func(ctx context.Context, c *dingoa.Client, f dingoa.Files) error {
			return c.Tasks.Approve(ctx, dingoa.DecideTaskRequest{InstanceID: "1", TaskID: "1", OperatorUserID: "u", File: f})
		},
		"Redirect": func(ctx context.Context, c *dingoa.Client, f dingoa.Files) error {
			return c.Tasks.Redirect(ctx, dingoa.RedirectTaskRequest{TaskID: "1", ToUserID: "u", OperatorUserID: "v", File: f})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dt := newDingTalk(answer(200, done))
			c := dt.client(t)
			err := call(t.Context(), c, dingoa.Files{
				Photos:      []string{"https://a", strings.Repeat("a", 1025)},
				Attachments: append(make([]dingoa.Attachment, 20), dingoa.Attachment{FileID: strings.Repeat("a", 257), FileName: strings.Repeat("名", 257)}),
			})
			require.Equal(t, []string{"File.Photos[1]", "File.Attachments", "File.Attachments[20].FileID", "File.Attachments[20].FileName"}, fieldsOf(t, dt, err))

			require.NoError(t, call(t.Context(), c, dingoa.Files{}))
			require.NotContains(t, dt.sent()[0].Body, "file")
			require.NoError(t, call(t.Context(), c, dingoa.Files{Photos: []string{"https://a"}}))
			require.Contains(t, dt.sent()[1].Body, `"file":{"photos":["https://a"]}`)
		})
	}
}

// TestInstanceIsReadLeniently: what the vendor sends as number here and text
// there, leaves out, or sends as null.
func TestInstanceIsReadLeniently(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{
		"numbers": `{"result":{"status":"RUNNING","originatorDeptId":-1,"tasks":[{"taskId":67583405630123456}],
			"operationRecords":[{"attachments":[{"spaceId":12345,"fileId":111,"fileSize":1024}]}]},"success":true}`,
		"texts": `{"result":{"status":"RUNNING","originatorDeptId":"-1","tasks":[{"taskId":"67583405630123456"}],
			"operationRecords":[{"attachments":[{"spaceId":"12345","fileId":"111","fileSize":"1024"}]}]},"success":"true"}`,
		"older names": `{"result":{"status":"RUNNING","originatorDeptId":"-1","tasks":[{"taskId":"67583405630123456"}],
			"operationRecords":[{"attachments":[{"space_id":"12345","file_id":"111","file_size":"1024"}]}]},"success":"TRUE"}`,
		"nulls and news": `{"result":{"status":"RUNNING","originatorDeptId":-1,"title":null,"approverUserIds":null,"finishTime":null,"brandNew":{"a":[1]},
			"tasks":[{"taskId":67583405630123456,"userId":null}],"operationRecords":[{"date":null,"attachments":[{"spaceId":"12345","fileId":"111","fileSize":"1024","fileName":null}]}]},"success":"true"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := newDingTalk(answer(200, reply)).once(t).Instances.Get(t.Context(), "a171de6c")
			require.NoError(t, err)
			require.Equal(t, &dingoa.Instance{
				ID: "a171de6c", Status: dingoa.InstanceRunning, OriginatorDeptID: -1,
				Tasks:   []dingoa.Task{{ID: "67583405630123456", InstanceID: "a171de6c"}},
				Records: []dingoa.OperationRecord{{Attachments: []dingoa.Attachment{{SpaceID: "12345", FileID: "111", FileSize: 1024}}}},
			}, found)
		})
	}
}

func TestInstanceHelpers(t *testing.T) {
	t.Parallel()
	i := dingoa.Instance{
		FormValues: []dingoa.FormValue{{Name: "a", Value: "1"}, {Name: "b"}, {Name: "a", Value: "2"}},
		Tasks:      []dingoa.Task{{ID: "1", Status: dingoa.TaskCompleted}, {ID: "2", Status: dingoa.TaskRunning}, {ID: "3", Status: dingoa.TaskRunning}},
	}
	require.Equal(t, i.Tasks[1:], i.RunningTasks())
	require.Empty(t, (&dingoa.Instance{}).RunningTasks())
	value, ok := i.Value("a")
	require.Equal(t, "1", value)
	require.True(t, ok)
	value, ok = i.Value("b")
	require.Empty(t, value)
	require.True(t, ok)
	_, ok = i.Value("c")
	require.False(t, ok)
}
