package event

import "github.com/dingoa/dingoa/internal/wire"

// URLCheck is the push by which DingTalk tests a callback URL before it saves
// it. dingoa.Callback.Handler answers it by itself.
//
// See https://open.dingtalk.com/document/development/validating-and-updating-callback-url-events
type URLCheck struct {
	// Kind is check_url, check_create_suite_url or check_update_suite_url.
	Kind string
	// Random and TestSuiteKey come with the checks of a suite.
	Random, TestSuiteKey string
}

// EventTypes implements [Data].
func (URLCheck) EventTypes() []string {
	return []string{"check_url", "check_create_suite_url", "check_update_suite_url"}
}

func decodeURLCheck(kind string, raw []byte) (Data, error) {
	c := URLCheck{Kind: kind}
	for key, value := range wire.Members(raw) {
		var err error
		switch string(key) {
		case "Random":
			err = readText(&c.Random, value)
		case "TestSuiteKey":
			err = readText(&c.TestSuiteKey, value)
		}
		if err != nil {
			return nil, malformedField(key, err)
		}
	}
	return c, nil
}
