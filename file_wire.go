package dingoa

import (
	"context"
	"errors"

	"github.com/dingoa/dingoa/operation"
)

// The drive's operations that a transfer consists of.

const (
	headerSignature = "HEADER_SIGNATURE"
	rootFolder      = "0"
)

type uploadInfoRequest struct {
	SpaceID   string           `json:"spaceId"`
	UnionID   string           `json:"unionId"`
	Protocol  string           `json:"protocol"`
	Multipart bool             `json:"multipart"`
	Option    uploadInfoOption `json:"option"`
}

type uploadInfoOption struct {
	PreCheck preCheck `json:"preCheckParam"`
}

type preCheck struct {
	MD5      string `json:"md5,omitempty"`
	Size     int64  `json:"size"`
	ParentID string `json:"parentId"`
	Name     string `json:"name"`
}

type uploadInfoReply struct {
	UploadKey string          `json:"uploadKey"`
	Signature signedAddresses `json:"headerSignatureInfo"`
}

func (r *uploadInfoReply) CheckReply() error {
	if r.UploadKey == "" {
		return errors.New("the reply has no uploadKey")
	}
	return r.Signature.check()
}

// signedAddresses are equally good, the first ones better.
type signedAddresses struct {
	URLs    []string          `json:"resourceUrls"`
	Headers map[string]string `json:"headers"`
}

func (s *signedAddresses) check() error {
	if len(s.URLs) == 0 || s.URLs[0] == "" {
		return errors.New("the reply has no resourceUrls")
	}
	return nil
}

// target is the address for the nth attempt.
func (s *signedAddresses) target(n int) target {
	return target{s.URLs[n%len(s.URLs)], s.Headers}
}

type commitRequest struct {
	SpaceID   string       `json:"spaceId"`
	UnionID   string       `json:"unionId"`
	UploadKey string       `json:"uploadKey"`
	Name      string       `json:"name"`
	ParentID  string       `json:"parentId"`
	Option    commitOption `json:"option"`
}

type commitOption struct {
	Size int64 `json:"size"`
}

type commitReply struct {
	Dentry dentry `json:"dentry"`
}

type dentry struct {
	ID        string `json:"id"`
	SpaceID   string `json:"spaceId"`
	Name      string `json:"name"`
	Extension string `json:"extension"`
}

func (r *commitReply) CheckReply() error {
	if r.Dentry.ID == "" {
		return errors.New("the reply has no id of the file")
	}
	return nil
}

type downloadInfoRequest struct {
	SpaceID string `json:"spaceId"`
	FileID  string `json:"dentryId"`
	UnionID string `json:"unionId"`
}

type downloadInfoReply struct {
	Signature signedAddresses `json:"headerSignatureInfo"`
}

func (r *downloadInfoReply) CheckReply() error { return r.Signature.check() }

type userRequest struct {
	UserID string `json:"userid"`
}

type userReply struct {
	resultReply[userResult]
}

type userResult struct {
	UnionID string `json:"unionid"`
}

func (r *userReply) CheckReply() error {
	if r.Result.UnionID == "" {
		return errors.New("the reply has no unionid")
	}
	return nil
}

// unionID looks up the ID by which the drive knows a user, unless it is known.
func (s *FileService) unionID(ctx context.Context, userID, known string, opts []RequestOption) (string, error) {
	if known != "" {
		return known, nil
	}
	var resp userReply
	if err := s.c.Call(ctx, operation.OapiV2UserGet, userRequest{userID}, &resp, opts...); err != nil {
		return "", err
	}
	return resp.Result.UnionID, nil
}
