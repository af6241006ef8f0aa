package emulator

import (
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

const ssoLifetime = time.Hour

// SignInCode is the one-time code with which DingTalk's sign-in page sends the
// user on, for userAccessToken.
func (s *Server) SignInCode(userID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.signIns == nil {
		s.signIns = map[string]string{}
	}
	code := newUUID()
	s.signIns[code] = userID
	s.touch(kindMeta, "")
	return code
}

func (s *Server) getSSOAccessToken(c *call) (map[string]any, *apiError) {
	var in struct {
		CorpID    string `json:"corpid"`
		SSOSecret string `json:"ssoSecret"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.checkSSO(in.CorpID, in.SSOSecret); err != nil {
		return nil, err
	}
	return map[string]any{"accessToken": newUUID(), "expireIn": int64(ssoLifetime / time.Second)}, nil
}

func (s *Server) oapiSSOGettoken(c *call) (map[string]any, *apiError) {
	if err := s.checkSSO(c.query.Get("corpid"), c.query.Get("corpsecret")); err != nil {
		return nil, err
	}
	return map[string]any{"access_token": newUUID()}, nil
}

func (s *Server) checkSSO(corpID, secret string) *apiError {
	if corpID != s.company.app.CorpID || secret != company.DefaultSSOSecret {
		return refuse("invalidClientIdOrSecret", errcodeBadSecret, "无效的clientId或者clientSecret")
	}
	return nil
}

// getUserToken takes a code, or the refresh token of a former call, once.
func (s *Server) getUserToken(c *call) (map[string]any, *apiError) {
	var in struct {
		ClientID     string `json:"clientId"`
		ClientSecret string `json:"clientSecret"`
		Code         string `json:"code"`
		RefreshToken string `json:"refreshToken"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.ClientID != s.company.app.AppKey || in.ClientSecret != s.company.app.AppSecret {
		return nil, refuse("invalidClientIdOrSecret", errcodeBadSecret, "无效的clientId或者clientSecret")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	code := in.Code + in.RefreshToken
	userID, ok := s.signIns[code]
	if !ok {
		return nil, refuse("invalidParameter", errcodeBadSecret, "不合法的临时授权码")
	}
	delete(s.signIns, code)
	refresh := newUUID()
	s.signIns[refresh] = userID
	s.touch(kindMeta, "")
	return map[string]any{
		"accessToken": newUUID(), "refreshToken": refresh,
		"expireIn": int64(tokenLifetime / time.Second), "corpId": s.company.app.CorpID,
	}, nil
}

func (s *Server) createJSAPITicket(*call) (map[string]any, *apiError) {
	return map[string]any{"jsapiTicket": s.pageTicket(), "expireIn": int64(tokenLifetime / time.Second)}, nil
}

func (s *Server) oapiJSAPITicket(*call) (map[string]any, *apiError) {
	return map[string]any{"ticket": s.pageTicket(), "expires_in": int64(tokenLifetime / time.Second)}, nil
}

// pageTicket is the same for all.
func (s *Server) pageTicket() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jsapiTicket == "" {
		s.jsapiTicket = newUUID()
		s.touch(kindMeta, "")
	}
	return s.jsapiTicket
}
