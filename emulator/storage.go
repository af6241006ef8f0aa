package emulator

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The drive (钉盘存储) and its file host, which is another host at the vendor's
// and has errors of its own, in XML.

var spaceText = strconv.Itoa(driveSpaceID) //nolint:gochecknoglobals // never changed

// Paths of the file host, and the operations as faults and the list of requests
// name them.
const (
	uploadPath   = "/oss/uploads/"
	objectPath   = "/oss/objects/"
	opPutObject  = "PutObject"
	opGetObject  = "GetObject"
	maxObject    = 256 << 20
	maxDrive     = 1 << 30 // all files, which are in memory
	vendorHostOf = "https://zjk.trans.dingtalk.com"
)

// fileHost is the beginning of addresses of files: the listener that was called,
// or the vendor's name, which the transport in memory answers for.
func (c *call) fileHost() string {
	switch {
	case vendorHost(c.r) != "":
		return vendorHostOf
	case isSecure(c.r):
		return "https://" + c.r.Host
	}
	return "http://" + c.r.Host
}

// objectOperation finds requests to the file host.
func objectOperation(r *http.Request) string {
	switch {
	case r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, uploadPath):
		return opPutObject
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, objectPath):
		return opGetObject
	}
	return ""
}

func storageError(status int, code, message string) *apiError {
	return &apiError{status: status, code: code, errcode: errcodeBadParameter, message: message}
}

// operator is the user that acts on the drive.
func (s *Server) operator(c *call) (string, *apiError) {
	userID, ok := s.userOfUnionID(c.query.Get("unionId"))
	if !ok {
		return "", storageError(http.StatusBadRequest, "paramError", "unionId")
	}
	if c.params["spaceId"] != spaceText {
		return "", storageError(http.StatusNotFound, "spaceNotExist", "空间不存在")
	}
	s.drive.init()
	return userID, nil
}

