//go:build !race

package bench

import (
	"flag"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Allocations are the same on every machine, so a goal for them can be a test.
// The race detector adds some of its own.
func TestSteadyGoals(t *testing.T) {
	benchtime := flag.Lookup("test.benchtime").Value
	usual := benchtime.String()
	require.NoError(t, benchtime.Set("500x"))
	t.Cleanup(func() { require.NoError(t, benchtime.Set(usual)) })
	for _, pair := range Pairs() {
		var steady []Goal
		for _, goal := range pair.Goals {
			if goal.Steady {
				steady = append(steady, goal)
			}
		}
		if len(steady) == 0 {
			continue
		}
		sdk, floor := Measure(pair.Dingoa), Measure(pair.Raw)
		for _, goal := range steady {
			measured, met := goal.Check(sdk, floor)
			require.True(t, met, "%s: %s, measured %s", pair.Name, goal.Text, measured)
		}
	}
}

// What is held does not grow with the events that were handled, nor with the
// connections that were left. A page of slack is for the runtime itself.
func TestStreamHoldsNothing(t *testing.T) {
	const slack = 512 << 10
	for name, measure := range map[string]func(int) (early, late Footprint, err error){
		"100000 events":     StreamFlat,
		"10000 disconnects": StreamDisconnects,
	} {
		t.Run(name, func(t *testing.T) {
			times, _ := strconv.Atoi(strings.Fields(name)[0])
			early, late, err := measure(times)
			require.NoError(t, err)
			t.Logf("after a tenth: %+v, after all: %+v", early, late)
			require.LessOrEqual(t, late.Goroutines, early.Goroutines+5)
			require.LessOrEqual(t, late.Heap, early.Heap+slack)
		})
	}
}
