package dingoa

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/internal/redact"
	"github.com/dingoa/dingoa/internal/redirect"
	"github.com/dingoa/dingoa/operation"
)

// The bytes of a file go between the caller and the file host (OSS), past the
// gateways: without token, JSON or limit on their size, and therefore past
// client.go, too.

// maxUpload is the size from which on DingTalk wants a multipart upload.
const maxUpload = 5 << 30

// UploadRequest brings a file into the approval space.
type UploadRequest struct {
	// UserID uploads; must be in the company. Required.
	UserID string
	// UnionID is the same person's unionId, which the drive goes by. Without it
	// Upload looks it up, which takes the permission qyapi_get_member.
	UnionID string
	// AgentID is the app's AgentId; [WithAgentID] fills it in.
	AgentID int64
	// Name is the file's name with extension, without any of \t * " < > | and
	// without a dot at the end; at most 256 characters. A name that is taken is
	// changed by DingTalk. Required.
	Name string
	// Size is the number of bytes of Content: at least one, since DingTalk gives
	// no address for empty files, and less than 5 GB. Required.
	Size int64
	// Content is read to its end. If it is an [io.Seeker] it is read once more
	// beforehand, for the MD5 by which DingTalk checks the file, and may be sent
	// again when the transfer breaks; any other reader is sent once and without.
	// Required.
	Content io.Reader
	// Progress is told how much has been sent, in growing numbers and up to
	// total. It must return quickly and is not called any more once Upload has
	// returned.
	Progress func(sent, total int64)
}

func (r *UploadRequest) validate() error {
	var p problems
	p.Required("UserID", r.UserID)
	p.Required("Name", r.Name)
	p.MaxLength("Name", r.Name, limit.ExecuteProcessInstanceFileAttachmentsFileNameMaxLen)
	if strings.ContainsAny(r.Name, "\t*\"<>|") || strings.HasSuffix(r.Name, ".") {
		p.Add("Name", `is %q, which DingTalk refuses: no tab * " < > | and no dot at the end`, r.Name)
	}
	if r.Size <= 0 || r.Size >= maxUpload {
		p.Add("Size", "is %d, want the number of bytes of Content: 1 or more, less than 5 GB", r.Size)
	}
	if r.Content == nil {
		p.Add("Content", "is required")
	}
	p.text("Name", reflect.ValueOf(r.Name)) // it is sent after other things
	return p.err(uploading)
}

// Upload brings a file into the approval space and returns it as comments and
// [AttachmentValue] take it. It asks for the space, the user's unionId and an
// address, sends the bytes there and commits them; until the last step nothing
// can be seen of the file. Memory stays the same however large the file is.
//
// There is no time limit on the whole but ctx; a transfer on which nothing moves
// for the client's time limit ([WithTimeout]) breaks off. A broken transfer is
// repeated if Content is an [io.Seeker], a commit is not ([ErrOutcomeUnknown]).
// Not with [WithLegacyGateway].
//
// Errors: [ErrInvalidArgument] when Content is shorter or longer than Size,
// [ErrQuotaExceeded] (space is full), [ErrPermission] (Workflow.Instance.Write,
// Storage.UploadInfo.Read, Storage.File.Write, qyapi_get_member), [ErrNotFound]
// (user). Those of the transfer itself have Op "Files.Upload".
//
// https://open.dingtalk.com/document/development/obtain-storage-upload-information
//
// https://open.dingtalk.com/document/development/submit-documents
//
// https://open.dingtalk.com/document/development/query-user-details
//
//dingtalk:op POST /v1.0/storage/spaces/{spaceId}/files/uploadInfos/query
//dingtalk:op POST /v1.0/storage/spaces/{spaceId}/files/commit
//dingtalk:op POST /topapi/v2/user/get
func (s *FileService) Upload(ctx context.Context, req UploadRequest, opts ...RequestOption) (*Attachment, error) {
	if s.c.cfg.legacy {
		return nil, unsupported(operation.GetFileUploadInfo, "the older gateway has no uploads; use a client without WithLegacyGateway")
	}
	if err := req.validate(); err != nil {
		return nil, err
	}
	up := newUpload(&req)
	sum, err := up.checksum(ctx)
	if err != nil {
		return nil, err
	}
	space, err := s.Space(ctx, SpaceRequest{UserID: req.UserID, AgentID: req.AgentID}, opts...)
	if err != nil {
		return nil, err
	}
	unionID, err := s.unionID(ctx, req.UserID, req.UnionID, opts)
	if err != nil {
		return nil, err
	}
	info := uploadInfoRequest{SpaceID: space, UnionID: unionID, Protocol: headerSignature}
	info.Option.PreCheck = preCheck{MD5: sum, Size: req.Size, ParentID: rootFolder, Name: req.Name}
	key, err := s.transfer(ctx, info, up, opts)
	if err != nil {
		return nil, err
	}
	commit := commitRequest{SpaceID: space, UnionID: unionID, UploadKey: key, Name: req.Name, ParentID: rootFolder}
	commit.Option.Size = req.Size
	var resp commitReply
	if err := s.c.Call(ctx, operation.CommitFile, commit, &resp, opts...); err != nil {
		return nil, err
	}
	name := cmp.Or(resp.Dentry.Name, req.Name)
	return &Attachment{
		SpaceID: cmp.Or(resp.Dentry.SpaceID, space), FileID: resp.Dentry.ID, FileName: name, FileSize: req.Size,
		FileType: cmp.Or(resp.Dentry.Extension, strings.TrimPrefix(path.Ext(name), ".")),
	}, nil
}

