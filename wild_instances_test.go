package dingoa_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
)

// wildRunning is the approval that most files of today's gateway have in
// common, changed by change.
func wildRunning(change func(*dingoa.Instance)) dingoa.Instance {
	start := china(2026, 4, 16, 15, 34, 0)
	address := "aflow.dingtalk.com?procInsId=AAAAAAAAAAAAAAAAAAAAAA00221776324877&taskId=100000000001&businessId=202604161534000111222"
	i := dingoa.Instance{
		ID: "p1", Title: "甲提交的申请", BusinessID: "202604161534000111222", Status: dingoa.InstanceRunning,
		OriginatorUserID: "u1", OriginatorDeptID: -1, OriginatorDeptName: "甲部", CreateTime: start,
		BizAction: dingoa.BizActionNone, BizData: "{}",
		Records: []dingoa.OperationRecord{{UserID: "u1", Time: start, Type: dingoa.OperationStart, Result: dingoa.TaskNone}},
		Tasks: []dingoa.Task{{
			ID: "100000000001", UserID: "u2", Status: dingoa.TaskRunning, Result: dingoa.TaskNone, CreateTime: start,
			ActivityID: "1a2b_3c4d", InstanceID: "p1", MobileURL: address, PCURL: address,
		}},
	}
	if change != nil {
		change(&i)
	}
	return i
}

// wildSpare is wildRunning without the addresses of the task.
func wildSpare(change func(*dingoa.Instance)) dingoa.Instance {
	return wildRunning(func(i *dingoa.Instance) {
		i.Tasks[0].MobileURL, i.Tasks[0].PCURL = "", ""
		if change != nil {
			change(i)
		}
	})
}

// wildLegacy is the approval that most files of the older gateway have in common.
func wildLegacy(change func(*dingoa.Instance)) dingoa.Instance {
	start, finish := china(2022, 6, 19, 23, 21, 17), china(2022, 6, 19, 23, 25, 9)
	i := dingoa.Instance{
		ID: "p1", Title: "甲提交的单", BusinessID: "202206192321000111222", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree,
		OriginatorUserID: "u1", OriginatorDeptID: -1, OriginatorDeptName: "甲部", CreateTime: start, FinishTime: finish,
		BizAction: dingoa.BizActionNone,
		Records:   []dingoa.OperationRecord{{UserID: "u1", Time: start, Type: dingoa.OperationStart, Result: dingoa.TaskNone}},
		Tasks: []dingoa.Task{legacyTask("70000000001", "aaaa_bbbb", china(2022, 6, 19, 23, 21, 18), finish,
			"aflow.dingtalk.com?procInsId=AAAA00891655652077&taskId=70000000001&businessId=202206192321000111222")},
	}
	if change != nil {
		change(&i)
	}
	return i
}

func legacyTask(id, activity string, start, finish time.Time, address string) dingoa.Task {
	return dingoa.Task{
		ID: id, UserID: "u2", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree, CreateTime: start, FinishTime: finish,
		ActivityID: activity, InstanceID: "p1", MobileURL: address, PCURL: address,
	}
}

