package dingoa

func instanceTypes() []operationTypes {
	return []operationTypes{
		{op: OpStartProcessInstance, request: CreateInstanceRequest{}, response: CreateInstanceResponse{}, except: map[string]string{
			"request.formComponentValues.details.componentType":   "the table has it one level deeper and one level higher",
			"legacy request.approvers":                            "the former shape of approvers_v2",
			"legacy request.form_component_values.id":             "left empty; the type also reads instances",
			"legacy request.form_component_values.component_type": "left empty; the type also reads instances",
		}},
		{op: OpGetProcessInstance, request: getInstanceRequest{}, response: getInstanceReply{}, except: map[string]string{
			"response.result.processInstanceId":                                      "filled in from the request",
			"legacy response.process_instance.operation_records.attachments.spaceId": "the type of today's gateway",
		}},
		{op: OpTerminateProcessInstance, request: TerminateInstanceRequest{}, response: ack{}},
		{op: OpAddProcessInstanceComment, request: CommentRequest{}, response: ack{}},
		{op: OpListProcessInstanceIds, request: listIDsRequest{}, response: resultReply[listIDsResult]{}, except: map[string]string{
			"response.result.next_cursor":      "the cursor of the older gateway",
			"legacy response.result.nextToken": "the cursor of today's gateway",
		}},
		{op: OpExecuteProcessInstance, request: executeRequest{}, response: executeReply{}},
		{op: OpRedirectWorkflowTask, request: redirectRequest{}, response: ack{}},
		{op: OpGetUserTodoTaskSum, request: todoCountRequest{}, response: todoCountReply{}},
	}
}
