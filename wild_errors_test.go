package dingoa_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// wildError is what an error reply says.
type wildError struct {
	status int
	// today is a reply of today's gateway with HTTP 200.
	today bool
	// kind nil is a code that nobody can place.
	kind          error
	code, subCode string
	// retryAfter is at one second past the clock of the reply; 0: it is not said.
	retryAfter time.Duration
	scopes     []string
	// says is part of the error's text.
	says string
}

// TestWildErrors reads the kind, the wait and the advice of error replies.
func TestWildErrors(t *testing.T) {
	t.Parallel()
	expected := wildErrors()
	for name, payload := range wildFiles(t, "errors", expected) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := expected[name]
			opts := []dingoa.Option{dingoa.WithLegacyGateway(), dingoa.WithMaxRetries(0)}
			if want.status != 200 || want.today {
				opts = opts[1:]
			}
			opts = append(opts, dingoa.WithClock(func() time.Time { return china(2026, 9, 3, 0, 1, 3) }))
			_, err := newDingTalk(answer(want.status, payload)).once(t, opts...).Instances.Get(t.Context(), "gone")
			requireKind(t, err, want.kind)
			e := asError(t, err)
			require.Equal(t, want.code, e.Code)
			require.Equal(t, want.subCode, e.SubCode)
			require.Equal(t, want.retryAfter, e.RetryAfter)
			require.Equal(t, want.scopes, e.Scopes)
			require.ErrorContains(t, err, want.says)
		})
	}
}

func wildErrors() map[string]wildError {
	return map[string]wildError{
		"F03-gone.json":             {status: 400, kind: dingoa.ErrNotFound, code: "processInstanceIdError"},
		"F13-scopes-in-text.json":   {status: 200, kind: dingoa.ErrPermission, code: "88", subCode: "60011", scopes: []string{"qyapi_x"}, says: "qyapi_x"},
		"F14-limit-ends.json":       {status: 200, kind: dingoa.ErrRateLimited, code: "88", subCode: "90018", retryAfter: 5 * time.Minute},
		"F14-punishment-ends.json":  {status: 200, kind: dingoa.ErrRateLimited, code: "88", subCode: "90018", retryAfter: 5 * time.Minute},
		"F15-subcode-40014.json":    {status: 200, kind: dingoa.ErrUnauthorized, code: "88", subCode: "40014"},
		"F15-subcode-60020.json":    {status: 200, kind: dingoa.ErrIPNotAllowed, code: "88", subCode: "60020", says: "203.0.113.7"},
		"F15-subcode-90018.json":    {status: 200, kind: dingoa.ErrRateLimited, code: "88", subCode: "90018"},
		"F16-form-changed.json":     {status: 200, kind: dingoa.ErrConflict, code: "810002"},
		"20-flow-not-foreseen.json": {status: 200, kind: dingoa.ErrInvalidArgument, code: "820001"},
		"21-unknown-method.json":    {status: 200, kind: dingoa.ErrInvalidArgument, code: "22", says: "WithBaseURL"},

		"22-address-not-there.json":        {status: 200, today: true, kind: dingoa.ErrInvalidArgument, code: "404", says: "WithBaseURL"},
		"23-token-missing.json":            {status: 400, kind: dingoa.ErrUnauthorized, code: "AuthenticationFailed.MissingParameter"},
		"24-no-such-path.json":             {status: 404, kind: dingoa.ErrInvalidArgument, code: "InvalidAction.NotFound", says: "WithBaseURL"},
		"25-app-secret-wrong.json":         {status: 200, kind: dingoa.ErrUnauthorized, code: "40096", says: "check AppKey and AppSecret"},
		"26-token-blank.json":              {status: 200, kind: dingoa.ErrUnauthorized, code: "88", subCode: "40000"},
		"27-body-missing.json":             {status: 400, kind: dingoa.ErrInvalidArgument, code: "Missingbody"},
		"28-field-missing.json":            {status: 200, code: "400402", says: "in none of the vendor's lists"},
		"29-token-not-there.json":          {status: 200, code: "300005", says: "in none of the vendor's lists"},
		"30-too-many-a-minute.json":        {status: 200, code: "660026", says: "in none of the vendor's lists"},
		"31-not-authorized-for-space.json": {status: 400, kind: dingoa.ErrPermission, code: "no.priviledge"},
		"32-system-error-as-400.json":      {status: 400, kind: dingoa.ErrServer, code: "systemError"},
		"33-unknown-error.json":            {status: 500, kind: dingoa.ErrServer, code: "unknownError"},
		"34-punished-without-subcode.json": {status: 200, kind: dingoa.ErrRateLimited, code: "90002", retryAfter: 5 * time.Second},
		"35-callback-not-reachable.json":   {status: 200, kind: dingoa.ErrInvalidArgument, code: "71012"},
		"36-corp-secret-wrong.json":        {status: 200, kind: dingoa.ErrUnauthorized, code: "40089"},
		"37-client-secret-wrong.json":      {status: 400, kind: dingoa.ErrUnauthorized, code: "invalidClientIdOrSecret"},
	}
}
