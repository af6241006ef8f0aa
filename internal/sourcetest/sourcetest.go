// Package sourcetest is one table for every source of events: the same handlers
// have to see the same, however DingTalk's events come.
package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

// Message is an event as DingTalk has it, before a source wraps it.
type Message struct {
	// ID is the eventId. A source that has no place for it leaves it out.
	ID string
	// Type is the vendor's name.
	Type string
	// Data is the JSON object with what happened.
	Data string
}

// CorpID is the company of every message.
const CorpID = "dingcorp"

// Time is when every message happened.
func Time() time.Time { return time.UnixMilli(1663143335567).UTC() }

// Source brings messages to h one after the other, as DingTalk would, and tells
// for each whether DingTalk takes it for done.
type Source func(tb testing.TB, h event.Handler, messages ...Message) (done []bool)

// Run runs the table.
func Run(t *testing.T, want event.Source, source Source) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, event.Source, Source){
		"typed data":                 typedData,
		"success only after success": successAfterSuccess,
		"one effect per event":       oneEffect,
		"order per approval":         order,
		"nobody's events":            nobodys,
		"an inbox in between":        inbox,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, want, source)
		})
	}
}

func finish(instance string) Message {
	return Message{
		ID: instance + "-finish", Type: "bpms_instance_change",
		Data: `{"processInstanceId":"` + instance + `","type":"finish","result":"agree","title":"请假","createTime":1495592259000,"finishTime":1495592305000}`,
	}
}

func task(instance string, n int) Message {
	return Message{
		ID: fmt.Sprint(instance, "-", n), Type: "bpms_task_change",
		Data: fmt.Sprintf(`{"processInstanceId":%q,"taskId":%d,"type":"start","staffId":"lisi","createTime":1495592259000}`, instance, n),
	}
}

func equal(tb testing.TB, got, want any) {
	tb.Helper()
	if !reflect.DeepEqual(got, want) {
		tb.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func dispatcher(tb testing.TB, opts ...event.DispatcherOption) *event.Dispatcher {
	tb.Helper()
	d, err := event.NewDispatcher(opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func typedData(t *testing.T, want event.Source, source Source) {
	t.Helper()
	var got []any
	note := func(e *event.Event, data any) {
		equal(t, e.Source, want)
		equal(t, e.CorpID, CorpID)
		equal(t, e.Time, Time())
		got = append(got, data)
	}
	d := dispatcher(t,
		event.On(func(_ context.Context, e *event.Event, c event.InstanceChange) error { note(e, c); return nil }),
		event.On(func(_ context.Context, e *event.Event, c event.TaskChange) error { note(e, c); return nil }),
		event.On(func(_ context.Context, e *event.Event, c event.FormChange) error { note(e, c); return nil }),
		event.On(func(_ context.Context, e *event.Event, _ event.UnknownEvent) error { note(e, e.Type); return nil }),
	)
	done := source(t, d, finish("a"), task("a", 9007199254740993),
		Message{ID: "f", Type: "workflow_form_change", Data: `{"formCode":"PROC-1","type":"update","modifyTime":"1638326995000"}`},
		Message{ID: "u", Type: "of_next_year", Data: `{"n":1}`})
	equal(t, done, []bool{true, true, true, true})
	created := time.UnixMilli(1495592259000).UTC()
	equal(t, got, []any{
		event.InstanceChange{
			InstanceID: "a", Change: event.InstanceChangeFinish, Result: dingoa.ResultAgree, Title: "请假",
			CreateTime: created, FinishTime: time.UnixMilli(1495592305000).UTC(),
		},
		event.TaskChange{InstanceID: "a", TaskID: "9007199254740993", Change: event.TaskChangeStart, StaffID: "lisi", CreateTime: created},
		event.FormChange{ProcessCode: "PROC-1", Change: event.FormChangeUpdate, ModifyTime: time.UnixMilli(1638326995000).UTC()},
		"of_next_year",
	})
}

func successAfterSuccess(t *testing.T, _ event.Source, source Source) {
	t.Helper()
	calls := 0
	d := dispatcher(t, event.On(func(context.Context, *event.Event, event.InstanceChange) error {
		switch calls++; calls {
		case 1:
			return errors.New("database is down")
		case 2:
			panic("bug")
		}
		return nil
	}))
	equal(t, source(t, d, finish("a")), []bool{false})
	equal(t, source(t, d, finish("a")), []bool{false})
	equal(t, source(t, d, finish("a")), []bool{true})
	equal(t, calls, 3)
}

func oneEffect(t *testing.T, _ event.Source, source Source) {
	t.Helper()
	var got []string
	d := dispatcher(t,
		event.On(func(_ context.Context, e *event.Event, _ event.InstanceChange) error {
			got = append(got, e.Key())
			return nil
		}),
		event.On(func(_ context.Context, e *event.Event, _ event.TaskChange) error {
			got = append(got, e.Key())
			return nil
		}))
	messages := []Message{task("a", 1), finish("a"), task("a", 1), finish("a"), finish("b")}
	equal(t, source(t, d, messages...), []bool{true, true, true, true, true})
	equal(t, source(t, d, messages...), []bool{true, true, true, true, true})

	// An end has one key, whatever the source adds or leaves out.
	var want []string
	for _, m := range []Message{finish("a"), finish("b")} {
		e, err := event.Parse([]byte(`{"EventType":"` + m.Type + `","CorpId":"` + CorpID + `",` + m.Data[1:]))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, e.Key())
	}
	equal(t, len(got), 3)
	equal(t, got[1:], want)

	// Two comments on one task differ by their eventId, or by what they say.
	got = nil
	comment := func(id, text string) Message {
		return Message{
			ID: id, Type: "bpms_task_change",
			Data: `{"processInstanceId":"a","taskId":1,"type":"comment","staffId":"lisi","createTime":1495592259000,"remark":"` + text + `"}`,
		}
	}
	messages = []Message{comment("c1", "one"), comment("c2", "two"), comment("c1", "one")}
	equal(t, source(t, d, messages...), []bool{true, true, true})
	equal(t, len(got), 2)
}

func order(t *testing.T, _ event.Source, source Source) {
	t.Helper()
	got := map[string][]string{}
	d := dispatcher(t, event.WithConcurrency(1), event.On(func(_ context.Context, _ *event.Event, c event.TaskChange) error {
		got[c.InstanceID] = append(got[c.InstanceID], c.TaskID)
		return nil
	}))
	var messages []Message
	for n := range 5 {
		messages = append(messages, task("a", n), task("b", n))
	}
	for _, done := range source(t, d, messages...) {
		equal(t, done, true)
	}
	want := []string{"0", "1", "2", "3", "4"}
	equal(t, got, map[string][]string{"a": want, "b": want})
}

func nobodys(t *testing.T, _ event.Source, source Source) {
	t.Helper()
	equal(t, source(t, dispatcher(t), finish("a"), Message{ID: "u", Type: "of_next_year", Data: `{}`}), []bool{true, true})
}

func inbox(t *testing.T, _ event.Source, source Source) {
	t.Helper()
	in, err := event.NewMemoryInbox()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, source(t, in, finish("a"), finish("b"), finish("a")), []bool{true, true, true})
	var got []string
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // Run hands over what waits, then ends
	if err := in.Run(ctx, dispatcher(t, event.WithConcurrency(1), event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
		got = append(got, c.InstanceID)
		return nil
	}))); err != nil {
		t.Fatal(err)
	}
	equal(t, len(got), 2)
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	equal(t, source(t, in, finish("c")), []bool{false})
}
