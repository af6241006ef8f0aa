package emulator_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/event"
)

// stateServer keeps its state in the file, without the check of newServer.
func stateServer(t *testing.T, path string, opts ...emulator.Option) *emulator.Server {
	t.Helper()
	s, err := emulator.New(append(opts, emulator.WithState(path))...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func statePath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "state.jsonl")
}

// A restart, and the client notices nothing.
func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := stateServer(t, path, emulator.WithStartTime(startTime()))
	require.Empty(t, s.StateNote())
	c := newClient(t, s)
	id := create(t, c, leave())
	require.NoError(t, s.Approve("lisi", id, "好"))
	require.NoError(t, s.SetCallback(emulator.Callback{URL: "http://127.0.0.1:1/callback"}))
	s.Advance(48 * time.Hour)
	before, now, tokenBefore := state(t, s, id), s.Now(), token(t, s)
	require.NoError(t, s.Close())

	s = stateServer(t, path, emulator.WithStartTime(startTime()))
	require.Equal(t, before.Tasks, state(t, s, id).Tasks)
	require.Equal(t, before.CreateTime.UnixNano(), state(t, s, id).CreateTime.UnixNano())
	require.False(t, s.Now().Before(now), "the clock went back")
	require.Equal(t, tokenBefore, token(t, s))
	require.Equal(t, "http://127.0.0.1:1/callback", dig[string](t, callOld(t, s, http.MethodGet, "/call_back/get_call_back", nil).object, "url"))
	require.NoError(t, s.Approve("wangwu", id, ""))
	require.Equal(t, "agree", state(t, s, id).Result)
	other := create(t, newClient(t, s), leave())
	require.NotEqual(t, state(t, s, id).BusinessID, state(t, s, other).BusinessID)
	require.Greater(t, state(t, s, other).Tasks[0].ID, state(t, s, id).Tasks[1].ID)
}

// Options hold at every start, and what the API changed holds against them.
func TestStateAndOptions(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := stateServer(t, path)
	id := create(t, newClient(t, s), leave())
	r := call(t, s, http.MethodPost, "/v1.0/workflow/forms", object{
		"processCode": company.DefaultExpenseCode, "name": "报销单",
		"formComponents": []object{{"componentType": "TextField", "props": object{"componentId": "TextField-1", "label": "事由"}}},
	})
	require.Equal(t, 200, r.status, "%s", r.body)
	require.NoError(t, s.Close())

	changed := company.DefaultForm()
	changed.Flow = changed.Flow[1:]
	changed.Components = append(changed.Components, company.Component{Label: "备注", Type: "TextField"})
	s = stateServer(t, path, emulator.WithForms(changed, company.ExpenseForm()), emulator.WithUsers(
		company.User{ID: "zhangsan", Name: "张三", DeptIDs: []int64{100}}, company.User{ID: "lisi", Name: "李四"},
		company.User{ID: "wangwu", Name: "王五"}, company.User{ID: "zhaoliu", Name: "赵六"}))
	require.Equal(t, []string{"lisi RUNNING"}, lines(state(t, s, id)), "an approval keeps the form that it was started with")
	require.Equal(t, []string{"wangwu RUNNING"}, lines(state(t, s, create(t, newClient(t, s), leave()))), "the option's form counts")
	schema := call(t, s, http.MethodGet, "/v1.0/workflow/forms/schemas/processCodes?processCode="+company.DefaultExpenseCode, nil)
	require.Equal(t, "报销单", dig[string](t, schema.object, "result", "name"), "what the API changed counts")
}

