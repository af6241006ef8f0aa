package dingoa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// FileService handles attachments of approvals (审批附件) and the drive space
// (审批钉盘空间) they lie in. [FileService.Upload] and [FileService.Download] do
// all there is to do in one call; the other methods are their steps.
//
// https://open.dingtalk.com/document/development/new-version-of-attachment-approval-process
type FileService service

// SpaceRequest asks for the approval space.
type SpaceRequest struct {
	// UserID may upload to the space afterwards. Required.
	UserID string `json:"userId"`
	// AgentID is the app's AgentId; [WithAgentID] fills it in.
	AgentID int64 `json:"agentId,omitempty"`
}

// spaceReply is the reply of operations that name the space.
type spaceReply struct {
	resultReply[spaceResult]
}

type spaceResult struct {
	SpaceID string `json:"spaceId"`
}

func (r *spaceReply) CheckReply() error {
	if r.Result.SpaceID == "" {
		return errors.New("the reply has no spaceId")
	}
	return nil
}

// Space returns the ID of the company's approval space and lets the user upload
// to it.
//
// Errors: [ErrNotFound] (user), [ErrPermission] (Workflow.Instance.Write, or the
// company lacks the app), [ErrInvalidArgument].
//
// https://open.dingtalk.com/document/development/obtains-the-information-about-approval-nail-disk
//
//dingtalk:op POST /v1.0/workflow/processInstances/spaces/infos/query
func (s *FileService) Space(ctx context.Context, req SpaceRequest, opts ...RequestOption) (string, error) {
	return s.c.fileSpace(ctx, operation.GetAttachmentSpace, req, opts)
}

func (c *Client) fileSpace(ctx context.Context, op operation.Operation, req SpaceRequest, opts []RequestOption) (string, error) {
	if req.AgentID == 0 {
		req.AgentID = c.cfg.agentID
	}
	var p problems
	p.Required("UserID", req.UserID)
	if err := p.err(op); err != nil {
		return "", err
	}
	var resp spaceReply
	if err := c.Call(ctx, op, spaceRequest(req), &resp, opts...); err != nil {
		return "", err
	}
	return resp.Result.SpaceID, nil
}

// AuthorizePreviewRequest lets a user see attachments.
type AuthorizePreviewRequest struct {
	// UserID is who may see them. Required.
	UserID string `json:"userId"`
	// AgentID is the app's AgentId; [WithAgentID] fills it in.
	AgentID int64 `json:"agentId,omitempty"`
	// InstanceID is the approval that they belong to. Required.
	InstanceID string `json:"processInstanceId"`
	// FileID is a file of an attachment component of this approval. Required.
	FileID string `json:"fileId"`
	// FileIDs are more of them; at most 20.
	FileIDs []string `json:"fileIdList,omitempty"`
	// WithCommentAttachment includes files of comments, which DingTalk otherwise
	// does not find. Not on the older gateway.
	WithCommentAttachment bool `json:"withCommentAttatchment,omitempty"`
}

// AuthorizePreview lets a user see attachments of an approval and returns the
// space they lie in, which the preview in the DingTalk app wants to know. It is
// needed again before every preview.
//
// Errors: [ErrNotFound] (user, instance), [ErrPermission] (the file is none of
// this approval's, or Workflow.Instance.Write is missing).
//
// https://open.dingtalk.com/document/development/official-authorized-preview-approval-attachment
//
//dingtalk:op POST /v1.0/workflow/processInstances/spaces/authPreview
func (s *FileService) AuthorizePreview(ctx context.Context, req AuthorizePreviewRequest, opts ...RequestOption) (string, error) {
	return s.c.authorizePreview(ctx, operation.GetSpaceWithDownloadAuth, req, opts)
}

func (c *Client) authorizePreview(ctx context.Context, op operation.Operation, req AuthorizePreviewRequest, opts []RequestOption) (string, error) {
	if err := c.todayOnly(op, req.WithCommentAttachment, "WithCommentAttachment"); err != nil {
		return "", err
	}
	if req.AgentID == 0 {
		req.AgentID = c.cfg.agentID
	}
	var p problems
	p.Required("UserID", req.UserID)
	p.Required("InstanceID", req.InstanceID)
	p.Required("FileID", req.FileID)
	p.MaxItems("FileIDs", len(req.FileIDs), limit.GetSpaceWithDownloadAuthFileIdListMaxItems)
	if err := p.err(op); err != nil {
		return "", err
	}
	var resp spaceReply
	if err := c.Call(ctx, op, authorizePreviewRequest(req), &resp, opts...); err != nil {
		return "", err
	}
	return resp.Result.SpaceID, nil
}

func (c *Client) todayOnly(op operation.Operation, used bool, field string) error {
	if used && c.cfg.legacy {
		return unsupported(op, field+" does not exist on the older gateway")
	}
	return nil
}

