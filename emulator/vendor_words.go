package emulator

import (
	"fmt"
	"strings"
)

// What the gateways say of problems: the codes of the vendor's pages, which differ
// by operation, and the vendor's language.

// words are the code of today's gateway, the number of the older one, and the
// message, in which %[1]s is the problem's first argument.
type words struct {
	code    string
	errcode int
	message string
}

// refused is the refusal of the operation that was called; nil without a problem.
func (c *call) refused(p *problem) *apiError { return refusedBy(c.operation, p) }

// refusedBy is the refusal of an operation, by its ID on today's gateway.
func refusedBy(operation string, p *problem) *apiError {
	if p == nil {
		return nil
	}
	w, ok := ownWords(operation)[p.kind]
	if !ok {
		w, ok = commonWords()[p.kind]
	}
	if !ok { // the operation does not come to this
		return refuse("systemError", errcodeBusy, "%s", p.text)
	}
	field := p.field
	args := make([]any, len(p.args))
	for i, arg := range p.args {
		switch arg := arg.(type) {
		case place:
			args[i] = placeWords(arg)
			if w.code == codeBadForm {
				field = placeWords(arg)
			}
		case flaw:
			args[i] = flawWords(arg)
		default:
			args[i] = arg
		}
	}
	e := refuse(w.code, w.errcode, "%s", spell(w.message, args))
	e.field = field
	return e
}

// spell puts arguments into a message that may have no place for them.
func spell(message string, args []any) string {
	if !strings.Contains(message, "%") {
		return message
	}
	return fmt.Sprintf(message, args...)
}

func placeWords(p place) string {
	if p.row == 0 {
		return p.label
	}
	return fmt.Sprintf("%s第%d行%s", p.table, p.row, p.label)
}

// codeBadForm is the code of values that the form does not take, whose message
// names the component.
const codeBadForm = "formConverterError"

const badFormMessage = "表单数据校验失败，失败控件：%[1]s"

func commonWords() map[problemKind]words {
	const (
		parameter = "processInstanceInvalidParameter"
		status    = "aflowProcessInstStatusException"
		execute   = "aflowProcessInstCanNotBeExecuted"
	)
	return map[problemKind]words{
		userNotFound:     {"userNotExist", errcodeNoUser, "用户不存在"},
		instanceNotFound: {"processInstanceNotExist", errcodeNoInstance, "审批实例不存在"},
		instanceOfCenter: {"processInstanceNotExist", errcodeNotThisKind, notThisKindMessage},
		instanceEnded:    {status, errcodeInstanceStatus, "审批单状态异常：审批单已结束"},
		instanceArchived: {status, errcodeInstanceStatus, "审批单状态异常：审批单已归档"},
		taskNotFound:     {execute, errcodeCannotExecute, "审批状态异常，无法执行：该审批单没有任务%[1]d"},
		taskNotRunning:   {execute, errcodeCannotExecute, "审批状态异常，无法执行：任务状态为%[2]s"},
		taskOfInstance:   {"param.illegal", errcodeBadParameter, "不合法的参数processInstanceId"},
		notTheirTask:     {"needAuth", errcodeNoRight, "没有同意拒绝审批的权限"},

		formNotFound:       {"processCodeError", errcodeNoForm, "获取审批模板失败或者模板已被删除"},
		formOfCenter:       {"processCodeError", errcodeNotThisKind, notThisKindMessage},
		originatorNotFound: {parameter, errcodeBadParameter, "审批实例参数错误，发起人的userid错误：%[1]s"},
		wrongAgent:         {"invalidAgentId", errcodeBadAgent, "无效的微应用ID"},
		needsPremium:       {"benefitStatusInvalid", errcodeNoRight, "权益校验失败。指定bizDetailPageUrl为OA高级版专享功能，请开通高级版后再重试。"},
		departmentMissing:  {parameter, errcodeBadDepartment, "审批实例参数错误，未指定approvers时deptId必填，根部门填-1"},
		wrongDepartment:    {parameter, errcodeBadDepartment, "审批实例参数错误，发起人不在发起部门中：%[1]d"},
		approverNotFound:   {parameter, errcodeBadParameter, "审批实例参数错误，审批人的userid错误"},
		oneApproverOnly:    {parameter, errcodeBadParameter, "审批实例参数错误，actionType为NONE时只能有一个审批人"},
		copyNotFound:       {parameter, errcodeBadParameter, "审批实例参数错误，抄送人的userid错误"},
		noFlow:             {"processGetFailed", errcodeProcessGetFailed, "获取审批流失败或审批单状态为非启用状态"},
		approverNotChosen:  {"targetSelectApproverMissing", errcodeBadParameter, "自选审批人缺失：%[1]s"},
		oneChoiceOnly:      {"targetSelectApproverScopeError", errcodeBadParameter, "自选审批人不在规定范围内：%[1]s只能选一人"},
		choiceNotOffered:   {"targetSelectApproverScopeError", errcodeBadParameter, "自选审批人不在规定范围内：%[1]s"},

		operatorMissing: {"invalidInstanceTerminateOperatingUserId", errcodeBadParameter, "撤销审批实例，当isSystem为false时，操作人的userId不能为空"},
		notOriginator:   {"internalError", errcodeMayNotRevoke, "审批系统错误，原因为【您没有任务处理的权限】：只有发起人才能撤销"},
		endedTooEarly:   {status, errcodeInstanceStatus, "审批单状态异常：提交审批单后15秒内不能进行撤回"},
		mayNotRevoke:    {"internalError", errcodeMayNotRevoke, "审批系统错误，原因为【您没有任务处理的权限】：模板未设置允许提交人撤销审批中的审批单"},

		wrongWindow:         {"invalidEndTime", errcodeBadParameter, "获取审批实例ID列表，审批实例结束时间不能小于开始时间；且查询时间范围不能超过120天。"},
		beforeWindow:        {"invalidInstanceListIdsStartTime", errcodeBadParameter, "获取审批实例ID列表，审批实例开始时间距当前时间不能超过365天"},
		beforePremiumWindow: {"invalidInstanceListIdsStartTime", errcodeBadParameter, "获取审批实例ID列表，审批实例开始时间距当前时间不能超过5年"},
		wrongPageSize:       {"invalidMaxResults", errcodeBadParameter, "获取审批实例ID列表，分页参数非法，每页大小，最多传20。"},
		wrongCursor:         {"invalidNextToken", errcodeBadParameter, "获取审批实例ID列表，分页查询的游标非法：%[1]d"},

		noComponent:        {codeBadForm, errcodeBadParameter, badFormMessage + "（模板中没有该控件）"},
		valueMissing:       {codeBadForm, errcodeBadParameter, badFormMessage + "（必填）"},
		badValue:           {codeBadForm, errcodeBadParameter, badFormMessage + "（%[2]s）"},
		wrongComponentType: {"illegalComponent", errcodeBadParameter, "表单组件入参错误：%[1]s的类型是%[2]s，不是%[3]s"},
		notSettable:        {"illegalComponent", errcodeBadParameter, "表单组件入参错误：%[1]s是%[2]s，不支持通过接口赋值"},
	}
}

