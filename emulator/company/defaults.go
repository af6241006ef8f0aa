package company

import "slices"

// RootDept is the root department as the vendor writes it in requests and
// replies; contacts call it 1.
const RootDept = -1

// The app that an emulator knows unless its option WithApp names another. None of
// these values opens anything outside an emulator.
const (
	DefaultAppKey    = "dingemulatorapp"
	DefaultAppSecret = "emulator-app-secret" //nolint:gosec // of an app that exists nowhere
	DefaultAgentID   = 1000000001
	DefaultCorpID    = "dingemulatorcorp"
)

// The people and the form of the default company.
//
//	User      Name  Department
//	zhangsan  张三  研发部 (100)   usually the originator
//	lisi      李四  研发部 (100)   first approver
//	wangwu    王五  人事部 (200)   second approver
//	zhaoliu   赵六  人事部 (200)   somebody to redirect to
//	qianqi    钱七  root (-1)
//
// The form 请假 (leave) has the components of [DefaultForm] and is approved by
// lisi, then by wangwu. The form 报销 (expenses) is that of [ExpenseForm].
const (
	DefaultOriginator     = "zhangsan"
	DefaultFirstApprover  = "lisi"
	DefaultSecondApprover = "wangwu"
	DefaultColleague      = "zhaoliu"
	DefaultDeptID         = 100
	DefaultProcessCode    = "PROC-EMULATOR-LEAVE"
	// DefaultExpenseCode is the form 报销 of [ExpenseForm], whose second approver
	// the originator chooses.
	DefaultExpenseCode = "PROC-EMULATOR-EXPENSE"
)

// DefaultSSOSecret is the secret of the admin console, for ssoAccessToken. It
// opens nothing outside an emulator.
const DefaultSSOSecret = "emulator-sso-secret" //nolint:gosec // documented, and of no use elsewhere

// DefaultForm is the form of the default company.
func DefaultForm() Form {
	return Form{
		ProcessCode: DefaultProcessCode,
		Name:        "请假",
		Components: []Component{
			{ID: "DDSelectField-leavetype", Label: "请假类型", Type: "DDSelectField", Required: true, Options: []string{"年假", "事假", "病假"}},
			{ID: "DDDateField-start", Label: "开始日期", Type: "DDDateField", Required: true},
			{ID: "NumberField-days", Label: "天数", Type: "NumberField", Required: true},
			{ID: "TextareaField-reason", Label: "事由", Type: "TextareaField"},
		},
		Flow: []Node{
			{Name: "直属主管", Approvers: []string{DefaultFirstApprover}},
			{Name: "人事", Approvers: []string{DefaultSecondApprover}},
		},
		OriginatorMayRevoke: true,
	}
}

// ExpenseForm is the form of the default company whose second approver the
// originator chooses (审批人自选): wangwu or zhaoliu.
func ExpenseForm() Form {
	return Form{
		ProcessCode: DefaultExpenseCode,
		Name:        "报销",
		Components: []Component{
			{ID: "MoneyField-amount", Label: "金额", Type: "MoneyField", Required: true},
			{ID: "TextareaField-purpose", Label: "事由", Type: "TextareaField"},
		},
		Flow: []Node{
			{Name: "直属主管", Approvers: []string{DefaultFirstApprover}},
			{Name: "财务", Approvers: []string{DefaultSecondApprover, DefaultColleague}, SelfSelect: true},
		},
		OriginatorMayRevoke: true,
	}
}

// DefaultUsers are the people of the default company.
func DefaultUsers() []User {
	return []User{
		{ID: DefaultOriginator, Name: "张三", DeptIDs: []int64{DefaultDeptID}, Mobile: "13800000001", Title: "工程师", JobNumber: "1001", ManagerID: DefaultFirstApprover},
		{ID: DefaultFirstApprover, Name: "李四", DeptIDs: []int64{DefaultDeptID}, Mobile: "13800000002", Title: "研发经理", JobNumber: "1002", LeadsDeptIDs: []int64{DefaultDeptID}},
		{ID: DefaultSecondApprover, Name: "王五", DeptIDs: []int64{200}, Mobile: "13800000003", Title: "人事经理", JobNumber: "1003", LeadsDeptIDs: []int64{200}},
		{ID: DefaultColleague, Name: "赵六", DeptIDs: []int64{200}, Mobile: "13800000004", Title: "人事专员", JobNumber: "1004", ManagerID: DefaultSecondApprover},
		{ID: "qianqi", Name: "钱七", Mobile: "13800000005", Title: "总经理", JobNumber: "1005", Boss: true, Admin: true},
	}
}

