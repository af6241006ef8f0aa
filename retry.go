package dingoa

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/dingoa/dingoa/operation"
)

// refusedToken reports whether a new token could cure err.
func refusedToken(err error) bool {
	var e *Error
	return errors.As(err, &e) && (tokenRefused(e.SubCode) || tokenRefused(e.Code) || (e.HTTPStatus == http.StatusUnauthorized && e.Code == ""))
}

// maxWait is the longest wait that a reply may ask for.
const maxWait = time.Minute

// mayRetry reports whether sending again can do no harm and might help.
func mayRetry(op operation.Spec, err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch {
	case e.RetryAfter > maxWait:
		return false // the caller decides over a wait that long
	case errors.Is(e.Kind, ErrRateLimited), notSent(e.Err):
		return true // refused at the door: nothing was executed
	case !op.Idempotent, errors.Is(e.Err, context.Canceled), errors.Is(e.Err, errReplyTooLarge):
		return false
	}
	return e.HTTPStatus == 0 || (errors.Is(e.Kind, ErrServer) && !redirected(e.HTTPStatus))
}

// notSent reports a failure before the first byte of the request: no
// connection, no proxy, or a server that could not prove who it is.
func notSent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch)
}

// backoff is the wait before retry n: what the reply asked for; a second,
// doubling, when the vendor throttles, as it advises; else much less.
func backoff(n int, err error) time.Duration {
	var e *Error
	errors.As(err, &e)
	base := 200 * time.Millisecond
	switch {
	case e.RetryAfter > 0:
		return e.RetryAfter
	case errors.Is(e.Kind, ErrRateLimited):
		base = time.Second
	}
	base <<= min(n, 6) - 1
	return base + rand.N(base/4) //nolint:gosec // jitter, not a secret
}

// fits reports whether there is time left after the wait. If not, the vendor's
// error is better than the context's.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || time.Until(deadline) > wait)
}

// pauseBefore waits before retry n of what failed with err. Its error is why no
// retry is made: err itself when the wait is too long.
func pauseBefore(ctx context.Context, n int, err error) error {
	wait := backoff(n, err)
	if wait > maxWait || !fits(ctx, wait) {
		return err
	}
	if ctxErr := pause(ctx, wait); ctxErr != nil {
		return gaveUp(err, ctxErr)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
