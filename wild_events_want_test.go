package dingoa_test

import (
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

const wildPage = "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=ding0&dd_share=false&showmenu=false&dd_progress=false&back=native&procInstId=AAAA&taskId=&swfrom=isv&dinghash=approval&dtaction=os&dd_from=#approval"

// wildEvents are what the pushes of testdata/wild/events say.
func wildEvents() map[string][]wildEvent {
	const instanceChange, taskChange = "bpms_instance_change", "bpms_task_change"
	at := func(millis int64) time.Time { return time.UnixMilli(millis).UTC() }
	one := func(id, corpID string, born int64, eventType string, data event.Data) []wildEvent {
		e := wildEvent{id: id, corpID: corpID, eventType: eventType, data: data}
		if born != 0 {
			e.at = at(born)
		}
		return []wildEvent{e}
	}
	instance := func(change func(*event.InstanceChange)) event.InstanceChange {
		c := event.InstanceChange{InstanceID: "p1", ProcessCode: "PROC-A", StaffID: "u1"}
		change(&c)
		return c
	}
	task := func(change func(*event.TaskChange)) event.TaskChange {
		c := event.TaskChange{InstanceID: "p1", ProcessCode: "PROC-A", StaffID: "u2"}
		change(&c)
		return c
	}
	// of2024 are the fields that the pushes of stream mode have in common.
	of2024 := func(resource, page string, change func(*event.InstanceChange)) event.InstanceChange {
		return instance(func(c *event.InstanceChange) {
			c.InstanceID, c.BusinessID, c.Title = "AAAAAAAAAAAAAAAAAAAAAA06511723623364", "202408141616000111222", "甲提交的[测试]单"
			c.Resource, c.URL, c.CreateTime = resource, page, at(1723623364000)
			change(c)
		})
	}
	task2024 := func(change func(*event.TaskChange)) event.TaskChange {
		return task(func(c *event.TaskChange) {
			c.InstanceID, c.BusinessID, c.Title = "AAAAAAAAAAAAAAAAAAAAAA06511723623364", "202408141616000111222", "甲提交的[测试]单"
			c.StaffID, c.TaskID, c.ActivityID, c.ActivityName = "u1", "88000000001", "1918_aaaa", "审批人"
			c.CreateTime = at(1723623364000)
			change(c)
		})
	}
	started := func(c *event.InstanceChange) { c.Change = event.InstanceChangeStart }
	of2025 := func(change func(*event.TaskChange)) event.TaskChange {
		return task(func(c *event.TaskChange) {
			c.TaskID, c.CreateTime = "98000000001", at(1766047419000)
			change(c)
		})
	}
	comment := func(id string, born int64, remark string) wildEvent {
		return wildEvent{id: id, corpID: "ding0", at: at(born), eventType: taskChange, data: of2025(func(c *event.TaskChange) {
			c.ProcessCode, c.Change, c.Remark = "", event.TaskChangeComment, remark
		})}
	}
	return map[string][]wildEvent{
		"01-2024-inst-start.json": one("e1", "ding0", 1723623364000, instanceChange,
			of2024("/v1.0/event/bpms_instance_change/processCode/PROC-A/type/start", wildPage, started)),
		"02-2024-task-start.json": one("e2", "ding0", 1723623364000, taskChange, task2024(func(c *event.TaskChange) {
			c.Change, c.Resource = event.TaskChangeStart, "/v1.0/event/bpms_task_change/processCode/PROC-A/type/start"
		})),
		"03-2024-task-finish.json": one("e3", "ding0", 1723623364000, taskChange, task2024(func(c *event.TaskChange) {
			c.Change, c.Result, c.FinishTime = event.TaskChangeFinish, dingoa.ResultAgree, at(1723624717000)
		})),
		"04-2024-inst-refuse.json": one("e4", "ding0", 1723623364000, instanceChange, of2024("", wildPage, func(c *event.InstanceChange) {
			c.Change, c.Result, c.FinishTime = event.InstanceChangeFinish, dingoa.ResultRefuse, at(1723624798000)
		})),
		"05-2025-task-finish-actual.json": one("e5", "ding0", 1723623364000, taskChange, task2024(func(c *event.TaskChange) {
			c.Change, c.Result, c.FinishTime = event.TaskChangeFinish, dingoa.ResultRefuse, at(1766047844000)
			c.TaskID, c.CreateTime, c.ActivityName = "98000000001", at(1766047419000), "审核人"
			c.ActualActionerID, c.AgentActionerIDs = "u3", []string{"u4"}
		})),
		"06-2023-http-inst.json": one("", "ding0", 0, instanceChange, instance(func(c *event.InstanceChange) {
			c.Change, c.Result, c.Title, c.BusinessID, c.URL = event.InstanceChangeFinish, dingoa.ResultRefuse, "甲提交的单", "202212141011000111222", wildPage
			c.CreateTime, c.FinishTime = at(1670983873000), at(1670983890000)
		})),
		"07-2019-task-nofields.json": one("", "", 0, taskChange, task(func(c *event.TaskChange) {
			c.Change, c.Title, c.BusinessID, c.BizCategoryID = event.TaskChangeStart, "甲的加班", "201906302330000011122", "biz.overtime"
			c.CreateTime = at(1561824000000)
		})),
		"08-2017-inst.json": one("", "ding0", 0, instanceChange, instance(func(c *event.InstanceChange) {
			c.Change, c.Result, c.Title, c.BizCategoryID, c.URL = event.InstanceChangeFinish, dingoa.ResultAgree, "自测-1016", "bizx", wildPage
			c.CreateTime, c.FinishTime = at(1495592259000), at(1495592305000)
		})),
		"09-task-comment.json": one("e9", "ding0", 1766047844000, taskChange, of2025(func(c *event.TaskChange) {
			c.Change, c.Remark = event.TaskChangeComment, "请补充"
		})),
		"10-task-audit.json": one("e10", "ding0", 1766047844000, taskChange, of2025(func(c *event.TaskChange) {
			c.Change, c.Result, c.FinishTime = event.TaskChangeFinish, event.ResultAudit, at(1766047844000)
		})),
		"11-task-cancel.json": one("e11", "ding0", 1766047844000, taskChange, of2025(func(c *event.TaskChange) {
			c.Change, c.FinishTime = event.TaskChangeCancel, at(1766047844000)
		})),
		"12-inst-delete.json": one("e12", "ding0", 1766047844000, instanceChange, instance(func(c *event.InstanceChange) {
			c.Change, c.StaffID, c.CreateTime = event.InstanceChangeDelete, "u2", at(1766047419000)
		})),
		"13-user-leave.json": one("", "ding0", 1766047844000, "user_leave_org", event.UnknownEvent{}),
		"14-task-redirect-legacy.json": one("", "ding0", 0, taskChange, task(func(c *event.TaskChange) {
			c.Change, c.Result, c.BusinessID = event.TaskChangeFinish, event.ResultRedirect, "b"
			c.CreateTime, c.FinishTime = at(1561824000000), at(1561824001000)
		})),
		"15-body-only.json": one("e5", "", 0, instanceChange,
			of2024("/v1.0/event/bpms_instance_change/processCode/PROC-A/type/start", wildPage, started)),
		"16-attendance.json": one("e16", "ding0", 1766047844000, "attendance_approve_status_change", event.AttendanceStatusChange{
			InstanceID: "p1", UserID: "u1", ApproveType: "LEAVE", Status: "COMPLETED", Result: dingoa.ResultAgree,
		}),
		"17-stream-frame.json": one("e1", "ding0", 1723623364000, instanceChange, of2024("", "", started)),
		"20-2017-task-agree.json": one("", "ding0", 0, taskChange, task(func(c *event.TaskChange) {
			c.ProcessCode, c.Change, c.Result, c.Title, c.Remark = "", event.TaskChangeFinish, dingoa.ResultAgree, "甲的测试", "好"
			c.CreateTime, c.FinishTime = at(1499308943000), at(1499309117000)
		})),
		"21-2017-inst-agree.json": one("", "ding0", 0, instanceChange, instance(func(c *event.InstanceChange) {
			c.ProcessCode, c.Change, c.Result, c.Title = "", event.InstanceChangeFinish, dingoa.ResultAgree, "甲的测试"
			c.URL = "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=ding0&dd_share=false&showmenu=true&dd_progress=false&back=native&procInstId=p1&taskId=&dd_from=corp#approval"
			c.CreateTime, c.FinishTime = at(1499308943000), at(1499309117000)
		})),
		"22-2019-task-start.json": one("", "", 0, taskChange, task(func(c *event.TaskChange) {
			c.TaskID, c.Change, c.Title, c.CreateTime = "61000000001", event.TaskChangeStart, "甲提交的请假单", at(1554266952000)
		})),
		"23-2019-task-agree.json": one("", "", 0, taskChange, task(func(c *event.TaskChange) {
			c.TaskID, c.Change, c.Result, c.Title = "61000000001", event.TaskChangeFinish, dingoa.ResultAgree, "甲提交的请假单"
			c.CreateTime, c.FinishTime = at(1554266952000), at(1554267241000)
		})),
		"24-2021-inst-agree.json": one("", "ding0", 0, instanceChange, instance(func(c *event.InstanceChange) {
			c.Change, c.Result, c.Title, c.BusinessID = event.InstanceChangeFinish, dingoa.ResultAgree, "甲提交的单", "202112281713000090163"
			c.URL, c.CreateTime, c.FinishTime = "https://aflow.dingtalk.com/dingtalk/mobile/hom", at(1640682789000), at(1640683876000)
		})),
		"F02-two-comments.ndjson": {comment("e1", 1766047844000, "A"), comment("e2", 1766047944000, "B")},
		"F12-data-as-text.json":   one("e1", "ding0", 1723623364000, instanceChange, event.InstanceChange{InstanceID: "p1", Change: event.InstanceChangeStart}),
		"F17-audit.json": one("e1", "ding0", 1766047844000, taskChange, of2025(func(c *event.TaskChange) {
			c.ProcessCode, c.Change, c.Result, c.FinishTime = "", event.TaskChangeFinish, event.ResultAudit, at(1766047844000)
			c.ActivityID, c.ActivityName, c.ActualActionerID, c.AgentActionerIDs = "1918_aaaa", "审核人", "u3", []string{"u4"}
		})),
	}
}
