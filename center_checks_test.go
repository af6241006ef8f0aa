package dingoa_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/attendance"
	"github.com/dingoa/dingoa/todo"
)

// Its token goes by another name.
func TestCleanDataSendsTheSuitesToken(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0}`))
	c := dt.client(t, dingoa.WithLegacyGateway(), dingoa.WithTokenSource(dingoa.StaticToken("of the suite")))
	require.NoError(t, c.Center.CleanData(t.Context(), dingoa.CleanCenterDataRequest{ProcessCode: "PROC-1", CorpID: "ding1"}))
	require.Equal(t, "of the suite", dt.sent()[0].Query.Get("suite_access_token"))
	require.Empty(t, dt.sent()[0].Query.Get("access_token"))
}

func TestTodosGoToTheOlderGatewayOfAnyClient(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"record_id":"1","result":{"duration":"1"}}`))
	c := dt.client(t)
	_, err := todo.New(c).Add(t.Context(), sampleTodo())
	require.NoError(t, err)
	_, err = attendance.New(c).NotifyApproval(t.Context(), sampleLeave())
	require.NoError(t, err)
	for _, request := range dt.sent() {
		require.Equal(t, "oapi.dingtalk.com", request.Host)
	}
}

// The vendor's SDK has the list in another place than the vendor's page.
func TestTasksAreFoundInBothPlaces(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"result":{"hasMore":false,"list":[{"taskId":1,"createTime":"2022-10-17T15:12Z"}]}}`,
		`{"requestId":"r","taskPage":{"hasMore":false,"list":[{"taskId":"1","createTime":"1665990720000"}]}}`,
	} {
		c := newDingTalk(answer(200, body)).client(t)
		page, err := c.Center.ListTasks(t.Context(), dingoa.ListCenterTasksRequest{UserID: "u"})
		require.NoError(t, err)
		require.False(t, page.HasMore())
		require.Equal(t, []dingoa.CenterTask{{TaskID: "1", CreateTime: chinaMinute(2022, 10, 17, 15, 12)}}, page.Items)
	}
}

func TestCenterRequestsAreChecked(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{}`))
	c := dt.client(t)
	old := dt.client(t, dingoa.WithLegacyGateway())
	ctx := t.Context()
	long := strings.Repeat("长", 1025)
	for name, tc := range map[string]struct {
		err    error
		fields []string
	}{
		"instance": {
			second(c.Center.CreateInstance(ctx, dingoa.CreateCenterInstanceRequest{
				ProcessCode: "p", OriginatorUserID: "u", URL: long, Title: long, BizData: long,
				FormValues: []dingoa.FormValue{{Name: "n", ExtValue: strings.Repeat("x", 8193), Details: []dingoa.FormValue{{}}}},
				Notifiers:  []dingoa.CenterNotifier{{Position: "later"}},
				FeatureConfig: dingoa.FeatureConfig{Features: []dingoa.Feature{
					{Name: dingoa.FeatureTaskExecute, Callback: dingoa.FeatureCallback{Version: "1"}},
				}},
			})),
			[]string{
				"URL", "Title", "BizData", "FormValues[0].ExtValue", "FormValues[0].Details", "Notifiers[0].UserID", "Notifiers[0].Position",
				"FeatureConfig.Features[0].Name", "FeatureConfig.Features[0].Callback.AppUUID", "FeatureConfig.Features[0].Callback.APIKey",
			},
		},
		"no agent":     {second(old.Center.CreateInstance(ctx, dingoa.CreateCenterInstanceRequest{ProcessCode: "p", OriginatorUserID: "u", URL: "x"})), []string{"AgentID", "FormValues"}},
		"tasks":        {second(c.Center.CreateTasks(ctx, dingoa.CreateCenterTasksRequest{InstanceID: "i", Tasks: make([]dingoa.NewCenterTask, 21)})), nil},
		"task's id":    {c.Center.UpdateTasks(ctx, dingoa.UpdateCenterTasksRequest{Tasks: []dingoa.CenterTaskUpdate{{TaskID: "x", Status: "DONE"}}}), []string{"Tasks[0].TaskID", "Tasks[0].Status"}},
		"no result":    {c.Center.UpdateTasks(ctx, dingoa.UpdateCenterTasksRequest{Tasks: []dingoa.CenterTaskUpdate{{TaskID: "1", Status: dingoa.TaskCompleted}}}), []string{"Tasks[0].Result"}},
		"updates":      {c.Center.UpdateInstances(ctx, make([]dingoa.UpdateCenterInstanceRequest, 51)), nil},
		"page":         {second(c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{UserID: "u", PageSize: 41, Cursor: "0"})), []string{"PageSize", "Cursor"}},
		"many to-dos":  {second(todo.New(c).Add(ctx, todo.AddRequest{UserID: "u", Title: long, URL: "u", PCOpenType: 3, Items: make([]todo.Item, 20)})), nil},
		"overtime":     {second(attendance.New(c).NotifyApproval(ctx, attendance.NotifyApprovalRequest{UserID: "u", Kind: attendance.Overtime, FromTime: time.Unix(1, 0), ToTime: time.Unix(90000, 0), Unit: attendance.Day, TagName: "加班", ApproveID: "a", JumpURL: "j"})), []string{"ToTime", "Unit", "OvertimeHours", "OvertimePay"}},
		"old template": {second(agented(old).Center.SaveTemplate(ctx, dingoa.SaveCenterTemplateRequest{Name: "n", Components: []dingoa.FormComponent{{ComponentType: "TextField"}}})), []string{"Description", "Components[0].Props.ComponentID", "Components[0].Props.Label"}},
	} {
		require.ErrorIs(t, tc.err, dingoa.ErrInvalidArgument, name)
		var fields []string
		for _, f := range asError(t, tc.err).Fields {
			fields = append(fields, f.Field)
		}
		if tc.fields != nil {
			require.Equal(t, tc.fields, fields, name)
		}
	}
	require.Empty(t, dt.sent())
}

