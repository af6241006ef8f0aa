package chaos_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing/iotest"
)

// network is what lies between DingTalk and the app's callbacks: it sends
// pushes to one process or the other, as a load balancer does, doubles some
// side by side, and loses answers. What else happens to events the emulator does.
type network struct {
	client    *http.Client
	next      atomic.Int64
	mu        sync.Mutex
	addresses []string

	pushes, cut, doubled atomic.Int64
}

func (n *network) add(address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addresses = append(n.addresses, address)
}

func (n *network) remove(address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addresses = slices.DeleteFunc(n.addresses, func(a string) bool { return a == address })
}

func (n *network) address() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.addresses) == 0 {
		return ""
	}
	return n.addresses[int(n.next.Add(1))%len(n.addresses)]
}

// ServeHTTP takes a push of the emulator.
func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.pushes.Add(1)
	var body bytes.Buffer
	_, broken := body.ReadFrom(r.Body)
	send := func() (reply, error) {
		if broken != nil { // the app sees it break at the same place
			return n.forward(r, io.MultiReader(bytes.NewReader(body.Bytes()), iotest.ErrReader(broken)))
		}
		return n.forward(r, bytes.NewReader(body.Bytes()))
	}
	switch luck := rand.IntN(100); {
	case luck < 10:
		n.cut.Add(1)
		_, _ = send()
		panic(http.ErrAbortHandler)
	case luck < 20:
		n.doubled.Add(1)
		var twin sync.WaitGroup
		twin.Go(func() { _, _ = send() })
		defer twin.Wait()
	}
	reply, err := send()
	if err != nil {
		http.Error(w, "nobody is there", http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(reply.status)
	_, _ = w.Write(reply.body)
}

type reply struct {
	status int
	body   []byte
}

func (n *network) forward(r *http.Request, body io.Reader) (reply, error) {
	// The push is on its way, whether DingTalk waits or not.
	ctx := context.WithoutCancel(r.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+n.address()+"/?"+r.URL.RawQuery, body)
	if err != nil {
		return reply{}, err
	}
	req.ContentLength = r.ContentLength
	resp, err := n.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, answer}, err
}
