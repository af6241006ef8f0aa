package conformance

import (
	"fmt"

	"github.com/dingoa/dingoa/todo"
)

// todoDone adds a to-do of version 1.0 and ticks it off.
func todoDone(r *run) {
	ctx := r.Context()
	title := fmt.Sprintf("待办%d", r.Now().UnixNano())
	id, err := todo.New(r.Client).Add(ctx, todo.AddRequest{
		UserID: r.Originator, CreateTime: r.Now(), Title: title, URL: "https://www.dingtalk.com",
		Items: []todo.Item{{Title: "事由", Content: title}},
	})
	r.ok(err)
	r.equal("open", r.hasTodo(title, false), true)
	r.ok(todo.New(r.Client).Complete(ctx, todo.CompleteRequest{UserID: r.Originator, RecordID: id}))
	r.equal("still open", r.hasTodo(title, false), false)
	r.equal("done", r.hasTodo(title, true), true)
}

func (r *run) hasTodo(title string, done bool) bool {
	for todo, err := range todo.New(r.Client).All(r.Context(), todo.ListRequest{UserID: r.Originator, Done: done}) {
		r.ok(err)
		if todo.Title == title {
			return true
		}
	}
	return false
}
