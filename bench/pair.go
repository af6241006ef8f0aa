// Package bench measures the SDK beside the same work done by hand with the
// standard library: every [Pair] is one job in both ways. README.md says how
// the hand-written floors are built and what was measured.
package bench

import (
	"fmt"
	"strconv"
	"testing"
)

// Pair is one job done through the SDK and by hand.
type Pair struct {
	Name        string
	Dingoa, Raw func(b *testing.B)
	Goals       []Goal
}

// Result is the cost of one way of doing a job, per operation.
type Result struct {
	Nanoseconds float64
	Bytes       int64
	Allocs      int64
}

// Measure runs one way of doing a job for the time that -test.benchtime says.
func Measure(way func(b *testing.B)) Result {
	r := testing.Benchmark(way)
	return Result{
		Nanoseconds: float64(r.T.Nanoseconds()) / float64(max(1, r.N)),
		Bytes:       r.AllocedBytesPerOp(),
		Allocs:      r.AllocsPerOp(),
	}
}

// Goal is a limit on what the SDK's way may cost.
type Goal struct {
	Text string
	// Check says what was measured and whether it is within the limit.
	Check func(dingoa, raw Result) (measured string, met bool)
	// Steady goals do not depend on the machine and what else it does.
	Steady bool
}

// Pairs are all jobs.
func Pairs() []Pair {
	pairs := []Pair{
		memoryPair("MemoryCreate", createJob(), timeAtMost(1.6), allocsAtMost(45)),
		memoryPair("MemoryGet", getJob(), timeAtMost(1.0), bytesAtMost(0.6)),
		loopbackPair("LoopbackCreate", createJob(), timeAtMost(1.2)),
		loopbackPair("LoopbackGet", getJob(), timeAtMost(1.0)),
	}
	pairs = append(pairs, callbackPairs()...)
	pairs = append(pairs, formPairs()...)
	return append(pairs, streamPairs()...)
}

func timeAtMost(times float64) Goal {
	return Goal{
		Text: fmt.Sprintf("time ≤ %.2f× raw", times),
		Check: func(dingoa, raw Result) (string, bool) {
			ratio := dingoa.Nanoseconds / raw.Nanoseconds
			return fmt.Sprintf("%.3f×", ratio), ratio <= times
		},
	}
}

func almostTheRate() Goal {
	const least = 0.9
	return Goal{
		Text: fmt.Sprintf("events per second ≥ %.2f× raw", least),
		Check: func(dingoa, raw Result) (string, bool) {
			ratio := raw.Nanoseconds / dingoa.Nanoseconds
			return fmt.Sprintf("%.3f× (%.0f/s)", ratio, 1e9/dingoa.Nanoseconds), ratio >= least
		},
	}
}

func bytesAtMost(times float64) Goal {
	return Goal{
		Text:   fmt.Sprintf("bytes ≤ %.2f× raw", times),
		Steady: true,
		Check: func(dingoa, raw Result) (string, bool) {
			ratio := float64(dingoa.Bytes) / float64(raw.Bytes)
			return fmt.Sprintf("%.3f×", ratio), ratio <= times
		},
	}
}

func allocsAtMost(allocs int64) Goal {
	return Goal{
		Text:   fmt.Sprintf("allocations ≤ %d", allocs),
		Steady: true,
		Check: func(dingoa, _ Result) (string, bool) {
			return strconv.FormatInt(dingoa.Allocs, 10), dingoa.Allocs <= allocs
		},
	}
}
