package form

import "slices"

// The vendor's component types (控件类型) that Go types stand for.
const (
	textField        = "TextField"            // 单行输入框
	textareaField    = "TextareaField"        // 多行输入框
	numberField      = "NumberField"          // 数字输入框
	moneyField       = "MoneyField"           // 金额控件
	selectField      = "DDSelectField"        // 单选框
	multiSelectField = "DDMultiSelectField"   // 多选框
	dateField        = "DDDateField"          // 日期控件
	dateRangeField   = "DDDateRangeField"     // 时间区间控件
	textNote         = "TextNote"             // 文字说明控件
	phoneField       = "PhoneField"           // 电话控件
	photoField       = "DDPhotoField"         // 图片控件
	tableField       = "TableField"           // 明细控件
	attachmentField  = "DDAttachment"         // 附件
	contactField     = "InnerContactField"    // 联系人控件
	departmentField  = "DepartmentField"      // 部门控件
	relateField      = "RelateField"          // 关联审批单
	addressField     = "AddressField"         // 省市区控件
	starField        = "StarRatingField"      // 评分控件
	locationField    = "TimeAndLocationField" // 地点控件
	calculateField   = "CalculateField"       // 计算公式
	formRelateField  = "FormRelateField"      // 关联控件
	idCardField      = "IdCardField"          // 身份证
	holidayField     = "DDHolidayField"       // 请假套件
	bizSuite         = "DDBizSuite"           // 套件
	overtimeField    = "DDOvertimeField"      // 加班套件, of 2019
	gooutField       = "DDGooutField"         // 外出套件, of 2019
)

// knownComponents are those of the vendor's pages, and suites. Their Go types are
// fixed; any other component is text.
func knownComponents() []string {
	return []string{
		textField, textareaField, numberField, moneyField, selectField, multiSelectField, dateField, dateRangeField,
		textNote, phoneField, photoField, tableField, attachmentField, contactField, departmentField, relateField,
		addressField, starField, locationField, calculateField, formRelateField, idCardField, holidayField,
		bizSuite, overtimeField, gooutField,
	}
}

func isKnown(component string) bool { return slices.Contains(knownComponents(), component) }

// isSuite reports a suite (套件): a component that consists of others.
func isSuite(component string) bool {
	return component == holidayField || component == bizSuite || component == overtimeField || component == gooutField
}

// isReadOnly reports components that people do not fill in by hand, and calls
// mostly cannot: suites (套件), the client or the service itself do.
func isReadOnly(component string) bool {
	switch component {
	case calculateField, formRelateField, holidayField, bizSuite, overtimeField, gooutField, textNote,
		"SignatureField", "SeqNumberField", "OcrTextField", "OcrIdCardField", "InvoiceField", "RecipientAccountField":
		return true
	}
	return false
}

// isSettable reports components that a call may fill in. A formula's result is
// computed by the client, so that a call has to bring it; the older gateway's page
// says so.
func isSettable(component string) bool { return component == calculateField || !isReadOnly(component) }

// isSendable reports whether the componentType may be sent: calls refuse what
// their pages do not list, and need none.
func isSendable(component string) bool {
	switch component {
	case locationField, idCardField, calculateField, formRelateField, holidayField, bizSuite, overtimeField, gooutField:
		return false
	}
	return true
}

// isInCenter reports whether forms of the process center (流程中心) have it.
func isInCenter(component string) bool {
	switch component {
	case phoneField, locationField, calculateField, formRelateField, idCardField, holidayField, bizSuite, overtimeField, gooutField:
		return false
	}
	return true
}
