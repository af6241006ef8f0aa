package dingoa

func centerTypes() []operationTypes {
	const (
		onlyOld  = "only the older gateway has it"
		official = "only of official forms, and refused"
	)
	return []operationTypes{
		{op: OpSaveProcess, request: saveCenterTemplate{}, response: centerTemplateReply{}, except: map[string]string{
			"legacy request.saveProcessRequest.disable_form_edit": "only in a sample, without a word on what it does",
		}},
		{op: OpGetProcessCodeByName, request: findTemplateRequest{}, response: findTemplateReply{}, except: map[string]string{
			"response.process_code": "the place on the older gateway",
		}},
		{op: OpDeleteProcess, request: deleteCenterTemplate{}, response: deleteTemplateReply{}},
		{op: OpInsertOrUpdateDir, request: SaveCenterDirectoryRequest{}, response: centerDirectoryReply{}},
		{op: OpDeleteDir, request: DeleteCenterDirectoryRequest{}, response: ack{}},
		{op: OpSaveIntegratedInstance, request: createCenterInstanceRequest{}, response: createCenterInstanceReply{}, except: map[string]string{
			"request.formComponentValueList.details": official,
		}},
		{op: OpUpdateProcessInstance, request: updateCenterInstance{}, response: ack{}},
		{op: OpBatchUpdateProcessInstance, request: updateCenterInstances{}, response: ack{}},
		{op: OpCreateIntegratedTask, request: createCenterTasks{}, response: createCenterTasksReply{}},
		{op: OpQueryIntegratedTodoTask, request: listCenterTasks{}, response: listCenterTasksReply{}, except: map[string]string{
			"response.result.list.title":   onlyOld,
			"response.result.list.url":     onlyOld,
			"response.result.list.forms":   onlyOld,
			"response.taskPage.list.title": onlyOld,
			"response.taskPage.list.url":   onlyOld,
			"response.taskPage.list.forms": onlyOld,
		}},
		{op: OpUpdateIntegratedTask, request: updateCenterTasks{}, response: ack{}},
		{op: OpCancelIntegratedTask, request: cancelCenterTasks{}, response: ack{}},
		{op: OpCleanProcessData, request: CleanCenterDataRequest{}, response: ack{}, except: map[string]string{
			"legacy request.suite_access_token": "the token, under another name",
		}},
		{op: OpListTodoWorkRecords, request: listWorkRecords{}, response: listWorkRecordsReply{}},
		{op: OpPremiumInsertOrUpdateDir, request: SaveCenterDirectoryRequest{}, response: centerDirectoryReply{}},
		{op: OpPremiumDelDir, request: DeleteCenterDirectoryRequest{}, response: ack{}},
		{op: OpPremiumSaveIntegratedProcess, request: saveCenterTemplate{}, response: centerTemplateReply{}, except: map[string]string{
			"request.processFeatureConfig.features.config": "the type of the standard operation",
		}},
		{op: OpPremiumSaveIntegratedProcessInstance, request: createCenterInstanceRequest{}, response: createCenterInstanceReply{}, except: map[string]string{
			"request.formComponentValueList.details": official,
		}},
		{op: OpPremiumSaveIntegratedTask, request: createPremiumCenterTasks{}, response: createCenterTasksReply{}},
		{op: OpOapiWorkrecordAdd, request: addTodoRequest{}, response: addTodoReply{}},
		{op: OpOapiWorkrecordUpdate, request: CompleteTodoRequest{}, response: ack{}},
		{op: OpOapiWorkrecordGetbyuserid, request: listTodosRequest{}, response: listTodosReply{}},
		{op: OpOapiAttendanceApproveFinish, request: notifyApproval{}, response: notifyApprovalReply{}},
	}
}