func second[T any](_ T, err error) error { return err }

// What one gateway lacks is not left out silently.
func TestCenterFieldsOfOneGateway(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{}`))
	c := dt.client(t)
	old := dt.client(t, dingoa.WithLegacyGateway(), dingoa.WithAgentID(1))
	ctx := t.Context()
	ended := dingoa.UpdateCenterInstanceRequest{InstanceID: "i", Status: dingoa.InstanceTerminated}
	cancels, tells := ended, ended
	cancels.CancelRunningTasks, tells.NotifierUserIDs = true, []string{"u"}
	for name, err := range map[string]error{
		"notifiers":      second(old.Center.CreateInstance(ctx, dingoa.CreateCenterInstanceRequest{BizData: "x"})),
		"end, told":      old.Center.UpdateInstance(ctx, tells),
		"end, cancelled": c.Center.UpdateInstance(ctx, cancels),
		"batch":          old.Center.UpdateInstances(ctx, []dingoa.UpdateCenterInstanceRequest{tells}),
		"due":            second(old.Center.CreateTasks(ctx, dingoa.CreateCenterTasksRequest{Tasks: []dingoa.NewCenterTask{{DueTime: time.Unix(1, 0)}}})),
		"before":         second(old.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{CreateBefore: time.Unix(1, 0)})),
		"removed":        second(c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{Removed: true})),
		"records":        second(old.Center.ListWorkRecords(ctx, dingoa.ListWorkRecordsRequest{UserID: "u"})),
		"config":         second(old.Center.SaveTemplate(ctx, dingoa.SaveCenterTemplateRequest{Config: dingoa.CenterTemplateConfig{Hidden: true}})),
	} {
		require.ErrorIs(t, err, dingoa.ErrUnsupported, name)
	}
	require.Empty(t, dt.sent())
}

func TestMixingTheKindsOfApprovalsIsExplained(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"code":"integrated.permission.error","message":"非流程中心集成审批流，无权操作"}`,
		`{"code":"setup.no.permission","message":"没有操作审批流的权限"}`,
	} {
		c := newDingTalk(answer(400, body)).client(t)
		err := c.Center.CancelTasks(t.Context(), dingoa.CancelCenterTasksRequest{InstanceID: "i", ActivityID: "a"})
		require.ErrorIs(t, err, dingoa.ErrPermission)
		require.Contains(t, asError(t, err).Advice(), "must not be mixed")
	}
}

func TestKeysOfDataSourcesAreNotPrinted(t *testing.T) {
	t.Parallel()
	c := newDingTalk(answer(400, `{"code":"parameter.invalid","message":"bad key SECRET-api-key"}`)).client(t)
	config := dingoa.FeatureConfig{Features: []dingoa.Feature{{Callback: dingoa.FeatureCallback{AppUUID: "ding1", APIKey: "SECRET-api-key", Version: "1"}}}}
	for _, err := range []error{
		second(c.Center.CreateInstance(t.Context(), dingoa.CreateCenterInstanceRequest{ProcessCode: "p", OriginatorUserID: "u", URL: "x", FeatureConfig: config})),
		second(c.Center.CreateTasks(t.Context(), dingoa.CreateCenterTasksRequest{InstanceID: "i", FeatureConfig: config, Tasks: []dingoa.NewCenterTask{{UserID: "u", URL: "x"}}})),
		second(c.Center.SaveTemplate(t.Context(), dingoa.SaveCenterTemplateRequest{
			Name: "n", FeatureConfig: config, Components: []dingoa.FormComponent{{ComponentType: "TextField"}},
		})),
	} {
		require.ErrorContains(t, err, "bad key")
		require.NotContains(t, err.Error(), "SECRET")
	}
}
