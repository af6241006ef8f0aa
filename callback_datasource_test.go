package dingoa_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

func askSource(t *testing.T, h http.Handler, method, body string) (status int, reply string) {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, "/", strings.NewReader(body)))
	return rec.Code, rec.Body.String()
}

func TestDataSourceExecutesATask(t *testing.T) {
	t.Parallel()
	var got dingoa.TaskExecution
	h := dingoa.DataSource(nil, func(_ context.Context, req dingoa.TaskExecution) ([]dingoa.CustomAction, error) {
		got = req
		return nil, nil
	})
	status, reply := askSource(t, h, http.MethodPost, `{"outResult":"agree","processInstanceId":"p","activityId":"a","corpId":"c","data":[],
		"remark":"ok","title":"t","taskId":9007199254740993,"operator":"u"}`)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"success":true}`, reply)
	got.Data = nil
	require.Equal(t, dingoa.TaskExecution{
		CorpID: "c", InstanceID: "p", TaskID: "9007199254740993", ActivityID: "a", Result: dingoa.ResultAgree, Operator: "u", Remark: "ok", Title: "t",
	}, got)
}

func TestDataSourceDefinesActions(t *testing.T) {
	t.Parallel()
	h := dingoa.DataSource(nil, func(_ context.Context, req dingoa.CustomActionRequest) ([]dingoa.CustomAction, error) {
		require.Equal(t, dingoa.CustomActionRequest{
			CorpID: "c", InstanceID: "p", TaskID: "7", ActivityID: "a", Operator: "u", Platform: "pc", Locale: "zh_CN", Context: "x", CustomData: "y",
		}, req)
		return []dingoa.CustomAction{{
			Key: "k", Type: "CUSTOM_ACTION_PAY", Name: "付款", Behavior: dingoa.BehaviorModal,
			BehaviorProps: dingoa.CustomActionBehaviorProps{Schema: []dingoa.CustomActionComponent{{Name: "TextField", Props: []byte(`{"id":"a"}`)}}},
		}}, nil
	})
	_, reply := askSource(t, h, http.MethodPost, `{"corpId":"c","processInstanceId":"p","activityId":"a","taskId":7,"operator":"u","platform":"pc","locale":"zh_CN","context":"x","customData":"y"}`)
	require.JSONEq(t, `{"success":true,"result":[{"actionKey":"k","actionType":"CUSTOM_ACTION_PAY","name":"付款","behavior":"modal",
		"behaviorProps":{"schema":[{"componentName":"TextField","props":{"id":"a"}}]}}]}`, reply)
}

func TestDataSourceTellsOnlyItsOwnErrors(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		`{"success":false,"errorCode":"closed","errorMessage":"the month is closed"}`: &dingoa.DataSourceError{Code: "closed", Message: "the month is closed"},
		`{"success":false,"errorCode":"error","errorMessage":"system error"}`:         errors.New("password of the database"),
	} {
		h := dingoa.DataSource(nil, func(context.Context, dingoa.TaskExecution) ([]dingoa.CustomAction, error) { return nil, err })
		status, reply := askSource(t, h, http.MethodPost, `{}`)
		require.Equal(t, http.StatusOK, status)
		require.JSONEq(t, want, reply)
	}
	h := dingoa.DataSource(nil, func(context.Context, dingoa.TaskExecution) ([]dingoa.CustomAction, error) { panic("password") })
	_, reply := askSource(t, h, http.MethodPost, `{}`)
	require.JSONEq(t, `{"success":false,"errorCode":"error","errorMessage":"system error"}`, reply)
}

func TestDataSourceRefuses(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := dingoa.DataSource(slog.New(slog.NewTextHandler(&log, nil)), func(context.Context, dingoa.TaskExecution) ([]dingoa.CustomAction, error) {
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
