package dingoa_test

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // the checksum that the vendor takes
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/emulator/fault"
)

// drive sends everything to an emulator and changes what the test wants to
// change between the caller and the file host.
type drive struct {
	*emulator.Server
	// host answers a request to the file host, the nth counted from 1; nil
	// leaves it to the emulator.
	host func(n int, r *http.Request) (*http.Response, error)

	mu       sync.Mutex
	requests []*http.Request
}

func newDrive(t *testing.T) *drive {
	t.Helper()
	form := company.DefaultForm()
	form.Components = append(form.Components, company.Component{Label: "附件", Type: "DDAttachment"})
	s, err := emulator.New(emulator.WithForms(form))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return &drive{Server: s}
}

func (d *drive) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != "zjk.trans.dingtalk.com" {
		return d.HTTPClient().Transport.RoundTrip(r)
	}
	d.mu.Lock()
	d.requests = append(d.requests, r)
	n := len(d.requests)
	d.mu.Unlock()
	if d.host != nil {
		if resp, err := d.host(n, r); resp != nil || err != nil {
			return resp, err
		}
	}
	return d.HTTPClient().Transport.RoundTrip(r)
}

func (d *drive) client(t *testing.T, opts ...dingoa.Option) *dingoa.Client {
	t.Helper()
	c, err := d.Client(append([]dingoa.Option{dingoa.WithHTTPClient(&http.Client{Transport: d})}, opts...)...)
	require.NoError(t, err)
	return c
}

// sent are the operations that were called, in their order.
func (d *drive) sent() []string {
	var names []string
	for _, r := range d.Requests() {
		if r.Operation != "GetAccessToken" && r.Operation != "OapiGettoken" {
			names = append(names, r.Operation)
		}
	}
	return names
}

// stream hides that a reader can be sought.
type stream struct{ io.Reader }

func upload(content io.Reader, size int64) dingoa.UploadRequest {
	return dingoa.UploadRequest{UserID: company.DefaultOriginator, Name: "发票.pdf", Size: size, Content: content}
}

// attached starts an approval with the file.
func attached(t *testing.T, c *dingoa.Client, file dingoa.Attachment) string {
	t.Helper()
	value, err := dingoa.AttachmentValue("附件", file)
	require.NoError(t, err)
	created, err := c.Instances.Create(t.Context(), dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: company.DefaultOriginator, DeptID: company.DefaultDeptID,
		FormValues: []dingoa.FormValue{{Name: "请假类型", Value: "年假"}, {Name: "开始日期", Value: "2026-05-04"}, {Name: "天数", Value: "2"}, value},
	})
	require.NoError(t, err)
	return created.InstanceID
}

func TestUploadAndDownload(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	for name, reader := range map[string]func() io.Reader{
		"seeker": func() io.Reader { return bytes.NewReader(content) },
		"stream": func() io.Reader { return stream{bytes.NewReader(content)} },
		"halves": func() io.Reader { return iotest.DataErrReader(iotest.HalfReader(stream{bytes.NewReader(content)})) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDrive(t)
			c := d.client(t)
			req := upload(reader(), int64(len(content)))
			var told []int64
			req.Progress = func(sent, total int64) {
				require.EqualValues(t, len(content), total)
				told = append(told, sent)
			}
			file, err := c.Files.Upload(t.Context(), req)
			require.NoError(t, err)
			require.Equal(t, []string{"GetAttachmentSpace", "OapiV2UserGet", "GetFileUploadInfo", "PutObject", "CommitFile"}, d.sent())
			stored, ok := d.File(file.FileID)
			require.True(t, ok)
			require.Equal(t, content, stored.Content)
			require.Equal(t, &dingoa.Attachment{SpaceID: stored.SpaceID, FileID: stored.ID, FileName: "发票.pdf", FileSize: int64(len(content)), FileType: "pdf"}, file)
			require.True(t, slices.IsSorted(told))
			require.Equal(t, slices.Compact(slices.Clone(told)), told)
			require.EqualValues(t, len(content), told[len(told)-1])

			id := attached(t, c, *file)
			var out bytes.Buffer
			n, err := c.Files.Download(t.Context(), dingoa.DownloadRequest{InstanceID: id, FileID: file.FileID}, &out)
			require.NoError(t, err)
			require.EqualValues(t, len(content), n)
			require.Equal(t, content, out.Bytes())
			requireNoToken(t, d)
		})
	}
}

