package bench_test

import (
	"testing"

	"github.com/dingoa/dingoa/bench"
)

func Benchmark(b *testing.B) {
	for _, pair := range bench.Pairs() {
		b.Run(pair.Name, func(b *testing.B) {
			b.Run("dingoa", pair.Dingoa)
			b.Run("raw", pair.Raw)
		})
	}
}
