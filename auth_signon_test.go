package dingoa_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/operation"
)

func authGoldens() []golden {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	opts := []dingoa.Option{dingoa.WithClock(func() time.Time { return now })}
	sso := func(corpID, secret string) func(context.Context, *dingoa.Client) (any, error) {
		return func(ctx context.Context, c *dingoa.Client) (any, error) {
			return c.Auth.SSOToken(ctx, dingoa.SSOTokenRequest{CorpID: corpID, SSOSecret: secret})
		}
	}
	ticket := func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Auth.JSAPITicket(ctx) }
	return []golden{
		{
			name: "AuthService.SSOToken", noToken: true, opts: opts, kind: dingoa.ErrUnauthorized, call: sso("corpxxxx", "shYgsk7xxx"),
			want: &dingoa.Token{Value: "1234", ExpiresAt: now.Add(time.Hour)},
		},
		{
			name: "AuthService.SSOToken", legacy: true, opts: opts, call: sso("ding1234", "12345"),
			want: &dingoa.Token{Value: "67477fed82e63563a320xxxx", ExpiresAt: now.Add(time.Hour)},
		},
		{
			name: "AuthService.UserToken", noToken: true, opts: opts, kind: dingoa.ErrUnauthorized,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.Auth.UserToken(ctx, dingoa.UserTokenRequest{Code: "abcd"})
			},
			want: &dingoa.UserToken{Token: dingoa.Token{Value: "abcd", ExpiresAt: now.Add(2 * time.Hour)}, RefreshToken: "abcd", CorpID: "corpxxxx"},
		},
		{
			name: "AuthService.JSAPITicket", opts: opts, kind: dingoa.ErrUnauthorized, call: ticket,
			want: &dingoa.Token{Value: "asjdgxxx", ExpiresAt: now.Add(2 * time.Hour)},
		},
		{
			name: "AuthService.JSAPITicket", legacy: true, opts: opts, call: ticket,
			want: &dingoa.Token{Value: "dWk8xxxx", ExpiresAt: now.Add(2 * time.Hour)},
		},
	}
}

// authMethods has the one that is sent with a token, as the harness expects.
func authMethods() []method {
	ticket := func(ctx context.Context, c *dingoa.Client) error {
		_, err := c.Auth.JSAPITicket(ctx)
		return err
	}
	return []method{{"Auth.JSAPITicket", operation.CreateJsapiTicket, false, ticket, nil, `{"errcode":0,"jsapiTicket":"t","ticket":"t"}`}}
}

func TestSignOn(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]dingoa.Option{"today": nil, "legacy": {dingoa.WithLegacyGateway()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := dingoatest.NewServer(t)
			c := s.Client(opts...)
			sso, err := c.Auth.SSOToken(t.Context(), dingoa.SSOTokenRequest{CorpID: company.DefaultCorpID, SSOSecret: company.DefaultSSOSecret})
			require.NoError(t, err)
			require.WithinDuration(t, s.Now().Add(time.Hour), sso.ExpiresAt, time.Minute)
			_, err = c.Auth.SSOToken(t.Context(), dingoa.SSOTokenRequest{CorpID: company.DefaultCorpID, SSOSecret: "SECRET-console"})
			require.ErrorIs(t, err, dingoa.ErrUnauthorized)
			require.NotContains(t, err.Error(), "SECRET")

			first, err := c.Auth.JSAPITicket(t.Context())
			require.NoError(t, err)
			again, err := c.Auth.JSAPITicket(t.Context())
			require.NoError(t, err)
			require.Equal(t, first.Value, again.Value)
		})
	}
}

func TestUserToken(t *testing.T) {
	t.Parallel()
	s := dingoatest.NewServer(t)
	c := s.Client()
	code := s.SignInCode(company.DefaultOriginator)
	first, err := c.Auth.UserToken(t.Context(), dingoa.UserTokenRequest{Code: code})
	require.NoError(t, err)
	require.Equal(t, company.DefaultCorpID, first.CorpID)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		require.NotContains(t, fmt.Sprintf(verb, *first), first.RefreshToken)
		require.NotContains(t, fmt.Sprintf(verb, first), first.Token.Value)
	}
	_, err = c.Auth.UserToken(t.Context(), dingoa.UserTokenRequest{Code: code})
	require.Error(t, err, "a code works once")
	require.NotContains(t, err.Error(), code)
	second, err := c.Auth.UserToken(t.Context(), dingoa.UserTokenRequest{RefreshToken: first.RefreshToken})
	require.NoError(t, err)
	require.NotEqual(t, first.Token.Value, second.Token.Value)

	_, err = s.Client(dingoa.WithLegacyGateway()).Auth.UserToken(t.Context(), dingoa.UserTokenRequest{Code: "x"})
	require.ErrorIs(t, err, dingoa.ErrUnsupported)
	for _, req := range []dingoa.UserTokenRequest{{}, {Code: "a", RefreshToken: "b"}} {
		_, err = c.Auth.UserToken(t.Context(), req)
		require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	}
}

func TestSignOnPrintsNoSecret(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		dingoa.SSOTokenRequest{CorpID: "corp", SSOSecret: "SECRET-console"},
		dingoa.UserTokenRequest{Code: "SECRET-code", RefreshToken: "SECRET-refresh"},
		dingoa.UserToken{Token: dingoa.Token{Value: "SECRET-token"}, RefreshToken: "SECRET-refresh"},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%t", "%q"} {
			require.NotContains(t, fmt.Sprintf(verb, v), "SECRET", "%T %s", v, verb)
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("signed on", "value", v)
		require.NotContains(t, log.String(), "SECRET", "%T", v)
	}
}
