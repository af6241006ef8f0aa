package dingoa_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/signon"
)

// recordingStore is a store in memory that can fail, and tells what it was asked.
type recordingStore struct {
	dingoa.TokenStore
	err error

	mu          sync.Mutex
	loads, keys []string
}

func newRecordingStore() *recordingStore {
	return &recordingStore{TokenStore: dingoa.NewMemoryTokenStore()}
}

func (s *recordingStore) Load(ctx context.Context, key string) (dingoa.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads = append(s.loads, key)
	if s.err != nil {
		return dingoa.Token{}, s.err
	}
	return s.TokenStore.Load(ctx, key)
}

func (s *recordingStore) Save(ctx context.Context, key string, token dingoa.Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
	if s.err != nil {
		return s.err
	}
	return s.TokenStore.Save(ctx, key, token)
}

func TestStoreIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		store := newRecordingStore()
		a := dt.client(t, dingoa.WithTokenStore(store))
		b := dt.client(t, dingoa.WithTokenStore(store))
		require.NoError(t, get(t.Context(), a))
		require.NoError(t, get(t.Context(), b))
		require.Len(t, dt.tokenRequests(), 1)

		pass(115 * time.Minute) // a renews, b finds it in the store
		require.NoError(t, get(t.Context(), a))
		synctest.Wait()
		require.NoError(t, get(t.Context(), b))
		synctest.Wait()
		require.NoError(t, get(t.Context(), b))
		require.Len(t, dt.tokenRequests(), 2)
		require.Equal(t, []string{"token-1", "token-1", "token-1", "token-1", "token-2"}, tokensSent(dt.sent()))
		require.Len(t, store.loads, 4, "a store is asked when a token is needed, not with every call")
	})
}

func TestClientsHaveAStoreOfTheirOwn(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, instance))
	require.NoError(t, get(t.Context(), dt.client(t)))
	require.NoError(t, get(t.Context(), dt.client(t)))
	require.Len(t, dt.tokenRequests(), 2)
}

func TestWithSharesTheStore(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, instance))
	parent := dt.client(t)
	child, err := parent.With(dingoa.WithMaxRetries(0))
	require.NoError(t, err)
	require.NoError(t, get(t.Context(), parent))
	require.NoError(t, get(t.Context(), child))
	require.Len(t, dt.tokenRequests(), 1)
}

func TestRefusedTokenOfAnotherProcess(t *testing.T) {
	t.Parallel()
	// Both have token-1; a has replaced it when b is refused.
	dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get(tokenHeader) == "token-1" {
			return answer(400, refused)(r)
		}
		return answer(200, instance)(r)
	})
	store := newRecordingStore()
	a := dt.client(t, dingoa.WithTokenStore(store))
	b := dt.client(t, dingoa.WithTokenStore(store))
	require.NoError(t, get(t.Context(), a))
	require.NoError(t, get(t.Context(), b))
	require.Len(t, dt.tokenRequests(), 2)
}

func TestStoreHoldsARefusedToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get(tokenHeader) == "stale" {
				return answer(400, refused)(r)
			}
			return answer(200, instance)(r)
		})
		store := &staleStore{token: dingoa.Token{Value: "stale", ExpiresAt: time.Now().Add(24 * time.Hour)}}
		c := dt.client(t, dingoa.WithTokenStore(store))
		for range 10 {
			require.NoError(t, get(t.Context(), c))
		}
		require.Equal(t, 2, store.loads)
		require.Len(t, dt.tokenRequests(), 1)
		require.Len(t, dt.sent(), 11)
	})
}

// staleStore always has the same token.
type staleStore struct {
	token dingoa.Token
	loads int
}

func (s *staleStore) Load(context.Context, string) (dingoa.Token, error) {
	s.loads++
	return s.token, nil
}

func (s *staleStore) Save(context.Context, string, dingoa.Token) error { return nil }

func TestStoreHoldsAnExpiredToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, left := range []time.Duration{-time.Hour, 0, 5 * time.Minute} {
			dt := newDingTalk(answer(200, instance))
			store := &staleStore{token: dingoa.Token{Value: "old", ExpiresAt: time.Now().Add(left)}}
			require.NoError(t, get(t.Context(), dt.client(t, dingoa.WithTokenStore(store))))
			require.Equal(t, []string{"token-1"}, tokensSent(dt.sent()), left)
		}
	})
}

