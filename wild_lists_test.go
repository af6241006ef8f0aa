package dingoa_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/todo"
)

// wildPageOf is a page of instance ids.
type wildPageOf struct {
	ids  []string
	next string
}

// TestWildLists reads pages of ids, most of which are the last: each list says
// so in its own way, and none may be fetched again.
func TestWildLists(t *testing.T) {
	t.Parallel()
	one := wildPageOf{ids: []string{"i1"}}
	expected := map[string]wildPageOf{
		"01-ids-end-absent.json":        one,
		"02-ids-end-null.json":          one,
		"03-ids-end-empty.json":         one,
		"04-ids-end-zero.json":          one,
		"05-ids-end-zero-text.json":     one,
		"06-ids-end-no-list.json":       {},
		"07-ids-end-null-list.json":     {},
		"08-ids-end-empty-list.json":    {},
		"legacy-11-ids-end-absent.json": one,
		"legacy-12-ids-end-null.json":   one,
		"legacy-13-ids-end-zero.json":   one,
		"legacy-14-ids-end-empty.json":  one,
		"20-ids-more.json":              {[]string{"i1", "i2"}, "20"},
		"21-ids-more-text.json":         {[]string{"i1", "i2"}, "20"},
		"legacy-22-ids-more.json":       {[]string{"i1", "i2"}, "20"},
		"31-ids.json":                   {[]string{"i1"}, "10"},
		"legacy-44-ids-first.json":      {[]string{"i1", "i2"}, "1"},
		"legacy-45-ids-last.json":       {ids: []string{"i3"}},
	}
	others := map[string]bool{} // see TestWildListsOfOthers
	for name := range expected {
		others[name] = true
	}
	for name := range wildListsOfOthers() {
		others[name] = true
	}
	for name, payload := range wildFiles(t, "lists", others) {
		if _, ok := expected[name]; !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := expected[name]
			req := dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-A", StartTime: time.Now().Add(-time.Hour)}
			page, err := wildClient(t, name, payload).Instances.ListIDs(t.Context(), req)
			require.NoError(t, err)
			require.Equal(t, want, wildPageOf{noEmpty(page.Items), page.NextCursor})
			require.Equal(t, want.next != "", page.HasMore())
			if page.HasMore() {
				return
			}
			var opts []dingoa.Option
			if strings.HasPrefix(name, "legacy-") {
				opts = append(opts, dingoa.WithLegacyGateway())
			}
			dt := newDingTalk(answer(200, payload))
			var ids []string
			for id, err := range dt.client(t, opts...).Instances.AllIDs(t.Context(), req) {
				require.NoError(t, err)
				ids = append(ids, id)
			}
			require.Equal(t, want.ids, ids)
			require.Len(t, dt.sent(), 1, "the last page is the last call")
		})
	}
}

// wildListOf reads a page of a list that is none of ids.
type wildListOf struct {
	page func(ctx context.Context, c *dingoa.Client) (wildPageOf, error)
	want wildPageOf
}

// TestWildListsOfOthers reads the pages of the other lists, each of which has its
// own way to say that another page follows.
func TestWildListsOfOthers(t *testing.T) {
	t.Parallel()
	for name, list := range wildListsOfOthers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := list.page(t.Context(), wildClient(t, name, string(readFile(t, "testdata", "wild", "lists", name))))
			require.NoError(t, err)
			require.Equal(t, list.want, got)
		})
	}
}

// namedPage is a page by what names its items.
func namedPage[T any](page *dingoa.Page[T], err error, name func(T) string) (wildPageOf, error) {
	if err != nil {
		return wildPageOf{}, err
	}
	of := wildPageOf{next: page.NextCursor}
	for _, item := range page.Items {
		of.ids = append(of.ids, name(item))
	}
	return of, nil
}

