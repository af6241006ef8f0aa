package chaos_test

import (
	"context"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

// drive has people start and decide n approvals while time flies and
// connections break, and returns how to stop the time and the breaking.
func (c *chaos) drive(n int) (stop func()) {
	c.Helper()
	client, err := c.dingtalk.Client()
	require.NoError(c, err)
	ctx, cancel := context.WithCancel(c.Context())
	var work sync.WaitGroup
	work.Go(func() {
		const batch = 20
		for begun := 0; begun < n; begun += batch {
			if err := c.decide(ctx, client, min(batch, n-begun)); err != nil && ctx.Err() == nil {
				c.Errorf("after %d approvals: %v", begun, err)
			}
		}
	})
	// Retries fall due after seconds or minutes of DingTalk's time.
	work.Go(func() {
		every(ctx, 200*time.Millisecond, c.passMinute)
	})
	if c.settings.Via == stream {
		work.Go(func() {
			every(ctx, 700*time.Millisecond, c.breakConnections)
		})
	}
	return func() {
		cancel()
		work.Wait()
	}
}

// breakConnections cuts them without a word, or asks everybody to leave.
func (c *chaos) breakConnections() error {
	if c.cuts++; c.cuts%2 == 0 {
		c.dingtalk.CutStreams()
	} else {
		c.dingtalk.DisconnectStreams()
	}
	return nil
}

// decide drives a batch of approvals to its end, all of them side by side.
func (c *chaos) decide(ctx context.Context, client *dingoa.Client, n int) error {
	var ids []string
	for range n {
		created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
			ProcessCode:      company.DefaultProcessCode,
			OriginatorUserID: company.DefaultOriginator,
			DeptID:           company.DefaultDeptID,
			FormValues:       []dingoa.FormValue{{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-05-04"}, {Name: "天数", Value: "2"}},
		})
		if err != nil {
			return err
		}
		ids = append(ids, created.InstanceID)
	}
	for _, id := range ids {
		if err := c.first(id); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if c.ends[id].result != dingoa.ResultAgree {
			continue // ended with the first
		}
		if err := c.dingtalk.Approve(company.DefaultSecondApprover, id, ""); err != nil {
			return err
		}
	}
	return c.dingtalk.Flush(ctx)
}

// first is the first decision on an approval: one of ten is refused, one revoked.
func (c *chaos) first(id string) error {
	switch len(c.ends) % 10 {
	case 0:
		c.ends[id] = end{event.InstanceChangeFinish, dingoa.ResultRefuse}
		return c.dingtalk.Refuse(company.DefaultFirstApprover, id, "")
	case 1:
		c.ends[id] = end{change: event.InstanceChangeTerminate}
		return c.dingtalk.Terminate(id, "")
	}
	c.ends[id] = end{event.InstanceChangeFinish, dingoa.ResultAgree}
	return c.dingtalk.Approve(company.DefaultFirstApprover, id, "")
}
