package dingoa_test

import (
	"context"
	"strings"
	"time"

	"github.com/dingoa/dingoa"
)

func checkedPremium() []checked {
	start := time.Now().Add(-time.Hour)
	userList := func(id string, method func(c *dingoa.Client) any) checked {
		return checked{
			id: id, request: dingoa.UserListRequest{UserID: "user1"}, method: method,
			names: map[string]string{"userid": "UserID", "pagesize": "PageSize", "pagenumber": "Cursor"},
		}
	}
	toDo := userList("PremiumGetTodoTasks", func(c *dingoa.Client) any { return c.Premium.ListTodoTasks })
	toDo.request = dingoa.ListTodoTasksRequest{UserID: "user1"}
	return []checked{
		{
			id: "ArchiveProcessInstance", request: dingoa.ArchiveInstanceRequest{InstanceID: "instance1", OperatorUserID: "user1"},
			method: func(c *dingoa.Client) any { return c.Premium.Archive },
		},
		{
			id: "PremiumAppendTask",
			request: dingoa.AppendTaskRequest{
				InstanceID: "instance1", TaskID: "1", OperatorUserID: "user1", AppenderUserIDs: []string{"user2"},
				Position: dingoa.AppendBefore, ActivateType: dingoa.ActivateAll,
			},
			method: func(c *dingoa.Client) any { return c.Premium.AppendTask },
		},
		{
			id: "PremiumRevertTask",
			request: dingoa.RevertTaskRequest{
				InstanceID: "instance1", TaskID: "1", OperatorUserID: "user1", Action: dingoa.RevertForApproval, TargetActivityID: dingoa.StartActivityID,
			},
			method: func(c *dingoa.Client) any { return c.Premium.RevertTask },
		},
		{
			id: "PremiumUpdateProcessInstanceVariables",
			request: dingoa.UpdateVariablesRequest{
				InstanceID: "instance1", OperatorUserID: "user1", Variables: []dingoa.Variable{{ID: "TextField-1", Value: "x"}},
			},
			method: func(c *dingoa.Client) any { return c.Premium.UpdateVariables },
			names:  map[string]string{"variables.value": "-an empty value is one"},
		},
		{
			id: "PremiumGetInstFieldSetting", request: dingoa.FieldSettingsRequest{InstanceID: "instance1", UserID: "user1"},
			method: func(c *dingoa.Client) any { return c.Premium.FieldSettings },
		},
		{
			id: "PremiumGetFieldModifiedHistory", request: dingoa.FieldHistoryRequest{InstanceID: "instance1", FieldID: "field1"},
			method: func(c *dingoa.Client) any { return c.Premium.FieldHistory },
		},
		userList("PremiumGetSubmittedInstances", func(c *dingoa.Client) any { return c.Premium.ListSubmitted }),
		userList("PremiumGetNoticedInstances", func(c *dingoa.Client) any { return c.Premium.ListNoticed }),
		userList("PremiumGetDoneTasks", func(c *dingoa.Client) any { return c.Premium.ListDoneTasks }),
		toDo,
		{
			id: "PremiumGetProcessInstances", request: dingoa.ListInstancesRequest{ProcessCode: "PROC-1", StartTime: start},
			method: func(c *dingoa.Client) any { return c.Premium.ListInstances },
			names:  map[string]string{"processcode": "ProcessCode", "starttimeinmills": "StartTime", "maxresults": "PageSize"},
		},
		{
			id: "GetProcessInstanceWithExtra", request: instanceIDArgument{"instance1"},
			method: func(c *dingoa.Client) any {
				return func(ctx context.Context, a instanceIDArgument) error {
					_, err := c.Premium.GetInstance(ctx, a.InstanceID)
					return err
				}
			},
			names: map[string]string{"processinstanceid": "InstanceID"},
		},
		{
			id: "PremiumBatchExecuteProcessInstances", request: aBatch(),
			method: func(c *dingoa.Client) any { return c.Premium.BatchExecute }, names: batchNames(),
		},
		{
			id: "PremiumQueryTodoTasksByManager", request: dingoa.ManagedTodoRequest{UserID: "user1", OperatorUserID: "manager1"},
			method: func(c *dingoa.Client) any { return c.Premium.ListManagedTodoTasks }, names: managedNames(),
		},
		{
			id: "PremiumRedirectTasksByManager", request: aRedirection(),
			method: func(c *dingoa.Client) any { return c.Premium.RedirectTasks }, names: redirectionNames(),
		},
		{
			id:      "PremiumInsertOrUpdateDir",
			request: dingoa.SaveCenterDirectoryRequest{BizGroup: "g", OperatorUserID: "user1", Name: "组", NameI18N: `{"zh_CN":"组"}`},
			method:  func(c *dingoa.Client) any { return c.Premium.SaveCenterDirectory },
		},
		{
			id: "PremiumDelDir", request: dingoa.DeleteCenterDirectoryRequest{DirID: "dir1", OperatorUserID: "user1"},
			method: func(c *dingoa.Client) any { return c.Premium.DeleteCenterDirectory },
		},
		{
			id: "PremiumSaveIntegratedProcess", request: aCenterTemplate(), method: func(c *dingoa.Client) any { return c.Premium.SaveCenterTemplate },
			names: premiumComponentNames(), also: aColumn(),
		},
		{
			id: "PremiumSaveIntegratedProcessInstance", request: aCenterInstance(),
			method: func(c *dingoa.Client) any { return c.Premium.CreateCenterInstance },
			open:   []string{"formcomponentvaluelist.componenttype"},
			also:   map[string]map[string]any{"notifiers.position": {"Notifiers[0].UserID": "user2"}},
		},
		{
			id: "PremiumSaveIntegratedTask", request: dingoa.CreatePremiumCenterTasksRequest{CreateCenterTasksRequest: aCenterTask()},
			method: func(c *dingoa.Client) any { return c.Premium.CreateCenterTasks },
		},
		{
			id: "PremiumSaveForm", request: dingoa.SaveDataFormRequest{Name: "台账", Components: []dingoa.FormComponent{aComponent()}, UserID: "user1"},
			method: func(c *dingoa.Client) any { return c.DataForms.Save }, names: premiumComponentNames(), also: aColumn(),
		},
		{id: "PremiumGetFormSchema", request: dingoa.SchemaRequest{ProcessCode: "PROC-1"}, method: func(c *dingoa.Client) any { return c.DataForms.Schema }},
		{
			id: "PremiumSaveFormInstance", request: someData(), method: func(c *dingoa.Client) any { return c.DataForms.Create },
			names: dataNames(), open: []string{"formcomponentvaluelist.componenttype"},
		},
		{
			id: "PremiumUpdateFormInstance", request: dingoa.UpdateDataRequest{CreateDataRequest: someData(), InstanceIDs: []string{"data1"}},
			method: func(c *dingoa.Client) any { return c.DataForms.Update }, names: dataNames(),
			open: []string{"formcomponentvaluelist.componenttype"},
		},
		{
			id: "PremiumDeleteFormInstance", request: dingoa.DeleteDataRequest{ProcessCode: "PROC-1", InstanceIDs: []string{"data1"}},
			method: func(c *dingoa.Client) any { return c.DataForms.Delete },
		},
		{id: "PremiumGetFormInstances", request: dingoa.ListDataRequest{FormCode: "PROC-1"}, method: func(c *dingoa.Client) any { return c.DataForms.List }},
		{id: "PremiumGetFormInstance", request: dingoa.GetDataRequest{FormCode: "PROC-1", InstanceID: "data1"}, method: func(c *dingoa.Client) any { return c.DataForms.Get }},
	}
}

// premiumComponentNames are of operations without a twin on the older gateway.
func premiumComponentNames() map[string]string {
	names := componentNames()
	for name := range names {
		if strings.HasPrefix(name, "formcomponentlist") {
			delete(names, name)
		}
	}
	return names
}

func someData() dingoa.CreateDataRequest {
	return dingoa.CreateDataRequest{ProcessCode: "PROC-1", OriginatorUserID: "user1", FormValues: []dingoa.FormValue{aValue()}}
}

func dataNames() map[string]string {
	return map[string]string{"formcomponentvaluelist.value": "-an empty value is one"}
}