func wildInstances() map[string]wildInstance {
	exact := time.UnixMilli(1776324877000).UTC() // 2026-04-16 15:34:37 in China
	summer := time.Date(2021, 7, 26, 2, 18, 33, 0, time.UTC)
	createdIn := func(at time.Time) wildInstance {
		return wildInstance{want: wildRunning(func(i *dingoa.Instance) { i.CreateTime = at })}
	}
	return map[string]wildInstance{
		"01-2026-running.json":                {wildRunning(nil), wildForm01},
		"02-2023-all-components.json":         {wildRunning(nil), wildForm02},
		"03-2023-range-cell-cc.json":          {wild2023(), wildForm03},
		"F01-china-time-with-z.json":          {want: wildF01()},
		"14-value-not-text.json":              {wildRunning(nil), wildForm14},
		"15-java-times.json":                  createdIn(summer),
		"15b-java-times2.json":                createdIn(summer),
		"15c-java-times3.json":                createdIn(summer),
		"15d.json":                            createdIn(summer.Truncate(time.Minute)),
		"30-2026-goout-spread.json":           {wildSpare(nil), wildForm30},
		"31-2026-supply-spread.json":          {wildSpare(nil), wildForm31},
		"32-2026-overtime-container.json":     {wildSpare(nil), wildForm32},
		"33-2026-revoked-without-result.json": {want: wildRevoked()},
		"34-error-status.json": {want: wildSpare(func(i *dingoa.Instance) {
			i.Status, i.Records, i.Tasks = dingoa.InstanceError, nil, nil
		})},
		"35-history-words.json": {want: wildHistory()},
		"11-epoch-times.json": {wildRunning(func(i *dingoa.Instance) {
			i.Status, i.Result, i.CreateTime, i.FinishTime = dingoa.InstanceCompleted, dingoa.ResultAgree, exact, china(2026, 4, 16, 16, 0, 0)
			i.Records[0].Time = exact
			i.Tasks = []dingoa.Task{{
				ID: "100000000001", UserID: "u2", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree,
				CreateTime: exact, FinishTime: i.FinishTime, ActivityID: "a", InstanceID: "p1",
			}}
		}), oneText},
		"12-no-createtime.json": {wildRunning(func(i *dingoa.Instance) {
			i.Status, i.Result, i.CreateTime, i.FinishTime = dingoa.InstanceCompleted, dingoa.ResultAgree, time.Time{}, china(2026, 4, 16, 16, 0, 0)
			i.Records[0].Time = exact
		}), oneText},
		"14b-value-null.json": {wildRunning(func(i *dingoa.Instance) { i.Records, i.Tasks = nil, nil }), func(t *testing.T, v form.Values) {
			t.Helper()
			require.Equal(t, form.Values{{ID: "t", Name: "单行", ComponentType: "TextField"}, {ID: "n", Value: "x", ComponentType: "TextNote"}}, v)
		}},
		"legacy-08b-bizsuite-rows.json": {wild2022(func(i *dingoa.Instance) {
			i.Records = append(i.Records,
				dingoa.OperationRecord{UserID: "u2", Time: china(2022, 6, 19, 23, 25, 8), Type: dingoa.OperationExecute, Result: dingoa.TaskAgree},
				dingoa.OperationRecord{UserID: "u1", Time: china(2022, 6, 19, 23, 25, 8), Type: dingoa.OperationNone, Result: dingoa.TaskNone})
		}), wildForm08b},
		"legacy-10-record-attachments.json": {want: wild2022(func(i *dingoa.Instance) {
			i.Records = []dingoa.OperationRecord{{
				UserID: "u2", Time: china(2024, 1, 2, 3, 4, 5), Type: dingoa.OperationComment, Result: dingoa.TaskNone, Remark: "看附件",
				Attachments: []dingoa.Attachment{{FileID: "7", FileName: "x.pdf", FileSize: 123, FileType: "pdf"}},
			}}
		})},
		"legacy-20-2019-overtime.json":         {wild2019(), wildForm20},
		"legacy-21-2022-nobody-filled-in.json": {wildDiary(), wildForm21},
		"legacy-22-2018-comma-lists.json": {wild2018(), func(t *testing.T, v form.Values) {
			t.Helper()
			require.Equal(t, form.Values{{Name: "名称", Value: "v", ExtValue: "e"}}, v)
		}},
		"legacy-22b-comma-lists-empty.json": {want: wildLegacy(func(i *dingoa.Instance) {
			i.Status, i.Result, i.FinishTime, i.Records, i.Tasks = dingoa.InstanceRunning, "", time.Time{}, nil, nil
		})},
		"legacy-23-2020-goout-suite.json":        {wildLegacy(nil), wildForm23},
		"legacy-24-2021-overtime-suite.json":     {wildLegacy(nil), wildForm24},
		"legacy-25-2026-overtime-daily.json":     {wildLegacy(nil), wildForm25},
		"legacy-26-2026-transfer-suite.json":     {wildLegacy(nil), wildForm26},
		"legacy-27-2025-purchase-suite.json":     {wildLegacy(nil), wildForm27},
		"legacy-28-2026-reimbursement-rows.json": {wildLegacy(nil), wildForm28},
		"legacy-29-table-of-three-ages.json":     {wildLegacy(nil), wildForm29},
	}
}

func oneText(t *testing.T, v form.Values) {
	t.Helper()
	require.Equal(t, form.Values{{ID: "TextField_1", Name: "单行", Value: "t", ComponentType: "TextField"}}, v)
}

func wildF01() dingoa.Instance {
	return wildRunning(func(i *dingoa.Instance) {
		i.Title, i.OriginatorDeptName, i.BizAction, i.BizData = "t", "", "", ""
		i.Status, i.Result, i.FinishTime = dingoa.InstanceCompleted, dingoa.ResultAgree, china(2026, 4, 16, 16, 0, 0)
		i.Tasks[0].ID, i.Tasks[0].ActivityID = "1", ""
		i.Tasks[0].Status, i.Tasks[0].Result, i.Tasks[0].FinishTime = dingoa.TaskCompleted, dingoa.TaskAgree, i.FinishTime
		i.Tasks[0].MobileURL = ""
		i.Tasks[0].PCURL = "aflow.dingtalk.com?procInsId=AAAAAAAAAAAAAAAAAAAAAA00221776324877&taskId=1&businessId=202604161534000111222"
	})
}

