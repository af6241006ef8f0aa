package emulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

const premium = "/v1.0/workflow/premium"

// documented calls and holds the reply against the vendor's field list.
func documented(t *testing.T, s *emulator.Server, operation, method, path string, in any) object {
	t.Helper()
	r := call(t, s, method, path, in)
	require.Equal(t, 200, r.status, "%s", r.body)
	requireDocumented(t, operation, r.body)
	return r.object
}

func (p premiumCompany) task(user string) int64 {
	for _, task := range state(p.t, p.s, p.id).Tasks {
		if task.UserID == user && task.Status == "RUNNING" {
			return task.ID
		}
	}
	p.t.Fatalf("%s has no running task: %v", user, lines(state(p.t, p.s, p.id)))
	return 0
}

// premiumCompany has OA premium and one running instance, which waits for lisi.
type premiumCompany struct {
	t  *testing.T
	s  *emulator.Server
	id string
}

func newPremiumCompany(t *testing.T) premiumCompany {
	t.Helper()
	form := company.DefaultForm()
	form.CC = []string{"qianqi"}
	s := newServer(t, emulator.WithPremium(), emulator.WithForms(form))
	return premiumCompany{t, s, create(t, newClient(t, s), leave())}
}

func (p premiumCompany) append(change object) reply {
	in := object{
		"taskId": p.task("lisi"), "processInstanceId": p.id, "operateUserId": "lisi", "appenderUserIds": []string{"zhaoliu", "qianqi"},
		"remark": "请一起看", "activateType": "ALL", "type": "before", "agreeAll": true,
	}
	return call(p.t, p.s, http.MethodPost, premium+"/tasks/append", with(in, change))
}

func (p premiumCompany) lines() []string { return lines(state(p.t, p.s, p.id)) }

func (p premiumCompany) agree(user string) { require.NoError(p.t, p.s.Approve(user, p.id, "")) }

func (p premiumCompany) records() []string {
	in, err := newClient(p.t, p.s).Instances.Get(p.t.Context(), p.id)
	require.NoError(p.t, err)
	var kinds []string
	for _, r := range in.Records {
		kinds = append(kinds, string(r.Type)+" "+r.UserID)
	}
	return kinds
}

func TestAppendTasks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change object
		after  []string // once they are added
		agree  []string
		end    []string // once these have agreed
	}{
		"before, all": {
			nil,
			[]string{"lisi PAUSED", "zhaoliu RUNNING", "qianqi RUNNING"},
			[]string{"qianqi", "zhaoliu"},
			[]string{"lisi RUNNING", "zhaoliu COMPLETED AGREE", "qianqi COMPLETED AGREE"},
		},
		"before, any": {
			object{"agreeAll": false},
			[]string{"lisi PAUSED", "zhaoliu RUNNING", "qianqi RUNNING"},
			[]string{"qianqi"},
			[]string{"lisi RUNNING", "zhaoliu CANCELED", "qianqi COMPLETED AGREE"},
		},
		"before, in turn": {
			object{"activateType": "ONE_BY_ONE"},
			[]string{"lisi PAUSED", "zhaoliu RUNNING", "qianqi NEW"},
			[]string{"zhaoliu", "qianqi", "lisi"},
			[]string{"lisi COMPLETED AGREE", "zhaoliu COMPLETED AGREE", "qianqi COMPLETED AGREE", "wangwu RUNNING"},
		},
		"after": {
			object{"type": "after", "appenderUserIds": []string{"zhaoliu"}},
			[]string{"lisi RUNNING"},
			[]string{"lisi", "zhaoliu"},
			[]string{"lisi COMPLETED AGREE", "zhaoliu COMPLETED AGREE", "wangwu RUNNING"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPremiumCompany(t)
			r := p.append(tc.change)
			require.Equal(t, 200, r.status, "%s", r.body)
			requireDocumented(t, "PremiumAppendTask", r.body)
			require.Equal(t, tc.after, p.lines())
			for _, user := range tc.agree {
				p.agree(user)
			}
			require.Equal(t, tc.end, p.lines())
			kind := "APPEND_TASK_BEFORE lisi"
			if tc.change["type"] == "after" {
				kind = "APPEND_TASK_AFTER lisi"
			}
			require.Contains(t, p.records(), kind)
		})
	}
}

