package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dingoa/dingoa/emulator"
)

// started is printed for a user, or with --json for a program. A secret that
// the user gave is not in it, only where it came from.
type started struct {
	URL       string `json:"url"`       // in place of https://api.dingtalk.com
	LegacyURL string `json:"legacyUrl"` // in place of https://oapi.dingtalk.com
	Console   string `json:"consoleUrl"`
	AdminURL  string `json:"adminUrl"`

	AppKey        string `json:"appKey"`
	AppSecret     string `json:"appSecret,omitempty"`
	AppSecretFrom string `json:"appSecretFrom,omitempty"`
	AgentID       int64  `json:"agentId"`
	CorpID        string `json:"corpId"`

	Callback *startedCallback `json:"callback"`
	Seed     string           `json:"seed,omitempty"`
	State    string           `json:"state,omitempty"`

	Users []startedItem `json:"users"`
	Forms []startedItem `json:"forms"`

	example *example
}

type startedCallback struct {
	URL        string `json:"url"`
	OwnerKey   string `json:"ownerKey"`
	Token      string `json:"token,omitempty"`
	TokenFrom  string `json:"tokenFrom,omitempty"`
	AESKey     string `json:"aesKey,omitempty"`
	AESKeyFrom string `json:"aesKeyFrom,omitempty"`
}

type startedItem struct {
	ID   string `json:"id"` // a user's userId, a form's process code
	Name string `json:"name"`
}

// describe asks the server what it has become.
func (s *serve) describe(ctx context.Context, server *emulator.Server, listeners []net.Listener, certificate *tls.Certificate) (*started, error) {
	app := server.App()
	d := &started{
		URL: addressOf(listeners[0], certificate), LegacyURL: addressOf(listeners[len(listeners)-1], certificate),
		AppKey: app.AppKey, AgentID: app.AgentID, CorpID: app.CorpID, Seed: s.seed, State: s.state,
	}
	d.Console, d.AdminURL = d.URL+"/", d.URL+"/_emulator/"
	d.AppSecret, d.AppSecretFrom = s.secret(app.AppSecret)
	if err := s.describeCallback(ctx, server, d); err != nil {
		return nil, err
	}
	users, forms, err := usersAndForms(ctx, server)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		d.Users = append(d.Users, startedItem{u.ID, u.Name})
	}
	for _, f := range forms {
		d.Forms = append(d.Forms, startedItem{f.ProcessCode, f.Name})
	}
	d.example = newExample(users, forms, server.Now())
	return d, nil
}

// addressOf is how this machine reaches a listener.
func addressOf(listener net.Listener, certificate *tls.Certificate) string {
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if certificate == nil {
		return "http://" + net.JoinHostPort(host, port)
	}
	return "https://" + net.JoinHostPort(nameOn(certificate, host), port)
}

// nameOn is a name that the certificate is good for: the host when it can be.
func nameOn(certificate *tls.Certificate, host string) string {
	leaf := certificate.Leaf
	for _, name := range []string{host, "localhost"} {
		if leaf.VerifyHostname(name) == nil {
			return name
		}
	}
	for _, name := range leaf.DNSNames {
		if !strings.HasPrefix(name, "*") {
			return name
		}
	}
	return host
}

// secret is the app's secret when it is the emulator's own or the seed's, which
// opens nothing else; else where it is from.
func (s *serve) secret(secret string) (shown, from string) {
	switch {
	case s.appSecretFile != "":
		return "", s.appSecretFile
	case s.appSecret != "":
		return "", "--app-secret"
	case s.getenv(envAppSecret) != "":
		return "", "$" + envAppSecret
	}
	return secret, ""
}

