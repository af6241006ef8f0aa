// Package signon fetches the tokens of people and pages (免登), which approval does
// not need:
//
//	token, err := signon.New(client).UserToken(ctx, signon.UserTokenRequest{Code: code})
//
// It is built on [dingoa.Client.Call] alone.
package signon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/internal/check"
	"github.com/dingoa/dingoa/internal/mask"
	"github.com/dingoa/dingoa/operation"
)

// Service fetches the tokens of people and pages (免登). The client fetches the
// app's own access token by itself.
//
// https://open.dingtalk.com/document/development/obtain-user-token
type Service struct{ c *dingoa.Client }

// New returns the sign-on of the client's company.
func New(c *dingoa.Client) *Service { return &Service{c} }

// SSOTokenRequest asks for a token of the admin console.
type SSOTokenRequest struct {
	// CorpID is the company, for a third-party app its own. Required.
	CorpID string `json:"corpid"`
	// SSOSecret is the secret of the admin console, not the AppSecret. Required.
	SSOSecret string `json:"ssoSecret"`
}

// Format hides the secret from every verb of fmt.
func (r SSOTokenRequest) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "SSOTokenRequest("+r.CorpID+", ***)")
}

// LogValue hides the secret from log/slog.
func (r SSOTokenRequest) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// SSOToken returns the token by which an administrator who comes from the admin
// console (微应用后台免登) is identified. It lasts an hour; keep it until then.
//
// Errors: [dingoa.ErrUnauthorized] (corpId or secret).
//
// https://open.dingtalk.com/document/development/obtain-the-access-token-of-the-micro-application-background-without-log-on
//
//dingtalk:op POST /v1.0/oauth2/ssoAccessToken
func (s *Service) SSOToken(ctx context.Context, req SSOTokenRequest, opts ...dingoa.RequestOption) (*dingoa.Token, error) {
	var p check.Problems[dingoa.FieldError]
	p.Required("CorpID", req.CorpID)
	p.Required("SSOSecret", req.SSOSecret)
	if err := dingoa.InvalidRequest(operation.GetSsoAccessToken, p.Found...); err != nil {
		return nil, err
	}
	var resp ssoTokenReply
	if err := s.c.Call(ctx, operation.GetSsoAccessToken, ssoTokenRequest(req), &resp, opts...); err != nil {
		return nil, err
	}
	return s.expiring(resp.AccessToken, resp.ExpireIn, time.Hour), nil
}

// expiring is a token that ends after the given seconds, or as documented when
// the reply does not say.
func (s *Service) expiring(value string, seconds int64, documented time.Duration) *dingoa.Token {
	const most = 365 * 24 * 3600 // a larger number than a Duration holds would turn into the past
	lifetime := documented
	if seconds > 0 {
		lifetime = time.Duration(min(seconds, most)) * time.Second
	}
	return &dingoa.Token{Value: value, ExpiresAt: s.c.Now().Add(lifetime)}
}

// ssoTokenReply is the reply of both gateways; the older one has no expiry.
type ssoTokenReply struct {
	AccessToken string `json:"accessToken"`
	ExpireIn    int64  `json:"expireIn"`
}

func (r *ssoTokenReply) CheckReply() error {
	if r.AccessToken == "" {
		return errors.New("the reply has no access token")
	}
	return nil
}

// UserTokenRequest asks for the token of a person; one of the two is required.
type UserTokenRequest struct {
	// Code is the code (授权码) that DingTalk's sign-in page passed to yours; it works once.
	Code string
	// RefreshToken is that of a former [UserToken]; it lasts 30 days.
	RefreshToken string
}

// Format hides the values from every verb of fmt.
func (r UserTokenRequest) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "UserTokenRequest(***)")
}

// LogValue hides the values from log/slog.
func (r UserTokenRequest) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// UserToken is the token of a person. It prints without its values.
type UserToken struct {
	// Token is for operations in the person's own name; it lasts two hours.
	Token dingoa.Token
	// RefreshToken fetches the next one, a secret.
	RefreshToken string
	// CorpID is the company the person chose, if any.
	CorpID string
}

// Format hides the values from every verb of fmt.
func (t UserToken) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "UserToken(***, expires "+t.Token.ExpiresAt.Format(time.RFC3339)+")")
}

// LogValue hides the values from log/slog.
func (t UserToken) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(t)) }