// transfer sends the bytes, each time to a new address, since addresses expire,
// and returns the key to commit.
func (s *FileService) transfer(ctx context.Context, info uploadInfoRequest, up *upload, opts []RequestOption) (string, error) {
	options := requestOptions(opts)
	for retries := 0; ; retries++ {
		var to uploadInfoReply
		if err := s.c.Call(ctx, operation.GetFileUploadInfo, info, &to, opts...); err != nil {
			return "", err
		}
		err := s.c.put(ctx, to.Signature.target(retries), up)
		if err == nil {
			return to.UploadKey, nil
		}
		if options.noRetry || retries >= s.c.cfg.maxRetries || ctx.Err() != nil || !up.mayRepeat() || !passing(err) {
			return "", err
		}
		if err := pauseBefore(ctx, retries+1, err); err != nil {
			return "", err
		}
		if err := up.rewind(); err != nil {
			return "", err
		}
	}
}

// passing reports whether a transfer that failed so may work the next time.
func passing(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.HTTPStatus < 300 || e.HTTPStatus >= 500 || e.HTTPStatus == http.StatusTooManyRequests ||
		e.Code == "RequestTimeTooSkewed" || e.Code == "RequestTimeout"
}

// put sends the content to the file host, with the headers that came with the
// address and no others: the signature covers them, Content-Type included.
func (c *Client) put(ctx context.Context, to target, up *upload) error {
	ctx, watch := watchProgress(ctx, c.timeout)
	defer watch.stop()
	body := up.body(watch)
	resp, err := c.sendRaw(ctx, http.MethodPut, to, body, up.req.Size)
	if err == nil {
		defer resp.Body.Close()
	}
	if !body.end(ctx) {
		up.lost = true
		return c.transferError(ctx, uploading, http.MethodPut, context.Cause(ctx))
	}
	switch {
	case up.err != nil: // the content's fault, whatever came of it
		return up.err
	case err != nil:
		return c.transferError(ctx, uploading, http.MethodPut, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode >= 300 {
		return c.refusedTransfer(uploading, http.MethodPut, resp)
	}
	if body.sent < up.req.Size {
		return c.transferError(ctx, uploading, http.MethodPut,
			fmt.Errorf("the file host took %d of %d bytes: %w", body.sent, up.req.Size, io.ErrUnexpectedEOF))
	}
	return nil
}

// DownloadRequest fetches an attachment.
type DownloadRequest struct {
	// InstanceID is the approval that it belongs to. Required.
	InstanceID string
	// FileID is the file, from [Attachment] or the value of an attachment
	// component. Required.
	FileID string
	// WithCommentAttachment finds files of comments, too. Not on the older gateway.
	WithCommentAttachment bool
	// UserID is somebody in the company in whose name the file is fetched when
	// DingTalk refuses its address: it goes by the originator, who may have left.
	// Without it the refusal stands.
	UserID string
	// UnionID is the unionId of UserID. Without it Download looks it up, which
	// takes the permission qyapi_get_member.
	UnionID string
}

// Download writes an attachment of an approval to w and returns how many bytes
// it wrote. Memory stays the same however large the file is; the time limits are
// those of [FileService.Upload].
//
// If DingTalk refuses the address, as it does when the originator has left the
// company, and UserID is set, this user is authorised for the preview of the
// file, and the file is fetched from the drive in this user's name.
//
// A transfer that breaks before the first byte is repeated; later it fails with
// an [*Error] that matches [io.ErrUnexpectedEOF] or names the cause, and w has
// what came before.
//
// Errors: those of [FileService.DownloadURL]; [ErrPermission] as well when the
// drive refuses (Storage.DownloadInfo.Read). Those of the transfer itself have
// Op "Files.Download".
//
// https://open.dingtalk.com/document/development/obtains-the-download-information-about-a-file
//
// https://open.dingtalk.com/document/development/query-user-details
//
//dingtalk:op POST /v1.0/storage/spaces/{spaceId}/dentries/{dentryId}/downloadInfos/query
//dingtalk:op POST /topapi/v2/user/get
func (s *FileService) Download(ctx context.Context, req DownloadRequest, w io.Writer, opts ...RequestOption) (int64, error) {
	if w == nil {
		var p problems
		p.Add("w", "is required")
		return 0, p.err(downloading)
	}
	from, err := s.locate(ctx, req, opts)
	if err != nil {
		return 0, err
	}
	options := requestOptions(opts)
	for retries := 0; ; retries++ {
		n, err := s.c.fetch(ctx, from, w)
		if err == nil || n > 0 || options.noRetry || retries >= s.c.cfg.maxRetries || ctx.Err() != nil || !passing(err) {
			return n, err
		}
		if err := pauseBefore(ctx, retries+1, err); err != nil {
			return 0, err
		}
	}
}

// locate finds out where the file is to be fetched.
func (s *FileService) locate(ctx context.Context, req DownloadRequest, opts []RequestOption) (target, error) {
	link, err := s.DownloadURL(ctx, DownloadURLRequest{req.InstanceID, req.FileID, req.WithCommentAttachment}, opts...)
	if err == nil {
		return target{address: link.URL}, nil
	}
	if req.UserID == "" || s.c.cfg.legacy || !mayBeFetchedByOthers(err) {
		return target{}, err
	}
	space, otherErr := s.AuthorizePreview(ctx, AuthorizePreviewRequest{
		UserID: req.UserID, InstanceID: req.InstanceID, FileID: req.FileID, WithCommentAttachment: req.WithCommentAttachment,
	}, opts...)
	if otherErr != nil {
		return target{}, fmt.Errorf("%w; nor for UserID: %w", err, otherErr)
	}
	unionID, err := s.unionID(ctx, req.UserID, req.UnionID, opts)
	if err != nil {
		return target{}, err
	}
	var info downloadInfoReply
	if err := s.c.Call(ctx, operation.GetFileDownloadInfo, downloadInfoRequest{SpaceID: space, FileID: req.FileID, UnionID: unionID}, &info, opts...); err != nil {
		return target{}, err
	}
	return info.Signature.target(0), nil
}

// mayBeFetchedByOthers tells refusals that concern the originator or the right
// to the file from an unknown approval and from failures.
func mayBeFetchedByOthers(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "userNotExist", "noPermission":
		return true
	case "": // success=false without a reason
		return errors.Is(e.Kind, ErrConflict)
	}
	return strings.HasPrefix(e.Code, "hsfIntegrationErrorCspace")
}

// fetch copies what the file host sends, as much as it announced.
func (c *Client) fetch(ctx context.Context, from target, w io.Writer) (int64, error) {
	ctx, watch := watchProgress(ctx, c.timeout)
	defer watch.stop()
	resp, err := c.sendRaw(ctx, http.MethodGet, from, nil, 0)
	if err != nil {
		return 0, c.transferError(ctx, downloading, http.MethodGet, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, c.refusedTransfer(downloading, http.MethodGet, resp)
	}
	body := io.Reader(&watchedReader{resp.Body, watch})
	if resp.ContentLength >= 0 {
		body = io.LimitReader(body, resp.ContentLength)
	}
	out := &failingWriter{w: w}
	n, err := io.Copy(out, body)
	switch {
	case out.err != nil:
		return n, fmt.Errorf("dingoa: %s: the file could not be written: %w", downloading.Name, out.err)
	case err != nil:
		err = fmt.Errorf("the file broke off after %d bytes: %w", n, err)
	case resp.ContentLength >= 0 && n != resp.ContentLength:
		err = fmt.Errorf("the file broke off after %d of %d bytes: %w", n, resp.ContentLength, io.ErrUnexpectedEOF)
	default:
		return n, nil
	}
	return n, c.transferError(ctx, downloading, http.MethodGet, err)
}

// failingWriter keeps a failure of the writer apart from one of the transfer.
type failingWriter struct {
	w   io.Writer
	err error
}

func (f *failingWriter) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil {
		f.err = err
	}
	return n, err
}

// uploading and downloading name the transfers in errors; they are no
// operations of the vendor.
//
//nolint:gochecknoglobals // never changed, like the generated ones
var (
	uploading   = operation.Spec{Name: "Files.Upload"}
	downloading = operation.Spec{Name: "Files.Download"}
)

// target is an address at the file host with its signature.
type target struct {
	address string
	headers map[string]string
}

// sendRaw sends one request through the caller's http.Client, without a token
// and following no redirect, as for all others.
func (c *Client) sendRaw(ctx context.Context, method string, to target, body io.Reader, size int64) (*http.Response, error) {
	address, err := c.cfg.fileAddress(to.address)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = size
	req.Header.Set("User-Agent", "dingoa-go")
	req.Header.Set("Accept-Encoding", "identity") // so that Content-Length is the size of the file
	for name, value := range to.headers {
		if strings.EqualFold(name, "Host") {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	hc := *c.cfg.httpClient
	hc.Timeout = 0 // watchProgress
	hc.Jar = nil
	hc.CheckRedirect = redirect.Refuse
	return hc.Do(req)
}

// transferError is a transfer that broke. Nothing was committed by then.
func (c *Client) transferError(ctx context.Context, op operation.Operation, method string, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errStalled) {
		err = cause
	}
	return &Error{Op: op.Spec().Name, Method: method, Err: transportCause(err, c.cfg.appSecret())}
}

// refusedTransfer reads what the file host says about a refusal. What it says
// repeats the signature, so that only code, message and request id are kept.
func (c *Client) refusedTransfer(op operation.Operation, method string, resp *http.Response) error {
	e := &Error{Op: op.Spec().Name, Method: method, HTTPStatus: resp.StatusCode, Kind: kindOf("", "", resp.StatusCode)}
	e.RetryAfter = retryAfter(resp.Header, c.cfg.now())
	if redirected(resp.StatusCode) {
		e.Kind, e.Message = ErrServer, "the file host redirects, which is not followed; check any proxy"
		return e
	}
	var reply struct {
		Code      string `xml:"Code"`
		Message   string `xml:"Message"`
		RequestID string `xml:"RequestId"`
	}
	_ = xml.NewDecoder(io.LimitReader(resp.Body, maxRefusal)).Decode(&reply) // the status says enough
	e.Code, e.RequestID = redact.Text(reply.Code, maxErrorName), redact.Text(reply.RequestID, maxErrorName)
	e.Message = redact.Text(reply.Message, maxErrorMessage)
	if e.Message == "" {
		e.Message = "refused by the file host"
	}
	return e
}

// maxRefusal bounds what is read of a refusal, in bytes.
const maxRefusal = 64 << 10
