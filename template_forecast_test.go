package dingoa_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func sampleForecastRequest() dingoa.ForecastRequest {
	return dingoa.ForecastRequest{
		UserID: "26652461xxxx5992", DeptID: 1, ProcessCode: "PROC-17428B8C-6C60-xxxx-924C-64F1037AE067",
		FormValues: []dingoa.FormValue{
			{Name: "单行输入框", Value: "单行输入框示例"},
			{Name: "多行输入框", Value: "多行输入框示例"},
			{Name: "数字输入框", Value: "100"},
			{Name: "单选框", Value: "选项1"},
			{Name: "多选框", Value: `["选项1","选项2"]`},
			{Name: "日期", Value: "2021-08-17"},
			{Name: `["开始时间","结束时间"]`, Value: `["2019-02-19","2019-02-25"]`},
			{Name: "身份证", Value: "xxxx"},
			{Name: "图片", Value: `["http://url1","http://url2","http://url3"]`},
			{Name: "表格", Value: `[[{"id":"TextField_CM2IN2SOB600", "value":"hello"}, {"id":"TextField_QQOAK1OA2G00", "value":"world"}]]`},
			{Name: "金额（元）", Value: "100"},
			{Name: "附件", Value: `[{"spaceId": "163xxxx658", "fileName": "2644.JPG", "fileSize": "333", "fileType": "jpg", "fileId": "643xxxx140"}]`},
			{Name: "联系人", Value: `["4525xxxxxxxx77041"]`},
			{Name: "关联审批单", Value: `["fa2aa864-xxxx-xxxx-xxxx-75572c0e2cdf", "7125778e-xxxx-xxxx-xxxx-faa987478a9b"]`},
		},
	}
}

func sampleForecast() *dingoa.Forecast {
	return &dingoa.Forecast{
		Success: true, ProcessCode: "PROC-2B60E506-D6CB-43F3-B661-359B27F90947", UserID: "2665246100805992", ProcessID: "63657309999", Static: true,
		Rules: []dingoa.ForecastRule{{
			ActivityID: "1918_5cd3", PreviousID: "1918_5cd3", Name: "审批人", Type: dingoa.ActivityTargetSelect, SelfSelect: true,
			Actor: dingoa.ForecastActor{
				Key: "manual_e203_14a3_895a_45ad", Type: dingoa.ActorApprover, SelectionType: dingoa.SelectAllStaff,
				SelectionRange: dingoa.ActorSelectionRange{
					Users: []dingoa.SelectableUser{{UserID: "26652461xxxx5992", Name: "张三"}},
					Roles: []dingoa.SelectableRole{{ID: "200649095", Name: "财务"}},
				},
				AllowedMulti: true, ApprovalType: dingoa.ApprovalManual, ApprovalMethod: dingoa.ApprovalOneByOne, ActivateType: dingoa.ApprovalAll, Required: true,
			},
			Actioners: []dingoa.ForecastUser{{UserID: "2665246100805992", Name: "钉三多", Avatar: "https://url1"}},
		}},
		Nodes: []dingoa.ForecastNode{{ActivityID: "1cc3_959a", OutID: "line-random-1cc3_959a-831a_607b"}},
	}
}

