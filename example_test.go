package dingoa_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

// exampleClient stands for dingoa.New(appKey, appSecret): DingTalk's replies are
// written down here, so that the examples run without a company.
func exampleClient(opts ...dingoa.Option) *dingoa.Client {
	mock := httpmock.NewMockTransport()
	reply := func(method, path string, status int, body string) {
		mock.RegisterResponder(method, "https://api.dingtalk.com"+path, httpmock.NewStringResponder(status, body))
	}
	reply("POST", "/v1.0/oauth2/accessToken", 200, `{"accessToken":"t","expireIn":7200}`)
	reply("POST", "/v1.0/workflow/processInstances", 200, `{"instanceId":"91ef1076"}`)
	reply("POST", "/v1.0/workflow/processInstances/execute", 200, `{"result":true,"success":true}`)
	reply("POST", "/v1.0/workflow/processInstances/terminate", 400, `{"code":"aflowProcessInstStatusException","message":"审批单状态异常"}`)
	reply("POST", "/v1.0/workflow/processes/instanceIds/query", 200, `{"result":{"list":["91ef1076","a171de6c"]},"success":true}`)
	reply("GET", "/v1.0/workflow/processInstances", 200, `{"result":{"title":"张三提交的请假","status":"RUNNING","createTime":"2026-11-23T10:00Z",
		"tasks":[{"taskId":67583405630,"userId":"manager1","status":"RUNNING"}],"formComponentValues":[{"name":"天数","value":"2"}]},"success":"true"}`)
	reply("GET", "/v1.0/workflow/processes/todoTasks/numbers", 200, `{"result":3}`)
	client, err := dingoa.New("dingappkey", "appsecret", append(opts, dingoa.WithHTTPClient(&http.Client{Transport: mock}))...)
	if err != nil {
		panic(err)
	}
	return client
}

// AppKey and AppSecret, also shown as Client ID and Client Secret, are on the
// app's page in the developer console.
func ExampleNew() {
	client, err := dingoa.New("dingappkey", "appsecret",
		dingoa.WithAgentID(41605932),
		dingoa.WithRateLimit(20),
	)
	if err != nil {
		panic(err)
	}
	fmt.Println(client)
	// Output: dingoa.Client(dingappkey)
}

func ExampleInstanceService_Create() {
	client := exampleClient()
	created, err := client.Instances.Create(context.Background(), dingoa.CreateInstanceRequest{
		ProcessCode:      "PROC-EF6YJL35P2",
		OriginatorUserID: "zhangsan",
		DeptID:           -1,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "年假"},
			{Name: "天数", Value: "2"},
		},
	})
	switch {
	case errors.Is(err, dingoa.ErrOutcomeUnknown):
		fmt.Println("it may have been started: look before starting it again")
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(created.InstanceID)
	}
	// Output: 91ef1076
}

func ExampleInstanceService_Get() {
	client := exampleClient()
	instance, err := client.Instances.Get(context.Background(), "91ef1076")
	if err != nil {
		panic(err)
	}
	days, _ := instance.Value("天数")
	fmt.Println(instance.Title, instance.Status, days)
	fmt.Println(instance.CreateTime.Format(time.RFC3339))
	// Output:
	// 张三提交的请假 RUNNING 2
	// 2026-11-23T02:00:00Z
}

// A list fetches while the loop runs, and stops when it breaks.
func ExampleInstanceService_AllIDs() {
	client := exampleClient()
	for id, err := range client.Instances.AllIDs(context.Background(), dingoa.ListInstanceIDsRequest{
		ProcessCode: "PROC-EF6YJL35P2",
		StartTime:   time.Now().Add(-24 * time.Hour),
	}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(id)
	}
	// Output:
	// 91ef1076
	// a171de6c
}

func ExampleTaskService_Approve() {
	client := exampleClient()
	ctx := context.Background()
	instance, err := client.Instances.Get(ctx, "91ef1076")
	if err != nil {
		panic(err)
	}
	for _, task := range instance.RunningTasks() {
		err := client.Tasks.Approve(ctx, dingoa.DecideTaskRequest{
			InstanceID: instance.ID, TaskID: task.ID, OperatorUserID: task.UserID, Remark: "同意",
		})
		fmt.Println(task.UserID, err)
	}
	// Output: manager1 <nil>
}

// The kind of an error says what a program can do, its code and advice what a
// person can.
func ExampleError() {
	client := exampleClient()
	err := client.Instances.Terminate(context.Background(), dingoa.TerminateInstanceRequest{InstanceID: "91ef1076", IsSystem: true})
	if errors.Is(err, dingoa.ErrConflict) {
		fmt.Println("not now")
	}
	var e *dingoa.Error
	if errors.As(err, &e) {
		fmt.Println(e.Code)
		fmt.Println(e.Advice())
	}
	// Output:
	// not now
	// aflowProcessInstStatusException
	// an instance can be revoked only while it is RUNNING, and not in its first 15 seconds: wait, or look at its status
}

// With makes a client that differs in some options, for instance one for each
// company that uses the app.
func ExampleClient_With() {
	client := exampleClient()
	careful, err := client.With(dingoa.WithMaxRetries(0), dingoa.WithTimeout(5*time.Second))
	if err != nil {
		panic(err)
	}
	n, err := careful.Tasks.TodoCount(context.Background(), "zhangsan")
	fmt.Println(n, err)
	fmt.Println(client.Usage().Calls)
	// Output:
	// 3 <nil>
	// 1
}

// Call reaches operations that have no method, with the JSON of the vendor's page.
func ExampleClient_Call() {
	client := exampleClient()
	var reply struct {
		Result int `json:"result"`
	}
	err := client.Call(context.Background(), operation.GetUserTodoTaskSum, map[string]string{"userId": "zhangsan"}, &reply)
	fmt.Println(reply.Result, err)
	// Output: 3 <nil>
}

func ExampleLogHook() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "duration" {
				return slog.Attr{} // differ each time
			}
			return a
		},
	}))
	client := exampleClient(dingoa.WithTokenSource(dingoa.StaticToken("t")), dingoa.WithHook(dingoa.LogHook(logger)))
	_, _ = client.Tasks.TodoCount(context.Background(), "zhangsan")
	// Output:
	// level=INFO msg="dingtalk call" operation=GetUserTodoTaskSum host=api.dingtalk.com attempt=1 status=200
}

func ExampleWithResponseMeta() {
	client := exampleClient()
	var meta dingoa.ResponseMeta
	_, err := client.Tasks.TodoCount(context.Background(), "zhangsan", dingoa.WithResponseMeta(&meta))
	fmt.Println(err, meta.HTTPStatus, meta.Attempts)
	// Output: <nil> 200 1
}