// userTokenRequest is the request as the vendor takes it.
type userTokenRequest struct {
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	Code         string `json:"code,omitempty"`
	RefreshToken string `json:"refreshToken,omitempty"`
	GrantType    string `json:"grantType"`
}

func (r userTokenRequest) WithCredentials(appKey, appSecret string) any {
	r.ClientID, r.ClientSecret = appKey, appSecret
	return r
}

func (r userTokenRequest) Secrets() []string { return []string{r.Code, r.RefreshToken} }

// UserToken exchanges a code or a refresh token for the token of a person. It is
// sent once, since a code works once. There is no twin on the older gateway.
//
// Errors: [dingoa.ErrUnauthorized], [dingoa.ErrInvalidArgument] (code used or too old).
//
// https://open.dingtalk.com/document/development/obtain-user-token
//
//dingtalk:op POST /v1.0/oauth2/userAccessToken
func (s *Service) UserToken(ctx context.Context, req UserTokenRequest, opts ...dingoa.RequestOption) (*UserToken, error) {
	var p check.Problems[dingoa.FieldError]
	if (req.Code == "") == (req.RefreshToken == "") {
		p.Add("Code", "or RefreshToken is required, and not both")
	}
	if err := dingoa.InvalidRequest(operation.GetUserToken, p.Found...); err != nil {
		return nil, err
	}
	body := userTokenRequest{
		Code: req.Code, RefreshToken: req.RefreshToken, GrantType: "authorization_code",
	}
	if req.RefreshToken != "" {
		body.GrantType = "refresh_token"
	}
	var resp userTokenReply
	if err := s.c.Call(ctx, operation.GetUserToken, body, &resp, opts...); err != nil {
		return nil, err
	}
	return &UserToken{
		Token:        *s.expiring(resp.AccessToken, resp.ExpireIn, 2*time.Hour),
		RefreshToken: resp.RefreshToken, CorpID: resp.CorpID,
	}, nil
}

type userTokenReply struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
	ExpireIn     int64  `json:"expireIn"`
	CorpID       string `json:"corpId"`
}

func (r *userTokenReply) CheckReply() error {
	if r.AccessToken == "" {
		return errors.New("the reply has no access token")
	}
	return nil
}

// JSAPITicket returns the ticket with which pages sign their calls of DingTalk's
// JavaScript API. It lasts two hours and stays the same meanwhile; keep it.
//
// Errors: [dingoa.ErrUnauthorized], [dingoa.ErrServer].
//
// https://open.dingtalk.com/document/development/create-a-jsapi-ticket
//
//dingtalk:op POST /v1.0/oauth2/jsapiTickets
func (s *Service) JSAPITicket(ctx context.Context, opts ...dingoa.RequestOption) (*dingoa.Token, error) {
	var resp jsapiTicketReply
	if err := s.c.Call(ctx, operation.CreateJsapiTicket, nil, &resp, opts...); err != nil {
		return nil, err
	}
	return s.expiring(resp.Ticket, resp.ExpireIn, 2*time.Hour), nil
}

type jsapiTicketReply struct {
	Ticket   string `json:"jsapiTicket" wire:"ticket"`
	ExpireIn int64  `json:"expireIn" wire:"expires_in"`
}

func (r *jsapiTicketReply) CheckReply() error {
	if r.Ticket == "" {
		return errors.New("the reply has no ticket")
	}
	return nil
}

// ssoTokenRequest is an [SSOTokenRequest] as it is sent.
type ssoTokenRequest SSOTokenRequest

func (r ssoTokenRequest) Secrets() []string { return []string{r.SSOSecret} }

func (r ssoTokenRequest) LegacyRequest() any {
	return struct {
		CorpID string `json:"corpid"`
		Secret string `json:"corpsecret"`
	}{r.CorpID, r.SSOSecret}
}

// MarshalJSON hides the secret.
func (r SSOTokenRequest) MarshalJSON() ([]byte, error) {
	r.SSOSecret = mask.Secret(r.SSOSecret)
	return json.Marshal(ssoTokenRequest(r))
}

// MarshalJSON hides the values.
func (r UserTokenRequest) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"Code": mask.Secret(r.Code), "RefreshToken": mask.Secret(r.RefreshToken)})
}

// MarshalJSON hides the values; keep them by the fields.
func (t UserToken) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"Token": t.Token, "RefreshToken": mask.Secret(t.RefreshToken), "CorpID": t.CorpID})
}
