package dingoa_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

// Text that is not UTF-8 is refused by the name of its field, and nothing is sent.
func TestTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	const bad = "caf\xe9"
	for name, test := range map[string]struct {
		call   func(c *dingoa.Client) error
		fields []string
	}{
		"form values": {func(c *dingoa.Client) error {
			_, err := c.Instances.Create(t.Context(), dingoa.CreateInstanceRequest{
				ProcessCode: "PROC-1", OriginatorUserID: "u1", DeptID: 1,
				FormValues: []dingoa.FormValue{{Name: "事由", Value: "x"}, {Name: "说明", Value: bad, ExtValue: bad}, {Name: bad, Value: "\ufffd"}},
			})
			return err
		}, []string{"FormValues[1].Value (说明)", "FormValues[1].ExtValue (说明)", "FormValues[2].Name"}},
		"cells": {func(c *dingoa.Client) error {
			_, err := c.Instances.Create(t.Context(), dingoa.CreateInstanceRequest{
				ProcessCode: "PROC-1", OriginatorUserID: "u1", DeptID: 1,
				FormValues: []dingoa.FormValue{{Name: "明细", Details: []dingoa.FormValue{{Name: "金额", Value: bad}}}},
			})
			return err
		}, []string{"FormValues[0].Details[0].Value (金额) (明细)"}},
		"comment": {func(c *dingoa.Client) error {
			return c.Instances.Comment(t.Context(), dingoa.CommentRequest{InstanceID: "i", OperatorUserID: "u", Text: bad, File: dingoa.Files{Photos: []string{"x", bad}}})
		}, []string{"Text", "File.Photos[1]"}},
		"remark": {func(c *dingoa.Client) error {
			return c.Tasks.Approve(t.Context(), dingoa.DecideTaskRequest{InstanceID: "i", TaskID: "1", OperatorUserID: "u", Remark: bad})
		}, []string{"Remark"}},
		"reason of an end": {func(c *dingoa.Client) error {
			return c.Instances.Terminate(t.Context(), dingoa.TerminateInstanceRequest{InstanceID: "i", OperatorUserID: "u", Remark: bad})
		}, []string{"Remark"}},
		"in the query": {func(c *dingoa.Client) error {
			_, err := c.Instances.Get(t.Context(), bad)
			return err
		}, []string{"InstanceID"}},
		"file name": {func(c *dingoa.Client) error {
			_, err := c.Files.Upload(t.Context(), dingoa.UploadRequest{UserID: "u", Name: bad + ".pdf", Size: 1, Content: strings.NewReader("x")})
			return err
		}, []string{"Name"}},
		"a call of one's own": {func(c *dingoa.Client) error {
			return c.Call(t.Context(), operation.StartProcessInstance, map[string]any{"a": []any{bad, 1, nil}, "b": []byte(bad)}, nil)
		}, []string{`["a"][0]`}},
	} {
		for gateway, opts := range map[string][]dingoa.Option{"today's": nil, "older": {dingoa.WithLegacyGateway()}} {
			if gateway == "older" && (name == "file name" || name == "cells" || name == "a call of one's own") {
				continue
			}
			t.Run(name+", "+gateway, func(t *testing.T) {
				t.Parallel()
				transport := httpmock.NewMockTransport()
				opts := append([]dingoa.Option{dingoa.WithHTTPClient(&http.Client{Transport: transport}), dingoa.WithTokenSource(dingoa.StaticToken("token"))}, opts...)
				c, err := dingoa.New(appKey, appSecret, opts...)
				require.NoError(t, err)
				var e *dingoa.Error
				require.ErrorAs(t, test.call(c), &e)
				require.ErrorIs(t, e, dingoa.ErrInvalidArgument)
				var fields []string
				for _, f := range e.Fields {
					fields = append(fields, f.Field)
					require.Equal(t, "is not valid UTF-8: other text would be sent", f.Problem)
				}
				require.Equal(t, test.fields, fields)
				require.NotContains(t, e.Error(), "caf")
				require.Zero(t, transport.GetTotalCallCount(), "nothing is sent")
			})
		}
	}
	_, err := dingoa.AttachmentValue("附件", dingoa.Attachment{SpaceID: "1", FileID: "2", FileName: bad})
	require.EqualError(t, err, "dingoa: AttachmentValue: files[0].FileName is not valid UTF-8: other text would be sent")
}

// A replacement character that somebody wrote is text like any other.
func TestReplacementCharacterIsText(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	var body string
	transport.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		data, err := io.ReadAll(r.Body)
		body = string(data)
		if err != nil {
			return nil, err
		}
		return httpmock.NewStringResponse(http.StatusOK, `{"result":true,"success":true}`), nil
	})
	c, err := dingoa.New(appKey, appSecret, dingoa.WithHTTPClient(&http.Client{Transport: transport}), dingoa.WithTokenSource(dingoa.StaticToken("token")))
	require.NoError(t, err)
	text := "\ufffd and \\ufffd"
	require.NoError(t, c.Instances.Comment(t.Context(), dingoa.CommentRequest{InstanceID: "i", OperatorUserID: "u", Text: text}))
	require.Contains(t, body, "\ufffd and \\\\ufffd")
}
