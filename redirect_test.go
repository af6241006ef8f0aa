package dingoa_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// No call follows a redirect: its address and headers hold credentials, its body
// form content.
func TestCallsFollowNoRedirect(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Add(1)
		_, _ = w.Write([]byte(`{"errcode":0,"success":true,"accessToken":"t","access_token":"t","expireIn":7200}`))
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "oken") && status != 308 {
				_, _ = w.Write([]byte(`{"errcode":0,"accessToken":"t","access_token":"t","expireIn":7200}`))
				return
			}
			w.Header().Set("Location", other.URL+r.URL.String())
			w.WriteHeader(status)
		}))
		c, err := dingoa.New(appKey, appSecret, dingoa.WithBaseURL(here.URL), dingoa.WithLegacyBaseURL(here.URL),
			dingoa.WithMaxRetries(0), dingoa.WithHTTPClient(here.Client()))
		require.NoError(t, err)
		_, err = c.Instances.Get(t.Context(), "p")
		require.Error(t, err)
		_, err = c.Callbacks.FailedPushes(t.Context())
		require.Error(t, err)
		require.Zero(t, elsewhere.Load(), status)
		here.Close()
	}
}
