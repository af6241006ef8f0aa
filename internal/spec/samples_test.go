package spec_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/spec"
)

// The samples that the vendor prints satisfy the field trees of their operation:
// a limit or type that is wrong here would make the emulator refuse good requests.
func TestVendorSamples(t *testing.T) {
	t.Parallel()
	responses, err := filepath.Glob("../../testdata/operations/*/*response.json")
	require.NoError(t, err)
	require.NotEmpty(t, responses)
	for _, path := range responses {
		name := strings.TrimPrefix(path, "../../testdata/operations/")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sample struct {
				Method string            `json:"method"`
				Host   string            `json:"host"`
				Path   string            `json:"path"`
				Query  map[string]string `json:"query"`
				Body   json.RawMessage   `json:"body"`
			}
			request := strings.TrimSuffix(path, "response.json") + "request.json"
			require.NoError(t, json.Unmarshal(read(t, request), &sample))
			o, _, ok := spec.Match(sample.Method, sample.Host, sample.Path)
			require.True(t, ok, "%s %s%s", sample.Method, sample.Host, sample.Path)
			if bytes.Contains(sample.Body, []byte(`"fake_mode"`)) {
				o, _ = spec.ByID("OapiProcessSave#own") // two operations have this path
			}
			query := url.Values{}
			for name, value := range sample.Query {
				query.Set(name, value)
			}
			require.Empty(t, problems(o.Check(query, sample.Body)))
			require.Empty(t, problems(o.Unknown(query, sample.Body)))

			response := read(t, path)
			found := append(o.CheckResponse(response), o.UnknownResponse(response)...)
			if reason := contradictory(name); reason != "" {
				require.NotEmpty(t, found, "no longer so: %s", reason)
				return
			}
			require.Empty(t, problems(found))
		})
	}
}

// contradictory tells why a sample differs from the vendor's own field table.
func contradictory(name string) string {
	return map[string]string{
		"CallbackService.FailedPushes/legacy_response.json": "call_back_tag names a member of its entries",
		"PremiumService.ListInstances/response.json":        "enumerations hold an explanation of all their values",
		"CenterService.CreateTasks/legacy_response.json":    "errcode is text and tasks an object",
	}[name]
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}