func TestAppendTaskIsRefused(t *testing.T) {
	t.Parallel()
	p := newPremiumCompany(t)
	for name, tc := range map[string]struct {
		change object
		code   string
	}{
		"oneself":                  {object{"appenderUserIds": []string{"lisi"}}, "appender.contains.currentOperator"},
		"a stranger":               {object{"appenderUserIds": []string{"nobody"}}, "user.not.exist"},
		"nobody":                   {object{"appenderUserIds": []string{}}, "param.blank"},
		"several, undecided":       {object{"agreeAll": nil}, "param.blank"},
		"by somebody else":         {object{"operateUserId": "wangwu"}, "param.illegal.operator"},
		"by a stranger":            {object{"operateUserId": "nobody"}, "user.not.exist"},
		"unknown task":             {object{"taskId": 5}, "param.illegal"},
		"another instance":         {object{"processInstanceId": "x"}, "param.illegal"},
		"no task":                  {object{"taskId": nil}, "param.blank"},
		"neither before nor after": {object{"type": "beside"}, "param.illegal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := p.append(tc.change)
			require.Equal(t, 400, r.status)
			require.Equal(t, tc.code, r.object["code"], "%s", r.body)
		})
	}
}

// A refusal ends what was added, too.
func TestRefusedWhilePeopleWereAdded(t *testing.T) {
	t.Parallel()
	p := newPremiumCompany(t)
	require.Equal(t, 200, p.append(nil).status)
	require.NoError(t, p.s.Refuse("zhaoliu", p.id, ""))
	require.Equal(t, []string{"lisi CANCELED", "zhaoliu COMPLETED REFUSE", "qianqi CANCELED"}, p.lines())
	require.Equal(t, "refuse", state(t, p.s, p.id).Result)
}

func (p premiumCompany) revert(change object) reply {
	in := object{"processInstanceId": p.id, "operateUserId": "wangwu", "revertAction": "REVERT_FOR_APPROVAL", "remark": "请补充"}
	if change["taskId"] == nil {
		in["taskId"] = p.task("wangwu")
	}
	return call(p.t, p.s, http.MethodPost, premium+"/tasks/revert", with(in, change))
}

func (p premiumCompany) activity(user string) string {
	in, err := newClient(p.t, p.s).Instances.Get(p.t.Context(), p.id)
	require.NoError(p.t, err)
	for _, task := range in.Tasks {
		if task.UserID == user {
			return task.ActivityID
		}
	}
	return ""
}

func TestRevertTasks(t *testing.T) {
	t.Parallel()
	p := newPremiumCompany(t)
	p.agree("lisi")
	first := p.activity("lisi")
	for code, change := range map[string]object{
		"param.illegal":          {"targetActivityId": p.activity("wangwu")},
		"param.illegal.operator": {"targetActivityId": first, "operateUserId": "lisi"},
		"user.not.exist":         {"targetActivityId": first, "operateUserId": "nobody"},
		"param.blank":            {},
	} {
		require.Equal(t, code, p.revert(change).object["code"])
	}
	require.Equal(t, "param.illegal", p.revert(object{"targetActivityId": "sid-startevent"}).object["code"])
	require.Equal(t, "param.illegal", p.revert(object{"targetActivityId": first, "revertAction": "REVERT_FOR_RESUBMIT"}).object["code"])

	r := p.revert(object{"targetActivityId": first})
	require.Equal(t, 200, r.status, "%s", r.body)
	requireDocumented(t, "PremiumRevertTask", r.body)
	require.Equal(t, []string{"lisi COMPLETED AGREE", "wangwu COMPLETED NONE", "lisi RUNNING"}, p.lines())
	require.Contains(t, p.records(), "REDIRECT_PROCESS wangwu")
	p.agree("lisi")

	require.Equal(t, 200, p.revert(object{"targetActivityId": "sid-startevent", "revertAction": "REVERT_FOR_RESUBMIT"}).status)
	require.Equal(t, "zhangsan RUNNING", p.lines()[len(p.lines())-1])
	for _, user := range []string{"zhangsan", "lisi", "wangwu"} {
		require.Equal(t, "RUNNING", state(t, p.s, p.id).Status)
		p.agree(user)
	}
	require.Equal(t, "agree", state(t, p.s, p.id).Result)
	in, err := newClient(t, p.s).Instances.Get(t.Context(), p.id)
	require.NoError(t, err)
	require.Equal(t, []string{"lisi", "wangwu"}, in.ApproverUserIDs)
	task := state(t, p.s, p.id).Tasks[0].ID
	require.Equal(t, "instance.status.error", p.revert(object{"taskId": task, "operateUserId": "lisi", "targetActivityId": first}).object["code"])
}

