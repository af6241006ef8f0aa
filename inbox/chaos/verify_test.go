package chaos_test

import (
	"os"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// verify reads the journal: nothing is missing, nothing has a second effect,
// no two events of an approval ran at once, and none overtook another.
func (c *chaos) verify(instances, kills int) {
	c.Helper()
	lines := c.journal()
	ended := finals(lines)
	require.Len(c, ended, instances)

	first := map[step]map[string]int{keeping: {}, kept: {}, handling: {}, handled: {}, failed: {}}
	count := map[step]int{}
	sources := map[dingoa.EventSource]int{}
	for i, l := range lines {
		count[l.Step]++
		if _, known := first[l.Step][l.Key]; known {
			continue
		}
		first[l.Step][l.Key] = i
		if l.Step == kept {
			sources[l.Source]++
		}
	}
	// Every event that was kept was handled.
	for key, i := range first[kept] {
		require.Contains(c, first[handled], key, "%+v", lines[i])
	}
	effects, err := os.ReadDir(filepath.Join(c.settings.Journal, "effects"))
	require.NoError(c, err)
	require.Len(c, effects, len(first[handled]))

	c.requireOrder(lines, first)

	repeats := count[handling] - count[failed] - len(first[handled])
	n := c.network
	c.Logf("%d approvals, %d events, one effect each; order per approval kept", instances, len(effects))
	c.Logf("pushes %d: lost %d, answer lost %d, doubled %d, swallowed %d", n.pushes.Load(), n.lost.Load(), n.cut.Load(), n.doubled.Load(), n.swallowed.Load())
	c.Logf("kept first by %v; offered to the inbox %d times", sources, count[keeping])
	c.Logf("handlers failed or panicked %d times; %d kills; handed over again because of them: %d", count[failed], kills, repeats)
	c.Logf("%v", time.Since(c.begun).Round(100*time.Millisecond))
}

// requireOrder holds for all events A and B of an approval: when A was safe
// before B came, A was handed over before B.
func (c *chaos) requireOrder(lines []line, first map[step]map[string]int) {
	c.Helper()
	byInstance := map[string][]string{}
	for key, i := range first[kept] {
		byInstance[lines[i].Instance] = append(byInstance[lines[i].Instance], key)
	}
	pairs := 0
	for _, keys := range byInstance {
		for _, a := range keys {
			for _, b := range keys {
				if first[kept][a] < first[keeping][b] {
					pairs++
					require.Less(c, first[handling][a], first[handling][b], "%s overtook %s", b, a)
				}
			}
		}
	}
	require.NotZero(c, pairs)

	running := map[string]line{}
	for _, l := range lines {
		switch l.Step {
		case handling:
			if other, busy := running[l.Instance]; busy {
				require.NotEqual(c, l.PID, other.PID, "two events of one approval at once")
			}
			running[l.Instance] = l
		case handled, failed:
			delete(running, l.Instance)
		}
	}
}
