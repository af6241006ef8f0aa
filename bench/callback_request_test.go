package bench

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

// BenchmarkCallbackRequest is a push over loopback from the request to the
// acknowledgement: HTTP, decryption, the typed event, its dispatcher and the
// encrypted answer. Pushes are repeats, which the dispatcher is told to ignore.
func BenchmarkCallbackRequest(b *testing.B) {
	callback, err := dingoa.NewCallback(callbackToken, encodingAESKey, []string{ownerKey})
	if err != nil {
		b.Fatal(err)
	}
	dispatcher, err := event.NewDispatcher(event.On(nothing), event.WithDeduper(nil))
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(callback.Handler(dispatcher))
	defer server.Close()
	push, err := callback.Encrypt(smallEvent())
	if err != nil {
		b.Fatal(err)
	}
	address := server.URL + "/?signature=" + push.MsgSignature + "&timestamp=" + push.TimeStamp + "&nonce=" + push.Nonce
	body := []byte(`{"encrypt":"` + push.Encrypt + `"}`)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, address, bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			resp, err := server.Client().Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("the answer is %s", resp.Status)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
