package dingoa_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// TestConditionsBetweenFields: what no single field of the table says.
func TestConditionsBetweenFields(t *testing.T) {
	t.Parallel()
	start := time.Now().Add(-time.Hour)
	approval := dingoa.CreateInstanceRequest{ProcessCode: "PROC-1", OriginatorUserID: "user1", DeptID: -1, FormValues: []dingoa.FormValue{aValue()}}
	approval.DetailPageURL = "https://example.com"
	for name, test := range map[string]struct {
		legacy bool
		kind   error
		want   string
		call   func(ctx context.Context, c *dingoa.Client) error
	}{
		"a page on the older gateway": {true, dingoa.ErrUnsupported, "DetailPageURL does not exist on the older gateway", func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Instances.Create(ctx, approval)
			return err
		}},
		"statuses on the older gateway": {true, dingoa.ErrUnsupported, "Statuses does not exist on the older gateway", func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Instances.ListIDs(ctx, dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: start, Statuses: []dingoa.InstanceStatus{dingoa.InstanceRunning}})
			return err
		}},
		"no start of a list": {false, dingoa.ErrInvalidArgument, "StartTime is required", func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Instances.ListIDs(ctx, dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1"})
			return err
		}},
		"page of an export": {false, dingoa.ErrInvalidArgument, "PageSize is 21, allowed are 1 to 20", func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Instances.ListExport(ctx, dingoa.ExportInstancesRequest{ProcessCode: "PROC-1", StartTime: start, PageSize: 21})
			return err
		}},
		"span of an export": {false, dingoa.ErrInvalidArgument, "EndTime is before StartTime", func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Instances.ListExport(ctx, dingoa.ExportInstancesRequest{ProcessCode: "PROC-1", StartTime: start, EndTime: start.Add(-1)})
			return err
		}},
		"page of form data": {false, dingoa.ErrInvalidArgument, "PageSize is -1", func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Instances.ListFormData(ctx, dingoa.ListFormDataRequest{FormCode: "PROC-1", PageSize: -1})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dt := newDingTalk(answer(400, `{"code":"tried"}`))
			opts := []dingoa.Option{dingoa.WithTokenSource(dingoa.StaticToken("token")), dingoa.WithMaxRetries(0)}
			if test.legacy {
				opts = append(opts, dingoa.WithLegacyGateway())
			}
			err := test.call(t.Context(), dt.client(t, opts...))
			require.ErrorIs(t, err, test.kind)
			require.ErrorContains(t, err, test.want)
			require.Empty(t, dt.sent())
		})
	}
}