func (s *serve) describeCallback(ctx context.Context, server *emulator.Server, d *started) error {
	var reply struct {
		Callback *startedCallback `json:"callback"`
	}
	if err := inspect(ctx, server, "callback", &reply); err != nil || reply.Callback == nil {
		return err
	}
	d.Callback = reply.Callback
	if s.callbackURL == "" {
		if s.state != "" { // somebody may have registered it
			d.Callback.TokenFrom, d.Callback.AESKeyFrom = s.state, s.state
			return nil
		}
		cb, _ := server.Callback()
		d.Callback.Token, d.Callback.AESKey = cb.Token, cb.EncodingAESKey
		return nil
	}
	from := func(flag, name, variable, own string) (shown, from string) {
		switch {
		case flag != "":
			return "", name
		case s.getenv(variable) != "":
			return "", "$" + variable
		}
		return own, ""
	}
	d.Callback.Token, d.Callback.TokenFrom = from(s.callbackToken, "--callback-token", envCallbackToken, emulator.DefaultCallbackToken)
	d.Callback.AESKey, d.Callback.AESKeyFrom = from(s.callbackAESKey, "--callback-aes-key", envCallbackAESKey, emulator.DefaultEncodingAESKey)
	return nil
}

// write prints it, as one line of JSON or for people.
func (s *started) write(out io.Writer, asJSON bool) error {
	text := encodeJSON(s) + "\n"
	if !asJSON {
		text = s.text()
	}
	_, err := io.WriteString(out, text)
	return err
}

func (s *started) text() string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	b.WriteString("An emulated DingTalk is ready. It is made up: nothing here reaches the real one.\n\n")
	line("Console", "%s", s.Console)
	line("API", "%s  in place of https://api.dingtalk.com and https://oapi.dingtalk.com", s.URL)
	if s.LegacyURL != s.URL {
		line("", "%s  the same again, for the older gateway", s.LegacyURL)
	}
	line("Admin API", "%s", s.AdminURL)
	line("AppKey", "%s", s.AppKey)
	line("AppSecret", "%s", shownOr(s.AppSecret, s.AppSecretFrom))
	line("AgentId", "%d", s.AgentID)
	line("CorpId", "%s", s.CorpID)
	line("Users", "%s", items(s.Users))
	line("Forms", "%s", items(s.Forms))
	if cb := s.Callback; cb == nil {
		line("Callback", "none: --callback-url http://127.0.0.1:8080/dingtalk/callback pushes events to your program")
	} else {
		line("Callback", "%s", cb.URL)
		line("  token", "%s", shownOr(cb.Token, cb.TokenFrom))
		line("  aes_key", "%s", shownOr(cb.AESKey, cb.AESKeyFrom))
		line("  owner", "%s", cb.OwnerKey)
	}
	if s.State == "" {
		line("State", "in memory: --state FILE keeps it")
	} else {
		line("State", "%s", filepath.Clean(s.State))
	}
	fmt.Fprintf(&b, "\nEnvironment\n\n    export %s\n", strings.Join(s.environment(), " "))
	for _, snippet := range s.snippets() {
		fmt.Fprintf(&b, "\n%s\n\n", snippet.Language)
		for code := range strings.Lines(snippet.Code) {
			b.WriteString("    " + code)
		}
	}
	b.WriteString("\nStop it with Ctrl+C.\n")
	return b.String()
}

// environment are the variables that programs with dingoa read, without the
// secrets that the user has given: the user has them.
func (s *started) environment() []string {
	variables := []string{}
	set := func(name, value string) {
		if value != "" {
			variables = append(variables, name+"='"+inShellQuotes(value)+"'")
		}
	}
	set(envBaseURL, s.URL)
	set(envAppKey, s.AppKey)
	set(envAppSecret, s.AppSecret)
	set(envProcessCode, s.example.ProcessCode)
	set("DINGTALK_USER_ID", s.example.UserID)
	set("DINGTALK_DEPT_ID", strconv.FormatInt(s.example.DeptID, 10))
	if s.Callback != nil {
		set(envCallbackToken, s.Callback.Token)
		set(envCallbackAESKey, s.Callback.AESKey)
	}
	return variables
}

func shownOr(secret, from string) string {
	if secret != "" {
		return secret
	}
	return "not shown, it is the one from " + from
}

// items names the first few.
func items(all []startedItem) string {
	const most = 6
	var names []string
	for i, item := range all {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(all)-most))
			break
		}
		names = append(names, item.ID+" "+item.Name)
	}
	return strings.Join(names, ", ")
}
