package emulator_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

const sampleSeed = "../examples/seed.yaml"

func TestSampleSeed(t *testing.T) {
	t.Parallel()
	received := 0
	s := newServer(t, emulator.WithSeedFile(sampleSeed), emulator.WithCallback(emulator.Callback{
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { received++ }),
	}))
	require.Equal(t, "dingsampleapp", s.App().AppKey)
	require.Equal(t, 20, s.App().QPS)
	china := time.FixedZone("", 8*60*60)
	require.WithinDuration(t, time.Date(2026, 5, 4, 9, 30, 0, 0, china), s.Now(), time.Minute)

	ids := []string{}
	for _, in := range s.Instances() {
		ids = append(ids, in.ID)
	}
	require.Equal(t, []string{"sample-leave-agreed", "sample-expense-refused", "sample-leave-running"}, ids, "the oldest first")
	agreed := state(t, s, "sample-leave-agreed")
	require.Equal(t, "agree", agreed.Result)
	require.True(t, agreed.CreateTime.Equal(time.Date(2026, 4, 28, 10, 0, 0, 0, china)))
	require.True(t, agreed.FinishTime.Equal(time.Date(2026, 4, 28, 14, 5, 0, 0, china)))
	require.Equal(t, "202604281000", agreed.BusinessID[:12])
	require.Equal(t, []string{"lisi COMPLETED AGREE", "wangwu COMPLETED AGREE", "zhaoliu CANCELED"}, lines(agreed))
	require.Equal(t, []string{"lisi COMPLETED AGREE", "zhaoliu COMPLETED REFUSE"}, lines(state(t, s, "sample-expense-refused")))
	require.Equal(t, []string{"lisi RUNNING"}, lines(state(t, s, "sample-leave-running")))

	in, err := newClient(t, s).Instances.Get(t.Context(), "sample-leave-agreed")
	require.NoError(t, err)
	require.Equal(t, "研发部", in.OriginatorDeptName)
	require.True(t, in.CreateTime.Equal(agreed.CreateTime))
	days, _ := in.Value("天数")
	require.Equal(t, "1", days)
	_, err = newClient(t, s).Tasks.TodoCount(t.Context(), "lisi")
	require.NoError(t, err)
	require.NoError(t, s.Flush(t.Context()))
	require.Empty(t, s.Pushes())
	require.Zero(t, received)
}

// The app of the sample has three permission points only.
func TestSeedLimits(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithSeedFile(sampleSeed))
	c := newClient(t, s)
	_, err := c.Instances.Get(t.Context(), "sample-leave-running")
	require.NoError(t, err)
	r := call(t, s, http.MethodPost, "/v1.0/workflow/forms", object{"name": "x"})
	require.Equal(t, 403, r.status, "%s", r.body)
}

func TestSeedAsJSON(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithSeed([]byte(`{
		"premium": true,
		"users": [{"id": "a", "name": "甲", "departments": [7]}, {"id": "b", "name": "乙"}],
		"departments": [{"id": 7, "name": "七"}],
		"forms": [{"processCode": "P", "name": "申请", "components": [
			{"label": "多选", "type": "DDMultiSelectField", "options": ["x", "y"]}], "flow": [{"approvers": ["b"]}]}],
		"suites": [{"suiteKey": "suitekey", "suiteSecret": "secret", "corpIds": ["c1"]}],
		"callback": {"url": "http://127.0.0.1:1/callback", "events": ["bpms_task_change"]},
		"instances": [{"id": "i", "form": "申请", "originator": "a", "department": 7, "values": {"多选": ["x", "y"]},
			"actions": [{"do": "add-sign", "user": "b", "users": ["a"], "before": true, "mode": "in turn"}, {"do": "approve", "user": "a"},
				{"do": "redirect", "user": "b", "to": "a"}, {"do": "revert", "user": "a", "node": "加签"}]}]
	}`)))
	require.Equal(t, []string{"b COMPLETED REDIRECTED", "a COMPLETED NONE", "a COMPLETED AGREE", "a RUNNING"}, lines(state(t, s, "i")))
	r := call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId=i", nil)
	require.JSONEq(t, `["x","y"]`, dig[string](t, r.object, "result", "formComponentValues", 0, "value"))
	_, err := s.PushSuiteTicket("suitekey")
	require.NoError(t, err)
}

