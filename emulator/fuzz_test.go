package emulator_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/internal/spec"
)

// FuzzServeHTTP sends anything to any path, with a good token: the reply is
// always JSON with a status, and nothing panics.
func FuzzServeHTTP(f *testing.F) {
	for _, op := range spec.All() {
		f.Add(op.Method, op.Path, "processInstanceId=x&userId=lisi", `{"request":{"task_id":1},"processCode":"PROC-EMULATOR-LEAVE"}`, true)
	}
	f.Add(http.MethodPost, "/v1.0/workflow/processInstances", "", `{"processCode":"PROC-EMULATOR-LEAVE","originatorUserId":"zhangsan","deptId":100,"formComponentValues":[{"name":"天数","value":"1"}]}`, true)
	f.Add(http.MethodPost, "/v1.0/workflow/processes/instanceIds/query", "", `{"processCode":"x","startTime":-9223372036854775808,"endTime":9223372036854775807,"nextToken":9223372036854775807,"maxResults":1}`, true)
	f.Add(http.MethodPost, "/v1.0/oauth2//token", "%zz=%", `null`, false)
	f.Add("", "", "", "", false)

	f.Fuzz(func(t *testing.T, method, path, query, body string, withToken bool) {
		s, err := emulator.New(emulator.WithCallback(emulator.Callback{Handler: http.NotFoundHandler()}))
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/", strings.NewReader(body))
		r.Method = method
		r.URL = &url.URL{Path: path, RawQuery: query}
		if withToken {
			value := issueToken(t, s)
			r.Header.Set("x-acs-dingtalk-access-token", value)
			r.URL.RawQuery = strings.TrimPrefix(query+"&access_token="+value, "&")
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.GreaterOrEqual(t, w.Code, 200)
		require.True(t, json.Valid(w.Body.Bytes()), "%s", w.Body)
		require.Len(t, s.Requests(), 1+btoi(withToken))
	})
}

func issueToken(t *testing.T, s *emulator.Server) string {
	t.Helper()
	in := bytes.NewBufferString(`{"appKey":"` + company.DefaultAppKey + `","appSecret":"` + company.DefaultAppSecret + `"}`)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/v1.0/oauth2/accessToken", in))
	var reply struct {
		AccessToken string `json:"accessToken"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &reply))
	return reply.AccessToken
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// FuzzFormValues sends any value for any component of a form and of its table:
// it is taken or refused, and what was taken can be read.
func FuzzFormValues(f *testing.F) {
	for _, c := range company.EveryComponentForm().Components {
		f.Add(c.Label, `["2025-01-03 14:27:20",1,2,"x",{}]`)
		f.Add(c.Label, `[{"spaceId":"1"}]`)
	}
	s, err := emulator.New(emulator.WithForms(company.EveryComponentForm()))
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, s.Close()) })
	f.Fuzz(func(t *testing.T, label, value string) {
		cell := object{"name": label, "value": value}
		for _, values := range [][]object{{cell, everyRow()}, {everyRow(cell)}} {
			r := startEvery(t, s, values...)
			require.Contains(t, []int{200, 400}, r.status, "%s", r.body)
			if r.status == 200 {
				id := dig[string](t, r.object, "instanceId")
				require.Equal(t, 200, call(t, s, http.MethodGet, "/v1.0/workflow/processInstances?processInstanceId="+id, nil).status)
			}
		}
	})
}
