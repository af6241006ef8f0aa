package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/dingoa/dingoa/bench"
)

// measured is a pair with the medians of its rounds.
type measured struct {
	bench.Pair
	dingoa, raw bench.Result
	// lowest and highest are the ratios of time within one round.
	lowest, highest float64
}

// measurePairs measures the two ways of a pair one right after the other, and
// each pair once a round, so that whatever slows the machine down for a while
// falls on both.
func measurePairs(rounds int, each time.Duration) ([]measured, error) {
	testing.Init()
	if err := flag.Set("test.benchtime", each.String()); err != nil {
		return nil, err
	}
	pairs := bench.Pairs()
	dingoa, raw := make([][]bench.Result, len(pairs)), make([][]bench.Result, len(pairs))
	for round := range rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, rounds)
		for i, pair := range pairs {
			sdk, floor, err := measureOnce(pair, round%2 == 1)
			if err != nil {
				return nil, err
			}
			dingoa[i], raw[i] = append(dingoa[i], sdk), append(raw[i], floor)
		}
	}
	all := make([]measured, len(pairs))
	for i, pair := range pairs {
		all[i] = measured{Pair: pair, dingoa: medians(dingoa[i]), raw: medians(raw[i])}
		ratios := make([]float64, rounds)
		for n := range ratios {
			ratios[n] = dingoa[i][n].Nanoseconds / raw[i][n].Nanoseconds
		}
		all[i].lowest, all[i].highest = slices.Min(ratios), slices.Max(ratios)
	}
	return all, nil
}

func measureOnce(pair bench.Pair, rawFirst bool) (dingoa, raw bench.Result, err error) {
	ways := []struct {
		name   string
		way    func(*testing.B)
		result *bench.Result
	}{{"dingoa", pair.Dingoa, &dingoa}, {"raw", pair.Raw, &raw}}
	if rawFirst {
		slices.Reverse(ways)
	}
	for _, w := range ways {
		*w.result = bench.Measure(w.way)
		if w.result.Nanoseconds == 0 {
			return dingoa, raw, fmt.Errorf("%s/%s failed; go test -run '^$' -bench '/%s$/%s' tells why", pair.Name, w.name, pair.Name, w.name)
		}
	}
	return dingoa, raw, nil
}

func medians(results []bench.Result) bench.Result {
	return bench.Result{
		Nanoseconds: median(results, func(r bench.Result) float64 { return r.Nanoseconds }),
		Bytes:       median(results, func(r bench.Result) int64 { return r.Bytes }),
		Allocs:      median(results, func(r bench.Result) int64 { return r.Allocs }),
	}
}

func median[R any, T int64 | float64](results []R, of func(R) T) T {
	values := make([]T, len(results))
	for i, r := range results {
		values[i] = of(r)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
