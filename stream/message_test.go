package stream

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSubjectOfAMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"type":"EVENT","data":"{\"processInstanceId\":\"i-1\",\"taskId\":7}"}`:                                         "i-1",
		`{"type":"EVENT","data":"{\"title\":\"\\\"processInstanceId\\\":\\\"evil\\\"\",\"processInstanceId\":\"i-1\"}"}`: "i-1",
		`{"data":"{\"processInstanceId\":\"a\\u0041\"}"}`:                                                                "", // an escape
		`{"data":"{\"processInstanceId\": \"i-1\"}"}`:                                                                    "", // a space
		`{"data":"{\"processInstanceId\":7}"}`:                                                                           "",
		`{"data":"{\"processInstanceId\":\"\"}"}`:                                                                        "",
		`{"data":"{\"processInstanceId\":\"i-1"}`:                                                                        "",
		`{"data":{"processInstanceId":"i-1"}}`:                                                                           "",
		`\"processInstanceId\":\"i"1\"`:                                                                                  "",
		`\"processInstanceId\":\"i-1\`:                                                                                   "",
		``:                                                                                                               "",
	} {
		m := newMessage()
		m.WriteString(text)
		subject, ok := m.subject()
		require.Equal(t, want, subject, text)
		require.Equal(t, want != "", ok, text)
		m.release()
	}
}
