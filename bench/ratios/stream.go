package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/dingoa/dingoa/bench"
)

// streams is what stream mode does besides being quick.
type streams struct {
	latencies                []streamLatency
	quick, besideSlow        time.Duration
	events, disconnects      int
	early, late              bench.Footprint // of events
	earlyConns, lateConns    bench.Footprint // of disconnects
	latencyEvents, perSecond int
}

type streamLatency struct {
	inFlight    int
	dingoa, raw bench.StreamLatency
}

const (
	streamRounds   = 3
	maxSlowdown    = 2.0
	maxHeapGrowth  = 512 << 10 // bytes
	moreGoroutines = 5
)

// measureStreams takes medians over a few rounds, as they are long.
func measureStreams() (streams, error) {
	s := streams{events: 100_000, disconnects: 10_000, latencyEvents: 20_000, perSecond: 2000}
	for _, inFlight := range []int{1, 32, 256} {
		var dingoa, raw []bench.StreamLatency
		for range streamRounds {
			d, r, err := bench.StreamLatencies(s.latencyEvents, inFlight)
			if err != nil {
				return s, err
			}
			dingoa, raw = append(dingoa, d), append(raw, r)
		}
		s.latencies = append(s.latencies, streamLatency{inFlight, medianLatency(dingoa), medianLatency(raw)})
	}
	var quick, besideSlow []time.Duration
	for range streamRounds {
		q, b, err := bench.StreamSlowHandlers(3*s.perSecond, s.perSecond)
		if err != nil {
			return s, err
		}
		quick, besideSlow = append(quick, q), append(besideSlow, b)
	}
	same := func(d time.Duration) int64 { return int64(d) }
	s.quick, s.besideSlow = time.Duration(median(quick, same)), time.Duration(median(besideSlow, same))
	var err error
	if s.early, s.late, err = bench.StreamFlat(s.events); err != nil {
		return s, err
	}
	s.earlyConns, s.lateConns, err = bench.StreamDisconnects(s.disconnects)
	return s, err
}

func medianLatency(all []bench.StreamLatency) bench.StreamLatency {
	return bench.StreamLatency{
		P50: time.Duration(median(all, func(l bench.StreamLatency) int64 { return int64(l.P50) })),
		P99: time.Duration(median(all, func(l bench.StreamLatency) int64 { return int64(l.P99) })),
	}
}

// goals are the rows of the table of goals.
func (s streams) goals(goal func(job, goal, measured string, met bool)) {
	slowdown := float64(s.besideSlow) / float64(s.quick)
	goal(fmt.Sprintf("Stream, 1 of 100 handlers takes 1 s, %d events/s", s.perSecond), fmt.Sprintf("p99 of the others ≤ %.0f×", maxSlowdown),
		fmt.Sprintf("%.2f× (%v, %v)", slowdown, s.besideSlow.Round(time.Microsecond), s.quick.Round(time.Microsecond)), slowdown <= maxSlowdown)
	for _, held := range []struct {
		job         string
		early, late bench.Footprint
	}{
		{fmt.Sprintf("Stream, %d events", s.events), s.early, s.late},
		{fmt.Sprintf("Stream, %d disconnects", s.disconnects), s.earlyConns, s.lateConns},
	} {
		met := held.late.Goroutines <= held.early.Goroutines+moreGoroutines && held.late.Heap <= held.early.Heap+maxHeapGrowth
		goal(held.job, "goroutines and heap as after a tenth", fmt.Sprintf("%d → %d, %d → %d KB",
			held.early.Goroutines, held.late.Goroutines, held.early.Heap>>10, held.late.Heap>>10), met)
	}
}

// table has the times to the acknowledgement.
func (s streams) table(b *strings.Builder) {
	b.WriteString("\n| Stream, events in flight | p50 dingoa | p50 raw | p99 dingoa | p99 raw |\n|---|---|---|---|---|\n")
	for _, l := range s.latencies {
		fmt.Fprintf(b, "| %d | %v | %v | %v | %v |\n", l.inFlight,
			l.dingoa.P50.Round(time.Microsecond), l.raw.P50.Round(time.Microsecond),
			l.dingoa.P99.Round(time.Microsecond), l.raw.P99.Round(time.Microsecond))
	}
}
