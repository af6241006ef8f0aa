package emulator_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

func TestFlows(t *testing.T) {
	t.Parallel()
	type move struct {
		user, verb string // agree, refuse, or the user to redirect to
	}
	one := func(users ...string) company.Node { return company.Node{Approvers: users} }
	all := func(users ...string) company.Node { return company.Node{Mode: company.All, Approvers: users} }
	anyOf := func(users ...string) company.Node { return company.Node{Mode: company.Any, Approvers: users} }
	for name, tc := range map[string]struct {
		flow   []company.Node
		moves  []move
		status string // status and result
		tasks  []string
	}{
		"a node in turn asks one after the other": {
			flow:   []company.Node{one("lisi", "wangwu")},
			status: "RUNNING",
			tasks:  []string{"lisi RUNNING", "wangwu NEW"},
		},
		"in turn, the second is asked when the first agreed": {
			flow:   []company.Node{one("lisi", "wangwu")},
			moves:  []move{{"lisi", "agree"}},
			status: "RUNNING",
			tasks:  []string{"lisi COMPLETED AGREE", "wangwu RUNNING"},
		},
		"in turn, all agreed": {
			flow:   []company.Node{one("lisi", "wangwu")},
			moves:  []move{{"lisi", "agree"}, {"wangwu", "agree"}},
			status: "COMPLETED agree",
			tasks:  []string{"lisi COMPLETED AGREE", "wangwu COMPLETED AGREE"},
		},
		"in turn, a refusal leaves the next unasked": {
			flow:   []company.Node{one("lisi", "wangwu"), one("zhaoliu")},
			moves:  []move{{"lisi", "refuse"}},
			status: "COMPLETED refuse",
			tasks:  []string{"lisi COMPLETED REFUSE", "wangwu CANCELED"},
		},
		"all: one of two is not enough": {
			flow:   []company.Node{all("lisi", "wangwu"), one("zhaoliu")},
			moves:  []move{{"wangwu", "agree"}},
			status: "RUNNING",
			tasks:  []string{"lisi RUNNING", "wangwu COMPLETED AGREE"},
		},
		"all: both agree, the next node starts": {
			flow:   []company.Node{all("lisi", "wangwu"), one("zhaoliu")},
			moves:  []move{{"wangwu", "agree"}, {"lisi", "agree"}},
			status: "RUNNING",
			tasks:  []string{"lisi COMPLETED AGREE", "wangwu COMPLETED AGREE", "zhaoliu RUNNING"},
		},
		"all: one refusal ends it": {
			flow:   []company.Node{all("lisi", "wangwu", "zhaoliu")},
			moves:  []move{{"lisi", "agree"}, {"wangwu", "refuse"}},
			status: "COMPLETED refuse",
			tasks:  []string{"lisi COMPLETED AGREE", "wangwu COMPLETED REFUSE", "zhaoliu CANCELED"},
		},
		"any: the first agreement decides": {
			flow:   []company.Node{anyOf("lisi", "wangwu"), one("zhaoliu")},
			moves:  []move{{"wangwu", "agree"}},
			status: "RUNNING",
			tasks:  []string{"lisi CANCELED", "wangwu COMPLETED AGREE", "zhaoliu RUNNING"},
		},
		"any: the first refusal decides": {
			flow:   []company.Node{anyOf("lisi", "wangwu")},
			moves:  []move{{"lisi", "refuse"}},
			status: "COMPLETED refuse",
			tasks:  []string{"lisi COMPLETED REFUSE", "wangwu CANCELED"},
		},
		"redirect hands the task on": {
			flow:   []company.Node{one("lisi")},
			moves:  []move{{"lisi", "zhaoliu"}},
			status: "RUNNING",
			tasks:  []string{"lisi COMPLETED REDIRECTED", "zhaoliu RUNNING"},
		},
		"who got a redirected task decides": {
			flow:   []company.Node{one("lisi")},
			moves:  []move{{"lisi", "zhaoliu"}, {"zhaoliu", "wangwu"}, {"wangwu", "agree"}},
			status: "COMPLETED agree",
			tasks:  []string{"lisi COMPLETED REDIRECTED", "zhaoliu COMPLETED REDIRECTED", "wangwu COMPLETED AGREE"},
		},
		"redirect inside all: the others still have to agree": {
			flow:   []company.Node{all("lisi", "wangwu")},
			moves:  []move{{"lisi", "zhaoliu"}, {"zhaoliu", "agree"}},
			status: "RUNNING",
			tasks:  []string{"lisi COMPLETED REDIRECTED", "zhaoliu COMPLETED AGREE", "wangwu RUNNING"},
		},
		"redirect in turn keeps the place": {
			flow:   []company.Node{one("lisi", "wangwu")},
			moves:  []move{{"lisi", "zhaoliu"}},
			status: "RUNNING",
			tasks:  []string{"lisi COMPLETED REDIRECTED", "zhaoliu RUNNING", "wangwu NEW"},
		},
		"one user in several nodes": {
			flow:   []company.Node{one("lisi"), all("lisi", "wangwu"), anyOf("lisi", "zhaoliu")},
			moves:  []move{{"lisi", "agree"}, {"lisi", "agree"}, {"wangwu", "agree"}, {"lisi", "agree"}},
			status: "COMPLETED agree",
			tasks: []string{
				"lisi COMPLETED AGREE", "lisi COMPLETED AGREE", "wangwu COMPLETED AGREE", "lisi COMPLETED AGREE", "zhaoliu CANCELED",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := company.DefaultForm()
			form.Flow = tc.flow
			s := newServer(t, emulator.WithForms(form))
			id := create(t, newClient(t, s), leave())
			for _, m := range tc.moves {
				var err error
				switch m.verb {
				case "agree":
					err = s.Approve(m.user, id, "")
				case "refuse":
					err = s.Refuse(m.user, id, "")
				default:
					err = s.Redirect(m.user, id, m.verb, "")
				}
				require.NoError(t, err)
			}
			st := state(t, s, id)
			require.Equal(t, tc.status, strings.TrimSpace(st.Status+" "+st.Result))
			require.Equal(t, tc.tasks, lines(st))
			require.Equal(t, st.Status != "RUNNING", !st.FinishTime.IsZero())
		})
	}
}

