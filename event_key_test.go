package dingoa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func TestStoredEventsComeBackWhole(t *testing.T) {
	t.Parallel()
	for name := range vendorEvents() {
		e := parseEvent(t, string(readFile(t, "testdata", "events", name+".json")))
		data, err := dingoa.EncodeEvent(e)
		require.NoError(t, err)
		got, err := dingoa.DecodeEvent(data)
		require.NoError(t, err, name)
		require.JSONEq(t, string(e.Raw), string(got.Raw))
		want := *e
		want.Raw = got.Raw // without the white space
		require.Equal(t, want, *got, name)
		require.Equal(t, e.Key(), got.Key())
		require.Equal(t, e.Subject(), got.Subject())
	}
	e := parseEvent(t, `{"EventType":"x","eventId":"1","html":"<a>&"}`)
	data, err := dingoa.EncodeEvent(e)
	require.NoError(t, err)
	require.Contains(t, string(data), `"html":"<a>&"`, "Raw is not escaped")

	_, err = dingoa.EncodeEvent(&dingoa.Event{ID: "1", Raw: json.RawMessage("secret")})
	require.ErrorContains(t, err, "event 1")
	require.NotContains(t, err.Error(), "secret")
	for _, data := range []string{``, `null`, `[]`, `{"type":7}`, `{"type":"bpms_task_change","raw":{"taskId":{}}}`} {
		_, err := dingoa.DecodeEvent([]byte(data))
		require.ErrorIs(t, err, dingoa.ErrMalformed, data)
	}
}

// An end of an approval has one key, whoever tells it and whatever else is said.
func TestKeyNamesWhatHappened(t *testing.T) {
	t.Parallel()
	key := func(body string) string { return parseEvent(t, body).Key() }
	const end = `{"EventType":"bpms_instance_change","CorpId":"c","processInstanceId":"p","type":"finish","result":"agree"}`
	first := key(end)
	require.Regexp(t, `^[0-9a-f]{32}$`, first)
	require.Equal(t, first, key(strings.Replace(end, `{`, `{"eventId":"1","EventTime":2,"finishTime":3,"title":"t",`, 1)))
	for _, change := range [][2]string{{`"c"`, `"d"`}, {`"p"`, `"q"`}, {"finish", "terminate"}, {"agree", "refuse"}, {"bpms", "workflow"}} {
		require.NotEqual(t, first, key(strings.Replace(end, change[0], change[1], 1)), change)
	}
}

func FuzzDecodeEvent(f *testing.F) {
	for name := range vendorEvents() {
		data, err := dingoa.EncodeEvent(parseEvent(f, string(readFile(f, "testdata", "events", name+".json"))))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := dingoa.DecodeEvent(data)
		if err != nil {
			require.ErrorIs(t, err, dingoa.ErrMalformed)
			return
		}
		require.NotEmpty(t, e.Subject())
		for _, kept := range e.Unpack() {
			require.Regexp(t, `^[0-9a-f]{32}$`, kept.Key())
		}
		again, err := dingoa.EncodeEvent(e)
		require.NoError(t, err)
		got, err := dingoa.DecodeEvent(again)
		require.NoError(t, err)
		require.Equal(t, e.Key(), got.Key())
	})
}

func FuzzDataSource(f *testing.F) {
	for _, body := range []string{``, `{}`, `[]`, `{"taskId":1e400,"data":[{}],"outResult":7}`, `{"formDataArray":"[]","actionKey":null}`} {
		f.Add(body, true)
		f.Add(body, false)
	}
	tasks := dingoa.DataSource(nil, func(context.Context, dingoa.TaskExecution) ([]dingoa.CustomAction, error) { return nil, nil })
	actions := dingoa.DataSource(nil, func(_ context.Context, r dingoa.CustomActionRequest) ([]dingoa.CustomAction, error) {
		return []dingoa.CustomAction{{Key: r.ActionKey, Type: r.ActionType, Context: r.Context}}, nil
	})
	f.Fuzz(func(t *testing.T, body string, task bool) {
		h := actions
		if task {
			h = tasks
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body)))
		if rec.Code == http.StatusOK {
			require.True(t, json.Valid(rec.Body.Bytes()))
			return
		}
		require.Equal(t, http.StatusBadRequest, rec.Code)
	})
}
