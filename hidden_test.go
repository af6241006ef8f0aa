package dingoa_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/signon"
)

// secretFields are names of fields that hold what must not be logged.
var secretFields = regexp.MustCompile(`(?i)(token|secret|ticket|aeskey|signature|authcode|permanentcode)$`)

// holders are all exported types with such a field, filled in.
func holders() []any {
	token := dingoa.Token{Value: "SECRET-token", ExpiresAt: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	return []any{
		token,
		dingoa.Ticket{Value: "SECRET-ticket", IssuedAt: token.ExpiresAt},
		event.SuiteTicket{SuiteKey: "suite1", Ticket: "SECRET-ticket"},
		dingoa.CallbackRegistration{EventTypes: []string{"bpms_task_change"}, Token: "SECRET-token", AESKey: "SECRET-key", URL: "https://example.com/"},
		signon.UserToken{Token: token, RefreshToken: "SECRET-refresh", CorpID: "ding1"},
		signon.UserTokenRequest{Code: "SECRET-code", RefreshToken: "SECRET-refresh"},
		signon.SSOTokenRequest{CorpID: "ding1", SSOSecret: "SECRET-sso"},
		dingoa.StreamConnection{Endpoint: "wss://example.com/connect", Ticket: "SECRET-ticket"},
		dingoa.HandSignURLRequest{InstanceID: "1", Token: "SECRET-token"},
		dingoa.HandSignURL{URL: "https://bucket.oss-cn-beijing.aliyuncs.com/a?Signature=SECRET", ExpireIn: time.Minute},
		dingoa.DownloadURL{SpaceID: "1", FileID: "2", URL: "https://bucket.oss-cn-beijing.aliyuncs.com/a/b?Expires=1&Signature=SECRET"},
	}
}

// logged is v as it ends up in logs: by itself, and where only encoding/json
// looks for it.
func logged(t *testing.T, v any) []string {
	t.Helper()
	texts := printed(t, v)
	pointer := reflect.New(reflect.TypeOf(v))
	pointer.Elem().Set(reflect.ValueOf(v))
	for _, around := range []any{
		v, pointer.Interface(),
		[]any{v},
		[]any{pointer.Interface()},
		map[string]any{"a": v},
		struct{ Inside any }{v},
		struct{ Inside []any }{[]any{pointer.Interface()}},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			texts = append(texts, fmt.Sprintf(verb, around))
		}
		data, err := json.Marshal(around)
		require.NoError(t, err)
		texts = append(texts, string(data))
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", around)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", around)
		texts = append(texts, log.String())
	}
	return texts
}

func TestSecretsAreNotLogged(t *testing.T) {
	t.Parallel()
	for _, v := range holders() {
		for _, text := range logged(t, v) {
			require.NotContains(t, text, "SECRET", "%T", v)
			require.NotContains(t, text, fmt.Sprintf("%x", "SECRET"), "%T", v)
		}
	}
}

// TestSecretsAreKnown finds exported types that hold a secret and are not tested.
func TestSecretsAreKnown(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{
		"Event":           true, // has a test of its own
		"CallbackReply":   true, // is the answer to a push, which needs its signature
		"OperationRecord": true, // HandSignToken is an id: worthless without an access token
	}
	for _, v := range holders() {
		tested[reflect.TypeOf(v).Name()] = true
	}
	for name, fields := range exportedStructs(t) {
		for _, field := range fields {
			if secretFields.MatchString(field) {
				require.True(t, tested[name], "%s.%s looks like a secret: hide it, and add the type to holders", name, field)
			}
		}
	}
}

// exportedStructs are those of the packages that hold secrets, with their exported
// fields.
func exportedStructs(t *testing.T) map[string][]string {
	t.Helper()
	structs := map[string][]string{}
	var sources []string
	for _, dir := range []string{".", "event", "signon", "todo", "attendance", "datasource"} {
		found, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, found, dir)
		sources = append(sources, found...)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				structs[spec.Name.Name] = []string{}
				for _, f := range s.Fields.List {
					if kind, ok := f.Type.(*ast.Ident); ok && kind.Name == "bool" {
						continue
					}
					for _, name := range f.Names {
						if name.IsExported() {
							structs[spec.Name.Name] = append(structs[spec.Name.Name], name.Name)
						}
					}
				}
			}
			return true
		})
	}
	require.NotEmpty(t, structs)
	return structs
}

// TestStoringASecret is possible where it is meant.
func TestStoringASecret(t *testing.T) {
	t.Parallel()
	token := dingoa.Token{Value: "SECRET-token", ExpiresAt: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	data, err := dingoa.EncodeToken(token)
	require.NoError(t, err)
	require.JSONEq(t, `{"value":"SECRET-token","expiresAt":"2026-11-23T10:00:00Z"}`, string(data))
	back, err := dingoa.DecodeToken(data)
	require.NoError(t, err)
	require.Equal(t, token, back)

	ticket := dingoa.Ticket{Value: "SECRET-ticket", IssuedAt: token.ExpiresAt}
	data, err = dingoa.EncodeTicket(ticket)
	require.NoError(t, err)
	require.JSONEq(t, `{"value":"SECRET-ticket","issuedAt":"2026-11-23T10:00:00Z"}`, string(data))
	kept, err := dingoa.DecodeTicket(data)
	require.NoError(t, err)
	require.Equal(t, ticket, kept)

	none, err := dingoa.DecodeToken(nil)
	require.NoError(t, err)
	require.Zero(t, none)
	for _, bad := range []string{`{"value":"***"}`, `SECRET`, `{"value":["SECRET"]}`} {
		_, err = dingoa.DecodeToken([]byte(bad))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "SECRET")
		_, err = dingoa.DecodeTicket([]byte(bad))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "SECRET")
	}
	hidden, err := json.Marshal(token)
	require.NoError(t, err)
	require.ErrorContains(t, json.Unmarshal(hidden, &back), "EncodeToken")
}

// TestRequestsPrintIDs: what people wrote stays out of logs, ids go in.
func TestRequestsPrintIDs(t *testing.T) {
	t.Parallel()
	req := createRequest()
	req.FormValues = []dingoa.FormValue{{Name: "CONTENT", Value: "CONTENT"}}
	req.CCUserIDs = []string{"wangwu"}
	comment := dingoa.CommentRequest{InstanceID: "91ef1076", OperatorUserID: "lisi", Text: "CONTENT"}
	for _, v := range []any{req, comment, dingoa.DecideTaskRequest{InstanceID: "91ef1076", TaskID: "1", OperatorUserID: "lisi", Remark: "CONTENT"}} {
		for _, text := range printed(t, v) {
			require.NotContains(t, text, "CONTENT")
			require.Contains(t, text, reflect.TypeOf(v).Name())
		}
	}
	require.Equal(t, "CreateInstanceRequest(ProcessCode PROC-1, OriginatorUserID user1, DeptID -1, CCUserIDs [wangwu])", fmt.Sprint(req))
	require.Equal(t, "CommentRequest(InstanceID 91ef1076, OperatorUserID lisi)", fmt.Sprintf("%+v", &comment))

	requests := 0
	for name := range exportedStructs(t) {
		if strings.HasSuffix(name, "Request") {
			requests++
		}
	}
	require.Greater(t, requests, 40)
	text := fmt.Sprintf("%+v", []any{dingoa.CreateDataRequest{FormValues: req.FormValues}, dingoa.UpdateDataRequest{}, dingoa.UploadRequest{Name: "CONTENT"}})
	require.NotContains(t, text, "CONTENT")
	require.False(t, slices.Contains([]string{"", "[]"}, text))
}
