// Package inbox keeps the events of DingTalk on disk before they are
// acknowledged, and hands them over afterwards: neither a slow handler nor a
// crash, a deployment or a dead machine loses one.
//
//	in, err := inbox.Open(ctx, "file:///var/lib/app")
//	...
//	http.Handle("/dingtalk", callback.Handler(in)) // keeps, then acknowledges
//	err = in.Run(ctx, dispatcher)                  // hands over
//
// [Inbox] is a [event.Inbox] on NATS JetStream. With file:// the engine runs
// inside the process on a directory of its own, without a port. With nats://
// the same code works on a server or a cluster that several replicas share.
//
// # What it promises
//
// Dispatch returns nil once the event is on disk (fsync). Events of one
// approval are handed over in the order in which they were kept, one after the
// other; a failing one holds up its own approval and nobody else's. An event
// that was handed over with success is not handed over again: not when
// DingTalk repeats it, nor after a crash. The exception is a crash between the
// effect of a handler and the inbox's note about it. The event then comes a
// second time, so give [event.Event.Key] to whatever your handler changes as
// its idempotency key.
//
// # Replicas
//
// Approvals are spread over 16 shards, and each shard belongs to one replica
// at a time. Replicas that call Run share the shards evenly; the shards of one
// that died are taken over within ten seconds, those of one that closed at
// once. A replica that can't reach the cluster for four seconds cancels the
// context of its handlers: one that ignores it may overlap with the replica
// that takes over.
//
// The embedded engine syncs every write. A cluster does so only when its
// servers say "sync_interval: always"; without it, a power cut takes up to two
// minutes of acknowledged events. Use [WithReplicas] 3 there.
//
// # What lies on the disk
//
// Events lie there as they came, with names, comments and the tickets of a
// suite, until they are handled: then only their key is left, for
// [WithRetention]. A ticket needs its crash safety as much as an approval
// does, so it isn't left out. The engine's directory is open to its user
// only; a cluster needs its own protection. A crash of the process or of the
// machine loses nothing; what a failing disk damages the engine drops, mostly
// without a word: a [backfill.Reconciler] finds the final states among it.
package inbox
