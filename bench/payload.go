package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/dingoa/dingoa"
)

const (
	baseURL     = "https://api.dingtalk.com"
	createPath  = "/v1.0/workflow/processInstances"
	accessToken = "0123456789abcdef0123456789abcdef"
	instanceID  = "a171de6c-8bxxxx"

	createReply = `{"instanceId":"a171de6c-8bxxxx"}`
)

// createRequest is a purchase with seven plain fields and a table of five rows
// as the eighth: 2.3 KB of JSON.
func createRequest() dingoa.CreateInstanceRequest {
	type cell struct {
		Label string `json:"label"`
		Value string `json:"value"`
	}
	type row struct {
		RowValue []cell `json:"rowValue"`
	}
	var rows []row
	for i := range 5 {
		rows = append(rows, row{[]cell{
			{"物品名称", fmt.Sprintf("人体工学办公椅 %d 型", i+1)},
			{"规格", "黑色 / 可调节扶手"},
			{"数量", strconv.Itoa(10 + i)},
			{"单价", "1299.00"},
		}})
	}
	return dingoa.CreateInstanceRequest{
		ProcessCode:      "PROC-EF6YJL35P2-SCKICSB7P750S0YISYKV3-17IBLGZI-1",
		OriginatorUserID: "manager432",
		DeptID:           -1,
		AgentID:          41605932,
		FormValues: []dingoa.FormValue{
			{Name: "采购事由", Value: "新办公区十一月扩容, 需要一批桌椅与显示器"},
			{Name: "采购类型", Value: "办公用品"},
			{Name: "期望交付日期", Value: "2026-12-10"},
			{Name: "金额（元）", Value: "77940.00"},
			{Name: "联系人", Value: `["manager432","user123"]`},
			{Name: "所属部门", Value: "行政部"},
			{Name: "备注", Value: strings.Repeat("请在工作日送货。", 23)},
			{Name: "采购明细", Value: string(encode(rows))},
		},
	}
}

// getReply is a detailed approval with 20 fields, 30 records and 15 tasks, 20 KB
// in the form that the vendor's page documents.
func getReply() []byte {
	const at = "2022-08-31T11:52Z"
	type object = map[string]any
	var values, records, tasks []object
	for i := range 20 {
		values = append(values, object{
			"id": fmt.Sprintf("TextField-J2BWEN%02d", i), "name": fmt.Sprintf("单行输入框%d", i), "componentType": "TextField",
			"value": "十一月扩容采购的第一批办公用品", "bizAlias": "",
		})
	}
	for i := range 30 {
		records = append(records, object{
			"userId": fmt.Sprintf("manager%03d", i), "date": at, "type": "EXECUTE_TASK_NORMAL", "result": "AGREE",
			"remark": "同意，请尽快安排送货，并通知申请人验收入库，谢谢各位配合！", "activityId": "aabb-4a3d-ccdd", "showName": "部门主管审批",
			"attachments": []object{}, "ccUserIds": []string{}, "images": []string{},
		})
	}
	for i := range 15 {
		tasks = append(tasks, object{
			"taskId": 8111655000 + i, "userId": fmt.Sprintf("manager%03d", i), "status": "COMPLETED", "result": "AGREE",
			"createTime": at, "finishTime": at, "processInstanceId": instanceID, "activityId": "aabb-4a3d-ccdd", "taskGroupName": "审批人",
			"mobileUrl": "https://aflow.dingtalk.com/dingtalk/mobile/query?procInsId=a171de6c-8bxxxx&taskId=8111655000&businessId=202208310952000000",
			"pcUrl":     "https://aflow.dingtalk.com/dingtalk/pc/query?procInsId=a171de6c-8bxxxx&taskId=8111655000&businessId=202208310952000000",
		})
	}
	return encode(object{"success": true, "result": object{
		"title": "张三提交的采购申请", "businessId": "202208310952000000", "status": "RUNNING", "result": "",
		"originatorUserId": "manager432", "originatorDeptId": "-1", "originatorDeptName": "行政部",
		"approverUserIds": []string{"manager001", "manager002"}, "ccUserIds": []string{"user123"},
		"createTime": at, "bizAction": "NONE", "attachedProcessInstanceIds": []string{},
		"formComponentValues": values, "operationRecords": records, "tasks": tasks,
	}})
}

// encode leaves & and < as they are, like the vendor does.
func encode(v any) []byte {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // text and numbers always encode
	}
	return bytes.TrimSpace(buf.Bytes())
}
