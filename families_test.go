package dingoa_test

import (
	"context"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
	"github.com/dingoa/dingoa/signon"
)

// The packages of other families of the vendor's API go through the tables of
// calls, samples and failures as the services do.

func authGoldens() []golden {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	opts := []dingoa.Option{dingoa.WithClock(func() time.Time { return now })}
	sso := func(corpID, secret string) func(context.Context, *dingoa.Client) (any, error) {
		return func(ctx context.Context, c *dingoa.Client) (any, error) {
			return signon.New(c).SSOToken(ctx, signon.SSOTokenRequest{CorpID: corpID, SSOSecret: secret})
		}
	}
	ticket := func(ctx context.Context, c *dingoa.Client) (any, error) { return signon.New(c).JSAPITicket(ctx) }
	return []golden{
		{
			name: "signon.SSOToken", noToken: true, opts: opts, kind: dingoa.ErrUnauthorized, call: sso("corpxxxx", "shYgsk7xxx"),
			want: &dingoa.Token{Value: "1234", ExpiresAt: now.Add(time.Hour)},
		},
		{
			name: "signon.SSOToken", legacy: true, opts: opts, call: sso("ding1234", "12345"),
			want: &dingoa.Token{Value: "67477fed82e63563a320xxxx", ExpiresAt: now.Add(time.Hour)},
		},
		{
			name: "signon.UserToken", noToken: true, opts: opts, kind: dingoa.ErrUnauthorized,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return signon.New(c).UserToken(ctx, signon.UserTokenRequest{Code: "abcd"})
			},
			want: &signon.UserToken{Token: dingoa.Token{Value: "abcd", ExpiresAt: now.Add(2 * time.Hour)}, RefreshToken: "abcd", CorpID: "corpxxxx"},
		},
		{
			name: "signon.JSAPITicket", opts: opts, kind: dingoa.ErrUnauthorized, call: ticket,
			want: &dingoa.Token{Value: "asjdgxxx", ExpiresAt: now.Add(2 * time.Hour)},
		},
		{
			name: "signon.JSAPITicket", legacy: true, opts: opts, call: ticket,
			want: &dingoa.Token{Value: "dWk8xxxx", ExpiresAt: now.Add(2 * time.Hour)},
		},
	}
}

// authMethods has the one that is sent with a token, as the harness expects.
func authMethods() []method {
	ticket := func(ctx context.Context, c *dingoa.Client) error {
		_, err := signon.New(c).JSAPITicket(ctx)
		return err
	}
	return []method{{"Auth.JSAPITicket", operation.CreateJsapiTicket, false, ticket, nil, `{"errcode":0,"jsapiTicket":"t","ticket":"t"}`}}
}
