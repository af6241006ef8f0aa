package dingoa

import (
	"maps"

	"github.com/dingoa/dingoa/operation"
)

func templateTypes() []operationTypes {
	return []operationTypes{
		{op: operation.FormCreate, request: saveTemplateRequest{}, response: saveTemplateReply{}, except: map[string]string{
			"legacy request.saveProcessRequest.form_component_list.props.common_biz_type": "of columns alone, whose props the page leaves open",
			"legacy request.saveProcessRequest.form_component_list.props.table_view_mode": "of columns alone, whose props the page leaves open",
		}},
		{op: operation.QuerySchemaByProcessCode, request: SchemaRequest{}, response: resultReply[FormSchema]{}, except: undocumentedProps(nil)},
		{op: operation.ProcessForecast, request: ForecastRequest{}, response: resultReply[Forecast]{}},
		{op: operation.ListUserVisibleBpmsProcesses, request: listVisibleTemplatesRequest{}, response: resultReply[visibleTemplates]{}, except: map[string]string{
			"response.result.next_cursor": "the cursor of the older gateway",
		}},
		{op: operation.GetManageProcessByStaffId, request: manageableRequest{}, response: resultReply[[]ManageableTemplate]{}},
		{op: operation.GetConditionFormComponent, request: ConditionComponentsRequest{}, response: resultReply[[]ConditionComponent]{}},
		{op: operation.CopyProcess, request: CopyTemplatesRequest{}, response: resultReply[[]TemplateRef]{}},
		{op: operation.InstallApp, request: InstallTemplatesRequest{}, response: resultReply[[]TemplateRef]{}},
		{op: operation.GetCrmProcCodes, response: resultReply[[]string]{}},
		{op: operation.QueryFormByBizType, request: FindByBizTypeRequest{}, response: resultReply[[]FormInfo]{}},
		{op: operation.QueryProcessByBizCategoryId, request: FindByCategoryRequest{}, response: resultReply[[]TemplateSummary]{}},
		{op: operation.QuerySchemaAndProcess, request: SchemaRequest{}, response: resultReply[FormDefinition]{}},
		{op: operation.GetSchemaAndProcessconfigBatchlly, request: codeListRequest{}, response: resultReply[[]TemplateDefinition]{}},
		{op: operation.GetProcessConfig, request: flowConfigRequest{}, response: resultReply[FlowConfig]{}},
		{op: operation.PremiumQuerySchemaAndProcessByCodeList, request: codeListRequest{}, response: resultReply[[]PremiumTemplate]{}},
	}
}

// undocumentedProps adds what schemas have but the page of reading one lacks.
func undocumentedProps(except map[string]string) map[string]string {
	all := map[string]string{
		"response.result.schemaContent.items.props.addressModel":   "the page of creating a form has it",
		"response.result.schemaContent.items.props.disable":        "published schemas of suites have it",
		"response.result.schemaContent.items.props.invisible":      "published schemas of suites have it",
		"response.result.schemaContent.items.props.limit":          "the page of creating a form has it",
		"response.result.schemaContent.items.props.multiple":       "the page of creating a form has it",
		"response.result.schemaContent.items.props.objOptions.key": "the page of creating a form has it",
	}
	maps.Copy(all, except)
	return all
}
