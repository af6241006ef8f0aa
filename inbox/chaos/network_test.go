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
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
)

// network is what lies between DingTalk and the app: it loses pushes and
// answers, doubles and swallows them. It knows several processes, as a load
// balancer does.
type network struct {
	callback  *dingoa.Callback
	client    *http.Client
	next      atomic.Int64
	mu        sync.Mutex
	addresses []string

	pushes, lost, cut, doubled, swallowed atomic.Int64
}

func newNetwork() (*network, error) {
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey,
		[]string{emulator.DefaultAppKey}, dingoa.WithTimestampWindow(2*daysBehind*24*time.Hour))
	return &network{callback: callback, client: &http.Client{Transport: &http.Transport{}, Timeout: time.Second}}, err
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
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "no body", http.StatusBadRequest)
		return
	}
	switch luck := rand.IntN(100); {
	case luck < 10: // lost on the way; it comes again later, behind others
		n.lost.Add(1)
		panic(http.ErrAbortHandler)
	case luck < 20: // the answer is lost
		n.cut.Add(1)
		_, _ = n.forward(r, body)
		panic(http.ErrAbortHandler)
	case luck < 25: // nobody gets it, and DingTalk does not know
		n.swallowed.Add(1)
		n.acknowledge(w, r, body)
		return
	case luck < 40:
		n.doubled.Add(1)
		_, _ = n.forward(r, body)
	}
	reply, err := n.forward(r, body)
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

func (n *network) forward(r *http.Request, body []byte) (reply, error) {
	// The push is on its way, whether DingTalk waits or not.
	ctx := context.WithoutCancel(r.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+n.address()+"/?"+r.URL.RawQuery, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	resp, err := n.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, answer}, err
}

func (n *network) acknowledge(w http.ResponseWriter, r *http.Request, body []byte) {
	ignore := handlerFunc(func(context.Context, *dingoa.Event) error { return nil })
	r.Body = io.NopCloser(bytes.NewReader(body))
	n.callback.Handler(ignore).ServeHTTP(w, r)
}

type handlerFunc func(context.Context, *dingoa.Event) error

func (f handlerFunc) Dispatch(ctx context.Context, e *dingoa.Event) error { return f(ctx, e) }
