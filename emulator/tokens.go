package emulator

import (
	"strings"
	"time"
)

// tokenLifetime is how long a token lives after the last call that returned it.
const tokenLifetime = 7200 * time.Second

// tokens is the one token of the app. Asking again while it lives returns the
// same one with its life renewed.
type tokens struct {
	value   string
	expires time.Time
}

// issue returns the app's token. The caller holds s.mu.
func (s *Server) issueLocked() string {
	now := s.Now()
	if s.tokens.value == "" || !now.Before(s.tokens.expires) {
		s.tokens.value = strings.ReplaceAll(newUUID(), "-", "")
	}
	s.tokens.expires = now.Add(tokenLifetime)
	s.touch(kindMeta, "")
	return s.tokens.value
}

func (s *Server) issue() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issueLocked()
}

// ExpireTokens makes every token that was handed out unknown, as when the app's
// secret is reset. The next token request gets a new one.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = tokens{}
	clear(s.suites.grants)
	s.touch(kindMeta, "")
}

func (s *Server) getAccessToken(c *call) (map[string]any, *apiError) {
	var in struct {
		AppKey    string `json:"appKey"`
		AppSecret string `json:"appSecret"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.AppKey != s.company.app.AppKey || in.AppSecret != s.company.app.AppSecret {
		return nil, refuse("invalidClientIdOrSecret", errcodeBadSecret, "无效的clientId或者clientSecret")
	}
	return map[string]any{"accessToken": s.issue(), "expireIn": int64(tokenLifetime / time.Second)}, nil
}

func (s *Server) getToken(c *call) (map[string]any, *apiError) {
	var in struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.ClientID != s.company.app.AppKey || in.ClientSecret != s.company.app.AppSecret {
		return nil, refuse("invalid.client", errcodeBadSecret, "invalid.client")
	}
	if c.params["corpId"] != s.company.app.CorpID {
		e := refuse("unauthorized.client", errcodeBadSecret, "unauthorized.client")
		e.status = 401
		return nil, e
	}
	return map[string]any{"access_token": s.issue(), "expires_in": int64(tokenLifetime / time.Second)}, nil
}

func (s *Server) oapiGettoken(c *call) (map[string]any, *apiError) {
	if c.query.Get("appkey") != s.company.app.AppKey || c.query.Get("appsecret") != s.company.app.AppSecret {
		return nil, refuse("invalidClientIdOrSecret", errcodeBadSecret, "不合法的corpId或corpSecret")
	}
	return map[string]any{"access_token": s.issue(), "expires_in": int64(tokenLifetime / time.Second)}, nil
}