func TestApproversOfTheRequestReplaceTheFlow(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	req := withApprovers(
		dingoa.Approver{ActionType: dingoa.ActionOr, UserIDs: []string{"zhaoliu", "qianqi"}},
		dingoa.Approver{UserIDs: []string{"wangwu"}},
	)
	req.DeptID = 0 // not needed then
	req.CCUserIDs, req.CCPosition = []string{"lisi"}, dingoa.CCAtStartAndFinish
	id := create(t, c, req)
	require.Equal(t, []string{"zhaoliu RUNNING", "qianqi RUNNING"}, lines(state(t, s, id)))
	require.NoError(t, s.Approve("qianqi", id, ""))
	require.NoError(t, s.Approve("wangwu", id, ""))

	in, err := c.Instances.Get(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, dingoa.ResultAgree, in.Result)
	require.Equal(t, []string{"lisi"}, in.CCUserIDs)
	require.Equal(t, []string{"zhaoliu", "qianqi", "wangwu"}, in.ApproverUserIDs)
	require.Equal(t, int64(company.DefaultDeptID), in.OriginatorDeptID)
	var kinds []string
	for _, r := range in.Records {
		kinds = append(kinds, string(r.Type))
	}
	require.Equal(t, []string{
		"START_PROCESS_INSTANCE", "PROCESS_CC", "EXECUTE_TASK_NORMAL", "EXECUTE_TASK_NORMAL", "PROCESS_CC",
	}, kinds)
}

func TestCopies(t *testing.T) {
	t.Parallel()
	for position, want := range map[dingoa.CCPosition][]string{
		dingoa.CCAtStart:          {"START_PROCESS_INSTANCE", "PROCESS_CC", "EXECUTE_TASK_NORMAL"},
		dingoa.CCAtFinish:         {"START_PROCESS_INSTANCE", "EXECUTE_TASK_NORMAL", "PROCESS_CC"},
		dingoa.CCAtStartAndFinish: {"START_PROCESS_INSTANCE", "PROCESS_CC", "EXECUTE_TASK_NORMAL", "PROCESS_CC"},
		"":                        {"START_PROCESS_INSTANCE", "EXECUTE_TASK_NORMAL", "PROCESS_CC"},
	} {
		s := newServer(t)
		c := newClient(t, s)
		req := withApprovers(dingoa.Approver{UserIDs: []string{"lisi"}})
		req.CCUserIDs, req.CCPosition = []string{"wangwu"}, position
		id := create(t, c, req)
		require.NoError(t, s.Refuse("lisi", id, ""))
		in, err := c.Instances.Get(t.Context(), id)
		require.NoError(t, err)
		var kinds []string
		for _, r := range in.Records {
			kinds = append(kinds, string(r.Type))
		}
		require.Equal(t, want, kinds, "at %q", position)
	}
}

func TestSteeringSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := create(t, newClient(t, s), leave())
	require.ErrorContains(t, s.Approve("wangwu", id, ""), "waits for [lisi]")
	require.ErrorContains(t, s.Approve("lisi", "nowhere", ""), `no instance "nowhere"`)
	require.ErrorContains(t, s.Redirect("lisi", id, "nobody", ""), `no user "nobody"`)
	require.ErrorContains(t, s.AddComment("nobody", id, "hm"), `no user "nobody"`)
	require.NoError(t, s.Terminate(id, ""))
	require.ErrorContains(t, s.Terminate(id, ""), "TERMINATED")
	require.Equal(t, []string{"lisi TERMINATED"}, lines(state(t, s, id)))
}
