// Package redirect is the policy of every HTTP client of this module.
package redirect

import "net/http"

// Refuse is a CheckRedirect of [http.Client]: no redirect is followed. DingTalk
// sends none, and requests carry tokens, tickets and signed addresses that another
// host is not to see. The caller gets the reply that redirects.
func Refuse(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
