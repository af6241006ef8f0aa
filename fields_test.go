package dingoa

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/fieldtest"
	"github.com/dingoa/dingoa/operation"
)

func TestTypesHaveTheFieldsOfTheirOperations(t *testing.T) {
	t.Parallel()
	problems, err := fieldtest.Check(os.DirFS("."), operationRows())
	require.NoError(t, err)
	require.Empty(t, problems)
}

// operationRows are the rows of all services.
func operationRows() []fieldtest.Types {
	return slices.Concat(
		instanceTypes(), // add your chapter below
		fileTypes(),
		centerTypes(),
		eventTypes(),
		templateTypes(),
		dataFormTypes(),
		premiumTypes(),
	)
}

func centerTypes() []fieldtest.Types {
	const (
		onlyOld  = "only the older gateway has it"
		official = "only of official forms, and refused"
	)
	return []fieldtest.Types{
		{Op: operation.SaveProcess, Request: saveCenterTemplate{}, Response: centerTemplateReply{}, Except: map[string]string{
			"legacy request.saveProcessRequest.disable_form_edit": "only in a sample, without a word on what it does",
		}},
		{Op: operation.GetProcessCodeByName, Request: findTemplateRequest{}, Response: findTemplateReply{}, Except: map[string]string{
			"response.process_code": "the place on the older gateway",
		}},
		{Op: operation.DeleteProcess, Request: deleteCenterTemplate{}, Response: deleteTemplateReply{}},
		{Op: operation.InsertOrUpdateDir, Request: SaveCenterDirectoryRequest{}, Response: centerDirectoryReply{}},
		{Op: operation.DeleteDir, Request: DeleteCenterDirectoryRequest{}, Response: ack{}},
		{Op: operation.SaveIntegratedInstance, Request: createCenterInstanceRequest{}, Response: createCenterInstanceReply{}, Except: map[string]string{
			"request.formComponentValueList.details": official,
		}},
		{Op: operation.UpdateProcessInstance, Request: updateCenterInstance{}, Response: ack{}},
		{Op: operation.BatchUpdateProcessInstance, Request: updateCenterInstances{}, Response: ack{}},
		{Op: operation.CreateIntegratedTask, Request: createCenterTasks{}, Response: createCenterTasksReply{}},
		{Op: operation.QueryIntegratedTodoTask, Request: listCenterTasks{}, Response: listCenterTasksReply{}, Except: map[string]string{
			"response.result.list.title":   onlyOld,
			"response.result.list.url":     onlyOld,
			"response.result.list.forms":   onlyOld,
			"response.taskPage.list.title": onlyOld,
			"response.taskPage.list.url":   onlyOld,
			"response.taskPage.list.forms": onlyOld,
		}},
		{Op: operation.UpdateIntegratedTask, Request: updateCenterTasks{}, Response: ack{}},
		{Op: operation.CancelIntegratedTask, Request: cancelCenterTasks{}, Response: ack{}},
		{Op: operation.CleanProcessData, Request: cleanCenterDataRequest{}, Response: ack{}, Except: map[string]string{
			"legacy request.suite_access_token": "the token, under another name",
		}},
		{Op: operation.ListTodoWorkRecords, Request: listWorkRecords{}, Response: listWorkRecordsReply{}},
		{Op: operation.PremiumInsertOrUpdateDir, Request: SaveCenterDirectoryRequest{}, Response: centerDirectoryReply{}},
		{Op: operation.PremiumDelDir, Request: DeleteCenterDirectoryRequest{}, Response: ack{}},
		{Op: operation.PremiumSaveIntegratedProcess, Request: saveCenterTemplate{}, Response: centerTemplateReply{}, Except: map[string]string{
			"request.processFeatureConfig.features.config": "the type of the standard operation",
		}},
		{Op: operation.PremiumSaveIntegratedProcessInstance, Request: createCenterInstanceRequest{}, Response: createCenterInstanceReply{}, Except: map[string]string{
			"request.formComponentValueList.details": official,
		}},
		{Op: operation.PremiumSaveIntegratedTask, Request: createPremiumCenterTasks{}, Response: createCenterTasksReply{}},
	}
}

