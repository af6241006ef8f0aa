package emulator_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
)

// dialTCP opens a connection to a server that listens.
func dialTCP(t *testing.T, base string) net.Conn {
	t.Helper()
	u, err := url.Parse(base)
	require.NoError(t, err)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// answerOf reads the answer on a connection, and whether it ends then.
func answerOf(t *testing.T, conn net.Conn) (status int, body string, ended bool) {
	t.Helper()
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, err = in.ReadByte()
	return resp.StatusCode, string(text), err != nil && !os.IsTimeout(err)
}

// beginUpload returns the address for an upload of lisi's, with its signature.
func beginUpload(t *testing.T, s *emulator.Server) (path, authorization string) {
	t.Helper()
	require.Equal(t, 200, call(t, s, http.MethodPost, fileCalls+"infos/query", object{"userId": "lisi"}).status)
	r := call(t, s, http.MethodPost, "/v1.0/storage/spaces/3000000163/files/uploadInfos/query?unionId=unionid-lisi",
		object{"protocol": "HEADER_SIGNATURE", "multipart": false})
	require.Equal(t, 200, r.status, "%s", r.body)
	u, err := url.Parse(dig[string](t, r.object, "headerSignatureInfo", "resourceUrls", 0))
	require.NoError(t, err)
	return u.Path, dig[string](t, r.object, "headerSignatureInfo", "headers", "Authorization")
}

// Nothing of an upload is read that nobody announced, or that is too large.
func TestUploadsAreRefusedUnread(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	base, err := s.Listen("")
	require.NoError(t, err)
	path, authorization := beginUpload(t, s)
	for name, tc := range map[string]struct {
		path, authorization string
		size                int
		code                string
	}{
		"unknown key":     {"/oss/uploads/unknown", authorization, 255 << 20, "NoSuchKey"},
		"wrong signature": {path, "OSS emulator:0", 255 << 20, "SignatureDoesNotMatch"},
		"too large":       {path, authorization, 257 << 20, "EntityTooLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dialTCP(t, base)
			_, err := fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\nbegun", tc.path, tc.authorization, tc.size)
			require.NoError(t, err)
			_, body, ended := answerOf(t, conn)
			require.Contains(t, body, tc.code)
			require.True(t, ended)
		})
	}
}

// Uploads that were begun take no memory to speak of, and those that stop are
// ended.
func TestUnfinishedUploads(t *testing.T) {
	// Not parallel: it looks at the memory of the whole process.
	s := newServer(t)
	emulator.SetBodyTime(s, time.Second)
	base, err := s.Listen("")
	require.NoError(t, err)
	before := heap()
	var conns []net.Conn
	part := make([]byte, 1<<20)
	for range 8 {
		path, authorization := beginUpload(t, s)
		conn := dialTCP(t, base)
		_, err := fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n", path, authorization, 255<<20)
		require.NoError(t, err)
		for range 16 {
			_, err := conn.Write(part)
			require.NoError(t, err)
		}
		conns = append(conns, conn)
	}
	require.Less(t, heap()-before, int64(32<<20))
	for _, conn := range conns {
		status, body, ended := answerOf(t, conn)
		require.Equal(t, 400, status)
		require.Contains(t, body, "IncompleteBody")
		require.True(t, ended)
	}
}

// heap is how much memory is in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// What is larger than the memory for it comes back as it was sent.
func TestLargeUpload(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithAdmin())
	content := bytes.Repeat([]byte("0123456789abcde\n"), 20_000)
	for _, size := range []int{16<<10 - 1, 16 << 10, 16<<10 + 1, len(content)} {
		uploaded, err := newClient(t, s).Files.Upload(t.Context(), dingoa.UploadRequest{
			UserID: "lisi", Name: "a.txt", Size: int64(size), Content: bytes.NewReader(content[:size]),
		})
		require.NoError(t, err)
		stored, ok := s.File(uploaded.FileID)
		require.True(t, ok)
		require.Equal(t, content[:size], stored.Content)
	}
	require.NoError(t, s.Reset())
}

// beginBody sends 4 MB of a body of 8 MB, as far as they are taken.
func beginBody(t *testing.T, base, path string) net.Conn {
	t.Helper()
	conn := dialTCP(t, base)
	_, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", path, 8<<20)
	require.NoError(t, err)
	part := []byte(strings.Repeat("x", 1<<20))
	for range 4 {
		if _, err := conn.Write(part); err != nil {
			break // refused
		}
	}
	return conn
}

// ended waits until the server answers or cuts the connection off: a reset may
// overtake the answer, as there was more to be read.
func ended(conn net.Conn, within time.Duration) bool {
	_ = conn.SetReadDeadline(time.Now().Add(within))
	_, err := conn.Read(make([]byte, 1))
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// Bodies that were begun and stop share 64 MB; small ones are always taken.
func TestUnfinishedBodies(t *testing.T) {
	// Not parallel: it looks at the memory of the whole process.
	s := newServer(t, emulator.WithAdmin())
	emulator.SetBodyTime(s, time.Hour)
	base, err := s.Listen("")
	require.NoError(t, err)
	before := heap()
	const bodies = 24
	refused := make(chan bool, bodies)
	for i := range bodies {
		conn := beginBody(t, base, []string{"/_emulator/files", "/v1.0/oauth2/accessToken"}[i%2])
		go func() { refused <- ended(conn, time.Minute) }()
	}
	for range bodies / 2 { // 8 MB each, of which 8 fit
		require.True(t, <-refused)
	}
	require.Less(t, heap()-before, int64(100<<20))
	hc := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(hc.CloseIdleConnections)
	create(t, newClient(t, s, dingoa.WithBaseURL(base), dingoa.WithLegacyBaseURL(base), dingoa.WithHTTPClient(hc)), leave())
}

// A body that stops is ended.
func TestUnfinishedBodyHasItsTime(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithAdmin())
	emulator.SetBodyTime(s, 100*time.Millisecond)
	base, err := s.Listen("")
	require.NoError(t, err)
	for _, path := range []string{"/_emulator/files", "/v1.0/oauth2/accessToken"} {
		require.True(t, ended(beginBody(t, base, path), time.Minute))
	}
}
