package signon

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
		{Op: operation.GetSsoAccessToken, Request: ssoTokenRequest{}, Response: ssoTokenReply{}},
		{Op: operation.GetUserToken, Request: userTokenRequest{}, Response: userTokenReply{}},
		{Op: operation.CreateJsapiTicket, Response: jsapiTicketReply{}},
	})
	require.NoError(t, err)
	require.Empty(t, problems)
}
