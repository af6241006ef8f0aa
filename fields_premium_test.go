package dingoa

func premiumTypes() []operationTypes {
	centre := "one type for the four lists of the approval centre"
	signed := map[string]string{
		"response.result.formComponentValues.details": "one type for reading and for starting approvals",
		"response.result.processInstanceId":           "filled in from the request",
		"response.result.operationRecords.taskId":     "only lists for exports have it",
		"response.result.tasks.taskGroupName":         "the type of the operation for every company",
	}
	return []operationTypes{
		{op: OpArchiveProcessInstance, request: ArchiveInstanceRequest{}, response: ack{}},
		{op: OpPremiumAppendTask, request: appendTaskRequest{}, response: ack{}},
		{op: OpPremiumRevertTask, request: revertTaskRequest{}, response: ack{}},
		{op: OpPremiumUpdateProcessInstanceVariables, request: UpdateVariablesRequest{}, response: ack{}},
		{op: OpPremiumGetInstFieldSetting, request: FieldSettingsRequest{}, response: resultReply[[]FieldSetting]{}},
		{op: OpPremiumGetFieldModifiedHistory, request: FieldHistoryRequest{}, response: resultReply[[]FieldChange]{}},
		{op: OpPremiumGetSubmittedInstances, request: centreRequest{}, response: numberedReply[InstanceSummary]{}, except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre,
		}},
		{op: OpPremiumGetNoticedInstances, request: centreRequest{}, response: numberedReply[InstanceSummary]{}, except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre, "response.result.list.appType": centre,
		}},
		{op: OpPremiumGetTodoTasks, request: centreRequest{}, response: numberedReply[TaskSummary]{}, except: map[string]string{
			"response.result.list.result": centre,
		}},
		{op: OpPremiumGetDoneTasks, request: centreRequest{}, response: numberedReply[TaskSummary]{}, except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre, "response.result.list.appType": centre,
		}},
		{op: OpPremiumGetProcessInstances, request: listInstancesRequest{}, response: tokenReply[Instance]{}, shared: true, except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{op: OpGetProcessInstanceWithExtra, request: getInstanceRequest{}, response: getInstanceReply{}, except: signed},
		{op: OpPremiumBatchExecuteProcessInstances, request: batchExecuteRequest{}, response: resultReply[map[string]BatchResult]{}},
		{op: OpPremiumQueryTodoTasksByManager, request: managedTodoRequest{}, response: numberedReply[ManagedTask]{}, except: map[string]string{
			"response.result.success": centre,
		}},
		{op: OpPremiumRedirectTasksByManager, request: redirectTasksRequest{}, response: resultReply[RedirectTasksResponse]{}},

		{op: OpGetFieldModifiedHistory, request: FieldHistoryRequest{}, response: resultReply[[]FieldChange]{}},
		{op: OpQueryAllProcessInstances, request: listInstancesRequest{}, response: tokenReply[Instance]{}, shared: true, except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{op: OpPagesExportInstances, request: exportInstancesRequest{}, response: tokenReply[Instance]{}, shared: true, except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{op: OpQueryFormInstance, request: FormDataRequest{}, response: formDataReply{}},
		{op: OpQueryAllFormInstances, request: listFormDataRequest{}, response: formDataListReply{}, except: map[string]string{
			"response.result.list": "the list is called values here",
		}},
		{op: OpBatchExecuteProcessInstances, request: batchExecuteRequest{}, response: resultReply[map[string]BatchResult]{}},
		{op: OpTodoTasks, request: managedTodoRequest{}, response: numberedReply[ManagedTask]{}, except: map[string]string{
			"response.result.success": centre,
		}},
		{op: OpBatchTasksRedirect, request: redirectTasksRequest{}, response: resultReply[RedirectTasksResponse]{}},
	}
}
