package chaos_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

// handlersAtOnce is how many handlers an inbox runs, unless told otherwise.
const handlersAtOnce = 16

// verify reads the journal: every end of an approval was handled as people
// decided, nothing that was kept is missing, nothing had a second effect, and
// nothing ran again without need.
func (c *chaos) verify() {
	c.Helper()
	lines := c.journal()
	first, count := map[step]map[string]int{}, map[step]int{}
	for _, s := range []step{keeping, kept, handling, handled, failed} {
		first[s] = map[string]int{}
	}
	sources := map[event.Source]int{}
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
	c.requireEnds(lines, first[handled])
	for key, i := range first[kept] { // Contains of require would look at all keys, each time
		_, ok := first[handled][key]
		require.True(c, ok, "kept and not handled: %+v", lines[i])
	}
	effects, err := os.ReadDir(filepath.Join(c.settings.Journal, "effects"))
	require.NoError(c, err)
	require.Len(c, effects, len(first[handled]))
	for _, effect := range effects {
		_, ok := first[handled][effect.Name()]
		require.True(c, ok, "an effect that no handler noted: %s", effect.Name())
	}
	repeats := c.requireNoNeedlessRun(lines)
	overtaken := c.requireOrder(lines, first)

	c.Logf("%d approvals, %d events, one effect each; %d times an event overtook an earlier one on its way here, none did afterwards",
		len(c.ends), len(effects), overtaken)
	c.logHarm()
	c.Logf("kept first by %v; offered to the inbox %d times", sources, count[keeping])
	c.Logf("handlers failed or panicked %d times; %d kills, because of which %d events were handed over again", count[failed], len(c.killed), repeats)
	c.Logf("%v", time.Since(c.begun).Round(100*time.Millisecond))
}

// requireEnds compares the ends that were handled with those that happened:
// each has one key, and so one effect.
func (c *chaos) requireEnds(lines []line, handled map[string]int) {
	c.Helper()
	got := map[string]end{}
	for _, i := range handled {
		l := lines[i]
		if !l.isEnd() {
			continue
		}
		other, twice := got[l.Instance]
		require.False(c, twice, "a second key for the end %+v: %+v", other, l)
		got[l.Instance] = end{l.Change, l.Result}
	}
	require.Equal(c, c.ends, got)
}

// requireNoNeedlessRun holds that an event that was handled runs again only
// because the process was killed before the inbox knew, and that two events of
// an approval never run at once. It returns how many ran again.
func (c *chaos) requireNoNeedlessRun(lines []line) (repeats int) {
	c.Helper()
	running, done := map[string]line{}, map[string]line{} // by approval, by key
	for _, l := range lines {
		switch l.Step {
		case handling:
			if other, busy := running[l.Instance]; busy {
				require.True(c, c.killed[other.PID], "%+v runs beside %+v", l, other)
			}
			if other, again := done[l.Key]; again {
				require.True(c, c.killed[other.PID], "%+v although %+v", l, other)
				repeats++
			}
			running[l.Instance] = l
		case handled, failed:
			delete(running, l.Instance)
			if l.Step == handled {
				done[l.Key] = l
			}
		}
	}
	require.LessOrEqual(c, repeats, len(c.killed)*handlersAtOnce)
	return repeats
}

// requireOrder holds the order in which the app got the events, which is all
// it knows of when the network reorders them: of two events of an approval, if
// A was safe in the inbox before B came, then the last run of A began before
// the first of B. It returns how often B had happened before A.
func (c *chaos) requireOrder(lines []line, first map[step]map[string]int) (overtaken int) {
	c.Helper()
	last := map[string]int{}
	for i, l := range lines {
		if l.Step == handling {
			last[l.Key] = i
		}
	}
	byInstance := map[string][]string{}
	for key, i := range first[kept] {
		byInstance[lines[i].Instance] = append(byInstance[lines[i].Instance], key)
	}
	for _, keys := range byInstance {
		for _, a := range keys {
			for _, b := range keys {
				if first[kept][a] > first[keeping][b] {
					continue
				}
				require.Less(c, last[a], first[handling][b], "%s overtook %s", b, a)
				if lines[first[kept][b]].Time.Before(lines[first[kept][a]].Time) {
					overtaken++
				}
			}
		}
	}
	require.NotZero(c, overtaken, "nothing was reordered")
	return overtaken
}

// logHarm tells what happened to events on their way.
func (c *chaos) logHarm() {
	c.Helper()
	attempts, problems := 0, map[string]int{}
	pushes := c.dingtalk.Pushes()
	for _, p := range pushes {
		attempts += len(p.Attempts)
		for _, a := range p.Attempts {
			if a.Problem != "" {
				problems[a.Problem]++
			}
		}
	}
	c.Logf("the last %d events that DingTalk sent took %d attempts", len(pushes), attempts)
	for _, problem := range slices.Sorted(maps.Keys(problems)) {
		c.Logf("%6d × %s", problems[problem], problem)
	}
	if c.settings.Via == stream {
		c.Logf("all connections were cut or asked to leave %d times", c.cuts)
		return
	}
	c.Logf("of %d pushes the network lost %d answers and doubled %d", c.network.pushes.Load(), c.network.cut.Load(), c.network.doubled.Load())
}