func dataFormTypes() []fieldtest.Types {
	const ofApprovals = "left empty; the type is that of approval forms"
	return []fieldtest.Types{
		{Op: operation.PremiumSaveForm, Request: SaveDataFormRequest{}, Response: saveTemplateReply{}},
		{Op: operation.PremiumGetFormSchema, Request: SchemaRequest{}, Response: resultReply[FormSchema]{}, Except: undocumentedProps(map[string]string{
			"response.result.appUuid": ofApprovals, "response.result.formUuid": ofApprovals, "response.result.ownerIdType": ofApprovals,
			"response.result.bizType": ofApprovals, "response.result.engineType": ofApprovals, "response.result.listOrder": ofApprovals,
			"response.result.customSetting": ofApprovals, "response.result.procType": ofApprovals, "response.result.visibleRange": ofApprovals,
		})},
		{Op: operation.PremiumSaveFormInstance, Request: CreateDataRequest{}, Response: dataIDReply{}},
		{Op: operation.PremiumUpdateFormInstance, Request: UpdateDataRequest{}, Response: dataIDReply{}},
		{Op: operation.PremiumDeleteFormInstance, Request: DeleteDataRequest{}, Response: ack{}},
		{Op: operation.PremiumGetFormInstances, Request: ListDataRequest{}, Response: resultReply[dataInstances]{}, Except: map[string]string{
			"response.result.maxResults": "repeats the request",
		}},
		{Op: operation.PremiumGetFormInstance, Request: GetDataRequest{}, Response: dataInstanceReply{}},
	}
}

func eventTypes() []fieldtest.Types {
	return []fieldtest.Types{
		{Op: operation.RegisterCallBack, Request: CallbackRegistration{}, Response: ack{}},
		{Op: operation.UpdateCallBack, Request: CallbackRegistration{}, Response: ack{}},
		{Op: operation.GetCallBack, Response: callbackReply{}},
		{Op: operation.DeleteCallBack, Response: ack{}},
		{Op: operation.GetCallBackFailedResult, Response: failedPushesReply{}},
		{Op: operation.OpenConnection, Request: streamRequest{}, Response: streamReply{}},
	}
}

func fileTypes() []fieldtest.Types {
	const (
		chosen  = "left to DingTalk"
		unused  = "nothing a transfer needs"
		general = "nothing that the drive needs to know of a user"
	)
	return []fieldtest.Types{
		{Op: operation.GetAttachmentSpace, Request: spaceRequest{}, Response: spaceReply{}},
		{Op: operation.GetSpaceWithDownloadAuth, Request: authorizePreviewRequest{}, Response: spaceReply{}},
		{Op: operation.AddApproveDentryAuth, Request: authorizeDownloadRequest{}, Response: ack{}},
		{Op: operation.GrantProcessInstanceForDownloadFile, Request: downloadURLRequest{}, Response: downloadURLReply{}},
		{Op: operation.GrantCspaceAuthorization, Request: authorizeSpaceRequest{}},
		{Op: operation.PremiumGetAttachmentSpace, Request: spaceRequest{}, Response: spaceReply{}},
		{Op: operation.PremiumGetSpaceWithDownloadAuth, Request: authorizePreviewRequest{}, Response: spaceReply{}},
		{Op: operation.PremiumAddApproveDentryAuth, Request: authorizeDownloadRequest{}, Response: ack{}},
		{Op: operation.PremiumGrantProcessInstanceForDownloadFile, Request: downloadURLRequest{}, Response: downloadURLReply{}},
		{Op: operation.GetHandSignDownloadUrl, Request: HandSignURLRequest{}, Response: handSignReply{}},
		{Op: operation.GetFileUploadInfo, Request: uploadInfoRequest{}, Response: uploadInfoReply{}, Except: map[string]string{
			"request.option.storageDriver":                      chosen,
			"request.option.preferRegion":                       chosen,
			"request.option.preferIntranet":                     chosen,
			"response.storageDriver":                            unused,
			"response.protocol":                                 unused,
			"response.headerSignatureInfo.expirationSeconds":    "every attempt asks for a new address",
			"response.headerSignatureInfo.region":               unused,
			"response.headerSignatureInfo.internalResourceUrls": unused,
		}},
		{Op: operation.CommitFile, Request: commitRequest{}, Response: commitReply{}, Except: map[string]string{
			"request.option.conflictStrategy": chosen,
			"request.option.appProperties":    unused,
			"response.dentry.parentId":        unused,
			"response.dentry.type":            unused,
			"response.dentry.size":            "the size was checked while sending",
			"response.dentry.path":            unused,
			"response.dentry.version":         unused,
			"response.dentry.status":          unused,
			"response.dentry.creatorId":       unused,
			"response.dentry.modifierId":      unused,
			"response.dentry.createTime":      unused,
			"response.dentry.modifiedTime":    unused,
			"response.dentry.properties":      unused,
			"response.dentry.appProperties":   unused,
			"response.dentry.uuid":            unused,
			"response.dentry.partitionType":   unused,
			"response.dentry.storageDriver":   unused,
		}},
		{Op: operation.GetFileDownloadInfo, Request: downloadInfoRequest{}, Response: downloadInfoReply{}, Except: map[string]string{
			"request.option":    "the newest version",
			"response.protocol": unused,
			"response.headerSignatureInfo.expirationSeconds":    "it is used at once",
			"response.headerSignatureInfo.region":               unused,
			"response.headerSignatureInfo.internalResourceUrls": unused,
		}},
		{Op: operation.OapiV2UserGet, Request: userRequest{}, Response: userReply{}, Except: userFields(general, unused)},
	}
}