func wild2023() dingoa.Instance {
	start, end := china(2023, 4, 7, 16, 51, 0), china(2023, 4, 8, 20, 40, 0)
	return wildRunning(func(i *dingoa.Instance) {
		i.BusinessID, i.CreateTime, i.FinishTime = "202304071651000111222", start, end
		i.Status, i.Result, i.CCUserIDs = dingoa.InstanceCompleted, dingoa.ResultAgree, []string{"u8", "u7"}
		i.Records = []dingoa.OperationRecord{
			{UserID: "u1", Time: start, Type: dingoa.OperationStart, Result: dingoa.TaskNone},
			{UserID: "u1", Time: start, Type: dingoa.OperationCC, Result: dingoa.TaskNone, CCUserIDs: []string{"u7", "u8"}},
			{UserID: "u2", Time: end, Type: dingoa.OperationExecute, Result: dingoa.TaskAgree},
		}
		i.Tasks = []dingoa.Task{{
			ID: "79000000001", UserID: "u2", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree, CreateTime: start,
			FinishTime: china(2023, 4, 7, 18, 23, 0), ActivityID: "aaaa_bbbb", InstanceID: "p1",
			PCURL: "aflow.dingtalk.com?procInsId=AAAAAAAAAAAAAAAAAAAAAA02311680857502&taskId=79000000001&businessId=202304071651000111222",
		}}
	})
}

func wildRevoked() dingoa.Instance {
	return wildSpare(func(i *dingoa.Instance) {
		i.Status, i.FinishTime = dingoa.InstanceTerminated, china(2026, 4, 16, 16, 0, 0)
		i.Records = append(i.Records, dingoa.OperationRecord{UserID: "u1", Time: i.FinishTime, Type: dingoa.OperationTerminate, Result: dingoa.TaskNone, Remark: "填错"})
		i.Tasks[0].Status, i.Tasks[0].FinishTime = dingoa.TaskCanceled, i.FinishTime
	})
}

func wildHistory() dingoa.Instance {
	at := func(hour, minute int) time.Time { return china(2026, 4, 16, hour, minute, 0) }
	end := china(2026, 4, 17, 9, 0, 0)
	task := func(n int, user string, status dingoa.TaskStatus, result dingoa.TaskResult, start, finish time.Time) dingoa.Task {
		return dingoa.Task{ID: "10000000000" + strconv.Itoa(n), UserID: user, Status: status, Result: result, CreateTime: start, FinishTime: finish, ActivityID: "1a2b_3c4d", InstanceID: "p1"}
	}
	return wildSpare(func(i *dingoa.Instance) {
		i.Status, i.Result, i.FinishTime, i.CCUserIDs = dingoa.InstanceCompleted, dingoa.ResultAgree, end, []string{"u7"}
		i.Records = []dingoa.OperationRecord{
			{UserID: "u1", Time: at(15, 34), Type: dingoa.OperationStart, Result: dingoa.TaskNone, ActivityID: "sid-startevent", ShowName: "发起人"},
			{UserID: "u2", Time: at(15, 40), Type: dingoa.OperationAppendBefore, Result: dingoa.TaskNone, ActivityID: "1a2b_3c4d", ShowName: "审批人"},
			{UserID: "u3", Time: at(15, 50), Type: dingoa.OperationExecute, Result: dingoa.TaskAgree, ActivityID: "1a2b_3c4d", ShowName: "审批人"},
			{UserID: "u2", Time: at(15, 55), Type: dingoa.OperationRedirect, Result: dingoa.TaskNone, Remark: "请代为处理"},
			{UserID: "u4", Time: at(16, 0), Type: dingoa.OperationExecuteAgent, Result: dingoa.TaskAgree},
			{UserID: "u5", Time: at(16, 0), Type: dingoa.OperationNone, Result: dingoa.TaskNone},
			{UserID: "u1", Time: at(16, 1), Type: dingoa.OperationExecuteAuto, Result: dingoa.TaskAgree},
			{
				UserID: "u6", Time: at(16, 2), Type: dingoa.OperationComment, Result: dingoa.TaskNone, Remark: "已阅", Images: []string{"https://static.example/1.png"},
				Attachments: []dingoa.Attachment{{SpaceID: "9", FileID: "7", FileName: "x.pdf", FileSize: 123, FileType: "pdf"}},
			},
			{UserID: "u2", Time: at(16, 3), Type: dingoa.OperationRedirectFlow, Result: dingoa.TaskNone, Remark: "退回"},
			{UserID: "u1", Time: end, Type: dingoa.OperationCC, Result: dingoa.TaskNone, CCUserIDs: []string{"u7"}, ActivityID: "cc_1", ShowName: "抄送人"},
			{UserID: "u1", Time: end, Type: dingoa.OperationFinish, Result: dingoa.TaskNone},
		}
		i.Tasks = []dingoa.Task{
			task(1, "u2", dingoa.TaskCompleted, dingoa.TaskRedirected, at(15, 34), at(15, 55)),
			task(2, "u4", dingoa.TaskCompleted, dingoa.TaskAgree, at(15, 55), at(16, 0)),
			task(3, "u5", dingoa.TaskCanceled, dingoa.TaskNone, at(15, 34), at(16, 0)),
			task(4, "u6", dingoa.TaskPaused, dingoa.TaskNone, at(16, 0), time.Time{}),
		}
		i.Tasks[1].GroupName, i.Tasks[3].ActivityID = "审批人", "2222_3333"
	})
}

