package emulator_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// Somebody's own file, given by mistake, stays as it is.
func TestForeignFileIsNoState(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"JSON without an end of line": `{"name":"my project","version":1}`,
		"JSON":                        "{\"name\":\"my project\"}\n",
		"text without an end of line": "my notes",
		"a text":                      "[Unit]\nDescription=x\n",
		"empty JSON":                  "{}\n",
		"one byte":                    "x",
		"version 0":                   "{\"dingoaEmulatorState\":0}\n",
		"a header that was cut off":   `{"dingoaEmulatorState":`,
		"of a newer emulator":         `{"dingoaEmulatorState":99}`,
		"an end of line":              "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := statePath(t)
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			_, err := emulator.New(emulator.WithState(path))
			require.ErrorContains(t, err, path)
			require.Equal(t, content, readFile(t, path))
			require.NoFileExists(t, path+".new")
		})
	}
}

// The file that a state is written to first may be somebody's, too.
func TestForeignFileBesideTheState(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	require.NoError(t, os.WriteFile(path+".new", []byte("my notes"), 0o600))
	_, err := emulator.New(emulator.WithState(path))
	require.ErrorContains(t, err, path+".new")
	require.Equal(t, "my notes", readFile(t, path+".new"))

	for _, leftover := range []string{"", `{"dingoaEmul`, "{\"dingoaEmulatorState\":1}\n[{\"k\":\"met"} {
		path := statePath(t)
		require.NoError(t, os.WriteFile(path+".new", []byte(leftover), 0o600))
		require.NoError(t, stateServer(t, path).Close(), "%q is of an emulator that died", leftover)
		require.NoFileExists(t, path+".new")
	}
}

func TestWhatIsNoFile(t *testing.T) {
	t.Parallel()
	_, err := emulator.New(emulator.WithState(t.TempDir()))
	require.ErrorContains(t, err, "not a regular file")
	if runtime.GOOS == "windows" {
		return
	}
	_, err = emulator.New(emulator.WithState("/dev/null"))
	require.ErrorContains(t, err, "not a regular file")
	nowhere := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink("missing", nowhere))
	_, err = emulator.New(emulator.WithState(nowhere))
	require.ErrorContains(t, err, "is a link to nothing")
}

func TestEmptyFileIsANewState(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, stateServer(t, path).Close())
}

// Whatever name a state file is given by, it belongs to one server.
func TestLinksToAStateFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a right there")
	}
	path := statePath(t)
	s := stateServer(t, path)
	id := create(t, newClient(t, s), leave())

	link := filepath.Join(t.TempDir(), "link.jsonl")
	require.NoError(t, os.Symlink(path, link))
	_, err := emulator.New(emulator.WithState(link))
	require.ErrorContains(t, err, "another process uses it")
	directory := filepath.Join(t.TempDir(), "directory")
	require.NoError(t, os.Symlink(filepath.Dir(path), directory))
	_, err = emulator.New(emulator.WithState(filepath.Join(directory, filepath.Base(path))))
	require.ErrorContains(t, err, "another process uses it")
	hard := filepath.Join(t.TempDir(), "hard.jsonl")
	require.NoError(t, os.Link(path, hard))
	_, err = emulator.New(emulator.WithState(hard))
	require.ErrorContains(t, err, "has 2 names")
	require.NoError(t, s.Close())
	_, err = emulator.New(emulator.WithState(path))
	require.ErrorContains(t, err, "has 2 names")
	require.NoError(t, os.Remove(hard))

	s = stateServer(t, link)
	require.NoError(t, s.Approve("lisi", id, ""))
	require.NoError(t, s.Reset())
	require.NoError(t, s.Close())
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink, "the link stays one")
	require.Empty(t, stateServer(t, path).Instances())
}