// Changes that nothing else follows.
func TestEachChangeIsKept(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*testing.T, *emulator.Server, string){
		"sign-in code": func(_ *testing.T, s *emulator.Server, _ string) { s.SignInCode("lisi") },
		"departure": func(t *testing.T, s *emulator.Server, _ string) {
			t.Helper()
			require.NoError(t, s.Leave("lisi"))
		},
		"file": func(t *testing.T, s *emulator.Server, _ string) {
			t.Helper()
			_, err := s.PutFile("lisi", "a.txt", []byte("a"))
			require.NoError(t, err)
		},
		"fault":     func(_ *testing.T, s *emulator.Server, _ string) { s.Fail(fault.QPS()) },
		"clock":     func(_ *testing.T, s *emulator.Server, _ string) { s.Advance(time.Hour) },
		"no tokens": func(_ *testing.T, s *emulator.Server, _ string) { s.ExpireTokens() },
		"no callback": func(t *testing.T, s *emulator.Server, _ string) {
			t.Helper()
			require.NoError(t, s.SetCallback(emulator.Callback{}))
		},
		"comment": func(t *testing.T, s *emulator.Server, id string) {
			t.Helper()
			require.NoError(t, s.AddComment("lisi", id, "?"))
		},
		"revoked": func(t *testing.T, s *emulator.Server, id string) {
			t.Helper()
			require.NoError(t, s.Terminate(id, ""))
		},
		"added approver": func(t *testing.T, s *emulator.Server, id string) {
			t.Helper()
			admin(t, s, http.MethodPost, "instances/"+id+"/add-sign", object{"userId": "lisi", "userIds": []string{"qianqi"}, "before": true})
		},
		"sent back": func(t *testing.T, s *emulator.Server, id string) {
			t.Helper()
			admin(t, s, http.MethodPost, "instances/"+id+"/revert", object{"userId": "lisi"})
		},
		"reset": func(t *testing.T, s *emulator.Server, _ string) {
			t.Helper()
			require.NoError(t, s.Reset())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := statePath(t)
			opts := []emulator.Option{emulator.WithAdmin()}
			s := stateServer(t, path, opts...)
			require.NoError(t, s.SetCallback(emulator.Callback{URL: "http://127.0.0.1:1/callback", Events: []string{"none"}}))
			id := create(t, newClient(t, s), leave())
			change(t, s, id)
			want, err := emulator.StateOf(s, t.TempDir())
			require.NoError(t, err)
			written, err := os.ReadFile(path) // as a killed process leaves it
			require.NoError(t, err)
			left := statePath(t)
			require.NoError(t, os.WriteFile(left, written, 0o600))
			got, err := emulator.StateIn(left, t.TempDir(), opts...)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// Pushes that wait go on after a restart, and failed ones are still to be read.
func TestStateKeepsPushes(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	s := stateServer(t, path, emulator.WithCallback(emulator.Callback{Handler: broken, Events: []string{"bpms_task_change"}}))
	create(t, newClient(t, s), leave())
	s.Advance(time.Minute) // three attempts
	second := create(t, newClient(t, s), leave())
	require.NoError(t, s.Flush(t.Context()))
	require.Len(t, s.FailedPushes(), 1)
	require.NoError(t, s.Close())

	received := make(chan struct{}, 10)
	dispatcher, err := event.NewDispatcher()
	require.NoError(t, err)
	callback, err := dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey},
		dingoa.WithCallbackClock(func() time.Time { return s.Now() }))
	require.NoError(t, err)
	handler := callback.Handler(dispatcher)
	s = stateServer(t, path, emulator.WithCallback(emulator.Callback{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received <- struct{}{}
		handler.ServeHTTP(w, r)
	})}))
	s.Advance(10 * time.Second)
	require.Len(t, received, 1)
	pushes := s.Pushes()
	last := pushes[len(pushes)-1]
	require.Equal(t, second, last.InstanceID)
	require.True(t, last.Delivered, "%+v", last.Attempts)
	require.Equal(t, http.StatusTeapot, last.Attempts[0].Status)
	require.Len(t, s.FailedPushes(), 1)
	failed := callOld(t, s, http.MethodGet, "/call_back/get_call_back_failed_result", nil)
	require.Contains(t, string(failed.body), fmt.Sprintf(`"taskId":%d`, s.Instances()[0].Tasks[0].ID), "numbers stay exact")
}

func TestBrokenStateFileIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := stateServer(t, path)
	id := create(t, newClient(t, s), leave())
	require.NoError(t, s.Close())
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	header, rest, _ := strings.Cut(string(good), "\n")
	first, more, _ := strings.Cut(rest, "\n")

	for name, tc := range map[string]struct{ content, problem string }{
		"newer":             {`{"dingoaEmulatorState":99}` + "\n", "has version 99"},
		"broken line":       {header + "\n" + first[:len(first)/2] + "\n" + more, "line 2 (from byte 26)"},
		"unknown kind":      {header + "\n" + `[{"k":"planet","id":"x","v":{}}]` + "\n", `there is no kind "planet"`},
		"unknown form":      {header + "\n" + `[{"k":"instance","id":"x","v":{"form":"y"}}]` + "\n", `instance x: there is no form "y"`},
		"impossible task":   {strings.ReplaceAll(string(good), `"tasks":[{"id":`, `"tasks":[{"step":9,"id":`), "of step 9"},
		"impossible node":   {strings.ReplaceAll(string(good), `"tasks":[{"id":`, `"current":-1,"tasks":[{"id":`), "no step -1"},
		"callback":          {header + "\n" + `[{"k":"meta","v":{"callback":{"URL":"x"}}}]` + "\n", "callback"},
		"text for a number": {header + "\n" + `[{"k":"instance","id":"x","v":{"dept":"y"}}]` + "\n", "instance x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := statePath(t)
			require.NoError(t, os.WriteFile(path, []byte(tc.content), 0o600))
			_, err := emulator.New(emulator.WithState(path))
			require.ErrorContains(t, err, path)
			require.ErrorContains(t, err, "line ")
			require.ErrorContains(t, err, "left as it is")
			if name != "callback" {
				require.ErrorContains(t, err, tc.problem)
			}
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, tc.content, string(left))
		})
	}

	// A last line that was cut off anywhere is dropped, whole changes stay.
	for _, cut := range []int{1, 10, len(good) / 3, 2} {
		path := statePath(t)
		torn := string(good) + `[{"k":"instance","id":"torn","v":{"business":"2026050409300000001","title"`[:cut%70]
		require.NoError(t, os.WriteFile(path, []byte(torn), 0o600))
		s := stateServer(t, path)
		require.Contains(t, s.StateNote(), "was cut off")
		require.Equal(t, "RUNNING", state(t, s, id).Status)
		require.Len(t, s.Instances(), 1)
		require.NoError(t, s.AddComment("lisi", id, "after the cut"))
		require.NoError(t, s.Close())
		s = stateServer(t, path)
		require.Empty(t, s.StateNote())
		require.Contains(t, string(call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId="+id, nil).body), "after the cut")
		require.NoError(t, s.Close())
	}
}

func TestOneServerPerStateFile(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := stateServer(t, path)
	_, err := emulator.New(emulator.WithState(path))
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "another process uses it")
	require.NoError(t, s.Close())
	require.NoError(t, stateServer(t, path).Close())

	_, err = emulator.New(emulator.WithState(""))
	require.ErrorContains(t, err, "the path is empty")
	_, err = emulator.New(emulator.WithState(filepath.Join(t.TempDir(), "missing", "state")))
	require.ErrorContains(t, err, "missing")
	// A server that did not start holds no lock.
	s, err = emulator.New(emulator.WithState(path), emulator.WithSeed([]byte("instances: [{form: x, originator: lisi}]")), emulator.WithListLimit(1))
	require.NoError(t, err, "the file is not new, so the seed's approvals do not count")
	require.NoError(t, s.Close())
}

func TestNewStateFileWithABadSeed(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	_, err := emulator.New(emulator.WithState(path), emulator.WithSeed([]byte("instances: [{form: x, originator: lisi}]")))
	require.ErrorContains(t, err, "instances[0].form")
	require.NoFileExists(t, path)
	require.NoError(t, stateServer(t, path).Close())
}

// TestKilledServer is killed in the middle of its work; nothing that it answered
// is lost.
func TestKilledServer(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildOfKilledServer$", "-test.v")
	child.Env = append(os.Environ(), "EMULATOR_STATE="+path)
	output, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	var answered []string
	for lines := bufio.NewScanner(output); lines.Scan() && len(answered) < 200; {
		if id, ok := strings.CutPrefix(lines.Text(), "answered "); ok {
			answered = append(answered, id)
		}
	}
	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())
	require.Len(t, answered, 200)

	s := stateServer(t, path)
	for _, id := range answered {
		require.Equal(t, "lisi COMPLETED AGREE", lines(state(t, s, id))[0])
	}
}

// TestChildOfKilledServer works until it is killed.
func TestChildOfKilledServer(t *testing.T) {
	path := os.Getenv("EMULATOR_STATE")
	if path == "" {
		t.Skip("runs as the child of TestKilledServer")
	}
	s := stateServer(t, path)
	c := newClient(t, s)
	for range 100_000 {
		id := create(t, c, leave())
		require.NoError(t, s.Approve("lisi", id, ""))
		fmt.Println("answered " + id)
	}
}

// Opening goes on with the file that is there, unless most of it is outdated.
func TestStateIsWrittenAnewWhenWorthIt(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	s := stateServer(t, path)
	id := create(t, newClient(t, s), leave())
	require.NoError(t, s.Close())
	before, err := os.Stat(path)
	require.NoError(t, err)

	changed := company.DefaultForm()
	changed.Flow = changed.Flow[1:]
	withChange := []emulator.Option{emulator.WithForms(changed, company.ExpenseForm()), emulator.WithCallback(emulator.Callback{URL: "http://127.0.0.1:1/callback"})}
	s = stateServer(t, path, withChange...)
	want, err := emulator.StateOf(s, t.TempDir())
	require.NoError(t, err)
	require.Contains(t, want, "http://127.0.0.1:1/callback")
	require.NoError(t, s.Close())
	got, err := emulator.StateIn(path, t.TempDir(), withChange...)
	require.NoError(t, err)
	require.Equal(t, want, got, "what options changed is in the file")
	after, err := os.Stat(path)
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after))

	s = stateServer(t, path)
	for range 100 {
		s.Advance(time.Second)
	}
	require.NoError(t, s.Close())
	large, err := os.Stat(path)
	require.NoError(t, err)
	s = stateServer(t, path)
	require.Equal(t, "RUNNING", state(t, s, id).Status)
	small, err := os.Stat(path)
	require.NoError(t, err)
	require.Less(t, small.Size(), large.Size())
}