func TestArchive(t *testing.T) {
	t.Parallel()
	p := newPremiumCompany(t)
	archive := func(id, user string) reply {
		return call(t, p.s, http.MethodPost, premium+"/processInstances/archive", object{"processInstanceId": id, "opUserId": user})
	}
	update := func() reply {
		return call(t, p.s, http.MethodPut, premium+"/processInstances", object{
			"opUserId": "qianqi", "processInstanceId": p.id, "variables": []object{{"id": "NumberField-days", "value": "3"}},
		})
	}
	require.Equal(t, "aflowProcessInstStatusException", archive(p.id, "qianqi").object["code"], "it runs")
	require.Equal(t, "aflowProcessInstNotExist", archive("x", "qianqi").object["code"])
	require.Equal(t, "userNotExist", archive(p.id, "nobody").object["code"])
	require.Equal(t, "invalidInstanceArchiveOpUserId", archive(p.id, "").object["code"])
	require.Equal(t, "invalidInstanceId", archive("", "qianqi").object["code"])
	p.agree("lisi")
	p.agree("wangwu")
	require.Equal(t, 200, update().status, "ended, not archived")
	r := archive(p.id, "qianqi")
	requireDocumented(t, "ArchiveProcessInstance", r.body)
	require.Equal(t, 200, r.status)
	require.Equal(t, "aflowProcessInstStatusException", archive(p.id, "qianqi").object["code"], "twice")
	require.Equal(t, "process.status.error", update().object["code"])
	require.Equal(t, "aflowProcessInstStatusException", call(t, p.s, http.MethodPost, "/v1.0/workflow/processInstances/comments",
		object{"processInstanceId": p.id, "text": "x", "commentUserId": "lisi"}).object["code"])
}

