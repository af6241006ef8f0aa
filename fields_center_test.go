package dingoa

import "github.com/dingoa/dingoa/operation"

func centerTypes() []operationTypes {
	const (
		onlyOld  = "only the older gateway has it"
		official = "only of official forms, and refused"
	)
	return []operationTypes{
		{op: operation.SaveProcess, request: saveCenterTemplate{}, response: centerTemplateReply{}, except: map[string]string{
			"legacy request.saveProcessRequest.disable_form_edit": "only in a sample, without a word on what it does",
		}},
		{op: operation.GetProcessCodeByName, request: findTemplateRequest{}, response: findTemplateReply{}, except: map[string]string{
			"response.process_code": "the place on the older gateway",
		}},
		{op: operation.DeleteProcess, request: deleteCenterTemplate{}, response: deleteTemplateReply{}},
		{op: operation.InsertOrUpdateDir, request: SaveCenterDirectoryRequest{}, response: centerDirectoryReply{}},
		{op: operation.DeleteDir, request: DeleteCenterDirectoryRequest{}, response: ack{}},
		{op: operation.SaveIntegratedInstance, request: createCenterInstanceRequest{}, response: createCenterInstanceReply{}, except: map[string]string{
			"request.formComponentValueList.details": official,
		}},
		{op: operation.UpdateProcessInstance, request: updateCenterInstance{}, response: ack{}},
		{op: operation.BatchUpdateProcessInstance, request: updateCenterInstances{}, response: ack{}},
		{op: operation.CreateIntegratedTask, request: createCenterTasks{}, response: createCenterTasksReply{}},
		{op: operation.QueryIntegratedTodoTask, request: listCenterTasks{}, response: listCenterTasksReply{}, except: map[string]string{
			"response.result.list.title":   onlyOld,
			"response.result.list.url":     onlyOld,
			"response.result.list.forms":   onlyOld,
			"response.taskPage.list.title": onlyOld,
			"response.taskPage.list.url":   onlyOld,
			"response.taskPage.list.forms": onlyOld,
		}},
		{op: operation.UpdateIntegratedTask, request: updateCenterTasks{}, response: ack{}},
		{op: operation.CancelIntegratedTask, request: cancelCenterTasks{}, response: ack{}},
		{op: operation.CleanProcessData, request: cleanCenterDataRequest{}, response: ack{}, except: map[string]string{
			"legacy request.suite_access_token": "the token, under another name",
		}},
		{op: operation.ListTodoWorkRecords, request: listWorkRecords{}, response: listWorkRecordsReply{}},
		{op: operation.PremiumInsertOrUpdateDir, request: SaveCenterDirectoryRequest{}, response: centerDirectoryReply{}},
		{op: operation.PremiumDelDir, request: DeleteCenterDirectoryRequest{}, response: ack{}},
		{op: operation.PremiumSaveIntegratedProcess, request: saveCenterTemplate{}, response: centerTemplateReply{}, except: map[string]string{
			"request.processFeatureConfig.features.config": "the type of the standard operation",
		}},
		{op: operation.PremiumSaveIntegratedProcessInstance, request: createCenterInstanceRequest{}, response: createCenterInstanceReply{}, except: map[string]string{
			"request.formComponentValueList.details": official,
		}},
		{op: operation.PremiumSaveIntegratedTask, request: createPremiumCenterTasks{}, response: createCenterTasksReply{}},
		{op: operation.OapiWorkrecordAdd, request: addTodoRequest{}, response: addTodoReply{}},
		{op: operation.OapiWorkrecordUpdate, request: CompleteTodoRequest{}, response: ack{}},
		{op: operation.OapiWorkrecordGetbyuserid, request: listTodosRequest{}, response: listTodosReply{}},
		{op: operation.OapiAttendanceApproveFinish, request: notifyApproval{}, response: notifyApprovalReply{}},
	}
}