func wild2022(change func(*dingoa.Instance)) dingoa.Instance {
	return wildLegacy(func(i *dingoa.Instance) {
		i.Title, i.CCUserIDs = "甲提交的日报", []string{"u7", "u8"}
		i.Tasks[0].PCURL = "aflow.dingtalk.com?procInsId=AAAAAAAAAAAAAAAAAAAAAA00891655652077&taskId=70000000001&businessId=202206192321000111222"
		i.Tasks[0].MobileURL = i.Tasks[0].PCURL
		change(i)
	})
}

func wild2019() dingoa.Instance {
	return wildLegacy(func(i *dingoa.Instance) {
		i.Title, i.BusinessID = "甲提交的加班", "201906302330000011122"
		i.CreateTime, i.FinishTime = china(2019, 6, 30, 23, 30, 7), china(2019, 6, 30, 23, 30, 23)
		i.Records = []dingoa.OperationRecord{
			{UserID: "u1", Time: china(2019, 6, 30, 23, 30, 6), Type: dingoa.OperationStart, Result: dingoa.TaskNone},
			{UserID: "u1", Time: china(2019, 6, 30, 23, 30, 22), Type: dingoa.OperationExecute, Result: dingoa.TaskAgree},
			{UserID: "u1", Time: china(2019, 6, 30, 23, 30, 22), Type: dingoa.OperationNone, Result: dingoa.TaskNone},
		}
		i.Tasks = []dingoa.Task{legacyTask("60000000001", "", i.CreateTime, i.FinishTime, "")}
		i.Tasks[0].UserID = "u1"
	})
}

func wild2018() dingoa.Instance {
	noon := china(2018, 11, 21, 12, 0, 0)
	return wildLegacy(func(i *dingoa.Instance) {
		i.BusinessID, i.Status, i.OriginatorDeptID, i.BizAction = "2018111111", dingoa.InstanceNew, 1, dingoa.BizActionModify
		i.CreateTime, i.FinishTime = noon, noon
		i.AttachedInstanceIDs, i.CCUserIDs, i.ApproverUserIDs = []string{"i1", "i2"}, []string{"u7", "u8"}, []string{"u2", "u3"}
		i.Records = []dingoa.OperationRecord{{UserID: "u1", Time: noon, Type: dingoa.OperationExecute, Result: dingoa.TaskAgree, Remark: "好"}}
		i.Tasks = []dingoa.Task{{ID: "1497249", UserID: "u1", Status: dingoa.TaskNew, Result: dingoa.TaskRedirected, CreateTime: noon, FinishTime: noon, InstanceID: "p1"}}
	})
}

func wildDiary() dingoa.Instance {
	start, end := china(2022, 5, 30, 23, 46, 37), china(2022, 5, 31, 9, 54, 40)
	cc := func(at time.Time) dingoa.OperationRecord {
		return dingoa.OperationRecord{UserID: "u1", Time: at, Type: dingoa.OperationCC, Result: dingoa.TaskNone}
	}
	return wildLegacy(func(i *dingoa.Instance) {
		i.Title, i.BusinessID, i.CreateTime, i.FinishTime = "甲提交的日志", "202205302346000111222", start, end
		i.OriginatorDeptID, i.CCUserIDs = 58000001, []string{"u7", "u8"}
		i.Records = []dingoa.OperationRecord{
			{UserID: "u1", Time: start, Type: dingoa.OperationStart, Result: dingoa.TaskNone},
			cc(start),
			{UserID: "u2", Time: end.Add(-time.Second), Type: dingoa.OperationExecute, Result: dingoa.TaskAgree},
			cc(end),
		}
		i.Tasks = []dingoa.Task{legacyTask("74000000001", "b39a_73fb", start.Add(time.Second), end,
			"aflow.dingtalk.com?procInsId=AAAA00891653925597&taskId=74000000001&businessId=202205302346000111222")}
	})
}