func wildListsOfOthers() map[string]wildListOf {
	user := dingoa.UserListRequest{UserID: "u1"}
	visible := func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
		page, err := c.Templates.ListVisible(ctx, dingoa.ListVisibleTemplatesRequest{UserID: "u1"})
		return namedPage(page, err, func(v dingoa.VisibleTemplate) string { return v.ProcessCode })
	}
	centerTasks := func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
		page, err := c.Center.ListTasks(ctx, dingoa.ListCenterTasksRequest{UserID: "u1", PageSize: 10})
		return namedPage(page, err, func(v dingoa.CenterTask) string { return v.InstanceID + " " + v.TaskID })
	}
	return map[string]wildListOf{
		"30-visible-templates.json":        {visible, wildPageOf{[]string{"PROC-A"}, "10"}},
		"legacy-40-visible-templates.json": {visible, wildPageOf{[]string{"PROC-A", "PROC-B"}, "2"}},
		"32-center-tasks.json":             {centerTasks, wildPageOf{[]string{"p1 7"}, "2"}},
		"legacy-41-center-tasks.json":      {centerTasks, wildPageOf{[]string{"p1 7"}, "10"}},
		"33-submitted.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			page, err := c.Premium.ListSubmitted(ctx, user)
			return namedPage(page, err, func(v dingoa.InstanceSummary) string { return v.InstanceID })
		}, wildPageOf{[]string{"p1"}, "2"}},
		"34-noticed.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			page, err := c.Premium.ListNoticed(ctx, user)
			return namedPage(page, err, func(v dingoa.InstanceSummary) string { return v.InstanceID })
		}, wildPageOf{[]string{"p1"}, "2"}},
		"35-instances.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			page, err := c.Premium.ListInstances(ctx, dingoa.ListInstancesRequest{ProcessCode: "PROC-A", StartTime: time.Now().Add(-time.Hour)})
			return namedPage(page, err, func(v dingoa.Instance) string { return v.ID + " " + strings.Join(v.AttachedInstanceIDs, "+") })
		}, wildPageOf{[]string{"p1 p2"}, "10"}},
		"36-todo-tasks.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			page, err := c.Premium.ListTodoTasks(ctx, dingoa.ListTodoTasksRequest{UserID: "u1"})
			return namedPage(page, err, func(v dingoa.TaskSummary) string { return v.TaskID })
		}, wildPageOf{[]string{"7"}, "2"}},
		"37-done-tasks.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			page, err := c.Premium.ListDoneTasks(ctx, user)
			return namedPage(page, err, func(v dingoa.TaskSummary) string { return v.TaskID })
		}, wildPageOf{[]string{"7"}, "2"}},
		"38-managed-tasks.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			page, err := c.Premium.ListManagedTodoTasks(ctx, dingoa.ManagedTodoRequest{UserID: "u1", OperatorUserID: "u2"})
			return namedPage(page, err, func(v dingoa.ManagedTask) string { return v.TaskID })
		}, wildPageOf{[]string{"7"}, "2"}},
		"39-data.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			page, err := c.DataForms.List(ctx, dingoa.ListDataRequest{FormCode: "PROC-A"})
			return namedPage(page, err, func(v dingoa.DataInstance) string { return v.ID })
		}, wildPageOf{[]string{"d1"}, "10"}},
		"legacy-42-todos.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			page, err := todo.New(c).List(ctx, todo.ListRequest{UserID: "u1", PageSize: 10})
			return namedPage(page, err, func(v todo.Todo) string { return v.RecordID })
		}, wildPageOf{[]string{"record1"}, "10"}},
		"legacy-43-failed-pushes.json": {func(ctx context.Context, c *dingoa.Client) (wildPageOf, error) {
			pushes, err := c.Callbacks.FailedPushes(ctx)
			if err != nil {
				return wildPageOf{}, err
			}
			var of wildPageOf
			for _, e := range pushes.Events {
				of.ids = append(of.ids, e.Type)
			}
			if pushes.HasMore {
				of.next = "more"
			}
			return of, nil
		}, wildPageOf{ids: []string{"user_add_org", "bpms_instance_change", "label_conf_add"}}},
	}
}
