package todo

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
		{Op: operation.OapiWorkrecordAdd, Request: addRequest{}, Response: addReply{}},
		{Op: operation.OapiWorkrecordUpdate, Request: CompleteRequest{}, Except: map[string]string{
			"response.result": "a call without an out looks at it",
		}},
		{Op: operation.OapiWorkrecordGetbyuserid, Request: listRequest{}, Response: listReply{}},
	})
	require.NoError(t, err)
	require.Empty(t, problems)
}
