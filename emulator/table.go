package emulator

import "sync"

// handler does one operation.
type handler struct {
	do func(*Server, *call) (map[string]any, *apiError)
	// token is the parameter of the query that has the token; empty is where the
	// gateway has it, noToken is for operations that want none.
	token string
}

const noToken = "none"

// handlerOf finds what imitates an operation, by its ID in the vendor's table. Its
// do is nil when nothing does.
func handlerOf(id string) handler { return handlers()[id] }

// locked calls what needs s.mu.
func locked(do func(*Server, *call) (map[string]any, *apiError)) func(*Server, *call) (map[string]any, *apiError) {
	return func(s *Server, c *call) (map[string]any, *apiError) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return do(s, c)
	}
}

// handlers are all operations. Those of OA premium are refused to companies
// without it before they are called; see [Server.entitled].
var handlers = sync.OnceValue(func() map[string]handler { //nolint:gochecknoglobals // a constant table
	return map[string]handler{
		// Tokens, approvals and callbacks.
		"GetAccessToken":                {do: (*Server).getAccessToken, token: noToken},
		"GetToken":                      {do: (*Server).getToken, token: noToken},
		"OapiGettoken":                  {do: (*Server).oapiGettoken, token: noToken},
		"StartProcessInstance":          {do: (*Server).startProcessInstance},
		"GetProcessInstance":            {do: (*Server).getProcessInstance},
		"TerminateProcessInstance":      {do: (*Server).terminateProcessInstance},
		"AddProcessInstanceComment":     {do: (*Server).addProcessInstanceComment},
		"ListProcessInstanceIds":        {do: (*Server).listProcessInstanceIDs},
		"ExecuteProcessInstance":        {do: (*Server).executeProcessInstance},
		"RedirectWorkflowTask":          {do: (*Server).redirectWorkflowTask},
		"GetUserTodoTaskSum":            {do: (*Server).getUserTodoTaskSum},
		"OapiProcessinstanceCreate":     {do: (*Server).oapiCreate},
		"OapiProcessinstanceGet":        {do: (*Server).oapiGet},
		"OapiProcessInstanceTerminate":  {do: (*Server).oapiTerminate},
		"OapiProcessInstanceCommentAdd": {do: (*Server).oapiComment},
		"OapiProcessinstanceListids":    {do: (*Server).oapiListIDs},
		"OapiProcessinstanceExecuteV2":  {do: (*Server).oapiExecute},
		"OapiProcessGettodonum":         {do: (*Server).oapiTodoCount},
		"RegisterCallBack":              {do: (*Server).registerCallback},
		"UpdateCallBack":                {do: (*Server).updateCallback},
		"GetCallBack":                   {do: (*Server).getCallback},
		"DeleteCallBack":                {do: (*Server).deleteCallback},
		"GetCallBackFailedResult":       {do: (*Server).failedResult},
		"OpenConnection":                {do: (*Server).openConnection, token: noToken},

		// Forms (审批表单模板).
		"FormCreate":                   {do: (*Server).formCreate},
		"QuerySchemaByProcessCode":     {do: (*Server).querySchema},
		"ProcessForecast":              {do: (*Server).processForecast},
		"ListUserVisibleBpmsProcesses": {do: (*Server).listVisibleForms},
		"GetManageProcessByStaffId":    {do: (*Server).manageableForms},
		"GetConditionFormComponent":    {do: (*Server).conditionComponents},
		"OapiProcessSave":              {do: (*Server).oapiProcessSave},
		"OapiProcessListbyuserid":      {do: (*Server).oapiListVisibleForms},
		"OapiProcessTemplateManageGet": {do: (*Server).oapiManageableForms},

		// Forms with their flows.
		"CopyProcess":                            {do: (*Server).copyProcess},
		"InstallApp":                             {do: (*Server).noForms},
		"GetCrmProcCodes":                        {do: (*Server).noForms},
		"QueryFormByBizType":                     {do: (*Server).noForms},
		"QueryProcessByBizCategoryId":            {do: (*Server).noForms},
		"GetProcessConfig":                       {do: (*Server).processConfig},
		"GetSchemaAndProcessconfigBatchlly":      {do: (*Server).definitions},
		"QuerySchemaAndProcess":                  {do: (*Server).definition},
		"PremiumQuerySchemaAndProcessByCodeList": {do: (*Server).premiumDefinitions},

		// Attachments (审批附件), the drive and the contacts.
		"GetAttachmentSpace":                         {do: (*Server).attachmentSpace},
		"OapiProcessinstanceCspaceInfo":              {do: (*Server).attachmentSpace},
		"GetSpaceWithDownloadAuth":                   {do: (*Server).authPreview},
		"OapiProcessinstanceCspacePreview":           {do: (*Server).authPreview},
		"AddApproveDentryAuth":                       {do: (*Server).authDownload},
		"OapiProcessDentryAuth":                      {do: (*Server).authDownload},
		"GrantProcessInstanceForDownloadFile":        {do: (*Server).fileURL},
		"OapiProcessinstanceFileUrlGet":              {do: (*Server).fileURL},
		"GrantCspaceAuthorization":                   {do: (*Server).authorizeSpace},
		"GetHandSignDownloadUrl":                     {do: (*Server).handSignURL},
		"GetFileUploadInfo":                          {do: (*Server).uploadInfo},
		"CommitFile":                                 {do: (*Server).commitFile},
		"GetFileDownloadInfo":                        {do: (*Server).downloadInfo},
		"OapiV2UserGet":                              {do: (*Server).userGet},
		"PremiumGetAttachmentSpace":                  {do: (*Server).attachmentSpace},
		"PremiumGetSpaceWithDownloadAuth":            {do: (*Server).authPreview},
		"PremiumAddApproveDentryAuth":                {do: (*Server).authDownload},
		"PremiumGrantProcessInstanceForDownloadFile": {do: (*Server).fileURL},

		// Third-party apps (第三方应用).
		"GetCorpAccessToken":       {do: (*Server).getCorpAccessToken, token: noToken},
		"GetSuiteAccessToken":      {do: (*Server).getSuiteAccessToken, token: noToken},
		"OapiServiceGetCorpToken":  {do: (*Server).oapiGetCorpToken, token: noToken},
		"OapiServiceGetSuiteToken": {do: (*Server).oapiGetSuiteToken, token: noToken},

		// Sign-on (免登).
		"GetSsoAccessToken":  {do: (*Server).getSSOAccessToken, token: noToken},
		"OapiSsoGettoken":    {do: (*Server).oapiSSOGettoken, token: noToken},
		"GetUserToken":       {do: (*Server).getUserToken, token: noToken},
		"CreateJsapiTicket":  {do: (*Server).createJSAPITicket},
		"OapiGetJsapiTicket": {do: (*Server).oapiJSAPITicket},

		// The process centre (流程中心).
		"SaveProcess":                          {do: (*Server).saveCenterTemplate},
		"OapiProcessSave#own":                  {do: (*Server).oapiSaveCenterTemplate},
		"GetProcessCodeByName":                 {do: (*Server).findCenterTemplate},
		"OapiProcessGetByName":                 {do: (*Server).findCenterTemplate},
		"DeleteProcess":                        {do: (*Server).deleteCenterTemplate},
		"OapiProcessDelete":                    {do: (*Server).oapiDeleteCenterTemplate},
		"InsertOrUpdateDir":                    {do: (*Server).saveCenterDirectory},
		"PremiumInsertOrUpdateDir":             {do: (*Server).saveCenterDirectory},
		"DeleteDir":                            {do: (*Server).deleteCenterDirectory},
		"PremiumDelDir":                        {do: (*Server).deleteCenterDirectory},
		"SaveIntegratedInstance":               {do: (*Server).createCenterInstance},
		"OapiProcessWorkrecordCreate":          {do: (*Server).oapiCreateCenterInstance},
		"UpdateProcessInstance":                {do: (*Server).updateCenterInstance},
		"OapiProcessWorkrecordUpdate":          {do: (*Server).oapiUpdateCenterInstance},
		"BatchUpdateProcessInstance":           {do: (*Server).updateCenterInstances},
		"OapiProcessWorkrecordBatchupdate":     {do: (*Server).oapiUpdateCenterInstances},
		"PremiumSaveIntegratedProcess":         {do: (*Server).saveCenterTemplate},
		"PremiumSaveIntegratedProcessInstance": {do: (*Server).createCenterInstance},
		"PremiumSaveIntegratedTask":            {do: (*Server).createCenterTasks},

		// Its tasks.
		"CreateIntegratedTask":                 {do: (*Server).createCenterTasks},
		"OapiProcessWorkrecordTaskCreate":      {do: (*Server).oapiCreateCenterTasks},
		"UpdateIntegratedTask":                 {do: (*Server).updateCenterTasks},
		"OapiProcessWorkrecordTaskUpdate":      {do: (*Server).oapiUpdateCenterTasks},
		"CancelIntegratedTask":                 {do: (*Server).cancelCenterTasks},
		"OapiProcessWorkrecordTaskgroupCancel": {do: (*Server).oapiCancelCenterTasks},
		"QueryIntegratedTodoTask":              {do: (*Server).queryCenterTasks},
		"OapiProcessWorkrecordTaskQuery":       {do: (*Server).oapiQueryCenterTasks},
		"ListTodoWorkRecords":                  {do: (*Server).listWorkRecords},
		"CleanProcessData":                     {do: (*Server).cleanProcessData},
		"OapiProcessClean":                     {do: (*Server).oapiCleanProcessData, token: "suite_access_token"},

		// To-dos (待办 1.0) and attendance.
		"OapiWorkrecordAdd":           {do: (*Server).addTodo},
		"OapiWorkrecordUpdate":        {do: (*Server).completeTodo},
		"OapiWorkrecordGetbyuserid":   {do: (*Server).listTodos},
		"OapiAttendanceApproveFinish": {do: (*Server).finishAttendance},

		// OA premium (OA 高级版), and what only the official SDK shows.
		"ArchiveProcessInstance":                {do: locked((*Server).archive)},
		"PremiumAppendTask":                     {do: locked((*Server).appendTask)},
		"PremiumRevertTask":                     {do: locked((*Server).revertTask)},
		"PremiumUpdateProcessInstanceVariables": {do: locked((*Server).updateVariables)},
		"PremiumGetInstFieldSetting":            {do: locked((*Server).fieldSettings)},
		"PremiumGetFieldModifiedHistory":        {do: locked((*Server).fieldHistory)},
		"PremiumGetSubmittedInstances":          {do: locked((*Server).submittedInstances)},
		"PremiumGetNoticedInstances":            {do: locked((*Server).noticedInstances)},
		"PremiumGetTodoTasks":                   {do: locked((*Server).todoTasks)},
		"PremiumGetDoneTasks":                   {do: locked((*Server).doneTasks)},
		"PremiumGetProcessInstances":            {do: locked((*Server).listedInstances)},
		"PremiumBatchExecuteProcessInstances":   {do: locked((*Server).batchExecute)},
		"PremiumQueryTodoTasksByManager":        {do: locked((*Server).managedTasks)},
		"PremiumRedirectTasksByManager":         {do: locked((*Server).redirectTasks)},
		"GetProcessInstanceWithExtra":           {do: (*Server).getProcessInstanceWithExtra},
		"GetFieldModifiedHistory":               {do: locked((*Server).fieldHistory)},
		"QueryAllProcessInstances":              {do: locked((*Server).listedInstances)},
		"PagesExportInstances":                  {do: locked((*Server).exportedInstances)},
		"QueryFormInstance":                     {do: locked((*Server).getDataEntry)},
		"QueryAllFormInstances":                 {do: locked((*Server).listDataEntries)},
		"BatchExecuteProcessInstances":          {do: locked((*Server).batchExecute)},
		"TodoTasks":                             {do: locked((*Server).managedTasks)},
		"BatchTasksRedirect":                    {do: locked((*Server).redirectTasks)},

		// Data forms (数据表单).
		"PremiumSaveForm":           {do: locked((*Server).saveDataForm)},
		"PremiumGetFormSchema":      {do: locked((*Server).dataFormSchema)},
		"PremiumSaveFormInstance":   {do: locked((*Server).createDataEntry)},
		"PremiumUpdateFormInstance": {do: locked((*Server).updateDataEntries)},
		"PremiumDeleteFormInstance": {do: locked((*Server).deleteDataEntries)},
		"PremiumGetFormInstances":   {do: locked((*Server).listDataEntries)},
		"PremiumGetFormInstance":    {do: locked((*Server).getDataEntry)},
	}
})