func requireNoToken(t *testing.T, d *drive) {
	t.Helper()
	require.NotEmpty(t, d.requests)
	for _, r := range d.requests {
		require.Empty(t, r.Header.Get(tokenHeader))
		require.Empty(t, r.Header.Get("Content-Type"), "the signature covers it")
		require.False(t, r.URL.Query().Has("access_token"))
	}
}

func TestUploadFromTheMiddleOfASeeker(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	content := strings.NewReader("header:body")
	_, err := content.Seek(7, io.SeekStart)
	require.NoError(t, err)
	req := upload(content, 4)
	req.UnionID = "unionid-" + company.DefaultOriginator
	file, err := d.client(t).Files.Upload(t.Context(), req)
	require.NoError(t, err)
	require.NotContains(t, d.sent(), "OapiV2UserGet")
	stored, _ := d.File(file.FileID)
	require.Equal(t, "body", string(stored.Content))
}

func TestUploadOfAWrongSize(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content io.Reader
		size    int64
		want    string
		put     bool // found only while sending
	}{
		"shorter":           {strings.NewReader("12345"), 6, "5 bytes", false},
		"longer":            {strings.NewReader("1234567"), 6, "more bytes", false},
		"stream, shorter":   {stream{strings.NewReader("12345")}, 6, "ended after 5 of 6 bytes", true},
		"stream, longer":    {stream{strings.NewReader("1234567")}, 6, "goes on after the 6 bytes", true},
		"stream, empty":     {stream{strings.NewReader("")}, 6, "ended after 0 of 6 bytes", true},
		"bytewise, longer":  {iotest.OneByteReader(stream{strings.NewReader("1234567")}), 6, "goes on after", true},
		"bytewise, shorter": {iotest.OneByteReader(stream{strings.NewReader("12345")}), 6, "ended after 5", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDrive(t)
			_, err := d.client(t).Files.Upload(t.Context(), upload(test.content, test.size))
			require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
			require.ErrorContains(t, err, test.want)
			require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
			require.NotContains(t, d.sent(), "CommitFile")
			require.LessOrEqual(t, len(d.requests), 1, "no second attempt")
			if !test.put {
				require.Empty(t, d.sent())
			}
		})
	}
}

func TestUploadOfContentThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	d := newDrive(t)
	_, err := d.client(t).Files.Upload(t.Context(), upload(io.MultiReader(strings.NewReader("123"), iotest.ErrReader(broken)), 6))
	require.ErrorIs(t, err, broken)
	require.NotContains(t, d.sent(), "CommitFile")
	require.Len(t, d.requests, 1)
}

// TestBrokenUpload breaks the transfer in the middle, once.
func TestBrokenUpload(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("x"), 100_000)
	half := func(r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, int64(len(content)/2))
	}
	for name, host := range map[string]func(r *http.Request) (*http.Response, error){
		"connection": func(r *http.Request) (*http.Response, error) {
			half(r)
			return broken(r)
		},
		"not connected": unreachable,
		"HTTP 500": func(r *http.Request) (*http.Response, error) {
			half(r)
			return answer(500, "<Error><Code>InternalError</Code></Error>")(r)
		},
		"expired": func(r *http.Request) (*http.Response, error) {
			half(r)
			return answer(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>")(r)
		},
		"success too early": func(r *http.Request) (*http.Response, error) {
			half(r)
			return answer(200, "")(r)
		},
	} {
		once := func(n int, r *http.Request) (*http.Response, error) {
			if n > 1 {
				return nil, nil //nolint:nilnil // the emulator answers
			}
			return host(r)
		}
		t.Run(name+"/seeker", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDrive(t)
				d.host = once
				var told []int64
				req := upload(bytes.NewReader(content), int64(len(content)))
				req.Progress = func(sent, _ int64) { told = append(told, sent) }
				file, err := d.client(t).Files.Upload(t.Context(), req)
				require.NoError(t, err)
				stored, _ := d.File(file.FileID)
				require.Equal(t, content, stored.Content)
				require.Equal(t, []string{"GetFileUploadInfo", "PutObject", "CommitFile"}, d.sent()[len(d.sent())-3:])
				require.Len(t, d.requests, 2)
				require.NotEqual(t, d.requests[0].URL.Path, d.requests[1].URL.Path, "a new address")
				require.True(t, slices.IsSorted(told))
				require.Equal(t, slices.Compact(slices.Clone(told)), told, "told twice")
				require.EqualValues(t, len(content), told[len(told)-1])
			})
		})
		t.Run(name+"/stream", func(t *testing.T) {
			t.Parallel()
			d := newDrive(t)
			d.host = once
			_, err := d.client(t).Files.Upload(t.Context(), upload(stream{bytes.NewReader(content)}, int64(len(content))))
			require.Error(t, err)
			e := asError(t, err)
			require.Equal(t, "Files.Upload", e.Op)
			require.Equal(t, "PUT", e.Method)
			require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
			require.Len(t, d.requests, 1)
			require.NotContains(t, d.sent(), "CommitFile")
			require.NotContains(t, err.Error(), "OSS emulator")
		})
		t.Run(name+"/no retry", func(t *testing.T) {
			t.Parallel()
			d := newDrive(t)
			d.host = once
			_, err := d.client(t).Files.Upload(t.Context(), upload(bytes.NewReader(content), int64(len(content))), dingoa.WithoutRetry())
			require.Error(t, err)
			require.Len(t, d.requests, 1)
		})
	}
}

