package inboxtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dingoa/dingoa/event"
)

func handsOver(b *bench) {
	in := b.inbox(Config{})
	events := []*event.Event{b.task("a", 1), b.task("b", 1), b.parse(`{"EventType":"user_add_org","eventId":"u-1","UserId":["x"]}`)}
	for _, e := range events {
		b.ok(in.Dispatch(b.Context(), e))
	}
	for _, e := range events {
		b.equal(b.handled(in, e), false)
	}
	var r record
	b.run(in, &r)
	for _, e := range events {
		b.await("handled "+e.ID, func() bool { return b.handled(in, e) })
	}
	late := b.task("c", 1)
	b.ok(in.Dispatch(b.Context(), late))
	b.await("what comes meanwhile", func() bool { return b.handled(in, late) })
	got := r.got()
	slices.Sort(got)
	b.equal(got, []string{"a-1", "b-1", "c-1", "u-1"})
	b.equal(b.handled(in, b.task("never", 1)), false)
	b.equal(len(b.letters(in)), 0)
}

func keepsOnce(b *bench) {
	in := b.inbox(Config{})
	b.ok(in.Dispatch(b.Context(), b.task("a", 1)))
	repeat := b.task("a", 1)
	repeat.Source = event.SourceFailedPush
	b.ok(in.Dispatch(b.Context(), repeat))
	var r record
	b.run(in, &r)
	b.await("handled", func() bool { return b.handled(in, repeat) })
	b.ok(in.Dispatch(b.Context(), repeat))
	next := b.task("a", 2)
	b.ok(in.Dispatch(b.Context(), next))
	b.await("handled", func() bool { return b.handled(in, next) })
	b.equal(r.got(), []string{"a-1", "a-2"})
}

func keepsOrder(b *bench) {
	const instances, changes = 10, 10
	in := b.inbox(Config{})
	for n := range changes {
		for i := range instances {
			b.ok(in.Dispatch(b.Context(), b.task(fmt.Sprint("i", i), n)))
		}
	}
	var r record
	b.run(in, &r)
	b.await("all", func() bool { return len(r.got()) == instances*changes })
	for i := range instances {
		var want []string
		for n := range changes {
			want = append(want, fmt.Sprintf("i%d-%d", i, n))
		}
		b.equal(r.of(fmt.Sprint("i", i)), want)
	}
}

func holdsUpNoOther(b *bench) {
	in := b.inbox(Config{})
	free, began := make(chan struct{}), make(chan string, 10)
	b.run(in, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
		if began <- e.ID; e.ID == "a-1" {
			<-free
		}
		return nil
	}))
	for _, e := range []*event.Event{b.task("a", 1), b.task("a", 2), b.task("b", 1)} {
		b.ok(in.Dispatch(b.Context(), e))
	}
	first := []string{receive(b, began), receive(b, began)}
	slices.Sort(first)
	b.equal(first, []string{"a-1", "b-1"})
	b.await("handled", func() bool { return b.handled(in, b.task("b", 1)) })
	b.equal(len(began), 0)
	close(free)
	b.equal(receive(b, began), "a-2")
}

func triesAgain(b *bench) {
	in := b.inbox(Config{MaxAttempts: 5})
	r := record{refuse: func(e *event.Event, nth int) error {
		if e.ID == "a-1" && nth < 4 {
			return errors.New("database is down")
		}
		return nil
	}}
	b.ok(in.Dispatch(b.Context(), b.task("a", 1)))
	b.ok(in.Dispatch(b.Context(), b.task("a", 2)))
	b.run(in, &r)
	b.await("both", func() bool { return b.handled(in, b.task("a", 2)) })
	b.equal(r.got(), []string{"a-1", "a-1", "a-1", "a-1", "a-2"})
	b.equal(b.handled(in, b.task("a", 1)), true)
	b.equal(len(b.letters(in)), 0)
}

func survivesPanics(b *bench) {
	in := b.inbox(Config{})
	r := record{refuse: func(_ *event.Event, nth int) error {
		if nth == 1 {
			panic("bug")
		}
		return nil
	}}
	b.ok(in.Dispatch(b.Context(), b.task("a", 1)))
	b.run(in, &r)
	b.await("handled", func() bool { return b.handled(in, b.task("a", 1)) })
	b.equal(r.got(), []string{"a-1", "a-1"})
}

