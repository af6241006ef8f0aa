package spec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/spec"
)

func TestMatchFindsEveryOperation(t *testing.T) {
	t.Parallel()
	operations := spec.All()
	require.Greater(t, len(operations), 120)
	seen := map[string]bool{}
	for _, o := range operations {
		require.False(t, seen[o.ID], "%s stands there twice", o.ID)
		seen[o.ID] = true
		path := strings.NewReplacer("{", "value-of-", "}", "").Replace(o.Path)
		got, params, ok := spec.Match(o.Method, o.Host, path)
		require.True(t, ok, o.ID)
		require.Equal(t, strings.TrimSuffix(o.ID, "#own"), got.ID)
		for name, value := range params {
			require.Equal(t, "value-of-"+name, value, o.ID)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, host, path string
		id                 string
		params             map[string]string
	}{
		"today's gateway": {"POST", spec.HostToday, "/v1.0/workflow/processInstances", "StartProcessInstance", nil},
		"older gateway":   {"POST", spec.HostOlder, "/topapi/processinstance/create", "OapiProcessinstanceCreate", nil},
		"either gateway":  {"GET", "", "/gettoken", "OapiGettoken", nil},
		"path parameter":  {"POST", spec.HostToday, "/v1.0/oauth2/ding1/token", "GetToken", map[string]string{"corpId": "ding1"}},
		"fixed path beside a path parameter": {
			"POST", spec.HostToday, "/v1.0/oauth2/accessToken", "GetAccessToken", nil,
		},
		"method decides":       {"GET", spec.HostToday, "/v1.0/workflow/processInstances", "GetProcessInstance", nil},
		"wrong method":         {"PATCH", spec.HostToday, "/v1.0/workflow/processInstances", "", nil},
		"wrong gateway":        {"POST", spec.HostOlder, "/v1.0/workflow/processInstances", "", nil},
		"pattern, wrong host":  {"POST", spec.HostOlder, "/v1.0/oauth2/ding1/token", "", nil},
		"empty path parameter": {"POST", spec.HostToday, "/v1.0/oauth2//token", "", nil},
		"too long":             {"POST", spec.HostToday, "/v1.0/oauth2/ding1/token/x", "", nil},
		"unknown host":         {"GET", "example.com", "/gettoken", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, params, ok := spec.Match(test.method, test.host, test.path)
			require.Equal(t, test.id != "", ok)
			require.Equal(t, test.id, o.ID)
			require.Equal(t, test.params, params)
		})
	}
}

func TestByID(t *testing.T) {
	t.Parallel()
	o, ok := spec.ByID("OapiProcessSave#own")
	require.True(t, ok)
	require.Equal(t, "SaveProcess", o.ReplacedBy)
	_, ok = spec.ByID("NoSuchOperation")
	require.False(t, ok)
}

func TestTwinsNameEachOther(t *testing.T) {
	t.Parallel()
	twins := 0
	for _, o := range spec.All() {
		if o.LegacyID == "" {
			continue
		}
		twins++
		twin, ok := spec.ByID(o.LegacyID)
		require.True(t, ok, o.ID)
		require.Equal(t, o.ID, twin.ReplacedBy)
		require.Equal(t, spec.HostOlder, twin.Host)
	}
	require.Equal(t, 30, twins)
}

func TestErrorsOfAnOperation(t *testing.T) {
	t.Parallel()
	o, ok := spec.ByID("TerminateProcessInstance")
	require.True(t, ok)
	require.Contains(t, o.Errors, spec.Code{
		HTTP: 400, Code: "aflowProcessInstNotExist", Class: "not_found", Meaning: "instance not found",
	})
	require.Contains(t, spec.Codes(), spec.Code{
		HTTP: 200, Code: "42001", Class: "auth", Meaning: "access_token expired",
	})
}