func TestRefusedUploadIsNotRepeated(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	d.host = func(_ int, r *http.Request) (*http.Response, error) {
		return answer(403, `<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>no</Message><RequestId>5F</RequestId><SignatureProvided>SECRET</SignatureProvided></Error>`)(r)
	}
	_, err := d.client(t).Files.Upload(t.Context(), upload(strings.NewReader("123456"), 6))
	e := asError(t, err)
	require.ErrorIs(t, err, dingoa.ErrPermission)
	require.Equal(t, "SignatureDoesNotMatch", e.Code)
	require.Equal(t, "5F", e.RequestID)
	require.Equal(t, 403, e.HTTPStatus)
	require.NotContains(t, fmt.Sprintf("%+v", err), "SECRET")
	require.Len(t, d.requests, 1)
}

func TestUploadThatStalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDrive(t)
		d.host = func(_ int, r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		begun := time.Now()
		_, err := d.client(t, dingoa.WithMaxRetries(0)).Files.Upload(t.Context(), upload(strings.NewReader("123456"), 6))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "nothing moved")
		require.Equal(t, 30*time.Second, time.Since(begun))
	})
}

// TestSlowUpload moves a little at a time, for longer than one call may take.
func TestSlowUpload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDrive(t)
		slow := &slowReader{strings.NewReader(strings.Repeat("x", 10)), 20 * time.Second}
		file, err := d.client(t).Files.Upload(t.Context(), upload(iotest.OneByteReader(slow), 10))
		require.NoError(t, err)
		require.EqualValues(t, 10, file.FileSize)
	})
}

type slowReader struct {
	r    io.Reader
	wait time.Duration
}

func (s *slowReader) Read(p []byte) (int, error) {
	pass(s.wait)
	return s.r.Read(p)
}

func TestUploadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	t.Cleanup(func() { _ = w.Close() })
	req := upload(r, 1000)
	go func() { _, _ = w.Write(make([]byte, 10)) }()
	req.Progress = func(int64, int64) { cancel() }
	_, err := d.client(t).Files.Upload(ctx, req) // the second read blocks for ever
	require.ErrorIs(t, err, context.Canceled)
	require.NotContains(t, d.sent(), "CommitFile")
}

func TestUploadIsCheckedFirst(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	c := d.client(t)
	for field, change := range map[string]func(*dingoa.UploadRequest){
		"UserID":  func(r *dingoa.UploadRequest) { r.UserID = "" },
		"Name":    func(r *dingoa.UploadRequest) { r.Name = "a|b" },
		"Size":    func(r *dingoa.UploadRequest) { r.Size = 0 },
		"Content": func(r *dingoa.UploadRequest) { r.Content = nil },
	} {
		req := upload(strings.NewReader("123456"), 6)
		change(&req)
		_, err := c.Files.Upload(t.Context(), req)
		require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
		require.Equal(t, field, asError(t, err).Fields[0].Field)
	}
	req := upload(strings.NewReader("123456"), 5<<30)
	_, err := c.Files.Upload(t.Context(), req)
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	_, err = c.Files.Upload(t.Context(), dingoa.UploadRequest{})
	require.Len(t, asError(t, err).Fields, 4)
	_, err = c.Files.Download(t.Context(), dingoa.DownloadRequest{InstanceID: "i", FileID: "f"}, nil)
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
	_, err = d.client(t, dingoa.WithLegacyGateway()).Files.Upload(t.Context(), upload(strings.NewReader("123456"), 6))
	require.ErrorIs(t, err, dingoa.ErrUnsupported)
	require.Empty(t, d.sent())
}

