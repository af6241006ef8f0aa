package emulator_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// A backend takes deptId, which starting an approval needs, from here.
func TestUserGet(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	got := callOld(t, s, http.MethodPost, "/topapi/v2/user/get", object{"userid": "lisi"})
	requireDocumented(t, "OapiV2UserGet", got.body)
	require.JSONEq(t, `{"userid":"lisi","unionid":"unionid-lisi","name":"李四","avatar":"https://static.emulator.invalid/avatars/lisi.png",
		"mobile":"13800000002","state_code":"86","title":"研发经理","job_number":"1002",
		"dept_id_list":[100],"dept_order_list":[{"dept_id":100,"order":1}],"leader_in_dept":[{"dept_id":100,"leader":true}],
		"active":true,"real_authed":true,"senior":false,"hide_mobile":false,"exclusive_account":false,"admin":false,"boss":false}`,
		jsonText(got.object["result"]))

	form := send(t, s, http.MethodPost, "https://oapi.dingtalk.com/topapi/v2/user/get?access_token="+token(t, s),
		"userid=qianqi&language=zh_CN", "Content-Type", formEncoded)
	require.Equal(t, []any{1.0}, dig[[]any](t, form.object, "result", "dept_id_list"), "the root department")
	require.True(t, dig[bool](t, form.object, "result", "boss"))

	require.InDelta(t, 60121, callOld(t, s, http.MethodPost, "/topapi/v2/user/get", object{"userid": "nobody"}).object["errcode"], 0)
}

func TestPeopleOfASeed(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithSeed([]byte(`
users:
  - {id: anna, name: 安娜, departments: [-1, 7], mobile: "13900000000", title: 总监, jobNumber: "7", email: anna@example.com, boss: true, admin: true, leads: [-1]}
  - {id: ben, name: 本, departments: [7], manager: anna}
`)))
	result := func(userID string) object {
		r := callOld(t, s, http.MethodPost, "/topapi/v2/user/get", object{"userid": userID})
		return dig[object](t, r.object, "result")
	}
	require.JSONEq(t, `[{"dept_id":1,"leader":true},{"dept_id":7,"leader":false}]`, jsonText(result("anna")["leader_in_dept"]))
	require.Equal(t, "anna@example.com", result("anna")["email"])
	require.Equal(t, "anna", result("ben")["manager_userid"])
	require.NotContains(t, result("ben"), "mobile")

	_, err := emulator.New(emulator.WithSeed([]byte("users:\n  - {id: ben, name: 本, manager: ana}\n")))
	require.ErrorContains(t, err, "users[0].manager: there is no user")
	_, err = emulator.New(emulator.WithUsers(company.User{ID: "ben", Name: "本", ManagerID: "ana"}))
	require.ErrorContains(t, err, "no user \"ana\"")
}

func TestOperationsElsewhereAreNamed(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, tc := range map[string]struct {
		method, address, named string
	}{
		"older gateway":       {http.MethodPost, "https://oapi.dingtalk.com/topapi/v2/user/getbymobile", "OapiV2UserGetbymobile"},
		"today's gateway":     {http.MethodGet, "https://api.dingtalk.com/v1.0/contact/users/me", "GetUser"},
		"robots":              {http.MethodPost, "https://oapi.dingtalk.com/robot/send", "OapiRobotSend"},
		"one of another page": {http.MethodPost, "https://oapi.dingtalk.com/topapi/v2/user/update", "/topapi/v2/user/update"},
		"of attendance":       {http.MethodPost, "https://oapi.dingtalk.com/topapi/attendance/vacation/record/list", "/topapi/attendance/vacation/record/list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send(t, s, tc.method, tc.address, nil)
			require.Equal(t, http.StatusNotImplemented, got.status, "%s", got.body)
			require.Contains(t, string(got.body), "does not imitate "+tc.named)
		})
	}
	got := send(t, s, http.MethodPost, "https://oapi.dingtalk.com/topapi/processinstance/craete", nil)
	require.InDelta(t, 404, got.object["errcode"], 0, "a mistyped path: %s", got.body)
}