func TestFailingStore(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, instance))
	store := newRecordingStore()
	store.err = errors.New("redis is down")
	c := dt.client(t, dingoa.WithTokenStore(store))
	require.NoError(t, get(t.Context(), c))
	require.NoError(t, get(t.Context(), c))
	require.Len(t, dt.tokenRequests(), 1)
	require.Len(t, store.loads, 1)
	require.Len(t, store.keys, 1)
}

// hangingStore answers when the context is done, like a network that swallows.
type hangingStore struct{}

func (hangingStore) Load(ctx context.Context, _ string) (dingoa.Token, error) {
	<-ctx.Done()
	return dingoa.Token{}, ctx.Err()
}

func (hangingStore) Save(ctx context.Context, _ string, _ dingoa.Token) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestHangingStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		begun := time.Now()
		require.NoError(t, get(t.Context(), dt.client(t, dingoa.WithTokenStore(hangingStore{}))))
		require.Less(t, time.Since(begun), 30*time.Second)
	})
}

func TestStoreIsNotUsedForASource(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, instance))
	store := newRecordingStore()
	c := dt.client(t, dingoa.WithTokenStore(store), dingoa.WithTokenSource(dingoa.StaticToken("mine")))
	require.NoError(t, get(t.Context(), c))
	require.Empty(t, store.loads)
	require.Empty(t, store.keys)
}

