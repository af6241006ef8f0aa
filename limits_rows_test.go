package dingoa_test

import (
	"context"
	"slices"
	"time"

	"github.com/dingoa/dingoa"
)

// Requests that both gateways take.

func checkedMethods() []checked {
	return slices.Concat(checkedInstances(), checkedTemplates(), checkedCenter(), checkedPremium(), checkedFiles(), checkedOthers())
}

// Arguments of methods that take no request.
type (
	instanceIDArgument  struct{ InstanceID string }
	userIDArgument      struct{ UserID string }
	processCodeArgument struct{ ProcessCode string }
	codesArgument       struct{ ProcessCodes []string }
	nameArgument        struct{ Name string }
	updatesArgument     struct {
		Updates []dingoa.UpdateCenterInstanceRequest `json:"updateProcessInstanceRequests"`
	}
)

func aValue() dingoa.FormValue { return dingoa.FormValue{Name: "事由", Value: "差旅"} }

func aFile() dingoa.Attachment {
	return dingoa.Attachment{SpaceID: "1", FileID: "2", FileName: "a.pdf", FileSize: 3, FileType: "pdf"}
}

func aComponent() dingoa.FormComponent {
	return dingoa.FormComponent{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-1", Label: "事由"}}
}

func componentNames() map[string]string {
	return map[string]string{
		"formcomponents.children.children":                        "-a table holds no table",
		"formcomponents.props.datasource.target.apptype":          "-0 is one",
		"formcomponents.children.props.datasource.target.apptype": "-0 is one",
		"formcomponentlist.componentname":                         "Components[0].ComponentType",
		"formcomponentlist":                                       "Components",
		"formcomponentlist.props":                                 "Components[0].Props",
		"formcomponentlist.props.id":                              "Components[0].Props.ComponentID",
		"formcomponentlist.props.label":                           "Components[0].Props.Label",
	}
}

func aColumn() map[string]map[string]any {
	return map[string]map[string]any{"formcomponents.children.props": {"Components[0].Children[0].ComponentType": "TextField"}}
}

func checkedInstances() []checked {
	const emptied = "-an empty value is one"
	start := time.Now().Add(-time.Hour)
	decide := map[string]string{"result": "-of Approve and Refuse"}
	return []checked{
		{
			id:      "StartProcessInstance",
			request: dingoa.CreateInstanceRequest{ProcessCode: "PROC-1", OriginatorUserID: "user1", DeptID: -1, FormValues: []dingoa.FormValue{aValue()}},
			method:  func(c *dingoa.Client) any { return c.Instances.Create },
			names: map[string]string{
				"legacy approvers": "-the former shape of approvers_v2", "approversv2": "Approvers", "approversv2.userids": "Approvers[0].UserIDs",
				"approversv2.taskactiontype": "Approvers[0].ActionType",
				"cclist":                     "CCUserIDs", "formcomponentvalues.value": "FormValues[0].Value",
			},
			empty: []string{"formcomponentvalues.value"},
			open:  []string{"formcomponentvalues.componenttype", "formcomponentvalues.details.details.componenttype"},
			also: map[string]map[string]any{
				"approvers":                       {"Approvers[0].UserIDs": []string{"user2"}},
				"approversv2":                     {"Approvers[0].UserIDs": []string{"user2"}},
				"approvers.actiontype":            {"Approvers[0].UserIDs": []string{"user2", "user3"}},
				"approversv2.taskactiontype":      {"Approvers[0].UserIDs": []string{"user2", "user3"}},
				"approversv2.taskactiontype=NONE": {"Approvers[0].UserIDs": []string{"user2"}},
				"approversv2.userids":             {"Approvers[0].ActionType": "AND"},
			},
		},
		{
			id: "GetProcessInstance", request: instanceIDArgument{"instance1"},
			method: func(c *dingoa.Client) any {
				return func(ctx context.Context, a instanceIDArgument) error {
					_, err := c.Instances.Get(ctx, a.InstanceID)
					return err
				}
			},
			names: map[string]string{"processinstanceid": "InstanceID"},
		},
		{
			id: "TerminateProcessInstance", request: dingoa.TerminateInstanceRequest{InstanceID: "instance1", IsSystem: true},
			method: func(c *dingoa.Client) any { return c.Instances.Terminate },
		},
		{
			id: "AddProcessInstanceComment",
			request: dingoa.CommentRequest{
				InstanceID: "instance1", OperatorUserID: "user1", Text: "好",
				File: dingoa.Files{Attachments: []dingoa.Attachment{aFile()}},
			},
			method: func(c *dingoa.Client) any { return c.Instances.Comment },
		},
		{
			id: "ListProcessInstanceIds", request: dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: start},
			method: func(c *dingoa.Client) any { return c.Instances.ListIDs },
			names: map[string]string{
				"processcode": "ProcessCode", "starttime": "StartTime", "maxresults": "PageSize", "size": "PageSize",
				"userids": "UserIDs", "useridlist": "UserIDs", "statuses": "Statuses",
			},
		},
		{
			id: "ExecuteProcessInstance",
			request: dingoa.DecideTaskRequest{
				InstanceID: "instance1", TaskID: "1", OperatorUserID: "user1",
				File: dingoa.Files{Photos: []string{"https://example.com/1.png"}, Attachments: []dingoa.Attachment{aFile()}},
			},
			method: func(c *dingoa.Client) any { return c.Tasks.Approve }, names: decide,
		},
		{
			id: "RedirectWorkflowTask",
			request: dingoa.RedirectTaskRequest{
				TaskID: "1", ToUserID: "user2", OperatorUserID: "user1",
				File: dingoa.Files{Photos: []string{"https://example.com/1.png"}, Attachments: []dingoa.Attachment{aFile()}},
			},
			method: func(c *dingoa.Client) any { return c.Tasks.Redirect },
		},
		{
			id: "GetUserTodoTaskSum", request: userIDArgument{"user1"},
			method: func(c *dingoa.Client) any {
				return func(ctx context.Context, a userIDArgument) error {
					_, err := c.Tasks.TodoCount(ctx, a.UserID)
					return err
				}
			},
			names: map[string]string{"userid": "UserID"},
		},
		{
			id: "GetFieldModifiedHistory", request: dingoa.FieldHistoryRequest{InstanceID: "instance1", FieldID: "field1"},
			method: func(c *dingoa.Client) any { return c.Instances.FieldHistory },
		},
		{
			id: "QueryAllProcessInstances", request: dingoa.ListInstancesRequest{ProcessCode: "PROC-1", StartTime: start},
			method: func(c *dingoa.Client) any { return c.Instances.List },
			names:  map[string]string{"processcode": "ProcessCode", "starttimeinmills": "StartTime"},
		},
		{
			id: "PagesExportInstances", request: dingoa.ExportInstancesRequest{ProcessCode: "PROC-1", StartTime: start},
			method: func(c *dingoa.Client) any { return c.Instances.ListExport },
			names:  map[string]string{"processcode": "ProcessCode", "starttimeinmills": "StartTime"},
		},
		{
			id: "QueryFormInstance", request: dingoa.FormDataRequest{FormCode: "PROC-1", FormInstanceID: "data1"},
			method: func(c *dingoa.Client) any { return c.Instances.FormData },
		},
		{
			id: "QueryAllFormInstances", request: dingoa.ListFormDataRequest{FormCode: "PROC-1"},
			method: func(c *dingoa.Client) any { return c.Instances.ListFormData },
			names:  map[string]string{"formcode": "FormCode"},
		},
		{
			id: "BatchExecuteProcessInstances", request: aBatch(),
			method: func(c *dingoa.Client) any { return c.Tasks.BatchExecute }, names: batchNames(),
		},
		{
			id: "BatchTasksRedirect", request: aRedirection(),
			method: func(c *dingoa.Client) any { return c.Tasks.BatchRedirect }, names: redirectionNames(),
		},
		{
			id: "TodoTasks", request: dingoa.ManagedTodoRequest{UserID: "user1", OperatorUserID: "manager1"},
			method: func(c *dingoa.Client) any { return c.Tasks.ListManagedTodo }, names: managedNames(),
		},
		{
			id: "ProcessForecast",
			request: dingoa.ForecastRequest{
				ProcessCode: "PROC-1", UserID: "user1", DeptID: 1, FormValues: []dingoa.FormValue{aValue()},
			},
			method: func(c *dingoa.Client) any { return c.Templates.Forecast },
			open:   []string{"formcomponentvalues.componenttype", "formcomponentvalues.details.details.componenttype"},
			names:  map[string]string{"formcomponentvalues.value": emptied},
		},
	}
}

