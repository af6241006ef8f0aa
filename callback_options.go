package dingoa

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// CallbackOption configures a [Callback]. The order of options does not matter.
type CallbackOption func(*callbackConfig) error

// WithTimestampWindow refuses pushes whose timestamp is further than d from the
// clock, so that a recorded push can't be played again later; within d it still
// can, which [event.Event.ID] tells. Off unless given. Five minutes leave room for
// DingTalk's own repeats, 10 and 30 seconds later, and for a clock that is a
// little off.
func WithTimestampWindow(d time.Duration) CallbackOption {
	return func(c *callbackConfig) error {
		if d <= 0 {
			return fmt.Errorf("WithTimestampWindow: %v is not a positive duration", d)
		}
		c.window = d
		return nil
	}
}

// WithMaxBody limits the body of a push to n bytes instead of 128 KiB. DingTalk's
// events take a few KB; those of third-party apps with form values (isv_bpms),
// and pushes of the SyncHTTP mode with several events, take tens of KB.
func WithMaxBody(n int64) CallbackOption {
	return func(c *callbackConfig) error {
		if n <= 0 {
			return fmt.Errorf("WithMaxBody: %d is not a positive number of bytes", n)
		}
		c.maxBody = n
		return nil
	}
}

// WithBodyTimeout gives [Callback.Handler] d to receive the body of a push, 5
// seconds unless given; DingTalk itself waits about 1.5 seconds for the answer. A
// body that is not complete by then is answered with 408 and the connection is
// closed. A shorter [http.Server.ReadTimeout] counts first. It has no effect when
// the [http.ResponseWriter] has no deadlines, as behind some middleware.
func WithBodyTimeout(d time.Duration) CallbackOption {
	return func(c *callbackConfig) error {
		if d <= 0 {
			return fmt.Errorf("WithBodyTimeout: %v is not a positive duration", d)
		}
		c.timeout = d
		return nil
	}
}

// WithCallbackClock replaces [time.Now] for the timestamp window and for the
// timestamps of replies.
func WithCallbackClock(now func() time.Time) CallbackOption {
	return func(c *callbackConfig) error {
		if now == nil {
			return errors.New("WithCallbackClock: the function is nil")
		}
		c.now = now
		return nil
	}
}

// WithCallbackLogger makes [Callback.Handler] log why it refused a push (warn)
// and which event a handler failed on or could not be read (error). Without it
// nothing is logged but the panics of handlers and pushes that could not be read,
// by [slog.Default]. No key, signature or content of a push is logged, but a
// handler's own error is, in its own words.
func WithCallbackLogger(logger *slog.Logger) CallbackOption {
	return func(c *callbackConfig) error {
		if logger == nil {
			return errors.New("WithCallbackLogger: the logger is nil")
		}
		c.logger = logger
		return nil
	}
}
