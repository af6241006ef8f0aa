package datasource_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/dingoa/dingoa/datasource"
)

// DingTalk asks whether an approver may decide; an error with a code and a message
// is shown to him.
func ExampleHandler() {
	h := datasource.Handler(nil, func(_ context.Context, req datasource.TaskExecution) ([]datasource.Action, error) {
		fmt.Println(req.InstanceID, req.Result)
		return nil, nil
	})
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/", strings.NewReader(
		`{"processInstanceId":"p","taskId":7,"operator":"lisi","outResult":"agree"}`)))
	fmt.Println(answer.Code, strings.TrimSpace(answer.Body.String()))
	// Output:
	// p agree
	// 200 {"success":true}
}
