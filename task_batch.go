package dingoa

import (
	"context"
	"iter"

	"github.com/dingoa/dingoa/operation"
)

// BatchExecute approves or refuses several tasks of one person (批量审批), and
// returns the outcome of each by task id. Only the official SDK shows this
// operation; the vendor documents neither its limits nor its errors.
// [PremiumService.BatchExecute] is the documented one. It is not retried after a
// broken connection ([ErrOutcomeUnknown]): read the instances.
//
//dingtalk:op POST /v1.0/workflow/processInstances/batchExecute
func (s *TaskService) BatchExecute(ctx context.Context, req BatchExecuteRequest, opts ...RequestOption) (map[string]BatchResult, error) {
	return batchExecute(ctx, s.c, operation.BatchExecuteProcessInstances, req, opts)
}

// ListManagedTodo returns one page of the tasks that wait for an employee, for
// an administrator who wants to hand them over. Only the official SDK shows this
// operation; the vendor documents neither its limits nor its errors.
// [PremiumService.ListManagedTodoTasks] is the documented one.
//
//dingtalk:op GET /v1.0/workflow/tasks/todoTasks
func (s *TaskService) ListManagedTodo(ctx context.Context, req ManagedTodoRequest, opts ...RequestOption) (*Page[ManagedTask], error) {
	return listManaged(ctx, s.c, operation.TodoTasks, req, opts)
}

// AllManagedTodo walks the pages of [TaskService.ListManagedTodo] while the loop
// runs, and ends after the first error.
func (s *TaskService) AllManagedTodo(ctx context.Context, req ManagedTodoRequest, opts ...RequestOption) iter.Seq2[ManagedTask, error] {
	return Items(ctx, operation.TodoTasks, func(ctx context.Context, cursor string) (*Page[ManagedTask], error) {
		page := req // loops over the same sequence may overlap
		page.Cursor = cursor
		return s.ListManagedTodo(ctx, page, opts...)
	})
}

// BatchRedirect hands tasks of one employee over to another (批量转交), and returns
// what became of each. Only the official SDK shows this operation; the vendor
// documents neither its limits nor its errors. [PremiumService.RedirectTasks] is
// the documented one. It is not retried after a broken connection
// ([ErrOutcomeUnknown]): read the instances.
//
//dingtalk:op POST /v1.0/workflow/tasks/batchRedirect
func (s *TaskService) BatchRedirect(ctx context.Context, req RedirectTasksRequest, opts ...RequestOption) (*RedirectTasksResponse, error) {
	return redirectTasks(ctx, s.c, operation.BatchTasksRedirect, req, opts)
}
