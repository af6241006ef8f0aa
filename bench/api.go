package bench

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dingoa/dingoa"
)

// job is one API call in both ways, and the reply that it gets.
type job struct {
	reply  []byte
	dingoa func(ctx context.Context, c *dingoa.Client) error
	raw    func(ctx context.Context, c *rawClient) error
}

func createJob() job {
	req := createRequest()
	raw := rawCreateRequestOf(req)
	return job{
		reply: []byte(createReply),
		dingoa: func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Instances.Create(ctx, req)
			return err
		},
		raw: func(ctx context.Context, c *rawClient) error {
			_, err := c.create(ctx, raw)
			return err
		},
	}
}

func getJob() job {
	return job{
		reply: getReply(),
		dingoa: func(ctx context.Context, c *dingoa.Client) error {
			_, err := c.Instances.Get(ctx, instanceID)
			return err
		},
		raw: func(ctx context.Context, c *rawClient) error {
			_, err := c.get(ctx, instanceID)
			return err
		},
	}
}

// memoryPair runs the job without a socket: what remains is the client's cost.
func memoryPair(name string, j job, goals ...Goal) Pair {
	hc := &http.Client{Transport: memoryTransport{body: j.reply, header: jsonHeader()}}
	return Pair{
		Name:  name,
		Goals: goals,
		Dingoa: func(b *testing.B) {
			b.Helper()
			runDingoa(b, j, hc, baseURL)
		},
		Raw: func(b *testing.B) {
			b.Helper()
			runRaw(b, j, hc, baseURL)
		},
	}
}

// loopbackPair runs the job against a server in this process, over one kept
// connection. Both ways have the same transport.
func loopbackPair(name string, j job, goals ...Goal) Pair {
	return Pair{
		Name:  name,
		Goals: goals,
		Dingoa: func(b *testing.B) {
			b.Helper()
			hc, base := loopback(b, j.reply)
			runDingoa(b, j, hc, base)
		},
		Raw: func(b *testing.B) {
			b.Helper()
			hc, base := loopback(b, j.reply)
			runRaw(b, j, hc, base)
		},
	}
}

func runDingoa(b *testing.B, j job, hc *http.Client, base string) {
	b.Helper()
	c, err := dingoa.New("", "", dingoa.WithTokenSource(dingoa.StaticToken(accessToken)), dingoa.WithHTTPClient(hc), dingoa.WithBaseURL(base))
	if err != nil {
		b.Fatal(err)
	}
	loop(b, func(ctx context.Context) error { return j.dingoa(ctx, c) })
}

func runRaw(b *testing.B, j job, hc *http.Client, base string) {
	b.Helper()
	c := &rawClient{http: hc, base: base, token: accessToken}
	loop(b, func(ctx context.Context) error { return j.raw(ctx, c) })
}

func loop(b *testing.B, call func(ctx context.Context) error) {
	b.Helper()
	ctx := context.Background()
	if err := call(ctx); err != nil { // token, connection, pools
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := call(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// memoryTransport reads the request and answers from memory, at little cost of
// its own.
type memoryTransport struct {
	body   []byte
	header http.Header // read by the clients, not changed
}

func (t memoryTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: t.header, Request: r,
		ContentLength: int64(len(t.body)), Body: io.NopCloser(bytes.NewReader(t.body)),
	}, nil
}

func loopback(b *testing.B, reply []byte) (*http.Client, string) {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(reply)
	}))
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	b.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return &http.Client{Transport: transport}, server.URL
}
