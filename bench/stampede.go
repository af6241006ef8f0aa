package bench

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dingoa/dingoa"
)

// tokenTransport answers the token endpoint after a while, and everything else
// at once.
type tokenTransport struct{ requests atomic.Int64 }

func (t *tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	reply := `{"result":{"status":"RUNNING"},"success":true}`
	if strings.HasPrefix(r.URL.Path, "/v1.0/oauth2/") {
		t.requests.Add(1)
		select {
		case <-time.After(50 * time.Millisecond):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		reply = `{"accessToken":"` + accessToken + `","expireIn":7200}`
	}
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: jsonHeader(), Request: r, Body: io.NopCloser(strings.NewReader(reply))}, nil
}

// Stampede lets many callers find at once that the token has expired, and
// counts the requests for a new one.
func Stampede(callers int) (tokenRequests int64, err error) {
	var clock atomic.Int64
	begun := time.Now()
	transport := &tokenTransport{}
	c, err := dingoa.New("key", "secret",
		dingoa.WithHTTPClient(&http.Client{Transport: transport}),
		dingoa.WithClock(func() time.Time { return begun.Add(time.Duration(clock.Load())) }))
	if err != nil {
		return 0, err
	}
	ctx := context.Background()
	if _, err := c.Instances.Get(ctx, instanceID); err != nil {
		return 0, err
	}
	if n := transport.requests.Swap(0); n != 1 {
		return 0, errors.New("the first call did not fetch a token")
	}
	clock.Add(int64(3 * time.Hour))

	errs := make([]error, callers)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			<-start
			_, errs[i] = c.Instances.Get(ctx, instanceID)
		})
	}
	close(start)
	group.Wait()
	return transport.requests.Load(), errors.Join(errs...)
}
