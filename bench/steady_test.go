//go:build !race

package bench

import (
	"flag"
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
