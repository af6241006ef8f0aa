package dingoa

import "github.com/dingoa/dingoa/operation"

func instanceTypes() []operationTypes {
	return []operationTypes{
		{op: operation.StartProcessInstance, request: createInstanceRequest{}, response: CreateInstanceResponse{}, except: map[string]string{
			"legacy request.approvers": "the former shape of approvers_v2",
		}},
		{op: operation.GetProcessInstance, request: getInstanceRequest{}, response: getInstanceReply{}, except: map[string]string{
			"response.result.operationRecords.taskId":        "only lists for exports have it",
			"response.result.operationRecords.handSignToken": "only the operation of OA premium has it",
			"response.result.formComponentValues.details":    "the type also starts approvals",
			"response.result.processInstanceId":              "filled in from the request",
		}},
		{op: operation.TerminateProcessInstance, request: terminateRequest{}, response: ack{}},
		{op: operation.AddProcessInstanceComment, request: commentRequest{}, response: ack{}},
		{op: operation.ListProcessInstanceIds, request: listIDsRequest{}, response: resultReply[listIDsResult]{}, except: map[string]string{
			"response.result.next_cursor": "the cursor of the older gateway",
		}},
		{op: operation.ExecuteProcessInstance, request: executeRequest{}, response: executeReply{}},
		{op: operation.RedirectWorkflowTask, request: redirectRequest{}, response: ack{}},
		{op: operation.GetUserTodoTaskSum, request: todoCountRequest{}, response: todoCountReply{}},
	}
}