func (s *Server) uploadInfo(c *call) (map[string]any, *apiError) {
	var in struct {
		Multipart bool `json:"multipart"`
		Option    struct {
			PreCheckParam struct {
				MD5  string `json:"md5"`
				Name string `json:"name"`
			} `json:"preCheckParam"`
		} `json:"option"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	userID, err := s.operator(c)
	switch {
	case err != nil:
		return nil, err
	case !s.drive.uploaders[userID]:
		return nil, storageError(http.StatusForbidden, "permissionDenied", "用户缺少上传文件的权限")
	case in.Multipart:
		return nil, storageError(http.StatusBadRequest, "dentryUploadProtocolNotSupport", "the emulator takes no multipart uploads")
	}
	s.drive.dropExpired(s.Now())
	key := randomHex()
	up := &driveUpload{userID: userID, md5: in.Option.PreCheckParam.MD5, authorization: "OSS emulator:" + randomHex(), expires: s.Now().Add(uploadLifetime)}
	s.drive.uploads[key] = up
	return signed(c.fileHost()+uploadPath+key, up.authorization, uploadLifetime, map[string]any{"uploadKey": key, "storageDriver": "DINGTALK"}), nil
}

func (s *Server) commitFile(c *call) (map[string]any, *apiError) {
	var in struct {
		UploadKey string `json:"uploadKey"`
		Name      string `json:"name"`
		Option    struct {
			Size             *int64 `json:"size"`
			ConflictStrategy string `json:"conflictStrategy"`
		} `json:"option"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	userID, err := s.operator(c)
	if err != nil {
		return nil, err
	}
	up := s.drive.uploads[in.UploadKey]
	name := strings.TrimSpace(in.Name)
	switch {
	case up == nil || up.userID != userID:
		return nil, storageError(http.StatusBadRequest, "paramError", "uploadKey")
	case strings.ContainsAny(name, "\t*\"<>|") || strings.HasSuffix(name, "."):
		return nil, storageError(http.StatusBadRequest, "dentryNameIllegal", "文件名非法")
	case up.sent == nil, in.Option.Size != nil && *in.Option.Size != up.sent.size, up.md5 != "" && up.md5 != up.sent.md5:
		return nil, storageError(http.StatusBadRequest, "dentryStoreError", "文件存储异常")
	case !s.drive.hasRoom(up.sent.size):
		return nil, storageError(http.StatusBadRequest, "dentryStoreError", "文件存储异常：the emulator keeps files of up to 1 GB in all")
	}
	content, readErr := up.sent.content()
	if readErr != nil {
		return nil, storageError(http.StatusBadRequest, "dentryStoreError", "文件存储异常："+readErr.Error())
	}
	existing := s.drive.named(name)
	var f *driveFile
	switch {
	case existing != nil && in.Option.ConflictStrategy == "RETURN_ERROR_IF_EXISTS":
		return nil, storageError(http.StatusBadRequest, "dentryStoreError", "文件已存在")
	case existing != nil && in.Option.ConflictStrategy == "RETURN_DENTRY_IF_EXISTS":
		f = existing
	case existing != nil && in.Option.ConflictStrategy == "OVERWRITE":
		f = existing
		f.Content = content
	default:
		f = s.drive.add(userID, name, content, s.Now())
	}
	s.drive.dropUpload(in.UploadKey)
	s.touch(kindFile, f.ID)
	return map[string]any{"dentry": f.dentry()}, nil
}

func (f *driveFile) dentry() map[string]any {
	created := f.Created.UTC().Format(time.RFC3339)
	return map[string]any{
		"id": f.ID, "spaceId": spaceText, "parentId": "0", "type": "FILE", "name": f.Name, "size": len(f.Content),
		"path": "/" + f.Name, "version": 1, "status": "NORMAL", "extension": strings.TrimPrefix(path.Ext(f.Name), "."),
		"creatorId": unionID(f.Owner), "modifierId": unionID(f.Owner), "createTime": created, "modifiedTime": created,
		"properties": map[string]any{"readOnly": false}, "uuid": f.ID, "partitionType": "PUBLIC_OSS_PARTITION", "storageDriver": "DINGTALK",
	}
}

func (s *Server) downloadInfo(c *call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	userID, err := s.operator(c)
	if err != nil {
		return nil, err
	}
	f := s.drive.files[c.params["dentryId"]]
	switch {
	case f == nil:
		return nil, storageError(http.StatusNotFound, "dentryNotExist", "文件不存在")
	case !slices.Contains(f.Readers, userID):
		return nil, storageError(http.StatusForbidden, "permissionDenied", "用户缺少下载文件的权限")
	}
	authorization := "OSS emulator:" + randomHex()
	return signed(c.fileHost()+objectPath+s.drive.link(f, authorization, s.Now()), authorization, uploadLifetime, nil), nil
}

// object answers a request to the file host.
func (s *Server) object(c *call) reply {
	if c.r.Header.Get("X-Acs-Dingtalk-Access-Token") != "" || c.query.Has("access_token") {
		return objectRefusal(http.StatusBadRequest, "InvalidArgument", "the access token must not be sent to the file host")
	}
	if c.operation == opGetObject {
		return s.getObject(c)
	}
	return s.putObject(c)
}

// putObject takes an upload whose address and signature are right. Nothing of any
// other is read.
func (s *Server) putObject(c *call) reply {
	key := strings.TrimPrefix(c.r.URL.Path, uploadPath)
	s.mu.Lock()
	_, refused := s.uploadFor(c, key)
	s.mu.Unlock()
	if refused != nil {
		return *refused
	}
	if c.r.ContentLength > maxObject {
		return objectRefusal(http.StatusBadRequest, "EntityTooLarge", errObjectTooLarge.Error())
	}
	sent, err := receive(c.r.Body)
	var noFile *fs.PathError
	switch {
	case errors.Is(err, errObjectTooLarge):
		return objectRefusal(http.StatusBadRequest, "EntityTooLarge", err.Error())
	case errors.As(err, &noFile):
		return objectRefusal(http.StatusInternalServerError, "InternalError", "the emulator cannot keep the upload: "+err.Error())
	case err != nil || c.r.ContentLength >= 0 && sent.size != c.r.ContentLength:
		sent.close()
		return objectRefusal(http.StatusBadRequest, "IncompleteBody", "The request body terminated unexpectedly")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	up, refused := s.uploadFor(c, key) // it may have been committed meanwhile
	if refused != nil {
		sent.close()
		return *refused
	}
	up.sent.close()
	up.sent = sent
	return reply{status: http.StatusOK, contentType: "application/xml"}
}

// uploadFor finds the upload that a request may send. The caller holds s.mu.
func (s *Server) uploadFor(c *call, key string) (up *driveUpload, refused *reply) {
	refuse := func(status int, code, message string) (*driveUpload, *reply) {
		r := objectRefusal(status, code, message)
		return nil, &r
	}
	up = s.drive.uploads[key]
	switch {
	case up == nil || s.closed:
		return refuse(http.StatusNotFound, "NoSuchKey", "there is no such upload")
	case s.Now().After(up.expires):
		return refuse(http.StatusForbidden, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
	case c.r.Header.Get("Authorization") != up.authorization || c.r.Header.Get("Content-Type") != "":
		return refuse(http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
	}
	return up, nil
}

func (s *Server) getObject(c *call) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	link, ok := s.drive.links[strings.TrimPrefix(c.r.URL.Path, objectPath)]
	switch {
	case !ok:
		return objectRefusal(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	case s.Now().After(link.expires):
		return objectRefusal(http.StatusForbidden, "AccessDenied", "Request has expired.")
	case c.r.Header.Get("Authorization") != link.authorization:
		return objectRefusal(http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
	}
	return reply{status: http.StatusOK, contentType: "application/octet-stream", body: link.file.Content}
}

func objectRefusal(status int, code, message string) reply {
	body, _ := xml.Marshal(struct { // of plain texts: cannot fail
		XMLName   xml.Name `xml:"Error"`
		Code      string   `xml:"Code"`
		Message   string   `xml:"Message"`
		RequestID string   `xml:"RequestId"`
	}{Code: code, Message: message, RequestID: newRequestID()})
	return reply{status: status, code: code, contentType: "application/xml", body: body}
}
