package dingoa

func instanceTypes() []operationTypes {
	return []operationTypes{
		{op: OpStartProcessInstance, request: CreateInstanceRequest{}, response: CreateInstanceResponse{}, except: map[string]string{
			"legacy request.approvers": "the former shape of approvers_v2",
		}},
		{op: OpGetProcessInstance, request: getInstanceRequest{}, response: getInstanceReply{}, except: map[string]string{
			"response.result.operationRecords.taskId":        "only lists for exports have it",
			"response.result.operationRecords.handSignToken": "only the operation of OA premium has it",
			"response.result.formComponentValues.details":    "the type also starts approvals",
			"response.result.processInstanceId":              "filled in from the request",
		}},
		{op: OpTerminateProcessInstance, request: TerminateInstanceRequest{}, response: ack{}},
		{op: OpAddProcessInstanceComment, request: CommentRequest{}, response: ack{}},
		{op: OpListProcessInstanceIds, request: listIDsRequest{}, response: resultReply[listIDsResult]{}, except: map[string]string{
			"response.result.next_cursor": "the cursor of the older gateway",
		}},
		{op: OpExecuteProcessInstance, request: executeRequest{}, response: executeReply{}},
		{op: OpRedirectWorkflowTask, request: redirectRequest{}, response: ack{}},
		{op: OpGetUserTodoTaskSum, request: todoCountRequest{}, response: todoCountReply{}},
	}
}
