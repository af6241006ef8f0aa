package conformance

import (
	"fmt"

	"github.com/dingoa/dingoa"
)

// todoDone adds a to-do of version 1.0 and ticks it off.
func todoDone(r *run) {
	ctx := r.Context()
	title := fmt.Sprintf("待办%d", r.Now().UnixNano())
	id, err := r.Client.Todos.Add(ctx, dingoa.AddTodoRequest{
		UserID: r.Originator, CreateTime: r.Now(), Title: title, URL: "https://www.dingtalk.com",
		Items: []dingoa.TodoItem{{Title: "事由", Content: title}},
	})
	r.ok(err)
	r.equal("open", r.hasTodo(title, false), true)
	r.ok(r.Client.Todos.Complete(ctx, dingoa.CompleteTodoRequest{UserID: r.Originator, RecordID: id}))
	r.equal("still open", r.hasTodo(title, false), false)
	r.equal("done", r.hasTodo(title, true), true)
}

func (r *run) hasTodo(title string, done bool) bool {
	for todo, err := range r.Client.Todos.All(r.Context(), dingoa.ListTodosRequest{UserID: r.Originator, Done: done}) {
		r.ok(err)
		if todo.Title == title {
			return true
		}
	}
	return false
}
