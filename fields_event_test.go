package dingoa

import "github.com/dingoa/dingoa/operation"

func eventTypes() []operationTypes {
	return []operationTypes{
		{op: operation.RegisterCallBack, request: CallbackRegistration{}, response: ack{}},
		{op: operation.UpdateCallBack, request: CallbackRegistration{}, response: ack{}},
		{op: operation.GetCallBack, response: callbackReply{}},
		{op: operation.DeleteCallBack, response: ack{}},
		{op: operation.GetCallBackFailedResult, response: failedPushesReply{}},
		{op: operation.OpenConnection, request: streamRequest{}, response: streamReply{}},
		{op: operation.GetSsoAccessToken, request: ssoTokenRequest{}, response: ssoTokenReply{}},
		{op: operation.GetUserToken, request: userTokenRequest{}, response: userTokenReply{}},
		{op: operation.CreateJsapiTicket, response: jsapiTicketReply{}},
	}
}
