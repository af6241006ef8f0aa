package event_test

import (
	"context"
	"fmt"

	"github.com/dingoa/dingoa/event"
)

// A handler sees an event once, however often and by whatever way it comes.
func ExampleDispatcher() {
	dispatcher, err := event.NewDispatcher(
		event.On(func(_ context.Context, _ *event.Event, change event.InstanceChange) error {
			fmt.Println(change.InstanceID, change.Change, change.Result)
			return nil // an error means: deliver it again
		}),
		event.On(func(_ context.Context, e *event.Event, _ event.UnknownEvent) error {
			fmt.Println("no struct for", e.Type)
			return nil
		}),
	)
	if err != nil {
		panic(err)
	}
	for _, push := range []string{
		`{"EventType":"bpms_instance_change","CorpId":"ding1","eventId":"1","processInstanceId":"p","type":"finish","result":"agree"}`,
		`{"EventType":"bpms_instance_change","CorpId":"ding1","eventId":"1","processInstanceId":"p","type":"finish","result":"agree"}`,
		`{"EventType":"user_leave_org","CorpId":"ding1","eventId":"2"}`,
	} {
		e, err := event.Parse([]byte(push))
		if err != nil {
			panic(err)
		}
		if err := dispatcher.Dispatch(context.Background(), e); err != nil {
			panic(err)
		}
	}
	// Output:
	// p finish agree
	// no struct for user_leave_org
}

// An event is stored with Encode; its JSON is for logs and has no content.
func ExampleEncode() {
	e, err := event.Parse([]byte(`{"EventType":"bpms_task_change","CorpId":"ding1","eventId":"1","taskId":"7","type":"start"}`))
	if err != nil {
		panic(err)
	}
	data, err := event.Encode(e)
	if err != nil {
		panic(err)
	}
	again, err := event.Decode(data)
	if err != nil {
		panic(err)
	}
	fmt.Println(again, again.Key() == e.Key())
	if change, ok := again.Data.(event.TaskChange); ok {
		fmt.Println("task", change.TaskID)
	}
	// Output:
	// Event(bpms_task_change 1 of ding1 by http) true
	// task 7
}