// giveUp makes one dead letter.
func (b *bench) giveUp(in event.Inbox) (r *record, cure func()) {
	b.Helper()
	var mu sync.Mutex
	sick := true
	r = &record{refuse: func(e *event.Event, _ int) error {
		mu.Lock()
		defer mu.Unlock()
		if sick && e.ID == "a-1" {
			return errors.New("no such order")
		}
		return nil
	}}
	b.run(in, r)
	b.ok(in.Dispatch(b.Context(), b.task("a", 1)))
	b.await("a dead letter", func() bool { return len(b.letters(in)) == 1 })
	return r, func() {
		mu.Lock()
		defer mu.Unlock()
		sick = false
	}
}

func deadLetters(b *bench) {
	in := b.inbox(Config{MaxAttempts: 3})
	began := time.Now().Add(-time.Second)
	r, _ := b.giveUp(in)
	b.ok(in.Dispatch(b.Context(), b.task("a", 2)))
	b.await("the one behind it", func() bool { return b.handled(in, b.task("a", 2)) })
	b.equal(r.got(), []string{"a-1", "a-1", "a-1", "a-2"})

	letter := b.letters(in)[0]
	b.equal(letter.Event.Key(), b.task("a", 1).Key())
	b.equal(letter.Event.Data, b.task("a", 1).Data)
	b.equal(letter.Attempts, 3)
	b.equal(strings.Contains(letter.Problem, "no such order"), true)
	b.equal(letter.Time.After(began) && letter.Time.Before(time.Now().Add(time.Second)), true)
	b.equal(b.handled(in, letter.Event), false)

	b.ok(in.Dispatch(b.Context(), b.task("a", 1))) // known already
	b.ok(in.Dispatch(b.Context(), b.task("a", 3)))
	b.await("the next", func() bool { return b.handled(in, b.task("a", 3)) })
	b.equal(len(r.got()), 5)

	for _, err := range in.DeadLetters(b.Context()) {
		b.ok(err)
		break // a loop may end early
	}
}

func replays(b *bench) {
	in := b.inbox(Config{})
	_, cure := b.giveUp(in)
	key := b.task("a", 1).Key()
	b.ok(in.Replay(b.Context(), key))
	b.await("a dead letter again", func() bool { return len(b.letters(in)) == 1 })
	cure()
	b.ok(in.Replay(b.Context(), key))
	b.await("handled", func() bool { return b.handled(in, b.task("a", 1)) })
	b.equal(len(b.letters(in)), 0)
}

func discards(b *bench) {
	in := b.inbox(Config{})
	r, cure := b.giveUp(in)
	cure()
	b.ok(in.Discard(b.Context(), b.task("a", 1).Key()))
	b.equal(len(b.letters(in)), 0)
	before := len(r.got())
	b.ok(in.Dispatch(b.Context(), b.task("a", 1))) // nobody wants it any more
	b.ok(in.Dispatch(b.Context(), b.task("a", 2)))
	b.await("the next", func() bool { return b.handled(in, b.task("a", 2)) })
	b.equal(r.got()[before:], []string{"a-2"})
	b.equal(b.handled(in, b.task("a", 1)), false)
}

func unknownLetters(b *bench) {
	in := b.inbox(Config{})
	waiting := b.task("a", 1)
	b.ok(in.Dispatch(b.Context(), waiting))
	for _, key := range []string{b.task("a", 2).Key(), waiting.Key()} {
		for name, err := range map[string]error{"Replay": in.Replay(b.Context(), key), "Discard": in.Discard(b.Context(), key)} {
			if !errors.Is(err, event.ErrNoDeadLetter) {
				b.Fatalf("%s: got %v, want ErrNoDeadLetter", name, err)
			}
		}
	}
	b.run(in, &record{})
	b.await("what was no dead letter", func() bool { return b.handled(in, waiting) })
}

func boundsHandlers(b *bench) {
	in := b.inbox(Config{Concurrency: 4})
	for i := range 12 {
		b.ok(in.Dispatch(b.Context(), b.task(fmt.Sprint("i", i), 1)))
	}
	began, free := make(chan struct{}, 12), make(chan struct{})
	b.run(in, event.HandlerFunc(func(context.Context, *event.Event) error {
		began <- struct{}{}
		<-free
		return nil
	}))
	for range 4 {
		receive(b, began)
	}
	b.equal(len(began), 0)
	for range 8 {
		free <- struct{}{}
		receive(b, began)
		b.equal(len(began), 0)
	}
	close(free)
}

