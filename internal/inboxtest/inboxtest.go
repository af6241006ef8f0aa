// Package inboxtest is one suite for every implementation of [event.Inbox].
package inboxtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dingoa/dingoa/event"
)

// Config is how the suite wants an inbox.
type Config struct {
	// MaxAttempts is how often an event is handed over before it becomes a dead
	// letter, with pauses of about a millisecond.
	MaxAttempts int
	// Concurrency is how many handlers may run at once.
	Concurrency int
}

// Opener opens an empty inbox. The suite closes it.
type Opener func(tb testing.TB, c Config) event.Inbox

// Run runs the suite.
func Run(t *testing.T, open Opener) {
	t.Helper()
	for name, test := range map[string]func(*bench){
		"hands over what it kept":               handsOver,
		"keeps an event once":                   keepsOnce,
		"keeps order per approval":              keepsOrder,
		"one approval holds up no other":        holdsUpNoOther,
		"tries again, in order":                 triesAgain,
		"a panic is a failure":                  survivesPanics,
		"dead letters":                          deadLetters,
		"replays a dead letter":                 replays,
		"discards a dead letter":                discards,
		"unknown dead letters":                  unknownLetters,
		"bounds its handlers":                   boundsHandlers,
		"waits for its handlers, and goes on":   stopsAndGoesOn,
		"keeps the events of a push one by one": unpacks,
		"keeps events that count each time":     keepsRepeatsThatCount,
		"refuses when closed":                   refusesWhenClosed,
		"has one Run":                           hasOneRun,
		"events come back whole":                keepsEverything,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&bench{T: t, open: open})
		})
	}
}

// bench is one test with its inbox.
type bench struct {
	*testing.T
	open Opener
}

func (b *bench) inbox(c Config) event.Inbox {
	b.Helper()
	c.MaxAttempts = max(c.MaxAttempts, 3)
	c.Concurrency = max(c.Concurrency, 4)
	in := b.open(b, c)
	b.Cleanup(func() { b.ok(in.Close()) })
	return in
}

func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) equal(got, want any) {
	b.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		b.Fatalf("got  %s\nwant %s", g, w)
	}
}

// patience is how long what happens meanwhile may take.
const patience = 30 * time.Second

// await waits until it is so.
func (b *bench) await(what string, isSo func() bool) {
	b.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(patience)
	for !isSo() {
		select {
		case <-ticker.C:
		case <-deadline:
			b.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// receive waits for a value.
func receive[T any](b *bench, ch <-chan T) T {
	b.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		b.Fatalf("nothing came within %v", patience)
		panic("unreachable")
	}
}

// run hands over in the background until the end of the test.
func (b *bench) run(in event.Inbox, h event.Handler) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	done := make(chan error, 1)
	go func() { done <- in.Run(ctx, h) }()
	b.Cleanup(func() {
		cancel()
		b.ok(receive(b, done))
	})
}

func (b *bench) handled(in event.Inbox, e *event.Event) bool {
	b.Helper()
	handled, err := in.Handled(b.Context(), e.Key())
	b.ok(err)
	return handled
}

func (b *bench) letters(in event.Inbox) []event.DeadLetter {
	b.Helper()
	var letters []event.DeadLetter
	for letter, err := range in.DeadLetters(b.Context()) {
		b.ok(err)
		letters = append(letters, letter)
	}
	return letters
}

func (b *bench) parse(body string) *event.Event {
	b.Helper()
	e, err := event.Parse([]byte(body))
	b.ok(err)
	return e
}

// task is the n-th change of an approval.
func (b *bench) task(instance string, n int) *event.Event {
	b.Helper()
	return b.parse(fmt.Sprintf(`{"EventType":"bpms_task_change","CorpId":"c","eventId":"%[1]s-%[2]d","EventTime":1663143335567,`+
		`"processInstanceId":"%[1]s","taskId":%[2]d,"type":"start","title":"审批"}`, instance, n))
}

// record is a handler that notes what it was given.
type record struct {
	mu     sync.Mutex
	events []string
	// refuse, if set, says what is wrong with the nth delivery of an event, counted from 1.
	refuse func(e *event.Event, nth int) error
	times  map[string]int
}

func (r *record) Dispatch(_ context.Context, e *event.Event) error {
	r.mu.Lock()
	if r.times == nil {
		r.times = map[string]int{}
	}
	r.times[e.ID]++
	nth := r.times[e.ID]
	r.events = append(r.events, e.ID)
	r.mu.Unlock()
	if r.refuse == nil {
		return nil
	}
	return r.refuse(e, nth)
}

func (r *record) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// of are the deliveries of one approval's events.
func (r *record) of(instance string) []string {
	return slices.DeleteFunc(r.got(), func(id string) bool { return !strings.HasPrefix(id, instance+"-") })
}