// twoSteps has two steps whose people the originator chooses, one that the form
// decides, and a copy that is left to the originator.
func twoSteps() *dingoa.Forecast {
	actor := func(key string, change func(*dingoa.ForecastActor)) dingoa.ForecastActor {
		a := dingoa.ForecastActor{Key: key, Type: dingoa.ActorApprover, SelectionType: dingoa.SelectAllStaff, Required: true}
		change(&a)
		return a
	}
	return &dingoa.Forecast{Success: true, Rules: []dingoa.ForecastRule{
		{ActivityID: "a0", Name: "部门主管", Type: dingoa.ActivityTargetApproval, Actor: actor("key0", func(*dingoa.ForecastActor) {})},
		{ActivityID: "a1", Name: "财务", Type: dingoa.ActivityTargetSelect, SelfSelect: true, Actor: actor("key1", func(*dingoa.ForecastActor) {})},
		{ActivityID: "a2", Name: "主管", Type: dingoa.ActivityTargetSelect, Actor: actor("key2", func(a *dingoa.ForecastActor) {
			a.AllowedMulti, a.SelectionType = true, dingoa.SelectApprovals
			a.SelectionRange.Users = []dingoa.SelectableUser{{UserID: "lisi"}, {UserID: "wangwu"}}
		})},
		{ActivityID: "a3", Name: "主管", SelfSelect: true, Actor: actor("key3", func(a *dingoa.ForecastActor) {
			a.Type, a.Required = dingoa.ActorNotifier, false
		})},
	}}
}

func TestSelectSelfSelectedApprovers(t *testing.T) {
	t.Parallel()
	want := []dingoa.TargetSelectActioner{{ActionerKey: "key1", UserIDs: []string{"zhaoliu"}}, {ActionerKey: "key2", UserIDs: []string{"lisi", "wangwu"}}}
	for name, choices := range map[string]map[string][]string{
		"by key":               {"key1": {"zhaoliu"}, "key2": {"lisi", "wangwu"}},
		"by activity and name": {"财务": {"zhaoliu"}, "a2": {"lisi", "wangwu"}},
		"nobody for a copy":    {"财务": {"zhaoliu"}, "a2": {"lisi", "wangwu"}, "key3": nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forecast := twoSteps()
			actioners, err := forecast.Select(choices)
			require.NoError(t, err)
			require.Equal(t, want, actioners)
			require.Empty(t, forecast.Missing(choices))
			require.Len(t, forecast.SelfSelected(), 3)
		})
	}
}

func TestSelectSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		choices map[string][]string
		want    []string
	}{
		"nobody": {nil, []string{
			`step "财务" (key1) lacks somebody`, `step "主管" (key2) lacks somebody`,
		}},
		"empty":    {map[string][]string{"key1": {}, "key2": {"lisi"}}, []string{`step "财务" (key1) lacks somebody`}},
		"too many": {map[string][]string{"key1": {"lisi", "wangwu"}, "key2": {"lisi"}}, []string{`step "财务" (key1) takes one person, got 2: lisi, wangwu`}},
		"not allowed": {map[string][]string{"key1": {"lisi"}, "key2": {"zhaoliu"}}, []string{
			`step "主管" (key2) does not allow zhaoliu; choose from lisi, wangwu`,
		}},
		"twice the same": {map[string][]string{"key1": {"lisi"}, "key2": {"lisi", "lisi"}}, []string{`step "主管" (key2) names lisi twice`}},
		"no userId":      {map[string][]string{"key1": {" "}, "key2": {"lisi"}}, []string{`step "财务" (key1) has an empty userId`}},
		"unknown step": {map[string][]string{"key1": {"lisi"}, "key2": {"lisi"}, "总经理": {"lisi"}}, []string{
			`choice "总经理" is no step whose people the originator chooses; those are: step "财务" (key1), step "主管" (key2), step "主管" (key3)`,
		}},
		"a step of the form": {map[string][]string{"key1": {"lisi"}, "key2": {"lisi"}, "部门主管": {"lisi"}}, []string{`choice "部门主管" is no step whose people`}},
		"two of that name":   {map[string][]string{"key1": {"lisi"}, "主管": {"lisi"}}, []string{`choice "主管" could be step "主管" (key2) or step "主管" (key3): use the actor key`}},
		"under two names":    {map[string][]string{"key1": {"lisi"}, "a1": {"wangwu"}, "key2": {"lisi"}}, []string{`step "财务" (key1) is chosen for twice, as "a1" and as "key1"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actioners, err := twoSteps().Select(test.choices)
			require.Nil(t, actioners)
			require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			require.Len(t, asError(t, err).Fields, len(test.want))
		})
	}
}