func stopsAndGoesOn(b *bench) {
	in := b.inbox(Config{})
	began, free := make(chan struct{}), make(chan struct{})
	var ended bool
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	done := make(chan error, 1)
	b.ok(in.Dispatch(b.Context(), b.task("a", 1)))
	b.ok(in.Dispatch(b.Context(), b.task("a", 2)))
	go func() {
		done <- in.Run(ctx, event.HandlerFunc(func(ctx context.Context, _ *event.Event) error {
			close(began)
			<-free
			ended = ctx.Err() == nil // its work is not cut off
			return nil
		}))
	}()
	receive(b, began)
	cancel()
	b.equal(len(done), 0)
	close(free)
	b.ok(receive(b, done))
	b.equal(ended, true)
	b.equal(b.handled(in, b.task("a", 1)), true)

	b.ok(in.Dispatch(b.Context(), b.task("a", 3)))
	var r record
	b.run(in, &r)
	b.await("the rest", func() bool { return b.handled(in, b.task("a", 3)) })
	b.equal(r.got(), []string{"a-2", "a-3"})
}

func unpacks(b *bench) {
	in := b.inbox(Config{})
	push := b.parse(`{"EventType":"SYNC_HTTP_PUSH_MEDIUM","bizData":[
		{"corp_id":"c","biz_data":{"syncAction":"workflow_task_change_directed","eventId":"a-1","processInstanceId":"a","taskId":1}},
		{"corp_id":"c","biz_data":{"syncAction":"workflow_task_change_directed","eventId":"a-2","processInstanceId":"a","taskId":2}},
		{"corp_id":"c","biz_data":{"syncAction":"workflow_task_change_directed","eventId":"b-1","processInstanceId":"b","taskId":1}}]}`)
	b.ok(in.Dispatch(b.Context(), push))
	b.ok(in.Dispatch(b.Context(), push))
	b.ok(in.Dispatch(b.Context(), b.parse(`{"EventType":"check_url"}`)))
	var r record
	b.run(in, &r)
	b.await("all", func() bool { return len(r.got()) >= 3 })
	last := b.task("a", 3)
	b.ok(in.Dispatch(b.Context(), last))
	b.await("the last", func() bool { return b.handled(in, last) })
	b.equal(r.of("a"), []string{"a-1", "a-2", "a-3"})
	b.equal(len(r.got()), 4)
}

func keepsRepeatsThatCount(b *bench) {
	in := b.inbox(Config{})
	got := make(chan string, 10)
	b.run(in, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
		got <- e.Type
		return nil
	}))
	for _, body := range []string{`{"EventType":"user_modify_org","UserId":["x"]}`, `{"EventType":"suite_ticket","SuiteTicket":"t","eventId":"1"}`} {
		for range 2 {
			e := b.parse(body)
			b.ok(in.Dispatch(b.Context(), e))
			b.equal(receive(b, got), e.Type)
		}
	}
}

func refusesWhenClosed(b *bench) {
	in := b.inbox(Config{})
	b.ok(in.Close())
	if in.Dispatch(b.Context(), b.task("a", 1)) == nil {
		b.Fatal("a closed inbox took an event")
	}
	if in.Run(b.Context(), &record{}) == nil {
		b.Fatal("a closed inbox ran")
	}
}

func hasOneRun(b *bench) {
	in := b.inbox(Config{})
	b.run(in, &record{})
	b.ok(in.Dispatch(b.Context(), b.task("a", 1)))
	b.await("the first to run", func() bool { return b.handled(in, b.task("a", 1)) })
	if in.Run(b.Context(), &record{}) == nil {
		b.Fatal("a second Run ran beside the first")
	}
	if in.Run(b.Context(), nil) == nil {
		b.Fatal("it ran without a handler")
	}
}

func keepsEverything(b *bench) {
	in := b.inbox(Config{})
	want := map[string]*event.Event{}
	for _, body := range []string{
		`{"EventType":"bpms_instance_change","CorpId":"c","eventId":"a","EventTime":1663143335567,"processInstanceId":"p","type":"finish","result":"agree","title":"<审批> & more"}`,
		`{"eventType":"workflow_form_change","eventCorpId":"c","eventId":"b","data":{"formCode":"PROC-1","type":"update","modifyTime":"1638326995000"}}`,
		`{"EventType":"of_next_year","eventId":"c","n":9007199254740993}`,
	} {
		e := b.parse(body)
		want[e.ID] = e
		b.ok(in.Dispatch(b.Context(), e))
	}
	got := make(chan *event.Event, 10)
	b.run(in, event.HandlerFunc(func(_ context.Context, e *event.Event) error {
		got <- e
		return nil
	}))
	for range len(want) {
		e := receive(b, got)
		w := want[e.ID]
		if w == nil {
			b.Fatalf("got %v, want one of %v", e, slices.Collect(maps.Keys(want)))
		}
		b.equal(e.String(), w.String())
		b.equal(e.Time, w.Time)
		b.equal(e.Data, w.Data)
		b.equal(string(e.Raw), string(w.Raw))
	}
}
