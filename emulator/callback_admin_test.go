package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// TestRegisterCallback goes over real sockets, as a registered address needs.
func TestRegisterCallback(t *testing.T) {
	t.Parallel()
	const token, key = "tokenToken", "abcdefghijabcdefghijabcdefghijabcdefghijabc"
	r := &receiver{}
	sealed := emulator.Callback{Token: token, EncodingAESKey: key, OwnerKey: company.DefaultCorpID}
	good := httptest.NewServer(r.handler(t, sealed))
	t.Cleanup(good.Close)
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "success") }))
	t.Cleanup(wrong.Close)
	broken := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(broken.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()

	s := newServer(t)
	send := func(name string, change object) reply {
		in := object{"call_back_tag": []string{"bpms_instance_change"}, "token": token, "aes_key": key, "url": good.URL + "/callback?app=1"}
		return callOld(t, s, http.MethodPost, "/call_back/"+name, with(in, change))
	}
	get := func(name string) reply { return callOld(t, s, http.MethodGet, "/call_back/"+name, nil) }
	requireCode := func(want float64, r reply) {
		t.Helper()
		require.Equal(t, 200, r.status)
		require.InDelta(t, want, r.object["errcode"], 0, "%s", r.body)
	}
	requireCode(71007, get("get_call_back"))
	requireCode(71007, get("delete_call_back"))
	requireCode(71007, send("update_call_back", nil))

	for name, tc := range map[string]struct {
		change object
		code   float64
	}{
		"no token":        {object{"token": nil}, 71010},
		"short token":     {object{"token": "abc"}, 71010},
		"short key":       {object{"aes_key": "abc"}, 71010},
		"key not base64":  {object{"aes_key": strings.Repeat("!", 43)}, 71010},
		"no events":       {object{"call_back_tag": nil}, 71010},
		"no scheme":       {object{"url": "www.dingtalk.com"}, 71011},
		"unreachable":     {object{"url": gone.URL}, 71012},
		"HTTP 404":        {object{"url": broken.URL}, 71012},
		"not encrypted":   {object{"url": wrong.URL}, 71009},
		"token differs":   {object{"token": "otherToken"}, 71012}, // the SDK answers 401
		"another company": {object{"aes_key": strings.Repeat("z", 43)}, 71012},
	} {
		t.Run(name, func(t *testing.T) {
			r := send("register_call_back", tc.change)
			require.InDelta(t, tc.code, r.object["errcode"], 0, "%s", r.body)
			require.NotContains(t, string(r.body), token)
		})
	}

	registered := send("register_call_back", nil)
	requireCode(0, registered)
	requireDocumented(t, "RegisterCallBack", registered.body)
	requireCode(71006, send("register_call_back", nil))
	shown := get("get_call_back")
	requireDocumented(t, "GetCallBack", shown.body)
	require.Equal(t, good.URL+"/callback?app=1", shown.object["url"])
	require.Equal(t, []any{"bpms_instance_change"}, shown.object["call_back_tag"])
	require.Equal(t, key, shown.object["aes_key"])

	c := newClient(t, s)
	create(t, c, leave())
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, []string{"instance start"}, r.seen())
	requireCode(0, send("update_call_back", object{"call_back_tag": []string{"bpms_task_change"}}))
	create(t, c, leave())
	require.NoError(t, s.Flush(t.Context()))
	require.Equal(t, []string{"instance start", "task start lisi"}, r.seen())

	requireCode(0, get("delete_call_back"))
	create(t, c, leave())
	require.NoError(t, s.Flush(t.Context()))
	require.Len(t, r.seen(), 2)
	require.NoError(t, s.SetCallback(emulator.Callback{URL: good.URL}))
	require.Len(t, get("get_call_back").object["call_back_tag"], 2, "all events")
}

// TestPushRequest looks at what arrives without the SDK's eyes.
func TestPushRequest(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	s := newServer(t, emulator.WithCallback(emulator.Callback{
		URL: "https://example.com/hook?app=1",
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case got <- r:
			default:
			}
		}),
	}))
	create(t, newClient(t, s), leave())
	require.NoError(t, s.Flush(t.Context()))
	r := <-got
	require.Equal(t, http.MethodPost, r.Method)
	require.Equal(t, "example.com", r.Host)
	require.Equal(t, "/hook", r.URL.Path)
	require.Equal(t, "application/json", r.Header.Get("Content-Type"))
	query := r.URL.Query()
	require.Equal(t, "1", query.Get("app"), "the address keeps its own query")
	require.Len(t, query.Get("signature"), 40)
	require.Equal(t, query.Get("signature"), query.Get("msg_signature"))
	require.Len(t, query.Get("timestamp"), 13)
	require.Len(t, query.Get("nonce"), 16)
}

func TestNewRequest(t *testing.T) {
	t.Parallel()
	cb := callbackWith(nil)
	r := &receiver{}
	h := r.handler(t, cb)
	event := object{"EventType": "bpms_instance_change", "type": "finish", "result": "agree", "processInstanceId": "x", "eventId": "1"}
	raw, err := json.Marshal(event)
	require.NoError(t, err)
	for _, in := range []any{event, raw, json.RawMessage(raw)} {
		req, err := emulator.Callback{}.NewRequest(context.Background(), in)
		require.NoError(t, err)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		require.Equal(t, 200, w.Code, w.Body.String())
	}
	require.Equal(t, []string{"instance finish agree", "instance finish agree", "instance finish agree"}, r.seen())

	_, err = emulator.Callback{EncodingAESKey: "short"}.NewRequest(context.Background(), event)
	require.ErrorContains(t, err, "EncodingAESKey")
	_, err = emulator.Callback{}.NewRequest(context.Background(), func() {})
	require.ErrorContains(t, err, "event")

	req, err := emulator.Callback{OwnerKey: "somebody"}.NewRequest(context.Background(), event)
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	require.NotEqual(t, 200, w.Code)
	body, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	require.False(t, bytes.Contains(body, []byte(emulator.DefaultCallbackToken)))
}
