package lanes_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/dingoa/dingoa/internal/lanes"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wait passes time; inside of a synctest bubble it costs none.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// A function waits as long as those before it end one after the other, and gives
// up on one that does not end.
func TestStuck(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][2]string{"behind its key": {"a", "a"}, "without a place": {"a", "b"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := lanes.New(1, 1)
				var group sync.WaitGroup
				run := func(key string, d time.Duration) {
					group.Go(func() {
						require.NoError(t, l.Do(t.Context(), key, func() error { wait(t.Context(), d); return nil }))
					})
					synctest.Wait()
				}
				for range 4 {
					run(keys[0], lanes.Patience-time.Second)
				}
				run(keys[1], 0)
				group.Wait()

				run(keys[0], 3*lanes.Patience)
				began := time.Now()
				require.ErrorIs(t, l.Do(t.Context(), keys[1], func() error { return nil }), lanes.ErrStuck)
				require.Equal(t, lanes.Patience, time.Since(began))
				group.Wait()
				require.NoError(t, l.Do(t.Context(), keys[1], func() error { return nil }))
			})
		})
	}
}

func TestFunctionsOfOneKeyRunInOrderAndOfOthersMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lanes.New(8, 100)
		began := time.Now()
		var mu sync.Mutex
		got := map[string][]int{}
		for i := range 5 {
			for _, key := range []string{"a", "b", "c"} {
				require.NoError(t, l.Go(t.Context(), key, func() {
					wait(t.Context(), time.Second)
					mu.Lock()
					got[key] = append(got[key], i)
					mu.Unlock()
				}))
			}
		}
		require.NoError(t, l.Close(t.Context()))
		require.Equal(t, map[string][]int{"a": {0, 1, 2, 3, 4}, "b": {0, 1, 2, 3, 4}, "c": {0, 1, 2, 3, 4}}, got)
		require.Equal(t, 5*time.Second, time.Since(began), "one after the other per key, the keys at the same time")
	})
}

func TestLimitHoldsAndIsUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lanes.New(3, 100)
		began := time.Now()
		var running, most atomic.Int32
		job := func() {
			most.Store(max(most.Load(), running.Add(1)))
			wait(t.Context(), time.Second)
			running.Add(-1)
		}
		var group sync.WaitGroup
		for i := range 6 {
			require.NoError(t, l.Go(t.Context(), fmt.Sprint("go", i), job))
			group.Go(func() {
				require.NoError(t, l.Do(t.Context(), fmt.Sprint("do", i), func() error { job(); return nil }))
			})
		}
		group.Wait()
		require.NoError(t, l.Close(t.Context()))
		require.EqualValues(t, 3, most.Load())
		require.Equal(t, 4*time.Second, time.Since(began), "12 functions by 3")
	})
}

func TestGoWaitsForRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lanes.New(1, 2)
		began := time.Now()
		slow := func() { wait(t.Context(), time.Minute) }
		require.NoError(t, l.Go(t.Context(), "a", slow))
		require.NoError(t, l.Go(t.Context(), "b", slow))
		require.Zero(t, time.Since(began))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, l.Go(ctx, "c", slow), context.DeadlineExceeded)
		require.NoError(t, l.Go(t.Context(), "c", slow))
		require.Equal(t, time.Minute, time.Since(began), "until the first was through")
		require.NoError(t, l.Close(t.Context()))
	})
}

func TestDoReturnsTheErrorAndGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lanes.New(1, 1)
		broken := errors.New("broken")
		require.ErrorIs(t, l.Do(t.Context(), "a", func() error { return broken }), broken)

		require.NoError(t, l.Go(t.Context(), "a", func() { wait(t.Context(), time.Minute) }))
		for _, key := range []string{"a", "b"} { // the key is busy, all are busy
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			require.ErrorIs(t, l.Do(ctx, key, func() error { t.Error("it ran"); return nil }), context.DeadlineExceeded)
			require.ErrorIs(t, l.Do(ctx, key, func() error { t.Error("it ran"); return nil }), context.DeadlineExceeded)
			cancel()
		}
		began := time.Now()
		require.NoError(t, l.Do(t.Context(), "b", func() error { return nil }))
		require.Equal(t, 58*time.Second, time.Since(began))
		require.NoError(t, l.Close(t.Context()))
	})
}

func TestAPanicFreesTheLane(t *testing.T) {
	t.Parallel()
	l := lanes.New(1, 1)
	require.Panics(t, func() { _ = l.Do(t.Context(), "a", func() error { panic("broken") }) })
	require.NoError(t, l.Do(t.Context(), "a", func() error { return nil }))
}

