package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/ui"
)

// defaultAddr is Mailpit's kind of port: above the usual ones, easy to remember.
const defaultAddr = "127.0.0.1:9898"

// The environment of a callback, as the README's programs read it too.
const (
	envCallbackToken  = "DINGTALK_CALLBACK_TOKEN" //nolint:gosec // the name of a variable, not a token
	envCallbackAESKey = "DINGTALK_CALLBACK_AES_KEY"
)

// serve is one run of dingoa serve.
type serve struct {
	getenv func(string) string

	addr, legacyAddr string
	allowPublic      bool
	hosts            []string
	tlsCert, tlsKey  string

	appKey, appSecret, appSecretFile           string
	callbackURL, callbackToken, callbackAESKey string
	callbackHosts                              []string
	seed, state                                string
	premium                                    bool
	clockSkew                                  time.Duration

	json, verbose bool
}

func newServe(ctx context.Context, getenv func(string) string) *cobra.Command {
	s := &serve{getenv: getenv}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run an emulated DingTalk for programs in any language",
		Long: `Run an emulated DingTalk for programs in any language: both gateways, file
storage, stream mode, a console in the browser and an admin API, on one address.

It starts without any flag: with a company, two forms, and an app whose key and
secret it prints. Point your program at its address in place of
https://api.dingtalk.com and https://oapi.dingtalk.com. --seed describes a company
of your own, --state keeps what happened across restarts.

It has no password, so it is only reachable from this machine, as localhost or by
IP address, unless --allow-public is given, and pushes only to this machine unless
--callback-url or --callback-host names another.`,
		Example: `  dingoa serve
  dingoa serve --callback-url http://127.0.0.1:8080/dingtalk/callback
  dingoa serve --seed examples/seed.yaml --state approvals.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(ctx, cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&s.addr, "addr", defaultAddr, "address of everything; port 0 is a free one")
	flags.StringVar(&s.legacyAddr, "legacy-addr", "", "a second address, for programs that keep the older gateway apart")
	flags.BoolVar(&s.allowPublic, "allow-public", false, "listen on addresses that other machines reach")
	flags.StringArrayVar(&s.hosts, "host", nil, "another name to be reached by, such as that of a container; repeatable")
	flags.StringVar(&s.tlsCert, "tls-cert", "", "file with a certificate, in PEM: https and wss in place of http and ws")
	flags.StringVar(&s.tlsKey, "tls-key", "", "file with the key of the certificate, in PEM")

	flags.StringVar(&s.appKey, "app-key", "", "key of the app ($"+envAppKey+", or the seed's)")
	flags.StringVar(&s.appSecret, "app-secret", "", "secret of the app; others can read it in the list of processes")
	flags.StringVar(&s.appSecretFile, "app-secret-file", "", "file with the secret of the app ($"+envAppSecret+", or the seed's)")

	flags.StringVar(&s.callbackURL, "callback-url", "", "where events are pushed to, such as http://127.0.0.1:8080/dingtalk/callback")
	flags.StringVar(&s.callbackToken, "callback-token", "", "token that signs the pushes ($"+envCallbackToken+")")
	flags.StringVar(&s.callbackAESKey, "callback-aes-key", "", "key that encrypts the pushes, 43 characters ($"+envCallbackAESKey+")")

	flags.StringArrayVar(&s.callbackHosts, "callback-host", nil, "another machine where callbacks may be registered by API, * for any; repeatable")

	flags.StringVar(&s.seed, "seed", "", "YAML file that describes the company; see docs/emulator.md")
	flags.StringVar(&s.state, "state", "", "file that keeps everything across restarts")
	flags.DurationVar(&s.clockSkew, "clock-skew", 0, "how far the clock is ahead of that of the programs, or behind when negative")
	flags.BoolVar(&s.premium, "premium", false, "a company with OA premium (OA 高级版)")

	flags.BoolVar(&s.json, "json", false, "print one line of JSON when it is ready, and the log as JSON")
	flags.BoolVarP(&s.verbose, "verbose", "v", false, "log every request and delivery, not only those that failed")
	_ = cmd.MarkFlagFilename("seed", "yaml", "yml", "json") // the flags are there
	_ = cmd.MarkFlagFilename("app-secret-file")
	_ = cmd.MarkFlagFilename("state")
	_ = cmd.MarkFlagFilename("tls-cert")
	_ = cmd.MarkFlagFilename("tls-key")
	return cmd
}

func (s *serve) run(ctx context.Context, cmd *cobra.Command) error {
	if err := s.check(); err != nil {
		return err
	}
	logger := s.logger(cmd)
	return failed(s.serve(ctx, cmd, logger))
}

// check refuses flags before anything is opened.
func (s *serve) check() error {
	for _, flag := range []struct{ name, addr string }{{"--addr", s.addr}, {"--legacy-addr", s.legacyAddr}} {
		if flag.addr == "" && flag.name != "--addr" {
			continue
		}
		host, _, err := net.SplitHostPort(flag.addr)
		if err != nil {
			return fmt.Errorf("%s %q: want host:port, such as %s", flag.name, flag.addr, defaultAddr)
		}
		if !isLoopback(host) && !s.allowPublic {
			return fmt.Errorf("%s %s may be reached by other machines, and there is no password: use 127.0.0.1, or add --allow-public",
				flag.name, flag.addr)
		}
	}
	switch {
	case s.appSecret != "" && s.appSecretFile != "":
		return errors.New("--app-secret and --app-secret-file exclude each other")
	case (s.tlsCert == "") != (s.tlsKey == ""):
		return errors.New("--tls-cert and --tls-key need each other")
	case s.callbackURL == "" && s.callbackToken != "":
		return errors.New("--callback-token needs --callback-url")
	case s.callbackURL == "" && s.callbackAESKey != "":
		return errors.New("--callback-aes-key needs --callback-url")
	}
	return nil
}

// isLoopback reports whether only this machine reaches a host. Of a name but
// localhost nobody knows.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *serve) logger(cmd *cobra.Command) *slog.Logger {
	opts := &slog.HandlerOptions{Level: slog.LevelWarn}
	if s.verbose {
		opts.Level = slog.LevelInfo
	}
	if s.json {
		return slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), opts))
	}
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), opts))
}

// options are the flags and the environment.
func (s *serve) options(logger *slog.Logger) ([]emulator.Option, error) {
	secret := s.appSecret
	if s.appSecretFile != "" {
		content, err := readSecret(s.appSecretFile)
		if err != nil {
			return nil, err
		}
		secret = content
	}
	names := append([]string{}, s.hosts...)
	for _, addr := range []string{s.addr, s.legacyAddr} {
		if host, _, _ := net.SplitHostPort(addr); host != "" {
			names = append(names, host)
		}
	}
	opts := []emulator.Option{
		emulator.WithAdmin(names...),
		emulator.WithLogger(logger),
		emulator.WithAppCredentials(cmp.Or(s.appKey, s.getenv(envAppKey)), cmp.Or(secret, s.getenv(envAppSecret))),
	}
	opts = append(opts, emulator.WithCallbackHosts(s.callbackHosts...), emulator.WithPushClock(time.Now))
	if s.allowPublic {
		opts = append(opts, emulator.WithForwardedHost())
	} else {
		opts = append(opts, emulator.WithHostCheck())
	}
	if s.seed != "" {
		opts = append(opts, emulator.WithSeedFile(s.seed))
	}
	if s.state != "" {
		opts = append(opts, emulator.WithState(s.state))
	}
	if s.premium {
		opts = append(opts, emulator.WithPremium())
	}
	if s.clockSkew != 0 {
		opts = append(opts, emulator.WithClockSkew(s.clockSkew))
	}
	if s.callbackURL != "" {
		opts = append(opts, emulator.WithCallback(emulator.Callback{
			URL:            s.callbackURL,
			Token:          cmp.Or(s.callbackToken, s.getenv(envCallbackToken)),
			EncodingAESKey: cmp.Or(s.callbackAESKey, s.getenv(envCallbackAESKey)),
		}))
	}
	return opts, nil
}

// handler serves the console beside the emulator. It is no [http.ServeMux], which
// would redirect what looks odd: what the emulator is asked, it answers.
func handler(server http.Handler) http.Handler {
	console := ui.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, ui.Prefix) {
			console.ServeHTTP(w, r)
			return
		}
		server.ServeHTTP(w, r)
	})
}
