package dingoa_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
)

// fileOf puts a file into an approval.
func fileOf(t *testing.T, d *drive, c *dingoa.Client, content string) dingoa.DownloadRequest {
	t.Helper()
	f, err := d.PutFile(company.DefaultOriginator, "a.txt", []byte(content))
	require.NoError(t, err)
	id := attached(t, c, dingoa.Attachment{SpaceID: f.SpaceID, FileID: f.ID, FileName: f.Name, FileSize: int64(len(content)), FileType: "txt"})
	return dingoa.DownloadRequest{InstanceID: id, FileID: f.ID}
}

func TestDownloadWhenTheOriginatorHasLeft(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	c := d.client(t)
	req := fileOf(t, d, c, "content")
	require.NoError(t, d.Leave(company.DefaultOriginator))

	_, err := c.Files.Download(t.Context(), req, io.Discard)
	require.ErrorIs(t, err, dingoa.ErrNotFound)
	require.ErrorContains(t, err, "DownloadRequest")
	require.Empty(t, d.requests)

	req.UserID = company.DefaultFirstApprover
	var out bytes.Buffer
	n, err := c.Files.Download(t.Context(), req, &out)
	require.NoError(t, err)
	require.EqualValues(t, 7, n)
	require.Equal(t, "content", out.String())
	require.Equal(t, []string{"GrantProcessInstanceForDownloadFile", "GetSpaceWithDownloadAuth", "OapiV2UserGet", "GetFileDownloadInfo", "GetObject"}, d.sent()[len(d.sent())-5:])
	requireNoToken(t, d)

	req.UserID = company.DefaultOriginator // has left, too
	_, err = c.Files.Download(t.Context(), req, io.Discard)
	require.ErrorIs(t, err, dingoa.ErrNotFound)
	require.ErrorContains(t, err, "nor for UserID")

	_, err = c.Files.Download(t.Context(), dingoa.DownloadRequest{InstanceID: "nowhere", FileID: req.FileID, UserID: "lisi"}, io.Discard)
	require.ErrorIs(t, err, dingoa.ErrNotFound)
	require.Equal(t, "GrantProcessInstanceForDownloadFile", d.sent()[len(d.sent())-1], "nobody can fetch that")
}

func TestDownloadOfACommentsFile(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	c := d.client(t)
	req := fileOf(t, d, c, "of the form")
	f, err := d.PutFile("lisi", "b.txt", []byte("of the comment"))
	require.NoError(t, err)
	require.NoError(t, c.Instances.Comment(t.Context(), dingoa.CommentRequest{
		InstanceID: req.InstanceID, OperatorUserID: "lisi", Text: "see",
		File: dingoa.Files{Attachments: []dingoa.Attachment{{SpaceID: f.SpaceID, FileID: f.ID, FileName: f.Name, FileSize: 14, FileType: "txt"}}},
	}))
	req.FileID = f.ID
	_, err = c.Files.Download(t.Context(), req, io.Discard)
	require.ErrorIs(t, err, dingoa.ErrPermission)
	req.WithCommentAttachment = true
	var out bytes.Buffer
	_, err = c.Files.Download(t.Context(), req, &out)
	require.NoError(t, err)
	require.Equal(t, "of the comment", out.String())
	_, err = d.client(t, dingoa.WithLegacyGateway()).Files.Download(t.Context(), req, io.Discard)
	require.ErrorIs(t, err, dingoa.ErrUnsupported)
}

func TestBrokenDownload(t *testing.T) {
	t.Parallel()
	reply := func(length int64, body io.Reader) httpmock.Responder {
		return func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: length, Body: io.NopCloser(body)}, nil
		}
	}
	for name, test := range map[string]struct {
		host    httpmock.Responder
		written int64
		is      error
		tries   int
	}{
		"breaks off":         {reply(10, io.MultiReader(strings.NewReader("1234"), failingReader{})), 4, io.ErrUnexpectedEOF, 1},
		"ends too early":     {reply(10, strings.NewReader("1234")), 4, io.ErrUnexpectedEOF, 1},
		"unknown length":     {reply(-1, io.MultiReader(strings.NewReader("1234"), failingReader{})), 4, io.ErrUnexpectedEOF, 1},
		"before the first":   {reply(10, failingReader{}), 0, io.ErrUnexpectedEOF, 3},
		"not connected":      {unreachable, 0, errConnectionRefused, 3},
		"gone":               {answer(404, "<Error><Code>NoSuchKey</Code></Error>"), 0, dingoa.ErrNotFound, 1},
		"server failed":      {answer(503, "busy"), 0, dingoa.ErrServer, 3},
		"redirected":         {answerWith(302, "", "Location", "https://elsewhere.example/"), 0, dingoa.ErrServer, 1},
		"expired":            {answer(403, "<Error><Code>AccessDenied</Code></Error>"), 0, dingoa.ErrPermission, 1},
		"a part, not wanted": {answer(206, "12"), 0, nil, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDrive(t)
				c := d.client(t)
				req := fileOf(t, d, c, "1234567890")
				d.host = func(_ int, r *http.Request) (*http.Response, error) { return test.host(r) }
				var out bytes.Buffer
				n, err := c.Files.Download(t.Context(), req, &out)
				require.Error(t, err)
				if test.is != nil {
					require.ErrorIs(t, err, test.is)
				}
				require.Equal(t, "Files.Download", asError(t, err).Op)
				require.Equal(t, test.written, n)
				require.EqualValues(t, test.written, out.Len())
				require.Len(t, d.requests, test.tries)
			})
		})
	}
}

func TestDownloadKeepsToTheAnnouncedLength(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	c := d.client(t)
	req := fileOf(t, d, c, "1234567890")
	d.host = func(int, *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: 4, Body: io.NopCloser(strings.NewReader("1234567890"))}, nil
	}
	var out bytes.Buffer
	n, err := c.Files.Download(t.Context(), req, &out)
	require.NoError(t, err)
	require.EqualValues(t, 4, n)
	require.Equal(t, "1234", out.String())
}

func TestDownloadToAWriterThatFails(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	d := newDrive(t)
	c := d.client(t)
	_, err := c.Files.Download(t.Context(), fileOf(t, d, c, "1234567890"), writerFunc(func([]byte) (int, error) { return 0, full }))
	require.ErrorIs(t, err, full)
	require.Len(t, d.requests, 1, "the other side is not to blame")
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A file host that wants an hour is not waited for: the caller decides that.
func TestDownloadDoesNotWaitForHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDrive(t)
		c := d.client(t)
		req := fileOf(t, d, c, "content")
		d.Fail(fault.Fault{Operation: "GetObject", Times: 1, Status: 503, RetryAfter: time.Hour})
		begun := time.Now()
		_, err := c.Files.Download(t.Context(), req, io.Discard)
		require.Equal(t, time.Hour, asError(t, err).RetryAfter)
		require.Less(t, time.Since(begun), time.Minute)
	})
}