func TestCloseWaitsForWhatItHas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lanes.New(1, 10)
		var done atomic.Int32
		for range 3 {
			require.NoError(t, l.Go(t.Context(), "a", func() { wait(t.Context(), time.Second); done.Add(1) }))
		}
		blocked := make(chan error, 1)
		full := lanes.New(1, 1)
		require.NoError(t, full.Go(t.Context(), "a", func() { wait(t.Context(), time.Second) }))
		go func() { blocked <- full.Go(t.Context(), "a", func() {}) }()
		synctest.Wait()

		require.NoError(t, l.Close(t.Context()))
		require.EqualValues(t, 3, done.Load())
		require.NoError(t, l.Close(t.Context()), "twice")
		require.ErrorIs(t, l.Go(t.Context(), "a", func() {}), lanes.ErrClosed)
		require.ErrorIs(t, l.Do(t.Context(), "a", func() error { return nil }), lanes.ErrClosed)
		require.NoError(t, <-blocked, "it had room before the lanes were closed")
		require.NoError(t, full.Close(t.Context()))
	})
}

func TestCloseGivesUpAtItsDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lanes.New(1, 3)
		finished := make(chan struct{})
		require.NoError(t, l.Go(t.Context(), "a", func() { wait(t.Context(), time.Minute); close(finished) }))
		require.NoError(t, l.Go(t.Context(), "a", func() { t.Error("it ran") }))
		require.NoError(t, l.Go(t.Context(), "b", func() { t.Error("it ran") }))
		waiting := make(chan error, 3)
		go func() { waiting <- l.Go(t.Context(), "d", func() { t.Error("it ran") }) }()
		for _, key := range []string{"a", "c"} {
			go func() { waiting <- l.Do(t.Context(), key, func() error { t.Error("it ran"); return nil }) }()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, l.Close(ctx), context.DeadlineExceeded)
		for range cap(waiting) {
			require.ErrorIs(t, <-waiting, lanes.ErrClosed)
		}
		require.NoError(t, l.Close(t.Context()), "waits for the one that runs")
		<-finished
	})
}

// Many keys, callers and contexts that end: order per key holds, the limit
// holds, and nothing stays behind.
func TestLanesUnderLoad(t *testing.T) {
	t.Parallel()
	const callers, each, limit = 16, 200, 4
	l := lanes.New(limit, 32)
	var running atomic.Int32
	counts := make([]int, 5) // by key; the race detector tells when two run at once
	var group sync.WaitGroup
	var done atomic.Int32
	for range callers {
		group.Go(func() {
			for range each {
				k := rand.IntN(len(counts))
				job := func() {
					if running.Add(1) > limit {
						t.Error("over the limit")
					}
					counts[k]++
					done.Add(1)
					running.Add(-1)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(200))*time.Microsecond)
				if k%2 == 0 {
					_ = l.Go(ctx, strconv.Itoa(k), job) // either is right here
				} else {
					_ = l.Do(ctx, strconv.Itoa(k), func() error { job(); return nil })
				}
				cancel()
			}
		})
	}
	group.Wait()
	require.NoError(t, l.Close(t.Context()))
	total := 0
	for _, n := range counts {
		total += n
	}
	require.EqualValues(t, done.Load(), total)
	require.NotZero(t, total)
}

// It runs alone, since it looks at the memory of the whole process.
func TestIdleKeysCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lanes.New(4, 4)
		before := runtime.NumGoroutine()
		var memory, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		for i := range 100_000 {
			require.NoError(t, l.Do(t.Context(), strconv.Itoa(i), func() error { return nil }))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		require.LessOrEqual(t, runtime.NumGoroutine(), before)
		require.Less(t, int64(after.HeapAlloc)-int64(memory.HeapAlloc), int64(4<<20))
		require.NoError(t, l.Close(t.Context()))
	})
}

func BenchmarkDo(b *testing.B) {
	l := lanes.New(64, 64)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_ = l.Do(b.Context(), "a", func() error { return nil })
		}
	})
}

func BenchmarkGo(b *testing.B) {
	l := lanes.New(64, 256)
	keys := make([]string, 64)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	b.ReportAllocs()
	for i := range b.N {
		_ = l.Go(b.Context(), keys[i%len(keys)], func() {})
	}
	_ = l.Close(b.Context())
}

func TestAFunctionMayEndItsGoroutine(t *testing.T) {
	t.Parallel()
	l := lanes.New(1, 10)
	ran := make(chan string, 3)
	for _, name := range []string{"first", "second"} {
		require.NoError(t, l.Go(t.Context(), "a", func() {
			ran <- name
			runtime.Goexit()
		}))
	}
	require.NoError(t, l.Go(t.Context(), "b", func() { ran <- "other" }))
	require.NoError(t, l.Close(t.Context()))
	require.Len(t, ran, 3)
}
