// Package backfill finds what no push told: [FailedPushPuller] fetches the events
// that DingTalk could not deliver, and [Reconciler] compares the approvals that
// DingTalk lists with those whose end was handled. Both hand what they find to
// the handlers that take pushes, so that a handler does not see where an event
// came from.
package backfill
