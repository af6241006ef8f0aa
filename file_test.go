package dingoa_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

// fileCall runs a method of attachments; one that returns only an error has a
// nil result.
type fileCall = func(context.Context, *dingoa.Client) (any, error)

func space(premium bool, req dingoa.SpaceRequest) fileCall {
	return func(ctx context.Context, c *dingoa.Client) (any, error) {
		if premium {
			return c.Premium.FileSpace(ctx, req)
		}
		return c.Files.Space(ctx, req)
	}
}

func authorizePreview(premium bool, req dingoa.AuthorizePreviewRequest) fileCall {
	return func(ctx context.Context, c *dingoa.Client) (any, error) {
		if premium {
			return c.Premium.AuthorizeFilePreview(ctx, req)
		}
		return c.Files.AuthorizePreview(ctx, req)
	}
}

func authorizeDownload(premium bool, req dingoa.AuthorizeDownloadRequest) fileCall {
	return nothing(func(ctx context.Context, c *dingoa.Client) error {
		if premium {
			return c.Premium.AuthorizeFileDownload(ctx, req)
		}
		return c.Files.AuthorizeDownload(ctx, req)
	})
}

func downloadURL(premium bool, req dingoa.DownloadURLRequest) fileCall {
	return func(ctx context.Context, c *dingoa.Client) (any, error) {
		if premium {
			return c.Premium.FileDownloadURL(ctx, req)
		}
		return c.Files.DownloadURL(ctx, req)
	}
}

func handSignURL(req dingoa.HandSignURLRequest) fileCall {
	return func(ctx context.Context, c *dingoa.Client) (any, error) { return c.Premium.HandSignURL(ctx, req) }
}

func authorizeSpace(req dingoa.AuthorizeSpaceRequest) fileCall {
	return nothing(func(ctx context.Context, c *dingoa.Client) error { return c.Files.AuthorizeSpace(ctx, req) })
}

func fileGoldens() []golden {
	var (
		agent   = []dingoa.Option{dingoa.WithAgentID(8345000)}
		older   = []dingoa.Option{dingoa.WithAgentID(868810166)}
		preview = dingoa.AuthorizePreviewRequest{UserID: "user123", InstanceID: "a17444d1-075b-4a4d-xxxx", FileID: "111", FileIDs: []string{"123"}}
		grant   = dingoa.AuthorizeDownloadRequest{UserID: "user123", Files: []dingoa.SpaceFile{{SpaceID: "111", FileID: "B1oQixxxx"}}}
		link    = dingoa.DownloadURLRequest{InstanceID: "a17444d1-075b-4a4d-xxxx", FileID: "111"}
		linked  = &dingoa.DownloadURL{SpaceID: "3996960664", FileID: "26748422566", URL: "https://lippi-space-zjk.oss-cn-zhangjiakou.aliyuncs.com/xxxxx"} // the sample has http
	)
	return []golden{
		{name: "FileService.Space", opts: agent, call: space(false, dingoa.SpaceRequest{UserID: "user123"}), want: "3996960664"},
		{name: "FileService.Space", legacy: true, call: space(false, dingoa.SpaceRequest{UserID: "manager4220"}), want: "3996960664"},
		{name: "FileService.AuthorizePreview", opts: agent, call: authorizePreview(false, preview), want: "3996960664"},
		{
			name: "FileService.AuthorizePreview", legacy: true, opts: older, want: "1",
			call: authorizePreview(false, dingoa.AuthorizePreviewRequest{UserID: "manager4220", InstanceID: "a17444d1-075b-4a4d-xxxx", FileID: "11"}),
		},
		{name: "FileService.AuthorizeDownload", call: authorizeDownload(false, grant)},
		{
			name: "FileService.AuthorizeDownload", legacy: true,
			call: authorizeDownload(false, dingoa.AuthorizeDownloadRequest{UserID: "user123", Files: []dingoa.SpaceFile{{SpaceID: "22331", FileID: "B1oQixxxx"}}}),
		},
		{name: "FileService.DownloadURL", call: downloadURL(false, link), want: linked},
		{
			name: "FileService.DownloadURL", legacy: true, want: linked,
			call: downloadURL(false, dingoa.DownloadURLRequest{InstanceID: "PROC-XXX-XXX", FileID: "26748422566"}),
		},
		{
			name: "FileService.AuthorizeSpace",
			call: authorizeSpace(dingoa.AuthorizeSpaceRequest{SpaceID: "163xxxx658", UserID: "26652461xxxx5992", Type: "add", Duration: time.Hour}),
		},
		{name: "PremiumService.FileSpace", opts: agent, call: space(true, dingoa.SpaceRequest{UserID: "user123"}), want: "3996960664"},
		{name: "PremiumService.AuthorizeFilePreview", opts: agent, call: authorizePreview(true, preview), want: "3996960664"},
		{name: "PremiumService.AuthorizeFileDownload", call: authorizeDownload(true, grant)},
		{name: "PremiumService.FileDownloadURL", call: downloadURL(true, link), want: linked},
		{
			name: "PremiumService.HandSignURL", call: handSignURL(dingoa.HandSignURLRequest{InstanceID: "ag187wewxxxx", Token: "AzBltRlvKukX3Wxxxx"}),
			want: &dingoa.HandSignURL{URL: "https://dingding-file-zjk.oss-cn-zhangjiakouxxxx", ExpireIn: 15 * time.Minute},
		},
	}
}

