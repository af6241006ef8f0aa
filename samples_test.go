package dingoa_test

import (
	"time"

	"github.com/dingoa/dingoa"
)

// The values of this file say in Go what the vendor's samples in
// testdata/operations say in JSON.

func todaysSample() dingoa.CreateInstanceRequest {
	return dingoa.CreateInstanceRequest{
		ProcessCode:      "PROC-17428B8C-6C60-xxxx-924C-64F1037AE067",
		OriginatorUserID: "26652461xxxx5992",
		DeptID:           1,
		FormValues: []dingoa.FormValue{
			{Name: `["当前时间","当前地点"]`, Value: `["2025-01-03 14:27:20",120.021195,30.281506,"浙江省杭州市余杭区文一西路960-1号阿里巴巴西溪C区",100]`},
			{Name: "单行输入框", Value: "单行输入框示例"},
			{Name: "多行输入框", Value: "请输入多行文本内容，需要换行时请输入\r\n"},
			{Name: "数字输入框", Value: "100"},
			{Name: "单选框", Value: "选项1"},
			{Name: "多选框", Value: `["选项1","选项2"]`},
			{Name: "日期", Value: "2021-08-17"},
			{Name: `["开始时间","结束时间"]`, Value: `["2019-02-19","2019-02-25"]`},
			{Name: "图片", Value: `["http://url1","http://url2","http://url3"]`},
			{Name: "表格", Value: `[[{"name":"单行输入框","value":"明细单行输入框"},{"name":"数字输入框","value":"100"}]]`},
			{Name: "金额（元）", Value: "100"},
			{Name: "附件", Value: `[{"spaceId": "163xxxx658", "fileName": "2644.JPG", "fileSize": "333", "fileType": "jpg", "fileId": "643xxxx140"}]`},
			{Name: "联系人", Value: `["4525xxxxxxxx77041"]`},
			{Name: "关联审批单", Value: `["fa2aa864-xxxx-xxxx-xxxx-75572c0e2cdf", "7125778e-xxxx-xxxx-xxxx-faa987478a9b"]`},
			{Name: "电话", Value: "157xxxx4545"},
			{Name: "省市区", Value: "北京,北京市,河东区"},
			{Name: "评分", Value: "5"},
			{Name: "部门", Value: "钉钉通讯录部门1的id,钉钉通讯录部门2的id"},
		},
		TargetSelectActioners: []dingoa.TargetSelectActioner{
			{ActionerKey: "manual_f953_8c70_xxxx_7ffa", UserIDs: []string{"26652461xxxx5992", "011220460xxxx8765"}},
		},
		Approvers:  []dingoa.Approver{{ActionType: dingoa.ActionAnd, UserIDs: []string{"26652461xxxx5992", "011220460xxxx8765"}}},
		CCUserIDs:  []string{"25054456xxxx0123"},
		CCPosition: dingoa.CCAtStart,
	}
}

func sdkSample() dingoa.CreateInstanceRequest {
	inner := dingoa.FormValue{ID: "PhoneField_IZI2LP8QF6O0", BizAlias: "Phone", Name: "PhoneField", Value: "123xxxxxxxx", ExtValue: "总个数:1", ComponentType: "PhoneField"}
	middle := inner
	middle.ComponentType, middle.Details = "", []dingoa.FormValue{inner}
	outer := inner
	outer.BizAlias, outer.Details = "myPhoneNumber", []dingoa.FormValue{middle}
	return dingoa.CreateInstanceRequest{
		ProcessCode: "PROC-EF6YJL35P2-SCKICSB7P750S0YISYKV3-xxxx-1", OriginatorUserID: "manager432", DeptID: 1,
		AgentID: 41605932, DetailPageURL: "https://www.dingtalk.com",
		Approvers:             []dingoa.Approver{{ActionType: dingoa.ActionAnd, UserIDs: []string{"26652461xxxx5992"}}},
		CCUserIDs:             []string{"26652461xxxx5992"},
		CCPosition:            dingoa.CCAtStart,
		TargetSelectActioners: []dingoa.TargetSelectActioner{{ActionerKey: "manual_1918_5cd3_xxxx_6a98", UserIDs: []string{"26652461xxxx5992"}}},
		FormValues:            []dingoa.FormValue{outer},
	}
}

func legacySample() dingoa.CreateInstanceRequest {
	both := []string{"4525xxxxxxxx77041", "2643xxxxxxx69379"}
	return dingoa.CreateInstanceRequest{
		ProcessCode: "PROC-37801FB3-xxxx-xxxx-xxxx-6C6ADB87CD9A", OriginatorUserID: "4525xxxxxxxx77041", DeptID: 70041378,
		CCUserIDs: []string{"4525xxxxxxxx77041"}, CCPosition: dingoa.CCAtFinish,
		Approvers: []dingoa.Approver{{ActionType: dingoa.ActionAnd, UserIDs: both}, {ActionType: dingoa.ActionOr, UserIDs: both}},
		FormValues: []dingoa.FormValue{
			{Name: "单行输入框", Value: "测试单行输入框"},
			{Name: "多行输入框", Value: "测试多行输入框"},
			{Name: "金额（元）大写", Value: "1"},
			{Name: "数字输入框", Value: "100"},
			{Name: "单选框", Value: "a"},
			{Name: "多选框", Value: `["a","b"]`},
			{Name: "日期", Value: "2021-08-17"},
			{Name: `["开始时间","结束时间"]`, Value: `["2019-02-19","2019-02-25"]`},
			{Name: "图片", Value: `["http://url1","http://url2","http://url3"]`},
			{Name: "附件", Value: `[{"spaceId":"163xxxx658","fileName":"2644.JPG","fileSize":"333","fileType":"jpg","fileId":"643xxxx140"}]`},
			{Name: "联系人", Value: `["4525xxxxxxxx77041"]`},
			{Name: "关联审批单", Value: `["fa2aa864-xxxx-xxxx-xxxx-75572c0e2cdf","7125778e-xxxx-xxxx-xxxx-faa987478a9b"]`},
			{Name: "明细", Value: `[[{"name":"单行输入框","value":"明细单行输入框"},{"name":"数字输入框","value":"100"}]]`},
		},
	}
}