func aBatch() dingoa.BatchExecuteRequest {
	return dingoa.BatchExecuteRequest{OperatorUserID: "user1", Result: dingoa.ResultAgree, Tasks: []dingoa.TaskRef{{TaskID: "1", InstanceID: "instance1"}}}
}

func batchNames() map[string]string {
	return map[string]string{
		"actioneruserid": "OperatorUserID", "result": "Result", "remark": "Remark", "taskinfolist": "Tasks",
		"taskinfolist.taskid": "Tasks[0].TaskID", "taskinfolist.processinstanceid": "Tasks[0].InstanceID",
	}
}

func aRedirection() dingoa.RedirectTasksRequest {
	return dingoa.RedirectTasksRequest{TaskIDs: []string{"1"}, FromUserID: "user1", ToUserID: "user2", OperatorUserID: "manager1"}
}

func redirectionNames() map[string]string {
	return map[string]string{"transfereeuserid": "FromUserID", "handoveruserid": "ToUserID", "manageruserid": "OperatorUserID", "taskids": "TaskIDs"}
}

func managedNames() map[string]string {
	return map[string]string{"actioneruserid": "UserID", "manageruserid": "OperatorUserID", "nexttoken": "Cursor", "maxresults": "PageSize"}
}

func codes(method func(ctx context.Context, codes []string) error) func(ctx context.Context, a codesArgument) error {
	return func(ctx context.Context, a codesArgument) error { return method(ctx, a.ProcessCodes) }
}

