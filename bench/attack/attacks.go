//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

const head = "POST /dingtalk/callback?signature=a&timestamp=1&nonce=b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

func lengthHead(length int) string { return fmt.Sprintf("%sContent-Length: %d\r\n\r\n", head, length) }

func chunkedHead(size int) string {
	return fmt.Sprintf("%sTransfer-Encoding: chunked\r\n\r\n%x\r\n", head, size)
}

// halfBodies opens n connections that send a head and a part of a body, and then
// nothing, while genuine pushes come.
func halfBodies(ctx context.Context, n int, head string, sent int) (result, error) {
	p, err := start(ctx, roleCallback)
	if err != nil {
		return result{}, err
	}
	defer p.stop()
	request := []byte(head + strings.Repeat("x", sent))
	most := p.watch()
	stopPushing := pushMeanwhile(ctx, p.address)
	conns, err := openAll(ctx, p.address, n, request)
	if err != nil {
		return result{}, err
	}
	opened := time.Now()
	for _, conn := range conns {
		if err := conn.SetReadDeadline(opened.Add(4 * closedWithin)); err != nil {
			return result{}, err
		}
		if _, err := io.Copy(io.Discard, conn); isTimeout(err) {
			return result{}, fmt.Errorf("a connection is still there %s after the last was opened", time.Since(opened))
		}
		_ = conn.Close()
	}
	r := stopPushing()
	r.closed, r.memory = time.Since(opened), most()
	return r, ctx.Err()
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// openAll opens connections, 64 at a time, and sends the same over each. What the
// server does not take in a second is left.
func openAll(ctx context.Context, address string, n int, request []byte) ([]net.Conn, error) {
	conns, errs := make([]net.Conn, n), make([]error, n)
	var opening sync.WaitGroup
	slots := make(chan struct{}, 64)
	for i := range n {
		slots <- struct{}{}
		opening.Go(func() {
			defer func() { <-slots }()
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
			if err != nil {
				errs[i] = err
				return
			}
			conns[i] = conn
			_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = conn.Write(request) // it may be refused before its end
		})
	}
	opening.Wait()
	return conns, errors.Join(errs...)
}

// pushMeanwhile sends a genuine push every tenth of a second until it is stopped.
func pushMeanwhile(ctx context.Context, address string) (stop func() result) {
	done, results := make(chan struct{}), make(chan result)
	go func() {
		var r result
		client := &http.Client{Timeout: 5 * time.Second}
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			began := time.Now()
			r.pushes++
			if push(ctx, client, address, i) != nil {
				r.unanswered++
			}
			r.slowest = max(r.slowest, time.Since(began))
			select {
			case <-tick.C:
			case <-done:
				client.CloseIdleConnections()
				results <- r
				return
			}
		}
	}()
	return func() result { close(done); return <-results }
}

func push(ctx context.Context, client *http.Client, address string, i int) error {
	callback := emulator.Callback{URL: "http://" + address + "/dingtalk/callback"}
	req, err := callback.NewRequest(ctx, map[string]any{
		"EventType": "bpms_instance_change", "type": "start", "processInstanceId": fmt.Sprint("id-", i), "eventId": fmt.Sprint("event-", i),
	})
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	return nil
}

// uploads begins n uploads of size bytes each to the emulator, and stops after a
// part.
func uploads(ctx context.Context, n, size, part int) (result, error) {
	p, err := start(ctx, roleEmulator)
	if err != nil {
		return result{}, err
	}
	defer p.stop()
	base := "http://" + p.address
	client, err := dingoa.New(company.DefaultAppKey, company.DefaultAppSecret, dingoa.WithBaseURL(base), dingoa.WithLegacyBaseURL(base))
	if err != nil {
		return result{}, err
	}
	most := p.watch()
	var uploading sync.WaitGroup
	errs := make([]error, n)
	stopped := &stopping{left: n, at: make(chan struct{})}
	for i := range n {
		uploading.Go(func() {
			_, errs[i] = client.Files.Upload(ctx, dingoa.UploadRequest{
				UserID: company.DefaultOriginator, Name: fmt.Sprint(i, ".bin"), Size: int64(size),
				Content: &stoppingReader{left: part, stopping: stopped, ctx: ctx},
			})
		})
	}
	<-stopped.at
	uploading.Wait() // the server ends them
	r := result{memory: most()}
	for _, err := range errs {
		if err == nil {
			return r, errors.New("an upload that stopped was taken")
		}
	}
	return r, ctx.Err()
}

// stopping closes at once all readers have given their part.
type stopping struct {
	mu   sync.Mutex
	left int
	at   chan struct{}
}

func (s *stopping) one() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left == 0 {
		close(s.at)
	}
}

// stoppingReader gives zeros and then nothing any more, for a time.
type stoppingReader struct {
	left     int
	stopping *stopping
	ctx      context.Context //nolint:containedctx // of the reads
	once     sync.Once
}

// Read implements io.Reader.
func (r *stoppingReader) Read(b []byte) (int, error) {
	if r.left == 0 {
		r.once.Do(r.stopping.one)
		select {
		case <-r.ctx.Done():
		case <-time.After(closedWithin + time.Second):
		}
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(b), r.left)
	clear(b[:n])
	r.left -= n
	return n, nil
}

// flood sends a consumer events of nearly 1 MB and pings, as fast as it takes
// them, and reads nothing of what it says.
func flood(ctx context.Context) (result, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return result{}, err
	}
	gateway := &http.Server{Handler: floodGateway(listener.Addr().String()), ReadHeaderTimeout: closedWithin}
	go func() { _ = gateway.Serve(listener) }()
	defer func() { _ = gateway.Close() }()
	p, err := start(ctx, roleStream, listener.Addr().String())
	if err != nil {
		return result{}, err
	}
	defer p.stop()
	most := p.watch()
	select {
	case <-time.After(closedWithin):
	case <-ctx.Done():
	}
	return result{memory: most()}, ctx.Err()
}

func floodGateway(address string) http.HandlerFunc {
	remark := bytes.Repeat([]byte("x"), 900<<10)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = fmt.Fprintf(w, `{"endpoint":"ws://%s/connect","ticket":"t"}`, address)
			return
		}
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		for i := 0; ; i++ {
			frame := fmt.Sprintf(`{"specVersion":"1.0","type":"EVENT","headers":{"topic":"*","messageId":"%d","eventType":"bpms_task_change","eventId":"%d","eventBornTime":"1667991165000"},"data":"{\"processInstanceId\":\"%d\",\"type\":\"finish\",\"remark\":\"%s\"}"}`, i, i, i, remark)
			if conn.WriteMessage(websocket.TextMessage, []byte(frame)) != nil ||
				conn.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(time.Second)) != nil {
				return
			}
		}
	}
}
