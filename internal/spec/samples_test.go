package spec_test

import (
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
		t.Run(strings.TrimPrefix(path, "../../testdata/operations/"), func(t *testing.T) {
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
			query := url.Values{}
			for name, value := range sample.Query {
				query.Set(name, value)
			}
			require.Empty(t, problems(o.Check(query, sample.Body)))
			require.Empty(t, problems(o.Unknown(query, sample.Body)))

			response := read(t, path)
			require.Empty(t, problems(o.CheckResponse(response)))
			if o.ID != "GetCallBackFailedResult" { // call_back_tag names a member of its entries
				require.Empty(t, problems(o.UnknownResponse(response)))
			}
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}