// SpaceFile names a file by where it lies.
type SpaceFile struct {
	// SpaceID is the approval space, from [FileService.Space] or [Attachment].
	SpaceID string
	// FileID is the file in it.
	FileID string
}

// AuthorizeDownloadRequest lets a user download files.
type AuthorizeDownloadRequest struct {
	// UserID is who may download them. Required.
	UserID string
	// Files are in the approval space; 1 to 10.
	Files []SpaceFile
}

// authorizeDownloadRequest is the same as the vendor takes it.
type authorizeDownloadRequest struct {
	UserID string         `json:"userId"`
	Files  []dentryNumber `json:"fileInfos"`
}

type dentryNumber struct {
	FileID  string `json:"fileId"`
	SpaceID int64  `json:"spaceId"`
}

// AuthorizeDownload lets a user download files of the approval space in DingTalk.
//
// Errors: [ErrNotFound] (user), [ErrPermission] (no access to the file, or
// Workflow.Instance.Write is missing), [ErrInvalidArgument].
//
// https://open.dingtalk.com/document/development/download-the-approval-nail-file
//
//dingtalk:op POST /v1.0/workflow/processInstances/spaces/files/authDownload
func (s *FileService) AuthorizeDownload(ctx context.Context, req AuthorizeDownloadRequest, opts ...RequestOption) error {
	return s.c.authorizeDownload(ctx, operation.AddApproveDentryAuth, req, opts)
}

func (c *Client) authorizeDownload(ctx context.Context, op operation.Operation, req AuthorizeDownloadRequest, opts []RequestOption) error {
	var p problems
	p.Required("UserID", req.UserID)
	p.Items("Files", len(req.Files), limit.AddApproveDentryAuthFileInfosMaxItems)
	body := authorizeDownloadRequest{UserID: req.UserID}
	for i, file := range req.Files {
		p.Required(fmt.Sprintf("Files[%d].FileID", i), file.FileID)
		space, err := strconv.ParseInt(file.SpaceID, 10, 64)
		if err != nil {
			p.Add(fmt.Sprintf("Files[%d].SpaceID", i), "is %q, want a number", file.SpaceID)
		}
		body.Files = append(body.Files, dentryNumber{file.FileID, space})
	}
	if err := p.err(op); err != nil {
		return err
	}
	return c.Call(ctx, op, body, &ack{}, opts...)
}

// DownloadURLRequest asks for the address of an attachment.
type DownloadURLRequest struct {
	// InstanceID is the approval that it belongs to. Required.
	InstanceID string `json:"processInstanceId"`
	// FileID is the file, from [Attachment] or the value of an attachment
	// component. Required.
	FileID string `json:"fileId"`
	// WithCommentAttachment finds files of comments, too. Not on the older gateway.
	WithCommentAttachment bool `json:"withCommentAttatchment,omitempty"`
}

// DownloadURL is where an attachment can be fetched. It prints without the
// signature of the address, also as JSON.
type DownloadURL struct {
	// SpaceID and FileID name the file.
	SpaceID string `json:"spaceId"`
	FileID  string `json:"fileId"`
	// URL works without a token, for 15 minutes: keep it as secret as the file.
	URL string `json:"downloadUri"`
}

type downloadURLReply struct {
	resultReply[DownloadURL]
}

func (r *downloadURLReply) CheckReply() error {
	if r.Result.URL == "" {
		return errors.New("the reply has no downloadUri; DingTalk gives none for files of 0 bytes")
	}
	return nil
}

// DownloadURL returns an address of an attachment that works for 15 minutes.
// DingTalk gives none for empty files, and fails with userNotExist when the
// originator has left the company; [FileService.Download] has a way around that.
//
// Errors: [ErrNotFound] (instance, originator), [ErrPermission] (the file is
// none of this approval's, or Workflow.Instance.Write is missing).
//
// https://open.dingtalk.com/document/development/download-an-approval-attachment
//
//dingtalk:op POST /v1.0/workflow/processInstances/spaces/files/urls/download
func (s *FileService) DownloadURL(ctx context.Context, req DownloadURLRequest, opts ...RequestOption) (*DownloadURL, error) {
	return s.c.downloadURL(ctx, operation.GrantProcessInstanceForDownloadFile, req, opts)
}

func (c *Client) downloadURL(ctx context.Context, op operation.Operation, req DownloadURLRequest, opts []RequestOption) (*DownloadURL, error) {
	if err := c.todayOnly(op, req.WithCommentAttachment, "WithCommentAttachment"); err != nil {
		return nil, err
	}
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.Required("FileID", req.FileID)
	if err := p.err(op); err != nil {
		return nil, err
	}
	var resp downloadURLReply
	if err := c.Call(ctx, op, downloadURLRequest(req), &resp, opts...); err != nil {
		return nil, err
	}
	link := resp.Result
	var err error
	if link.URL, err = c.fileURL(op, link.URL); err != nil {
		return nil, err
	}
	return &link, nil
}

