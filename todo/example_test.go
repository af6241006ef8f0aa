package todo_test

import (
	"context"
	"fmt"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/todo"
)

func Example() {
	ctx := context.Background()
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	todos := todo.New(client)
	id, err := todos.Add(ctx, todo.AddRequest{
		UserID: company.DefaultFirstApprover, Title: "付款", URL: "https://example.com/orders/1",
		Items: []todo.Item{{Title: "金额", Content: "100 元"}},
	})
	if err != nil {
		panic(err)
	}
	if err := todos.Complete(ctx, todo.CompleteRequest{UserID: company.DefaultFirstApprover, RecordID: id}); err != nil {
		panic(err)
	}
	for t, err := range todos.All(ctx, todo.ListRequest{UserID: company.DefaultFirstApprover, Done: true}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(t.Title)
	}
	// Output: 付款
}