// userFields are those of a person that no operation on attachments needs.
func userFields(general, unused string) map[string]string {
	except := map[string]string{"request.language": general}
	for name := range strings.FieldsSeq(`userid name avatar state_code manager_userid mobile hide_mobile telephone job_number
		title email work_place remark exclusive_account org_email dept_id_list
		dept_order_list extension hired_date active real_authed senior admin boss leader_in_dept role_list
		union_emp_ext dept_position_list extension_i18n exclusive_account_type login_id org_email_type`) {
		except["response.result."+name] = unused
	}
	return except
}

func instanceTypes() []fieldtest.Types {
	return []fieldtest.Types{
		{Op: operation.StartProcessInstance, Request: createInstanceRequest{}, Response: CreateInstanceResponse{}, Except: map[string]string{
			"legacy request.approvers": "the former shape of approvers_v2",
		}},
		{Op: operation.GetProcessInstance, Request: getInstanceRequest{}, Response: getInstanceReply{}, Except: map[string]string{
			"response.result.operationRecords.taskId":        "only lists for exports have it",
			"response.result.operationRecords.handSignToken": "only the operation of OA premium has it",
			"response.result.formComponentValues.details":    "the type also starts approvals",
			"response.result.processInstanceId":              "filled in from the request",
		}},
		{Op: operation.TerminateProcessInstance, Request: terminateRequest{}, Response: ack{}},
		{Op: operation.AddProcessInstanceComment, Request: commentRequest{}, Response: ack{}},
		{Op: operation.ListProcessInstanceIds, Request: listIDsRequest{}, Response: resultReply[listIDsResult]{}, Except: map[string]string{
			"response.result.next_cursor": "the cursor of the older gateway",
		}},
		{Op: operation.ExecuteProcessInstance, Request: executeRequest{}, Response: executeReply{}},
		{Op: operation.RedirectWorkflowTask, Request: redirectRequest{}, Response: ack{}},
		{Op: operation.GetUserTodoTaskSum, Request: todoCountRequest{}, Response: todoCountReply{}},
	}
}

func premiumTypes() []fieldtest.Types {
	centre := "one type for the four lists of the approval centre"
	signed := map[string]string{
		"response.result.formComponentValues.details": "one type for reading and for starting approvals",
		"response.result.processInstanceId":           "filled in from the request",
		"response.result.operationRecords.taskId":     "only lists for exports have it",
		"response.result.tasks.taskGroupName":         "the type of the operation for every company",
	}
	return []fieldtest.Types{
		{Op: operation.ArchiveProcessInstance, Request: ArchiveInstanceRequest{}, Response: ack{}},
		{Op: operation.PremiumAppendTask, Request: appendTaskRequest{}, Response: ack{}},
		{Op: operation.PremiumRevertTask, Request: revertTaskRequest{}, Response: ack{}},
		{Op: operation.PremiumUpdateProcessInstanceVariables, Request: UpdateVariablesRequest{}, Response: ack{}},
		{Op: operation.PremiumGetInstFieldSetting, Request: FieldSettingsRequest{}, Response: resultReply[[]FieldSetting]{}},
		{Op: operation.PremiumGetFieldModifiedHistory, Request: FieldHistoryRequest{}, Response: resultReply[[]FieldChange]{}},
		{Op: operation.PremiumGetSubmittedInstances, Request: centreRequest{}, Response: numberedReply[InstanceSummary]{}, Except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre,
		}},
		{Op: operation.PremiumGetNoticedInstances, Request: centreRequest{}, Response: numberedReply[InstanceSummary]{}, Except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre, "response.result.list.appType": centre,
		}},
		{Op: operation.PremiumGetTodoTasks, Request: centreRequest{}, Response: numberedReply[TaskSummary]{}, Except: map[string]string{
			"response.result.list.result": centre,
		}},
		{Op: operation.PremiumGetDoneTasks, Request: centreRequest{}, Response: numberedReply[TaskSummary]{}, Except: map[string]string{
			"request.createBefore": "only for tasks to do", "response.result.success": centre, "response.result.list.appType": centre,
		}},
		{Op: operation.PremiumGetProcessInstances, Request: listInstancesRequest{}, Response: tokenReply[Instance]{}, Shared: true, Except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{Op: operation.GetProcessInstanceWithExtra, Request: getInstanceRequest{}, Response: getInstanceReply{}, Except: signed},
		{Op: operation.PremiumBatchExecuteProcessInstances, Request: batchExecuteRequest{}, Response: resultReply[map[string]BatchResult]{}},
		{Op: operation.PremiumQueryTodoTasksByManager, Request: managedTodoRequest{}, Response: numberedReply[ManagedTask]{}, Except: map[string]string{
			"response.result.success": centre,
		}},
		{Op: operation.PremiumRedirectTasksByManager, Request: redirectTasksRequest{}, Response: resultReply[RedirectTasksResponse]{}},

		{Op: operation.GetFieldModifiedHistory, Request: FieldHistoryRequest{}, Response: resultReply[[]FieldChange]{}},
		{Op: operation.QueryAllProcessInstances, Request: listInstancesRequest{}, Response: tokenReply[Instance]{}, Shared: true, Except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{Op: operation.PagesExportInstances, Request: exportInstancesRequest{}, Response: tokenReply[Instance]{}, Shared: true, Except: map[string]string{
			"response.result.list.attachedProcessInstanceIds": "a list like everywhere else: decoding makes one of a text",
		}},
		{Op: operation.QueryFormInstance, Request: FormDataRequest{}, Response: dataInstanceReply{}},
		{Op: operation.QueryAllFormInstances, Request: listFormDataRequest{}, Response: formDataListReply{}, Except: map[string]string{
			"response.result.list": "the list is called values here",
		}},
		{Op: operation.BatchExecuteProcessInstances, Request: batchExecuteRequest{}, Response: resultReply[map[string]BatchResult]{}},
		{Op: operation.TodoTasks, Request: managedTodoRequest{}, Response: numberedReply[ManagedTask]{}, Except: map[string]string{
			"response.result.success": centre,
		}},
		{Op: operation.BatchTasksRedirect, Request: redirectTasksRequest{}, Response: resultReply[RedirectTasksResponse]{}},
	}
}

