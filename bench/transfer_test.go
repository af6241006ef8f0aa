package bench

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// BenchmarkTransfer1GB takes a file of zeros up and down over loopback. Its
// peak-MB is the largest heap that was seen meanwhile, the other side included.
func BenchmarkTransfer1GB(b *testing.B) {
	const size = 1 << 30
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply := any(nil)
		addresses := map[string]any{"resourceUrls": []string{server.URL + "/file"}}
		switch {
		case r.Method == http.MethodPut:
			_, _ = io.Copy(io.Discard, r.Body)
			return
		case r.Method == http.MethodGet:
			w.Header().Set("Content-Length", strconv.Itoa(size))
			_, _ = io.Copy(w, io.LimitReader(zeros{}, size))
			return
		case strings.HasSuffix(r.URL.Path, "/infos/query"):
			reply = map[string]any{"success": true, "result": map[string]any{"spaceId": 1}}
		case strings.HasSuffix(r.URL.Path, "/uploadInfos/query"):
			reply = map[string]any{"uploadKey": "key", "headerSignatureInfo": addresses}
		case strings.HasSuffix(r.URL.Path, "/commit"):
			reply = map[string]any{"dentry": map[string]any{"id": "1"}}
		default:
			reply = map[string]any{"success": true, "result": map[string]any{"downloadUri": server.URL + "/file"}}
		}
		_ = json.NewEncoder(w).Encode(reply)
	}))
	defer server.Close()
	c, err := dingoa.New("", "", dingoa.WithTokenSource(dingoa.StaticToken(accessToken)), dingoa.WithBaseURL(server.URL), dingoa.WithHTTPClient(server.Client()))
	require.NoError(b, err)
	for name, transfer := range map[string]func() (int64, error){
		"up": func() (int64, error) {
			file, err := c.Files.Upload(b.Context(), dingoa.UploadRequest{
				UserID: "u", UnionID: "u", Name: "zeros.bin", Size: size, Content: io.LimitReader(zeros{}, size),
			})
			if err != nil {
				return 0, err
			}
			return file.FileSize, nil
		},
		"down": func() (int64, error) {
			return c.Files.Download(b.Context(), dingoa.DownloadRequest{InstanceID: "i", FileID: "1"}, io.Discard)
		},
	} {
		b.Run(name, func(b *testing.B) {
			peak, stop := heapPeak()
			b.SetBytes(size)
			for b.Loop() {
				n, err := transfer()
				require.NoError(b, err)
				require.EqualValues(b, size, n)
			}
			stop()
			b.ReportMetric(float64(peak.Load())/(1<<20), "peak-MB")
		})
	}
}

// heapPeak watches the heap until it is stopped.
func heapPeak() (*atomic.Uint64, func()) {
	var peak atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc))
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return &peak, func() {
		close(stop)
		<-stopped
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