func TestVariablesAndTheirHistory(t *testing.T) {
	t.Parallel()
	p := newPremiumCompany(t)
	update := func(change object) reply {
		in := object{"opUserId": "qianqi", "processInstanceId": p.id, "variables": []object{
			{"id": "NumberField-days", "value": "3"}, {"id": "TextareaField-reason", "value": "探亲"},
		}}
		return call(t, p.s, http.MethodPut, premium+"/processInstances", with(in, change))
	}
	for code, change := range map[string]object{
		"user.not.exist":    {"opUserId": "nobody"},
		"process.not.exist": {"processInstanceId": "x"},
		"processcode.error": {"processCode": "PROC-OTHER"},
		"formschema.error":  {"variables": []object{{"id": "NumberField-days", "value": "9"}, {"id": "x", "value": "1"}}},
		"param.error":       {"variables": nil},
	} {
		require.Equal(t, code, update(change).object["code"])
	}
	require.Equal(t, "formschema.error", update(object{"variables": []object{{"id": "DDSelectField-leavetype", "value": "产假"}}}).object["code"])
	r := update(nil)
	require.Equal(t, 200, r.status, "%s", r.body)
	requireDocumented(t, "PremiumUpdateProcessInstanceVariables", r.body)
	in, err := newClient(t, p.s).Instances.Get(t.Context(), p.id)
	require.NoError(t, err)
	days, _ := in.Value("天数")
	reason, _ := in.Value("事由")
	require.Equal(t, []string{"3", "探亲"}, []string{days, reason})

	for operation, path := range map[string]string{
		"PremiumGetFieldModifiedHistory": premium + "/processes/fields/modifiedRecords/query",
		"GetFieldModifiedHistory":        "/v1.0/workflow/processes/fields/modifiedRecords/query",
	} {
		got := documented(t, p.s, operation, http.MethodPost, path, object{"processInstanceId": p.id, "fieldId": "NumberField-days"})
		require.Len(t, got["result"], 1)
		require.Equal(t, "从 2 修改到 3", dig[string](t, got, "result", 0, "value"))
		require.Equal(t, "钱七", dig[string](t, got, "result", 0, "name"))
		r := call(t, p.s, http.MethodPost, path, object{"processInstanceId": "x", "fieldId": "y"})
		require.Equal(t, "invalidInstanceIdOrFieldId", r.object["code"])
	}
	for user, want := range map[string]string{"lisi": "NORMAL", "wangwu": "READONLY"} {
		got := documented(t, p.s, "PremiumGetInstFieldSetting", http.MethodPost, premium+"/processes/fields/settings/query", object{"processInstanceId": p.id, "userId": user})
		require.Len(t, got["result"], 4)
		require.Equal(t, want, dig[string](t, got, "result", 0, "fieldBehavior"))
	}
	for code, in := range map[string]object{
		"userNotExist":               {"processInstanceId": p.id, "userId": "nobody"},
		"processInstanceNotExist":    {"processInstanceId": "x", "userId": "lisi"},
		"invalidInstanceIdOrFieldId": {"processInstanceId": "", "userId": "lisi"},
	} {
		require.Equal(t, code, call(t, p.s, http.MethodPost, premium+"/processes/fields/settings/query", in).object["code"])
	}
}

func TestListsOfTheCentre(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPremiumCompany(t)
		p.s.Advance(time.Minute)
		younger := create(t, newClient(t, p.s), leave())
		require.NoError(t, p.s.Approve("lisi", younger, ""))
		require.NoError(t, p.s.Approve("wangwu", younger, ""))
		p.s.Advance(time.Minute)

		list := func(operation, path, user string, more ...string) []any {
			query := url.Values{"userId": {user}, "pageSize": {"1"}, "pageNumber": {"1"}}
			for i := 0; i+1 < len(more); i += 2 {
				query.Set(more[i], more[i+1])
			}
			got := documented(t, p.s, operation, http.MethodGet, premium+"/processCentres/"+path+"?"+query.Encode(), nil)
			found := dig[[]any](t, got, "result", "list")
			return append(found, dig[bool](t, got, "result", "hasMore"))
		}
		submitted := list("PremiumGetSubmittedInstances", "submittedInstances", "zhangsan")
		require.Equal(t, younger, dig[string](t, submitted, 0, "processInstanceId"), "youngest first")
		require.Equal(t, "agree", dig[string](t, submitted, 0, "result"))
		require.Equal(t, "请假类型：年假，开始日期：2026-05-04，天数：2", dig[string](t, submitted, 0, "formMassage"))
		require.Equal(t, true, submitted[1])
		submitted = list("PremiumGetSubmittedInstances", "submittedInstances", "zhangsan", "pageNumber", "2")
		require.Equal(t, p.id, dig[string](t, submitted, 0, "processInstanceId"))
		require.Equal(t, false, submitted[1])
		require.Equal(t, []any{false}, list("PremiumGetSubmittedInstances", "submittedInstances", "zhangsan", "pageNumber", "3"))
		require.Equal(t, []any{false}, list("PremiumGetSubmittedInstances", "submittedInstances", "lisi"))

		noticed := list("PremiumGetNoticedInstances", "noticedInstances", "qianqi")
		require.Equal(t, younger, dig[string](t, noticed, 0, "processInstanceId"), "the copy comes at the end")
		require.Equal(t, false, noticed[1])

		todo := list("PremiumGetTodoTasks", "todoTasks", "lisi")
		require.Equal(t, p.id, dig[string](t, todo, 0, "processInstanceId"))
		require.Equal(t, strconv.FormatInt(p.task("lisi"), 10), dig[string](t, todo, 0, "taskId"))
		started := p.s.Now().Add(-2 * time.Minute).In(time.FixedZone("", 8*60*60))
		require.Len(t, list("PremiumGetTodoTasks", "todoTasks", "lisi", "createBefore", started.Add(time.Second).Format(time.DateTime)), 2)
		require.Len(t, list("PremiumGetTodoTasks", "todoTasks", "lisi", "createBefore", started.Add(-time.Second).Format(time.DateTime)), 1)
		done := list("PremiumGetDoneTasks", "doneTasks", "lisi")
		require.Equal(t, younger, dig[string](t, done, 0, "processInstanceId"))

		for _, wrong := range []string{"pageNumber=0", "pageNumber=11", "pageSize=0", "pageSize=21", "userId=", "createBefore=soon"} {
			query, err := url.ParseQuery("userId=lisi&pageSize=1&pageNumber=1")
			require.NoError(t, err)
			change, err := url.ParseQuery(wrong)
			require.NoError(t, err)
			for name := range change {
				query[name] = change[name]
			}
			r := call(t, p.s, http.MethodGet, premium+"/processCentres/todoTasks?"+query.Encode(), nil)
			require.Equal(t, "oaplus.params.error", r.object["code"], wrong)
		}
	})
}

