package dingoa

// CenterService brings approvals of your own system into DingTalk (流程中心, 自有审批): your flow, DingTalk's lists.
//
// https://open.dingtalk.com/document/development/oa-access-process
type CenterService service