func TestStoreKeys(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"result":{"status":"RUNNING"},"success":"true","process_instance":{"status":"RUNNING"}}`))
	keyOf := func(key, secret string, opts ...dingoa.Option) string {
		store := newRecordingStore()
		c, err := dingoa.New(key, secret, append(opts, dingoa.WithTokenStore(store), dingoa.WithHTTPClient(&http.Client{Transport: dt}))...)
		require.NoError(t, err)
		require.NoError(t, get(t.Context(), c))
		require.Len(t, store.keys, 1)
		require.Equal(t, store.loads, store.keys)
		require.NotContains(t, store.keys[0], "SECRET")
		return store.keys[0]
	}
	keys := map[string]string{}
	for name, key := range map[string]string{
		"plain":        keyOf(appKey, appSecret),
		"other app":    keyOf("dingother", appSecret),
		"company a":    keyOf(appKey, appSecret, dingoa.WithCorpID("a")),
		"company b":    keyOf(appKey, appSecret, dingoa.WithCorpID("b")),
		"older":        keyOf(appKey, appSecret, dingoa.WithLegacyGateway()),
		"another host": keyOf(appKey, appSecret, dingoa.WithBaseURL("http://emulator.test")),
	} {
		require.NotContains(t, keys, key, name)
		keys[key] = name
	}
	require.Equal(t, keyOf(appKey, appSecret), keyOf(appKey, appSecret, dingoa.WithMaxRetries(0)))
}

// TestTenantsDoNotWaitForEachOther: the token of one company hangs.
func TestTenantsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dt := newDingTalk(answer(200, instance))
		fetch := dt.token
		dt.token = func(n int) httpmock.Responder {
			return func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/v1.0/oauth2/slow/token" {
					return after(20*time.Second, fetch(n))(r)
				}
				return fetch(n)(r)
			}
		}
		base := dt.client(t)
		slow, err := base.With(dingoa.WithCorpID("slow"))
		require.NoError(t, err)
		quick, err := base.With(dingoa.WithCorpID("quick"))
		require.NoError(t, err)
		begun := time.Now()
		waiting := make(chan error, 1)
		go func() { waiting <- get(t.Context(), slow) }()
		synctest.Wait()
		require.NoError(t, get(t.Context(), quick))
		require.Equal(t, begun, time.Now())
		require.NoError(t, <-waiting)
		tokens := tokensSent(dt.sent())
		require.Len(t, tokens, 2)
		require.NotEqual(t, tokens[0], tokens[1])
	})
}

// funcStore is a store of two functions.
type funcStore struct {
	load func(context.Context) (dingoa.Token, error)
	save func(context.Context) error
}

func (s funcStore) Load(ctx context.Context, _ string) (dingoa.Token, error) { return s.load(ctx) }

func (s funcStore) Save(ctx context.Context, _ string, _ dingoa.Token) error { return s.save(ctx) }

// TestStoreThatMisbehaves fails no call, delays it by a bounded time, and does
// not end the process.
func TestStoreThatMisbehaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		released := make(chan struct{})
		defer synctest.Wait()
		defer close(released)
		none := func(context.Context) (dingoa.Token, error) { return dingoa.Token{}, nil }
		kept := func(context.Context) error { return nil }
		for name, test := range map[string]struct {
			store funcStore
			most  time.Duration
		}{
			"load panics": {funcStore{func(context.Context) (dingoa.Token, error) { panic("SECRET") }, kept}, 0},
			"save panics": {funcStore{none, func(context.Context) error { panic("SECRET") }}, 0},
			"load exits":  {funcStore{func(ctx context.Context) (dingoa.Token, error) { runtime.Goexit(); return none(ctx) }, kept}, 0},
			"both hang": {funcStore{
				func(ctx context.Context) (dingoa.Token, error) { <-released; return none(ctx) },
				func(context.Context) error { <-released; return nil },
			}, 2 * time.Second},
			"save hangs": {funcStore{none, func(context.Context) error { <-released; return nil }}, 2 * time.Second},
		} {
			begun := time.Now()
			dt := newDingTalk(answer(200, instance))
			require.NoError(t, get(t.Context(), dt.client(t, dingoa.WithTokenStore(test.store))), name)
			require.LessOrEqual(t, time.Since(begun), test.most, name)
			require.Len(t, dt.tokenRequests(), 1, name)
		}

		source := dingoa.TokenSourceFunc(func(context.Context) (dingoa.Token, error) { panic("no\nsource") })
		err := get(t.Context(), newDingTalk(answer(200, instance)).client(t, dingoa.WithTokenSource(source)))
		require.ErrorContains(t, err, "panicked: no source")
	})
}

// TestTokenEndpointHangs while the token at hand is still good.
func TestTokenEndpointHangs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		left    time.Duration
		timeout time.Duration // of the call
		most    time.Duration
	}{
		"25 seconds left":         {25 * time.Second, time.Hour, 6 * time.Second},
		"4 seconds left":          {4 * time.Second, time.Hour, 3 * time.Second},
		"a call with little time": {25 * time.Second, 2 * time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dt := newDingTalk(answer(200, instance))
				c := dt.client(t)
				require.NoError(t, get(t.Context(), c))
				dt.token = func(int) httpmock.Responder {
					return func(r *http.Request) (*http.Response, error) {
						<-r.Context().Done()
						return nil, r.Context().Err()
					}
				}
				pass(2*time.Hour - test.left)
				begun := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
				defer cancel()
				require.NoError(t, get(ctx, c))
				require.LessOrEqual(t, time.Since(begun), test.most)
				require.Equal(t, []string{"token-1", "token-1"}, tokensSent(dt.sent()))
				pass(time.Minute) // the fetch ends
			})
		})
	}
}

// TestAbsurdLifetimes of a token neither overflow nor make it expired at once.
func TestAbsurdLifetimes(t *testing.T) {
	t.Parallel()
	for _, seconds := range []string{"9223372037", "9223372036854775807", "-1", "0", "31536000000"} {
		synctest.Test(t, func(t *testing.T) {
			dt := newDingTalk(answer(200, instance))
			dt.token = func(int) httpmock.Responder {
				return answer(200, `{"accessToken":"t","expireIn":`+seconds+`,"access_token":"","expires_in":`+seconds+`,"errcode":0}`)
			}
			c := dt.client(t)
			require.NoError(t, get(t.Context(), c))
			pass(time.Hour)
			require.NoError(t, get(t.Context(), c))
			require.Len(t, dt.tokenRequests(), 1, seconds)

			dt = newDingTalk(answer(200, `{"jsapiTicket":"t","accessToken":"t","expireIn":`+seconds+`}`))
			ticket, err := signon.New(dt.once(t)).JSAPITicket(t.Context())
			require.NoError(t, err)
			require.True(t, ticket.ExpiresAt.After(time.Now()), seconds)
		})
	}
}
