package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// certificate writes one for localhost, signed by itself.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(cert, certPEM, 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
	pool = x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(certPEM))
	return cert, key, pool
}

// With a certificate everything is TLS: calls, files and the WebSocket of stream
// mode, which some clients of other languages open as wss only.
func TestServeTLS(t *testing.T) {
	t.Parallel()
	cert, key, pool := certificate(t)
	r := startServe(t, nil, "--json", "--tls-cert", cert, "--tls-key", key)
	require.True(t, strings.HasPrefix(r.URL, "https://localhost:"), r.URL)
	hc := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	t.Cleanup(hc.CloseIdleConnections)
	client := r.client(t, r.AppSecret, dingoa.WithHTTPClient(hc))
	ctx, cancel := context.WithCancel(t.Context())
	received := make(chan event.InstanceChange, 1)
	dispatcher, err := event.NewDispatcher(event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
		received <- c
		return nil
	}))
	require.NoError(t, err)
	connected := make(chan stream.State, 100)
	consumer, err := stream.New(client, dispatcher, stream.WithHook(stream.Hook{
		Connection: func(c stream.ConnectionChange) { connected <- c.State },
	}))
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- consumer.Run(ctx) }()
	waitFor(connected, stream.StateConnected)
	created, err := client.Instances.Create(t.Context(), leave())
	require.NoError(t, err)
	require.Equal(t, created.InstanceID, (<-received).InstanceID)
	_, err = client.Files.Upload(t.Context(), dingoa.UploadRequest{UserID: "lisi", Name: "a.txt", Size: 1, Content: strings.NewReader("a")})
	require.NoError(t, err)
	cancel()
	require.NoError(t, <-ended)
	require.Equal(t, exitOK, r.stop())
}

// Another Host is another site's page; with --allow-public it may be a name that
// other machines know.
func TestServeChecksTheHost(t *testing.T) {
	t.Parallel()
	status := func(r *running, host string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL+"/v1.0/oauth2/accessToken",
			strings.NewReader(`{"appKey":"`+company.DefaultAppKey+`","appSecret":"`+company.DefaultAppSecret+`"}`))
		require.NoError(t, err)
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode
	}
	r := startServe(t, nil, "--json", "--host", "dingoa.test")
	require.Equal(t, http.StatusOK, status(r, ""))
	require.Equal(t, http.StatusOK, status(r, "dingoa.test:9898"))
	require.Equal(t, http.StatusForbidden, status(r, "attacker.test"))
	require.Equal(t, http.StatusOK, status(startServe(t, nil, "--json", "--allow-public"), "anything.test"))
}

// The emulator's clock may be months behind: what a program checks about a push is
// of today.
func TestServeSignsByTheRealClock(t *testing.T) {
	t.Parallel()
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{"dingsampleapp"},
		dingoa.WithTimestampWindow(5*time.Minute))
	require.NoError(t, err)
	received := make(chan *event.Event, 10)
	receiver := httptest.NewServer(callback.Handler(event.HandlerFunc(func(_ context.Context, e *event.Event) error {
		received <- e
		return nil
	})))
	t.Cleanup(receiver.Close)
	r := startServe(t, nil, "--json", "--seed", "../../examples/seed.yaml", "--callback-url", receiver.URL)
	status, reply := r.admin(t, http.MethodPost, "instances/sample-leave-running/approve", `{"userId":"lisi"}`)
	require.Equal(t, http.StatusOK, status, reply)
	require.Equal(t, 2026, (<-received).Time.Year())
	require.Equal(t, exitOK, r.stop())
}

// Whoever connects while a callback is set would wait for ever without a word.
func TestServeWarnsOfStreamBesideACallback(t *testing.T) {
	t.Parallel()
	r := startServe(t, nil, "--json", "--callback-url", "http://127.0.0.1:1/cb")
	dispatcher, err := event.NewDispatcher()
	require.NoError(t, err)
	consumer, err := stream.New(r.client(t, r.AppSecret), dispatcher)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- consumer.Run(ctx) }()
	r.stderr.waitFor(t, "connected in stream mode, but a callback is set")
	_, streams := r.admin(t, http.MethodGet, "streams", "")
	require.Contains(t, streams["callback"], "url")
	cancel()
	require.NoError(t, <-ended)
	require.Equal(t, exitOK, r.stop())
}