func checkedTemplates() []checked {
	return []checked{
		{
			id:      "FormCreate",
			request: dingoa.TemplateRequest{Name: "差旅", Description: "差旅", Components: []dingoa.FormComponent{aComponent()}},
			method:  func(c *dingoa.Client) any { return c.Templates.Create },
			names:   componentNames(), also: aColumn(),
		},
		{id: "QuerySchemaByProcessCode", request: dingoa.SchemaRequest{ProcessCode: "PROC-1"}, method: func(c *dingoa.Client) any { return c.Templates.Schema }},
		{
			id: "ListUserVisibleBpmsProcesses", request: dingoa.ListVisibleTemplatesRequest{UserID: "user1"},
			method: func(c *dingoa.Client) any { return c.Templates.ListVisible },
			names:  map[string]string{"maxresults": "PageSize", "size": "PageSize"},
		},
		{
			id: "GetManageProcessByStaffId", request: userIDArgument{"user1"},
			method: func(c *dingoa.Client) any {
				return func(ctx context.Context, a userIDArgument) error {
					_, err := c.Templates.Manageable(ctx, a.UserID)
					return err
				}
			},
			names: map[string]string{"userid": "UserID"},
		},
		{
			id: "GetConditionFormComponent", request: dingoa.ConditionComponentsRequest{ProcessCode: "PROC-1"},
			method: func(c *dingoa.Client) any { return c.Templates.ConditionComponents },
		},
		{
			id: "CopyProcess", request: dingoa.CopyTemplatesRequest{SourceCorpID: "corp1", Templates: []dingoa.TemplateRef{{ProcessCode: "PROC-1"}}},
			method: func(c *dingoa.Client) any { return c.Templates.Copy },
		},
		{
			id: "GetProcessConfig", request: processCodeArgument{"PROC-1"},
			method: func(c *dingoa.Client) any {
				return func(ctx context.Context, a processCodeArgument) error {
					_, err := c.Templates.FlowConfig(ctx, a.ProcessCode)
					return err
				}
			},
			names: map[string]string{"proccode": "ProcessCode"},
		},
		{
			id: "GetSchemaAndProcessconfigBatchlly", request: codesArgument{[]string{"PROC-1"}},
			method: func(c *dingoa.Client) any {
				return codes(func(ctx context.Context, codes []string) error {
					_, err := c.Templates.Definitions(ctx, codes)
					return err
				})
			},
			names: map[string]string{"processcodes": "ProcessCodes"},
		},
		{
			id: "PremiumQuerySchemaAndProcessByCodeList", request: codesArgument{[]string{"PROC-1"}},
			method: func(c *dingoa.Client) any {
				return codes(func(ctx context.Context, codes []string) error { _, err := c.Premium.Templates(ctx, codes); return err })
			},
			names: map[string]string{"processcodes": "ProcessCodes"},
		},
		{
			id: "InstallApp", request: dingoa.InstallTemplatesRequest{SourceDirName: "通用"},
			method: func(c *dingoa.Client) any { return c.Templates.Install },
		},
		{
			id: "QueryFormByBizType", request: dingoa.FindByBizTypeRequest{AppUUID: "app1", BizTypes: []string{"leave"}},
			method: func(c *dingoa.Client) any { return c.Templates.FindByBizType },
		},
		{
			id: "QueryProcessByBizCategoryId", request: dingoa.FindByCategoryRequest{BizType: "leave"},
			method: func(c *dingoa.Client) any { return c.Templates.FindByCategory },
		},
		{id: "QuerySchemaAndProcess", request: dingoa.SchemaRequest{ProcessCode: "PROC-1"}, method: func(c *dingoa.Client) any { return c.Templates.Definition }},
		{
			id: "GetProcessCodeByName", request: nameArgument{"差旅"},
			method: func(c *dingoa.Client) any {
				return func(ctx context.Context, a nameArgument) error {
					_, err := c.Templates.FindByName(ctx, a.Name)
					return err
				}
			},
			names: map[string]string{"name": "Name"},
		},
	}
}

