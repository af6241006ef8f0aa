package chaos_test

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
)

// reconcile delivers the final states that nobody told of.
func reconcile(ctx context.Context, client *dingoa.Client, in *journaledInbox, known map[string]bool) error {
	req := dingoa.ListInstanceIDsRequest{
		ProcessCode: emulator.DefaultProcessCode, StartTime: time.Now().Add(-(daysBehind + 1) * 24 * time.Hour),
		Statuses: []dingoa.InstanceStatus{dingoa.InstanceCompleted, dingoa.InstanceTerminated},
	}
	for id, err := range client.Instances.AllIDs(ctx, req) {
		if err != nil {
			return err
		}
		if known[id] {
			continue
		}
		if err := compare(ctx, client, in, id); err != nil {
			return err
		}
		known[id] = true
	}
	return nil
}

func compare(ctx context.Context, client *dingoa.Client, in *journaledInbox, id string) error {
	instance, err := client.Instances.Get(ctx, id)
	if err != nil {
		return err
	}
	change := "finish"
	switch instance.Status {
	case dingoa.InstanceCompleted:
	case dingoa.InstanceTerminated:
		change = "terminate"
	default:
		return nil
	}
	data := map[string]any{"EventType": "bpms_instance_change", "CorpId": emulator.DefaultCorpID, "processInstanceId": id, "type": change}
	if change == "finish" {
		data["result"] = instance.Result
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	e, err := dingoa.ParseEvent(raw)
	if err != nil {
		return err
	}
	e.Source = dingoa.SourceReconcile
	if known, err := in.Handled(ctx, e.Key()); known || err != nil {
		return err
	}
	return in.Dispatch(ctx, e)
}
