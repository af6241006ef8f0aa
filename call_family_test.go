package dingoa_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

// Types of a package that adds operations of its own.
type (
	foreignRequest struct {
		ID     string `json:"id"`
		Secret string `json:"secret,omitempty"`
	}
	signedRequest struct {
		Key    string `json:"clientId"`
		Secret string `json:"clientSecret"`
	}
	foreignReply struct {
		Name    string               `json:"name"`
		Age     int                  `json:"age"`
		Refusal bool                 `json:"refusal"`
		Unread  []dingoa.UnreadField `json:"-"`
	}
)

func (r foreignRequest) LegacyRequest() any      { return map[string]string{"old_id": r.ID} }
func (r foreignRequest) LegacyQuery() url.Values { return url.Values{"kind": {"old"}} }
func (r foreignRequest) Secrets() []string       { return []string{r.Secret} }

func (r signedRequest) WithCredentials(appKey, appSecret string) any {
	return signedRequest{appKey, appSecret}
}

func (r *foreignReply) Refused() bool { return r.Refusal }

func (r *foreignReply) CheckReply() error {
	if r.Name == "" {
		return errors.New("the reply has no name")
	}
	return nil
}

func foreignOperation() operation.Spec {
	return operation.Spec{Name: "GetThing", Method: "POST", Path: "/v1.0/things", LegacyMethod: "POST", LegacyPath: "/topapi/things", Idempotent: true}
}

func TestAnOperationOfAnotherPackage(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"errcode":0,"name":"n","age":"seven"}`))
	var reply foreignReply
	require.NoError(t, dt.client(t).Call(t.Context(), foreignOperation(), foreignRequest{ID: "1"}, &reply))
	require.Equal(t, foreignReply{Name: "n", Unread: []dingoa.UnreadField{{Field: "age", Want: "a whole number", Found: "text"}}}, reply)
	require.JSONEq(t, `{"id":"1"}`, dt.sent()[0].Body)

	require.NoError(t, dt.client(t, dingoa.WithLegacyGateway()).Call(t.Context(), foreignOperation(), foreignRequest{ID: "1"}, &reply))
	require.JSONEq(t, `{"old_id":"1"}`, dt.sent()[1].Body)
	require.Equal(t, "old", dt.sent()[1].Query.Get("kind"))
}

func TestARequestOfAnotherPackageTakesTheCredentials(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, `{"name":"n"}`))
	require.NoError(t, dt.client(t).Call(t.Context(), foreignOperation(), signedRequest{}, &foreignReply{}))
	require.JSONEq(t, `{"clientId":"`+appKey+`","clientSecret":"`+appSecret+`"}`, dt.sent()[0].Body)

	c, err := dingoa.New("", "", dingoa.WithHTTPClient(dt.client(t).HTTPClient()), dingoa.WithTokenSource(dingoa.StaticToken("t")))
	require.NoError(t, err)
	err = c.Call(t.Context(), foreignOperation(), signedRequest{}, nil)
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	require.Equal(t, "AppSecret", asError(t, err).Fields[0].Field)
	require.Len(t, dt.sent(), 1)
}

func TestRepliesOfAnotherPackageAreChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reply string
		out   any
		kind  error
		want  string
	}{
		"lacks something":          {`{"age":1}`, &foreignReply{}, dingoa.ErrServer, "the reply has no name"},
		"refuses in its own way":   {`{"name":"n","refusal":true}`, &foreignReply{}, dingoa.ErrConflict, "success=false"},
		"result false, not read":   {`{"result":false}`, nil, dingoa.ErrConflict, "success=false"},
		"success false, not read":  {`{"success":"false"}`, nil, dingoa.ErrConflict, "success=false"},
		"repeats a request secret": {`{"code":"no","message":"bad SECRET-of-request"}`, &foreignReply{}, nil, "bad ***"},
		"result of a kind":         {`{"result":{"a":1}}`, nil, nil, ""},
		"no member that is known":  {`{"other":1}`, nil, nil, ""},
		"result true, not read":    {`{"result":true}`, nil, nil, ""},
	} {
		err := newDingTalk(answer(200, test.reply)).once(t).Call(t.Context(), foreignOperation(), foreignRequest{Secret: "SECRET-of-request"}, test.out)
		if test.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.want, name)
		if test.kind != nil {
			require.ErrorIs(t, err, test.kind, name)
		}
	}
}

func TestInvalidRequest(t *testing.T) {
	t.Parallel()
	require.NoError(t, dingoa.InvalidRequest(foreignOperation()))
	err := dingoa.InvalidRequest(foreignOperation(), dingoa.FieldError{Field: "ID", Problem: "is required"})
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	require.EqualError(t, err, "dingoa: GetThing: nothing was sent: ID is required")
}

func TestItemsWalksPagesOfAnotherPackage(t *testing.T) {
	t.Parallel()
	fetch := func(_ context.Context, cursor string) (*dingoa.Page[int], error) {
		if cursor == "" {
			return &dingoa.Page[int]{Items: []int{1, 2}, NextCursor: "next"}, nil
		}
		return &dingoa.Page[int]{Items: []int{3}}, nil
	}
	var got []int
	for item, err := range dingoa.Items(t.Context(), foreignOperation(), fetch) {
		require.NoError(t, err)
		got = append(got, item)
	}
	require.Equal(t, []int{1, 2, 3}, got)
}

func TestNowIsTheClientsClock(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	c := newDingTalk(answer(200, `{}`)).client(t, dingoa.WithClock(func() time.Time { return at }))
	require.Equal(t, at, c.Now())
}