func templateTypes() []fieldtest.Types {
	const otherOne = "the other operation that returns a TemplateDefinition has it"
	return []fieldtest.Types{
		{Op: operation.FormCreate, Request: saveTemplateRequest{}, Response: saveTemplateReply{}, Except: map[string]string{
			"legacy request.saveProcessRequest.form_component_list.props.common_biz_type": "of columns alone, whose props the page leaves open",
			"legacy request.saveProcessRequest.form_component_list.props.table_view_mode": "of columns alone, whose props the page leaves open",
		}},
		{Op: operation.QuerySchemaByProcessCode, Request: SchemaRequest{}, Response: resultReply[FormSchema]{}, Except: undocumentedProps(nil)},
		{Op: operation.ProcessForecast, Request: ForecastRequest{}, Response: resultReply[Forecast]{}},
		{Op: operation.ListUserVisibleBpmsProcesses, Request: listVisibleTemplatesRequest{}, Response: resultReply[visibleTemplates]{}, Except: map[string]string{
			"response.result.next_cursor": "the cursor of the older gateway",
		}},
		{Op: operation.GetManageProcessByStaffId, Request: manageableRequest{}, Response: resultReply[[]ManageableTemplate]{}},
		{Op: operation.GetConditionFormComponent, Request: ConditionComponentsRequest{}, Response: resultReply[[]ConditionComponent]{}},
		{Op: operation.CopyProcess, Request: CopyTemplatesRequest{}, Response: resultReply[[]TemplateRef]{}},
		{Op: operation.InstallApp, Request: InstallTemplatesRequest{}, Response: resultReply[[]TemplateRef]{}},
		{Op: operation.GetCrmProcCodes, Response: resultReply[[]string]{}},
		{Op: operation.QueryFormByBizType, Request: FindByBizTypeRequest{}, Response: resultReply[[]FormInfo]{}},
		{Op: operation.QueryProcessByBizCategoryId, Request: FindByCategoryRequest{}, Response: resultReply[[]TemplateSummary]{}},
		{Op: operation.QuerySchemaAndProcess, Request: SchemaRequest{}, Response: resultReply[FormDefinition]{}},
		{Op: operation.GetSchemaAndProcessconfigBatchlly, Request: codeListRequest{}, Response: resultReply[[]TemplateDefinition]{}, Except: map[string]string{
			"response.result.icon": otherOne, "response.result.modifierUserId": otherOne, "response.result.modifyTime": otherOne, "response.result.status": otherOne,
		}},
		{Op: operation.GetProcessConfig, Request: flowConfigRequest{}, Response: resultReply[FlowConfig]{}},
		{Op: operation.PremiumQuerySchemaAndProcessByCodeList, Request: codeListRequest{}, Response: resultReply[[]TemplateDefinition]{}, Except: map[string]string{
			"response.result.managerList": otherOne, "response.result.properties": otherOne, "response.result.visibleScope": otherOne,
		}},
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
