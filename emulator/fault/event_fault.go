package fault

import "time"

// EventFault makes events come late, in another order, twice, damaged or not at
// all, on their way to a callback and to a stream connection alike. It hits
// single attempts: what failed is tried again as without a fault. The zero
// EventFault changes nothing.
type EventFault struct {
	// EventType is which events it hits, such as "bpms_instance_change"; empty
	// is all.
	EventType string
	// Times is how many attempts it hits; 0 is all until the emulator is
	// told to clear its faults of events.
	Times int
	// Share is the part of the attempts that it hits, by chance: 0.1 is one of
	// ten; 0 is all. The same Seed makes the same choices.
	Share float64
	// Seed begins the chance of Share.
	Seed uint64

	// Delay is waited before the attempt.
	Delay time.Duration
	// Reorder lets the next push go first, if one comes within a second.
	Reorder bool
	// Duplicate sends the event twice.
	Duplicate bool
	// Drop loses the event on its way; DingTalk sees that it was not acknowledged.
	Drop bool
	// Lose loses the event for good: DingTalk takes it for delivered, and no list
	// of failed pushes has it.
	Lose bool
	// Corrupt cuts the message in half.
	Corrupt bool
	// CloseConnection closes the connection in the middle of the message.
	CloseConnection bool
}
