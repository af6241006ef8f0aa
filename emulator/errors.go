package emulator

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/dingoa/dingoa/internal/spec"
)

// apiError is a refusal in the vendor's words, for both gateways: the older one
// answers HTTP 200 with a number where today's answers a status with a text.
type apiError struct {
	status  int    // of api.dingtalk.com
	code    string // of api.dingtalk.com
	errcode int    // of oapi.dingtalk.com
	subCode string // of oapi.dingtalk.com
	message string
	field   string   // at fault, for the log; empty when it is none or several
	scopes  []string // permission points that are missing
}

func refuse(code string, errcode int, format string, args ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, code: code, errcode: errcode, message: fmt.Sprintf(format, args...)}
}

// Numbers of the older gateway, which lists none per operation; these are the
// global ones that say the same.
const (
	errcodeBusy             = -1
	errcodeOK               = 0
	errcodeNotFoundPath     = 404
	errcodeAuth             = 88
	errcodeBadDepartment    = 40009
	errcodeBadToken         = 40014
	errcodeBadParameter     = 40035
	errcodeBadAgent         = 40056
	errcodeBadSuiteKey      = 40083
	errcodeBadSuiteTicket   = 40085
	errcodeBadSuiteSecret   = 40088
	errcodeBadSecret        = 40089
	errcodeNoToken          = 41001
	errcodeNotAuthorized    = 41030
	errcodeNeedGET          = 43001
	errcodeNeedPOST         = 43002
	errcodeBadJSON          = 47001
	errcodeNoRight          = 60011
	errcodeNoUser           = 60121
	errcodeCallbackExists   = 71006
	errcodeCallbackMissing  = 71007
	errcodeCallbackReply    = 71009
	errcodeCallbackJSON     = 71010
	errcodeCallbackURL      = 71011
	errcodeCallbackUnread   = 71012
	errcodeProcessGetFailed = 810008
	errcodeNoInstance       = 820004
	errcodeInstanceStatus   = 820005
	errcodeCannotExecute    = 820006
	errcodeMayNotRevoke     = 820008
	errcodeNoForm           = 830001

	errcodeSuiteThrottled     = 90014
	errcodeSignatureTimestamp = 853001
	errcodeSignatureExpired   = 853002
	errcodeSignatureKey       = 853003
	errcodeSignature          = 853004
)

func errNoUser() *apiError {
	return refuse("userNotExist", errcodeNoUser, "用户不存在")
}

func errNoInstance(code string) *apiError {
	return refuse(code, errcodeNoInstance, "审批实例不存在")
}

func errNoPath(method, path string) *apiError {
	return &apiError{
		status: http.StatusNotFound, code: "error.notFound", errcode: errcodeNotFoundPath,
		message: fmt.Sprintf("接口路径错误 %s %s", method, path),
	}
}

func errNotImitated(operation string) *apiError {
	return &apiError{
		status: http.StatusNotImplemented, code: "emulator.notImitated", errcode: http.StatusNotImplemented,
		message: "the emulator does not imitate " + operation,
	}
}

// errNotWritten is the answer to everything while the state file is behind.
func errNotWritten(err error) *apiError {
	return &apiError{
		status: http.StatusInternalServerError, code: "systemError", errcode: errcodeBusy,
		message: "the emulator cannot write its state file: " + err.Error(),
	}
}

// missingField is the answer to a required field that is missing or empty.
// Where the vendor lists no code of the operation's own it is invalidParameter.
func missingField(operation, field string) *apiError {
	err := missingFieldAnswer(operation, field)
	err.field = field
	return err
}

func missingFieldAnswer(operation, field string) *apiError {
	errcode := badParameterErrcode(operation)
	if err := centerMissingField(operation, field); err != nil {
		return err
	}
	code, message := missingFieldCode(operation, field)
	if code == "" {
		return listed(operation, field, "required.error", refuse("invalidParameter", errcode, "不合法的参数：%s不能为空", field))
	}
	return refuse(code, errcode, "%s", message)
}

