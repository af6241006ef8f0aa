package event_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
)

func TestEventFilterPath(t *testing.T) {
	t.Parallel()
	for want, filter := range map[string]event.Filter{
		"/v1.0/event/bpms_instance_change/processCode/*/type/*":           {EventType: "bpms_instance_change"},
		"/v1.0/event/bpms_instance_change/processCode/PROC-1/type/finish": {EventType: "bpms_instance_change", ProcessCodes: []string{"PROC-1"}, Changes: []string{"finish"}},
		"/v1.0/event/bpms_task_change/bizCategoryId/{attendance.*,hrm.hire}/processCode/{PROC-1,PROC-2}/type/*": {
			EventType: "bpms_task_change", BizCategoryIDs: []string{"attendance.*", "hrm.hire"}, ProcessCodes: []string{"PROC-1", "PROC-2"},
		},
	} {
		path, err := filter.Path()
		require.NoError(t, err)
		require.Equal(t, want, path)
	}
}

func TestEventFilterNamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := event.Filter{ProcessCodes: []string{"PROC-1", "a/b"}, Changes: []string{""}, BizCategoryIDs: []string{"{a"}}.Path()
	for _, want := range []string{"EventType", "ProcessCodes[1]", "Changes[0]", "BizCategoryIDs[0]"} {
		require.ErrorContains(t, err, want)
	}
}