// skewOf is how far the emulator's clock is ahead of that of its clients.
func skewOf(s *emulator.Server) time.Duration {
	return s.Now().Sub(s.ClientTime()).Round(time.Second)
}

// A seed adds to options; what options name themselves they keep.
func TestSeedAndOptions(t *testing.T) {
	t.Parallel()
	seed := emulator.WithSeed([]byte("startTime: 2026-01-02\napp: {appKey: other}\ncallback: {url: http://127.0.0.1:1/seed}\nusers: [{id: a, name: 甲}]\nforms: []\n"))
	app := company.App{AppKey: "mine", AppSecret: "secret", CorpID: "corp"}
	for _, opts := range [][]emulator.Option{
		{seed, emulator.WithApp(app), emulator.WithStartTime(startTime()), emulator.WithUsers(company.User{ID: "b", Name: "乙"})},
		{emulator.WithApp(app), emulator.WithStartTime(startTime()), emulator.WithUsers(company.User{ID: "b", Name: "乙"}), seed},
	} {
		s := newServer(t, opts...)
		require.Equal(t, "mine", s.App().AppKey)
		require.WithinDuration(t, startTime(), s.Now(), time.Minute)
		require.NotEmpty(t, s.SignInCode("a"))
		_, err := s.PutFile("a", "x", nil)
		require.NoError(t, err)
		_, err = s.PutFile("b", "x", nil)
		require.NoError(t, err)
	}
	ahead := emulator.WithSeed([]byte("clockSkew: 1h30m\n"))
	require.Equal(t, 90*time.Minute, skewOf(newServer(t, ahead)))
	require.Equal(t, -time.Minute, skewOf(newServer(t, ahead, emulator.WithClockSkew(-time.Minute))))
	s := newServer(t, emulator.WithSeed(nil), emulator.WithSeed([]byte("# nothing\n")))
	require.Equal(t, company.DefaultAppKey, s.App().AppKey)
	create(t, newClient(t, s), leave())
}

