package signon_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/signon"
)

func TestSignOn(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]dingoa.Option{"today": nil, "legacy": {dingoa.WithLegacyGateway()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := dingoatest.NewServer(t)
			c := s.Client(opts...)
			sso, err := signon.New(c).SSOToken(t.Context(), signon.SSOTokenRequest{CorpID: company.DefaultCorpID, SSOSecret: company.DefaultSSOSecret})
			require.NoError(t, err)
			require.WithinDuration(t, s.Now().Add(time.Hour), sso.ExpiresAt, time.Minute)
			_, err = signon.New(c).SSOToken(t.Context(), signon.SSOTokenRequest{CorpID: company.DefaultCorpID, SSOSecret: "SECRET-console"})
			require.ErrorIs(t, err, dingoa.ErrUnauthorized)
			require.NotContains(t, err.Error(), "SECRET")

			first, err := signon.New(c).JSAPITicket(t.Context())
			require.NoError(t, err)
			again, err := signon.New(c).JSAPITicket(t.Context())
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
	first, err := signon.New(c).UserToken(t.Context(), signon.UserTokenRequest{Code: code})
	require.NoError(t, err)
	require.Equal(t, company.DefaultCorpID, first.CorpID)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		require.NotContains(t, fmt.Sprintf(verb, *first), first.RefreshToken)
		require.NotContains(t, fmt.Sprintf(verb, first), first.Token.Value)
	}
	_, err = signon.New(c).UserToken(t.Context(), signon.UserTokenRequest{Code: code})
	require.Error(t, err, "a code works once")
	require.NotContains(t, err.Error(), code)
	second, err := signon.New(c).UserToken(t.Context(), signon.UserTokenRequest{RefreshToken: first.RefreshToken})
	require.NoError(t, err)
	require.NotEqual(t, first.Token.Value, second.Token.Value)

	_, err = signon.New(s.Client(dingoa.WithLegacyGateway())).UserToken(t.Context(), signon.UserTokenRequest{Code: "x"})
	require.ErrorIs(t, err, dingoa.ErrUnsupported)
	for _, req := range []signon.UserTokenRequest{{}, {Code: "a", RefreshToken: "b"}} {
		_, err = signon.New(c).UserToken(t.Context(), req)
		require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	}
}

func TestSignOnPrintsNoSecret(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		signon.SSOTokenRequest{CorpID: "corp", SSOSecret: "SECRET-console"},
		signon.UserTokenRequest{Code: "SECRET-code", RefreshToken: "SECRET-refresh"},
		signon.UserToken{Token: dingoa.Token{Value: "SECRET-token"}, RefreshToken: "SECRET-refresh"},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%t", "%q"} {
			require.NotContains(t, fmt.Sprintf(verb, v), "SECRET", "%T %s", v, verb)
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("signed on", "value", v)
		require.NotContains(t, log.String(), "SECRET", "%T", v)
	}
}