func missingFieldCode(operation, field string) (code, message string) {
	switch operation + " " + field {
	case "TerminateProcessInstance processInstanceId",
		"AddProcessInstanceComment processInstanceId",
		"ExecuteProcessInstance processInstanceId":
		return "invalidInstanceId", "审批实例ID不能为空"
	case "GetProcessInstance processInstanceId":
		return "processInstanceIdError", "processInstanceId参数无效"
	case "TerminateProcessInstance isSystem":
		return "invalidInstanceTerminateIsSystem", "撤销审批实例，是否通过系统操作参数不能为空"
	case "TerminateProcessInstance operatingUserId":
		return "invalidInstanceTerminateOperatingUserId", "撤销审批实例，当isSystem为false时，操作人的userId不能为空"
	case "AddProcessInstanceComment text":
		return "invalidInstanceCommentText", "审批实例评论内容不能为空"
	case "AddProcessInstanceComment commentUserId":
		return "invalidInstanceCommentUserId", "审批实例评论人userId不能为空"
	case "ExecuteProcessInstance actionerUserId":
		return "invalidInstanceExecuteActionerUserId", "同意拒绝审批任务，操作人的userId不能为空"
	case "ExecuteProcessInstance taskId":
		return "invalidInstanceExecuteTaskId", "同意拒绝审批任务，任务节点id不能为空"
	case "ExecuteProcessInstance result":
		return "invalidInstanceExecuteResult", "同意拒绝审批任务，审批操作取值必填 且值必须为agree/refuse"
	case "ListProcessInstanceIds processCode":
		return "invalidProcessCode", "审批模板processCode不能为空"
	case "ListProcessInstanceIds startTime":
		return "invalidInstanceListIdsStartTime", "获取审批实例ID列表，审批实例开始时间不能为空"
	case "ListProcessInstanceIds nextToken":
		return "invalidNextToken", "获取审批实例ID列表，分页查询的游标不能为空"
	case "ListProcessInstanceIds maxResults":
		return "invalidMaxResults", "获取审批实例ID列表，分页参数非法，每页大小，最多传20。"
	case "RedirectWorkflowTask toUserId", "RedirectWorkflowTask operateUserId", "RedirectWorkflowTask taskId":
		return "param.blank", field + "参数不能为空"
	case "GetUserTodoTaskSum userId":
		return "invalidGetTodoTaskSumUserId", "获取用户待审批数量，要查询的用户userId不能为空"
	case "GetAttachmentSpace userId", "GetSpaceWithDownloadAuth userId":
		return "invalidUserId", "用户userId不能为空"
	case "GetSpaceWithDownloadAuth processInstanceId", "GrantProcessInstanceForDownloadFile processInstanceId":
		return "invalidProcessInstanceId", "实例id不能为空"
	case "GetSpaceWithDownloadAuth fileId", "GrantProcessInstanceForDownloadFile fileId":
		return "invalidFileId", "审批附件fileId不能为空"
	case "AddApproveDentryAuth fileInfos":
		return "invalidFileInfos", "授权下载审批钉盘文件，授权的钉盘文件信息列表不能为空"
	case "ListUserVisibleBpmsProcesses nextToken":
		return "invalidNextToken", "获取指定用户可见的审批表单列表，分页查询的游标不能为空"
	case "ListUserVisibleBpmsProcesses maxResults":
		return "invalidMaxResults", "获取指定用户可见的审批表单列表，分页参数非法，每页大小，最多传100。"
	case "GetManageProcessByStaffId userId":
		return "invalidUserId", "获取当前企业所有可管理的表单，要查询的用户userId不能为空"
	case "GetConditionFormComponent processCode":
		return "invalidProcessCode", "审批模板processCode不能为空"
	case "ProcessForecast userId":
		return "invalidUserId", "用户userId为空"
	case "ProcessForecast formComponentValues":
		return "componentIsNull", "表单数据为空"
	}
	if operation == "PremiumAppendTask" || operation == "PremiumRevertTask" {
		return "param.blank", field + "参数不能为空"
	}
	return premiumFieldCode(operation, field), field + "参数不能为空"
}

// badField is the answer to a field that is there but not acceptable.
func badField(operation, field, problem string) *apiError {
	err := badFieldAnswer(operation, field, problem)
	err.field = field
	return err
}

func badFieldAnswer(operation, field, problem string) *apiError {
	switch operation + " " + field {
	case "GetToken grant_type":
		return refuse("unsupported.grant.type", errcodeBadParameter, "unsupported.grant.type")
	case "ExecuteProcessInstance result":
		return refuse("invalidInstanceExecuteResult", errcodeBadParameter, "同意拒绝审批任务，审批操作取值必填 且值必须为agree/refuse")
	case "PremiumBatchExecuteProcessInstances taskInfoList":
		return refuse("taskInfoSizeOverLimit", errcodeBadParameter, "任务信息队列超出上限")
	case "ListProcessInstanceIds maxResults":
		return refuse("invalidMaxResults", errcodeBadParameter, "获取审批实例ID列表，分页参数非法，每页大小，最多传20。")
	case "ListUserVisibleBpmsProcesses maxResults":
		return refuse("invalidMaxResults", errcodeBadParameter, "获取指定用户可见的审批表单列表，分页参数非法，每页大小，最多传100。")
	case "ListProcessInstanceIds userIds":
		return refuse("invalidUserIds", errcodeBadParameter, "获取审批实例ID列表，发起userid列表参数非法，最大列表长度为10。")
	case "GetProcessInstance processInstanceId":
		return refuse("processInstanceIdError", errcodeBadParameter, "processInstanceId参数无效")
	}
	if code := premiumFieldCode(operation, field); code != "" {
		return refuse(code, errcodeBadParameter, "不合法的参数%s：%s", field, problem)
	}
	if operation == "RedirectWorkflowTask" || operation == "PremiumAppendTask" || operation == "PremiumRevertTask" {
		return refuse("param.illegal", errcodeBadParameter, "不合法的参数%s：%s", field, problem)
	}
	return listed(operation, field, "", refuse("invalidParameter", badParameterErrcode(operation), "不合法的参数：%s %s", field, problem))
}

// listed gives a refusal of a field the code and status that the operation's own
// page lists for it, if there is one; first is looked for before the others.
// Where a page lists none that is about parameters it stays invalidParameter:
// its internalError and system.error would say that another try may succeed.
func listed(operation, field, first string, e *apiError) *apiError {
	o, _ := spec.ByID(operation)
	candidates := []string{first, "parameter.invalid", "parameter.error", "param.error", "paramError", "illegal.parameter"}
	switch {
	case strings.HasPrefix(field, "formComponents"):
		candidates = []string{"formschema.error"}
	case field == "name":
		candidates = append(candidates, "formName.error")
	}
	for _, code := range candidates {
		for _, known := range o.Errors {
			if known.Code == code && code != "" {
				e.code, e.status = code, known.HTTP
				return e
			}
		}
	}
	return e
}

// badParameterErrcode: the callback operations have a number of their own.
func badParameterErrcode(operation string) int {
	if operation == "RegisterCallBack" || operation == "UpdateCallBack" {
		return errcodeCallbackJSON
	}
	return errcodeBadParameter
}
