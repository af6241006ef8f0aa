package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
)

const manyInstances = 100_000

func fill(b *testing.B, s *emulator.Server) {
	b.Helper()
	require.NoError(b, emulator.Fill(s, manyInstances))
}

// BenchmarkInstanceList is a page of the admin API's list, of 100,000 approvals.
func BenchmarkInstanceList(b *testing.B) {
	s, err := emulator.New(emulator.WithAdmin())
	require.NoError(b, err)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	fill(b, s)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for name, query := range map[string]string{
		"newest": "", "oldest": "?offset=99980", "filter": "?status=COMPLETED&waitsFor=wangwu", "search": "?q=第4711次", "overview": "",
	} {
		path := "instances"
		if name == "overview" {
			path = name
		}
		b.Run(name, func(b *testing.B) {
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-heap")
			for b.Loop() {
				w := httptest.NewRecorder()
				s.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, adminURL+path+query, nil))
				require.Equal(b, http.StatusOK, w.Code)
			}
		})
	}
}

// BenchmarkOpenState starts a server from a state file of 100,000 approvals.
func BenchmarkOpenState(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state")
	s, err := emulator.New(emulator.WithState(path))
	require.NoError(b, err)
	fill(b, s)
	require.NoError(b, s.Close())
	info, err := os.Stat(path)
	require.NoError(b, err)
	for b.Loop() {
		s, err := emulator.New(emulator.WithState(path))
		require.NoError(b, err)
		require.NoError(b, s.Close())
	}
	b.ReportMetric(float64(info.Size())/1e6, "MB-file")
}

// BenchmarkLoopback creates and reads approvals over a socket.
func BenchmarkLoopback(b *testing.B) {
	for name, opts := range map[string][]emulator.Option{
		"memory": nil,
		"state":  {emulator.WithState(filepath.Join(b.TempDir(), "state"))},
	} {
		s, err := emulator.New(opts...)
		require.NoError(b, err)
		base, err := s.Listen("")
		require.NoError(b, err)
		c, err := dingoa.New(s.App().AppKey, s.App().AppSecret, dingoa.WithBaseURL(base))
		require.NoError(b, err)
		id := ""
		b.Run("create/"+name, func(b *testing.B) {
			for b.Loop() {
				resp, err := c.Instances.Create(b.Context(), leave())
				require.NoError(b, err)
				id = resp.InstanceID
			}
		})
		b.Run("get/"+name, func(b *testing.B) {
			for b.Loop() {
				_, err := c.Instances.Get(b.Context(), id)
				require.NoError(b, err)
			}
		})
		require.NoError(b, s.Close())
	}
}