const notThisKindMessage = "无操作审批流的权限，请检查审批实例或者模板是否正确"

// ownWords are those in which an operation differs from the others.
func ownWords(operation string) map[problemKind]words {
	const noInstance = "aflowProcessInstNotExist"
	switch operation {
	case "TerminateProcessInstance", "AddProcessInstanceComment":
		return map[problemKind]words{
			instanceNotFound: {noInstance, errcodeNoInstance, "审批实例不存在"},
			instanceOfCenter: {noInstance, errcodeNotThisKind, notThisKindMessage},
		}
	case "ExecuteProcessInstance":
		return map[problemKind]words{
			instanceNotFound: {"aflowProcessNotExist", errcodeNoInstance, "审批实例不存在"},
			instanceOfCenter: {"aflowProcessNotExist", errcodeNotThisKind, notThisKindMessage},
		}
	case "RedirectWorkflowTask":
		return taskWords("转交", "不合法的参数operateUserId")
	case "PremiumAppendTask":
		return taskWords("加签", "操作人的userId必须为当前任务的审批人")
	case "PremiumRevertTask":
		return taskWords("退回", "操作人的userId必须为当前任务的审批人")
	}
	return centerWords(operation)
}

// taskWords are those of the operations that take a task without its approval's
// own rules: what they do, and what they say to somebody else.
func taskWords(act, notTheirs string) map[problemKind]words {
	return map[problemKind]words{
		taskNotFound:      {"param.illegal", errcodeBadParameter, "不合法的参数taskId"},
		userNotFound:      {"user.not.exist", errcodeNoUser, "用户ID不存在，请检查operateUserId"},
		recipientNotFound: {"param.illegal", errcodeBadParameter, "不合法的参数toUserId"},
		notTheirTask:      {"param.illegal.operator", errcodeNoRight, notTheirs},
		instanceEnded:     {"instance.status.error", errcodeInstanceStatus, "当前流程实例状态不是运行中不支持" + act + "操作"},
		taskNotRunning:    {"task.status.error", errcodeCannotExecute, "当前任务状态不是运行中不支持" + act + "操作"},
	}
}

func flawWords(f flaw) string {
	message := map[flawKind]string{
		noNumber:          "值应为数字",
		noOptions:         "值应为选项组成的JSON数组",
		optionNotOffered:  "选项不在选项列表中：%v",
		noDate:            "日期格式应为%v",
		noDateRange:       "值应为开始时间和结束时间组成的JSON数组",
		endBeforeStart:    "结束时间早于开始时间",
		noPhone:           "值应为电话号码",
		noImages:          "值应为图片地址组成的JSON数组",
		tooManyListed:     "最多%v个",
		noAttachments:     "值应为附件组成的JSON数组",
		attachmentLacks:   "附件缺少文本%v",
		attachmentMissing: "附件不在审批钉盘空间中：%v",
		noContacts:        "值应为userId组成的JSON数组",
		oneContactOnly:    "只能选一个联系人",
		contactMissing:    "用户不存在或已离职：%v",
		noDepartments:     "值应为逗号分隔的部门id",
		oneDepartmentOnly: "只能选一个部门",
		departmentUnknown: "部门不存在：%v",
		noRelated:         "值应为审批实例id组成的JSON数组",
		relatedMissing:    "关联的审批单不存在：%v",
		noAddress:         "值应为逗号分隔的省、市、区",
		noStars:           "评分应为1到%v",
		noLocation:        "值应为时间、经度、纬度、地址和精度组成的JSON数组",
		wrongLocation:     "时间、经度、纬度或地址错误",
		noRows:            "明细的值应为JSON数组",
		wrongRow:          "每行应为{name,value}组成的JSON数组，值应为文本",
		tooManyContacts:   "明细中的联系人超过%v个",
		tooLongValue:      "超过%v个字符",
	}[f.kind]
	if formats, ok := f.arg.(dateFormats); ok {
		f.arg = strings.ReplaceAll(string(formats), " or ", "或")
	}
	return spell(message, []any{f.arg})
}
