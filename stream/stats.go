package stream

import "sync/atomic"

// Stats are a consumer's counts since it was made.
type Stats struct {
	// Connections is how many were opened, Failures how many tries to open one failed.
	Connections, Failures int64
	// Frames is how many messages were received, of any type.
	Frames int64
	// Handled is how many events were acknowledged as done, Later how many DingTalk
	// was told to deliver later.
	Handled, Later int64
	// BadFrames is how many messages could not be read or had no handler.
	BadFrames int64
	// LostAcks is how many acknowledgements could not be sent.
	LostAcks int64
	// Running is how many handlers run now, Waiting how many events wait for one.
	Running, Waiting int64
}

type counters struct {
	connections, failures, frames, handled, later, badFrames, lostAcks, running, waiting atomic.Int64
}

// Stats returns the counts so far.
func (c *Consumer) Stats() Stats {
	return Stats{
		Connections: c.counts.connections.Load(), Failures: c.counts.failures.Load(),
		Frames: c.counts.frames.Load(), Handled: c.counts.handled.Load(), Later: c.counts.later.Load(),
		BadFrames: c.counts.badFrames.Load(), LostAcks: c.counts.lostAcks.Load(),
		Running: c.counts.running.Load(), Waiting: c.counts.waiting.Load(),
	}
}