// DefaultDepartments are the departments of the default company.
func DefaultDepartments() []Department {
	return []Department{{ID: RootDept, Name: "模拟公司"}, {ID: DefaultDeptID, Name: "研发部"}, {ID: 200, Name: "人事部"}}
}

// DefaultEveryComponentCode is the form 全部控件 of [EveryComponentForm].
const DefaultEveryComponentCode = "PROC-EMULATOR-EVERY"

// EveryComponentForm is a form with every component of the vendor's pages, also
// as the columns of a table. It is not part of the default company: give it with
// the option WithForms. It is approved by lisi.
func EveryComponentForm() Form {
	minute := "yyyy-MM-dd HH:mm"
	columns := []Component{
		{Label: "单行输入框", Type: "TextField"},
		{Label: "多行输入框", Type: "TextareaField"},
		{Label: "数字输入框", Type: "NumberField", Unit: "个"},
		{Label: "金额", Type: "MoneyField"},
		{Label: "单选框", Type: "DDSelectField", Options: []string{"选项1", "选项2"}},
		{Label: "多选框", Type: "DDMultiSelectField", Options: []string{"选项1", "选项2", "选项3"}},
		{Label: "日期", Type: "DDDateField", Format: "yyyy-MM-dd", Unit: "天"},
		{Label: `["开始时间","结束时间"]`, Type: "DDDateRangeField", Format: minute, Unit: "小时"},
		{Label: "电话", Type: "PhoneField"},
		{Label: "图片", Type: "DDPhotoField"},
		{Label: "附件", Type: "DDAttachment"},
		{Label: "联系人", Type: "InnerContactField", Multiple: true},
		{Label: "部门", Type: "DepartmentField", Multiple: true},
		{Label: "关联审批单", Type: "RelateField"},
		{Label: "省市区", Type: "AddressField", AddressModel: "district"},
		{Label: "评分", Type: "StarRatingField", MaxStars: 5},
		{Label: `["当前时间","当前地点"]`, Type: "TimeAndLocationField"},
		{Label: "计算公式", Type: "CalculateField"},
		{Label: "关联控件", Type: "FormRelateField"},
		{Label: "身份证", Type: "IdCardField"},
	}
	components := slices.Clone(columns)
	for i := range columns {
		columns[i].ID = columns[i].Type + "-column"
		components[i].ID = components[i].Type + "-every"
		components[i].BizAlias = "every-" + components[i].Type
		components[i].Placeholder = "请填写"
	}
	columns[0].Required = true
	components = append(components,
		Component{ID: "DDDateField-minute", Label: "时刻", Type: "DDDateField", Format: minute, Unit: "小时"},
		Component{ID: "DDSelectField-other", Label: "其他选项", Type: "DDSelectField", Options: []string{"选项1", "其他"}, OtherOption: true},
		Component{ID: "InnerContactField-one", Label: "一个联系人", Type: "InnerContactField"},
		Component{ID: "DepartmentField-one", Label: "一个部门", Type: "DepartmentField"},
		Component{ID: "TableField-every", Label: "明细", Type: "TableField", Required: true, Children: columns},
		Component{ID: "TextNote-every", Label: "文字说明", Type: "TextNote"},
		Component{ID: "DDHolidayField-every", Label: `["请假开始","请假结束"]`, Type: "DDHolidayField"},
	)
	return Form{
		ProcessCode: DefaultEveryComponentCode, Name: "全部控件", Components: components,
		Flow:                []Node{{Name: "直属主管", Approvers: []string{DefaultFirstApprover}}},
		OriginatorMayRevoke: true,
	}
}
