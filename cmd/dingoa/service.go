package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/dingoa/dingoa"
)

// The environment that commands read where a flag is not given.
const (
	envAppKey      = "DINGTALK_APP_KEY"
	envAppSecret   = "DINGTALK_APP_SECRET" //nolint:gosec // the name of a variable, not a secret
	envBaseURL     = "DINGTALK_BASE_URL"
	envProcessCode = "DINGTALK_PROCESS_CODE"
)

// serviceFlags say which DingTalk a command calls, and as which app. There is no
// flag for the secret itself: other users of a machine can read command lines.
type serviceFlags struct {
	appKey     string
	secretFile string
	baseURL    string
}

func (f *serviceFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.appKey, "app-key", "", "key of the app ($"+envAppKey+")")
	flags.StringVar(&f.secretFile, "app-secret-file", "", "file with the secret of the app (or the secret itself in $"+envAppSecret+")")
	flags.StringVar(&f.baseURL, "base-url", "", "another address than DingTalk's, such as an emulator ($"+envBaseURL+")")
}

// client calls as the flags and the environment say.
func (f *serviceFlags) client(getenv func(string) string) (*dingoa.Client, error) {
	appKey := cmp.Or(f.appKey, getenv(envAppKey))
	secret := getenv(envAppSecret)
	if f.secretFile != "" {
		var err error
		if secret, err = readSecret(f.secretFile); err != nil {
			return nil, err
		}
	}
	if appKey == "" {
		return nil, fmt.Errorf("the key of the app is missing: set --app-key or %s", envAppKey)
	}
	if secret == "" {
		return nil, fmt.Errorf("the secret of the app is missing: set --app-secret-file or %s", envAppSecret)
	}
	var opts []dingoa.Option
	if base := cmp.Or(f.baseURL, getenv(envBaseURL)); base != "" {
		opts = append(opts, dingoa.WithBaseURL(base), dingoa.WithLegacyBaseURL(base))
	}
	return dingoa.New(appKey, secret, opts...)
}

func readSecret(path string) (string, error) {
	content, err := os.ReadFile(path)
	return string(bytes.TrimSpace(content)), err
}
