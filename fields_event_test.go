package dingoa

func eventTypes() []operationTypes {
	return []operationTypes{
		{op: OpRegisterCallBack, request: CallbackRegistration{}, response: ack{}},
		{op: OpUpdateCallBack, request: CallbackRegistration{}, response: ack{}},
		{op: OpGetCallBack, response: callbackReply{}},
		{op: OpDeleteCallBack, response: ack{}},
		{op: OpGetCallBackFailedResult, response: failedPushesReply{}},
		{op: OpOpenConnection, request: streamRequest{}, response: streamReply{}},
		{op: OpGetSsoAccessToken, request: ssoTokenRequest{}, response: ssoTokenReply{}},
		{op: OpGetUserToken, request: userTokenRequest{}, response: userTokenReply{}},
		{op: OpCreateJsapiTicket, response: jsapiTicketReply{}},
	}
}
