package dingoa

import (
	"context"
	"errors"
	"time"

	"github.com/dingoa/dingoa/operation"
)

// The attachments of OA premium are methods of [PremiumService] like everything
// else that a company without it cannot call: which of the two a program uses is
// then seen where it calls, and [FileService] works for everybody. They take the
// requests of [FileService].

// FileSpace is [FileService.Space] for companies with OA premium: the user may
// have left the company.
//
// Needs OA premium (OA 高级版).
//
// https://open.dingtalk.com/document/development/api-premiumgetattachmentspace
//
//dingtalk:op POST /v1.0/workflow/premium/processInstances/spaces/infos/query
func (s *PremiumService) FileSpace(ctx context.Context, req SpaceRequest, opts ...RequestOption) (string, error) {
	return s.c.fileSpace(ctx, operation.PremiumGetAttachmentSpace, req, opts)
}

// AuthorizeFilePreview is [FileService.AuthorizePreview] for companies with OA
// premium; the file may be one of a comment.
//
// Needs OA premium (OA 高级版).
//
// https://open.dingtalk.com/document/development/api-premiumgetspacewithdownloadauth
//
//dingtalk:op POST /v1.0/workflow/premium/processInstances/spaces/authPreview
func (s *PremiumService) AuthorizeFilePreview(ctx context.Context, req AuthorizePreviewRequest, opts ...RequestOption) (string, error) {
	return s.c.authorizePreview(ctx, operation.PremiumGetSpaceWithDownloadAuth, req, opts)
}

// AuthorizeFileDownload is [FileService.AuthorizeDownload] for companies with OA
// premium: the user may have left the company.
//
// Needs OA premium (OA 高级版).
//
// https://open.dingtalk.com/document/development/api-premiumaddapprovedentryauth
//
//dingtalk:op POST /v1.0/workflow/premium/processInstances/spaces/files/authDownload
func (s *PremiumService) AuthorizeFileDownload(ctx context.Context, req AuthorizeDownloadRequest, opts ...RequestOption) error {
	return s.c.authorizeDownload(ctx, operation.PremiumAddApproveDentryAuth, req, opts)
}

// FileDownloadURL is [FileService.DownloadURL] for companies with OA premium.
//
// Needs OA premium (OA 高级版).
//
// https://open.dingtalk.com/document/development/api-premiumgrantprocessinstancefordownloadfile
//
//dingtalk:op POST /v1.0/workflow/premium/processInstances/spaces/files/urls/download
func (s *PremiumService) FileDownloadURL(ctx context.Context, req DownloadURLRequest, opts ...RequestOption) (*DownloadURL, error) {
	return s.c.downloadURL(ctx, operation.PremiumGrantProcessInstanceForDownloadFile, req, opts)
}

// HandSignURLRequest asks for the picture of a handwritten signature.
type HandSignURLRequest struct {
	// InstanceID is the approval that was signed. Required.
	InstanceID string `json:"processInstanceId"`
	// Token names the signature. Required.
	Token string `json:"handSignToken"`
}

// HandSignURL is where the picture of a signature can be fetched.
type HandSignURL struct {
	// URL works without a token for a time: keep it as secret as the picture.
	URL string
	// ExpireIn is how long it works. The vendor does not name the unit of its
	// expireIn; it is taken for seconds, as everywhere else.
	ExpireIn time.Duration
}

type handSignReply struct {
	resultReply[handSignResult]
}

type handSignResult struct {
	URL      string `json:"downloadUrl"`
	ExpireIn int64  `json:"expireIn"`
}

func (r *handSignReply) CheckReply() error {
	if r.Result.URL == "" {
		return errors.New("the reply has no downloadUrl")
	}
	return nil
}

// HandSignURL returns where the picture of a handwritten signature (手写签名)
// can be fetched.
//
// Needs OA premium (OA 高级版). Only the official SDK shows this operation; the
// vendor documents neither its limits nor its errors.
//
//dingtalk:op POST /v1.0/workflow/premium/processInstances/handSigns/downloadUrls/query
func (s *PremiumService) HandSignURL(ctx context.Context, req HandSignURLRequest, opts ...RequestOption) (*HandSignURL, error) {
	var p problems
	p.Required("InstanceID", req.InstanceID)
	p.Required("Token", req.Token)
	if err := p.err(operation.GetHandSignDownloadUrl); err != nil {
		return nil, err
	}
	var resp handSignReply
	if err := s.c.Call(ctx, operation.GetHandSignDownloadUrl, handSignURLRequest(req), &resp, opts...); err != nil {
		return nil, err
	}
	address, err := s.c.fileURL(operation.GetHandSignDownloadUrl, resp.Result.URL)
	if err != nil {
		return nil, err
	}
	return &HandSignURL{address, lifetimeOf(resp.Result.ExpireIn, 0)}, nil
}
