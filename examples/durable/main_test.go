package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

// A decision outlives a handler that fails and a process that ends: the next
// process hands it over, once.
func TestDecisionIsNotLost(t *testing.T) {
	t.Parallel()
	dingtalk, a, err := emulated(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dingtalk.Close()) })
	client, err := dingtalk.Client()
	require.NoError(t, err)

	failed := make(chan struct{}, 1)
	a.decided = func(context.Context, string, event.InstanceChange) error {
		select {
		case failed <- struct{}{}:
		default:
		}
		return errors.New("the bank is closed")
	}
	ended, stop := start(t, a, dingtalk)
	created, err := client.Instances.Create(t.Context(), leave())
	require.NoError(t, err)
	require.NoError(t, dingtalk.Refuse(company.DefaultFirstApprover, created.InstanceID, ""))
	require.NoError(t, dingtalk.Flush(t.Context()))
	await(t, ended, failed)
	stop()

	type payment struct {
		key    string
		change event.InstanceChange
	}
	paid := make(chan payment, 10)
	a.decided = func(_ context.Context, key string, change event.InstanceChange) error {
		paid <- payment{key, change}
		return nil
	}
	ended, stop = start(t, a, dingtalk)
	got := await(t, ended, paid)
	require.Equal(t, created.InstanceID, got.change.InstanceID)
	require.Equal(t, dingoa.ResultRefuse, got.change.Result)
	require.NotEmpty(t, got.key)
	stop()
	require.Empty(t, paid)
	for _, push := range dingtalk.Pushes() {
		require.Len(t, push.Attempts, 1, "DingTalk was told at once that the event is safe")
		require.True(t, push.Delivered)
	}
}

// await receives a value unless the app ends before.
func await[T any](t *testing.T, ended <-chan error, values <-chan T) T {
	t.Helper()
	select {
	case v := <-values:
		return v
	case err := <-ended:
		t.Fatal("the app ended:", err)
		panic("unreachable")
	}
}

// start runs the app as the emulator's callback, until stop.
func start(t *testing.T, a app, dingtalk *emulator.Server) (ended <-chan error, stop func()) {
	t.Helper()
	listener, err := listen(t.Context(), dingtalk)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	done := make(chan error, 1)
	go func() { done <- a.run(ctx, listener) }()
	return done, func() {
		cancel()
		require.NoError(t, <-done)
	}
}