func todaysInstance() *dingoa.Instance {
	at := chinaMinute(2022, 8, 31, 11, 52)
	return &dingoa.Instance{
		ID:                  "a171de6c-8bxxxx",
		Title:               "xx提交的请假申请",
		BusinessID:          "111",
		Status:              dingoa.InstanceRunning,
		Result:              dingoa.ResultAgree,
		OriginatorUserID:    "manager1",
		OriginatorDeptID:    -1,
		OriginatorDeptName:  "测试",
		ApproverUserIDs:     []string{"manager1"},
		CCUserIDs:           []string{"manager1"},
		CreateTime:          at,
		FinishTime:          at,
		BizAction:           dingoa.BizActionModify,
		BizData:             `{"mykey": "myData"}`,
		AttachedInstanceIDs: []string{"instance1"},
		MainInstanceID:      "111",
		FormValues: []dingoa.FormValue{{
			ID: "DDHolidayField-J2Bxxxx", Name: "组件1", Value: "示例值", ExtValue: "示例值",
			ComponentType: "DDSelectField", BizAlias: "TextField-bizAlias",
		}},
		Records: []dingoa.OperationRecord{{
			UserID: "manager1", Time: at, Type: dingoa.OperationExecute, Result: dingoa.TaskAgree, Remark: "评论",
			Attachments: []dingoa.Attachment{{SpaceID: "12345", FileID: "111", FileName: "学历证明", FileSize: 1024, FileType: "pdf"}},
			Images:      []string{"https://static.dingtalk.com/media/xxxx_1280_720.jpg"},
			CCUserIDs:   []string{"0417****4537"},
			ActivityID:  "aabb-ccdd", ShowName: "审批人",
		}},
		Tasks: []dingoa.Task{{
			ID: "111", UserID: "manager1", Status: dingoa.TaskNew, Result: dingoa.TaskRedirected,
			CreateTime: at, FinishTime: at, MobileURL: "https://www.xxxx.com", PCURL: "https://www.xxxx.com",
			InstanceID: "111", ActivityID: "111", GroupName: "审批人1",
		}},
	}
}

func legacyInstance() *dingoa.Instance {
	start := chinaMinute(2020, 12, 21, 15, 30).Add(26 * time.Second)
	finish := start.Add(time.Second)
	task := func(activity string) dingoa.Task {
		return dingoa.Task{
			ID: "66738", UserID: "user456", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree,
			FinishTime: finish, MobileURL: "https://www.xxxx.com", PCURL: "https://www.xxxx.com",
			InstanceID: "1a2b-3e4dxxxx", ActivityID: activity, // the vendor leaves the instance out
		}
	}
	return &dingoa.Instance{
		ID:                  "1a2b-3e4dxxxx",
		Title:               "测试用户提交的请假",
		BusinessID:          "20201",
		Status:              dingoa.InstanceCompleted,
		Result:              dingoa.ResultAgree,
		OriginatorUserID:    "user456",
		OriginatorDeptID:    433000,
		OriginatorDeptName:  "测试2",
		CCUserIDs:           []string{"user456"},
		CreateTime:          start,
		FinishTime:          finish,
		BizAction:           dingoa.BizActionNone,
		AttachedInstanceIDs: []string{},
		FormValues:          []dingoa.FormValue{{ID: "TextField_23QXWOU7G4JK0", Name: "请假天数", Value: "1", ComponentType: "TextField"}},
		Records: []dingoa.OperationRecord{
			{UserID: "user456", Time: start, Type: dingoa.OperationStart, Result: dingoa.TaskNone},
			{UserID: "user456", Time: start, Type: dingoa.OperationExecuteAuto, Result: dingoa.TaskAgree},
			{UserID: "user456", Time: start, Type: dingoa.OperationExecuteAuto, Result: dingoa.TaskAgree},
			{UserID: "user456", Time: start, Type: dingoa.OperationCC, Result: dingoa.TaskNone},
		},
		Tasks: []dingoa.Task{task("0dxxx"), task("e2xxx")},
	}
}

func todaysDecision() dingoa.DecideTaskRequest {
	return dingoa.DecideTaskRequest{
		InstanceID: "a171de6c-8bxxxx", TaskID: "67583405630", OperatorUserID: "133743186427339452", Remark: "同意。",
		File: files("123", "文件名称。", "https://url1"),
	}
}

func legacyDecision() dingoa.DecideTaskRequest {
	return dingoa.DecideTaskRequest{
		InstanceID: "88c2f806-316d-4683-ba30-xxxxx", TaskID: "67583405630", OperatorUserID: "manager4220", Remark: "同意",
		File: files("22331", "打卡证明", "https://url1", "https://url1"),
	}
}

func files(spaceID, name string, photos ...string) dingoa.Files {
	return dingoa.Files{Photos: photos, Attachments: []dingoa.Attachment{
		{SpaceID: spaceID, FileID: "B1oQixxxx", FileName: name, FileSize: 1024, FileType: "file"},
	}}
}
