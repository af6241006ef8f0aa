package stream

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// FuzzFrame: whatever the gateway sends, reading it never panics, an event is
// complete, and an answer is JSON that names the same message.
func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		``, `{`, `null`, `{"type":"EVENT","headers":{"messageId":"m1","eventType":"bpms_task_change","eventBornTime":"1700000000000"},"data":"{\"taskId\":1}"}`,
		`{"type":"SYSTEM","headers":{"topic":"ping","messageId":1},"data":"{\"opaque\":\"\\u0000\"}"}`,
		`{"type":"EVENT","headers":{"contentType":"base64String","eventType":"x"},"data":"e30="}`,
		`{"headers":{"messageId":"m`, `{"type":"EVENT","headers":[],"data":{}}`, `{"headers":{"messageId":"\ud800"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		fr, err := parseFrame(message)
		if err == nil && fr.kind == dingoa.StreamTypeEvent {
			if event, err := fr.parseEvent(); err == nil {
				require.True(t, json.Valid(event.Raw))
				require.NotNil(t, event.Data)
				require.NotEmpty(t, event.ID)
				require.NotEmpty(t, event.Type)
			}
		}
		for _, data := range []string{ackSuccess, ackLater, pongData(fr.data)} {
			ack := appendAck(nil, 200, fr.messageID, data)
			if err != nil && data != ackSuccess && data != ackLater {
				continue // a ping that could not be read is not answered with its data
			}
			var read struct {
				Headers struct {
					MessageID string `json:"messageId"`
				} `json:"headers"`
			}
			require.NoError(t, json.Unmarshal(ack, &read), "%s", ack)
			require.Equal(t, fr.messageID, read.Headers.MessageID)
		}
	})
}