func TestCommitIsNotRepeated(t *testing.T) {
	t.Parallel()
	d := newDrive(t)
	d.Fail(fault.Fault{Operation: "CommitFile", After: true, DropConnection: true})
	_, err := d.client(t).Files.Upload(t.Context(), upload(strings.NewReader("123456"), 6))
	require.ErrorIs(t, err, dingoa.ErrOutcomeUnknown)
	require.Equal(t, "CommitFile", asError(t, err).Op)
}

// TestTransferSamples sends the storage operations against the vendor's samples
// of them, which lie with the methods that use them.
func TestTransferSamples(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("x", 512)
	sum := md5.Sum([]byte(content))
	up := golden{name: "FileService.Upload"}
	down := golden{name: "FileService.Download"}
	dt := newDingTalk(
		answer(200, `{"result":{"spaceId":854},"success":true}`),
		answer(200, string(up.file(t, "user_response"))),
		answer(200, string(up.file(t, "info_response"))),
		answer(200, ""),
		answer(200, string(up.file(t, "commit_response"))),
	)
	file, err := dt.client(t).Files.Upload(t.Context(), dingoa.UploadRequest{UserID: "zhangsan", Name: "测试文件.xls", Size: 512, Content: strings.NewReader(content)})
	require.NoError(t, err)
	require.Equal(t, &dingoa.Attachment{SpaceID: "854xxxxx", FileID: "123", FileName: "测试文件", FileSize: 512, FileType: "xsl"}, file)
	sent := dt.sent()
	require.Len(t, sent, 5)
	requireSample(t, up.file(t, "user_request"), sent[1], nil)
	requireSample(t, up.file(t, "info_request"), sent[2], map[string]any{"md5": hex.EncodeToString(sum[:])})
	require.Equal(t, content, sent[3].Body)
	require.Equal(t, "header_value", sent[3].Header.Get("key"))
	requireSample(t, up.file(t, "commit_request"), sent[4], nil)

	dt = newDingTalk(
		answer(400, `{"code":"userNotExist","message":"用户不存在"}`),
		answer(200, `{"result":{"spaceId":854},"success":true}`),
		answer(200, string(down.file(t, "info_response"))),
		answer(200, "content"),
	)
	n, err := dt.client(t).Files.Download(t.Context(), dingoa.DownloadRequest{InstanceID: "a171de6c", FileID: "798xxxxx", UserID: "user1", UnionID: "chyxxxxx"}, io.Discard)
	require.NoError(t, err)
	require.EqualValues(t, 7, n)
	requireSample(t, down.file(t, "info_request"), dt.sent()[2], nil)
	require.Equal(t, "header_value", dt.sent()[3].Header.Get("key"))
}

// requireSample compares a request with a sample; change replaces texts in it.
func requireSample(t *testing.T, sample []byte, got sent, change map[string]any) {
	t.Helper()
	for from, to := range change {
		sample = bytes.Replace(sample, fmt.Appendf(nil, "%q: %q", from, from), fmt.Appendf(nil, "%q: %q", from, to), 1)
	}
	var want goldenRequest
	require.NoError(t, json.Unmarshal(sample, &want))
	require.Equal(t, want.Method, got.Method)
	require.Equal(t, want.Host, got.Host)
	require.Equal(t, want.Path, got.Path)
	for name, value := range want.Query {
		require.Equal(t, value, got.Query.Get(name))
	}
	require.JSONEq(t, string(want.Body), got.Body)
}

func TestAttachmentValue(t *testing.T) {
	t.Parallel()
	file := dingoa.Attachment{SpaceID: "163", FileID: "643", FileName: "a.jpg", FileSize: 333, FileType: "jpg"}
	value, err := dingoa.AttachmentValue("附件", file)
	require.NoError(t, err)
	require.Equal(t, "附件", value.Name)
	require.JSONEq(t, `[{"spaceId":"163","fileName":"a.jpg","fileSize":"333","fileType":"jpg","fileId":"643"}]`, value.Value)
	_, err = dingoa.AttachmentValue("附件")
	require.Error(t, err)
	_, err = dingoa.AttachmentValue(" ", file)
	require.Error(t, err)
	_, err = dingoa.AttachmentValue("附件", dingoa.Attachment{FileID: "643", FileName: "a.jpg"})
	require.ErrorContains(t, err, "SpaceID")
}
