package dingoa

import "github.com/dingoa/dingoa/operation"

func premiumTypes() []operationTypes {
	centre := "one type for the four lists of the approval centre"
	signed := map[string]string{
		"response.result.formComponentValues.details": "one type for reading and for starting approvals",
		"response.result.processInstanceId":           "filled in from the request",
		"response.result.operationRecords.taskId":     "only lists for exports have it",
		"response.result.tasks.taskGroupName":         "the type of the operation for every company",
	}
	return []operationTypes{
		{op: operation.ArchiveProcessInstance, request: ArchiveInstanceRequest{}, response: ack{}},
		{op: operation.PremiumAppendTask, request: appendTaskRequest{}, response: ack{}},
		{op: operation.PremiumRevertTask, request: revertTaskRequest{}, response: ack{}},
		{op: operation.PremiumUpdateProcessInstanceVariables, request: UpdateVariablesRequest{}, response: ack{}},
		{op: operation.PremiumGetInstFieldSetting, request: FieldSettingsRequest{}, response: resultReply[[]FieldSetting]{}},
		{op: operation.PremiumGetFieldModifiedHistory, request: FieldHistoryRequest{}, response: resultReply[[]FieldChange]{}},
		{op: operation.PremiumGetSubmittedInstances, request: centreRequest{}, response: numberedReply[InstanceSummary]{}, except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre,
		}},
		{op: operation.PremiumGetNoticedInstances, request: centreRequest{}, response: numberedReply[InstanceSummary]{}, except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre, "response.result.list.appType": centre,
		}},
		{op: operation.PremiumGetTodoTasks, request: centreRequest{}, response: numberedReply[TaskSummary]{}, except: map[string]string{
			"response.result.list.result": centre,
		}},
		{op: operation.PremiumGetDoneTasks, request: centreRequest{}, response: numberedReply[TaskSummary]{}, except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre, "response.result.list.appType": centre,
		}},
		{op: operation.PremiumGetProcessInstances, request: listInstancesRequest{}, response: tokenReply[Instance]{}, shared: true, except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{op: operation.GetProcessInstanceWithExtra, request: getInstanceRequest{}, response: getInstanceReply{}, except: signed},
		{op: operation.PremiumBatchExecuteProcessInstances, request: batchExecuteRequest{}, response: resultReply[map[string]BatchResult]{}},
		{op: operation.PremiumQueryTodoTasksByManager, request: managedTodoRequest{}, response: numberedReply[ManagedTask]{}, except: map[string]string{
			"response.result.success": centre,
		}},
		{op: operation.PremiumRedirectTasksByManager, request: redirectTasksRequest{}, response: resultReply[RedirectTasksResponse]{}},

		{op: operation.GetFieldModifiedHistory, request: FieldHistoryRequest{}, response: resultReply[[]FieldChange]{}},
		{op: operation.QueryAllProcessInstances, request: listInstancesRequest{}, response: tokenReply[Instance]{}, shared: true, except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{op: operation.PagesExportInstances, request: exportInstancesRequest{}, response: tokenReply[Instance]{}, shared: true, except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{op: operation.QueryFormInstance, request: FormDataRequest{}, response: formDataReply{}},
		{op: operation.QueryAllFormInstances, request: listFormDataRequest{}, response: formDataListReply{}, except: map[string]string{
			"response.result.list": "the list is called values here",
		}},
		{op: operation.BatchExecuteProcessInstances, request: batchExecuteRequest{}, response: resultReply[map[string]BatchResult]{}},
		{op: operation.TodoTasks, request: managedTodoRequest{}, response: numberedReply[ManagedTask]{}, except: map[string]string{
			"response.result.success": centre,
		}},
		{op: operation.BatchTasksRedirect, request: redirectTasksRequest{}, response: resultReply[RedirectTasksResponse]{}},
	}
}
