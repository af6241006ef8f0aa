package emulator

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// Option configures a [Server]. The order of options does not matter.
type Option func(*config) error

type config struct {
	app         company.App
	ownApp      bool // given by WithApp
	appKey      string
	appSecret   string
	logger      *slog.Logger
	users       []company.User
	departments []company.Department
	forms       []company.Form
	callback    *Callback
	start       time.Time
	skew        time.Duration
	premium     bool
	listLimit   int
	suites      []company.Suite
	seeds       []*parsedSeed
	admin       bool
	adminHosts  []string
	hostCheck   bool
	forwarded   bool // WithForwardedHost
	pushHosts   []string
	pushClock   func() time.Time
	statePath   string
	stream      bool
}

// WithApp names the app that may fetch tokens, in place of the default one.
func WithApp(app company.App) Option {
	return func(c *config) error {
		c.app, c.ownApp = app, true
		return nil
	}
}

// WithAppCredentials sets the key and the secret of the app, over what [WithApp]
// and seeds say; one that is empty stays as it is.
func WithAppCredentials(appKey, appSecret string) Option {
	return func(c *config) error {
		replace(&c.appKey, appKey)
		replace(&c.appSecret, appSecret)
		return nil
	}
}

// WithLogger writes a line for each request to the gateways and for each try to
// deliver an event: at level Info, at Warn when it was refused or failed. It holds
// no token. At Error it says that the state file cannot be written.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) error {
		if logger == nil {
			return errors.New("WithLogger: the logger is nil")
		}
		c.logger = logger
		return nil
	}
}

// WithUsers replaces the default company, its departments and its form
// included. Given more than once, the users add up.
func WithUsers(users ...company.User) Option {
	return func(c *config) error {
		c.users = append(c.users, users...)
		return nil
	}
}

// WithDepartments gives departments their names; -1 is the root department. A
// department without a name is called 部门<ID>.
func WithDepartments(departments ...company.Department) Option {
	return func(c *config) error {
		c.departments = append(c.departments, departments...)
		return nil
	}
}

// WithForms replaces the default forms; [company.DefaultForm], [company.ExpenseForm] and
// [company.EveryComponentForm] can be given again. Given more than once, the forms add up.
func WithForms(forms ...company.Form) Option {
	return func(c *config) error {
		c.forms = append(c.forms, forms...)
		return nil
	}
}

// WithCallback pushes events to cb from the start; see [Server.SetCallback].
func WithCallback(cb Callback) Option {
	return func(c *config) error {
		c.callback = &cb
		return nil
	}
}

// WithStartTime starts the emulator's clock at t in place of the present. From
// there it runs on with package time, and [Server.Advance] moves it.
func WithStartTime(t time.Time) Option {
	return func(c *config) error {
		if t.IsZero() {
			return errors.New("WithStartTime: the time is zero")
		}
		c.start = t
		return nil
	}
}

// WithClockSkew makes the emulator's clock run ahead of that of its clients by
// d, or behind when d is negative: of package time, and of the clients that
// [Server.Client] makes. Tokens, lists, events and the Date of replies follow the
// emulator's clock. [Server.SetClockSkew] changes it later.
func WithClockSkew(d time.Duration) Option {
	return func(c *config) error {
		c.skew = d
		return nil
	}
}

// WithPremium makes the company one with OA premium (OA 高级版): lists reach
// back five years in place of 365 days, and bizDetailPageUrl is accepted.
func WithPremium() Option {
	return func(c *config) error {
		c.premium = true
		return nil
	}
}

// WithListLimit sets how many IDs one cursor loop of ListProcessInstanceIds
// yields at most; it is 10,000 as the vendor says. What the service does there
// is not documented: the emulator ends the list, so that a client which takes
// the missing cursor for the end loses the rest without an error.
func WithListLimit(n int) Option {
	return func(c *config) error {
		if n <= 0 {
			return fmt.Errorf("WithListLimit: %d is not positive", n)
		}
		c.listLimit = n
		return nil
	}
}

// WithStream chooses stream mode (Stream 模式) for the app's events from the
// start: they wait for the first connection. Without it they begin to count
// when that is opened. A [Callback] goes first, as the two exclude each other
// in the developer console.
func WithStream() Option {
	return func(c *config) error {
		c.stream = true
		return nil
	}
}
