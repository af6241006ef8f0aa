package emulator

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// isPremium: users who have left are still known to some premium operations.
func (c *call) isPremium() bool { return strings.Contains(c.r.URL.Path, "/premium/") }

// fileRequest has the members of all requests for attachments, as both gateways
// spell them; the older one puts most of them into "request".
type fileRequest struct {
	UserID        string       `json:"userId"`
	InstanceID    string       `json:"processInstanceId"`
	FileID        string       `json:"fileId"`
	FileIDs       []string     `json:"fileIdList"`
	WithComments  bool         `json:"withCommentAttatchment"`
	Files         []fileInfo   `json:"fileInfos"`
	OldUserID     string       `json:"user_id"` // of cspace/info; of the others userid, which userId matches
	OldInstanceID string       `json:"process_instance_id"`
	OldFileID     string       `json:"file_id"`
	OldFileIDs    []string     `json:"fileid_list"`
	OldFiles      []fileInfo   `json:"file_infos"`
	Request       *fileRequest `json:"request"`
}

type fileInfo struct {
	FileID     string `json:"fileId"`
	SpaceID    int64  `json:"spaceId"`
	OldFileID  string `json:"file_id"`
	OldSpaceID int64  `json:"space_id"`
}

func (c *call) fileRequest() (fileRequest, *apiError) {
	var in fileRequest
	if err := c.decode(&in); err != nil {
		return in, err
	}
	if in.Request != nil {
		in = *in.Request
	}
	in.UserID += in.OldUserID
	in.InstanceID += in.OldInstanceID
	in.FileID += in.OldFileID
	in.FileIDs = append(in.FileIDs, in.OldFileIDs...)
	in.Files = append(in.Files, in.OldFiles...)
	for i := range in.Files {
		in.Files[i].FileID += in.Files[i].OldFileID
		in.Files[i].SpaceID += in.Files[i].OldSpaceID
	}
	return in, nil
}

// fileResult is a result as the gateway that was called spells it.
func (c *call) fileResult(result map[string]any) map[string]any {
	if !c.legacy {
		return map[string]any{"result": result, "success": true}
	}
	old := map[string]any{}
	for name, value := range result {
		old[map[string]string{"spaceId": "space_id", "fileId": "file_id", "downloadUri": "download_uri"}[name]] = value
	}
	out := map[string]any{"result": old}
	if c.spec.ID != "OapiProcessinstanceCspacePreview" {
		out["success"] = true
	}
	return out
}

func (s *Server) attachmentSpace(c *call) (map[string]any, *apiError) {
	in, err := c.fileRequest()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[in.UserID]; !ok || !c.isPremium() && !s.present(in.UserID) {
		return nil, errNoUser()
	}
	s.drive.init()
	s.drive.uploaders[in.UserID] = true
	s.touch(kindMeta, "")
	return c.fileResult(map[string]any{"spaceId": driveSpaceID}), nil
}

func (s *Server) authPreview(c *call) (map[string]any, *apiError) {
	in, err := c.fileRequest()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.present(in.UserID) {
		return nil, errNoUser()
	}
	inst, ok := s.instances[in.InstanceID]
	if !ok {
		return nil, errNoInstance("processInstNotExist")
	}
	files := append(slices.Clone(in.FileIDs), in.FileID)
	for _, id := range files {
		if !inst.attached(id, in.WithComments) {
			return nil, refuse("noPermission", errcodeNoRight, "无访问权限")
		}
	}
	for _, id := range files {
		if f := s.drive.files[id]; f != nil {
			f.allow(in.UserID)
			s.touch(kindFile, id)
		}
	}
	return c.fileResult(map[string]any{"spaceId": driveSpaceID}), nil
}

func (s *Server) authDownload(c *call) (map[string]any, *apiError) {
	in, err := c.fileRequest()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[in.UserID]; !ok || !c.isPremium() && !s.present(in.UserID) {
		return nil, errNoUser()
	}
	if len(in.Files) == 0 {
		return nil, refuse("invalidFileInfos", errcodeBadParameter, "授权下载审批钉盘文件，授权的钉盘文件信息列表不能为空")
	}
	for _, f := range in.Files {
		if s.drive.files[f.FileID] == nil || f.SpaceID != driveSpaceID {
			return nil, refuse("hsfIntegrationErrorCspaceDentryServiceInfo", errcodeBadParameter, "查看具体文件信息失败")
		}
	}
	for _, f := range in.Files {
		s.drive.files[f.FileID].allow(in.UserID)
		s.touch(kindFile, f.FileID)
	}
	if c.legacy {
		return map[string]any{"result": true}, nil
	}
	return map[string]any{"result": true, "success": true}, nil
}

// fileURL goes by the originator: the address is made in that user's name.
func (s *Server) fileURL(c *call) (map[string]any, *apiError) {
	in, err := c.fileRequest()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	inst, ok := s.instances[in.InstanceID]
	switch {
	case !ok:
		return nil, errNoInstance("processInstNotExist")
	case !s.present(inst.Originator.ID):
		return nil, errNoUser()
	case !inst.attached(in.FileID, in.WithComments):
		return nil, refuse("noPermission", errcodeNoRight, "无访问权限")
	}
	f := s.drive.files[in.FileID]
	if f == nil {
		return nil, refuse("hsfIntegrationErrorCspace", errcodeBadParameter, "钉盘附件依赖三方错误")
	}
	if len(f.Content) == 0 {
		return nil, refuse("hsfIntegrationErrorCspaceDentryServiceGenerateDownloadPresignedUrl", errcodeBadParameter, "产生文件下载的链接失败")
	}
	return c.fileResult(map[string]any{
		"spaceId": driveSpaceID, "fileId": f.ID, "downloadUri": c.fileHost() + objectPath + s.drive.link(f, "", s.Now()),
	}), nil
}

// authorizeSpace: what the types mean is not documented; the user may upload.
func (s *Server) authorizeSpace(c *call) (map[string]any, *apiError) {
	var in struct {
		SpaceID string `json:"spaceId"`
		UserID  string `json:"userId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.present(in.UserID) {
		return nil, errNoUser()
	}
	if in.SpaceID != spaceText {
		return nil, badField("GrantCspaceAuthorization", "spaceId", "is not the approval space")
	}
	s.drive.init()
	s.drive.uploaders[in.UserID] = true
	s.touch(kindMeta, "")
	return map[string]any{}, nil
}

// handSignURL hands out a picture of one pixel, whatever was signed.
func (s *Server) handSignURL(c *call) (map[string]any, *apiError) {
	in, err := c.fileRequest()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.instances[in.InstanceID] == nil {
		return nil, errNoInstance("processInstNotExist")
	}
	picture := &driveFile{Name: "sign.gif", Content: []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")}
	return map[string]any{"success": "true", "result": map[string]any{
		"downloadUrl": c.fileHost() + objectPath + s.drive.link(picture, "", s.Now()), "expireIn": int64(downloadLifetime / time.Second),
	}}, nil
}

// signed is a set of addresses as the drive answers it.
func signed(address, authorization string, lifetime time.Duration, more map[string]any) map[string]any {
	out := map[string]any{
		"protocol": "HEADER_SIGNATURE",
		"headerSignatureInfo": map[string]any{
			"resourceUrls": []string{address}, "internalResourceUrls": []string{},
			"headers":           map[string]string{"Authorization": authorization, "x-oss-date": "Mon, 04 May 2026 01:00:00 GMT"},
			"expirationSeconds": int(lifetime / time.Second), "region": "ZHANGJIAKOU",
		},
	}
	maps.Copy(out, more)
	return out
}