// What is not in the file is not answered as done, by no door, and once there is
// room again everything goes on.
func TestStateThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := stateServer(t, path, emulator.WithAdmin())
	c := newClient(t, s)
	first := create(t, c, leave())
	token(t, s)
	require.NoError(t, s.StateProblem())
	giveBack := emulator.BreakStateFile(t, s)

	_, err := c.Instances.Create(t.Context(), leave())
	require.ErrorIs(t, err, dingoa.ErrServer)
	require.ErrorIs(t, err, dingoa.ErrOutcomeUnknown)
	require.ErrorContains(t, err, "state file")
	require.ErrorContains(t, s.StateProblem(), path)
	require.Len(t, s.Instances(), 2, "it was started, but is nowhere but in memory")
	_, err = c.Instances.Create(t.Context(), leave())
	require.ErrorIs(t, err, dingoa.ErrServer)
	require.Len(t, s.Instances(), 2, "nothing is done any more")
	old, err := dingoa.New(company.DefaultAppKey, company.DefaultAppSecret, dingoa.WithHTTPClient(s.HTTPClient()), dingoa.WithLegacyGateway())
	require.NoError(t, err)
	_, err = old.Instances.Create(t.Context(), leave())
	require.ErrorIs(t, err, dingoa.ErrServer)
	for path, body := range map[string]object{
		"instances":                       {"processCode": company.DefaultProcessCode, "userId": "zhangsan"},
		"instances/" + first + "/approve": {"userId": "lisi"},
		"files":                           {"userId": "lisi", "name": "a.txt", "content": []byte("a")},
		"faults":                          {"preset": "qps"},
		"tokens/expire":                   {},
		"clock":                           {"advance": "1h"},
		"reset":                           {},
	} {
		require.Contains(t, adminRefused(t, s, http.MethodPost, path, body), "Internal Server Error stateNotWritten", path)
	}
	require.Contains(t, dig[string](t, admin(t, s, http.MethodGet, "overview", nil), "state", "problem"), path)
	require.Equal(t, "RUNNING", dig[string](t, admin(t, s, http.MethodGet, "instances/"+first, nil), "status"))

	giveBack()
	third := create(t, c, leave())
	require.NoError(t, s.StateProblem())
	require.NoError(t, s.Close())
	s = stateServer(t, path)
	require.Len(t, s.Instances(), 3)
	require.Equal(t, "RUNNING", state(t, s, third).Status)
}

// The first change after the reset of a server finds out that it could not be
// written.
func TestResetThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := stateServer(t, path, emulator.WithAdmin())
	create(t, newClient(t, s), leave())
	giveBack := emulator.BreakStateFile(t, s)
	require.ErrorContains(t, s.Reset(), path)
	giveBack()
	require.NoError(t, s.Close())
	require.Empty(t, stateServer(t, path).Instances())
}

// A file system of 64 KB: every approval that was answered is there afterwards.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("mounts a file system as Linux does")
	}
	const mount = `mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"`
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "unshare", "-Urm", "sh", "-c", mount, dir, "true").CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted here: %v %s", err, out)
	}
	child := exec.CommandContext(t.Context(), "unshare", "-Urm", "sh", "-c", mount, dir, os.Args[0], "-test.run=^TestChildOnAFullDisk$", "-test.v")
	child.Env = append(os.Environ(), "EMULATOR_FULL_DISK="+dir)
	out, err := child.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "none lost")
}

func TestChildOnAFullDisk(t *testing.T) {
	dir := os.Getenv("EMULATOR_FULL_DISK")
	if dir == "" {
		t.Skip("runs as the child of TestFullDisk")
	}
	path, ballast := filepath.Join(dir, "state.jsonl"), filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 16<<10), 0o600))
	s := stateServer(t, path)
	c := newClient(t, s)
	var answered []string
	refused := 0
	for i := range 80 {
		created, err := c.Instances.Create(t.Context(), leave())
		if err == nil {
			answered = append(answered, created.InstanceID)
		} else {
			require.ErrorIs(t, err, dingoa.ErrServer)
			require.ErrorContains(t, err, "no space left")
			refused++
		}
		if i == 70 {
			require.NoError(t, os.Remove(ballast))
		}
	}
	require.NotZero(t, refused)
	require.NotEmpty(t, answered)
	_ = s.Close() // it may say that the disk is full
	again := stateServer(t, path)
	kept := map[string]bool{}
	for _, in := range again.Instances() {
		kept[in.ID] = true
	}
	for _, id := range answered {
		require.True(t, kept[id], "%s was answered and is lost", id)
	}
	fmt.Println(len(answered), "answered,", refused, "refused, none lost")
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}