func TestInstancesInFull(t *testing.T) {
	t.Parallel()
	p := newPremiumCompany(t)
	p.agree("lisi")
	p.agree("wangwu")
	for range 2 {
		create(t, newClient(t, p.s), leave())
	}
	since := p.s.Now().Add(-time.Hour).UnixMilli()
	for operation, path := range map[string]string{
		"PremiumGetProcessInstances": premium + "/processes/pages/instances",
		"QueryAllProcessInstances":   "/v1.0/workflow/processes/pages/instances",
	} {
		query := fmt.Sprintf("?processCode=%s&startTimeInMills=%d&maxResults=2", company.DefaultProcessCode, since)
		got := documented(t, p.s, operation, http.MethodGet, path+query+"&nextToken=1", nil)
		require.Equal(t, p.id, dig[string](t, got, "result", "list", 0, "processInstanceId"))
		require.Len(t, dig[[]any](t, got, "result", "list"), 2)
		require.Equal(t, "2", dig[string](t, got, "result", "nextToken"))
		got = documented(t, p.s, operation, http.MethodGet, path+query+"&nextToken=2", nil)
		require.Len(t, dig[[]any](t, got, "result", "list"), 1)
		require.False(t, dig[bool](t, got, "result", "hasMore"))
	}
	for code, change := range map[string]string{
		"pageIndex.invalid": "&maxResults=2&nextToken=0&startTimeInMills=" + strconv.FormatInt(since, 10),
		"pageSize.invalid":  "&maxResults=0&startTimeInMills=" + strconv.FormatInt(since, 10),
		"timeStamp.invalid": "&maxResults=2&startTimeInMills=1",
	} {
		r := call(t, p.s, http.MethodGet, premium+"/processes/pages/instances?processCode="+company.DefaultProcessCode+change, nil)
		require.Equal(t, code, r.object["code"], "%s", r.body)
	}
	export := fmt.Sprintf("/v1.0/workflow/instances/datas?processCode=%s&startTimeInMills=%d&maxResults=2&nextToken=", company.DefaultProcessCode, since)
	got := documented(t, p.s, "PagesExportInstances", http.MethodPost, export+"0", object{})
	require.Equal(t, "2", dig[string](t, got, "result", "nextToken"))
	got = documented(t, p.s, "PagesExportInstances", http.MethodPost, export+"0&status=COMPLETED", object{})
	require.Len(t, dig[[]any](t, got, "result", "list"), 1)

	got = documented(t, p.s, "GetProcessInstanceWithExtra", http.MethodGet, premium+"/processInstances?processInstanceId="+p.id, nil)
	require.Equal(t, "agree", dig[string](t, got, "result", "result"))
}

