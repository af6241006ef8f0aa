package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// snippetOf is the code that was printed for a language.
func (r *running) snippetOf(t *testing.T, language string) string {
	t.Helper()
	_, code, found := strings.Cut(r.text, "\n"+language+"\n\n")
	require.True(t, found, r.text)
	code, _, found = strings.Cut(code, "\n\n")
	require.True(t, found, r.text)
	return code + "\n"
}

// snippetCommand runs the code of a snippet as its reader would.
func snippetCommand(t *testing.T, language, code string) *exec.Cmd {
	t.Helper()
	switch language {
	case "Go":
		path := filepath.Join(t.TempDir(), "main.go")
		require.NoError(t, os.WriteFile(path, []byte(code), 0o600)) // as it was pasted
		return exec.CommandContext(t.Context(), "go", "run", path)
	case "curl":
		return exec.CommandContext(t.Context(), "sh", "-c", code)
	default:
		return exec.CommandContext(t.Context(), "node", "--input-type=module", "--eval", code)
	}
}

// Each snippet that is printed starts an approval, also with a secret that is
// not printed.
func TestServeSnippets(t *testing.T) {
	t.Parallel()
	const secret = "it's a secret"
	odd := filepath.Join(t.TempDir(), "odd.yaml")
	require.NoError(t, os.WriteFile(odd, []byte("forms:\n  - {processCode: P, name: 采购, components: [{label: 人, type: InnerContactField}, {label: 日期, type: DDDateRangeField}],\n"+
		"      flow: [{name: 主管, selfSelect: true, approvers: [lisi]}]}\n"), 0o600))
	for name, tc := range map[string]struct {
		env  map[string]string
		args []string
	}{
		"the emulator's own secret": {},
		"a secret of the user":      {map[string]string{envAppSecret: secret}, []string{"--app-key", "key's name"}},
		"a seed":                    {nil, []string{"--seed", "../../examples/seed.yaml"}},
		"nothing required":          {nil, []string{"--seed", odd}},
	} {
		for language, program := range map[string]string{"Go": "go", "curl": "curl", "Node": "node"} {
			t.Run(name+" "+language, func(t *testing.T) {
				t.Parallel()
				if _, err := exec.LookPath(program); err != nil {
					t.Skipf("%s is not here", program)
				}
				r := startServe(t, tc.env, tc.args...)
				r.AdminURL = adminURL(r.text)
				before := r.instances(t)
				command := snippetCommand(t, language, r.snippetOf(t, language))
				command.Env = append(os.Environ(), envAppSecret+"="+tc.env[envAppSecret])
				output, err := command.CombinedOutput()
				require.NoError(t, err, "%s", output)
				require.InDelta(t, before+1, r.instances(t), 0, "%s\n%s", output, r.stderr)
				require.Equal(t, exitOK, r.stop())
			})
		}
	}
}

// Where no form is simple enough the snippets say that much, and run.
func TestServeSnippetsWithoutAForm(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	require.NoError(t, os.WriteFile(seed, []byte("forms:\n  - {processCode: PROC-HARD, name: 拍照, components: [{label: 照片, type: DDPhotoField, required: true}], flow: [{approvers: [lisi]}]}\n"), 0o600))
	r := startServe(t, nil, "--seed", seed)
	require.Contains(t, r.text, "DINGTALK_PROCESS_CODE='PROC-HARD' DINGTALK_USER_ID='")
	output, err := snippetCommand(t, "Go", r.snippetOf(t, "Go")).CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Equal(t, "拍照\n", string(output))
	require.Equal(t, exitOK, r.stop())
}

func adminURL(text string) string {
	_, after, _ := strings.Cut(text, "Admin API")
	return strings.Fields(after)[0]
}

func TestExample(t *testing.T) {
	t.Parallel()
	const oneForm = `{"processCode": "P", "components": [%s], "flow": [{"approvers": [{"userId": "a"}]}]}`
	const none = `{"processCode":"P","originatorUserId":"b","deptId":7,"formComponentValues":null}`
	users := parse[[]companyUser](t, `[{"userId": "a", "departments": [{"id": -1}]}, {"userId": "b", "departments": [{"id": 7}]}]`)
	now := time.Date(2026, 5, 4, 9, 30, 0, 0, time.UTC)
	for name, tc := range map[string]struct{ form, want string }{
		"what is required": {
			fmt.Sprintf(oneForm, `{"label": "a", "type": "TextField", "required": true}, {"label": "b", "type": "TextField"}`),
			`{"processCode":"P","originatorUserId":"b","deptId":7,"formComponentValues":[{"name":"a","value":"示例"}]}`,
		},
		"each type": {
			fmt.Sprintf(oneForm, `{"label": "a", "type": "MoneyField", "required": true},
				{"label": "b", "type": "DDSelectField", "options": ["x", "y"], "required": true},
				{"label": "c", "type": "DDDateField", "required": true},
				{"label": "d", "type": "DDDateField", "format": "yyyy-MM-dd HH:mm", "required": true}`),
			`{"processCode":"P","originatorUserId":"b","deptId":7,"formComponentValues":[{"name":"a","value":"2"},` +
				`{"name":"b","value":"x"},{"name":"c","value":"2026-05-04"},{"name":"d","value":"2026-05-04 09:30"}]}`,
		},
		"nothing required": {
			fmt.Sprintf(oneForm, `{"label": "a", "type": "DDPhotoField"}, {"label": "b", "type": "InnerContactField"}, {"label": "c", "type": "TextField"}`),
			`{"processCode":"P","originatorUserId":"b","deptId":7,"formComponentValues":[{"name":"b","value":"[\"b\"]"}]}`,
		},
		"nothing simple": {fmt.Sprintf(oneForm, `{"label": "a", "type": "DDPhotoField", "required": true}`), none},
		"no options":     {fmt.Sprintf(oneForm, `{"label": "a", "type": "DDSelectField", "required": true}`), none},
		"hidden": {
			`{"processCode": "P", "hidden": true, "flow": [{}], "components": [{"label": "a", "type": "TextField", "required": true}]}`,
			`{"processCode":"","originatorUserId":"","deptId":-1,"formComponentValues":null}`,
		},
		"no flow": {`{"processCode": "P", "components": [{"label": "a", "type": "TextField", "required": true}]}`, `{"processCode":"P","originatorUserId":"a","deptId":-1,"formComponentValues":null}`},
		"chosen by the originator": {
			`{"processCode": "P", "flow": [{"selfSelect": true, "actionerKey": "k", "approvers": [{"userId": "b"}]}], "components": [{"label": "a", "type": "TextField", "required": true}]}`,
			`{"processCode":"P","originatorUserId":"a","deptId":-1,"formComponentValues":[{"name":"a","value":"示例"}],"targetSelectActioners":[{"actionerKey":"k","actionerUserIds":["b"]}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forms := []companyForm{parse[companyForm](t, tc.form)}
			require.Equal(t, tc.want, encodeJSON(newExample(users, forms, now)))
			require.Nil(t, newExample(nil, forms, now).Values)
		})
	}
}

func parse[T any](t *testing.T, text string) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	return v
}
