package emulator

// centerWords are those of the operations of forms and of the process centre.
func centerWords(operation string) map[problemKind]words {
	notThisKind := func(code string) words { return words{code, errcodeNotThisKind, notThisKindMessage} }
	noInstance := func(code string) words { return words{code, errcodeNoInstance, "流程实例不存在"} }
	switch operation {
	case "FormCreate":
		return map[problemKind]words{
			formNotFound:     {"processcode.error", errcodeNoForm, "processCode对应的审批流程不存在"},
			conditionChanged: {"formschema.error", errcodeBadParameter, "流程条件分支中已使用的表单控件不可修改或删除：%[1]s"},
			formNameTaken:    {"formName.error", errcodeBadParameter, "已有相同名称表单"},
			tooManyForms:     {"internalError", errcodeBadParameter, "一个企业最多创建%[1]d个审批表单"},
			badForm:          {"formschema.error", errcodeBadParameter, "%[1]v"},
		}
	case "SaveProcess", "PremiumSaveIntegratedProcess":
		return map[problemKind]words{
			formNotFound:  {"processcode.error", errcodeNoForm, "processCode对应的审批流程不存在"},
			formOfficial:  notThisKind("aflowProcessSetupNoPermission"),
			formNameTaken: {"formName.error", errcodeNameTaken, "已有相同名称表单"},
			tooManyForms:  {"processes.error", errcodeTooManyForms, "审批流已超过最大数量"},
		}
	case "DeleteProcess":
		return map[problemKind]words{
			formNotFound: {"processNotExist", errcodeNoInstance, "审批流不存在"},
			formOfficial: notThisKind("permission.error"),
		}
	case "CleanProcessData":
		return map[problemKind]words{
			formNotFound: {"processNotExist", errcodeNoForm, "审批流不存在"},
			formOfficial: notThisKind("processGetFailedByParameter"),
			wrongCompany: {"needAuth", errcodeNoRight, "需要授权"},
		}
	case "SaveIntegratedInstance", "PremiumSaveIntegratedProcessInstance":
		return map[problemKind]words{
			formNotFound: {"process.error", errcodeNoForm, "审批流不存在"},
			formOfficial: notThisKind("permission.error"),
		}
	case "UpdateProcessInstance":
		return map[problemKind]words{instanceNotFound: noInstance("process.inst.notExist"), instanceOfficial: notThisKind("needAuth")}
	case "BatchUpdateProcessInstance":
		return map[problemKind]words{instanceNotFound: noInstance("internalError"), instanceOfficial: notThisKind("needAuth")}
	case "CreateIntegratedTask", "PremiumSaveIntegratedTask":
		return map[problemKind]words{
			instanceNotFound:   noInstance("integrated.state.invalid"),
			instanceOfficial:   notThisKind("setup.no.permission"),
			instanceEnded:      {"integrated.state.invalid", errcodeCenterEnded, "流程实例已完结，不能继续创建任务"},
			noTasks:            {"tasks.is.null", errcodeBadParameter, "参数错误，任务列表tasks不能为空"},
			tooManyTasks:       {"integrated.number.exceed", errcodeTooManyTasks, "流程任务的数量到达上限"},
			taskUserNotFound:   {"internalError", errcodeCenterFailed, "用户不存在：%[1]s"},
			taskAddressTooLong: {"task.url.error", errcodeBadParameter, "任务列表tasks中url长度不能超过1024字符"},
			taskOverdue:        {"task.dueTime.error", errcodeBadParameter, "任务列表tasks中截止时间dueTimestamp不能小于当前任务创建时间"},
		}
	case "UpdateIntegratedTask", "CancelIntegratedTask":
		return map[problemKind]words{
			instanceNotFound: noInstance("integrated.state.invalid"),
			instanceOfficial: notThisKind("integrated.permission.error"),
			taskOfficial:     notThisKind("integrated.permission.error"),
			taskNotFound:     {"internalError", errcodeCenterFailed, "系统内部错误：没有任务%[1]d"},
			resultMissing:    {"internalError", errcodeCenterFailed, "系统内部错误：result不能为空"},
		}
	}
	return nil
}
