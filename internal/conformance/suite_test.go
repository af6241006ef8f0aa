package conformance_test

import (
	"testing"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/internal/conformance"
)

// TestEmulatorAsThirdPartyApp runs everything with the token of a company that
// authorised a suite.
func TestEmulatorAsThirdPartyApp(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]dingoa.Option{
		"today": nil,
		"older": {dingoa.WithLegacyGateway(), dingoa.WithAgentID(company.DefaultAgentID)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(t *testing.T) conformance.Env {
				t.Helper()
				t.Parallel()
				env, _ := environment(t)
				server := dingoatest.NewServer(t, forms(), emulator.WithSuite(company.Suite{SuiteKey: "suite", SuiteSecret: "suite-secret"}))
				ticket, err := server.PushSuiteTicket("suite")
				if err != nil {
					t.Fatal(err)
				}
				suite, err := server.SuiteClient("suite", dingoa.StaticTicket(ticket), opts...)
				if err != nil {
					t.Fatal(err)
				}
				if env.Client, err = suite.Client(company.DefaultCorpID); err != nil {
					t.Fatal(err)
				}
				env.Legacy, env.Now = opts != nil, server.Now
				env.Wait = func(_ *testing.T, d time.Duration) { server.Advance(d) }
				return env
			})
		})
	}
}