func fileErrorKinds() map[string]error {
	return map[string]error{
		"FileService.Space":                    dingoa.ErrNotFound,
		"FileService.AuthorizePreview":         dingoa.ErrPermission,
		"FileService.AuthorizeDownload":        dingoa.ErrInvalidArgument,
		"FileService.DownloadURL":              dingoa.ErrNotFound,
		"FileService.AuthorizeSpace":           dingoa.ErrPermission,
		"PremiumService.FileSpace":             dingoa.ErrPermission,
		"PremiumService.AuthorizeFilePreview":  dingoa.ErrPermission,
		"PremiumService.AuthorizeFileDownload": dingoa.ErrInvalidArgument,
		"PremiumService.FileDownloadURL":       dingoa.ErrNotFound,
		"PremiumService.HandSignURL":           dingoa.ErrPermission,
	}
}

func fileMethods() []method {
	const spaceReply = `{"errcode":0,"result":{"spaceId":1,"space_id":1},"success":true}`
	const linkReply = `{"errcode":0,"result":{"downloadUri":"http://f.example.com","download_uri":"http://f.example.com"},"success":true}`
	only := func(call fileCall) func(context.Context, *dingoa.Client) error {
		return func(ctx context.Context, c *dingoa.Client) error {
			_, err := call(ctx, c)
			return err
		}
	}
	var (
		preview = dingoa.AuthorizePreviewRequest{UserID: "user1", InstanceID: "a171de6c", FileID: "1"}
		grant   = dingoa.AuthorizeDownloadRequest{UserID: "user1", Files: []dingoa.SpaceFile{{SpaceID: "1", FileID: "1"}}}
		link    = dingoa.DownloadURLRequest{InstanceID: "a171de6c", FileID: "1"}
	)
	return []method{
		{"Space", operation.GetAttachmentSpace, false, only(space(false, dingoa.SpaceRequest{UserID: "user1"})), only(space(false, dingoa.SpaceRequest{})), spaceReply},
		{"AuthorizePreview", operation.GetSpaceWithDownloadAuth, false, only(authorizePreview(false, preview)), only(authorizePreview(false, dingoa.AuthorizePreviewRequest{})), spaceReply},
		{"AuthorizeDownload", operation.AddApproveDentryAuth, false, only(authorizeDownload(false, grant)), only(authorizeDownload(false, dingoa.AuthorizeDownloadRequest{})), `{"errcode":0,"result":true,"success":true}`},
		{"DownloadURL", operation.GrantProcessInstanceForDownloadFile, false, only(downloadURL(false, link)), only(downloadURL(false, dingoa.DownloadURLRequest{})), linkReply},
		{"FileSpace", operation.PremiumGetAttachmentSpace, false, only(space(true, dingoa.SpaceRequest{UserID: "user1"})), only(space(true, dingoa.SpaceRequest{})), spaceReply},
		{"AuthorizeFilePreview", operation.PremiumGetSpaceWithDownloadAuth, false, only(authorizePreview(true, preview)), only(authorizePreview(true, dingoa.AuthorizePreviewRequest{})), spaceReply},
		{"AuthorizeFileDownload", operation.PremiumAddApproveDentryAuth, false, only(authorizeDownload(true, grant)), only(authorizeDownload(true, dingoa.AuthorizeDownloadRequest{})), `{"result":true,"success":true}`},
		{"FileDownloadURL", operation.PremiumGrantProcessInstanceForDownloadFile, false, only(downloadURL(true, link)), only(downloadURL(true, dingoa.DownloadURLRequest{})), linkReply},
		{
			"HandSignURL", operation.GetHandSignDownloadUrl, false,
			only(handSignURL(dingoa.HandSignURLRequest{InstanceID: "a171de6c", Token: "t"})), only(handSignURL(dingoa.HandSignURLRequest{})),
			`{"result":{"downloadUrl":"http://f.example.com"},"success":"true"}`,
		},
	}
}

