package dingoa

import (
	"context"
	"runtime"
	"testing"
	"time"
)

// What every call pays for its token while that is good.
func BenchmarkTokenRead(b *testing.B) {
	ctx := context.Background()
	newCache := func(b *testing.B) *tokenCache {
		b.Helper()
		source := TokenSourceFunc(func(context.Context) (Token, error) {
			return Token{Value: "token", ExpiresAt: time.Now().Add(2 * time.Hour)}, nil
		})
		cache := &tokenCache{source: source, now: time.Now}
		if _, err := cache.token(ctx); err != nil {
			b.Fatal(err)
		}
		return cache
	}

	b.Run("goroutines=1", func(b *testing.B) {
		cache := newCache(b)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := cache.token(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("goroutines=64", func(b *testing.B) {
		cache := newCache(b)
		b.SetParallelism((64 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := cache.token(ctx); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
