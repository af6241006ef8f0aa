package dingoa

func dataFormTypes() []operationTypes {
	const ofApprovals = "left empty; the type is that of approval forms"
	return []operationTypes{
		{op: OpPremiumSaveForm, request: SaveDataFormRequest{}, response: saveTemplateReply{}},
		{op: OpPremiumGetFormSchema, request: SchemaRequest{}, response: resultReply[FormSchema]{}, except: undocumentedProps(map[string]string{
			"response.result.appUuid": ofApprovals, "response.result.formUuid": ofApprovals, "response.result.ownerIdType": ofApprovals,
			"response.result.bizType": ofApprovals, "response.result.engineType": ofApprovals, "response.result.listOrder": ofApprovals,
			"response.result.customSetting": ofApprovals, "response.result.procType": ofApprovals, "response.result.visibleRange": ofApprovals,
		})},
		{op: OpPremiumSaveFormInstance, request: CreateDataRequest{}, response: dataIDReply{}},
		{op: OpPremiumUpdateFormInstance, request: UpdateDataRequest{}, response: dataIDReply{}},
		{op: OpPremiumDeleteFormInstance, request: DeleteDataRequest{}, response: ack{}},
		{op: OpPremiumGetFormInstances, request: ListDataRequest{}, response: resultReply[dataInstances]{}, except: map[string]string{
			"response.result.maxResults": "repeats the request",
		}},
		{op: OpPremiumGetFormInstance, request: GetDataRequest{}, response: dataInstanceReply{}},
	}
}
