package emulator_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// A switch of the console is on while its preset is among the faults.
func TestAdminNamesPresets(t *testing.T) {
	t.Parallel()
	s := adminServer(t)
	admin(t, s, http.MethodPost, "faults", object{"preset": "qps"})
	admin(t, s, http.MethodPost, "faults", object{"delay": "5ms"})
	faults := admin(t, s, http.MethodGet, "faults", nil)
	require.Equal(t, "qps", dig[string](t, faults, "items", 0, "preset"))
	require.NotContains(t, dig[map[string]any](t, faults, "items", 1), "preset")
}

func TestAdminPutsFilesIntoTheApprovalSpace(t *testing.T) {
	t.Parallel()
	s := adminServer(t, emulator.WithForms(company.Form{
		ProcessCode: "PROC-FILES", Name: "附件", Components: []company.Component{{Label: "附件", Type: "DDAttachment"}},
		Flow: []company.Node{{Approvers: []string{"lisi"}}},
	}))
	file := admin(t, s, http.MethodPost, "files", object{"userId": "zhangsan", "name": "发票.pdf", "content": []byte("%PDF")})
	id := dig[string](t, file, "fileId")
	kept, ok := s.File(id)
	require.True(t, ok)
	require.Equal(t, "%PDF", string(kept.Content))
	require.Equal(t, map[string]any{"spaceId": kept.SpaceID, "fileId": id, "fileName": "发票.pdf", "fileSize": "4", "fileType": "pdf"}, file)
	value, err := json.Marshal([]any{file})
	require.NoError(t, err)
	admin(t, s, http.MethodPost, "instances", object{
		"processCode": "PROC-FILES", "userId": "zhangsan", "values": []object{{"name": "附件", "value": string(value)}},
	})

	for want, in := range map[string]object{
		"Bad Request invalidField userId":  {"name": "a.pdf"},
		"Not Found userNotFound userId":    {"userId": "nobody", "name": "a.pdf"},
		"Bad Request invalidField name":    {"userId": "zhangsan", "name": " "},
		"Bad Request invalidField content": {"userId": "zhangsan", "name": "a.pdf", "content": 1},
	} {
		require.Equal(t, want, adminRefused(t, s, http.MethodPost, "files", in))
	}
}
