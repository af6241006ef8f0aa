package attendance

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/fieldtest"
	"github.com/dingoa/dingoa/operation"
)

func TestTypesHaveTheFieldsOfTheirOperations(t *testing.T) {
	t.Parallel()
	problems, err := fieldtest.Check(os.DirFS("."), []fieldtest.Types{
		{Op: operation.OapiAttendanceApproveFinish, Request: notifyRequest{}, Response: notifyReply{}},
	})
	require.NoError(t, err)
	require.Empty(t, problems)
}
