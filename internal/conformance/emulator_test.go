package conformance_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/dingoatest"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/internal/conformance"
)

// forms are those of the default company and one with every component.
func forms() emulator.Option {
	return emulator.WithForms(company.DefaultForm(), company.ExpenseForm(), company.EveryComponentForm())
}

func environment(t *testing.T, opts ...dingoa.Option) (conformance.Env, *dingoatest.Server) {
	t.Helper()
	server := dingoatest.NewServer(t, forms())
	return conformance.Env{
		Client:      server.Client(opts...),
		ProcessCode: company.DefaultProcessCode,
		Values: []dingoa.FormValue{
			{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-05-04"}, {Name: "天数", Value: "2"},
		},
		Required:         "天数",
		SelfSelectCode:   company.DefaultExpenseCode,
		SelfSelectValues: []dingoa.FormValue{{Name: "金额", Value: "100"}},
		EveryCode:        company.DefaultEveryComponentCode,
		LeavesForms:      true,
		Originator:       company.DefaultOriginator,
		DeptID:           company.DefaultDeptID,
		Approvers:        [3]string{company.DefaultFirstApprover, company.DefaultSecondApprover, company.DefaultColleague},
		Now:              server.Now,
		Wait:             func(_ *testing.T, d time.Duration) { server.Advance(d) },
	}, server
}

func TestEmulator(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T) conformance.Env {
		t.Helper()
		t.Parallel()
		env, _ := environment(t)
		return env
	})
}

func TestEmulatorWithPremium(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T) conformance.Env {
		t.Helper()
		t.Parallel()
		env, _ := environment(t)
		server := dingoatest.NewServer(t, forms(), emulator.WithPremium())
		env.Client, env.Now = server.Client(dingoa.WithPremium()), server.Now
		env.Wait = func(_ *testing.T, d time.Duration) { server.Advance(d) }
		env.Premium, env.Administrator = true, "qianqi"
		return env
	})
}

func TestEmulatorOnTheOlderGateway(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T) conformance.Env {
		t.Helper()
		t.Parallel()
		env, _ := environment(t, dingoa.WithLegacyGateway(), dingoa.WithAgentID(company.DefaultAgentID))
		env.Legacy = true
		return env
	})
}

// TestEmulatorOverASocket does what a program in another process does.
func TestEmulatorOverASocket(t *testing.T) {
	t.Parallel()
	for name, legacy := range map[string]bool{"today": false, "older": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, func(t *testing.T) conformance.Env {
				t.Helper()
				env, server := environment(t)
				address, err := server.Listen("")
				if err != nil {
					t.Fatal(err)
				}
				hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
				opts := []dingoa.Option{dingoa.WithBaseURL(address), dingoa.WithLegacyBaseURL(address), dingoa.WithHTTPClient(hc), dingoa.WithClock(server.Now)}
				if env.Legacy = legacy; legacy {
					opts = append(opts, dingoa.WithLegacyGateway(), dingoa.WithAgentID(company.DefaultAgentID))
				}
				env.Client, err = dingoa.New(company.DefaultAppKey, company.DefaultAppSecret, opts...)
				if err != nil {
					t.Fatal(err)
				}
				return env
			})
		})
	}
}
