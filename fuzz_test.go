package dingoa_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// FuzzDecodeReply: whatever arrives, a call succeeds or fails with an *Error,
// and prints no token.
func FuzzDecodeReply(f *testing.F) {
	for _, body := range []string{
		"", "null", "{}", "[]", `"text"`, "12", "<html>punish</html>", created, done, instance, throttled, refused, wrongTypes,
		`{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"xxx"}`,
		`{"errcode":0,"process_instance_id":"1"}`, `{"errcode":"0","result":{"list":["1"],"next_cursor":1}}`,
		`{"errcode":88,"sub_code":"60011","sub_msg":"m","errmsg":"m"}`, "SECRET-\xfftoken", "SECRET\xe2\x80-token<", `{"Code":"x","Message":"SECRET-token","RequestId":"r"}`,
		`{"AccessDeniedDetail":{"requiredScopes":["Contact.Org.Read"]},"Code":"Forbidden.AccessDenied.AccessTokenPermissionDenied"}`,
	} {
		for _, status := range []int{200, 302, 400, 403, 500} {
			f.Add(status, body, uint8(len(body)), status == 200)
		}
	}
	all := methods()
	f.Fuzz(func(t *testing.T, status int, body string, which uint8, legacy bool) {
		if status < 100 || status > 999 {
			return
		}
		m := all[int(which)%len(all)]
		opts := []dingoa.Option{dingoa.WithMaxReplyBytes(4096)}
		if legacy {
			opts = append(opts, dingoa.WithLegacyGateway())
		}
		err := m.call(t.Context(), newDingTalk(answer(status, body)).once(t, opts...))
		if err == nil {
			require.Less(t, status, 300)
			return
		}
		e := asError(t, err)
		require.Equal(t, m.op.Spec().Name, e.Op)
		require.NotContains(t, err.Error(), secretToken)
		require.LessOrEqual(t, len(e.Body), 512)
		if e.OutcomeUnknown {
			require.True(t, m.write)
		}
	})
}

// FuzzParseTime: a time that is understood is understood again when it is
// written in the standard form.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{
		"", "2022-08-31T11:52Z", "2022-08-31T19:52:07+08:00", "2020-12-21 15:30:26", "2020-12-21 15:30", "2020-12-21",
		"1497249913000", "-1", "0", "9223372036854775807", "2022-02-30T00:00Z", "0000-00-00 00:00:00", "null",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := json.Marshal(text)
		require.NoError(t, err)
		got, ok := createTime(t, string(value))
		if !ok || got.IsZero() || got.Year() < 1 || got.Year() > 9999 {
			return
		}
		again, ok := createTime(t, `"`+got.Format(time.RFC3339Nano)+`"`)
		require.True(t, ok)
		require.True(t, got.Equal(again), "%s, %s", got, again)
	})
}

// FuzzInstanceReply: an instance says what was asked for, and leaves nothing of
// itself in the next one.
func FuzzInstanceReply(f *testing.F) {
	for _, body := range []string{
		instance, `{"result":{"status":"RUNNING","tasks":[{"taskId":1,"userId":"a"}],"tasks":[{}]},"success":"true"}`,
		`{"result":{"status":"x","operationRecords":[{"date":"2022-08-31T11:52Z","attachments":[{"fileSize":"1"}],"images":["a"]}]},"success":true}`,
		`{"result":{"status":"x","formComponentValues":[{"name":"a","details":[{"details":[{}]}]}]},"success":true}`,
		`{"errcode":0,"process_instance":{"status":"RUNNING","tasks":[{"taskid":"1"}],"originator_dept_id":"-1","operation_records":[{"date":"2020-12-21 15:30:26"}]}}`,
	} {
		f.Add(body, false)
		f.Add(body, true)
	}
	const plain = `{"errcode":0,"result":{"status":"RUNNING","tasks":[{},{},{}],"operationRecords":[{},{},{}],"formComponentValues":[{},{},{}]},"success":true,
		"process_instance":{"status":"RUNNING","tasks":[{},{},{}],"operation_records":[{},{},{}],"form_component_values":[{},{},{}]}}`
	f.Fuzz(func(t *testing.T, body string, legacy bool) {
		var opts []dingoa.Option
		if legacy {
			opts = append(opts, dingoa.WithLegacyGateway())
		}
		c := newDingTalk(answer(200, body), answer(200, plain)).once(t, opts...)
		found, err := c.Instances.Get(t.Context(), "asked-for")
		if err == nil {
			require.Equal(t, "asked-for", found.ID)
			require.NotEmpty(t, found.Status)
			for _, task := range found.Tasks {
				require.NotEmpty(t, task.InstanceID)
			}
		} else {
			require.NotEmpty(t, asError(t, err).Op)
		}
		next, err := c.Instances.Get(t.Context(), "next")
		require.NoError(t, err)
		task := dingoa.Task{InstanceID: "next"}
		require.Equal(t, &dingoa.Instance{
			ID: "next", Status: dingoa.InstanceRunning, Tasks: []dingoa.Task{task, task, task},
			Records: make([]dingoa.OperationRecord, 3), FormValues: make([]dingoa.FormValue, 3),
		}, next)
	})
}
