package dingoa_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
)

// The tests of the files wild_*_test.go read testdata/wild, whose README says
// where the shapes come from. What they expect is written by hand from the
// payloads, never taken from what the package made of them.

// wildFiles are the files of one folder of testdata/wild by name. Each must be
// expected, and nothing may be expected that is not there.
func wildFiles[T any](t *testing.T, folder string, expected map[string]T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("testdata", "wild", folder))
	require.NoError(t, err)
	files := map[string]string{}
	for _, entry := range entries {
		require.Contains(t, expected, entry.Name(), "nothing is expected of a file in testdata/wild/"+folder)
		files[entry.Name()] = string(readFile(t, "testdata", "wild", folder, entry.Name()))
	}
	for name := range expected {
		require.Contains(t, files, name, "is expected, but not in testdata/wild/"+folder)
	}
	return files
}

// wildClient answers every call with the payload. Names of files that begin
// with "legacy-" are replies of the older gateway.
func wildClient(t *testing.T, name, payload string) *dingoa.Client {
	t.Helper()
	var opts []dingoa.Option
	if strings.HasPrefix(name, "legacy-") {
		opts = append(opts, dingoa.WithLegacyGateway())
	}
	return newDingTalk(answer(200, payload)).once(t, opts...)
}

// china is a time as people in China read it.
func china(year int, month time.Month, day, hour, minute, second int) time.Time {
	return time.Date(year, month, day, hour, minute, second, 0, time.FixedZone("UTC+8", 8*60*60)).UTC()
}

// plainInstance has its times in UTC and no empty lists, for comparing.
func plainInstance(i dingoa.Instance) dingoa.Instance {
	i.CreateTime, i.FinishTime = i.CreateTime.UTC(), i.FinishTime.UTC()
	i.ApproverUserIDs, i.CCUserIDs = noEmpty(i.ApproverUserIDs), noEmpty(i.CCUserIDs)
	i.AttachedInstanceIDs = noEmpty(i.AttachedInstanceIDs)
	i.Records, i.Tasks = noEmpty(i.Records), noEmpty(i.Tasks)
	for n := range i.Records {
		r := &i.Records[n]
		r.Time = r.Time.UTC()
		r.Attachments, r.Images, r.CCUserIDs = noEmpty(r.Attachments), noEmpty(r.Images), noEmpty(r.CCUserIDs)
	}
	for n := range i.Tasks {
		i.Tasks[n].CreateTime, i.Tasks[n].FinishTime = i.Tasks[n].CreateTime.UTC(), i.Tasks[n].FinishTime.UTC()
	}
	return i
}

func noEmpty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// wildInstance is what a reply with an approval says.
type wildInstance struct {
	// want is all but the form.
	want dingoa.Instance
	// form checks the form; nil: it is empty.
	form func(t *testing.T, v form.Values)
}

func TestWildInstances(t *testing.T) {
	t.Parallel()
	expected := wildInstances()
	for name, payload := range wildFiles(t, "instances", expected) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, err := wildClient(t, name, payload).Instances.Get(t.Context(), "p1")
			require.NoError(t, err)
			want := expected[name]
			if want.form == nil {
				require.Empty(t, i.FormValues)
			} else {
				want.form(t, i.Form())
			}
			got := plainInstance(*i)
			got.FormValues = nil
			require.Equal(t, plainInstance(want.want), got)
		})
	}
}

// TestWildAreas holds the numbers of the README's table of areas: each file is there,
// and none counts as published and as composed.
func TestWildAreas(t *testing.T) {
	t.Parallel()
	_, table, ok := strings.Cut(string(readFile(t, "testdata", "wild", "README.md")), "| area | published | files | composed |\n")
	require.True(t, ok)
	table, _, ok = strings.Cut(table, "\n\n")
	require.True(t, ok)
	isComposed, areas := map[string]bool{}, 0
	for row := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(row, "| \n"), " | ")
		if strings.HasPrefix(row, "| ---") {
			continue
		}
		require.Len(t, cells, 4, row)
		areas++
		published := strings.Split(cells[2], ", ")
		require.Equal(t, cells[1], strconv.Itoa(len(published)), cells[0])
		for i, files := range [][]string{published, strings.Split(cells[3], ", ")} {
			for _, file := range files {
				found, err := filepath.Glob(filepath.Join("testdata", "wild", filepath.FromSlash(file)+"[^0-9a-z]*"))
				require.NoError(t, err)
				require.Len(t, found, 1, "%s: %s", cells[0], file)
				composed, seen := isComposed[file]
				require.False(t, seen && composed != (i == 1), "%s is published here and composed there", file)
				isComposed[file] = i == 1
			}
		}
	}
	require.Equal(t, 9, areas)
}
