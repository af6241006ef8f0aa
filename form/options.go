package form

import "errors"

// Option changes how [Marshal], [Unmarshal] and [FromMap] work.
type Option func(*config) error

type config struct{ center, strict bool }

func newConfig(opts []Option) (config, error) {
	var c config
	for _, opt := range opts {
		if opt == nil {
			return c, errors.New("form: an option is nil")
		}
		if err := opt(&c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// ForCenter writes values for an approval of your own system in the process
// center (流程中心), dingoa's CreateCenterInstanceRequest. There a contact goes with
// its name, a related approval with its title, and an extValue has the ids; a
// TextNote can be set; and some components do not exist.
//
// https://open.dingtalk.com/document/development/oa-approval-process-center-access-example
func ForCenter() Option {
	return func(c *config) error {
		c.center = true
		return nil
	}
}

// Strict makes components an error that the struct has no field for, so that a
// form that got new components is noticed.
func Strict() Option {
	return func(c *config) error {
		c.strict = true
		return nil
	}
}
