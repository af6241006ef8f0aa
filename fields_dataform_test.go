package dingoa

import "github.com/dingoa/dingoa/operation"

func dataFormTypes() []operationTypes {
	const ofApprovals = "left empty; the type is that of approval forms"
	return []operationTypes{
		{op: operation.PremiumSaveForm, request: SaveDataFormRequest{}, response: saveTemplateReply{}},
		{op: operation.PremiumGetFormSchema, request: SchemaRequest{}, response: resultReply[FormSchema]{}, except: undocumentedProps(map[string]string{
			"response.result.appUuid": ofApprovals, "response.result.formUuid": ofApprovals, "response.result.ownerIdType": ofApprovals,
			"response.result.bizType": ofApprovals, "response.result.engineType": ofApprovals, "response.result.listOrder": ofApprovals,
			"response.result.customSetting": ofApprovals, "response.result.procType": ofApprovals, "response.result.visibleRange": ofApprovals,
		})},
		{op: operation.PremiumSaveFormInstance, request: CreateDataRequest{}, response: dataIDReply{}},
		{op: operation.PremiumUpdateFormInstance, request: UpdateDataRequest{}, response: dataIDReply{}},
		{op: operation.PremiumDeleteFormInstance, request: DeleteDataRequest{}, response: ack{}},
		{op: operation.PremiumGetFormInstances, request: ListDataRequest{}, response: resultReply[dataInstances]{}, except: map[string]string{
			"response.result.maxResults": "repeats the request",
		}},
		{op: operation.PremiumGetFormInstance, request: GetDataRequest{}, response: dataInstanceReply{}},
	}
}