func TestBatches(t *testing.T) {
	t.Parallel()
	for name, prefix := range map[string]string{"Premium": premium, "": "/v1.0/workflow"} {
		t.Run(prefix, func(t *testing.T) {
			t.Parallel()
			p := newPremiumCompany(t)
			lisi := p.task("lisi")
			second := premiumCompany{t, p.s, create(t, newClient(t, p.s), leave())}
			execute := func(change object) reply {
				in := object{"actionerUserId": "lisi", "result": "agree", "remark": "好", "taskInfoList": []object{
					{"taskId": lisi, "processInstanceId": p.id}, {"taskId": 5, "processInstanceId": p.id},
				}}
				return call(t, p.s, http.MethodPost, prefix+"/processInstances/batchExecute", with(in, change))
			}
			r := execute(nil)
			requireDocumented(t, name+"BatchExecuteProcessInstances", r.body)
			require.Equal(t, "ok", dig[string](t, r.object, "result", strconv.FormatInt(lisi, 10), "message"))
			require.False(t, dig[bool](t, r.object, "result", "5", "result"))
			require.Equal(t, []string{"lisi COMPLETED AGREE", "wangwu RUNNING"}, p.lines())
			require.Equal(t, "needAuth", execute(object{"actionerUserId": "nobody"}).object["code"])

			todo := prefix + "/tasks/todoTasks?maxResults=1&nextToken=1&actionerUserId="
			operation := map[string]string{"Premium": "PremiumQueryTodoTasksByManager", "": "TodoTasks"}[name]
			got := documented(t, p.s, operation, http.MethodGet, todo+"lisi&managerUserId=qianqi", nil)
			require.Equal(t, second.id, dig[string](t, got, "result", "list", 0, "processInstanceId"))
			require.False(t, dig[bool](t, got, "result", "hasMore"))
			require.Equal(t, "param.user.notexist", call(t, p.s, http.MethodGet, todo+"x&managerUserId=qianqi", nil).object["code"])
			require.Equal(t, "param.manager.notexist", call(t, p.s, http.MethodGet, todo+"lisi&managerUserId=x", nil).object["code"])

			operation = map[string]string{"Premium": "PremiumRedirectTasksByManager", "": "BatchTasksRedirect"}[name]
			got = documented(t, p.s, operation, http.MethodPost, prefix+"/tasks/batchRedirect", object{
				"transfereeUserId": "lisi", "handoverUserId": "zhaoliu", "managerUserId": "qianqi", "taskIds": []int64{second.task("lisi"), lisi},
			})
			require.InDelta(t, 1, dig[float64](t, got, "result", "failCount"), 0)
			require.Equal(t, []string{"lisi COMPLETED REDIRECTED", "zhaoliu RUNNING"}, second.lines())
		})
	}
	p := newPremiumCompany(t)
	many := make([]object, 11)
	for i := range many {
		many[i] = object{"taskId": 1, "processInstanceId": p.id}
	}
	r := call(t, p.s, http.MethodPost, premium+"/processInstances/batchExecute", object{"actionerUserId": "lisi", "result": "agree", "taskInfoList": many})
	require.Equal(t, "taskInfoSizeOverLimit", r.object["code"])
}

func TestPremiumIsForCompaniesThatHaveIt(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for status, r := range map[int]reply{
		500: call(t, s, http.MethodPost, premium+"/processInstances/archive", object{"processInstanceId": "x", "opUserId": "lisi"}),
		400: call(t, s, http.MethodGet, premium+"/processCentres/doneTasks?userId=lisi&pageSize=1&pageNumber=1", nil),
	} {
		require.Equal(t, status, r.status, "the status of the operation's table")
		require.Equal(t, "benefit.status.invalid", r.object["code"])
	}
	require.Equal(t, "benefit.status.invalid", call(t, s, http.MethodGet, premium+"/processInstances?processInstanceId=x", nil).object["code"])
}
