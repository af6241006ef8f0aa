package dingoa

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/dingoa/dingoa/internal/backoff"
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

// retryWait returns the wait before retry n: what the reply asked for; a second,
// doubling, when the vendor throttles, as it advises; else much less.
func retryWait(n int, err error) time.Duration {
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

// pauseBefore waits before retry n of what failed with err. Its error is why no
// retry is made: err itself when the wait is too long.
func pauseBefore(ctx context.Context, n int, err error) error {
	wait := retryWait(n, err)
	if wait > maxWait || !backoff.Fits(ctx, wait) {
		return err
	}
	if ctxErr := backoff.Pause(ctx, wait); ctxErr != nil {
		return gaveUp(err, ctxErr)
	}
	return nil
}
