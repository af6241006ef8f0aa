package dingoa

import (
	"context"
	"crypto/md5" //nolint:gosec // the checksum that the vendor takes
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// What a transfer reads: the caller's content, once or several times, and the
// file host's, both under watch.

// upload is the content of one upload, over all of its attempts.
type upload struct {
	req    *UploadRequest
	seeker io.Seeker // nil when the content can be read only once
	start  int64
	told   int64 // the progress so far
	err    error // what is wrong with the content
	lost   bool  // a read was still under way when the call was given up
}

func (u *upload) mayRepeat() bool { return u.seeker != nil && !u.lost && u.err == nil }

func newUpload(req *UploadRequest) *upload {
	up := &upload{req: req}
	if seeker, ok := req.Content.(io.Seeker); ok {
		if start, err := seeker.Seek(0, io.SeekCurrent); err == nil { // a pipe is an *os.File, too
			up.seeker, up.start = seeker, start
		}
	}
	return up
}

// checksum reads content that can be read twice, so that a wrong size is found
// before anything is sent. It is empty for other content.
func (u *upload) checksum(ctx context.Context) (string, error) {
	if u.seeker == nil {
		return "", nil
	}
	sum := md5.New() //nolint:gosec // the checksum that the vendor takes
	n, err := io.Copy(sum, io.LimitReader(&contextReader{ctx, u.req.Content}, u.req.Size+1))
	if err != nil {
		return "", contentError(err)
	}
	if n != u.req.Size {
		var p problems
		p.Add("Content", "has %s, but Size says %d", counted(n, u.req.Size), u.req.Size)
		return "", p.err(uploading)
	}
	return hex.EncodeToString(sum.Sum(nil)), u.rewind()
}

func counted(n, size int64) string {
	if n > size {
		return "more bytes"
	}
	return fmt.Sprintf("%d bytes", n)
}

func (u *upload) rewind() error {
	if _, err := u.seeker.Seek(u.start, io.SeekStart); err != nil {
		return contentError(err)
	}
	return nil
}

func contentError(err error) error {
	return fmt.Errorf("dingoa: %s: Content could not be read, nothing was committed: %w", uploading.Name, err)
}

func wrongSize(format string, args ...any) error {
	return &Error{Op: uploading.Name, Kind: ErrInvalidArgument, Message: fmt.Sprintf(format, args...) + "; nothing was committed"}
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context //nolint:containedctx // it lives as long as the call
	r   io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// uploadBody is the content as one attempt reads it. The transport may go on
// reading after it has answered; end makes sure that it does not touch the
// content any more.
type uploadBody struct {
	up      *upload
	watch   *progressWatch
	sent    int64
	reading chan struct{} // held while the content is read

	mu    sync.Mutex
	ended bool
}

func (u *upload) body(watch *progressWatch) *uploadBody {
	return &uploadBody{up: u, watch: watch, reading: make(chan struct{}, 1)}
}

var errEnded = errors.New("the transfer has ended")

// end waits for a read that is under way. When the call is given up before it
// is over, it reports false, and nothing of the upload may be looked at any more.
func (b *uploadBody) end(ctx context.Context) bool {
	b.mu.Lock()
	b.ended = true
	b.mu.Unlock()
	select {
	case b.reading <- struct{}{}:
		return true
	default:
	}
	select {
	case b.reading <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// Read passes on the content until its announced end, which it checks before
// the last bytes leave.
func (b *uploadBody) Read(p []byte) (int, error) {
	select {
	case b.reading <- struct{}{}:
		defer func() { <-b.reading }()
	default:
		return 0, errEnded // there is one reader, so that only end can hold it
	}
	b.mu.Lock()
	ended := b.ended
	b.mu.Unlock()
	left := b.up.req.Size - b.sent
	switch {
	case ended:
		return 0, errEnded
	case left == 0:
		return 0, io.EOF
	}
	b.watch.pause() // a slow content is the caller's matter
	defer b.watch.moved()
	n, err := b.up.req.Content.Read(p[:min(int64(len(p)), left)])
	switch {
	case int64(n) == left:
		err = b.atEnd(err)
	case errors.Is(err, io.EOF):
		err = wrongSize("Content ended after %d of %d bytes", b.sent+int64(n), b.up.req.Size)
	case err != nil:
		err = contentError(err)
	}
	return b.passed(n, err)
}

// passed accounts for what was read, unless the upload has ended meanwhile.
func (b *uploadBody) passed(n int, err error) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.ended:
		return 0, errEnded
	case err != nil:
		b.up.err = err
		return 0, err
	}
	b.sent += int64(n)
	if b.up.req.Progress != nil && b.sent > b.up.told {
		b.up.told = b.sent
		b.up.req.Progress(b.sent, b.up.req.Size)
	}
	return n, nil
}

// atEnd looks whether the content goes on although it should be over.
func (b *uploadBody) atEnd(err error) error {
	if err == nil {
		var more [1]byte
		var n int
		n, err = io.ReadFull(b.up.req.Content, more[:])
		if n > 0 {
			return wrongSize("Content goes on after the %d bytes of Size", b.up.req.Size)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return contentError(err)
}

// progressWatch ends a transfer on which nothing moves.
type progressWatch struct {
	timer *time.Timer
	limit time.Duration
	stop  func()
}

var errStalled = fmt.Errorf("nothing moved for the client's time limit: %w", context.DeadlineExceeded)

func watchProgress(ctx context.Context, limit time.Duration) (context.Context, *progressWatch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &progressWatch{limit: limit}
	w.timer = time.AfterFunc(limit, func() { cancel(errStalled) })
	w.stop = func() {
		w.timer.Stop()
		cancel(nil)
	}
	return ctx, w
}

func (w *progressWatch) pause() { w.timer.Stop() }
func (w *progressWatch) moved() { w.timer.Reset(w.limit) }

// watchedReader counts the time only while it waits for the other side.
type watchedReader struct {
	r     io.Reader
	watch *progressWatch
}

func (r *watchedReader) Read(p []byte) (int, error) {
	r.watch.moved()
	defer r.watch.pause()
	return r.r.Read(p)
}
