package browsertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
)

// sample is a company in the middle of its work, with a business trip that waits
// for its second approver.
func sample(t *testing.T) (base, trip string) {
	t.Helper()
	callback, _ := backend(t)
	server, base := serve(t, emulator.WithForms(company.DefaultForm(), company.ExpenseForm(), tripForm()), emulator.WithCallback(callback), emulator.WithStartTime(time.Date(2026, 5, 4, 1, 30, 0, 0, time.UTC)))
	c := client(t, server)
	later := func(d time.Duration, err error) {
		t.Helper()
		require.NoError(t, err)
		server.Advance(d)
	}
	agreed := start(t, c, "感冒")
	later(40*time.Minute, server.Approve("lisi", agreed, "好好休息"))
	later(25*time.Minute, server.Approve("wangwu", agreed, ""))
	refused := start(t, c, "回老家")
	later(10*time.Minute, server.Refuse("lisi", refused, "请与同事错开时间"))
	later(5*time.Minute, server.Terminate(start(t, c, "填错了"), "日期填错"))

	ticket, err := server.PutFile("zhangsan", "行程单.pdf", make([]byte, 48210))
	require.NoError(t, err)
	created, err := c.Instances.Create(t.Context(), dingoa.CreateInstanceRequest{
		ProcessCode: "PROC-SAMPLE-TRIP", OriginatorUserID: "zhangsan", DeptID: company.DefaultDeptID, FormValues: tripValues(agreed, ticket),
	})
	later(35*time.Minute, err)
	trip = created.InstanceID
	later(12*time.Minute, server.AddComment("wangwu", trip, "酒店是否含早餐？"))
	later(18*time.Minute, server.AddComment("zhangsan", trip, "含早餐，两晚共 1,300 元。"))
	later(45*time.Minute, server.Approve("lisi", trip, "同意，注意安全。"))
	later(20*time.Minute, server.Approve("wangwu", trip, "预算内"))
	for _, reason := range []string{"搬家", "体检"} {
		start(t, c, reason)
		server.Advance(7 * time.Minute)
	}
	_, err = c.Instances.Create(t.Context(), dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: "zhangsan", DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{{Name: "请假类型", Value: "产假"}, {Name: "开始日期", Value: "2026-05-04"}, {Name: "天数", Value: "2"}},
	})
	require.Error(t, err)
	server.Fail(fault.Fault{Operation: "GetProcessInstance", Share: 0.5, Delay: time.Millisecond})
	return base, trip
}

func tripForm() company.Form {
	return company.Form{
		ProcessCode: "PROC-SAMPLE-TRIP", Name: "出差",
		Components: []company.Component{
			{Label: "目的", Type: "TextField", Required: true},
			{Label: "说明", Type: "TextareaField"},
			{Label: "预算", Type: "MoneyField"},
			{Label: `["出发","返回"]`, Type: "DDDateRangeField", Format: "yyyy-MM-dd HH:mm"},
			{Label: "地点", Type: "AddressField"},
			{Label: "同行", Type: "InnerContactField", Multiple: true},
			{Label: "明细", Type: "TableField", Children: []company.Component{{Label: "项目", Type: "TextField"}, {Label: "单价", Type: "MoneyField"}}},
			{Label: "附件", Type: "DDAttachment"},
			{Label: "关联", Type: "RelateField"},
			{Label: "紧急", Type: "StarRatingField", MaxStars: 5},
		},
		Flow: []company.Node{
			{Name: "直属主管", Approvers: []string{"lisi"}},
			{Name: "财务", Mode: company.All, Approvers: []string{"wangwu", "zhaoliu"}},
			{Name: "总经理", Approvers: []string{"qianqi"}},
		},
		CC: []string{"qianqi"}, OriginatorMayRevoke: true,
	}
}

func tripValues(related string, ticket emulator.File) []dingoa.FormValue {
	return []dingoa.FormValue{
		{Name: "目的", Value: "客户拜访与系统上线"},
		{Name: "说明", Value: "周二拜访客户，周三上线，周四复盘。\n回程可能改签。"},
		{Name: "预算", Value: "12800.50"},
		{Name: `["出发","返回"]`, Value: `["2026-05-06 09:00","2026-05-08 18:30"]`},
		{Name: "明细", Value: `[[{"name":"项目","value":"机票"},{"name":"单价","value":"1560"}],[{"name":"项目","value":"酒店"},{"name":"单价","value":"650.50"}]]`},
		{Name: "附件", Value: `[{"spaceId":"` + ticket.SpaceID + `","fileId":"` + ticket.ID + `","fileName":"行程单.pdf","fileSize":"48210","fileType":"pdf"}]`},
		{Name: "同行", Value: `["lisi","wangwu"]`},
		{Name: "关联", Value: `["` + related + `"]`},
		{Name: "地点", Value: "浙江省,杭州市,余杭区"},
		{Name: "紧急", Value: "4"},
	}
}