func aCenterInstance() dingoa.CreateCenterInstanceRequest {
	return dingoa.CreateCenterInstanceRequest{
		ProcessCode: "PROC-1", OriginatorUserID: "user1", URL: "https://example.com", FormValues: []dingoa.FormValue{aValue()},
	}
}

func aCenterTask() dingoa.CreateCenterTasksRequest {
	return dingoa.CreateCenterTasksRequest{InstanceID: "instance1", Tasks: []dingoa.NewCenterTask{{UserID: "user1", URL: "https://example.com"}}}
}

func aCenterTemplate() dingoa.SaveCenterTemplateRequest {
	return dingoa.SaveCenterTemplateRequest{Name: "差旅", Description: "差旅", Components: []dingoa.FormComponent{aComponent()}}
}

func anUpdate() dingoa.UpdateCenterInstanceRequest {
	return dingoa.UpdateCenterInstanceRequest{InstanceID: "instance1", Status: dingoa.InstanceCompleted, Result: dingoa.ResultAgree}
}

func checkedCenter() []checked {
	const ofTemplates = "-sent as a list of ids"
	notifier := map[string]map[string]any{"notifiers": {"Notifiers[0].UserID": "user2"}, "notifiers.position": {"Notifiers[0].UserID": "user2"}}
	return []checked{
		{
			id: "SaveProcess", request: aCenterTemplate(), method: func(c *dingoa.Client) any { return c.Center.SaveTemplate },
			names: componentNames(), also: aColumn(),
		},
		{id: "DeleteProcess", request: dingoa.DeleteCenterTemplateRequest{ProcessCode: "PROC-1"}, method: func(c *dingoa.Client) any { return c.Center.DeleteTemplate }},
		{
			id: "InsertOrUpdateDir", request: dingoa.SaveCenterDirectoryRequest{OperatorUserID: "user1", NameI18N: `{"zh_CN":"组"}`},
			method: func(c *dingoa.Client) any { return c.Center.SaveDirectory },
		},
		{
			id: "DeleteDir", request: dingoa.DeleteCenterDirectoryRequest{DirID: "dir1", OperatorUserID: "user1"},
			method: func(c *dingoa.Client) any { return c.Center.DeleteDirectory },
		},
		{
			id: "SaveIntegratedInstance", request: aCenterInstance(), method: func(c *dingoa.Client) any { return c.Center.CreateInstance },
			names: map[string]string{
				"formcomponentvalues": "FormValues", "formcomponentvalues.name": "FormValues[0].Name",
				"formcomponentvalues.value": "-an empty value is one",
			},
			open: []string{"formcomponentvaluelist.componenttype"},
			also: notifier,
		},
		{
			id: "UpdateProcessInstance", request: anUpdate(), method: func(c *dingoa.Client) any { return c.Center.UpdateInstance },
			names: map[string]string{"notifiers": "NotifierUserIDs", "notifiers.userid": ofTemplates},
		},
		{
			id: "BatchUpdateProcessInstance", request: updatesArgument{[]dingoa.UpdateCenterInstanceRequest{anUpdate()}},
			method: func(c *dingoa.Client) any {
				return func(ctx context.Context, a updatesArgument) error { return c.Center.UpdateInstances(ctx, a.Updates) }
			},
			names: map[string]string{
				"updateprocessinstancerequests.notifiers.userid": ofTemplates,
				"instances": "Updates", "instances.processinstanceid": "Updates[0].InstanceID",
				"instances.status": "Updates[0].Status", "instances.result": "Updates[0].Result",
			},
		},
		{id: "CreateIntegratedTask", request: aCenterTask(), method: func(c *dingoa.Client) any { return c.Center.CreateTasks }},
		{
			id: "QueryIntegratedTodoTask", request: dingoa.ListCenterTasksRequest{UserID: "user1"},
			method: func(c *dingoa.Client) any { return c.Center.ListTasks },
			names:  map[string]string{"pagenumber": "Cursor", "count": "PageSize", "status": "-of Removed"},
		},
		{
			id: "UpdateIntegratedTask",
			request: dingoa.UpdateCenterTasksRequest{
				InstanceID: "instance1", Tasks: []dingoa.CenterTaskUpdate{{TaskID: "1", Status: dingoa.TaskCompleted, Result: dingoa.TaskAgree}},
			},
			method: func(c *dingoa.Client) any { return c.Center.UpdateTasks },
		},
		{
			id: "CancelIntegratedTask", request: dingoa.CancelCenterTasksRequest{InstanceID: "instance1", ActivityID: "activity1"},
			method: func(c *dingoa.Client) any { return c.Center.CancelTasks },
		},
		{
			id: "CleanProcessData", request: dingoa.CleanCenterDataRequest{ProcessCode: "PROC-1", CorpID: "corp1"},
			method: func(c *dingoa.Client) any { return c.Center.CleanData },
			names:  map[string]string{"suiteaccesstoken": "-the token, under another name"},
		},
		{
			id: "ListTodoWorkRecords", request: dingoa.ListWorkRecordsRequest{UserID: "user1"},
			method: func(c *dingoa.Client) any { return c.Center.ListWorkRecords },
		},
	}
}