func TestSeedErrors(t *testing.T) {
	t.Parallel()
	const people = "users:\n  - {id: lisi, name: 李四}\n  - {id: wangwu, name: 王五}\n"                                                                            // lines 1 to 3
	const form = "forms:\n  - processCode: P\n    name: 申请\n    components: [{label: 事由, type: TextField, required: true}]\n    flow: [{approvers: [lisi]}]\n" // lines 4 to 8
	for name, tc := range map[string]struct {
		seed string
		want []string
	}{
		"typo":            {people + "forms:\n  - processCode: P\n    name: 申请\n    flow:\n      - aprovers: [lisi]\n", []string{"seed:8: forms[0].flow[0].aprovers: unknown field; did you mean approvers?"}},
		"typo of a case":  {"Users: []\n", []string{"seed:1: Users: unknown field; did you mean users?"}},
		"far from all":    {"x:\n  y: z\n", []string{"seed:1: x: unknown field"}},
		"component":       {people + "forms:\n  - processCode: P\n    name: 申请\n    components:\n      - {label: 事由, typ: TextField}\n    flow: [{approvers: [lisi]}]\n", []string{"seed:8: forms[0].components[0].typ: unknown field; did you mean type?"}},
		"stranger":        {people + "forms:\n  - processCode: P\n    name: 申请\n    flow:\n      - approvers: [lisi, wangwo]\n    cc: [x]\n", []string{`seed:8: forms[0].flow[0].approvers[1]: there is no user "wangwo"; did you mean wangwu?`, `seed:9: forms[0].cc[0]: there is no user "x"`}},
		"twice":           {people + "  - {id: lisi, name: x}\n", []string{`seed:4: users[2].id: user "lisi" is given twice`}},
		"field twice":     {"premium: true\npremium: false\n", []string{"seed:2: premium: is given twice"}},
		"no ID":           {"users:\n  - name: 李四\n", []string{"seed:2: users[0].id: is required"}},
		"no department":   {"departments:\n  - {id: 1}\n", []string{"seed:2: departments[0]: id and name are required"}},
		"no node's users": {people + "forms:\n  - processCode: P\n    name: 申请\n    flow: [{name: x}]\n", []string{"seed:5: forms[0]: node 1 has no approvers"}},
		"mode":            {people + "forms:\n  - processCode: P\n    name: 申请\n    flow: [{mode: inTurn, approvers: [lisi]}]\n", []string{`seed:7: forms[0].flow[0].mode: "inTurn" is not one of ["in turn" "all" "any"]; did you mean in turn?`}},
		"form twice":      {people + form + "  - {processCode: P, name: x}\n", []string{`seed:9: forms[1].processCode: "P" is given twice`}},
		"text for a list": {"users: lisi\n", []string{"seed:1: users: must be a list"}},
		"list for a text": {"users:\n  - id: [lisi]\n    name: x\n", []string{"seed:2: users[0].id: must be one value"}},
		"text for fields": {"app: x\n", []string{"seed:1: app: must have fields"}},
		"number":          {"app: {qps: many}\n", []string{`seed:1: app.qps: "many" is not acceptable, want whole number`}},
		"yes":             {"premium: maybe\n", []string{`seed:1: premium: "maybe" is not acceptable, want true or false`}},
		"clock":           {"clockSkew: much\n", []string{`seed:1: clockSkew: "much" is no duration such as "15s"`}},
		"time":            {"startTime: soon\n", []string{`seed:1: startTime: "soon" is no time`}},
		"limit":           {"app:\n  qps: -1\n  monthlyCalls: -1\n", []string{"seed:2: app.qps: -1 is negative", "seed:3: app.monthlyCalls: -1 is negative"}},
		"suite":           {"suites:\n  - suiteKey: x\n", []string{"seed:2: suites[0].suiteSecret: is required"}},
		"callback":        {"callback:\n  token: x\n", []string{"callback.url: is required"}},
		"callback's key":  {"callback: {url: 'http://h/', aesKey: short}\n", []string{"EncodingAESKey"}},
		"syntax":          {"users:\n  - {id: lisi\n    name: x]\n", []string{"seed:"}},
		"tab":             {"users:\n\t- x\n", []string{"seed:2: found character that cannot start any token"}},
		"two documents":   {"premium: true\n---\npremium: false\n", []string{"a second document begins"}},
		"a list":          {"- x\n", []string{"seed:1: must have fields"}},
		"name is a list":  {"? [a, b]\n: x\n", []string{"has a field whose name is no text"}},
		"aliases":         {"a: &a [x, x, x, x, x, x, x, x, x, x]\n", []string{"unknown field"}},
		"itself":          {"users: &u\n  - *u\n", []string{"users"}},

		"unknown form":       {people + form + "instances:\n  - {form: Q, originator: lisi}\n", []string{`seed:10: instances[0].form: there is no form with the process code or name "Q"`}},
		"unknown originator": {people + form + "instances:\n  - {form: P, originator: lis}\n", []string{`seed:10: instances[0].originator: there is no user "lis"; did you mean lisi?`}},
		"missing value":      {people + form + "instances:\n  - {form: P, originator: lisi}\n", []string{"seed:10: instances[0].values: 表单数据校验失败，失败控件：事由（必填）"}},
		"unknown value":      {people + form + "instances:\n  - {form: P, originator: lisi, values: {事由: x, 天数: 1}}\n", []string{"seed:10: instances[0].values", "天数"}},
		"unknown action":     {people + form + "instances:\n  - form: P\n    originator: lisi\n    values: {事由: x}\n    actions:\n      - {do: aprove, user: lisi}\n", []string{`seed:14: instances[0].actions[0].do: "aprove" is not one of`, "did you mean approve?"}},
		"not one's turn":     {people + form + "instances:\n  - form: P\n    originator: lisi\n    values: {事由: x}\n    actions:\n      - {do: approve, user: wangwu}\n", []string{`seed:14: instances[0].actions[0]: user "wangwu" has no running task`}},
		"strangers acting":   {people + form + "instances:\n  - form: P\n    originator: lisi\n    actions:\n      - {do: redirect, user: x, to: y}\n      - {do: add-sign, user: lisi, users: [z]}\n", []string{`seed:13: instances[0].actions[0].user: there is no user "x"`, `actions[0].to: there is no user "y"`, `seed:14: instances[0].actions[1].users[0]: there is no user "z"`}},
		"future":             {people + form + "startTime: 2026-05-01\ninstances:\n  - {form: P, originator: lisi, created: 2026-06-01, values: {事由: x}}\n", []string{"seed:11: instances[0].created: 2026-06-01T00:00:00+08:00 is in the future"}},
		"backwards":          {people + form + "instances:\n  - form: P\n    originator: lisi\n    created: 2026-01-02\n    actions: [{do: comment, user: lisi, remark: x, at: 2026-01-01}]\n", []string{"seed:13: instances[0].actions[0].at: is before what happened before it"}},
		"time of an action":  {people + form + "instances:\n  - form: P\n    originator: lisi\n    actions: [{do: comment, user: lisi, remark: x, at: 2026-01-01}]\n", []string{"seed:12: instances[0].actions[0].at: needs the approval's own created"}},
		"same ID":            {people + form + "instances:\n  - {id: i, form: P, originator: lisi}\n  - {id: i, form: P, originator: lisi}\n", []string{`seed:11: instances[1].id: "i" is given twice`}},
		"unknown node":       {people + form + "instances:\n  - {form: P, originator: lisi, values: {事由: x}, selected: {人事: [lisi]}}\n", []string{"seed:10: instances[0].selected.人事: the form 申请 has no node of this name"}},
		"several at once": {"premum: true\nusers:\n  - {id: lisi, nam: x}\nstartTime: x\n", []string{
			"seed:1: premum: unknown field; did you mean premium?", "seed:3: users[0].nam: unknown field; did you mean name?", "seed:4: startTime",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := emulator.New(emulator.WithSeed([]byte(tc.seed)))
			for _, want := range tc.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestSeedFileErrors(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "team.yaml")
	_, err := emulator.New(emulator.WithSeedFile(path))
	require.ErrorContains(t, err, path)
	require.NoError(t, os.WriteFile(path, []byte("\nuser: []\n"), 0o600))
	_, err = emulator.New(emulator.WithSeedFile(path))
	require.EqualError(t, err, "emulator: team.yaml:2: user: unknown field; did you mean users?")
}

// FuzzSeed: a seed is accepted or refused, and nothing panics or takes long.
func FuzzSeed(f *testing.F) {
	sample, err := os.ReadFile(sampleSeed)
	require.NoError(f, err)
	f.Add(sample)
	f.Add([]byte(`{"users": [{"id": "a", "name": "b"}], "instances": [{"form": "x", "values": {"a": {"b": [1, null]}}}]}`))
	f.Add([]byte("a: &a [*a, *a]\nusers: *a\n"))
	f.Add([]byte("a: &a {x: 1}\nb: &b [*a, *a, *a]\nusers: [*b, *b]\napp: {<<: *a}\n"))
	f.Add([]byte("? {a: b}\n: - c\n"))
	f.Add([]byte("startTime: !!binary x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := emulator.New(emulator.WithSeed(data))
		if err == nil {
			require.NoError(t, s.Close())
		}
	})
}
