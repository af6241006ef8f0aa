package dingoa_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

// halfReply sends the beginning of a reply and then nothing until the request is
// given up.
func halfReply(given chan<- struct{}) httpmock.Responder {
	return func(r *http.Request) (*http.Response, error) {
		reader, writer := io.Pipe()
		go func() {
			_, _ = io.WriteString(writer, `{"result":`)
			close(given)
			<-r.Context().Done()
			writer.CloseWithError(r.Context().Err())
		}()
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: reader, Request: r}, nil
	}
}

// TestCancelInTheMiddleOfAReply: the caller gave up, the server did not fail.
func TestCancelInTheMiddleOfAReply(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *dingoa.Client) error{"read": get, "write": create} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			given := make(chan struct{})
			go func() {
				<-given
				cancel()
			}()
			err := call(ctx, newDingTalk(halfReply(given)).once(t))
			require.ErrorIs(t, err, context.Canceled)
			requireKind(t, err, nil)
			require.Equal(t, name == "write", errors.Is(err, dingoa.ErrOutcomeUnknown))
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := get(ctx, newDingTalk(halfReply(make(chan struct{}))).once(t))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		requireKind(t, err, nil)

		err = get(t.Context(), newDingTalk(halfReply(make(chan struct{}))).once(t, dingoa.WithTimeout(time.Second)))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		requireKind(t, err, dingoa.ErrServer) // too slow for the client's own limit
	})
}

type limiterFunc func(context.Context) error

func (f limiterFunc) Wait(ctx context.Context) error { return f(ctx) }

// TestLimiterRefuses: what held the call back was this side.
func TestLimiterRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		c := dt.client(t, dingoa.WithRateLimit(1))
		require.NoError(t, get(t.Context(), c))
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		err := get(ctx, c)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		requireKind(t, err, dingoa.ErrRateLimited)
		require.Contains(t, asError(t, err).Advice(), "own limiter")
		require.Len(t, dt.sent(), 1)
		require.ErrorContains(t, err, "nothing was sent")
	})

	down := errors.New("limiter is down")
	refusing := func(err error) dingoa.Option {
		return dingoa.WithLimiter(func(operation.Operation) dingoa.Limiter {
			return limiterFunc(func(context.Context) error { return err })
		})
	}
	err := get(t.Context(), newDingTalk(answer(200, instance)).client(t, refusing(down)))
	require.ErrorIs(t, err, down)
	requireKind(t, err, dingoa.ErrRateLimited)

	ctx, cancel := context.WithCancel(t.Context())
	waiting := dingoa.WithLimiter(func(operation.Operation) dingoa.Limiter {
		return limiterFunc(func(ctx context.Context) error {
			cancel()
			<-ctx.Done()
			return ctx.Err()
		})
	})
	err = get(ctx, newDingTalk(answer(200, instance)).client(t, waiting))
	require.ErrorIs(t, err, context.Canceled)
	requireKind(t, err, nil)
}

// TestCursorThatIsNone: DingTalk gave it, the caller did nothing wrong.
func TestCursorThatIsNone(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"ids":       `{"success":true,"result":{"list":["1"],"nextToken":"abc"}}`,
		"templates": `{"success":true,"result":{"processList":[{"processCode":"PROC-1"}],"nextToken":"abc"}}`,
	} {
		c := newDingTalk(answer(200, body)).once(t)
		var err error
		if name == "ids" {
			for _, e := range c.Instances.AllIDs(t.Context(), dingoa.ListInstanceIDsRequest{ProcessCode: "PROC-1", StartTime: time.Now().Add(-time.Hour)}) {
				err = e
			}
		} else {
			for _, e := range c.Templates.AllVisible(t.Context(), dingoa.ListVisibleTemplatesRequest{UserID: "user1"}) {
				err = e
			}
		}
		requireKind(t, err, dingoa.ErrServer)
		require.ErrorContains(t, err, `"abc"`, name)
		require.NotContains(t, err.Error(), "nothing was sent")
	}
}