func TestFileRequestsAreChecked(t *testing.T) {
	t.Parallel()
	many := make([]string, 21)
	for name, test := range map[string]struct {
		call  fileCall
		field string
	}{
		"preview of 21":        {authorizePreview(false, dingoa.AuthorizePreviewRequest{UserID: "u", InstanceID: "i", FileID: "f", FileIDs: many}), "FileIDs"},
		"download of 11":       {authorizeDownload(false, dingoa.AuthorizeDownloadRequest{UserID: "u", Files: slicesOf(11, dingoa.SpaceFile{SpaceID: "1", FileID: "f"})}), "Files"},
		"a space in words":     {authorizeDownload(false, dingoa.AuthorizeDownloadRequest{UserID: "u", Files: []dingoa.SpaceFile{{SpaceID: "one", FileID: "f"}}}), "Files[0].SpaceID"},
		"no file":              {authorizeDownload(false, dingoa.AuthorizeDownloadRequest{UserID: "u", Files: []dingoa.SpaceFile{{SpaceID: "1"}}}), "Files[0].FileID"},
		"half a second":        {authorizeSpace(dingoa.AuthorizeSpaceRequest{SpaceID: "1", UserID: "u", Type: "add", Duration: time.Second / 2}), "Duration"},
		"nothing but the user": {authorizeSpace(dingoa.AuthorizeSpaceRequest{UserID: "u"}), "SpaceID"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dt := newDingTalk(answer(200, done))
			_, err := test.call(t.Context(), dt.client(t))
			require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
			require.Equal(t, test.field, asError(t, err).Fields[0].Field)
			require.Empty(t, dt.sent())
		})
	}
}

func slicesOf[T any](n int, v T) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// TestAuthorizeSpaceTakesAnEmptyReply: the official SDK shows no reply at all.
func TestAuthorizeSpaceTakesAnEmptyReply(t *testing.T) {
	t.Parallel()
	req := dingoa.AuthorizeSpaceRequest{SpaceID: "1", UserID: "u", Type: "add"}
	for _, reply := range []string{"", "{}"} {
		dt := newDingTalk(answer(200, reply))
		require.NoError(t, dt.client(t).Files.AuthorizeSpace(t.Context(), req))
		require.JSONEq(t, `{"spaceId":"1","userId":"u","type":"add"}`, dt.sent()[0].Body)
	}
	_, err := authorizeSpace(req)(t.Context(), newDingTalk(answer(200, `{"success":false}`)).client(t))
	require.ErrorIs(t, err, dingoa.ErrConflict)
	for _, reply := range []string{"<html>", "null", "[]", "1"} {
		_, err = authorizeSpace(req)(t.Context(), newDingTalk(answer(200, reply)).client(t))
		require.ErrorIs(t, err, dingoa.ErrServer, reply)
	}
}

func TestCommentFilesNeedTodaysGateway(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(answer(200, done))
	c := dt.client(t, dingoa.WithLegacyGateway())
	_, err := c.Files.AuthorizePreview(t.Context(), dingoa.AuthorizePreviewRequest{UserID: "u", InstanceID: "i", FileID: "f", WithCommentAttachment: true})
	require.ErrorIs(t, err, dingoa.ErrUnsupported)
	_, err = c.Files.DownloadURL(t.Context(), dingoa.DownloadURLRequest{InstanceID: "i", FileID: "f", WithCommentAttachment: true})
	require.ErrorIs(t, err, dingoa.ErrUnsupported)
	require.Empty(t, dt.sent())
}
