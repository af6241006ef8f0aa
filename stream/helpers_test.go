package stream_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newServer(t *testing.T, opts ...emulator.Option) *emulator.Server {
	t.Helper()
	s, err := emulator.New(append([]emulator.Option{emulator.WithStream()}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func newClient(t *testing.T, s *emulator.Server) *dingoa.Client {
	t.Helper()
	c, err := s.Client()
	require.NoError(t, err)
	return c
}

// start asks for a leave, which makes one event of the instance and one of its
// first task, and returns the instance's ID.
func start(t *testing.T, c *dingoa.Client) string {
	t.Helper()
	resp, err := c.Instances.Create(t.Context(), dingoa.CreateInstanceRequest{
		ProcessCode:      company.DefaultProcessCode,
		OriginatorUserID: company.DefaultOriginator,
		DeptID:           company.DefaultDeptID,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "年假"},
			{Name: "开始日期", Value: "2026-05-04"},
			{Name: "天数", Value: "2"},
		},
	})
	require.NoError(t, err)
	return resp.InstanceID
}

// handlerFunc is a function as a handler of events.
type handlerFunc func(ctx context.Context, e *event.Event) error

func (f handlerFunc) Dispatch(ctx context.Context, e *event.Event) error { return f(ctx, e) }

// running is a consumer whose Run was called.
type running struct {
	*stream.Consumer
	stop context.CancelFunc
	done chan error
}

// run starts a consumer; the test must stop it with end.
func run(t *testing.T, c *dingoa.Client, h event.Handler, opts ...stream.Option) *running {
	t.Helper()
	consumer, err := stream.New(c, h, opts...)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{consumer, cancel, make(chan error, 1)}
	go func() { r.done <- consumer.Run(ctx) }()
	return r
}

func (r *running) end(t *testing.T) {
	t.Helper()
	r.stop()
	require.NoError(t, <-r.done)
}

// notes are what handlers write down, in order.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) add(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
}

func (n *notes) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.lines...)
}

// kind tells the event in short.
func kind(e *event.Event) string {
	switch d := e.Data.(type) {
	case event.InstanceChange:
		return "instance " + string(d.Change) + string(d.Result)
	case event.TaskChange:
		return "task " + string(d.Change) + string(d.Result)
	}
	return e.Type
}