// AuthorizeSpaceRequest gives a user a right to a drive space.
type AuthorizeSpaceRequest struct {
	// SpaceID is the space. Required.
	SpaceID string
	// UserID gets the right. Required.
	UserID string
	// Type is the right, such as "add". Required.
	Type string
	// Duration is how long it lasts, in whole seconds; zero leaves it to DingTalk.
	Duration time.Duration
}

type authorizeSpaceRequest struct {
	SpaceID         string `json:"spaceId"`
	UserID          string `json:"userId"`
	Type            string `json:"type"`
	DurationSeconds int64  `json:"durationSeconds,omitempty"`
}

// AuthorizeSpace gives a user a right to a drive space for a time.
//
// Only the official SDK shows this operation; the vendor documents neither its
// limits nor its errors.
//
//dingtalk:op POST /v1.0/workflow/spaces/authorize
func (s *FileService) AuthorizeSpace(ctx context.Context, req AuthorizeSpaceRequest, opts ...RequestOption) error {
	var p problems
	p.Required("SpaceID", req.SpaceID)
	p.Required("UserID", req.UserID)
	p.Required("Type", req.Type)
	if req.Duration < 0 || req.Duration%time.Second != 0 {
		p.Add("Duration", "is %s, want whole seconds", req.Duration)
	}
	if err := p.err(operation.GrantCspaceAuthorization); err != nil {
		return err
	}
	body := authorizeSpaceRequest{req.SpaceID, req.UserID, req.Type, int64(req.Duration / time.Second)}
	return s.c.Call(ctx, operation.GrantCspaceAuthorization, body, nil, opts...)
}

// AttachmentValue is the value of an attachment component (DDAttachment), given
// its label and files that [FileService.Upload] returned or another approval has.
func AttachmentValue(name string, files ...Attachment) (FormValue, error) {
	if strings.TrimSpace(name) == "" || len(files) == 0 {
		return FormValue{}, errors.New("dingoa: AttachmentValue: want the label of the component and at least one file")
	}
	for _, file := range files {
		if file.SpaceID == "" || file.FileID == "" || file.FileName == "" {
			return FormValue{}, fmt.Errorf("dingoa: AttachmentValue: file %q (%s) needs SpaceID, FileID and FileName", file.FileName, file.FileID)
		}
	}
	var p problems
	p.text("files", reflect.ValueOf(files))
	if len(p.Found) > 0 {
		return FormValue{}, fmt.Errorf("dingoa: AttachmentValue: %s %s", p.Found[0].Field, p.Found[0].Problem)
	}
	value, err := json.Marshal(files)
	if err != nil {
		return FormValue{}, fmt.Errorf("dingoa: AttachmentValue: %w", err)
	}
	return FormValue{Name: name, Value: string(value), ComponentType: "DDAttachment"}, nil
}

// spaceRequest is a [SpaceRequest] as it is sent.
type spaceRequest SpaceRequest

func (r spaceRequest) LegacyRequest() any {
	agentID := ""
	if r.AgentID != 0 {
		agentID = strconv.FormatInt(r.AgentID, 10)
	}
	return struct {
		UserID  string `json:"user_id"`
		AgentID string `json:"agent_id,omitempty"`
	}{r.UserID, agentID}
}

// authorizePreviewRequest is a [AuthorizePreviewRequest] as it is sent.
type authorizePreviewRequest AuthorizePreviewRequest

func (r authorizePreviewRequest) LegacyRequest() any {
	return wrapped{struct {
		UserID     string   `json:"userid"`
		AgentID    int64    `json:"agentid,omitempty"`
		InstanceID string   `json:"process_instance_id"`
		FileID     string   `json:"file_id"`
		FileIDs    []string `json:"fileid_list,omitempty"`
	}{r.UserID, r.AgentID, r.InstanceID, r.FileID, r.FileIDs}}
}

func (r authorizeDownloadRequest) LegacyRequest() any {
	type file struct {
		FileID  string `json:"file_id"`
		SpaceID int64  `json:"space_id"`
	}
	body := struct {
		UserID string `json:"userid"`
		Files  []file `json:"file_infos"`
	}{UserID: r.UserID}
	for _, f := range r.Files {
		body.Files = append(body.Files, file(f))
	}
	return wrapped{body}
}

// downloadURLRequest is a [DownloadURLRequest] as it is sent.
type downloadURLRequest DownloadURLRequest

func (r downloadURLRequest) LegacyRequest() any {
	return wrapped{struct {
		InstanceID string `json:"process_instance_id"`
		FileID     string `json:"file_id"`
	}{r.InstanceID, r.FileID}}
}
