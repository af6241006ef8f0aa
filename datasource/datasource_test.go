package datasource_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/datasource"
)

func askSource(t *testing.T, h http.Handler, method, body string) (status int, reply string) {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, "/", strings.NewReader(body)))
	return rec.Code, rec.Body.String()
}

func TestExecutesATask(t *testing.T) {
	t.Parallel()
	var got datasource.TaskExecution
	h := datasource.Handler(nil, func(_ context.Context, req datasource.TaskExecution) ([]datasource.Action, error) {
		got = req
		return nil, nil
	})
	status, reply := askSource(t, h, http.MethodPost, `{"outResult":"agree","processInstanceId":"p","activityId":"a","corpId":"c","data":[],
		"remark":"ok","title":"t","taskId":9007199254740993,"operator":"u"}`)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"success":true}`, reply)
	got.Data = nil
	require.Equal(t, datasource.TaskExecution{
		CorpID: "c", InstanceID: "p", TaskID: "9007199254740993", ActivityID: "a", Result: datasource.Agree, Operator: "u", Remark: "ok", Title: "t",
	}, got)
}

func TestDefinesActions(t *testing.T) {
	t.Parallel()
	h := datasource.Handler(nil, func(_ context.Context, req datasource.ActionRequest) ([]datasource.Action, error) {
		require.Equal(t, datasource.ActionRequest{
			CorpID: "c", InstanceID: "p", TaskID: "7", ActivityID: "a", Operator: "u", Platform: "pc", Locale: "zh_CN", Context: "x", CustomData: "y",
		}, req)
		return []datasource.Action{{
			Key: "k", Type: "CUSTOM_ACTION_PAY", Name: "付款", Behavior: datasource.BehaviorModal,
			BehaviorProps: datasource.BehaviorProps{Schema: []datasource.Component{{Name: "TextField", Props: []byte(`{"id":"a"}`)}}},
		}}, nil
	})
	_, reply := askSource(t, h, http.MethodPost, `{"corpId":"c","processInstanceId":"p","activityId":"a","taskId":7,"operator":"u","platform":"pc","locale":"zh_CN","context":"x","customData":"y"}`)
	require.JSONEq(t, `{"success":true,"result":[{"actionKey":"k","actionType":"CUSTOM_ACTION_PAY","name":"付款","behavior":"modal",
		"behaviorProps":{"schema":[{"componentName":"TextField","props":{"id":"a"}}]}}]}`, reply)
}

func TestTellsOnlyItsOwnErrors(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		`{"success":false,"errorCode":"closed","errorMessage":"the month is closed"}`: &datasource.Error{Code: "closed", Message: "the month is closed"},
		`{"success":false,"errorCode":"error","errorMessage":"system error"}`:         errors.New("password of the database"),
	} {
		h := datasource.Handler(nil, func(context.Context, datasource.TaskExecution) ([]datasource.Action, error) { return nil, err })
		status, reply := askSource(t, h, http.MethodPost, `{}`)
		require.Equal(t, http.StatusOK, status)
		require.JSONEq(t, want, reply)
	}
	h := datasource.Handler(nil, func(context.Context, datasource.TaskExecution) ([]datasource.Action, error) { panic("password") })
	_, reply := askSource(t, h, http.MethodPost, `{}`)
	require.JSONEq(t, `{"success":false,"errorCode":"error","errorMessage":"system error"}`, reply)
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := datasource.Handler(slog.New(slog.NewTextHandler(&log, nil)), func(context.Context, datasource.TaskExecution) ([]datasource.Action, error) {
		t.Error("a refused request reached the data source")
		return nil, nil
	})
	status, _ := askSource(t, h, http.MethodGet, "")
	require.Equal(t, http.StatusMethodNotAllowed, status)
	for _, body := range []string{``, `secret`, `[]`, `{"corpId":["secret"]}`, `{"remark":"` + strings.Repeat("secret", 1<<20) + `"}`} {
		status, reply := askSource(t, h, http.MethodPost, body)
		require.Equal(t, http.StatusBadRequest, status)
		require.NotContains(t, reply+log.String(), "secret")
	}
}

func FuzzHandler(f *testing.F) {
	for _, body := range []string{``, `{}`, `[]`, `{"taskId":1e400,"data":[{}],"outResult":7}`, `{"formDataArray":"[]","actionKey":null}`} {
		f.Add(body, true)
		f.Add(body, false)
	}
	tasks := datasource.Handler(nil, func(context.Context, datasource.TaskExecution) ([]datasource.Action, error) { return nil, nil })
	actions := datasource.Handler(nil, func(_ context.Context, r datasource.ActionRequest) ([]datasource.Action, error) {
		return []datasource.Action{{Key: r.ActionKey, Type: r.ActionType, Context: r.Context}}, nil
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

// Ends, starts and tasks that name no instance may be of two.

// Requests hold what people wrote.
func TestRequestsPrintIDsOnly(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		datasource.TaskExecution{CorpID: "c", TaskID: "7", Remark: "SECRET", Title: "SECRET"},
		datasource.ActionRequest{CorpID: "c", TaskID: "7", CustomData: "SECRET", FormData: []byte(`"SECRET"`)},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
			require.NotContains(t, fmt.Sprintf(verb, v), "SECRET", "%T %s", v, verb)
			require.Contains(t, fmt.Sprintf(verb, v), "TaskID 7")
		}
	}
}
