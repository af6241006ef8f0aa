package dingoa

import "maps"

func templateTypes() []operationTypes {
	return []operationTypes{
		{op: OpFormCreate, request: saveTemplateRequest{}, response: saveTemplateReply{}, except: map[string]string{
			"legacy request.saveProcessRequest.form_component_list.props.common_biz_type": "of columns alone, whose props the page leaves open",
			"legacy request.saveProcessRequest.form_component_list.props.table_view_mode": "of columns alone, whose props the page leaves open",
		}},
		{op: OpQuerySchemaByProcessCode, request: SchemaRequest{}, response: resultReply[FormSchema]{}, except: undocumentedProps(nil)},
		{op: OpProcessForecast, request: ForecastRequest{}, response: resultReply[Forecast]{}},
		{op: OpListUserVisibleBpmsProcesses, request: listVisibleTemplatesRequest{}, response: resultReply[visibleTemplates]{}, except: map[string]string{
			"response.result.next_cursor": "the cursor of the older gateway",
		}},
		{op: OpGetManageProcessByStaffId, request: manageableRequest{}, response: resultReply[[]ManageableTemplate]{}},
		{op: OpGetConditionFormComponent, request: ConditionComponentsRequest{}, response: resultReply[[]ConditionComponent]{}},
		{op: OpCopyProcess, request: CopyTemplatesRequest{}, response: resultReply[[]TemplateRef]{}},
		{op: OpInstallApp, request: InstallTemplatesRequest{}, response: resultReply[[]TemplateRef]{}},
		{op: OpGetCrmProcCodes, response: resultReply[[]string]{}},
		{op: OpQueryFormByBizType, request: FindByBizTypeRequest{}, response: resultReply[[]FormInfo]{}},
		{op: OpQueryProcessByBizCategoryId, request: FindByCategoryRequest{}, response: resultReply[[]TemplateSummary]{}},
		{op: OpQuerySchemaAndProcess, request: SchemaRequest{}, response: resultReply[FormDefinition]{}},
		{op: OpGetSchemaAndProcessconfigBatchlly, request: codeListRequest{}, response: resultReply[[]TemplateDefinition]{}},
		{op: OpGetProcessConfig, request: flowConfigRequest{}, response: resultReply[FlowConfig]{}},
		{op: OpPremiumQuerySchemaAndProcessByCodeList, request: codeListRequest{}, response: resultReply[[]PremiumTemplate]{}},
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
