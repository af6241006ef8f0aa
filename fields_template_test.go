package dingoa

func templateTypes() []operationTypes {
	return []operationTypes{
		{op: OpFormCreate, request: saveTemplateRequest{}, response: saveTemplateReply{}},
		{op: OpQuerySchemaByProcessCode, request: SchemaRequest{}, response: resultReply[FormSchema]{}},
		{op: OpProcessForecast, request: ForecastRequest{}, response: resultReply[Forecast]{}},
		{op: OpListUserVisibleBpmsProcesses, request: listVisibleTemplatesRequest{}, response: resultReply[visibleTemplates]{}, except: map[string]string{
			"response.result.next_cursor":                 "the cursor of the older gateway",
			"legacy response.result.nextToken":            "the cursor of today's gateway",
			"legacy response.result.process_list.dirId":   "empty on the older gateway",
			"legacy response.result.process_list.dirName": "empty on the older gateway",
		}},
		{op: OpGetManageProcessByStaffId, request: manageableRequest{}, response: manageableReply{}, except: map[string]string{
			"legacy response.result.newProcess": "the name on today's gateway",
		}},
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
