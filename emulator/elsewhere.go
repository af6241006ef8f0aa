package emulator

import (
	"net/http"
	"strings"

	"github.com/dingoa/dingoa/internal/spec"
)

// elsewhere are operations beside approvals that programs call, which the
// emulator does not imitate: an answer that names them is of more help than the
// one to a mistyped path.
var elsewhere = [...]struct{ method, host, path, id string }{ //nolint:gochecknoglobals // a constant list
	{"POST", spec.HostOlder, "/topapi/v2/user/getbymobile", "OapiV2UserGetbymobile"},
	{"POST", spec.HostOlder, "/topapi/user/getbyunionid", "OapiUserGetbyunionid"},
	{"POST", spec.HostOlder, "/topapi/v2/user/list", "OapiV2UserList"},
	{"POST", spec.HostOlder, "/topapi/user/listid", "OapiUserListid"},
	{"POST", spec.HostOlder, "/topapi/user/listsimple", "OapiUserListsimple"},
	{"POST", spec.HostOlder, "/topapi/v2/department/listsub", "OapiV2DepartmentListsub"},
	{"POST", spec.HostOlder, "/topapi/v2/department/listsubid", "OapiV2DepartmentListsubid"},
	{"POST", spec.HostOlder, "/topapi/v2/department/get", "OapiV2DepartmentGet"},
	{"POST", spec.HostOlder, "/topapi/v2/department/listparentbyuser", "OapiV2DepartmentListparentbyuser"},
	{"POST", spec.HostOlder, "/topapi/v2/department/listparentbydept", "OapiV2DepartmentListparentbydept"},
	{"GET", spec.HostToday, "/v1.0/contact/users/{unionId}", "GetUser"},
	{"POST", spec.HostOlder, "/topapi/v2/user/getuserinfo", "OapiV2UserGetuserinfo"},
	{"POST", spec.HostOlder, "/topapi/message/corpconversation/asyncsend_v2", "OapiMessageCorpconversationAsyncsendV2"},
	{"POST", spec.HostOlder, "/topapi/message/corpconversation/sendbytemplate", "OapiMessageCorpconversationSendbytemplate"},
	{"POST", spec.HostOlder, "/topapi/message/corpconversation/getsendprogress", "OapiMessageCorpconversationGetsendprogress"},
	{"POST", spec.HostOlder, "/topapi/message/corpconversation/getsendresult", "OapiMessageCorpconversationGetsendresult"},
	{"POST", spec.HostOlder, "/topapi/message/corpconversation/recall", "OapiMessageCorpconversationRecall"},
	{"POST", spec.HostOlder, "/topapi/message/corpconversation/status_bar/update", "OapiMessageCorpconversationStatusBarUpdate"},
	{"POST", spec.HostToday, "/v1.0/robot/oToMessages/batchSend", "BatchSendOTO"},
	{"GET", spec.HostToday, "/v1.0/robot/oToMessages/readStatus", "BatchOTOQuery"},
	{"POST", spec.HostToday, "/v1.0/robot/otoMessages/batchRecall", "BatchRecallOTO"},
	{"POST", spec.HostToday, "/v1.0/robot/groupMessages/send", "OrgGroupSend"},
	{"POST", spec.HostToday, "/v1.0/robot/groupMessages/query", "OrgGroupQuery"},
	{"POST", spec.HostToday, "/v1.0/robot/groupMessages/recall", "OrgGroupRecall"},
	{"POST", spec.HostOlder, "/robot/send", "OapiRobotSend"},
	{"POST", spec.HostToday, "/v1.0/todo/users/{unionId}/tasks", "CreateTodoTask"},
	{"POST", spec.HostToday, "/v1.0/todo/users/me/personalTasks", "CreatePersonalTodoTask"},
	{"GET", spec.HostToday, "/v1.0/todo/users/{unionId}/tasks/{taskId}", "GetTodoTask"},
	{"GET", spec.HostToday, "/v1.0/todo/users/{unionId}/tasks/sources/{sourceId}", "GetTodoTaskBySourceId"},
	{"PUT", spec.HostToday, "/v1.0/todo/users/{unionId}/tasks/{taskId}", "UpdateTodoTask"},
	{"DELETE", spec.HostToday, "/v1.0/todo/users/{unionId}/tasks/{taskId}", "DeleteTodoTask"},
	{"POST", spec.HostToday, "/v1.0/todo/users/{unionId}/org/tasks/query", "QueryOrgTodoTasks"},
	{"POST", spec.HostToday, "/v1.0/todo/users/{unionId}/tasks/list", "QueryTodoTasks"},
	{"PUT", spec.HostToday, "/v1.0/todo/users/{unionId}/tasks/{taskId}/executorStatus", "UpdateTodoTaskExecutorStatus"},
	{"POST", spec.HostToday, "/v1.0/card/instances", "CreateCard"},
	{"POST", spec.HostToday, "/v1.0/card/instances/deliver", "DeliverCard"},
	{"POST", spec.HostToday, "/v1.0/card/instances/createAndDeliver", "CreateAndDeliver"},
	{"PUT", spec.HostToday, "/v1.0/card/instances", "UpdateCard"},
	{"PUT", spec.HostToday, "/v1.0/card/instances/spaces", "AppendSpace"},
	{"POST", spec.HostToday, "/v1.0/card/callbacks/register", "RegisterCallback"},
	{"GET", spec.HostToday, "/v1.0/oauth2/apps/authInfo", "GetAuthInfo"},
	{"POST", spec.HostOlder, "/service/get_auth_info", "OapiServiceGetAuthInfo"},
	{"POST", spec.HostOlder, "/service/get_agent", "OapiServiceGetAgent"},
	{"POST", spec.HostOlder, "/service/reauth_corp", "OapiServiceReauthCorp"},
	{"POST", spec.HostOlder, "/service/get_unactive_corp", "OapiServiceGetUnactiveCorp"},
	{"POST", spec.HostOlder, "/service/activate_suite", "OapiServiceActivateSuite"},
	{"POST", spec.HostOlder, "/service/get_permanent_code", "OapiServiceGetPermanentCode"},
}

// operationElsewhere finds the operation beside approvals that a request calls;
// empty when it is none.
func operationElsewhere(r *http.Request) string {
	host := vendorHost(r)
	for _, o := range elsewhere {
		if o.method == r.Method && (host == "" || host == o.host) && spec.PathMatches(o.path, r.URL.Path) {
			return o.id
		}
	}
	// The other operations of these families, which the table leaves out.
	for _, prefix := range [...]string{
		"/topapi/user/", "/topapi/v2/user/", "/topapi/department/", "/topapi/v2/department/", "/topapi/role/", "/topapi/org/",
		"/user/", "/department/", "/v1.0/contact/", "/topapi/extcontact/", "/topapi/attendance/", "/topapi/calendar/",
		"/topapi/message/", "/v1.0/robot/", "/v1.0/im/", "/v1.0/calendar/", "/v1.0/card/", "/v1.0/todo/", "/media/",
		"/topapi/report/", "/topapi/blackboard/",
	} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return r.URL.Path
		}
	}
	return ""
}
